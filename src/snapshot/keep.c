/* Snapshots in the database: three tables, to which rows are only added. */
#include "snapshot/private.h"
#include "store/values.h"

#define BATCH      100 /* rows of one INSERT */
#define N_VALUE    11  /* columns of snapshot_value */
#define MAX_VALUES 20000000
#define HEAD_SELECT                                                                                              \
  "SELECT s.snapshot, s.period, s.period_start, s.period_end, s.revision, s.closed_at, s.known_at, s.\"load\", " \
  "s.dimensions, s.currency, s.attain_version, s.note, (SELECT count(*) FROM snapshot_kpi k WHERE k.snapshot = " \
  "s.snapshot), (SELECT count(*) FROM snapshot_value v WHERE v.snapshot = s.snapshot) FROM snapshot s "

/* --- adding --- */

/* The last revision of the period, and the next number. */
static gboolean find_place(Store *store, Snapshot *snapshot, gint64 *last_revision, gint64 *closed_at_us,
                           GError **error) {
  const StoreValue span[] = {store_of_day(snapshot->period.start), store_of_day(snapshot->period.end)};
  g_autoptr(StoreRows) rows =
      store_query(store,
                  "SELECT coalesce(max(snapshot), 0), coalesce(max(revision) FILTER (WHERE period_start = $1 AND "
                  "period_end = $2), 0), "
                  "max(closed_at) FILTER (WHERE period_start = $1 AND period_end = $2) FROM snapshot",
                  span, G_N_ELEMENTS(span), 0, error);
  if (!rows) return FALSE;
  snapshot->number = store_rows_value(rows, 0, 0).integer + 1;
  *last_revision = store_rows_value(rows, 0, 1).integer;
  *closed_at_us = store_rows_value(rows, 0, 2).integer;
  return TRUE;
}

static gboolean check_not_closed(Store *store, Snapshot *snapshot, gboolean again, GError **error) {
  gint64 last_revision, closed_at_us;
  if (!find_place(store, snapshot, &last_revision, &closed_at_us, error)) return FALSE;
  snapshot->revision = last_revision + 1;
  if (last_revision == 0 || again) return TRUE;
  g_autofree char *day = base_day_format((BaseDay)(closed_at_us / G_TIME_SPAN_DAY));
  const char *name = snapshot->period.name;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s was closed on %s, and its numbers stay as they were reported, to be seen beside what they are now; "
              "\"again\" keeps today's as revision %" G_GINT64_FORMAT ", beside the old ones",
              name, day, snapshot->revision);
  return FALSE;
}

static gboolean check_same_records(Store *store, const Snapshot *snapshot, GError **error) {
  if (snapshot->of_the_past) return TRUE;
  g_autoptr(StoreRows) rows = store_query(store, "SELECT coalesce(max(\"load\"), 0) FROM \"load\"", NULL, 0, 0, error);
  if (!rows) return FALSE;
  if (store_rows_value(rows, 0, 0).integer == snapshot->load) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_BUSY,
              "records were loaded while %s was being computed: close it again, with them", snapshot->period.name);
  return FALSE;
}

static gboolean add_head(Store *store, const Snapshot *snapshot, GError **error) {
  const StoreValue values[] = {
      store_of_int(snapshot->number),          store_of_text(snapshot->period.name),
      store_of_day(snapshot->period.start),    store_of_day(snapshot->period.end),
      store_of_int(snapshot->revision),        store_of_instant(snapshot->closed_at_us),
      store_of_instant(snapshot->known_at_us), store_of_int(snapshot->load),
      store_of_text(snapshot->dimensions),     store_of_text(snapshot->currency),
      store_of_text(snapshot->version),        store_of_text(snapshot->note),
  };
  return store_run(store, "INSERT INTO snapshot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values,
                   G_N_ELEMENTS(values), NULL, error);
}

static gboolean add_kpis(Store *store, const Snapshot *snapshot, GError **error) {
  for (guint k = 0; k < snapshot->kpis->len; k++) {
    const SnapshotKpi *kpi = &g_array_index(snapshot->kpis, SnapshotKpi, k);
    const StoreValue values[] = {store_of_int(snapshot->number), store_of_int(k),
                                 store_of_text(kpi->name),       store_of_text(kpi->title),
                                 store_of_text(kpi->unit),       store_of_text(kpi->display),
                                 store_of_day(kpi->from),        store_of_text(kpi->formula),
                                 store_of_text(kpi->definition)};
    if (!store_run(store, "INSERT INTO snapshot_kpi VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values, G_N_ELEMENTS(values),
                   NULL, error))
      return FALSE;
  }
  return TRUE;
}

static void put_value(const Snapshot *snapshot, const SnapshotValue *value, StoreValue *into) {
  const QueryValue *figures = &value->figures;
  const StoreValue values[N_VALUE] = {store_of_int(snapshot->number),
                                      store_of_int(value->kpi),
                                      store_of_text(value->dimension),
                                      store_of_text(value->member),
                                      store_of_number(figures->has_value, figures->value),
                                      store_of_int(figures->n),
                                      store_of_number(figures->has_parts, figures->numerator),
                                      store_of_number(figures->has_parts, figures->denominator),
                                      store_of_number(figures->has_interval, figures->low),
                                      store_of_number(figures->has_interval, figures->high),
                                      store_of_text(value->flags)};
  memcpy(into, values, sizeof values);
}

static gboolean add_values(Store *store, const Snapshot *snapshot, GError **error) {
  g_autofree StoreValue *batch = g_new(StoreValue, BATCH * N_VALUE);
  for (guint first = 0; first < snapshot->values->len; first += BATCH) {
    guint n = MIN(BATCH, snapshot->values->len - first);
    g_autoptr(GString) sql = g_string_new("INSERT INTO snapshot_value VALUES ");
    for (guint i = 0; i < n; i++) {
      g_string_append(sql, i > 0 ? ", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" : "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      put_value(snapshot, &g_array_index(snapshot->values, SnapshotValue, first + i), &batch[(gsize)i * N_VALUE]);
    }
    if (!store_run(store, sql->str, batch, (gsize)n * N_VALUE, NULL, error)) return FALSE;
  }
  return TRUE;
}

gboolean snapshot_save(Store *store, Snapshot *snapshot, gboolean again, GError **error) {
  if (!store_begin(store, error)) return FALSE;
  if (check_not_closed(store, snapshot, again, error) && check_same_records(store, snapshot, error) &&
      add_head(store, snapshot, error) && add_kpis(store, snapshot, error) && add_values(store, snapshot, error))
    return store_commit(store, error);
  store_rollback(store);
  return FALSE;
}

/* --- reading --- */

static Snapshot *head_of(const StoreRows *rows, gsize row) {
  Snapshot *snapshot = snapshot_new();
  guint c = 0;
  snapshot->number = store_rows_value(rows, row, c++).integer;
  g_strlcpy(snapshot->period.name, store_rows_value(rows, row, c++).text, sizeof snapshot->period.name);
  snapshot->period.start = (BaseDay)store_rows_value(rows, row, c++).integer;
  snapshot->period.end = (BaseDay)store_rows_value(rows, row, c++).integer;
  snapshot->period.grain = CALENDAR_RANGE;
  snapshot->revision = store_rows_value(rows, row, c++).integer;
  snapshot->closed_at_us = store_rows_value(rows, row, c++).integer;
  snapshot->known_at_us = store_rows_value(rows, row, c++).integer;
  snapshot->load = store_rows_value(rows, row, c++).integer;
  const char **const texts[] = {&snapshot->dimensions, &snapshot->currency, &snapshot->version, &snapshot->note};
  for (guint t = 0; t < G_N_ELEMENTS(texts); t++) *texts[t] = snapshot_text(snapshot, store_text_at(rows, row, c++));
  snapshot->n_kpis = store_rows_value(rows, row, c++).integer;
  snapshot->n_values = store_rows_value(rows, row, c++).integer;
  return snapshot;
}

static void free_snapshot(gpointer data) {
  snapshot_free(data);
}

GPtrArray *snapshot_list(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, HEAD_SELECT "ORDER BY s.snapshot", NULL, 0, 0, error);
  if (!rows) return NULL;
  GPtrArray *list = g_ptr_array_new_with_free_func(free_snapshot);
  for (gsize i = 0; i < store_rows_count(rows); i++) g_ptr_array_add(list, head_of(rows, i));
  return list;
}

static const char *text_at(Snapshot *snapshot, const StoreRows *rows, gsize row, guint column) {
  return snapshot_text(snapshot, store_text_at(rows, row, column));
}

static gboolean read_kpis(Store *store, Snapshot *snapshot, GError **error) {
  const StoreValue number = store_of_int(snapshot->number);
  g_autoptr(StoreRows) rows =
      store_query(store,
                  "SELECT name, title, unit, display, definition_from, formula, definition FROM "
                  "snapshot_kpi WHERE snapshot = ? ORDER BY kpi",
                  &number, 1, 0, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    SnapshotKpi kpi = {.name = text_at(snapshot, rows, i, 0),
                       .title = text_at(snapshot, rows, i, 1),
                       .unit = text_at(snapshot, rows, i, 2),
                       .display = text_at(snapshot, rows, i, 3),
                       .from = store_day_at(rows, i, 4),
                       .formula = text_at(snapshot, rows, i, 5),
                       .definition = text_at(snapshot, rows, i, 6)};
    g_array_append_val(snapshot->kpis, kpi);
  }
  return rows != NULL;
}

static gboolean read_values(Store *store, Snapshot *snapshot, GError **error) {
  const StoreValue number = store_of_int(snapshot->number);
  g_autoptr(StoreRows) rows = store_query(
      store,
      "SELECT kpi, dimension, member, value, n, numerator, denominator, low, high, flags FROM snapshot_value WHERE "
      "snapshot = ? ORDER BY kpi, dimension NULLS FIRST, lower(member) NULLS LAST, member",
      &number, 1, MAX_VALUES, error);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    SnapshotValue value = {.kpi = (guint)store_rows_value(rows, i, 0).integer,
                           .dimension = text_at(snapshot, rows, i, 1),
                           .member = text_at(snapshot, rows, i, 2),
                           .flags = text_at(snapshot, rows, i, 9)};
    QueryValue *figures = &value.figures;
    figures->has_value = store_number_at(rows, i, 3, &figures->value);
    figures->n = store_rows_value(rows, i, 4).integer;
    figures->has_parts = store_number_at(rows, i, 5, &figures->numerator);
    store_number_at(rows, i, 6, &figures->denominator);
    figures->has_interval = store_number_at(rows, i, 7, &figures->low);
    store_number_at(rows, i, 8, &figures->high);
    g_array_append_val(snapshot->values, value);
  }
  return rows != NULL;
}

Snapshot *snapshot_read(Store *store, gint64 number, GError **error) {
  const StoreValue wanted = store_of_int(number);
  g_autoptr(StoreRows) rows = store_query(store, HEAD_SELECT "WHERE s.snapshot = ?", &wanted, 1, 0, error);
  if (!rows) return NULL;
  if (store_rows_count(rows) == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no snapshot %" G_GINT64_FORMAT, number);
    return NULL;
  }
  g_autoptr(Snapshot) snapshot = head_of(rows, 0);
  return read_kpis(store, snapshot, error) && read_values(store, snapshot, error) ? g_steal_pointer(&snapshot) : NULL;
}
