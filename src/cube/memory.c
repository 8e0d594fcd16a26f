/* Findings by span and group: a question asks the same spans of all groups.
 *
 * The lock is pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "cube/memory.h"

#include <pthread.h>

/* A question asks a year or two by months; of more spans than these, the oldest are forgotten. */
#define MAX_SPANS 64

typedef struct {
  gboolean has;
  CubeFinding finding;
} Found;

typedef struct {
  guint from, to;
  GArray *found; /* Found, by group */
} Span;

struct CubeMemory {
  pthread_mutex_t lock;
  GArray *spans; /* Span, the oldest first */
};

static void span_clear(gpointer span) {
  g_array_unref(((Span *)span)->found);
}

CubeMemory *cube_memory_new(void) {
  CubeMemory *memory = g_new0(CubeMemory, 1);
  pthread_mutex_init(&memory->lock, NULL);
  memory->spans = g_array_new(FALSE, FALSE, sizeof(Span));
  g_array_set_clear_func(memory->spans, span_clear);
  return memory;
}

void cube_memory_free(CubeMemory *memory) {
  if (memory == NULL) return;
  pthread_mutex_destroy(&memory->lock);
  g_array_unref(memory->spans);
  g_free(memory);
}

static GArray *found_in(const CubeMemory *memory, guint from, guint to) {
  for (guint i = 0; i < memory->spans->len; i++) {
    const Span *span = &g_array_index(memory->spans, Span, i);
    if (span->from == from && span->to == to) return span->found;
  }
  return NULL;
}

static Found *found_of(const GArray *found, gint32 group) {
  if (found == NULL || group < 0 || (guint)group >= found->len) return NULL;
  Found *of = &g_array_index(found, Found, (guint)group);
  return of->has ? of : NULL;
}

void cube_memory_find(CubeMemory *memory, const gint32 *groups, guint n, guint from, guint to, CubeFinding *findings,
                      gboolean *has) {
  pthread_mutex_lock(&memory->lock);
  const GArray *found = found_in(memory, from, to);
  for (guint i = 0; i < n; i++) {
    const Found *of = found_of(found, groups[i]);
    has[i] = of != NULL;
    if (of != NULL) findings[i] = of->finding;
  }
  pthread_mutex_unlock(&memory->lock);
}

void cube_memory_keep(CubeMemory *memory, gint32 group, guint from, guint to, const CubeFinding *finding) {
  pthread_mutex_lock(&memory->lock);
  GArray *found = found_in(memory, from, to);
  if (found == NULL) {
    found = g_array_new(FALSE, TRUE, sizeof(Found));
    if (memory->spans->len == MAX_SPANS) g_array_remove_index(memory->spans, 0);
    Span span = {from, to, found};
    g_array_append_val(memory->spans, span);
  }
  if ((guint)group >= found->len) g_array_set_size(found, (guint)group + 1);
  g_array_index(found, Found, (guint)group) = (Found){TRUE, *finding};
  pthread_mutex_unlock(&memory->lock);
}

void cube_memory_forget(CubeMemory *memory, gint32 group, guint cell) {
  pthread_mutex_lock(&memory->lock);
  for (guint i = 0; i < memory->spans->len; i++) {
    const Span *span = &g_array_index(memory->spans, Span, i);
    Found *of = cell >= span->from && cell < span->to ? found_of(span->found, group) : NULL;
    if (of != NULL) of->has = FALSE;
  }
  pthread_mutex_unlock(&memory->lock);
}

gsize cube_memory_bytes(CubeMemory *memory) {
  gsize bytes = 0;
  pthread_mutex_lock(&memory->lock);
  for (guint i = 0; i < memory->spans->len; i++)
    bytes += sizeof(Span) + g_array_index(memory->spans, Span, i).found->len * sizeof(Found);
  pthread_mutex_unlock(&memory->lock);
  return bytes;
}
