/* What changes of the ledger do to kept cells: the rows that a change touched are scanned in the ledger as it was and
 * as it is, what the scans add is logged, and the logs are taken away from a side's cells and added to them. */
#include "query/board_private.h"

/* Runs a generation's scans over what changed; what they add is logged. */
static gboolean log_changes(Board *board, QueryPlan *generation, guint first_table, const QueryContext *context,
                            QueryOrg *org, const QueryChanges *changes, ChangesSide side, GError **error) {
  GArray *logs = side == CHANGES_BEFORE ? board->gone : board->come;
  const SideTable *const *tables = (const SideTable *const *)(gpointer)board->sides[0].tables->pdata;
  generation->context = context;
  generation->org = org;
  generation->changes = changes;
  generation->changes_side = side;
  generation->elsewhere = board->elsewhere;
  for (guint t = 0; t < generation->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(generation->tables, t);
    CubeTable *const *levels = tables[first_table + t]->levels;
    table->cells = cube_table_new_log_of(levels[board->n_dims]);
    for (guint keep = 0; keep < board->n_dims; keep++)
      if (query_plan_counts_level(generation, table, keep)) table->shared[keep] = cube_table_new_log_of(levels[keep]);
  }
  gboolean ok = query_plan_scan(generation, error) && !generation->counts_otherwise;
  for (guint t = 0; t < generation->tables->len; t++) {
    PlanTable *table = g_ptr_array_index(generation->tables, t);
    Log log = {.cells = g_steal_pointer(&table->cells)};
    for (guint keep = 0; keep < board->n_dims; keep++) log.shared[keep] = g_steal_pointer(&table->shared[keep]);
    g_array_append_val(logs, log);
  }
  g_ptr_array_set_size(generation->sql, 0);
  generation->context = &board->context;
  generation->org = board->org;
  generation->changes = NULL;
  generation->elsewhere = NULL;
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

/* The organisation as it is now. What names in conditions on people mean may be another thing in it. */
static gboolean read_org(Board *board, const QueryChanges *changes, GError **error) {
  gboolean is_other = query_changes_of_organisation(changes);
  if (is_other && board->where->people->len > 0) return FALSE;
  if (!is_other && !query_changes_of_credit(changes)) return TRUE;
  board->org_before = board->org;
  board->org = query_org_load(&board->context, error);
  if (board->org == NULL) {
    board->org = g_steal_pointer(&board->org_before);
    return FALSE;
  }
  if (is_other) board->elsewhere = query_org_difference_new(board->org_before, board->org);
  return !is_other || board->elsewhere != NULL;
}

static gboolean reload_members(Board *board, const QueryChanges *changes, GError **error) {
  for (guint d = 0; d < board->n_dims; d++) {
    const char *table = query_members_table(board->members[d]);
    if (table != NULL && query_changes_has(changes, table) && !query_members_reload(board->members[d], error))
      return FALSE;
  }
  return TRUE;
}

gboolean board_follow(Board *board, const QueryContext *before, const QueryContext *after, const QueryChanges *changes,
                      GError **error) {
  if (!within_days(board, after)) return FALSE;
  board_use_context(board, after);
  if (!read_org(board, changes, error)) return FALSE;
  QueryOrg *org_before = board->org_before != NULL ? board->org_before : board->org;
  gboolean ok = same_layout(before, after, org_before, board->org) &&
                log_all(board, before, org_before, changes, CHANGES_BEFORE, error) &&
                reload_members(board, changes, error) &&
                log_all(board, after, board->org, changes, CHANGES_AFTER, error);
  g_clear_pointer(&board->elsewhere, query_org_difference_free);
  return ok;
}

static gboolean apply_log(const Board *board, SideTable *table, const Log *log, guint32 number, gboolean taken_away) {
  for (guint keep = 0; keep <= board->n_dims; keep++) {
    const CubeTable *own = keep < board->n_dims ? log->shared[keep] : NULL, *from = own != NULL ? own : log->cells;
    g_autofree guint *kept = eval_kept_members(g_ptr_array_index(board->generations, 0), keep);
    CubeTable *to = table->levels[keep];
    gboolean same = own != NULL || (to != NULL && cube_table_is_sparse(to)); /* the log's groups are the level's */
    CubeChange change = {number, taken_away, same ? NULL : kept};
    if (to != NULL && (!cube_table_apply(to, from, &change) || cube_table_overflowed(to))) return FALSE;
    change.keep = NULL;
    if (table->changed[keep] != NULL && !cube_table_apply(table->changed[keep], from, &change)) return FALSE;
  }
  return TRUE;
}

gboolean board_apply(Board *board, guint side, guint32 number) {
  const GArray *logs[] = {board->gone, board->come};
  for (guint l = 0; l < 2; l++)
    for (guint t = 0; t < logs[l]->len; t++)
      if (!apply_log(board, g_ptr_array_index(board->sides[side].tables, t), &g_array_index(logs[l], Log, t), number,
                     l == 0))
        return FALSE;
  board_refresh(board, side);
  return TRUE;
}

void board_settle(Board *board) {
  g_array_set_size(board->gone, 0);
  g_array_set_size(board->come, 0);
  g_clear_pointer(&board->org_before, query_org_free);
}
