/* The pace of 500 people × 12 KPIs: where 6,000 targets stand, where they will end and how likely they are made, from
 * kept cells. */
#include "pace/pace.h"

#include "bench/bench.h"

#include <stdio.h>

#define N_KPIS    12
#define MOST_MS   100.0
#define THOUSANDS 1e3

static const char *const kpis[N_KPIS] = {"revenue",    "won_deals",        "created_deals", "win_rate",
                                         "activities", "meetings",         "demos",         "average_deal_size",
                                         "lost_deals", "pipeline_created", "sales_cycle",   "calls"};

typedef struct {
  Session *session;
  QueryLive *live;
  GPtrArray *targets;
} Desk;

static void desk_close(Desk *desk) {
  g_clear_pointer(&desk->targets, g_ptr_array_unref);
  query_live_free(desk->live);
  session_free(desk->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desk, desk_close)

static QueryResult *ask_cells(gpointer asker, const QueryRequest *request, GError **error) {
  return query_live_ask(asker, NULL, request, error);
}

/* Of this quarter, as much as last quarter's middle rep might have. */
static void add_target(Desk *desk, const char *kpi, const char *rep, const CalendarPeriod *quarter) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)"rep";
  terms.member = (char *)rep;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = TARGET_REACH;
  terms.amount = 20;
  terms.start = quarter->start;
  terms.end = quarter->end;
  Target *target = target_new(0, 0);
  g_ptr_array_add(target->versions, target_version_new(&terms));
  g_ptr_array_add(desk->targets, target);
}

static gboolean desk_open(Desk *desk, const Bench *bench, GError **error) {
  desk->session = bench_open(bench, error);
  if (desk->session == NULL) return FALSE;
  QueryContext context = bench_context(desk->session);
  desk->live = query_live_new(&context, BENCH_MAX_CELLS, error);
  desk->targets = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
  const char *const some[] = {"won_deals", NULL}, *const by[] = {"rep", NULL};
  QueryRequest request = {.kpis = some, .by = by, .period = BENCH_PERIOD, .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) reps = desk->live != NULL ? query_live_ask(desk->live, NULL, &request, error) : NULL;
  if (reps == NULL) return FALSE;
  CalendarPeriod quarter = calendar_period_at(desk->session->calendar, CALENDAR_QUARTER, desk->session->today);
  for (guint r = 0; r < query_result_n_rows(reps); r++) {
    const QueryRow *row = query_result_row(reps, r);
    for (guint k = 0; row->members[0] != NULL && k < N_KPIS; k++) add_target(desk, kpis[k], row->members[0], &quarter);
  }
  return TRUE;
}

/* `from_cells`: as when every rep has changed since. */
static gboolean judge(const Desk *desk, gboolean from_cells, Cost *cost, GError **error) {
  QueryContext context = bench_context(desk->session);
  TargetDesk asking = {.context = &context, .ask = ask_cells, .asker = desk->live};
  if (from_cells) query_live_forget_answers(desk->live);
  cost_begin(cost);
  g_autoptr(GArray) standings = target_standings(&asking, desk->targets, error);
  g_autoptr(GArray) forecasts = standings != NULL ? pace_forecasts(&asking, standings, error) : NULL;
  cost_end(cost);
  return forecasts != NULL;
}

gboolean bench_pace(const Bench *bench, GError **error) {
  g_auto(Desk) desk = {0};
  g_auto(Cost) first = {0}, again = {0}, changed = {0};
  if (!desk_open(&desk, bench, error) || !judge(&desk, FALSE, &first, error)) return FALSE;
  for (guint i = 0; i < bench->rounds; i++)
    if (!judge(&desk, FALSE, &again, error) || !judge(&desk, TRUE, &changed, error)) return FALSE;
  double warm = THOUSANDS * timing_median(&again.wall), all = THOUSANDS * timing_median(&changed.wall);
  printf("pace of %u targets (%d KPIs): first %.0f ms, warm %.1f ms, with all people changed %.1f ms\n",
         desk.targets->len, N_KPIS, THOUSANDS * timing_median(&first.wall), warm, all);
  bench_figure("pace_warm", warm, "ms");
  bench_figure("pace_changed", all, "ms");
  bench_ratio("pace", "pace of 500 people × 12 KPIs, warm / 100 ms", warm / MOST_MS, 1, FALSE);
  return TRUE;
}
