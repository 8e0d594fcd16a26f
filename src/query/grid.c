/* All numbers of an answer's groups.
 *
 *                   KPI 0                     KPI 1 …
 *                   period 0   period 1 …
 *   group   0       cell       cell           A stretch of groups is evaluated column by column: each part of a
 *   …     127       cell       cell           formula is gone through once for all of them. Stretches of a large
 *   group 128       cell       cell           answer are taken by several threads, whoever is free.
 *   …
 *
 * What goes through all that a group has, for all windows at once, is evaluated group by group, in the thread that
 * asks.
 *
 * The threads are pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "query/run.h"

#include <math.h>
#include <pthread.h>

#define MAX_THREADS  8
#define CELLS_APART  8000 /* fewer are not worth another thread */
#define LEAST_GROUPS 16   /* of a stretch that is cut for another thread */

typedef struct {
  const QueryRun *run;
  const EvalLevel *level;
  const guint *numbers; /* in the level, of the groups */
  QueryGroup *const *groups;
  guint n;
  guint n_at_once;   /* groups of a stretch */
  gint next_stretch; /* atomic */
} Grid;

/* Nothing sold of a quota is 0 %, which is something to say; a part of the total of all that is none says nothing. */
static gboolean cell_says(const QueryCell *cell) {
  gboolean of_others = cell->has_parts && !cell->has_base && cell->first == 0;
  return cell->has_base || (cell->n > 0 && !of_others);
}

static void look_at(QuerySeen *seen, const QueryCell *cell) {
  seen->flags |= cell->flags;
  seen->n_missing += cell->n_missing;
  seen->says |= cell_says(cell) || (cell->has_value && cell->value != 0);
}

static void look_at_compared(QuerySeen *seen, const QueryCell *cell) {
  seen->flags |= cell->flags & QUERY_FLAG_CHANGED;
  seen->says |= cell_says(cell);
}

static void make_cell(QueryCell *cell, const Asked *asked, const EvalAnswers *answers, guint i) {
  const Value *value = &answers->value[i];
  gboolean has_value = value->has && isfinite(value->value);
  gboolean has_interval = has_value && value->interval.has_value;
  gboolean has_parts = answers->is_quotient && answers->numerator[i].has && answers->denominator[i].has;
  guint flags = (value->flags & 0xff) | asked->flags;
  if (has_value) flags &= ~(guint)QUERY_FLAG_NO_DATA;
  cell->value = value->value;
  cell->first = has_parts ? answers->numerator[i].value : has_interval ? value->interval.low : 0;
  cell->second = has_parts ? answers->denominator[i].value : has_interval ? value->interval.high : 0;
  cell->n = MAX(value->n, 0);
  cell->n_missing = value->n_missing;
  cell->flags = (guint16)flags;
  cell->has_value = has_value != FALSE;
  cell->has_parts = has_parts != FALSE;
  cell->has_base = has_parts && cell->second != 0 && !answers->of_whole[i];
  cell->has_interval = has_interval && !has_parts;
}

static gsize n_columns(const Grid *grid) {
  return (gsize)grid->run->result->kpis->len * grid->run->result->periods->len;
}

/* One column of rows, of groups of one block. */
static void fill_column(const Grid *grid, guint first, guint n, gsize at, EvalAnswers *answers) {
  const QueryResult *result = grid->run->result;
  const RowAsked *asked = &grid->run->asked_of[at];
  QueryGroup *const *groups = grid->groups + first;
  QueryBlock *block = groups[0]->block;
  EvalStretch stretch = {grid->run->evaluator, grid->level, grid->numbers + first, n};
  guint k = (guint)(at / result->periods->len);
  for (guint c = 0; c < asked->n_cells; c++) {
    evaluator_values(&stretch, asked->cells[c].formula, answers);
    QueryCell *cells = &block->cells[(at * result->n_cells + c) * block->n_groups + groups[0]->at];
    for (guint i = 0; i < n; i++) {
      make_cell(&cells[i], &asked->cells[c], answers, i);
      if (c < 2) (c == 0 ? look_at : look_at_compared)(&groups[i]->seen[k], &cells[i]);
    }
  }
}

static void fill_by_group(const Grid *grid) {
  g_autofree gsize *columns = g_new(gsize, n_columns(grid) + 1);
  gsize n = 0;
  for (gsize at = 0; at < n_columns(grid); at++)
    if (grid->run->asked_of[at].by_group) columns[n++] = at;
  EvalAnswers answers;
  for (guint i = 0; i < grid->n && n > 0; i++)
    for (gsize c = 0; c < n; c++) fill_column(grid, i, 1, columns[c], &answers);
}

static gpointer fill_stretches(gpointer data) {
  Grid *grid = data;
  EvalAnswers answers;
  for (;;) {
    guint first = (guint)g_atomic_int_add(&grid->next_stretch, 1) * grid->n_at_once;
    if (first >= grid->n) return NULL;
    guint n = MIN(grid->n - first, grid->n_at_once);
    query_block_new(grid->run->result, grid->groups + first, n);
    for (gsize at = 0; at < n_columns(grid); at++)
      if (!grid->run->asked_of[at].by_group) fill_column(grid, first, n, at, &answers);
  }
}

/* How many threads beside the one that asks. */
static guint n_helpers(const Grid *grid) {
  gsize n_cells = grid->n * n_columns(grid) * grid->run->result->n_cells;
  if (n_cells < CELLS_APART) return 0;
  guint n_stretches = (grid->n + LEAST_GROUPS - 1) / LEAST_GROUPS;
  return MIN(MIN(g_get_num_processors(), MAX_THREADS), n_stretches) - 1;
}

void query_run_fill(const QueryRun *run, const EvalLevel *level, const guint *numbers, QueryGroup *const *groups,
                    guint n) {
  Grid grid = {.run = run, .level = level, .numbers = numbers, .groups = groups, .n = n};
  pthread_t helpers[MAX_THREADS];
  guint n_started = 0, n_wanted = n_helpers(&grid);
  guint n_each = n / (2 * (n_wanted + 1)) + 1; /* two stretches a thread, at the least */
  grid.n_at_once = n_wanted == 0 ? EVAL_MOST : CLAMP(n_each, LEAST_GROUPS, EVAL_MOST);
  while (n_started < n_wanted && pthread_create(&helpers[n_started], NULL, fill_stretches, &grid) == 0) n_started++;
  fill_stretches(&grid);
  for (guint h = 0; h < n_started; h++) pthread_join(helpers[h], NULL);
  fill_by_group(&grid);
  for (guint i = 0; i < n; i++) {
    groups[i]->is_silent = groups[i]->n_members > 0;
    for (guint k = 0; k < groups[i]->n_kpis; k++) groups[i]->is_silent &= !groups[i]->seen[k].says;
  }
}
