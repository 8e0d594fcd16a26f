/* Where targets stand, from the cells of one commit. */
#include "answer/target_question.h"
#include "lib/workspace.h"

#include <stdio.h>

static char *json_of(const Session *session, const GArray *standings, const GArray *forecasts, const GPtrArray *targets,
                     const GPtrArray *objectives) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  answer_targets_json(out, session, standings, forecasts, targets, objectives, FALSE);
  fclose(out);
  return text;
}

static char *answer(const AttainWorkspace *workspace, const AttainTargetsWanted *wanted, GError **error) {
  Session session = lib_session(workspace);
  QueryContext context = answer_context(&session);
  TargetDesk desk = {.context = &context, .ask = lib_ask_cells, .asker = workspace->live};
  AnswerTargetsWanted asked = {.who = wanted->who, .kpi = wanted->kpi, .all = wanted->all};
  g_autoptr(GPtrArray) targets = target_read_all(session.store, error);
  g_autoptr(GPtrArray) chosen = targets ? answer_targets_choose(&session, targets, &asked, error) : NULL;
  g_autoptr(GPtrArray) objectives = chosen ? target_read_objectives(session.store, error) : NULL;
  g_autoptr(GArray) standings = objectives ? target_standings(&desk, chosen, error) : NULL;
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, error) : NULL;
  return forecasts ? json_of(&session, standings, forecasts, targets, objectives) : NULL;
}

char *attain_targets(AttainWorkspace *workspace, const AttainTargetsWanted *wanted, AttainError *error) {
  static const AttainTargetsWanted usual = {0};
  GError *cause = NULL;
  if (!lib_take_turn(workspace, error)) return NULL;
  char *text = answer(workspace, wanted ? wanted : &usual, &cause);
  lib_give_turn(workspace);
  if (!text) lib_fail(error, cause);
  return text;
}
