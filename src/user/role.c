/* The names of roles and of what they may. */
#include "user/role.h"

static const char *const roles[USER_N_ROLES + 1] = {
    [USER_REP] = "rep",         [USER_LEADER] = "leader",
    [USER_MANAGER] = "manager", [USER_EXECUTIVE] = "executive",
    [USER_FINANCE] = "finance", [USER_MARKETING] = "marketing",
    [USER_COACH] = "coach",     [USER_ADMINISTRATOR] = "administrator",
};

static const char *const may_names[USER_N_MAY] = {"read", "target", "alert", "put", "run", "see_all", "manage"};

const char *user_role_name(UserRole role) {
  return roles[role];
}

gboolean user_role_parse(const char *text, UserRole *role, GError **error) {
  for (guint i = 0; i < USER_N_ROLES; i++) {
    if (g_ascii_strcasecmp(roles[i], text) != 0) continue;
    *role = i;
    return TRUE;
  }
  g_autofree char *all = g_strjoinv(", ", (char **)roles);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no role \"%s\": a role is one of %s", text, all);
  return FALSE;
}

const char *user_may_name(guint bit) {
  return bit < USER_N_MAY ? may_names[bit] : NULL;
}

gboolean user_may_parse(const char *text, guint *bits) {
  for (guint bit = 0; bit < USER_N_MAY; bit++) {
    if (g_ascii_strcasecmp(may_names[bit], text) != 0) continue;
    *bits |= 1u << bit;
    return TRUE;
  }
  return FALSE;
}

char *user_may_format(guint may) {
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint bit = 0; bit < USER_N_MAY; bit++)
    if (may & 1u << bit) g_string_append_printf(out, "%s%s", out->len ? " " : "", may_names[bit]);
  return g_string_free(g_steal_pointer(&out), FALSE);
}
