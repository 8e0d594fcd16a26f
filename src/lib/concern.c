/* Whom targets concern: who leads the member today, where that was so on a day of the target, too. A new leader is told
 * of no target of days that were another's, a former one of none at all: what is said of them now is not theirs. */
#include "lib/concern.h"

#include "target/share.h"

/* In the turn: the organisation is read where it is not there. FALSE with `error`. */
static gboolean hold(AttainWorkspace *workspace, GError **error) {
  AttainError failed = {0};
  if (lib_hold_organisation(workspace, workspace->core->people, &failed)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", failed.message);
  attain_error_clear(&failed);
  return FALSE;
}

static AccessRelation relation_of(const AttainWorkspace *workspace, const TargetVersion *version) {
  const LibPeople *people = workspace->core->people;
  if (!version->terms.dimension) return ACCESS_NOT_THEIRS;
  return access_relation(people->organisation, people->policy, workspace->reader->user, lib_session(workspace).today,
                         version->terms.dimension, version->member_table, version->member_key);
}

gboolean lib_relation(AttainWorkspace *workspace, const TargetVersion *version, AccessRelation *relation,
                      GError **error) {
  if (!hold(workspace, error)) return FALSE;
  *relation = relation_of(workspace, version);
  lib_let_organisation(workspace->core->people);
  return TRUE;
}

/* As relation_of(), and not theirs where none of the target's days are. */
static AccessRelation relation_then(const AttainWorkspace *workspace, const QueryContext *context, const QueryOrg *org,
                                    const TargetVersion *version) {
  AccessRelation relation = relation_of(workspace, version);
  if (relation == ACCESS_NOT_THEIRS) return relation;
  QueryShare share = target_version_share(context, org, version, version->terms.start, version->terms.end);
  return share == QUERY_SHARE_NONE ? ACCESS_NOT_THEIRS : relation;
}

gboolean lib_relation_then(AttainWorkspace *workspace, const QueryContext *context, const QueryOrg *org,
                           const TargetVersion *version, AccessRelation *relation, GError **error) {
  if (!hold(workspace, error)) return FALSE;
  *relation = relation_then(workspace, context, org, version);
  lib_let_organisation(workspace->core->people);
  return TRUE;
}

/* All that was ever said of it is told with it. */
static gboolean sees_target(const AttainWorkspace *workspace, const QueryContext *context, const QueryOrg *org,
                            const Target *target) {
  for (guint i = 0; i < target->versions->len; i++)
    if (relation_then(workspace, context, org, g_ptr_array_index(target->versions, i)) == ACCESS_NOT_THEIRS)
      return FALSE;
  return TRUE;
}

GPtrArray *lib_read_targets(AttainWorkspace *workspace, GError **error) {
  g_autoptr(GPtrArray) targets = target_read_all(workspace->core->session->store, error);
  if (!targets || lib_sees_all(workspace)) return g_steal_pointer(&targets);
  Session session = lib_session(workspace);
  QueryContext context = answer_context(&session);
  g_autoptr(QueryOrg) org = query_org_load(&context, error);
  if (!org || !hold(workspace, error)) return NULL;
  for (guint i = targets->len; i-- > 0;)
    if (!sees_target(workspace, &context, org, g_ptr_array_index(targets, i))) g_ptr_array_remove_index(targets, i);
  lib_let_organisation(workspace->core->people);
  return g_steal_pointer(&targets);
}

/* Nobody agrees to what they said themselves. */
static gboolean is_own_word(const AttainWorkspace *workspace, const Target *target) {
  const TargetVersion *latest = target_latest(target);
  for (guint i = 0; i < target->events->len; i++) {
    const TargetEvent *event = g_ptr_array_index(target->events, i);
    gboolean makes_it = event->act == TARGET_ACT_PROPOSE || event->act == TARGET_ACT_COUNTER;
    if (makes_it && event->version == latest->version)
      return g_strcmp0(event->author, workspace->reader->user->name) == 0;
  }
  return FALSE;
}

static const char *why_not_theirs(TargetAct act, AccessRelation relation) {
  gboolean decides = act == TARGET_ACT_SET || act == TARGET_ACT_ADJUST || act == TARGET_ACT_WITHDRAW;
  if (relation == ACCESS_NOT_THEIRS) return "it is not your target, nor of somebody you lead: name whose it is";
  if (relation == ACCESS_THEIRS && decides) return "your own target is set by who leads you: propose or counter it";
  return NULL;
}

gboolean lib_check_relation(TargetAct act, AccessRelation relation, GError **error) {
  const char *why = why_not_theirs(act, relation);
  if (why) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, why);
  return why == NULL;
}

static const char *why_not(const AttainWorkspace *workspace, TargetAct act, AccessRelation relation,
                           const Target *target) {
  const char *why = why_not_theirs(act, relation);
  if (why) return why;
  if (act == TARGET_ACT_ACCEPT && relation == ACCESS_THEIRS && target && is_own_word(workspace, target))
    return "what you proposed is accepted by who leads you";
  return NULL;
}

gboolean lib_may_say(AttainWorkspace *workspace, TargetAct act, const TargetTerms *terms, const Target *target,
                     GError **error) {
  if (lib_sees_all(workspace)) return TRUE;
  g_autoptr(TargetVersion) version = target_version_new(terms);
  if (version->terms.member && !target_version_find_member(workspace->core->session->store, version, error))
    return FALSE;
  Session session = lib_session(workspace);
  QueryContext context = answer_context(&session);
  g_autoptr(QueryOrg) org = query_org_load(&context, error);
  if (!org || !hold(workspace, error)) return FALSE;
  const char *why = why_not(workspace, act, relation_then(workspace, &context, org, version), target);
  lib_let_organisation(workspace->core->people);
  if (why) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, why);
  return why == NULL;
}

/* --- objectives --- */

gboolean lib_is_served(const TargetObjective *objective, const GPtrArray *objectives, const GPtrArray *targets) {
  gboolean is = FALSE;
  for (guint i = 0; i < targets->len && !is; i++) {
    const Target *target = g_ptr_array_index(targets, i);
    TargetState state = target_state(target);
    is = (state == TARGET_AGREED || state == TARGET_OPEN) && target_objective_of(target, objectives) == objective;
  }
  return is;
}

gboolean lib_may_name(AttainWorkspace *workspace, const char *objective, const GPtrArray *targets, GError **error) {
  if (!objective || lib_sees_all(workspace)) return TRUE;
  g_autoptr(GPtrArray) objectives = target_read_objectives(workspace->core->session->store, error);
  for (guint i = 0; objectives && i < objectives->len; i++) {
    const TargetObjective *at = g_ptr_array_index(objectives, i);
    if (g_ascii_strcasecmp(at->name, objective) == 0 && lib_is_served(at, objectives, targets)) return TRUE;
  }
  if (objectives)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "no target of yours serves an objective \"%s\": without one, a target serves that which names its KPI",
                objective);
  return FALSE;
}
