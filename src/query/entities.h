/* The accounts, deals or people that each() goes through in one group, and in which days each has records. Private to
 * src/query. */
#pragma once

#include "query/plan.h"

typedef struct {
  gint64 id;
  guint64 touched; /* entities_bits() of all its cells */
} EachEntity;

typedef struct EntityIndex EntityIndex; /* of one level and one kind of entity */

EntityIndex *entity_index_new(guint n_groups);
void entity_index_free(EntityIndex *index);
/* Adds a table's group, which belongs to `group` of the level. */
void entity_index_add(EntityIndex *index, const QueryPlan *plan, const PlanTable *table, const CubeTable *cells,
                      gint32 cells_group, guint group, gint64 id);
/* Makes the lists; nothing can be added after. */
void entity_index_finish(EntityIndex *index);
/* Of EachEntity, in ascending order of ids, so that sums of doubles always come out alike. */
const GArray *entity_index_group(const EntityIndex *index, guint group);

/* The cells [from, to) of a use as bits: where they share none with what an entity touched, it has nothing there. The
 * other way round does not hold: several cells share a bit. */
guint64 entities_bits(const QueryPlan *plan, const PlanUse *use, guint from, guint to);
