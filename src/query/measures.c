/* Measures: what a window asks of them, and their values from the cells.
 *
 * Collecting and reading go by the same slots and frames, so that what is read was asked for. */
#include "query/evaluate_private.h"

#include <math.h>

PlanFrame evaluator_frame(const Window *window) {
  BaseDay at = window->bound == WINDOW_START ? window->period.start : window_end(window);
  return (PlanFrame){at, window->period.start, window->period.end};
}

static void log_read(Evaluator *evaluator, EvalRead read) {
  for (guint i = 0; i < evaluator->reads->len; i++) {
    const EvalRead *seen = &g_array_index(evaluator->reads, EvalRead, i);
    if (seen->measure == read.measure && seen->entity == read.entity && eval_same_window(&seen->window, &read.window))
      return;
  }
  g_array_append_val(evaluator->reads, read);
}

void evaluator_keep_reads(Evaluator *evaluator) {
  evaluator->keeps_reads = TRUE;
}

const GArray *evaluator_reads(const Evaluator *evaluator) {
  return evaluator->reads;
}

/* Of customers, all their history is asked. */
static Window window_for(const KpiMeasure *measure, const Window *window) {
  Window asked = *window;
  if (measure->agg == KPI_AGG_CLV && window->bound == WINDOW_IN) asked.bound = WINDOW_LIFETIME;
  return asked;
}

void eval_collect_measure(Evaluator *evaluator, const KpiMeasure *measure, const KpiDefinition *kpi,
                          const LedgerTable *entity, const Window *window) {
  QueryPlan *plan = evaluator->plan;
  Window asked = window_for(measure, window);
  if (evaluator->keeps_reads) log_read(evaluator, (EvalRead){measure, kpi, entity, asked});
  PlanUse *use = query_plan_use(plan, measure, entity);
  if (use->framed) {
    PlanFrame frame = evaluator_frame(&asked);
    query_plan_frame(use, frame);
    query_plan_span(use, frame.at, frame.at);
    return;
  }
  BaseDay start = asked.period.start, end = window_end_of(&asked, measure);
  if (asked.bound == WINDOW_AVERAGE) use->averaged = TRUE;
  query_plan_boundary(plan, start);
  query_plan_boundary(plan, end);
  gboolean from_ever =
      measure->agg == KPI_AGG_CLV ||
      (measure->when == KPI_WHEN_ON && (asked.bound == WINDOW_BEFORE || asked.bound == WINDOW_LIFETIME));
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

BoundRead eval_bind_measure(const Evaluator *evaluator, const KpiMeasure *measure, const LedgerTable *entity,
                            const Window *window) {
  BoundRead read = {.use = query_plan_use(evaluator->plan, measure, entity), .window = window_for(measure, window)};
  if (read.use->framed) {
    read.from = query_plan_frame_index(read.use, evaluator_frame(&read.window));
    read.to = read.from + 1;
  } else {
    evaluator_slots(evaluator->plan, measure, &read.window, &read.from, &read.to);
  }
  return read;
}

/* The cells of a place: one group's, or of an entity the additions of each of its groups. */
typedef struct {
  const CubeTable *cells;
  gint32 group;
  const EntityItem *items; /* sparse cells; else NULL */
  guint n_items;
  guint table;
} Source;

static Source source_of(const Place *place, const PlanUse *use) {
  const LevelTable *table = &place->level->tables[use->table];
  Source source = {.cells = table->cells, .group = -1, .table = use->table};
  if (use->entity == NULL) {
    source.group = table->group_of[place->group];
  } else if (cube_table_is_sparse(table->cells)) {
    source.items = place->items;
    source.n_items = place->n_items;
  } else {
    for (guint i = 0; i < place->n_items; i++)
      if (place->items[i].table == use->table) source.group = place->items[i].cells;
  }
  return source;
}

static CubeSum sum_of(const Source *source, guint column, guint from, guint to) {
  if (source->items == NULL) return cube_read_sum(source->cells, column, source->group, from, to);
  CubeSum sum = {0, 0};
  for (guint i = 0; i < source->n_items; i++) {
    if (source->items[i].table != source->table) continue;
    gsize n;
    const CubeEntry *entries = cube_table_entries(source->cells, source->items[i].cells, &n);
    CubeSum part = cube_entries_sum(entries, n, column, from, to);
    sum.sum += part.sum;
    sum.rows += part.rows;
  }
  return sum;
}

static CubeSum moment_of(const Source *source, guint column, guint from, guint to) {
  if (source->items != NULL) return sum_of(source, column | CUBE_MOMENT, from, to);
  return cube_read_moment(source->cells, column, source->group, from, to);
}

static gint64 distinct_of(const Source *source, guint column, guint from, guint to) {
  if (source->items == NULL) return cube_read_distinct(source->cells, column, source->group, from, to);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (guint i = 0; i < source->n_items; i++) {
    if (source->items[i].table != source->table) continue;
    gsize n;
    const CubeEntry *entries = cube_table_entries(source->cells, source->items[i].cells, &n);
    cube_entries_ids(entries, n, column, from, to, ids);
  }
  return cube_ids_distinct(ids);
}

/* The mean of a level over the days: what held at the start holds on all of them, what began on day e on pe - e of
 * them. */
static double average_level(const QueryPlan *plan, const Source *source, guint column, const Window *window,
                            gint64 *rows) {
  BaseDay start = window->period.start, end = window_end(window);
  if (end <= start) return 0;
  guint first = query_plan_slot(plan, start), last = query_plan_slot(plan, end);
  CubeSum at_start = sum_of(source, column, 0, first);
  CubeSum events = sum_of(source, column, first, last);
  CubeSum moments = moment_of(source, column, first, last);
  double days = end - start;
  *rows = at_start.rows + events.rows;
  return ((double)at_start.sum * days + (double)events.sum * end - (double)moments.sum) / days;
}

static Value value_of(const CubeFinding *finding) {
  return (Value){.has = finding->has_value, .value = finding->value, .n = finding->n, .interval = finding->interval};
}

static void find_quantile(const BoundRead *read, const Source *source, CubeFinding *finding) {
  const KpiMeasure *measure = read->use->measure;
  g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
  cube_read_values(source->cells, read->use->column, source->group, read->from, read->to, values);
  finding->n = values->len;
  finding->has_value = values->len > 0;
  if (!finding->has_value) return;
  StatsQuantile quantile =
      stats_quantile((double *)(gpointer)values->data, values->len, measure->quantile, measure->quantile_type, 0.95);
  finding->value = quantile.value;
  finding->interval = quantile.interval;
}

static void find_survival(const BoundRead *read, const Source *source, CubeFinding *finding) {
  g_autoptr(GArray) durations = g_array_new(FALSE, FALSE, sizeof(StatsDuration));
  cube_read_durations(source->cells, read->use->column, source->group, read->from, read->to, durations);
  finding->n = durations->len;
  if (durations->len == 0) return;
  StatsSurvival survival = stats_kaplan_meier_quantile((StatsDuration *)(gpointer)durations->data, durations->len,
                                                       read->use->measure->quantile, 0.95);
  finding->has_value = survival.has_value;
  finding->value = survival.value;
  finding->interval = survival.interval;
}

static void find_distinct(const BoundRead *read, const Source *source, CubeFinding *finding) {
  finding->has_value = TRUE;
  finding->n = distinct_of(source, read->use->column, read->from, read->to);
  finding->value = (double)finding->n;
}

static void find_extreme(const BoundRead *read, const Source *source, CubeFinding *finding) {
  finding->has_value = cube_read_extreme(source->cells, read->use->column, source->group, read->from, read->to,
                                         &finding->value, &finding->n);
}

typedef void (*Finder)(const BoundRead *read, const Source *source, CubeFinding *finding);

/* Of what walks over all items of a span; else NULL. */
static Finder finder_of(KpiAgg agg) {
  switch (agg) {
    case KPI_AGG_DISTINCT:
      return find_distinct;
    case KPI_AGG_MIN:
    case KPI_AGG_MAX:
      return find_extreme;
    case KPI_AGG_QUANTILE:
      return find_quantile;
    case KPI_AGG_KM:
      return find_survival;
    default:
      return NULL;
  }
}

/* Found once for cells that are kept. */
static Value found_in(const BoundRead *read, const Source *source, Finder find) {
  guint column = read->use->column;
  CubeFinding finding = {FALSE};
  if (cube_recall(source->cells, column, source->group, read->from, read->to, &finding)) return value_of(&finding);
  find(read, source, &finding);
  cube_remember(source->cells, column, source->group, read->from, read->to, &finding);
  return value_of(&finding);
}

/* A level's amounts in foreign currencies at the rate of the last day seen, so that what was added in a currency and
 * taken away in it leaves nothing, whatever the rates did meanwhile. */
static void add_foreign(const QueryPlan *plan, const BoundRead *read, const Source *source, Value *result) {
  const PlanUse *use = read->use;
  const Window *window = &read->window;
  BaseDay day = window->bound == WINDOW_START ? window->period.start - 1 : window_end(window) - 1;
  if (plan->rates_of != BASE_DAY_NONE) day = plan->rates_of;
  for (guint i = 0; use->currency_column >= 0 && i < query_org_n_currencies(plan->org); i++) {
    guint column = (guint)use->currency_column + i;
    CubeSum sum = sum_of(source, column, 0, read->to);
    gint64 converted;
    if (window->bound == WINDOW_AVERAGE)
      sum.sum = (gint64)llround(average_level(plan, source, column, window, &sum.rows));
    if (sum.rows == 0 && sum.sum == 0) continue;
    if (query_rates_convert(query_org_rates(plan->org, i), sum.sum, day, &converted)) {
      result->value += (double)converted;
      result->n += sum.rows;
    } else {
      result->n_missing += sum.rows;
    }
  }
}

static Value read_customers(const QueryPlan *plan, const BoundRead *read, const Source *source) {
  const Window *window = &read->window;
  BaseDay end = window->bound == WINDOW_BEFORE ? window->period.start : window_end(window);
  StatsLifetimeValue value = query_customers_value(plan->customers, read->use->measure, source->cells,
                                                   read->use->column, source->group, read->to, end - 1);
  return (Value){.has = value.has_value, .value = value.value, .n = (gint64)value.n};
}

static gint64 n_spread(const PlanUse *use, const BoundRead *read, const Source *source) {
  gint64 begun = sum_of(source, use->column, 0, read->to).rows;
  return read->to <= read->from ? 0 : begun - sum_of(source, (guint)use->ended_column, 0, read->from).rows;
}

static Value read_sum(const QueryPlan *plan, const BoundRead *read, const Source *source) {
  const PlanUse *use = read->use;
  Value result = {.has = TRUE};
  if (read->window.bound == WINDOW_AVERAGE && !use->framed) {
    result.value = average_level(plan, source, use->column, &read->window, &result.n) / (double)use->scale;
  } else {
    CubeSum sum = sum_of(source, use->column, read->from, read->to);
    result.value = (double)sum.sum / (double)use->scale;
    result.n = use->ended_column < 0 ? sum.rows : n_spread(use, read, source);
  }
  if (use->currency_column >= 0) add_foreign(plan, read, source, &result);
  return result;
}

static Value read_mean(const BoundRead *read, const Source *source) {
  CubeSum sum = sum_of(source, read->use->column, read->from, read->to);
  Value result = {.has = sum.rows > 0, .n = sum.rows};
  if (result.has) result.value = (double)sum.sum / (double)read->use->scale / (double)sum.rows;
  return result;
}

static Value read_cells(const QueryPlan *plan, const BoundRead *read, const Source *source) {
  KpiAgg agg = read->use->measure->agg;
  Finder find = finder_of(agg);
  if (find != NULL) return found_in(read, source, find);
  if (agg == KPI_AGG_MEAN) return read_mean(read, source);
  return agg == KPI_AGG_COUNT || agg == KPI_AGG_SUM ? read_sum(plan, read, source) : read_customers(plan, read, source);
}

/* Of a window before all records, or a fact that is not there, nothing is read: what it comes to then. */
static gboolean is_unread(const Evaluator *evaluator, const EvalLevel *level, const BoundRead *read, Value *instead) {
  const PlanUse *use = read->use;
  const KpiMeasure *measure = use->measure;
  const Window *window = &read->window;
  *instead = (Value){.has = FALSE, .flags = VALUE_NO_DIMENSION};
  if (!level->tables[use->table].possible) return TRUE;
  BaseDay first = evaluator->first_day[use->table];
  if (first == BASE_DAY_NONE) {
    gboolean counts = measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_SUM || measure->agg == KPI_AGG_DISTINCT;
    *instead = (Value){.has = counts, .flags = VALUE_NO_DATA};
    return TRUE;
  }
  gboolean all_time =
      window->bound == WINDOW_BEFORE || window->bound == WINDOW_LIFETIME || window->bound == WINDOW_START;
  *instead = (Value){.has = FALSE, .flags = VALUE_BEFORE_DATA};
  return use->entity == NULL && !all_time && measure->when != KPI_WHEN_ALWAYS && window_end(window) <= first;
}

static Value read_value(const QueryPlan *plan, const BoundRead *read, const Source *source) {
  const PlanUse *use = read->use;
  Value result = read_cells(plan, read, source);
  if (use->missing_column >= 0)
    result.n_missing += sum_of(source, (guint)use->missing_column, read->from, read->to).rows;
  result.flags |= VALUE_HAS_DATA;
  if (result.n_missing > 0) result.flags |= VALUE_MISSING_RATES;
  return result;
}

Value eval_measure(const Evaluator *evaluator, const Place *place, const BoundRead *read) {
  Value instead;
  if (is_unread(evaluator, place->level, read, &instead)) return instead;
  Source source = source_of(place, read->use);
  return read_value(evaluator->plan, read, &source);
}

gboolean eval_is_plain(const BoundRead *read) {
  const PlanUse *use = read->use;
  KpiAgg agg = use->measure->agg;
  return (agg == KPI_AGG_COUNT || agg == KPI_AGG_SUM || agg == KPI_AGG_MEAN) && use->missing_column < 0 &&
         use->ended_column < 0 && use->currency_column < 0 && read->window.bound != WINDOW_AVERAGE;
}

void eval_plain_values(const BoundRead *read, const CubeSum *sums, guint n, Value *values) {
  double scale = (double)read->use->scale;
  if (read->use->measure->agg == KPI_AGG_MEAN)
    for (guint i = 0; i < n; i++) {
      gboolean has = sums[i].rows > 0;
      double mean = has ? (double)sums[i].sum / scale / (double)sums[i].rows : 0;
      values[i] = (Value){.has = has, .value = mean, .n = sums[i].rows, .flags = VALUE_HAS_DATA};
    }
  else
    for (guint i = 0; i < n; i++)
      values[i] =
          (Value){.has = TRUE, .value = (double)sums[i].sum / scale, .n = sums[i].rows, .flags = VALUE_HAS_DATA};
}

static void read_plain(const BoundRead *read, const CubeTable *cells, const gint32 *groups, guint n, Value *values) {
  CubeSum sums[EVAL_MOST];
  cube_read_sums(cells, read->use->column, groups, n, read->from, read->to, sums);
  eval_plain_values(read, sums, n, values);
}

static void read_found(const BoundRead *read, const CubeTable *cells, const gint32 *groups, guint n, Finder find,
                       Value *values) {
  CubeFinding findings[EVAL_MOST];
  gboolean has[EVAL_MOST];
  cube_recall_all(cells, read->use->column, groups, n, read->from, read->to, findings, has);
  for (guint i = 0; i < n; i++) {
    Source source = {.cells = cells, .group = groups[i], .table = read->use->table};
    values[i] = has[i] ? value_of(&findings[i]) : found_in(read, &source, find);
    values[i].flags |= VALUE_HAS_DATA;
  }
}

void eval_measures(const EvalStretch *stretch, const BoundRead *read, Value *values) {
  const EvalLevel *level = stretch->level;
  const LevelTable *table = &level->tables[read->use->table];
  Value instead;
  if (is_unread(stretch->evaluator, level, read, &instead)) {
    for (guint i = 0; i < stretch->n; i++) values[i] = instead;
    return;
  }
  if (stretch->lanes != NULL) {
    eval_lanes_read(stretch, read, values);
    return;
  }
  gint32 groups[EVAL_MOST];
  for (guint i = 0; i < stretch->n; i++) groups[i] = table->group_of[stretch->groups[i]];
  if (eval_is_plain(read)) {
    read_plain(read, table->cells, groups, stretch->n, values);
    return;
  }
  Finder find = finder_of(read->use->measure->agg);
  if (find != NULL && read->use->missing_column < 0) {
    read_found(read, table->cells, groups, stretch->n, find, values);
    return;
  }
  for (guint i = 0; i < stretch->n; i++) {
    Source source = {.cells = table->cells, .group = groups[i], .table = read->use->table};
    values[i] = read_value(stretch->evaluator->plan, read, &source);
  }
}
