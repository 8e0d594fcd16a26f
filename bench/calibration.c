/* Are chances what they say? Simulated companies are looked at on past days, as they were known then; targets are set
 * around what the period before came to; what became of them is looked up at the end. Of those that were given 70 %
 * about 70 % are to be made.
 *
 * bench calibration is given folders of workspaces made by `attain demo`. */
#include "bench/bench.h"
#include "pace/pace.h"

#include <math.h>
#include <stdio.h>

#define BINS 10

static const char *const kpis[] = {"revenue", "won_deals", "created_deals", "win_rate", "meetings", "sales_cycle"};
static const char *const dimensions[] = {"rep", "team", "company"};
/* A quarter of the way through a quarter or a month, the middle, and three quarters. */
static const char *const days[] = {"2025-10-23", "2025-11-14", "2025-12-09", "2026-01-23", "2026-02-13", "2026-03-10",
                                   "2026-04-22", "2026-05-15", "2026-06-09", "2026-07-23", "2026-08-14", "2026-09-08"};

typedef struct {
  double said[BINS], made[BINS];
  gint64 n[BINS];
  double squares, all_made;
  gint64 n_all;
} Reliability;

typedef struct {
  Target *target;
  double chance;
} Guess;

static void guess_clear(gpointer data) {
  target_free(((Guess *)data)->target);
}

static Target *make_target(const char *kpi, const char *dimension, const char *member, double amount,
                           const CalendarPeriod *period) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)dimension;
  terms.member = (char *)member;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = TARGET_REACH;
  terms.amount = amount;
  terms.start = period->start;
  terms.end = period->end;
  Target *target = target_new(0, 0);
  g_ptr_array_add(target->versions, target_version_new(&terms));
  return target;
}

/* Targets of all members, 60 to 140 % of what the period before came to. */
static gboolean add_targets(const QueryContext *context, const CalendarPeriod *period, const char *dimension,
                            GRand *random, GPtrArray *targets, GError **error) {
  CalendarPeriod before = calendar_shift(context->calendar, period, -1);
  gboolean of_all = g_str_equal(dimension, "company");
  const char *names[G_N_ELEMENTS(kpis) + 1] = {NULL};
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) names[k] = kpis[k];
  QueryRequest request = {.kpis = names,
                          .by = of_all ? NULL : (const char *const[]){dimension, NULL},
                          .spans = &before,
                          .n_spans = 1,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_run(context, &request, error);
  if (result == NULL) return FALSE;
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!row->value.has_value || !(row->value.value > 0) || (!of_all && row->members[0] == NULL)) continue;
    const KpiDefinition *kpi = query_result_kpi(result, row->kpi);
    double amount = row->value.value * g_rand_double_range(random, 0.6, 1.4);
    if (target_adds_up(kpi)) amount = ceil(amount);
    g_ptr_array_add(targets, make_target(kpi->name, dimension, of_all ? NULL : row->members[0], amount, period));
  }
  return TRUE;
}

/* What was said of them on a day. */
static gboolean guess_on(const char *folder, const char *day, CalendarGrain grain, GRand *random, GArray *guesses,
                         GError **error) {
  g_autoptr(Session) session = session_open(folder, day, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (session == NULL) return FALSE;
  QueryContext context = bench_context(session);
  TargetDesk desk = {.context = &context};
  CalendarPeriod period = calendar_period_at(session->calendar, grain, session->today);
  g_autoptr(GPtrArray) targets = g_ptr_array_new();
  for (guint d = 0; d < G_N_ELEMENTS(dimensions); d++)
    if (!add_targets(&context, &period, dimensions[d], random, targets, error)) return FALSE;
  g_autoptr(GArray) standings = target_standings(&desk, targets, error);
  g_autoptr(GArray) forecasts = standings != NULL ? pace_forecasts(&desk, standings, error) : NULL;
  if (forecasts == NULL) return FALSE;
  for (guint i = 0; i < targets->len; i++) {
    const PaceForecast *forecast = &g_array_index(forecasts, PaceForecast, i);
    Guess guess = {g_ptr_array_index(targets, i), forecast->chance};
    if (forecast->has_chance && forecast->chance > 0 && forecast->chance < 1)
      g_array_append_val(guesses, guess);
    else
      target_free(guess.target);
  }
  return TRUE;
}

static void count(Reliability *reliability, double chance, gboolean made) {
  int bin = CLAMP((int)(chance * BINS), 0, BINS - 1);
  reliability->said[bin] += chance;
  reliability->made[bin] += made;
  reliability->n[bin]++;
  reliability->squares += (chance - made) * (chance - made);
  reliability->all_made += made;
  reliability->n_all++;
}

/* What became of them, in the whole of the records. */
static gboolean settle(const char *folder, const GArray *guesses, Reliability *reliability, GError **error) {
  g_autoptr(Session) session = session_open(folder, BENCH_NOW, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (session == NULL) return FALSE;
  QueryContext context = bench_context(session);
  TargetDesk desk = {.context = &context};
  g_autoptr(GPtrArray) targets = g_ptr_array_new();
  for (guint i = 0; i < guesses->len; i++) g_ptr_array_add(targets, g_array_index(guesses, Guess, i).target);
  g_autoptr(GArray) standings = target_standings(&desk, targets, error);
  for (guint i = 0; standings != NULL && i < standings->len; i++) {
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    if (standing->has_score) count(reliability, g_array_index(guesses, Guess, i).chance, standing->score.met);
  }
  return standings != NULL;
}

static void print(const char *what, const Reliability *reliability) {
  double base = reliability->all_made / reliability->n_all;
  printf("\n%s: %" G_GINT64_FORMAT " targets, Brier score %.3f (of the base rate alone %.3f)\n\n", what,
         reliability->n_all, reliability->squares / reliability->n_all, base * (1 - base));
  printf("| given | made | targets |\n|---:|---:|---:|\n");
  for (int b = 0; b < BINS; b++)
    if (reliability->n[b] > 0)
      printf("| %.0f %% | %.0f %% | %" G_GINT64_FORMAT " |\n", 100 * reliability->said[b] / reliability->n[b],
             100 * reliability->made[b] / reliability->n[b], reliability->n[b]);
}

gboolean bench_calibration(const char *const *folders, GError **error) {
  static const CalendarGrain grains[] = {CALENDAR_QUARTER, CALENDAR_MONTH};
  static const char *const names[] = {"Quarters", "Months"};
  g_autoptr(GRand) random = g_rand_new_with_seed(20261122);
  for (guint g = 0; g < G_N_ELEMENTS(grains); g++) {
    Reliability reliability = {.n_all = 0};
    for (const char *const *folder = folders; *folder != NULL; folder++) {
      g_autoptr(GArray) guesses = g_array_new(FALSE, FALSE, sizeof(Guess));
      g_array_set_clear_func(guesses, guess_clear);
      for (guint d = 0; d < G_N_ELEMENTS(days); d++)
        if (!guess_on(*folder, days[d], grains[g], random, guesses, error)) return FALSE;
      if (!settle(*folder, guesses, &reliability, error)) return FALSE;
    }
    print(names[g], &reliability);
  }
  return TRUE;
}
