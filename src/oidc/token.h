/* What an ID token says, held to what was asked (OpenID Connect Core 1.0, 3.1.3.7). */
#pragma once

#include "oidc/document.h"

#define OIDC_SKEW_SECONDS 60  /* by which the provider's clock may be wrong */
#define OIDC_MAX_AGE      600 /* seconds since a token was made: it was asked for just now */

typedef struct {
  const char *issuer, *client, *nonce;
  gint64 now_s;
} OidcExpected;

/* Takes the text, of oidc_signed_read(). Errors: FORBIDDEN, in words that say which claim is wrong. */
OidcDocument *oidc_claims_read(char *text, gsize length, const OidcExpected *expected, GError **error);

/* Who they are, as the operator has it looked for: the claim `name`. An e-mail address counts only where the provider
 * says that it has verified it. NULL with FORBIDDEN. */
const char *oidc_claims_name(const OidcDocument *claims, const char *name, GError **error);
