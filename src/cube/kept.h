/* One column of sums that are kept between questions: filled once, then changed by additions and their opposites.
 * Private to src/cube.
 *
 *   a group's cells   | block 0 | block 1 | block 2 | …      a total before each block, one after another: any span is
 *   totals before     0         t1        t2        t3       two look-ups and a few cells, and a change touches one
 *                                                            block and the totals behind it
 *
 * A group has the blocks from its first in which something lies to its last; one of them takes memory for its cells
 * when something first falls into it. While a column is filled its blocks have room for all their cells; settled, only
 * cells in which something lies take memory (packed.h). */
#pragma once

#include "cube/blocks.h"

typedef struct CubeKept CubeKept;

/* `is_moment`: the sums of value * day beside a column, which count no rows. */
CubeKept *cube_kept_new(const CubeColumnSpec *spec, gboolean is_moment, CubeBlocks *blocks);
void cube_kept_free(CubeKept *kept);
CubeKept *cube_kept_copy(const CubeKept *kept);
void cube_kept_grow(CubeKept *kept, gint32 n_groups);

/* Each FALSE when a sum left 64 bits. */
gboolean cube_kept_add(CubeKept *kept, gint32 group, guint cell, gint64 value, gint64 rows);
/* As cube_add_sums(), before the column is finished. */
gboolean cube_kept_add_many(CubeKept *kept, gsize n, const gint32 *groups, const gint32 *cells, const gint64 *values,
                            gint rows);
/* Fills an empty column with all of another's groups: g becomes map[g] < n_groups. */
gboolean cube_kept_merge(CubeKept *kept, const CubeKept *from, const gint32 *map);
/* Gives back the room of cells in which nothing lies; what is added from now on takes longer. */
void cube_kept_settle(CubeKept *kept);
/* Settles it, and makes the totals by which it is read. */
gboolean cube_kept_finish(CubeKept *kept);

/* The sums of many groups; -1 = nothing. */
void cube_kept_sums(const CubeKept *kept, const gint32 *groups, guint n, guint from, guint to, CubeSum *sums);
gsize cube_kept_bytes(const CubeKept *kept);
/* Cells in which something lies, after finish. */
gsize cube_kept_n_filled(const CubeKept *kept);
