/* A provider of sign-in: OpenID Connect's authorization code flow with PKCE.
 *
 *   browser ─► begin: state, nonce, challenge ─► the provider's page ─► browser ─► finish: code ─► token ─► claims
 *                └── cookie of this browser ──────────────────────────────────────┘
 *
 * The provider's description and its keys are asked for when they are first needed, kept for an hour, and the keys
 * asked for again when a token names one that is not among them. Any thread. */
#pragma once

#include "conf/conf.h"
#include "oidc/document.h"
#include "send/fetch.h"

typedef struct OidcProvider OidcProvider;

/* A send_fetch(), or a test's. */
typedef gboolean (*OidcFetch)(const SendRequest *request, guint *status, char **body, gsize *length, GError **error);

/* `conf` stays as long as the provider; `callback` is the address to which it sends browsers back. */
OidcProvider *oidc_provider_new(const ConfSignIn *conf, const char *callback, OidcFetch fetch);
void oidc_provider_free(OidcProvider *provider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OidcProvider, oidc_provider_free)

/* The address of the provider's page; `*browser` is for the browser's cookie. `to` is a path of ours where it is to go
 * on. The caller frees both. Errors: INPUT for a path that is not ours; IO when the provider cannot be asked, BUSY. */
char *oidc_provider_begin(OidcProvider *provider, const char *to, gint64 now_us, char **browser, GError **error);

typedef struct {
  const char *state, *code, *refusal, *issuer; /* as the provider sent them; may be NULL */
  const char *browser;                         /* the cookie; may be NULL */
} OidcReturn;
/* What the provider says of who comes back; `*to` is where they wanted to go, and the caller frees it. Errors:
 * FORBIDDEN when it is not to be believed, IO when the provider cannot be asked, BUSY. */
OidcDocument *oidc_provider_finish(OidcProvider *provider, const OidcReturn *came, gint64 now_us, char **to,
                                   GError **error);
