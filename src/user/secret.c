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

/* "$pepper$WHICH$" before Argon2's own text says that there is one, and which. */
#define PEPPERED "$pepper$"

/* What a hash made with the pepper begins with; "" for none. The caller frees. */
static char *prefix_of(const char *pepper) {
  g_autofree char *which = pepper ? user_secret_derive(pepper, "which pepper") : NULL;
  return which ? g_strconcat(PEPPERED, which, "$", NULL) : g_strdup("");
}

/* What Argon2 is given; user_password_free(). A purpose of its own keeps it from being told as `which`. */
static char *peppered(const char *password, const char *pepper) {
  if (!pepper) return g_strdup(password);
  char *purpose = g_strconcat("password ", password, NULL);
  char *text = user_secret_derive(pepper, purpose);
  user_password_free(purpose);
  return text;
}

char *user_password_hash(const char *password, const char *pepper, GError **error) {
  char hash[crypto_pwhash_STRBYTES];
  need_sodium();
  g_autofree char *prefix = prefix_of(pepper);
  char *text = peppered(password, pepper);
  int failed = crypto_pwhash_str_alg(hash, text, strlen(text), OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13);
  user_password_free(text);
  if (failed == 0) return g_strconcat(prefix, hash, NULL);
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "the machine has not the 64 MB of memory that a password takes now: try again");
  return NULL;
}

/* The hash of a password that nobody has, made with the work that is asked now. */
static gpointer make_nobodys(gpointer data) {
  g_autofree char *secret = user_secret_new();
  return user_password_hash(secret, NULL, NULL);
}

static const char *nobodys_hash(void) {
  static GOnce made = G_ONCE_INIT;
  return g_once(&made, make_nobodys, NULL);
}

/* Argon2's own text of a hash that can be checked: NULL where there is none, or it was made under another pepper. */
static const char *argon_of(const char *hash, const char *prefix) {
  if (!hash || !g_str_has_prefix(hash, PEPPERED)) return hash;
  return *prefix && g_str_has_prefix(hash, prefix) ? hash + strlen(prefix) : NULL;
}

/* Nobody's hash is made whether it is asked for or not, so that the first name that is unknown takes no longer. */
gboolean user_password_is_right(const char *hash, const char *password, const char *pepper, gboolean *is_weak) {
  const char *nobodys = nobodys_hash();
  g_autofree char *prefix = prefix_of(pepper), *composed = g_utf8_normalize(password, -1, G_NORMALIZE_NFC);
  const char *argon = argon_of(hash, prefix), *held = argon ? argon : nobodys;
  gboolean has_pepper = argon && argon != hash;
  if (is_weak) *is_weak = FALSE;
  if (!held || !composed) return FALSE;
  char *text = peppered(composed, has_pepper ? pepper : NULL);
  gboolean is_right = crypto_pwhash_str_verify(held, text, strlen(text)) == 0 && argon;
  user_password_free(text);
  sodium_memzero(composed, strlen(composed));
  if (is_right && is_weak)
    *is_weak = (pepper && !has_pepper) || crypto_pwhash_str_needs_rehash(argon, OPS, MEMORY) != 0;
  return is_right;
}
