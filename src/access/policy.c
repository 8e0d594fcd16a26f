/* The policy as it is without a file, and what it says of a user. */
#include "access/policy.h"

#include "user/secret.h"

#define READS   (USER_MAY_READ)
#define TAKES   (USER_MAY_READ | USER_MAY_TARGET | USER_MAY_ALERT)
#define GOVERNS (TAKES | USER_MAY_SEE_ALL)

static const AccessRole usual_roles[USER_N_ROLES] = {
    [USER_REP] = {ACCESS_OWN, TAKES},
    [USER_LEADER] = {ACCESS_LED, TAKES},
    [USER_MANAGER] = {ACCESS_LED, TAKES},
    [USER_EXECUTIVE] = {ACCESS_ALL, GOVERNS},
    [USER_FINANCE] = {ACCESS_ALL, GOVERNS | USER_MAY_RUN},
    [USER_MARKETING] = {ACCESS_OWN, READS},
    [USER_COACH] = {ACCESS_GROUPS, READS},
    [USER_ADMINISTRATOR] = {ACCESS_ALL, USER_MAY_ALL},
};

static void free_group(gpointer data) {
  AccessGroup *group = data;
  g_free(group->name);
  g_strfreev(group->people);
  g_strfreev(group->teams);
  g_free(group);
}

static void free_board(gpointer data) {
  AccessBoard *board = data;
  g_free(board->name);
  g_free(board->title);
  g_strfreev(board->kpis);
  g_strfreev(board->by);
  g_free(board);
}

/* What marketing is measured by, without whom it comes from. */
static AccessBoard *marketing_board(void) {
  static const char *const kpis[] = {"leads", "website_visitors", "pipeline_created", NULL}, *const by[] = {"source",
                                                                                                            NULL};
  AccessBoard *board = g_new0(AccessBoard, 1);
  *board = (AccessBoard){.name = g_strdup("marketing"),
                         .title = g_strdup("What marketing brings, by source"),
                         .kpis = g_strdupv((char **)kpis),
                         .by = g_strdupv((char **)by),
                         .grain = CALENDAR_MONTH,
                         .n_periods = 12,
                         .to = 1u << USER_MARKETING};
  return board;
}

AccessPolicy *access_policy_new(void) {
  AccessPolicy *policy = g_new0(AccessPolicy, 1);
  memcpy(policy->roles, usual_roles, sizeof usual_roles);
  policy->groups = g_ptr_array_new_with_free_func(free_group);
  policy->limits = user_limits();
  policy->boards = g_ptr_array_new_with_free_func(free_board);
  policy->protection = (AccessProtection){.least = 5, .share = 0.2};
  policy->settle_days = 5;
  policy->since = BASE_DAY_NONE;
  g_ptr_array_add(policy->boards, marketing_board());
  return policy;
}

void access_policy_free(AccessPolicy *policy) {
  if (!policy) return;
  g_ptr_array_unref(policy->groups);
  g_ptr_array_unref(policy->boards);
  g_free(policy->pepper_from.env);
  g_free(policy->pepper_from.file);
  user_password_free(policy->pepper);
  g_free(policy);
}

guint access_policy_may(const AccessPolicy *policy, const User *user) {
  return policy->roles[user->role].may;
}

const AccessGroup *access_policy_group(const AccessPolicy *policy, const char *name) {
  for (guint i = 0; i < policy->groups->len; i++) {
    const AccessGroup *group = g_ptr_array_index(policy->groups, i);
    if (g_ascii_strcasecmp(group->name, name) == 0) return group;
  }
  return NULL;
}

const AccessBoard *access_policy_board(const AccessPolicy *policy, const char *name) {
  for (guint i = 0; i < policy->boards->len; i++) {
    const AccessBoard *board = g_ptr_array_index(policy->boards, i);
    if (g_ascii_strcasecmp(board->name, name) == 0) return board;
  }
  return NULL;
}
