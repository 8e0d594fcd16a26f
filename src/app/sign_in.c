/* Claims of a provider as somebody whom the library knows. */
#include "app/sign_in.h"

#include "oidc/token.h"
#include "user/role.h"

#include <string.h>

/* --- settings --- */

static gboolean check_role(const char *name, BaseSpan span, GError **error) {
  UserRole role;
  g_autoptr(GError) cause = NULL;
  if (!name || user_role_parse(name, &role, &cause)) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, span, "%s", cause->message);
  return FALSE;
}

static gboolean check_roles(const ConfSignIn *conf, GError **error) {
  for (gsize i = 0; i < conf->n_roles; i++)
    if (!check_role(conf->roles[i].to, conf->roles[i].span, error)) return FALSE;
  return check_role(conf->new_users, conf->new_span, error);
}

static void add(GString *key, const char *text) {
  g_string_append_printf(key, "%s\n", text ? text : "-");
}

static void add_pairs(GString *key, const ConfPair *pairs, gsize n) {
  for (gsize i = 0; i < n; i++) {
    add(key, pairs[i].from);
    add(key, pairs[i].to);
  }
}

/* Of all that may change, so that an edit of something else ends no sign-in that is under way. */
static char *key_of(const ConfSignIn *conf) {
  const char *const texts[] = {conf->issuer,     conf->client,       conf->address,     conf->label,
                               conf->ca_file,    conf->secret.env,   conf->secret.file, conf->user_claim,
                               conf->name_claim, conf->groups_claim, conf->new_users};
  GString *key = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) add(key, texts[i]);
  for (char **scope = conf->scopes; *scope; scope++) add(key, *scope);
  add_pairs(key, conf->roles, conf->n_roles);
  add(key, NULL);
  add_pairs(key, conf->groups, conf->n_groups);
  return g_string_free(key, FALSE);
}

gboolean sign_in_read(const char *folder, SignIn **sign_in, GError **error) {
  g_autoptr(ConfOrganisation) organisation = conf_organisation_load(folder, error);
  if (!organisation || !check_roles(&organisation->sign_in, error)) return FALSE;
  *sign_in = NULL;
  if (!organisation->sign_in.issuer) return TRUE;
  SignIn *read = g_atomic_rc_box_new0(SignIn);
  read->organisation = g_steal_pointer(&organisation);
  read->conf = &read->organisation->sign_in;
  g_autofree char *callback = g_strconcat(read->conf->address, SIGN_IN_CALLBACK, NULL);
  read->provider = oidc_provider_new(read->conf, callback, send_fetch);
  read->throttle = user_throttle_new();
  read->key = key_of(read->conf);
  g_mutex_init(&read->lock);
  *sign_in = read;
  return TRUE;
}

SignIn *sign_in_hold(SignIn *sign_in) {
  return sign_in ? g_atomic_rc_box_acquire(sign_in) : NULL;
}

static void clear(gpointer data) {
  SignIn *sign_in = data;
  oidc_provider_free(sign_in->provider);
  user_throttle_free(sign_in->throttle);
  conf_organisation_free(sign_in->organisation);
  g_mutex_clear(&sign_in->lock);
  g_free(sign_in->told);
  g_free(sign_in->key);
}

void sign_in_release(SignIn *sign_in) {
  if (sign_in) g_atomic_rc_box_release_full(sign_in, clear);
}

gboolean sign_in_is_news(SignIn *sign_in, const char *failure) {
  g_mutex_lock(&sign_in->lock);
  gboolean is_news = failure && g_strcmp0(failure, sign_in->told) != 0;
  if (is_news || !failure) {
    g_free(sign_in->told);
    sign_in->told = g_strdup(failure);
  }
  g_mutex_unlock(&sign_in->lock);
  return is_news;
}

/* --- claims --- */

/* The first role, as they are written, of whose groups they have one; NULL: none. */
static const char *role_of(const ConfSignIn *conf, const char *const *theirs) {
  for (gsize i = 0; i < conf->n_roles; i++)
    if (g_strv_contains(theirs, conf->roles[i].from)) return conf->roles[i].to;
  return NULL;
}

/* Ends with NULL; g_free() it and not the texts. */
static const char **groups_of(const ConfSignIn *conf, const char *const *theirs) {
  GPtrArray *groups = g_ptr_array_new();
  for (gsize i = 0; i < conf->n_groups; i++) {
    const ConfPair *pair = &conf->groups[i];
    if (g_strv_contains(theirs, pair->from) && !g_ptr_array_find_with_equal_func(groups, pair->to, g_str_equal, NULL))
      g_ptr_array_add(groups, pair->to);
  }
  g_ptr_array_add(groups, NULL);
  return (const char **)g_ptr_array_free(groups, FALSE);
}

static char *refuse(AttainError *error, const char *words) {
  *error = (AttainError){ATTAIN_ERROR_FORBIDDEN, g_strdup(words)};
  return NULL;
}

char *sign_in_enter(const SignIn *sign_in, const OidcDocument *claims, AttainWorkspace *workspace, const char *address,
                    AttainError *error) {
  static const char *const none[] = {NULL};
  const ConfSignIn *conf = sign_in->conf;
  g_autoptr(GError) cause = NULL;
  const char *user = oidc_claims_name(claims, conf->user_claim, &cause);
  if (!user) return refuse(error, cause->message);
  g_autofree const char **theirs = conf->groups_claim ? oidc_texts(claims, conf->groups_claim) : NULL;
  const char *role = role_of(conf, theirs ? (const char *const *)theirs : none);
  g_autofree const char **groups = groups_of(conf, theirs ? (const char *const *)theirs : none);
  if (conf->n_roles && !role) role = conf->new_users;
  if (conf->n_roles && !role) return refuse(error, "none of your groups at the provider has a role here");
  const AttainIdentity identity = {.issuer = conf->issuer,
                                   .subject = oidc_text(claims, 0, "sub"),
                                   .user = user,
                                   .name = oidc_text(claims, 0, conf->name_claim),
                                   .role = role,
                                   .groups = conf->n_groups ? (const char *const *)groups : NULL,
                                   .new_role = !conf->new_users ? NULL
                                               : role           ? role
                                                                : conf->new_users};
  return attain_sign_in_identity(workspace, &identity, address, error);
}
