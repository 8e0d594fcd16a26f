/* Row counts in one statement; DuckDB answers them from its own bookkeeping, without reading the rows of facts. */
#include "answer/counts.h"

GHashTable *answer_row_counts(Store *store, const LedgerSchema *schema, GError **error) {
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind == LEDGER_DERIVED) continue;
    g_autofree char *name = store_quote_name(table->name);
    g_autofree char *text = store_quote_text(table->name);
    g_string_append_printf(sql, "%sSELECT %s, count(*) FROM %s%s", sql->len ? " UNION ALL " : "", text, name,
                           table->kind == LEDGER_DIMENSION ? " WHERE known" : "");
  }
  g_autoptr(StoreRows) rows = store_query(store, sql->str, NULL, 0, 0, error);
  if (!rows) return NULL;
  GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    gint64 count = store_rows_value(rows, i, 1).integer;
    g_hash_table_insert(counts, g_strdup(store_rows_value(rows, i, 0).text), g_memdup2(&count, sizeof count));
  }
  return counts;
}

gint64 answer_row_count(GHashTable *counts, const char *table) {
  const gint64 *count = counts ? g_hash_table_lookup(counts, table) : NULL;
  return count ? *count : 0;
}
