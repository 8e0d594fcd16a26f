/* Grids of targets: out of what there is, and back with what is new and changed. */
#include "query/dims.h"
#include "target/agree.h"
#include "target/grid_private.h"
#include "target/members.h"

#define MAX_CELLS 1000000

void target_grid_free(TargetGrid *grid) {
  if (!grid) return;
  g_free(grid->kpi);
  g_free(grid->dimension);
  g_ptr_array_unref(grid->members);
  g_array_unref(grid->periods);
  g_free(grid->cells);
  g_free(grid);
}

TargetCell *target_grid_cell(const TargetGrid *grid, guint member, guint period) {
  return &grid->cells[(gsize)member * grid->periods->len + period];
}

TargetGrid *target_grid_empty(const char *kpi, const char *dimension) {
  TargetGrid *grid = g_new0(TargetGrid, 1);
  grid->kpi = g_strdup(kpi);
  grid->dimension = query_dim_word(dimension);
  grid->members = g_ptr_array_new_with_free_func(g_free);
  grid->periods = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  return grid;
}

gboolean target_grid_may_be_by(const QueryContext *context, const char *dimension, GError **error) {
  Dim dim;
  if (!context->sight) return TRUE;
  g_autoptr(QueryOrg) org = query_org_load(context, error);
  if (!org || !query_dim_resolve(context, org, dimension, &dim, error)) return FALSE;
  if (query_dim_by_person(&dim) && dim.kind != DIM_REGION) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
              "a grid by %s is for those who see the whole company: yours are by rep, team or manager", dim.name);
  return FALSE;
}

void target_grid_drop(TargetGrid *grid, const gboolean *is_dropped) {
  guint n_periods = grid->periods->len, kept = 0;
  for (guint m = 0; m < grid->members->len; m++) {
    if (is_dropped[m]) continue;
    char **names = (char **)grid->members->pdata, *name = names[kept];
    names[kept] = names[m]; /* what is dropped comes to stand behind what is kept */
    names[m] = name;
    memmove(&grid->cells[(gsize)kept++ * n_periods], target_grid_cell(grid, m, 0), n_periods * sizeof(TargetCell));
  }
  g_ptr_array_set_size(grid->members, (gint)kept);
}

gboolean target_grid_make_cells(TargetGrid *grid, GError **error) {
  gsize n = (gsize)grid->members->len * grid->periods->len;
  if (n > MAX_CELLS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "a grid of %" G_GSIZE_FORMAT " cells is more than %d (cap: cells of a grid)", n, MAX_CELLS);
    return FALSE;
  }
  grid->cells = g_new0(TargetCell, n);
  return TRUE;
}

/* --- what there is --- */

static gboolean is_of_grid(const TargetTerms *terms, const char *kpi, const char *dimension) {
  return terms->kind == TARGET_REACH && !terms->has_per && g_str_equal(terms->kpi, kpi) &&
         g_str_equal(terms->dimension, dimension);
}

void target_grid_place(TargetGrid *grid, const GPtrArray *targets, BaseDay today) {
  g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal), columns = g_hash_table_new(NULL, NULL);
  for (guint m = 0; m < grid->members->len; m++)
    g_hash_table_insert(rows, g_ptr_array_index(grid->members, m), GUINT_TO_POINTER(m + 1));
  for (guint p = 0; p < grid->periods->len; p++)
    g_hash_table_insert(columns, GINT_TO_POINTER(g_array_index(grid->periods, CalendarPeriod, p).start),
                        GUINT_TO_POINTER(p + 1));
  for (guint i = 0; i < targets->len; i++) {
    Target *target = g_ptr_array_index(targets, i);
    const TargetVersion *version = target_in_force(target, today);
    if (!version || !is_of_grid(&version->terms, grid->kpi, grid->dimension) || !version->terms.member) continue;
    guint row = GPOINTER_TO_UINT(g_hash_table_lookup(rows, version->terms.member));
    guint column = GPOINTER_TO_UINT(g_hash_table_lookup(columns, GINT_TO_POINTER(version->terms.start)));
    if (row == 0 || column == 0 || g_array_index(grid->periods, CalendarPeriod, column - 1).end != version->terms.end)
      continue;
    TargetCell *cell = target_grid_cell(grid, row - 1, column - 1);
    cell->target = target;
    cell->before = version->terms.amount;
  }
}

static void add_member(TargetGrid *grid, const char *name) {
  if (!g_ptr_array_find_with_equal_func(grid->members, name, g_str_equal, NULL))
    g_ptr_array_add(grid->members, g_strdup(name));
}

static gboolean add_members(const QueryContext *context, TargetGrid *grid, const GPtrArray *targets,
                            const CalendarPeriod *span, GError **error) {
  g_autoptr(GPtrArray) selling = target_members_selling(context, grid->dimension, span->start, span->end, error);
  if (!selling) return FALSE;
  for (guint i = 0; i < selling->len; i++) add_member(grid, g_ptr_array_index(selling, i));
  for (guint i = 0; i < targets->len; i++) {
    const TargetTerms *terms = &target_latest(g_ptr_array_index(targets, i))->terms;
    gboolean within = terms->start < span->end && span->start < terms->end;
    if (within && terms->member && is_of_grid(terms, grid->kpi, grid->dimension)) add_member(grid, terms->member);
  }
  return TRUE;
}

TargetGrid *target_grid_new(const QueryContext *context, const GPtrArray *targets, const char *kpi,
                            const char *dimension, const CalendarPeriod *span, CalendarGrain grain, GError **error) {
  const KpiDefinition *found = kpi_catalogue_find(context->catalogue, kpi, error);
  g_autoptr(GArray) periods = found ? calendar_split(context->calendar, span, grain, error) : NULL;
  if (!periods || !target_grid_may_be_by(context, dimension, error)) return NULL;
  g_autoptr(TargetGrid) grid = target_grid_empty(found->name, dimension);
  g_array_append_vals(grid->periods, periods->data, periods->len);
  if (!add_members(context, grid, targets, span, error) || !target_grid_make_cells(grid, error)) return NULL;
  target_grid_place(grid, targets, context->today);
  for (gsize i = 0; i < (gsize)grid->members->len * periods->len; i++) {
    TargetCell *cell = &grid->cells[i];
    cell->has_amount = cell->target != NULL;
    cell->amount = cell->before;
    cell->state = cell->target ? TARGET_CELL_SAME : TARGET_CELL_EMPTY;
  }
  return g_steal_pointer(&grid);
}

/* --- keeping --- */

TargetVersion *target_grid_version(const TargetGrid *grid, guint member, guint period) {
  const CalendarPeriod *span = &g_array_index(grid->periods, CalendarPeriod, period);
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = grid->kpi;
  terms.dimension = grid->dimension;
  terms.member = g_ptr_array_index(grid->members, member);
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = TARGET_REACH;
  terms.amount = target_grid_cell(grid, member, period)->amount;
  terms.start = span->start;
  terms.end = span->end;
  return target_version_new(&terms);
}

GPtrArray *target_grid_targets_of(const TargetGrid *grid, const GPtrArray *targets, guint member) {
  const char *name = g_ptr_array_index(grid->members, member);
  GPtrArray *found = g_ptr_array_new();
  for (guint i = 0; i < targets->len; i++) {
    Target *target = g_ptr_array_index(targets, i);
    const TargetTerms *terms = &target_latest(target)->terms;
    if (g_str_equal(terms->kpi, grid->kpi) && g_str_equal(terms->dimension, grid->dimension) &&
        g_strcmp0(terms->member, name) == 0)
      g_ptr_array_add(found, target);
  }
  return found;
}

typedef struct {
  const QueryContext *context;
  GPtrArray *targets;
  const TargetGrid *grid;
  const TargetEvent *said;
} Keeping;

/* `row` says which row the member is. */
static gboolean keep_cell(const Keeping *keeping, GPtrArray *own, guint member, guint period, const TargetVersion *row,
                          GError **error) {
  const QueryContext *context = keeping->context;
  TargetCell *cell = target_grid_cell(keeping->grid, member, period);
  TargetEvent event = *keeping->said;
  event.act = cell->target ? TARGET_ACT_ADJUST : TARGET_ACT_SET;
  g_autoptr(TargetVersion) version = target_grid_version(keeping->grid, member, period);
  version->member_table = row->member_table;
  version->member_key = row->member_key;
  if (cell->target) version->effective = MAX(context->today, version->terms.start);
  if (cell->target && !target_check_act(cell->target, event.act, event.author, event.words, error)) return FALSE;
  if (!target_check_known(context, own, cell->target, version, error)) return FALSE;
  g_autoptr(Target) made = cell->target ? NULL : target_new(0, 0);
  if (!target_say_within(context->store, made ? made : cell->target, g_steal_pointer(&version), &event, error))
    return FALSE;
  if (!made) return TRUE;
  g_ptr_array_add(own, made);
  g_ptr_array_add(keeping->targets, g_steal_pointer(&made));
  return TRUE;
}

static gboolean keep_member(const Keeping *keeping, guint member, GError **error) {
  const TargetGrid *grid = keeping->grid;
  g_autoptr(GPtrArray) own = target_grid_targets_of(grid, keeping->targets, member);
  g_autoptr(TargetVersion) row = target_grid_version(grid, member, 0);
  if (!target_version_find_member(keeping->context->store, row, error)) return FALSE;
  for (guint p = 0; p < grid->periods->len; p++) {
    TargetCellState state = target_grid_cell(grid, member, p)->state;
    if (state != TARGET_CELL_NEW && state != TARGET_CELL_CHANGED) continue;
    if (!keep_cell(keeping, own, member, p, row, error)) return FALSE;
  }
  return TRUE;
}

gboolean target_grid_keep(const QueryContext *context, GPtrArray *targets, TargetGrid *grid, const TargetEvent *said,
                          GError **error) {
  Keeping keeping = {context, targets, grid, said};
  if (!store_begin(context->store, error)) return FALSE;
  for (guint m = 0; grid->periods->len > 0 && m < grid->members->len; m++) {
    if (keep_member(&keeping, m, error)) continue;
    store_rollback(context->store);
    return FALSE;
  }
  return store_commit(context->store, error);
}
