/* The value of a bound formula for a group. */
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

static Value part(const Evaluator *evaluator, const Place *place, const Bound *bound, guint i) {
  return eval_bound(evaluator, place, bound->args[i].bound);
}

static Value logic(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  Value a = part(evaluator, place, bound, 0);
  if (bound->op == KPI_OP_NOT) {
    a.value = !holds(&a);
    a.has = TRUE;
    return a;
  }
  Value b = part(evaluator, place, bound, 1);
  Value result = {.has = TRUE, .n = first_n(&a, &b), .flags = a.flags | b.flags};
  result.value = bound->op == KPI_OP_AND ? holds(&a) && holds(&b) : holds(&a) || holds(&b);
  return result;
}

static Value choice(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  Value condition = part(evaluator, place, bound, 0);
  guint branch = holds(&condition) ? 1 : 2;
  if (branch >= bound->n_args) return (Value){.has = FALSE, .n = condition.n, .flags = condition.flags};
  Value result = part(evaluator, place, bound, branch);
  result.value *= bound->args[branch].beside;
  result.flags |= condition.flags;
  if (result.n < 0) result.n = condition.n;
  return result;
}

static Value first_of(const Evaluator *evaluator, const Place *place, const Bound *bound) {
  Value result = nothing;
  for (guint i = 0; i < bound->n_args; i++) {
    Value value = part(evaluator, place, bound, i);
    if (result.has || !value.has) continue;
    gint64 n = result.n;
    result = value;
    if (result.n < 0) result.n = n;
    result.value *= bound->args[i].beside;
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
    case KPI_OP_ABS: {
      Value value = part(evaluator, place, bound, 0);
      value.value = bound->op == KPI_OP_ABS ? fabs(value.value) : 0 - value.value;
      value.interval.has_value = FALSE;
      return value;
    }
    default: {
      Value a = part(evaluator, place, bound, 0), b = part(evaluator, place, bound, 1);
      return join(bound, &a, &b);
    }
  }
}

gboolean evaluator_parts(const EvalFormula *formula, KpiUnit *numerator, KpiUnit *denominator) {
  if (formula->quotient == NULL) return FALSE;
  *numerator = formula->quotient->args[0]->unit;
  *denominator = formula->quotient->args[1]->unit;
  return TRUE;
}

EvalAnswer evaluator_value(const Evaluator *evaluator, const EvalFormula *formula, const EvalLevel *level,
                           guint group) {
  Place place = {.level = level, .group = group};
  EvalAnswer answer = {.is_quotient = formula->quotient != NULL};
  if (answer.is_quotient) {
    const Bound *bound = formula->bound;
    guint flags = 0;
    for (; bound->op == KPI_OP_KPI; bound = bound->args[0].bound) flags |= bound->flags;
    answer.numerator = part(evaluator, &place, bound, 0);
    answer.denominator = part(evaluator, &place, bound, 1);
    answer.of_whole = answer.denominator.n < 0 || formula->quotient->args[1]->op == KPI_OP_TOTAL;
    answer.value = join(bound, &answer.numerator, &answer.denominator);
    answer.value.flags |= flags;
  } else {
    answer.value = eval_bound(evaluator, &place, formula->bound);
  }
  if (eval_lacks_data(&answer.value)) answer.value.has = FALSE;
  return answer;
}

double evaluator_money_divisor(const QueryContext *context, KpiUnit unit) {
  if (unit.kind != KPI_QUANTITY || unit.money_power == 0) return 1;
  return pow(pow(10, base_currency_digits(context->organisation->currency)), unit.money_power);
}
