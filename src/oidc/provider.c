/* What is asked of a provider, and what it is held to. */
#include "oidc/provider.h"

#include "oidc/jose.h"
#include "oidc/pending.h"
#include "oidc/token.h"
#include "send/send.h"
#include "user/secret.h"

#include <string.h>

#define WELL_KNOWN "/.well-known/openid-configuration"
#define MAX_BYTES  ((gsize)256 * 1024)
#define KEPT_US    (3600 * (gint64)G_USEC_PER_SEC)
#define MISSED_US  (30 * (gint64)G_USEC_PER_SEC) /* in which keys that lacked one are not asked for again */
#define FAILED_US  (10 * (gint64)G_USEC_PER_SEC) /* in which one that did not answer is not asked again */
#define MAX_CALLS  6 /* of the prompt workers, so that a provider that hangs leaves some for passwords */
#define MAX_TO     2000

struct OidcProvider {
  const ConfSignIn *conf;
  char *callback;
  OidcFetch fetch;
  OidcPending *pending;
  GMutex mutex;              /* of all below; nothing is asked of anybody under it */
  OidcDocument *description; /* NULL: not asked yet */
  OidcKeys *keys;            /* the same */
  gint64 described_us, keys_us, failed_us, missed_us;
  char *failure;
  guint n_calls;
};

OidcProvider *oidc_provider_new(const ConfSignIn *conf, const char *callback, OidcFetch fetch) {
  OidcProvider *provider = g_new0(OidcProvider, 1);
  provider->conf = conf;
  provider->callback = g_strdup(callback);
  provider->fetch = fetch;
  provider->pending = oidc_pending_new();
  g_mutex_init(&provider->mutex);
  return provider;
}

void oidc_provider_free(OidcProvider *provider) {
  if (!provider) return;
  oidc_pending_free(provider->pending);
  oidc_document_free(provider->description);
  oidc_keys_free(provider->keys);
  g_mutex_clear(&provider->mutex);
  g_free(provider->failure);
  g_free(provider->callback);
  g_free(provider);
}

/* --- asking --- */

static gboolean begin_call(OidcProvider *provider, gint64 now_us, GError **error) {
  g_mutex_lock(&provider->mutex);
  gint64 since_us = now_us - provider->failed_us;
  gboolean is_down = provider->failure && since_us >= 0 && since_us < FAILED_US;
  gboolean is_full = !is_down && provider->n_calls >= MAX_CALLS;
  if (is_down) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, provider->failure);
  if (is_full)
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_BUSY, "many are signing in just now: try again in a moment");
  if (!is_down && !is_full) provider->n_calls++;
  g_mutex_unlock(&provider->mutex);
  return !is_down && !is_full;
}

static void end_call(OidcProvider *provider, gint64 now_us, const GError *failed) {
  g_mutex_lock(&provider->mutex);
  provider->n_calls--;
  g_clear_pointer(&provider->failure, g_free);
  if (failed) provider->failure = g_strdup(failed->message);
  provider->failed_us = now_us;
  g_mutex_unlock(&provider->mutex);
}

/* FALSE: it could not be asked. */
static gboolean ask(OidcProvider *provider, SendRequest *request, gint64 now_us, guint *status, char **body,
                    gsize *length, GError **error) {
  g_autoptr(GError) failed = NULL;
  if (!begin_call(provider, now_us, error)) return FALSE;
  request->ca_file = provider->conf->ca_file;
  request->max_bytes = MAX_BYTES;
  gboolean ok = provider->fetch(request, status, body, length, &failed);
  g_prefix_error(&failed, "the provider does not answer: ");
  end_call(provider, now_us, failed);
  if (!ok) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO, failed->message);
  return ok;
}

static gboolean get(OidcProvider *provider, const char *url, gint64 now_us, char **body, gsize *length,
                    GError **error) {
  SendRequest request = {.url = url};
  guint status = 0;
  if (!ask(provider, &request, now_us, &status, body, length, error)) return FALSE;
  if (status == 200) return TRUE;
  g_free(g_steal_pointer(body));
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the provider answers %u where its description or keys should be",
              status);
  return FALSE;
}

/* --- its description --- */

/* What is sent to an address that the provider names is a secret: it has to be as safe as the provider's own. */
static gboolean check_description(const OidcProvider *provider, const OidcDocument *description, GError **error) {
  static const char *const endpoints[] = {"authorization_endpoint", "token_endpoint", "jwks_uri"};
  const char *issuer = oidc_text(description, 0, "issuer");
  if (g_strcmp0(issuer, provider->conf->issuer) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the provider calls itself \"%s\", and attain.yaml \"%s\"",
                issuer ? issuer : "", provider->conf->issuer);
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS(endpoints); i++) {
    const char *url = oidc_text(description, 0, endpoints[i]);
    gboolean is_safe = url && send_fetch_may(url, NULL) &&
                       (g_str_has_prefix(url, "https:") || g_str_has_prefix(provider->conf->issuer, "http:"));
    if (is_safe) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the provider's description has no %s that begins with https://",
                endpoints[i]);
    return FALSE;
  }
  return TRUE;
}

static OidcDocument *fetch_description(OidcProvider *provider, gint64 now_us, GError **error) {
  gsize length, n = strlen(provider->conf->issuer);
  while (n && provider->conf->issuer[n - 1] == '/') n--;
  g_autofree char *url = g_strdup_printf("%.*s" WELL_KNOWN, (int)n, provider->conf->issuer);
  char *body = NULL;
  if (!get(provider, url, now_us, &body, &length, error)) return NULL;
  g_autoptr(OidcDocument) description = oidc_document_new(body, length, NULL);
  if (!description) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the provider's description is no JSON object");
    return NULL;
  }
  return check_description(provider, description, error) ? g_steal_pointer(&description) : NULL;
}

static gboolean is_fresh(gint64 since_us, gint64 now_us, gint64 kept_us) {
  return now_us >= since_us && now_us - since_us < kept_us;
}

/* One that is older than an hour is used on where a new one cannot be had. */
static gboolean need_description(OidcProvider *provider, gint64 now_us, GError **error) {
  g_mutex_lock(&provider->mutex);
  gboolean has = provider->description != NULL, fresh = has && is_fresh(provider->described_us, now_us, KEPT_US);
  g_mutex_unlock(&provider->mutex);
  if (fresh) return TRUE;
  OidcDocument *description = fetch_description(provider, now_us, has ? NULL : error);
  if (!description) return has;
  g_mutex_lock(&provider->mutex);
  oidc_document_free(provider->description);
  provider->description = description;
  provider->described_us = now_us;
  g_mutex_unlock(&provider->mutex);
  return TRUE;
}

/* The caller frees; NULL: it is not there. */
static char *described(OidcProvider *provider, const char *name) {
  g_mutex_lock(&provider->mutex);
  char *text = g_strdup(oidc_text(provider->description, 0, name));
  g_mutex_unlock(&provider->mutex);
  return text;
}

/* --- keys --- */

static gboolean fetch_keys(OidcProvider *provider, gint64 now_us, GError **error) {
  gsize length;
  char *body = NULL;
  g_autofree char *url = described(provider, "jwks_uri");
  g_autoptr(GError) wrong = NULL;
  if (!get(provider, url, now_us, &body, &length, error)) return FALSE;
  OidcKeys *keys = oidc_keys_read(body, length, &wrong);
  if (!keys) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the provider's keys cannot be read: %s", wrong->message);
    return FALSE;
  }
  g_mutex_lock(&provider->mutex);
  oidc_keys_free(provider->keys);
  provider->keys = keys;
  provider->keys_us = now_us;
  g_mutex_unlock(&provider->mutex);
  return TRUE;
}

static gboolean has_keys(OidcProvider *provider, gint64 now_us) {
  g_mutex_lock(&provider->mutex);
  gboolean has = provider->keys && is_fresh(provider->keys_us, now_us, KEPT_US);
  g_mutex_unlock(&provider->mutex);
  return has;
}

/* Whether a key was looked for in vain just now. */
static gboolean has_missed(OidcProvider *provider, gint64 now_us) {
  g_mutex_lock(&provider->mutex);
  gboolean has = provider->missed_us > 0 && is_fresh(provider->missed_us, now_us, MISSED_US);
  g_mutex_unlock(&provider->mutex);
  return has;
}

static void note_missed(OidcProvider *provider, gint64 now_us) {
  g_mutex_lock(&provider->mutex);
  provider->missed_us = now_us;
  g_mutex_unlock(&provider->mutex);
}

static char *read_with_keys(OidcProvider *provider, const char *token, gsize *length, gboolean *is_unknown,
                            GError **error) {
  g_mutex_lock(&provider->mutex);
  char *body = oidc_signed_read(provider->keys, token, length, is_unknown, error);
  g_mutex_unlock(&provider->mutex);
  return body;
}

/* With the newest keys where the ones that are kept lack the token's. */
static char *read_signed(OidcProvider *provider, const char *token, gsize *length, gint64 now_us, GError **error) {
  g_autoptr(GError) refused = NULL;
  gboolean is_unknown = FALSE;
  if (!has_keys(provider, now_us) && !fetch_keys(provider, now_us, error)) return NULL;
  char *body = read_with_keys(provider, token, length, &is_unknown, &refused);
  if (!body && is_unknown && !has_missed(provider, now_us)) {
    if (!fetch_keys(provider, now_us, error)) return NULL;
    g_clear_error(&refused);
    body = read_with_keys(provider, token, length, &is_unknown, &refused);
    if (is_unknown) note_missed(provider, now_us);
  }
  if (refused) g_propagate_error(error, g_steal_pointer(&refused));
  return body;
}

/* --- beginning --- */

/* A path of this server: no other host can be made of it. */
static gboolean is_own_path(const char *to) {
  if (*to != '/' || to[1] == '/' || strlen(to) > MAX_TO) return FALSE;
  for (const char *at = to; *at; at++)
    if (!g_ascii_isgraph(*at) || *at == '\\') return FALSE;
  return TRUE;
}

static void add(GString *form, const char *name, const char *value) {
  g_string_append_printf(form, "%s%s=", form->len ? "&" : "", name);
  g_string_append_uri_escaped(form, value, NULL, FALSE);
}

/* RFC 7636, 4.2, S256. */
static char *challenge_of(const char *verifier) {
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(sum, (const guchar *)verifier, -1);
  g_checksum_get_digest(sum, digest, &length);
  return oidc_base64url_write(digest, length);
}

static char *page_of(OidcProvider *provider, const OidcFlow *flow) {
  g_autofree char *challenge = challenge_of(flow->verifier), *url = described(provider, "authorization_endpoint");
  g_autofree char *scopes = g_strjoinv(" ", provider->conf->scopes);
  g_autoptr(GString) query = g_string_new(NULL);
  add(query, "response_type", "code");
  add(query, "client_id", provider->conf->client);
  add(query, "redirect_uri", provider->callback);
  add(query, "scope", scopes);
  add(query, "state", flow->state);
  add(query, "nonce", flow->nonce);
  add(query, "code_challenge", challenge);
  add(query, "code_challenge_method", "S256");
  return g_strconcat(url, strchr(url, '?') ? "&" : "?", query->str, NULL);
}

char *oidc_provider_begin(OidcProvider *provider, const char *to, gint64 now_us, char **browser, GError **error) {
  if (!is_own_path(to)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "to is to be a path of this server, such as /");
    return NULL;
  }
  if (!need_description(provider, now_us, error)) return NULL;
  g_autoptr(OidcFlow) flow = oidc_pending_begin(provider->pending, to, now_us);
  *browser = g_strdup(flow->browser);
  return page_of(provider, flow);
}

/* --- coming back --- */

/* RFC 9207: a provider that says that it names itself has to. */
static gboolean check_issuer(OidcProvider *provider, const char *given, GError **error) {
  g_mutex_lock(&provider->mutex);
  gboolean is_said = oidc_is_true(provider->description, "authorization_response_iss_parameter_supported");
  g_mutex_unlock(&provider->mutex);
  if (given ? g_str_equal(given, provider->conf->issuer) : !is_said) return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the answer is of another provider (iss)");
  return FALSE;
}

/* Whether the provider wants the secret in the form: it names ways, and RFC 6749's usual one is not among them. */
static gboolean wants_form(OidcProvider *provider) {
  g_mutex_lock(&provider->mutex);
  g_autofree const char **ways = oidc_texts(provider->description, "token_endpoint_auth_methods_supported");
  gboolean wants = ways && !g_strv_contains(ways, "client_secret_basic") && g_strv_contains(ways, "client_secret_post");
  g_mutex_unlock(&provider->mutex);
  return wants;
}

static gboolean judge_answer(guint status, GError **error) {
  if (status == 200) return TRUE;
  if (status == 401)
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_IO,
                        "the provider does not take this server's client id and secret");
  else if (status == 400 || status == 403)
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                        "the provider does not take the code: it was used already, or took too long");
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the provider answers %u where a token should be", status);
  return FALSE;
}

static gboolean exchange(OidcProvider *provider, GString *form, const char *secret, gint64 now_us, char **body,
                         gsize *length, GError **error) {
  const ConfSignIn *conf = provider->conf;
  g_autofree char *url = described(provider, "token_endpoint"), *user = g_uri_escape_string(conf->client, NULL, FALSE);
  g_autofree char *password = secret ? g_uri_escape_string(secret, NULL, FALSE) : NULL;
  gboolean is_in_form = !secret || wants_form(provider);
  if (is_in_form) add(form, "client_id", conf->client);
  if (is_in_form && secret) add(form, "client_secret", secret);
  SendRequest request = {.url = url, .form = form->str};
  if (!is_in_form) {
    request.user = user;
    request.password = password;
  }
  guint status = 0;
  gboolean ok = ask(provider, &request, now_us, &status, body, length, error);
  user_password_free(g_steal_pointer(&password));
  if (!ok || judge_answer(status, error)) return ok;
  g_free(g_steal_pointer(body));
  return FALSE;
}

/* The ID token that a code is worth; NULL with `error`. */
static char *redeem(OidcProvider *provider, const char *code, const OidcFlow *flow, gint64 now_us, GError **error) {
  gboolean has_secret = provider->conf->secret.env || provider->conf->secret.file;
  char *secret = has_secret ? send_secret(&provider->conf->secret, error) : NULL, *body = NULL;
  gsize length = 0;
  if (has_secret && !secret) {
    g_prefix_error(error, "the client secret: ");
    return NULL;
  }
  g_autoptr(GString) form = g_string_new(NULL);
  add(form, "grant_type", "authorization_code");
  add(form, "code", code);
  add(form, "redirect_uri", provider->callback);
  add(form, "code_verifier", flow->verifier);
  gboolean ok = exchange(provider, form, secret, now_us, &body, &length, error);
  user_password_free(secret);
  if (!ok) return NULL;
  g_autoptr(OidcDocument) answer = oidc_document_new(body, length, NULL);
  char *token = answer ? g_strdup(oidc_text(answer, 0, "id_token")) : NULL;
  if (!token)
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                        "the provider gives no ID token: are its scopes without openid?");
  return token;
}

OidcDocument *oidc_provider_finish(OidcProvider *provider, const OidcReturn *came, gint64 now_us, char **to,
                                   GError **error) {
  g_autoptr(OidcFlow) flow = oidc_pending_end(provider->pending, came->state, came->browser, now_us, error);
  if (!flow || !need_description(provider, now_us, error) || !check_issuer(provider, came->issuer, error)) return NULL;
  if (came->refusal || !came->code) {
    g_autofree char *why = oidc_begin_of(came->refusal ? came->refusal : "no code");
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the provider did not sign you in (%s)", why);
    return NULL;
  }
  g_autofree char *token = redeem(provider, came->code, flow, now_us, error);
  gsize length = 0;
  char *body = token ? read_signed(provider, token, &length, now_us, error) : NULL;
  if (!body) return NULL;
  const OidcExpected expected = {.issuer = provider->conf->issuer,
                                 .client = provider->conf->client,
                                 .nonce = flow->nonce,
                                 .now_s = now_us / G_USEC_PER_SEC};
  OidcDocument *claims = oidc_claims_read(body, length, &expected, error);
  if (claims) *to = g_strdup(flow->to);
  return claims;
}
