/* A question's plan: which measures are needed over which spans of days, which facts are scanned for them, and the
 * cells they fill.
 *
 *   formulas × windows ──collect──► uses (measure, each-entity) + boundaries + frames
 *                                        │ grouped by fact
 *                                        ▼
 *                     one scan per fact ──► CubeTables (one per fact and each-entity) ──► levels (roll-ups) ──► values
 */
#pragma once

#include "cube/cells.h"
#include "query/customers.h"
#include "query/dims.h"
#include "query/org_differ.h"
#include "query/where.h"

#define QUERY_MAX_DIMS 6

/* A level among rows that fall due in a period, or anything that must be kept for one instant. */
typedef struct {
  BaseDay at;        /* state at the start of this day */
  BaseDay due_start; /* the period, for `due` and `past` */
  BaseDay due_end;
} PlanFrame;

/* One measure, plain or under each(entity). */
typedef struct {
  const KpiMeasure *measure;
  const LedgerTable *entity; /* or NULL */
  guint table;               /* index of its PlanTable */
  guint column;              /* in that CubeTable */
  gint missing_column;       /* amounts without a rate, or -1 */
  gint ended_column;         /* of what is spread over days: how many records' last day is in a slot; or -1 */
  gint currency_column; /* levels of money: the first of one column for each foreign currency, in its own minor units,
                           converted when read at the rate of the day asked; or -1 */
  gboolean framed;
  gboolean averaged;     /* average(level) is asked */
  BaseDay first, last;   /* flows: only days in [first, last) are asked; levels: only states at days in [first, last] */
  GArray *frames;        /* PlanFrame, sorted once planned */
  GHashTable *frame_set; /* while collecting */
  GHashTable *ids;       /* DISTINCT, CLV of fact keys: key -> small id; the same in all scans for this use */
  StoreDictionary *texts; /* DISTINCT, CLV of texts in kept cells: a text's code is its id; shared by uses */
  gint64 scale; /* stored value = value * scale: 1 for money and counts, 86,400,000 for days, else 1,000,000 */
} PlanUse;

/* The cells of one fact, plain or under each(entity). */
typedef struct {
  const LedgerTable *fact;
  const LedgerTable *entity;
  GPtrArray *uses;    /* PlanUse, by column order; not owned */
  gboolean *possible; /* by dimension: whether the fact can answer it */
  gboolean is_hidden; /* the reader sees none of its records */
  CubeTable *cells;
  CubeTable *shared[QUERY_MAX_DIMS]; /* where credit is shared: the cells of the first so many dimensions, which do not
                                        follow from `cells`, for a row counts once in each group; NULL: they do */
  gboolean is_scanned, by_day;       /* kept cells: how rows were counted, one by one or as columns */
  CubeTable *const *levels;          /* of a view: kept cells, by the number of dimensions kept; not owned */
} PlanTable;

/* Which rows a scan reads of: those that came, went or changed (src/query/changes.h), and of which of two ledgers. */
typedef struct QueryChanges QueryChanges;
typedef enum { CHANGES_BEFORE, CHANGES_AFTER } ChangesSide;

typedef struct {
  double plan_ms, scan_ms, evaluate_ms;
  gint64 rows_scanned;
} PlanTimings;

typedef struct {
  const QueryContext *context;
  QueryOrg *org;
  const Dim *dims;
  guint n_dims;
  const QueryWhere *where;
  DimMembers **members;  /* by dimension */
  GPtrArray *uses;       /* PlanUse */
  GHashTable *use_index; /* measure and entity -> PlanUse */
  GPtrArray *tables;     /* PlanTable */
  gboolean
      keeps_all; /* some each() says something of entities without records in the days asked: all records are read */
  GHashTable *boundary_set;
  GArray *boundaries; /* BaseDay, ascending, once planned */
  guint n_figures;    /* asked of each group: KPIs times periods; more groups than the cap allows are refused while they
                         are counted */
  GPtrArray *sql;     /* the scans' texts, for explain */
  BaseDay rates_of;   /* constant currency: all amounts at this day's rates; BASE_DAY_NONE = each at its own day's */
  QueryCustomers *customers;
  PlanTimings timings;
  gboolean counts_otherwise;   /* kept cells: rows had to be counted in another way than those that are in them */
  gboolean is_kept;            /* cells by day that stay: every row is read */
  gboolean is_view;            /* tables and members are another's */
  const QueryChanges *changes; /* scans read only what has to do with these; or NULL */
  ChangesSide changes_side;
  const QueryOrgDifference *elsewhere; /* and with those whose records are credited otherwise; or NULL */
} QueryPlan;

QueryPlan *query_plan_new(const QueryContext *context, QueryOrg *org, const Dim *dims, guint n_dims,
                          const QueryWhere *where, GError **error);
/* A plan that reads kept cells: tables, boundaries and where its uses lie are filled in by src/query/board.c. `members`
 * stay the caller's. */
QueryPlan *query_plan_view(const QueryContext *context, QueryOrg *org, const Dim *dims, guint n_dims,
                           const QueryWhere *where, DimMembers **members);
void query_plan_free(QueryPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryPlan, query_plan_free)

/* --- collecting --- */
PlanUse *query_plan_use(QueryPlan *plan, const KpiMeasure *measure, const LedgerTable *entity);
void query_plan_boundary(QueryPlan *plan, BaseDay day);
void query_plan_frame(PlanUse *use, PlanFrame frame);
/* Widens the days asked of a use. */
void query_plan_span(PlanUse *use, BaseDay first, BaseDay last);

guint query_use_hash(gconstpointer use);
gboolean query_use_equal(gconstpointer a, gconstpointer b);
/* Whether the first so many dimensions have people in them. */
gboolean query_plan_keeps_people(const QueryPlan *plan, guint n_keep);
/* Whether a table's rows are credited to several people who are kept apart only by later dimensions: then the cells of
 * the first so many are counted by themselves. */
gboolean query_plan_counts_level(const QueryPlan *plan, const PlanTable *table, guint n_keep);
/* Lays out tables and columns; the plan is then fixed. Errors: a fact that lacks what `each` or `where` asks of it. */
gboolean query_plan_fix(QueryPlan *plan, GError **error);
/* Slots: of a boundary day, the number of the slot that begins there. */
guint query_plan_slot(const QueryPlan *plan, BaseDay day);
guint query_plan_n_slots(const QueryPlan *plan);
/* The index of a frame. */
guint query_plan_frame_index(const PlanUse *use, PlanFrame frame);

/* --- scanning: src/query/scan.c --- */
/* Reads every fact of the plan once and fills its tables. Errors: BASE_ERROR_LIMIT for too many groups, by the cap's
 * name. */
gboolean query_plan_scan(QueryPlan *plan, GError **error);
