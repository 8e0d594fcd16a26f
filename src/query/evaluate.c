/* The values of a bound formula: of many groups at once, or of one, or one entity of it. */
#include "base/money.h"
#include "query/evaluate_private.h"

#include <math.h>

/* Nothing was loaded for any of it. A sum or a choice can do without one of its facts (sales or won deals make a
 * customer); a product or a quotient cannot. */
gboolean eval_lacks_data(const Value *value) {
  return (value->flags & VALUE_NO_DATA) != 0 && (value->flags & VALUE_HAS_DATA) == 0;
}

static gint64 first_n(const Value *a, const Value *b) {
  return a->n >= 0 ? a->n : b->n;
}

static gboolean compares(KpiOp op, double x, double y) {
  switch (op) {
    case KPI_OP_EQ:
      return x == y;
    case KPI_OP_NE:
      return x != y;
    case KPI_OP_LT:
      return x < y;
    case KPI_OP_LE:
      return x <= y;
    case KPI_OP_GT:
      return x > y;
    default:
      return x >= y;
  }
}

static Value join(const Bound *bound, const Value *a, const Value *b) {
  Value result = {.has = a->has && b->has,
                  .n = first_n(a, b),
                  .flags = a->flags | b->flags,
                  .n_missing = a->n_missing + b->n_missing};
  if (bound->per_count && b->n >= 0) result.n = (gint64)llround(b->value);
  double x = a->value * bound->args[0].beside, y = b->value * bound->args[1].beside;
  switch (bound->op) {
    case KPI_OP_ADD:
      result.value = x + y;
      break;
    case KPI_OP_SUB:
      result.value = x - y;
      break;
    case KPI_OP_MUL:
      result.has = result.has && !eval_lacks_data(a) && !eval_lacks_data(b);
      result.value = x * y;
      break;
    case KPI_OP_DIV:
      result.has = result.has && y != 0 && !eval_lacks_data(a) && !eval_lacks_data(b);
      result.value = result.has ? x / y : 0;
      break;
    case KPI_OP_MIN:
      result.value = MIN(x, y);
      break;
    case KPI_OP_MAX:
      result.value = MAX(x, y);
      break;
    default:
      result.value = result.has && compares(bound->op, x, y);
      result.has = TRUE;
  }
  return result;
}

static gboolean holds(const Value *value) {
  return value->has && value->value != 0;
}

static Value negated(const Bound *bound, Value value) {
  value.value = bound->op == KPI_OP_ABS ? fabs(value.value) : 0 - value.value;
  value.interval.has_value = FALSE;
  return value;
}

static Value not(Value value) {
  value.value = !holds(&value);
  value.has = TRUE;
  return value;
}

static Value both_or_either(const Bound *bound, const Value *a, const Value *b) {
  Value result = {.has = TRUE, .n = first_n(a, b), .flags = a->flags | b->flags};
  result.value = bound->op == KPI_OP_AND ? holds(a) && holds(b) : holds(a) || holds(b);
  return result;
}

/* Of a choice without the branch that is taken. */
static Value no_branch(const Value *condition) {
  return (Value){.has = FALSE, .n = condition->n, .flags = condition->flags};
}

static Value branch_taken(const Value *condition, Value value, double beside) {
  value.value *= beside;
  value.flags |= condition->flags;
  if (value.n < 0) value.n = condition->n;
  return value;
}

/* The first that has a value; of those before it, what has been counted. */
static Value or_else(const Value *found, const Value *next, double beside) {
  if (found->has || !next->has) return *found;
  Value result = *next;
  if (result.n < 0) result.n = found->n;
  result.value *= beside;
  return result;
}

/* --- one group, or one entity of it --- */

static Value part(const Evaluator *evaluator, const Place *place, const Bound *bound, guint i) {
  return eval_bound(evaluator, place, bound->args[i].bound);
}

static Value logic(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  Value a = part(evaluator, place, bound, 0);
  if (bound->op == KPI_OP_NOT) return not(a);
  Value b = part(evaluator, place, bound, 1);
  return both_or_either(bound, &a, &b);
}

static Value choice(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  Value condition = part(evaluator, place, bound, 0);
  guint branch = holds(&condition) ? 1 : 2;
  if (branch >= bound->n_args) return no_branch(&condition);
  return branch_taken(&condition, part(evaluator, place, bound, branch), bound->args[branch].beside);
}

static Value first_of(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  Value result = nothing;
  for (guint i = 0; i < bound->n_args; i++) {
    Value value = part(evaluator, place, bound, i);
    result = or_else(&result, &value, bound->args[i].beside);
  }
  return result;
}

static Value whole(const Evaluator *evaluator, const Bound *bound) {
  Place place = {.level = g_ptr_array_index(evaluator->levels, 0)};
  return part(evaluator, &place, bound, 0);
}

Value eval_bound(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  switch (bound->op) {
    case KPI_OP_NUMBER:
      return bound->number;
    case KPI_OP_MEASURE:
      return eval_measure(evaluator, place, &bound->read);
    case KPI_OP_KPI: {
      Value value = part(evaluator, place, bound, 0);
      value.flags |= bound->flags;
      return value;
    }
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT:
      return logic(evaluator, place, bound);
    case KPI_OP_IF:
      return choice(evaluator, place, bound);
    case KPI_OP_COALESCE:
      return first_of(evaluator, place, bound);
    case KPI_OP_EACH:
      return eval_family(evaluator, bound->family, place, bound->at);
    case KPI_OP_TOTAL:
      return whole(evaluator, bound);
    case KPI_OP_NEG:
    case KPI_OP_ABS:
      return negated(bound, part(evaluator, place, bound, 0));
    default: {
      Value a = part(evaluator, place, bound, 0), b = part(evaluator, place, bound, 1);
      return join(bound, &a, &b);
    }
  }
}

/* --- many groups: each part of the formula is gone through once for all of them --- */

static void values_of(const EvalStretch *stretch, const Bound *bound, Value *values);

static void parts_of(const EvalStretch *stretch, const Bound *bound, guint i, Value *values) {
  values_of(stretch, bound->args[i].bound, values);
}

static void fill(Value *values, guint n, Value value) {
  for (guint i = 0; i < n; i++) values[i] = value;
}

static void logic_of(const EvalStretch *stretch, const Bound *bound, Value *values) {
  parts_of(stretch, bound, 0, values);
  if (bound->op == KPI_OP_NOT) {
    for (guint i = 0; i < stretch->n; i++) values[i] = not(values[i]);
    return;
  }
  Value others[EVAL_MOST];
  parts_of(stretch, bound, 1, others);
  for (guint i = 0; i < stretch->n; i++) values[i] = both_or_either(bound, &values[i], &others[i]);
}

static void choice_of(const EvalStretch *stretch, const Bound *bound, Value *values) {
  Value conditions[EVAL_MOST], taken[EVAL_MOST];
  parts_of(stretch, bound, 0, conditions);
  for (guint branch = 1; branch <= 2; branch++) {
    gboolean is_taken = FALSE;
    for (guint i = 0; i < stretch->n && !is_taken; i++) is_taken = holds(&conditions[i]) == (branch == 1);
    gboolean is_there = branch < bound->n_args;
    if (is_taken && is_there) parts_of(stretch, bound, branch, taken);
    for (guint i = 0; i < stretch->n && is_taken; i++)
      if (holds(&conditions[i]) == (branch == 1))
        values[i] =
            is_there ? branch_taken(&conditions[i], taken[i], bound->args[branch].beside) : no_branch(&conditions[i]);
  }
}

static void first_of_each(const EvalStretch *stretch, const Bound *bound, Value *values) {
  Value others[EVAL_MOST];
  fill(values, stretch->n, nothing);
  for (guint a = 0; a < bound->n_args; a++) {
    parts_of(stretch, bound, a, others);
    for (guint i = 0; i < stretch->n; i++) values[i] = or_else(&values[i], &others[i], bound->args[a].beside);
  }
}

static void joined(const EvalStretch *stretch, const Bound *bound, Value *values) {
  Value others[EVAL_MOST];
  parts_of(stretch, bound, 0, values);
  parts_of(stretch, bound, 1, others);
  for (guint i = 0; i < stretch->n; i++) values[i] = join(bound, &values[i], &others[i]);
}

static void values_of(const EvalStretch *stretch, const Bound *bound, Value *values) {
  switch (bound->op) {
    case KPI_OP_NUMBER:
      fill(values, stretch->n, bound->number);
      break;
    case KPI_OP_MEASURE:
      eval_measures(stretch, &bound->read, values);
      break;
    case KPI_OP_KPI:
      parts_of(stretch, bound, 0, values);
      for (guint i = 0; i < stretch->n && bound->flags != 0; i++) values[i].flags |= bound->flags;
      break;
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT:
      logic_of(stretch, bound, values);
      break;
    case KPI_OP_IF:
      choice_of(stretch, bound, values);
      break;
    case KPI_OP_COALESCE:
      first_of_each(stretch, bound, values);
      break;
    case KPI_OP_EACH:
      for (guint i = 0; i < stretch->n; i++) {
        Place place = {.level = stretch->level, .group = stretch->groups[i]};
        values[i] = eval_family(stretch->evaluator, bound->family, &place, bound->at);
      }
      break;
    case KPI_OP_TOTAL:
      fill(values, stretch->n, whole(stretch->evaluator, bound));
      break;
    case KPI_OP_NEG:
    case KPI_OP_ABS:
      parts_of(stretch, bound, 0, values);
      for (guint i = 0; i < stretch->n; i++) values[i] = negated(bound, values[i]);
      break;
    default:
      joined(stretch, bound, values);
  }
}

gboolean evaluator_parts(const EvalFormula *formula, KpiUnit *numerator, KpiUnit *denominator) {
  if (formula->quotient == NULL) return FALSE;
  *numerator = formula->quotient->args[0]->unit;
  *denominator = formula->quotient->args[1]->unit;
  return TRUE;
}

gboolean evaluator_goes_by_group(const EvalFormula *formula) {
  return formula->by_group;
}

void evaluator_values(const EvalStretch *stretch, const EvalFormula *formula, EvalAnswers *answers) {
  const Bound *bound = formula->bound;
  answers->is_quotient = formula->quotient != NULL;
  if (answers->is_quotient) {
    gboolean of_whole = formula->quotient->args[1]->op == KPI_OP_TOTAL;
    guint flags = 0;
    for (; bound->op == KPI_OP_KPI; bound = bound->args[0].bound) flags |= bound->flags;
    parts_of(stretch, bound, 0, answers->numerator);
    parts_of(stretch, bound, 1, answers->denominator);
    for (guint i = 0; i < stretch->n; i++) {
      answers->of_whole[i] = of_whole || answers->denominator[i].n < 0;
      answers->value[i] = join(bound, &answers->numerator[i], &answers->denominator[i]);
      answers->value[i].flags |= flags;
    }
  } else {
    values_of(stretch, bound, answers->value);
  }
  for (guint i = 0; i < stretch->n; i++)
    if (eval_lacks_data(&answers->value[i])) answers->value[i].has = FALSE;
}

double evaluator_money_divisor(const QueryContext *context, KpiUnit unit) {
  if (unit.kind != KPI_QUANTITY || unit.money_power == 0) return 1;
  return pow(pow(10, base_currency_digits(context->organisation->currency)), unit.money_power);
}
