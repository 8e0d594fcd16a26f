/* Whether a formula's value is made of those of its parts (people, teams, products): what a change can be split by.
 *
 * A sum over records is, and so is what adds and takes away sums, or multiplies one by a number, in any window. A
 * quotient of two such, or a mean, is made of the parts' numerators and denominators. Of anything else (a median, the
 * larger of two, what is counted once over all) the parts say nothing of the whole. */
#include "kpi/kpi.h"

static gboolean is_number(const KpiExpr *expr) {
  switch (expr->op) {
    case KPI_OP_NUMBER:
      return TRUE;
    case KPI_OP_NEG:
    case KPI_OP_ADD:
    case KPI_OP_SUB:
    case KPI_OP_MUL:
    case KPI_OP_DIV:
      for (guint i = 0; i < expr->n_args; i++)
        if (!is_number(expr->args[i])) return FALSE;
      return TRUE;
    default:
      return FALSE;
  }
}

static const KpiExpr *formula_of(const KpiDefinition *kpi) {
  return kpi->versions[kpi->n_versions - 1].expr;
}

static const char *why_no_sum_of(const KpiMeasure *measure) {
  switch (measure->agg) {
    case KPI_AGG_COUNT:
    case KPI_AGG_SUM:
      return NULL;
    case KPI_AGG_DISTINCT:
      return "it counts the same one only once over all, and members may share it";
    case KPI_AGG_MEAN:
      return "it has a mean among its parts, and a sum is not made of the means of members";
    case KPI_AGG_MIN:
    case KPI_AGG_MAX:
      return "the smallest or largest of all is that of one member, and says nothing of the others";
    case KPI_AGG_CLV:
      return "what customers are worth is estimated over all of them together";
    default:
      return "a median or quantile of all is not made of those of the members";
  }
}

static const char *why_no_sum(const KpiExpr *expr);

static const char *first_reason(const KpiExpr *expr) {
  for (guint i = 0; i < expr->n_args; i++) {
    const char *why = why_no_sum(expr->args[i]);
    if (why) return why;
  }
  return NULL;
}

static const char *why_no_product(const KpiExpr *expr) {
  guint scaled = expr->op == KPI_OP_MUL && is_number(expr->args[0]) ? 1 : 0;
  if (is_number(expr->args[1 - scaled])) return why_no_sum(expr->args[scaled]);
  return "it multiplies or divides figures that change together";
}

/* NULL: it is a sum of its members'. */
static const char *why_no_sum(const KpiExpr *expr) {
  switch (expr->op) {
    case KPI_OP_MEASURE:
      return why_no_sum_of(expr->measure);
    case KPI_OP_KPI:
      return why_no_sum(formula_of(expr->kpi));
    case KPI_OP_ADD:
    case KPI_OP_SUB:
    case KPI_OP_NEG:
      return first_reason(expr);
    case KPI_OP_MUL:
    case KPI_OP_DIV:
      return why_no_product(expr);
    case KPI_OP_PREVIOUS:
    case KPI_OP_YEAR_AGO:
    case KPI_OP_SHIFT:
    case KPI_OP_TRAILING:
    case KPI_OP_TO_DATE:
    case KPI_OP_START:
    case KPI_OP_WITHIN:
    case KPI_OP_BEFORE:
    case KPI_OP_LIFETIME:
    case KPI_OP_AVERAGE:
      return why_no_sum(expr->args[0]);
    case KPI_OP_EACH: /* goes by the entity, and is then added */
      return NULL;
    case KPI_OP_TOTAL:
      return "it holds members against all of them together";
    case KPI_OP_NUMBER:
      return "it adds or takes away a number that is no member's";
    default:
      return "it chooses by the whole (if, min, max, a comparison), and members may choose otherwise";
  }
}

KpiForm kpi_form_of(const KpiExpr *expr, const char **why) {
  while (expr->op == KPI_OP_KPI) expr = formula_of(expr->kpi);
  *why = NULL;
  if (expr->op == KPI_OP_MEASURE && expr->measure->agg == KPI_AGG_MEAN) return KPI_FORM_MEAN;
  gboolean is_quotient = expr->op == KPI_OP_DIV && !is_number(expr->args[1]);
  *why = is_quotient ? first_reason(expr) : why_no_sum(expr);
  if (*why) return KPI_FORM_OTHER;
  return is_quotient ? KPI_FORM_RATIO : KPI_FORM_SUM;
}
