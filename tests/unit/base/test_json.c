/* JSON read strictly: what RFC 8259 says is JSON, and what it says is none. */
#include "../unit.h"
#include "base/json.h"

static void a_tree(void **state) {
  const char *text = "{\"a\": [1, -2.5e2, true, null], \"b\": {\"c\": \"x\\u00e9\\ud83d\\ude00\\n\"}}";
  g_autoptr(BaseJson) json = base_json_read(text, strlen(text), NULL);
  assert_non_null(json);
  const BaseJsonValue *list = base_json_value(json, base_json_value(json, 0)->first);
  assert_string_equal(list->name, "a");
  const BaseJsonValue *one = base_json_value(json, list->first), *two = base_json_value(json, one->next);
  assert_true(one->number == 1 && two->number == -250);
  assert_true(base_json_value(json, two->next)->flag);
  const BaseJsonValue *object = base_json_value(json, list->next);
  assert_int_equal(object->kind, BASE_JSON_OBJECT);
  assert_int_equal(object->next, 0);
  assert_string_equal(base_json_value(json, object->first)->text, "xé😀\n");
  assert_int_equal(object->start, strlen("{\"a\": [1, -2.5e2, true, null], \"b\": "));
}

static void what_is_none(void **state) {
  static const char *const texts[] = {"",          "{",           "[1,]",        "{\"a\":1,}",  "{a:1}",
                                      "'a'",       "01",          "+1",          "1.",          ".5",
                                      "1e",        "NaN",         "1e999",       "\"\t\"",      "\"\\x41\"",
                                      "\"\\u12\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
                                      "[1] 2",     "// 1\n1",     "var a = 1",   "\"open",      "tru",
                                      "nul",       "{\"a\" 1}",   "[1 2]"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(BaseJson) json = base_json_read(texts[i], strlen(texts[i]), &error);
    if (json) fail_msg("%s was read", texts[i]);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  }
}

static void places(void **state) {
  g_autoptr(GError) error = NULL;
  const char *text = "{\n  \"é\": x}";
  assert_null(base_json_read(text, strlen(text), &error));
  assert_string_equal(error->message, "line 2:8: this is no value of JSON");
}

static void depth(void **state) {
  for (guint deep = BASE_JSON_MAX_DEPTH; deep <= BASE_JSON_MAX_DEPTH + 1; deep++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < deep; i++) g_string_append_c(text, '[');
    for (guint i = 0; i < deep; i++) g_string_append_c(text, ']');
    g_autoptr(BaseJson) json = base_json_read(text->str, text->len, &error);
    assert_int_equal(json != NULL, deep == BASE_JSON_MAX_DEPTH);
    if (!json) assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_tree),
      cmocka_unit_test(what_is_none),
      cmocka_unit_test(places),
      cmocka_unit_test(depth),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
