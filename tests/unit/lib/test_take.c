/* What systems call their properties, odd names first: whatever they are, the records come out as told, or the call is
 * refused with a reason, and no name but the mapping's own is kept. */
#include "../demo/simulated.h"
#include "attain/attain.h"
#include "unit.h"

#define NOW "2026-11-21T09:00:00Z"
#define T1  G_GINT64_CONSTANT(1793491200000000) /* 2026-11-01 */
#define DAY G_TIME_SPAN_DAY

static const char organisation[] = "name: Odd Names\ncurrency: EUR\n";
static const char mapping[] =
    "source: hub\n"
    "tables: {deals: {file: none.csv, extract: increment}}\n"
    "map:\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns:\n"
    "      id: Id\n"
    "      name: Name\n"
    "      owner: Owner\n"
    "      created_at: Created\n"
    "      amount: Amount\n"
    "      stage: {sql: \"upper(\\\"Stage\\\")\"}\n"
    "      type: Close Closed\n"
    "      source: Close\n"
    "      lost_reason: Closed\n";

typedef struct {
  char *folder;
  AttainWorkspace *workspace;
} Place;

static void write_file(const Place *place, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(place->folder, name, NULL), *folder = g_path_get_dirname(path);
  assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

static int set_up(void **state) {
  Place *place = g_new0(Place, 1);
  AttainError error = {0};
  place->folder = g_dir_make_tmp("attain-take-XXXXXX", NULL);
  write_file(place, "attain.yaml", organisation);
  write_file(place, "sources/hub.yaml", mapping);
  place->workspace = attain_open(place->folder, &(AttainOptions){.now = NOW}, &error);
  if (!place->workspace) fail_msg("%s", error.message);
  *state = place;
  return 0;
}

static int tear_down(void **state) {
  Place *place = *state;
  attain_close(place->workspace);
  simulated_remove(place->folder);
  g_free(place);
  return 0;
}

/* --- telling --- */

static char *take(const Place *place, const AttainTold *told, size_t n, AttainError *error) {
  return attain_take(place->workspace, &(AttainTelling){.source = "hub", .n_told = n, .told = told}, error);
}

/* Free it. */
static char *taken(const Place *place, const AttainTold *told, size_t n) {
  AttainError error = {0};
  char *answer = take(place, told, n, &error);
  if (!answer) fail_msg("%s", error.message);
  return answer;
}

static void assert_refused(const Place *place, const AttainTold *told, const char *words) {
  AttainError error = {0};
  assert_null(take(place, told, 1, &error));
  assert_int_equal(error.code, ATTAIN_ERROR_INPUT);
  assert_has(error.message, words);
  attain_error_clear(&error);
}

static AttainTold told_of(const char *id, gint64 at_us, const char *const *columns, const char *const *values,
                          size_t n) {
  return (AttainTold){.table = "deals",
                      .id_column = "Id",
                      .id = id,
                      .at_us = at_us,
                      .n_values = n,
                      .columns = columns,
                      .values = values};
}

static const char *const usual[] = {"Name", "Owner", "Created", "Amount", "Stage"};
static const char *const pump[] = {"Pump", "rep-1", "2026-10-01", "100", "proposal"};

/* The ledger has the record with these columns: putting it again changes nothing. */
static void assert_there(const Place *place, const char *record) {
  AttainError error = {0};
  AttainReport *report = NULL;
  if (!attain_put(place->workspace, "opportunity", record, &(AttainPutOptions){.source = "hub"}, &report, &error))
    fail_msg("%s", error.message);
  if (report->n_unchanged != 1) fail_msg("not as told: %s", record);
  attain_report_free(report);
}

/* --- tests --- */

/* Two records whose headers, one behind the other, read alike: "Close" and "Closed" of one, "Close\037Closed" of
 * the other, which is "Close Closed". */
static void test_separators(void **state) {
  const Place *place = *state;
  const char *const two[] = {"Name", "Owner", "Created", "Amount", "Stage", "Close", "Closed"};
  const char *const one[] = {"Name", "Owner", "Created", "Amount", "Stage", "Close\037Closed"};
  const char *const two_values[] = {"Pump", "rep-1", "2026-10-01", "100", "proposal", "web", "price"};
  const char *const one_value[] = {"Pump", "rep-1", "2026-10-01", "100", "proposal", "renewal"};
  const AttainTold told[] = {told_of("s1", T1, two, two_values, 7), told_of("s2", T1, one, one_value, 6)};
  g_autofree char *answer = taken(place, told, 2);
  assert_has(answer, "\"n_accepted\": 2");
  assert_there(place, "{\"id\": \"s1\", \"source\": \"web\", \"lost_reason\": \"price\"}");
  assert_there(place, "{\"id\": \"s2\", \"type\": \"renewal\"}");
}

/* The mapping says nothing of them: left out, told, and the record is there. */
static void test_names_of_nothing(void **state) {
  const Place *place = *state;
  g_autofree char *endless = g_strnfill(1 << 20, 'n');
  const char *const columns[] = {"Name",
                                 "Owner",
                                 "Created",
                                 "Amount",
                                 "Stage",
                                 "",
                                 "\"",
                                 "'",
                                 "e",
                                 "Sta",
                                 "line",
                                 "rowid",
                                 endless,
                                 "*",
                                 "\n",
                                 "x\"; DROP TABLE opportunity; --",
                                 "custom.a.b",
                                 "0",
                                 "Name\" OR 1=1",
                                 "\xC3\xA9\xF0\x9F\x98\x80"};
  const char *values[G_N_ELEMENTS(columns)];
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) values[i] = i < 5 ? pump[i] : "'); DROP TABLE opportunity; --";
  const AttainTold told = told_of("n1", T1, columns, values, G_N_ELEMENTS(columns));
  g_autofree char *answer = taken(place, &told, 1);
  assert_has(answer, "\"n_accepted\": 1");
  assert_has(answer, "\"Sta\""); /* part of a name is not the name */
  assert_there(place, "{\"id\": \"n1\", \"name\": \"Pump\", \"amount\": 100, \"stage\": \"PROPOSAL\"}");
  const AttainTold only = told_of("n2", T1, columns + 5, (const char *const *)values + 5, 1);
  g_autofree char *left = taken(place, &only, 1); /* a record of which nothing is named */
  assert_has(left, "\"n_rejected\": 1");
}

/* One property, however it is written: the newest of them counts, and it is kept under the mapping's name. */
static void test_one_property(void **state) {
  const Place *place = *state;
  g_autofree char *signs = g_strnfill(100000, '!'), *far = g_strconcat("A", signs, "mount", NULL);
  const char *const forms[] = {"AMOUNT", "a_mount", far, "\"Amount\"", "A\nm\to\x01unt", "stage", "STAGE"};
  const char *const amounts[] = {"1", "2", "3", "4", "5", "quote", "won"};
  AttainTold told = told_of("o1", T1, usual, pump, G_N_ELEMENTS(usual));
  g_autofree char *first = taken(place, &told, 1);
  assert_has(first, "\"n_accepted\": 1");
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
    told = told_of("o1", T1 + (gint64)(i + 1) * DAY / 10, forms + i, amounts + i, 1);
    g_autofree char *answer = taken(place, &told, 1);
    assert_has(answer, "\"not_mapped\": []");
  }
  assert_there(place, "{\"id\": \"o1\", \"amount\": 5, \"stage\": \"WON\"}");
  const char *const all[] = {"amount", "Amount", "AMOUNT"}, *const three[] = {"6", "7", "8"};
  told = told_of("o1", T1 + DAY, all, three, 3);
  g_autofree char *last = taken(place, &told, 1);
  assert_has(last, "\"n_accepted\": 1");
  assert_there(place, "{\"id\": \"o1\", \"amount\": 8}"); /* of one time: the one told last */
}

/* The id is what is told as such, whatever else bears its name, and one record has one column for it. */
static void test_ids(void **state) {
  const Place *place = *state;
  const char *const columns[] = {"Name", "Owner", "Created", "Amount", "Stage", "ID", "i d"};
  const char *const values[] = {"Pump", "rep-1", "2026-10-01", "100", "proposal", "other", "'"};
  AttainTold told[] = {told_of("i1", T1, columns, values, 7), told_of("i1", T1 + DAY, usual, pump, 5)};
  told[1].id_column = "Name";
  g_autofree char *answer = taken(place, told, 2);
  assert_has(answer, "\"n_rejected\": 0");
  assert_there(place, "{\"id\": \"i1\", \"name\": \"Pump\"}");
  AttainTold removed[] = {told_of("i2", T1, NULL, NULL, 0), told_of("i2", T1 + DAY, usual, pump, 5)};
  removed[0].is_removed = true;
  removed[1].id_column = "Key"; /* of a webhook that was written otherwise */
  g_autofree char *back = taken(place, removed, 2);
  assert_has(back, "\"n_removed\": 0");
  assert_there(place, "{\"id\": \"i2\", \"name\": \"Pump\"}");
  const char *const ids[] = {"'; --", "\"", "\037", "a\037b", "{}", "\\u0000", "\xE2\x80\xAE", "0", "NULL"};
  for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
    const AttainTold odd = told_of(ids[i], T1, usual, pump, G_N_ELEMENTS(usual));
    g_autofree char *one = taken(place, &odd, 1);
    assert_has(one, "\"n_accepted\": 1");
  }
}

/* A program's mistakes, of which a webhook's reader lets none through. */
static void test_refused(void **state) {
  const Place *place = *state;
  const char *const cut[] = {"Amount\xF0"}, *const one[] = {"1"}, *const amount[] = {"Amount"},
                    *const half[] = {"\xE2\x82"};
  const char *const none[] = {NULL};
  AttainTold told = told_of("r1", T1, cut, one, 1);
  assert_refused(place, &told, "no text in UTF-8");
  told = told_of("r1", T1, amount, half, 1);
  assert_refused(place, &told, "no text in UTF-8");
  told = told_of("r1", T1, none, one, 1);
  assert_refused(place, &told, "no text in UTF-8");
  told = told_of("\xFF", T1, amount, one, 1);
  assert_refused(place, &told, "no text in UTF-8");
  told = told_of("r1", -1, amount, one, 1);
  assert_refused(place, &told, "years 1970 to 9999");
  told = told_of("r1", G_MAXINT64, amount, one, 1);
  assert_refused(place, &told, "years 1970 to 9999");
  told = told_of(NULL, T1, amount, one, 1);
  assert_refused(place, &told, "it has no id");
  told = told_of("r1", T1, amount, one, 1);
  told.id_column = "";
  assert_refused(place, &told, "it has no id");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_separators), cmocka_unit_test(test_names_of_nothing),
                                     cmocka_unit_test(test_one_property), cmocka_unit_test(test_ids),
                                     cmocka_unit_test(test_refused)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
