/* attain.yaml, `sign_in`: the provider that says who somebody is (OpenID Connect), and what its groups are here.
 *
 *   sign_in:
 *     issuer: https://login.example.com/realms/sales
 *     client: attain
 *     client_secret_env: ATTAIN_CLIENT_SECRET
 *     address: https://attain.example.com
 *     groups_claim: groups
 *     roles: {sales-admins: administrator, sales-leads: leader, sales: rep}
 *     groups: {coaches-north: north_coaching}
 *     new_users: rep
 *
 * The secret never stands in the file. What a role is, whoever serves knows and checks. */
#include "conf/conf.h"

#define MAX_PAIRS 1000

typedef struct {
  char *issuer, *client, *address, *label, *ca_file, *secret_env, *secret_file;
  char **scopes;
  char *user_claim, *name_claim, *groups_claim, *new_users;
  const ConfNode *roles, *groups;
} Section;

static const ConfField fields[] = {
    {"issuer", CONF_TEXT, G_STRUCT_OFFSET(Section, issuer), TRUE},
    {"client", CONF_TEXT, G_STRUCT_OFFSET(Section, client), TRUE},
    {"address", CONF_TEXT, G_STRUCT_OFFSET(Section, address), TRUE},
    {"client_secret_env", CONF_TEXT, G_STRUCT_OFFSET(Section, secret_env)},
    {"client_secret_file", CONF_TEXT, G_STRUCT_OFFSET(Section, secret_file)},
    {"label", CONF_TEXT, G_STRUCT_OFFSET(Section, label)},
    {"ca_file", CONF_TEXT, G_STRUCT_OFFSET(Section, ca_file)},
    {"scopes", CONF_TEXTS, G_STRUCT_OFFSET(Section, scopes)},
    {"user_claim", CONF_TEXT, G_STRUCT_OFFSET(Section, user_claim)},
    {"name_claim", CONF_TEXT, G_STRUCT_OFFSET(Section, name_claim)},
    {"groups_claim", CONF_TEXT, G_STRUCT_OFFSET(Section, groups_claim)},
    {"roles", CONF_NODE, G_STRUCT_OFFSET(Section, roles)},
    {"groups", CONF_NODE, G_STRUCT_OFFSET(Section, groups)},
    {"new_users", CONF_TEXT, G_STRUCT_OFFSET(Section, new_users)},
};

/* --- checks --- */

static gboolean fail(const ConfNode *node, const char *key, GError **error, const char *words) {
  const ConfNode *at = conf_map_get(node, key);
  base_error_at(error, BASE_ERROR_INPUT, at ? at->span : node->span, "\"%s\" %s", key, words);
  return FALSE;
}

/* http is for providers and servers of the same machine: for tests, and behind nothing else. */
static gboolean is_address(const char *text) {
  static const char *const own[] = {"http://127.0.0.1", "http://[::1]", "http://localhost", NULL};
  if (strpbrk(text, " ?#\"\\") || strchr(text, '@')) return FALSE;
  if (g_str_has_prefix(text, "https://")) return text[8] != 0 && text[8] != '/';
  for (guint i = 0; own[i]; i++) {
    gsize n = strlen(own[i]);
    if (g_str_has_prefix(text, own[i]) && (!text[n] || text[n] == ':' || text[n] == '/')) return TRUE;
  }
  return FALSE;
}

static gboolean check(const ConfNode *node, const Section *section, GError **error) {
  if (!is_address(section->issuer)) return fail(node, "issuer", error, "is the provider's address: https://…");
  if (!is_address(section->address))
    return fail(node, "address", error,
                "is this server's address as browsers have it, such as https://attain.example.com");
  if (section->secret_env && section->secret_file)
    return fail(node, "client_secret_file", error, "and \"client_secret_env\" say the same: give one");
  if (section->scopes && !g_strv_contains((const char *const *)section->scopes, "openid"))
    return fail(node, "scopes", error, "have openid among them, as in [openid, email, profile]");
  if ((section->roles || section->groups) && !section->groups_claim)
    return fail(node, section->roles ? "roles" : "groups", error,
                "needs \"groups_claim\": the claim in which the provider names groups");
  return TRUE;
}

/* --- maps of groups --- */

static void free_pairs(ConfPair *pairs, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_free(pairs[i].from);
    g_free(pairs[i].to);
  }
  g_free(pairs);
}

static gboolean read_pairs(const ConfNode *node, const char *key, ConfPair **pairs, gsize *n, GError **error) {
  if (!node) return TRUE;
  gboolean ok = node->kind == CONF_MAP && node->n <= MAX_PAIRS;
  for (guint i = 0; ok && i < node->n; i++) ok = node->items[i]->kind == CONF_SCALAR;
  if (!ok) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "\"%s\" is a map from the provider's groups, such as {sales-leads: leader}", key);
    return FALSE;
  }
  *pairs = g_new0(ConfPair, node->n);
  *n = node->n;
  for (guint i = 0; i < node->n; i++)
    (*pairs)[i] = (ConfPair){g_strdup(node->keys[i]->text), g_strdup(node->items[i]->text), node->items[i]->span};
  return TRUE;
}

/* --- the section --- */

static char *or_else(char **text, const char *otherwise) {
  return *text ? g_steal_pointer(text) : g_strdup(otherwise);
}

static char *path_in(const char *folder, const char *path) {
  return path ? g_canonicalize_filename(path, folder) : NULL;
}

static char *without_slash(const char *address) {
  gsize n = strlen(address);
  while (n && address[n - 1] == '/') n--;
  return g_strndup(address, n);
}

static void take(const ConfNode *node, Section *section, const char *folder, ConfSignIn *sign_in) {
  const ConfNode *new_users = conf_map_get(node, "new_users");
  sign_in->issuer = g_steal_pointer(&section->issuer);
  sign_in->client = g_steal_pointer(&section->client);
  sign_in->address = without_slash(section->address);
  sign_in->label = or_else(&section->label, "your company's account");
  sign_in->ca_file = path_in(folder, section->ca_file);
  sign_in->secret.env = g_steal_pointer(&section->secret_env);
  sign_in->secret.file = path_in(folder, section->secret_file);
  sign_in->scopes = section->scopes ? g_steal_pointer(&section->scopes) : g_strsplit("openid email profile", " ", -1);
  sign_in->user_claim = or_else(&section->user_claim, "email");
  sign_in->name_claim = or_else(&section->name_claim, "name");
  sign_in->groups_claim = g_steal_pointer(&section->groups_claim);
  sign_in->new_users = g_steal_pointer(&section->new_users);
  if (new_users) sign_in->new_span = new_users->span;
}

gboolean conf_sign_in_read(const ConfNode *node, const char *folder, ConfSignIn *sign_in, GError **error) {
  Section section = {0};
  const ConfNode *secret = node->kind == CONF_MAP ? conf_map_get(node, "client_secret") : NULL;
  if (secret)
    return fail(node, "client_secret", error,
                "does not belong in attain.yaml: write `client_secret_env: ATTAIN_CLIENT_SECRET` and set that "
                "environment variable, or `client_secret_file: …`");
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  ConfSignIn read = {0};
  gboolean ok = check(node, &section, error) && read_pairs(section.roles, "roles", &read.roles, &read.n_roles, error) &&
                read_pairs(section.groups, "groups", &read.groups, &read.n_groups, error);
  if (ok) take(node, &section, folder, &read);
  conf_free_fields(fields, G_N_ELEMENTS(fields), &section);
  if (ok)
    *sign_in = read;
  else
    conf_sign_in_clear(&read);
  return ok;
}

void conf_sign_in_clear(ConfSignIn *sign_in) {
  g_free(sign_in->issuer);
  g_free(sign_in->client);
  g_free(sign_in->address);
  g_free(sign_in->label);
  g_free(sign_in->ca_file);
  g_free(sign_in->secret.env);
  g_free(sign_in->secret.file);
  g_strfreev(sign_in->scopes);
  g_free(sign_in->user_claim);
  g_free(sign_in->name_claim);
  g_free(sign_in->groups_claim);
  g_free(sign_in->new_users);
  free_pairs(sign_in->roles, sign_in->n_roles);
  free_pairs(sign_in->groups, sign_in->n_groups);
  *sign_in = (ConfSignIn){0};
}
