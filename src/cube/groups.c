/* The groups of a table: tuples of members, found by an open-addressing hash.
 *
 * For a single member (by rep) ids are mostly small and dense, and a plain array of the first CUBE_DENSE_IDS ids
 * answers without hashing. */
#include "cube/table.h"

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
  if (table->dense != NULL && members[0] >= 0 && members[0] < CUBE_DENSE_IDS) return table->dense[members[0]] - 1;
  for (guint32 at = hash_members(members, table->n_members) & table->index_mask; table->index[at] != 0;
       at = (at + 1) & table->index_mask)
    if (same_members(table, table->index[at] - 1, members)) return table->index[at] - 1;
  return -1;
}

static void index_group(CubeTable *table, gint32 group) {
  const gint64 *members = table->members + (gsize)group * table->n_members;
  if (table->dense != NULL && members[0] >= 0 && members[0] < CUBE_DENSE_IDS) {
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
  if (table->dense != NULL) memset(table->dense, 0, CUBE_DENSE_IDS * sizeof *table->dense);
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
  if (table->changed != NULL)
    table->changed = grow_zeroed(table->changed, old * sizeof *table->changed, capacity * sizeof *table->changed);
  if (table->touches != NULL)
    table->touches = grow_zeroed(table->touches, old * sizeof *table->touches, capacity * sizeof *table->touches);
  for (guint c = 0; c < table->n_columns && table->is_kept; c++) {
    const Column *column = &table->columns[c];
    if (column->kept != NULL) cube_kept_grow(column->kept, (gint32)capacity);
    if (column->kept_moments != NULL) cube_kept_grow(column->kept_moments, (gint32)capacity);
    if (column->items != NULL) cube_items_grow(column->items, (gint32)capacity);
  }
  for (guint c = 0; c < table->n_columns && cube_has_cells(table); c++) {
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

gint32 cube_table_make_group(CubeTable *table, const gint64 *members) {
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

gint32 cube_table_group(CubeTable *table, const gint64 *members) {
  gint32 group = cube_table_make_group(table, members);
  if (group >= 0 && table->touches != NULL) table->touches[group]++;
  return group;
}

gboolean cube_table_is_deserted(const CubeTable *table, gint32 group) {
  return table->touches != NULL && table->touches[group] == 0;
}

guint32 cube_table_changed(const CubeTable *table, gint32 group) {
  return table->changed == NULL ? 0 : table->changed[group];
}

guint cube_table_n_regrouped(const CubeTable *table) {
  return table->n_regrouped;
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
