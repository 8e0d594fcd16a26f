/* One question while it is answered, private to src/query. */
#pragma once

#include "query/evaluate.h"
#include "query/query.h"

/* What the rows of a KPI in a group have in common to say. */
typedef struct {
  guint flags;
  gint64 n_missing;
  gboolean says; /* some number is something */
} QuerySeen;

/* A number as it is evaluated, in minor units; it is made a QueryValue when it is read. */
typedef struct {
  double value;
  double first, second; /* a quotient: numerator and denominator; with an interval of its own: low and high */
  gint64 n, n_missing;
  guint16 flags;
  guint8 has_value, has_parts, has_base, has_interval;
} QueryCell;

/* In this order a row has its cells: the number, what it is compared with, that to its end. */
#define QUERY_CELLS 3

/* The cells of groups that were evaluated together: [kpi][period][cell][group]. */
typedef struct {
  gint n_holders; /* atomic; not GLib's reference count, which ThreadSanitizer does not see */
  guint n_groups;
  QueryCell cells[];
} QueryBlock;

/* What is said of one member or total. Answers that do not differ in it share it. */
typedef struct {
  gint n_holders; /* atomic, as above */
  gint64 ids[QUERY_MAX_DIMS];
  char *names[QUERY_MAX_DIMS];
  guint n_members;
  gboolean is_silent; /* every number is nothing */
  QueryBlock *block;  /* its cells are the ones at `at` of each column */
  guint at;
  QueryRow *rows; /* atomic; made of the cells when first read */
  guint n_kpis;
  QuerySeen seen[]; /* by KPI */
} QueryGroup;

/* How the cells of a KPI in a period are read. */
typedef struct {
  double divisor, numerator_divisor, denominator_divisor; /* of minor units */
} QueryScale;
typedef struct {
  QueryScale scales[QUERY_CELLS];
  guint n_cells;
  CalendarPeriod compared_period;
} QueryColumn;

/* The groups of one level, in order. */
typedef struct {
  GPtrArray *all;      /* QueryGroup, silent ones included */
  GPtrArray *speaking; /* … without them; not owned */
} QueryGroups;

/* What an answer is of, and how its cells are read, whatever is in them: all answers to one question share it. */
typedef struct {
  gint n_holders;       /* atomic, as above */
  GPtrArray *kpis;      /* const KpiDefinition * */
  GPtrArray *dims;      /* interned names */
  GArray *periods;      /* CalendarPeriod */
  QueryColumn *columns; /* [kpi][period] */
  guint n_cells;        /* of a row */
} QueryShape;

struct QueryResult {
  gint n_holders;    /* atomic, as above */
  QueryShape *shape; /* whose parts the next are; filled while the question is read and bound */
  GPtrArray *kpis;
  GPtrArray *dims;
  GArray *periods;
  QueryColumn *columns;
  guint n_cells;
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
  const EvalFormula *formula;
  guint flags; /* QueryFlag: what holds for all members */
} Asked;

/* What a row tells of a KPI in a period. */
typedef struct {
  Asked cells[QUERY_CELLS];
  guint n_cells;
  gboolean by_group; /* some formula is evaluated for one group after another */
} RowAsked;

typedef struct {
  const QueryContext *context;
  const QueryRequest *request;
  const QuerySight *sight; /* the reader's; NULL: everything */
  const BaseStop *stop;    /* the reader's; or NULL */
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
/* Another answer to a question that has been read and bound. */
QueryResult *query_result_new_of(QueryShape *shape);
QueryResult *query_result_hold(QueryResult *result);
QueryShape *query_shape_hold(QueryShape *shape);
void query_shape_free(QueryShape *shape);
QueryGroup *query_group_new(const QueryResult *result, guint n_members, const gint64 *ids);
/* A place for the cells of new groups. */
QueryBlock *query_block_new(const QueryResult *result, QueryGroup *const *groups, guint n);
QueryGroup *query_group_hold(QueryGroup *group);
/* Adds a group to a level, in order; the level takes it over. */
void query_result_add(QueryResult *result, guint n_members, QueryGroup *group);
/* Whether a row has anything of its own in the period itself. */
gboolean query_result_says_of_itself(const QueryResult *result);
/* A note on a finished answer. */
void query_result_note(QueryResult *result, const char *text);
/* Nothing is added to it any more. */
void query_result_finish(QueryResult *result);

/* Evaluates all cells of new groups, whose numbers in the level are given; of a run that is stopped some are left. */
void query_run_fill(const QueryRun *run, const EvalLevel *level, const guint *numbers, QueryGroup *const *groups,
                    guint n);

/* The steps of a run, in this order: the KPIs and periods asked; with a plan and an evaluator, what their formulas
 * need; once there are cells, the answer. */
gboolean query_run_read(QueryRun *run, GError **error);
void query_run_collect(QueryRun *run);
/* Binds the formulas; the plan has to say where their cells lie. */
void query_run_bind(QueryRun *run);
/* Binds what is not bound yet. Errors: LIMIT; G_IO_ERROR_CANCELLED of a run that was stopped. */
gboolean query_run_answer(QueryRun *run, GError **error);
/* Whether a formula reads the total of all, so that a group's numbers may change with another's; or only, whether one
 * does so inside each(). */
gboolean query_run_reads_whole(const QueryRun *run, gboolean inside_each);
/* Frees its plan and evaluator. */
void query_run_clear(QueryRun *run);
/* What is to be said beside the numbers, once they are there. */
gboolean query_run_notes(QueryRun *run, GError **error);
/* Reps without a record: known people who lead nobody and were with the company in the period. */
gboolean query_run_without(QueryRun *run, GError **error);
