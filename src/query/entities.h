/* The accounts, deals or people that each() goes through in one group, and where their cells are. Private to src/query.
 *
 *   group 0   items …                 an entity has one item for each cell group of each table that holds it:
 *   group 1   items, by id            of a table by rep and account, asked in all, one item for each of its reps
 *   …                                                                                                          */
#pragma once

#include "query/plan.h"

typedef struct {
  gint64 id;
  guint32 table; /* index in the plan */
  gint32 cells;  /* group in that table */
} EntityItem;

typedef struct EntityIndex EntityIndex; /* of one level and one kind of entity */

EntityIndex *entity_index_new(guint n_groups);
void entity_index_free(EntityIndex *index);
/* Adds an item to a group of the level. */
void entity_index_add(EntityIndex *index, guint group, EntityItem item);
/* Makes the lists; nothing can be added after. */
void entity_index_finish(EntityIndex *index);
/* Orders all groups, so that several threads may read them. */
void entity_index_order(EntityIndex *index);
/* How many items a group has. */
gsize entity_index_size(const EntityIndex *index, guint group);
/* The items of a group in ascending order of ids and tables, so that sums of doubles always come out alike. Orders
 * them when first asked: each group for one thread. */
const EntityItem *entity_index_group(EntityIndex *index, guint group, gsize *n);
