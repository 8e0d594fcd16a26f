/* The numbers of a period that is over: of all, then by each dimension by itself.
 *
 * KPIs for which nothing has been loaded are left out, and by a dimension those that do not carry it. */
#include "snapshot/private.h"

#define NOT_THERE (QUERY_FLAG_NO_DATA | QUERY_FLAG_NO_DIMENSION | QUERY_FLAG_BEFORE_DATA)

const char *snapshot_text(Snapshot *snapshot, const char *text) {
  return text ? g_string_chunk_insert_const(snapshot->texts, text) : NULL;
}

Snapshot *snapshot_new(void) {
  Snapshot *snapshot = g_new0(Snapshot, 1);
  snapshot->kpis = g_array_new(FALSE, TRUE, sizeof(SnapshotKpi));
  snapshot->values = g_array_new(FALSE, TRUE, sizeof(SnapshotValue));
  snapshot->texts = g_string_chunk_new(4096);
  return snapshot;
}

void snapshot_free(Snapshot *snapshot) {
  if (!snapshot) return;
  g_array_unref(snapshot->kpis);
  g_array_unref(snapshot->values);
  g_string_chunk_free(snapshot->texts);
  g_free(snapshot);
}

/* A member stands among the others for what it has of other KPIs. */
gboolean snapshot_is_nothing(const QueryValue *value) {
  return value->n == 0 && !value->has_base && (!value->has_value || value->value == 0);
}

typedef struct {
  const QueryContext *context;
  Snapshot *snapshot;
  GPtrArray *names;  /* of the KPIs taken, in their order; ends with NULL */
  GHashTable *index; /* name -> its index + 1 */
} Taking;

static const char *flag_names(Snapshot *snapshot, guint flags) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint bit = 0; query_flag_name(bit); bit++)
    if (flags & (1u << bit)) g_string_append_printf(names, "%s%s", names->len ? " " : "", query_flag_name(bit));
  return snapshot_text(snapshot, names->str);
}

static void add_value(Taking *taking, const QueryResult *result, const QueryRow *row, const char *dimension) {
  Snapshot *snapshot = taking->snapshot;
  guint index = GPOINTER_TO_UINT(g_hash_table_lookup(taking->index, query_result_kpi(result, row->kpi)->name));
  SnapshotValue value = {.kpi = index - 1, .figures = row->value};
  value.dimension = snapshot_text(snapshot, dimension);
  value.member = dimension ? snapshot_text(snapshot, row->members[0]) : NULL;
  value.flags = flag_names(snapshot, row->value.flags);
  value.figures.flags = 0;
  g_array_append_val(snapshot->values, value);
}

static void add_kpi(Taking *taking, const KpiDefinition *kpi) {
  Snapshot *snapshot = taking->snapshot;
  const KpiVersion *version = query_version_in_force(kpi, snapshot->period.start);
  g_autofree char *formula = kpi_expr_print(version->expr);
  g_autofree char *definition = snapshot_definition(kpi, snapshot->period.start);
  SnapshotKpi taken = {
      .name = snapshot_text(snapshot, kpi->name),
      .title = snapshot_text(snapshot, kpi->title),
      .unit = kpi_unit_name(kpi->unit),
      .display = snapshot_text(snapshot, kpi->display),
      .from = version == &kpi->versions[0] ? BASE_DAY_NONE : version->from,
      .formula = snapshot_text(snapshot, formula),
      .definition = snapshot_text(snapshot, definition),
  };
  g_array_append_val(snapshot->kpis, taken);
  g_ptr_array_add(taking->names, (gpointer)taken.name);
  g_hash_table_insert(taking->index, (gpointer)taken.name, GUINT_TO_POINTER(snapshot->kpis->len));
}

static gboolean take_totals(Taking *taking, const SnapshotRequest *request, GError **error) {
  const KpiCatalogue *catalogue = taking->context->catalogue;
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < kpi_catalogue_n_kpis(catalogue); i++)
    g_ptr_array_add(all, (gpointer)kpi_catalogue_kpi(catalogue, i)->name);
  g_ptr_array_add(all, NULL);
  gboolean named = request->kpis && request->kpis[0];
  QueryRequest query = {.kpis = named ? request->kpis : (const char *const *)all->pdata,
                        .period = request->period,
                        .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_run(taking->context, &query, error);
  if (!result) return FALSE;
  gboolean any = FALSE;
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (row->value.flags & NOT_THERE) continue;
    any |= !snapshot_is_nothing(&row->value);
    add_kpi(taking, query_result_kpi(result, row->kpi));
    add_value(taking, result, row, NULL);
  }
  g_ptr_array_add(taking->names, NULL);
  if (any) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "there is nothing to close: no number of %s has a record behind it",
              taking->snapshot->period.name);
  return FALSE;
}

static gboolean take_by(Taking *taking, const SnapshotRequest *request, const char *dimension, GError **error) {
  QueryRequest query = {.kpis = (const char *const *)taking->names->pdata,
                        .by = (const char *const[]){dimension, NULL},
                        .period = request->period,
                        .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_run(taking->context, &query, error);
  if (!result) return FALSE;
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!(row->value.flags & NOT_THERE) && !snapshot_is_nothing(&row->value)) add_value(taking, result, row, dimension);
  }
  return TRUE;
}

/* --- a period that is over --- */

static gboolean read_period(const QueryContext *context, const char *text, CalendarPeriod *period, GError **error) {
  g_autoptr(GError) cause = NULL;
  if (!calendar_parse_period(context->calendar, text, context->today, BASE_DAY_NONE, BASE_DAY_NONE, period, &cause)) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, cause->message);
    return FALSE;
  }
  /* --now 2026-09-30 is the end of that day. */
  BaseDay over = context->today + (context->now_given ? 1 : 0);
  if (period->end <= over) return TRUE;
  g_autofree char *last = base_day_format(period->end - 1);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s has not ended: it runs until %s, and its numbers still move. Close it after that day", period->name,
              last);
  return FALSE;
}

/* The records are those of the last load, also where the clock stands before it. */
static gboolean set_knowledge(const QueryContext *context, const SnapshotRequest *request, Snapshot *snapshot,
                              GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(context->store, "SELECT coalesce(max(\"load\"), 0), max(\"at\") FROM \"load\"", NULL, 0, 0, error);
  if (!rows) return FALSE;
  StoreValue at = store_rows_value(rows, 0, 1);
  snapshot->load = store_rows_value(rows, 0, 0).integer;
  gboolean of_the_past = request->as_of_us != G_MAXINT64;
  snapshot->known_at_us = of_the_past ? request->as_of_us : context->now_us;
  if (!of_the_past && at.type != STORE_NULL) snapshot->known_at_us = MAX(snapshot->known_at_us, at.integer);
  if (!of_the_past || snapshot->load > 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "nothing had been loaded by then: what was believed is known from the first `attain load` on. Close the "
              "period by what is known now");
  return FALSE;
}

Snapshot *snapshot_take(const QueryContext *context, const SnapshotRequest *request, GError **error) {
  g_autoptr(Snapshot) snapshot = snapshot_new();
  if (!read_period(context, request->period, &snapshot->period, error) ||
      !set_knowledge(context, request, snapshot, error))
    return NULL;
  g_autofree char *dimensions = g_strjoinv(" ", (char **)request->by);
  snapshot->dimensions = snapshot_text(snapshot, dimensions);
  snapshot->currency = snapshot_text(snapshot, context->organisation->currency);
  snapshot->version = ATTAIN_VERSION;
  snapshot->note = snapshot_text(snapshot, request->note);
  snapshot->closed_at_us = context->now_us;
  snapshot->of_the_past = request->as_of_us != G_MAXINT64;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
  Taking taking = {context, snapshot, names, index};
  if (!take_totals(&taking, request, error)) return NULL;
  for (const char *const *dimension = request->by; *dimension; dimension++)
    if (!take_by(&taking, request, *dimension, error)) return NULL;
  snapshot->n_kpis = snapshot->kpis->len;
  snapshot->n_values = snapshot->values->len;
  return g_steal_pointer(&snapshot);
}
