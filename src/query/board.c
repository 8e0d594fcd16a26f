/* Kept cells: made by a scan of the facts, changed by scans of what changed. */
#include "query/board_private.h"

/* Generations are scanned one by one; so many, and the next extension makes one of all. */
#define MAX_GENERATIONS 4

/* Years of days around those that there are records of. */
#define DAYS_BEFORE 800
#define DAYS_AFTER  1500

static void side_table_free(gpointer data) {
  SideTable *table = data;
  for (guint keep = 0; keep <= BOARD_MAX_DIMS; keep++) {
    cube_table_free(table->levels[keep]);
    cube_table_free(table->changed[keep]);
  }
  g_free(table);
}

static void forget_levels(Side *side) {
  g_clear_pointer(&side->base, evaluator_free);
  g_clear_pointer(&side->base_plan, query_plan_free);
}

static void side_clear(Side *side) {
  forget_levels(side);
  g_ptr_array_set_size(side->tables, 0);
  g_hash_table_remove_all(side->uses);
  g_clear_pointer(&side->members, query_members_free_all);
}

static void log_clear(gpointer data) {
  Log *log = data;
  cube_table_free(log->cells);
  for (guint keep = 0; keep < QUERY_MAX_DIMS; keep++) cube_table_free(log->shared[keep]);
}

static GArray *logs_new(void) {
  GArray *logs = g_array_new(FALSE, TRUE, sizeof(Log));
  g_array_set_clear_func(logs, log_clear);
  return logs;
}

static char *joined(const char *const *texts) {
  return texts == NULL ? g_strdup("") : g_strjoinv("\x1f", (char **)texts);
}

char *board_key_text(const BoardKey *key) {
  g_autofree char *by = joined(key->by);
  g_autofree char *folded = g_utf8_casefold(by, -1);
  g_autofree char *where = joined(key->where);
  return g_strdup_printf("%s\x1e%s\x1e%d\x1e%d\x1e%s", folded, where, key->credit_now, key->rates_of,
                         query_sight_key(key->sight));
}

static gboolean read_dims(Board *board, const BoardKey *key, GError **error) {
  for (const char *const *name = key->by; name != NULL && *name != NULL; name++) {
    if (board->n_dims == BOARD_MAX_DIMS) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "\"by\" takes at most %d dimensions", BOARD_MAX_DIMS);
      return FALSE;
    }
    if (!query_dim_resolve(&board->context, board->org, *name, &board->dims[board->n_dims], error)) return FALSE;
    board->n_dims++;
  }
  return TRUE;
}

static GArray *days_of(const QueryContext *context) {
  BaseDay first, last;
  if (!query_stat_bounds(context->stat, &first, &last)) first = last = context->today;
  first = MIN(first, context->today) - DAYS_BEFORE;
  last = MAX(last, context->today) + DAYS_AFTER;
  GArray *days = g_array_new(FALSE, FALSE, sizeof(BaseDay));
  for (BaseDay day = first; day <= last; day++) g_array_append_val(days, day);
  return days;
}

void board_use_context(Board *board, const QueryContext *context) {
  board->context = *context;
  board->context.organisation = &board->organisation;
  board->context.sight = board->sight;
}

Board *board_new(const QueryContext *context, const BoardKey *key, GError **error) {
  Board *board = g_new0(Board, 1);
  board->organisation = *context->organisation;
  board->sight = query_sight_hold(key->sight);
  if (key->credit_now) board->organisation.owner_credit = board->organisation.team_credit = CONF_CREDIT_NOW;
  board_use_context(board, context);
  board->rates_of = key->rates_of;
  board->days = days_of(context);
  board->generations = g_ptr_array_new_with_free_func((GDestroyNotify)query_plan_free);
  board->retired = g_ptr_array_new_with_free_func((GDestroyNotify)query_plan_free);
  board->gone = logs_new();
  board->come = logs_new();
  for (guint s = 0; s < 2; s++) {
    board->sides[s].tables = g_ptr_array_new_with_free_func(side_table_free);
    board->sides[s].uses = g_hash_table_new(query_use_hash, query_use_equal);
  }
  board->org = query_org_load(&board->context, error);
  if (board->org != NULL && read_dims(board, key, error)) {
    board->where = query_where_parse(&board->context, board->org, key->where, error);
    if (board->where != NULL)
      board->members = query_members_of(&board->context, board->org, board->dims, board->n_dims, error);
  }
  if (board->members == NULL) {
    board_free(board);
    return NULL;
  }
  for (guint s = 0; s < 2; s++) board_refresh(board, s);
  return board;
}

void board_free(Board *board) {
  if (board == NULL) return;
  for (guint s = 0; s < 2; s++) {
    side_clear(&board->sides[s]);
    board_layout_free(board->sides[s].layout);
    g_ptr_array_unref(board->sides[s].tables);
    g_hash_table_unref(board->sides[s].uses);
  }
  g_ptr_array_unref(board->generations);
  g_ptr_array_unref(board->retired);
  g_array_unref(board->gone);
  g_array_unref(board->come);
  g_array_unref(board->days);
  query_members_free_all(board->members);
  query_where_free(board->where);
  query_sight_free(board->sight);
  query_org_free(board->org);
  query_org_free(board->org_before);
  g_free(board);
}

/* --- making cells --- */

static void want(QueryPlan *generation, const PlanUse *use) {
  PlanUse *wanted = query_plan_use(generation, use->measure, use->entity);
  wanted->averaged |= use->averaged;
  GHashTableIter iter;
  gpointer frame;
  g_hash_table_iter_init(&iter, use->frame_set);
  while (g_hash_table_iter_next(&iter, &frame, NULL)) query_plan_frame(wanted, *(const PlanFrame *)frame);
}

static QueryPlan *generation_new(Board *board) {
  QueryPlan *generation =
      query_plan_view(&board->context, board->org, board->dims, board->n_dims, board->where, board->members);
  generation->is_kept = TRUE;
  generation->rates_of = board->rates_of;
  for (guint i = 0; i < board->days->len; i++) query_plan_boundary(generation, g_array_index(board->days, BaseDay, i));
  return generation;
}

/* What the view lacks; with too many generations, all that was ever asked. */
static QueryPlan *next_generation(Board *board, guint side, const QueryPlan *view) {
  QueryPlan *generation = generation_new(board);
  for (guint u = 0; u < view->uses->len; u++) {
    const PlanUse *use = g_ptr_array_index(view->uses, u);
    const PlanUse *kept = board_kept_use(board, side, use, NULL);
    if (kept != NULL && board_has_all(kept, use)) continue;
    want(generation, use);
    if (kept != NULL) want(generation, kept);
  }
  if (board->generations->len < MAX_GENERATIONS) return generation;
  GHashTableIter iter;
  gpointer kept;
  g_hash_table_iter_init(&iter, board->sides[side].uses);
  while (g_hash_table_iter_next(&iter, &kept, NULL)) want(generation, kept);
  while (board->generations->len > 0) g_ptr_array_add(board->retired, g_ptr_array_steal_index(board->generations, 0));
  return generation;
}

static void note_changes(const Board *board, SideTable *table) {
  for (guint keep = 0; table->layout->entity != NULL && keep <= board->n_dims; keep++)
    table->changed[keep] = cube_table_new_kept(keep, NULL, 0, G_MAXINT32 / 2, FALSE, NULL);
}

/* Takes the cells that a scan filled. */
static SideTable *take_cells(Board *board, const QueryPlan *generation, PlanTable *table) {
  SideTable *taken = g_new0(SideTable, 1);
  taken->layout = table;
  note_changes(board, taken);
  /* Sparse cells are not rolled up: every level reads the same, but for those that are counted by themselves. */
  for (guint keep = 0; keep < board->n_dims; keep++) {
    taken->levels[keep] = g_steal_pointer(&table->shared[keep]);
    if (taken->levels[keep] == NULL && !cube_table_is_sparse(table->cells))
      taken->levels[keep] = eval_roll_up(generation, table, keep);
  }
  taken->levels[board->n_dims] = g_steal_pointer(&table->cells);
  return taken;
}

static void finish_cells(const SideTable *table) {
  for (guint keep = 0; keep <= BOARD_MAX_DIMS; keep++)
    if (table->levels[keep] != NULL) cube_table_finish(table->levels[keep]);
}

/* One table for many at once is too much when a sum overflows. */
static gboolean fits(const SideTable *table, GError **error) {
  for (guint keep = 0; keep <= BOARD_MAX_DIMS; keep++) {
    if (table->levels[keep] == NULL || !cube_table_overflowed(table->levels[keep])) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "a total is larger than 64-bit minor units can hold");
    return FALSE;
  }
  return TRUE;
}

static guint64 grouping_of(const Board *board, const Side *side) {
  guint64 grouping = side->tables->len;
  for (guint t = 0; t < side->tables->len; t++) {
    const SideTable *table = g_ptr_array_index(side->tables, t);
    for (guint keep = 0; keep <= board->n_dims; keep++)
      if (table->levels[keep] != NULL)
        grouping = grouping * 31 + (guint64)cube_table_n_groups(table->levels[keep]) * 7 +
                   cube_table_n_regrouped(table->levels[keep]);
  }
  return grouping;
}

/* The levels are made once for all questions, and again when there are other groups. */
static void make_levels(Board *board, guint number) {
  Side *side = &board->sides[number];
  guint64 grouping = grouping_of(board, side);
  if (side->base != NULL && side->grouping == grouping) return;
  forget_levels(side);
  side->grouping = grouping;
  side->base_plan = board_plan_of(board, number, &board->context);
  side->base = evaluator_new(side->base_plan);
  for (guint keep = 0; keep <= board->n_dims; keep++) evaluator_level(side->base, keep);
  evaluator_finish(side->base);
  evaluator_settle(side->base);
}

void board_refresh(Board *board, guint number) {
  Side *side = &board->sides[number];
  side->org = board->org;
  g_hash_table_remove_all(side->uses);
  for (guint t = 0; t < side->tables->len; t++) {
    const PlanTable *layout = ((SideTable *)g_ptr_array_index(side->tables, t))->layout;
    for (guint u = 0; u < layout->uses->len; u++)
      g_hash_table_replace(side->uses, g_ptr_array_index(layout->uses, u), GUINT_TO_POINTER(t + 1));
  }
  DimMembers **copy = side->members;
  gboolean differ = copy == NULL;
  for (guint d = 0; d < board->n_dims && !differ; d++) differ = query_members_differ(board->members[d], copy[d]);
  if (differ) {
    query_members_free_all(copy);
    copy = side->members = g_new0(DimMembers *, board->n_dims + 1);
    for (guint d = 0; d < board->n_dims; d++) copy[d] = query_members_copy(board->members[d]);
    forget_levels(side);
  }
  make_levels(board, number);
  board_lay_out(board, number);
  evaluator_find_first_days(side->base);
}

void board_meet(Board *board, guint side, const QueryContext *context) {
  board_use_context(board, context);
  evaluator_find_first_days(board->sides[side].base);
}

static gboolean extend(Board *board, guint side, const QueryContext *context, const QueryPlan *view, gsize max_bytes,
                       GError **error) {
  board_use_context(board, context);
  QueryPlan *generation = next_generation(board, side, view);
  if (board->generations->len == 0) side_clear(&board->sides[side]);
  g_ptr_array_add(board->generations, generation);
  if (!query_plan_fix(generation, error) || !query_plan_scan(generation, error)) return FALSE;
  for (guint t = 0; t < generation->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(generation->tables, t);
    SideTable *taken = take_cells(board, generation, table);
    g_ptr_array_add(board->sides[side].tables, taken);
    finish_cells(taken);
    if (!fits(taken, error) || !base_check_goes_on(&context->stop, error)) return FALSE;
  }
  board_refresh(board, side);
  g_ptr_array_set_size(generation->sql, 0);
  gsize bytes = board_bytes(board, side);
  if (bytes <= max_bytes) return TRUE;
  g_autofree char *needed = g_format_size(bytes), *left = g_format_size(max_bytes);
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "kept in memory, its cells would take %s, and " QUERY_LIVE_CAP " leaves %s", needed, left);
  return FALSE;
}

gboolean board_extend(Board *board, guint side, const QueryContext *context, const QueryPlan *view, gsize max_bytes,
                      GError **error) {
  gboolean ok = extend(board, side, context, view, max_bytes, error);
  board->context.stop = (BaseStop){0}; /* what is made is everybody's; who it was made for is not known any more */
  return ok;
}

/* Tables that both have already, from the same generation, differ by nothing. */
static guint n_in_common(const GPtrArray *from, const GPtrArray *to) {
  for (guint t = 0; t < to->len; t++)
    if (t >= from->len ||
        ((SideTable *)g_ptr_array_index(from, t))->layout != ((SideTable *)g_ptr_array_index(to, t))->layout)
      return 0;
  return to->len;
}

void board_copy_side(Board *board, guint from, guint to, gboolean all) {
  guint first = all ? 0 : n_in_common(board->sides[from].tables, board->sides[to].tables);
  forget_levels(&board->sides[to]);
  board->sides[to].building = board->sides[from].building;
  if (first == 0) g_ptr_array_set_size(board->sides[to].tables, 0);
  for (guint t = first; t < board->sides[from].tables->len; t++) {
    const SideTable *table = g_ptr_array_index(board->sides[from].tables, t);
    SideTable *copy = g_new0(SideTable, 1);
    copy->layout = table->layout;
    for (guint keep = 0; keep <= BOARD_MAX_DIMS; keep++) {
      if (table->levels[keep] != NULL) copy->levels[keep] = cube_table_copy(table->levels[keep]);
      if (table->changed[keep] != NULL) copy->changed[keep] = cube_table_copy(table->changed[keep]);
    }
    g_ptr_array_add(board->sides[to].tables, copy);
  }
  board_refresh(board, to);
}

static gsize sum_of_tables(const Board *board, guint side, gsize (*of)(const CubeTable *table)) {
  gsize sum = 0;
  for (guint t = 0; t < board->sides[side].tables->len; t++) {
    const SideTable *table = g_ptr_array_index(board->sides[side].tables, t);
    for (guint keep = 0; keep <= BOARD_MAX_DIMS; keep++)
      if (table->levels[keep] != NULL) sum += of(table->levels[keep]);
  }
  return sum;
}

gsize board_bytes(const Board *board, guint side) {
  return sum_of_tables(board, side, cube_table_bytes);
}

gsize board_n_filled(const Board *board, guint side) {
  return sum_of_tables(board, side, cube_table_n_filled);
}
