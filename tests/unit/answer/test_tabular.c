/* Documents as tables: what stands around a row is in it, names do not clash, and Parquet reads back. */
#include "../unit.h"
#include "answer/tabular.h"
#include "store/store.h"

#include <glib/gstdio.h>

static const char document[] =
    "{\"kpi\": \"revenue\", \"measures\": [{\"measure\": \"won\", \"total\": 5, \"records\": ["
    "{\"id\": \"D-1\", \"period\": {\"name\": \"Q3\", \"start\": \"2026-07-01\"}, \"value\": 3, \"total\": null, "
    "\"ok\": true},"
    "{\"id\": \"=1+1\", \"value\": -2.5, \"tags\": [\"a\", \"b\"]}]},"
    "{\"measure\": \"lost\", \"total\": 0, \"records\": []}]}";

static char *csv_of(const char *text, const char *lists) {
  char *out = NULL;
  size_t length = 0;
  FILE *file = open_memstream(&out, &length);
  g_autoptr(AnswerTabular) table = answer_tabular_new(text, lists, NULL);
  assert_non_null(table);
  answer_tabular_csv(table, file);
  fclose(file);
  return out;
}

static void rows(void **state) {
  g_autofree char *nested = csv_of(document, "measures.records");
  assert_string_equal(nested,
                      "measure,total,id,period,start,value,records_total,ok,tags\r\n"
                      "won,5,D-1,Q3,2026-07-01,3,,true,\r\n"
                      "won,5,'=1+1,,,-2.5,,,a b\r\n");
  g_autofree char *two = csv_of("{\"a\": [{\"x\": 1}], \"b\": [{\"x\": 2}]}", "a,b");
  assert_string_equal(two, "x\r\n1\r\n2\r\n");
  g_autofree char *whole = csv_of("[{\"x\": \"y\"}]", "");
  assert_string_equal(whole, "x\r\ny\r\n");
  g_autofree char *totals = csv_of(
      "{\"rows\": [{\"members\": {\"rep\": null, \"team\": \"North\"}, \"value\": 1}], "
      "\"totals\": [{\"members\": {\"team\": \"North\"}, \"value\": 2}, "
      "{\"members\": {}, \"value\": 3}]}",
      "rows,totals");
  assert_string_equal(totals, "rep,team,value\r\n,North,1\r\n(all),North,2\r\n(all),(all),3\r\n");
  g_autofree char *own = csv_of("[{\"baseline\": {\"start\": 1}, \"start\": 2}]", "");
  assert_string_equal(own, "baseline_start,start\r\n1,2\r\n");
  g_autofree char *none = csv_of("{\"rules\": []}", "rules");
  assert_string_equal(none, "rules\r\n");
}

/* Read by the database's own reader of Parquet. */
static void parquet(void **state) {
  g_autoptr(AnswerTabular) table = answer_tabular_new(document, "measures.records", NULL);
  g_autofree char *bytes = NULL, *path = g_build_filename(g_get_tmp_dir(), "attain-tabular.parquet", NULL);
  gsize n_bytes = 0;
  assert_true(answer_tabular_parquet(table, &bytes, &n_bytes, NULL));
  assert_true(g_file_set_contents(path, bytes, (gssize)n_bytes, NULL));
  g_autoptr(Store) store = store_open(NULL, NULL, STORE_CREATE, 1, NULL);
  g_autofree char *file = store_quote_text(path);
  g_autofree char *sql = g_strdup_printf("SELECT id, value, ok, period FROM read_parquet(%s) ORDER BY value", file);
  g_autoptr(StoreRows) read = store_query(store, sql, NULL, 0, 0, NULL);
  assert_non_null(read);
  assert_int_equal(store_rows_count(read), 2);
  assert_string_equal(store_rows_value(read, 0, 0).text, "=1+1");
  assert_true(store_rows_value(read, 0, 1).number == -2.5);
  assert_int_equal(store_rows_value(read, 0, 2).type, STORE_NULL);
  assert_int_equal(store_rows_value(read, 1, 2).integer, 1);
  assert_string_equal(store_rows_value(read, 1, 3).text, "Q3");
  g_unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(parquet)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
