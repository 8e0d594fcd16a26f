/* All rows of a database, as text in order, for databases to be compared: `dump FILE`. With `dump FILE derived` the
 * derived facts are made from scratch first, and not kept: what they are to be like. */
#include "store/store.h"

#include <stdio.h>

static gboolean dump_table(Store *store, const char *table, GError **error) {
  g_autofree char *name = store_quote_name(table);
  g_autofree char *sql = g_strdup_printf("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM %s ORDER BY ALL", name);
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, error);
  for (gsize r = 0; rows && r < store_rows_count(rows); r++) {
    fputs(table, stdout);
    for (guint c = 0; c < store_rows_n_columns(rows); c++) {
      StoreValue value = store_rows_value(rows, r, c);
      printf("|%s", value.type == STORE_NULL ? "" : value.text);
    }
    putchar('\n');
  }
  return rows != NULL;
}

static gboolean dump(Store *store, GError **error) {
  g_autoptr(StoreRows) tables = store_query(
      store, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name", NULL, 0, 0, error);
  gboolean ok = tables != NULL;
  for (gsize t = 0; ok && t < store_rows_count(tables); t++)
    ok = dump_table(store, store_rows_value(tables, t, 0).text, error);
  return ok;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(argv[1], NULL, 0, 1, &error);
  gboolean ok = store && store_begin(store, &error) && (argc == 2 || store_refresh_derived(store, NULL, -1, &error)) &&
                dump(store, &error);
  if (!ok) fprintf(stderr, "%s\n", error->message);
  return ok ? 0 : 1;
}
