/* Where targets stand, from the cells of one commit; and what is said of them. */
#include "answer/target_question.h"
#include "answer/target_say.h"
#include "lib/concern.h"
#include "target/agree.h"

/* --- where they stand --- */

/* One with all that was said of it. */
static gboolean answer_one(AttainWorkspace *workspace, const Session *session, const TargetDesk *desk, gint64 number,
                           FILE *out, GError **error) {
  g_autoptr(GPtrArray) targets = lib_read_targets(workspace, error), one = g_ptr_array_new();
  Target *target = targets ? target_find(targets, number, error) : NULL;
  g_autoptr(GPtrArray) objectives = target ? target_read_objectives(session->store, error) : NULL;
  if (!objectives) return FALSE;
  g_ptr_array_add(one, target);
  g_autoptr(GArray) standings = target_standings(desk, one, error);
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(desk, standings, error) : NULL;
  if (forecasts) answer_targets_json(out, session, standings, forecasts, targets, NULL, objectives, TRUE);
  return forecasts != NULL;
}

/* Sums of the members' targets are for those who see all of the members: others would take a part for the whole, and
 * be told who is not in it. */
static GPtrArray *derive(const AttainWorkspace *workspace, const Session *session, const TargetDesk *desk,
                         GPtrArray *targets, const AnswerTargetsWanted *asked, GPtrArray *chosen, GError **error) {
  if (!lib_sees_all(workspace)) return g_ptr_array_new();
  return answer_targets_derive(session, desk, targets, asked, chosen, error);
}

static gboolean answer(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out,
                       GError **error) {
  const AttainTargetsWanted *wanted = what;
  QueryContext context = answer_context(session);
  TargetDesk desk = {.context = &context, .ask = lib_ask_cells, .asker = workspace};
  if (wanted->target > 0) return answer_one(workspace, session, &desk, wanted->target, out, error);
  AnswerTargetsWanted asked = {.who = wanted->who, .kpi = wanted->kpi, .all = wanted->all};
  g_autoptr(GPtrArray) targets = lib_read_targets(workspace, error);
  g_autoptr(GPtrArray) chosen = targets ? answer_targets_choose(session, targets, &asked, error) : NULL;
  g_autoptr(GPtrArray) objectives = chosen ? target_read_objectives(session->store, error) : NULL;
  g_autoptr(GPtrArray) derived = objectives ? derive(workspace, session, &desk, targets, &asked, chosen, error) : NULL;
  g_autoptr(GArray) standings = derived ? target_standings(&desk, chosen, error) : NULL;
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, error) : NULL;
  if (forecasts) answer_targets_json(out, session, standings, forecasts, targets, derived, objectives, FALSE);
  return forecasts != NULL;
}

char *attain_targets(AttainWorkspace *workspace, const AttainTargetsWanted *wanted, AttainError *error) {
  static const AttainTargetsWanted usual = {0};
  return lib_answer(workspace, "targets", answer, wanted ? wanted : &usual, error);
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

/* Those of `targets` from `first` on, `n` of them. */
static void write_said(const GPtrArray *targets, guint first, guint n, TargetAct act, FILE *out) {
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "targets");
  for (guint i = first; i < first + n; i++) answer_said_json(json, g_ptr_array_index(targets, i), act);
  cli_json_end_array(json);
  cli_json_end_object(json);
  cli_json_free(json);
}

/* Of the target as it is, and as it would be. */
static gboolean may_say_about(AttainWorkspace *workspace, const Session *session, const AnswerSaying *said,
                              TargetAct act, const Target *target, GError **error) {
  const TargetTerms *terms = &target_latest(target)->terms;
  g_auto(AnswerHeard) heard = {0};
  if (lib_sees_all(workspace)) return TRUE;
  if (!lib_may_say(workspace, act, terms, target, error)) return FALSE;
  if (!said->sentence) return TRUE;
  return answer_hear(session, said, terms, &heard, error) &&
         lib_may_say(workspace, act, &heard.sentence.terms, target, error);
}

static gboolean say_about(AttainWorkspace *workspace, const Session *session, const AnswerSaying *said, TargetAct act,
                          GPtrArray *targets, gint64 number, FILE *out, GError **error) {
  g_auto(AnswerHeard) heard = {0};
  Target *target = target_find(targets, number, error);
  if (!target || !may_say_about(workspace, session, said, act, target, error) ||
      !answer_say_about(session, said, act, targets, target, &heard, error))
    return FALSE;
  guint index;
  g_ptr_array_find(targets, target, &index);
  write_said(targets, index, 1, act, out);
  return TRUE;
}

static gboolean say_new(AttainWorkspace *workspace, const Session *session, const AnswerSaying *said, TargetAct act,
                        GPtrArray *targets, gboolean is_dry, FILE *out, GError **error) {
  g_auto(AnswerHeard) heard = {0};
  guint before = targets->len;
  if (!answer_hear(session, said, NULL, &heard, error)) return FALSE;
  if (is_dry) {
    answer_heard_json(&heard, out);
    return TRUE;
  }
  if (!answer_check_heard(&heard, error) || !lib_may_say(workspace, act, &heard.sentence.terms, NULL, error) ||
      !answer_say_new(session, said, &heard, act, targets, error))
    return FALSE;
  write_said(targets, before, targets->len - before, act, out);
  return TRUE;
}

static gboolean say(AttainWorkspace *workspace, const Session *session, gconstpointer what, FILE *out, GError **error) {
  const AttainTargetSaying *saying = what;
  TargetAct act;
  if (!read_act(saying, &act, error)) return FALSE;
  AnswerSaying said = {.sentence = saying->sentence,
                       .who = saying->who,
                       .objective = saying->objective,
                       .spread = saying->spread,
                       .parts = saying->parts,
                       .from = saying->from,
                       .author = saying->author,
                       .reason = saying->reason};
  g_autoptr(GPtrArray) targets = lib_read_targets(workspace, error);
  if (!targets || !lib_may_name(workspace, saying->objective, targets, error)) return FALSE;
  return saying->target > 0 ? say_about(workspace, session, &said, act, targets, saying->target, out, error)
                            : say_new(workspace, session, &said, act, targets, saying->dry_run, out, error);
}

char *attain_target_say(AttainWorkspace *workspace, const AttainTargetSaying *saying, AttainError *error) {
  gboolean is_dry = saying->dry_run && saying->target == 0;
  AttainTargetSaying said = *saying;
  said.author = lib_author(workspace, saying->author);
  return is_dry ? lib_answer(workspace, "target_say", say, &said, error)
                : lib_say(workspace, "target_say", say, &said, error);
}
