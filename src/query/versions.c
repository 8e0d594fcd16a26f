/* Which version of a definition is in force, and where an answer rests on more than one. */
#include "query/evaluate_private.h"
#include "query/query.h"

const KpiVersion *query_version_in_force(const KpiDefinition *kpi, BaseDay day) {
  const KpiVersion *in_force = &kpi->versions[0];
  for (guint v = 1; v < kpi->n_versions; v++)
    if (kpi->versions[v].from <= day) in_force = &kpi->versions[v];
  return in_force;
}

const KpiExpr *evaluator_formula(const KpiDefinition *kpi, const Window *window, gboolean *changed) {
  *changed = FALSE;
  for (guint v = 1; v < kpi->n_versions; v++)
    *changed |= kpi->versions[v].from > window->period.start && kpi->versions[v].from < window->period.end;
  return query_version_in_force(kpi, window->period.start)->expr;
}

typedef struct {
  const QueryContext *context;
  GHashTable *in_force; /* KPI -> the formula met first */
} Walk;

static gboolean differs(const Walk *walk, const KpiExpr *expr, const Window *window);

static gboolean kpi_differs(const Walk *walk, const KpiDefinition *kpi, const Window *window) {
  gboolean changed;
  const KpiExpr *formula = evaluator_formula(kpi, window, &changed);
  const KpiExpr *before = g_hash_table_lookup(walk->in_force, kpi);
  if (before != NULL && before != formula) return TRUE;
  g_hash_table_insert(walk->in_force, (gpointer)kpi, (gpointer)formula);
  return differs(walk, formula, window);
}

static gboolean differs(const Walk *walk, const KpiExpr *expr, const Window *window) {
  switch (expr->op) {
    case KPI_OP_KPI:
      return kpi_differs(walk, expr->kpi, window);
    case KPI_OP_MEASURE:
      return FALSE;
    case KPI_OP_PREVIOUS:
    case KPI_OP_YEAR_AGO:
    case KPI_OP_SHIFT:
    case KPI_OP_TRAILING:
    case KPI_OP_TO_DATE:
    case KPI_OP_WITHIN: {
      Window moved = window_apply(walk->context, window, expr);
      return differs(walk, expr->args[0], &moved);
    }
    default:
      for (guint i = 0; i < expr->n_args; i++)
        if (differs(walk, expr->args[i], window)) return TRUE;
      return FALSE;
  }
}

/* Most definitions never changed, nor did what they stand on. */
static gboolean has_versions(const KpiDefinition *kpi);

static gboolean names_versions(const KpiExpr *expr) {
  if (expr->op == KPI_OP_KPI) return has_versions(expr->kpi);
  if (expr->op == KPI_OP_MEASURE) return FALSE;
  for (guint i = 0; i < expr->n_args; i++)
    if (names_versions(expr->args[i])) return TRUE;
  return FALSE;
}

static gboolean has_versions(const KpiDefinition *kpi) {
  return kpi->n_versions > 1 || names_versions(kpi->versions[0].expr);
}

gboolean evaluator_definitions_differ(const QueryContext *context, const KpiDefinition *kpi, const Window *window,
                                      const Window *compared) {
  if (!has_versions(kpi)) return FALSE;
  g_autoptr(GHashTable) in_force = g_hash_table_new(NULL, NULL);
  Walk walk = {context, in_force};
  return kpi_differs(&walk, kpi, window) || (compared != NULL && kpi_differs(&walk, kpi, compared));
}
