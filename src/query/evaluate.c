/* The evaluator.
 *
 * each(account, x): groups of tables that carry the entity are indexed by their leading members, so that x is evaluated once for every
 * entity that has any record in the group. An entity without records contributes what x is of nothing, which for counts and sums is no
 * more than 0; so leaving it out changes nothing. */
#include "query/evaluate.h"

#include <math.h>

#include "base/money.h"
#include "query/entities.h"

/* --- levels --- */

typedef struct {
  CubeTable *cells;      /* owned when rolled up */
  gboolean owned;
  gboolean possible;     /* the fact can be grouped so */
  gint32 *group_of;      /* plain tables: level group -> table group, or -1 */
} LevelTable;

struct EvalLevel {
  guint n_keep;
  LevelTable *tables;    /* by PlanTable */
  CubeTable *groups;     /* no columns: the union of the tables' tuples */
  GHashTable *entities;  /* LedgerTable -> EntityIndex */
};

struct Evaluator {
  QueryPlan *plan;
  GPtrArray *levels;
  double money_unit;
  gboolean keeps_reads;
  GArray *reads;          /* EvalRead */
  GHashTable *moved;      /* Moved: each window is moved once, not for each entity */
  BaseDay *first_day;     /* by PlanTable; BASE_DAY_NONE = nothing loaded */
};

typedef struct {
  const KpiExpr *operator;
  Window from;
  Window to;
} Moved;

static guint moved_hash(gconstpointer data) {
  const Moved *moved = data;
  return g_direct_hash(moved->operator) ^ (guint)moved->from.period.start * 31u ^ (guint)moved->from.period.end * 131u ^ (guint)moved->from.clip * 7u ^
         (guint)moved->from.bound;
}

static gboolean moved_equal(gconstpointer a, gconstpointer b) {
  const Moved *x = a, *y = b;
  const CalendarPeriod *p = &x->from.period, *q = &y->from.period;
  return x->operator == y->operator && x->from.clip == y->from.clip && x->from.bound == y->from.bound && p->start == q->start && p->end == q->end &&
         p->grain == q->grain;
}

static void level_free(gpointer data) {
  EvalLevel *level = data;
  if (level->tables != NULL)
    for (guint t = 0; level->tables[t].cells != NULL; t++) {
      if (level->tables[t].owned) cube_table_free(level->tables[t].cells);
      g_free(level->tables[t].group_of);
    }
  g_free(level->tables);
  cube_table_free(level->groups);
  g_hash_table_unref(level->entities);
  g_free(level);
}

Evaluator *evaluator_new(QueryPlan *plan) {
  Evaluator *evaluator = g_new0(Evaluator, 1);
  evaluator->plan = plan;
  evaluator->levels = g_ptr_array_new_with_free_func(level_free);
  evaluator->moved = g_hash_table_new_full(moved_hash, moved_equal, g_free, NULL);
  evaluator->reads = g_array_new(FALSE, TRUE, sizeof(EvalRead));
  evaluator->money_unit = pow(10, base_currency_digits(plan->context->organisation->currency));
  return evaluator;
}

void evaluator_free(Evaluator *evaluator) {
  if (evaluator == NULL) return;
  g_ptr_array_unref(evaluator->levels);
  g_array_unref(evaluator->reads);
  g_hash_table_unref(evaluator->moved);
  g_free(evaluator->first_day);
  g_free(evaluator);
}

static void tuple_head(const gint64 *members, guint n_keep, gint64 *head) {
  for (guint i = 0; i < n_keep; i++) head[i] = members[i];
}

static CubeTable *roll(const QueryPlan *plan, const PlanTable *table, guint n_keep) {
  gboolean keeps_people = FALSE;
  for (guint d = 0; d < n_keep; d++) keeps_people |= query_dim_by_person(&plan->dims[d]);
  const CubeTable *from = table->whole != NULL && !keeps_people ? table->whole : table->cells;
  g_autofree guint *keep = g_new(guint, n_keep + 1);
  for (guint i = 0; i < n_keep; i++) keep[i] = i;
  keep[n_keep] = plan->n_dims;
  return cube_table_roll_up(from, keep, n_keep + (table->entity != NULL ? 1 : 0));
}

EvalLevel *evaluator_level(Evaluator *evaluator, guint n_keep) {
  QueryPlan *plan = evaluator->plan;
  EvalLevel *level = g_new0(EvalLevel, 1);
  g_ptr_array_add(evaluator->levels, level);
  level->n_keep = n_keep;
  level->entities = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)entity_index_free);
  level->tables = g_new0(LevelTable, plan->tables->len + 1);
  level->groups = cube_table_new(n_keep, NULL, 0, G_MAXINT32 / 2);
  g_autofree gint64 *head = g_new0(gint64, n_keep + 1);
  if (n_keep == 0) cube_table_group(level->groups, head);
  for (guint t = 0; t < plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(plan->tables, t);
    LevelTable *at = &level->tables[t];
    at->possible = TRUE;
    for (guint d = 0; d < n_keep; d++) at->possible &= table->possible[d];
    at->owned = n_keep < plan->n_dims;
    at->cells = at->owned ? roll(plan, table, n_keep) : table->cells;
    if (!at->possible) continue;
    for (gint32 g = 0; g < cube_table_n_groups(at->cells); g++) {
      tuple_head(cube_table_members(at->cells, g), n_keep, head);
      cube_table_group(level->groups, head);
    }
  }
  return level;
}

static void index_entities(const QueryPlan *plan, EvalLevel *level, const PlanTable *table, const CubeTable *cells) {
  EntityIndex *index = g_hash_table_lookup(level->entities, table->entity);
  if (index == NULL) {
    index = entity_index_new((guint)cube_table_n_groups(level->groups));
    g_hash_table_insert(level->entities, (gpointer)table->entity, index);
  }
  g_autofree gint64 *head = g_new0(gint64, level->n_keep + 1);
  for (gint32 g = 0; g < cube_table_n_groups(cells); g++) {
    const gint64 *members = cube_table_members(cells, g);
    tuple_head(members, level->n_keep, head);
    entity_index_add(index, plan, table, cells, g, (guint)cube_table_find(level->groups, head), members[level->n_keep]);
  }
}

static void finish_entities(EvalLevel *level) {
  GHashTableIter iter;
  gpointer index;
  g_hash_table_iter_init(&iter, level->entities);
  while (g_hash_table_iter_next(&iter, NULL, &index)) entity_index_finish(index);
}

static BaseDay first_day_of(const QueryContext *context, const LedgerTable *fact) {
  BaseDay first = BASE_DAY_NONE;
  g_auto(GStrv) names = g_strsplit(fact->kind == LEDGER_DERIVED ? fact->needs : fact->name, " ", -1);
  StoreValue name = {STORE_TEXT, {.text = names[0]}};
  g_autoptr(StoreRows) rows =
      store_query(context->store, "SELECT first_day, n_rows FROM ledger_stat WHERE table_name = ? AND n_rows > 0", &name, 1, 0, NULL);
  if (rows != NULL && store_rows_count(rows) > 0) {
    StoreValue day = store_rows_value(rows, 0, 0);
    first = day.type == STORE_NULL ? BASE_DAY_MIN : (BaseDay)day.integer;
  }
  return first;
}

void evaluator_finish(Evaluator *evaluator) {
  QueryPlan *plan = evaluator->plan;
  evaluator->first_day = g_new(BaseDay, plan->tables->len + 1);
  for (guint t = 0; t < plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(plan->tables, t);
    evaluator->first_day[t] = first_day_of(plan->context, table->fact);
  }
  for (guint l = 0; l < evaluator->levels->len; l++) {
    EvalLevel *level = g_ptr_array_index(evaluator->levels, l);
    guint n_groups = (guint)cube_table_n_groups(level->groups);
    for (guint t = 0; t < plan->tables->len; t++) {
      const PlanTable *table = g_ptr_array_index(plan->tables, t);
      LevelTable *at = &level->tables[t];
      cube_table_finish(at->cells);
      if (table->entity != NULL) {
        if (at->possible) index_entities(plan, level, table, at->cells);
        continue;
      }
      at->group_of = g_new(gint32, n_groups + 1);
      for (guint g = 0; g < n_groups; g++) at->group_of[g] = at->possible ? cube_table_find(at->cells, cube_table_members(level->groups, (gint32)g)) : -1;
    }
    finish_entities(level);
  }
}

guint eval_level_n_groups(const EvalLevel *level) { return (guint)cube_table_n_groups(level->groups); }

const gint64 *eval_level_members(const EvalLevel *level, guint group) { return cube_table_members(level->groups, (gint32)group); }

/* --- walking --- */

/* Where in the formula we stand: nothing yet read while collecting. */
typedef struct {
  gboolean collecting;
  gboolean of_nothing; /* what the formula says where there are no records */
  guint64 *bits;       /* not NULL: only note which cells of an entity are read */
  EvalLevel *level;
  guint group;
  const KpiDefinition *kpi; /* the one whose formula this is */
  const LedgerTable *entity;
  gint64 id; /* of the entity */
} Place;

static const Value nothing = {.has = FALSE, .n = 0};

static Value walk(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window);

PlanFrame evaluator_frame(const Window *window) {
  BaseDay at = window->bound == WINDOW_START ? window->period.start : window_end(window);
  return (PlanFrame){at, window->period.start, window->period.end};
}

static void log_read(Evaluator *evaluator, const Place *place, const KpiMeasure *measure, const Window *window) {
  for (guint i = 0; i < evaluator->reads->len; i++) {
    const EvalRead *read = &g_array_index(evaluator->reads, EvalRead, i);
    if (read->measure == measure && read->entity == place->entity && read->window.bound == window->bound && read->window.clip == window->clip &&
        read->window.period.start == window->period.start && read->window.period.end == window->period.end)
      return;
  }
  EvalRead read = {measure, place->kpi, place->entity, *window};
  g_array_append_val(evaluator->reads, read);
}

void evaluator_keep_reads(Evaluator *evaluator) { evaluator->keeps_reads = TRUE; }

const GArray *evaluator_reads(const Evaluator *evaluator) { return evaluator->reads; }

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
  gboolean from_ever = measure->agg == KPI_AGG_CLV || (measure->when == KPI_WHEN_ON && (window->bound == WINDOW_BEFORE || window->bound == WINDOW_LIFETIME));
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

/* The mean of a level over the days: what held at the start holds on all of them, what began on day e on pe - e of them. */
static double average_level(const QueryPlan *plan, const CubeTable *cells, guint column, gint32 group, const Window *window, gint64 *rows) {
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

static Value read_spread_out(const KpiMeasure *measure, const CubeTable *cells, guint column, gint32 group, guint from, guint to) {
  Value result = nothing;
  if (measure->agg == KPI_AGG_QUANTILE) {
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    cube_read_values(cells, column, group, from, to, values);
    result.n = values->len;
    if (values->len == 0) return result;
    g_array_sort(values, compare_doubles);
    result.has = TRUE;
    result.value = stats_quantile_sorted((const double *)(gpointer)values->data, values->len, measure->quantile, measure->quantile_type);
    result.interval = stats_quantile_interval((const double *)(gpointer)values->data, values->len, measure->quantile, 0.95);
    return result;
  }
  g_autoptr(GArray) durations = g_array_new(FALSE, FALSE, sizeof(StatsDuration));
  cube_read_durations(cells, column, group, from, to, durations);
  result.n = durations->len;
  if (durations->len == 0) return result;
  StatsSurvival survival = stats_kaplan_meier_quantile((StatsDuration *)(gpointer)durations->data, durations->len, measure->quantile, 0.95);
  result.has = survival.has_value;
  result.value = survival.value;
  result.interval = survival.interval;
  return result;
}

/* A level's amounts in foreign currencies at the rate of the last day seen, so that what was added in a currency and taken away in it
 * leaves nothing, whatever the rates did meanwhile. */
static void add_foreign(const QueryPlan *plan, const PlanUse *use, const CubeTable *cells, gint32 group, const Window *window, guint to, Value *result) {
  BaseDay day = window->bound == WINDOW_START ? window->period.start - 1 : window_end(window) - 1;
  if (plan->rates_of != BASE_DAY_NONE) day = plan->rates_of;
  for (guint i = 0; use->currency_column >= 0 && i < query_org_n_currencies(plan->org); i++) {
    guint column = (guint)use->currency_column + i;
    CubeSum sum = cube_read_sum(cells, column, group, 0, to);
    gint64 converted;
    if (window->bound == WINDOW_AVERAGE) sum.sum = (gint64)llround(average_level(plan, cells, column, group, window, &sum.rows));
    if (sum.rows == 0 && sum.sum == 0) continue;
    if (query_rates_convert(query_org_rates(plan->org, i), sum.sum, day, &converted)) {
      result->value += (double)converted;
      result->n += sum.rows;
    } else {
      result->n_missing += sum.rows;
    }
  }
}

static Value read_customers(const KpiMeasure *measure, const CubeTable *cells, guint column, gint32 group, const Window *window, guint to) {
  Value result = nothing;
  g_autoptr(GArray) purchases = g_array_new(FALSE, FALSE, sizeof(StatsPurchase));
  cube_read_purchases(cells, column, group, 0, to, purchases);
  BaseDay end = window->bound == WINDOW_BEFORE ? window->period.start : window_end(window);
  g_autofree StatsCustomer *customers = g_new(StatsCustomer, MAX(purchases->len, 1));
  gsize n = stats_customers((StatsPurchase *)(gpointer)purchases->data, purchases->len, end - 1, customers);
  StatsLifetimeValue value = stats_lifetime_value(customers, n, kpi_duration_days(measure->horizon), measure->discount);
  result.n = (gint64)value.n;
  result.has = value.has_value;
  result.value = value.value;
  return result;
}

static Value read_cells(const QueryPlan *plan, const PlanUse *use, const CubeTable *cells, gint32 group, const Window *window) {
  const KpiMeasure *measure = use->measure;
  Value result = {.has = TRUE};
  guint from, to;
  if (use->framed) {
    from = query_plan_frame_index(use, evaluator_frame(window));
    to = from + 1;
  } else {
    evaluator_slots(plan, measure, window, &from, &to);
  }
  if (use->missing_column >= 0) result.n_missing = cube_read_sum(cells, (guint)use->missing_column, group, from, to).rows;
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
    case KPI_AGG_MAX: result.has = cube_read_extreme(cells, use->column, group, from, to, &result.value, &result.n); break;
    default: {
      gint64 n_missing = result.n_missing;
      result = measure->agg == KPI_AGG_CLV ? read_customers(measure, cells, use->column, group, window, to)
                                           : read_spread_out(measure, cells, use->column, group, from, to);
      result.n_missing = n_missing;
    }
  }
  result.flags |= VALUE_HAS_DATA;
  if (result.n_missing > 0) result.flags |= VALUE_MISSING_RATES;
  return result;
}

static Value walk_measure(Evaluator *evaluator, const Place *place, const KpiMeasure *measure, const Window *window) {
  Window whole = *window;
  if (measure->agg == KPI_AGG_CLV && window->bound == WINDOW_IN) { /* of customers, all their history is asked */
    whole.bound = WINDOW_LIFETIME;
    window = &whole;
  }
  if (place->collecting) {
    collect_measure(evaluator, place, measure, window);
    return nothing;
  }
  if (place->of_nothing) return (Value){.has = measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_SUM || measure->agg == KPI_AGG_DISTINCT};
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
  gboolean all_time = window->bound == WINDOW_BEFORE || window->bound == WINDOW_LIFETIME || window->bound == WINDOW_START;
  if (place->entity == NULL && !all_time && measure->when != KPI_WHEN_ALWAYS && window_end(window) <= first)
    return (Value){.has = FALSE, .flags = VALUE_BEFORE_DATA};
  gint32 group;
  if (place->entity == NULL) {
    group = table->group_of[place->group];
  } else {
    gint64 members[16];
    tuple_head(eval_level_members(place->level, place->group), place->level->n_keep, members);
    members[place->level->n_keep] = place->id;
    group = place->bits != NULL ? -1 : cube_table_find(table->cells, members);
  }
  return read_cells(plan, use, table->cells, group, window);
}

/* --- operators --- */

static guint joined_flags(const Value *a, const Value *b) { return a->flags | b->flags; }

/* A bare number beside money is in major units. */
static double beside(const Evaluator *evaluator, const KpiExpr *expr, const KpiExpr *other, double value) {
  if (expr->unit.kind != KPI_NUMBER || other->unit.kind != KPI_QUANTITY || other->unit.money_power == 0) return value;
  return value * pow(evaluator->money_unit, other->unit.money_power);
}

/* Nothing was loaded for any of it. A sum or a choice can do without one of its facts (sales or won deals make a customer); a product or
 * a quotient cannot. */
static gboolean lacks_data(const Value *value) { return (value->flags & VALUE_NO_DATA) != 0 && (value->flags & VALUE_HAS_DATA) == 0; }

static gint64 first_n(const Value *a, const Value *b) { return a->n >= 0 ? a->n : b->n; }

static Value walk_infix(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value a = walk(evaluator, place, expr->args[0], window), b = walk(evaluator, place, expr->args[1], window);
  Value result = {.has = a.has && b.has, .n = first_n(&a, &b), .flags = joined_flags(&a, &b), .n_missing = a.n_missing + b.n_missing};
  if (expr->op == KPI_OP_DIV && expr->args[1]->unit.kind == KPI_COUNT && b.n >= 0) result.n = (gint64)llround(b.value);
  gboolean alike = expr->op != KPI_OP_MUL && expr->op != KPI_OP_DIV;
  double x = alike ? beside(evaluator, expr->args[0], expr->args[1], a.value) : a.value;
  double y = alike ? beside(evaluator, expr->args[1], expr->args[0], b.value) : b.value;
  gboolean condition = FALSE;
  switch (expr->op) {
    case KPI_OP_ADD: result.value = x + y; return result;
    case KPI_OP_SUB: result.value = x - y; return result;
    case KPI_OP_MUL:
      result.has = result.has && !lacks_data(&a) && !lacks_data(&b);
      result.value = x * y;
      return result;
    case KPI_OP_DIV:
      result.has = result.has && y != 0 && !lacks_data(&a) && !lacks_data(&b);
      result.value = result.has ? x / y : 0;
      return result;
    case KPI_OP_MIN: result.value = MIN(x, y); return result;
    case KPI_OP_MAX: result.value = MAX(x, y); return result;
    case KPI_OP_EQ: condition = x == y; break;
    case KPI_OP_NE: condition = x != y; break;
    case KPI_OP_LT: condition = x < y; break;
    case KPI_OP_LE: condition = x <= y; break;
    case KPI_OP_GT: condition = x > y; break;
    case KPI_OP_GE: condition = x >= y; break;
    default: break;
  }
  result.value = result.has && condition;
  result.has = TRUE;
  return result;
}

static gboolean holds(const Value *value) { return value->has && value->value != 0; }

static Value walk_logic(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value a = walk(evaluator, place, expr->args[0], window);
  if (expr->op == KPI_OP_NOT) {
    a.value = !holds(&a);
    a.has = TRUE;
    return a;
  }
  Value b = walk(evaluator, place, expr->args[1], window);
  Value result = {.has = TRUE, .n = first_n(&a, &b), .flags = joined_flags(&a, &b)};
  result.value = expr->op == KPI_OP_AND ? holds(&a) && holds(&b) : holds(&a) || holds(&b);
  return result;
}

static Value walk_if(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value condition = walk(evaluator, place, expr->args[0], window);
  if (place->collecting) {
    walk(evaluator, place, expr->args[1], window);
    return expr->n_args > 2 ? walk(evaluator, place, expr->args[2], window) : nothing;
  }
  guint branch = holds(&condition) ? 1 : 2;
  if (branch >= expr->n_args) return (Value){.has = FALSE, .n = condition.n, .flags = condition.flags};
  Value result = walk(evaluator, place, expr->args[branch], window);
  result.value = beside(evaluator, expr->args[branch], expr->args[branch == 1 && expr->n_args > 2 ? 2 : 1], result.value);
  result.flags |= condition.flags;
  if (result.n < 0) result.n = condition.n;
  return result;
}

static Value walk_coalesce(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Value result = nothing;
  for (guint i = 0; i < expr->n_args; i++) {
    Value value = walk(evaluator, place, expr->args[i], window);
    if (!result.has && value.has) {
      gint64 n = result.n;
      result = value;
      if (result.n < 0) result.n = n;
      result.value = beside(evaluator, expr->args[i], expr->args[0], value.value);
    }
  }
  return result;
}

static Value walk_each(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  Place inside = *place;
  inside.entity = expr->entity;
  if (place->of_nothing) return nothing;
  if (place->collecting) {
    Value of_nothing = walk(evaluator, &(Place){.of_nothing = TRUE}, expr->args[0], window);
    evaluator->plan->keeps_all |= of_nothing.has && of_nothing.value != 0;
    return walk(evaluator, &inside, expr->args[0], window);
  }
  Value total = {.has = TRUE};
  const EntityIndex *index = g_hash_table_lookup(place->level->entities, expr->entity);
  const GArray *entities = index == NULL ? NULL : entity_index_group(index, place->group);
  guint n_entities = entities == NULL ? 0 : entities->len;
  /* Of nobody: nothing, but with what the facts say of themselves. */
  guint64 bits = 0;
  inside.id = -1;
  inside.bits = &bits;
  total.flags = walk(evaluator, &inside, expr->args[0], window).flags;
  inside.bits = NULL;
  if (evaluator->plan->keeps_all) bits = G_MAXUINT64;
  for (guint i = 0; i < n_entities; i++) {
    const EachEntity *entity = &g_array_index(entities, EachEntity, i);
    if ((entity->touched & bits) == 0) continue;
    inside.id = entity->id;
    Value value = walk(evaluator, &inside, expr->args[0], window);
    total.flags |= value.flags;
    total.n_missing += value.n_missing;
    if (!value.has || value.value == 0) continue;
    total.value += value.value;
    total.n++;
  }
  if (lacks_data(&total) || (total.flags & VALUE_NO_DIMENSION)) total.has = FALSE;
  return total;
}

static Value walk_total(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  if (place->collecting || place->of_nothing) return walk(evaluator, place, expr->args[0], window);
  Place whole = *place;
  whole.level = g_ptr_array_index(evaluator->levels, 0);
  whole.group = 0;
  return walk(evaluator, &whole, expr->args[0], window);
}

const KpiExpr *evaluator_formula(const KpiDefinition *kpi, const Window *window, gboolean *changed) {
  const KpiVersion *in_force = &kpi->versions[0];
  *changed = FALSE;
  for (guint v = 1; v < kpi->n_versions; v++) {
    if (kpi->versions[v].from <= window->period.start) in_force = &kpi->versions[v];
    *changed |= kpi->versions[v].from > window->period.start && kpi->versions[v].from < window->period.end;
  }
  return in_force->expr;
}

static Value walk_kpi(Evaluator *evaluator, const Place *place, const KpiDefinition *kpi, const Window *window) {
  gboolean changed;
  Place inside = *place;
  inside.kpi = kpi;
  Value result = walk(evaluator, &inside, evaluator_formula(kpi, window, &changed), window);
  if (changed) result.flags |= VALUE_CHANGED;
  return result;
}

static const Window *moved_window(Evaluator *evaluator, const KpiExpr *operator, const Window *window) {
  Moved probe = {.operator= operator, .from = *window};
  Moved *moved = g_hash_table_lookup(evaluator->moved, &probe);
  if (moved == NULL) {
    moved = g_memdup2(&probe, sizeof probe);
    moved->to = window_apply(evaluator->plan->context, window, operator);
    g_hash_table_add(evaluator->moved, moved);
  }
  return &moved->to;
}

static Value walk(Evaluator *evaluator, const Place *place, const KpiExpr *expr, const Window *window) {
  switch (expr->op) {
    case KPI_OP_NUMBER: return (Value){.has = TRUE, .value = expr->number, .n = -1};
    case KPI_OP_DURATION: return (Value){.has = TRUE, .value = expr->in_hours ? expr->number / 24 : expr->number, .n = -1};
    case KPI_OP_TRUE: return (Value){.has = TRUE, .value = 1, .n = -1};
    case KPI_OP_FALSE: return (Value){.has = TRUE, .value = 0, .n = -1};
    case KPI_OP_MEASURE: return walk_measure(evaluator, place, expr->measure, window);
    case KPI_OP_KPI: return walk_kpi(evaluator, place, expr->kpi, window);
    case KPI_OP_ADD:
    case KPI_OP_SUB:
    case KPI_OP_MUL:
    case KPI_OP_DIV:
    case KPI_OP_MIN:
    case KPI_OP_MAX:
    case KPI_OP_EQ:
    case KPI_OP_NE:
    case KPI_OP_LT:
    case KPI_OP_LE:
    case KPI_OP_GT:
    case KPI_OP_GE: return walk_infix(evaluator, place, expr, window);
    case KPI_OP_AND:
    case KPI_OP_OR:
    case KPI_OP_NOT: return walk_logic(evaluator, place, expr, window);
    case KPI_OP_IF: return walk_if(evaluator, place, expr, window);
    case KPI_OP_COALESCE: return walk_coalesce(evaluator, place, expr, window);
    case KPI_OP_EACH: return walk_each(evaluator, place, expr, window);
    case KPI_OP_TOTAL: return walk_total(evaluator, place, expr, window);
    case KPI_OP_NEG:
    case KPI_OP_ABS: {
      Value value = walk(evaluator, place, expr->args[0], window);
      value.value = expr->op == KPI_OP_ABS ? fabs(value.value) : 0 - value.value;
      value.interval.has_value = FALSE;
      return value;
    }
    default: {
      return walk(evaluator, place, expr->args[0], moved_window(evaluator, expr, window));
    }
  }
}

void evaluator_collect(Evaluator *evaluator, const KpiExpr *expr, const Window *window) {
  Place place = {.collecting = TRUE};
  walk(evaluator, &place, expr, window);
}

void evaluator_collect_kpi(Evaluator *evaluator, const KpiDefinition *kpi, const Window *window) {
  Place place = {.collecting = TRUE};
  walk_kpi(evaluator, &place, kpi, window);
}

Value evaluator_expr(Evaluator *evaluator, EvalLevel *level, guint group, const KpiExpr *expr, const Window *window) {
  Place place = {.level = level, .group = group};
  return walk(evaluator, &place, expr, window);
}

Value evaluator_kpi(Evaluator *evaluator, EvalLevel *level, guint group, const KpiDefinition *kpi, const Window *window) {
  Place place = {.level = level, .group = group};
  Value result = walk_kpi(evaluator, &place, kpi, window);
  if (lacks_data(&result)) result.has = FALSE;
  return result;
}

double evaluator_money_divisor(const QueryContext *context, KpiUnit unit) {
  if (unit.kind != KPI_QUANTITY || unit.money_power == 0) return 1;
  return pow(pow(10, base_currency_digits(context->organisation->currency)), unit.money_power);
}
