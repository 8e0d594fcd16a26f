/* Memory that is given back all at once.
 *
 * A catalogue is some thousands of small nodes that are made together and die together. Taking them from blocks costs a
 * pointer's move each, and nobody keeps count of who owns what. */
#include "kpi/internal.h"

#define BLOCK_BYTES 16384

typedef struct Block Block;
struct Block {
  Block *before;
  gsize used, size;
  max_align_t data[];
};

struct KpiArena {
  Block *last;
};

KpiArena *kpi_arena_new(void) {
  return g_new0(KpiArena, 1);
}

void kpi_arena_free(KpiArena *arena) {
  if (!arena) return;
  for (Block *block = arena->last; block;) {
    Block *before = block->before;
    g_free(block);
    block = before;
  }
  g_free(arena);
}

gpointer kpi_arena_alloc(KpiArena *arena, gsize bytes) {
  gsize size = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
  Block *block = arena->last;
  if (!block || block->size - block->used < size) {
    gsize room = MAX(size, BLOCK_BYTES);
    block = g_malloc0(sizeof(Block) + room);
    block->size = room;
    block->before = arena->last;
    arena->last = block;
  }
  gpointer found = (char *)block->data + block->used;
  block->used += size;
  return found;
}

char *kpi_arena_strndup(KpiArena *arena, const char *text, gsize length) {
  char *copy = kpi_arena_alloc(arena, length + 1);
  memcpy(copy, text, length);
  return copy;
}
