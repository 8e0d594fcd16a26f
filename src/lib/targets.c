/* Where targets stand, from the cells of one commit; and what is said of them. */
#include "answer/target_question.h"
#include "answer/target_say.h"
#include "lib/workspace.h"
#include "target/agree.h"

#include <stdio.h>

/* --- where they stand --- */

static char *json_of(const Session *session, const GArray *standings, const GArray *forecasts, const GPtrArray *targets,
                     const GPtrArray *derived, const GPtrArray *objectives) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  answer_targets_json(out, session, standings, forecasts, targets, derived, objectives, FALSE);
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
  g_autoptr(GPtrArray) derived =
      objectives ? answer_targets_derive(&session, &desk, targets, &asked, chosen, error) : NULL;
  g_autoptr(GArray) standings = derived ? target_standings(&desk, chosen, error) : NULL;
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, error) : NULL;
  return forecasts ? json_of(&session, standings, forecasts, targets, derived, objectives) : NULL;
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

/* --- what is said of them --- */

static gboolean read_act(const AttainTargetSaying *saying, TargetAct *act, GError **error) {
  gboolean known = saying->act && target_act_parse(saying->act, act);
  gboolean is_new = known && (*act == TARGET_ACT_SET || *act == TARGET_ACT_PROPOSE);
  gboolean says = known && (is_new || *act == TARGET_ACT_COUNTER || *act == TARGET_ACT_ADJUST);
  if (!known)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "what is said of a target is set, propose, counter, adjust, accept, decline, withdraw or comment, not "
                "\"%s\"",
                saying->act ? saying->act : "");
  else if (!saying->author || !*saying->author)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "who says it? `author` is their name");
  else if (says != (saying->sentence != NULL))
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s takes %s sentence", saying->act, says ? "a" : "no");
  else if (is_new != (saying->target == 0))
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s takes %s number of a target", saying->act,
                is_new ? "no" : "the");
  else
    return TRUE;
  return FALSE;
}

static char *heard_text(const AnswerHeard *heard) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out);
  answer_heard_json(heard, out);
  fclose(out);
  return text;
}

/* Those of `targets` from `first` on, or only the one there. */
static char *said_text(const GPtrArray *targets, guint first, guint n, TargetAct act) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out);
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "targets");
  for (guint i = first; i < first + n; i++) answer_said_json(json, g_ptr_array_index(targets, i), act);
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  return text;
}

static char *say(const AttainWorkspace *workspace, const AttainTargetSaying *saying, TargetAct act, GError **error) {
  Session session = lib_session(workspace);
  AnswerSaying said = {.sentence = saying->sentence,
                       .who = saying->who,
                       .objective = saying->objective,
                       .spread = saying->spread,
                       .parts = saying->parts,
                       .from = saying->from,
                       .author = saying->author,
                       .reason = saying->reason};
  g_auto(AnswerHeard) heard = {0};
  g_autoptr(GPtrArray) targets = target_read_all(session.store, error);
  if (!targets) return NULL;
  if (saying->target > 0) {
    Target *target = target_find(targets, saying->target, error);
    if (!target || !answer_say_about(&session, &said, act, targets, target, &heard, error)) return NULL;
    guint index;
    g_ptr_array_find(targets, target, &index);
    return said_text(targets, index, 1, act);
  }
  guint before = targets->len;
  if (!answer_hear(&session, &said, NULL, &heard, error)) return NULL;
  if (saying->dry_run) return heard_text(&heard);
  if (!answer_check_heard(&heard, error) || !answer_say_new(&session, &said, &heard, act, targets, error)) return NULL;
  return said_text(targets, before, targets->len - before, act);
}

char *attain_target_say(AttainWorkspace *workspace, const AttainTargetSaying *saying, AttainError *error) {
  GError *cause = NULL;
  TargetAct act;
  if (!read_act(saying, &act, &cause)) {
    lib_fail(error, cause);
    return NULL;
  }
  if (workspace->is_read_only && !saying->dry_run) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace is open to read only");
    return NULL;
  }
  if (!lib_begin_writing(workspace, error)) return NULL;
  lib_mend(workspace);
  char *text = say(workspace, saying, act, &cause);
  lib_end_writing(workspace);
  if (!text) lib_fail(error, cause);
  return text;
}
