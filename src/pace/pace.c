/* The chances of targets: those of one dimension and span are held against one history. */
#include "pace/pace.h"

#include "pace/history.h"

/* --- histories --- */

static char *history_key(const TargetTerms *terms) {
  return g_strdup_printf("%s %d %d", terms->dimension, terms->start, terms->end);
}

static PaceHistory *history_of(GHashTable *histories, const TargetTerms *terms) {
  g_autofree char *key = history_key(terms);
  return g_hash_table_lookup(histories, key);
}

static gboolean needs_history(const TargetStanding *standing) {
  return standing->kpi && standing->phase != TARGET_ENDED && !standing->is_partial;
}

static GHashTable *gather(const TargetDesk *desk, const GArray *standings) {
  GHashTable *histories =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)(gpointer)pace_history_free);
  for (guint i = 0; i < standings->len; i++) {
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    const TargetTerms *terms = &standing->version->terms;
    if (!needs_history(standing)) continue;
    PaceHistory *history = history_of(histories, terms);
    if (!history) {
      history = pace_history_new(desk, terms->dimension, terms->start, terms->end);
      g_hash_table_insert(histories, history_key(terms), history);
    }
    pace_history_want(history, standing->kpi);
  }
  return histories;
}

static gboolean ask_all(GHashTable *histories, GError **error) {
  GHashTableIter iter;
  gpointer history;
  g_hash_table_iter_init(&iter, histories);
  while (g_hash_table_iter_next(&iter, NULL, &history))
    if (!pace_history_ask(history, error)) return FALSE;
  return TRUE;
}

/* --- chances --- */

static double chance_of(const TargetStanding *standing, const PaceFinish *finish) {
  TargetKind kind = standing->version->terms.kind;
  if (kind == TARGET_BETWEEN) {
    double chance =
        pace_finish_at_least(finish, standing->amount) + pace_finish_at_most(finish, standing->amount_high) - 1;
    return CLAMP(chance, 0, 1);
  }
  return target_is_lower_better(kind, standing->kpi->better) ? pace_finish_at_most(finish, standing->amount)
                                                             : pace_finish_at_least(finish, standing->amount);
}

static void foretell(PaceHistory *history, const TargetStanding *standing, PaceForecast *forecast) {
  const char *member = standing->version->terms.member;
  forecast->same = pace_history_windows(history)->like;
  forecast->has_like = pace_history_like(history, standing->kpi, member, &forecast->like);
  PaceFinish finish;
  gboolean adds_up = target_adds_up(standing->kpi);
  double at = standing->actual.has_value ? standing->actual.value : 0;
  gboolean has_at = adds_up || standing->actual.has_value;
  if (!pace_history_finish(history, standing->kpi, member, has_at, at, &finish)) return;
  forecast->n_own = finish.n_own;
  forecast->n_peers = finish.n_peers;
  forecast->has_finish = TRUE;
  forecast->finish = pace_within_unit(standing->kpi, pace_finish_quantile(&finish, 0.5));
  forecast->finish_low = pace_within_unit(standing->kpi, pace_finish_quantile(&finish, 0.1));
  forecast->finish_high = pace_within_unit(standing->kpi, pace_finish_quantile(&finish, 0.9));
  forecast->has_chance = standing->has_amount;
  if (standing->has_amount) forecast->chance = chance_of(standing, &finish);
}

static void settle(const TargetStanding *standing, PaceForecast *forecast) {
  if (!standing->has_score) return;
  forecast->has_chance = forecast->has_finish = TRUE;
  forecast->chance = standing->score.met ? 1 : 0;
  forecast->finish = forecast->finish_low = forecast->finish_high = standing->actual.value;
}

GArray *pace_forecasts(const TargetDesk *desk, const GArray *standings, GError **error) {
  g_autoptr(GHashTable) histories = gather(desk, standings);
  if (!ask_all(histories, error)) return NULL;
  GArray *forecasts = g_array_sized_new(FALSE, TRUE, sizeof(PaceForecast), standings->len);
  for (guint i = 0; i < standings->len; i++) {
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    PaceForecast forecast = {.n_own = 0};
    PaceHistory *history = needs_history(standing) ? history_of(histories, &standing->version->terms) : NULL;
    if (history)
      foretell(history, standing, &forecast);
    else
      settle(standing, &forecast);
    g_array_append_val(forecasts, forecast);
  }
  return forecasts;
}
