/* The evaluator's own structures, private to src/query/{bind,binding,board,each,evaluate,levels,measures}.c. */
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
  guint index;          /* in Evaluator.levels */
  LevelTable *tables;   /* by PlanTable */
  CubeTable *groups;    /* no columns: the union of the tables' tuples */
  GHashTable *entities; /* LedgerTable -> EntityIndex */

  /* Chosen from another's groups (src/query/limit.h); or NULL. */
  const EvalLevel *of;
  const struct BoardLimit *limit;
  GArray *chosen; /* gint32 by group: which of the other's; -1: none */
};

/* A measure over one window: which cells are read. */
typedef struct {
  const PlanUse *use;
  Window window;
  guint from, to; /* slots, or one frame */
} BoundRead;

typedef struct Bound Bound;
typedef struct EachFamily EachFamily;

typedef struct {
  const Bound *bound;
  double beside; /* what a bare number is multiplied by where it stands beside money; else 1 */
} BoundArg;

/* A formula's part, bound to a window: the operators that move windows are gone, a KPI is its formula in force. */
struct Bound {
  KpiOp op;
  guint n_args;
  Value number;       /* NUMBER: a literal, or what a measure is of nothing */
  guint flags;        /* KPI: what its formula adds */
  gboolean per_count; /* DIV: n is the number divided by */
  BoundRead read;     /* MEASURE */
  EachFamily *family; /* EACH */
  guint at;           /* EACH: which of the family's windows */
  BoundArg args[];
};

struct EvalFormula {
  const Bound *bound;
  const KpiExpr *quotient; /* the division it comes to; or NULL */
  gboolean by_group;
};

struct Evaluator {
  QueryPlan *plan;
  GPtrArray *levels;
  double money_unit;
  gboolean keeps_reads;
  GArray *reads;        /* EvalRead */
  GPtrArray *bounds;    /* Bound, and once sealed EvalFormula: to be freed */
  GHashTable *bound_of; /* BoundKey -> Bound, outside each() */
  GHashTable *formulas; /* BoundKey -> EvalFormula, until sealed */
  GHashTable *families; /* each() expression -> EachFamily */
  BaseDay *first_day;   /* by PlanTable; BASE_DAY_NONE = nothing loaded */
};

/* Where a formula is read: a group of a level, and inside each() one of its entities. */
typedef struct {
  const EvalLevel *level;
  guint group;
  const EntityItem *items; /* the cells of one entity; of nobody: n_items = 0 */
  guint n_items;
} Place;

static const Value nothing = {.has = FALSE, .n = 0};

guint eval_key_hash(gconstpointer key);
gboolean eval_key_equal(gconstpointer a, gconstpointer b);
gboolean eval_same_window(const Window *a, const Window *b);

/* Registers what a measure needs over a window. */
void eval_collect_measure(Evaluator *evaluator, const KpiMeasure *measure, const KpiDefinition *kpi,
                          const LedgerTable *entity, const Window *window);
BoundRead eval_bind_measure(const Evaluator *evaluator, const KpiMeasure *measure, const LedgerTable *entity,
                            const Window *window);
/* A measure's value from the cells of the place. */
Value eval_measure(const Evaluator *evaluator, const Place *place, const BoundRead *read);
/* The same for all groups of a stretch. */
void eval_measures(const EvalStretch *stretch, const BoundRead *read, Value *values);
/* Whether a measure is a sum, count or mean of nothing but one column's cells; its values from such sums. */
gboolean eval_is_plain(const BoundRead *read);
void eval_plain_values(const BoundRead *read, const CubeSum *sums, guint n, Value *values);

/* The table from whose cells a level is made: where credit is shared, one without people counts each deal once. */
CubeTable *eval_cells_for(const QueryPlan *plan, const PlanTable *table, guint n_keep);
/* Where a level's members stand in a table's tuples: the first dimensions, and the entity if there is one. Free it. */
guint *eval_kept_members(const QueryPlan *plan, guint n_keep);
CubeTable *eval_roll_up(const QueryPlan *plan, const PlanTable *table, guint n_keep);
/* The first `n_keep` members of a tuple. */
void eval_tuple_head(const gint64 *members, guint n_keep, gint64 *head);
/* Levels (EvalLevel) that are freed with it. */
GPtrArray *eval_levels_new(void);
/* An empty level, the last of all. */
EvalLevel *eval_level_add(GPtrArray *levels, guint n_keep);
/* The members by which a group's cells are found: of a chosen group those of the one that it is. */
void eval_level_head(const EvalLevel *level, guint group, gint64 *members, guint *n_members);
/* The entities of a group, as entity_index_group(). */
const EntityItem *eval_level_entities(const EvalLevel *level, const LedgerTable *entity, guint group, gsize *n);
gsize eval_level_n_entities(const EvalLevel *level, const LedgerTable *entity, guint group);
Value eval_bound(const Evaluator *evaluator, const Place *place, const Bound *bound);
/* Of a sum or quotient whose facts were never loaded. */
gboolean eval_lacks_data(const Value *value);

/* --- each(): src/query/each.c, each_walk.c --- */
/* A measure of the entities of a stretch. */
void eval_lanes_read(const EvalStretch *stretch, const BoundRead *read, Value *values);
/* The family of an each() expression; `body` over `window` becomes one of its members, whose number is returned. */
EachFamily *eval_family_new(const KpiExpr *expr);
void eval_family_free(EachFamily *family);
/* TRUE and `at` when the window is there already. */
gboolean eval_family_find(const EachFamily *family, const Window *window, guint *at);
guint eval_family_add(EachFamily *family, const Window *window, const Bound *body);
Value eval_family(const Evaluator *evaluator, EachFamily *family, const Place *place, guint at);
