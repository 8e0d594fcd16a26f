/* The ledger as it was believed at an instant.
 *
 *   the file, read only:  opportunity, opportunity_history …     every version, with the span in which it was believed
 *        ▼
 *   in memory:            views opportunity, opportunity_history …  of the versions of then, under the same names
 *        ▼
 *   in memory:            the derived facts, made from those views; ledger_stat, counted over them
 *
 * All that asks a store asks this one in the same way, so that a number of then is made by the same code as one of now.
 * The file may hold no such table or column yet (attain.yaml was changed and nothing loaded since): what it lacks is
 * left out, as in the file itself. */
#include "store/derived.h"
#include "store/physical.h"
#include "store/private.h"

static gboolean has_table(Store *store, const char *name, gboolean *has, GError **error) {
  StoreValue text = {.type = STORE_TEXT, .text = name};
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'ledger' AND table_name = ?",
                  &text, 1, 0, error);
  if (!rows) return FALSE;
  *has = store_rows_value(rows, 0, 0).integer > 0;
  return TRUE;
}

/* A record that only other records name (`known` is FALSE) is there from the first of them on; without an instant it
 * always was. */
static gboolean make_views(Store *store, const LedgerTable *table, gint64 as_of_us, GError **error) {
  gboolean has;
  if (!has_table(store, table->name, &has, error)) return FALSE;
  if (!has) return TRUE;
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *plain_history = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(plain_history);
  g_autofree char *then = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", as_of_us);
  return store_run_format(
             store, error,
             "CREATE VIEW %s AS SELECT * FROM ledger.%s WHERE recorded_at IS NULL OR recorded_at <= %s UNION ALL BY "
             "NAME SELECT * EXCLUDE (superseded_at, superseded_by) FROM ledger.%s WHERE (recorded_at IS NULL OR "
             "recorded_at <= %s) AND superseded_at > %s",
             name, name, then, history, then, then) &&
         store_run_format(store, error, "CREATE VIEW %s AS SELECT * FROM ledger.%s WHERE superseded_at <= %s", history,
                          history, then);
}

/* Whether there are other currencies is taken as it is now: it only decides where to look for rates. */
static gboolean count_rows(Store *store, const LedgerTable *table, GError **error) {
  g_autofree char *span = store_stat_columns(table);
  g_autofree char *name = store_quote_name(table->name);
  return store_run_format(
      store, error,
      "INSERT INTO ledger_stat SELECT '%s', count(*), %s, (SELECT coalesce(bool_or(has_foreign_currency), FALSE) "
      "FROM ledger.ledger_stat WHERE table_name = '%s') FROM %s",
      table->name, span, table->name, name);
}

/* Versions and parts of targets need no instant: what was said of them has one. */
static gboolean make_target_views(Store *store, gint64 as_of_us, GError **error) {
  static const char *const said[] = {"attain_target", "attain_target_event", "attain_objective"};
  for (guint i = 0; i < G_N_ELEMENTS(said); i++)
    if (!store_run_format(store, error,
                          "CREATE VIEW %s AS SELECT * FROM ledger.%s WHERE said_at <= make_timestamp(%" G_GINT64_FORMAT
                          ")",
                          said[i], said[i], as_of_us))
      return FALSE;
  return store_run_format(store, error,
                          "CREATE VIEW attain_target_version AS SELECT * FROM ledger.attain_target_version;"
                          "CREATE VIEW attain_target_part AS SELECT * FROM ledger.attain_target_part");
}

static gboolean make_ledger(Store *store, const LedgerSchema *schema, gint64 as_of_us, GError **error) {
  if (!store_run_format(store, error,
                        "CREATE TABLE ledger_stat AS SELECT * FROM ledger.ledger_stat LIMIT 0;"
                        "CREATE VIEW load AS SELECT * FROM ledger.load WHERE \"at\" <= make_timestamp(%" G_GINT64_FORMAT
                        ")",
                        as_of_us) ||
      !make_target_views(store, as_of_us, error))
    return FALSE;
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind == LEDGER_DERIVED) continue;
    gboolean has;
    if (!make_views(store, table, as_of_us, error) || !has_table(store, table->name, &has, error)) return FALSE;
    if (has && !count_rows(store, table, error)) return FALSE;
  }
  return store_derived_make(store, error);
}

Store *store_open_as_of(const char *path, const LedgerSchema *schema, gint64 as_of_us, guint threads, GError **error) {
  Store *checked = store_open(path, schema, STORE_READ_ONLY, threads, error);
  if (!checked) return NULL;
  store_close(checked);
  g_autoptr(Store) store = store_open(NULL, NULL, 0, threads, error);
  g_autofree char *quoted = store_quote_text(path);
  if (!store || !store_run_format(store, error, "ATTACH %s AS ledger (READ_ONLY)", quoted) ||
      !make_ledger(store, schema, as_of_us, error))
    return NULL;
  return g_steal_pointer(&store);
}
