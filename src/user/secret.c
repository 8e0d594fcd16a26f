/* Secrets and the hashes of passwords, by libsodium.
 *
 * Work factors: libsodium's "interactive" ones, 2 passes over 64 MiB, are above the least that the OWASP password
 * storage sheet asks of Argon2id (2 passes over 19 MiB). Raised here, they reach each password when it is next typed.
 */
#include "user/secret.h"

#include <sodium.h>

#define SECRET_BYTES 32
#define OPS          crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY       USER_HASH_BYTES

G_STATIC_ASSERT(USER_HASH_BYTES >= crypto_pwhash_MEMLIMIT_INTERACTIVE);

static gpointer start_sodium(gpointer data) {
  g_assert(sodium_init() >= 0); /* fails only where the system gives no random bytes */
  return NULL;
}

static void need_sodium(void) {
  static GOnce started = G_ONCE_INIT;
  g_once(&started, start_sodium, NULL);
}

static char *as_text(const guint8 *bytes, gsize n) {
  gsize length = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return sodium_bin2base64(g_malloc(length), length, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

char *user_secret_new(void) {
  guint8 bytes[SECRET_BYTES];
  need_sodium();
  randombytes_buf(bytes, sizeof bytes);
  char *secret = as_text(bytes, sizeof bytes);
  sodium_memzero(bytes, sizeof bytes);
  return secret;
}

char *user_secret_digest(const char *secret) {
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, secret, -1);
}

char *user_secret_derive(const char *secret, const char *purpose) {
  crypto_auth_hmacsha256_state state;
  guint8 bytes[crypto_auth_hmacsha256_BYTES];
  need_sodium();
  crypto_auth_hmacsha256_init(&state, (const guint8 *)secret, strlen(secret));
  crypto_auth_hmacsha256_update(&state, (const guint8 *)purpose, strlen(purpose));
  crypto_auth_hmacsha256_final(&state, bytes);
  sodium_memzero(&state, sizeof state);
  return as_text(bytes, sizeof bytes);
}

gboolean user_secret_is_equal(const char *a, const char *b) {
  if (!a || !b) return FALSE;
  gsize length = strlen(a);
  need_sodium();
  return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}

/* --- passwords --- */

void user_password_free(char *password) {
  if (!password) return;
  sodium_memzero(password, strlen(password));
  g_free(password);
}

char *user_password_hash(const char *password, GError **error) {
  char hash[crypto_pwhash_STRBYTES];
  need_sodium();
  if (crypto_pwhash_str_alg(hash, password, strlen(password), OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0)
    return g_strdup(hash);
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "the machine has not the 64 MB of memory that a password takes now: try again");
  return NULL;
}

/* The hash of a password that nobody has, made with the work that is asked now. */
static gpointer make_nobodys(gpointer data) {
  g_autofree char *secret = user_secret_new();
  return user_password_hash(secret, NULL);
}

static const char *nobodys_hash(void) {
  static GOnce made = G_ONCE_INIT;
  return g_once(&made, make_nobodys, NULL);
}

/* Nobody's hash is made whether it is asked for or not, so that the first name that is unknown takes no longer. */
gboolean user_password_is_right(const char *hash, const char *password, gboolean *is_weak) {
  const char *nobodys = nobodys_hash(), *held = hash ? hash : nobodys;
  g_autofree char *composed = g_utf8_normalize(password, -1, G_NORMALIZE_NFC);
  if (is_weak) *is_weak = FALSE;
  if (!held || !composed) return FALSE;
  need_sodium();
  gboolean is_right = crypto_pwhash_str_verify(held, composed, strlen(composed)) == 0;
  sodium_memzero(composed, strlen(composed));
  if (is_right && hash && is_weak) *is_weak = crypto_pwhash_str_needs_rehash(hash, OPS, MEMORY) != 0;
  return is_right && hash != NULL;
}
