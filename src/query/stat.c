/* The ledger's own counts, by table. */
#include "query/stat.h"

struct QueryStat {
  GHashTable *tables;  /* name -> QueryTableStat */
  GHashTable *merged;  /* account key -> the one that survived */
  BaseDay first, last; /* of what happened; BASE_DAY_NONE: nothing did */
};

static BaseDay day_of(StoreValue value) {
  return value.type == STORE_NULL ? BASE_DAY_NONE : (BaseDay)value.integer;
}

static GHashTable *read_merged(Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT key, merged_into FROM account WHERE merged_into IS NOT NULL AND merged_into <> key",
                  NULL, 0, 0, error);
  if (rows == NULL) return NULL;
  GHashTable *merged = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (gsize r = 0; r < store_rows_count(rows); r++)
    g_hash_table_insert(merged, GINT_TO_POINTER((int)store_rows_value(rows, r, 0).integer),
                        GINT_TO_POINTER((int)store_rows_value(rows, r, 1).integer));
  return merged;
}

static void find_bounds(QueryStat *stat) {
  static const char *const not_events[] = {"person",    "team",  "membership", "leadership", "account", "product",
                                           "territory", "stage", "fx_rate",    "quota",      NULL};
  stat->first = stat->last = BASE_DAY_NONE;
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init(&iter, stat->tables);
  while (g_hash_table_iter_next(&iter, &name, &value)) {
    const QueryTableStat *table = value;
    if (table->n_rows == 0 || g_strv_contains(not_events, name) || table->first_day == BASE_DAY_NONE) continue;
    if (stat->first == BASE_DAY_NONE || table->first_day < stat->first) stat->first = table->first_day;
    if (stat->last == BASE_DAY_NONE || table->last_day > stat->last) stat->last = table->last_day;
  }
}

QueryStat *query_stat_load(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT table_name, n_rows, first_day, last_day, latest_at, has_foreign_currency FROM ledger_stat", NULL,
      0, 0, error);
  if (rows == NULL) return NULL;
  GHashTable *merged = read_merged(store, error);
  if (merged == NULL) return NULL;
  QueryStat *stat = g_new0(QueryStat, 1);
  stat->merged = merged;
  stat->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    StoreValue latest = store_rows_value(rows, r, 4), foreign = store_rows_value(rows, r, 5);
    QueryTableStat table = {.n_rows = store_rows_value(rows, r, 1).integer,
                            .first_day = day_of(store_rows_value(rows, r, 2)),
                            .last_day = day_of(store_rows_value(rows, r, 3)),
                            .latest_us = latest.type == STORE_NULL ? G_MININT64 : latest.integer,
                            .has_foreign_currency = foreign.type != STORE_NULL && foreign.integer != 0};
    g_hash_table_insert(stat->tables, g_strdup(store_rows_value(rows, r, 0).text), g_memdup2(&table, sizeof table));
  }
  find_bounds(stat);
  return stat;
}

QueryStat *query_stat_after(const QueryStat *before, const StoreWritten *written) {
  QueryStat *stat = g_new0(QueryStat, 1);
  stat->merged = g_hash_table_ref(before->merged);
  stat->tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer name, table;
  g_hash_table_iter_init(&iter, before->tables);
  while (g_hash_table_iter_next(&iter, &name, &table))
    g_hash_table_insert(stat->tables, g_strdup(name), g_memdup2(table, sizeof(QueryTableStat)));
  for (guint i = 0; i < written->stats->len; i++) {
    const StoreWrittenStat *from = &g_array_index(written->stats, StoreWrittenStat, i);
    QueryTableStat to = {.n_rows = from->span.n,
                         .first_day = from->span.first_day,
                         .last_day = from->span.last_day,
                         .latest_us = from->span.latest_us,
                         .has_foreign_currency = from->has_foreign_currency};
    g_hash_table_replace(stat->tables, g_strdup(from->table->name), g_memdup2(&to, sizeof to));
  }
  find_bounds(stat);
  return stat;
}

void query_stat_free(QueryStat *stat) {
  if (stat == NULL) return;
  g_hash_table_unref(stat->tables);
  g_hash_table_unref(stat->merged);
  g_free(stat);
}

const QueryTableStat *query_stat_of(const QueryStat *stat, const char *table) {
  return stat == NULL ? NULL : g_hash_table_lookup(stat->tables, table);
}

gboolean query_stat_is_empty(const QueryStat *stat, const char *table) {
  const QueryTableStat *found = query_stat_of(stat, table);
  return found != NULL && found->n_rows == 0;
}

gboolean query_stat_bounds(const QueryStat *stat, BaseDay *first, BaseDay *last) {
  *first = stat->first;
  *last = stat->last;
  return stat->first != BASE_DAY_NONE;
}

gint64 query_stat_account(const QueryStat *stat, gint64 key) {
  if (g_hash_table_size(stat->merged) == 0) return key;
  gpointer into = g_hash_table_lookup(stat->merged, GINT_TO_POINTER((int)key));
  return into == NULL ? key : GPOINTER_TO_INT(into);
}
