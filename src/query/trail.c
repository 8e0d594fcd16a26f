/* Trails: each measure that a KPI reads is asked again by itself, with its records.
 *
 * It is the same scan and the same accumulation as for the number, with a sink beside the cells: what is listed is what
 * was counted, with the same conversion, credit and filters. What was left out is counted by the engine, reason by
 * reason, in the order in which a row meets them; the remainder is what the conditions left out. */
#include "query/trail.h"

#include "query/evaluate.h"
#include "query/run.h"
#include "query/scan.h"

#include <math.h>

static void trail_free(gpointer data) {
  QueryTrail *trail = data;
  g_free(trail->when);
  g_array_unref(trail->records);
  g_ptr_array_unref(trail->texts);
  g_free(trail);
}

typedef struct {
  BaseDay from;
  BaseDay until; /* flows: [from, until); levels: at the start of `until` */
} Days;

static Days days_of(const KpiMeasure *measure, const Window *window) {
  Days days = {window->period.start, window_end_of(window, measure)};
  if (measure->when == KPI_WHEN_LEVEL && window->bound == WINDOW_START) days.until = window->period.start;
  if (window->bound == WINDOW_BEFORE) days = (Days){BASE_DAY_MIN, window->period.start};
  if (window->bound == WINDOW_LIFETIME) days.from = BASE_DAY_MIN;
  return days;
}

static char *when_words(const KpiMeasure *measure, const Window *window) {
  Days days = days_of(measure, window);
  g_autofree char *from = base_day_format(MAX(days.from, BASE_DAY_MIN)), *last = base_day_format(days.until - 1);
  if (measure->when == KPI_WHEN_ALWAYS) return g_strdup("at any time");
  g_autofree char *on = kpi_expr_print(measure->on);
  if (measure->when == KPI_WHEN_LEVEL) {
    g_autofree char *until = measure->until != NULL ? kpi_expr_print(measure->until) : NULL;
    return until != NULL ? g_strdup_printf("from %s until %s, as at the end of %s", on, until, last)
                         : g_strdup_printf("from %s on, as at the end of %s", on, last);
  }
  if (measure->when == KPI_WHEN_SPREAD) {
    g_autofree char *until = kpi_expr_print(measure->until);
    return g_strdup_printf("spread over the days from %s until %s, of which those from %s to %s", on, until, from,
                           last);
  }
  if (days.from == BASE_DAY_MIN) return g_strdup_printf("%s until %s", on, last);
  return g_strdup_printf("%s from %s to %s", on, from, last);
}

static gboolean count_left_out(const QueryContext *context, const QueryWhere *where, QueryTrail *trail, Days days,
                               GError **error) {
  const KpiMeasure *measure = trail->measure;
  g_autoptr(SqlSelect) select = sql_select_new(context, measure->table);
  g_autofree char *asked = NULL;
  if (!query_where_sql(context, where, select, measure->table, &asked, error)) return FALSE;
  g_autofree char *own = measure->where != NULL ? sql_value(select, measure->where) : NULL;
  g_autofree char *on = measure->on != NULL ? sql_day(select, measure->on) : NULL;
  g_autofree char *inside = sql_inside(select, measure, days.from, days.until);
  g_autofree char *value = measure->value != NULL ? sql_value(select, measure->value) : NULL;
  g_autofree char *condition = g_strdup_printf("coalesce(%s%s%s, false)", own != NULL ? own : "true",
                                               asked != NULL ? " AND " : "", asked != NULL ? asked : "");
  g_autofree char *dated = on != NULL ? g_strdup_printf("%s IS NOT NULL", on) : g_strdup("true");
  g_autofree char *in_span = inside != NULL ? g_strdup_printf("coalesce(%s, false)", inside) : g_strdup("true");
  g_autofree char *has = value != NULL ? g_strdup_printf("(%s) IS NOT NULL", value) : g_strdup("true");
  g_autofree char *from = sql_from(select);
  g_autofree char *sql = g_strdup_printf(
      "SELECT count(*), count(*) FILTER (WHERE %s AND NOT (%s)), count(*) FILTER (WHERE %s AND %s AND NOT (%s)), "
      "count(*) FILTER (WHERE %s AND %s AND %s AND NOT (%s))%s",
      condition, dated, condition, dated, in_span, condition, dated, in_span, has, from);
  g_autoptr(StoreRows) rows = store_query(context->store, sql, NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  trail->n_rows = store_rows_value(rows, 0, 0).integer;
  trail->n_undated = store_rows_value(rows, 0, 1).integer;
  trail->n_outside = store_rows_value(rows, 0, 2).integer;
  trail->n_empty = store_rows_value(rows, 0, 3).integer;
  return TRUE;
}

static gint by_day(gconstpointer a, gconstpointer b) {
  const QueryRecord *x = a, *y = b;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return g_strcmp0(x->id, y->id);
}

static const char *text_of(QueryTrail *trail, const ScanSink *sink, const ScanRecord *record, guint which) {
  if (record->texts[which] < 0 || sink->dictionaries[which] == NULL) return NULL;
  char *text = g_strdup(store_dictionary_text(sink->dictionaries[which], record->texts[which]));
  g_ptr_array_add(trail->texts, text);
  return text;
}

static const char *name_of(QueryTrail *trail, const DimMembers *people, gint32 person) {
  const char *name = person > 0 ? query_members_name(people, person) : NULL;
  if (name == NULL) return NULL;
  char *copy = g_strdup(name);
  g_ptr_array_add(trail->texts, copy);
  return copy;
}

/* Each record's amount is whole cents, and so is their total, which is converted as one: what rounding leaves is the
 * largest record's, so that the records add up to the number. */
static void settle_rounding(const QueryPlan *plan, const ScanSink *sink, guint currency) {
  BaseDay day = plan->rates_of != BASE_DAY_NONE ? plan->rates_of : sink->at - 1;
  gint64 foreign = 0, converted;
  double listed = 0;
  ScanRecord *largest = NULL;
  for (guint i = 0; i < sink->records->len; i++) {
    ScanRecord *record = &g_array_index(sink->records, ScanRecord, i);
    if (record->currency != (gint32)currency) continue;
    foreign += record->foreign;
    listed += record->value;
    if (largest == NULL || fabs(record->value) > fabs(largest->value)) largest = record;
  }
  if (largest != NULL && query_rates_convert(query_org_rates(plan->org, currency), foreign, day, &converted))
    largest->value += (double)converted - listed;
}

static void take_records(const QueryContext *context, const DimMembers *people, QueryTrail *trail,
                         const ScanSink *sink) {
  double divisor = evaluator_money_divisor(context, trail->measure->unit);
  double total = 0;
  for (guint i = 0; i < sink->records->len; i++) {
    const ScanRecord *found = &g_array_index(sink->records, ScanRecord, i);
    QueryRecord record = {.day = found->day, .has_value = found->has_value, .value = found->value / divisor};
    record.id = text_of(trail, sink, found, 0);
    record.name = text_of(trail, sink, found, 1);
    record.rep = people != NULL ? name_of(trail, people, found->person) : NULL;
    record.account = text_of(trail, sink, found, 2);
    record.stage = text_of(trail, sink, found, 3);
    record.days = found->days;
    record.of_days = found->of_days;
    if (found->has_value) total += found->value; /* whole minor units: exact */
    g_array_append_val(trail->records, record);
  }
  trail->n_used = (gint64)sink->n_used;
  trail->n_without_rate = (gint64)sink->n_without_rate;
  trail->total = total / divisor;
  g_array_sort(trail->records, by_day);
}

static gboolean list_records(const QueryContext *context, QueryOrg *org, const QueryRequest *request,
                             const QueryWhere *where, const EvalRead *read, QueryTrail *trail, gsize max_records,
                             GError **error) {
  g_autoptr(QueryPlan) plan = query_plan_new(context, org, NULL, 0, where, error);
  if (plan == NULL) return FALSE;
  plan->rates_of = request->rates_of;
  g_autoptr(Evaluator) evaluator = evaluator_new(plan);
  KpiExpr expr = {.op = KPI_OP_MEASURE, .measure = read->measure};
  KpiExpr each = {.op = KPI_OP_EACH, .entity = read->entity, .n_args = 1, .args = (KpiExpr *[]){&expr}};
  evaluator_collect(evaluator, read->entity != NULL ? &each : &expr, &read->window);
  if (!query_plan_fix(plan, error)) return FALSE;
  const PlanUse *use = g_ptr_array_index(plan->uses, 0);
  ScanSink sink = {.max_records = max_records, .records = g_array_new(FALSE, TRUE, sizeof(ScanRecord))};
  Days days = days_of(read->measure, &read->window);
  if (use->framed)
    sink.from = query_plan_frame_index(use, evaluator_frame(&read->window));
  else
    evaluator_slots(plan, read->measure, &read->window, &sink.from, &sink.to);
  sink.at = days.until;
  sink.inside = use->framed ? NULL : read->measure;
  sink.first = days.from;
  gboolean ok = query_plan_list(plan, &sink, error);
  if (ok && max_records > 0 && sink.n_listed > max_records) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "%" G_GSIZE_FORMAT " records are behind it, more than the %" G_GSIZE_FORMAT
                " listed at once (limit): ask for a shorter period, under a narrower condition (where), or for more",
                sink.n_listed, max_records);
    ok = FALSE;
  }
  const Dim rep = {.kind = DIM_REP, .name = "rep"};
  g_autoptr(DimMembers) people = ok && sink.has_people ? query_members_new(context, org, &rep) : NULL;
  ok = ok && (people == NULL || query_members_load(people, "person", error));
  for (guint c = 0; ok && c < query_org_n_currencies(plan->org); c++) settle_rounding(plan, &sink, c);
  if (ok) take_records(context, people, trail, &sink);
  for (guint i = 0; i < SCAN_TEXTS; i++) g_clear_pointer(&sink.dictionaries[i], store_dictionary_free);
  g_array_unref(sink.records);
  return ok;
}

static QueryTrail *make_trail(const QueryContext *context, QueryOrg *org, const QueryRequest *request,
                              const QueryWhere *where, const EvalRead *read, gsize max_records, GError **error) {
  QueryTrail *trail = g_new0(QueryTrail, 1);
  trail->measure = read->measure;
  trail->entity = read->entity;
  trail->name = read->measure->name != NULL || read->kpi == NULL ? read->measure->name : read->kpi->name;
  trail->when = when_words(read->measure, &read->window);
  trail->adds_up = read->measure->agg == KPI_AGG_COUNT || read->measure->agg == KPI_AGG_SUM;
  trail->records = g_array_new(FALSE, TRUE, sizeof(QueryRecord));
  trail->texts = g_ptr_array_new_with_free_func(g_free);
  gboolean ok =
      (where->sight != NULL || count_left_out(context, where, trail, days_of(read->measure, &read->window), error)) &&
      list_records(context, org, request, where, read, trail, max_records, error);
  if (!ok) {
    trail_free(trail);
    return NULL;
  }
  if (where->sight != NULL) trail->n_rows = trail->n_used + trail->n_without_rate;
  trail->n_other = MAX(
      trail->n_rows - trail->n_undated - trail->n_outside - trail->n_empty - trail->n_without_rate - trail->n_used, 0);
  return trail;
}

static gboolean make_trails(const QueryContext *context, QueryOrg *org, const QueryRequest *request,
                            const QueryWhere *where, gsize max_records, GPtrArray *trails, GError **error) {
  const KpiDefinition *kpi = kpi_catalogue_find(context->catalogue, request->kpis[0], error);
  CalendarPeriod period;
  if (kpi == NULL || !query_request_period(context, request, &period, error)) return FALSE;
  g_autoptr(QueryPlan) plan = query_plan_new(context, org, NULL, 0, where, error);
  if (plan == NULL) return FALSE;
  g_autoptr(Evaluator) evaluator = evaluator_new(plan);
  evaluator_keep_reads(evaluator);
  Window window = window_of(context, &period);
  evaluator_collect_kpi(evaluator, kpi, &window);
  const GArray *reads = evaluator_reads(evaluator);
  for (guint r = 0; r < reads->len; r++) {
    QueryTrail *trail =
        make_trail(context, org, request, where, &g_array_index(reads, EvalRead, r), max_records, error);
    if (trail == NULL) return FALSE;
    g_ptr_array_add(trails, trail);
  }
  return TRUE;
}

GPtrArray *query_trails(const QueryContext *context, const QueryRequest *request, gsize max_records, GError **error) {
  g_auto(QueryScope) scope = {0};
  if (!query_scope_open(&scope, context, request->credit_now, error)) return NULL;
  g_autoptr(QueryWhere) where = query_where_parse(&scope.context, scope.org, request->where, error);
  if (where == NULL) return NULL;
  g_autoptr(GPtrArray) trails = g_ptr_array_new_with_free_func(trail_free);
  return make_trails(&scope.context, scope.org, request, where, max_records, trails, error) ? g_steal_pointer(&trails)
                                                                                            : NULL;
}
