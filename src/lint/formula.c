/* What rules ask of formulas: which measures they stand on, and where a ratio is averaged. */
#include "lint/lint_private.h"

const KpiExpr *lint_formula(const KpiDefinition *kpi) {
  return kpi->versions[kpi->n_versions - 1].expr;
}

gboolean lint_any_measure(const KpiExpr *expr, LintMeasureFunc is, gpointer data) {
  if (expr->op == KPI_OP_MEASURE) return is(expr->measure, data);
  if (expr->op == KPI_OP_KPI) return lint_any_measure(lint_formula(expr->kpi), is, data);
  for (guint i = 0; i < expr->n_args; i++)
    if (lint_any_measure(expr->args[i], is, data)) return TRUE;
  return FALSE;
}

gboolean lint_is_rate(const KpiDefinition *kpi) {
  const KpiExpr *expr = lint_formula(kpi);
  while (expr->op == KPI_OP_KPI) expr = lint_formula(expr->kpi);
  return kpi->proportion || expr->op == KPI_OP_DIV;
}

static gboolean reads_table(const KpiMeasure *measure, gpointer table) {
  return measure->table == table;
}

static gboolean is_of_other(const KpiMeasure *measure, gpointer other) {
  return lint_any_measure(other, reads_table, (gpointer)measure->table);
}

gboolean lint_share_table(const KpiDefinition *a, const KpiDefinition *b) {
  return lint_any_measure(lint_formula(a), is_of_other, (gpointer)lint_formula(b));
}

/* --- a ratio averaged --- */

/* A share, or one thing divided by another, within a row. */
static gboolean is_row_ratio(const KpiExpr *value) {
  if (value->op == KPI_OP_DIV && value->args[1]->op != KPI_OP_NUMBER) return TRUE;
  if (value->op == KPI_OP_COLUMN) {
    const LedgerColumn *column = value->n_path ? value->path[value->n_path - 1].column : NULL;
    return column && column->type == LEDGER_SHARE;
  }
  gboolean passes = value->op == KPI_OP_NEG || value->op == KPI_OP_COALESCE || value->op == KPI_OP_IF ||
                    value->op == KPI_OP_ADD || value->op == KPI_OP_SUB;
  for (guint i = 0; passes && i < value->n_args; i++)
    if (is_row_ratio(value->args[i])) return TRUE;
  return FALSE;
}

static gboolean averages_ratio(const KpiMeasure *measure, gpointer found) {
  gboolean averages = (measure->agg == KPI_AGG_MEAN || measure->agg == KPI_AGG_SUM) && measure->value;
  if (!averages || !is_row_ratio(measure->value)) return FALSE;
  *(const KpiMeasure **)found = measure;
  return TRUE;
}

/* Of each customer or person a quotient, added up. */
static gboolean adds_quotients(const KpiExpr *expr) {
  if (expr->op == KPI_OP_EACH) {
    const KpiExpr *of = expr->args[0];
    while (of->op == KPI_OP_KPI) of = lint_formula(of->kpi);
    return of->op == KPI_OP_DIV;
  }
  gboolean is_sum = expr->op == KPI_OP_ADD && expr->n_args == 2;
  if (is_sum && expr->args[0]->op == KPI_OP_KPI && expr->args[1]->op == KPI_OP_KPI)
    return lint_is_rate(expr->args[0]->kpi) && lint_is_rate(expr->args[1]->kpi);
  for (guint i = 0; i < expr->n_args; i++)
    if (adds_quotients(expr->args[i])) return TRUE;
  return FALSE;
}

gboolean lint_ratio_averaged(Lint *lint, GError **error) {
  for (guint i = 0; i < kpi_catalogue_n_kpis(lint->context->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(lint->context->catalogue, i);
    if (kpi->built_in) continue;
    const KpiMeasure *measure = NULL;
    gboolean of_rows = lint_any_measure(lint_formula(kpi), averages_ratio, &measure);
    if (!of_rows && !adds_quotients(lint_formula(kpi))) continue;
    const char *part = of_rows ? measure->canonical : kpi->canonical;
    LintFinding *finding = lint_add(
        lint, g_strdup(kpi->name),
        g_strdup_printf("%s: `%s` adds up or averages a ratio%s, so that one of two cases weighs as much as one of two "
                        "thousand.",
                        kpi->title, part, of_rows ? " of single records" : " of single members"),
        "Divide the sums instead: sum(numerator) / sum(denominator), each a measure of its own.");
    lint_record(finding, "kpi", kpi->name,
                g_strdup_printf("line %u of %s", kpi->span.line, kpi->span.file ? kpi->span.file : "its file"));
  }
  return TRUE;
}
