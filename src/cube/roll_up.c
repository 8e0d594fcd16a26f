/* Rolling up: groups whose kept members are equal become one. */
#include "cube/table.h"

static void merge_cell(CubeTable *to, const CubeTable *from, guint c, gsize to_at, gsize from_at) {
  Column *target = &to->columns[c];
  const Column *source = &from->columns[c];
  switch (source->spec.kind) {
    case CUBE_SUM: {
      SumCell *sum = (SumCell *)target->cells + to_at;
      const SumCell *add = (const SumCell *)source->cells + from_at;
      to->overflowed |= __builtin_add_overflow(sum->sum, add->sum, &sum->sum);
      sum->rows += add->rows;
      if (source->spec.with_moment) {
        to->overflowed |= __builtin_add_overflow(target->moments[to_at].sum, source->moments[from_at].sum,
                                                 &target->moments[to_at].sum);
        target->moments[to_at].rows += source->moments[from_at].rows;
      }
      break;
    }
    case CUBE_MIN:
    case CUBE_MAX: {
      const ExtremeCell *add = (const ExtremeCell *)source->cells + from_at;
      if (add->rows > 0)
        cube_extreme_add((ExtremeCell *)target->cells + to_at, source->spec.kind, add->value, add->rows);
      break;
    }
    case CUBE_DISTINCT: {
      const roaring_bitmap_t *add = ((roaring_bitmap_t **)source->cells)[from_at];
      roaring_bitmap_t **set = &((roaring_bitmap_t **)target->cells)[to_at];
      if (add == NULL) break;
      if (*set == NULL)
        *set = roaring_bitmap_copy(add);
      else
        roaring_bitmap_or_inplace(*set, add);
      break;
    }
    case CUBE_VALUES:
    case CUBE_DURATIONS:
    case CUBE_PURCHASES: {
      const GArray *add = ((GArray **)source->cells)[from_at];
      if (add == NULL) break;
      g_array_append_vals(cube_array_cell(&((GArray **)target->cells)[to_at], cube_element_size(source->spec.kind)),
                          add->data, add->len);
      break;
    }
  }
}

/* Groups to groups. */
typedef struct {
  CubeTable *rolled;
  const CubeTable *table;
  const gint32 *map; /* of the table's groups */
} Rolling;

static void roll_column(gpointer data, guint c) {
  const Rolling *rolling = data;
  const Column *source = &rolling->table->columns[c];
  const Column *target = &rolling->rolled->columns[c];
  gboolean ok = TRUE;
  if (source->items != NULL) cube_items_merge(target->items, source->items, rolling->map);
  if (source->kept != NULL) ok = cube_kept_merge(target->kept, source->kept, rolling->map);
  if (source->kept_moments != NULL) ok &= cube_kept_merge(target->kept_moments, source->kept_moments, rolling->map);
  if (!ok) cube_table_set_overflowed(rolling->rolled);
}

static void roll_cells(const Rolling *rolling) {
  const CubeTable *table = rolling->table;
  for (gint32 g = 0; g < table->n_groups; g++)
    for (guint c = 0; c < table->n_columns; c++) {
      guint n_cells = table->columns[c].spec.n_cells;
      for (guint cell = 0; cell < n_cells; cell++)
        merge_cell(rolling->rolled, table, c, (gsize)rolling->map[g] * n_cells + cell, (gsize)g * n_cells + cell);
    }
}

CubeTable *cube_table_roll_up(CubeTable *table, const guint *keep, guint n_keep) {
  g_return_val_if_fail(!table->finished || table->sparse != NULL, NULL);
  CubeTable *rolled = cube_table_new_like(table, n_keep);
  g_autofree gint32 *map = g_new0(gint32, (gsize)table->capacity + 1);
  g_autofree gint64 *members = g_new0(gint64, MAX(n_keep, 1));
  for (gint32 g = 0; g < table->n_groups; g++) {
    const gint64 *tuple = cube_table_members(table, g);
    for (guint k = 0; k < n_keep; k++) members[k] = tuple[keep[k]];
    map[g] = cube_table_make_group(rolled, members);
    if (rolled->touches != NULL && table->touches != NULL) rolled->touches[map[g]] += table->touches[g];
  }
  Rolling rolling = {rolled, table, map};
  cube_table_settle(table);
  if (table->is_kept)
    cube_each_column(table, roll_column, &rolling);
  else if (cube_has_cells(table))
    roll_cells(&rolling);
  if (table->sparse != NULL) cube_sparse_merge(rolled->sparse, table->sparse, table->n_groups, map);
  rolled->overflowed |= table->overflowed;
  return rolled;
}
