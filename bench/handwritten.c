/* Queries written by hand: read from their files, and held against Attain's answers value by value. */
#include "bench/bench.h"

#include <math.h>

static void handwritten_free(gpointer data) {
  Handwritten *query = data;
  g_strfreev(query->kpis);
  g_free(query->sql);
  g_free(query);
}

GPtrArray *handwritten_read(const Bench *bench, Session *session, const char *file, GError **error) {
  g_autofree char *text = bench_read(bench, file, error);
  if (text == NULL) return NULL;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autoptr(GPtrArray) queries = g_ptr_array_new_with_free_func(handwritten_free);
  Handwritten *current = NULL;
  for (char **line = lines; *line != NULL; line++) {
    gboolean comment = g_str_has_prefix(*line, "-- ");
    g_auto(GStrv) words = comment ? g_strsplit(*line + 3, " ", -1) : NULL;
    if (comment && kpi_catalogue_find(session->catalogue, words[0], NULL) != NULL) {
      current = g_new0(Handwritten, 1);
      current->kpis = g_steal_pointer(&words);
      current->sql = g_strdup("");
      g_ptr_array_add(queries, current);
    } else if (!comment && current != NULL) {
      char *longer = g_strconcat(current->sql, *line, "\n", NULL);
      g_free(current->sql);
      current->sql = longer;
    }
  }
  return g_steal_pointer(&queries);
}

gboolean handwritten_prepare(Store *store, guint n_years, GError **error) {
  g_autofree char *sql = g_strdup_printf(
      "CREATE OR REPLACE TEMP TABLE months AS SELECT (DATE '%u-11-01' + to_months(i::INTEGER))::DATE AS start,"
      " (DATE '%u-11-01' + to_months(i::INTEGER + 1))::DATE AS until FROM range(%u) r(i);"
      "CREATE OR REPLACE TEMP MACRO inside(day) AS day >= DATE '%u-11-01' AND day < DATE '2026-11-01';"
      "CREATE OR REPLACE TEMP MACRO month_of(day) AS date_trunc('month', day)::DATE;",
      2026 - n_years, 2026 - n_years, 12 * n_years, 2026 - n_years);
  return store_run(store, sql, NULL, 0, NULL, error);
}

GPtrArray *handwritten_kpis(const GPtrArray *queries) {
  GPtrArray *names = g_ptr_array_new();
  for (guint q = 0; q < queries->len; q++)
    for (char **kpi = ((Handwritten *)g_ptr_array_index(queries, q))->kpis; *kpi != NULL; kpi++)
      g_ptr_array_add(names, *kpi);
  g_ptr_array_add(names, NULL);
  return names;
}

static GHashTable *expected_values(const StoreRows *rows, guint column) {
  GHashTable *expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    StoreValue rep = store_rows_value(rows, r, 0), month = store_rows_value(rows, r, 1),
               value = store_rows_value(rows, r, column);
    if (rep.type == STORE_NULL || value.type == STORE_NULL) continue;
    double number = value.type == STORE_DOUBLE ? value.number : (double)value.integer;
    g_hash_table_insert(expected, g_strdup_printf("Person %04d %d", (int)rep.integer, (int)month.integer),
                        g_memdup2(&number, sizeof number));
  }
  return expected;
}

static gboolean differ(const char *kpi, const char *key, gboolean has, double value, const double *expected,
                       GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s of %s: Attain has %s%.15g, SQL %s%.15g", kpi, key,
              has ? "" : "no value ", value, expected != NULL ? "" : "no row ", expected != NULL ? *expected : 0);
  return FALSE;
}

/* One number against the query's, which is taken out of `expected`. */
static gboolean verify_value(GHashTable *expected, const char *kpi, const char *member, BaseDay month,
                             const QueryValue *found, guint *n_equal, GError **error) {
  g_autofree char *key = g_strdup_printf("%s %d", member, month);
  const double *number = g_hash_table_lookup(expected, key);
  double wanted = number != NULL ? *number : 0, value = found->value;
  gboolean same = found->has_value ? fabs(value - wanted) <= 0.004 + 1e-12 * fabs(wanted) &&
                                         (fabs(wanted) > 10 || fabs(value - wanted) <= 1e-9)
                                   : number == NULL;
  if (!same) return differ(kpi, key, found->has_value, value, number, error);
  if (number != NULL && found->has_value) (*n_equal)++;
  g_hash_table_remove(expected, key);
  return TRUE;
}

gboolean handwritten_verify(const QueryResult *result, const char *kpi, const StoreRows *rows, guint column,
                            guint *n_equal, GError **error) {
  g_autoptr(GHashTable) expected = expected_values(rows, column);
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!g_str_equal(query_result_kpi(result, row->kpi)->name, kpi)) continue;
    BaseDay month = query_result_period(result, row->period)->start;
    if (!verify_value(expected, kpi, row->members[0], month, &row->value, n_equal, error)) return FALSE;
    if (row->has_compared &&
        !verify_value(expected, kpi, row->members[0], row->compared_period.start, &row->compared, n_equal, error))
      return FALSE;
  }
  GHashTableIter iter;
  gpointer key, left;
  g_hash_table_iter_init(&iter, expected);
  while (g_hash_table_iter_next(&iter, &key, &left))
    if (*(double *)left != 0) return differ(kpi, key, FALSE, 0, left, error);
  return TRUE;
}

gboolean handwritten_run(Store *store, const GPtrArray *queries, GError **error) {
  for (guint q = 0; q < queries->len; q++) {
    g_autoptr(StoreRows) rows =
        store_query(store, ((Handwritten *)g_ptr_array_index(queries, q))->sql, NULL, 0, HANDWRITTEN_MAX_ROWS, error);
    if (rows == NULL) return FALSE;
  }
  return TRUE;
}
