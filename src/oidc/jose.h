/* Keys (RFC 7517) and signed texts (RFC 7515) of a provider.
 *
 * Which algorithms hold stands in one table, each with the kind of key that it takes: a key is never used for what it
 * was not made for, "none" and what is signed with a shared secret (HS256 …) are in no row and refused. Keys that a
 * token brings along (jwk, jku, x5u) are not looked at. */
#pragma once

#include "base/text.h"

#define OIDC_MAX_KEYS        100
#define OIDC_MAX_TOKEN_BYTES (64 * 1024)

typedef struct OidcKeys OidcKeys;

/* Of a key set, which is taken. Keys of kinds that are not known, or that are not for signatures, are passed over.
 * Errors: INPUT, LIMIT. */
OidcKeys *oidc_keys_read(char *text, gsize length, GError **error);
void oidc_keys_free(OidcKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OidcKeys, oidc_keys_free)

/* What a compact text has in it, once its signature holds; NULL with FORBIDDEN, in words that say why. `*is_unknown`:
 * it names a key that is not among these, which a newer set may have. The caller frees. */
char *oidc_signed_read(const OidcKeys *keys, const char *text, gsize *length, gboolean *is_unknown, GError **error);
