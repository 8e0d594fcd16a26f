/* A view in an answer: its identity is held against the rows that are shown. */
#include "answer/show.h"

#include <math.h>

#define TOLERANCE 1e-6 /* of the larger side: amounts are whole cents */

/* --- the identity --- */

typedef struct {
  const Shown *shown;
  const QueryRow *rows; /* of one member: by KPI, then period */
  guint period;
  gboolean has; /* every KPI of it has a value */
} Sum;

static const QueryValue *value_of(const Sum *sum, const KpiDefinition *kpi) {
  const QueryResult *result = sum->shown->result;
  for (guint k = 0; k < query_result_n_kpis(result); k++)
    if (query_result_kpi(result, k) == kpi) return &sum->rows[k * query_result_n_periods(result) + sum->period].value;
  return NULL;
}

static double side(Sum *sum, const KpiExpr *expr) {
  if (expr->op == KPI_OP_KPI) {
    const QueryValue *value = value_of(sum, expr->kpi);
    sum->has &= value != NULL && value->has_value;
    return value != NULL ? value->value : 0;
  }
  double first = side(sum, expr->args[0]);
  if (expr->op == KPI_OP_NEG) return -first;
  double second = side(sum, expr->args[1]);
  return expr->op == KPI_OP_ADD ? first + second : first - second;
}

static gboolean holds(const Shown *shown, const QueryRow *rows, guint period, double *left, double *right) {
  Sum sum = {shown, rows, period, TRUE};
  *left = side(&sum, shown->view->identity->args[0]);
  *right = side(&sum, shown->view->identity->args[1]);
  return !sum.has || fabs(*left - *right) <= TOLERANCE * fmax(1, fmax(fabs(*left), fabs(*right)));
}

static void note_broken(Shown *shown, const QueryRow *rows, guint period, double left, double right) {
  const KpiDefinition *form = shown->view->kpis[0];
  g_autofree char *a = answer_number(shown->session, form, TRUE, left);
  g_autofree char *b = answer_number(shown->session, form, TRUE, right);
  g_ptr_array_add(shown->notes, g_strdup_printf("it does not add up for %s in %s: %s against %s; please tell us",
                                                rows->n_members > 0 ? answer_member(rows->members[0]) : "all",
                                                query_result_period(shown->result, period)->name, a, b));
}

/* The first that does not hold is told. */
static gboolean check_rows(Shown *shown, const QueryRow *(*row_at)(const QueryResult *, guint), guint n) {
  for (guint r = 0; r < n; r += shown->per_member)
    for (guint p = 0; p < query_result_n_periods(shown->result); p++) {
      double left, right;
      if (holds(shown, row_at(shown->result, r), p, &left, &right)) continue;
      note_broken(shown, row_at(shown->result, r), p, left, right);
      return FALSE;
    }
  return TRUE;
}

/* What the titles of a view's KPIs add to its own. */
static const char *part_of(const KpiView *view, const KpiDefinition *kpi) {
  gsize length = strlen(view->title);
  gboolean is_part = g_str_has_prefix(kpi->title, view->title) && g_str_has_prefix(kpi->title + length, ", ");
  return is_part ? kpi->title + length + strlen(", ") : kpi->title;
}

char *show_view_title(const Shown *shown, guint kpi) {
  const KpiDefinition *definition = query_result_kpi(shown->result, kpi);
  char *title = g_strdup(shown->view != NULL ? part_of(shown->view, definition) : definition->title);
  title[0] = g_ascii_toupper(title[0]);
  return title;
}

static char *identity_words(const KpiView *view) {
  g_autofree char *text = kpi_expr_print(view->identity);
  GString *words = g_string_new(text);
  for (guint i = 0; i < view->n_kpis; i++)
    g_string_replace(words, view->kpis[i]->name, part_of(view, view->kpis[i]), 0);
  return g_string_free(words, FALSE);
}

void shown_set_view(Shown *shown, const KpiView *view) {
  shown->view = view;
  if (view == NULL || view->identity == NULL) return;
  if (!check_rows(shown, query_result_row, query_result_n_rows(shown->result)) ||
      !check_rows(shown, query_result_total, query_result_n_totals(shown->result)))
    return;
  g_autofree char *words = identity_words(view);
  g_ptr_array_add(shown->notes, g_strdup_printf("it adds up in every row: %s", words));
}
