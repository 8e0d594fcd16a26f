/* An answer: its making, and what is read of it. */
#include "query/run.h"

#include <math.h>

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

/* --- groups of rows --- */

static guint n_rows_of_group(const QueryResult *result) {
  return result->kpis->len * result->periods->len;
}

QueryGroup *query_group_new(const QueryResult *result, guint n_members, const gint64 *ids) {
  QueryGroup *group = g_malloc0(sizeof *group + result->kpis->len * sizeof(QuerySeen));
  group->n_holders = 1;
  group->n_members = n_members;
  group->n_kpis = result->kpis->len;
  memcpy(group->ids, ids, n_members * sizeof *ids);
  return group;
}

QueryBlock *query_block_new(const QueryResult *result, QueryGroup *const *groups, guint n) {
  gsize n_cells = (gsize)n_rows_of_group(result) * result->n_cells * n;
  QueryBlock *block = g_malloc(sizeof *block + n_cells * sizeof(QueryCell));
  block->n_holders = (gint)n;
  block->n_groups = n;
  for (guint i = 0; i < n; i++) {
    groups[i]->block = block;
    groups[i]->at = i;
  }
  return block;
}

QueryGroup *query_group_hold(QueryGroup *group) {
  g_atomic_int_inc(&group->n_holders);
  return group;
}

static void group_free(gpointer data) {
  QueryGroup *group = data;
  if (!g_atomic_int_dec_and_test(&group->n_holders)) return;
  for (guint m = 0; m < group->n_members; m++) g_free(group->names[m]);
  if (group->block != NULL && g_atomic_int_dec_and_test(&group->block->n_holders)) g_free(group->block);
  g_free(group->rows);
  g_free(group);
}

static const QueryCell *cell_of(const QueryResult *result, const QueryGroup *group, gsize row, guint cell) {
  return &group->block->cells[(row * result->n_cells + cell) * group->block->n_groups + group->at];
}

/* --- rows of a group --- */

static void add_quotient(const KpiDefinition *kpi, const QueryScale *scale, const QueryCell *cell, QueryValue *value) {
  value->has_parts = TRUE;
  value->has_base = cell->has_base;
  value->numerator = cell->first / scale->numerator_divisor;
  value->denominator = cell->second / scale->denominator_divisor;
  if (!kpi->proportion || !cell->has_value || cell->first < 0 || cell->first > cell->second) return;
  StatsInterval interval = stats_wilson((gint64)llround(cell->first), (gint64)llround(cell->second), 0.95);
  value->has_interval = interval.has_value;
  value->low = interval.low;
  value->high = interval.high;
}

static QueryValue value_of(const KpiDefinition *kpi, const QueryScale *scale, const QueryCell *cell) {
  QueryValue value = {.has_value = cell->has_value, .n = cell->n, .flags = cell->flags, .n_missing = cell->n_missing};
  if (cell->has_value) value.value = cell->value / scale->divisor;
  if (cell->has_interval) {
    value.has_interval = TRUE;
    value.low = cell->first / scale->divisor;
    value.high = cell->second / scale->divisor;
  }
  if (cell->has_parts) add_quotient(kpi, scale, cell, &value);
  return value;
}

static QueryRow row_made(const QueryResult *result, const QueryGroup *group, guint k, guint p) {
  gsize at = (gsize)k * result->periods->len + p;
  const KpiDefinition *kpi = g_ptr_array_index(result->kpis, k);
  const QueryColumn *column = &result->columns[at];
  QueryRow row = {.kpi = k, .period = p, .n_members = group->n_members};
  for (guint d = 0; d < group->n_members; d++) row.members[d] = group->names[d];
  row.value = value_of(kpi, &column->scales[0], cell_of(result, group, at, 0));
  row.has_compared = column->n_cells > 1;
  if (!row.has_compared) return row;
  row.compared_period = column->compared_period;
  row.compared = value_of(kpi, &column->scales[1], cell_of(result, group, at, 1));
  row.has_compared_whole = column->n_cells > 2;
  if (row.has_compared_whole) row.compared_whole = value_of(kpi, &column->scales[2], cell_of(result, group, at, 2));
  return row;
}

/* Several threads may read one answer: whoever is first leaves the rows for all. */
static const QueryRow *rows_of(const QueryResult *result, QueryGroup *group) {
  QueryRow *rows = g_atomic_pointer_get(&group->rows);
  if (rows != NULL) return rows;
  guint n_periods = result->periods->len;
  rows = g_new(QueryRow, n_rows_of_group(result));
  for (guint i = 0; i < n_rows_of_group(result); i++) rows[i] = row_made(result, group, i / n_periods, i % n_periods);
  if (g_atomic_pointer_compare_and_exchange(&group->rows, NULL, rows)) return rows;
  g_free(rows);
  return g_atomic_pointer_get(&group->rows);
}

void query_result_add(QueryResult *result, guint n_members, QueryGroup *group) {
  QueryGroups *groups = &result->levels[n_members];
  g_ptr_array_add(groups->all, group);
  if (!group->is_silent) g_ptr_array_add(groups->speaking, group);
}

/* --- answers --- */

QueryResult *query_result_hold(QueryResult *result) {
  g_atomic_int_inc(&result->n_holders);
  return result;
}

static QueryShape *shape_new(void) {
  QueryShape *shape = g_new0(QueryShape, 1);
  shape->n_holders = 1;
  shape->kpis = g_ptr_array_new();
  shape->dims = g_ptr_array_new();
  shape->periods = g_array_new(FALSE, TRUE, sizeof(CalendarPeriod));
  return shape;
}

QueryShape *query_shape_hold(QueryShape *shape) {
  g_atomic_int_inc(&shape->n_holders);
  return shape;
}

void query_shape_free(QueryShape *shape) {
  if (shape == NULL || !g_atomic_int_dec_and_test(&shape->n_holders)) return;
  g_ptr_array_unref(shape->kpis);
  g_ptr_array_unref(shape->dims);
  g_array_unref(shape->periods);
  g_free(shape->columns);
  g_free(shape);
}

/* Takes over the shape. */
static QueryResult *result_of(QueryShape *shape) {
  QueryResult *result = g_new0(QueryResult, 1);
  result->n_holders = 1;
  result->shape = shape;
  result->kpis = shape->kpis;
  result->dims = shape->dims;
  result->periods = shape->periods;
  result->columns = shape->columns;
  result->n_cells = shape->n_cells;
  for (guint keep = 0; keep <= QUERY_MAX_DIMS; keep++) {
    result->levels[keep].all = g_ptr_array_new_with_free_func(group_free);
    result->levels[keep].speaking = g_ptr_array_new();
  }
  result->load.number = -1;
  result->notes = g_ptr_array_new_with_free_func(g_free);
  result->without = g_ptr_array_new_with_free_func(g_free);
  result->sql = g_ptr_array_new_with_free_func(g_free);
  return result;
}

QueryResult *query_result_new(void) {
  return result_of(shape_new());
}

QueryResult *query_result_new_of(QueryShape *shape) {
  return result_of(query_shape_hold(shape));
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
      store_query(store, "SELECT max(load), arg_max(\"at\", load) FROM load", NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  *load = (QueryLoad){store_rows_value(rows, 0, 0).integer, store_rows_value(rows, 0, 1).integer};
  return TRUE;
}

gboolean query_result_is_from_cells(const QueryResult *result) {
  return result->from_cells;
}

void query_result_free(QueryResult *result) {
  if (result == NULL || !g_atomic_int_dec_and_test(&result->n_holders)) return;
  query_shape_free(result->shape);
  for (guint keep = 0; keep <= QUERY_MAX_DIMS; keep++) {
    g_ptr_array_unref(result->levels[keep].all);
    g_ptr_array_unref(result->levels[keep].speaking);
  }
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
static guint n_rows_of(const QueryResult *result, guint keep) {
  return result->levels[keep].speaking->len * n_rows_of_group(result);
}

static const QueryRow *row_of(const QueryResult *result, guint keep, guint index) {
  guint n = n_rows_of_group(result);
  return &rows_of(result, g_ptr_array_index(result->levels[keep].speaking, index / n))[index % n];
}

gboolean query_result_says_of_itself(const QueryResult *result) {
  const GPtrArray *groups = result->levels[result->n_levels - 1].speaking;
  for (guint g = 0; g < groups->len; g++) {
    for (guint i = 0; i < n_rows_of_group(result); i++) {
      const QueryCell *cell = cell_of(result, g_ptr_array_index(groups, g), i, 0);
      if (cell->n > 0 || cell->has_base) return TRUE;
    }
  }
  return FALSE;
}

guint query_result_n_rows(const QueryResult *result) {
  return result->n_levels == 0 ? 0 : n_rows_of(result, result->n_levels - 1);
}
const QueryRow *query_result_row(const QueryResult *result, guint index) {
  return row_of(result, result->n_levels - 1, index);
}
guint query_result_n_totals(const QueryResult *result) {
  guint n = 0;
  for (guint keep = 0; keep + 1 < result->n_levels; keep++) n += n_rows_of(result, keep);
  return n;
}
const QueryRow *query_result_total(const QueryResult *result, guint index) {
  guint keep = result->n_levels - 1;
  while (keep-- > 0) {
    guint n = n_rows_of(result, keep);
    if (index < n) return row_of(result, keep, index);
    index -= n;
  }
  g_return_val_if_reached(NULL);
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
