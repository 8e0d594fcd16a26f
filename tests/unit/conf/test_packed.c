/* A packed document, unpacked, is the document: every node, text and place of it. */
#include "expect.h"

static void expect_same(const ConfNode *a, const ConfNode *b) {
  assert_int_equal(a->kind, b->kind);
  assert_int_equal(a->quoted, b->quoted);
  assert_int_equal(a->n, b->n);
  assert_string_equal(a->span.file, b->span.file);
  assert_int_equal(a->span.line, b->span.line);
  assert_int_equal(a->span.column, b->span.column);
  assert_int_equal(a->span.length, b->span.length);
  if (a->kind == CONF_SCALAR) assert_string_equal(a->text, b->text);
  for (guint i = 0; i < a->n; i++) {
    if (a->kind == CONF_MAP) expect_same(a->keys[i], b->keys[i]);
    expect_same(a->items[i], b->items[i]);
  }
}

static void expect_survives(const char *file, const char *text, gsize length) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfDocument) read = conf_document_parse(file, text, length, &error);
  if (error) fail_msg("%s", error->message);
  g_autoptr(GBytes) packed = conf_document_pack(read);
  gsize size;
  gconstpointer data = g_bytes_get_data(packed, &size);
  g_autoptr(ConfDocument) unpacked = conf_document_unpack(file, data, size);
  assert_non_null(unpacked);
  const ConfNode *root = conf_document_root(read);
  assert_true((root == NULL) == (conf_document_root(unpacked) == NULL));
  if (root) expect_same(root, conf_document_root(unpacked));
}

static void every_kind_of_node(void **state) {
  const char *const texts[] = {
      "",
      "# only a comment\n",
      "one\n",
      "''\n",
      "[]\n",
      "{}\n",
      ("name: Ana\nname too: 'Ana'\nempty:\ntilde: ~\nlist: [a, b, [c, {d: e}], {}]\n"
       "map: {größe: \"drei\\nvier\", x: []}\n"),
      "formula: |\n  a\n  / b\nnext: >-\n  one\n  line\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) expect_survives("a.yaml", texts[i], strlen(texts[i]));
}

static void the_catalogue(void **state) {
  g_autoptr(GDir) folder = g_dir_open(CATALOGUE_FOLDER, 0, NULL);
  assert_non_null(folder);
  guint n = 0;
  for (const char *name; (name = g_dir_read_name(folder));) {
    if (!g_str_has_suffix(name, ".yaml")) continue;
    g_autofree char *path = g_build_filename(CATALOGUE_FOLDER, name, NULL);
    g_autofree char *text = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    expect_survives(name, text, length);
    n++;
  }
  assert_true(n > 0);
}

static void deepest_that_is_read(void **state) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 64; i++) g_string_append_c(text, '[');
  for (int i = 0; i < 64; i++) g_string_append_c(text, ']');
  expect_survives("deep.yaml", text->str, text->len);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_node),
      cmocka_unit_test(the_catalogue),
      cmocka_unit_test(deepest_that_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
