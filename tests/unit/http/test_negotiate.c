/* Accept-Encoding and If-None-Match as RFC 9110 says, and types of bodies. */
#include "../unit.h"
#include "http/negotiate.h"

static void expect_encoding(const char *accept, const char *name) {
  const char *chosen = http_encoding_name(http_choose_encoding(accept, TRUE));
  if (g_strcmp0(chosen, name) != 0) fail_msg("%s: %s", accept, chosen ? chosen : "identity");
}

/* The examples of RFC 9110, 12.5.3, and what browsers and programs send. */
static void encodings(void **state) {
  expect_encoding(NULL, NULL);
  expect_encoding("", NULL);
  expect_encoding("compress, gzip", "gzip");
  expect_encoding("*", "br");
  expect_encoding("compress;q=0.5, gzip;q=1.0", "gzip");
  expect_encoding("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip");
  expect_encoding("gzip, deflate, br", "br");
  expect_encoding("gzip, deflate, br;q=0.9", "gzip");
  expect_encoding("br;q=0, gzip;q=0", NULL);
  expect_encoding("GZIP", "gzip");
  expect_encoding("x-gzip", "gzip");
  expect_encoding("identity, gzip;q=0.5", NULL);
  expect_encoding("gzip;q=0.001", "gzip");
  expect_encoding("gzip;q=0.0001", NULL); /* no quality: three decimals at most */
  expect_encoding("gzip;q=1.5", NULL);
  expect_encoding("gzip;q=nan", NULL);
  expect_encoding("deflate", NULL);
  expect_encoding(";;,,;q=1,", NULL);
  assert_int_equal(http_choose_encoding("br", FALSE), HTTP_IDENTITY);
  assert_int_equal(http_choose_encoding("br, gzip;q=0.1", FALSE), HTTP_GZIP);
}

/* The weak comparison's table in RFC 9110, 8.8.3.2: W/"1" and W/"1", W/"1" and "1" match; W/"1" and W/"2" do not. */
static void tags(void **state) {
  assert_true(http_has_tag("W/\"1\"", "W/\"1\""));
  assert_true(http_has_tag("\"1\"", "W/\"1\""));
  assert_true(http_has_tag("W/\"1\"", "\"1\""));
  assert_false(http_has_tag("W/\"2\"", "W/\"1\""));
  assert_true(http_has_tag("*", "W/\"1\""));
  assert_true(http_has_tag("\"a\", W/\"b\",\"1\"", "W/\"1\""));
  assert_true(http_has_tag("\"a,1\", \"1\"", "W/\"1\""));
  assert_false(http_has_tag("\"a,1\"", "W/\"1\""));
  assert_false(http_has_tag("1", "W/\"1\""));
  assert_false(http_has_tag("\"1", "W/\"1\""));
  assert_false(http_has_tag("\"11\"", "W/\"1\""));
  assert_false(http_has_tag("", "W/\"1\""));
  assert_false(http_has_tag(NULL, "W/\"1\""));
}

static void types(void **state) {
  assert_true(http_is_type("application/json", "application/json"));
  assert_true(http_is_type("Application/JSON; charset=\"UTF-8\"", "application/json"));
  assert_true(http_is_type("application/merge-patch+json", "application/json"));
  assert_true(http_is_type("text/csv", "application/json|text/csv"));
  assert_true(http_is_type(NULL, "*"));
  assert_false(http_is_type(NULL, "application/json"));
  assert_false(http_is_type("", "application/json"));
  assert_false(http_is_type("text/plain", "application/json"));
  assert_false(http_is_type("application/jsonp", "application/json"));
  assert_false(http_is_type("application/json; charset=utf-16", "application/json"));
  assert_true(http_is_text("text/html; charset=utf-8"));
  assert_true(http_is_text("application/problem+json"));
  assert_false(http_is_text("application/octet-stream"));
  assert_false(http_is_text(NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(encodings),
      cmocka_unit_test(tags),
      cmocka_unit_test(types),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
