/* Work in several threads. They are started anew each time, which takes some 20 µs each: for pieces of a millisecond
 * and more.
 *
 * The threads are pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "base/threads.h"

#include <pthread.h>

typedef struct {
  BaseWork work;
  gpointer data;
  guint n_pieces;
  gint next; /* atomic */
} Pieces;

typedef struct {
  Pieces *pieces;
  guint number;
} Worker;

static gpointer take_pieces(gpointer data) {
  const Worker *worker = data;
  Pieces *pieces = worker->pieces;
  for (guint piece; (piece = (guint)g_atomic_int_add(&pieces->next, 1)) < pieces->n_pieces;)
    pieces->work(pieces->data, piece, worker->number);
  return NULL;
}

guint base_threads(void) {
  return CLAMP(g_get_num_processors(), 1, BASE_MAX_THREADS);
}

void base_threads_work(guint n_threads, guint n_pieces, BaseWork work, gpointer data) {
  Pieces pieces = {.work = work, .data = data, .n_pieces = n_pieces};
  Worker workers[BASE_MAX_THREADS];
  pthread_t helpers[BASE_MAX_THREADS];
  guint n_wanted = MIN(MIN(n_threads, n_pieces), BASE_MAX_THREADS), n = 1;
  workers[0] = (Worker){&pieces, 0};
  while (n < n_wanted) {
    workers[n] = (Worker){&pieces, n};
    if (pthread_create(&helpers[n], NULL, take_pieces, &workers[n]) != 0) break;
    n++;
  }
  take_pieces(&workers[0]);
  while (n > 1) pthread_join(helpers[--n], NULL);
}
