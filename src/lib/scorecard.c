/* Scorecards, from the cells of one commit. Targets and who there is are read from the database, which is the writer's:
 * so its turn is waited for, and held until all is answered. In a callback the thread has it already. */
#include "answer/scorecard.h"

#include "answer/scorecard_question.h"
#include "lib/workspace.h"

#include <stdio.h>
#include <stdlib.h>

static QueryResult *ask_cells(gpointer asker, const QueryRequest *request, GError **error) {
  return query_live_ask(asker, request, error);
}

/* The workspace as the answers see it: at the clock of the last commit. */
static Session session_at(const AttainWorkspace *workspace) {
  Session session = *workspace->session;
  session.now_us = __atomic_load_n(&workspace->moved_us, __ATOMIC_ACQUIRE);
  session.today = calendar_day_of(session.calendar, session.now_us);
  return session;
}

static char *json_of(const Session *session, const Scorecard *scorecard, const char *role) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  g_auto(ShownScorecard) shown = {0};
  shown_scorecard_init(&shown, session, scorecard, role);
  scorecard_json(&shown, out);
  fclose(out);
  return text;
}

static char *answer(const AttainWorkspace *workspace, const AttainScorecardQuestion *question, GError **error) {
  Session session = session_at(workspace);
  QueryContext context = answer_context(&session);
  TargetDesk desk = {.context = &context, .ask = ask_cells, .asker = workspace->live};
  ScorecardQuestion asked = {.who = question->who,
                             .role = question->role,
                             .kpis = question->kpis,
                             .by = question->by,
                             .weights = question->weights,
                             .period = question->period,
                             .n_trend = question->n_trend};
  const char *role = NULL;
  g_autoptr(GPtrArray) targets = target_read_all(session.store, error);
  g_autoptr(Scorecard) scorecard = targets ? scorecard_ask(&session, &desk, targets, &asked, &role, error) : NULL;
  return scorecard ? json_of(&session, scorecard, role) : NULL;
}

char *attain_scorecard(AttainWorkspace *workspace, const AttainScorecardQuestion *question, AttainError *error) {
  static const AttainScorecardQuestion usual = {0};
  gboolean has_turn = g_atomic_pointer_get(&workspace->writer) == g_thread_self();
  GError *cause = NULL;
  if (!has_turn) lib_follow_clock(workspace);
  if (!has_turn && !lib_begin_writing(workspace, error)) return NULL;
  if (!has_turn) lib_mend(workspace);
  char *text = answer(workspace, question ? question : &usual, &cause);
  if (!has_turn) lib_end_writing(workspace);
  if (!text) lib_fail(error, cause);
  return text;
}
