/* Signatures, by GnuTLS. */
#include "oidc/jose.h"

#include "oidc/document.h"
#include "oidc/loaded.h"

#include <string.h>

#define MIN_RSA_BYTES 256 /* 2,048 bits: NIST SP 800-131A */
#define MAX_RSA_BYTES 1024

static const struct {
  const char *name, *kty, *crv; /* crv NULL: of RSA */
  gnutls_sign_algorithm_t sign;
  gnutls_ecc_curve_t curve;
  gsize half; /* bytes of each of r and s, where a signature is these two */
} algorithms[] = {
    {"RS256", "RSA", NULL, GNUTLS_SIGN_RSA_SHA256, 0, 0},
    {"RS384", "RSA", NULL, GNUTLS_SIGN_RSA_SHA384, 0, 0},
    {"RS512", "RSA", NULL, GNUTLS_SIGN_RSA_SHA512, 0, 0},
    {"PS256", "RSA", NULL, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, 0, 0},
    {"PS384", "RSA", NULL, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384, 0, 0},
    {"PS512", "RSA", NULL, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512, 0, 0},
    {"ES256", "EC", "P-256", GNUTLS_SIGN_ECDSA_SHA256, GNUTLS_ECC_CURVE_SECP256R1, 32},
    {"ES384", "EC", "P-384", GNUTLS_SIGN_ECDSA_SHA384, GNUTLS_ECC_CURVE_SECP384R1, 48},
    {"ES512", "EC", "P-521", GNUTLS_SIGN_ECDSA_SHA512, GNUTLS_ECC_CURVE_SECP521R1, 66},
    {"EdDSA", "OKP", "Ed25519", GNUTLS_SIGN_EDDSA_ED25519, GNUTLS_ECC_CURVE_ED25519, 0},
};
#define N_ALGORITHMS G_N_ELEMENTS(algorithms)

typedef struct {
  char *kid, *alg; /* NULL: not said */
  char *kty, *crv;
  gnutls_pubkey_t key;
} Key;

struct OidcKeys {
  GPtrArray *keys; /* Key */
};

static void free_key(gpointer data) {
  Key *key = data;
  if (key->key) gnutls_pubkey_deinit(key->key);
  g_free(key->kid);
  g_free(key->alg);
  g_free(key->kty);
  g_free(key->crv);
  g_free(key);
}

void oidc_keys_free(OidcKeys *keys) {
  if (!keys) return;
  g_ptr_array_unref(keys->keys);
  g_free(keys);
}

/* --- a key --- */

typedef struct {
  guint8 *bytes;
  gsize length;
} Number;

static void number_clear(Number *number) {
  g_free(number->bytes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Number, number_clear)

static Number number_of(const OidcDocument *document, guint object, const char *name) {
  const char *text = oidc_text(document, object, name);
  Number number = {0};
  if (text) number.bytes = oidc_base64url_read(text, strlen(text), &number.length);
  return number;
}

static gnutls_datum_t datum_of(const Number *number) {
  return (gnutls_datum_t){number->bytes, (unsigned)number->length};
}

static gboolean import_rsa(Key *key, const OidcDocument *document, guint object) {
  g_auto(Number) n = number_of(document, object, "n"), e = number_of(document, object, "e");
  gboolean is_sound = n.bytes && e.bytes && n.length >= MIN_RSA_BYTES && n.length <= MAX_RSA_BYTES && n.bytes[0] != 0 &&
                      e.length >= 1 && e.length <= 8 && (e.bytes[e.length - 1] & 1);
  gnutls_datum_t modulus = datum_of(&n), exponent = datum_of(&e);
  return is_sound && gnutls_pubkey_import_rsa_raw(key->key, &modulus, &exponent) == 0;
}

static gboolean import_curve(Key *key, const OidcDocument *document, guint object, guint algorithm) {
  g_auto(Number) x = number_of(document, object, "x"), y = number_of(document, object, "y");
  gnutls_datum_t first = datum_of(&x), second = datum_of(&y);
  gsize half = algorithms[algorithm].half;
  if (!x.bytes || (half && (!y.bytes || x.length != half || y.length != half))) return FALSE;
  return gnutls_pubkey_import_ecc_raw(key->key, algorithms[algorithm].curve, &first, half ? &second : NULL) == 0;
}

/* The first row that takes such a key; N_ALGORITHMS: none. */
static guint row_of(const char *kty, const char *crv) {
  guint row = 0;
  while (row < N_ALGORITHMS &&
         !(g_str_equal(algorithms[row].kty, kty) && (!algorithms[row].crv || g_strcmp0(algorithms[row].crv, crv) == 0)))
    row++;
  return row;
}

/* NULL: it is of no use here. */
static Key *read_key(const OidcDocument *document, guint object) {
  const char *kty = oidc_text(document, object, "kty"), *crv = oidc_text(document, object, "crv");
  const char *use = oidc_text(document, object, "use");
  guint row = kty ? row_of(kty, crv) : N_ALGORITHMS;
  if (row == N_ALGORITHMS || (use && !g_str_equal(use, "sig"))) return NULL;
  Key *key = g_new0(Key, 1);
  key->kid = g_strdup(oidc_text(document, object, "kid"));
  key->alg = g_strdup(oidc_text(document, object, "alg"));
  key->kty = g_strdup(kty);
  key->crv = g_strdup(algorithms[row].crv);
  gboolean ok = gnutls_pubkey_init(&key->key) == 0 &&
                (algorithms[row].crv ? import_curve(key, document, object, row) : import_rsa(key, document, object));
  if (ok) return key;
  free_key(key);
  return NULL;
}

OidcKeys *oidc_keys_read(char *text, gsize length, GError **error) {
  g_autoptr(OidcDocument) document = oidc_document_new(text, length, error);
  if (!document || !loaded_gnutls_ready(error)) return NULL;
  const BaseJsonValue *list = oidc_member(document, 0, "keys");
  if (!list || list->kind != BASE_JSON_LIST) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the key set has no list \"keys\"");
    return NULL;
  }
  g_autoptr(OidcKeys) keys = g_new0(OidcKeys, 1);
  keys->keys = g_ptr_array_new_with_free_func(free_key);
  guint n = 0;
  for (guint i = list->first; i; i = base_json_value(document->json, i)->next) {
    if (++n > OIDC_MAX_KEYS) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "the key set has more than %d keys", OIDC_MAX_KEYS);
      return NULL;
    }
    if (base_json_value(document->json, i)->kind != BASE_JSON_OBJECT) continue;
    Key *key = read_key(document, i);
    if (key) g_ptr_array_add(keys->keys, key);
  }
  return g_steal_pointer(&keys);
}

/* --- a signature --- */

static gboolean fits(const Key *key, guint row) {
  return g_str_equal(key->kty, algorithms[row].kty) && g_strcmp0(key->crv, algorithms[row].crv) == 0 &&
         (!key->alg || g_str_equal(key->alg, algorithms[row].name));
}

/* A token that names no key means the only one that fits. */
static const Key *find_key(const OidcKeys *keys, const char *kid, guint row, gboolean *is_unknown) {
  const Key *found = NULL;
  guint n = 0;
  *is_unknown = TRUE;
  for (guint i = 0; i < keys->keys->len; i++) {
    const Key *key = g_ptr_array_index(keys->keys, i);
    if (kid && g_strcmp0(key->kid, kid) != 0) continue;
    if (kid) *is_unknown = FALSE;
    if (!fits(key, row)) continue;
    found = key;
    n++;
  }
  if (n == 1) *is_unknown = FALSE;
  return n == 1 ? found : NULL;
}

/* r and s of RFC 7518, 3.4 as GnuTLS wants them; numbers have no zeros before them there. */
static gboolean encode_pair(const guint8 *bytes, gsize half, gnutls_datum_t *out) {
  gnutls_datum_t parts[2];
  for (guint i = 0; i < 2; i++) {
    const guint8 *at = bytes + i * half, *end = at + half;
    while (at + 1 < end && *at == 0) at++;
    parts[i] = (gnutls_datum_t){(unsigned char *)at, (unsigned)(end - at)};
  }
  return gnutls_encode_rs_value(out, &parts[0], &parts[1]) == 0;
}

static gboolean is_signed(const Key *key, guint row, const char *text, gsize text_length, const Number *signature) {
  gnutls_datum_t data = {(unsigned char *)text, (unsigned)text_length}, given = datum_of(signature), made = {0};
  gsize half = algorithms[row].half;
  if (half && (signature->length != 2 * half || !encode_pair(signature->bytes, half, &made))) return FALSE;
  gboolean ok = gnutls_pubkey_verify_data2(key->key, algorithms[row].sign, 0, &data, half ? &made : &given) >= 0;
  if (made.data) (*loaded_gnutls.release)(made.data);
  return ok;
}

static gboolean refuse(GError **error, const char *words) {
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, words);
  return FALSE;
}

/* The row of the token's algorithm, and its key. */
static gboolean read_head(const OidcKeys *keys, const char *text, gsize length, guint *row, const Key **key,
                          gboolean *is_unknown, GError **error) {
  gsize n;
  char *plain = (char *)oidc_base64url_read(text, length, &n);
  g_autoptr(OidcDocument) head = plain ? oidc_document_new(plain, n, NULL) : NULL;
  const char *alg = head ? oidc_text(head, 0, "alg") : NULL;
  if (!alg) return refuse(error, "the token's head cannot be read");
  if (oidc_member(head, 0, "crit")) return refuse(error, "the token asks for extensions that are not known here");
  for (*row = 0; *row < N_ALGORITHMS && !g_str_equal(algorithms[*row].name, alg);) ++*row;
  if (*row == N_ALGORITHMS) {
    g_autofree char *shown = oidc_begin_of(alg);
    g_set_error(error, BASE_ERROR, BASE_ERROR_FORBIDDEN, "the token is signed with \"%s\", which is not taken", shown);
    return FALSE;
  }
  *key = find_key(keys, oidc_text(head, 0, "kid"), *row, is_unknown);
  return *key || refuse(error, "the token is signed with a key that the provider does not show");
}

char *oidc_signed_read(const OidcKeys *keys, const char *text, gsize *length, gboolean *is_unknown, GError **error) {
  const char *first = strchr(text, '.'), *second = first ? strchr(first + 1, '.') : NULL;
  *is_unknown = FALSE;
  if (!second || strchr(second + 1, '.') || strlen(text) > OIDC_MAX_TOKEN_BYTES) {
    refuse(error, "the token is not of three parts, or too long");
    return NULL;
  }
  guint row = 0;
  const Key *key = NULL;
  if (!read_head(keys, text, (gsize)(first - text), &row, &key, is_unknown, error)) return NULL;
  g_auto(Number) signature = {0};
  signature.bytes = oidc_base64url_read(second + 1, strlen(second + 1), &signature.length);
  if (!signature.bytes || !is_signed(key, row, text, (gsize)(second - text), &signature)) {
    refuse(error, "the token's signature is wrong");
    return NULL;
  }
  char *body = (char *)oidc_base64url_read(first + 1, (gsize)(second - first - 1), length);
  if (!body) refuse(error, "what the token says cannot be read");
  return body;
}
