/* Request targets: what is read, and what is refused because two programs could read it differently. */
#include "../unit.h"
#include "http/uri.h"

static void expect_path(const char *written, const char *path) {
  HttpTarget target = {0};
  g_autoptr(GError) error = NULL;
  if (!http_target_read(written, &target, &error)) fail_msg("%s: %s", written, error->message);
  assert_string_equal(target.path, path);
  http_target_clear(&target);
}

static void expect_wrong(const char *written, const char *part) {
  HttpTarget target = {0};
  g_autoptr(GError) error = NULL;
  if (http_target_read(written, &target, &error)) fail_msg("%s was read as %s", written, target.path);
  assert_null(target.path);
  assert_has(error->message, part);
}

static void paths(void **state) {
  expect_path("/", "/");
  expect_path("/a", "/a");
  expect_path("/a/b%20c", "/a/b c");
  expect_path("/caf%C3%A9", "/café");
  expect_path("/a?x=/../%2f", "/a");
  expect_path("http://host:80/a/b?c=d", "/a/b");
  expect_path("HTTPS://host", "/");
  expect_path("*", "/");
  expect_path("/%7Bid%7D", "/{id}");
}

static void wrong_paths(void **state) {
  expect_wrong("", "begin with a slash");
  expect_wrong("a/b", "begin with a slash");
  expect_wrong("//a", "two slashes");
  expect_wrong("/a/", "two slashes");
  expect_wrong("/a/../b", "\"..\"");
  expect_wrong("/a/%2e%2E/b", "\"..\"");
  expect_wrong("/./b", "\".\"");
  expect_wrong("/a%2Fb", "slash or backslash");
  expect_wrong("/a%5cb", "slash or backslash");
  expect_wrong("/a\\b", "slash or backslash");
  expect_wrong("/a%00b", "zero byte");
  expect_wrong("/a%0d%0aSet-Cookie:x", "control character");
  expect_wrong("/a%", "percent sign");
  expect_wrong("/a%4", "percent sign");
  expect_wrong("/a%zz", "percent sign");
  expect_wrong("/%ff", "UTF-8");
  expect_wrong("/%c0%af", "UTF-8");    /* an overlong slash */
  expect_wrong("/%ed%a0%80", "UTF-8"); /* half of a surrogate pair */
  expect_wrong("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "16 parts");
}

static void expect_pair(const HttpTarget *target, guint i, const char *name, const char *value) {
  const HttpPair *pair = &g_array_index(target->query, HttpPair, i);
  assert_string_equal(pair->name, name);
  assert_string_equal(pair->value, value);
}

static void queries(void **state) {
  HttpTarget target = {0};
  assert_true(http_target_read("/a?x=1&&y=a+b%2Bc%26&z&x==&q=%C3%A9?", &target, NULL));
  assert_int_equal(target.query->len, 5);
  expect_pair(&target, 0, "x", "1");
  expect_pair(&target, 1, "y", "a b+c&");
  expect_pair(&target, 2, "z", "");
  expect_pair(&target, 3, "x", "=");
  expect_pair(&target, 4, "q", "é?");
  http_target_clear(&target);
}

static void wrong_queries(void **state) {
  g_autoptr(GString) many = g_string_new("/a?");
  for (guint i = 0; i <= HTTP_MAX_PAIRS; i++) g_string_append(many, "x=1&");
  expect_wrong(many->str, "200 parameters");
  expect_wrong("/a?=1", "no name");
  expect_wrong("/a?x=%", "percent sign");
  expect_wrong("/a?x=%0", "percent sign");
  expect_wrong("/a?x=a%00b", "zero byte");
  expect_wrong("/a?%ff=1", "UTF-8");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(paths),
      cmocka_unit_test(wrong_paths),
      cmocka_unit_test(queries),
      cmocka_unit_test(wrong_queries),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
