/* A board from inside, private to src/query/{board,board_follow,board_read}.c. */
#pragma once

#include "query/board.h"
#include "query/evaluate_private.h"

/* The cells of one table of a generation, by the number of dimensions kept. */
typedef struct {
  const PlanTable *layout;
  CubeTable *levels[BOARD_MAX_DIMS + 1];
  CubeTable *changed[BOARD_MAX_DIMS + 1]; /* by entity: which groups of a level changed when, whatever the entity */
} SideTable;

/* What readers see. Nothing that it points to is changed while they do. */
typedef struct {
  GPtrArray *tables;    /* SideTable, of all generations in order */
  GHashTable *uses;     /* PlanUse, by measure and entity -> number of its table + 1 */
  DimMembers **members; /* NULL until there are cells */
  QueryOrg *org;
  Evaluator *base; /* has the levels of its tables, which questions borrow */
  QueryPlan *base_plan;
  guint64 grouping; /* of the tables when the levels were made */
  BoardLayout *layout;
  gint64 building; /* the number of the scan that its cells were last made by */
} Side;

/* What a table's cells lose or gain. */
typedef struct {
  CubeTable *cells, *shared[QUERY_MAX_DIMS]; /* as in PlanTable */
} Log;

struct Board {
  ConfOrganisation organisation;
  QuerySight *sight;    /* held; NULL: everything */
  QueryContext context; /* for the org, the conditions and the members, whenever they read the store */
  BaseDay rates_of;
  Dim dims[BOARD_MAX_DIMS];
  guint n_dims;
  QueryOrg *org, *org_before;    /* `org_before`: until it is settled, for readers of the other side */
  QueryOrgDifference *elsewhere; /* of the two, while a change is followed */
  QueryWhere *where;
  DimMembers **members;
  GArray *days;           /* BaseDay: every day there are cells for */
  GPtrArray *generations; /* QueryPlan */
  GPtrArray *retired;     /* … that were put together in one */
  GArray *gone, *come;    /* Log, of all tables in order, until settled */
  Side sides[2];
};

/* What the board reads from here on. */
void board_use_context(Board *board, const QueryContext *context);
/* After a side's cells changed: the names of their members, their levels, their layout. */
void board_refresh(Board *board, guint side);
/* The use of a side's cells that is the same measure's, and which table it is of; or NULL. */
const PlanUse *board_kept_use(const Board *board, guint side, const PlanUse *use, guint *table);
/* Whether what is kept has all that is asked. */
gboolean board_has_all(const PlanUse *kept, const PlanUse *asked);
/* A plan whose tables are a side's. */
QueryPlan *board_plan_of(const Board *board, guint side, const QueryContext *context);
void board_lay_out(Board *board, guint side);
