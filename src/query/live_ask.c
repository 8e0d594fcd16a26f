/* Asking kept cells. Readers take no lock but for a look: they enter the side that is active, read, and leave.
 *
 *   question ─► answer kept, of the last change? ──────────────────────────────► it
 *                    │ no
 *               binding kept? ─no─► bind ─► cells missing? ─yes─► make them ─► again
 *                    │                         │ no
 *                    └─────────────────────────┴─► groups that changed are read, the others taken over ─► kept */
#include "query/live_private.h"

#include <time.h>

#define MAX_TRIES 12
#define LOOK_NS   5000000 /* between two looks whether who waits is stopped */

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

/* What is asked, beside which records and how they are credited. */
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

/* Of whatever records. */
static char *binding_text(const QueryRequest *request) {
  BoardKey key = {.by = request->by, .credit_now = request->credit_now, .rates_of = request->rates_of};
  g_autofree char *board = board_key_text(&key);
  return question_text(request, board);
}

/* A question while it is answered. */
typedef struct {
  QueryLive *live;
  const QuerySight *sight;
  const QueryRequest *request;
  char *text; /* of it, and of the records that it is about */
  const BaseStop *stop;
} Asking;

/* The binding that was made before, or one that is made now. */
static BindingOutcome bind(const Asking *asking, const BindingCells *cells, QueryBinding **binding, QueryPlan **lacking,
                           GError **error) {
  AskedBefore *asked = asking->live->asked;
  g_autofree char *text = binding_text(asking->request);
  g_autoptr(QueryBinding) before = asked_binding(asked, text, board_layout(cells->board, cells->side));
  if (before != NULL && query_binding_holds(before, cells->context)) {
    *binding = g_steal_pointer(&before);
    return BINDING_MADE;
  }
  BindingOutcome outcome = query_binding_make(cells, asking->request, binding, lacking, error);
  if (outcome == BINDING_MADE && query_binding_can_be_shared(*binding)) asked_keep_binding(asked, text, *binding);
  return outcome;
}

/* The same, where the way suits what is read. */
static BindingOutcome bind_way(const Asking *asking, const LiveWay *way, const BindingCells *cells,
                               QueryBinding **binding, QueryPlan **lacking, GError **error) {
  BindingOutcome outcome = bind(asking, cells, binding, lacking, error);
  if (outcome == BINDING_LACKS_CELLS && !live_way_suits(way, cells->context, (*lacking)->uses))
    return BINDING_IS_UNSUITED;
  if (outcome != BINDING_MADE || !way->is_limited) return outcome;
  gboolean suits = live_way_suits(way, cells->context, query_binding_uses(*binding));
  return suits && !query_binding_mixes_whole(*binding) ? BINDING_MADE : BINDING_IS_UNSUITED;
}

/* Whether groups of an earlier answer may stand beside new ones. */
static gboolean can_take_over(const AskedAnswer *earlier, const AskedAnswer *now) {
  return earlier != NULL && !earlier->reads_whole && earlier->organisation == now->organisation &&
         earlier->building == now->building && earlier->naming == now->naming &&
         earlier->n_first_days == now->n_first_days &&
         memcmp(earlier->first_days, now->first_days, now->n_first_days * sizeof(BaseDay)) == 0;
}

/* What an answer from a board will rest on. */
static AskedAnswer *answer_on(const Board *board, const LiveSide *side, guint number, const QueryBinding *binding) {
  guint n;
  const BaseDay *days = evaluator_first_days(board_levels(board, number), &n);
  AskedAnswer *answer = asked_answer_new(n, days);
  answer->change = side->change;
  answer->organisation = side->organisation;
  answer->naming = board_naming(board, number);
  answer->building = board_building(board, number);
  answer->reads_whole = query_binding_reads_whole(binding);
  return answer;
}

/* Answers from a side; where it lacks cells, `lacking` says which, or is NULL for all of a board. */
static BindingOutcome answer(const Asking *asking, const LiveWay *way, guint number, const AskedAnswer *earlier,
                             AskedAnswer **made, QueryPlan **lacking, GError **error) {
  const LiveSide *side = &asking->live->sides[number];
  const Board *board = g_hash_table_lookup(side->boards, way->text);
  if (board == NULL) return BINDING_LACKS_CELLS;
  BindingCells cells = {board,         number,      &side->context, way->is_limited ? &way->limit : NULL,
                        asking->sight, asking->stop};
  g_autoptr(QueryBinding) binding = NULL;
  BindingOutcome outcome = bind_way(asking, way, &cells, &binding, lacking, error);
  if (outcome != BINDING_MADE) return outcome;
  g_autoptr(AskedAnswer) now = answer_on(board, side, number, binding);
  BindingEarlier taken = {NULL, 0};
  if (can_take_over(earlier, now)) taken = (BindingEarlier){earlier->result, earlier->change};
  now->result = query_binding_read(binding, &cells, asking->request, taken, error);
  if (now->result == NULL) return BINDING_FAILED;
  now->result->load = side->load;
  now->result->from_cells = TRUE;
  now->result->now_us = side->context.now_us;
  *made = g_steal_pointer(&now);
  return BINDING_MADE;
}

/* Waits for `writing`, as long as it is waited for. Errors: CANCELLED. */
static gboolean take_writing(QueryLive *live, const BaseStop *stop, GError **error) {
  for (;;) {
    if (!base_check_goes_on(stop, error)) return FALSE;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (pthread_mutex_timedlock(&live->writing, &until) == 0) return TRUE;
  }
}

static QueryResult *ask_records(const Asking *asking, const char *why, GError **error) {
  QueryLive *live = asking->live;
  if (!take_writing(live, asking->stop, error)) return NULL;
  gboolean ok = live_take_missed(live, error);
  QueryContext context = live_writer_context(&live->sides[live->active], live->is_changing ? live->then : live->now);
  context.sight = asking->sight;
  live_begin_asking(live, &context, asking->stop);
  QueryResult *result = ok ? query_run(&context, asking->request, error) : NULL;
  live_end_asking(live);
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
static gboolean make(const Asking *asking, const LiveWay *way, const QueryPlan *view, char **why, GError **error) {
  QueryLive *live = asking->live;
  g_autoptr(GError) cause = NULL;
  if (!take_writing(live, asking->stop, error)) return FALSE;
  gboolean ok = live_build(live, &way->key, view, asking->stop, &cause);
  if (!ok && g_error_matches(cause, BASE_ERROR, BASE_ERROR_LIMIT)) {
    note_too_large(live, way->text);
    *why = g_strdup_printf("answered from the records: %s", cause->message);
  } else if (!ok) {
    g_propagate_error(error, g_steal_pointer(&cause));
  }
  pthread_mutex_unlock(&live->writing);
  return ok;
}

/* An answer given before that is still of the last change; or NULL. */
static QueryResult *answered(const Asking *asking) {
  g_autoptr(AskedAnswer) earlier = asked_answer(asking->live->asked, asking->text);
  if (earlier == NULL) return NULL;
  guint number = enter(asking->live);
  const LiveSide *side = &asking->live->sides[number];
  gboolean is_same = earlier->change == side->change && earlier->organisation == side->organisation;
  leave(asking->live, number);
  return is_same ? query_result_hold(earlier->result) : NULL;
}

static guint organisation_of(QueryLive *live) {
  guint number = enter(live), organisation = live->sides[number].organisation;
  leave(live, number);
  return organisation;
}

static QueryResult *keep(const Asking *asking, AskedAnswer *made) {
  query_result_finish(made->result);
  QueryResult *result = query_result_hold(made->result);
  asked_keep_answer(asking->live->asked, asking->text, made);
  return result;
}

/* NULL without an error: it cannot be answered so, and `why`; without that, another way is to be looked for. */
static QueryResult *ask_way(const Asking *asking, const LiveWay *way, gboolean *is_unsuited, char **why,
                            GError **error) {
  QueryLive *live = asking->live;
  for (guint try = 0; try < MAX_TRIES; try++) {
    QueryResult *before = answered(asking);
    if (before != NULL) return before;
    g_autoptr(AskedAnswer) earlier = asked_answer(live->asked, asking->text);
    g_autoptr(QueryPlan) lacking = NULL;
    AskedAnswer *made = NULL;
    guint number = enter(live);
    gboolean is_gone = way->is_limited && way->organisation != live->sides[number].organisation;
    BindingOutcome outcome = is_gone ? BINDING_FAILED : answer(asking, way, number, earlier, &made, &lacking, error);
    leave(live, number);
    *is_unsuited = outcome == BINDING_IS_UNSUITED;
    if (outcome == BINDING_MADE) return keep(asking, made);
    if (outcome == BINDING_FAILED || *is_unsuited) return NULL;
    if (outcome == BINDING_IS_OUTSIDE) {
      *why = g_strdup("answered from the records: the days asked lie far from those of the records");
      return NULL;
    }
    if (!make(asking, way, lacking, why, error)) return NULL;
  }
  *why = g_strdup("answered from the records: the ledger changes faster than its cells can be counted");
  return NULL;
}

/* From the cells of all members, where the question is about one of them. NULL without an error: it is not, or they
 * are no help. `error` must not be NULL. */
static QueryResult *ask_limited(const Asking *asking, GError **error) {
  QueryLive *live = asking->live;
  for (guint try = 0; try < MAX_TRIES; try++) {
    g_auto(LiveWay) way = {0};
    g_autofree char *why = NULL;
    gboolean is_unsuited = FALSE;
    if (!live_limit(live, asking->sight, asking->request, organisation_of(live), &way) || is_too_large(live, way.text))
      return NULL;
    QueryResult *result = ask_way(asking, &way, &is_unsuited, &why, error);
    if (result != NULL || *error != NULL || why != NULL || is_unsuited) return result;
  }
  return NULL;
}

/* From a board of its own, or the records. */
static QueryResult *ask_whole(const Asking *asking, const BoardKey *key, char *text, GError **error) {
  LiveWay way = {.key = *key, .text = text};
  g_autofree char *why = NULL;
  gboolean is_unsuited;
  if (is_too_large(asking->live, text)) {
    why = g_strdup("answered from the records: its cells take more memory than " QUERY_LIVE_CAP " leaves");
  } else {
    QueryResult *result = ask_way(asking, &way, &is_unsuited, &why, error);
    if (result != NULL || why == NULL) return result;
  }
  return ask_records(asking, why, error);
}

QueryResult *query_live_ask(QueryLive *live, const QuerySight *sight, const QueryRequest *request, GError **error) {
  return query_live_ask_until(live, sight, request, NULL, error);
}

QueryResult *query_live_ask_until(QueryLive *live, const QuerySight *sight, const QueryRequest *request,
                                  const BaseStop *stop, GError **error) {
  BoardKey key = {request->by, request->where, request->credit_now, request->rates_of, sight};
  g_autofree char *text = board_key_text(&key);
  g_autofree char *question = question_text(request, text);
  const Asking asking = {live, sight, request, question, stop};
  if (g_atomic_int_get(&live->is_behind) && pthread_mutex_trylock(&live->writing) == 0) {
    live_take_missed(live, NULL); /* if it cannot be done, what was known before is the answer */
    pthread_mutex_unlock(&live->writing);
  }
  QueryResult *result = answered(&asking);
  if (result != NULL) return result;
  GError *cause = NULL;
  result = ask_limited(&asking, &cause);
  if (result != NULL) return result;
  if (cause == NULL) return ask_whole(&asking, &key, text, error);
  g_propagate_error(error, cause);
  return NULL;
}

void query_live_forget_answers(QueryLive *live) {
  asked_forget_answers(live->asked);
}

void query_live_forget_questions(QueryLive *live) {
  asked_forget_answers(live->asked);
  asked_forget_bindings(live->asked);
}
