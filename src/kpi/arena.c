/* Memory that is given back all at once.
 *
 * A catalogue is some thousands of small nodes that are made together and die together. Taking them from blocks costs a
 * pointer's move each, and nobody keeps count of who owns what. */
#include "kpi/internal.h"

#define BLOCK_BYTES 32768

typedef struct KpiBlock KpiBlock;
struct KpiBlock {
  KpiBlock *before;
  gsize size;
  max_align_t data[];
};

/* Blocks in use, the last one first; and the one that was given back last, kept for the next that is asked for. */
KpiArena *kpi_arena_new(void) {
  return g_new0(KpiArena, 1);
}

void kpi_arena_free(KpiArena *arena) {
  if (!arena) return;
  for (KpiBlock *block = arena->last; block;) {
    KpiBlock *before = block->before;
    g_free(block);
    block = before;
  }
  g_free(arena->spare);
  g_free(arena);
}

gpointer kpi_arena_more(KpiArena *arena, gsize bytes) {
  KpiBlock *block = g_steal_pointer(&arena->spare);
  if (!block || block->size < bytes) {
    g_free(block);
    gsize room = MAX(bytes, BLOCK_BYTES);
    block = g_malloc(sizeof(KpiBlock) + room);
    block->size = room;
  }
  block->before = arena->last;
  arena->last = block;
  arena->at = (char *)block->data + bytes;
  arena->end = (char *)block->data + block->size;
  return block->data;
}

KpiArenaMark kpi_arena_mark(const KpiArena *arena) {
  return (KpiArenaMark){arena->last, arena->at};
}

void kpi_arena_release(KpiArena *arena, KpiArenaMark mark) {
  while (arena->last != mark.block) {
    KpiBlock *block = arena->last;
    arena->last = block->before;
    g_free(arena->spare);
    arena->spare = block;
  }
  arena->at = mark.at;
  arena->end = arena->last ? (char *)arena->last->data + arena->last->size : NULL;
}
