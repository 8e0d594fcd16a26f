/* Targets within reach. */
#include "pace/suggest.h"

#include "pace/history.h"

#include <math.h>

#define COMPANY "company"
#define RECENT  4 /* windows that say what is usual */

const double pace_percentiles[PACE_N_REACH] = {0.5, 0.7, 0.9};

typedef struct {
  const TargetDesk *desk;
  const KpiDefinition *kpi;
  const char *dimension;
  PaceHistory *history;
  guint n_recent;
  GPtrArray *drivers; /* const KpiDefinition; the KPI itself first */
  GHashTable *recent; /* "kpi\nmember" -> QueryValue, of the recent windows together */
  GHashTable *now;    /* and of what is there already */
} Study;

static void study_clear(Study *study) {
  g_clear_pointer(&study->history, pace_history_free);
  g_clear_pointer(&study->drivers, g_ptr_array_unref);
  g_clear_pointer(&study->recent, g_hash_table_unref);
  g_clear_pointer(&study->now, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Study, study_clear)

void pace_suggestion_free(PaceSuggestion *suggestion) {
  g_free(suggestion->member);
  g_array_unref(suggestion->asks);
  g_free(suggestion);
}

/* --- asking --- */

static char *value_key(const KpiDefinition *kpi, const char *member) {
  g_autofree char *folded = member ? g_utf8_casefold(member, -1) : g_strdup("");
  return g_strconcat(kpi->name, "\n", folded, NULL);
}

static const QueryValue *find(GHashTable *values, const KpiDefinition *kpi, const char *member) {
  g_autofree char *key = value_key(kpi, member);
  return g_hash_table_lookup(values, key);
}

static GPtrArray *drivers_of(const Study *study) {
  GPtrArray *drivers = g_ptr_array_new();
  g_ptr_array_add(drivers, (gpointer)study->kpi);
  for (const char *const *name = study->kpi->drivers; name && *name; name++) {
    const KpiDefinition *driver = kpi_catalogue_find(study->desk->context->catalogue, *name, NULL);
    if (driver) g_ptr_array_add(drivers, (gpointer)driver);
  }
  return drivers;
}

static void add_span(GArray *spans, BaseDay start, BaseDay end, const char *name) {
  CalendarPeriod span = {.grain = CALENDAR_RANGE, .start = start, .end = end};
  g_strlcpy(span.name, name, sizeof span.name);
  g_array_append_val(spans, span);
}

static gboolean ask(Study *study, GError **error) {
  const PaceWindows *windows = pace_history_windows(study->history);
  g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  study->n_recent = MIN(windows->n_past, RECENT);
  if (study->n_recent == 0) return TRUE;
  BaseDay first = windows->past[windows->n_past - study->n_recent].start;
  BaseDay last = windows->past[windows->n_past - 1].end;
  add_span(spans, first, last, "recent");
  if (windows->now.position > windows->now.start) add_span(spans, windows->now.start, windows->now.position, "now");
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < study->drivers->len; i++)
    g_ptr_array_add(names, (gpointer)((const KpiDefinition *)g_ptr_array_index(study->drivers, i))->name);
  g_ptr_array_add(names, NULL);
  gboolean of_all = g_str_equal(study->dimension, COMPANY);
  g_autoptr(QueryResult) result =
      pace_ask(study->desk, (const char *const *)names->pdata, of_all ? NULL : study->dimension, spans, error);
  if (!result) return FALSE;
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!of_all && !row->members[0]) continue;
    char *key = value_key(query_result_kpi(result, row->kpi), of_all ? NULL : row->members[0]);
    g_hash_table_insert(row->period == 0 ? study->recent : study->now, key, g_memdup2(&row->value, sizeof row->value));
  }
  return TRUE;
}

/* --- what it asks --- */

/* How many windows' length the recent windows are together: those of a year overlap. */
static double recent_windows(const Study *study) {
  const PaceWindows *windows = pace_history_windows(study->history);
  const PaceWindow *recent = &windows->past[windows->n_past - study->n_recent], *last = recent + study->n_recent - 1;
  double days = 0;
  for (guint i = 0; i < study->n_recent; i++) days += recent[i].end - recent[i].start;
  return study->n_recent * (last->end - recent->start) / days;
}

static void add_ask(const Study *study, const KpiDefinition *driver, PaceSuggestion *suggestion) {
  const QueryValue *value = find(study->recent, driver, suggestion->member);
  if (!value || !value->has_value || !(value->value > 0)) return;
  gboolean adds_up = target_adds_up(driver);
  PaceAsk ask = {.kpi = driver, .usual = adds_up ? value->value / recent_windows(study) : value->value};
  ask.is_whole = adds_up && target_digits(driver, study->desk->context->organisation->currency) == 0;
  for (int i = 0; i < PACE_N_REACH; i++) {
    ask.needed[i] = ask.usual * suggestion->amounts[i] / suggestion->amounts[0];
    if (ask.is_whole) ask.needed[i] = ceil(ask.needed[i] - 1e-9);
    if (driver->proportion && ask.needed[i] > 1) ask.needed[i] = NAN;
  }
  g_array_append_val(suggestion->asks, ask);
}

static void add_cases(const Study *study, PaceSuggestion *suggestion) {
  const QueryValue *value = find(study->recent, study->kpi, suggestion->member);
  if (!study->kpi->proportion || !value || !value->has_parts || !(value->denominator > 0)) return;
  suggestion->has_cases = TRUE;
  suggestion->cases = value->denominator / recent_windows(study);
  for (int i = 0; i < PACE_N_REACH; i++)
    suggestion->more[i] = (suggestion->amounts[i] - suggestion->amounts[0]) * suggestion->cases;
}

static PaceSuggestion *suggest_one(const Study *study, const char *member) {
  PaceSuggestion *suggestion = g_new0(PaceSuggestion, 1);
  suggestion->member = g_strdup(member);
  suggestion->asks = g_array_new(FALSE, FALSE, sizeof(PaceAsk));
  const QueryValue *now = find(study->now, study->kpi, member);
  gboolean adds_up = target_adds_up(study->kpi);
  suggestion->has_at = now && now->has_value;
  suggestion->at = suggestion->has_at ? now->value : 0;
  PaceFinish finish;
  suggestion->has =
      pace_history_finish(study->history, study->kpi, member, adds_up || suggestion->has_at, suggestion->at, &finish);
  if (!suggestion->has) return suggestion;
  suggestion->n_own = finish.n_own;
  suggestion->n_peers = finish.n_peers;
  for (int i = 0; i < PACE_N_REACH; i++) {
    double p = study->kpi->better == KPI_LOWER ? 1 - pace_percentiles[i] : pace_percentiles[i];
    suggestion->amounts[i] = pace_within_unit(study->kpi, pace_finish_quantile(&finish, p));
  }
  for (guint i = 1; suggestion->amounts[0] > 0 && i < study->drivers->len; i++)
    add_ask(study, g_ptr_array_index(study->drivers, i), suggestion);
  add_cases(study, suggestion);
  return suggestion;
}

GPtrArray *pace_suggest(const TargetDesk *desk, const KpiDefinition *kpi, const char *dimension,
                        const char *const *members, BaseDay start, BaseDay end, GError **error) {
  if (end <= desk->context->today + 1) {
    g_autofree char *last = base_day_format(end - 1);
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the period ends on %s, which is over: a target can be for this period or a later one", last);
    return NULL;
  }
  g_auto(Study) study = {.desk = desk, .kpi = kpi, .dimension = dimension};
  study.history = pace_history_new(desk, dimension, start, end);
  study.drivers = drivers_of(&study);
  study.recent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  study.now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  pace_history_want(study.history, kpi);
  if (!pace_history_ask(study.history, error) || !ask(&study, error)) return NULL;
  GPtrArray *suggestions = g_ptr_array_new_with_free_func((GDestroyNotify)(gpointer)pace_suggestion_free);
  if (g_str_equal(dimension, COMPANY)) g_ptr_array_add(suggestions, suggest_one(&study, NULL));
  for (const char *const *member = members; member && *member; member++)
    g_ptr_array_add(suggestions, suggest_one(&study, *member));
  return suggestions;
}
