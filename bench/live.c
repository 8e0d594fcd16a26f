/* Answers from kept cells: what their counting costs against DuckDB's reading of the same columns, and what a scorecard
 * then costs against the best SQL for it, on all of the data and on a twentieth of it. */
#include "query/live.h"

#include "bench/bench.h"

#include <stdio.h>

#define FLAT_OVER    20
#define ONE_ASKED    2000
#define AGAIN_ASKED  501
#define BUILD_ROUNDS 3U

/* --- the scorecard --- */

GPtrArray *scorecard_kpis(const Bench *bench, Session *session, GError **error) {
  g_autoptr(GPtrArray) queries = handwritten_read(bench, session, "scorecard.sql", error);
  if (queries == NULL) return NULL;
  g_autoptr(GPtrArray) names = handwritten_kpis(queries);
  GPtrArray *kpis = g_ptr_array_new();
  for (guint i = 0; i + 1 < names->len; i++)
    g_ptr_array_add(kpis, (gpointer)g_intern_string(g_ptr_array_index(names, i)));
  g_ptr_array_add(kpis, NULL);
  return kpis;
}

QueryResult *scorecard_ask(QueryLive *live, const GPtrArray *kpis, const char *person, GError **error) {
  g_autofree char *condition = person == NULL ? NULL : g_strdup_printf("rep = '%s'", person);
  QueryRequest request = {.kpis = (const char *const *)kpis->pdata,
                          .by = person == NULL ? (const char *const[]){"rep", NULL} : NULL,
                          .where = person == NULL ? NULL : (const char *const[]){condition, NULL},
                          .period = BENCH_PERIOD,
                          .has_grain = TRUE,
                          .grain = CALENDAR_MONTH,
                          .compare = QUERY_COMPARE_YEAR_AGO,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_live_ask(live, NULL, &request, error);
  if (result == NULL || query_result_load(result) >= 0) return g_steal_pointer(&result);
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "the scorecard was answered from the records");
  return NULL;
}

gint64 scorecard_n_values(const QueryResult *result) {
  gint64 n = 0;
  for (guint r = 0; r < query_result_n_rows(result); r++) n += 1 + query_result_row(result, r)->has_compared;
  for (guint r = 0; r < query_result_n_totals(result); r++) n += 1 + query_result_total(result, r)->has_compared;
  return n;
}

/* --- one workspace with its cells --- */

typedef struct {
  Session *session;
  QueryLive *live;
  GPtrArray *kpis;
  gint64 n_values;
} Kept;

static void kept_close(Kept *kept) {
  query_live_free(kept->live);
  session_free(kept->session);
  if (kept->kpis != NULL) g_ptr_array_unref(kept->kpis);
  *kept = (Kept){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Kept, kept_close)

static gboolean count_cells(Kept *kept, GError **error) {
  QueryContext context = bench_context(kept->session);
  g_clear_pointer(&kept->live, query_live_free);
  kept->live = query_live_new(&context, BENCH_MAX_CELLS, error);
  if (kept->live == NULL) return FALSE;
  g_autoptr(QueryResult) result = scorecard_ask(kept->live, kept->kpis, NULL, error);
  return result != NULL;
}

/* Reading an answer makes its rows, which is no part of counting. */
static gboolean find_n_values(Kept *kept, GError **error) {
  g_autoptr(QueryResult) result = scorecard_ask(kept->live, kept->kpis, NULL, error);
  if (result == NULL) return FALSE;
  kept->n_values = scorecard_n_values(result);
  return TRUE;
}

static gboolean kept_open(Kept *kept, const Bench *bench, GError **error) {
  kept->session = bench_open(bench, error);
  if (kept->session != NULL) kept->kpis = scorecard_kpis(bench, kept->session, error);
  return kept->kpis != NULL && count_cells(kept, error) && find_n_values(kept, error);
}

/* `from_cells`: every value is computed from the cells, as when all people have changed since it was asked. */
static gboolean time_warm(const Kept *kept, gboolean from_cells, Cost *cost, GError **error) {
  if (from_cells) query_live_forget_answers(kept->live);
  cost_begin(cost);
  g_autoptr(QueryResult) result = scorecard_ask(kept->live, kept->kpis, NULL, error);
  cost_end(cost);
  return result != NULL;
}

/* --- counting the cells against merely reading --- */

/* table -> set of its columns, as the scans' SQL names them: `FROM "lead" t0 LEFT JOIN "opportunity" t1 …` */
static void add_columns(GHashTable *tables, const char *sql) {
  g_autoptr(GHashTable) aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GRegex) from = g_regex_new("(?:FROM|JOIN) \"([^\"]+)\" (t[0-9]+)\\b", 0, 0, NULL);
  g_autoptr(GRegex) column = g_regex_new("\\b(t[0-9]+)\\.\"([^\"]+)\"", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL, named = NULL;
  for (g_regex_match(from, sql, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
    g_hash_table_insert(aliases, g_match_info_fetch(match, 2), g_match_info_fetch(match, 1));
  for (g_regex_match(column, sql, 0, &named); g_match_info_matches(named); g_match_info_next(named, NULL)) {
    g_autofree char *alias = g_match_info_fetch(named, 1);
    const char *table = g_hash_table_lookup(aliases, alias);
    if (table == NULL) continue;
    GHashTable *columns = g_hash_table_lookup(tables, table);
    if (columns == NULL) {
      columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert(tables, g_strdup(table), columns);
    }
    g_hash_table_add(columns, g_match_info_fetch(named, 2));
  }
}

/* `SELECT sum(…) of each`, of whatever type: a text's sum is that of its lengths. */
static char *sums_of(Store *store, const char *table, GHashTable *columns, GError **error) {
  StoreValue name = {.type = STORE_TEXT, .text = table};
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", &name, 1, 0, error);
  if (rows == NULL) return NULL;
  g_autoptr(GString) sql = g_string_new("SELECT ");
  guint n = 0;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const char *column = store_rows_value(rows, r, 0).text, *type = store_rows_value(rows, r, 1).text;
    if (!g_hash_table_contains(columns, column)) continue;
    const char *form = g_str_equal(type, "VARCHAR")          ? "sum(strlen(\"%s\"))"
                       : g_str_equal(type, "DATE")           ? "sum(\"%s\" - DATE '1970-01-01')"
                       : g_str_has_prefix(type, "TIMESTAMP") ? "sum(epoch_us(\"%s\"))"
                       : g_str_equal(type, "BOOLEAN")        ? "count(*) FILTER (WHERE \"%s\")"
                       : g_str_equal(type, "UBIGINT")        ? "sum(\"%s\" >> 32)"
                                                             : "sum(\"%s\")";
    g_auto(GStrv) parts = g_strsplit(form, "%s", 2);
    g_string_append_printf(sql, "%s%s%s%s", n++ > 0 ? ", " : "", parts[0], column, parts[1]);
  }
  g_string_append_printf(sql, " FROM \"%s\"", table);
  return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* What DuckDB needs to read for the same cells: a SELECT for each fact. */
static GPtrArray *reading_of(const Kept *kept, guint *n_columns, GError **error) {
  QueryContext context = bench_context(kept->session);
  QueryRequest request = {.kpis = (const char *const *)kept->kpis->pdata,
                          .by = (const char *const[]){"rep", NULL},
                          .period = BENCH_PERIOD,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_run(&context, &request, error);
  if (result == NULL) return NULL;
  g_autoptr(GHashTable) tables =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  for (const char *const *sql = query_result_sql(result); *sql != NULL; sql++) add_columns(tables, *sql);
  g_autoptr(GPtrArray) reading = g_ptr_array_new_with_free_func(g_free);
  GHashTableIter iter;
  gpointer table, columns;
  g_hash_table_iter_init(&iter, tables);
  for (*n_columns = 0; g_hash_table_iter_next(&iter, &table, &columns);) {
    char *sql = sums_of(kept->session->store, table, columns, error);
    if (sql == NULL) return NULL;
    if (g_getenv("BENCH_DETAIL") != NULL) printf("    %s\n", sql);
    g_ptr_array_add(reading, sql);
    *n_columns += g_hash_table_size(columns);
  }
  return g_steal_pointer(&reading);
}

static gboolean read_columns(Store *store, const GPtrArray *reading, GError **error) {
  for (guint i = 0; i < reading->len; i++) {
    g_autoptr(StoreRows) rows = store_query(store, g_ptr_array_index(reading, i), NULL, 0, 0, error);
    if (rows == NULL) return FALSE;
  }
  return TRUE;
}

static gboolean compare_building(const Bench *bench, Kept *kept, GError **error) {
  guint n_columns;
  g_autoptr(GPtrArray) reading = reading_of(kept, &n_columns, error);
  if (reading == NULL) return FALSE;
  g_auto(Cost) first = {0}, answered = {0}, read = {0};
  for (guint round = 0; round < MIN(bench->rounds, BUILD_ROUNDS); round++) {
    cost_begin(&first);
    if (!count_cells(kept, error)) return FALSE;
    cost_end(&first);
    if (!time_warm(kept, TRUE, &answered, error)) return FALSE;
    cost_begin(&read);
    if (!read_columns(kept->session->store, reading, error)) return FALSE;
    cost_end(&read);
  }
  double building = timing_median(&first.wall) - timing_median(&answered.wall),
         building_cpu = timing_median(&first.cpu) - timing_median(&answered.cpu);
  printf(
      "  counting its cells: %.2f s (%.2f s of CPU); DuckDB's reading of the same %u columns of %u tables: %.2f s "
      "(%.2f s of CPU)\n",
      building, building_cpu, n_columns, reading->len, timing_median(&read.wall), timing_median(&read.cpu));
  bench_figure("build_seconds", building, "s");
  bench_figure("read_seconds", timing_median(&read.wall), "s");
  bench_figure("build_cpu_ratio", building_cpu / timing_median(&read.cpu), "ratio");
  bench_ratio("build", "counting all cells / SELECT sum(…) of their columns", building / timing_median(&read.wall), 2,
              FALSE);
  return TRUE;
}

/* --- the scorecard against SQL --- */

static gboolean verify_scorecard(const Kept *kept, const GPtrArray *queries, GError **error) {
  g_autoptr(QueryResult) result = scorecard_ask(kept->live, kept->kpis, NULL, error);
  guint n_equal = 0, n_kpis = 0;
  for (guint q = 0; result != NULL && q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    double started = seconds_now();
    g_autoptr(StoreRows) rows = store_query(kept->session->store, query->sql, NULL, 0, HANDWRITTEN_MAX_ROWS, error);
    if (rows == NULL) return FALSE;
    if (g_getenv("BENCH_DETAIL") != NULL)
      printf("    SQL %-24s %6.0f ms\n", query->kpis[0], (seconds_now() - started) * 1e3);
    for (guint k = 0; query->kpis[k] != NULL; k++, n_kpis++)
      if (!handwritten_verify(result, query->kpis[k], rows, 2 + k, &n_equal, error)) return FALSE;
  }
  if (result == NULL) return FALSE;
  printf("  %u KPIs with the year before agree with the hand-written SQL in all %u values\n", n_kpis, n_equal);
  return TRUE;
}

/* Twice: from cells, where every value is computed; and again, where nothing has changed since it was asked. */
static gboolean compare_scorecard(const Bench *bench, const Kept *kept, const GPtrArray *queries, GError **error) {
  g_auto(Cost) cells = {0}, again = {0}, sql = {0};
  for (guint round = 0; round < bench->rounds; round++) {
    if (!time_warm(kept, TRUE, &cells, error) || !time_warm(kept, FALSE, &again, error)) return FALSE;
    cost_begin(&sql);
    if (!handwritten_run(kept->session->store, queries, error)) return FALSE;
    cost_end(&sql);
  }
  double values = (double)kept->n_values, ours = timing_median(&cells.wall), kept_answer = timing_median(&again.wall),
         theirs = timing_median(&sql.wall);
  printf(
      "  the scorecard from cells: least %.1f ms, median %.1f ms (%.1f ms of CPU), %.0f ns a value of %.0f; asked "
      "again: "
      "%.3f ms, %.2f ns a value; %u queries least %.2f s, median %.2f s (%.2f s of CPU)\n",
      timing_least(&cells.wall) * 1e3, ours * 1e3, timing_median(&cells.cpu) * 1e3, ours * 1e9 / values, values,
      kept_answer * 1e3, kept_answer * 1e9 / values, queries->len, timing_least(&sql.wall), theirs,
      timing_median(&sql.cpu));
  bench_figure("scorecard_cells_ms", ours * 1e3, "ms");
  bench_figure("scorecard_again_ms", kept_answer * 1e3, "ms");
  bench_figure("scorecard_sql_ms", theirs * 1e3, "ms");
  bench_figure("scorecard_cpu_ratio", timing_median(&sql.cpu) / timing_median(&cells.cpu), "ratio");
  bench_figure("scorecard_values", values, "values");
  bench_ratio("scorecard_cells", "the scorecard from cells: fused SQL's time / Attain's", theirs / ours, 200, TRUE);
  bench_ratio("scorecard_again", "the scorecard asked again: fused SQL's time / Attain's", theirs / kept_answer, 200,
              TRUE);
  return TRUE;
}

/* What each KPI of it costs alone, for whoever looks where the time goes. */
static gboolean tell_each(const Kept *kept, GError **error) {
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  for (guint k = 0; g_getenv("BENCH_DETAIL") != NULL && k + 1 < kept->kpis->len; k++) {
    g_ptr_array_set_size(one, 0);
    g_ptr_array_add(one, g_ptr_array_index(kept->kpis, k));
    g_ptr_array_add(one, NULL);
    query_live_forget_answers(kept->live);
    double started = seconds_now();
    g_autoptr(QueryResult) result = scorecard_ask(kept->live, one, NULL, error);
    if (result == NULL) return FALSE;
    printf("    %-28s %8.2f ms\n", (const char *)one->pdata[0], (seconds_now() - started) * 1e3);
  }
  return TRUE;
}

/* How much of what was asked before is forgotten. */
typedef enum { FORGET_QUESTIONS, FORGET_ANSWERS, FORGET_NOTHING } Forget;

static gboolean time_one(const Kept *kept, Forget forget, Timing *timing, GError **error) {
  QueryRequest request = {.kpis = (const char *const[]){"win_rate", NULL},
                          .where = (const char *const[]){"rep = 'Person 0001'", NULL},
                          .period = BENCH_PERIOD,
                          .rates_of = BASE_DAY_NONE};
  for (guint round = 0; round <= ONE_ASKED; round++) {
    if (forget == FORGET_QUESTIONS) query_live_forget_questions(kept->live);
    if (forget == FORGET_ANSWERS) query_live_forget_answers(kept->live);
    double started = seconds_now();
    g_autoptr(QueryResult) result = query_live_ask(kept->live, NULL, &request, error);
    if (result == NULL) return FALSE;
    if (round > 0) timing_add(timing, seconds_now() - started);
  }
  return TRUE;
}

static gboolean one_of_one(const Kept *kept, GError **error) {
  g_auto(Timing) first = {0}, cells = {0}, alone = {0};
  if (!time_one(kept, FORGET_QUESTIONS, &first, error) || !time_one(kept, FORGET_ANSWERS, &cells, error) ||
      !time_one(kept, FORGET_NOTHING, &alone, error))
    return FALSE;
  printf(
      "  one KPI of one person: never asked before least %.1f us, median %.1f us; from cells least %.1f us, median "
      "%.1f "
      "us; again least %.1f us, median %.1f us, 99th percentile %.1f us\n",
      timing_least(&first) * 1e6, timing_median(&first) * 1e6, timing_least(&cells) * 1e6, timing_median(&cells) * 1e6,
      timing_least(&alone) * 1e6, timing_median(&alone) * 1e6, timing_quantile(&alone, 0.99) * 1e6);
  bench_ratio("one_first_us", "one KPI of one person never asked before, us", timing_median(&first) * 1e6, 10, FALSE);
  bench_ratio("one_cells_us", "one KPI of one person from cells, us", timing_median(&cells) * 1e6, 10, FALSE);
  bench_ratio("one_us", "one KPI of one person again, us", timing_median(&alone) * 1e6, 10, FALSE);
  return TRUE;
}

/* The same question on the same people with a twentieth of the facts, in turns. */
static gboolean compare_sizes(const Bench *bench, const Kept *kept, GError **error) {
  Bench fewer = *bench;
  fewer.deals = bench->deals / FLAT_OVER;
  if (fewer.deals < 1000) return TRUE;
  g_auto(Kept) small = {0};
  if (!bench_make(&fewer, error) || !kept_open(&small, &fewer, error)) return FALSE;
  for (guint again = 0; again < 2; again++) {
    g_auto(Cost) many = {0}, few = {0};
    for (guint round = 0; round < (again ? AGAIN_ASKED : bench->rounds); round++)
      if (!time_warm(kept, !again, &many, error) || !time_warm(&small, !again, &few, error)) return FALSE;
    printf("  %s: with %" G_GINT64_FORMAT " deals %.3f ms for %" G_GINT64_FORMAT " values, with %" G_GINT64_FORMAT
           " %.3f ms for %" G_GINT64_FORMAT "\n",
           again ? "asked again" : "from cells", fewer.deals, timing_median(&few.wall) * 1e3, small.n_values,
           bench->deals, timing_median(&many.wall) * 1e3, kept->n_values);
    bench_ratio(again ? "flat" : "flat_cells", "the scorecard: time with 20 times the facts / with one",
                timing_median(&many.wall) / timing_median(&few.wall), 1.2, FALSE);
  }
  return TRUE;
}

/* --- memory and start --- */

static gboolean memory_and_start(const Bench *bench, const Kept *kept, GError **error) {
  QueryLiveState state = query_live_state(kept->live);
  double n_cells = (double)query_live_n_cells(kept->live);
  Process asked, opened;
  const char *ask[] = {bench->self, bench->folder, bench->sql_folder, bench->program, "live-once", NULL};
  g_autofree char *folder = bench_workspace(bench);
  const char *show[] = {bench->program, "-C", folder, "--now", BENCH_NOW, "show", "win_rate", NULL};
  g_auto(Timing) shown = {0};
  if (!process_run(ask, &asked, error)) return FALSE;
  for (guint round = 0; round < bench->rounds; round++) {
    if (!process_run(show, &opened, error)) return FALSE;
    timing_add(&shown, opened.seconds);
  }
  printf(
      "  cells: %.1f MB on a side, %.0f that are not empty, %.1f bytes each; a process that counts and answers them: "
      "%.1f s, peak memory %.0f MB, the database's "
      "included\n  attain show win_rate on this data, the whole process: least %.0f ms, median %.0f ms, peak %.0f MB\n",
      (double)state.bytes / 1e6, n_cells, (double)state.bytes / MAX(n_cells, 1), asked.seconds, asked.peak_mb,
      timing_least(&shown) * 1e3, timing_median(&shown) * 1e3, opened.peak_mb);
  bench_figure("cells_mb", (double)state.bytes / 1e6, "MB");
  bench_figure("bytes_per_cell", (double)state.bytes / MAX(n_cells, 1), "bytes");
  bench_figure("live_peak_mb", asked.peak_mb, "MB");
  bench_figure("live_start_seconds", asked.seconds, "s");
  bench_figure("show_ms", timing_median(&shown) * 1e3, "ms");
  return TRUE;
}

gboolean bench_live_once(const Bench *bench, double seconds, GError **error) {
  g_auto(Kept) kept = {0};
  if (!kept_open(&kept, bench, error)) return FALSE;
  g_auto(Cost) warm = {0};
  for (double started = seconds_now(); seconds_now() - started < seconds;)
    if (!time_warm(&kept, TRUE, &warm, error)) return FALSE;
  return TRUE;
}

gboolean bench_live(const Bench *bench, GError **error) {
  printf("\na scorecard from kept cells: 50 KPIs, %" G_GINT64_FORMAT " people, 12 months, the year before (%s)\n",
         bench->people, BENCH_PERIOD);
  g_auto(Kept) kept = {0};
  if (!kept_open(&kept, bench, error) || !handwritten_prepare(kept.session->store, 2, error)) return FALSE;
  g_autoptr(GPtrArray) queries = handwritten_read(bench, kept.session, "scorecard.sql", error);
  if (queries == NULL || !verify_scorecard(&kept, queries, error)) return FALSE;
  return compare_building(bench, &kept, error) && compare_scorecard(bench, &kept, queries, error) &&
         tell_each(&kept, error) && one_of_one(&kept, error) && compare_sizes(bench, &kept, error) &&
         memory_and_start(bench, &kept, error);
}
