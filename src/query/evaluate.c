/* The evaluator: one walk over a formula, which collects what the plan must hold or reads the values of a group.
 *
 * each(account, x): x is evaluated once for every entity that has any record in the group. An entity without records
 * contributes what x is of nothing, which for counts and sums is no more than 0; so leaving it out changes nothing. */
#include "base/money.h"
#include "query/evaluate_private.h"

#include <math.h>

static Value walk(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window);

static guint joined_flags(const Value *a, const Value *b) {
  return a->flags | b->flags;
}

/* A bare number beside money is in major units. */
static double beside(const Evaluator *evaluator, const KpiExpr *expr, const KpiExpr *other, double value) {
  if (expr->unit.kind != KPI_NUMBER || other->unit.kind != KPI_QUANTITY || other->unit.money_power == 0) return value;
  return value * pow(evaluator->money_unit, other->unit.money_power);
}

/* Nothing was loaded for any of it. A sum or a choice can do without one of its facts (sales or won deals make a
 * customer); a product or a quotient cannot. */
static gboolean lacks_data(const Value *value) {
  return (value->flags & VALUE_NO_DATA) != 0 && (value->flags & VALUE_HAS_DATA) == 0;
}

static gint64 first_n(const Value *a, const Value *b) {
  return a->n >= 0 ? a->n : b->n;
}

static Value walk_infix(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value a = walk(evaluator, place, expr->args[0], window), b = walk(evaluator, place, expr->args[1], window);
  Value result = {.has = a.has && b.has,
                  .n = first_n(&a, &b),
                  .flags = joined_flags(&a, &b),
                  .n_missing = a.n_missing + b.n_missing};
  if (expr->op == KPI_OP_DIV && expr->args[1]->unit.kind == KPI_COUNT && b.n >= 0) result.n = (gint64)llround(b.value);
  gboolean alike = expr->op != KPI_OP_MUL && expr->op != KPI_OP_DIV;
  double x = alike ? beside(evaluator, expr->args[0], expr->args[1], a.value) : a.value;
  double y = alike ? beside(evaluator, expr->args[1], expr->args[0], b.value) : b.value;
  gboolean condition = FALSE;
  switch (expr->op) {
    case KPI_OP_ADD:
      result.value = x + y;
      return result;
    case KPI_OP_SUB:
      result.value = x - y;
      return result;
    case KPI_OP_MUL:
      result.has = result.has && !lacks_data(&a) && !lacks_data(&b);
      result.value = x * y;
      return result;
    case KPI_OP_DIV:
      result.has = result.has && y != 0 && !lacks_data(&a) && !lacks_data(&b);
      result.value = result.has ? x / y : 0;
      return result;
    case KPI_OP_MIN:
      result.value = MIN(x, y);
      return result;
    case KPI_OP_MAX:
      result.value = MAX(x, y);
      return result;
    case KPI_OP_EQ:
      condition = x == y;
      break;
    case KPI_OP_NE:
      condition = x != y;
      break;
    case KPI_OP_LT:
      condition = x < y;
      break;
    case KPI_OP_LE:
      condition = x <= y;
      break;
    case KPI_OP_GT:
      condition = x > y;
      break;
    case KPI_OP_GE:
      condition = x >= y;
      break;
    default:
      break;
  }
  result.value = result.has && condition;
  result.has = TRUE;
  return result;
}

static gboolean holds(const Value *value) {
  return value->has && value->value != 0;
}

static Value walk_logic(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value a = walk(evaluator, place, expr->args[0], window);
  if (expr->op == KPI_OP_NOT) {
    a.value = !holds(&a);
    a.has = TRUE;
    return a;
  }
  Value b = walk(evaluator, place, expr->args[1], window);
  Value result = {.has = TRUE, .n = first_n(&a, &b), .flags = joined_flags(&a, &b)};
  result.value = expr->op == KPI_OP_AND ? holds(&a) && holds(&b) : holds(&a) || holds(&b);
  return result;
}

static Value walk_if(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value condition = walk(evaluator, place, expr->args[0], window);
  if (place->collecting) {
    walk(evaluator, place, expr->args[1], window);
    return expr->n_args > 2 ? walk(evaluator, place, expr->args[2], window) : nothing;
  }
  guint branch = holds(&condition) ? 1 : 2;
  if (branch >= expr->n_args) return (Value){.has = FALSE, .n = condition.n, .flags = condition.flags};
  Value result = walk(evaluator, place, expr->args[branch], window);
  result.value =
      beside(evaluator, expr->args[branch], expr->args[branch == 1 && expr->n_args > 2 ? 2 : 1], result.value);
  result.flags |= condition.flags;
  if (result.n < 0) result.n = condition.n;
  return result;
}

static Value walk_coalesce(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value result = nothing;
  for (guint i = 0; i < expr->n_args; i++) {
    Value value = walk(evaluator, place, expr->args[i], window);
    if (!result.has && value.has) {
      gint64 n = result.n;
      result = value;
      if (result.n < 0) result.n = n;
      result.value = beside(evaluator, expr->args[i], expr->args[0], value.value);
    }
  }
  return result;
}

static Value walk_each(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Place inside = *place;
  inside.entity = expr->entity;
  if (place->of_nothing) return nothing;
  if (place->collecting) {
    Value of_nothing = walk(evaluator, &(Place){.of_nothing = TRUE}, expr->args[0], window);
    evaluator->plan->keeps_all |= of_nothing.has && of_nothing.value != 0;
    return walk(evaluator, &inside, expr->args[0], window);
  }
  Value total = {.has = TRUE};
  const EntityIndex *index = g_hash_table_lookup(place->level->entities, expr->entity);
  const GArray *entities = index == NULL ? NULL : entity_index_group(index, place->group);
  guint n_entities = entities == NULL ? 0 : entities->len;
  /* Of nobody: nothing, but with what the facts say of themselves. */
  guint64 bits = 0;
  inside.id = -1;
  inside.bits = &bits;
  total.flags = walk(evaluator, &inside, expr->args[0], window).flags;
  inside.bits = NULL;
  if (evaluator->plan->keeps_all) bits = G_MAXUINT64;
  for (guint i = 0; i < n_entities; i++) {
    const EachEntity *entity = &g_array_index(entities, EachEntity, i);
    if ((entity->touched & bits) == 0) continue;
    inside.id = entity->id;
    Value value = walk(evaluator, &inside, expr->args[0], window);
    total.flags |= value.flags;
    total.n_missing += value.n_missing;
    if (!value.has || value.value == 0) continue;
    total.value += value.value;
    total.n++;
  }
  if (lacks_data(&total) || (total.flags & VALUE_NO_DIMENSION)) total.has = FALSE;
  return total;
}

static Value walk_total(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  if (place->collecting || place->of_nothing) return walk(evaluator, place, expr->args[0], window);
  Place whole = *place;
  whole.level = g_ptr_array_index(evaluator->levels, 0);
  whole.group = 0;
  return walk(evaluator, &whole, expr->args[0], window);
}

const KpiExpr *evaluator_formula(const KpiDefinition *kpi, const Window *window, gboolean *changed) {
  const KpiVersion *in_force = &kpi->versions[0];
  *changed = FALSE;
  for (guint v = 1; v < kpi->n_versions; v++) {
    if (kpi->versions[v].from <= window->period.start) in_force = &kpi->versions[v];
    *changed |= kpi->versions[v].from > window->period.start && kpi->versions[v].from < window->period.end;
  }
  return in_force->expr;
}

static Value walk_kpi(Evaluator *evaluator, const Place *place, const KpiDefinition *kpi, const Window *window) {
  gboolean changed;
  Place inside = *place;
  inside.kpi = kpi;
  Value result = walk(evaluator, &inside, evaluator_formula(kpi, window, &changed), window);
  if (changed) result.flags |= VALUE_CHANGED;
  return result;
}

static const Window *moved_window(Evaluator *evaluator, const KpiExpr *operator, const Window * window) {
  Moved probe = {.operator= operator, .from = * window };
  Moved *moved = g_hash_table_lookup(evaluator->moved, &probe);
  if (moved == NULL) {
    moved = g_memdup2(&probe, sizeof probe);
    moved->to = window_apply(evaluator->plan->context, window, operator);
    g_hash_table_add(evaluator->moved, moved);
  }
  return &moved->to;
}

static Value walk(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  switch (expr->op) {
    case KPI_OP_NUMBER:
      return (Value){.has = TRUE, .value = expr->number, .n = -1};
    case KPI_OP_DURATION:
      return (Value){.has = TRUE, .value = expr->in_hours ? expr->number / 24 : expr->number, .n = -1};
    case KPI_OP_TRUE:
      return (Value){.has = TRUE, .value = 1, .n = -1};
    case KPI_OP_FALSE:
      return (Value){.has = TRUE, .value = 0, .n = -1};
    case KPI_OP_MEASURE:
      return eval_measure(evaluator, place, expr->measure, window);
    case KPI_OP_KPI:
      return walk_kpi(evaluator, place, expr->kpi, window);
    case KPI_OP_ADD:
    case KPI_OP_SUB:
    case KPI_OP_MUL:
    case KPI_OP_DIV:
    case KPI_OP_MIN:
    case KPI_OP_MAX:
    case KPI_OP_EQ:
    case KPI_OP_NE:
    case KPI_OP_LT:
    case KPI_OP_LE:
    case KPI_OP_GT:
    case KPI_OP_GE:
      return walk_infix(evaluator, place, expr, window);
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT:
      return walk_logic(evaluator, place, expr, window);
    case KPI_OP_IF:
      return walk_if(evaluator, place, expr, window);
    case KPI_OP_COALESCE:
      return walk_coalesce(evaluator, place, expr, window);
    case KPI_OP_EACH:
      return walk_each(evaluator, place, expr, window);
    case KPI_OP_TOTAL:
      return walk_total(evaluator, place, expr, window);
    case KPI_OP_NEG:
    case KPI_OP_ABS: {
      Value value = walk(evaluator, place, expr->args[0], window);
      value.value = expr->op == KPI_OP_ABS ? fabs(value.value) : 0 - value.value;
      value.interval.has_value = FALSE;
      return value;
    }
    default: {
      return walk(evaluator, place, expr->args[0], moved_window(evaluator, expr, window));
    }
  }
}

void evaluator_collect(Evaluator *evaluator, const KpiExpr *expr, const Window *window) {
  Place place = {.collecting = TRUE};
  walk(evaluator, &place, expr, window);
}

void evaluator_collect_kpi(Evaluator *evaluator, const KpiDefinition *kpi, const Window *window) {
  Place place = {.collecting = TRUE};
  walk_kpi(evaluator, &place, kpi, window);
}

Value evaluator_expr(Evaluator *evaluator, EvalLevel *level, guint group, const KpiExpr *expr, const Window *window) {
  Place place = {.level = level, .group = group};
  return walk(evaluator, &place, expr, window);
}

Value evaluator_kpi(Evaluator *evaluator, EvalLevel *level, guint group, const KpiDefinition *kpi,
                    const Window *window) {
  Place place = {.level = level, .group = group};
  Value result = walk_kpi(evaluator, &place, kpi, window);
  if (lacks_data(&result)) result.has = FALSE;
  return result;
}

double evaluator_money_divisor(const QueryContext *context, KpiUnit unit) {
  if (unit.kind != KPI_QUANTITY || unit.money_power == 0) return 1;
  return pow(pow(10, base_currency_digits(context->organisation->currency)), unit.money_power);
}
