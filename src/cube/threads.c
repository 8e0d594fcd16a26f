/* Columns of a kept table in several threads: they share nothing. */
#include "base/threads.h"

#include "cube/table.h"

#define BLOCKS_APART 2000 /* fewer are not worth another thread */

typedef struct {
  void (*work)(gpointer data, guint column);
  gpointer data;
} Columns;

static void do_column(gpointer data, guint column, guint thread) {
  (void)thread;
  const Columns *columns = data;
  columns->work(columns->data, column);
}

void cube_each_column(const CubeTable *table, void (*work)(gpointer data, guint column), gpointer data) {
  Columns columns = {work, data};
  guint n_blocks = table->blocks == NULL ? 0 : table->blocks->n_blocks;
  gboolean is_small = (gsize)table->n_groups * table->n_columns * n_blocks < BLOCKS_APART;
  base_threads_work(is_small ? 1 : base_threads(), table->n_columns, do_column, &columns);
}
