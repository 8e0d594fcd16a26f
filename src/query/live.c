/* Two sides of kept cells that change places: opened, filled with cells, closed. */
#include "query/live_private.h"
#include "store/reopen.h"

/* Bindings may take this part of the cap on cells beside them. */
#define BINDINGS_PART 8

/* --- sides --- */

static void wait_until_left(QueryLive *live, guint side) {
  pthread_mutex_lock(&live->entering);
  while (live->n_readers[side] > 0) pthread_cond_wait(&live->left, &live->entering);
  pthread_mutex_unlock(&live->entering);
}

static gboolean is_on(const LiveSide *side, const char *key) {
  return g_hash_table_contains(side->boards, key);
}

/* Boards that only this side has: nobody reads them any more. */
static void drop_boards(LiveSide *side, const LiveSide *other) {
  GHashTableIter iter;
  gpointer key, board;
  g_hash_table_iter_init(&iter, side->boards);
  while (g_hash_table_iter_next(&iter, &key, &board)) {
    if (is_on(other, key)) continue;
    g_hash_table_iter_remove(&iter);
    board_free(board);
  }
}

QueryContext live_writer_context(const LiveSide *side, Store *store) {
  QueryContext context = side->context;
  context.store = store;
  return context;
}

void live_catch_up(QueryLive *live) {
  guint idle = live_idle_side(live);
  LiveSide *side = &live->sides[idle];
  const LiveSide *active = &live->sides[live->active];
  wait_until_left(live, idle);
  if (live->behind == BEHIND_NOTHING) return;
  drop_boards(side, active);
  GHashTableIter iter;
  gpointer key, board;
  QueryContext context = live_writer_context(active, live->now);
  g_hash_table_iter_init(&iter, active->boards);
  while (g_hash_table_iter_next(&iter, &key, &board)) {
    board_meet(board, idle, &context);
    if (live->behind == BEHIND_CHANGES && is_on(side, key)) {
      if (!board_apply(board, idle, active->change)) board_copy_side(board, live->active, idle, TRUE);
      board_settle(board);
    } else {
      board_copy_side(board, live->active, idle, FALSE);
    }
    if (!is_on(side, key)) g_hash_table_insert(side->boards, g_strdup(key), board);
  }
  side->context = active->context;
  side->load = active->load;
  side->change = active->change;
  side->organisation = active->organisation;
  g_clear_pointer(&live->stat_before, query_stat_free);
  live->behind = BEHIND_NOTHING;
}

void live_publish(QueryLive *live, Behind behind) {
  pthread_mutex_lock(&live->entering);
  live->active = 1 - live->active;
  pthread_mutex_unlock(&live->entering);
  live->behind = behind;
}

/* --- opening --- */

QueryLive *query_live_new(const QueryContext *context, gsize max_bytes, GError **error) {
  g_autoptr(QueryLive) live = g_new0(QueryLive, 1);
  pthread_mutex_init(&live->entering, NULL);
  pthread_mutex_init(&live->writing, NULL);
  pthread_mutex_init(&live->answering, NULL);
  live->asked = asked_new(max_bytes / BINDINGS_PART);
  pthread_cond_init(&live->left, NULL);
  live->max_bytes = max_bytes;
  live->too_large = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint s = 0; s < 2; s++)
    live->sides[s] =
        (LiveSide){.boards = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), .context = *context};
  live->now = store_connect(context->store, error);
  if (live->now != NULL) live->then = store_connect(context->store, error);
  if (live->then == NULL) return NULL;
  QueryLoad load;
  live->stat = query_stat_load(live->now, error);
  if (live->stat == NULL || !query_last_load(live->now, &load, error)) return NULL;
  live->state.load = load.number;
  for (guint s = 0; s < 2; s++) {
    live->sides[s].context.store = NULL;
    live->sides[s].context.stat = live->stat;
    live->sides[s].load = load;
  }
  return g_steal_pointer(&live);
}

void query_live_free(QueryLive *live) {
  if (live == NULL) return;
  drop_boards(&live->sides[live_idle_side(live)], &live->sides[live->active]);
  g_hash_table_remove_all(live->sides[live_idle_side(live)].boards);
  drop_boards(&live->sides[live->active], &live->sides[live_idle_side(live)]);
  for (guint s = 0; s < 2; s++) g_hash_table_unref(live->sides[s].boards);
  g_hash_table_unref(live->too_large);
  asked_free(live->asked);
  live_people_free(live->people);
  store_close(live->then);
  store_close(live->now);
  query_stat_free(live->stat);
  query_stat_free(live->stat_before);
  pthread_mutex_destroy(&live->entering);
  pthread_mutex_destroy(&live->writing);
  pthread_mutex_destroy(&live->answering);
  pthread_cond_destroy(&live->left);
  g_free(live);
}

/* --- cells --- */

static gsize bytes_of(const LiveSide *side, guint number) {
  gsize bytes = 0;
  GHashTableIter iter;
  gpointer board;
  g_hash_table_iter_init(&iter, side->boards);
  while (g_hash_table_iter_next(&iter, NULL, &board)) bytes += board_bytes(board, number);
  return bytes;
}

static void note_asker(QueryLive *live, Store *store, const BaseStop *stop) {
  pthread_mutex_lock(&live->answering);
  live->asker = stop;
  live->asker_store = store;
  pthread_mutex_unlock(&live->answering);
}

void live_begin_asking(QueryLive *live, QueryContext *context, const BaseStop *stop) {
  if (live->is_changing || stop == NULL) return;
  context->stop = *stop;
  note_asker(live, context->store, stop);
}

void live_end_asking(QueryLive *live) {
  note_asker(live, NULL, NULL);
}

gboolean query_live_interrupt(QueryLive *live, const gint *flag) {
  pthread_mutex_lock(&live->answering);
  gboolean is_theirs = live->asker != NULL && (live->asker->flags[0] == flag || live->asker->flags[1] == flag);
  if (is_theirs) store_interrupt(live->asker_store);
  pthread_mutex_unlock(&live->answering);
  return is_theirs;
}

gboolean live_build(QueryLive *live, const BoardKey *key, const QueryPlan *view, const BaseStop *stop, GError **error) {
  QueryLoad load; /* what cannot be read leaves the cells there are as they are */
  if (!live_take_missed(live, error) || !query_last_load(live->is_changing ? live->then : live->now, &load, error))
    return FALSE;
  live_catch_up(live);
  guint idle = live_idle_side(live);
  LiveSide *side = &live->sides[idle];
  g_autofree char *text = board_key_text(key);
  QueryContext context = live_writer_context(side, live->is_changing ? live->then : live->now);
  Board *board = g_hash_table_lookup(side->boards, text);
  if (board == NULL) {
    board = board_new(&context, key, error);
    if (board == NULL) return FALSE;
    g_hash_table_insert(side->boards, g_strdup(text), board);
    live_publish(live, BEHIND_CELLS);
    return TRUE;
  }
  if (view == NULL) return TRUE;
  gsize others = bytes_of(side, idle) - board_bytes(board, idle);
  live->state.n_builds++;
  live_begin_asking(live, &context, stop);
  gboolean ok = board_extend(board, idle, &context, view, live->max_bytes - MIN(others, live->max_bytes), error);
  live_end_asking(live);
  board_set_building(board, idle, live->state.n_builds);
  if (!ok) g_hash_table_remove(side->boards, text); /* the other side has it still, until it catches up */
  live_publish(live, BEHIND_CELLS);
  return ok;
}

gint64 query_live_load(QueryLive *live) {
  pthread_mutex_lock(&live->writing);
  gint64 load = live->state.load;
  pthread_mutex_unlock(&live->writing);
  return load;
}

QueryLiveState query_live_state(QueryLive *live) {
  pthread_mutex_lock(&live->writing);
  live->state.bytes = bytes_of(&live->sides[live->active], live->active);
  QueryLiveState state = live->state;
  pthread_mutex_unlock(&live->writing);
  return state;
}

gsize query_live_n_cells(QueryLive *live) {
  gsize n = 0;
  GHashTableIter iter;
  gpointer board;
  pthread_mutex_lock(&live->writing);
  g_hash_table_iter_init(&iter, live->sides[live->active].boards);
  while (g_hash_table_iter_next(&iter, NULL, &board)) n += board_n_filled(board, live->active);
  pthread_mutex_unlock(&live->writing);
  return n;
}

gboolean query_live_reopen(QueryLive *live, Store *store, GError **error) {
  pthread_mutex_lock(&live->writing);
  gboolean ok = store_reopen(store, error);
  live->is_changing = FALSE;
  live->written = NULL;
  g_atomic_int_set(&live->is_behind, TRUE);
  pthread_mutex_unlock(&live->writing);
  return ok;
}
