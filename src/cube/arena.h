/* Small pieces of memory that are given back all at once, or one by one to be taken again. Private to src/cube. */
#pragma once

#include <glib.h>

#define CUBE_ARENA_SIZES 72 /* pieces of up to so many words are taken again */

typedef struct {
  gpointer *last; /* the chunk taken from; its first word is the one before */
  guint8 *next;
  gsize left, bytes;
  gpointer given[CUBE_ARENA_SIZES]; /* by words: pieces given back; the first word of each is the next one */
} CubeArena;

/* Of whole words, not cleared; the arena's. */
gpointer cube_arena_take(CubeArena *arena, gsize size);
gpointer cube_arena_take_zeroed(CubeArena *arena, gsize size);
/* What was taken with that size. */
void cube_arena_give(CubeArena *arena, gpointer piece, gsize size);
void cube_arena_clear(CubeArena *arena);
