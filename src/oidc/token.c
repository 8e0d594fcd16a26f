/* The claims of an ID token. */
#include "oidc/token.h"

#include "user/secret.h"

#include <string.h>

#define MAX_SUBJECT 255 /* bytes: OpenID Connect Core 1.0, 2 */

/* Of several whom it is for, it has to be ours that asked for it. */
static gboolean is_for(const OidcDocument *claims, const char *client) {
  g_autofree const char **audience = oidc_texts(claims, "aud");
  const char *party = oidc_text(claims, 0, "azp");
  if (!audience || !g_strv_contains(audience, client)) return FALSE;
  gboolean has_party = oidc_member(claims, 0, "azp") != NULL, is_ours = party && g_str_equal(party, client);
  return is_ours || (!has_party && !audience[1]);
}

static gboolean is_subject(const char *subject) {
  if (!subject || strlen(subject) > MAX_SUBJECT) return FALSE;
  for (const char *at = subject; *at; at++)
    if (!g_ascii_isprint(*at)) return FALSE;
  return TRUE;
}

/* What is wrong; NULL: nothing. */
static const char *wrong_with(const OidcDocument *claims, const OidcExpected *expected) {
  const char *issuer = oidc_text(claims, 0, "iss"), *nonce = oidc_text(claims, 0, "nonce");
  gint64 ends_s = oidc_seconds(claims, "exp"), made_s = oidc_seconds(claims, "iat"), now_s = expected->now_s;
  gint64 begins_s = oidc_seconds(claims, "nbf");
  if (!issuer || !g_str_equal(issuer, expected->issuer)) return "it is of another issuer (iss)";
  if (!is_for(claims, expected->client)) return "it is for another program (aud, azp)";
  if (!user_secret_is_equal(nonce, expected->nonce)) return "it belongs to another sign-in (nonce)";
  if (ends_s < 0 || ends_s + OIDC_SKEW_SECONDS <= now_s) return "it is over (exp), or this machine's clock is wrong";
  if (made_s < 0 || made_s > now_s + OIDC_SKEW_SECONDS || made_s + OIDC_MAX_AGE < now_s)
    return "it was not made just now (iat), or this machine's clock is wrong";
  if (begins_s > now_s + OIDC_SKEW_SECONDS) return "it does not hold yet (nbf)";
  if (!is_subject(oidc_text(claims, 0, "sub"))) return "it does not say who it is about (sub)";
  return NULL;
}

OidcDocument *oidc_claims_read(char *text, gsize length, const OidcExpected *expected, GError **error) {
  g_autoptr(OidcDocument) claims = oidc_document_new(text, length, NULL);
  const char *wrong = claims ? wrong_with(claims, expected) : "it cannot be read";
  if (!wrong) return g_steal_pointer(&claims);
  g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the provider's token is not taken: %s", wrong);
  return NULL;
}

const char *oidc_claims_name(const OidcDocument *claims, const char *name, GError **error) {
  const char *text = oidc_text(claims, 0, name);
  if (text && (!g_str_equal(name, "email") || oidc_is_true(claims, "email_verified"))) return text;
  g_autofree char *shown = text ? oidc_begin_of(text) : NULL;
  if (text)
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN,
                "the provider has not verified the e-mail address %s (email_verified)", shown);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the provider does not say who it is (%s)", name);
  return NULL;
}
