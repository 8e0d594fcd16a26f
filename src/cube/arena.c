/* Chunks that grow with what was taken. */
#include "cube/arena.h"

#include <string.h>

#define LEAST_CHUNK 1024
#define MOST_CHUNK  (256 * 1024)

static gsize words_of(gsize size) {
  return (size + sizeof(gpointer) - 1) / sizeof(gpointer);
}

gpointer cube_arena_take(CubeArena *arena, gsize size) {
  gsize words = words_of(size), bytes = words * sizeof(gpointer);
  if (words < CUBE_ARENA_SIZES && arena->given[words] != NULL) {
    gpointer *piece = arena->given[words];
    arena->given[words] = *piece;
    return piece;
  }
  if (bytes > arena->left) {
    gsize chunk = MAX(CLAMP(arena->bytes, LEAST_CHUNK, MOST_CHUNK), bytes + sizeof(gpointer));
    gpointer *taken = g_malloc(chunk);
    *taken = arena->last;
    arena->last = taken;
    arena->next = (guint8 *)(taken + 1);
    arena->left = chunk - sizeof(gpointer);
    arena->bytes += chunk;
  }
  gpointer piece = arena->next;
  arena->next += bytes;
  arena->left -= bytes;
  return piece;
}

gpointer cube_arena_take_zeroed(CubeArena *arena, gsize size) {
  return memset(cube_arena_take(arena, size), 0, size);
}

void cube_arena_give(CubeArena *arena, gpointer piece, gsize size) {
  gsize words = words_of(size);
  if (words == 0 || words >= CUBE_ARENA_SIZES) return;
  *(gpointer *)piece = arena->given[words];
  arena->given[words] = piece;
}

void cube_arena_clear(CubeArena *arena) {
  while (arena->last != NULL) {
    gpointer *chunk = arena->last;
    arena->last = *chunk;
    g_free(chunk);
  }
  *arena = (CubeArena){NULL};
}
