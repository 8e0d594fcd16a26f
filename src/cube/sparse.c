/* Entries instead of cells.
 *
 * By account or by deal there are millions of groups, and nearly all of their cells are empty: a deal is created in one
 * month, closed in another and due in two or three. Dense cells of 5 million deals over 26 slots took 12 GB; entries
 * take 16 bytes for each addition once in order. A group has few of them, so that reading is a walk over its entries,
 * without running sums. */
#include "cube/sparse.h"

struct CubeSparse {
  GArray *groups;  /* gint32, of each entry; while filling */
  GArray *entries; /* CubeEntry */
  gsize *first;    /* by group, and one more, once finished */
  gint32 n_first;  /* groups there were then */
  GPtrArray *own;  /* GArray of CubeEntry, by group; NULL = as finished */
};

static void unref_entries(gpointer entries) {
  if (entries != NULL) g_array_unref(entries);
}

CubeSparse *cube_sparse_new(void) {
  CubeSparse *sparse = g_new0(CubeSparse, 1);
  sparse->groups = g_array_new(FALSE, FALSE, sizeof(gint32));
  sparse->entries = g_array_new(FALSE, FALSE, sizeof(CubeEntry));
  sparse->own = g_ptr_array_new_with_free_func(unref_entries);
  return sparse;
}

void cube_sparse_free(CubeSparse *sparse) {
  if (sparse == NULL) return;
  g_array_unref(sparse->groups);
  g_array_unref(sparse->entries);
  g_free(sparse->first);
  g_ptr_array_unref(sparse->own);
  g_free(sparse);
}

static gpointer copy_own(gconstpointer entries, gpointer unused) {
  (void)unused;
  return entries == NULL ? NULL : g_array_copy((GArray *)entries);
}

CubeSparse *cube_sparse_copy(const CubeSparse *sparse) {
  CubeSparse *copy = g_memdup2(sparse, sizeof *sparse);
  copy->groups = g_array_copy(sparse->groups);
  copy->entries = g_array_copy(sparse->entries);
  if (sparse->first != NULL)
    copy->first = g_memdup2(sparse->first, ((gsize)sparse->n_first + 2) * sizeof *sparse->first);
  copy->own = g_ptr_array_copy(sparse->own, copy_own, NULL);
  g_ptr_array_set_free_func(copy->own, unref_entries);
  return copy;
}

void cube_sparse_add(CubeSparse *sparse, guint column, gboolean moment, gint32 group, guint cell, gint64 value,
                     gint64 rows) {
  CubeEntry entry = {(guint16)(moment ? column | CUBE_MOMENT : column), (guint16)cell, (gint32)rows, value};
  g_array_append_val(sparse->groups, group);
  g_array_append_val(sparse->entries, entry);
}

static gboolean in_order(const CubeSparse *sparse) {
  return sparse->first != NULL;
}

void cube_sparse_merge(CubeSparse *sparse, const CubeSparse *from, gint32 n_groups, const gint32 *map) {
  g_array_append_vals(sparse->entries, from->entries->data, from->entries->len);
  if (!in_order(from)) {
    for (guint i = 0; i < from->groups->len; i++)
      g_array_append_val(sparse->groups, map[g_array_index(from->groups, gint32, i)]);
    return;
  }
  for (gint32 g = 0; g < n_groups; g++)
    for (gsize i = from->first[g]; i < from->first[g + 1]; i++) g_array_append_val(sparse->groups, map[g]);
}

const CubeEntry *cube_sparse_entries(const CubeSparse *sparse, gint32 group, gsize *n) {
  const GArray *own = (guint)group < sparse->own->len ? g_ptr_array_index(sparse->own, (guint)group) : NULL;
  if (own != NULL || group >= sparse->n_first) {
    *n = own == NULL ? 0 : own->len;
    return own == NULL ? NULL : (const CubeEntry *)(gpointer)own->data;
  }
  *n = sparse->first[group + 1] - sparse->first[group];
  return (const CubeEntry *)(gpointer)sparse->entries->data + sparse->first[group];
}

/* By absolute values: whatever part of them is read, and in whatever order, stays below. */
static gboolean sums_fit(const CubeSparse *sparse, gint32 n_groups) {
  for (gint32 group = 0; group < n_groups; group++) {
    gsize n;
    const CubeEntry *entry = cube_sparse_entries(sparse, group, &n);
    gint64 all = 0;
    for (gsize i = 0; i < n; i++)
      if (entry[i].value == G_MININT64 || __builtin_add_overflow(all, ABS(entry[i].value), &all)) return FALSE;
  }
  return TRUE;
}

gboolean cube_sparse_finish(CubeSparse *sparse, gint32 n_groups) {
  gsize n = sparse->entries->len;
  const CubeEntry *entries = (const CubeEntry *)(gpointer)sparse->entries->data;
  const gint32 *groups = (const gint32 *)(gpointer)sparse->groups->data;
  sparse->first = g_new0(gsize, (gsize)n_groups + 2);
  sparse->n_first = n_groups;
  for (gsize i = 0; i < n; i++) sparse->first[groups[i] + 2]++;
  for (gint32 g = 0; g < n_groups; g++) sparse->first[g + 2] += sparse->first[g + 1];
  GArray *ordered = g_array_sized_new(FALSE, FALSE, sizeof(CubeEntry), (guint)n);
  g_array_set_size(ordered, (guint)n);
  CubeEntry *to = (CubeEntry *)(gpointer)ordered->data;
  for (gsize i = 0; i < n; i++) to[sparse->first[groups[i] + 1]++] = entries[i];
  g_array_unref(sparse->entries);
  sparse->entries = ordered;
  g_array_set_size(sparse->groups, 0);
  return sums_fit(sparse, n_groups);
}

void cube_sparse_grow(CubeSparse *sparse, gint32 n_groups) {
  if (sparse->own->len < (guint)n_groups) g_ptr_array_set_size(sparse->own, n_groups);
}

static gboolean same_entry(const CubeEntry *a, const CubeEntry *b) {
  return a->column == b->column && a->cell == b->cell && a->rows == b->rows && a->value == b->value;
}

gboolean cube_sparse_change(CubeSparse *sparse, gint32 group, const CubeEntry *entry, gboolean taken_away) {
  GArray *own = g_ptr_array_index(sparse->own, (guint)group);
  if (own == NULL) {
    gsize n;
    const CubeEntry *entries = cube_sparse_entries(sparse, group, &n);
    own = g_array_new(FALSE, FALSE, sizeof(CubeEntry));
    if (n > 0) g_array_append_vals(own, entries, (guint)n);
    g_ptr_array_index(sparse->own, (guint)group) = own;
  }
  if (!taken_away) {
    g_array_append_vals(own, entry, 1);
    return TRUE;
  }
  for (guint i = own->len; i-- > 0;) {
    if (!same_entry(&g_array_index(own, CubeEntry, i), entry)) continue;
    g_array_remove_index_fast(own, i);
    return TRUE;
  }
  return FALSE;
}

CubeSum cube_sparse_sum(const CubeSparse *sparse, guint column, gboolean moment, gint32 group, guint from, guint to) {
  gsize n;
  const CubeEntry *entries = cube_sparse_entries(sparse, group, &n);
  return cube_entries_sum(entries, n, moment ? column | CUBE_MOMENT : column, from, to);
}

static gint compare_ids(gconstpointer a, gconstpointer b) {
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return (x > y) - (x < y);
}

void cube_entries_ids(const CubeEntry *entries, gsize n, guint column, guint from, guint to, GArray *ids) {
  for (gsize i = 0; i < n; i++)
    if (entries[i].column == column && entries[i].cell >= from && entries[i].cell < to)
      g_array_append_val(ids, entries[i].value);
}

gint64 cube_ids_distinct(GArray *ids) {
  if (ids->len == 0) return 0;
  g_array_sort(ids, compare_ids);
  gint64 count = 1;
  for (guint i = 1; i < ids->len; i++) count += g_array_index(ids, gint64, i) != g_array_index(ids, gint64, i - 1);
  return count;
}

gint64 cube_sparse_distinct(const CubeSparse *sparse, guint column, gint32 group, guint from, guint to) {
  gsize n;
  const CubeEntry *entries = cube_sparse_entries(sparse, group, &n);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  cube_entries_ids(entries, n, column, from, to, ids);
  return cube_ids_distinct(ids);
}

gsize cube_sparse_bytes(const CubeSparse *sparse) {
  gsize n = sparse->entries->len;
  for (guint g = 0; g < sparse->own->len; g++) {
    const GArray *own = g_ptr_array_index(sparse->own, g);
    if (own != NULL) n += own->len;
  }
  return n * sizeof(CubeEntry) + sparse->groups->len * sizeof(gint32);
}
