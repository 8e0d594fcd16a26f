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

/* Blocks in use, the last one first; and the one that was given back last, kept for the next that is asked for. */
struct KpiArena {
  Block *last;
  Block *spare;
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
  g_free(arena->spare);
  g_free(arena);
}

static Block *block_with(KpiArena *arena, gsize bytes) {
  Block *block = g_steal_pointer(&arena->spare);
  if (!block || block->size < bytes) {
    g_free(block);
    gsize room = MAX(bytes, BLOCK_BYTES);
    block = g_malloc(sizeof(Block) + room);
    block->size = room;
  }
  block->used = 0;
  block->before = arena->last;
  arena->last = block;
  return block;
}

gpointer kpi_arena_alloc(KpiArena *arena, gsize bytes) {
  gsize size = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
  Block *block = arena->last;
  if (!block || block->size - block->used < size) block = block_with(arena, size);
  gpointer found = (char *)block->data + block->used;
  block->used += size;
  return memset(found, 0, size);
}

KpiArenaMark kpi_arena_mark(const KpiArena *arena) {
  return (KpiArenaMark){arena->last, arena->last ? arena->last->used : 0};
}

void kpi_arena_release(KpiArena *arena, KpiArenaMark mark) {
  while (arena->last != mark.block) {
    Block *block = arena->last;
    arena->last = block->before;
    g_free(arena->spare);
    arena->spare = block;
  }
  if (arena->last) arena->last->used = mark.used;
}

char *kpi_arena_strndup(KpiArena *arena, const char *text, gsize length) {
  char *copy = kpi_arena_alloc(arena, length + 1);
  memcpy(copy, text, length);
  return copy;
}
