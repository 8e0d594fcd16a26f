/* How the cells of a kept column are cut into blocks. Private to src/cube.
 *
 * What is asked begins and ends with months most of the time. Where blocks do too, the totals before them are all that
 * is read. */
#pragma once

#include "cube/cells.h"

struct CubeBlocks {
  gint n_holders; /* atomic */
  guint n_cells, n_blocks;
  guint *first;      /* by block; after the last, n_cells */
  guint16 *block_of; /* by cell; of n_cells, n_blocks */
};

/* Blocks of 64 cells. */
CubeBlocks *cube_blocks_even(guint n_cells);
CubeBlocks *cube_blocks_hold(CubeBlocks *blocks);

static inline guint cube_block_size(const CubeBlocks *blocks, guint block) {
  return blocks->first[block + 1] - blocks->first[block];
}
