/* The scorecard asked of SQLite, PostgreSQL and plain DuckDB, each with the indexes and settings that an expert would
 * give it. Every value has to be Attain's.
 *
 *   ledger ─► NAME.csv ─► bench/peers/postgres, bench/peers/sqlite ─► times, NN.answer ─► held against Attain's */
#include "bench/bench.h"

#include <glib/gstdio.h>
#include <stdio.h>

/* One KPI of one person over the twelve months: win_rate of Person 0001. */
#define ONE                                                                                                          \
  "SELECT 1.0 * count(*) FILTER (WHERE outcome = 'won') / count(*) FROM opportunity WHERE owner = 1 AND outcome IN " \
  "('won', 'lost') AND "

typedef struct {
  const Bench *bench;
  Session *session;
  char *folder; /* what peers read and leave */
  GPtrArray *queries;
  QueryResult *expected;
  double attain_ms; /* from cells */
} Peers;

static void peers_clear(Peers *peers) {
  if (peers->folder != NULL) {
    g_autoptr(GDir) dir = g_dir_open(peers->folder, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
      g_autofree char *path = g_build_filename(peers->folder, name, NULL);
      g_remove(path);
    }
    g_rmdir(peers->folder);
    g_free(peers->folder);
  }
  if (peers->queries != NULL) g_ptr_array_unref(peers->queries);
  query_result_free(peers->expected);
  session_free(peers->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Peers, peers_clear)

/* --- what they are given --- */

static gboolean put(const Peers *peers, const char *name, const char *text, GError **error) {
  g_autofree char *path = g_build_filename(peers->folder, name, NULL);
  return g_file_set_contents(path, text, -1, error);
}

static gboolean export_table(const Peers *peers, const char *name, const char *sql, GError **error) {
  g_autofree char *file = g_strdup_printf("%s/%s.csv", peers->folder, name);
  g_autofree char *quoted = store_quote_text(file);
  g_autofree char *copy = g_strdup_printf("COPY (%s) TO %s (FORMAT csv, HEADER false)", sql, quoted);
  return store_run(peers->session->store, copy, NULL, 0, NULL, error);
}

/* peers-export.sql: `-- name`, then its query. */
static gboolean export_all(const Peers *peers, GError **error) {
  g_autofree char *text = bench_read(peers->bench, "peers-export.sql", error);
  if (text == NULL || !store_run(peers->session->store,
                                 "CREATE OR REPLACE TEMP MACRO num(day) AS day - DATE '1970-01-01';"
                                 "CREATE OR REPLACE TEMP MACRO month(day) AS month_of(day) - DATE '1970-01-01';",
                                 NULL, 0, NULL, error))
    return FALSE;
  g_autoptr(GRegex) part = g_regex_new("^-- (\\w+)\n((?:(?!-- ).*\n)+)", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  for (g_regex_match(part, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
    g_autofree char *name = g_match_info_fetch(match, 1), *sql = g_match_info_fetch(match, 2);
    if (!export_table(peers, name, sql, error)) return FALSE;
  }
  return TRUE;
}

static char *replaced(char *text, const char *pattern, const char *replacement) {
  g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
  char *made = g_regex_replace(regex, text, -1, 0, replacement, 0, NULL);
  g_free(text);
  return made;
}

#define MEDIAN "^median of (.*) from (\\w+) by (\\w+) where (.*)$"

static char *for_engine(const char *sql, gboolean is_postgres) {
  static const char of_postgres[] =
      "SELECT owner, \\3, percentile_cont(0.5) WITHIN GROUP (ORDER BY \\1) FROM \\2\n"
      "WHERE \\4 AND \\3 >= {from} AND \\3 < {until} GROUP BY \\3, owner";
  static const char of_sqlite[] =
      "SELECT owner, \\3, avg(x) FROM (\n"
      "  SELECT owner, \\3, \\1 AS x, row_number() OVER (PARTITION BY \\3, owner ORDER BY \\1) AS r, count(*) OVER "
      "(PARTITION BY \\3, owner) AS n\n"
      "  FROM \\2 WHERE \\4 AND \\3 >= {from} AND \\3 < {until})\n"
      "WHERE r IN ((n + 1) / 2, (n + 2) / 2) GROUP BY \\3, owner";
  char *text = replaced(g_strdup(sql), MEDIAN, is_postgres ? of_postgres : of_sqlite);
  text = replaced(text, "\\{from\\}", "20028");  /* 2024-11-01 */
  return replaced(text, "\\{until\\}", "20758"); /* 2026-11-01 */
}

static gboolean write_queries(const Peers *peers, gboolean is_postgres, GError **error) {
  for (guint q = 0; q < peers->queries->len; q++) {
    g_autofree char *sql = for_engine(((Handwritten *)g_ptr_array_index(peers->queries, q))->sql, is_postgres);
    g_autofree char *text = g_strdup_printf("%s;\n", g_strchomp(sql));
    g_autofree char *name = g_strdup_printf("%02u.sql", q);
    if (!put(peers, name, text, error)) return FALSE;
  }
  return TRUE;
}

static gboolean give(const Peers *peers, GError **error) {
  g_autofree char *tables = bench_read(peers->bench, "peers-tables.sql", error);
  g_autofree char *indexes = tables == NULL ? NULL : bench_read(peers->bench, "peers-indexes.sql", error);
  return indexes != NULL && put(peers, "tables.sql", tables, error) && put(peers, "indexes.sql", indexes, error) &&
         put(peers, "one.sql", ONE "closed_month >= 20393 AND closed_month < 20758", error) && export_all(peers, error);
}

/* --- what they answer --- */

static gboolean verify_answers(const Peers *peers, const char *what, GError **error) {
  guint n_equal = 0, n_kpis = 0;
  for (guint q = 0; q < peers->queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(peers->queries, q);
    g_autofree char *file = g_strdup_printf("%s/%02u.answer", peers->folder, q);
    g_autofree char *quoted = store_quote_text(file);
    g_autoptr(GString) sql = g_string_new("SELECT column0::INTEGER, DATE '1970-01-01' + column1::INTEGER");
    guint n = g_strv_length(query->kpis);
    for (guint k = 0; k < n; k++) g_string_append_printf(sql, ", column%u::DOUBLE", k + 2);
    g_string_append_printf(sql, " FROM read_csv(%s, header = false, all_varchar = true, names = [", quoted);
    for (guint c = 0; c < n + 2; c++) g_string_append_printf(sql, "%s'column%u'", c > 0 ? ", " : "", c);
    g_string_append(sql, "])");
    g_autoptr(StoreRows) rows = store_query(peers->session->store, sql->str, NULL, 0, HANDWRITTEN_MAX_ROWS, error);
    if (rows == NULL) return FALSE;
    for (guint k = 0; k < n; k++, n_kpis++) {
      if (handwritten_verify(peers->expected, query->kpis[k], rows, 2 + k, &n_equal, error)) continue;
      g_prefix_error(error, "%s: ", what);
      return FALSE;
    }
  }
  printf("    %u KPIs agree in all %u values\n", n_kpis, n_equal);
  return TRUE;
}

/* Of each query the median of its rounds, together. */
static double middle_of(const GPtrArray *times) {
  double all = 0;
  for (guint q = 0; q < times->len; q++)
    if (((Timing *)g_ptr_array_index(times, q))->seconds != NULL) all += timing_median(g_ptr_array_index(times, q));
  return all;
}

static void timing_free(gpointer timing) {
  timing_clear(timing);
  g_free(timing);
}

static void tell(const Peers *peers, const char *key, const char *what, double ms, double one_us) {
  g_autofree char *scorecard = g_strdup_printf("peer_%s_ms", key), *one = g_strdup_printf("peer_%s_one_us", key);
  printf("  %-22s the scorecard %9.0f ms, %7.1f times Attain's %.1f ms from cells; one KPI of one person %.0f us\n",
         what, ms, ms / peers->attain_ms, peers->attain_ms, one_us);
  fflush(stdout);
  bench_figure(scorecard, ms, "ms");
  bench_figure(one, one_us, "us");
}

static gboolean read_times(const Peers *peers, const char *key, const char *output, GError **error) {
  g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
  g_autoptr(GPtrArray) times = g_ptr_array_new_with_free_func(timing_free);
  for (guint q = 0; q < peers->queries->len; q++) g_ptr_array_add(times, g_new0(Timing, 1));
  g_autofree char *version = g_strdup(key);
  double load_seconds = 0, size_bytes = 0, one_us = 0;
  for (char **line = lines; *line != NULL; line++) {
    g_auto(GStrv) words = g_strsplit(*line, "\t", 2);
    if (g_strv_length(words) != 2) continue;
    double number = g_ascii_strtod(words[1], NULL);
    guint64 q = 0;
    if (g_str_equal(words[0], "version")) {
      g_free(version);
      version = g_strdup(words[1]);
    } else if (g_str_equal(words[0], "load")) {
      load_seconds = number / 1e3;
    } else if (g_str_equal(words[0], "size")) {
      size_bytes = number;
    } else if (g_str_equal(words[0], "one")) {
      one_us = number;
    } else if (g_ascii_string_to_unsigned(words[0], 10, 0, times->len - 1, &q, NULL)) {
      timing_add(g_ptr_array_index(times, q), number / 1e3);
    }
  }
  if (g_getenv("BENCH_DETAIL") != NULL)
    for (guint q = 0; q < times->len; q++)
      printf("    %-24s %7.0f ms\n", ((Handwritten *)g_ptr_array_index(peers->queries, q))->kpis[0],
             timing_median(g_ptr_array_index(times, q)) * 1e3);
  tell(peers, key, version, middle_of(times) * 1e3, one_us);
  printf("    loaded and indexed in %.0f s, %.1f GB\n", load_seconds, size_bytes / 1e9);
  return verify_answers(peers, version, error);
}

static gboolean ask_program(const Peers *peers, const char *key, GError **error) {
  g_autofree char *beside = g_path_get_dirname(peers->bench->sql_folder);
  g_autofree char *script = g_build_filename(beside, "peers", key, NULL);
  g_autofree char *rounds = g_strdup_printf("%u", peers->bench->rounds);
  char *arguments[] = {script, peers->folder, rounds, NULL};
  g_autofree char *output = NULL;
  int status;
  if (!write_queries(peers, g_str_equal(key, "postgres"), error) ||
      !g_spawn_sync(NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, error))
    return FALSE;
  g_autoptr(GError) failed = NULL;
  if (g_spawn_check_wait_status(status, &failed)) return read_times(peers, key, output, error);
  if (g_error_matches(failed, G_SPAWN_EXIT_ERROR, 3)) {
    printf("  %s: not measured, it is not installed\n", key);
    return TRUE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s: %s", script, failed->message);
  return FALSE;
}

static gboolean ask_duckdb(const Peers *peers, GError **error) {
  g_autoptr(GPtrArray) queries = handwritten_read(peers->bench, peers->session, "scorecard.sql", error);
  if (queries == NULL) return FALSE;
  g_auto(Timing) all = {0}, one = {0};
  for (guint round = 0; round < peers->bench->rounds; round++) {
    double started = seconds_now();
    if (!handwritten_run(peers->session->store, queries, error)) return FALSE;
    timing_add(&all, seconds_now() - started);
  }
  for (guint i = 0; i < 50; i++) {
    double started = seconds_now();
    g_autoptr(StoreRows) rows =
        store_query(peers->session->store,
                    ONE "closed_at_day >= DATE '2025-11-01' AND closed_at_day < DATE '2026-11-01'", NULL, 0, 0, error);
    if (rows == NULL) return FALSE;
    timing_add(&one, seconds_now() - started);
  }
  tell(peers, "duckdb", "DuckDB", timing_median(&all) * 1e3, timing_median(&one) * 1e6);
  return TRUE;
}

/* Attain's answer from kept cells, which all others are held against. */
static gboolean ask_attain(Peers *peers, GError **error) {
  QueryContext context = bench_context(peers->session);
  g_autoptr(QueryLive) live = query_live_new(&context, BENCH_MAX_CELLS, error);
  g_autoptr(GPtrArray) kpis = live == NULL ? NULL : scorecard_kpis(peers->bench, peers->session, error);
  if (kpis == NULL) return FALSE;
  g_auto(Timing) warm = {0};
  for (guint round = 0; round <= peers->bench->rounds; round++) {
    query_result_free(peers->expected);
    query_live_forget_answers(live);
    double started = seconds_now();
    peers->expected = scorecard_ask(live, kpis, NULL, error);
    if (peers->expected == NULL) return FALSE;
    if (round > 0) timing_add(&warm, seconds_now() - started);
  }
  peers->attain_ms = timing_median(&warm) * 1e3;
  return TRUE;
}

gboolean bench_peers(const Bench *bench, GError **error) {
  printf("\nthe same scorecard asked of others\n");
  g_auto(Peers) peers = {.bench = bench, .session = bench_open(bench, error)};
  if (peers.session == NULL || !handwritten_prepare(peers.session->store, 2, error)) return FALSE;
  g_autofree char *workspace = bench_workspace(bench);
  peers.folder = g_build_filename(workspace, "peers", NULL);
  peers.queries = handwritten_read(bench, peers.session, "peers.sql", error);
  if (peers.queries == NULL || g_mkdir_with_parents(peers.folder, 0777) != 0 || !ask_attain(&peers, error))
    return FALSE;
  return ask_duckdb(&peers, error) && give(&peers, error) && ask_program(&peers, "sqlite", error) &&
         ask_program(&peers, "postgres", error);
}
