/* Which targets are asked for. */
#include "answer/target_question.h"

#include "answer/members.h"
#include "target/members.h"

static gboolean is_wanted(const AnswerTargetsWanted *wanted, const Target *target, BaseDay today, const char *dimension,
                          const char *member) {
  const TargetVersion *version = target_in_force(target, today);
  const TargetTerms *terms = &(version ? version : target_latest(target))->terms;
  TargetState state = target_state(target);
  if (!wanted->all && (terms->end <= today || state == TARGET_DECLINED || state == TARGET_WITHDRAWN)) return FALSE;
  if (wanted->kpi && !g_str_equal(wanted->kpi, terms->kpi)) return FALSE;
  return !dimension || (g_str_equal(dimension, terms->dimension) && (!member || g_strcmp0(member, terms->member) == 0));
}

/* A KPI that there is, or was when a target of it was set. Errors: NOT_FOUND. */
static gboolean check_kpi(const Session *session, const GPtrArray *targets, const char *kpi, GError **error) {
  for (guint i = 0; i < targets->len; i++)
    if (g_str_equal(target_latest(g_ptr_array_index(targets, i))->terms.kpi, kpi)) return TRUE;
  return kpi_catalogue_find(session->catalogue, kpi, error) != NULL;
}

GPtrArray *answer_targets_choose(const Session *session, const GPtrArray *targets, const AnswerTargetsWanted *wanted,
                                 GError **error) {
  g_autofree char *dimension = NULL, *member = NULL;
  QueryContext context = answer_context(session);
  if (wanted->who && !target_who_read(&context, wanted->who, &dimension, &member, error)) return NULL;
  if (wanted->kpi && !check_kpi(session, targets, wanted->kpi, error)) return NULL;
  GPtrArray *chosen = g_ptr_array_new();
  for (guint i = 0; i < targets->len; i++) {
    Target *target = g_ptr_array_index(targets, i);
    if (is_wanted(wanted, target, session->today, dimension, member)) g_ptr_array_add(chosen, target);
  }
  return chosen;
}

static gboolean add_groups(const TargetDesk *desk, const GPtrArray *targets, const TargetDeriveRequest *request,
                           GPtrArray *derived, GError **error) {
  GPtrArray *found = target_derive(desk, targets, request, error);
  if (found) g_ptr_array_extend_and_steal(derived, found);
  return found != NULL;
}

GPtrArray *answer_targets_derive(const Session *session, const TargetDesk *desk, const GPtrArray *targets,
                                 const AnswerTargetsWanted *wanted, GPtrArray *chosen, GError **error) {
  static const char *const usual[] = {TARGET_COMPANY, "team", NULL};
  g_autofree char *dimension = NULL, *member = NULL;
  if (wanted->who && !target_who_read(desk->context, wanted->who, &dimension, &member, error)) return NULL;
  const char *const asked[] = {dimension, NULL};
  g_autoptr(GPtrArray) derived = target_derived_array();
  for (const char *const *group = dimension ? asked : usual; *group; group++) {
    TargetDeriveRequest request = {.dimension = *group,
                                   .member = member,
                                   .kpi = wanted->kpi,
                                   .ends_after = wanted->all ? BASE_DAY_MIN : session->today - 1};
    if (!add_groups(desk, targets, &request, derived, error)) return NULL;
  }
  for (guint i = 0; i < derived->len; i++)
    g_ptr_array_add(chosen, ((const TargetDerived *)g_ptr_array_index(derived, i))->target);
  return g_steal_pointer(&derived);
}

void answer_targets_json(FILE *out, const Session *session, const GArray *standings, const GArray *forecasts,
                         const GPtrArray *targets, const GPtrArray *derived, const GPtrArray *objectives,
                         gboolean whole) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "targets");
  for (guint i = 0; i < standings->len; i++) {
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    AnswerTarget target = {standing, &g_array_index(forecasts, PaceForecast, i),
                           target_derived_of(derived, standing->target)};
    answer_target_json(json, session, &target, targets, objectives, whole);
  }
  cli_json_end_array(json);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}
