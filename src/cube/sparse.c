/* Entries instead of cells.
 *
 * By account or by deal there are millions of groups, and nearly all of their cells are empty: a deal is created in one
 * month, closed in another and due in two or three. Dense cells of 5 million deals over 26 slots took 12 GB; entries
 * take 24 bytes for each addition. A group has few of them, so that reading is a walk over its entries, without running
 * sums. */
#include "cube/sparse.h"

#define MOMENT 0x8000u

typedef struct {
  gint32 group;
  guint16 column; /* | MOMENT */
  guint16 cell;
  gint64 value; /* DISTINCT: the id */
  gint32 rows;
} Entry;

struct CubeSparse {
  GArray *entries; /* Entry */
  gsize *first;    /* by group, and one more, once finished */
};

CubeSparse *cube_sparse_new(void) {
  CubeSparse *sparse = g_new0(CubeSparse, 1);
  sparse->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  return sparse;
}

void cube_sparse_free(CubeSparse *sparse) {
  if (sparse == NULL) return;
  g_array_unref(sparse->entries);
  g_free(sparse->first);
  g_free(sparse);
}

void cube_sparse_add(CubeSparse *sparse, guint column, gboolean moment, gint32 group, guint cell, gint64 value,
                     gint64 rows) {
  Entry entry = {group, (guint16)(moment ? column | MOMENT : column), (guint16)cell, value, (gint32)rows};
  g_array_append_val(sparse->entries, entry);
}

void cube_sparse_merge(CubeSparse *sparse, const CubeSparse *from, const gint32 *map) {
  guint start = sparse->entries->len;
  g_array_append_vals(sparse->entries, from->entries->data, from->entries->len);
  for (guint i = start; i < sparse->entries->len; i++) {
    Entry *entry = &g_array_index(sparse->entries, Entry, i);
    entry->group = map[entry->group];
  }
}

static const Entry *entries_of(const CubeSparse *sparse, gint32 group, gsize *n) {
  *n = sparse->first[group + 1] - sparse->first[group];
  if (*n == 0) return NULL;
  return (const Entry *)(gpointer)sparse->entries->data + sparse->first[group];
}

/* By absolute values: whatever part of them is read, and in whatever order, stays below. */
static gboolean sums_fit(const CubeSparse *sparse, gint32 n_groups) {
  for (gint32 group = 0; group < n_groups; group++) {
    gsize n;
    const Entry *entry = entries_of(sparse, group, &n);
    gint64 all = 0;
    for (gsize i = 0; i < n; i++)
      if (entry[i].value == G_MININT64 || __builtin_add_overflow(all, ABS(entry[i].value), &all)) return FALSE;
  }
  return TRUE;
}

gboolean cube_sparse_finish(CubeSparse *sparse, gint32 n_groups) {
  gsize n = sparse->entries->len;
  const Entry *entries = (const Entry *)(gpointer)sparse->entries->data;
  sparse->first = g_new0(gsize, (gsize)n_groups + 2);
  for (gsize i = 0; i < n; i++) sparse->first[entries[i].group + 2]++;
  for (gint32 g = 0; g < n_groups; g++) sparse->first[g + 2] += sparse->first[g + 1];
  GArray *ordered = g_array_sized_new(FALSE, FALSE, sizeof(Entry), (guint)n);
  g_array_set_size(ordered, (guint)n);
  Entry *to = (Entry *)(gpointer)ordered->data;
  for (gsize i = 0; i < n; i++) to[sparse->first[entries[i].group + 1]++] = entries[i];
  g_array_unref(sparse->entries);
  sparse->entries = ordered;
  return sums_fit(sparse, n_groups);
}

CubeSum cube_sparse_sum(const CubeSparse *sparse, guint column, gboolean moment, gint32 group, guint from, guint to) {
  gsize n;
  const Entry *entry = entries_of(sparse, group, &n);
  CubeSum sum = {0, 0};
  guint wanted = moment ? column | MOMENT : column;
  for (gsize i = 0; i < n; i++) {
    if (entry[i].column != wanted || entry[i].cell < from || entry[i].cell >= to) continue;
    sum.sum += entry[i].value;
    sum.rows += entry[i].rows;
  }
  return sum;
}

static gint compare_ids(gconstpointer a, gconstpointer b) {
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return (x > y) - (x < y);
}

gint64 cube_sparse_distinct(const CubeSparse *sparse, guint column, gint32 group, guint from, guint to) {
  gsize n;
  const Entry *entry = entries_of(sparse, group, &n);
  g_autoptr(GArray) ids = NULL;
  for (gsize i = 0; i < n; i++) {
    if (entry[i].column != column || entry[i].cell < from || entry[i].cell >= to) continue;
    if (ids == NULL) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_array_append_val(ids, entry[i].value);
  }
  if (ids == NULL) return 0;
  g_array_sort(ids, compare_ids);
  gint64 count = 1;
  for (guint i = 1; i < ids->len; i++) count += g_array_index(ids, gint64, i) != g_array_index(ids, gint64, i - 1);
  return count;
}

void cube_sparse_visit(const CubeSparse *sparse, gint32 group, CubeVisitFunc visit, gpointer user_data) {
  gsize n;
  const Entry *entry = entries_of(sparse, group, &n);
  for (gsize i = 0; i < n; i++) visit(entry[i].column & ~MOMENT, entry[i].cell, user_data);
}

gsize cube_sparse_bytes(const CubeSparse *sparse) {
  return sparse->entries->len * sizeof(Entry);
}
