/* Most deals and accounts have nothing in most months. One word for each entity, 32 bits for the slots of time and 32
 * for the frames, tells which months need no evaluation at all; on 500,000 deals over 12 months that is nine of ten. */
#include "query/entities.h"

#define HALF 32u

struct EntityIndex {
  GPtrArray *building; /* by group: GHashTable of id -> EachEntity */
  GPtrArray *lists;    /* by group: GArray of EachEntity */
};

EntityIndex *entity_index_new(guint n_groups) {
  EntityIndex *index = g_new0(EntityIndex, 1);
  index->building = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
  index->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  for (guint g = 0; g < n_groups; g++)
    g_ptr_array_add(index->building, g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free));
  return index;
}

void entity_index_free(EntityIndex *index) {
  if (index == NULL) return;
  g_ptr_array_unref(index->building);
  g_ptr_array_unref(index->lists);
  g_free(index);
}

static guint64 bit_of(const QueryPlan *plan, const PlanUse *use, guint cell) {
  guint n = use->framed ? MAX(use->frames->len, 1) : query_plan_n_slots(plan);
  return G_GUINT64_CONSTANT(1) << ((guint)((guint64)MIN(cell, n - 1) * HALF / n) + (use->framed ? HALF : 0));
}

guint64 entities_bits(const QueryPlan *plan, const PlanUse *use, guint from, guint to) {
  if (from >= to) return 0;
  guint64 first = bit_of(plan, use, from), last = bit_of(plan, use, to - 1);
  return (last - first) | last;
}

typedef struct {
  const QueryPlan *plan;
  const PlanTable *table;
  guint64 bits;
} Touching;

/* A use has its own column and those of its amounts in other currencies after it. */
static void touch(guint column, guint cell, gpointer user_data) {
  Touching *touching = user_data;
  const PlanUse *use = NULL;
  for (guint u = 0; u < touching->table->uses->len; u++) {
    const PlanUse *at = g_ptr_array_index(touching->table->uses, u);
    if (at->column > column) break;
    use = at;
  }
  touching->bits |= bit_of(touching->plan, use, cell);
}

void entity_index_add(EntityIndex *index, const QueryPlan *plan, const PlanTable *table, const CubeTable *cells,
                      gint32 cells_group, guint group, gint64 id) {
  GHashTable *set = g_ptr_array_index(index->building, group);
  EachEntity *entity = g_hash_table_lookup(set, &id);
  if (entity == NULL) {
    entity = g_new0(EachEntity, 1);
    entity->id = id;
    g_hash_table_insert(set, &entity->id, entity);
  }
  Touching touching = {plan, table, 0};
  if (!cube_table_visit(cells, cells_group, touch, &touching)) touching.bits = G_MAXUINT64;
  entity->touched |= touching.bits;
}

static gint compare_ids(gconstpointer a, gconstpointer b) {
  gint64 x = ((const EachEntity *)a)->id, y = ((const EachEntity *)b)->id;
  return (x > y) - (x < y);
}

void entity_index_finish(EntityIndex *index) {
  for (guint g = 0; g < index->building->len; g++) {
    GHashTable *set = g_ptr_array_index(index->building, g);
    GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(EachEntity), g_hash_table_size(set));
    GHashTableIter iter;
    gpointer entity;
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, NULL, &entity)) g_array_append_vals(list, entity, 1);
    g_array_sort(list, compare_ids);
    g_ptr_array_add(index->lists, list);
    g_hash_table_remove_all(set);
  }
}

const GArray *entity_index_group(const EntityIndex *index, guint group) {
  return g_ptr_array_index(index->lists, group);
}
