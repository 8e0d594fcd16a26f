/* each() from inside, private to src/query/each*.c.
 *
 *   family   one each() expression over all windows asked of it            each.c
 *   pass     all families that go through the same entities, together      each.c; its groups' values: each_fill.c
 *   events   which window's sums an addition to a cell changes             each_events.c
 *   walk     what one thread goes through entities with                    each_walk.c
 *   sums     what comes of it, by window                                   each_sums.c                           */
#pragma once

#include "query/evaluate_private.h"

typedef struct EachPass EachPass;

/* A measure that a family's formula reads, window by window in the order of time. */
typedef struct {
  const BoundRead **reads;
  gboolean adds_up; /* it is sums of one column's additions, made in the walk; else it is read for each entity */
} EachLeaf;

struct EachFamily {
  const KpiExpr *expr;
  GArray *windows;   /* Window */
  GPtrArray *bodies; /* Bound, one for each */
  EachPass *pass;    /* of which it is one, once prepared */
  guint n_windows;   /* that it was prepared for */
  guint number;      /* in the pass; of another that comes to the same, if there is one */
  guint *order;      /* windows in the order of time */
  guint *position;   /* in that order, of each window */
  gboolean is_alike; /* the formulas of all windows differ in nothing but the cells they read */
  GPtrArray *leaves; /* EachLeaf */
  GPtrArray *reads;  /* const BoundRead *: all that the first window's formula reads … */
  GArray *leaf_of;   /* guint: … and which leaf it is */
};

/* The formula at the window that is p-th in time. */
static inline const Bound *each_body(const EachFamily *family, guint p) {
  return g_ptr_array_index(family->bodies, family->order[p]);
}

/* --- events --- */

#define EACH_ALL_WINDOWS G_MAXUINT16

/* From this window on an addition to the cell is in the leaf's sums (sign 1), or is no longer (-1), or the leaf has to
 * be read again (0). */
typedef struct {
  guint16 family, leaf, window;
  gint16 sign;
} EachEvent;

typedef struct {
  guint *first; /* by cell, and one more; NULL = nothing reads the column */
  EachEvent *events;
  guint n_cells; /* beyond them, nothing reads the column */
} EachColumn;

typedef struct {
  guint n_columns;
  EachColumn *columns;
  gboolean is_sparse;
  guint8 *is_read_by; /* by family; NULL = by none */
} EachTable;

/* The events of all families, by table of the plan. Free with each_events_free(). */
EachTable *each_events_new(const Evaluator *evaluator, const GPtrArray *families);
void each_events_free(EachTable *tables, guint n_tables);

/* --- sums --- */

/* Sums over entities, by window. They come out alike in whatever order and in whatever parts entities are added. */
typedef struct EachSums EachSums;
EachSums *each_sums_new(guint n_windows);
void each_sums_free(EachSums *sums);
void each_sums_clear(EachSums *sums);
/* Adds an entity's value at the windows [from, until). */
void each_sums_add(EachSums *sums, const Value *value, guint from, guint until);
void each_sums_merge(EachSums *to, const EachSums *from);
/* `of_none`: what each window's value is of nothing; `values`: the sums. */
void each_sums_read(const EachSums *sums, const Value *of_none, Value *values);

/* --- walking --- */

/* What the families of a pass come to where there are no records, at one level. */
typedef struct {
  Value *of_none; /* by window */
  gboolean none_counts;
  Value *values; /* [row][window] */
} EachFound;

/* The values found at one level, of the groups asked last. */
typedef struct {
  guint *row_of;  /* by group: its row + 1; 0 = not among them */
  GArray *groups; /* guint, by row */
  guint n_room;
  EachFound *families;
} EachLevel;

/* All families that go through the same entities. */
struct EachPass {
  guint n_holders;
  GPtrArray *families; /* EachFamily, each of which differs from the others; owned by the evaluator */
  GPtrArray *levels;   /* EachLevel, by level */
  EachTable *tables;   /* events, once something is gone through */
  guint n_tables;
};

/* Goes through the entities of groups where their values are not there. */
void each_fill(const Evaluator *evaluator, EachPass *pass, const EvalLevel *level, const guint *groups, guint n,
               const BaseStop *stop);

typedef struct EachWalk EachWalk;
EachWalk *each_walk_new(const Evaluator *evaluator, const GPtrArray *families, const EachTable *tables,
                        const EvalLevel *level, const EachFound *found);
void each_walk_free(EachWalk *walk);
/* Goes through entities of a group and adds what they come to to `sums`, by family. */
void each_walk_entities(EachWalk *walk, guint group, const EntityItem *items, gsize n, EachSums *const *sums);
