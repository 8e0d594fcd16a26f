/* Rules about records that no longer come.
 *
 * Of a fact the latest thing that happened counts (the last call that was made, the last deal that was opened), of a
 * source the last load that brought anything: a fact is stale when nobody does it, a source when nobody delivers. */
#include "alert/judge_private.h"
#include "store/values.h"

/* What has happened by the clock, where something is dated later: all rows are looked at then. */
static char *latest_sql(const LedgerTable *table) {
  g_autofree char *from = store_quote_name(table->name);
  GString *sql = g_string_new("SELECT greatest(");
  guint n = 0;
  for (guint i = 0; i < table->n_columns; i++) {
    const LedgerColumn *column = &table->columns[i];
    if (column->type != LEDGER_INSTANT || (column->flags & LEDGER_PLAN)) continue;
    g_autofree char *name = store_quote_name(column->name);
    g_string_append_printf(sql, "%smax(%s) FILTER (%s <= $1)", n++ ? ", " : "", name, name);
  }
  g_string_append_printf(sql, ") FROM %s", from);
  return g_string_free(sql, n == 0);
}

static gboolean ask(const AlertDesk *desk, const char *sql, const StoreValue *values, gsize n_values, gint64 *latest_us,
                    GError **error) {
  g_autoptr(StoreRows) rows = store_query(desk->context->store, sql, values, n_values, 0, error);
  if (!rows) return FALSE;
  gboolean has = store_rows_count(rows) > 0 && store_rows_value(rows, 0, 0).type != STORE_NULL;
  *latest_us = has ? store_int_at(rows, 0, 0) : G_MININT64;
  return TRUE;
}

static gboolean latest_of_fact(const AlertDesk *desk, const char *fact, gint64 *latest_us, GError **error) {
  const StoreValue values[] = {store_of_text(fact), store_of_instant(desk->context->now_us)};
  if (!ask(desk, "SELECT latest_at FROM ledger_stat WHERE table_name = ?", values, 1, latest_us, error)) return FALSE;
  if (*latest_us <= desk->context->now_us) return TRUE;
  g_autofree char *sql = latest_sql(ledger_schema_find(desk->context->schema, fact));
  return !sql || ask(desk, sql, values + 1, 1, latest_us, error);
}

static gboolean latest_of(const AlertDesk *desk, const AlertRule *rule, gint64 *latest_us, GError **error) {
  if (rule->fact) return latest_of_fact(desk, rule->fact, latest_us, error);
  const StoreValue values[] = {store_of_text(rule->source), store_of_instant(desk->context->now_us)};
  return ask(desk,
             "SELECT max(\"at\") FROM load WHERE source = ? AND \"at\" <= ? AND coalesce(n_new, 0) + "
             "coalesce(n_changed, 0) + coalesce(n_closed, 0) > 0",
             values, 2, latest_us, error);
}

/* Where nothing ever came, it is waited for since the first load of anything. */
static gboolean first_load(const AlertDesk *desk, gint64 *first_us, GError **error) {
  const StoreValue now = store_of_instant(desk->context->now_us);
  return ask(desk, "SELECT min(\"at\") FROM load WHERE \"at\" <= ?", &now, 1, first_us, error);
}

gboolean alert_freshness_judge(const AlertDesk *desk, const AlertRule *rule, GPtrArray *findings, GError **error) {
  gint64 latest_us, since_us;
  if (!latest_of(desk, rule, &latest_us, error)) return FALSE;
  since_us = latest_us;
  if (latest_us == G_MININT64 && !first_load(desk, &since_us, error)) return FALSE;
  AlertFinding *finding = alert_finding_add(findings, rule, NULL, NULL);
  finding->latest_us = latest_us;
  finding->since_us = since_us;
  if (since_us == G_MININT64) {
    alert_finding_silence(finding, "nothing was loaded yet");
    return TRUE;
  }
  AlertClock clock = alert_desk_clock(desk);
  alert_finding_judge(finding, alert_elapsed(&clock, rule->older_than.unit, since_us, desk->context->now_us));
  return TRUE;
}
