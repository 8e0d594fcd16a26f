/* Work in several threads: pieces that share nothing are taken by whichever thread is free, until none is left. */
#pragma once

#include <glib.h>

#define BASE_MAX_THREADS 8

/* How many threads this machine runs at once, BASE_MAX_THREADS at the most. */
guint base_threads(void);

/* Calls `work` with each piece below `n_pieces` once, in up to `n_threads` threads, the calling one among them, and
 * returns when all are done. With one thread, or where no other can be had, they are done one after the other, in
 * order. `thread` is below BASE_MAX_THREADS and nobody else's meanwhile: for what a thread works in. */
typedef void (*BaseWork)(gpointer data, guint piece, guint thread);
void base_threads_work(guint n_threads, guint n_pieces, BaseWork work, gpointer data);
