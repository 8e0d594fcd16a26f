/* One question while it is answered, private to src/query. */
#pragma once

#include "query/evaluate.h"
#include "query/query.h"

#define QUERY_MAX_DIMS 6

/* What the rows of a KPI in a group have in common to say. */
typedef struct {
  guint flags;
  gint64 n_missing;
} QuerySeen;

/* All rows of one member or total: by KPI, then period. Answers that do not differ in it share it. */
typedef struct {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  gint64 ids[QUERY_MAX_DIMS];
  char *names[QUERY_MAX_DIMS];
  guint n_members;
  gboolean is_silent; /* every number is nothing */
  guint n_rows, n_kpis;
  QuerySeen *seen; /* by KPI; after the rows, in one piece with them */
  QueryRow rows[];
} QueryGroup;

/* The groups of one level, in order. */
typedef struct {
  GPtrArray *all;      /* QueryGroup, silent ones included */
  GPtrArray *speaking; /* … without them; not owned */
  GHashTable *by_ids;  /* ids -> QueryGroup, for who asks again; NULL until query_result_index() */
} QueryGroups;

struct QueryResult {
  gint n_holders;  /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  GPtrArray *kpis; /* const KpiDefinition * */
  GPtrArray *dims; /* interned names */
  GArray *periods; /* CalendarPeriod */
  QueryGroups
      levels[QUERY_MAX_DIMS + 1]; /* by the number of dimensions kept: the last are the rows, the others totals */
  guint n_levels;
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
  /* An earlier answer to the same question, of which what has not changed since is taken over; or NULL. */
  const QueryResult *earlier;
  gboolean (*has_changed)(gconstpointer board, guint n_members, const gint64 *ids);
  gconstpointer board;
} QueryRun;

/* What is opened for one question: the context with its credit, and what is known of tables and people. It must not be
 * copied: the context points into it. */
typedef struct {
  QueryContext context;
  ConfOrganisation organisation;
  QueryStat *stat;
  QueryOrg *org;
} QueryScope;
/* `scope` must be zeroed. */
gboolean query_scope_open(QueryScope *scope, const QueryContext *context, gboolean credit_now, GError **error);
void query_scope_clear(QueryScope *scope);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(QueryScope, query_scope_clear)

QueryResult *query_result_new(void);
QueryResult *query_result_hold(QueryResult *result);
QueryGroup *query_group_new(guint n_members, const gint64 *ids, guint n_rows, guint n_kpis);
QueryGroup *query_group_hold(QueryGroup *group);
/* Adds a group to a level, in order; the level takes it over. */
void query_result_add(QueryResult *result, guint n_members, QueryGroup *group);
/* Makes groups findable by their ids. */
void query_result_index(QueryResult *result);
QueryGroup *query_result_group(const QueryResult *result, guint n_members, const gint64 *ids);
/* A note on a finished answer. */
void query_result_note(QueryResult *result, const char *text);
/* Nothing is added to it any more. */
void query_result_finish(QueryResult *result);

/* The steps of a run, in this order: the KPIs and periods asked; with a plan and an evaluator, what their formulas
 * need; once there are cells, the answer. */
gboolean query_run_read(QueryRun *run, GError **error);
void query_run_collect(QueryRun *run);
gboolean query_run_answer(QueryRun *run, GError **error);
/* Whether a formula reads the total of all, so that a group's numbers may change with another's. */
gboolean query_run_reads_whole(const QueryRun *run);
/* Frees its plan and evaluator. */
void query_run_clear(QueryRun *run);
/* What is to be said beside the numbers, once they are there. */
gboolean query_run_notes(QueryRun *run, GError **error);
/* Reps without a record: known people who lead nobody and were with the company in the period. */
gboolean query_run_without(QueryRun *run, GError **error);
