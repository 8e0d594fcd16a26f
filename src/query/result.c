/* An answer: its making, and what is read of it. */
#include "query/run.h"

static const struct {
  const char *name, *about;
} flags[] = {
    {"missing_rates", "amounts in a currency without an exchange rate are not in it"},
    {"before_data", "it lies before the first record"},
    {"no_dimension", "its records cannot be grouped so"},
    {"no_data", "nothing has been loaded for it"},
    {"definition_changed", "the definition changed within the period, or between it and the one compared with it"},
    {"running", "the period has not ended"},
    {"immature", "the cohort has not had its full time"},
    {"cut", "only a part of the named period was asked"},
};

const char *query_flag_name(guint bit) {
  return bit < G_N_ELEMENTS(flags) ? flags[bit].name : NULL;
}
const char *query_flag_about(guint bit) {
  return bit < G_N_ELEMENTS(flags) ? flags[bit].about : NULL;
}

QueryResult *query_result_new(void) {
  QueryResult *result = g_new0(QueryResult, 1);
  result->kpis = g_ptr_array_new();
  result->dims = g_ptr_array_new();
  result->periods = g_array_new(FALSE, TRUE, sizeof(CalendarPeriod));
  result->rows = g_array_new(FALSE, TRUE, sizeof(QueryRow));
  result->totals = g_array_new(FALSE, TRUE, sizeof(QueryRow));
  result->load.number = -1;
  result->names = g_string_chunk_new(4096);
  result->notes = g_ptr_array_new_with_free_func(g_free);
  result->without = g_ptr_array_new_with_free_func(g_free);
  result->sql = g_ptr_array_new_with_free_func(g_free);
  return result;
}

void query_result_finish(QueryResult *result) {
  g_ptr_array_add(result->notes, NULL);
  g_ptr_array_add(result->without, NULL);
  g_ptr_array_add(result->sql, NULL);
}

void query_result_note(QueryResult *result, const char *text) {
  g_ptr_array_insert(result->notes, (gint)result->notes->len - 1, g_strdup(text));
}

gint64 query_result_load(const QueryResult *result) {
  return result->load.number;
}
QueryLoad query_result_last_load(const QueryResult *result) {
  return result->load;
}
gint64 query_result_now_us(const QueryResult *result) {
  return result->now_us;
}

gboolean query_last_load(Store *store, QueryLoad *load, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT load, \"at\" FROM load ORDER BY load DESC LIMIT 1", NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  *load = (QueryLoad){0};
  if (store_rows_count(rows) == 0) return TRUE;
  *load = (QueryLoad){store_rows_value(rows, 0, 0).integer, store_rows_value(rows, 0, 1).integer};
  return TRUE;
}

gboolean query_result_is_from_cells(const QueryResult *result) {
  return result->from_cells;
}

void query_result_free(QueryResult *result) {
  if (result == NULL) return;
  g_ptr_array_unref(result->kpis);
  g_ptr_array_unref(result->dims);
  g_array_unref(result->periods);
  g_array_unref(result->rows);
  g_array_unref(result->totals);
  g_string_chunk_free(result->names);
  g_ptr_array_unref(result->notes);
  g_ptr_array_unref(result->without);
  g_ptr_array_unref(result->sql);
  g_free(result);
}

guint query_result_n_kpis(const QueryResult *result) {
  return result->kpis->len;
}
const KpiDefinition *query_result_kpi(const QueryResult *result, guint index) {
  return g_ptr_array_index(result->kpis, index);
}
guint query_result_n_dims(const QueryResult *result) {
  return result->dims->len;
}
const char *query_result_dim(const QueryResult *result, guint index) {
  return g_ptr_array_index(result->dims, index);
}
guint query_result_n_periods(const QueryResult *result) {
  return result->periods->len;
}
const CalendarPeriod *query_result_period(const QueryResult *result, guint index) {
  return &g_array_index(result->periods, CalendarPeriod, index);
}
guint query_result_n_rows(const QueryResult *result) {
  return result->rows->len;
}
const QueryRow *query_result_row(const QueryResult *result, guint index) {
  return &g_array_index(result->rows, QueryRow, index);
}
guint query_result_n_totals(const QueryResult *result) {
  return result->totals->len;
}
const QueryRow *query_result_total(const QueryResult *result, guint index) {
  return &g_array_index(result->totals, QueryRow, index);
}
const char *const *query_result_notes(const QueryResult *result) {
  return (const char *const *)result->notes->pdata;
}
const char *const *query_result_without_records(const QueryResult *result) {
  return (const char *const *)result->without->pdata;
}
const char *const *query_result_sql(const QueryResult *result) {
  return (const char *const *)result->sql->pdata;
}

void query_result_timings(const QueryResult *result, double *plan_ms, double *scan_ms, double *evaluate_ms,
                          gint64 *rows_scanned) {
  *plan_ms = result->timings.plan_ms;
  *scan_ms = result->timings.scan_ms;
  *evaluate_ms = result->timings.evaluate_ms;
  *rows_scanned = result->timings.rows_scanned;
}
