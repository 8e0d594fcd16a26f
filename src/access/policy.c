/* The policy as it is without a file, and what it says of a user. */
#include "access/policy.h"

#define READS   (USER_MAY_READ)
#define TAKES   (USER_MAY_READ | USER_MAY_TARGET | USER_MAY_ALERT)
#define GOVERNS (TAKES | USER_MAY_SEE_ALL)

static const AccessRole usual_roles[USER_N_ROLES] = {
    [USER_REP] = {ACCESS_OWN, TAKES},
    [USER_LEADER] = {ACCESS_LED, TAKES},
    [USER_MANAGER] = {ACCESS_LED, TAKES},
    [USER_EXECUTIVE] = {ACCESS_ALL, GOVERNS},
    [USER_FINANCE] = {ACCESS_ALL, GOVERNS | USER_MAY_RUN},
    [USER_MARKETING] = {ACCESS_ALL, READS | USER_MAY_SEE_ALL},
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

AccessPolicy *access_policy_new(void) {
  AccessPolicy *policy = g_new0(AccessPolicy, 1);
  memcpy(policy->roles, usual_roles, sizeof usual_roles);
  policy->groups = g_ptr_array_new_with_free_func(free_group);
  policy->limits = user_limits();
  return policy;
}

void access_policy_free(AccessPolicy *policy) {
  if (!policy) return;
  g_ptr_array_unref(policy->groups);
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
