/* All KPIs by rep by month over twelve months: Attain's one question against one hand-written query for each KPI, and
 * against one fused query for each fact; the question answered from the records, as a command does, and from the cells
 * that a process which stays open keeps. */
#include "bench/bench.h"

#include <stdio.h>

#define OTHER_PERIOD "2024-07..2025-06"

/* --- Attain --- */

/* `live`: from its cells, with every value computed; NULL: from the records. */
static QueryResult *ask_period(const Session *session, QueryLive *live, const char *const *kpis, const char *period,
                               GError **error) {
  QueryContext context = bench_context(session);
  QueryRequest request = {.kpis = kpis,
                          .by = (const char *const[]){"rep", NULL},
                          .period = period,
                          .has_grain = TRUE,
                          .grain = CALENDAR_MONTH,
                          .rates_of = BASE_DAY_NONE};
  if (live == NULL) return query_run(&context, &request, error);
  query_live_forget_answers(live);
  return query_live_ask(live, NULL, &request, error);
}

static QueryResult *ask(const Session *session, QueryLive *live, const char *const *kpis, GError **error) {
  return ask_period(session, live, kpis, BENCH_PERIOD, error);
}

/* Has the cells counted by a question of other months, so that nothing is known of those asked then. */
static gboolean count_cells(const Session *session, QueryLive *live, const GPtrArray *kpis, GError **error) {
  g_autoptr(QueryResult) result = ask_period(session, live, (const char *const *)kpis->pdata, OTHER_PERIOD, error);
  return result != NULL;
}

/* KPIs that have a value for somebody: the others lack their data here. */
static GPtrArray *kpis_with_data(const Session *session, GError **error) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < kpi_catalogue_n_kpis(session->catalogue); i++)
    g_ptr_array_add(names, (gpointer)kpi_catalogue_kpi(session->catalogue, i)->name);
  g_ptr_array_add(names, NULL);
  g_autoptr(QueryResult) result = ask(session, NULL, (const char *const *)names->pdata, error);
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

static gboolean time_attain(const Session *session, QueryLive *live, GPtrArray *kpis, Timing *timing, gboolean tell,
                            GError **error) {
  double started = seconds_now(), plan, scan, evaluate;
  gint64 rows;
  g_autoptr(QueryResult) result = ask(session, live, (const char *const *)kpis->pdata, error);
  if (result == NULL) return FALSE;
  timing_add(timing, seconds_now() - started);
  if (live != NULL || !tell) return TRUE;
  query_result_timings(result, &plan, &scan, &evaluate, &rows);
  printf("    plan %.0f ms, scans %.0f ms of %" G_GINT64_FORMAT " rows, values %.0f ms\n", plan, scan, rows, evaluate);
  return TRUE;
}

/* --- verifying --- */

static gboolean verify_all(const Session *session, QueryLive *live, const GPtrArray *queries, GError **error) {
  guint n_equal = 0, n_kpis = 0;
  for (guint q = 0; q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    g_autoptr(QueryResult) result = ask(session, live, (const char *const *)query->kpis, error);
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
  printf("  %u KPIs %s agree with the hand-written SQL in all %u values\n", n_kpis,
         live != NULL ? "from kept cells" : "from the records", n_equal);
  return TRUE;
}

/* --- measuring --- */

typedef struct {
  const char *name, *cells_name; /* of the figures */
  const char *what;
  double target;
} Against;

static void tell_ratio(const Against *against, const char *figure, const char *from, guint n_kpis, const Cost *attain,
                       const Cost *sql) {
  g_autofree char *what = g_strdup_printf("%s: SQL's time / Attain's %s", against->what, from);
  printf(
      "  %u KPIs: Attain %s least %.3f s, median %.3f s (CPU %.3f s); SQL least %.3f s, median %.3f s (CPU %.3f s)\n",
      n_kpis, from, timing_least(&attain->wall), timing_median(&attain->wall), timing_median(&attain->cpu),
      timing_least(&sql->wall), timing_median(&sql->wall), timing_median(&sql->cpu));
  bench_ratio(figure, what, timing_median(&sql->wall) / timing_median(&attain->wall), against->target, TRUE);
}

static gboolean cost_attain(const Session *session, QueryLive *live, GPtrArray *kpis, Cost *cost, gboolean tell,
                            GError **error) {
  g_auto(Timing) unused = {0};
  cost_begin(cost);
  gboolean ok = time_attain(session, live, kpis, &unused, tell, error);
  cost_end(cost);
  return ok;
}

/* From cells twice: when the months are first asked, and again with what was found in spans of items and by going
 * through accounts and deals remembered; every value is computed each time. */
static gboolean compare(const Bench *bench, const Session *session, QueryLive *live, const GPtrArray *queries,
                        const Against *against, GError **error) {
  g_autoptr(GPtrArray) kpis = handwritten_kpis(queries);
  g_auto(Cost) records = {0}, first = {0}, cells = {0}, sql = {0};
  gboolean ok = count_cells(session, live, kpis, error) && cost_attain(session, live, kpis, &first, FALSE, error);
  for (guint round = 0; ok && round < bench->rounds; round++) {
    ok = cost_attain(session, NULL, kpis, &records, round == 0, error) &&
         cost_attain(session, live, kpis, &cells, FALSE, error);
    cost_begin(&sql);
    ok = ok && handwritten_run(session->store, queries, error);
    cost_end(&sql);
  }
  if (!ok) return FALSE;
  g_autofree char *first_figure = g_strconcat(against->cells_name, "_first", NULL);
  tell_ratio(against, against->name, "from the records", kpis->len - 1, &records, &sql);
  tell_ratio(against, first_figure, "from kept cells, first asked", kpis->len - 1, &first, &sql);
  tell_ratio(against, against->cells_name, "from kept cells", kpis->len - 1, &cells, &sql);
  return TRUE;
}

static gboolean whole_catalogue(const Bench *bench, const Session *session, GError **error) {
  g_autoptr(GPtrArray) kpis = kpis_with_data(session, error);
  if (kpis == NULL) return FALSE;
  g_auto(Timing) timing = {0};
  gboolean ok = TRUE;
  for (guint round = 0; ok && round < bench->rounds; round++)
    ok = time_attain(session, NULL, kpis, &timing, round == 0, error);
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
  gboolean ok = kpis != NULL && (file == NULL || time_attain(session, NULL, kpis, &timing, TRUE, error));
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

gboolean bench_cells_once(const Bench *bench, const char *file, double seconds, GError **error) {
  g_autoptr(Session) session = bench_open(bench, error);
  g_autoptr(GPtrArray) queries = session == NULL ? NULL : handwritten_read(bench, session, file, error);
  if (queries == NULL) return FALSE;
  QueryContext context = bench_context(session);
  g_autoptr(QueryLive) live = query_live_new(&context, BENCH_MAX_CELLS, error);
  g_autoptr(GPtrArray) kpis = handwritten_kpis(queries);
  gboolean ok = live != NULL;
  double until = 0;
  for (guint asked = 0; ok && (asked < 3 || seconds_now() < until); asked++) {
    g_auto(Cost) cost = {0};
    g_auto(Timing) unused = {0};
    cost_begin(&cost);
    ok = asked == 0 ? count_cells(session, live, kpis, error) : time_attain(session, live, kpis, &unused, FALSE, error);
    cost_end(&cost);
    static const char *const whats[] = {"cells counted", "first asked", "asked again"};
    if (asked < G_N_ELEMENTS(whats))
      printf("    %s: %.3f s (CPU %.3f s)\n", whats[asked], timing_median(&cost.wall), timing_median(&cost.cpu));
    if (asked == 0) until = seconds_now() + seconds;
  }
  return ok;
}

static gboolean tell_peak(const Bench *bench, GError **error) {
  Process used;
  const char *arguments[] = {bench->self, bench->folder, bench->sql_folder, bench->program, "ask", NULL};
  if (!process_run(arguments, &used, error)) return FALSE;
  printf("  peak memory of all of the catalogue in one question, the database's included: %.0f MB\n", used.peak_mb);
  return TRUE;
}

gboolean bench_questions(const Bench *bench, GError **error) {
  printf("\nKPIs by rep by month over 12 months (%s)\n", BENCH_PERIOD);
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL || !handwritten_prepare(session->store, 1, error)) return FALSE;
  g_autoptr(GPtrArray) single = handwritten_read(bench, session, "kpis.sql", error);
  g_autoptr(GPtrArray) fused = single == NULL ? NULL : handwritten_read(bench, session, "fused.sql", error);
  QueryContext context = bench_context(session);
  g_autoptr(QueryLive) live = fused == NULL ? NULL : query_live_new(&context, BENCH_MAX_CELLS, error);
  if (live == NULL) return FALSE;
  static const Against each = {"queries_each", "queries_each_cells", "one query for each KPI", 20},
                       in_one = {"queries_fused", "queries_fused_cells", "one fused GROUP BY for each fact", 3};
  return compare(bench, session, live, fused, &in_one, error) && compare(bench, session, live, single, &each, error) &&
         verify_all(session, live, single, error) && verify_all(session, NULL, fused, error) &&
         verify_all(session, NULL, single, error) && whole_catalogue(bench, session, error) && tell_peak(bench, error);
}
