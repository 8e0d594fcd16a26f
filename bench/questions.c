/* All KPIs by rep by month over twelve months: Attain's one question against one hand-written query for each KPI, and
 * against one fused query for each fact. */
#include "bench/bench.h"

#include <stdio.h>

/* --- Attain --- */

static QueryResult *ask(const Session *session, const char *const *kpis, const char *by, GError **error) {
  QueryContext context = bench_context(session);
  QueryRequest request = {.kpis = kpis,
                          .by = (const char *const[]){by, NULL},
                          .period = BENCH_PERIOD,
                          .has_grain = TRUE,
                          .grain = CALENDAR_MONTH,
                          .rates_of = BASE_DAY_NONE};
  return query_run(&context, &request, error);
}

/* KPIs that have a value for somebody: the others lack their data here. */
static GPtrArray *kpis_with_data(const Session *session, GError **error) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < kpi_catalogue_n_kpis(session->catalogue); i++)
    g_ptr_array_add(names, (gpointer)kpi_catalogue_kpi(session->catalogue, i)->name);
  g_ptr_array_add(names, NULL);
  g_autoptr(QueryResult) result = ask(session, (const char *const *)names->pdata, "rep", error);
  if (result == NULL) return NULL;
  g_autofree gboolean *has = g_new0(gboolean, query_result_n_kpis(result));
  for (guint r = 0; r < query_result_n_rows(result); r++)
    has[query_result_row(result, r)->kpi] |= query_result_row(result, r)->value.has_value;
  for (guint r = 0; r < query_result_n_totals(result); r++)
    has[query_result_total(result, r)->kpi] |= query_result_total(result, r)->value.has_value;
  g_ptr_array_set_size(names, 0);
  for (guint k = 0; k < query_result_n_kpis(result); k++)
    if (has[k])
      g_ptr_array_add(names, (gpointer)query_result_kpi(result, k)->name);
    else
      printf("  (no data for %s)\n", query_result_kpi(result, k)->name);
  g_ptr_array_add(names, NULL);
  return names;
}

static gboolean time_attain(const Session *session, GPtrArray *kpis, Timing *timing, gboolean tell, GError **error) {
  double started = seconds_now(), plan, scan, evaluate;
  gint64 rows;
  g_autoptr(QueryResult) result = ask(session, (const char *const *)kpis->pdata, "rep", error);
  if (result == NULL) return FALSE;
  timing_add(timing, seconds_now() - started);
  query_result_timings(result, &plan, &scan, &evaluate, &rows);
  if (tell)
    printf("    plan %.0f ms, scans %.0f ms of %" G_GINT64_FORMAT " rows, values %.0f ms\n", plan, scan, rows,
           evaluate);
  return TRUE;
}

/* --- verifying --- */

static gboolean verify_all(const Session *session, const GPtrArray *queries, GError **error) {
  guint n_equal = 0, n_kpis = 0;
  for (guint q = 0; q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    g_autoptr(QueryResult) result = ask(session, (const char *const *)query->kpis, "rep", error);
    double started = seconds_now();
    g_autoptr(StoreRows) rows =
        result == NULL ? NULL : store_query(session->store, query->sql, NULL, 0, HANDWRITTEN_MAX_ROWS, error);
    if (rows == NULL) {
      g_prefix_error(error, "%s: ", query->kpis[0]);
      return FALSE;
    }
    if (g_getenv("BENCH_DETAIL") != NULL)
      printf("    %-24s %6.0f ms\n", query->kpis[0], (seconds_now() - started) * 1000);
    for (guint k = 0; query->kpis[k] != NULL; k++, n_kpis++)
      if (!handwritten_verify(result, query->kpis[k], rows, 2 + k, &n_equal, error)) return FALSE;
  }
  printf("  %u KPIs agree with the hand-written SQL in all %u values\n", n_kpis, n_equal);
  return TRUE;
}

/* --- measuring --- */

static gboolean compare(const Bench *bench, const Session *session, const GPtrArray *queries, const char *name,
                        const char *what, double target, GError **error) {
  g_autoptr(GPtrArray) kpis = handwritten_kpis(queries);
  g_auto(Timing) attain = {0}, sql = {0};
  gboolean ok = TRUE;
  for (guint round = 0; ok && round < bench->rounds; round++) {
    ok = time_attain(session, kpis, &attain, round == 0, error);
    double started = seconds_now();
    ok = ok && handwritten_run(session->store, queries, error);
    timing_add(&sql, seconds_now() - started);
  }
  if (ok) {
    printf("  %u KPIs: Attain least %.3f s, median %.3f s; %u queries least %.3f s, median %.3f s\n", kpis->len - 1,
           timing_least(&attain), timing_median(&attain), queries->len, timing_least(&sql), timing_median(&sql));
    bench_ratio(name, what, timing_median(&sql) / timing_median(&attain), target, TRUE);
  }
  return ok;
}

static gboolean whole_catalogue(const Bench *bench, const Session *session, GError **error) {
  g_autoptr(GPtrArray) kpis = kpis_with_data(session, error);
  if (kpis == NULL) return FALSE;
  g_auto(Timing) timing = {0};
  gboolean ok = TRUE;
  for (guint round = 0; ok && round < bench->rounds; round++)
    ok = time_attain(session, kpis, &timing, round == 0, error);
  if (ok)
    printf("  all %u KPIs that have data, in one question: least %.3f s, median %.3f s\n", kpis->len - 1,
           timing_least(&timing), timing_median(&timing));
  return ok;
}

gboolean bench_ask_once(const Bench *bench, const char *file, GError **error) {
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL) return FALSE;
  g_autoptr(GPtrArray) queries = file == NULL ? NULL : handwritten_read(bench, session, file, error);
  g_autoptr(GPtrArray) kpis = file == NULL      ? kpis_with_data(session, error)
                              : queries == NULL ? NULL
                                                : handwritten_kpis(queries);
  g_auto(Timing) timing = {0};
  gboolean ok = kpis != NULL && (file == NULL || time_attain(session, kpis, &timing, TRUE, error));
  return ok;
}

gboolean bench_sql_once(const Bench *bench, const char *file, GError **error) {
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL || !handwritten_prepare(session->store, 1, error)) return FALSE;
  g_autoptr(GPtrArray) queries = handwritten_read(bench, session, file, error);
  double all = 0;
  for (guint q = 0; queries != NULL && q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    double started = seconds_now();
    g_autoptr(StoreRows) rows = store_query(session->store, query->sql, NULL, 0, HANDWRITTEN_MAX_ROWS, error);
    if (rows == NULL) return FALSE;
    printf("    %-24s %6.0f ms\n", query->kpis[0], (seconds_now() - started) * 1000);
    all += seconds_now() - started;
  }
  printf("  %u queries: %.3f s\n", queries == NULL ? 0 : queries->len, all);
  return queries != NULL;
}

gboolean bench_questions(const Bench *bench, GError **error) {
  printf("\nKPIs by rep by month over 12 months (%s)\n", BENCH_PERIOD);
  Process used;
  const char *arguments[] = {bench->self, bench->folder, bench->sql_folder, bench->program, "ask", NULL};
  if (!process_run(arguments, &used, error)) return FALSE;
  printf("  peak memory of all of the catalogue in one question, the database's included: %.0f MB\n", used.peak_mb);
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL || !handwritten_prepare(session->store, 1, error)) return FALSE;
  g_autoptr(GPtrArray) single = handwritten_read(bench, session, "kpis.sql", error);
  g_autoptr(GPtrArray) fused = single == NULL ? NULL : handwritten_read(bench, session, "fused.sql", error);
  if (fused == NULL || !verify_all(session, single, error) || !verify_all(session, fused, error)) return FALSE;
  return whole_catalogue(bench, session, error) &&
         compare(bench, session, single, "queries_each", "one query for each KPI: SQL's time / Attain's", 20, error) &&
         compare(bench, session, fused, "queries_fused", "one fused GROUP BY for each fact: SQL's time / Attain's", 3,
                 error);
}
