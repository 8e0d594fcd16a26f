/* Events: an addition comes into a window's span and goes out of it.
 *
 *   cell           …  c  …                     spans of the windows, in the order of time
 *   window 0   [--------)                      c comes into window 1 and is out of window 3: two events, whatever
 *   window 1       [--------)                  the number of windows, cells or entities
 *   window 2         [--------)
 *   window 3               [--------)                                                                            */
#include "query/each_private.h"

typedef struct {
  guint cell;
  EachEvent event;
} CellEvent;

typedef struct {
  GArray **of_column; /* CellEvent; NULL = none */
  guint n_columns;
} Gathered;

static GArray *gathered_of(Gathered *gathered, guint column) {
  if (column >= gathered->n_columns) {
    gathered->of_column = g_renew(GArray *, gathered->of_column, column + 1);
    while (gathered->n_columns <= column) gathered->of_column[gathered->n_columns++] = NULL;
  }
  if (gathered->of_column[column] == NULL) gathered->of_column[column] = g_array_new(FALSE, FALSE, sizeof(CellEvent));
  return gathered->of_column[column];
}

static void add_span(GArray *to, guint from, guint until, EachEvent event) {
  for (guint cell = from; cell < until; cell++) {
    CellEvent of = {cell, event};
    g_array_append_val(to, of);
  }
}

typedef struct {
  guint from, to;
} Span;

/* The cells of one span that are not in another. */
static void add_without(GArray *to, Span span, Span other, EachEvent event) {
  if (other.from >= other.to || other.to <= span.from || other.from >= span.to) {
    add_span(to, span.from, span.to, event);
    return;
  }
  add_span(to, span.from, MIN(span.to, other.from), event);
  add_span(to, MAX(span.from, other.to), span.to, event);
}

static void add_column(Gathered *gathered, const EachLeaf *leaf, guint n_windows, guint column, EachEvent event) {
  GArray *to = gathered_of(gathered, column);
  gint16 sign = event.sign;
  gboolean of_all = event.window == EACH_ALL_WINDOWS;
  Span before = {0, 0};
  for (guint p = 0; p < n_windows; p++) {
    Span now = {leaf->reads[p]->from, leaf->reads[p]->to};
    if (!of_all) event.window = (guint16)p;
    event.sign = sign;
    add_without(to, now, before, event);
    event.sign = (gint16)-sign;
    if (!of_all) add_without(to, before, now, event);
    before = now;
  }
}

/* A mean over days is of its window's days, foreign amounts are at its last day's rate: what is in the span makes them
 * other in every window. */
static void add_leaf(const Evaluator *evaluator, Gathered *gathered, const EachLeaf *leaf, guint n_windows,
                     EachEvent event) {
  const PlanUse *use = leaf->reads[0]->use;
  gboolean averaged = FALSE;
  for (guint p = 0; p < n_windows; p++) averaged |= leaf->reads[p]->window.bound == WINDOW_AVERAGE;
  EachEvent again = event, always = event;
  event.sign = leaf->adds_up;
  again.sign = always.sign = 0;
  always.window = EACH_ALL_WINDOWS;
  add_column(gathered, leaf, n_windows, use->column, averaged ? always : event);
  if (use->missing_column >= 0) add_column(gathered, leaf, n_windows, (guint)use->missing_column, again);
  if (use->ended_column >= 0) add_column(gathered, leaf, n_windows, (guint)use->ended_column, always);
  for (guint i = 0; use->currency_column >= 0 && i < query_org_n_currencies(evaluator->plan->org); i++)
    add_column(gathered, leaf, n_windows, (guint)use->currency_column + i, always);
}

static EachColumn column_of(const GArray *gathered) {
  guint n_cells = 0;
  for (guint i = 0; i < gathered->len; i++) n_cells = MAX(n_cells, g_array_index(gathered, CellEvent, i).cell + 1);
  EachColumn column = {g_new0(guint, n_cells + 2), g_new(EachEvent, gathered->len + 1)};
  column.n_cells = n_cells;
  for (guint i = 0; i < gathered->len; i++) column.first[g_array_index(gathered, CellEvent, i).cell + 2]++;
  for (guint c = 0; c < n_cells; c++) column.first[c + 2] += column.first[c + 1];
  for (guint i = 0; i < gathered->len; i++) {
    const CellEvent *of = &g_array_index(gathered, CellEvent, i);
    column.events[column.first[of->cell + 1]++] = of->event;
  }
  return column;
}

static void finish_table(EachTable *table, Gathered *gathered) {
  table->n_columns = gathered->n_columns;
  table->columns = g_new0(EachColumn, gathered->n_columns);
  for (guint c = 0; c < gathered->n_columns; c++) {
    if (gathered->of_column[c] == NULL) continue;
    table->columns[c] = column_of(gathered->of_column[c]);
    g_array_unref(gathered->of_column[c]);
  }
  g_free(gathered->of_column);
}

EachTable *each_events_new(const Evaluator *evaluator, const GPtrArray *families) {
  guint n_tables = evaluator->plan->tables->len;
  EachTable *tables = g_new0(EachTable, n_tables);
  g_autofree Gathered *gathered = g_new0(Gathered, n_tables);
  for (guint f = 0; f < families->len; f++) {
    const EachFamily *family = g_ptr_array_index(families, f);
    for (guint l = 0; l < family->leaves->len; l++) {
      const EachLeaf *leaf = g_ptr_array_index(family->leaves, l);
      guint t = leaf->reads[0]->use->table;
      if (tables[t].is_read_by == NULL) tables[t].is_read_by = g_new0(guint8, families->len);
      tables[t].is_read_by[f] = TRUE;
      add_leaf(evaluator, &gathered[t], leaf, family->n_windows, (EachEvent){.family = (guint16)f, .leaf = (guint16)l});
    }
  }
  for (guint t = 0; t < n_tables; t++) {
    const EvalLevel *level = g_ptr_array_index(evaluator->levels, 0);
    tables[t].is_sparse = cube_table_is_sparse(level->tables[t].cells);
    finish_table(&tables[t], &gathered[t]);
  }
  return tables;
}

void each_events_free(EachTable *tables, guint n_tables) {
  for (guint t = 0; tables != NULL && t < n_tables; t++) {
    for (guint c = 0; c < tables[t].n_columns; c++) {
      g_free(tables[t].columns[c].first);
      g_free(tables[t].columns[c].events);
    }
    g_free(tables[t].columns);
    g_free(tables[t].is_read_by);
  }
  g_free(tables);
}
