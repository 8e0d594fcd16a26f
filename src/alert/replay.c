/* Making the ledger of a day anew costs far more than judging a rule by it, so it is made only for days on which
 * something was recorded, corrected or agreed: the hours of all changes are asked for first. On other days the clock
 * alone goes on. */
#include "alert/replay.h"

#include "store/values.h"

#define MAX_HOURS 1000000
#define HOUR_US   (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

void alert_replay_clear(AlertReplay *replay) {
  g_clear_pointer(&replay->events, g_ptr_array_unref);
}

/* --- when anything changed --- */

static void append_hours(GString *sql, const char *table, const char *column) {
  g_autofree char *from = store_quote_name(table), *name = store_quote_name(column);
  g_string_append_printf(sql, "%sSELECT date_trunc('hour', %s) AS hour FROM %s", sql->len > 0 ? " UNION " : "", name,
                         from);
}

static char *hours_sql(const LedgerSchema *schema) {
  g_autoptr(GString) sql = g_string_new(NULL);
  append_hours(sql, "load", "at");
  append_hours(sql, "attain_target_event", "said_at");
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind == LEDGER_DERIVED) continue;
    g_autofree char *history = g_strconcat(table->name, "_history", NULL);
    append_hours(sql, table->name, "recorded_at");
    append_hours(sql, history, "recorded_at");
    append_hours(sql, history, "superseded_at");
  }
  return g_strdup_printf("SELECT hour::TIMESTAMP FROM (%s) WHERE hour IS NOT NULL ORDER BY hour", sql->str);
}

/* The hours (as instants) in which a record or target became another, in their order; the first load, G_MAXINT64 where
 * there was none. */
static GArray *read_hours(const AlertDesk *desk, gint64 *first_load_us, GError **error) {
  Store *store = desk->context->store;
  g_autofree char *sql = hours_sql(desk->context->schema);
  g_autoptr(StoreRows) first = store_query(store, "SELECT min(\"at\") FROM load", NULL, 0, 0, error);
  g_autoptr(StoreRows) rows = first ? store_query(store, sql, NULL, 0, MAX_HOURS, error) : NULL;
  if (!rows) return NULL;
  *first_load_us = store_rows_value(first, 0, 0).type == STORE_NULL ? G_MAXINT64 : store_int_at(first, 0, 0);
  GArray *hours = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    gint64 hour_us = store_int_at(rows, i, 0);
    g_array_append_val(hours, hour_us);
  }
  return hours;
}

/* Whether an hour with changes reaches into (from, to]; `*at` goes on over those that are over. */
static gboolean has_changed(const GArray *hours, guint *at, gint64 from_us, gint64 to_us) {
  while (*at < hours->len && g_array_index(hours, gint64, *at) + HOUR_US <= from_us) (*at)++;
  return *at < hours->len && g_array_index(hours, gint64, *at) <= to_us;
}

/* --- day by day --- */

static void count_silence(AlertReplay *replay, const GPtrArray *findings) {
  gboolean is_silent = TRUE;
  for (guint i = 0; i < findings->len; i++) {
    const AlertFinding *finding = g_ptr_array_index(findings, i);
    is_silent = is_silent && (finding->verdict == ALERT_UNKNOWN || finding->verdict == ALERT_GONE);
    if (finding->verdict == ALERT_UNKNOWN) replay->silence = finding->silence;
    if (finding->verdict == ALERT_GONE) replay->silence = "what the rule names was not there yet";
  }
  replay->n_days++;
  replay->n_silent += is_silent;
}

static gboolean judge_day(const AlertDesk *desk, const GPtrArray *rules, AlertBook *book, AlertSay say,
                          gpointer user_data, AlertReplay *replay, GError **error) {
  AlertClock clock = alert_desk_clock(desk);
  AlertDesk judging = *desk;
  judging.book = book;
  g_autoptr(GPtrArray) findings = alert_judge(&judging, rules, error);
  if (!findings) return FALSE;
  count_silence(replay, findings);
  g_autoptr(GPtrArray) events =
      alert_book_take(book, &clock, rules, rules, findings, desk->context->now_us, say, user_data);
  for (guint i = 0; i < events->len; i++)
    g_ptr_array_add(replay->events, alert_event_copy(g_ptr_array_index(events, i)));
  return TRUE;
}

typedef struct {
  const AlertDesk *desk;
  const GPtrArray *rules;
  const GArray *hours; /* NULL: in hindsight */
  BaseDay since;
  AlertSay say;
  gpointer user_data;
} Replaying;

/* The ledger of then by which a day is judged: `*past`, or another in its place. In hindsight it is always that of now.
 */
static gboolean need_ledger(const Replaying *replaying, Store **past, guint *at, gint64 before_us, gint64 now_us,
                            AlertReplay *replay, GError **error) {
  const QueryContext *context = replaying->desk->context;
  gboolean is_first = replay->n_ledgers == 0;
  gboolean is_other = replaying->hours && has_changed(replaying->hours, at, before_us, now_us);
  if (!is_first && !is_other) return TRUE;
  replay->n_ledgers++;
  if (!replaying->hours) return TRUE;
  g_clear_pointer(past, store_close);
  *past = store_connect_as_of(context->store, context->schema, now_us, error);
  return *past != NULL;
}

static gboolean replay_days(const Replaying *replaying, AlertReplay *replay, GError **error) {
  const AlertDesk *desk = replaying->desk;
  g_autoptr(AlertBook) book = alert_book_new();
  g_autoptr(Store) past = NULL;
  QueryContext context = *desk->context;
  AlertDesk then = {.context = &context, .alerts = desk->alerts};
  gint64 before_us = G_MININT64;
  guint at = 0;
  context.now_given = TRUE;
  for (BaseDay day = replaying->since; day <= desk->context->today; day++) {
    context.today = day;
    context.now_us = MIN(calendar_start_of_day(context.calendar, day + 1) - 1, desk->context->now_us);
    if (!need_ledger(replaying, &past, &at, before_us, context.now_us, replay, error)) return FALSE;
    if (past) context.store = past;
    before_us = context.now_us;
    if (!judge_day(&then, replaying->rules, book, replaying->say, replaying->user_data, replay, error)) return FALSE;
  }
  return TRUE;
}

static void free_event(gpointer data) {
  alert_event_free(data);
}

gboolean alert_replay(const AlertDesk *desk, const AlertRule *rule, BaseDay since, gboolean in_hindsight, AlertSay say,
                      gpointer user_data, AlertReplay *replay, GError **error) {
  AlertRule judged = *rule;
  judged.is_paused = FALSE;
  *replay = (AlertReplay){.events = g_ptr_array_new_with_free_func(free_event), .first = BASE_DAY_NONE};
  g_autoptr(GPtrArray) rules = g_ptr_array_new();
  g_ptr_array_add(rules, &judged);
  gint64 first_us = G_MININT64;
  g_autoptr(GArray) hours = in_hindsight ? NULL : read_hours(desk, &first_us, error);
  if (!in_hindsight && !hours) return FALSE;
  if (first_us > desk->context->now_us) return TRUE;
  if (!in_hindsight) since = MAX(since, calendar_day_of(desk->context->calendar, first_us));
  if (desk->context->today - since >= ALERT_MAX_REPLAYED_DAYS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "more than %d days of history (max_replayed_days)",
                ALERT_MAX_REPLAYED_DAYS);
    return FALSE;
  }
  replay->first = since;
  const Replaying replaying = {desk, rules, hours, since, say, user_data};
  return replay_days(&replaying, replay, error);
}
