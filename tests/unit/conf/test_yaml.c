/* YAML with places: what is accepted, where it was, and what is refused. */
#include "expect.h"

static void expect_span(const ConfNode *node, guint line, guint column, guint length) {
  assert_string_equal(node->span.file, "a.yaml");
  assert_int_equal(node->span.line, line);
  assert_int_equal(node->span.column, column);
  assert_int_equal(node->span.length, length);
}

static void places(void **state) {
  g_autoptr(ConfDocument) document = parse_text(
      "# a comment\n"
      "name: Ana\n"
      "list:\n"
      "  - one\n"
      "  - {deep: \"two\", größe: drei}\n");
  const ConfNode *root = conf_document_root(document);
  assert_int_equal(root->kind, CONF_MAP);
  assert_int_equal(root->n, 2);
  expect_span(root->keys[0], 2, 1, 4);
  expect_span(root->items[0], 2, 7, 3);
  const ConfNode *list = conf_map_get(root, "list");
  assert_int_equal(list->kind, CONF_LIST);
  expect_span(list->items[0], 4, 5, 3);
  const ConfNode *map = list->items[1];
  expect_span(map->keys[0], 5, 6, 4);
  expect_span(map->items[0], 5, 12, 5);
  assert_true(map->items[0]->quoted);
  /* columns count characters: ö and ß are two bytes each */
  expect_span(map->keys[1], 5, 19, 5);
  expect_span(map->items[1], 5, 26, 4);
  assert_string_equal(map->items[1]->text, "drei");
  assert_false(map->items[1]->quoted);
}

static void byte_order_mark_and_windows_lines(void **state) {
  g_autoptr(ConfDocument) document = parse_text("\xef\xbb\xbfname: Ana\r\nage: 3\r\n");
  const ConfNode *root = conf_document_root(document);
  assert_string_equal(conf_map_get(root, "name")->text, "Ana");
  assert_int_equal(conf_map_get(root, "age")->span.line, 2);
}

static void block_text(void **state) {
  g_autoptr(ConfDocument) document = parse_text("formula: |\n  a\n  / b\nnext: >-\n  one\n  line\n");
  const ConfNode *root = conf_document_root(document);
  assert_string_equal(conf_map_get(root, "formula")->text, "a\n/ b\n");
  assert_string_equal(conf_map_get(root, "next")->text, "one line");
  assert_true(conf_map_get(root, "next")->quoted);
}

static void nothing(void **state) {
  const char *const texts[] = {"", "\n\n", "# only a comment\n", "---\n"};
  for (gsize i = 0; i < 3; i++) {
    g_autoptr(ConfDocument) document = parse_text(texts[i]);
    assert_null(conf_document_root(document));
  }
  g_autoptr(ConfDocument) marker = parse_text(texts[3]);
  assert_true(conf_is_null(conf_document_root(marker)));
}

static void nulls(void **state) {
  g_autoptr(ConfDocument) document = parse_text("a:\nb: ~\nc: null\nd: 'null'\ne: ''\nf: []\n");
  const ConfNode *root = conf_document_root(document);
  assert_true(conf_is_null(conf_map_get(root, "a")));
  assert_true(conf_is_null(conf_map_get(root, "b")));
  assert_true(conf_is_null(conf_map_get(root, "c")));
  assert_true(conf_is_null(conf_map_get(root, "missing")));
  assert_false(conf_is_null(conf_map_get(root, "d")));
  assert_false(conf_is_null(conf_map_get(root, "e")));
  assert_false(conf_is_null(conf_map_get(root, "f")));
}

static void key_given_twice(void **state) {
  expect_refused("a: 1\nb: 2\na: 3\n", BASE_ERROR_INPUT,
                 "a.yaml:3:1: key \"a\" is given twice (first on line 1): keep one of them");
  expect_refused("x: {k: 1, k: 2}\n", BASE_ERROR_INPUT,
                 "a.yaml:1:11: key \"k\" is given twice (first on line 1): keep one of them");
  g_autoptr(ConfDocument) document = parse_text("x: {k: 1}\ny: {k: 2}\n");
  assert_int_equal(conf_document_root(document)->n, 2);
}

static void what_is_not_accepted(void **state) {
  expect_refused("a: &b 1\n", BASE_ERROR_INPUT,
                 "a.yaml:1:4: anchors (&b) and aliases are not accepted: write the value out in each place");
  expect_refused("a: *b\n", BASE_ERROR_INPUT,
                 "a.yaml:1:4: aliases (*b) are not accepted: write the value out in each place");
  expect_refused("a: !x 1\n", BASE_ERROR_INPUT,
                 "a.yaml:1:4: tags (!x) are not accepted: quote a value to make it text");
  expect_refused("? [a]\n: 1\n", BASE_ERROR_INPUT,
                 "a.yaml:1:3: a list or map cannot be a key: write a name, then a colon");
  expect_refused("a: 1\n---\nb: 2\n", BASE_ERROR_INPUT,
                 "a.yaml:2:1: a second document (---) in one file: put it into a file of its own");
  expect_refused("a: \"x\\0y\"\n", BASE_ERROR_INPUT, "a.yaml:1:4: text with a zero byte (\\0): take it out");
}

static void billion_laughs(void **state) {
  expect_refused("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", BASE_ERROR_INPUT,
                 "a.yaml:1:4: anchors (&a) and aliases are not accepted: write the value out in each place");
}

static void mistakes_have_places(void **state) {
  expect_refused("a: 1\n\tb: 2\n", BASE_ERROR_INPUT, "a.yaml:2:1: a tab: use spaces");
  expect_refused("a:\n  b: 1\n  \tc: 2\n", BASE_ERROR_INPUT, "a.yaml:3:3: a tab: use spaces");
  expect_refused("a:\n\t- b\n", BASE_ERROR_INPUT, "a.yaml:2:1: a tab: use spaces");
  expect_refused("a: \t@b\n", BASE_ERROR_INPUT,
                 "a.yaml:1:5: a character that no value starts with: put the text in quotes");
  expect_refused("a: @b\n", BASE_ERROR_INPUT,
                 "a.yaml:1:4: a character that no value starts with: put the text in quotes");
  expect_refused("a: b: c\n", BASE_ERROR_INPUT,
                 "a.yaml:1:5: a colon where none belongs: check the indentation, and quote text that holds \": \"");
  expect_refused("a: \"b\n", BASE_ERROR_INPUT,
                 "a.yaml:2:1: the text ends inside a quoted value: a closing quote is missing");
}

static void deep_nesting(void **state) {
  g_autoptr(GString) fits = g_string_new(NULL);
  for (int i = 0; i < 64; i++) g_string_append_c(fits, '[');
  for (int i = 0; i < 64; i++) g_string_append_c(fits, ']');
  g_autoptr(ConfDocument) document = parse_text(fits->str);
  assert_int_equal(conf_document_root(document)->kind, CONF_LIST);

  g_autoptr(GString) deep = g_string_new(NULL);
  for (int i = 0; i < 10000; i++) g_string_append_c(deep, '[');
  expect_refused(deep->str, BASE_ERROR_LIMIT,
                 "a.yaml:1:65: more than 64 levels of lists and maps (limit: levels of a YAML file)");
}

static void big_files(void **state) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 100000; i++) g_string_append_printf(text, "key_%d: {value: %d}\n", i, i);
  g_autoptr(ConfDocument) document = parse_text(text->str);
  const ConfNode *root = conf_document_root(document);
  assert_int_equal(root->n, 100000);
  assert_int_equal(root->items[99999]->span.line, 100000);
  assert_string_equal(conf_map_get(root->items[99999], "value")->text, "99999");

  gsize length = 16 * 1024 * 1024 + 1;
  g_autofree char *huge = g_malloc(length);
  memset(huge, '#', length);
  GError *error = NULL;
  assert_null(conf_document_parse("a.yaml", huge, length, &error));
  expect_error(error, BASE_ERROR_LIMIT, "a.yaml: larger than 16 MiB (limit: size of a YAML file)");
}

static void wrong_encoding(void **state) {
  expect_refused("name: Ana\ncity: M\xfcnchen\n", BASE_ERROR_INPUT,
                 "a.yaml:2:8: this is not UTF-8 text (byte 0xfc): save the file with UTF-8 encoding");
  GError *error = NULL;
  assert_null(conf_document_parse("a.yaml",
                                  "\xff\xfe"
                                  "a\0",
                                  4, &error));
  expect_error(error, BASE_ERROR_INPUT,
               "a.yaml:1:1: this is not UTF-8 text (byte 0xff): save the file with UTF-8 encoding");
}

static void missing_file(void **state) {
  GError *error = NULL;
  assert_null(conf_document_load("/nonexistent/a.yaml", &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
  g_error_free(error);
}

static void quoting_reads_back(void **state) {
  const char *const texts[] = {"plain", "it's \"so\" \\ far", "a: b # c", "tab\tline\nend", "größe", "", "\x01\x7f"};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *quoted = conf_quote(texts[i]);
    g_autofree char *line = g_strconcat("k: ", quoted, "\n", NULL);
    g_autoptr(ConfDocument) document = parse_text(line);
    assert_string_equal(conf_map_get(conf_document_root(document), "k")->text, texts[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(places),
      cmocka_unit_test(byte_order_mark_and_windows_lines),
      cmocka_unit_test(block_text),
      cmocka_unit_test(nothing),
      cmocka_unit_test(nulls),
      cmocka_unit_test(key_given_twice),
      cmocka_unit_test(what_is_not_accepted),
      cmocka_unit_test(billion_laughs),
      cmocka_unit_test(mistakes_have_places),
      cmocka_unit_test(deep_nesting),
      cmocka_unit_test(big_files),
      cmocka_unit_test(wrong_encoding),
      cmocka_unit_test(missing_file),
      cmocka_unit_test(quoting_reads_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
