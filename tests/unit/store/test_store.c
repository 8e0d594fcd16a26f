#include "store/store.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

static void test_opens_in_memory_with_ledger(void **state) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  g_autoptr(Store) store = store_open(NULL, schema, STORE_CREATE, 0, &error);
  if (!store) fail_msg("%s", error->message);
  static const char *const views[] = {"stage_stay", "silence", "forecast_state", "close_date_move"};
  for (int i = 0; i < 4; i++) {
    g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", views[i]);
    g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, &error);
    if (!rows) fail_msg("%s: %s", views[i], error->message);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_opens_in_memory_with_ledger)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
