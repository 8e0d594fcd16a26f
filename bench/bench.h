/* The benchmarks: each holds Attain against what an expert would write by hand, on the same machine and file,
 * alternating in one run.
 *
 *   bench/run ─► bench FOLDER SQL_FOLDER ATTAIN ─► make (5 million deals, once) ─► questions, loading, definitions,
 * start-up ─► a table
 *
 * Numbers that differ between Attain and the hand-written SQL end the run: a fast wrong answer is no answer. */
#pragma once

#include "app/session.h"
#include "query/query.h"

typedef struct {
  const char *folder;     /* where the data lies */
  const char *sql_folder; /* bench/sql */
  const char *program;    /* attain */
  const char *self;       /* this program, for what is measured as a process */
  gint64 deals;
  guint rounds;
} Bench;

/* --- timing --- */
typedef struct {
  GArray *seconds; /* double */
} Timing;
void timing_init(Timing *timing);
void timing_clear(Timing *timing);
void timing_add(Timing *timing, double seconds);
double timing_least(const Timing *timing);
double timing_median(const Timing *timing);
double seconds_now(void);

typedef struct {
  double seconds;
  double peak_mb;
} Process;
/* Runs a program to its end, its output thrown away. Errors: it could not be run or failed. */
gboolean process_run(const char *const *arguments, Process *used, GError **error);

/* --- parts --- */
/* The workspace with its data, made when it is not there or was made with another number of deals. */
gboolean bench_make(const Bench *bench, GError **error);
char *bench_workspace(const Bench *bench);
char *bench_read(const Bench *bench, const char *file, GError **error);
Session *bench_open(const Bench *bench, GError **error);

gboolean bench_questions(const Bench *bench, GError **error);
/* Only Attain's answer, once, to the KPIs that `file` has queries for, or to all (file NULL): for its peak memory, and
 * for a profiler. */
gboolean bench_ask_once(const Bench *bench, const char *file, GError **error);
/* Only the hand-written queries of a file, once, each with its time. */
gboolean bench_sql_once(const Bench *bench, const char *file, GError **error);
/* The KPIs of a file of queries, or all that have data (NULL). */
GPtrArray *bench_kpis(const Bench *bench, Session *session, const char *file, GError **error);
gboolean bench_live(const Bench *bench, const char *file, GError **error);
gboolean bench_loading(const Bench *bench, GError **error);
gboolean bench_definitions(const Bench *bench, GError **error);
gboolean bench_start(const Bench *bench, GError **error);

/* One line of the table of results: a ratio against a target, where `at_least` says which side is good. */
void bench_ratio(const char *what, double ratio, double target, gboolean at_least);
