/* What a provider of sign-in sends: the first part of the input, up to a zero byte, is a key set, what follows a signed
 * token, and both are claims. Nothing that is signed by nobody is taken. */
#include "fuzz.h"
#include "oidc/jose.h"
#include "oidc/token.h"

/* RFC 7515, A.3. */
#define KEYS                                                                                             \
  "{\"keys\": [{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
  "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"
#define SIGNED "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2Ui" /* how what is signed with that key begins */

static void check(const GError *error, gboolean is_failed) {
  g_assert((error != NULL) == is_failed);
  if (error) g_assert(*error->message && g_utf8_validate(error->message, -1, NULL));
}

static void check_token(const OidcKeys *keys, const char *token, gboolean is_ours) {
  g_autoptr(GError) error = NULL;
  gsize length;
  gboolean is_unknown;
  g_autofree char *said = oidc_signed_read(keys, token, &length, &is_unknown, &error);
  check(error, said == NULL);
  g_assert(!said || !is_ours || g_str_has_prefix(token, SIGNED));
}

static void check_claims(const char *text, gsize length) {
  static const OidcExpected expected = {"https://op.example", "attain", "n-1", 1790000000};
  g_autoptr(GError) error = NULL, nameless = NULL;
  g_autoptr(OidcDocument) claims = oidc_claims_read(g_memdup2(text, length + 1), length, &expected, &error);
  check(error, claims == NULL);
  if (!claims) return;
  gboolean has_name = oidc_claims_name(claims, "email", &nameless) != NULL;
  check(nameless, !has_name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *all = g_malloc0(size + 1);
  if (size > 0) memcpy(all, data, size);
  gsize length = strlen(all);
  const char *token = all + MIN(length + 1, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(OidcKeys) keys = oidc_keys_read(g_strdup(all), length, &error);
  g_autoptr(OidcKeys) ours = oidc_keys_read(g_strdup(KEYS), strlen(KEYS), NULL);
  check(error, keys == NULL);
  if (keys) check_token(keys, token, FALSE);
  check_token(ours, token, TRUE);
  check_claims(all, length);
  return 0;
}
