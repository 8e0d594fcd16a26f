/* One column of cells that are kept between questions: filled once, then changed by additions and their opposites.
 * Private to src/cube.
 *
 *   a group's cells   | block 0 | block 1 | block 2 | …      sums: a total before each block, one after another, and
 *   totals before     0         t1        t2        t3       running within a block: any span is two look-ups, and a
 *                                                            change touches one block and the totals behind it
 *                                                            others: the items themselves, ordered by cell
 *
 * A group has the blocks from its first in which something lies to its last; one of them takes memory for its cells
 * when something first falls into it. */
#pragma once

#include "cube/blocks.h"

/* What is kept whole: a value, an id, a duration (id: whether it ended), a purchase (id: the customer). */
typedef struct {
  guint32 cell;
  guint32 id;
  BaseDay day;
  double number;
} CubeItem;

/* One call of cube_add_…() */
typedef struct {
  gint32 group;
  guint16 column;
  guint8 is_moment;
  guint32 cell;
  gint64 value, rows; /* SUM */
  CubeItem item;      /* other kinds */
} CubeAddition;

typedef struct CubeKept CubeKept;

/* `is_moment`: the sums of value * day beside a column, which count no rows. */
CubeKept *cube_kept_new(const CubeColumnSpec *spec, gboolean is_moment, CubeBlocks *blocks);
void cube_kept_free(CubeKept *kept);
CubeKept *cube_kept_copy(const CubeKept *kept);
void cube_kept_grow(CubeKept *kept, gint32 n_groups);

/* Each FALSE when a sum left 64 bits. */
gboolean cube_kept_add(CubeKept *kept, gint32 group, guint cell, gint64 value, gint64 rows);
/* As cube_add_sums(), before the column is finished. */
gboolean cube_kept_add_many(CubeKept *kept, gsize n, const gint32 *groups, const gint32 *cells, const guint8 *use,
                            const gint64 *values);
/* Adds all of another column's group; before both are finished. */
gboolean cube_kept_merge(CubeKept *kept, gint32 group, const CubeKept *from, gint32 from_group);
gboolean cube_kept_finish(CubeKept *kept);
void cube_kept_put(CubeKept *kept, gint32 group, const CubeItem *item);
/* Takes one such item away, after finish; FALSE when there is none. */
gboolean cube_kept_take(CubeKept *kept, gint32 group, const CubeItem *item);

CubeSum cube_kept_sum(const CubeKept *kept, gint32 group, guint from, guint to);
/* The same of many groups; -1 = nothing. */
void cube_kept_sums(const CubeKept *kept, const gint32 *groups, guint n, guint from, guint to, CubeSum *sums);
/* The items of cells [from, to) lie in the blocks of `from` to that of to - 1; this is what one of them has. */
guint cube_kept_block_of(const CubeKept *kept, guint cell);
const CubeItem *cube_kept_items(const CubeKept *kept, gint32 group, guint block, guint from, guint to, gsize *n);
gsize cube_kept_bytes(const CubeKept *kept);
/* Cells in which something lies, after finish. */
gsize cube_kept_n_filled(const CubeKept *kept);
