/* The evaluator's own structures, private to src/query/{levels,measures,evaluate}.c. */
#pragma once

#include "query/entities.h"
#include "query/evaluate.h"

typedef struct {
  CubeTable *cells; /* owned when rolled up */
  gboolean owned;
  gboolean possible; /* the fact can be grouped so */
  gint32 *group_of;  /* plain tables: level group -> table group, or -1 */
} LevelTable;

struct EvalLevel {
  guint n_keep;
  LevelTable *tables;   /* by PlanTable */
  CubeTable *groups;    /* no columns: the union of the tables' tuples */
  GHashTable *entities; /* LedgerTable -> EntityIndex */
};

struct Evaluator {
  QueryPlan *plan;
  GPtrArray *levels;
  double money_unit;
  gboolean keeps_reads;
  GArray *reads;      /* EvalRead */
  GHashTable *moved;  /* Moved: each window is moved once, not for each entity */
  BaseDay *first_day; /* by PlanTable; BASE_DAY_NONE = nothing loaded */
};

typedef struct {
  const KpiExpr *operator;
  Window from;
  Window to;
} Moved;

/* Where in the formula we stand: nothing yet read while collecting. */
typedef struct {
  gboolean collecting;
  gboolean of_nothing; /* what the formula says where there are no records */
  guint64 *bits;       /* not NULL: only note which cells of an entity are read */
  EvalLevel *level;
  guint group;
  const KpiDefinition *kpi; /* the one whose formula this is */
  const LedgerTable *entity;
  gint64 id; /* of the entity */
} Place;

static const Value nothing = {.has = FALSE, .n = 0};

/* The first `n_keep` members of a tuple. */
void eval_tuple_head(const gint64 *members, guint n_keep, gint64 *head);
/* A measure over a window: collected, or read from the cells of the place. */
Value eval_measure(Evaluator *evaluator, const Place *place, const KpiMeasure *measure, const Window *window);
