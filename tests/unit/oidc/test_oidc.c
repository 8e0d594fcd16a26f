/* Signatures and keys by the examples of RFC 7515 (A.1 to A.3, C), RFC 7517 and RFC 8037 (A.4); claims by OpenID
 * Connect Core 1.0, 3.1.3.7. What a provider of sign-in does wrong on the way is tests/e2e/oidc.py's. */
#include "oidc/document.h"
#include "oidc/jose.h"
#include "oidc/pending.h"
#include "oidc/token.h"
#include "unit.h"

#define N_A2                                                                                                       \
  "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-" \
  "pCgNMs"                                                                                                         \
  "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"                      \
  "UTo7WTBEMa2R2CapHg665xsmtdV"                                                                                    \
  "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define RSA "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" N_A2 "\"}"
#define EC                                                                                   \
  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
  "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
#define OKP "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"

#define JOE     "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define BY_HMAC "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." JOE ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define BY_RSA                                                                                                         \
  "eyJhbGciOiJSUzI1NiJ9." JOE                                                                                          \
  ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1" \
  "dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"         \
  "xi12jzDwu"                                                                                                          \
  "sC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define BY_EC                                                                        \
  "eyJhbGciOiJFUzI1NiJ9." JOE                                                        \
  ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-" \
  "Kg6NU1Q"
#define BY_ED                                                \
  "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc" \
  ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

static OidcKeys *keys_of(const char *keys) {
  g_autoptr(GError) error = NULL;
  char *text = g_strdup_printf("{\"keys\": [%s]}", keys);
  OidcKeys *read = oidc_keys_read(text, strlen(text), &error);
  if (!read) fail_msg("%s", error->message);
  return read;
}

static void test_examples_hold(void **state) {
  static const struct {
    const char *keys, *token, *said;
  } cases[] = {
      {RSA, BY_RSA, "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
      {EC, BY_EC, "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
      {OKP, BY_ED, "Example of Ed25519 signing"},
      {RSA "," EC "," OKP, BY_EC, "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(OidcKeys) keys = keys_of(cases[i].keys);
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    gboolean is_unknown = TRUE;
    g_autofree char *said = oidc_signed_read(keys, cases[i].token, &length, &is_unknown, &error);
    if (!said) fail_msg("case %u: %s", i, error->message);
    assert_int_equal(length, strlen(cases[i].said));
    assert_string_equal(said, cases[i].said);
    assert_false(is_unknown);
  }
}

static void assert_refused(const char *key_texts, const char *token, const char *words, gboolean is_unknown) {
  g_autoptr(OidcKeys) keys = keys_of(key_texts);
  g_autoptr(GError) error = NULL;
  gsize length = 0;
  gboolean unknown = FALSE;
  char *said = oidc_signed_read(keys, token, &length, &unknown, &error);
  if (said) fail_msg("taken: %s", token);
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_FORBIDDEN));
  assert_has(error->message, words);
  assert_int_equal(unknown, is_unknown);
}

/* Each character of a signature counts; so does each of what is signed. */
static void test_changes_show(void **state) {
  static const char *const tokens[] = {BY_RSA, BY_EC, BY_ED}, *const keys[] = {RSA, EC, OKP};
  for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
    gsize head = strcspn(tokens[i], ".") + 1, n = strlen(tokens[i]);
    for (gsize at = head; at < n - 1; at += 7) { /* of the last one not all bits count */
      if (tokens[i][at] == '.') continue;
      g_autofree char *changed = g_strdup(tokens[i]);
      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      assert_refused(keys[i], changed, "signature is wrong", FALSE);
    }
  }
}

static void test_what_is_not_taken(void **state) {
  assert_refused(RSA, BY_HMAC, "\"HS256\"", FALSE);
  assert_refused(RSA, "eyJhbGciOiJub25lIn0." JOE ".", "\"none\"", FALSE); /* {"alg":"none"}: RFC 7519, 6.1 */
  assert_refused(EC, BY_RSA, "does not show", TRUE);
  assert_refused(RSA "," RSA, BY_RSA, "does not show", TRUE); /* which of them is meant is not said */
  assert_refused("{\"kty\":\"RSA\",\"alg\":\"PS256\",\"e\":\"AQAB\",\"n\":\"" N_A2 "\"}", BY_RSA, "does not show",
                 TRUE);
  assert_refused("{\"kty\":\"RSA\",\"use\":\"enc\",\"e\":\"AQAB\",\"n\":\"" N_A2 "\"}", BY_RSA, "does not show", TRUE);
  assert_refused("{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ\"}", BY_HMAC, "\"HS256\"", FALSE);
  assert_refused("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}, 5, null, \"x\", {}", BY_EC,
                 "does not show", TRUE);
  static const char *const forms[] = {"", ".", "..", "a.b", "a.b.c.d", "e30." JOE ".x", "!." JOE ".x", "W10." JOE ".x"};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    g_autoptr(OidcKeys) keys = keys_of(RSA);
    gsize length;
    gboolean unknown;
    assert_null(oidc_signed_read(keys, forms[i], &length, &unknown, NULL));
  }
}

static void test_key_sets(void **state) {
  static const char *const wrong[] = {"", "[]", "{}", "{\"keys\": {}}", "{\"keys\": [}", "{\"keys\": [1]} x"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(oidc_keys_read(g_strdup(wrong[i]), strlen(wrong[i]), &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  }
  g_autoptr(GString) many = g_string_new("{\"keys\": [{}");
  for (guint i = 0; i < OIDC_MAX_KEYS; i++) g_string_append(many, ",{}");
  g_string_append(many, "]}");
  g_autoptr(GError) error = NULL;
  assert_null(oidc_keys_read(g_strdup(many->str), many->len, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
}

static void test_base64url(void **state) {
  static const guint8 bytes[] = {3, 236, 255, 224, 193}; /* RFC 7515, C */
  g_autofree char *text = oidc_base64url_write(bytes, sizeof bytes);
  assert_string_equal(text, "A-z_4ME");
  gsize length = 0;
  g_autofree guint8 *again = oidc_base64url_read(text, strlen(text), &length);
  assert_int_equal(length, sizeof bytes);
  assert_memory_equal(again, bytes, sizeof bytes);
  static const char *const wrong[] = {"A", "A-z_4", "A+z/", "A-z=", "A-z_ ", "\xc3\xa4_"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) assert_null(oidc_base64url_read(wrong[i], strlen(wrong[i]), &length));
}

/* --- claims --- */

#define NOW      1790000000
#define EXPECTED ((OidcExpected){.issuer = "https://op.example", .client = "attain", .nonce = "n-1", .now_s = NOW})
#define GOOD     "\"iss\":\"https://op.example\",\"sub\":\"7\",\"nonce\":\"n-1\""
#define TIMES    "\"exp\":1790000300,\"iat\":1790000000"

static void test_claims(void **state) {
  static const struct {
    const char *claims, *wrong; /* NULL: they are taken */
  } cases[] = {
      {GOOD "," TIMES ",\"aud\":\"attain\"", NULL},
      {GOOD "," TIMES ",\"aud\":[\"attain\"]", NULL},
      {GOOD "," TIMES ",\"aud\":[\"x\",\"attain\"],\"azp\":\"attain\"", NULL},
      {GOOD "," TIMES ",\"aud\":[\"x\",\"attain\"]", "aud"},
      {GOOD "," TIMES ",\"aud\":\"attain\",\"azp\":\"x\"", "azp"},
      {GOOD "," TIMES ",\"aud\":\"attain\",\"azp\":5", "azp"},
      {GOOD "," TIMES ",\"aud\":[\"attain\",5]", "aud"},
      {GOOD "," TIMES ",\"aud\":\"attain\",\"aud\":\"attain\"", "aud"}, /* twice: which one counts? */
      {GOOD "," TIMES, "aud"},
      {GOOD ",\"aud\":\"attain\",\"exp\":1789999941,\"iat\":1790000000", NULL}, /* 59 s ago: its clock may be wrong */
      {GOOD ",\"aud\":\"attain\",\"exp\":1789999940,\"iat\":1790000000", "exp"},
      {GOOD ",\"aud\":\"attain\",\"exp\":1790000300,\"iat\":1790000060", NULL},
      {GOOD ",\"aud\":\"attain\",\"exp\":1790000300,\"iat\":1790000061", "iat"},
      {GOOD ",\"aud\":\"attain\",\"exp\":1790000300,\"iat\":1789999399", "iat"},
      {GOOD ",\"aud\":\"attain\",\"exp\":1e300,\"iat\":1790000000", "exp"},
      {GOOD ",\"aud\":\"attain\",\"exp\":-1,\"iat\":1790000000", "exp"},
      {"\"iss\":\"https://op.example\",\"sub\":\"7\",\"nonce\":\"n-2\",\"aud\":\"attain\"," TIMES, "nonce"},
      {"\"iss\":\"https://op.example\",\"sub\":\"7\",\"aud\":\"attain\"," TIMES, "nonce"},
      {"\"iss\":\"https://op.example\",\"sub\":\"\",\"nonce\":\"n-1\",\"aud\":\"attain\"," TIMES, "sub"},
      {"\"iss\":\"https://op.example\",\"sub\":\"\u00e4\",\"nonce\":\"n-1\",\"aud\":\"attain\"," TIMES, "sub"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    char *text = g_strdup_printf("{%s}", cases[i].claims);
    g_autoptr(OidcDocument) claims = oidc_claims_read(text, strlen(text), &EXPECTED, &error);
    if (!claims != !!cases[i].wrong) fail_msg("case %u: %s", i, error ? error->message : "taken");
    if (cases[i].wrong) assert_has(error->message, cases[i].wrong);
  }
}

/* --- sign-ins under way --- */

static void test_pending(void **state) {
  OidcPending *pending = oidc_pending_new();
  const gint64 end = OIDC_PENDING_SECONDS * (gint64)G_USEC_PER_SEC;
  g_autoptr(OidcFlow) first = oidc_pending_begin(pending, "/a", 0), second = oidc_pending_begin(pending, "/b", 0);
  g_autoptr(OidcFlow) third = oidc_pending_begin(pending, "/c", 0);
  assert_string_not_equal(first->state, second->state);
  assert_int_equal(strlen(first->verifier), 43); /* RFC 7636, 4.1: 43 at least */
  assert_null(oidc_pending_end(pending, first->state, second->browser, 1, NULL));
  assert_null(oidc_pending_end(pending, first->state, first->browser, 1, NULL)); /* it is used up */
  g_autoptr(OidcFlow) back = oidc_pending_end(pending, second->state, second->browser, end - 1, NULL);
  assert_string_equal(back->to, "/b");
  assert_string_equal(back->nonce, second->nonce);
  assert_null(oidc_pending_end(pending, third->state, third->browser, end, NULL));
  assert_null(oidc_pending_end(pending, NULL, NULL, 1, NULL));
  g_autoptr(OidcFlow) oldest = oidc_pending_begin(pending, "/", 0), next = oidc_pending_begin(pending, "/", 0);
  for (guint i = 0; i < OIDC_MAX_PENDING - 1; i++) oidc_flow_free(oidc_pending_begin(pending, "/", 1));
  assert_null(oidc_pending_end(pending, oldest->state, oldest->browser, 1, NULL));
  g_autoptr(OidcFlow) kept = oidc_pending_end(pending, next->state, next->browser, 1, NULL);
  assert_non_null(kept);
  oidc_pending_free(pending);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_examples_hold),     cmocka_unit_test(test_changes_show),
      cmocka_unit_test(test_what_is_not_taken), cmocka_unit_test(test_key_sets),
      cmocka_unit_test(test_base64url),         cmocka_unit_test(test_claims),
      cmocka_unit_test(test_pending),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
