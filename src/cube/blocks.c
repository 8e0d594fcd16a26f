/* Cutting cells into blocks. */
#include "cube/blocks.h"

#define EVEN_CELLS 64

CubeBlocks *cube_blocks_new(guint n_cells, const guint *starts, guint n_starts) {
  CubeBlocks *blocks = g_new0(CubeBlocks, 1);
  blocks->n_holders = 1;
  blocks->n_cells = n_cells;
  blocks->n_blocks = MIN(n_starts, G_MAXUINT16);
  blocks->first = g_new(guint, blocks->n_blocks + 1);
  blocks->block_of = g_new(guint16, (gsize)n_cells + 1);
  guint block = 0;
  for (guint b = 0; b < blocks->n_blocks; b++) blocks->first[b] = starts[b];
  blocks->first[blocks->n_blocks] = n_cells;
  for (guint cell = 0; cell < n_cells; cell++) {
    while (blocks->first[block + 1] <= cell) block++;
    blocks->block_of[cell] = (guint16)block;
  }
  blocks->block_of[n_cells] = (guint16)blocks->n_blocks;
  return blocks;
}

CubeBlocks *cube_blocks_even(guint n_cells) {
  guint n_blocks = (n_cells + EVEN_CELLS - 1) / EVEN_CELLS;
  g_autofree guint *starts = g_new(guint, n_blocks + 1);
  for (guint b = 0; b < n_blocks; b++) starts[b] = b * EVEN_CELLS;
  return cube_blocks_new(n_cells, starts, n_blocks);
}

CubeBlocks *cube_blocks_hold(CubeBlocks *blocks) {
  g_atomic_int_inc(&blocks->n_holders);
  return blocks;
}

void cube_blocks_free(CubeBlocks *blocks) {
  if (blocks == NULL || !g_atomic_int_dec_and_test(&blocks->n_holders)) return;
  g_free(blocks->first);
  g_free(blocks->block_of);
  g_free(blocks);
}
