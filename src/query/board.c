/* Kept cells: made by a scan of the facts, changed by scans of what changed. */
#include "query/board.h"

#include "query/evaluate_private.h"

/* Generations are scanned one by one; so many, and the next extension makes one of all. */
#define MAX_GENERATIONS 4

/* Years of days around those that there are records of. */
#define DAYS_BEFORE 800
#define DAYS_AFTER  1500

/* The cells of one table of a generation, by the number of dimensions kept. */
typedef struct {
  const PlanTable *layout;
  CubeTable *levels[BOARD_MAX_DIMS + 1];
  CubeTable *changed[BOARD_MAX_DIMS + 1]; /* by entity: which groups of a level changed when, whatever the entity */
} SideTable;

/* What readers see. Nothing that it points to is changed while they do. */
typedef struct {
  GPtrArray *tables;    /* SideTable, of all generations in order */
  GHashTable *uses;     /* PlanUse, by measure and entity -> number of its table + 1 */
  DimMembers **members; /* NULL until there are cells */
  QueryOrg *org;
  Evaluator *base; /* has the levels of its tables, which questions borrow */
  QueryPlan *base_plan;
  guint64 grouping; /* of the tables when the levels were made */
  gint64 building;  /* the number of the scan that its cells were last made by */
} Side;

/* What a table's cells lose or gain. */
typedef struct {
  CubeTable *cells, *whole;
} Log;

struct Board {
  ConfOrganisation organisation;
  QueryContext context; /* for the org, the conditions and the members, whenever they read the store */
  BaseDay rates_of;
  Dim dims[BOARD_MAX_DIMS];
  guint n_dims;
  QueryOrg *org, *org_before; /* `org_before`: until it is settled, for readers of the other side */
  QueryWhere *where;
  DimMembers **members;
  GArray *days;           /* BaseDay: every day there are cells for */
  GPtrArray *generations; /* QueryPlan */
  GPtrArray *retired;     /* … that were put together in one */
  GArray *gone, *come;    /* Log, of all tables in order, until settled */
  Side sides[2];
};

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
  cube_table_free(log->whole);
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
  return g_strdup_printf("%s\x1e%s\x1e%d\x1e%d", folded, where, key->credit_now, key->rates_of);
}

static gboolean read_dims(Board *board, const BoardKey *key, GError **error) {
  for (const char *const *name = key->by; name != NULL && *name != NULL; name++) {
    if (board->n_dims == BOARD_MAX_DIMS) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--by takes at most %d dimensions", BOARD_MAX_DIMS);
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

static void use_context(Board *board, const QueryContext *context) {
  board->context = *context;
  board->context.organisation = &board->organisation;
}

Board *board_new(const QueryContext *context, const BoardKey *key, GError **error) {
  Board *board = g_new0(Board, 1);
  board->organisation = *context->organisation;
  if (key->credit_now) board->organisation.owner_credit = board->organisation.team_credit = CONF_CREDIT_NOW;
  use_context(board, context);
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
  if (board->members != NULL) return board;
  board_free(board);
  return NULL;
}

void board_free(Board *board) {
  if (board == NULL) return;
  for (guint s = 0; s < 2; s++) {
    side_clear(&board->sides[s]);
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
  query_org_free(board->org);
  query_org_free(board->org_before);
  g_free(board);
}

const Dim *board_dims(const Board *board, guint *n_dims) {
  *n_dims = board->n_dims;
  return board->dims;
}

/* --- making cells --- */

static gboolean has_all(const PlanUse *kept, const PlanUse *asked) {
  if (asked->averaged && !kept->averaged) return FALSE;
  if (!kept->framed) return TRUE;
  GHashTableIter iter;
  gpointer frame;
  g_hash_table_iter_init(&iter, asked->frame_set);
  while (g_hash_table_iter_next(&iter, &frame, NULL))
    if (!g_hash_table_contains(kept->frame_set, frame)) return FALSE;
  return TRUE;
}

static const PlanUse *kept_use(const Side *side, const PlanUse *use, guint *table) {
  gpointer kept, number;
  if (!g_hash_table_lookup_extended(side->uses, use, &kept, &number)) return NULL;
  if (table != NULL) *table = GPOINTER_TO_UINT(number) - 1;
  return kept;
}

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
static QueryPlan *next_generation(Board *board, const Side *side, const QueryPlan *view) {
  QueryPlan *generation = generation_new(board);
  for (guint u = 0; u < view->uses->len; u++) {
    const PlanUse *use = g_ptr_array_index(view->uses, u);
    const PlanUse *kept = kept_use(side, use, NULL);
    if (kept != NULL && has_all(kept, use)) continue;
    want(generation, use);
    if (kept != NULL) want(generation, kept);
  }
  if (board->generations->len < MAX_GENERATIONS) return generation;
  GHashTableIter iter;
  gpointer kept;
  g_hash_table_iter_init(&iter, side->uses);
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
  for (guint keep = 0; keep < board->n_dims && !cube_table_is_sparse(table->cells); keep++)
    taken->levels[keep] = eval_roll_up(generation, table, keep);
  /* Sparse cells are not rolled up: all levels without people read those that count each deal once, the others the
   * same. */
  for (guint keep = 0; keep < board->n_dims && cube_table_is_sparse(table->cells); keep++)
    if (eval_cells_for(generation, table, keep) == table->whole) taken->levels[keep] = cube_table_copy(table->whole);
  taken->levels[board->n_dims] = table->cells;
  cube_table_free(table->whole);
  table->cells = table->whole = NULL;
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

static QueryPlan *plan_of(Board *board, guint number, const QueryContext *context) {
  const Side *side = &board->sides[number];
  QueryPlan *view = query_plan_view(context, side->org, board->dims, board->n_dims, board->where, side->members);
  view->rates_of = board->rates_of;
  view->boundaries = g_array_ref(board->days);
  for (guint t = 0; t < side->tables->len; t++) {
    SideTable *table = g_ptr_array_index(side->tables, t);
    PlanTable *shown = g_new0(PlanTable, 1);
    shown->fact = table->layout->fact;
    shown->entity = table->layout->entity;
    shown->possible = table->layout->possible;
    shown->uses = g_ptr_array_new();
    shown->levels = table->levels;
    g_ptr_array_add(view->tables, shown);
  }
  return view;
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
  side->base_plan = plan_of(board, number, &board->context);
  side->base = evaluator_new(side->base_plan);
  for (guint keep = 0; keep <= board->n_dims; keep++) evaluator_level(side->base, keep);
  evaluator_finish(side->base);
  evaluator_settle(side->base);
}

static void refresh(Board *board, guint number) {
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
}

gboolean board_extend(Board *board, guint side, const QueryContext *context, const QueryPlan *view, gsize max_bytes,
                      GError **error) {
  use_context(board, context);
  QueryPlan *generation = next_generation(board, &board->sides[side], view);
  if (board->generations->len == 0) side_clear(&board->sides[side]);
  g_ptr_array_add(board->generations, generation);
  if (!query_plan_fix(generation, error) || !query_plan_scan(generation, error)) return FALSE;
  for (guint t = 0; t < generation->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(generation->tables, t);
    SideTable *taken = take_cells(board, generation, table);
    g_ptr_array_add(board->sides[side].tables, taken);
    finish_cells(taken);
    if (!fits(taken, error)) return FALSE;
  }
  refresh(board, side);
  g_ptr_array_set_size(generation->sql, 0);
  gsize bytes = board_bytes(board, side);
  if (bytes <= max_bytes) return TRUE;
  g_autofree char *needed = g_format_size(bytes), *left = g_format_size(max_bytes);
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "kept in memory, its cells would take %s, and " QUERY_LIVE_CAP " leaves %s", needed, left);
  return FALSE;
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
  refresh(board, to);
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

/* --- following changes --- */

/* Runs a generation's scans over what changed; what they add is logged. */
static gboolean log_changes(Board *board, QueryPlan *generation, guint first_table, const QueryContext *context,
                            QueryOrg *org, const QueryChanges *changes, ChangesSide side, GError **error) {
  GArray *logs = side == CHANGES_BEFORE ? board->gone : board->come;
  const SideTable *const *tables = (const SideTable *const *)(gpointer)board->sides[0].tables->pdata;
  generation->context = context;
  generation->org = org;
  generation->changes = changes;
  generation->changes_side = side;
  for (guint t = 0; t < generation->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(generation->tables, t);
    const CubeTable *like = tables[first_table + t]->levels[board->n_dims];
    table->cells = cube_table_new_log_of(like);
    if (query_plan_shares_credit(generation, table)) table->whole = cube_table_new_log_of(like);
  }
  gboolean ok = query_plan_scan(generation, error) && !generation->counts_otherwise;
  for (guint t = 0; t < generation->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(generation->tables, t);
    Log log = {table->cells, table->whole};
    table->cells = table->whole = NULL;
    g_array_append_val(logs, log);
  }
  g_ptr_array_set_size(generation->sql, 0);
  generation->context = &board->context;
  generation->org = board->org;
  generation->changes = NULL;
  return ok;
}

static gboolean log_all(Board *board, const QueryContext *context, QueryOrg *org, const QueryChanges *changes,
                        ChangesSide side, GError **error) {
  QueryContext here = *context;
  here.organisation = &board->organisation;
  guint table = 0;
  for (guint g = 0; g < board->generations->len; g++) {
    QueryPlan *generation = g_ptr_array_index(board->generations, g);
    if (!log_changes(board, generation, table, &here, org, changes, side, error)) return FALSE;
    table += generation->tables->len;
  }
  return TRUE;
}

/* The columns of cells depend on these. */
static gboolean same_layout(const QueryContext *before, const QueryContext *after, const QueryOrg *org_before,
                            const QueryOrg *org_after) {
  const LedgerTable *deals = ledger_schema_find(before->schema, "opportunity");
  if (query_org_has_splits(org_before, deals) != query_org_has_splits(org_after, deals)) return FALSE;
  for (guint t = 0; t < ledger_schema_n_tables(before->schema); t++) {
    const char *name = ledger_schema_table(before->schema, t)->name;
    const QueryTableStat *was = query_stat_of(before->stat, name), *is = query_stat_of(after->stat, name);
    if ((was != NULL && was->has_foreign_currency) != (is != NULL && is->has_foreign_currency)) return FALSE;
  }
  return TRUE;
}

static gboolean within_days(const Board *board, const QueryContext *context) {
  BaseDay first, last;
  if (!query_stat_bounds(context->stat, &first, &last)) return TRUE;
  return first > g_array_index(board->days, BaseDay, 0) &&
         last < g_array_index(board->days, BaseDay, board->days->len - 1);
}

gboolean board_follow(Board *board, const QueryContext *before, const QueryContext *after, const QueryChanges *changes,
                      GError **error) {
  if (!within_days(board, after)) return FALSE;
  use_context(board, after);
  QueryOrg *org_before = board->org;
  if (query_changes_of_credit(changes)) {
    board->org_before = board->org;
    board->org = query_org_load(&board->context, error);
    if (board->org == NULL) {
      board->org = g_steal_pointer(&board->org_before);
      return FALSE;
    }
  }
  if (!same_layout(before, after, org_before, board->org)) return FALSE;
  if (!log_all(board, before, org_before, changes, CHANGES_BEFORE, error)) return FALSE;
  for (guint d = 0; d < board->n_dims; d++)
    if (query_members_table(board->members[d]) != NULL &&
        query_changes_has(changes, query_members_table(board->members[d])) &&
        !query_members_reload(board->members[d], error))
      return FALSE;
  return log_all(board, after, board->org, changes, CHANGES_AFTER, error);
}

/* A level without people counts each shared deal once. */
static const CubeTable *log_for(const Board *board, const Log *log, guint n_keep) {
  gboolean by_person = FALSE;
  for (guint d = 0; d < n_keep; d++) by_person |= query_dim_by_person(&board->dims[d]);
  return log->whole != NULL && !by_person ? log->whole : log->cells;
}

static gboolean apply_log(const Board *board, SideTable *table, const Log *log, guint32 number, gboolean taken_away) {
  for (guint keep = 0; keep <= board->n_dims; keep++) {
    const CubeTable *from = log_for(board, log, keep);
    g_autofree guint *kept = eval_kept_members(g_ptr_array_index(board->generations, 0), keep);
    CubeTable *to = table->levels[keep];
    CubeChange change = {number, taken_away, to != NULL && cube_table_is_sparse(to) ? NULL : kept};
    if (to != NULL && (!cube_table_apply(to, from, &change) || cube_table_overflowed(to))) return FALSE;
    change.keep = NULL;
    if (table->changed[keep] != NULL && !cube_table_apply(table->changed[keep], from, &change)) return FALSE;
  }
  return TRUE;
}

void board_meet(Board *board, const QueryContext *context) {
  use_context(board, context);
}

gboolean board_apply(Board *board, guint side, guint32 number) {
  const GArray *logs[] = {board->gone, board->come};
  for (guint l = 0; l < 2; l++)
    for (guint t = 0; t < logs[l]->len; t++)
      if (!apply_log(board, g_ptr_array_index(board->sides[side].tables, t), &g_array_index(logs[l], Log, t), number,
                     l == 0))
        return FALSE;
  refresh(board, side);
  return TRUE;
}

void board_settle(Board *board) {
  g_array_set_size(board->gone, 0);
  g_array_set_size(board->come, 0);
  g_clear_pointer(&board->org_before, query_org_free);
}

/* --- reading --- */

QueryPlan *board_view(Board *board, guint side, const QueryContext *context) {
  return plan_of(board, side, context);
}

const Evaluator *board_levels(const Board *board, guint side) {
  return board->sides[side].base;
}

static gboolean changed_since(const CubeTable *table, const gint64 *ids, guint32 number) {
  gint32 group = cube_table_find(table, ids);
  return group >= 0 && cube_table_changed(table, group) > number;
}

gboolean board_has_changed(const Board *board, guint side, guint n_members, const gint64 *ids, guint32 number) {
  const GPtrArray *tables = board->sides[side].tables;
  for (guint t = 0; t < tables->len; t++) {
    const SideTable *table = g_ptr_array_index(tables, t);
    const CubeTable *of = table->changed[n_members] != NULL ? table->changed[n_members] : table->levels[n_members];
    if (changed_since(of, ids, number)) return TRUE;
  }
  return FALSE;
}

void board_set_building(Board *board, guint side, gint64 number) {
  board->sides[side].building = number;
}

gint64 board_building(const Board *board, guint side) {
  return board->sides[side].building;
}

guint board_naming(const Board *board, guint side) {
  guint naming = 0;
  for (guint d = 0; d < board->n_dims; d++) naming += query_members_version(board->sides[side].members[d]);
  return naming;
}

static gboolean asks_outside(const Board *board, const QueryPlan *view) {
  BaseDay first = g_array_index(board->days, BaseDay, 0), last = first + (BaseDay)board->days->len - 1;
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, view->boundary_set);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (GPOINTER_TO_INT(key) < first || GPOINTER_TO_INT(key) > last) return TRUE;
  return FALSE;
}

gboolean board_attach(const Board *board, guint number, QueryPlan *view, gboolean *outside) {
  *outside = asks_outside(board, view);
  if (*outside) return FALSE;
  for (guint u = 0; u < view->uses->len; u++) {
    PlanUse *use = g_ptr_array_index(view->uses, u);
    const PlanUse *kept = kept_use(&board->sides[number], use, &use->table);
    if (kept == NULL || !has_all(kept, use)) return FALSE;
    use->column = kept->column;
    use->missing_column = kept->missing_column;
    use->ended_column = kept->ended_column;
    use->currency_column = kept->currency_column;
    g_array_unref(use->frames);
    use->frames = g_array_ref(kept->frames);
  }
  return TRUE;
}
