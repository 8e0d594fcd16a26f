/* What follows from a checked formula: whether two are the same, how long a duration is, whether one is a share of
 * counted cases, and which facts it needs. */
#include "kpi/internal.h"

/* --- equality: of meaning, not of places --- */

static gboolean both_equal(const KpiExpr *a, const KpiExpr *b) {
  return a == b || (a && b && kpi_expr_equal(a, b));
}

static gboolean path_equal(const KpiExpr *a, const KpiExpr *b) {
  if (a->n_path != b->n_path) return FALSE;
  for (guint i = 0; i < a->n_path; i++)
    if (a->path[i].table != b->path[i].table || a->path[i].column != b->path[i].column) return FALSE;
  return TRUE;
}

static gboolean leaf_equal(const KpiExpr *a, const KpiExpr *b) {
  switch (a->op) {
    case KPI_OP_NUMBER:
      return a->number == b->number && kpi_unit_equal(a->unit, b->unit);
    case KPI_OP_DURATION:
    case KPI_OP_SHIFT:
    case KPI_OP_TRAILING:
      return a->number == b->number && a->in_hours == b->in_hours && (a->in_hours || a->grain == b->grain);
    case KPI_OP_TO_DATE:
    case KPI_OP_WITHIN:
      return a->grain == b->grain;
    case KPI_OP_COLUMN:
      return path_equal(a, b);
    case KPI_OP_TEXT:
      return strcmp(a->text, b->text) == 0;
    case KPI_OP_DATE:
      return a->day == b->day;
    case KPI_OP_MEASURE:
      return a->measure == b->measure || kpi_measure_equal(a->measure, b->measure);
    case KPI_OP_KPI:
      return a->kpi == b->kpi;
    case KPI_OP_EACH:
      return a->entity == b->entity;
    default:
      return TRUE;
  }
}

gboolean kpi_expr_equal(const KpiExpr *a, const KpiExpr *b) {
  if (a->op != b->op || a->n_args != b->n_args || !leaf_equal(a, b)) return FALSE;
  for (guint i = 0; i < a->n_args; i++)
    if (!kpi_expr_equal(a->args[i], b->args[i])) return FALSE;
  return TRUE;
}

static gboolean same_rows_in_time(const KpiMeasure *a, const KpiMeasure *b) {
  return a->table == b->table && a->when == b->when && both_equal(a->on, b->on) && both_equal(a->until, b->until) &&
         both_equal(a->due, b->due) && both_equal(a->due_too, b->due_too) && both_equal(a->past, b->past);
}

gboolean kpi_measure_equal(const KpiMeasure *a, const KpiMeasure *b) {
  return a->agg == b->agg && a->quantile == b->quantile && a->quantile_type == b->quantile_type &&
         same_rows_in_time(a, b) && both_equal(a->value, b->value) && both_equal(a->value_to, b->value_to) &&
         both_equal(a->horizon, b->horizon) && a->discount == b->discount && both_equal(a->where, b->where);
}

/* --- lengths --- */

double kpi_duration_days(const KpiExpr *duration) {
  if (duration->in_hours) return duration->number / 24;
  switch (duration->grain) {
    case CALENDAR_WEEK:
      return duration->number * 7;
    case CALENDAR_MONTH:
      return duration->number * 365.25 / 12;
    case CALENDAR_QUARTER:
      return duration->number * 365.25 / 4;
    case CALENDAR_YEAR:
      return duration->number * 365.25;
    default:
      return duration->number;
  }
}

/* --- shares of counted cases --- */

static const KpiMeasure *counted(const KpiExpr *expr) {
  while (expr->op == KPI_OP_KPI) expr = expr->kpi->versions[expr->kpi->n_versions - 1].expr;
  return expr->op == KPI_OP_MEASURE && expr->measure->agg == KPI_AGG_COUNT ? expr->measure : NULL;
}

static gboolean is_in(const KpiExpr *value, const KpiExpr *list) {
  for (guint i = 1; i < list->n_args; i++)
    if (kpi_expr_equal(value, list->args[i])) return TRUE;
  return FALSE;
}

/* `x = a` and `x in (a, b)` are both lists of what x may be. */
static gboolean is_list(const KpiExpr *expr) {
  return expr->op == KPI_OP_IN || expr->op == KPI_OP_EQ;
}

/* Whenever `narrow` holds, `wide` does: so much of it as can be told from the writing. */
static gboolean implies(const KpiExpr *narrow, const KpiExpr *wide) {
  if (kpi_expr_equal(narrow, wide)) return TRUE;
  if (wide->op == KPI_OP_AND) return implies(narrow, wide->args[0]) && implies(narrow, wide->args[1]);
  if (narrow->op == KPI_OP_AND) return implies(narrow->args[0], wide) || implies(narrow->args[1], wide);
  if (narrow->op == KPI_OP_OR) return implies(narrow->args[0], wide) && implies(narrow->args[1], wide);
  if (wide->op == KPI_OP_OR) return implies(narrow, wide->args[0]) || implies(narrow, wide->args[1]);
  if (!is_list(narrow) || !is_list(wide) || !kpi_expr_equal(narrow->args[0], wide->args[0])) return FALSE;
  for (guint i = 1; i < narrow->n_args; i++)
    if (!is_in(narrow->args[i], wide)) return FALSE;
  return TRUE;
}

gboolean kpi_expr_is_proportion(const KpiExpr *expr) {
  while (expr->op == KPI_OP_KPI) expr = expr->kpi->versions[expr->kpi->n_versions - 1].expr;
  if (expr->op != KPI_OP_DIV) return FALSE;
  const KpiMeasure *part = counted(expr->args[0]), *whole = counted(expr->args[1]);
  if (!part || !whole || part == whole || !same_rows_in_time(part, whole)) return FALSE;
  return !whole->where || (part->where && implies(part->where, whole->where));
}

/* --- needs --- */

static void need(GPtrArray *needs, const char *name) {
  for (guint i = 0; i < needs->len; i++)
    if (needs->pdata[i] == name || kpi_same(needs->pdata[i], name)) return;
  g_ptr_array_add(needs, (gpointer)name);
}

static void need_table(KpiCatalogue *catalogue, const LedgerTable *table) {
  if (table->kind != LEDGER_DERIVED || !table->needs) {
    need(catalogue->needs, table->name);
    return;
  }
  for (const char *at = table->needs; *at;) {
    gsize n = strcspn(at, " ");
    g_autofree char *name = g_strndup(at, n);
    const LedgerTable *read = ledger_schema_find(catalogue->schema, name);
    if (read) need_table(catalogue, read);
    at += n + strspn(at + n, " ");
  }
}

/* Facts that a path leads through: without their rows the path ends in nothing. Dimensions may be empty and still
 * serve. */
static void need_paths(KpiCatalogue *catalogue, const KpiExpr *expr) {
  if (!expr) return;
  for (guint i = 1; i < expr->n_path; i++)
    if (expr->path[i].table->kind == LEDGER_FACT) need_table(catalogue, expr->path[i].table);
  for (guint i = 0; i < expr->n_args; i++) need_paths(catalogue, expr->args[i]);
}

const char *const *kpi_needs(KpiCatalogue *catalogue, const KpiSummary *summary) {
  GPtrArray *needs = catalogue->needs;
  g_ptr_array_set_size(needs, 0);
  for (guint i = 0; i < summary->n_measures; i++) {
    const KpiMeasure *measure = summary->measures[i];
    need_table(catalogue, measure->table);
    const KpiExpr *parts[] = {measure->value, measure->value_to, measure->where,   measure->on,
                              measure->until, measure->due,      measure->due_too, measure->past};
    for (gsize j = 0; j < G_N_ELEMENTS(parts); j++) need_paths(catalogue, parts[j]);
  }
  const char **list = kpi_arena_array(catalogue->arena, const char *, needs->len + 1);
  for (guint i = 0; i < needs->len; i++) list[i] = needs->pdata[i];
  return list;
}
