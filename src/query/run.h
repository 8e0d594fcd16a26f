/* One question while it is answered, private to src/query. */
#pragma once

#include "query/evaluate.h"
#include "query/query.h"

#define QUERY_MAX_DIMS 6

struct QueryResult {
  GPtrArray *kpis; /* const KpiDefinition * */
  GPtrArray *dims; /* interned names */
  GArray *periods; /* CalendarPeriod */
  GArray *rows;    /* QueryRow; member names interned in `names` */
  GArray *totals;
  GStringChunk *names;
  GPtrArray *notes;
  GPtrArray *without;
  GPtrArray *sql;
  PlanTimings timings;
  QueryLoad load; /* the last that is in it; number -1 = not told */
  gboolean from_cells;
  gint64 now_us;
};

/* A KPI over one window. */
typedef struct {
  const KpiDefinition *kpi;
  Window window;
  const EvalFormula *formula; /* NULL: not asked */
  gboolean changed;           /* two definitions of one KPI are in it, or in what it is compared with */
  double divisor, numerator_divisor, denominator_divisor; /* of minor units */
} Asked;

/* What a row tells of a KPI in a period. */
typedef struct {
  Asked value, compared, whole; /* `whole`: the compared period to its end */
} RowAsked;

typedef struct {
  const QueryContext *context;
  const QueryRequest *request;
  QueryResult *result;
  CalendarPeriod asked;
  QueryOrg *org;
  Dim dims[QUERY_MAX_DIMS];
  guint n_dims;
  QueryWhere *where;
  QueryPlan *plan;
  Evaluator *evaluator;
  RowAsked *asked_of; /* [kpi][period] */
} QueryRun;

QueryResult *query_result_new(void);
/* A note on a finished answer. */
void query_result_note(QueryResult *result, const char *text);
/* Nothing is added to it any more. */
void query_result_finish(QueryResult *result);

/* The steps of a run, in this order: the KPIs and periods asked; with a plan and an evaluator, what their formulas
 * need; once there are cells, the answer. */
gboolean query_run_read(QueryRun *run, GError **error);
void query_run_collect(QueryRun *run);
gboolean query_run_answer(QueryRun *run, GError **error);
/* Frees its plan and evaluator. */
void query_run_clear(QueryRun *run);
/* What is to be said beside the numbers, once they are there. */
gboolean query_run_notes(QueryRun *run, GError **error);
/* Reps without a record: known people who lead nobody and were with the company in the period. */
gboolean query_run_without(QueryRun *run, GError **error);
