/* The program: its modes, its clock, its table of results and their figures. */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static guint n_missed;
static FILE *figures;

void timing_clear(Timing *timing) {
  if (timing->seconds != NULL) g_array_unref(timing->seconds);
  timing->seconds = NULL;
}
void timing_add(Timing *timing, double seconds) {
  if (timing->seconds == NULL) timing->seconds = g_array_new(FALSE, FALSE, sizeof(double));
  g_array_append_val(timing->seconds, seconds);
}
double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static gint compare_doubles(gconstpointer a, gconstpointer b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double timing_least(const Timing *timing) {
  double least = g_array_index(timing->seconds, double, 0);
  for (guint i = 1; i < timing->seconds->len; i++) least = MIN(least, g_array_index(timing->seconds, double, i));
  return least;
}

double timing_median(const Timing *timing) {
  g_autoptr(GArray) sorted = g_array_copy(timing->seconds);
  g_array_sort(sorted, compare_doubles);
  guint n = sorted->len;
  return (g_array_index(sorted, double, (n - 1) / 2) + g_array_index(sorted, double, n / 2)) / 2;
}

double timing_quantile(const Timing *timing, double share) {
  g_autoptr(GArray) sorted = g_array_copy(timing->seconds);
  g_array_sort(sorted, compare_doubles);
  return g_array_index(sorted, double, MIN((guint)(share * sorted->len), sorted->len - 1));
}

static double cpu_seconds_now(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void cost_begin(Cost *cost) {
  cost->cpu_started = cpu_seconds_now();
  cost->wall_started = seconds_now();
}
void cost_end(Cost *cost) {
  timing_add(&cost->wall, seconds_now() - cost->wall_started);
  timing_add(&cost->cpu, cpu_seconds_now() - cost->cpu_started);
}
void cost_clear(Cost *cost) {
  timing_clear(&cost->wall);
  timing_clear(&cost->cpu);
}

/* --- what is found --- */

static void figures_open(const Bench *bench) {
  const char *path = g_getenv("BENCH_FIGURES");
  if (path == NULL || *path == '\0') return;
  figures = fopen(path, "a");
  if (figures == NULL) return;
  fprintf(figures, "{\"deals\": %" G_GINT64_FORMAT ", \"people\": %" G_GINT64_FORMAT ", \"rounds\": %u}\n",
          bench->deals, bench->people, bench->rounds);
}

void bench_figure(const char *name, double value, const char *unit) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  if (figures == NULL) return;
  fprintf(figures, "{\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\"}\n", name,
          g_ascii_formatd(digits, sizeof digits, "%.6g", value), unit);
  fflush(figures);
}

void bench_ratio(const char *name, const char *what, double ratio, double target, gboolean at_least) {
  gboolean met = at_least ? ratio >= target : ratio <= target;
  if (!met) n_missed++;
  printf("  %-58s %9.2f   %s %g: %s\n", what, ratio, at_least ? "at least" : "at most", target, met ? "met" : "MISSED");
  fflush(stdout);
  if (name != NULL) bench_figure(name, ratio, "ratio");
}

static void silence_output(void) {
  int null = open("/dev/null", O_WRONLY);
  if (null < 0) return;
  dup2(null, STDOUT_FILENO);
  close(null);
}

/* `bench process PROGRAM ARGUMENT…`: runs it and prints its seconds and peak memory. A process of its own, for the peak
 * of a forked child counts what its parent had. */
static int measure_process(char **arguments) {
  double started = seconds_now();
  pid_t child = fork();
  if (child == 0) {
    silence_output();
    execv(arguments[0], arguments);
    _exit(127);
  }
  int status;
  struct rusage usage;
  while (child > 0 && wait4(child, &status, 0, &usage) < 0)
    if (errno != EINTR) child = -1;
  if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return 1;
  printf("%.6f %ld\n", seconds_now() - started, usage.ru_maxrss);
  return 0;
}

gboolean process_run(const char *const *arguments, Process *used, GError **error) {
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  g_ptr_array_add(all, (gpointer) "/proc/self/exe");
  g_ptr_array_add(all, (gpointer) "process");
  for (const char *const *argument = arguments; *argument != NULL; argument++)
    g_ptr_array_add(all, (gpointer)*argument);
  g_ptr_array_add(all, NULL);
  g_autofree char *output = NULL;
  int status;
  fflush(stdout);
  if (!g_spawn_sync(NULL, (char **)all->pdata, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &output, NULL, &status,
                    error))
    return FALSE;
  if (!g_spawn_check_wait_status(status, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s %s failed", arguments[0], arguments[1]);
    return FALSE;
  }
  char *rest;
  used->seconds = g_ascii_strtod(output, &rest);
  used->peak_mb = g_ascii_strtod(rest, NULL) / 1024;
  return TRUE;
}

static gint64 number_from(const char *name, gint64 otherwise) {
  const char *text = g_getenv(name);
  return text != NULL && *text != '\0' ? g_ascii_strtoll(text, NULL, 10) : otherwise;
}

/* What DuckDB does by itself, as a process of its own: `bench read-csv CSV DATABASE`. */
static gboolean read_csv(const char *csv, const char *database, GError **error) {
  g_autoptr(Store) store = store_open(database, NULL, STORE_CREATE, 0, error);
  g_autofree char *quoted = store_quote_text(csv);
  g_autofree char *sql = g_strdup_printf("CREATE TABLE deals AS SELECT * FROM read_csv(%s)", quoted);
  return store != NULL && store_run(store, sql, NULL, 0, NULL, error);
}

static gboolean all(const Bench *bench, GError **error) {
  if (!bench_make(bench, error)) return FALSE;
  return bench_questions(bench, error) && bench_loading(bench, error) && bench_definitions(bench, error) &&
         bench_start(bench, error) && bench_live(bench, error) && bench_pace(bench, error) &&
         bench_writes(bench, error) && bench_peers(bench, error);
}

static gboolean run(int argc, char **argv, GError **error) {
  if (argc == 4 && g_str_equal(argv[1], "read-csv")) return read_csv(argv[2], argv[3], error);
  if (argc > 2 && g_str_equal(argv[1], "calibration")) return bench_calibration((const char *const *)argv + 2, error);
  Bench bench = {.folder = argv[1], .sql_folder = argv[2], .program = argv[3], .self = argv[0]};
  bench.deals = MAX(number_from("BENCH_DEALS", 5000000), 1000);
  bench.people = MAX(number_from("BENCH_PEOPLE", BENCH_PEOPLE), 20);
  bench.rounds = (guint)MAX(number_from("BENCH_ROUNDS", 5), 1);
  bench.seconds = (guint)MAX(number_from("BENCH_SECONDS", 60), 1);
  figures_open(&bench);
  const char *only = argc > 4 ? argv[4] : "all";
  if (g_str_equal(only, "make")) return bench_make(&bench, error);
  if (g_str_equal(only, "ask")) return bench_ask_once(&bench, argc > 5 ? argv[5] : NULL, error);
  if (g_str_equal(only, "sql")) return bench_sql_once(&bench, argc > 5 ? argv[5] : "kpis.sql", error);
  if (g_str_equal(only, "cells-once"))
    return bench_cells_once(&bench, argc > 5 ? argv[5] : "kpis.sql", argc > 6 ? g_ascii_strtod(argv[6], NULL) : 0,
                            error);
  if (g_str_equal(only, "live-once"))
    return bench_live_once(&bench, argc > 5 ? g_ascii_strtod(argv[5], NULL) : 0, error);
  if (g_str_equal(only, "live")) return bench_make(&bench, error) && bench_live(&bench, error);
  if (g_str_equal(only, "pace")) return bench_make(&bench, error) && bench_pace(&bench, error);
  if (g_str_equal(only, "peers")) return bench_make(&bench, error) && bench_peers(&bench, error);
  if (g_str_equal(only, "writes")) return bench_make(&bench, error) && bench_writes(&bench, error);
  if (g_str_equal(only, "questions")) return bench_make(&bench, error) && bench_questions(&bench, error);
  if (g_str_equal(only, "loading")) return bench_make(&bench, error) && bench_loading(&bench, error);
  if (g_str_equal(only, "definitions")) return bench_definitions(&bench, error);
  if (g_str_equal(only, "start")) return bench_start(&bench, error);
  return all(&bench, error);
}

int main(int argc, char **argv) {
  setlocale(LC_ALL, "");
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc >= 3 && g_str_equal(argv[1], "process")) return measure_process(argv + 2);
  if (argc < 4) {
    fprintf(stderr,
            "usage: bench FOLDER SQL_FOLDER ATTAIN "
            "[make|questions|ask|sql|loading|definitions|start|cells-once|live|live-once|pace|writes|peers]\n"
            "       bench calibration WORKSPACE…\n");
    return 2;
  }
  g_autoptr(GError) error = NULL;
  if (!run(argc, argv, &error)) {
    fprintf(stderr, "bench: %s\n", error->message);
    return 1;
  }
  if (n_missed > 0) printf("\n%u of the targets were missed\n", n_missed);
  return 0;
}
