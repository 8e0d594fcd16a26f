/* Filling cells.
 *
 * In the cells of one question each column is one array indexed by group * n_cells + cell, grown together for all
 * columns when groups are added, so that adding a row is an index and an addition. Sums keep their row count beside
 * them (one cache line): every number can say from how many records it is. */
#include "cube/table.h"

static void log_sum(CubeTable *table, guint column, gboolean is_moment, gint32 group, guint cell, gint64 value,
                    gint64 rows) {
  CubeAddition addition = {.group = group,
                           .column = (guint16)column,
                           .is_moment = is_moment != FALSE,
                           .cell = cell,
                           .value = value,
                           .rows = rows};
  g_array_append_val(table->log, addition);
}

/* Of the kinds that are kept whole. TRUE when the table's form takes it. */
static gboolean add_item(CubeTable *table, guint column, gint32 group, CubeItem item) {
  if (table->is_kept) {
    cube_items_put(table->columns[column].items, group, &item);
  } else if (table->log != NULL) {
    CubeAddition addition = {.group = group, .column = (guint16)column, .cell = item.cell, .item = item};
    g_array_append_val(table->log, addition);
  } else {
    return FALSE;
  }
  return TRUE;
}

/* A sum in another form than cells. */
static void add_elsewhere(CubeTable *table, guint column, gboolean is_moment, gint32 group, guint cell, gint64 value,
                          gint64 rows) {
  if (table->sparse != NULL)
    cube_sparse_add(table->sparse, column, is_moment, group, cell, value, rows);
  else if (table->log != NULL)
    log_sum(table, column, is_moment, group, cell, value, rows);
  else if (!cube_kept_add(is_moment ? table->columns[column].kept_moments : table->columns[column].kept, group, cell,
                          value, rows))
    cube_table_set_overflowed(table);
}

void cube_add_sum(CubeTable *table, guint column, gint32 group, guint cell, gint64 value, gint64 rows) {
  if (!cube_has_cells(table)) {
    add_elsewhere(table, column, FALSE, group, cell, value, rows);
    return;
  }
  SumCell *at = cube_sum_cell(&table->columns[column], group, cell);
  if (__builtin_add_overflow(at->sum, value, &at->sum)) cube_table_set_overflowed(table);
  at->rows += rows;
}

void cube_add_sums(CubeTable *table, guint column, gsize n, const gint32 *groups, const gint32 *cells,
                   const gint64 *values, gint rows) {
  if (table->is_kept && !table->finished) {
    if (!cube_kept_add_many(table->columns[column].kept, n, groups, cells, values, rows))
      cube_table_set_overflowed(table);
    return;
  }
  if (!cube_has_cells(table)) {
    for (gsize i = 0; i < n; i++)
      if ((groups[i] | cells[i]) >= 0)
        add_elsewhere(table, column, FALSE, groups[i], (guint)cells[i], values == NULL ? rows : values[i], rows);
    return;
  }
  Column *to = &table->columns[column];
  SumCell *sums = (SumCell *)to->cells;
  gint64 n_cells = to->spec.n_cells;
  gboolean overflowed = FALSE;
  for (gsize i = 0; i < n; i++) {
    if ((groups[i] | cells[i]) < 0) continue;
    SumCell *at = sums + groups[i] * n_cells + cells[i];
    overflowed |= __builtin_add_overflow(at->sum, values == NULL ? rows : values[i], &at->sum);
    at->rows += rows;
  }
  if (overflowed) cube_table_set_overflowed(table);
}

void cube_add_moment(CubeTable *table, guint column, gint32 group, guint cell, gint64 value, gint64 rows, BaseDay day) {
  gint64 moment;
  if (__builtin_mul_overflow(value, (gint64)day, &moment)) cube_table_set_overflowed(table);
  if (!cube_has_cells(table)) {
    add_elsewhere(table, column, TRUE, group, cell, moment, rows * day);
    return;
  }
  MomentCell *at = table->columns[column].moments + cube_cell_at(&table->columns[column], group, cell);
  if (__builtin_add_overflow(at->sum, moment, &at->sum)) cube_table_set_overflowed(table);
  at->rows += rows * day;
}

void cube_extreme_add(ExtremeCell *at, CubeKind kind, double value, gint64 rows) {
  if (at->rows == 0 || (kind == CUBE_MIN ? value < at->value : value > at->value)) at->value = value;
  at->rows += rows;
}

GArray *cube_array_cell(GArray **at, gsize element_size) {
  if (*at == NULL) *at = g_array_new(FALSE, FALSE, (guint)element_size);
  return *at;
}

void cube_add_number(CubeTable *table, guint column, gint32 group, guint cell, double value) {
  if (add_item(table, column, group, (CubeItem){.cell = cell, .number = value})) return;
  Column *to = &table->columns[column];
  gsize at = cube_cell_at(to, group, cell);
  if (to->spec.kind == CUBE_VALUES)
    g_array_append_val(cube_array_cell(&((GArray **)to->cells)[at], sizeof value), value);
  else
    cube_extreme_add(&((ExtremeCell *)to->cells)[at], to->spec.kind, value, 1);
}

void cube_add_id(CubeTable *table, guint column, gint32 group, guint cell, guint32 id) {
  if (table->sparse != NULL) {
    cube_sparse_add(table->sparse, column, FALSE, group, cell, id, 1);
    return;
  }
  if (add_item(table, column, group, (CubeItem){.cell = cell, .id = id})) return;
  Column *to = &table->columns[column];
  roaring_bitmap_t **at = &((roaring_bitmap_t **)to->cells)[cube_cell_at(to, group, cell)];
  if (*at == NULL) *at = roaring_bitmap_create();
  roaring_bitmap_add(*at, id);
}

void cube_add_duration(CubeTable *table, guint column, gint32 group, guint cell, StatsDuration duration) {
  if (add_item(table, column, group, (CubeItem){.cell = cell, .id = duration.event, .number = duration.time})) return;
  Column *to = &table->columns[column];
  g_array_append_val(cube_array_cell(&((GArray **)to->cells)[cube_cell_at(to, group, cell)], sizeof duration),
                     duration);
}

void cube_add_purchase(CubeTable *table, guint column, gint32 group, guint cell, StatsPurchase purchase) {
  CubeItem item = {.cell = cell, .id = purchase.customer, .day = purchase.day, .number = purchase.value};
  if (add_item(table, column, group, item)) return;
  Column *to = &table->columns[column];
  g_array_append_val(cube_array_cell(&((GArray **)to->cells)[cube_cell_at(to, group, cell)], sizeof purchase),
                     purchase);
}

gboolean cube_table_overflowed(const CubeTable *table) {
  return table->overflowed;
}

void cube_table_set_overflowed(CubeTable *table) {
  g_atomic_int_set(&table->overflowed, TRUE);
}

gboolean cube_table_fills_apart(const CubeTable *table) {
  return table->sparse == NULL && table->log == NULL;
}

static void settle_kept(gpointer data, guint c) {
  const Column *column = &((CubeTable *)data)->columns[c];
  if (column->items != NULL) cube_items_settle(column->items);
  if (column->kept != NULL) cube_kept_settle(column->kept);
  if (column->kept_moments != NULL) cube_kept_settle(column->kept_moments);
}

void cube_table_settle(CubeTable *table) {
  if (table->is_kept) cube_each_column(table, settle_kept, table);
}

static void finish_kept(gpointer data, guint c) {
  CubeTable *table = data;
  const Column *column = &table->columns[c];
  gboolean ok = TRUE;
  if (column->items != NULL) cube_items_settle(column->items);
  if (column->kept != NULL) ok = cube_kept_finish(column->kept);
  if (column->kept_moments != NULL) ok &= cube_kept_finish(column->kept_moments);
  if (!ok) cube_table_set_overflowed(table);
}

void cube_table_finish(CubeTable *table) {
  if (table->finished) return;
  table->finished = TRUE;
  if (table->sparse != NULL) {
    table->overflowed |= !cube_sparse_finish(table->sparse, table->n_groups);
    return;
  }
  if (table->is_kept) cube_each_column(table, finish_kept, table);
  if (!cube_has_cells(table)) return;
  for (guint c = 0; c < table->n_columns; c++) {
    Column *column = &table->columns[c];
    if (column->spec.kind != CUBE_SUM || column->spec.framed) continue;
    guint n_cells = column->spec.n_cells;
    for (gint32 g = 0; g < table->n_groups; g++) {
      SumCell *cells = cube_sum_cell(column, g, 0);
      for (guint i = 1; i < n_cells; i++) {
        table->overflowed |= __builtin_add_overflow(cells[i].sum, cells[i - 1].sum, &cells[i].sum);
        cells[i].rows += cells[i - 1].rows;
      }
      if (!column->spec.with_moment) continue;
      MomentCell *moments = column->moments + (gsize)g * n_cells;
      for (guint i = 1; i < n_cells; i++) {
        table->overflowed |= __builtin_add_overflow(moments[i].sum, moments[i - 1].sum, &moments[i].sum);
        moments[i].rows += moments[i - 1].rows;
      }
    }
  }
}
