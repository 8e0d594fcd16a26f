/* Every column of texts that the database has is looked through, those of a workspace's own and of later versions of
 * this program among them; what must not be is named here. */
#include "erase/rows.h"

#include "erase/names.h"
#include "ingest/erased.h"
#include "store/values.h"

#include <string.h>

/* Tables whose texts are the program's own, or are changed elsewhere: users by the user book, the audit log by its own
 * function. */
static const char *const others[] = {"attain_meta",
                                     "attain_audit",
                                     "attain_user",
                                     "attain_session",
                                     "attain_invitation",
                                     "attain_token",
                                     "attain_notice",
                                     "attain_erasing_key",
                                     "attain_erased",
                                     "attain_erased_mark",
                                     NULL};

/* Columns that say who did something or whose something is: a name of one word is looked for here, too. */
static const struct {
  const char *table, *column;
} says_who[] = {
    {"attain_target_event", "author"}, {"attain_target_event", "words"},      {"attain_target_version", "member"},
    {"attain_objective", "author"},    {"attain_alert_event", "who"},         {"attain_alert_event", "author"},
    {"attain_alert_event", "words"},   {"attain_alert_message", "recipient"}, {"attain_alert_attempt", "words"},
    {"snapshot_value", "member"},
};

void erase_count(Erased *erased, const char *table, const char *column, gint64 n_rows) {
  if (n_rows == 0) return;
  EraseCount *count = g_new0(EraseCount, 1);
  *count = (EraseCount){g_strdup(table), g_strdup(column), n_rows};
  g_ptr_array_add(erased->counts, count);
}

static gboolean is_who(const char *table, const char *column) {
  for (guint i = 0; i < G_N_ELEMENTS(says_who); i++)
    if (g_str_equal(says_who[i].table, table) && g_str_equal(says_who[i].column, column)) return TRUE;
  return FALSE;
}

/* The ledger's own table, also of a history's. */
static const LedgerTable *ledger_of(const LedgerSchema *schema, const char *table) {
  g_autofree char *name = g_strdup(table);
  if (g_str_has_suffix(name, "_history")) name[strlen(name) - strlen("_history")] = '\0';
  return ledger_schema_find(schema, name);
}

/* Names and ids of dimensions are their records'; another of the same name keeps it. */
static gboolean is_records_own(const LedgerTable *table, const char *column) {
  if (!table || table->kind != LEDGER_DIMENSION) return FALSE;
  gboolean is_person = g_str_equal(table->name, "person");
  return g_str_equal(column, "id") || (is_person && (g_str_equal(column, "name") || g_str_equal(column, "email")));
}

gboolean erase_sql(Store *store, gint64 *n, GError **error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *sql = g_strdup_vprintf(format, args);
  va_end(args);
  return store_run(store, sql, NULL, 0, n, error);
}

static gboolean erase_column(Store *store, const LedgerSchema *schema, Erased *erased, const char *secret,
                             const char *table, const char *column, GError **error) {
  const LedgerTable *of = ledger_of(schema, table);
  g_autofree char *pattern = erase_names_pattern(erased->names, is_who(table, column));
  if (!pattern || is_records_own(of, column)) return TRUE;
  g_autofree char *quoted = store_quote_name(table);
  g_autofree char *name = store_quote_name(column);
  g_autofree char *without = erase_names_sql(name, pattern, erased->shown);
  g_autofree char *digest = ingest_erased_sql(INGEST_ERASED_TEXT, secret, NULL, NULL, name);
  gint64 n = 0;
  gboolean is_loaded = (of && of->kind != LEDGER_DERIVED) || g_str_equal(table, "rejected");
  if (is_loaded &&
      !erase_sql(store, NULL, error,
                 "INSERT INTO attain_erased_mark SELECT DISTINCT %s, %s FROM %s WHERE regexp_matches(%s, %s)", digest,
                 without, quoted, name, pattern))
    return FALSE;
  if (!erase_sql(store, &n, error, "UPDATE %s SET %s = %s WHERE regexp_matches(%s, %s)", quoted, name, without, name,
                 pattern))
    return FALSE;
  erase_count(erased, table, column, n);
  return TRUE;
}

gboolean erase_rows(Store *store, const LedgerSchema *schema, Erased *erased, const char *secret, GError **error) {
  g_autoptr(StoreRows) columns = store_query(store,
                                             "SELECT c.table_name, c.column_name FROM duckdb_columns() c JOIN "
                                             "duckdb_tables() t USING (table_oid, database_oid) WHERE c.database_name "
                                             "= current_database() AND NOT c.internal AND NOT t.temporary AND "
                                             "c.data_type = 'VARCHAR' ORDER BY 1, c.column_index",
                                             NULL, 0, 0, error);
  if (!columns) return FALSE;
  for (gsize row = 0; row < store_rows_count(columns); row++) {
    const char *table = store_text_at(columns, row, 0), *column = store_text_at(columns, row, 1);
    if (g_strv_contains(others, table)) continue;
    if (!erase_column(store, schema, erased, secret, table, column, error)) return FALSE;
  }
  return TRUE;
}
