/* How the cells of a kept column are cut into blocks. Private to src/cube.
 *
 * What is asked begins and ends with months most of the time. Where blocks do too, the totals before them are all that
 * is read. A block has at most 32 cells, so that which of them are filled is one word. */
#pragma once

#include "cube/cells.h"

#define CUBE_BLOCK_CELLS 32

struct CubeBlocks {
  gint n_holders; /* atomic */
  guint n_cells, n_blocks;
  guint *first;      /* by block; after the last, n_cells */
  guint32 *place_of; /* by cell: see below; of n_cells, that of the block after the last */
};

/* Blocks of 32 cells. */
CubeBlocks *cube_blocks_even(guint n_cells);
CubeBlocks *cube_blocks_hold(CubeBlocks *blocks);

static inline guint cube_block_size(const CubeBlocks *blocks, guint block) {
  return blocks->first[block + 1] - blocks->first[block];
}
/* Of a place: its block, and how many of the block's cells are before it. */
static inline guint cube_place_block(guint32 place) {
  return place / CUBE_BLOCK_CELLS;
}
static inline guint cube_place_at(guint32 place) {
  return place % CUBE_BLOCK_CELLS;
}
