/* Columns of a kept table in several threads: they share nothing.
 *
 * The threads are pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "cube/table.h"

#include <pthread.h>

#define MAX_THREADS  8
#define BLOCKS_APART 2000 /* fewer are not worth another thread */

typedef struct {
  guint n_columns;
  void (*work)(gpointer data, guint column);
  gpointer data;
  gint next; /* atomic */
} Columns;

static gpointer take_columns(gpointer data) {
  Columns *columns = data;
  for (guint c; (c = (guint)g_atomic_int_add(&columns->next, 1)) < columns->n_columns;) columns->work(columns->data, c);
  return NULL;
}

void cube_each_column(const CubeTable *table, void (*work)(gpointer data, guint column), gpointer data) {
  Columns columns = {table->n_columns, work, data, 0};
  pthread_t helpers[MAX_THREADS];
  guint n_started = 0, n_wanted = MIN(MIN(g_get_num_processors(), MAX_THREADS), table->n_columns);
  guint n_blocks = table->blocks == NULL ? 0 : table->blocks->n_blocks;
  if ((gsize)table->n_groups * table->n_columns * n_blocks < BLOCKS_APART) n_wanted = 0;
  while (n_started + 1 < n_wanted && pthread_create(&helpers[n_started], NULL, take_columns, &columns) == 0)
    n_started++;
  take_columns(&columns);
  for (guint h = 0; h < n_started; h++) pthread_join(helpers[h], NULL);
}
