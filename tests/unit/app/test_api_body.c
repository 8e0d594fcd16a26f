/* Bodies of requests: what is asked for is given, and whatever is wrong is told with its place. */
#include "../unit.h"
#include "app/api_body.h"

static ApiBody *body_of(const char *text) {
  return api_body_parse(text, strlen(text));
}

static void members(void **state) {
  g_autoptr(ApiBody) body = body_of(
      "{\"text\": \"a\", \"list\": [\"b\", \"c\"], \"one\": \"d\", \"n\": 3, \"yes\": true, \"none\": null, "
      "\"raw\": {\"x\": [1, 2]}}");
  assert_string_equal(api_body_text(body, "text"), "a");
  const char *const *list = api_body_texts(body, "list"), *const *one = api_body_texts(body, "one");
  assert_string_equal(list[1], "c");
  assert_null(list[2]);
  assert_string_equal(one[0], "d");
  assert_int_equal(api_body_number(body, "n"), 3);
  assert_true(api_body_flag(body, "yes"));
  assert_null(api_body_text(body, "none"));
  assert_null(api_body_text(body, "missing"));
  assert_string_equal(api_body_json(body, "raw"), "{\"x\": [1, 2]}");
  assert_null(api_body_wrong(body));
}

/* Reads `questions` with the members that a question has here. */
static const char *wrong_of(ApiBody *body) {
  const GPtrArray *questions = api_body_objects(body, "questions", 2);
  for (guint i = 0; i < questions->len; i++) {
    api_body_text(questions->pdata[i], "period");
    api_body_number(questions->pdata[i], "top");
    api_body_texts(questions->pdata[i], "by");
    api_body_flag(questions->pdata[i], "all");
  }
  return api_body_wrong(body);
}

static void what_is_wrong(void **state) {
  static const char *const cases[][2] = {
      {"{\"questions\": [{}, {\"perod\": \"2026\"}]}", "questions[1].perod is not known here: did you mean period?"},
      {"{\"questions\": [{\"period\": 2026}]}", "questions[0].period is to be a text, in quotes"},
      {"{\"questions\": [{\"top\": 1.5}]}", "questions[0].top is to be a whole number from 0, without quotes"},
      {"{\"questions\": [{\"top\": -1}]}", "questions[0].top is to be a whole number from 0, without quotes"},
      {"{\"questions\": [{\"top\": 1e300}]}", "questions[0].top is to be a whole number from 0, without quotes"},
      {"{\"questions\": [{\"by\": [1]}]}", "questions[0].by is to have nothing but texts in it, in quotes"},
      {"{\"questions\": [{\"all\": \"yes\"}]}", "questions[0].all is to be true or false, without quotes"},
      {"{\"questions\": [{}, {}, {}]}", "questions has more than 2 objects in it"},
      {"{\"questions\": [1]}", "questions is to have nothing but objects in it: [{…}, {…}]"},
      {"{\"questions\": {}}", "questions is to be a list of objects: [{…}, {…}]"},
      {"{\"questions\": [], \"questions\": []}", "questions is given twice"},
      {"{\"zebra\": 1}", "zebra is not known here: it takes questions"},
      {"[]", "the body is to be an object, such as {\"kpis\": [\"revenue\"]}"},
      {"{", "the body is no JSON: line 1:2: here a name in quotes is to stand, as in {\"period\": \"2026-Q3\"}"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ApiBody) body = body_of(cases[i][0]);
    const char *wrong = wrong_of(body);
    if (g_strcmp0(wrong, cases[i][1]) != 0) fail_msg("%s: %s", cases[i][0], wrong ? wrong : "nothing wrong");
  }
}

static void nothing(void **state) {
  g_autoptr(ApiBody) body = body_of("");
  assert_null(api_body_text(body, "a"));
  assert_null(api_body_wrong(body));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(members),
      cmocka_unit_test(what_is_wrong),
      cmocka_unit_test(nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
