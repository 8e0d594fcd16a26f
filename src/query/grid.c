/* All numbers of an answer's groups.
 *
 *                   KPI 0                     KPI 1 …
 *                   period 0   period 1 …
 *   group   0       cell       cell           A stretch of groups is evaluated column by column: each part of a
 *   …     127       cell       cell           formula is gone through once for all of them. Stretches of a large
 *   group 128       cell       cell           answer are taken by several threads, whoever is free.
 *   …
 *
 * What goes through the accounts or deals of a group does so before, for all windows at once. The value of customers is
 * evaluated group by group, in the thread that asks. */
#include "base/threads.h"
#include "query/run.h"

#include <math.h>

#define MOST_GROUPS  1024 /* for which each() is remembered at once */
#define CELLS_APART  8000 /* fewer are not worth another thread */
#define LEAST_GROUPS 16   /* of a stretch that is cut for another thread */

typedef struct {
  const QueryRun *run;
  const EvalLevel *level;
  const guint *numbers; /* in the level, of the groups */
  QueryGroup *const *groups;
  guint n;
  guint n_at_once; /* groups of a stretch */
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
  EvalStretch stretch = {
      .evaluator = grid->run->evaluator, .level = grid->level, .groups = grid->numbers + first, .n = n};
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

static gboolean reads_customers(const RowAsked *asked) {
  for (guint c = 0; asked->by_group && c < asked->n_cells; c++)
    if (evaluator_reads_customers(asked->cells[c].formula)) return TRUE;
  return FALSE;
}

static void fill_by_group(const Grid *grid) {
  g_autofree gsize *columns = g_new(gsize, n_columns(grid) + 1);
  gsize n = 0;
  for (gsize at = 0; at < n_columns(grid); at++)
    if (reads_customers(&grid->run->asked_of[at])) columns[n++] = at;
  EvalAnswers answers;
  for (guint i = 0; i < grid->n && n > 0 && !base_is_stopped(grid->run->stop); i++)
    for (gsize c = 0; c < n; c++) fill_column(grid, i, 1, columns[c], &answers);
}

static void fill_stretch(gpointer data, guint number, guint thread) {
  (void)thread;
  const Grid *grid = data;
  EvalAnswers answers;
  guint first = number * grid->n_at_once, n = MIN(grid->n - first, grid->n_at_once);
  query_block_new(grid->run->result, grid->groups + first, n);
  for (gsize at = 0; at < n_columns(grid) && !base_is_stopped(grid->run->stop); at++)
    if (!reads_customers(&grid->run->asked_of[at])) fill_column(grid, first, n, at, &answers);
}

static guint n_threads(const Grid *grid) {
  gsize n_cells = grid->n * n_columns(grid) * grid->run->result->n_cells;
  return n_cells < CELLS_APART ? 1 : MIN(base_threads(), (grid->n + LEAST_GROUPS - 1) / LEAST_GROUPS);
}

static gboolean goes_by_group(const Grid *grid) {
  for (gsize at = 0; at < n_columns(grid); at++)
    if (grid->run->asked_of[at].by_group) return TRUE;
  return FALSE;
}

static void fill_groups(Grid *grid) {
  if (goes_by_group(grid))
    eval_families_fill(grid->run->evaluator, grid->level, grid->numbers, grid->n, grid->run->stop);
  guint n = n_threads(grid), n_each = grid->n / (2 * n) + 1; /* two stretches a thread, at the least */
  grid->n_at_once = n == 1 ? EVAL_MOST : CLAMP(n_each, LEAST_GROUPS, EVAL_MOST);
  base_threads_work(n, (grid->n + grid->n_at_once - 1) / grid->n_at_once, fill_stretch, grid);
  fill_by_group(grid);
}

void query_run_fill(const QueryRun *run, const EvalLevel *level, const guint *numbers, QueryGroup *const *groups,
                    guint n) {
  for (guint first = 0; first < n; first += MOST_GROUPS) {
    Grid grid = {.run = run, .level = level, .numbers = numbers + first, .groups = groups + first};
    grid.n = MIN(n - first, MOST_GROUPS);
    fill_groups(&grid);
  }
  for (guint i = 0; i < n; i++) {
    groups[i]->is_silent = groups[i]->n_members > 0;
    for (guint k = 0; k < groups[i]->n_kpis; k++) groups[i]->is_silent &= !groups[i]->seen[k].says;
  }
}
