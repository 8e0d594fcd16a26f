/* What is said of targets, kept. */
#include "answer/target_say.h"

#include "target/agree.h"
#include "target/members.h"

static TargetEvent event_of(const Session *session, const AnswerSaying *saying, TargetAct act) {
  return (TargetEvent){
      .act = act, .author = (char *)saying->author, .words = (char *)saying->reason, .said_at_us = session->now_us};
}

/* Whose targets a sentence makes: one, or of "per rep" one of each who sells. */
static GPtrArray *members_meant(const Session *session, const TargetSentence *sentence, GError **error) {
  const TargetTerms *terms = &sentence->terms;
  if (terms->member || g_str_equal(terms->dimension, TARGET_COMPANY)) {
    GPtrArray *one = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(one, g_strdup(terms->member));
    return one;
  }
  QueryContext context = answer_context(session);
  g_autoptr(GPtrArray) members =
      sentence->within ? target_members_within(&context, terms->dimension, sentence->within_dimension, sentence->within,
                                               terms->start, terms->end, error)
                       : target_members_selling(&context, terms->dimension, terms->start, terms->end, error);
  if (members && members->len == 0)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no %s%s%s%s%s who sells in those days",
                terms->dimension, sentence->within ? " of " : "", sentence->within ? sentence->within_dimension : "",
                sentence->within ? " " : "", sentence->within ? sentence->within : "");
  return members && members->len > 0 ? g_steal_pointer(&members) : NULL;
}

static gboolean say_one(const Session *session, const AnswerSaying *saying, const AnswerHeard *heard, TargetAct act,
                        const char *member, GPtrArray *targets, GError **error) {
  QueryContext context = answer_context(session);
  g_auto(TargetTerms) terms;
  target_terms_copy(&terms, &heard->sentence.terms);
  g_free(terms.member);
  terms.member = g_strdup(member);
  g_autoptr(TargetVersion) version = answer_said_version(session, saying, &terms, error);
  if (!version || !target_check(&context, targets, NULL, version, error)) return FALSE;
  g_autoptr(Target) target = target_new(0, heard->objective);
  TargetEvent event = event_of(session, saying, act);
  if (!target_say_within(session->store, target, g_steal_pointer(&version), &event, error)) return FALSE;
  g_ptr_array_add(targets, g_steal_pointer(&target));
  return TRUE;
}

gboolean answer_say_new(const Session *session, const AnswerSaying *saying, const AnswerHeard *heard, TargetAct act,
                        GPtrArray *targets, GError **error) {
  g_autoptr(GPtrArray) members = members_meant(session, &heard->sentence, error);
  if (!members || !store_begin(session->store, error)) return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!say_one(session, saying, heard, act, g_ptr_array_index(members, i), targets, error)) {
      store_rollback(session->store);
      return FALSE;
    }
  return store_commit(session->store, error);
}

/* --- about targets there are --- */

static TargetVersion *version_said(const Session *session, const AnswerSaying *saying, TargetAct act,
                                   const GPtrArray *targets, const Target *target, AnswerHeard *heard, GError **error) {
  const TargetTerms *like = &target_latest(target)->terms;
  if (!answer_hear(session, saying, like, heard, error) || !answer_check_heard(heard, error)) return NULL;
  QueryContext context = answer_context(session);
  g_autoptr(TargetVersion) version = answer_said_version(session, saying, &heard->sentence.terms, error);
  if (!version || !target_check(&context, targets, target, version, error)) return NULL;
  if (act == TARGET_ACT_ADJUST && !saying->from) version->effective = MAX(session->today, version->terms.start);
  return g_steal_pointer(&version);
}

gboolean answer_say_about(const Session *session, const AnswerSaying *saying, TargetAct act, GPtrArray *targets,
                          Target *target, AnswerHeard *heard, GError **error) {
  if (!target_check_act(target, act, saying->author, saying->reason, error)) return FALSE;
  g_autoptr(TargetVersion) version = NULL;
  if (saying->sentence) {
    version = version_said(session, saying, act, targets, target, heard, error);
    if (!version) return FALSE;
  }
  TargetEvent event = event_of(session, saying, act);
  const TargetVersion *pending = target_pending(target, NULL);
  event.version = (pending ? pending : target_latest(target))->version;
  return target_say(session->store, target, g_steal_pointer(&version), &event, error);
}

void answer_said_json(CliJson *json, const Target *target, TargetAct act) {
  cli_json_begin_object(json);
  cli_json_member_integer(json, "target", target->number);
  cli_json_member_text(json, "act", target_act_name(act));
  cli_json_member_text(json, "state", target_state_name(target_state(target)));
  answer_terms_json(json, &target_latest(target)->terms);
  cli_json_end_object(json);
}
