/* From request to answer. */
#include "base/money.h"
#include "query/run.h"

#define MAX_KPIS    500
#define MAX_PERIODS 4000

/* --- reading the request --- */

gboolean query_request_period(const QueryContext *context, const QueryRequest *request, CalendarPeriod *period,
                              GError **error) {
  BaseDay first, last;
  query_stat_bounds(context->stat, &first, &last);
  if (last != BASE_DAY_NONE) last = MAX(MIN(last, context->today), first);
  const char *text = request->period != NULL ? request->period : "this-quarter";
  g_autoptr(GError) cause = NULL;
  if (calendar_parse_period(context->calendar, text, context->today, first, last, period, &cause)) return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, cause->message);
  return FALSE;
}

/* From the first day of any span to the last of any. */
static CalendarPeriod hull(const CalendarPeriod *spans, guint n) {
  CalendarPeriod hull = spans[0];
  for (guint i = 1; i < n; i++) {
    hull.start = MIN(hull.start, spans[i].start);
    hull.end = MAX(hull.end, spans[i].end);
  }
  if (n > 1) hull.grain = CALENDAR_RANGE;
  return hull;
}

static gboolean read_spans(QueryRun *run, GError **error) {
  const QueryRequest *request = run->request;
  if (request->n_spans > MAX_PERIODS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "%u periods are asked; at most %d are answered at once",
                request->n_spans, MAX_PERIODS);
    return FALSE;
  }
  run->asked = hull(request->spans, request->n_spans);
  g_array_append_vals(run->result->periods, request->spans, request->n_spans);
  return TRUE;
}

static gboolean read_period(QueryRun *run, GError **error) {
  const QueryContext *context = run->context;
  if (run->request->n_spans > 0) return read_spans(run, error);
  if (!query_request_period(context, run->request, &run->asked, error)) return FALSE;
  if (!run->request->has_grain) {
    g_array_append_val(run->result->periods, run->asked);
    return TRUE;
  }
  g_autoptr(GArray) cut = calendar_split(context->calendar, &run->asked, run->request->grain, error);
  if (cut == NULL) return FALSE;
  if (cut->len > MAX_PERIODS) {
    g_set_error(
        error, BASE_ERROR, BASE_ERROR_LIMIT,
        "%s by %s makes %u periods; at most %d are answered at once: ask for a shorter period or a coarser grain",
        run->asked.name, calendar_grain_name(run->request->grain), cut->len, MAX_PERIODS);
    return FALSE;
  }
  g_array_append_vals(run->result->periods, cut->data, cut->len);
  return TRUE;
}

static gboolean read_dimensions(QueryRun *run, GError **error) {
  for (const char *const *name = run->request->by; name != NULL && *name != NULL; name++) {
    if (run->n_dims == QUERY_MAX_DIMS) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "\"by\" takes at most %d dimensions", QUERY_MAX_DIMS);
      return FALSE;
    }
    Dim *dim = &run->dims[run->n_dims];
    if (!query_dim_resolve(run->context, run->org, *name, dim, error)) return FALSE;
    for (guint d = 0; d < run->n_dims; d++)
      if (g_str_equal(run->dims[d].name, dim->name)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "\"by\" names '%s' twice", dim->name);
        return FALSE;
      }
    run->n_dims++;
    g_ptr_array_add(run->result->dims, (gpointer)dim->name);
  }
  return TRUE;
}

static gboolean read_kpis(QueryRun *run, GError **error) {
  for (const char *const *name = run->request->kpis; name != NULL && *name != NULL; name++) {
    const KpiDefinition *kpi = kpi_catalogue_find(run->context->catalogue, *name, error);
    if (kpi == NULL) return FALSE;
    if (!g_ptr_array_find(run->result->kpis, kpi, NULL)) g_ptr_array_add(run->result->kpis, (gpointer)kpi);
  }
  if (run->result->kpis->len > 0 && run->result->kpis->len <= MAX_KPIS) return TRUE;
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_INPUT,
      run->result->kpis->len == 0 ? "which KPI? `attain kpis` lists them" : "at most 500 KPIs are answered at once");
  return FALSE;
}

/* --- windows of a row --- */

static gboolean compared_window(const QueryRun *run, const Window *window, Window *compared) {
  if (run->request->compare == QUERY_COMPARE_NONE) return FALSE;
  KpiExpr operator= {.op = run->request->compare == QUERY_COMPARE_PREVIOUS ? KPI_OP_PREVIOUS : KPI_OP_YEAR_AGO};
  *compared = window_apply(run->context, window, &operator);
  return TRUE;
}

/* The part of the earlier period that is compared. */
static CalendarPeriod clipped_period(const Window *window) {
  CalendarPeriod period = window->period;
  BaseDay end = window_end(window);
  if (end < period.end) {
    period.end = end;
    period.grain = CALENDAR_RANGE;
  }
  return period;
}

static Window whole_window(const Window *window) {
  Window whole = *window;
  whole.clip = BASE_DAY_MAX;
  return whole;
}

void query_run_collect(QueryRun *run) {
  for (guint p = 0; p < run->result->periods->len; p++) {
    Window window = window_of(run->context, &g_array_index(run->result->periods, CalendarPeriod, p)), compared;
    for (guint k = 0; k < run->result->kpis->len; k++) {
      const KpiDefinition *kpi = g_ptr_array_index(run->result->kpis, k);
      evaluator_collect_kpi(run->evaluator, kpi, &window);
      if (!compared_window(run, &window, &compared)) continue;
      Window whole = whole_window(&compared);
      evaluator_collect_kpi(run->evaluator, kpi, &compared);
      evaluator_collect_kpi(run->evaluator, kpi, &whole);
    }
  }
}

static Asked bound_to(const QueryRun *run, const KpiDefinition *kpi, const Window *window, const Window *beside,
                      QueryScale *scale) {
  Asked asked = {.formula = evaluator_bind(run->evaluator, kpi, window)};
  const CalendarPeriod *period = &window->period;
  if (evaluator_definitions_differ(run->context, kpi, window, beside)) asked.flags |= QUERY_FLAG_CHANGED;
  if (window_is_running(run->context, period)) asked.flags |= QUERY_FLAG_RUNNING;
  if (kpi->matures_after_days > 0 && period->end + kpi->matures_after_days > run->context->today + 1)
    asked.flags |= QUERY_FLAG_IMMATURE;
  KpiUnit numerator, denominator;
  *scale = (QueryScale){evaluator_money_divisor(run->context, kpi->unit), 1, 1};
  if (!evaluator_parts(asked.formula, &numerator, &denominator)) return asked;
  scale->numerator_divisor = evaluator_money_divisor(run->context, numerator);
  scale->denominator_divisor = evaluator_money_divisor(run->context, denominator);
  return asked;
}

static void bind_row(const QueryRun *run, const KpiDefinition *kpi, guint p, RowAsked *asked, QueryColumn *column) {
  Window window = window_of(run->context, &g_array_index(run->result->periods, CalendarPeriod, p)), compared;
  asked->n_cells = 1;
  asked->cells[0] = bound_to(run, kpi, &window, NULL, &column->scales[0]);
  if (compared_window(run, &window, &compared)) {
    column->compared_period = clipped_period(&compared);
    Window whole = whole_window(&compared);
    asked->cells[asked->n_cells++] = bound_to(run, kpi, &compared, &window, &column->scales[1]);
    if (column->compared_period.end < compared.period.end)
      asked->cells[asked->n_cells++] = bound_to(run, kpi, &whole, &window, &column->scales[2]);
  }
  column->n_cells = asked->n_cells;
  for (guint c = 0; c < asked->n_cells; c++) asked->by_group |= evaluator_goes_by_group(asked->cells[c].formula);
}

void query_run_bind(QueryRun *run) {
  QueryResult *result = run->result;
  QueryShape *shape = result->shape;
  guint n_periods = shape->periods->len;
  gsize n = (gsize)shape->kpis->len * n_periods;
  run->asked_of = g_new0(RowAsked, n);
  shape->columns = g_new0(QueryColumn, n);
  for (gsize i = 0; i < n; i++) {
    bind_row(run, g_ptr_array_index(shape->kpis, i / n_periods), (guint)(i % n_periods), &run->asked_of[i],
             &shape->columns[i]);
    shape->n_cells = MAX(shape->n_cells, run->asked_of[i].n_cells);
  }
  result->columns = shape->columns;
  result->n_cells = shape->n_cells;
}

/* --- rows --- */

typedef struct {
  const QueryRun *run;
  const EvalLevel *level;
} Order;

static gint compare_groups(gconstpointer a, gconstpointer b, gpointer user_data) {
  const Order *order = user_data;
  const gint64 *x = eval_level_members(order->level, *(const guint *)a),
               *y = eval_level_members(order->level, *(const guint *)b);
  for (guint d = 0; d < order->run->n_dims; d++) {
    int compared = x[d] == y[d] ? 0 : query_members_compare(order->run->plan->members[d], x[d], y[d]);
    if (compared != 0) return compared;
  }
  return 0;
}

/* Before any is made: members × periods × KPIs. */
static gboolean fits(const QueryRun *run, EvalLevel *const *levels, GError **error) {
  gint64 n_groups = 0, most = run->context->organisation->max_groups;
  for (guint keep = 0; keep <= run->n_dims; keep++) n_groups += eval_level_n_groups(levels[keep]);
  gint64 n = n_groups * run->result->kpis->len * run->result->periods->len;
  if (n <= most) return TRUE;
  g_autofree char *figures = base_money_format(n, 0), *groups = base_money_format(n_groups, 0);
  g_autofree char *allowed = base_money_format(most, 0);
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_LIMIT,
      "the answer would have %s figures, one for each of %s members and totals in each of %u periods, times the "
      "KPIs asked (%u); limits: max_groups in attain.yaml allows %s. Ask for a coarser grain, a shorter period, "
      "fewer KPIs or dimensions, narrow it with a condition, or raise the limit",
      figures, groups, run->result->periods->len, run->result->kpis->len, allowed);
  return FALSE;
}

static QueryGroup *new_group(const QueryRun *run, const EvalLevel *level, guint number, guint n_members) {
  const gint64 *ids = eval_level_members(level, number);
  QueryGroup *group = query_group_new(run->result, n_members, ids);
  for (guint d = 0; d < n_members; d++) group->names[d] = g_strdup(query_members_name(run->plan->members[d], ids[d]));
  return group;
}

/* The numbers of the level's groups, in the order of their names. */
static guint *order_of(const QueryRun *run, const EvalLevel *level, guint n_members) {
  guint n_groups = eval_level_n_groups(level);
  guint *groups = g_new(guint, n_groups + 1);
  for (guint g = 0; g < n_groups; g++) groups[g] = g;
  QueryRun partial = *run;
  partial.n_dims = n_members;
  Order order = {&partial, level};
  g_qsort_with_data(groups, (gint)n_groups, sizeof *groups, compare_groups, &order);
  return groups;
}

/* Of an earlier answer what has not changed, in its order. FALSE when there are other groups than it had. */
static gboolean take_over_level(QueryRun *run, EvalLevel *level, guint n_members) {
  const GPtrArray *earlier = run->earlier->levels[n_members].all;
  guint n_groups = eval_level_n_groups(level), n_changed = 0;
  if (earlier->len != n_groups) return FALSE;
  g_autofree guint *numbers = g_new(guint, n_groups + 1);
  for (guint i = 0; i < n_groups; i++) {
    gint32 number = eval_level_find(level, ((const QueryGroup *)g_ptr_array_index(earlier, i))->ids);
    if (number < 0) return FALSE;
    numbers[i] = (guint)number;
  }
  g_autofree QueryGroup **groups = g_new(QueryGroup *, n_groups + 1), **changed = g_new(QueryGroup *, n_groups + 1);
  for (guint i = 0; i < n_groups; i++) {
    groups[i] = g_ptr_array_index(earlier, i);
    if (!run->has_changed(run->board, n_members, groups[i]->ids)) {
      query_group_hold(groups[i]);
      continue;
    }
    groups[i] = changed[n_changed] = new_group(run, level, numbers[i], n_members);
    numbers[n_changed++] = numbers[i];
  }
  query_run_fill(run, level, numbers, changed, n_changed);
  for (guint i = 0; i < n_groups; i++) query_result_add(run->result, n_members, groups[i]);
  return TRUE;
}

static void add_level_rows(QueryRun *run, EvalLevel *level, guint n_members) {
  if (run->earlier != NULL && take_over_level(run, level, n_members)) return;
  guint n_groups = eval_level_n_groups(level);
  g_autofree guint *order = order_of(run, level, n_members);
  g_autofree QueryGroup **groups = g_new(QueryGroup *, n_groups + 1);
  for (guint i = 0; i < n_groups; i++) groups[i] = new_group(run, level, order[i], n_members);
  query_run_fill(run, level, order, groups, n_groups);
  for (guint i = 0; i < n_groups; i++) query_result_add(run->result, n_members, groups[i]);
}

/* --- running --- */

gboolean query_run_read(QueryRun *run, GError **error) {
  return read_kpis(run, error) && read_period(run, error);
}

gboolean query_run_answer(QueryRun *run, GError **error) {
  gint64 started = g_get_monotonic_time();
  EvalLevel *levels[QUERY_MAX_DIMS + 1];
  gboolean borrowed = evaluator_level_of(run->evaluator, 0) != NULL;
  for (guint keep = 0; keep <= run->n_dims; keep++)
    levels[keep] = borrowed ? evaluator_level_of(run->evaluator, keep) : evaluator_level(run->evaluator, keep);
  if (!fits(run, levels, error)) return FALSE;
  if (!borrowed) evaluator_finish(run->evaluator);
  if (run->asked_of == NULL) query_run_bind(run);
  run->result->n_levels = run->n_dims + 1;
  for (guint keep = run->n_dims + 1; keep-- > 0;) {
    add_level_rows(run, levels[keep], keep);
    if (!base_check_goes_on(run->stop, error)) return FALSE;
  }
  if (!query_run_without(run, error) || !query_run_notes(run, error)) return FALSE;
  run->plan->timings.evaluate_ms = (double)(g_get_monotonic_time() - started) / 1000.0;
  run->result->timings = run->plan->timings;
  if (run->sight != NULL) run->result->timings.rows_scanned = 0; /* other people's among them */
  return TRUE;
}

/* Whether total(…) is in a formula; or only, whether it is inside each(). */
static gboolean reads_whole(const KpiExpr *expr, gboolean inside_each) {
  switch (expr->op) {
    case KPI_OP_TOTAL:
      if (!inside_each) return TRUE;
      break;
    case KPI_OP_MEASURE:
      return FALSE;
    case KPI_OP_EACH:
      return reads_whole(expr->args[0], FALSE);
    case KPI_OP_KPI:
      for (guint v = 0; v < expr->kpi->n_versions; v++)
        if (reads_whole(expr->kpi->versions[v].expr, inside_each)) return TRUE;
      return FALSE;
    default:
      break;
  }
  for (guint i = 0; i < expr->n_args; i++)
    if (reads_whole(expr->args[i], inside_each)) return TRUE;
  return FALSE;
}

gboolean query_run_reads_whole(const QueryRun *run, gboolean inside_each) {
  for (guint k = 0; k < run->result->kpis->len; k++) {
    const KpiDefinition *kpi = g_ptr_array_index(run->result->kpis, k);
    for (guint v = 0; v < kpi->n_versions; v++)
      if (reads_whole(kpi->versions[v].expr, inside_each)) return TRUE;
  }
  return FALSE;
}

void query_run_clear(QueryRun *run) {
  g_clear_pointer(&run->asked_of, g_free);
  g_clear_pointer(&run->evaluator, evaluator_free);
  g_clear_pointer(&run->plan, query_plan_free);
}

static gboolean answer(QueryRun *run, GError **error) {
  gint64 started = g_get_monotonic_time();
  if (!query_run_read(run, error) || !read_dimensions(run, error)) return FALSE;
  run->where = query_where_parse(run->context, run->org, run->request->where, error);
  if (run->where == NULL) return FALSE;
  run->plan = query_plan_new(run->context, run->org, run->dims, run->n_dims, run->where, error);
  if (run->plan == NULL) return FALSE;
  run->plan->rates_of = run->request->rates_of;
  run->evaluator = evaluator_new(run->plan);
  query_run_collect(run);
  run->plan->n_figures = run->result->kpis->len * run->result->periods->len;
  if (!query_plan_fix(run->plan, error)) return FALSE;
  run->plan->timings.plan_ms = (double)(g_get_monotonic_time() - started) / 1000.0;
  if (!query_plan_scan(run->plan, error) || !query_run_answer(run, error)) return FALSE;
  for (guint s = 0; s < run->plan->sql->len; s++)
    g_ptr_array_add(run->result->sql, g_strdup(g_ptr_array_index(run->plan->sql, s)));
  return TRUE;
}

gboolean query_scope_open(QueryScope *scope, const QueryContext *context, gboolean credit_now, GError **error) {
  scope->organisation = *context->organisation;
  if (credit_now) scope->organisation.owner_credit = scope->organisation.team_credit = CONF_CREDIT_NOW;
  scope->context = *context;
  scope->context.organisation = &scope->organisation;
  scope->context.stat = scope->stat = query_stat_load(context->store, error);
  if (scope->stat == NULL) return FALSE;
  scope->org = query_org_load(&scope->context, error);
  return scope->org != NULL;
}

void query_scope_clear(QueryScope *scope) {
  g_clear_pointer(&scope->org, query_org_free);
  g_clear_pointer(&scope->stat, query_stat_free);
}

QueryResult *query_run(const QueryContext *context, const QueryRequest *request, GError **error) {
  g_auto(QueryScope) scope = {0};
  g_autoptr(QueryResult) result = query_result_new();
  result->now_us = context->now_us;
  if (!query_scope_open(&scope, context, request->credit_now, error)) return NULL;
  QueryRun run = {.context = &scope.context,
                  .request = request,
                  .sight = context->sight,
                  .stop = &context->stop,
                  .result = result,
                  .org = scope.org};
  gboolean ok = answer(&run, error);
  query_run_clear(&run);
  query_where_free(run.where);
  if (!ok) return NULL;
  query_result_finish(result);
  return g_steal_pointer(&result);
}
