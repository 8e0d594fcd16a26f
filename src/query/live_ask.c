/* Asking kept cells. Readers take no lock but for a look: they enter the side that is active, read, and leave.
 *
 *   question ─► answer kept, of the last change? ──────────────────────────────► it
 *                    │ no
 *               binding kept? ─no─► bind ─► cells missing? ─yes─► make them ─► again
 *                    │                         │ no
 *                    └─────────────────────────┴─► groups that changed are read, the others taken over ─► kept */
#include "query/live_private.h"

#define MAX_TRIES 12

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

/* The binding that was made before, or one that is made now. */
static BindingOutcome bind(QueryLive *live, const Board *board, guint side, const QueryRequest *request,
                           QueryBinding **binding, QueryPlan **lacking, GError **error) {
  const QueryContext *context = &live->sides[side].context;
  g_autofree char *text = binding_text(request);
  g_autoptr(QueryBinding) before = asked_binding(live->asked, text, board_layout(board, side));
  if (before != NULL && query_binding_holds(before, context)) {
    *binding = g_steal_pointer(&before);
    return BINDING_MADE;
  }
  BindingOutcome outcome = query_binding_make(board, side, context, request, binding, lacking, error);
  if (outcome == BINDING_MADE && query_binding_can_be_shared(*binding)) asked_keep_binding(live->asked, text, *binding);
  return outcome;
}

/* Whether groups of an earlier answer may stand beside new ones. */
static gboolean can_take_over(const AskedAnswer *earlier, const AskedAnswer *now) {
  return earlier != NULL && !earlier->reads_whole && earlier->resets == now->resets &&
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
  answer->resets = side->resets;
  answer->naming = board_naming(board, number);
  answer->building = board_building(board, number);
  answer->reads_whole = query_binding_reads_whole(binding);
  return answer;
}

/* Answers from a side; where it lacks cells, `lacking` says which, or is NULL for all of a board. */
static BindingOutcome answer(QueryLive *live, guint number, const QueryRequest *request, const char *text,
                             const AskedAnswer *earlier, AskedAnswer **made, QueryPlan **lacking, GError **error) {
  const LiveSide *side = &live->sides[number];
  const Board *board = g_hash_table_lookup(side->boards, text);
  if (board == NULL) return BINDING_LACKS_CELLS;
  g_autoptr(QueryBinding) binding = NULL;
  BindingOutcome outcome = bind(live, board, number, request, &binding, lacking, error);
  if (outcome != BINDING_MADE) return outcome;
  g_autoptr(AskedAnswer) now = answer_on(board, side, number, binding);
  BindingEarlier taken = {NULL, 0};
  if (can_take_over(earlier, now)) taken = (BindingEarlier){earlier->result, earlier->change};
  now->result = query_binding_read(binding, board, number, &side->context, request, taken, error);
  if (now->result == NULL) return BINDING_FAILED;
  now->result->load = side->load;
  now->result->from_cells = TRUE;
  now->result->now_us = side->context.now_us;
  *made = g_steal_pointer(&now);
  return BINDING_MADE;
}

static QueryResult *ask_records(QueryLive *live, const QuerySight *sight, const QueryRequest *request, const char *why,
                                GError **error) {
  pthread_mutex_lock(&live->writing);
  gboolean ok = live_take_missed(live, error);
  QueryContext context = live_writer_context(&live->sides[live->active], live->is_changing ? live->then : live->now);
  context.sight = sight;
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
  gboolean ok = live_build(live, key, view, &cause);
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
    g_autoptr(AskedAnswer) earlier = asked_answer(live->asked, question);
    g_autoptr(QueryPlan) lacking = NULL;
    AskedAnswer *made = NULL;
    guint number = enter(live);
    const LiveSide *side = &live->sides[number];
    gboolean is_same = earlier != NULL && earlier->change == side->change && earlier->resets == side->resets;
    BindingOutcome outcome =
        is_same ? BINDING_MADE : answer(live, number, request, text, earlier, &made, &lacking, error);
    leave(live, number);
    if (is_same) return query_result_hold(earlier->result);
    if (outcome == BINDING_FAILED) return NULL;
    if (outcome == BINDING_MADE) {
      query_result_finish(made->result);
      QueryResult *result = query_result_hold(made->result);
      asked_keep_answer(live->asked, question, made);
      return result;
    }
    if (outcome == BINDING_IS_OUTSIDE) {
      *why = g_strdup("answered from the records: the days asked lie far from those of the records");
      return NULL;
    }
    if (!make(live, key, text, lacking, why, error)) return NULL;
  }
  *why = g_strdup("answered from the records: the ledger changes faster than its cells can be counted");
  return NULL;
}

QueryResult *query_live_ask(QueryLive *live, const QuerySight *sight, const QueryRequest *request, GError **error) {
  BoardKey key = {request->by, request->where, request->credit_now, request->rates_of, sight};
  g_autofree char *text = board_key_text(&key);
  g_autofree char *why = NULL;
  if (g_atomic_int_get(&live->is_behind) && pthread_mutex_trylock(&live->writing) == 0) {
    live_take_missed(live, NULL); /* if it cannot be done, what was known before is the answer */
    pthread_mutex_unlock(&live->writing);
  }
  if (is_too_large(live, text)) {
    why = g_strdup("answered from the records: its cells take more memory than " QUERY_LIVE_CAP " leaves");
  } else {
    QueryResult *result = ask_cells(live, request, &key, text, &why, error);
    if (result != NULL || why == NULL) return result;
  }
  return ask_records(live, sight, request, why, error);
}

void query_live_forget_answers(QueryLive *live) {
  asked_forget_answers(live->asked);
}

void query_live_forget_questions(QueryLive *live) {
  asked_forget_answers(live->asked);
  asked_forget_bindings(live->asked);
}
