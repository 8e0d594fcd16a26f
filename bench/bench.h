/* The benchmarks: each holds Attain against what an expert would write by hand, on the same machine and file,
 * alternating in one run.
 *
 *   bench/run ─► bench FOLDER SQL_FOLDER ATTAIN ─► make (5 million deals, once) ─► questions, loading, … ─► a table,
 *                                                                                  and figures as lines of JSON
 *                                                                                  ─► bench/picture.py
 *
 * Numbers that differ between Attain and the hand-written SQL end the run: a fast wrong answer is no answer. */
#pragma once

#include "query/live.h"
#include "query/query.h"
#include "session/session.h"

#define BENCH_PEOPLE    500
#define BENCH_NOW       "2026-11-21"
#define BENCH_PERIOD    "2025-11..2026-10"
#define BENCH_MAX_CELLS ((gsize)12 << 30)

typedef struct {
  const char *folder;     /* where the data lies */
  const char *sql_folder; /* bench/sql */
  const char *program;    /* attain */
  const char *self;       /* this program, for what is measured as a process */
  gint64 deals;
  gint64 people;
  guint rounds;
  guint seconds; /* for which writes are held */
} Bench;

/* --- timing --- */
typedef struct {
  GArray *seconds; /* double */
} Timing;
void timing_clear(Timing *timing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Timing, timing_clear)
void timing_add(Timing *timing, double seconds); /* into a new or a zeroed one */
double timing_least(const Timing *timing);
double timing_median(const Timing *timing);
double timing_quantile(const Timing *timing, double share);
double seconds_now(void);

/* Wall time and CPU seconds of this process with all its threads, of the same rounds: on a machine that others use, the
 * second says more. Begins as zeros. */
typedef struct {
  Timing wall, cpu;
  double wall_started, cpu_started;
} Cost;
void cost_begin(Cost *cost);
void cost_end(Cost *cost);
void cost_clear(Cost *cost);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cost, cost_clear)

typedef struct {
  double seconds;
  double peak_mb;
} Process;
/* Runs a program to its end, its output thrown away. Errors: it could not be run or failed. */
gboolean process_run(const char *const *arguments, Process *used, GError **error);

/* --- what is found --- */
/* A number for the figures (BENCH_FIGURES), beside what is printed for people. */
void bench_figure(const char *name, double value, const char *unit);
/* One line of the table of results: a ratio against a target, where `at_least` says which side is good. `name`: in the
 * figures, or NULL. */
void bench_ratio(const char *name, const char *what, double ratio, double target, gboolean at_least);

/* --- queries written by hand --- */
#define HANDWRITTEN_MAX_ROWS 10000000

/* A query and the KPIs that it answers, in the order of its columns after rep and month. */
typedef struct {
  char **kpis;
  char *sql;
} Handwritten;
/* A file of queries: a line `-- name …` of known KPIs begins each. */
GPtrArray *handwritten_read(const Bench *bench, Session *session, const char *file, GError **error);
/* Makes the macros inside(day) and month_of(day) and the table months, of the years up to 2026-10. */
gboolean handwritten_prepare(Store *store, guint n_years, GError **error);
/* Their KPIs' names, which the queries own, and NULL. */
GPtrArray *handwritten_kpis(const GPtrArray *queries);
/* Every number of one KPI, and of the year before where the answer compares, in both directions. */
gboolean handwritten_verify(const QueryResult *result, const char *kpi, const StoreRows *rows, guint column,
                            guint *n_equal, GError **error);
/* Asks them all, one after the other. */
gboolean handwritten_run(Store *store, const GPtrArray *queries, GError **error);

/* --- parts --- */
/* The workspace with its data, made when it is not there. */
gboolean bench_make(const Bench *bench, GError **error);
char *bench_workspace(const Bench *bench);
char *bench_read(const Bench *bench, const char *file, GError **error);
Session *bench_open(const Bench *bench, GError **error);
QueryContext bench_context(const Session *session);

gboolean bench_questions(const Bench *bench, GError **error);
/* Only Attain's answer, once, to the KPIs that `file` has queries for, or to all (file NULL): for its peak memory, and
 * for a profiler. */
gboolean bench_ask_once(const Bench *bench, const char *file, GError **error);
/* The same from cells that are kept, asked again and again for some seconds. */
gboolean bench_cells_once(const Bench *bench, const char *file, double seconds, GError **error);
/* Only the hand-written queries of a file, once, each with its time. */
gboolean bench_sql_once(const Bench *bench, const char *file, GError **error);
gboolean bench_loading(const Bench *bench, GError **error);
gboolean bench_definitions(const Bench *bench, GError **error);
gboolean bench_start(const Bench *bench, GError **error);

/* --- answers from kept cells --- */
/* The KPIs of the scorecard, interned, and NULL. */
GPtrArray *scorecard_kpis(const Bench *bench, Session *session, GError **error);
/* The scorecard by rep by month with the year before, or (person not NULL) of one. */
QueryResult *scorecard_ask(QueryLive *live, const GPtrArray *kpis, const char *person, GError **error);
gint64 scorecard_n_values(const QueryResult *result);
gboolean bench_live(const Bench *bench, GError **error);
/* Asks the scorecard once and then again and again for some seconds: its peak memory, and for a profiler. */
gboolean bench_live_once(const Bench *bench, double seconds, GError **error);
gboolean bench_writes(const Bench *bench, GError **error);
/* The pace of 500 people × 12 KPIs. */
gboolean bench_pace(const Bench *bench, GError **error);
/* Reliability of chances over simulated companies: folders of workspaces, and NULL. */
gboolean bench_calibration(const char *const *folders, GError **error);
gboolean bench_peers(const Bench *bench, GError **error);
