/* What a KPI's values are like is read off its formula. */
#include "target/figures.h"

/* --- what adds up --- */

static gboolean measure_adds_up(const KpiMeasure *measure) {
  gboolean flow = measure->when == KPI_WHEN_ON || measure->when == KPI_WHEN_SPREAD;
  return flow && (measure->agg == KPI_AGG_SUM || measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_DISTINCT);
}

static gboolean expr_adds_up(const KpiExpr *expr) {
  switch (expr->op) {
    case KPI_OP_MEASURE:
      return measure_adds_up(expr->measure);
    case KPI_OP_KPI:
      return target_adds_up(expr->kpi);
    case KPI_OP_EACH: /* customers who did something: counted or summed over the span */
      return TRUE;
    case KPI_OP_ADD:
    case KPI_OP_SUB:
    case KPI_OP_NEG:
      for (guint i = 0; i < expr->n_args; i++)
        if (!expr_adds_up(expr->args[i])) return FALSE;
      return TRUE;
    case KPI_OP_MUL:
      return (expr->args[0]->op == KPI_OP_NUMBER && expr_adds_up(expr->args[1])) ||
             (expr->args[1]->op == KPI_OP_NUMBER && expr_adds_up(expr->args[0]));
    case KPI_OP_DIV:
      return expr->args[1]->op == KPI_OP_NUMBER && expr_adds_up(expr->args[0]);
    default:
      return FALSE;
  }
}

gboolean target_adds_up(const KpiDefinition *kpi) {
  return expr_adds_up(kpi->versions[kpi->n_versions - 1].expr);
}

/* --- what can be below 0 --- */

static gboolean expr_is_signed(const KpiExpr *expr) {
  if (!expr) return FALSE;
  if (expr->op == KPI_OP_SUB || expr->op == KPI_OP_NEG || (expr->op == KPI_OP_NUMBER && expr->number < 0)) return TRUE;
  if (expr->op == KPI_OP_KPI) return target_can_be_negative(expr->kpi);
  if (expr->op == KPI_OP_MEASURE) return expr_is_signed(expr->measure->value);
  for (guint i = 0; i < expr->n_args; i++)
    if (expr_is_signed(expr->args[i])) return TRUE;
  return FALSE;
}

gboolean target_can_be_negative(const KpiDefinition *kpi) {
  gboolean days = kpi->unit.kind == KPI_QUANTITY && kpi->unit.money_power == 0;
  if (kpi->proportion || kpi->unit.kind == KPI_COUNT || days) return FALSE;
  return expr_is_signed(kpi->versions[kpi->n_versions - 1].expr);
}
