/* A database of every form there was is brought to the newest: what was in it is there, and it has the tables and
 * columns of a database made now. One who only reads is refused, and told what to do. */
#include "fixture.h"

#include <glib/gstdio.h>

#define LEADERSHIP_COLUMNS                                                                                           \
  "\"key\" UBIGINT, from_source VARCHAR, id VARCHAR, recorded_at TIMESTAMP, \"load\" INTEGER, team INTEGER, person " \
  "INTEGER, from_at TIMESTAMP, from_at_day DATE, until_at TIMESTAMP, until_at_day DATE"

/* What came with each form after the first, and a row of it. The files are those that were released; `before` is what
 * of the ledger's tables a program of that form had made before it. */
static const struct {
  const char *file, *row, *asked, *answer, *before;
} forms[] = {
    {"drop_views.sql", NULL, NULL, NULL},
    {"snapshots.sql",
     "INSERT INTO snapshot VALUES (1, '2026-Q1', DATE '2026-01-01', DATE '2026-04-01', 1, TIMESTAMP '2026-04-02', "
     "TIMESTAMP '2026-04-02', 1, 'rep', 'EUR', '0.1.0', 'first')",
     "SELECT period, note FROM snapshot", "2026-Q1 first\n"},
    {"targets.sql",
     "INSERT INTO attain_target_version (target, version, kpi, dimension, member, kind, amount, is_percent, start_day, "
     "end_day, spread, effective_day) VALUES (1, 1, 'revenue', 'rep', 'Ana', 'reach', 5, false, DATE '2027-01-01', "
     "DATE '2027-02-01', 'days', DATE '2027-01-01')",
     "SELECT kpi, member, amount FROM attain_target_version", "revenue Ana 5\n"},
    {"alerts.sql",
     "INSERT INTO attain_alert_message VALUES (1, 'm1', 'mail', 'ana@example.com', TIMESTAMP '2026-05-01')",
     "SELECT id, recipient FROM attain_alert_message", "m1 ana@example.com\n"},
    {"target_members.sql", "UPDATE attain_target_version SET member_table = 'person', member_key = 1",
     "SELECT member_table, member_key FROM attain_target_version", "person 1\n"},
    {"users.sql", "INSERT INTO attain_audit VALUES (1, TIMESTAMP '2026-06-01', 'ana', NULL, 'sign in', NULL, 'x')",
     "SELECT who, what FROM attain_audit", "ana sign in\n"},
    {"feed.sql", "INSERT INTO attain_told_event VALUES ('crm', 'e1', TIMESTAMP '2026-06-02')",
     "SELECT source, event FROM attain_told_event", "crm e1\n"},
    {"erasing.sql", "INSERT INTO attain_erased VALUES (1, 'person', 'Erased person 1', TIMESTAMP '2026-06-03')",
     "SELECT erased, shown FROM attain_erased", "1 Erased person 1\n"},
    {"sign_in.sql",
     "INSERT INTO attain_user (user_number, name, role, is_locked, made_at, identity) VALUES (1, 'ana', 'rep', false, "
     "TIMESTAMP "
     "'2026-06-04', 'https://x 7')",
     "SELECT name, identity FROM attain_user", "ana https://x 7\n"},
    {"leaders.sql", "INSERT INTO leadership (key, team, person) VALUES (9, 1, 1)",
     "SELECT team, person FROM leadership", "1 1\n",
     "CREATE TABLE leadership(" LEADERSHIP_COLUMNS "); CREATE TABLE leadership_history(" LEADERSHIP_COLUMNS
     ", superseded_at TIMESTAMP, superseded_by INTEGER)"},
};

#define NEWEST_TESTED (G_N_ELEMENTS(forms) + 1)

static char *folder;

static int new_folder(void **state) {
  folder = g_dir_make_tmp("attain-upgrade-XXXXXX", NULL);
  return 0;
}

static int remove_folder(void **state) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name(dir));) {
    g_autofree char *file = g_build_filename(folder, name, NULL);
    g_unlink(file);
  }
  g_rmdir(folder);
  g_free(folder);
  return 0;
}

static char *read_sql(const char *where, const char *name) {
  g_autofree char *file = g_build_filename(where, name, NULL);
  char *sql = NULL;
  assert_true(g_file_get_contents(file, &sql, NULL, NULL));
  return sql;
}

static char *make_form(guint form) {
  char *path = g_strdup_printf("%s/form-%u.duckdb", folder, form);
  g_autofree char *first = read_sql(TEST_FOLDER, "v1.sql");
  g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
  run(store, first);
  for (guint f = 2; f <= form; f++) {
    g_autofree char *sql = read_sql(TEST_FOLDER "/../../../src/store/sql", forms[f - 2].file);
    if (forms[f - 2].before) run(store, forms[f - 2].before);
    run(store, sql);
    if (forms[f - 2].row) run(store, forms[f - 2].row);
  }
  g_autofree char *meta = g_strdup_printf("UPDATE attain_meta SET value = '%u' WHERE name = 'schema_version'", form);
  run(store, meta);
  return path;
}

/* Of all tables but those of fixture's making: name, column, type, whether it may be empty. */
static char *columns_of(Store *store) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(store,
                                          "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || "
                                          "is_nullable FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
                                          NULL, 0, 0, &error);
  assert_non_null(rows);
  GString *all = g_string_new(NULL);
  for (gsize r = 0; r < store_rows_count(rows); r++)
    g_string_append_printf(all, "%s\n", store_rows_value(rows, r, 0).text);
  assert_true(all->len > 1000);
  return g_string_free(all, FALSE);
}

static char *columns_of_a_new_one(void) {
  g_autofree char *path = g_build_filename(folder, "new.duckdb", NULL);
  g_autoptr(Store) store = open_ledger(path);
  return columns_of(store);
}

static void check_reader_is_refused(const char *path) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  assert_null(store_open(path, schema, STORE_READ_ONLY, 0, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_VERSION));
  assert_non_null(strstr(error->message, "run `attain load`, which brings it up to date"));
}

static void test_every_form_is_brought_to_the_newest(void **state) {
  g_autofree char *wanted = columns_of_a_new_one();
  for (guint form = 1; form <= NEWEST_TESTED; form++) {
    g_autofree char *path = make_form(form);
    check_reader_is_refused(path);
    for (int again = 0; again < 2; again++) {
      g_autoptr(Store) store = open_ledger(path);
      expect(store, "SELECT o.id, o.amount, p.name FROM opportunity o JOIN person p ON p.key = o.owner",
             "D1 125000 Ana Silva\n");
      expect(store, "SELECT source, n_read FROM load", "crm 2\n");
      for (guint f = 2; f <= form; f++)
        if (forms[f - 2].asked) expect(store, forms[f - 2].asked, forms[f - 2].answer);
      g_autofree char *columns = columns_of(store);
      assert_string_equal(columns, wanted);
    }
  }
}

/* A form is added here when it is added to the program: its predecessor has to be tested too. */
static void test_every_form_is_tested(void **state) {
  g_autofree char *path = g_build_filename(folder, "newest.duckdb", NULL);
  g_autofree char *newest = g_strdup_printf("%zu\n", NEWEST_TESTED + 1);
  g_autoptr(Store) store = open_ledger(path);
  expect(store, "SELECT value FROM attain_meta WHERE name = 'schema_version'", newest);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_every_form_is_brought_to_the_newest, new_folder, remove_folder),
      cmocka_unit_test_setup_teardown(test_every_form_is_tested, new_folder, remove_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
