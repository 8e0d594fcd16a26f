/* Calls: which function is meant, whether it may stand here, and those that rows and formulas share.
 *
 * min and max are both functions of two numbers and aggregates over rows; a call with clauses, or of one part, is an
 * aggregate. */
#include "kpi/internal.h"

static KpiExpr *check_branches(KpiCheck *check, const KpiSyntax *syntax, KpiOp op, KpiExpr **args, guint first) {
  const KpiExpr *typed = args[first]; /* the one whose unit the others have */
  KpiUnit unit = typed->unit;
  for (guint i = first + 1; i < syntax->n_args; i++) {
    if (!kpi_unify(typed, args[i], &unit)) {
      kpi_problem(check, syntax->args[i]->mark, syntax->args[i]->mark_length,
                  "%s() gives one or the other, but this is %s and the one before %s", syntax->text,
                  kpi_unit_phrase(args[i]->unit), kpi_unit_phrase(typed->unit));
      return NULL;
    }
    if (!kpi_unit_equal(unit, typed->unit)) typed = args[i];
  }
  gboolean numeric = op == KPI_OP_MIN || op == KPI_OP_MAX || op == KPI_OP_ABS;
  if (numeric && !kpi_unit_is_number(unit)) {
    const char *help =
        unit.kind == KPI_INSTANT ? (op == KPI_OP_MIN ? "; of dates, earlier(a, b)" : "; of dates, later(a, b)") : "";
    kpi_problem(check, syntax->mark, syntax->mark_length, "%s() asks for numbers, not for %s%s", syntax->text,
                kpi_unit_phrase(unit), help);
    return NULL;
  }
  return kpi_expr_with(check, syntax, op, unit, args, syntax->n_args);
}

static gboolean all_of(KpiCheck *check, const KpiSyntax *syntax, KpiExpr **args, KpiUnitKind kind, const char *what) {
  gboolean good = TRUE;
  for (guint i = 0; i < syntax->n_args; i++) {
    if (args[i]->unit.kind == kind) continue;
    kpi_problem(check, syntax->args[i]->mark, syntax->args[i]->mark_length, "%s() asks for %s; this is %s",
                syntax->text, what, kpi_unit_phrase(args[i]->unit));
    good = FALSE;
  }
  return good;
}

static KpiExpr *check_plain_call(KpiCheck *check, const KpiSyntax *syntax, KpiOp op) {
  KpiExpr **args = kpi_arena_array(check->catalogue->arena, KpiExpr *, MAX(syntax->n_args, 1));
  gboolean good = TRUE;
  for (guint i = 0; i < syntax->n_args; i++) {
    args[i] = kpi_check_expr(check, syntax->args[i]);
    if (args[i]) args[i] = kpi_check_settle(check, syntax->args[i], args[i]);
    good &= args[i] != NULL;
  }
  if (!good) return NULL;
  switch (op) {
    case KPI_OP_IF:
      if (!kpi_check_is_condition(check, syntax->args[0], args[0], "if()")) return NULL;
      return check_branches(check, syntax, op, args, 1);
    case KPI_OP_CONTAINS:
      if (!all_of(check, syntax, args, KPI_TEXT, "texts")) return NULL;
      return kpi_expr_with(check, syntax, op, KPI_UNIT(KPI_BOOL), args, 2);
    case KPI_OP_DAYS:
    case KPI_OP_HOURS:
    case KPI_OP_WORKING_HOURS:
    case KPI_OP_EARLIER:
    case KPI_OP_LATER:
      if (!all_of(check, syntax, args, KPI_INSTANT, "dates")) return NULL;
      return kpi_expr_with(check, syntax, op, op <= KPI_OP_WORKING_HOURS ? KPI_DAYS : KPI_UNIT(KPI_INSTANT), args, 2);
    default:
      return check_branches(check, syntax, op, args, 0);
  }
}

static gboolean check_arity(KpiCheck *check, const KpiSyntax *syntax, const KpiFunction *function) {
  if (syntax->n_args >= function->min_args && syntax->n_args <= function->max_args) return TRUE;
  kpi_problem(check, syntax->mark, syntax->mark_length, "%s() is written %s; here it has %u %s", function->name,
              function->form, syntax->n_args, syntax->n_args == 1 ? "part" : "parts");
  return FALSE;
}

static KpiExpr *check_unknown_function(KpiCheck *check, const KpiSyntax *syntax) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; kpi_function_at(i); i++) g_ptr_array_add(names, (gpointer)kpi_function_at(i)->name);
  static const struct {
    const char *word, *say;
  } others[] = {
      {"avg", "mean"},      {"average_of", "mean"},    {"percentile", "quantile"}, {"iif", "if"},
      {"nvl", "coalesce"},  {"ifnull", "coalesce"},    {"datediff", "days"},       {"count_distinct", "distinct"},
      {"prev", "previous"}, {"last_year", "year_ago"}, {"rolling", "trailing"},    {"ytd", "to_date"},
      {"least", "min"},     {"greatest", "max"}};
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
    if (strcmp(syntax->text, others[i].word) != 0) continue;
    kpi_problem(check, syntax->mark, syntax->mark_length, "there is no function %s(); did you mean '%s'?", syntax->text,
                others[i].say);
    return NULL;
  }
  kpi_problem(check, syntax->mark, syntax->mark_length, "there is no function %s()%s", syntax->text,
              kpi_suggest(check->catalogue, syntax->text, names));
  return NULL;
}

KpiExpr *kpi_check_call(KpiCheck *check, const KpiSyntax *syntax) {
  const KpiFunction *function = kpi_function_find(syntax->text);
  if (!function) return check_unknown_function(check, syntax);
  gboolean both = function->use & ~(guint)KPI_AGGREGATE;
  gboolean aggregate = (function->use & KPI_AGGREGATE) && (!both || syntax->clauses || syntax->n_args == 1);
  if (aggregate && check->table) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "%s() counts over many rows; inside a measure there is only one row at a time", syntax->text);
    return NULL;
  }
  if (aggregate) {
    KpiMeasure *measure = kpi_check_measure(check, syntax);
    if (!measure) return NULL;
    KpiExpr *expr = kpi_expr_new(check, syntax, KPI_OP_MEASURE, measure->unit, 0);
    expr->measure = kpi_catalogue_intern_measure(check->catalogue, measure);
    return expr;
  }
  if (syntax->clauses) {
    kpi_problem(check, syntax->mark, syntax->mark_length,
                "%s() takes no `where` and no dates; measures such as count() and sum() do", syntax->text);
    return NULL;
  }
  if (!check_arity(check, syntax, function)) return NULL;
  if (check->table && !(function->use & KPI_IN_ROWS)) {
    kpi_problem(check, syntax->mark, syntax->mark_length, "%s() works on measures and KPIs, not inside a measure",
                syntax->text);
    return NULL;
  }
  if (!check->table && !(function->use & KPI_IN_FORMULAS)) {
    kpi_problem(check, syntax->mark, syntax->mark_length, "%s() works on the columns of a row, inside a measure: %s",
                syntax->text, function->form);
    return NULL;
  }
  if (!check->table && !(function->use & KPI_IN_ROWS)) return kpi_check_formula_call(check, syntax, function->op);
  return check_plain_call(check, syntax, function->op);
}
