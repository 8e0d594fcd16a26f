/* Planning: from measures and windows to tables of cells.
 *
 * Boundaries are all the days on which any question starts or ends; between two of them nothing is ever asked, so one
 * cell holds the whole slot. A question by month over a year with last year beside it takes 26 slots, whatever the
 * number of records. */
#include "query/plan.h"

static void use_free(gpointer data) {
  PlanUse *use = data;
  g_array_unref(use->frames);
  g_hash_table_unref(use->frame_set);
  g_clear_pointer(&use->ids, g_hash_table_unref);
  store_dictionary_free(use->texts);
  g_free(use);
}

static void table_free(gpointer data) {
  PlanTable *table = data;
  g_ptr_array_unref(table->uses);
  if (table->levels != NULL) {
    g_free(table);
    return;
  }
  g_free(table->possible);
  cube_table_free(table->cells);
  for (guint keep = 0; keep < QUERY_MAX_DIMS; keep++) cube_table_free(table->shared[keep]);
  g_free(table);
}

guint query_use_hash(gconstpointer data) {
  const PlanUse *use = data;
  return use->measure->index * 31 + (use->entity != NULL ? g_str_hash(use->entity->name) : 0);
}

gboolean query_use_equal(gconstpointer a, gconstpointer b) {
  const PlanUse *x = a, *y = b;
  return x->measure == y->measure && x->entity == y->entity;
}

static guint frame_hash(gconstpointer data) {
  const PlanFrame *frame = data;
  return (guint)frame->at * 31u + (guint)frame->due_start * 17u + (guint)frame->due_end;
}

static gboolean frame_equal(gconstpointer a, gconstpointer b) {
  return memcmp(a, b, sizeof(PlanFrame)) == 0;
}

static QueryPlan *plan_new(const QueryContext *context, QueryOrg *org, const Dim *dims, guint n_dims,
                           const QueryWhere *where) {
  QueryPlan *plan = g_new0(QueryPlan, 1);
  plan->context = context;
  plan->org = org;
  plan->dims = dims;
  plan->n_dims = n_dims;
  plan->where = where;
  plan->uses = g_ptr_array_new_with_free_func(use_free);
  plan->use_index = g_hash_table_new(query_use_hash, query_use_equal);
  plan->tables = g_ptr_array_new_with_free_func(table_free);
  plan->boundary_set = g_hash_table_new(g_direct_hash, g_direct_equal);
  plan->sql = g_ptr_array_new_with_free_func(g_free);
  plan->rates_of = BASE_DAY_NONE;
  plan->customers = query_customers_new();
  return plan;
}

QueryPlan *query_plan_view(const QueryContext *context, QueryOrg *org, const Dim *dims, guint n_dims,
                           const QueryWhere *where, DimMembers **members) {
  QueryPlan *plan = plan_new(context, org, dims, n_dims, where);
  plan->is_view = TRUE;
  plan->members = members;
  return plan;
}

QueryPlan *query_plan_new(const QueryContext *context, QueryOrg *org, const Dim *dims, guint n_dims,
                          const QueryWhere *where, GError **error) {
  g_autoptr(QueryPlan) plan = plan_new(context, org, dims, n_dims, where);
  plan->members = query_members_of(context, org, dims, n_dims, error);
  return plan->members == NULL ? NULL : g_steal_pointer(&plan);
}

void query_plan_free(QueryPlan *plan) {
  if (plan == NULL) return;
  if (!plan->is_view) query_members_free_all(plan->members);
  g_hash_table_unref(plan->use_index);
  g_ptr_array_unref(plan->uses);
  g_ptr_array_unref(plan->tables);
  g_clear_pointer(&plan->boundary_set, g_hash_table_unref);
  g_clear_pointer(&plan->boundaries, g_array_unref);
  g_ptr_array_unref(plan->sql);
  query_customers_free(plan->customers);
  g_free(plan);
}

/* --- collecting --- */

static gboolean adds_up(KpiAgg agg) {
  return agg == KPI_AGG_COUNT || agg == KPI_AGG_SUM || agg == KPI_AGG_MEAN;
}

PlanUse *query_plan_use(QueryPlan *plan, const KpiMeasure *measure, const LedgerTable *entity) {
  PlanUse probe = {.measure = measure, .entity = entity};
  PlanUse *use = g_hash_table_lookup(plan->use_index, &probe);
  if (use != NULL) return use;
  use = g_new0(PlanUse, 1);
  use->measure = measure;
  use->entity = entity;
  use->missing_column = use->currency_column = use->ended_column = -1;
  use->first = BASE_DAY_MAX;
  use->last = BASE_DAY_MIN;
  use->framed =
      measure->when == KPI_WHEN_LEVEL && (!adds_up(measure->agg) || measure->due != NULL || measure->past != NULL);
  use->frames = g_array_new(FALSE, FALSE, sizeof(PlanFrame));
  use->frame_set = g_hash_table_new_full(frame_hash, frame_equal, g_free, NULL);
  gboolean whole = measure->agg == KPI_AGG_COUNT ||
                   (measure->unit.kind == KPI_QUANTITY && measure->unit.money_power != 0) ||
                   measure->unit.kind == KPI_COUNT;
  gboolean is_time = measure->unit.kind == KPI_QUANTITY && measure->unit.money_power == 0;
  use->scale = whole ? 1 : is_time ? 86400000 : 1000000; /* days as milliseconds: an hour, 1/24 of a day, stays whole */
  g_ptr_array_add(plan->uses, use);
  g_hash_table_add(plan->use_index, use);
  return use;
}

void query_plan_boundary(QueryPlan *plan, BaseDay day) {
  if (plan->boundary_set != NULL && day > BASE_DAY_MIN && day < BASE_DAY_MAX)
    g_hash_table_add(plan->boundary_set, GINT_TO_POINTER(day));
}

void query_plan_frame(PlanUse *use, PlanFrame frame) {
  if (!g_hash_table_contains(use->frame_set, &frame)) g_hash_table_add(use->frame_set, g_memdup2(&frame, sizeof frame));
}

void query_plan_span(PlanUse *use, BaseDay first, BaseDay last) {
  use->first = MIN(use->first, first);
  use->last = MAX(use->last, last);
}

/* --- fixing --- */

static int compare_days(gconstpointer a, gconstpointer b) {
  BaseDay x = *(const BaseDay *)a, y = *(const BaseDay *)b;
  return (x > y) - (x < y);
}

static int compare_frames(gconstpointer a, gconstpointer b) {
  const PlanFrame *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  if (x->due_start != y->due_start) return x->due_start < y->due_start ? -1 : 1;
  return (x->due_end > y->due_end) - (x->due_end < y->due_end);
}

static PlanTable *table_for(QueryPlan *plan, PlanUse *use, GError **error) {
  for (guint t = 0; t < plan->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(plan->tables, t);
    if (table->fact == use->measure->table && table->entity == use->entity) {
      use->table = t;
      return table;
    }
  }
  if (use->entity != NULL && !query_entity_path(plan->context, use->measure->table, use->entity).possible) {
    base_error_at(error, BASE_ERROR_INPUT, use->measure->span,
                  "each(%s, …) cannot use a measure of %s: its records do not say which %s they belong to",
                  use->entity->name, use->measure->table->name, use->entity->name);
    return NULL;
  }
  PlanTable *table = g_new0(PlanTable, 1);
  table->fact = use->measure->table;
  table->entity = use->entity;
  table->uses = g_ptr_array_new();
  table->is_hidden = !query_where_reaches(plan->where, table->fact);
  table->possible = g_new0(gboolean, plan->n_dims + 1);
  for (guint d = 0; d < plan->n_dims; d++)
    table->possible[d] = query_dim_path(plan->context, table->fact, &plan->dims[d]).possible;
  use->table = plan->tables->len;
  g_ptr_array_add(plan->tables, table);
  return table;
}

static gboolean has_foreign_currency(const QueryPlan *plan, const LedgerTable *table) {
  const QueryTableStat *stat = query_stat_of(plan->context->stat, table->name);
  return stat != NULL && stat->has_foreign_currency;
}

static CubeKind kind_of(KpiAgg agg) {
  switch (agg) {
    case KPI_AGG_DISTINCT:
      return CUBE_DISTINCT;
    case KPI_AGG_MIN:
      return CUBE_MIN;
    case KPI_AGG_MAX:
      return CUBE_MAX;
    case KPI_AGG_QUANTILE:
      return CUBE_VALUES;
    case KPI_AGG_KM:
      return CUBE_DURATIONS;
    case KPI_AGG_CLV:
      return CUBE_PURCHASES;
    default:
      return CUBE_SUM;
  }
}

/* Cells by day are mostly asked by the month. */
static CubeBlocks *months_of(const QueryPlan *plan) {
  const GArray *days = plan->boundaries;
  g_autoptr(GArray) starts = g_array_new(FALSE, TRUE, sizeof(guint));
  g_array_set_size(starts, 1);
  BaseDay last = days->len > 0 ? g_array_index(days, BaseDay, days->len - 1) : BASE_DAY_MIN;
  for (BaseDay day = days->len > 0 ? g_array_index(days, BaseDay, 0) : last; day < last;) {
    day = calendar_period_at(plan->context->calendar, CALENDAR_MONTH, day).end;
    guint slot = query_plan_slot(plan, MIN(day, last));
    g_array_append_val(starts, slot);
  }
  return cube_blocks_new(query_plan_n_slots(plan), (const guint *)(gpointer)starts->data, starts->len);
}

static CubeTable *new_cells(const QueryPlan *plan, const PlanTable *table, const GArray *specs, guint n_keep) {
  const CubeColumnSpec *columns = (const CubeColumnSpec *)(gpointer)specs->data;
  guint n_members = n_keep + (table->entity != NULL ? 1 : 0);
  gint64 most = plan->context->organisation->max_groups;
  if (plan->is_kept) {
    g_autoptr(CubeBlocks) months = months_of(plan);
    return cube_table_new_kept(n_members, columns, specs->len, most, table->entity != NULL, months);
  }
  if (table->entity != NULL) return cube_table_new_sparse(n_members, columns, specs->len, most);
  return cube_table_new(n_members, columns, specs->len, MAX(most / MAX(plan->n_figures, 1), 1));
}

gboolean query_plan_keeps_people(const QueryPlan *plan, guint n_keep) {
  for (guint d = 0; d < n_keep; d++)
    if (query_dim_by_person(&plan->dims[d])) return TRUE;
  return FALSE;
}

gboolean query_plan_counts_level(const QueryPlan *plan, const PlanTable *table, guint n_keep) {
  if (!query_org_has_splits(plan->org, table->fact)) return FALSE;
  for (guint d = n_keep; d < plan->n_dims; d++)
    if (query_dim_by_person(&plan->dims[d])) return TRUE;
  return FALSE;
}

static void lay_out(QueryPlan *plan, PlanTable *table) {
  g_autoptr(GArray) specs = g_array_new(FALSE, TRUE, sizeof(CubeColumnSpec));
  gboolean foreign = has_foreign_currency(plan, table->fact);
  for (guint u = 0; u < table->uses->len; u++) {
    PlanUse *use = g_ptr_array_index(table->uses, u);
    CubeColumnSpec spec = {kind_of(use->measure->agg),
                           use->framed ? MAX(use->frames->len, 1) : query_plan_n_slots(plan), use->framed,
                           use->averaged, use->measure->agg == KPI_AGG_COUNT && use->measure->when != KPI_WHEN_SPREAD};
    use->column = specs->len;
    g_array_append_val(specs, spec);
    CubeColumnSpec counts = {CUBE_SUM, spec.n_cells, spec.framed, FALSE, TRUE};
    if (use->measure->when == KPI_WHEN_SPREAD) {
      use->ended_column = (gint)specs->len;
      g_array_append_val(specs, counts);
    }
    if (!foreign || use->measure->unit.kind != KPI_QUANTITY || use->measure->unit.money_power == 0) continue;
    use->missing_column = (gint)specs->len;
    g_array_append_val(specs, counts);
    if (use->measure->when != KPI_WHEN_LEVEL || use->framed || query_org_n_currencies(plan->org) == 0) continue;
    use->currency_column = (gint)specs->len;
    for (guint i = 0; i < query_org_n_currencies(plan->org); i++) g_array_append_val(specs, spec);
  }
  table->cells = new_cells(plan, table, specs, plan->n_dims);
  for (guint keep = 0; keep < plan->n_dims; keep++)
    if (query_plan_counts_level(plan, table, keep)) table->shared[keep] = new_cells(plan, table, specs, keep);
}

gboolean query_plan_fix(QueryPlan *plan, GError **error) {
  plan->boundaries = g_array_new(FALSE, FALSE, sizeof(BaseDay));
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, plan->boundary_set);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    BaseDay day = GPOINTER_TO_INT(key);
    g_array_append_val(plan->boundaries, day);
  }
  g_array_sort(plan->boundaries, compare_days);
  for (guint u = 0; u < plan->uses->len; u++) {
    PlanUse *use = g_ptr_array_index(plan->uses, u);
    g_hash_table_iter_init(&iter, use->frame_set);
    while (g_hash_table_iter_next(&iter, &key, NULL)) g_array_append_vals(use->frames, key, 1);
    g_array_sort(use->frames, compare_frames);
    PlanTable *table = table_for(plan, use, error);
    if (table == NULL) return FALSE;
    g_ptr_array_add(table->uses, use);
  }
  for (guint t = 0; t < plan->tables->len; t++) lay_out(plan, g_ptr_array_index(plan->tables, t));
  return TRUE;
}

guint query_plan_n_slots(const QueryPlan *plan) {
  return plan->boundaries->len + 1;
}

guint query_plan_slot(const QueryPlan *plan, BaseDay day) {
  if (plan->is_view) { /* every day is a boundary */
    BaseDay first = g_array_index(plan->boundaries, BaseDay, 0);
    return (guint)CLAMP(day - first + 1, 0, (gint)plan->boundaries->len);
  }
  guint low = 0, high = plan->boundaries->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(plan->boundaries, BaseDay, middle) <= day)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

guint query_plan_frame_index(const PlanUse *use, PlanFrame frame) {
  guint low = 0, high = use->frames->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (compare_frames(&g_array_index(use->frames, PlanFrame, middle), &frame) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
