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

static void merge_kept(CubeTable *to, gint32 group, const CubeTable *from, gint32 from_group) {
  for (guint c = 0; c < from->n_columns; c++) {
    const Column *source = &from->columns[c];
    Column *target = &to->columns[c];
    to->overflowed |= !cube_kept_merge(target->kept, group, source->kept, from_group);
    if (source->kept_moments != NULL)
      to->overflowed |= !cube_kept_merge(target->kept_moments, group, source->kept_moments, from_group);
  }
}

CubeTable *cube_table_roll_up(const CubeTable *table, const guint *keep, guint n_keep) {
  g_return_val_if_fail(!table->finished || table->sparse != NULL, NULL);
  CubeTable *rolled = cube_table_new_like(table, n_keep);
  g_autofree gint32 *map = g_new(gint32, (gsize)table->n_groups + 1);
  g_autofree gint64 *members = g_new0(gint64, MAX(n_keep, 1));
  for (gint32 g = 0; g < table->n_groups; g++) {
    const gint64 *tuple = cube_table_members(table, g);
    for (guint k = 0; k < n_keep; k++) members[k] = tuple[keep[k]];
    gint32 to = map[g] = cube_table_make_group(rolled, members);
    if (rolled->touches != NULL && table->touches != NULL) rolled->touches[to] += table->touches[g];
    if (table->is_kept) merge_kept(rolled, to, table, g);
    for (guint c = 0; c < table->n_columns && cube_has_cells(table); c++) {
      guint n_cells = table->columns[c].spec.n_cells;
      for (guint cell = 0; cell < n_cells; cell++)
        merge_cell(rolled, table, c, (gsize)to * n_cells + cell, (gsize)g * n_cells + cell);
    }
  }
  if (table->sparse != NULL) cube_sparse_merge(rolled->sparse, table->sparse, table->n_groups, map);
  rolled->overflowed |= table->overflowed;
  return rolled;
}
