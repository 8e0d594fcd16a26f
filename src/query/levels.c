/* Levels: the cells rolled up to all dimensions, to the first few, or to none.
 *
 * The groups of a level are the union of its tables' tuples, so that a member who has calls but no deals still has a
 * row. Tables that carry an entity (each(account, …)) are not rolled up where their cells are sparse: which of their
 * groups belong to an entity is listed in src/query/entities.c. */
#include "base/money.h"
#include "query/evaluate_private.h"
#include "query/limit.h"

#include <math.h>

static void level_free(gpointer data) {
  EvalLevel *level = data;
  if (level->tables != NULL)
    for (guint t = 0; level->tables[t].cells != NULL; t++) {
      if (level->tables[t].owned) cube_table_free(level->tables[t].cells);
      g_free(level->tables[t].group_of);
    }
  g_free(level->tables);
  cube_table_free(level->groups);
  g_hash_table_unref(level->entities);
  g_clear_pointer(&level->chosen, g_array_unref);
  g_free(level);
}

GPtrArray *eval_levels_new(void) {
  return g_ptr_array_new_with_free_func(level_free);
}

EvalLevel *eval_level_add(GPtrArray *levels, guint n_keep) {
  EvalLevel *level = g_new0(EvalLevel, 1);
  level->index = levels->len;
  g_ptr_array_add(levels, level);
  level->n_keep = n_keep;
  level->entities = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)entity_index_free);
  level->groups = cube_table_new(n_keep, NULL, 0, G_MAXINT32 / 2);
  return level;
}

Evaluator *evaluator_new(QueryPlan *plan) {
  Evaluator *evaluator = g_new0(Evaluator, 1);
  evaluator->plan = plan;
  evaluator->levels = eval_levels_new();
  evaluator->reads = g_array_new(FALSE, TRUE, sizeof(EvalRead));
  evaluator->bounds = g_ptr_array_new_with_free_func(g_free);
  evaluator->bound_of = g_hash_table_new_full(eval_key_hash, eval_key_equal, g_free, NULL);
  evaluator->formulas = g_hash_table_new_full(eval_key_hash, eval_key_equal, g_free, g_free);
  evaluator->families = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)eval_family_free);
  evaluator->money_unit = pow(10, base_currency_digits(plan->context->organisation->currency));
  return evaluator;
}

static BaseDay first_day_of(const QueryContext *context, const LedgerTable *fact) {
  g_auto(GStrv) names = g_strsplit(fact->kind == LEDGER_DERIVED ? fact->needs : fact->name, " ", -1);
  const QueryTableStat *stat = query_stat_of(context->stat, names[0]);
  if (stat == NULL || stat->n_rows == 0) return BASE_DAY_NONE;
  return stat->first_day == BASE_DAY_NONE ? BASE_DAY_MIN : stat->first_day;
}

void evaluator_find_first_days(Evaluator *evaluator) {
  const QueryPlan *plan = evaluator->plan;
  g_free(evaluator->first_day);
  evaluator->first_day = g_new(BaseDay, plan->tables->len + 1);
  for (guint t = 0; t < plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(plan->tables, t);
    evaluator->first_day[t] = first_day_of(plan->context, table->fact);
  }
}

void evaluator_settle(Evaluator *evaluator) {
  for (guint l = 0; l < evaluator->levels->len; l++) {
    GHashTableIter iter;
    gpointer index;
    g_hash_table_iter_init(&iter, ((EvalLevel *)g_ptr_array_index(evaluator->levels, l))->entities);
    while (g_hash_table_iter_next(&iter, NULL, &index)) entity_index_order(index);
  }
}

EvalLevel *evaluator_level_of(const Evaluator *evaluator, guint n_keep) {
  for (guint l = 0; l < evaluator->levels->len; l++) {
    EvalLevel *level = g_ptr_array_index(evaluator->levels, l);
    if (level->n_keep == n_keep) return level;
  }
  return NULL;
}

const BaseDay *evaluator_first_days(const Evaluator *evaluator, guint *n) {
  *n = evaluator->plan->tables->len;
  return evaluator->first_day;
}

void evaluator_free(Evaluator *evaluator) {
  if (evaluator == NULL) return;
  g_ptr_array_unref(evaluator->levels);
  g_array_unref(evaluator->reads);
  g_ptr_array_unref(evaluator->bounds);
  g_hash_table_unref(evaluator->bound_of);
  g_hash_table_unref(evaluator->formulas);
  g_hash_table_unref(evaluator->families);
  g_free(evaluator->first_day);
  g_free(evaluator);
}

void eval_tuple_head(const gint64 *members, guint n_keep, gint64 *head) {
  for (guint i = 0; i < n_keep; i++) head[i] = members[i];
}

guint *eval_kept_members(const QueryPlan *plan, guint n_keep) {
  guint *keep = g_new(guint, n_keep + 1);
  for (guint i = 0; i < n_keep; i++) keep[i] = i;
  keep[n_keep] = plan->n_dims;
  return keep;
}

CubeTable *eval_cells_for(const QueryPlan *plan, const PlanTable *table, guint n_keep) {
  return n_keep < plan->n_dims && table->shared[n_keep] != NULL ? table->shared[n_keep] : table->cells;
}

/* Kept cells are rolled up already, but for sparse ones, of which every level reads the same. */
static CubeTable *cells_at(const QueryPlan *plan, const PlanTable *table, guint n_keep) {
  if (table->levels == NULL) return eval_cells_for(plan, table, n_keep);
  return table->levels[n_keep] != NULL ? table->levels[n_keep] : table->levels[plan->n_dims];
}

CubeTable *eval_roll_up(const QueryPlan *plan, const PlanTable *table, guint n_keep) {
  g_autofree guint *keep = eval_kept_members(plan, n_keep);
  return cube_table_roll_up(table->cells, keep, n_keep + (table->entity != NULL ? 1 : 0));
}

EvalLevel *evaluator_level(Evaluator *evaluator, guint n_keep) {
  QueryPlan *plan = evaluator->plan;
  EvalLevel *level = eval_level_add(evaluator->levels, n_keep);
  level->tables = g_new0(LevelTable, plan->tables->len + 1);
  g_autofree gint64 *head = g_new0(gint64, n_keep + 1);
  if (n_keep == 0) cube_table_group(level->groups, head);
  for (guint t = 0; t < plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(plan->tables, t);
    LevelTable *at = &level->tables[t];
    at->possible = !table->is_hidden;
    for (guint d = 0; d < n_keep; d++) at->possible &= table->possible[d];
    at->cells = cells_at(plan, table, n_keep);
    at->owned =
        table->levels == NULL && n_keep < plan->n_dims && at->cells == table->cells && !cube_table_is_sparse(at->cells);
    if (at->owned) at->cells = eval_roll_up(plan, table, n_keep);
    if (!at->possible) continue;
    for (gint32 g = 0; g < cube_table_n_groups(at->cells); g++) {
      eval_tuple_head(cube_table_members(at->cells, g), n_keep, head);
      cube_table_group(level->groups, head);
    }
  }
  return level;
}

static void index_entities(EvalLevel *level, guint t, const PlanTable *table, const CubeTable *cells) {
  EntityIndex *index = g_hash_table_lookup(level->entities, table->entity);
  if (index == NULL) {
    index = entity_index_new((guint)cube_table_n_groups(level->groups));
    g_hash_table_insert(level->entities, (gpointer)table->entity, index);
  }
  g_autofree gint64 *head = g_new0(gint64, level->n_keep + 1);
  for (gint32 g = 0; g < cube_table_n_groups(cells); g++) {
    if (cube_table_is_deserted(cells, g)) continue;
    const gint64 *members = cube_table_members(cells, g);
    eval_tuple_head(members, level->n_keep, head);
    gint64 id = members[cube_table_n_members(cells) - 1];
    entity_index_add(index, (guint)cube_table_find(level->groups, head), (EntityItem){id, t, g});
  }
}

static void finish_entities(EvalLevel *level) {
  GHashTableIter iter;
  gpointer index;
  g_hash_table_iter_init(&iter, level->entities);
  while (g_hash_table_iter_next(&iter, NULL, &index)) entity_index_finish(index);
}

void evaluator_finish(Evaluator *evaluator) {
  QueryPlan *plan = evaluator->plan;
  evaluator_find_first_days(evaluator);
  for (guint l = 0; l < evaluator->levels->len; l++) {
    EvalLevel *level = g_ptr_array_index(evaluator->levels, l);
    guint n_groups = (guint)cube_table_n_groups(level->groups);
    for (guint t = 0; t < plan->tables->len; t++) {
      const PlanTable *table = g_ptr_array_index(plan->tables, t);
      LevelTable *at = &level->tables[t];
      cube_table_finish(at->cells);
      if (table->entity != NULL) {
        if (at->possible) index_entities(level, t, table, at->cells);
        continue;
      }
      at->group_of = g_new(gint32, n_groups + 1);
      for (guint g = 0; g < n_groups; g++)
        at->group_of[g] = at->possible ? cube_table_find(at->cells, cube_table_members(level->groups, (gint32)g)) : -1;
    }
    finish_entities(level);
  }
}

guint eval_level_n_groups(const EvalLevel *level) {
  return (guint)cube_table_n_groups(level->groups);
}

const gint64 *eval_level_members(const EvalLevel *level, guint group) {
  return cube_table_members(level->groups, (gint32)group);
}

gint32 eval_level_find(const EvalLevel *level, const gint64 *members) {
  return cube_table_find(level->groups, members);
}

void eval_level_head(const EvalLevel *level, guint group, gint64 *members, guint *n_members) {
  const gint64 *own = eval_level_members(level, group);
  *n_members = level->of == NULL ? level->n_keep : level->of->n_keep;
  if (level->of == NULL)
    memcpy(members, own, level->n_keep * sizeof *members);
  else
    limit_members(level->limit, level->n_keep, own, members);
}

/* NULL: it has none. */
static EntityIndex *entities_of(const EvalLevel *level, const LedgerTable *entity, guint *group) {
  if (level->of == NULL) return g_hash_table_lookup(level->entities, entity);
  gint32 chosen = g_array_index(level->chosen, gint32, *group);
  if (chosen < 0) return NULL;
  *group = (guint)chosen;
  return g_hash_table_lookup(level->of->entities, entity);
}

const EntityItem *eval_level_entities(const EvalLevel *level, const LedgerTable *entity, guint group, gsize *n) {
  EntityIndex *index = entities_of(level, entity, &group);
  *n = 0;
  return index == NULL ? NULL : entity_index_group(index, group, n);
}

gsize eval_level_n_entities(const EvalLevel *level, const LedgerTable *entity, guint group) {
  const EntityIndex *index = entities_of(level, entity, &group);
  return index == NULL ? 0 : entity_index_size(index, group);
}
