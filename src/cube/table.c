/* Tables of cells: making, copying and freeing them, and applying what was logged. */
#include "cube/table.h"

static gsize cell_size(CubeKind kind) {
  switch (kind) {
    case CUBE_SUM:
      return sizeof(SumCell);
    case CUBE_MIN:
    case CUBE_MAX:
      return sizeof(ExtremeCell);
    default:
      return sizeof(gpointer);
  }
}

guint cube_element_size(CubeKind kind) {
  switch (kind) {
    case CUBE_VALUES:
      return sizeof(double);
    case CUBE_DURATIONS:
      return sizeof(StatsDuration);
    case CUBE_PURCHASES:
      return sizeof(StatsPurchase);
    default:
      return 0;
  }
}

CubeTable *cube_table_new(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups) {
  CubeTable *table = g_new0(CubeTable, 1);
  table->n_members = n_members;
  table->n_columns = n_columns;
  table->columns = g_new0(Column, n_columns);
  for (guint c = 0; c < n_columns; c++) {
    table->columns[c].spec = columns[c];
    table->columns[c].cell_size = cell_size(columns[c].kind);
  }
  table->max_groups = MIN(max_groups, G_MAXINT32 / 2);
  table->index_mask = 63;
  table->index = g_new0(gint32, table->index_mask + 1);
  if (n_members == 1) table->dense = g_new0(gint32, CUBE_DENSE_IDS);
  return table;
}

static gboolean can_be_sparse(const CubeColumnSpec *columns, guint n_columns) {
  for (guint c = 0; c < n_columns; c++)
    if ((columns[c].kind != CUBE_SUM && columns[c].kind != CUBE_DISTINCT) || columns[c].n_cells > CUBE_SPARSE_MAX_CELLS)
      return FALSE;
  return n_columns < CUBE_MOMENT;
}

CubeTable *cube_table_new_sparse(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups) {
  CubeTable *table = cube_table_new(n_members, columns, n_columns, max_groups);
  if (can_be_sparse(columns, n_columns)) table->sparse = cube_sparse_new();
  return table;
}

CubeTable *cube_table_new_kept(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups,
                               gboolean sparse, CubeBlocks *blocks) {
  CubeTable *table = cube_table_new(n_members, columns, n_columns, max_groups);
  table->touches = g_new0(gint32, 1);
  table->changed = g_new0(guint32, 1);
  if (sparse && can_be_sparse(columns, n_columns)) {
    table->sparse = cube_sparse_new();
    table->heads = cube_heads_new(n_members);
    table->recall = cube_recall_new();
    return table;
  }
  table->is_kept = TRUE;
  table->blocks = blocks == NULL ? NULL : cube_blocks_hold(blocks);
  for (guint c = 0; c < n_columns; c++) {
    gboolean fit = blocks != NULL && !columns[c].framed && columns[c].n_cells == blocks->n_cells;
    g_autoptr(CubeBlocks) own = fit ? cube_blocks_hold(blocks) : cube_blocks_even(columns[c].n_cells);
    if (columns[c].kind != CUBE_SUM) {
      table->columns[c].items = cube_items_new(columns[c].kind, own);
      table->columns[c].memory = cube_memory_new();
      continue;
    }
    table->columns[c].kept = cube_kept_new(&columns[c], FALSE, own);
    if (columns[c].with_moment) table->columns[c].kept_moments = cube_kept_new(&columns[c], TRUE, own);
  }
  return table;
}

CubeTable *cube_table_new_log(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups) {
  CubeTable *table = cube_table_new(n_members, columns, n_columns, max_groups);
  table->touches = g_new0(gint32, 1);
  table->log = g_array_new(FALSE, TRUE, sizeof(CubeAddition));
  return table;
}

static CubeColumnSpec *specs_of(const CubeTable *table) {
  CubeColumnSpec *specs = g_new(CubeColumnSpec, MAX(table->n_columns, 1));
  for (guint c = 0; c < table->n_columns; c++) specs[c] = table->columns[c].spec;
  return specs;
}

CubeTable *cube_table_new_like(const CubeTable *table, guint n_members) {
  g_autofree CubeColumnSpec *specs = specs_of(table);
  if (table->is_kept)
    return cube_table_new_kept(n_members, specs, table->n_columns, table->max_groups, FALSE, table->blocks);
  if (table->touches != NULL && table->log == NULL)
    return cube_table_new_kept(n_members, specs, table->n_columns, table->max_groups, TRUE, NULL);
  return (table->sparse != NULL ? cube_table_new_sparse : cube_table_new)(n_members, specs, table->n_columns,
                                                                          table->max_groups);
}

CubeTable *cube_table_new_log_of(const CubeTable *table) {
  g_autofree CubeColumnSpec *specs = specs_of(table);
  return cube_table_new_log(table->n_members, specs, table->n_columns, table->max_groups);
}

static void free_cells(const CubeTable *table, Column *column) {
  cube_kept_free(column->kept);
  cube_kept_free(column->kept_moments);
  cube_items_free(column->items);
  cube_memory_free(column->memory);
  if (column->cells == NULL) return;
  gsize n = (gsize)table->n_groups * column->spec.n_cells;
  gpointer *pointers = (gpointer *)column->cells;
  if (column->spec.kind == CUBE_DISTINCT)
    for (gsize i = 0; i < n; i++)
      if (pointers[i] != NULL) roaring_bitmap_free(pointers[i]);
  if (cube_element_size(column->spec.kind) > 0)
    for (gsize i = 0; i < n; i++)
      if (pointers[i] != NULL) g_array_unref(pointers[i]);
  g_free(column->cells);
  g_free(column->moments);
}

void cube_table_free(CubeTable *table) {
  if (table == NULL) return;
  for (guint c = 0; c < table->n_columns; c++) free_cells(table, &table->columns[c]);
  g_free(table->columns);
  g_free(table->members);
  g_free(table->index);
  g_free(table->dense);
  g_free(table->touches);
  g_free(table->changed);
  cube_sparse_free(table->sparse);
  cube_heads_free(table->heads);
  cube_recall_free(table->recall);
  cube_blocks_free(table->blocks);
  g_clear_pointer(&table->log, g_array_unref);
  g_free(table);
}

CubeTable *cube_table_copy(const CubeTable *table) {
  g_return_val_if_fail(table->is_kept || table->sparse != NULL, NULL);
  CubeTable *copy = g_memdup2(table, sizeof *table);
  copy->columns = g_memdup2(table->columns, table->n_columns * sizeof *table->columns);
  copy->members =
      g_memdup2(table->members, (gsize)MAX(table->capacity, 1) * MAX(table->n_members, 1) * sizeof *table->members);
  copy->index = g_memdup2(table->index, ((gsize)table->index_mask + 1) * sizeof *table->index);
  if (table->dense != NULL) copy->dense = g_memdup2(table->dense, CUBE_DENSE_IDS * sizeof *table->dense);
  copy->changed = g_memdup2(table->changed, (gsize)MAX(table->capacity, 1) * sizeof *table->changed);
  copy->touches = g_memdup2(table->touches, (gsize)MAX(table->capacity, 1) * sizeof *table->touches);
  if (table->sparse != NULL) copy->sparse = cube_sparse_copy(table->sparse);
  if (table->blocks != NULL) cube_blocks_hold(table->blocks);
  if (table->heads != NULL) copy->heads = cube_heads_copy(table->heads);
  cube_recall_hold(table->recall);
  for (guint c = 0; c < table->n_columns && table->is_kept; c++) {
    const Column *column = &table->columns[c];
    if (column->kept != NULL) copy->columns[c].kept = cube_kept_copy(column->kept);
    if (column->kept_moments != NULL) copy->columns[c].kept_moments = cube_kept_copy(column->kept_moments);
    if (column->items != NULL) copy->columns[c].items = cube_items_copy(column->items);
    if (column->memory != NULL) copy->columns[c].memory = cube_memory_new();
  }
  return copy;
}

/* --- applying --- */

static gboolean apply_sum(CubeTable *table, gint32 group, const CubeAddition *addition, gint64 sign) {
  if (table->sparse != NULL) {
    guint column = addition->is_moment ? addition->column | CUBE_MOMENT : addition->column;
    CubeEntry entry = {(guint16)column, (guint16)addition->cell, (gint32)addition->rows, addition->value};
    return cube_sparse_change(table->sparse, group, &entry, sign < 0);
  }
  Column *column = &table->columns[addition->column];
  if (!cube_kept_add(addition->is_moment ? column->kept_moments : column->kept, group, addition->cell,
                     sign * addition->value, sign * addition->rows))
    table->overflowed = TRUE;
  return TRUE;
}

static gboolean apply_item(CubeTable *table, gint32 group, const CubeAddition *addition, gint64 sign) {
  if (table->sparse != NULL) {
    CubeEntry entry = {addition->column, (guint16)addition->cell, 1, addition->item.id};
    return cube_sparse_change(table->sparse, group, &entry, sign < 0);
  }
  const Column *column = &table->columns[addition->column];
  cube_memory_forget(column->memory, group, addition->cell);
  if (sign < 0) return cube_items_take(column->items, group, &addition->item);
  cube_items_put(column->items, group, &addition->item);
  return TRUE;
}

/* log group -> the table's. FALSE when there are too many. */
static gboolean map_groups(CubeTable *table, const CubeTable *log, const CubeChange *change, gint32 *map) {
  gint32 n_before = table->n_groups;
  g_autofree gint64 *members = g_new0(gint64, table->n_members + 1);
  for (gint32 g = 0; g < log->n_groups; g++) {
    const gint64 *tuple = cube_table_members(log, g);
    for (guint m = 0; m < table->n_members; m++) members[m] = tuple[change->keep != NULL ? change->keep[m] : m];
    map[g] = cube_table_make_group(table, members);
    if (map[g] < 0) return FALSE;
    gint32 *touches = &table->touches[map[g]], before = *touches;
    *touches += (change->taken_away ? -1 : 1) * log->touches[g];
    table->n_regrouped += (before == 0) != (*touches == 0);
    table->changed[map[g]] = change->number;
    if (table->heads != NULL) cube_heads_change(table->heads, members, change->number);
  }
  if (table->heads != NULL) cube_heads_reach(table->heads, change->number);
  table->n_regrouped += (guint)(table->n_groups - n_before);
  if (table->sparse != NULL) cube_sparse_grow(table->sparse, table->n_groups);
  return TRUE;
}

gboolean cube_table_apply(CubeTable *table, const CubeTable *log, const CubeChange *change) {
  g_return_val_if_fail(log->log != NULL && table->touches != NULL, FALSE);
  table->overflowed |= log->overflowed;
  gint32 sign = change->taken_away ? -1 : 1;
  g_autofree gint32 *map = g_new(gint32, (gsize)log->n_groups + 1);
  if (!map_groups(table, log, change, map)) return FALSE;
  for (guint i = 0; i < log->log->len && table->n_columns > 0; i++) {
    const CubeAddition *addition = &g_array_index(log->log, CubeAddition, i);
    gboolean is_sum = table->columns[addition->column].spec.kind == CUBE_SUM;
    if (!(is_sum ? apply_sum : apply_item)(table, map[addition->group], addition, sign)) return FALSE;
  }
  return TRUE;
}

void cube_table_remap_ids(CubeTable *log, guint column, const guint32 *map, gsize n_map) {
  g_return_if_fail(log->log != NULL);
  for (guint i = 0; i < log->log->len; i++) {
    CubeAddition *addition = &g_array_index(log->log, CubeAddition, i);
    if (addition->column == column && addition->item.id < n_map) addition->item.id = map[addition->item.id];
  }
}
