/* Following the ledger: what a change did to the rows that cells are made of is done to the idle side, then the sides
 * change places. */
#include "query/live_private.h"

/* A transaction begins to stand still when it first reads. */
static gboolean stand_still(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query_kept(store, "SELECT load FROM load LIMIT 1", NULL, 0, 1, error);
  return rows != NULL;
}

gboolean query_live_before(QueryLive *live, GError **error) {
  pthread_mutex_lock(&live->writing);
  live->written = NULL;
  gboolean ok = live_take_missed(live, error) && (live->is_changing || store_begin(live->then, error));
  if (ok && !live->is_changing) ok = stand_still(live->then, error);
  if (!ok) store_rollback(live->then);
  live->is_changing = ok;
  pthread_mutex_unlock(&live->writing);
  return ok;
}

/* Everything is counted afresh when it is next asked. */
static void reset(QueryLive *live) {
  LiveSide *side = &live->sides[live_idle_side(live)];
  g_hash_table_remove_all(side->boards);
  pthread_mutex_lock(&live->answering);
  g_hash_table_remove_all(live->too_large);
  pthread_mutex_unlock(&live->answering);
  side->organisation++;
  live->state.n_resets++;
}

/* As the clock moves on, what lay after it comes to be known. */
static gboolean runs_ahead(const QueryContext *context) {
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const QueryTableStat *stat = query_stat_of(context->stat, ledger_schema_table(context->schema, t)->name);
    if (stat != NULL && stat->latest_us > context->now_us) return TRUE;
  }
  return FALSE;
}

static gboolean follow_boards(QueryLive *live, const QueryContext *before, const QueryContext *after,
                              const QueryChanges *changes, GError **error) {
  guint idle = live_idle_side(live);
  LiveSide *side = &live->sides[idle];
  GHashTableIter iter;
  gpointer board;
  g_hash_table_iter_init(&iter, side->boards);
  while (g_hash_table_iter_next(&iter, NULL, &board)) {
    g_autoptr(GError) cause = NULL;
    if (board_follow(board, before, after, changes, &cause) && board_apply(board, idle, live->change)) continue;
    if (cause != NULL && !g_error_matches(cause, BASE_ERROR, BASE_ERROR_LIMIT)) {
      g_propagate_error(error, g_steal_pointer(&cause));
      return FALSE;
    }
    g_hash_table_iter_remove(&iter);
  }
  live->state.n_follows++;
  return TRUE;
}

/* The cells of the idle side as of what `now` reads. */
static gboolean follow(QueryLive *live, const QueryContext *before, const QueryContext *after, gint64 load,
                       gboolean *all, GError **error) {
  *all = !live->is_changing || live->is_behind || after->today != before->today || runs_ahead(before);
  if (*all) return TRUE;
  g_autoptr(QueryChanges) changes =
      live->written != NULL ? query_changes_told(after, live->written) : query_changes_find(after, load, error);
  if (changes == NULL) return FALSE;
  *all = query_changes_are_everywhere(changes);
  if (*all || query_changes_are_none(changes)) return TRUE;
  if (query_changes_of_organisation(changes)) live->sides[live_idle_side(live)].organisation++;
  return query_changes_tell(changes, live->then, error) && query_changes_tell(changes, live->now, error) &&
         follow_boards(live, before, after, changes, error);
}

/* What the ledger says of itself after the change, told or asked. */
static QueryStat *learn(QueryLive *live, QueryLoad *load, GError **error) {
  if (live->written != NULL) {
    *load = (QueryLoad){live->written->load, live->written->at_us};
    return query_stat_after(live->stat, live->written);
  }
  /* Whoever wrote may have made tables anew (src/store/kept.c). */
  store_forget_deals(live->now);
  store_forget_deals(live->then);
  g_autoptr(QueryStat) stat = query_stat_load(live->now, error);
  return stat != NULL && query_last_load(live->now, load, error) ? g_steal_pointer(&stat) : NULL;
}

/* Boards that a change does not touch go by the ledger's new counts too. */
static void tell_boards(LiveSide *side, guint number, const QueryContext *context) {
  GHashTableIter iter;
  gpointer board;
  g_hash_table_iter_init(&iter, side->boards);
  while (g_hash_table_iter_next(&iter, NULL, &board)) board_meet(board, number, context);
}

static gboolean move_on(QueryLive *live, gint64 now_us, GError **error) {
  live_catch_up(live);
  live->change++;
  LiveSide *side = &live->sides[live_idle_side(live)];
  gint64 load_before = side->load.number;
  QueryLoad load = {0};
  QueryContext before = live_writer_context(side, live->then), after = before;
  gboolean is_told = live->written != NULL && live->is_changing && !live->is_behind;
  if (!is_told || live->written->load != load_before + 1) live->written = NULL;
  g_autoptr(QueryStat) stat = learn(live, &load, error);
  if (stat == NULL) return FALSE;
  after.store = live->now;
  after.stat = stat;
  after.now_us = now_us;
  after.today = calendar_day_of(after.calendar, now_us);
  gboolean all = FALSE;
  gboolean is_same = load.number == load_before && after.today == before.today && !runs_ahead(&before);
  if ((!is_same || live->is_behind) && !follow(live, &before, &after, load_before, &all, error)) return FALSE;
  if (all)
    reset(live);
  else
    tell_boards(side, live_idle_side(live), &after);
  live->stat_before = live->stat;
  live->stat = g_steal_pointer(&stat);
  side->context = after;
  side->context.store = NULL;
  side->load = load;
  live->state.load = load.number;
  side->change = live->change;
  live_publish(live, all ? BEHIND_ALL : BEHIND_CHANGES);
  return TRUE;
}

static gboolean take(QueryLive *live, gint64 now_us, GError **error) {
  gboolean ok = store_begin(live->now, error) && move_on(live, now_us, error);
  store_rollback(live->now);
  g_atomic_int_set(&live->is_behind, !ok);
  return ok;
}

gboolean live_take_missed(QueryLive *live, GError **error) {
  return !live->is_behind || take(live, live->sides[live->active].context.now_us, error);
}

void query_live_tell(QueryLive *live, const StoreWritten *written) {
  pthread_mutex_lock(&live->writing);
  live->written = written;
  pthread_mutex_unlock(&live->writing);
}

gboolean query_live_after(QueryLive *live, gint64 now_us, GError **error) {
  pthread_mutex_lock(&live->writing);
  gboolean ok = take(live, now_us, error);
  store_rollback(live->then);
  live->is_changing = FALSE;
  live->written = NULL;
  pthread_mutex_unlock(&live->writing);
  return ok;
}
