/* Sign-ins that have begun and not come back yet: each is of one browser, for ten minutes, and comes back once. In
 * memory; a server that starts anew has the few that were under way begin again. */
#pragma once

#include "base/text.h"

#define OIDC_PENDING_SECONDS 600
#define OIDC_MAX_PENDING     50000 /* then the oldest is forgotten */

typedef struct OidcPending OidcPending;

typedef struct {
  char *state, *browser; /* secrets, the second in the browser's cookie; of the table only their digests are kept */
  char *nonce, *verifier;
  char *to; /* the path where it goes on */
  gint64 began_us;
} OidcFlow;
void oidc_flow_free(OidcFlow *flow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OidcFlow, oidc_flow_free)

OidcPending *oidc_pending_new(void);
void oidc_pending_free(OidcPending *pending);
/* Any thread, as below. The caller frees the flow, of which the table has a copy without the secrets. */
OidcFlow *oidc_pending_begin(OidcPending *pending, const char *to, gint64 now_us);
/* The flow of a state, which is no more from here on; NULL with FORBIDDEN: there is none, it is too old, or another
 * browser began it. */
OidcFlow *oidc_pending_end(OidcPending *pending, const char *state, const char *browser, gint64 now_us, GError **error);
