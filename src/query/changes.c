/* Changed records by the number of the load that wrote or superseded their versions. */
#include "query/changes.h"

/* More changed keys of one table than this, and counting afresh is as quick. */
#define MAX_KEYS 20000

struct QueryChanges {
  GHashTable *keys; /* table -> "1,2,3"; "deals": of all that is derived from deals */
  gboolean everywhere;
  gboolean of_credit;
};

static const char *const deals = "deals";

void query_changes_free(QueryChanges *changes) {
  if (changes == NULL) return;
  g_hash_table_unref(changes->keys);
  g_free(changes);
}

/* All cells may rest on any of their rows. */
static gboolean is_everywhere(const char *table) {
  static const char *const tables[] = {"person", "team", "membership", "fx_rate", "stage", NULL};
  return g_strv_contains(tables, table);
}

/* `column` of the rows that came after a load, and of those that were superseded after it. */
static char *touched_sql(const char *table, const char *column, gint64 load) {
  g_autofree char *name = store_quote_name(table);
  g_autofree char *history = g_strconcat(table, "_history", NULL);
  g_autofree char *history_name = store_quote_name(history);
  return g_strdup_printf("SELECT %s AS k FROM %s WHERE \"load\" > %" G_GINT64_FORMAT
                         " UNION SELECT %s FROM %s WHERE superseded_by > %" G_GINT64_FORMAT,
                         column, name, load, column, history_name, load);
}

static void append_keys(GString *sql, const char *name, const char *touched) {
  g_autofree char *quoted = store_quote_text(name);
  g_string_append_printf(sql,
                         "%sSELECT %s, count(*), CASE WHEN count(*) <= %d THEN string_agg(CAST(k AS VARCHAR), ',') "
                         "END FROM (%s) WHERE k IS NOT NULL",
                         sql->len > 0 ? " UNION ALL " : "", quoted, MAX_KEYS, touched);
}

static gboolean read_keys(const QueryContext *context, QueryChanges *changes, const char *sql, GError **error) {
  g_autoptr(StoreRows) rows = store_query(context->store, sql, NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const char *table = store_rows_value(rows, r, 0).text;
    if (store_rows_value(rows, r, 1).integer == 0) continue;
    StoreValue keys = store_rows_value(rows, r, 2);
    changes->everywhere |= is_everywhere(table) || keys.type != STORE_TEXT;
    changes->of_credit |= g_str_equal(table, "split");
    if (keys.type == STORE_TEXT) g_hash_table_insert(changes->keys, g_strdup(table), g_strdup(keys.text));
  }
  return TRUE;
}

static gboolean find_keys(const QueryContext *context, QueryChanges *changes, gint64 load, GError **error) {
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const LedgerTable *table = ledger_schema_table(context->schema, t);
    if (table->kind == LEDGER_DERIVED) continue;
    g_autofree char *touched = touched_sql(table->name, "key", load);
    append_keys(sql, table->name, touched);
  }
  return read_keys(context, changes, sql->str, error);
}

/* The deals that any changed record tells of: what is derived is derived from all records of a deal. Whoever shares a
 * deal in another way changes its row's credit. */
static gboolean find_deals(const QueryContext *context, QueryChanges *changes, gint64 load, GError **error) {
  static const struct {
    const char *table, *key;
  } facts[] = {
      {"opportunity", "key"}, {"stage_change", "opportunity"}, {"activity", "opportunity"}, {"split", "opportunity"}};
  g_autoptr(GString) touched = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (!query_changes_has(changes, facts[i].table)) continue;
    g_autofree char *one = touched_sql(facts[i].table, facts[i].key, load);
    g_string_append_printf(touched, "%s%s", touched->len > 0 ? " UNION " : "", one);
  }
  if (touched->len == 0) return TRUE;
  g_autoptr(GString) sql = g_string_new(NULL);
  append_keys(sql, deals, touched->str);
  if (changes->of_credit) append_keys(sql, "opportunity", touched->str);
  return read_keys(context, changes, sql->str, error);
}

static gboolean count(const QueryContext *context, const char *sql, gint64 *n, GError **error) {
  g_autoptr(StoreRows) rows = store_query(context->store, sql, NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  *n = store_rows_value(rows, 0, 0).integer;
  return TRUE;
}

/* Records that were merged, or changed hands. */
static gboolean look_at(const QueryContext *context, QueryChanges *changes, const LedgerTable *table, gint64 load,
                        GError **error) {
  gint64 n = 0;
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *history = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history_name = store_quote_name(history);
  if (ledger_table_column(table, "merged_into") != NULL) {
    g_autofree char *touched = touched_sql(table->name, "merged_into", load);
    g_autofree char *sql = g_strdup_printf("SELECT count(k) FROM (%s)", touched);
    if (!count(context, sql, &n, error)) return FALSE;
    changes->everywhere |= n > 0;
  }
  const LedgerColumn *owner = ledger_table_owner(table);
  if (owner == NULL || table->kind != LEDGER_FACT) return TRUE;
  g_autofree char *column = store_quote_name(owner->name);
  /* A record that went and has come back brings its owners of the past with it. */
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM %s c JOIN %s h ON h.key = c.key WHERE c.\"load\" > %" G_GINT64_FORMAT
                      " AND h.%s IS DISTINCT FROM c.%s",
                      name, history_name, load, column, column);
  if (!count(context, sql, &n, error)) return FALSE;
  changes->of_credit |= n > 0;
  return TRUE;
}

QueryChanges *query_changes_find(const QueryContext *context, gint64 load, GError **error) {
  g_autoptr(QueryChanges) changes = g_new0(QueryChanges, 1);
  changes->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  if (!find_keys(context, changes, load, error)) return NULL;
  if (changes->everywhere) return g_steal_pointer(&changes);
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const LedgerTable *table = ledger_schema_table(context->schema, t);
    if (query_changes_has(changes, table->name) && !look_at(context, changes, table, load, error)) return NULL;
  }
  if (!find_deals(context, changes, load, error)) return NULL;
  return g_steal_pointer(&changes);
}

gboolean query_changes_are_everywhere(const QueryChanges *changes) {
  return changes->everywhere;
}

gboolean query_changes_are_none(const QueryChanges *changes) {
  return !changes->everywhere && g_hash_table_size(changes->keys) == 0;
}

gboolean query_changes_of_credit(const QueryChanges *changes) {
  return changes->of_credit;
}

gboolean query_changes_has(const QueryChanges *changes, const char *table) {
  return g_hash_table_contains(changes->keys, table);
}

gboolean query_changes_tell(const QueryChanges *changes, Store *store, GError **error) {
  GHashTableIter iter;
  gpointer table, keys;
  g_hash_table_iter_init(&iter, changes->keys);
  while (g_hash_table_iter_next(&iter, &table, &keys)) {
    g_autofree char *plain = g_strconcat("changed_", table, NULL);
    g_autofree char *name = store_quote_name(plain);
    g_autofree char *sql = g_strdup_printf("CREATE OR REPLACE TEMP TABLE %s AS SELECT unnest([%s]::UBIGINT[]) AS k",
                                           name, (const char *)keys);
    if (!store_run(store, sql, NULL, 0, NULL, error)) return FALSE;
  }
  return TRUE;
}

/* The keys by which a joined table's rows may have changed. */
static const char *changed_of(const QueryChanges *changes, const LedgerTable *table) {
  const char *name = table->kind == LEDGER_DERIVED ? deals : table->name;
  return query_changes_has(changes, name) ? name : NULL;
}

gboolean query_changes_reach(const QueryChanges *changes, const SqlSelect *select) {
  const char *key;
  const LedgerTable *table;
  for (guint i = 0; (table = sql_joined(select, i, &key)) != NULL; i++)
    if (changed_of(changes, table) != NULL) return TRUE;
  return FALSE;
}

char *query_changes_sql(const QueryChanges *changes, const SqlSelect *select) {
  GString *sql = g_string_new("(");
  const char *key;
  const LedgerTable *table;
  for (guint i = 0; (table = sql_joined(select, i, &key)) != NULL; i++) {
    const char *changed = changed_of(changes, table);
    if (changed == NULL) continue;
    g_autofree char *plain = g_strconcat("changed_", changed, NULL);
    g_autofree char *name = store_quote_name(plain);
    g_string_append_printf(sql, "%s%s IN (SELECT k FROM temp.%s)", sql->len > 1 ? " OR " : "", key, name);
  }
  if (sql->len == 1) g_string_append(sql, "FALSE");
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}
