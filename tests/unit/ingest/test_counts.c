/* For random files, every row is counted, and as what it is: two files of one glob and a second map entry, ids that
 * come again, bad amounts, rows left out. What must be comes from going through the rows one by one. */
#include "ingest/ingest.h"
#include "unit.h"

#include <glib/gstdio.h>

#define ROUNDS   12
#define MAX_ROWS 14

static const char yaml[] =
    "source: crm\n"
    "max_rejected: 100%\n"
    "tables: {deals: \"deals-*.csv\", old: old.csv}\n"
    "map:\n"
    "  - {to: opportunity, from: deals, where: \"Kind <> 'draft'\", columns: {id: Id, amount: Amount, outcome: "
    "{constant: "
    "open}}}\n"
    "  - {to: opportunity, from: old, where: \"Kind <> 'draft'\", columns: {id: Id, amount: Amount, outcome: "
    "{constant: "
    "open}}}\n";

static const char *const files[] = {"deals-1.csv", "deals-2.csv", "old.csv"};
static const guint entry_of[] = {0, 0, 1};

typedef struct {
  guint file;
  char *amount;
} Seen;

static void free_seen(gpointer data) {
  g_free(((Seen *)data)->amount);
  g_free(data);
}

/* One row: what becomes of it, by the rows before it and by the ledger (id to amount). */
static void count_row(IngestCount *count, GHashTable *seen, GHashTable *ledger, guint file, const char *id,
                      const char *amount, gboolean is_draft) {
  count->n_read++;
  if (is_draft) {
    count->n_skipped++;
    return;
  }
  const Seen *before = *id ? g_hash_table_lookup(seen, id) : NULL;
  if (!*id || g_str_equal(amount, "x")) {
    count->n_rejected++;
  } else if (before) {
    gboolean is_same = before->file != file && g_str_equal(before->amount, amount);
    if (is_same) count->n_skipped++;
    if (!is_same) count->n_rejected++;
  } else {
    Seen *one = g_new0(Seen, 1);
    *one = (Seen){.file = file, .amount = g_strdup(amount)};
    g_hash_table_insert(seen, g_strdup(id), one);
    const char *old = g_hash_table_lookup(ledger, id);
    if (!old) count->n_new++;
    if (old && g_str_equal(old, amount)) count->n_unchanged++;
    if (old && !g_str_equal(old, amount)) count->n_changed++;
  }
}

static void write_files(const char *folder, GRand *random, GHashTable *ledger, IngestCount *expected) {
  static const char *const amounts[] = {"1", "2", "x"};
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_seen);
  for (guint f = 0; f < G_N_ELEMENTS(files); f++) {
    g_autoptr(GString) text = g_string_new("Id,Amount,Kind\nkeep-");
    g_string_append_printf(text, "%u,1,real\n", f);
    g_autofree char *kept = g_strdup_printf("keep-%u", f);
    count_row(&expected[entry_of[f]], seen, ledger, f, kept, "1", FALSE);
    for (gint32 n = g_rand_int_range(random, 0, MAX_ROWS); n > 0; n--) {
      gint32 number = g_rand_int_range(random, 0, 20);
      g_autofree char *id = number ? g_strdup_printf("D%d", (int)number) : g_strdup("");
      const char *amount = amounts[g_rand_int_range(random, 0, 5) % 3];
      gboolean is_draft = g_rand_int_range(random, 0, 6) == 0;
      g_string_append_printf(text, "%s,%s,%s\n", id, amount, is_draft ? "draft" : "real");
      count_row(&expected[entry_of[f]], seen, ledger, f, id, amount, is_draft);
    }
    g_autofree char *path = g_build_filename(folder, files[f], NULL);
    assert_true(g_file_set_contents(path, text->str, -1, NULL));
  }
  GHashTableIter iter;
  gpointer id, one;
  g_hash_table_iter_init(&iter, seen);
  while (g_hash_table_iter_next(&iter, &id, &one))
    g_hash_table_insert(ledger, g_strdup(id), g_strdup(((Seen *)one)->amount));
}

static void check(const IngestCount *found, const IngestCount *expected) {
  assert_int_equal(found->n_read, expected->n_read);
  assert_int_equal(found->n_new, expected->n_new);
  assert_int_equal(found->n_changed, expected->n_changed);
  assert_int_equal(found->n_unchanged, expected->n_unchanged);
  assert_int_equal(found->n_rejected, expected->n_rejected);
  assert_int_equal(found->n_skipped, expected->n_skipped);
  assert_int_equal(found->n_read,
                   found->n_new + found->n_changed + found->n_unchanged + found->n_rejected + found->n_skipped);
}

/* Two loads into a fresh ledger. */
static void run_round(const char *folder, const LedgerSchema *schema, const Calendar *calendar, GRand *random) {
  ConfOrganisation organisation = {.currency = (char *)"EUR", .time_zone = (char *)"UTC", .max_rejected_share = 0.05};
  g_autoptr(GHashTable) ledger = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(Store) store = store_open(NULL, schema, STORE_CREATE, 1, NULL);
  g_autoptr(IngestSource) source =
      ingest_source_parse("crm.yaml", yaml, sizeof yaml - 1, folder, schema, &organisation, NULL);
  assert_non_null(source);
  for (int n = 0; n < 2; n++) {
    IngestCount expected[2] = {0};
    write_files(folder, random, ledger, expected);
    IngestOptions options = {.now_us = G_GINT64_CONSTANT(1790000000000000) + n};
    g_autoptr(IngestReport) report = NULL;
    g_autoptr(GError) error = NULL;
    if (!ingest_load(store, source, schema, &organisation, calendar, &options, &report, &error))
      fail_msg("%s", error->message);
    for (guint i = 0; i < 2; i++) check(&report->counts[i], &expected[i]);
  }
}

static void test_counts(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-test-XXXXXX", NULL);
  LedgerSchema *schema = ledger_schema_new(NULL, 0, NULL);
  CalendarConfig config = {.first_month = 1};
  Calendar *calendar = calendar_new(&config, NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed(20261121);
  for (int i = 0; i < ROUNDS; i++) run_round(folder, schema, calendar, random);
  for (guint f = 0; f < G_N_ELEMENTS(files); f++) {
    g_autofree char *path = g_build_filename(folder, files[f], NULL);
    g_unlink(path);
  }
  g_rmdir(folder);
  calendar_free(calendar);
  ledger_schema_free(schema);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
