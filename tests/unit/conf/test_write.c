/* Documents written as YAML: how they look, and that they say what they said. */
#include "expect.h"

static void looks_as_people_write_it(void **state) {
  g_autoptr(ConfDocument) document = parse_text(
      "{\"source\": \"crm\", \"max\": 5, \"share\": 0.25, \"map\": [{\"to\": \"deal\", \"rows\": [[\"a\", \"b\"], []], "
      "\"columns\": {\"id\": \"Deal ID\", when: \"x = '1'\"}}, \"alone\"], \"none\": {}, \"code\": \"007\", "
      "\"word\": \"yes\", \"is\": true, \"not\": null, \"empty\": \"\"}");
  g_autofree char *text = conf_document_write(document);
  assert_string_equal(text,
                      "source: crm\n"
                      "max: 5\n"
                      "share: 0.25\n"
                      "map:\n"
                      "  - to: deal\n"
                      "    rows:\n"
                      "      - - a\n"
                      "        - b\n"
                      "      - []\n"
                      "    columns:\n"
                      "      id: Deal ID\n"
                      "      when: \"x = '1'\"\n"
                      "  - alone\n"
                      "none: {}\n"
                      "code: \"007\"\n"
                      "word: \"yes\"\n"
                      "is: true\n"
                      "not: null\n"
                      "empty: \"\"\n");
}

static void assert_same(const ConfNode *one, const ConfNode *other) {
  assert_int_equal(one->kind, other->kind);
  if (one->kind == CONF_SCALAR) assert_int_equal(conf_is_null(one), conf_is_null(other));
  if (one->kind == CONF_SCALAR && !conf_is_null(one)) assert_string_equal(one->text, other->text);
  assert_int_equal(one->n, other->n);
  for (guint i = 0; i < one->n; i++) {
    if (one->kind == CONF_MAP) assert_string_equal(one->keys[i]->text, other->keys[i]->text);
    assert_same(one->items[i], other->items[i]);
  }
}

static void random_node(GRand *random, GString *out, int depth) {
  static const char *const texts[] = {"a",       "\"b: c\"", "-1",   "3.50",    "\"7\"",   "null",    "\"null\"",
                                      "~",       "\"\"",     "true", "\"# x\"", "\"- y\"", "\"é ü\"", "\"a\\\\b\\\"c\"",
                                      "'it''s'", "12e5"};
  int kind = depth > 0 ? g_rand_int_range(random, 0, 4) : 3, n = g_rand_int_range(random, 0, 4);
  if (kind >= 2) {
    g_string_append(out, texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))]);
    return;
  }
  g_string_append_c(out, kind ? '{' : '[');
  for (int i = 0; i < n; i++) {
    g_string_append(out, i ? ", " : "");
    if (kind) g_string_append_printf(out, g_rand_boolean(random) ? "k%d: " : "\"%d k\": ", i);
    random_node(random, out, depth - 1);
  }
  g_string_append_c(out, kind ? '}' : ']');
}

static void says_what_it_said(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(20261123);
  for (int turn = 0; turn < 3000; turn++) {
    g_autoptr(GString) text = g_string_new("{top: ");
    random_node(random, text, 5);
    g_string_append(text, "}");
    g_autoptr(ConfDocument) document = parse_text(text->str);
    g_autofree char *written = conf_document_write(document);
    g_autoptr(ConfDocument) again = parse_text(written);
    assert_same(conf_document_root(document), conf_document_root(again));
    g_autofree char *twice = conf_document_write(again);
    assert_string_equal(written, twice);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(looks_as_people_write_it), cmocka_unit_test(says_what_it_said)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
