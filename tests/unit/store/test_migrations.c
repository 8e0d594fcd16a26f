/* Databases of other versions: older ones are brought up to date in one step or not at all, newer ones are refused. */
#include "base/fault.h"
#include "fixture.h"

#include <glib/gstdio.h>

static char *path;

static int new_path(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-migrations-XXXXXX", NULL);
  path = g_build_filename(folder, "attain.duckdb", NULL);
  return 0;
}

static int remove_path(void **state) {
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *log = g_strconcat(path, ".wal", NULL);
  g_unlink(path);
  g_unlink(log);
  g_rmdir(folder);
  g_free(path);
  return 0;
}

/* A database as the first version of Attain made it. */
static void make_version_1(void) {
  g_autofree char *sql = NULL;
  assert_true(g_file_get_contents(TEST_FOLDER "/v1.sql", &sql, NULL, NULL));
  g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
  run(store, sql);
}

static void check_records(Store *store) {
  expect(store, "SELECT o.id, o.amount, o.currency, p.name FROM opportunity o JOIN person p ON p.key = o.owner",
         "D1 125000 EUR Ana Silva\n");
  expect(store, "SELECT source, n_read FROM load", "crm 2\n");
}

static void test_from_the_first_version(void **state) {
  make_version_1();
  for (int i = 0; i < 2; i++) {
    g_autoptr(Store) store = open_ledger(path);
    check_records(store);
    expect(store, "SELECT opportunity, strftime(since_day, '%Y-%m-%d') FROM silence", "11 2026-01-05\n");
    expect(store, "SELECT n_rows, strftime(first_day, '%Y-%m-%d') FROM ledger_stat WHERE table_name = 'silence'",
           "1 2026-01-05\n");
  }
}

#define DROP_TARGETS                                                                           \
  "DROP TABLE attain_target; DROP TABLE attain_target_version; DROP TABLE attain_target_part;" \
  "DROP TABLE attain_target_event; DROP TABLE attain_objective;"

#define DROP_ALERTS                                                 \
  "DROP TABLE attain_alert_event; DROP TABLE attain_alert_message;" \
  "DROP TABLE attain_alert_told; DROP TABLE attain_alert_attempt;"

#define DROP_TARGET_MEMBERS                                     \
  "ALTER TABLE attain_target_version DROP COLUMN member_table;" \
  "ALTER TABLE attain_target_version DROP COLUMN member_key;"

/* Came with the seventh to ninth forms; what the tenth adds to users goes with their table. */
#define DROP_USERS                                                                                                    \
  "DROP TABLE attain_user;DROP TABLE attain_invitation;DROP TABLE attain_session;DROP TABLE attain_token;DROP TABLE " \
  "attain_audit;"
#define DROP_ERASING "DROP TABLE attain_erasing_key; DROP TABLE attain_erased; DROP TABLE attain_erased_mark;"
#define DROP_NOTICES "DROP TABLE attain_notice;"
#define DROP_LATER                     \
  DROP_USERS DROP_ERASING DROP_NOTICES \
      "DROP TABLE attain_put_key; DROP TABLE attain_told_event; DROP TABLE attain_told_record;"

/* Who could sign in by a password still can, and by nothing else. */
static void test_from_the_ninth_version(void **state) {
  make_version_1();
  store_close(open_ledger(path));
  {
    g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
    run(store, DROP_NOTICES
        "ALTER TABLE attain_user DROP COLUMN identity; ALTER TABLE attain_user DROP COLUMN only_provider;"
        "INSERT INTO attain_user VALUES (1, 'ana', NULL, NULL, 'rep', NULL, 'a hash', false, '2026-01-01');"
        "UPDATE attain_meta SET value = '9' WHERE name = 'schema_version';");
  }
  g_autoptr(Store) store = open_ledger(path);
  expect(store, "SELECT name, password, identity IS NULL, only_provider FROM attain_user", "ana a hash yes no\n");
}

/* A team that was given other leaders, one that was given its first, one that was called otherwise, one that only other
 * records named before, and one that has nobody now: who led them is told from the versions of their records. */
static void test_from_the_tenth_version(void **state) {
  make_version_1();
  store_close(open_ledger(path));
  {
    g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
    run(store, DROP_NOTICES
        "DROP TABLE leadership; DROP TABLE leadership_history; DELETE FROM team; "
        "INSERT INTO team BY NAME SELECT 'crm' AS from_source, TRUE AS known, * FROM (VALUES (1, 't1', 'North', 3), "
        "(2, 't2', 'South', 1), (3, 't3', 'East', 5), (4, 't4', 'West', 6), (5, 't5', 'Far', NULL)) t(key, id, name, "
        "manager);"
        "INSERT INTO team_history BY NAME SELECT 'crm' AS from_source, key <> 4 AS known, * FROM (VALUES (1, 't1', "
        "'North', 1, TIMESTAMP '2026-02-01 08:00:00'), (1, 't1', 'Nord', 1, TIMESTAMP '2026-03-01 09:00:00'), (1, "
        "'t1', 'North', 2, TIMESTAMP '2026-05-01'), (2, 't2', 'South', NULL, TIMESTAMP '2026-02-01'), (3, 't3', "
        "'Old', 5, TIMESTAMP '2026-02-01'), (4, 't4', 'West', 2, TIMESTAMP '2026-02-01'), (5, 't5', 'Far', 4, "
        "TIMESTAMP '2026-04-02 01:00:00')) t(key, id, name, manager, superseded_at);"
        "UPDATE attain_meta SET value = '10' WHERE name = 'schema_version';");
  }
  for (int i = 0; i < 2; i++) {
    g_autoptr(Store) store = open_ledger(path);
    expect(store,
           "SELECT team, person, strftime(from_at_day, '%Y-%m-%d'), strftime(until_at, '%Y-%m-%d %H'), id FROM "
           "leadership ORDER BY team, from_at NULLS FIRST",
           "1 1 - 2026-03-01 09 inferred:t1:first\n1 2 2026-03-01 2026-05-01 00 inferred:t1:1772355600000000\n"
           "1 3 2026-05-01 - inferred:t1:1777593600000000\n5 4 - 2026-04-02 01 inferred:t5:first\n"
           "5 - 2026-04-02 - inferred:t5:1775091600000000\n");
    expect(store, "SELECT n_rows FROM ledger_stat WHERE table_name = 'leadership'", "5\n");
  }
}

/* A target is kept by its member's key from the sixth form on: what was kept before has none. */
static void test_from_the_fifth_version(void **state) {
  make_version_1();
  store_close(open_ledger(path));
  {
    g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
    run(store, DROP_LATER DROP_TARGET_MEMBERS
        "UPDATE attain_meta SET value = '5' WHERE name = 'schema_version';"
        "INSERT INTO attain_target_version VALUES (1, 1, 'revenue', 'rep', 'Ana', 'reach', 5, NULL, false, NULL, "
        "NULL, NULL, DATE '2027-01-01', DATE '2027-02-01', 'days', DATE '2027-01-01')");
  }
  for (int i = 0; i < 2; i++) {
    g_autoptr(Store) store = open_ledger(path);
    check_records(store);
    expect(store, "SELECT member, member_table, member_key FROM attain_target_version", "Ana - -\n");
  }
}

/* Alerts came with the fifth form. */
static void test_from_the_fourth_version(void **state) {
  make_version_1();
  store_close(open_ledger(path));
  {
    g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
    run(store,
        DROP_LATER DROP_ALERTS DROP_TARGET_MEMBERS "UPDATE attain_meta SET value = '4' WHERE name = 'schema_version'");
  }
  for (int i = 0; i < 2; i++) {
    g_autoptr(Store) store = open_ledger(path);
    check_records(store);
    expect(store, "SELECT (SELECT count(*) FROM attain_alert_event) + (SELECT count(*) FROM attain_alert_attempt)",
           "0\n");
  }
}

/* Targets came with the fourth form. */
static void test_from_the_third_version(void **state) {
  make_version_1();
  store_close(open_ledger(path));
  {
    g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
    run(store, DROP_LATER DROP_TARGETS DROP_ALERTS "UPDATE attain_meta SET value = '3' WHERE name = 'schema_version'");
  }
  for (int i = 0; i < 2; i++) {
    g_autoptr(Store) store = open_ledger(path);
    check_records(store);
    expect(store, "SELECT (SELECT count(*) FROM attain_target_event) + (SELECT count(*) FROM attain_objective)", "0\n");
  }
}

/* Closed periods came with the third form. */
static void test_from_the_second_version(void **state) {
  make_version_1();
  store_close(open_ledger(path));
  {
    g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 0, NULL);
    run(store,
        "DROP TABLE snapshot; DROP TABLE snapshot_kpi; DROP TABLE snapshot_value;" DROP_LATER DROP_TARGETS DROP_ALERTS
        "UPDATE attain_meta SET value = '2' WHERE name = 'schema_version'");
  }
  for (int i = 0; i < 2; i++) {
    g_autoptr(Store) store = open_ledger(path);
    check_records(store);
    expect(store, "SELECT value FROM attain_meta WHERE name = 'schema_version'", "12\n");
    expect(store,
           "SELECT (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM snapshot_kpi) + (SELECT count(*) FROM "
           "snapshot_value)",
           "0\n");
  }
}

static void refuse(const LedgerSchema *schema, guint flags, int code, const char *part) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(path, schema, flags, 0, &error);
  assert_null(store);
  if (!g_error_matches(error, BASE_ERROR, code) || !strstr(error->message, part))
    fail_msg("another error: %s", error->message);
}

/* A reader does not change the file; it is told what does. */
static void test_reading_the_first_version(void **state) {
  make_version_1();
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  refuse(schema, STORE_READ_ONLY, BASE_ERROR_VERSION, "run `attain load`");
  g_autoptr(Store) store = store_open(path, NULL, STORE_READ_ONLY, 0, NULL);
  expect(store, "SELECT value FROM attain_meta WHERE name = 'views'", "as they were\n");
}

/* Derived facts that were made in another way: a reader takes them as they are, a writer makes them again. */
static void test_other_derived_facts(void **state) {
  make_version_1();
  Store *store = open_ledger(path);
  run(store, "UPDATE attain_meta SET value = 'as it was' WHERE name = 'derived'");
  run(store, "UPDATE silence SET since_day = '2025-01-01'");
  store_close(store);
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  store = store_open(path, schema, STORE_READ_ONLY, 0, NULL);
  expect(store, "SELECT strftime(since_day, '%Y-%m-%d') FROM silence", "2025-01-01\n");
  store_close(store);
  g_autoptr(Store) again = open_ledger(path);
  expect(again, "SELECT strftime(since_day, '%Y-%m-%d') FROM silence", "2026-01-05\n");
}

static void test_a_newer_database_is_refused(void **state) {
  make_version_1();
  Store *store = store_open(path, NULL, 0, 0, NULL);
  run(store, "UPDATE attain_meta SET value = '99' WHERE name = 'schema_version'");
  run(store, "UPDATE attain_meta SET value = '4.2.0' WHERE name = 'attain_version'");
  store_close(store);
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  refuse(schema, 0, BASE_ERROR_VERSION, "was written by Attain 4.2.0");
  refuse(schema, STORE_READ_ONLY, BASE_ERROR_VERSION, "update Attain");
}

/* Failing at every statement in turn: whatever the point, the database is as it was, and the next open succeeds. */
static void test_interrupted_anywhere_the_old_version_is_left(void **state) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  gboolean done = FALSE;
  guint n_failed = 0;
  for (guint nth = 1; !done; nth++) {
    base_fault_arm("*", nth);
    g_autoptr(GError) error = NULL;
    Store *store = store_open(path, schema, STORE_CREATE, 0, &error);
    base_fault_disarm();
    done = store != NULL;
    store_close(store);
    if (done) break;
    n_failed++;
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
    g_autoptr(Store) left = store_open(path, NULL, STORE_CREATE, 0, NULL);
    expect(left, "SELECT count(*) FROM duckdb_tables()", "0\n");
    expect(left, "SELECT count(*) FROM duckdb_views() WHERE NOT internal", "0\n");
  }
  assert_true(n_failed >= 5);
  g_autoptr(Store) store = open_ledger(path);
  expect(store, "SELECT value FROM attain_meta WHERE name = 'schema_version'", "12\n");
}

static const LedgerExtraColumn extras[] = {
    {.table = "opportunity", .name = "channel", .type = LEDGER_TEXT},
    {.table = "account", .name = "renews_at", .type = LEDGER_INSTANT, .flags = LEDGER_PLAN},
    {.table = "visit", .name = "at", .type = LEDGER_INSTANT, .flags = LEDGER_REQUIRED},
    {.table = "visit", .name = "owner", .type = LEDGER_REF, .ref = "person", .flags = LEDGER_OWNED},
    {.table = "visit", .name = "opportunity", .type = LEDGER_REF, .ref = "opportunity"},
    {.table = "visit", .name = "cost", .type = LEDGER_MONEY},
    {.table = "team", .name = "budget", .type = LEDGER_MONEY},
};

/* attain.yaml gained columns and a fact: a reader is told to load, a writer adds them, in history too, and keeps what
 * is there. */
static void test_a_workspaces_own_columns(void **state) {
  make_version_1();
  g_autoptr(LedgerSchema) schema = ledger_schema_new(extras, G_N_ELEMENTS(extras), NULL);
  refuse(schema, STORE_READ_ONLY, BASE_ERROR_VERSION, "run `attain load`");
  Store *store = store_open(path, schema, 0, 0, NULL);
  check_records(store);
  expect(store,
         "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE column_name IN ('channel', "
         "'renews_at', 'renews_at_day',"
         " 'budget') AND table_name NOT LIKE 'spend%' AND table_name NOT LIKE 'sale%' AND table_name NOT LIKE 'web%' "
         "AND table_name NOT LIKE 'attain%' "
         "ORDER BY ALL",
         "account renews_at TIMESTAMP\naccount renews_at_day DATE\naccount_history renews_at "
         "TIMESTAMP\naccount_history renews_at_day DATE\n"
         "opportunity channel VARCHAR\nopportunity_history channel VARCHAR\nteam budget BIGINT\nteam_history budget "
         "BIGINT\n");
  expect(store, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'visit' ORDER BY column_index",
         "key UBIGINT\nfrom_source VARCHAR\nid VARCHAR\nrecorded_at TIMESTAMP\nload INTEGER\ncurrency VARCHAR\nat "
         "TIMESTAMP\nat_day DATE\n"
         "owner INTEGER\nopportunity UBIGINT\ncost BIGINT\n");
  expect(store, "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'team' AND column_name = 'currency'", "1\n");
  run(store, "INSERT INTO visit (key, cost) VALUES (1, 100)");
  store_close(store);
  store = store_open(path, schema, STORE_READ_ONLY, 0, NULL);
  assert_non_null(store);
  store_close(store);
  g_autoptr(Store) without = open_ledger(path);
  expect(without, "SELECT count(*) FROM visit", "1\n");
}

/* A column taken out of attain.yaml stays in the database and does not hinder a reader. */
static void test_a_column_no_longer_asked_for(void **state) {
  g_autoptr(LedgerSchema) more = ledger_schema_new(extras, G_N_ELEMENTS(extras), NULL);
  g_autoptr(LedgerSchema) fewer = ledger_schema_new(extras, 1, NULL);
  store_close(store_open(path, more, STORE_CREATE, 0, NULL));
  g_autoptr(Store) reader = store_open(path, fewer, STORE_READ_ONLY, 0, NULL);
  assert_non_null(reader);
}

static void test_a_column_of_another_type(void **state) {
  const LedgerExtraColumn number = {.table = "opportunity", .name = "channel", .type = LEDGER_NUMBER};
  g_autoptr(LedgerSchema) before = ledger_schema_new(extras, 1, NULL);
  g_autoptr(LedgerSchema) after = ledger_schema_new(&number, 1, NULL);
  store_close(store_open(path, before, STORE_CREATE, 0, NULL));
  refuse(after, 0, BASE_ERROR_INPUT, "opportunity.channel is VARCHAR in the database and would now be DOUBLE");
}

/* A workspace's fact could otherwise be called as one of them, and no database would be made. */
static void test_no_fact_is_called_as_the_stores_own_tables(void **state) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  g_autoptr(Store) store = store_open(path, schema, STORE_CREATE, 0, NULL);
  g_autoptr(StoreRows) tables = store_query(store, "SELECT table_name FROM duckdb_tables()", NULL, 0, 0, NULL);
  guint n_own = 0;
  for (gsize r = 0; r < store_rows_count(tables); r++) {
    const char *name = store_rows_value(tables, r, 0).text;
    if (ledger_schema_find(schema, name) != NULL) continue;
    const LedgerExtraColumn column = {.table = name, .name = "at", .type = LEDGER_INSTANT};
    g_autoptr(GError) error = NULL;
    g_autoptr(LedgerSchema) taken = ledger_schema_new(&column, 1, &error);
    if (taken != NULL) fail_msg("a fact could be called %s", name);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
    n_own++;
  }
  assert_true(n_own >= 8);
}

#define ON_A_FILE(test) cmocka_unit_test_setup_teardown(test, new_path, remove_path)

int main(void) {
  const struct CMUnitTest tests[] = {
      ON_A_FILE(test_from_the_first_version),
      ON_A_FILE(test_from_the_second_version),
      ON_A_FILE(test_from_the_third_version),
      ON_A_FILE(test_from_the_fourth_version),
      ON_A_FILE(test_from_the_fifth_version),
      ON_A_FILE(test_from_the_tenth_version),
      ON_A_FILE(test_from_the_ninth_version),
      ON_A_FILE(test_reading_the_first_version),
      ON_A_FILE(test_other_derived_facts),
      ON_A_FILE(test_a_newer_database_is_refused),
      ON_A_FILE(test_interrupted_anywhere_the_old_version_is_left),
      ON_A_FILE(test_a_workspaces_own_columns),
      ON_A_FILE(test_a_column_no_longer_asked_for),
      ON_A_FILE(test_a_column_of_another_type),
      ON_A_FILE(test_no_fact_is_called_as_the_stores_own_tables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
