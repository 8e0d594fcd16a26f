/* Two sides of kept cells that change places.
 *
 * The locks are pthread's own, which ThreadSanitizer knows; GLib's it does not. */
#include "query/live.h"

#include "query/board.h"
#include "query/run.h"
#include "store/reopen.h"

#include <pthread.h>

#define MAX_TRIES 12

/* An answer to be given again. */
typedef struct {
  QueryResult *result;
  guint32 change; /* the last change that is in it */
  guint resets, naming;
  gint64 building;
  GArray *first_days; /* BaseDay: of the facts */
  gboolean whole;     /* a group's numbers may change with other groups' */
} Answer;

typedef struct {
  guint32 change; /* the number of the last that is in it */
  guint resets;
  GHashTable *boards;   /* key -> Board; a board is on both sides but while one of them is behind */
  QueryContext context; /* its store is NULL: readers have none */
  QueryLoad load;
} LiveSide;

/* What the side that is not read lacks. */
typedef enum { BEHIND_NOTHING, BEHIND_CELLS, BEHIND_CHANGES, BEHIND_ALL } Behind;

struct QueryLive {
  pthread_mutex_t entering; /* of `active` and `n_readers` */
  pthread_cond_t left;
  guint active;
  guint n_readers[2];
  LiveSide sides[2];

  pthread_mutex_t answering; /* of what follows; held for a look only, so that nobody waits for who writes */
  GHashTable *answers;       /* text of the question -> Answer */
  GHashTable *too_large;     /* keys of boards that do not fit */
  gsize n_rows_kept;

  pthread_mutex_t writing; /* of all below, and of the side that is not active */
  Store *now, *then;       /* connections; `then` stands still while a change is made */
  gboolean is_changing;
  gint is_behind; /* a change could not be taken in: answers are of before, until all is counted afresh (atomic) */
  Behind behind;
  const StoreWritten *written; /* by the change that is made; or NULL */
  QueryStat *stat, *stat_before;
  guint32 change;
  gsize max_bytes;
  QueryLiveState state;
};

/* --- readers --- */

static guint enter(QueryLive *live) {
  pthread_mutex_lock(&live->entering);
  guint side = live->active;
  live->n_readers[side]++;
  pthread_mutex_unlock(&live->entering);
  return side;
}

static void leave(QueryLive *live, guint side) {
  pthread_mutex_lock(&live->entering);
  if (--live->n_readers[side] == 0) pthread_cond_broadcast(&live->left);
  pthread_mutex_unlock(&live->entering);
}

/* --- answers given before --- */

/* More rows than these are not kept. */
#define MAX_ROWS_KEPT 4000000

static void answer_free(gpointer data) {
  Answer *answer = data;
  query_result_free(answer->result);
  g_array_unref(answer->first_days);
  g_free(answer);
}

static void answer_cleanup(Answer **answer) {
  if (*answer != NULL) answer_free(*answer);
}
#define AUTO_ANSWER __attribute__((cleanup(answer_cleanup)))

static char *question_text(const QueryRequest *request, const char *board) {
  g_autofree char *kpis = g_strjoinv(",", (char **)(gpointer)request->kpis);
  GString *text = g_string_new(board);
  g_string_append_printf(text, "\x1e%s\x1e%s\x1e%d\x1e%d", kpis, request->period != NULL ? request->period : "",
                         request->has_grain ? (int)request->grain : -1, request->compare);
  for (guint i = 0; i < request->n_spans; i++)
    g_string_append_printf(text, "\x1e%d,%d,%s", request->spans[i].start, request->spans[i].end,
                           request->spans[i].name);
  return g_string_free(text, FALSE);
}

/* A holder of the answer's parts; the caller frees with answer_free(). */
static Answer *earlier_answer(QueryLive *live, const char *question) {
  pthread_mutex_lock(&live->answering);
  const Answer *found = g_hash_table_lookup(live->answers, question);
  Answer *answer = found == NULL ? NULL : g_memdup2(found, sizeof *found);
  if (answer != NULL) {
    query_result_hold(answer->result);
    answer->first_days = g_array_copy(answer->first_days);
  }
  pthread_mutex_unlock(&live->answering);
  return answer;
}

static void keep_answer(QueryLive *live, const char *question, Answer *answer) {
  guint n_rows = query_result_n_rows(answer->result);
  pthread_mutex_lock(&live->answering);
  live->n_rows_kept += n_rows;
  if (live->n_rows_kept > MAX_ROWS_KEPT) {
    g_hash_table_remove_all(live->answers);
    live->n_rows_kept = n_rows;
  }
  if (n_rows <= MAX_ROWS_KEPT)
    g_hash_table_replace(live->answers, g_strdup(question), answer);
  else
    answer_free(answer);
  pthread_mutex_unlock(&live->answering);
}

void query_live_forget_answers(QueryLive *live) {
  pthread_mutex_lock(&live->answering);
  g_hash_table_remove_all(live->answers);
  live->n_rows_kept = 0;
  pthread_mutex_unlock(&live->answering);
}

/* --- sides --- */

static guint idle_side(const QueryLive *live) {
  return 1 - live->active;
}

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

static QueryContext writer_context(const LiveSide *side, Store *store) {
  QueryContext context = side->context;
  context.store = store;
  return context;
}

/* Makes the idle side like the active one, once its last reader has left. */
static void catch_up(QueryLive *live) {
  guint idle = idle_side(live);
  LiveSide *side = &live->sides[idle];
  const LiveSide *active = &live->sides[live->active];
  wait_until_left(live, idle);
  if (live->behind == BEHIND_NOTHING) return;
  drop_boards(side, active);
  GHashTableIter iter;
  gpointer key, board;
  QueryContext context = writer_context(active, live->now);
  g_hash_table_iter_init(&iter, active->boards);
  while (g_hash_table_iter_next(&iter, &key, &board)) {
    board_meet(board, &context);
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
  side->resets = active->resets;
  g_clear_pointer(&live->stat_before, query_stat_free);
  live->behind = BEHIND_NOTHING;
}

static void publish(QueryLive *live, Behind behind) {
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
  live->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
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
  drop_boards(&live->sides[idle_side(live)], &live->sides[live->active]);
  g_hash_table_remove_all(live->sides[idle_side(live)].boards);
  drop_boards(&live->sides[live->active], &live->sides[idle_side(live)]);
  for (guint s = 0; s < 2; s++) g_hash_table_unref(live->sides[s].boards);
  g_hash_table_unref(live->too_large);
  store_close(live->then);
  store_close(live->now);
  query_stat_free(live->stat);
  query_stat_free(live->stat_before);
  pthread_mutex_destroy(&live->entering);
  pthread_mutex_destroy(&live->writing);
  pthread_mutex_destroy(&live->answering);
  g_hash_table_unref(live->answers);
  pthread_cond_destroy(&live->left);
  g_free(live);
}

/* --- asking --- */

static gboolean take_missed(QueryLive *live, GError **error);

typedef enum { ANSWERED, LACKS_CELLS, IS_OUTSIDE, FAILED } Outcome;

/* What an answer is read by, to see whether parts of an earlier one hold still. */
typedef struct {
  const Board *board;
  guint side;
  guint32 change; /* the last in the earlier answer */
} Since;

static gboolean has_changed(gconstpointer data, guint n_members, const gint64 *ids) {
  const Since *since = data;
  return board_has_changed(since->board, since->side, n_members, ids, since->change);
}

static GArray *first_days_of(const Evaluator *evaluator) {
  guint n;
  const BaseDay *days = evaluator_first_days(evaluator, &n);
  GArray *copy = g_array_new(FALSE, FALSE, sizeof(BaseDay));
  g_array_append_vals(copy, days, n);
  return copy;
}

static gboolean same_days(const GArray *a, const GArray *b) {
  return a->len == b->len && memcmp(a->data, b->data, a->len * sizeof(BaseDay)) == 0;
}

/* Whether groups of an earlier answer may stand beside new ones. */
static gboolean can_take_over(const Answer *earlier, const LiveSide *side, const Board *board, guint number,
                              const GArray *first_days) {
  return earlier != NULL && !earlier->whole && earlier->resets == side->resets &&
         earlier->building == board_building(board, number) && earlier->naming == board_naming(board, number) &&
         same_days(earlier->first_days, first_days);
}

/* Answers from a board of a side; where cells are missing, `view` says which. */
static Outcome answer(Board *board, const LiveSide *side_of, guint side, QueryRun *run, const Answer *earlier,
                      Answer **made, GError **error) {
  const Dim *dims = board_dims(board, &run->n_dims);
  for (guint d = 0; d < run->n_dims; d++) {
    run->dims[d] = dims[d];
    g_ptr_array_add(run->result->dims, (gpointer)dims[d].name);
  }
  if (!query_run_read(run, error)) return FAILED;
  run->plan = board_view(board, side, run->context);
  run->evaluator = evaluator_new(run->plan);
  if (board_levels(board, side) != NULL) evaluator_borrow(run->evaluator, board_levels(board, side));
  query_run_collect(run);
  gboolean outside;
  if (!board_attach(board, side, run->plan, &outside)) return outside ? IS_OUTSIDE : LACKS_CELLS;
  g_autoptr(GArray) first_days = first_days_of(run->evaluator);
  Since since = {board, side, earlier != NULL ? earlier->change : 0};
  if (can_take_over(earlier, side_of, board, side, first_days)) {
    run->earlier = earlier->result;
    run->has_changed = has_changed;
    run->board = &since;
  }
  if (!query_run_answer(run, error)) return FAILED;
  Answer answer = {.result = run->result,
                   .change = side_of->change,
                   .resets = side_of->resets,
                   .naming = board_naming(board, side),
                   .building = board_building(board, side),
                   .first_days = g_steal_pointer(&first_days),
                   .whole = query_run_reads_whole(run)};
  *made = g_memdup2(&answer, sizeof answer);
  return ANSWERED;
}

static gsize bytes_of(const LiveSide *side, guint number) {
  gsize bytes = 0;
  GHashTableIter iter;
  gpointer board;
  g_hash_table_iter_init(&iter, side->boards);
  while (g_hash_table_iter_next(&iter, NULL, &board)) bytes += board_bytes(board, number);
  return bytes;
}

/* A new board, or more cells in one, on the idle side. `view`: what is lacking; NULL = a board. */
static gboolean build(QueryLive *live, const BoardKey *key, const QueryPlan *view, GError **error) {
  QueryLoad load; /* what cannot be read leaves the cells there are as they are */
  if (!take_missed(live, error) || !query_last_load(live->is_changing ? live->then : live->now, &load, error))
    return FALSE;
  catch_up(live);
  guint idle = idle_side(live);
  LiveSide *side = &live->sides[idle];
  g_autofree char *text = board_key_text(key);
  QueryContext context = writer_context(side, live->is_changing ? live->then : live->now);
  Board *board = g_hash_table_lookup(side->boards, text);
  if (board == NULL) {
    board = board_new(&context, key, error);
    if (board == NULL) return FALSE;
    g_hash_table_insert(side->boards, g_strdup(text), board);
    publish(live, BEHIND_CELLS);
    return TRUE;
  }
  if (view == NULL) return TRUE;
  gsize others = bytes_of(side, idle) - board_bytes(board, idle);
  live->state.n_builds++;
  gboolean ok = board_extend(board, idle, &context, view, live->max_bytes - MIN(others, live->max_bytes), error);
  board_set_building(board, idle, live->state.n_builds);
  if (!ok) g_hash_table_remove(side->boards, text); /* the other side has it still, until it catches up */
  publish(live, BEHIND_CELLS);
  return ok;
}

static QueryResult *ask_records(QueryLive *live, const QueryRequest *request, const char *why, GError **error) {
  pthread_mutex_lock(&live->writing);
  gboolean ok = take_missed(live, error);
  QueryContext context = writer_context(&live->sides[live->active], live->is_changing ? live->then : live->now);
  QueryResult *result = ok ? query_run(&context, request, error) : NULL;
  if (result != NULL) {
    query_result_note(result, why);
    result->load = live->sides[live->active].load;
  }
  pthread_mutex_unlock(&live->writing);
  return result;
}

static gboolean is_too_large(QueryLive *live, const char *key) {
  pthread_mutex_lock(&live->answering);
  gboolean is = g_hash_table_contains(live->too_large, key);
  pthread_mutex_unlock(&live->answering);
  return is;
}

static void note_too_large(QueryLive *live, const char *key) {
  pthread_mutex_lock(&live->answering);
  g_hash_table_add(live->too_large, g_strdup(key));
  pthread_mutex_unlock(&live->answering);
}

/* Makes what a question lacks. FALSE with the reason in `why`: it is to be answered from the records. */
static gboolean make(QueryLive *live, const BoardKey *key, const char *text, const QueryPlan *view, char **why,
                     GError **error) {
  g_autoptr(GError) cause = NULL;
  pthread_mutex_lock(&live->writing);
  gboolean ok = build(live, key, view, &cause);
  if (!ok && g_error_matches(cause, BASE_ERROR, BASE_ERROR_LIMIT)) {
    note_too_large(live, text);
    *why = g_strdup_printf("answered from the records: %s", cause->message);
  } else if (!ok) {
    g_propagate_error(error, g_steal_pointer(&cause));
  }
  pthread_mutex_unlock(&live->writing);
  return ok;
}

static QueryResult *ask_cells(QueryLive *live, const QueryRequest *request, const BoardKey *key, const char *text,
                              char **why, GError **error) {
  g_autofree char *question = question_text(request, text);
  for (guint try = 0; try < MAX_TRIES; try++) {
    Answer *earlier AUTO_ANSWER = earlier_answer(live, question), *made = NULL;
    guint number = enter(live);
    const LiveSide *side = &live->sides[number];
    if (earlier != NULL && earlier->change == side->change && earlier->resets == side->resets) {
      leave(live, number);
      return query_result_hold(earlier->result);
    }
    g_autoptr(QueryResult) result = query_result_new();
    QueryRun run = {.context = &side->context, .request = request, .result = result};
    Board *board = g_hash_table_lookup(side->boards, text);
    Outcome outcome = board == NULL ? LACKS_CELLS : answer(board, side, number, &run, earlier, &made, error);
    result->load = side->load;
    result->from_cells = TRUE;
    result->now_us = side->context.now_us;
    g_autoptr(QueryPlan) view = outcome == LACKS_CELLS ? g_steal_pointer(&run.plan) : NULL;
    query_run_clear(&run);
    leave(live, number);
    if (outcome == FAILED) return NULL;
    if (outcome == ANSWERED) {
      query_result_finish(result);
      query_result_index(result);
      query_result_hold(result);
      keep_answer(live, question, made);
      return g_steal_pointer(&result);
    }
    if (outcome == IS_OUTSIDE) {
      *why = g_strdup("answered from the records: the days asked lie far from those of the records");
      return NULL;
    }
    if (!make(live, key, text, view, why, error)) return NULL;
  }
  *why = g_strdup("answered from the records: the ledger changes faster than its cells can be counted");
  return NULL;
}

QueryResult *query_live_ask(QueryLive *live, const QueryRequest *request, GError **error) {
  BoardKey key = {request->by, request->where, request->credit_now, request->rates_of};
  g_autofree char *text = board_key_text(&key);
  g_autofree char *why = NULL;
  if (g_atomic_int_get(&live->is_behind) && pthread_mutex_trylock(&live->writing) == 0) {
    take_missed(live, NULL); /* if it cannot be done, what was known before is the answer */
    pthread_mutex_unlock(&live->writing);
  }
  if (is_too_large(live, text)) {
    why = g_strdup("answered from the records: its cells take more memory than " QUERY_LIVE_CAP " leaves");
  } else {
    QueryResult *result = ask_cells(live, request, &key, text, &why, error);
    if (result != NULL || why == NULL) return result;
  }
  return ask_records(live, request, why, error);
}

/* --- following --- */

/* A transaction begins to stand still when it first reads. */
static gboolean stand_still(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query_kept(store, "SELECT load FROM load LIMIT 1", NULL, 0, 1, error);
  return rows != NULL;
}

gboolean query_live_before(QueryLive *live, GError **error) {
  pthread_mutex_lock(&live->writing);
  live->written = NULL;
  gboolean ok = take_missed(live, error) && (live->is_changing || store_begin(live->then, error));
  if (ok && !live->is_changing) ok = stand_still(live->then, error);
  if (!ok) store_rollback(live->then);
  live->is_changing = ok;
  pthread_mutex_unlock(&live->writing);
  return ok;
}

/* Everything is counted afresh when it is next asked. */
static void reset(QueryLive *live) {
  LiveSide *side = &live->sides[idle_side(live)];
  g_hash_table_remove_all(side->boards);
  pthread_mutex_lock(&live->answering);
  g_hash_table_remove_all(live->too_large);
  pthread_mutex_unlock(&live->answering);
  side->resets++;
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
  guint idle = idle_side(live);
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

static gboolean move_on(QueryLive *live, gint64 now_us, GError **error) {
  catch_up(live);
  live->change++;
  LiveSide *side = &live->sides[idle_side(live)];
  gint64 load_before = side->load.number;
  QueryLoad load = {0};
  QueryContext before = writer_context(side, live->then), after = before;
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
  if (all) reset(live);
  live->stat_before = live->stat;
  live->stat = g_steal_pointer(&stat);
  side->context = after;
  side->context.store = NULL;
  side->load = load;
  live->state.load = load.number;
  side->change = live->change;
  publish(live, all ? BEHIND_ALL : BEHIND_CHANGES);
  return TRUE;
}

static gboolean take(QueryLive *live, gint64 now_us, GError **error) {
  gboolean ok = store_begin(live->now, error) && move_on(live, now_us, error);
  store_rollback(live->now);
  g_atomic_int_set(&live->is_behind, !ok);
  return ok;
}

/* Until it is done nothing is counted, for cells would be of two commits. None is missed while one is made. */
static gboolean take_missed(QueryLive *live, GError **error) {
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
