/* Scorecards, from the cells of one commit. */
#include "answer/scorecard.h"

#include "answer/scorecard_question.h"
#include "lib/workspace.h"

#include <stdio.h>
#include <stdlib.h>

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
  Session session = lib_session(workspace);
  QueryContext context = answer_context(&session);
  TargetDesk desk = {.context = &context, .ask = lib_ask_cells, .asker = workspace->live};
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
  GError *cause = NULL;
  if (!lib_take_turn(workspace, error)) return NULL;
  char *text = answer(workspace, question ? question : &usual, &cause);
  lib_give_turn(workspace);
  if (!text) lib_fail(error, cause);
  return text;
}
