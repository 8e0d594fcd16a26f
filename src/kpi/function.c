/* The functions of the language, one row each, and help with names that are not among them. */
#include "kpi/internal.h"

static const KpiFunction functions[] = {
    {"count", KPI_AGGREGATE, 0, KPI_AGG_COUNT, 1, 1, "count(opportunity where outcome = 'won' on closed_at)"},
    {"sum", KPI_AGGREGATE, 0, KPI_AGG_SUM, 1, 1, "sum(opportunity.amount where outcome = 'won' on closed_at)"},
    {"mean", KPI_AGGREGATE, 0, KPI_AGG_MEAN, 1, 1, "mean(survey.score where kind = 'csat' on at)"},
    {"distinct", KPI_AGGREGATE, 0, KPI_AGG_DISTINCT, 1, 1, "distinct(sale.account on at)"},
    {"min", KPI_AGGREGATE | KPI_IN_FORMULAS | KPI_IN_ROWS, KPI_OP_MIN, KPI_AGG_MIN, 2, 2,
     "min(a, b), or min(sale.net_amount on at)"},
    {"max", KPI_AGGREGATE | KPI_IN_FORMULAS | KPI_IN_ROWS, KPI_OP_MAX, KPI_AGG_MAX, 2, 2,
     "max(a, b), or max(sale.net_amount on at)"},
    {"median", KPI_AGGREGATE, 0, KPI_AGG_QUANTILE, 1, 1,
     "median(days(opportunity.created_at, closed_at) on closed_at)"},
    {"quantile", KPI_AGGREGATE, 0, KPI_AGG_QUANTILE, 2, 2, "quantile(opportunity.amount, 0.9 on closed_at)"},
    {"survival_median", KPI_AGGREGATE, 0, KPI_AGG_KM, 2, 2,
     "survival_median(stage_stay.entered_at, left_at on entered_at)"},
    {"survival_quantile", KPI_AGGREGATE, 0, KPI_AGG_KM, 3, 3,
     "survival_quantile(stage_stay.entered_at, left_at, 0.9 on entered_at)"},
    {"customer_value", KPI_AGGREGATE, 0, KPI_AGG_CLV, 3, 4,
     "customer_value(sale.net_amount, account, 12 months where net_amount > 0 on at)"},

    {"if", KPI_IN_ROWS | KPI_IN_FORMULAS, KPI_OP_IF, 0, 3, 3, "if(condition, then, else)"},
    {"coalesce", KPI_IN_ROWS | KPI_IN_FORMULAS, KPI_OP_COALESCE, 0, 2, 100,
     "coalesce(a, b): the first that has a value"},
    {"abs", KPI_IN_ROWS | KPI_IN_FORMULAS, KPI_OP_ABS, 0, 1, 1, "abs(a)"},
    {"contains", KPI_IN_ROWS, KPI_OP_CONTAINS, 0, 2, 2, "contains(subject, 'demo')"},
    {"days", KPI_IN_ROWS, KPI_OP_DAYS, 0, 2, 2, "days(created_at, closed_at)"},
    {"hours", KPI_IN_ROWS, KPI_OP_HOURS, 0, 2, 2, "hours(created_at, first_touched_at)"},
    {"working_hours", KPI_IN_ROWS, KPI_OP_WORKING_HOURS, 0, 2, 2, "working_hours(created_at, first_touched_at)"},
    {"earlier", KPI_IN_ROWS, KPI_OP_EARLIER, 0, 2, 2, "earlier(scheduled_at, done_at)"},
    {"later", KPI_IN_ROWS, KPI_OP_LATER, 0, 2, 2, "later(scheduled_at, done_at)"},

    {"previous", KPI_IN_FORMULAS, KPI_OP_PREVIOUS, 0, 1, 1, "previous(x)"},
    {"year_ago", KPI_IN_FORMULAS, KPI_OP_YEAR_AGO, 0, 1, 1, "year_ago(x)"},
    {"shift", KPI_IN_FORMULAS, KPI_OP_SHIFT, 0, 2, 2, "shift(x, -3 months)"},
    {"trailing", KPI_IN_FORMULAS, KPI_OP_TRAILING, 0, 2, 2, "trailing(x, 12 months)"},
    {"to_date", KPI_IN_FORMULAS, KPI_OP_TO_DATE, 0, 2, 2, "to_date(x, year)"},
    {"within", KPI_IN_FORMULAS, KPI_OP_WITHIN, 0, 2, 2, "within(level, quarter)"},
    {"start", KPI_IN_FORMULAS, KPI_OP_START, 0, 1, 1, "start(level)"},
    {"before", KPI_IN_FORMULAS, KPI_OP_BEFORE, 0, 1, 1, "before(flow)"},
    {"lifetime", KPI_IN_FORMULAS, KPI_OP_LIFETIME, 0, 1, 1, "lifetime(flow)"},
    {"average", KPI_IN_FORMULAS, KPI_OP_AVERAGE, 0, 1, 1, "average(level)"},
    {"each", KPI_IN_FORMULAS, KPI_OP_EACH, 0, 2, 2, "each(account, x)"},
    {"total", KPI_IN_FORMULAS, KPI_OP_TOTAL, 0, 1, 1, "total(x)"},
};

const KpiFunction *kpi_function_find(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(functions); i++)
    if (kpi_same(functions[i].name, name)) return &functions[i];
  return NULL;
}

const char *kpi_function_name(KpiOp op) {
  for (gsize i = 0; i < G_N_ELEMENTS(functions); i++)
    if (functions[i].op == op && (functions[i].use & ~(guint)KPI_AGGREGATE)) return functions[i].name;
  return "";
}

const KpiFunction *kpi_function_at(guint index) {
  return index < G_N_ELEMENTS(functions) ? &functions[index] : NULL;
}

static gint by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void kpi_add_names(GHashTable *table, GPtrArray *names) {
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, &key, NULL)) g_ptr_array_add(names, key);
  g_ptr_array_sort(names, by_name);
}

const char *kpi_suggest(KpiCatalogue *catalogue, const char *word, GPtrArray *candidates) {
  if (catalogue->problems->len >= KPI_MAX_PROBLEMS) return "";
  const char *nearest = base_nearest(word, (const char *const *)candidates->pdata, candidates->len);
  if (!nearest) return "";
  g_autofree char *text = g_strdup_printf("; did you mean '%s'?", nearest);
  return kpi_arena_strndup(catalogue->arena, text, strlen(text));
}
