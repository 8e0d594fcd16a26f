/* Answers from kept cells: how long their counting takes against DuckDB's reading of the same columns, and what a
 * question then costs against the fused GROUP BY. */
#include "query/live.h"

#include "bench/bench.h"

#include <stdio.h>

#define PERIOD "2025-11..2026-10"

static QueryContext context_of(const Session *session) {
  return (QueryContext){session->store,        session->schema, session->calendar, session->catalogue,
                        session->organisation, session->now_us, session->today,    session->now_given};
}

static gboolean ask(QueryLive *live, const char *const *kpis, const char *const *by, const char *const *where,
                    gboolean by_month, double *seconds, gint64 *n_values, GError **error) {
  QueryRequest request = {.kpis = kpis,
                          .by = by,
                          .where = where,
                          .period = PERIOD,
                          .has_grain = by_month,
                          .grain = CALENDAR_MONTH,
                          .compare = by_month ? QUERY_COMPARE_YEAR_AGO : QUERY_COMPARE_NONE,
                          .rates_of = BASE_DAY_NONE};
  double started = seconds_now();
  g_autoptr(QueryResult) result = query_live_ask(live, &request, error);
  *seconds = seconds_now() - started;
  if (result == NULL) return FALSE;
  if (query_result_load(result) < 0) printf("    (answered from the records)\n");
  double plan, scan, evaluate;
  gint64 rows;
  query_result_timings(result, &plan, &scan, &evaluate, &rows);
  *n_values = 0;
  for (guint r = 0; r < query_result_n_rows(result) + query_result_n_totals(result); r++) {
    const QueryRow *row = r < query_result_n_rows(result) ? query_result_row(result, r)
                                                          : query_result_total(result, r - query_result_n_rows(result));
    *n_values += 1 + row->has_compared;
  }
  return TRUE;
}

gboolean bench_live(const Bench *bench, const char *file, GError **error) {
  g_autoptr(Session) session = bench_open(bench, error);
  g_autoptr(GPtrArray) kpis = session == NULL ? NULL : bench_kpis(bench, session, file, error);
  if (kpis == NULL) return FALSE;
  QueryContext context = context_of(session);
  g_autoptr(QueryLive) live = query_live_new(&context, (gsize)12 << 30, error);
  if (live == NULL) return FALSE;
  const char *const by_rep[] = {"rep", NULL};
  const char *const *names = (const char *const *)kpis->pdata;
  double seconds;
  gint64 n_values;
  if (!ask(live, names, by_rep, NULL, TRUE, &seconds, &n_values, error)) return FALSE;
  QueryLiveState state = query_live_state(live);
  printf("  %u KPIs, first asked: %.3f s; %.1f MB of cells\n", kpis->len - 1, seconds, (double)state.bytes / 1e6);
  Timing warm;
  timing_init(&warm);
  for (guint round = 0; round < bench->rounds; round++) {
    if (!ask(live, names, by_rep, NULL, TRUE, &seconds, &n_values, error)) return FALSE;
    timing_add(&warm, seconds);
  }
  printf("  asked again: least %.1f ms, median %.1f ms; %" G_GINT64_FORMAT " values, %.0f ns each\n",
         timing_least(&warm) * 1e3, timing_median(&warm) * 1e3, n_values,
         timing_median(&warm) * 1e9 / (double)n_values);
  timing_clear(&warm);
  for (guint k = 0; g_getenv("BENCH_DETAIL") != NULL && k + 1 < kpis->len; k++) {
    const char *const one[] = {names[k], NULL};
    if (!ask(live, one, by_rep, NULL, TRUE, &seconds, &n_values, error)) return FALSE;
    printf("    %-28s %8.2f ms\n", names[k], seconds * 1e3);
  }
  const char *const one[] = {"win_rate", NULL}, *const person[] = {"rep = 'Person 0001'", NULL};
  Timing alone;
  timing_init(&alone);
  for (guint round = 0; round < 1001; round++) {
    if (!ask(live, one, NULL, person, FALSE, &seconds, &n_values, error)) return FALSE;
    if (round > 0) timing_add(&alone, seconds);
  }
  printf("  one KPI of one person: least %.1f us, median %.1f us\n", timing_least(&alone) * 1e6,
         timing_median(&alone) * 1e6);
  timing_clear(&alone);
  return TRUE;
}
