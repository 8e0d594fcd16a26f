/* Lists of entities by group: gathered in any order, dealt out by group when finished, and ordered by id group by group
 * when a group is first asked for. */
#include "query/entities.h"

struct EntityIndex {
  guint n_groups;
  GArray *groups;   /* guint, of each item; while gathering */
  GArray *gathered; /* EntityItem */
  EntityItem *items;
  gsize *first;    /* by group, and one more */
  guint8 *ordered; /* by group */
};

EntityIndex *entity_index_new(guint n_groups) {
  EntityIndex *index = g_new0(EntityIndex, 1);
  index->n_groups = n_groups;
  index->groups = g_array_new(FALSE, FALSE, sizeof(guint));
  index->gathered = g_array_new(FALSE, FALSE, sizeof(EntityItem));
  return index;
}

void entity_index_free(EntityIndex *index) {
  if (index == NULL) return;
  g_clear_pointer(&index->groups, g_array_unref);
  g_clear_pointer(&index->gathered, g_array_unref);
  g_free(index->items);
  g_free(index->first);
  g_free(index->ordered);
  g_free(index);
}

void entity_index_add(EntityIndex *index, guint group, EntityItem item) {
  g_array_append_val(index->groups, group);
  g_array_append_val(index->gathered, item);
}

void entity_index_finish(EntityIndex *index) {
  const guint *groups = (const guint *)(gpointer)index->groups->data;
  const EntityItem *gathered = (const EntityItem *)(gpointer)index->gathered->data;
  gsize n = index->gathered->len;
  index->first = g_new0(gsize, (gsize)index->n_groups + 2);
  index->ordered = g_new0(guint8, (gsize)index->n_groups + 1);
  index->items = g_new(EntityItem, n + 1);
  for (gsize i = 0; i < n; i++) index->first[groups[i] + 2]++;
  for (guint g = 0; g < index->n_groups; g++) index->first[g + 2] += index->first[g + 1];
  for (gsize i = 0; i < n; i++) index->items[index->first[groups[i] + 1]++] = gathered[i];
  g_clear_pointer(&index->groups, g_array_unref);
  g_clear_pointer(&index->gathered, g_array_unref);
}

static int compare_items(const void *a, const void *b) {
  const EntityItem *x = a, *y = b;
  if (x->id != y->id) return x->id < y->id ? -1 : 1;
  if (x->table != y->table) return x->table < y->table ? -1 : 1;
  return (x->cells > y->cells) - (x->cells < y->cells);
}

gsize entity_index_size(const EntityIndex *index, guint group) {
  return index->first[group + 1] - index->first[group];
}

const EntityItem *entity_index_group(EntityIndex *index, guint group, gsize *n) {
  EntityItem *items = index->items + index->first[group];
  *n = index->first[group + 1] - index->first[group];
  if (index->ordered[group]) return items;
  qsort(items, *n, sizeof *items, compare_items);
  index->ordered[group] = TRUE;
  return items;
}

void entity_index_order(EntityIndex *index) {
  gsize n;
  for (guint g = 0; g < index->n_groups; g++) entity_index_group(index, g, &n);
}
