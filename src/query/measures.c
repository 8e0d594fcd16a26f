/* Measures: what a window asks of them, and their values from the cells.
 *
 * Collecting and reading go by the same slots and frames, so that what is read was asked for. */
#include "query/evaluate_private.h"

#include <math.h>

PlanFrame evaluator_frame(const Window *window) {
  BaseDay at = window->bound == WINDOW_START ? window->period.start : window_end(window);
  return (PlanFrame){at, window->period.start, window->period.end};
}

static void log_read(Evaluator *evaluator, const Place *place, const KpiMeasure *measure, const Window *window) {
  for (guint i = 0; i < evaluator->reads->len; i++) {
    const EvalRead *read = &g_array_index(evaluator->reads, EvalRead, i);
    if (read->measure == measure && read->entity == place->entity && read->window.bound == window->bound &&
        read->window.clip == window->clip && read->window.period.start == window->period.start &&
        read->window.period.end == window->period.end)
      return;
  }
  EvalRead read = {measure, place->kpi, place->entity, *window};
  g_array_append_val(evaluator->reads, read);
}

void evaluator_keep_reads(Evaluator *evaluator) {
  evaluator->keeps_reads = TRUE;
}

const GArray *evaluator_reads(const Evaluator *evaluator) {
  return evaluator->reads;
}

static void collect_measure(Evaluator *evaluator, const Place *place, const KpiMeasure *measure, const Window *window) {
  QueryPlan *plan = evaluator->plan;
  if (evaluator->keeps_reads) log_read(evaluator, place, measure, window);
  PlanUse *use = query_plan_use(plan, measure, place->entity);
  if (use->framed) {
    PlanFrame frame = evaluator_frame(window);
    query_plan_frame(use, frame);
    query_plan_span(use, frame.at, frame.at);
    return;
  }
  BaseDay start = window->period.start, end = window_end_of(window, measure);
  if (window->bound == WINDOW_AVERAGE) use->averaged = TRUE;
  query_plan_boundary(plan, start);
  query_plan_boundary(plan, end);
  gboolean from_ever =
      measure->agg == KPI_AGG_CLV ||
      (measure->when == KPI_WHEN_ON && (window->bound == WINDOW_BEFORE || window->bound == WINDOW_LIFETIME));
  query_plan_span(use, from_ever ? BASE_DAY_MIN : start, end);
}

void evaluator_slots(const QueryPlan *plan, const KpiMeasure *measure, const Window *window, guint *from, guint *to) {
  *from = 0;
  *to = query_plan_slot(plan, window_end_of(window, measure));
  if (measure->when == KPI_WHEN_ALWAYS) {
    *to = query_plan_n_slots(plan);
  } else if (measure->when == KPI_WHEN_LEVEL) {
    if (window->bound == WINDOW_START) *to = query_plan_slot(plan, window->period.start);
  } else if (window->bound == WINDOW_BEFORE) {
    *to = query_plan_slot(plan, window->period.start);
  } else if (window->bound != WINDOW_LIFETIME) {
    *from = query_plan_slot(plan, window->period.start);
  }
}

/* The mean of a level over the days: what held at the start holds on all of them, what began on day e on pe - e of
 * them. */
static double average_level(const QueryPlan *plan, const CubeTable *cells, guint column, gint32 group,
                            const Window *window, gint64 *rows) {
  BaseDay start = window->period.start, end = window_end(window);
  if (end <= start) return 0;
  guint first = query_plan_slot(plan, start), last = query_plan_slot(plan, end);
  CubeSum at_start = cube_read_sum(cells, column, group, 0, first);
  CubeSum events = cube_read_sum(cells, column, group, first, last);
  CubeSum moments = cube_read_moment(cells, column, group, first, last);
  double days = end - start;
  *rows = at_start.rows + events.rows;
  return ((double)at_start.sum * days + (double)events.sum * end - (double)moments.sum) / days;
}

static int compare_doubles(gconstpointer a, gconstpointer b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static Value read_spread_out(const KpiMeasure *measure, const CubeTable *cells, guint column, gint32 group, guint from,
                             guint to) {
  Value result = nothing;
  if (measure->agg == KPI_AGG_QUANTILE) {
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    cube_read_values(cells, column, group, from, to, values);
    result.n = values->len;
    if (values->len == 0) return result;
    g_array_sort(values, compare_doubles);
    result.has = TRUE;
    result.value = stats_quantile_sorted((const double *)(gpointer)values->data, values->len, measure->quantile,
                                         measure->quantile_type);
    result.interval =
        stats_quantile_interval((const double *)(gpointer)values->data, values->len, measure->quantile, 0.95);
    return result;
  }
  g_autoptr(GArray) durations = g_array_new(FALSE, FALSE, sizeof(StatsDuration));
  cube_read_durations(cells, column, group, from, to, durations);
  result.n = durations->len;
  if (durations->len == 0) return result;
  StatsSurvival survival =
      stats_kaplan_meier_quantile((StatsDuration *)(gpointer)durations->data, durations->len, measure->quantile, 0.95);
  result.has = survival.has_value;
  result.value = survival.value;
  result.interval = survival.interval;
  return result;
}

/* A level's amounts in foreign currencies at the rate of the last day seen, so that what was added in a currency and
 * taken away in it leaves nothing, whatever the rates did meanwhile. */
static void add_foreign(const QueryPlan *plan, const PlanUse *use, const CubeTable *cells, gint32 group,
                        const Window *window, guint to, Value *result) {
  BaseDay day = window->bound == WINDOW_START ? window->period.start - 1 : window_end(window) - 1;
  if (plan->rates_of != BASE_DAY_NONE) day = plan->rates_of;
  for (guint i = 0; use->currency_column >= 0 && i < query_org_n_currencies(plan->org); i++) {
    guint column = (guint)use->currency_column + i;
    CubeSum sum = cube_read_sum(cells, column, group, 0, to);
    gint64 converted;
    if (window->bound == WINDOW_AVERAGE)
      sum.sum = (gint64)llround(average_level(plan, cells, column, group, window, &sum.rows));
    if (sum.rows == 0 && sum.sum == 0) continue;
    if (query_rates_convert(query_org_rates(plan->org, i), sum.sum, day, &converted)) {
      result->value += (double)converted;
      result->n += sum.rows;
    } else {
      result->n_missing += sum.rows;
    }
  }
}

static Value read_customers(const QueryPlan *plan, const PlanUse *use, const CubeTable *cells, gint32 group,
                            const Window *window, guint to) {
  BaseDay end = window->bound == WINDOW_BEFORE ? window->period.start : window_end(window);
  StatsLifetimeValue value =
      query_customers_value(plan->customers, use->measure, cells, use->column, group, to, end - 1);
  return (Value){.has = value.has_value, .value = value.value, .n = (gint64)value.n};
}

static Value read_cells(const QueryPlan *plan, const PlanUse *use, const CubeTable *cells, gint32 group,
                        const Window *window) {
  const KpiMeasure *measure = use->measure;
  Value result = {.has = TRUE};
  guint from, to;
  if (use->framed) {
    from = query_plan_frame_index(use, evaluator_frame(window));
    to = from + 1;
  } else {
    evaluator_slots(plan, measure, window, &from, &to);
  }
  if (use->missing_column >= 0)
    result.n_missing = cube_read_sum(cells, (guint)use->missing_column, group, from, to).rows;
  switch (measure->agg) {
    case KPI_AGG_COUNT:
    case KPI_AGG_SUM: {
      if (window->bound == WINDOW_AVERAGE && !use->framed) {
        result.value = average_level(plan, cells, use->column, group, window, &result.n) / (double)use->scale;
        add_foreign(plan, use, cells, group, window, to, &result);
        break;
      }
      CubeSum sum = cube_read_sum(cells, use->column, group, from, to);
      result.value = (double)sum.sum / (double)use->scale;
      result.n = sum.rows;
      add_foreign(plan, use, cells, group, window, to, &result);
      break;
    }
    case KPI_AGG_MEAN: {
      CubeSum sum = cube_read_sum(cells, use->column, group, from, to);
      result.has = sum.rows > 0;
      result.n = sum.rows;
      if (result.has) result.value = (double)sum.sum / (double)use->scale / (double)sum.rows;
      break;
    }
    case KPI_AGG_DISTINCT:
      result.n = cube_read_distinct(cells, use->column, group, from, to);
      result.value = (double)result.n;
      break;
    case KPI_AGG_MIN:
    case KPI_AGG_MAX:
      result.has = cube_read_extreme(cells, use->column, group, from, to, &result.value, &result.n);
      break;
    default: {
      gint64 n_missing = result.n_missing;
      result = measure->agg == KPI_AGG_CLV ? read_customers(plan, use, cells, group, window, to)
                                           : read_spread_out(measure, cells, use->column, group, from, to);
      result.n_missing = n_missing;
    }
  }
  result.flags |= VALUE_HAS_DATA;
  if (result.n_missing > 0) result.flags |= VALUE_MISSING_RATES;
  return result;
}

Value eval_measure(Evaluator *evaluator, const Place *place, const KpiMeasure *measure, const Window *window) {
  Window whole = *window;
  if (measure->agg == KPI_AGG_CLV && window->bound == WINDOW_IN) { /* of customers, all their history is asked */
    whole.bound = WINDOW_LIFETIME;
    window = &whole;
  }
  if (place->collecting) {
    collect_measure(evaluator, place, measure, window);
    return nothing;
  }
  if (place->of_nothing)
    return (Value){.has = measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_SUM ||
                          measure->agg == KPI_AGG_DISTINCT};
  QueryPlan *plan = evaluator->plan;
  const PlanUse *use = query_plan_use(plan, measure, place->entity);
  const LevelTable *table = &place->level->tables[use->table];
  if (place->bits != NULL) {
    guint from = use->framed ? query_plan_frame_index(use, evaluator_frame(window)) : 0, to = from + 1;
    if (!use->framed) evaluator_slots(plan, measure, window, &from, &to);
    *place->bits |= entities_bits(plan, use, from, to);
  }
  if (!table->possible) return (Value){.has = FALSE, .flags = VALUE_NO_DIMENSION};
  BaseDay first = evaluator->first_day[use->table];
  if (first == BASE_DAY_NONE) {
    gboolean counts = measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_SUM || measure->agg == KPI_AGG_DISTINCT;
    return (Value){.has = counts, .flags = VALUE_NO_DATA};
  }
  gboolean all_time =
      window->bound == WINDOW_BEFORE || window->bound == WINDOW_LIFETIME || window->bound == WINDOW_START;
  if (place->entity == NULL && !all_time && measure->when != KPI_WHEN_ALWAYS && window_end(window) <= first)
    return (Value){.has = FALSE, .flags = VALUE_BEFORE_DATA};
  gint32 group;
  if (place->entity == NULL) {
    group = table->group_of[place->group];
  } else {
    gint64 members[16];
    eval_tuple_head(eval_level_members(place->level, place->group), place->level->n_keep, members);
    members[place->level->n_keep] = place->id;
    group = place->bits != NULL ? -1 : cube_table_find(table->cells, members);
  }
  return read_cells(plan, use, table->cells, group, window);
}
