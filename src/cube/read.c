/* Reading cells. */
#include "cube/table.h"

/* The items of a group's cells [from, to) of a kept column, block by block; nothing of others. */
typedef struct {
  const CubeItems *items;
  gint32 group;
  guint block, last_block, from, to;
  CubeItemRun run;
} ItemWalk;

static ItemWalk walk_begin(const Column *source, gint32 group, guint from, guint to) {
  if (source->items == NULL || group < 0 || from >= to) return (ItemWalk){.block = 1};
  return (ItemWalk){.items = source->items,
                    .group = group,
                    .block = cube_items_block_of(source->items, from),
                    .last_block = cube_items_block_of(source->items, to - 1),
                    .from = from,
                    .to = to};
}

static gboolean walk_next(ItemWalk *walk) {
  while (walk->block <= walk->last_block) {
    walk->run = cube_items_run(walk->items, walk->group, walk->block++, walk->from, walk->to);
    if (walk->run.n > 0) return TRUE;
  }
  return FALSE;
}

static CubeSum kept_sum(const CubeKept *kept, gint32 group, guint from, guint to) {
  CubeSum sum;
  cube_kept_sums(kept, &group, 1, from, to, &sum);
  return sum;
}

CubeSum cube_read_sum(const CubeTable *table, guint column, gint32 group, guint from, guint to) {
  if (group < 0 || from >= to) return (CubeSum){0, 0};
  if (table->is_kept) return kept_sum(table->columns[column].kept, group, from, to);
  if (table->sparse != NULL) return cube_sparse_sum(table->sparse, column, FALSE, group, from, to);
  const Column *source = &table->columns[column];
  const SumCell *cells = (const SumCell *)source->cells + (gsize)group * source->spec.n_cells;
  if (source->spec.framed) return (CubeSum){cells[from].sum, cells[from].rows};
  CubeSum sum = {cells[to - 1].sum, cells[to - 1].rows};
  if (from > 0) {
    sum.sum -= cells[from - 1].sum;
    sum.rows -= cells[from - 1].rows;
  }
  return sum;
}

void cube_read_sums(const CubeTable *table, guint column, const gint32 *groups, guint n, guint from, guint to,
                    CubeSum *sums) {
  if (table->is_kept && from < to)
    cube_kept_sums(table->columns[column].kept, groups, n, from, to, sums);
  else
    for (guint i = 0; i < n; i++) sums[i] = cube_read_sum(table, column, groups[i], from, to);
}

CubeSum cube_read_moment(const CubeTable *table, guint column, gint32 group, guint from, guint to) {
  const Column *source = &table->columns[column];
  if (group < 0 || from >= to || !source->spec.with_moment) return (CubeSum){0, 0};
  if (table->is_kept) return kept_sum(source->kept_moments, group, from, to);
  if (table->sparse != NULL) return cube_sparse_sum(table->sparse, column, TRUE, group, from, to);
  const MomentCell *cells = source->moments + (gsize)group * source->spec.n_cells;
  CubeSum sum = {cells[to - 1].sum, cells[to - 1].rows};
  if (from > 0) {
    sum.sum -= cells[from - 1].sum;
    sum.rows -= cells[from - 1].rows;
  }
  return sum;
}

gboolean cube_read_extreme(const CubeTable *table, guint column, gint32 group, guint from, guint to, double *value,
                           gint64 *rows) {
  if (group < 0) return FALSE;
  const Column *source = &table->columns[column];
  ExtremeCell all = {0, 0};
  for (ItemWalk walk = walk_begin(source, group, from, to); walk_next(&walk);)
    for (gsize i = 0; i < walk.run.n; i++) cube_extreme_add(&all, source->spec.kind, walk.run.numbers[i], 1);
  for (guint i = from; i < to && !table->is_kept; i++) {
    const ExtremeCell *cell = (const ExtremeCell *)source->cells + cube_cell_at(source, group, i);
    if (cell->rows > 0) cube_extreme_add(&all, source->spec.kind, cell->value, cell->rows);
  }
  if (all.rows == 0) return FALSE;
  *value = all.value;
  *rows = all.rows;
  return TRUE;
}

static gint64 read_kept_distinct(const Column *source, gint32 group, guint from, guint to) {
  roaring_bitmap_t *all = roaring_bitmap_create();
  for (ItemWalk walk = walk_begin(source, group, from, to); walk_next(&walk);)
    roaring_bitmap_add_many(all, walk.run.n, walk.run.ids);
  gint64 count = (gint64)roaring_bitmap_get_cardinality(all);
  roaring_bitmap_free(all);
  return count;
}

gint64 cube_read_distinct(const CubeTable *table, guint column, gint32 group, guint from, guint to) {
  if (group < 0 || from >= to) return 0;
  if (table->sparse != NULL) return cube_sparse_distinct(table->sparse, column, group, from, to);
  const Column *source = &table->columns[column];
  if (table->is_kept) return read_kept_distinct(source, group, from, to);
  g_autofree const roaring_bitmap_t **sets = g_new(const roaring_bitmap_t *, to - from);
  gsize n = 0;
  for (guint i = from; i < to; i++) {
    const roaring_bitmap_t *set = ((roaring_bitmap_t **)source->cells)[cube_cell_at(source, group, i)];
    if (set != NULL) sets[n++] = set;
  }
  if (n == 0) return 0;
  if (n == 1) return (gint64)roaring_bitmap_get_cardinality(sets[0]);
  roaring_bitmap_t *all = roaring_bitmap_or_many(n, sets);
  gint64 count = (gint64)roaring_bitmap_get_cardinality(all);
  roaring_bitmap_free(all);
  return count;
}

static void read_arrays(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *out) {
  if (group < 0) return;
  const Column *source = &table->columns[column];
  for (guint i = from; i < to; i++) {
    const GArray *cell = ((GArray **)source->cells)[cube_cell_at(source, group, i)];
    if (cell != NULL) g_array_append_vals(out, cell->data, cell->len);
  }
}

void cube_read_values(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *values) {
  if (!table->is_kept) {
    read_arrays(table, column, group, from, to, values);
    return;
  }
  for (ItemWalk walk = walk_begin(&table->columns[column], group, from, to); walk_next(&walk);)
    g_array_append_vals(values, walk.run.numbers, (guint)walk.run.n);
}

void cube_read_durations(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *durations) {
  if (!table->is_kept) {
    read_arrays(table, column, group, from, to, durations);
    return;
  }
  for (ItemWalk walk = walk_begin(&table->columns[column], group, from, to); walk_next(&walk);)
    for (gsize i = 0; i < walk.run.n; i++) {
      StatsDuration duration = {walk.run.numbers[i], walk.run.ids[i] != 0};
      g_array_append_val(durations, duration);
    }
}

void cube_read_purchases(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *purchases) {
  if (!table->is_kept) {
    read_arrays(table, column, group, from, to, purchases);
    return;
  }
  for (ItemWalk walk = walk_begin(&table->columns[column], group, from, to); walk_next(&walk);)
    for (gsize i = 0; i < walk.run.n; i++) {
      StatsPurchase purchase = {walk.run.ids[i], walk.run.days[i], walk.run.numbers[i]};
      g_array_append_val(purchases, purchase);
    }
}

gboolean cube_recall(const CubeTable *table, guint column, gint32 group, guint from, guint to, CubeFinding *finding) {
  gboolean has;
  cube_recall_all(table, column, &group, 1, from, to, finding, &has);
  return has;
}

void cube_recall_all(const CubeTable *table, guint column, const gint32 *groups, guint n, guint from, guint to,
                     CubeFinding *findings, gboolean *has) {
  CubeMemory *memory = table->columns[column].memory;
  if (memory != NULL)
    cube_memory_find(memory, groups, n, from, to, findings, has);
  else
    for (guint i = 0; i < n; i++) has[i] = FALSE;
}

void cube_remember(const CubeTable *table, guint column, gint32 group, guint from, guint to,
                   const CubeFinding *finding) {
  CubeMemory *memory = table->columns[column].memory;
  if (memory != NULL && group >= 0) cube_memory_keep(memory, group, from, to, finding);
}

gboolean cube_table_is_sparse(const CubeTable *table) {
  return table->sparse != NULL;
}

const CubeEntry *cube_table_entries(const CubeTable *table, gint32 group, gsize *n) {
  return table->sparse == NULL ? NULL : cube_sparse_entries(table->sparse, group, n);
}

gsize cube_table_bytes(const CubeTable *table) {
  gsize bytes = (gsize)table->capacity * table->n_members * sizeof(gint64);
  if (table->recall != NULL) bytes += cube_recall_bytes(table->recall);
  if (table->sparse != NULL) return bytes + cube_sparse_bytes(table->sparse);
  for (guint c = 0; c < table->n_columns && table->is_kept; c++) {
    const Column *column = &table->columns[c];
    if (column->kept != NULL) bytes += cube_kept_bytes(column->kept);
    if (column->kept_moments != NULL) bytes += cube_kept_bytes(column->kept_moments);
    if (column->items != NULL) bytes += cube_items_bytes(column->items) + cube_memory_bytes(column->memory);
  }
  if (!cube_has_cells(table)) return bytes;
  for (guint c = 0; c < table->n_columns; c++) {
    const Column *column = &table->columns[c];
    gsize n = (gsize)table->capacity * column->spec.n_cells;
    bytes += n * (column->cell_size + (column->moments != NULL ? sizeof(MomentCell) : 0));
  }
  return bytes;
}

gsize cube_table_n_filled(const CubeTable *table) {
  gsize n = 0, n_entries;
  for (guint c = 0; c < table->n_columns && table->is_kept; c++) {
    const Column *column = &table->columns[c];
    n += column->kept != NULL ? cube_kept_n_filled(column->kept) : cube_items_n_filled(column->items);
  }
  for (gint32 g = 0; g < table->n_groups && table->sparse != NULL; g++) {
    cube_sparse_entries(table->sparse, g, &n_entries);
    n += n_entries;
  }
  return n;
}
