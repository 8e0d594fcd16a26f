/* One column of what is kept whole between questions: values of medians and extremes, ids of distinct counts,
 * durations, purchases. Private to src/cube.
 *
 *   a group's items   | block 0 | block 1 | …    of each block, ordered by cell, one after another what there is of
 *                                                  numbers   8 bytes each: a value, a duration, what was paid
 *                                                  ids       4: who is counted, who bought, whether a duration ended
 *                                                  days      4: of purchases
 *                                                  cells     1: which of the block's
 *
 * Items that are put into a column are noted in the order in which they come; settled, they lie so, all in one piece of
 * memory. A block that changes then has a piece of its own. */
#pragma once

#include "cube/blocks.h"

/* What a kind has no place for is nothing. */
typedef struct {
  guint32 cell;
  guint32 id;
  BaseDay day;
  double number;
} CubeItem;

typedef struct CubeItems CubeItems;

CubeItems *cube_items_new(CubeKind kind, CubeBlocks *blocks);
void cube_items_free(CubeItems *items);
/* Of a settled column. */
CubeItems *cube_items_copy(const CubeItems *items);
void cube_items_grow(CubeItems *items, gint32 n_groups);
void cube_items_put(CubeItems *items, gint32 group, const CubeItem *item);
/* Takes one such item away, once settled; FALSE when there is none. */
gboolean cube_items_take(CubeItems *items, gint32 group, const CubeItem *item);
/* Fills an empty column with all items of a settled one, whose group g becomes map[g] < n_groups, and settles it. */
void cube_items_merge(CubeItems *items, const CubeItems *from, const gint32 *map);
void cube_items_settle(CubeItems *items);

/* Some items of a block; NULL where the kind has none of these. */
typedef struct {
  gsize n;
  const double *numbers;
  const guint32 *ids;
  const BaseDay *days;
} CubeItemRun;
/* The items of cells [from, to) lie in the blocks of `from` to that of to - 1; this is what one of them has, once
 * settled. */
CubeItemRun cube_items_run(const CubeItems *items, gint32 group, guint block, guint from, guint to);
guint cube_items_block_of(const CubeItems *items, guint cell);
gsize cube_items_bytes(const CubeItems *items);
/* Cells in which something lies, once settled. */
gsize cube_items_n_filled(const CubeItems *items);
