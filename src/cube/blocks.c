/* Cutting cells into blocks. */
#include "cube/blocks.h"

/* Long ones are cut up. */
static void add_blocks(GArray *first, guint from, guint until) {
  for (guint at = from; at < until; at += CUBE_BLOCK_CELLS) g_array_append_val(first, at);
}

CubeBlocks *cube_blocks_new(guint n_cells, const guint *starts, guint n_starts) {
  GArray *first = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint s = 0; s < n_starts; s++) add_blocks(first, starts[s], s + 1 < n_starts ? starts[s + 1] : n_cells);
  CubeBlocks *blocks = g_new0(CubeBlocks, 1);
  blocks->n_holders = 1;
  blocks->n_cells = n_cells;
  blocks->n_blocks = first->len;
  g_array_append_val(first, n_cells);
  blocks->first = (guint *)(gpointer)g_array_free(first, FALSE);
  blocks->place_of = g_new(guint32, (gsize)n_cells + 1);
  for (guint b = 0; b < blocks->n_blocks; b++)
    for (guint cell = blocks->first[b]; cell < blocks->first[b + 1]; cell++)
      blocks->place_of[cell] = b * CUBE_BLOCK_CELLS + (cell - blocks->first[b]);
  blocks->place_of[n_cells] = blocks->n_blocks * CUBE_BLOCK_CELLS;
  return blocks;
}

CubeBlocks *cube_blocks_even(guint n_cells) {
  const guint start = 0;
  return cube_blocks_new(n_cells, &start, 1);
}

CubeBlocks *cube_blocks_hold(CubeBlocks *blocks) {
  g_atomic_int_inc(&blocks->n_holders);
  return blocks;
}

void cube_blocks_free(CubeBlocks *blocks) {
  if (blocks == NULL || !g_atomic_int_dec_and_test(&blocks->n_holders)) return;
  g_free(blocks->first);
  g_free(blocks->place_of);
  g_free(blocks);
}
