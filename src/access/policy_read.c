/* policy.yaml:
 *
 *   roles:
 *     manager: {sees: all}
 *     administrator: {sees: nothing, may: [manage, run, put]}
 *   groups:
 *     north_coaching: {people: [Ana Silva, ben@example.com], teams: [North]}
 *   sessions: {idle_hours: 12, days: 30}
 *   passwords: {pepper_env: ATTAIN_PEPPER}           or pepper_file: …; the secret never stands in the file
 *   notices: no                                     users are not told by mail of changes to how they sign in
 *   retention: {rejected: 180, alerts: 730, tokens: 90, audit: 1095}   days; what is not said is kept for ever
 *   shared: …                                       policy_shared.c
 *
 * What is not said stays as access_policy_new() has it. */
#include "access/policy_private.h"

#include <gio/gio.h>

#define FILE_NAME      "policy.yaml"
#define HOUR_US        (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define MAX_IDLE_HOURS 720
#define MAX_DAYS       366
#define MAX_KEPT_DAYS  36600
#define MAX_NAMED      1000 /* groups */

typedef struct {
  const ConfNode *roles, *groups, *sessions, *passwords, *retention, *shared;
  gboolean notices;
} Whole;

/* --- roles --- */

static gboolean read_may(char **names, const ConfNode *node, guint *may, GError **error) {
  *may = 0;
  for (; names && *names; names++) {
    guint bits = 0;
    if (user_may_parse(*names, &bits) && bits != USER_MAY_SEE_ALL) {
      *may |= bits;
      continue;
    }
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "what a role may is read, target, alert, put, run or manage, not \"%s\" (what it sees stands in "
                  "`sees`)",
                  *names);
    return FALSE;
  }
  return TRUE;
}

static gboolean read_role(const ConfNode *node, AccessRole *role, GError **error) {
  static const char *const scopes[] = {"nothing", "own", "led", "groups", "all", NULL};
  struct {
    int sees;
    char **may;
  } section = {.sees = (int)role->sees};
  const ConfField fields[] = {
      {"sees", CONF_ENUM, 0, .choices = scopes},
      {"may", CONF_TEXTS, sizeof(gpointer)},
  };
  G_STATIC_ASSERT(G_STRUCT_OFFSET(__typeof__(section), may) == sizeof(gpointer));
  guint may = role->may;
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  gboolean ok = !section.may || read_may(section.may, conf_map_get(node, "may"), &may, error);
  g_strfreev(section.may);
  role->sees = (AccessScope)section.sees;
  role->may = (may & ~(guint)USER_MAY_SEE_ALL) | (role->sees == ACCESS_ALL ? USER_MAY_SEE_ALL : 0);
  return ok;
}

gboolean access_need_kind(const ConfNode *node, ConfKind kind, const char *wanted, GError **error) {
  if (node->kind == kind && node->n <= MAX_NAMED) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span, "%s", wanted);
  return FALSE;
}

static gboolean read_roles(const ConfNode *node, AccessPolicy *policy, GError **error) {
  if (!node) return TRUE;
  if (!access_need_kind(node, CONF_MAP, "\"roles\" must be roles with what each sees, such as manager: {sees: all}",
                        error))
    return FALSE;
  for (guint i = 0; i < node->n; i++) {
    UserRole role;
    g_autoptr(GError) cause = NULL;
    if (!user_role_parse(node->keys[i]->text, &role, &cause)) {
      base_error_at(error, BASE_ERROR_INPUT, node->keys[i]->span, "%s", cause->message);
      return FALSE;
    }
    if (!read_role(node->items[i], &policy->roles[role], error)) return FALSE;
  }
  return TRUE;
}

/* --- groups --- */

static gboolean read_group(const ConfNode *key, const ConfNode *node, AccessPolicy *policy, GError **error) {
  static const ConfField fields[] = {
      {"people", CONF_TEXTS, G_STRUCT_OFFSET(AccessGroup, people)},
      {"teams", CONF_TEXTS, G_STRUCT_OFFSET(AccessGroup, teams)},
  };
  UserRole role;
  if (user_role_parse(key->text, &role, NULL) || g_ascii_strcasecmp(key->text, "everybody") == 0) {
    base_error_at(error, BASE_ERROR_INPUT, key->span, "a group cannot be called as a role is: name it \"%s_group\"",
                  key->text);
    return FALSE;
  }
  AccessGroup *group = g_new0(AccessGroup, 1);
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), group, error)) {
    g_free(group);
    return FALSE;
  }
  group->name = g_strdup(key->text);
  group->span = key->span;
  g_ptr_array_add(policy->groups, group);
  return TRUE;
}

static gboolean read_groups(const ConfNode *node, AccessPolicy *policy, GError **error) {
  if (!node) return TRUE;
  if (!access_need_kind(node, CONF_MAP,
                        "\"groups\" must be names with people or teams, such as north: {teams: [North]}", error))
    return FALSE;
  for (guint i = 0; i < node->n; i++)
    if (!read_group(node->keys[i], node->items[i], policy, error)) return FALSE;
  return TRUE;
}

/* --- the rest --- */

gboolean access_check_between(const ConfNode *map, const char *key, int value, int least, int most, GError **error) {
  if (value >= least && value <= most) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, conf_map_get(map, key)->span, "\"%s\" must be from %d to %d", key, least,
                most);
  return FALSE;
}

static gboolean read_sessions(const ConfNode *node, AccessPolicy *policy, GError **error) {
  struct {
    int idle_hours, days;
  } section = {(int)(policy->limits.idle_us / HOUR_US), (int)(policy->limits.session_us / (24 * HOUR_US))};
  static const ConfField fields[] = {
      {"idle_hours", CONF_INT, 0},
      {"days", CONF_INT, sizeof(int)},
  };
  if (!node) return TRUE;
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error) ||
      !access_check_between(node, "idle_hours", section.idle_hours, 1, MAX_IDLE_HOURS, error) ||
      !access_check_between(node, "days", section.days, 1, MAX_DAYS, error))
    return FALSE;
  policy->limits.idle_us = section.idle_hours * HOUR_US;
  policy->limits.session_us = section.days * 24 * HOUR_US;
  return TRUE;
}

static gboolean read_passwords(const ConfNode *node, const char *folder, AccessPolicy *policy, GError **error) {
  struct {
    char *env, *file;
  } section = {0};
  static const ConfField fields[] = {
      {"pepper_env", CONF_TEXT, 0},
      {"pepper_file", CONF_TEXT, sizeof(char *)},
  };
  if (!node) return TRUE;
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  policy->pepper_from.env = section.env;
  policy->pepper_from.file = section.file ? g_canonicalize_filename(section.file, folder) : NULL;
  gboolean is_twice = section.env && section.file;
  g_free(section.file);
  if (is_twice) base_error_at(error, BASE_ERROR_INPUT, node->span, "give one of \"pepper_env\" and \"pepper_file\"");
  return !is_twice;
}

/* An audit log that forgets within a month is none, and within that alerts are looked into. */
static gboolean read_retention(const ConfNode *node, AccessPolicy *policy, GError **error) {
  AccessRetention section = policy->retention;
  static const ConfField fields[] = {
      {"rejected", CONF_INT, G_STRUCT_OFFSET(AccessRetention, rejected_days)},
      {"alerts", CONF_INT, G_STRUCT_OFFSET(AccessRetention, alerts_days)},
      {"tokens", CONF_INT, G_STRUCT_OFFSET(AccessRetention, tokens_days)},
      {"audit", CONF_INT, G_STRUCT_OFFSET(AccessRetention, audit_days)},
  };
  const struct {
    const char *key;
    int least;
    const int *days;
  } kept[] = {{"rejected", 1, &section.rejected_days},
              {"alerts", 31, &section.alerts_days},
              {"tokens", 1, &section.tokens_days},
              {"audit", 31, &section.audit_days}};
  if (!node) return TRUE;
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
    if (conf_map_get(node, kept[i].key) &&
        !access_check_between(node, kept[i].key, *kept[i].days, kept[i].least, MAX_KEPT_DAYS, error))
      return FALSE;
  policy->retention = section;
  return TRUE;
}

static gboolean read_whole(const ConfNode *root, const char *folder, AccessPolicy *policy, GError **error) {
  static const ConfField fields[] = {
      {"roles", CONF_NODE, G_STRUCT_OFFSET(Whole, roles)},
      {"groups", CONF_NODE, G_STRUCT_OFFSET(Whole, groups)},
      {"sessions", CONF_NODE, G_STRUCT_OFFSET(Whole, sessions)},
      {"passwords", CONF_NODE, G_STRUCT_OFFSET(Whole, passwords)},
      {"retention", CONF_NODE, G_STRUCT_OFFSET(Whole, retention)},
      {"shared", CONF_NODE, G_STRUCT_OFFSET(Whole, shared)},
      {"notices", CONF_BOOL, G_STRUCT_OFFSET(Whole, notices)},
  };
  Whole whole = {.notices = TRUE};
  if (conf_is_null(root)) return TRUE;
  if (!conf_read_map(root, fields, G_N_ELEMENTS(fields), &whole, error)) return FALSE;
  policy->has_no_notices = !whole.notices;
  return read_roles(whole.roles, policy, error) && read_groups(whole.groups, policy, error) &&
         read_sessions(whole.sessions, policy, error) && read_passwords(whole.passwords, folder, policy, error) &&
         read_retention(whole.retention, policy, error) && access_shared_read(whole.shared, policy, error);
}

AccessPolicy *access_policy_read(const char *folder, GError **error) {
  g_autoptr(AccessPolicy) policy = access_policy_new();
  g_autofree char *path = g_build_filename(folder, FILE_NAME, NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) return g_steal_pointer(&policy);
  g_autoptr(ConfDocument) document = conf_document_load(path, error);
  if (!document || !read_whole(conf_document_root(document), folder, policy, error)) return NULL;
  return g_steal_pointer(&policy);
}
