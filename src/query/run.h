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
};

/* A KPI over one window. */
typedef struct {
  const KpiDefinition *kpi;
  Window window;
  const EvalFormula *formula; /* NULL: not asked */
  gboolean changed;           /* two definitions of one KPI are in it, or in what it is compared with */
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
/* What is to be said beside the numbers, once they are there. */
gboolean query_run_notes(QueryRun *run, GError **error);
/* Reps without a record: known people who lead nobody and were with the company in the period. */
gboolean query_run_without(QueryRun *run, GError **error);
