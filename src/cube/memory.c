/* Findings by group and span.
 *
 * The lock is pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "cube/memory.h"

#include <pthread.h>

/* A question asks a year or two of a group by months; of more spans than these, the oldest are forgotten. */
#define MAX_SPANS 64

typedef struct {
  guint from, to;
  CubeFinding finding;
} Span;

struct CubeMemory {
  pthread_mutex_t lock;
  GPtrArray *groups; /* GArray of Span, or NULL */
  gsize n_spans;
};

static void forget_group(gpointer spans) {
  if (spans != NULL) g_array_unref(spans);
}

CubeMemory *cube_memory_new(void) {
  CubeMemory *memory = g_new0(CubeMemory, 1);
  pthread_mutex_init(&memory->lock, NULL);
  memory->groups = g_ptr_array_new_with_free_func(forget_group);
  return memory;
}

void cube_memory_free(CubeMemory *memory) {
  if (memory == NULL) return;
  pthread_mutex_destroy(&memory->lock);
  g_ptr_array_unref(memory->groups);
  g_free(memory);
}

static GArray *spans_of(const CubeMemory *memory, gint32 group) {
  return (guint)group < memory->groups->len ? g_ptr_array_index(memory->groups, group) : NULL;
}

static const Span *find_span(const GArray *spans, guint from, guint to) {
  for (guint i = 0; spans != NULL && i < spans->len; i++) {
    const Span *span = &g_array_index(spans, Span, i);
    if (span->from == from && span->to == to) return span;
  }
  return NULL;
}

gboolean cube_memory_find(CubeMemory *memory, gint32 group, guint from, guint to, CubeFinding *finding) {
  pthread_mutex_lock(&memory->lock);
  const Span *span = find_span(spans_of(memory, group), from, to);
  if (span != NULL) *finding = span->finding;
  pthread_mutex_unlock(&memory->lock);
  return span != NULL;
}

void cube_memory_keep(CubeMemory *memory, gint32 group, guint from, guint to, const CubeFinding *finding) {
  Span span = {from, to, *finding};
  pthread_mutex_lock(&memory->lock);
  if ((guint)group >= memory->groups->len) g_ptr_array_set_size(memory->groups, group + 1);
  GArray *spans = spans_of(memory, group);
  if (spans == NULL) spans = memory->groups->pdata[group] = g_array_new(FALSE, FALSE, sizeof(Span));
  /* Another reader may have found the same meanwhile. */
  if (find_span(spans, from, to) == NULL) {
    if (spans->len == MAX_SPANS)
      g_array_remove_index(spans, 0);
    else
      memory->n_spans++;
    g_array_append_val(spans, span);
  }
  pthread_mutex_unlock(&memory->lock);
}

void cube_memory_forget(CubeMemory *memory, gint32 group, guint cell) {
  pthread_mutex_lock(&memory->lock);
  GArray *spans = spans_of(memory, group);
  for (guint i = spans != NULL ? spans->len : 0; i > 0; i--) {
    const Span *span = &g_array_index(spans, Span, i - 1);
    if (cell < span->from || cell >= span->to) continue;
    g_array_remove_index_fast(spans, i - 1);
    memory->n_spans--;
  }
  pthread_mutex_unlock(&memory->lock);
}

gsize cube_memory_bytes(CubeMemory *memory) {
  pthread_mutex_lock(&memory->lock);
  gsize bytes = memory->groups->len * sizeof(gpointer) + memory->n_spans * sizeof(Span);
  pthread_mutex_unlock(&memory->lock);
  return bytes;
}
