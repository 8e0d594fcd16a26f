/* All KPIs by rep by month over twelve months: Attain's one question against one hand-written query for each KPI, and
 * against one fused query for each fact. */
#include "bench/bench.h"

#include <math.h>
#include <stdio.h>

#define PERIOD   "2025-11..2026-10"
#define MAX_ROWS 10000000

/* A query written by hand and the KPIs it answers, in the order of its columns after rep and month. */
typedef struct {
  char **kpis;
  char *sql;
} Handwritten;

static void handwritten_free(gpointer data) {
  Handwritten *query = data;
  g_strfreev(query->kpis);
  g_free(query->sql);
  g_free(query);
}

/* A file of queries: a line `-- name …` of known KPIs begins each. */
static GPtrArray *read_queries(const Bench *bench, Session *session, const char *file, GError **error) {
  g_autofree char *text = bench_read(bench, file, error);
  if (text == NULL) return NULL;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(handwritten_free);
  Handwritten *current = NULL;
  for (char **line = lines; *line != NULL; line++) {
    gboolean comment = g_str_has_prefix(*line, "-- ");
    g_auto(GStrv) words = comment ? g_strsplit(*line + 3, " ", -1) : NULL;
    if (comment && kpi_catalogue_find(session->catalogue, words[0], NULL) != NULL) {
      current = g_new0(Handwritten, 1);
      current->kpis = g_steal_pointer(&words);
      current->sql = g_strdup("");
      g_ptr_array_add(queries, current);
    } else if (!comment && current != NULL) {
      char *longer = g_strconcat(current->sql, *line, "\n", NULL);
      g_free(current->sql);
      current->sql = longer;
    }
  }
  return g_steal_pointer(&queries);
}

static gboolean prepare(Session *session, GError **error) {
  return store_run(session->store,
                   "CREATE TEMP MACRO inside(day) AS day >= DATE '2025-11-01' AND day < DATE '2026-11-01';"
                   "CREATE TEMP MACRO month_of(day) AS date_trunc('month', day)::DATE;"
                   "CREATE TEMP TABLE months AS SELECT (DATE '2025-11-01' + to_months(i::INTEGER))::DATE AS start,"
                   " (DATE '2025-11-01' + to_months(i::INTEGER + 1))::DATE AS until FROM range(12) r(i);",
                   NULL, 0, NULL, error);
}

/* --- Attain --- */

static QueryResult *ask(const Session *session, const char *const *kpis, const char *by, GError **error) {
  QueryContext context = {session->store,        session->schema, session->calendar, session->catalogue,
                          session->organisation, session->now_us, session->today,    session->now_given};
  QueryRequest request = {.kpis = kpis,
                          .by = (const char *const[]){by, NULL},
                          .period = PERIOD,
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

static GHashTable *expected_values(const StoreRows *rows, guint column) {
  GHashTable *expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    StoreValue rep = store_rows_value(rows, r, 0), month = store_rows_value(rows, r, 1),
               value = store_rows_value(rows, r, column);
    if (rep.type == STORE_NULL || value.type == STORE_NULL) continue;
    double number = value.type == STORE_DOUBLE ? value.number : (double)value.integer;
    g_hash_table_insert(expected, g_strdup_printf("Person %04d %d", (int)rep.integer, (int)month.integer),
                        g_memdup2(&number, sizeof number));
  }
  return expected;
}

static gboolean differ(const char *kpi, const char *key, gboolean has, double value, const double *expected,
                       GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s of %s: Attain has %s%.15g, SQL %s%.15g", kpi, key,
              has ? "" : "no value ", value, expected != NULL ? "" : "no row ", expected != NULL ? *expected : 0);
  return FALSE;
}

/* Every number of one KPI, in both directions. */
static gboolean verify(const QueryResult *result, const char *kpi, const StoreRows *rows, guint column, guint *n_equal,
                       GError **error) {
  g_autoptr(GHashTable) expected = expected_values(rows, column);
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!g_str_equal(query_result_kpi(result, row->kpi)->name, kpi)) continue;
    g_autofree char *key = g_strdup_printf("%s %d", row->members[0], query_result_period(result, row->period)->start);
    const double *number = g_hash_table_lookup(expected, key);
    double wanted = number != NULL ? *number : 0, value = row->value.value;
    gboolean same = row->value.has_value ? fabs(value - wanted) <= 0.004 + 1e-12 * fabs(wanted) &&
                                               (fabs(wanted) > 10 || fabs(value - wanted) <= 1e-9)
                                         : number == NULL;
    if (!same) return differ(kpi, key, row->value.has_value, value, number, error);
    if (number != NULL && row->value.has_value) (*n_equal)++;
    g_hash_table_remove(expected, key);
  }
  GHashTableIter iter;
  gpointer key, left;
  g_hash_table_iter_init(&iter, expected);
  while (g_hash_table_iter_next(&iter, &key, &left))
    if (*(double *)left != 0) return differ(kpi, key, FALSE, 0, left, error);
  return TRUE;
}

static gboolean verify_all(const Session *session, const GPtrArray *queries, GError **error) {
  guint n_equal = 0, n_kpis = 0;
  for (guint q = 0; q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    g_autoptr(QueryResult) result = ask(session, (const char *const *)query->kpis, "rep", error);
    double started = seconds_now();
    g_autoptr(StoreRows) rows =
        result == NULL ? NULL : store_query(session->store, query->sql, NULL, 0, MAX_ROWS, error);
    if (rows == NULL) {
      g_prefix_error(error, "%s: ", query->kpis[0]);
      return FALSE;
    }
    if (g_getenv("BENCH_DETAIL") != NULL)
      printf("    %-24s %6.0f ms\n", query->kpis[0], (seconds_now() - started) * 1000);
    for (guint k = 0; query->kpis[k] != NULL; k++, n_kpis++)
      if (!verify(result, query->kpis[k], rows, 2 + k, &n_equal, error)) return FALSE;
  }
  printf("  %u KPIs agree with the hand-written SQL in all %u values\n", n_kpis, n_equal);
  return TRUE;
}

/* --- measuring --- */

static gboolean time_handwritten(const Session *session, const GPtrArray *queries, Timing *timing, GError **error) {
  double started = seconds_now();
  for (guint q = 0; q < queries->len; q++) {
    g_autoptr(StoreRows) rows =
        store_query(session->store, ((Handwritten *)g_ptr_array_index(queries, q))->sql, NULL, 0, MAX_ROWS, error);
    if (rows == NULL) return FALSE;
  }
  timing_add(timing, seconds_now() - started);
  return TRUE;
}

static GPtrArray *names_of(const GPtrArray *queries) {
  GPtrArray *names = g_ptr_array_new();
  for (guint q = 0; q < queries->len; q++)
    for (char **kpi = ((Handwritten *)g_ptr_array_index(queries, q))->kpis; *kpi != NULL; kpi++)
      g_ptr_array_add(names, *kpi);
  g_ptr_array_add(names, NULL);
  return names;
}

static gboolean compare(const Bench *bench, const Session *session, const GPtrArray *queries, const char *what,
                        double target, GError **error) {
  g_autoptr(GPtrArray) kpis = names_of(queries);
  Timing attain, sql;
  timing_init(&attain);
  timing_init(&sql);
  gboolean ok = TRUE;
  for (guint round = 0; ok && round < bench->rounds; round++)
    ok = time_attain(session, kpis, &attain, round == 0, error) && time_handwritten(session, queries, &sql, error);
  if (ok) {
    printf("  %u KPIs: Attain least %.3f s, median %.3f s; %u queries least %.3f s, median %.3f s\n", kpis->len - 1,
           timing_least(&attain), timing_median(&attain), queries->len, timing_least(&sql), timing_median(&sql));
    bench_ratio(what, timing_median(&sql) / timing_median(&attain), target, TRUE);
  }
  timing_clear(&attain);
  timing_clear(&sql);
  return ok;
}

static gboolean whole_catalogue(const Bench *bench, const Session *session, GError **error) {
  g_autoptr(GPtrArray) kpis = kpis_with_data(session, error);
  if (kpis == NULL) return FALSE;
  Timing timing;
  timing_init(&timing);
  gboolean ok = TRUE;
  for (guint round = 0; ok && round < bench->rounds; round++)
    ok = time_attain(session, kpis, &timing, round == 0, error);
  if (ok)
    printf("  all %u KPIs that have data, in one question: least %.3f s, median %.3f s\n", kpis->len - 1,
           timing_least(&timing), timing_median(&timing));
  timing_clear(&timing);
  return ok;
}

GPtrArray *bench_kpis(const Bench *bench, Session *session, const char *file, GError **error) {
  if (file == NULL) return kpis_with_data(session, error);
  g_autoptr(GPtrArray) queries = read_queries(bench, session, file, error);
  if (queries == NULL) return NULL;
  g_autoptr(GPtrArray) names = names_of(queries);
  GPtrArray *kpis = g_ptr_array_new();
  for (guint i = 0; i + 1 < names->len; i++)
    g_ptr_array_add(kpis, (gpointer)g_intern_string(g_ptr_array_index(names, i)));
  g_ptr_array_add(kpis, NULL);
  return kpis;
}

gboolean bench_ask_once(const Bench *bench, const char *file, GError **error) {
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL) return FALSE;
  g_autoptr(GPtrArray) queries = file == NULL ? NULL : read_queries(bench, session, file, error);
  g_autoptr(GPtrArray) kpis = file == NULL      ? kpis_with_data(session, error)
                              : queries == NULL ? NULL
                                                : names_of(queries);
  Timing timing;
  timing_init(&timing);
  gboolean ok = kpis != NULL && (file == NULL || time_attain(session, kpis, &timing, TRUE, error));
  timing_clear(&timing);
  return ok;
}

gboolean bench_sql_once(const Bench *bench, const char *file, GError **error) {
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL || !prepare(session, error)) return FALSE;
  g_autoptr(GPtrArray) queries = read_queries(bench, session, file, error);
  double all = 0;
  for (guint q = 0; queries != NULL && q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    double started = seconds_now();
    g_autoptr(StoreRows) rows = store_query(session->store, query->sql, NULL, 0, MAX_ROWS, error);
    if (rows == NULL) return FALSE;
    printf("    %-24s %6.0f ms\n", query->kpis[0], (seconds_now() - started) * 1000);
    all += seconds_now() - started;
  }
  printf("  %u queries: %.3f s\n", queries == NULL ? 0 : queries->len, all);
  return queries != NULL;
}

gboolean bench_questions(const Bench *bench, GError **error) {
  printf("\nKPIs by rep by month over 12 months (%s)\n", PERIOD);
  Process used;
  const char *arguments[] = {bench->self, bench->folder, bench->sql_folder, bench->program, "ask", NULL};
  if (!process_run(arguments, &used, error)) return FALSE;
  printf("  peak memory of all of the catalogue in one question, the database's included: %.0f MB\n", used.peak_mb);
  g_autoptr(Session) session = bench_open(bench, error);
  if (session == NULL || !prepare(session, error)) return FALSE;
  g_autoptr(GPtrArray) single = read_queries(bench, session, "kpis.sql", error);
  g_autoptr(GPtrArray) fused = single == NULL ? NULL : read_queries(bench, session, "fused.sql", error);
  if (fused == NULL || !verify_all(session, single, error) || !verify_all(session, fused, error)) return FALSE;
  return whole_catalogue(bench, session, error) &&
         compare(bench, session, single, "one query for each KPI: SQL's time / Attain's", 20, error) &&
         compare(bench, session, fused, "one fused GROUP BY for each fact: SQL's time / Attain's", 3, error);
}
