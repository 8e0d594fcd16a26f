/* From request to answer. */
#include "query/query.h"

#include "query/evaluate.h"

#include <math.h>

#define MAX_DIMS    6
#define MAX_KPIS    500
#define MAX_PERIODS 4000

struct QueryResult {
  GPtrArray *kpis; /* const KpiDefinition * */
  GPtrArray *dims; /* interned names */
  GArray *periods; /* CalendarPeriod */
  GArray *rows;    /* QueryRow; member names interned in `names` */
  GArray *totals;
  GStringChunk *names;
  GPtrArray *notes;
  GPtrArray *without;
  GPtrArray *sql;
  PlanTimings timings;
};

/* A KPI over one window. */
typedef struct {
  const KpiDefinition *kpi;
  Window window;
  const EvalFormula *formula; /* NULL: not asked */
} Asked;

/* What a row tells of a KPI in a period. */
typedef struct {
  Asked value, compared, whole; /* `whole`: the compared period to its end */
} RowAsked;

typedef struct {
  const QueryContext *context;
  const QueryRequest *request;
  QueryResult *result;
  CalendarPeriod asked;
  QueryOrg *org;
  Dim dims[MAX_DIMS];
  guint n_dims;
  QueryWhere *where;
  QueryPlan *plan;
  Evaluator *evaluator;
  RowAsked *asked_of; /* [kpi][period] */
} Run;

static const struct {
  const char *name, *about;
} flags[] = {
    {"missing_rates", "amounts in a currency without an exchange rate are not in it"},
    {"before_data", "it lies before the first record"},
    {"no_dimension", "its records cannot be grouped so"},
    {"no_data", "nothing has been loaded for it"},
    {"definition_changed", "the definition changed within the period"},
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

/* --- reading the request --- */

static gboolean data_bounds(const QueryContext *context, BaseDay *first, BaseDay *last) {
  *first = *last = BASE_DAY_NONE;
  g_autoptr(StoreRows) rows =
      store_query(context->store,
                  "SELECT min(first_day), max(last_day) FROM ledger_stat WHERE n_rows > 0 AND table_name NOT IN "
                  "('person', 'team', 'membership', 'account', 'product', 'territory', 'stage', 'fx_rate', 'quota')",
                  NULL, 0, 0, NULL);
  if (rows == NULL || store_rows_count(rows) == 0) return FALSE;
  StoreValue low = store_rows_value(rows, 0, 0), high = store_rows_value(rows, 0, 1);
  if (low.type == STORE_NULL) return FALSE;
  *first = (BaseDay)low.integer;
  *last = (BaseDay)high.integer;
  return TRUE;
}

gboolean query_request_period(const QueryContext *context, const QueryRequest *request, CalendarPeriod *period,
                              GError **error) {
  BaseDay first, last;
  data_bounds(context, &first, &last);
  if (last != BASE_DAY_NONE) last = MAX(MIN(last, context->today), first);
  const char *text = request->period != NULL ? request->period : "this-quarter";
  g_autoptr(GError) cause = NULL;
  if (calendar_parse_period(context->calendar, text, context->today, first, last, period, &cause)) return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, cause->message);
  return FALSE;
}

static gboolean read_period(Run *run, GError **error) {
  const QueryContext *context = run->context;
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

static gboolean read_dimensions(Run *run, GError **error) {
  for (const char *const *name = run->request->by; name != NULL && *name != NULL; name++) {
    if (run->n_dims == MAX_DIMS) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "--by takes at most %d dimensions", MAX_DIMS);
      return FALSE;
    }
    Dim *dim = &run->dims[run->n_dims];
    if (!query_dim_resolve(run->context, run->org, *name, dim, error)) return FALSE;
    for (guint d = 0; d < run->n_dims; d++)
      if (g_str_equal(run->dims[d].name, dim->name)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "--by names '%s' twice", dim->name);
        return FALSE;
      }
    run->n_dims++;
    g_ptr_array_add(run->result->dims, (gpointer)dim->name);
  }
  return TRUE;
}

static gboolean read_kpis(Run *run, GError **error) {
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

static gboolean compared_window(const Run *run, const Window *window, Window *compared) {
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

static void collect(Run *run) {
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

static Asked bound_to(const Run *run, const KpiDefinition *kpi, const Window *window) {
  return (Asked){kpi, *window, evaluator_bind(run->evaluator, kpi, window)};
}

static void bind(Run *run) {
  guint n_periods = run->result->periods->len;
  run->asked_of = g_new0(RowAsked, (gsize)run->result->kpis->len * n_periods);
  for (guint k = 0; k < run->result->kpis->len; k++)
    for (guint p = 0; p < n_periods; p++) {
      const KpiDefinition *kpi = g_ptr_array_index(run->result->kpis, k);
      RowAsked *asked = &run->asked_of[(gsize)k * n_periods + p];
      Window window = window_of(run->context, &g_array_index(run->result->periods, CalendarPeriod, p)), compared;
      asked->value = bound_to(run, kpi, &window);
      if (!compared_window(run, &window, &compared)) continue;
      asked->compared = bound_to(run, kpi, &compared);
      Window whole = whole_window(&compared);
      asked->whole = bound_to(run, kpi, &whole);
    }
}

/* --- one value --- */

static void add_quotient(const Run *run, const KpiDefinition *kpi, const EvalAnswer *answer, QueryValue *value) {
  const Value *numerator = &answer->numerator, *denominator = &answer->denominator;
  if (!answer->is_quotient || !numerator->has || !denominator->has) return;
  value->has_parts = TRUE;
  value->numerator = numerator->value / evaluator_money_divisor(run->context, answer->numerator_unit);
  value->denominator = denominator->value / evaluator_money_divisor(run->context, answer->denominator_unit);
  if (!kpi->proportion || !value->has_value || numerator->value < 0 || numerator->value > denominator->value) return;
  StatsInterval interval = stats_wilson((gint64)llround(numerator->value), (gint64)llround(denominator->value), 0.95);
  value->has_interval = interval.has_value;
  value->low = interval.low;
  value->high = interval.high;
}

static QueryValue evaluate(const Run *run, EvalLevel *level, guint group, const Asked *asked) {
  const KpiDefinition *kpi = asked->kpi;
  EvalAnswer answer = evaluator_value(run->evaluator, asked->formula, level, group);
  const Value *value = &answer.value;
  double divisor = evaluator_money_divisor(run->context, kpi->unit);
  QueryValue result = {.has_value = value->has && isfinite(value->value),
                       .n = MAX(value->n, 0),
                       .flags = value->flags & 0xff,
                       .n_missing = value->n_missing};
  if (result.has_value) result.flags &= ~(guint)QUERY_FLAG_NO_DATA;
  result.value = result.has_value ? value->value / divisor : 0;
  if (value->interval.has_value && result.has_value) {
    result.has_interval = TRUE;
    result.low = value->interval.low / divisor;
    result.high = value->interval.high / divisor;
  }
  add_quotient(run, kpi, &answer, &result);
  const CalendarPeriod *period = &asked->window.period;
  if (window_is_running(run->context, period)) result.flags |= QUERY_FLAG_RUNNING;
  if (kpi->matures_after_days > 0 && period->end + kpi->matures_after_days > run->context->today + 1)
    result.flags |= QUERY_FLAG_IMMATURE;
  return result;
}

static QueryRow make_row(const Run *run, EvalLevel *level, guint group, guint n_members, guint k, guint p) {
  QueryRow row = {.kpi = k, .period = p, .n_members = n_members};
  const gint64 *members = eval_level_members(level, group);
  for (guint d = 0; d < n_members; d++) {
    const char *name = query_members_name(run->plan->members[d], members[d]);
    row.members[d] = name == NULL ? NULL : g_string_chunk_insert_const(run->result->names, name);
  }
  const RowAsked *asked = &run->asked_of[k * run->result->periods->len + p];
  row.value = evaluate(run, level, group, &asked->value);
  row.has_compared = asked->compared.formula != NULL;
  if (!row.has_compared) return row;
  row.compared_period = clipped_period(&asked->compared.window);
  row.compared = evaluate(run, level, group, &asked->compared);
  row.has_compared_whole = row.compared_period.end < asked->compared.window.period.end;
  if (row.has_compared_whole) row.compared_whole = evaluate(run, level, group, &asked->whole);
  return row;
}

/* --- rows --- */

typedef struct {
  const Run *run;
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

static gboolean says_something(const QueryRow *row) {
  return row->value.n > 0 || (row->value.has_value && row->value.value != 0) ||
         (row->has_compared && row->compared.n > 0);
}

/* The rows of one level; members of whom every number is nothing are left out (`attain show` names people among them).
 */
static void add_level_rows(Run *run, EvalLevel *level, guint n_members, GArray *out) {
  guint n_groups = eval_level_n_groups(level);
  g_autofree guint *groups = g_new(guint, n_groups + 1);
  for (guint g = 0; g < n_groups; g++) groups[g] = g;
  Order order = {run, level};
  Order kept = order;
  Run partial = *run;
  partial.n_dims = n_members;
  kept.run = &partial;
  g_qsort_with_data(groups, (gint)n_groups, sizeof *groups, compare_groups, &kept);
  for (guint i = 0; i < n_groups; i++) {
    guint before = out->len;
    gboolean any = n_members == 0;
    for (guint k = 0; k < run->result->kpis->len; k++)
      for (guint p = 0; p < run->result->periods->len; p++) {
        QueryRow row = make_row(run, level, groups[i], n_members, k, p);
        any |= says_something(&row);
        g_array_append_val(out, row);
      }
    if (!any) g_array_set_size(out, before);
  }
}

/* --- notes --- */

static void note(Run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(Run *run, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_ptr_array_add(run->result->notes, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

static guint64 rows_of(const QueryContext *context, const char *table) {
  StoreValue name = {STORE_TEXT, {.text = table}};
  g_autoptr(StoreRows) rows =
      store_query(context->store, "SELECT n_rows FROM ledger_stat WHERE table_name = ?", &name, 1, 0, NULL);
  return rows != NULL && store_rows_count(rows) > 0 ? (guint64)store_rows_value(rows, 0, 0).integer : 0;
}

static void note_missing_data(Run *run, const KpiDefinition *kpi) {
  GString *missing = g_string_new(NULL);
  for (const char *const *need = kpi->needs; need != NULL && *need != NULL; need++)
    if (rows_of(run->context, *need) == 0) {
      const LedgerTable *table = ledger_schema_find(run->context->schema, *need);
      g_string_append_printf(missing, "%s%s (%s)", missing->len > 0 ? ", " : "", *need,
                             table != NULL ? table->about : "");
    }
  if (missing->len > 0)
    note(run, "%s has no value: load %s%s%s%s", kpi->title, missing->str, kpi->needs_hint != NULL ? " — " : "",
         kpi->needs_hint != NULL ? kpi->needs_hint : "", "; docs/sources.md says how");
  g_string_free(missing, TRUE);
}

/* Says when members differ by no more than chance: a ranking by such a rate is noise. */
static void note_chance(Run *run, guint k) {
  const QueryResult *result = run->result;
  const KpiDefinition *kpi = g_ptr_array_index(result->kpis, k);
  if (!kpi->proportion || run->n_dims != 1 || result->periods->len != 1) return;
  g_autoptr(GArray) successes = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (guint r = 0; r < result->rows->len; r++) {
    const QueryRow *row = &g_array_index(result->rows, QueryRow, r);
    if (row->kpi != k || !row->value.has_interval) continue;
    gint64 numerator = llround(row->value.numerator), denominator = llround(row->value.denominator);
    g_array_append_val(successes, numerator);
    g_array_append_val(totals, denominator);
  }
  StatsHomogeneity test =
      stats_homogeneity((const gint64 *)(gpointer)successes->data, (const gint64 *)(gpointer)totals->data, totals->len);
  if (totals->len < 3 || !test.has_value || test.smallest_expected < 5 || test.p < 0.05) return;
  note(run,
       "%s: the %u members differ by no more than chance would make them (chi-square %.1f, %d degrees of freedom, p = "
       "%.2f): a ranking by it would be noise",
       kpi->title, totals->len, test.chi_square, test.degrees, test.p);
}

/* An answer of nothing, because the records are of another time: says of which. */
static void note_other_time(Run *run) {
  BaseDay first, last;
  for (guint r = 0; r < run->result->rows->len; r++)
    if (g_array_index(run->result->rows, QueryRow, r).value.n > 0) return;
  if (!data_bounds(run->context, &first, &last) || (first < run->asked.end && last >= run->asked.start)) return;
  g_autofree char *from = base_day_format(first), *to = base_day_format(last);
  note(run, "the records are of %s to %s: ask for --period all, or set the clock with --now %s", from, to, to);
}

static void add_notes(Run *run) {
  const QueryResult *result = run->result;
  note_other_time(run);
  const GArray *all[] = {result->rows, result->totals};
  for (guint k = 0; k < result->kpis->len; k++) {
    const KpiDefinition *kpi = g_ptr_array_index(result->kpis, k);
    guint seen = 0;
    gint64 n_missing = 0;
    for (guint a = 0; a < 2; a++)
      for (guint r = 0; r < all[a]->len; r++) {
        const QueryRow *row = &g_array_index(all[a], QueryRow, r);
        if (row->kpi != k) continue;
        seen |= row->value.flags;
        if (row->n_members == 0 || result->totals->len == 0) n_missing += row->value.n_missing;
      }
    note_chance(run, k);
    if (seen & QUERY_FLAG_NO_DATA) note_missing_data(run, kpi);
    if (seen & QUERY_FLAG_NO_DIMENSION) {
      g_autofree char *by = g_strjoinv(", ", (char **)(gpointer)run->request->by);
      note(run, "%s cannot be shown by %s: some of its records do not carry that; its total stands", kpi->title, by);
    }
    if (seen & QUERY_FLAG_MISSING_RATES)
      note(run,
           n_missing == 1 ? "%s leaves out %" G_GINT64_FORMAT
                            " amount in a currency without an exchange rate on its day; load fx_rate"
                          : "%s leaves out %" G_GINT64_FORMAT
                            " amounts in currencies without an exchange rate on their day; load fx_rate",
           kpi->title, n_missing);
    if (seen & QUERY_FLAG_IMMATURE)
      note(run, "%s: a period is immature until %d days after its end; it can still rise", kpi->title,
           kpi->matures_after_days);
    if (seen & QUERY_FLAG_CHANGED) note(run, "%s: the definition changed within a period marked so", kpi->title);
  }
}

/* Reps without a record: known people who lead nobody and were with the company in the period. */
static gboolean find_without(Run *run, GError **error) {
  if (run->n_dims == 0 || run->dims[0].kind != DIM_REP || run->where->people->len > 0) return TRUE;
  g_autoptr(GHashTable) shown = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint r = 0; r < run->result->rows->len; r++) {
    const QueryRow *row = &g_array_index(run->result->rows, QueryRow, r);
    if (row->members[0] != NULL) g_hash_table_add(shown, (gpointer)row->members[0]);
  }
  StoreValue days[] = {{STORE_DAY, {.integer = run->asked.start}}, {STORE_DAY, {.integer = run->asked.end}}};
  g_autoptr(StoreRows) rows = store_query(
      run->context->store,
      "SELECT coalesce(nullif(name, ''), id) FROM person p WHERE known AND merged_into IS NULL AND (left_at_day IS "
      "NULL OR left_at_day > ?) AND "
      "(hired_at_day IS NULL OR hired_at_day < ?) AND coalesce(lower(role), 'rep') IN ('rep', 'sales', 'seller') AND "
      "NOT EXISTS (SELECT 1 FROM person q WHERE q.manager = p.key) AND NOT EXISTS (SELECT 1 FROM team t WHERE "
      "t.manager = p.key) ORDER BY 1",
      days, 2, 0, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const char *name = store_rows_value(rows, r, 0).text;
    if (!g_hash_table_contains(shown, name)) g_ptr_array_add(run->result->without, g_strdup(name));
  }
  return TRUE;
}

/* --- running --- */

static QueryResult *result_new(void) {
  QueryResult *result = g_new0(QueryResult, 1);
  result->kpis = g_ptr_array_new();
  result->dims = g_ptr_array_new();
  result->periods = g_array_new(FALSE, TRUE, sizeof(CalendarPeriod));
  result->rows = g_array_new(FALSE, TRUE, sizeof(QueryRow));
  result->totals = g_array_new(FALSE, TRUE, sizeof(QueryRow));
  result->names = g_string_chunk_new(4096);
  result->notes = g_ptr_array_new_with_free_func(g_free);
  result->without = g_ptr_array_new_with_free_func(g_free);
  result->sql = g_ptr_array_new_with_free_func(g_free);
  return result;
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

static gboolean answer(Run *run, GError **error) {
  gint64 started = g_get_monotonic_time();
  if (!read_kpis(run, error) || !read_dimensions(run, error) || !read_period(run, error)) return FALSE;
  run->where = query_where_parse(run->context, run->org, run->request->where, error);
  if (run->where == NULL) return FALSE;
  run->plan = query_plan_new(run->context, run->org, run->dims, run->n_dims, run->where, error);
  if (run->plan == NULL) return FALSE;
  run->plan->rates_of = run->request->rates_of;
  run->evaluator = evaluator_new(run->plan);
  collect(run);
  if (!query_plan_fix(run->plan, error)) return FALSE;
  run->plan->timings.plan_ms = (double)(g_get_monotonic_time() - started) / 1000.0;
  if (!query_plan_scan(run->plan, error)) return FALSE;
  started = g_get_monotonic_time();
  EvalLevel *levels[MAX_DIMS + 1];
  for (guint keep = 0; keep <= run->n_dims; keep++) levels[keep] = evaluator_level(run->evaluator, keep);
  evaluator_finish(run->evaluator);
  bind(run);
  add_level_rows(run, levels[run->n_dims], run->n_dims, run->result->rows);
  for (guint keep = run->n_dims; keep-- > 0;) add_level_rows(run, levels[keep], keep, run->result->totals);
  if (!find_without(run, error)) return FALSE;
  add_notes(run);
  run->plan->timings.evaluate_ms = (double)(g_get_monotonic_time() - started) / 1000.0;
  run->result->timings = run->plan->timings;
  for (guint s = 0; s < run->plan->sql->len; s++)
    g_ptr_array_add(run->result->sql, g_strdup(g_ptr_array_index(run->plan->sql, s)));
  return TRUE;
}

QueryResult *query_run(const QueryContext *context, const QueryRequest *request, GError **error) {
  ConfOrganisation organisation = *context->organisation;
  if (request->credit_now) organisation.owner_credit = organisation.team_credit = CONF_CREDIT_NOW;
  QueryContext here = *context;
  here.organisation = &organisation;
  g_autoptr(QueryResult) result = result_new();
  g_autoptr(QueryOrg) org = query_org_load(&here, error);
  if (org == NULL) return NULL;
  Run run = {.context = &here, .request = request, .result = result, .org = org};
  gboolean ok = answer(&run, error);
  g_free(run.asked_of);
  evaluator_free(run.evaluator);
  query_plan_free(run.plan);
  query_where_free(run.where);
  if (!ok) return NULL;
  g_ptr_array_add(result->notes, NULL);
  g_ptr_array_add(result->without, NULL);
  g_ptr_array_add(result->sql, NULL);
  return g_steal_pointer(&result);
}

/* --- reading the answer --- */

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
