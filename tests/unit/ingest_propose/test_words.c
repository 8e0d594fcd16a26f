/* Headers taken apart: the key that columns are found by, the words that say what they hold, and what makes one an id.
 */
#include "ingest/propose_kinds.h"
#include "unit.h"

typedef struct {
  const char *header, *key, *words; /* words with "|" between */
  gboolean is_id;
} Case;

static const Case cases[] = {
    {"Deal Name", "dealname", "deal|name", FALSE},
    {"deal_ref", "dealref", "deal|ref", TRUE},
    {"closeDate", "closedate", "close|date", FALSE},
    {"Close Date (UTC)", "closedateutc", "close|date|utc", FALSE},
    {"AccountID", "accountid", "account|id", TRUE},
    {"hs_object_id", "hsobjectid", "hs|object|id", TRUE},
    {"N\xC2\xB0 affaire", "naffaire", "n|affaire", TRUE},
    {"Num\xC3\xA9ro", "num\xC3\xA9ro", "num\xC3\xA9ro", TRUE},
    {"Angebots-Nr.", "angebotsnr", "angebots|nr", TRUE},
    {"ST\xC3\x84"
     "DTE",
     "st\xC3\xA4"
     "dte",
     "st\xC3\xA4"
     "dte",
     FALSE},
    {"Q4Revenue", "q4revenue", "q4|revenue", FALSE},
    {"URL", "url", "url", FALSE},
    {"Valid", "valid", "valid", FALSE}, /* "id" at its end is no word */
    {"\xE5\x95\x86\xE8\xAB\x87 ID",
     "\xE5\x95\x86\xE8\xAB\x87"
     "id",
     "\xE5\x95\x86\xE8\xAB\x87|id", TRUE},
    {"  ", "", "", FALSE},
    {"", "", "", FALSE},
    {"---", "", "", FALSE},
};

static void headers_taken_apart(void **state) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Case *one = &cases[i];
    g_autofree char *key = profile_key(one->header);
    g_auto(GStrv) words = profile_words(one->header);
    g_autofree char *joined = g_strjoinv("|", words);
    assert_string_equal(key, one->key);
    assert_string_equal(joined, one->words);
    ProfileColumn column = {.words = words};
    if (kinds_says_id(&column) != one->is_id) fail_msg("%s", one->header);
  }
}

/* Four of five values are numbers, or not. */
static void mostly_numbers(void **state) {
  assert_true(kinds_mostly_numbers(&(ProfileColumn){.n_filled = 10, .n_numbers = 8}));
  assert_false(kinds_mostly_numbers(&(ProfileColumn){.n_filled = 10, .n_numbers = 7}));
  assert_false(kinds_mostly_numbers(&(ProfileColumn){.n_filled = 4, .n_numbers = 3}));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(headers_taken_apart), cmocka_unit_test(mostly_numbers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
