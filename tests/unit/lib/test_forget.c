/* Bounds of what systems told: which rows go with age and with number. Counts are from hand arithmetic, shown. */
#include "lib/take.h"
#include "unit.h"

#define DAY_US G_TIME_SPAN_DAY
#define NOW_US (100 * DAY_US)

static gint64 count(Store *store, const char *sql) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, &error);
  if (!rows) fail_msg("%s", error->message);
  return store_rows_value(rows, 0, 0).integer;
}

static void run(Store *store, const char *sql) {
  g_autoptr(GError) error = NULL;
  if (!store_run(store, sql, NULL, 0, NULL, &error)) fail_msg("%s", error->message);
}

static void forget(Store *store, gint64 max) {
  g_autoptr(GError) error = NULL;
  if (!lib_forget_told(store, NOW_US, max, &error)) fail_msg("%s", error->message);
}

static Store *open_store(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, &error);
  Store *store = schema ? store_open(NULL, schema, STORE_CREATE, 0, &error) : NULL;
  if (!store) fail_msg("%s", error->message);
  return store;
}

/* One event an hour for ten days before now, and a deletion a day for fifty: 96 hours are four days. */
static void test_age(void **state) {
  g_autoptr(Store) store = open_store();
  run(store,
      "INSERT INTO attain_told_event SELECT 's', 'e' || i, make_timestamp(8640000000000 - i * 3600000000) FROM "
      "range(240) r(i)");
  run(store,
      "INSERT INTO attain_told_record SELECT 's', 't', 'r' || i, '{}', make_timestamp(8640000000000 - i * "
      "86400000000) FROM range(50) r(i)");
  run(store, "INSERT INTO attain_told_record VALUES ('s', 't', 'there', '{}', NULL)");
  forget(store, 1000);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_event"), 96);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_record WHERE removed_at IS NOT NULL"), 31);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_record WHERE id = 'there'"), 1);
}

/* Of 101 records where 100 may be, one and a tenth of 100 go: those of which was told longest ago, which is not the
 * record that was there first but was told again. */
static void test_number(void **state) {
  g_autoptr(Store) store = open_store();
  run(store, "INSERT INTO attain_told_record SELECT 's', 't', 'r' || i, '{}', NULL FROM range(100) r(i)");
  forget(store, 100);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_record"), 100);
  run(store, "DELETE FROM attain_told_record WHERE id = 'r0'");
  run(store, "INSERT INTO attain_told_record VALUES ('s', 't', 'r0', '{}', NULL), ('s', 't', 'r100', '{}', NULL)");
  forget(store, 100);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_record"), 90);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_record WHERE id IN ('r0', 'r100', 'r12')"), 3);
  assert_int_equal(count(store, "SELECT count(*) FROM attain_told_record WHERE id IN ('r1', 'r11')"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_age), cmocka_unit_test(test_number)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
