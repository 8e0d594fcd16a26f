/* Formulas to the cells they read.
 *
 *   revenue / previous(revenue) over 2026-03        a KPI's version in force is chosen, windows are moved and turned
 *        │                                           into slots, bare numbers beside money get their factor
 *        ▼
 *   DIV(MEASURE slots 3..4, MEASURE slots 2..3)     nothing is looked up again for the thousands of groups it is read
 * in
 */
#include "query/evaluate_private.h"

#include <math.h>

typedef struct {
  Evaluator *evaluator;
  const KpiDefinition *kpi;  /* the one whose formula this is */
  const LedgerTable *entity; /* inside each() */
  gboolean of_nothing;       /* what the formula says where there are no records */
} Binding;

typedef struct {
  const void *what;
  Window window;
} BoundKey;

guint eval_key_hash(gconstpointer data) {
  const BoundKey *key = data;
  const Window *window = &key->window;
  return g_direct_hash(key->what) ^ (guint)window->period.start * 31u ^ (guint)window->period.end * 131u ^
         (guint)window->clip * 7u ^ (guint)window->bound;
}

gboolean eval_same_window(const Window *a, const Window *b) {
  return a->clip == b->clip && a->bound == b->bound && a->period.start == b->period.start &&
         a->period.end == b->period.end && a->period.grain == b->period.grain;
}

gboolean eval_key_equal(gconstpointer a, gconstpointer b) {
  const BoundKey *x = a, *y = b;
  return x->what == y->what && eval_same_window(&x->window, &y->window);
}

/* --- collecting --- */

static const Bound *bind(const Binding *binding, const KpiExpr *expr, const Window *window);

static void collect(Binding binding, const KpiExpr *expr, const Window *window) {
  if (window_is_moved_by(expr->op)) {
    Window moved = window_apply(binding.evaluator->plan->context, window, expr);
    collect(binding, expr->args[0], &moved);
    return;
  }
  switch (expr->op) {
    case KPI_OP_MEASURE:
      eval_collect_measure(binding.evaluator, expr->measure, binding.kpi, binding.entity, window);
      break;
    case KPI_OP_KPI: {
      gboolean changed;
      binding.kpi = expr->kpi;
      collect(binding, evaluator_formula(expr->kpi, window, &changed), window);
      break;
    }
    case KPI_OP_EACH: {
      Binding of_nothing = {.evaluator = binding.evaluator, .of_nothing = TRUE};
      Value value = eval_bound(binding.evaluator, NULL, bind(&of_nothing, expr->args[0], window));
      binding.evaluator->plan->keeps_all |= value.has && value.value != 0;
      binding.entity = expr->entity;
      collect(binding, expr->args[0], window);
      break;
    }
    default:
      for (guint i = 0; i < expr->n_args; i++) collect(binding, expr->args[i], window);
  }
}

void evaluator_collect(Evaluator *evaluator, const KpiExpr *expr, const Window *window) {
  collect((Binding){.evaluator = evaluator}, expr, window);
}

void evaluator_collect_kpi(Evaluator *evaluator, const KpiDefinition *kpi, const Window *window) {
  gboolean changed;
  collect((Binding){.evaluator = evaluator, .kpi = kpi}, evaluator_formula(kpi, window, &changed), window);
}

/* --- binding --- */

static Bound *bound_new(const Binding *binding, KpiOp op, guint n_args) {
  Bound *bound = g_malloc0(sizeof(Bound) + n_args * sizeof(BoundArg));
  bound->op = op;
  bound->n_args = n_args;
  g_ptr_array_add(binding->evaluator->bounds, bound);
  return bound;
}

static const Bound *literal(const Binding *binding, double number) {
  Bound *bound = bound_new(binding, KPI_OP_NUMBER, 0);
  bound->number = (Value){.has = TRUE, .value = number, .n = -1};
  return bound;
}

/* A bare number beside money is in major units. */
static double beside(const Evaluator *evaluator, const KpiExpr *expr, const KpiExpr *other) {
  if (expr->unit.kind != KPI_NUMBER || other->unit.kind != KPI_QUANTITY || other->unit.money_power == 0) return 1;
  return pow(evaluator->money_unit, other->unit.money_power);
}

static const KpiExpr *stands_beside(const KpiExpr *expr, guint i) {
  switch (expr->op) {
    case KPI_OP_MUL:
    case KPI_OP_DIV:
      return NULL;
    case KPI_OP_IF:
      return i == 0 || expr->n_args < 3 ? NULL : expr->args[3 - i];
    case KPI_OP_COALESCE:
      return expr->args[0];
    default:
      return expr->n_args == 2 ? expr->args[1 - i] : NULL;
  }
}

static const Bound *bind_parts(const Binding *binding, const KpiExpr *expr, const Window *window) {
  Bound *bound = bound_new(binding, expr->op, expr->n_args);
  bound->per_count = expr->op == KPI_OP_DIV && expr->args[1]->unit.kind == KPI_COUNT;
  for (guint i = 0; i < expr->n_args; i++) {
    const KpiExpr *other = stands_beside(expr, i);
    bound->args[i].bound = bind(binding, expr->args[i], window);
    bound->args[i].beside = other == NULL ? 1 : beside(binding->evaluator, expr->args[i], other);
  }
  return bound;
}

static const Bound *bind_kpi(const Binding *binding, const KpiDefinition *kpi, const Window *window) {
  gboolean changed;
  const KpiExpr *formula = evaluator_formula(kpi, window, &changed);
  Binding inside = *binding;
  inside.kpi = kpi;
  Bound *bound = bound_new(binding, KPI_OP_KPI, 1);
  bound->flags = changed ? VALUE_CHANGED : 0;
  bound->args[0] = (BoundArg){bind(&inside, formula, window), 1};
  return bound;
}

static const Bound *bind_measure(const Binding *binding, const KpiMeasure *measure, const Window *window) {
  gboolean counts = measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_SUM || measure->agg == KPI_AGG_DISTINCT;
  Bound *bound = bound_new(binding, binding->of_nothing ? KPI_OP_NUMBER : KPI_OP_MEASURE, 0);
  if (binding->of_nothing)
    bound->number.has = counts;
  else
    bound->read = eval_bind_measure(binding->evaluator, measure, binding->entity, window);
  return bound;
}

static const Bound *bind_each(const Binding *binding, const KpiExpr *expr, const Window *window) {
  Evaluator *evaluator = binding->evaluator;
  Bound *bound = bound_new(binding, KPI_OP_EACH, 0);
  bound->family = g_hash_table_lookup(evaluator->families, expr);
  if (bound->family == NULL) {
    bound->family = eval_family_new(expr);
    g_hash_table_insert(evaluator->families, (gpointer)expr, bound->family);
  }
  if (eval_family_find(bound->family, window, &bound->at)) return bound;
  Binding inside = *binding;
  inside.entity = expr->entity;
  bound->at = eval_family_add(bound->family, window, bind(&inside, expr->args[0], window));
  return bound;
}

static const Bound *bind_new(const Binding *binding, const KpiExpr *expr, const Window *window) {
  if (window_is_moved_by(expr->op)) {
    Window moved = window_apply(binding->evaluator->plan->context, window, expr);
    return bind(binding, expr->args[0], &moved);
  }
  switch (expr->op) {
    case KPI_OP_NUMBER:
      return literal(binding, expr->number);
    case KPI_OP_DURATION:
      return literal(binding, expr->in_hours ? expr->number / 24 : expr->number);
    case KPI_OP_TRUE:
    case KPI_OP_FALSE:
      return literal(binding, expr->op == KPI_OP_TRUE);
    case KPI_OP_MEASURE:
      return bind_measure(binding, expr->measure, window);
    case KPI_OP_KPI:
      return bind_kpi(binding, expr->kpi, window);
    case KPI_OP_EACH:
      return bind_each(binding, expr, window);
    default:
      return bind_parts(binding, expr, window);
  }
}

/* Outside each(), what many KPIs share is bound once for a window. */
static const Bound *bind(const Binding *binding, const KpiExpr *expr, const Window *window) {
  if (binding->of_nothing || binding->entity != NULL) return bind_new(binding, expr, window);
  BoundKey probe = {expr, *window};
  const Bound *bound = g_hash_table_lookup(binding->evaluator->bound_of, &probe);
  if (bound != NULL) return bound;
  bound = bind_new(binding, expr, window);
  g_hash_table_insert(binding->evaluator->bound_of, g_memdup2(&probe, sizeof probe), (gpointer)bound);
  return bound;
}

static gboolean goes_by_group(const Bound *bound) {
  if (bound->op == KPI_OP_EACH || (bound->op == KPI_OP_MEASURE && bound->read.use->measure->agg == KPI_AGG_CLV))
    return TRUE;
  for (guint i = 0; i < bound->n_args; i++)
    if (goes_by_group(bound->args[i].bound)) return TRUE;
  return FALSE;
}

const EvalFormula *evaluator_bind(Evaluator *evaluator, const KpiDefinition *kpi, const Window *window) {
  BoundKey probe = {kpi, *window};
  EvalFormula *formula = g_hash_table_lookup(evaluator->formulas, &probe);
  if (formula != NULL) return formula;
  Binding binding = {.evaluator = evaluator};
  formula = g_new0(EvalFormula, 1);
  formula->bound = bind_kpi(&binding, kpi, window);
  formula->by_group = goes_by_group(formula->bound);
  gboolean changed;
  const KpiExpr *expr = evaluator_formula(kpi, window, &changed);
  while (expr->op == KPI_OP_KPI) expr = evaluator_formula(expr->kpi, window, &changed);
  if (expr->op == KPI_OP_DIV) formula->quotient = expr;
  g_hash_table_insert(evaluator->formulas, g_memdup2(&probe, sizeof probe), formula);
  return formula;
}

gsize evaluator_seal(Evaluator *evaluator) {
  g_hash_table_remove_all(evaluator->bound_of);
  GHashTableIter iter;
  gpointer key, formula;
  gsize bytes = 0;
  for (guint b = 0; b < evaluator->bounds->len; b++)
    bytes += sizeof(Bound) + ((const Bound *)g_ptr_array_index(evaluator->bounds, b))->n_args * sizeof(BoundArg);
  g_hash_table_iter_init(&iter, evaluator->formulas);
  while (g_hash_table_iter_next(&iter, &key, &formula)) {
    g_hash_table_iter_steal(&iter);
    g_free(key);
    g_ptr_array_add(evaluator->bounds, formula);
    bytes += sizeof(EvalFormula);
  }
  return bytes + evaluator->bounds->len * sizeof(gpointer);
}
