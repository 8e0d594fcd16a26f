/* The cells of one question, column by column.
 *
 * Each column is one array indexed by group * n_cells + cell, grown together for all columns when groups are added, so
 * that adding a row is an index and an addition. Sums keep their row count beside them (one cache line): every number
 * can say from how many records it is. Tuples are found by an open-addressing hash; for a single member (by rep) ids
 * are mostly small and dense, and a plain array of the first 65,536 ids answers without hashing. */
#include "cube/cells.h"

#include "cube/sparse.h"

#include <roaring/roaring.h>

#define DENSE_IDS 65536

typedef struct {
  gint64 sum;
  gint64 rows;
} SumCell;

typedef struct {
  gint64 sum;
  gint64 rows;
} MomentCell;

typedef struct {
  double value;
  gint64 rows; /* 0: no value yet */
} ExtremeCell;

typedef struct {
  CubeColumnSpec spec;
  gsize cell_size;
  guint8 *cells;       /* SumCell, ExtremeCell, roaring_bitmap_t *, GArray * */
  MomentCell *moments; /* with_moment */
} Column;

struct CubeTable {
  guint n_members;
  guint n_columns;
  Column *columns;
  gint64 max_groups;
  gint32 n_groups;
  gint32 capacity;
  gint64 *members; /* n_groups * n_members */
  gint32 *index;   /* open addressing: group + 1, 0 = free */
  guint32 index_mask;
  gint32 *dense;      /* one member only: group + 1 of small ids */
  CubeSparse *sparse; /* instead of cells, or NULL */
  gboolean overflowed;
  gboolean finished;
};

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

/* Of the kinds that keep every value, in a GArray; 0 of the others. */
static guint element_size(CubeKind kind) {
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
  if (n_members == 1) table->dense = g_new0(gint32, DENSE_IDS);
  return table;
}

CubeTable *cube_table_new_sparse(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups) {
  CubeTable *table = cube_table_new(n_members, columns, n_columns, max_groups);
  if (n_columns >= CUBE_MOMENT) return table;
  for (guint c = 0; c < n_columns; c++)
    if ((columns[c].kind != CUBE_SUM && columns[c].kind != CUBE_DISTINCT) || columns[c].n_cells > CUBE_SPARSE_MAX_CELLS)
      return table;
  table->sparse = cube_sparse_new();
  return table;
}

static void free_cells(const CubeTable *table, Column *column) {
  if (column->cells == NULL) return;
  gsize n = (gsize)table->n_groups * column->spec.n_cells;
  gpointer *pointers = (gpointer *)column->cells;
  if (column->spec.kind == CUBE_DISTINCT)
    for (gsize i = 0; i < n; i++)
      if (pointers[i] != NULL) roaring_bitmap_free(pointers[i]);
  if (element_size(column->spec.kind) > 0)
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
  cube_sparse_free(table->sparse);
  g_free(table);
}

/* --- groups --- */

static guint32 hash_members(const gint64 *members, guint n) {
  guint64 hash = G_GUINT64_CONSTANT(0x9E3779B97F4A7C15);
  for (guint i = 0; i < n; i++) {
    hash ^= (guint64)members[i];
    hash *= G_GUINT64_CONSTANT(0xFF51AFD7ED558CCD);
    hash ^= hash >> 32;
  }
  return (guint32)hash;
}

static gboolean same_members(const CubeTable *table, gint32 group, const gint64 *members) {
  return memcmp(table->members + (gsize)group * table->n_members, members, table->n_members * sizeof *members) == 0;
}

gint32 cube_table_find(const CubeTable *table, const gint64 *members) {
  if (table->n_members == 0) return table->n_groups > 0 ? 0 : -1;
  if (table->dense != NULL && members[0] >= 0 && members[0] < DENSE_IDS) return table->dense[members[0]] - 1;
  for (guint32 at = hash_members(members, table->n_members) & table->index_mask; table->index[at] != 0;
       at = (at + 1) & table->index_mask)
    if (same_members(table, table->index[at] - 1, members)) return table->index[at] - 1;
  return -1;
}

static void index_group(CubeTable *table, gint32 group) {
  const gint64 *members = table->members + (gsize)group * table->n_members;
  if (table->dense != NULL && members[0] >= 0 && members[0] < DENSE_IDS) {
    table->dense[members[0]] = group + 1;
    return;
  }
  guint32 at = hash_members(members, table->n_members) & table->index_mask;
  while (table->index[at] != 0) at = (at + 1) & table->index_mask;
  table->index[at] = group + 1;
}

static void rebuild_index(CubeTable *table, guint32 size) {
  g_free(table->index);
  table->index = g_new0(gint32, size);
  table->index_mask = size - 1;
  if (table->dense != NULL) memset(table->dense, 0, DENSE_IDS * sizeof *table->dense);
  for (gint32 g = 0; g < table->n_groups; g++) index_group(table, g);
}

static void *grow_zeroed(void *block, gsize old_bytes, gsize new_bytes) {
  block = g_realloc(block, new_bytes);
  memset((guint8 *)block + old_bytes, 0, new_bytes - old_bytes);
  return block;
}

static void grow(CubeTable *table) {
  gsize old = (gsize)table->capacity;
  gsize capacity = old == 0 ? 16 : old * 2;
  if (table->n_members == 0) capacity = 1;
  table->members = g_renew(gint64, table->members, MAX(capacity * table->n_members, 1));
  for (guint c = 0; c < table->n_columns && table->sparse == NULL; c++) {
    Column *column = &table->columns[c];
    gsize per_group = column->spec.n_cells;
    column->cells =
        grow_zeroed(column->cells, old * per_group * column->cell_size, capacity * per_group * column->cell_size);
    if (column->spec.with_moment)
      column->moments =
          grow_zeroed(column->moments, old * per_group * sizeof(MomentCell), capacity * per_group * sizeof(MomentCell));
  }
  table->capacity = (gint32)capacity;
}

gint32 cube_table_group(CubeTable *table, const gint64 *members) {
  gint32 group = cube_table_find(table, members);
  if (group >= 0) return group;
  if (table->n_groups >= table->max_groups) return -1;
  if (table->n_groups == table->capacity) grow(table);
  group = table->n_groups++;
  if (table->n_members > 0) {
    memcpy(table->members + (gsize)group * table->n_members, members, table->n_members * sizeof *members);
    if ((guint32)table->n_groups * 2 > table->index_mask)
      rebuild_index(table, (table->index_mask + 1) * 2);
    else
      index_group(table, group);
  }
  return group;
}

gint32 cube_table_n_groups(const CubeTable *table) {
  return table->n_groups;
}

guint cube_table_n_members(const CubeTable *table) {
  return table->n_members;
}

const gint64 *cube_table_members(const CubeTable *table, gint32 group) {
  return table->members + (gsize)group * table->n_members;
}

void cube_table_remap(CubeTable *table, guint member, const gint64 *map, gsize n_map) {
  for (gint32 g = 0; g < table->n_groups; g++) {
    gint64 *id = &table->members[(gsize)g * table->n_members + member];
    if (*id >= 0 && (gsize)*id < n_map) *id = map[*id];
  }
  rebuild_index(table, table->index_mask + 1);
}

/* --- filling --- */

static inline gsize cell_at(const Column *column, gint32 group, guint cell) {
  return (gsize)group * column->spec.n_cells + cell;
}

static inline SumCell *sum_cell(Column *column, gint32 group, guint cell) {
  return (SumCell *)column->cells + cell_at(column, group, cell);
}

void cube_add_sum(CubeTable *table, guint column, gint32 group, guint cell, gint64 value, gint64 rows) {
  if (table->sparse != NULL) {
    cube_sparse_add(table->sparse, column, FALSE, group, cell, value, rows);
    return;
  }
  SumCell *at = sum_cell(&table->columns[column], group, cell);
  table->overflowed |= __builtin_add_overflow(at->sum, value, &at->sum);
  at->rows += rows;
}

void cube_add_sums(CubeTable *table, guint column, gsize n, const gint32 *groups, const gint32 *cells,
                   const guint8 *use, const gint64 *values) {
  if (table->sparse != NULL) {
    for (gsize i = 0; i < n; i++)
      if ((use == NULL || use[i] != 0) && (groups[i] | cells[i]) >= 0)
        cube_sparse_add(table->sparse, column, FALSE, groups[i], (guint)cells[i], values == NULL ? 1 : values[i], 1);
    return;
  }
  Column *to = &table->columns[column];
  SumCell *sums = (SumCell *)to->cells;
  gint64 n_cells = to->spec.n_cells;
  gboolean overflowed = FALSE;
  for (gsize i = 0; i < n; i++) {
    if ((use != NULL && use[i] == 0) || (groups[i] | cells[i]) < 0) continue;
    SumCell *at = sums + groups[i] * n_cells + cells[i];
    overflowed |= __builtin_add_overflow(at->sum, values == NULL ? 1 : values[i], &at->sum);
    at->rows++;
  }
  table->overflowed |= overflowed;
}

void cube_add_moment(CubeTable *table, guint column, gint32 group, guint cell, gint64 value, gint64 rows, BaseDay day) {
  gint64 moment;
  table->overflowed |= __builtin_mul_overflow(value, (gint64)day, &moment);
  if (table->sparse != NULL) {
    cube_sparse_add(table->sparse, column, TRUE, group, cell, moment, rows * day);
    return;
  }
  MomentCell *at = table->columns[column].moments + cell_at(&table->columns[column], group, cell);
  table->overflowed |= __builtin_add_overflow(at->sum, moment, &at->sum);
  at->rows += rows * day;
}

static void extreme_add(ExtremeCell *at, CubeKind kind, double value, gint64 rows) {
  if (at->rows == 0 || (kind == CUBE_MIN ? value < at->value : value > at->value)) at->value = value;
  at->rows += rows;
}

static GArray *array_cell(GArray **at, gsize element_size) {
  if (*at == NULL) *at = g_array_new(FALSE, FALSE, (guint)element_size);
  return *at;
}

void cube_add_number(CubeTable *table, guint column, gint32 group, guint cell, double value) {
  Column *to = &table->columns[column];
  gsize at = cell_at(to, group, cell);
  if (to->spec.kind == CUBE_VALUES)
    g_array_append_val(array_cell(&((GArray **)to->cells)[at], sizeof value), value);
  else
    extreme_add(&((ExtremeCell *)to->cells)[at], to->spec.kind, value, 1);
}

void cube_add_id(CubeTable *table, guint column, gint32 group, guint cell, guint32 id) {
  if (table->sparse != NULL) {
    cube_sparse_add(table->sparse, column, FALSE, group, cell, id, 1);
    return;
  }
  Column *to = &table->columns[column];
  roaring_bitmap_t **at = &((roaring_bitmap_t **)to->cells)[cell_at(to, group, cell)];
  if (*at == NULL) *at = roaring_bitmap_create();
  roaring_bitmap_add(*at, id);
}

void cube_add_duration(CubeTable *table, guint column, gint32 group, guint cell, StatsDuration duration) {
  Column *to = &table->columns[column];
  g_array_append_val(array_cell(&((GArray **)to->cells)[cell_at(to, group, cell)], sizeof duration), duration);
}

void cube_add_purchase(CubeTable *table, guint column, gint32 group, guint cell, StatsPurchase purchase) {
  Column *to = &table->columns[column];
  g_array_append_val(array_cell(&((GArray **)to->cells)[cell_at(to, group, cell)], sizeof purchase), purchase);
}

gboolean cube_table_overflowed(const CubeTable *table) {
  return table->overflowed;
}

/* --- rolling up --- */

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
      if (add->rows > 0) extreme_add((ExtremeCell *)target->cells + to_at, source->spec.kind, add->value, add->rows);
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
      g_array_append_vals(array_cell(&((GArray **)target->cells)[to_at], element_size(source->spec.kind)), add->data,
                          add->len);
      break;
    }
  }
}

CubeTable *cube_table_roll_up(const CubeTable *table, const guint *keep, guint n_keep) {
  g_return_val_if_fail(!table->finished || table->sparse != NULL, NULL);
  g_autofree CubeColumnSpec *specs = g_new(CubeColumnSpec, MAX(table->n_columns, 1));
  for (guint c = 0; c < table->n_columns; c++) specs[c] = table->columns[c].spec;
  CubeTable *rolled = (table->sparse != NULL ? cube_table_new_sparse : cube_table_new)(n_keep, specs, table->n_columns,
                                                                                       table->max_groups);
  g_autofree gint32 *map = g_new(gint32, (gsize)table->n_groups + 1);
  g_autofree gint64 *members = g_new0(gint64, MAX(n_keep, 1));
  for (gint32 g = 0; g < table->n_groups; g++) {
    const gint64 *tuple = cube_table_members(table, g);
    for (guint k = 0; k < n_keep; k++) members[k] = tuple[keep[k]];
    gint32 to = map[g] = cube_table_group(rolled, members);
    for (guint c = 0; c < table->n_columns && table->sparse == NULL; c++) {
      guint n_cells = table->columns[c].spec.n_cells;
      for (guint cell = 0; cell < n_cells; cell++)
        merge_cell(rolled, table, c, (gsize)to * n_cells + cell, (gsize)g * n_cells + cell);
    }
  }
  if (table->sparse != NULL) cube_sparse_merge(rolled->sparse, table->sparse, table->n_groups, map);
  rolled->overflowed |= table->overflowed;
  return rolled;
}

void cube_table_finish(CubeTable *table) {
  if (table->finished) return;
  table->finished = TRUE;
  if (table->sparse != NULL) {
    table->overflowed |= !cube_sparse_finish(table->sparse, table->n_groups);
    return;
  }
  for (guint c = 0; c < table->n_columns; c++) {
    Column *column = &table->columns[c];
    if (column->spec.kind != CUBE_SUM || column->spec.framed) continue;
    guint n_cells = column->spec.n_cells;
    for (gint32 g = 0; g < table->n_groups; g++) {
      SumCell *cells = sum_cell(column, g, 0);
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

/* --- reading --- */

CubeSum cube_read_sum(const CubeTable *table, guint column, gint32 group, guint from, guint to) {
  if (group < 0 || from >= to) return (CubeSum){0, 0};
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

CubeSum cube_read_moment(const CubeTable *table, guint column, gint32 group, guint from, guint to) {
  const Column *source = &table->columns[column];
  if (group < 0 || from >= to || !source->spec.with_moment) return (CubeSum){0, 0};
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
  for (guint i = from; i < to; i++) {
    const ExtremeCell *cell = (const ExtremeCell *)source->cells + cell_at(source, group, i);
    if (cell->rows > 0) extreme_add(&all, source->spec.kind, cell->value, cell->rows);
  }
  if (all.rows == 0) return FALSE;
  *value = all.value;
  *rows = all.rows;
  return TRUE;
}

gint64 cube_read_distinct(const CubeTable *table, guint column, gint32 group, guint from, guint to) {
  if (group < 0 || from >= to) return 0;
  if (table->sparse != NULL) return cube_sparse_distinct(table->sparse, column, group, from, to);
  const Column *source = &table->columns[column];
  g_autofree const roaring_bitmap_t **sets = g_new(const roaring_bitmap_t *, to - from);
  gsize n = 0;
  for (guint i = from; i < to; i++) {
    const roaring_bitmap_t *set = ((roaring_bitmap_t **)source->cells)[cell_at(source, group, i)];
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
    const GArray *cell = ((GArray **)source->cells)[cell_at(source, group, i)];
    if (cell != NULL) g_array_append_vals(out, cell->data, cell->len);
  }
}

void cube_read_values(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *values) {
  read_arrays(table, column, group, from, to, values);
}

void cube_read_durations(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *durations) {
  read_arrays(table, column, group, from, to, durations);
}

void cube_read_purchases(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *purchases) {
  read_arrays(table, column, group, from, to, purchases);
}

gboolean cube_table_is_sparse(const CubeTable *table) {
  return table->sparse != NULL;
}

const CubeEntry *cube_table_entries(const CubeTable *table, gint32 group, gsize *n) {
  return table->sparse == NULL ? NULL : cube_sparse_entries(table->sparse, group, n);
}

gsize cube_table_bytes(const CubeTable *table) {
  gsize bytes = (gsize)table->capacity * table->n_members * sizeof(gint64);
  if (table->sparse != NULL) return bytes + cube_sparse_bytes(table->sparse);
  for (guint c = 0; c < table->n_columns; c++) {
    const Column *column = &table->columns[c];
    gsize n = (gsize)table->capacity * column->spec.n_cells;
    bytes += n * (column->cell_size + (column->moments != NULL ? sizeof(MomentCell) : 0));
  }
  return bytes;
}
