/* Maps read by a table of their keys: every type, defaults, and what is said of a wrong value. */
#include "expect.h"

typedef struct {
  char *text;
  int number, choice;
  double real, share;
  gboolean yes;
  char **texts;
  const ConfNode *node;
} Sample;

static const char *const colours[] = {"red", "green", "blue", NULL};
static const ConfField fields[] = {
    {"text", CONF_TEXT, G_STRUCT_OFFSET(Sample, text), TRUE},
    {"number", CONF_INT, G_STRUCT_OFFSET(Sample, number)},
    {"real", CONF_DOUBLE, G_STRUCT_OFFSET(Sample, real)},
    {"share", CONF_SHARE, G_STRUCT_OFFSET(Sample, share)},
    {"yes", CONF_BOOL, G_STRUCT_OFFSET(Sample, yes)},
    {"texts", CONF_TEXTS, G_STRUCT_OFFSET(Sample, texts)},
    {"choice", CONF_ENUM, G_STRUCT_OFFSET(Sample, choice), FALSE, colours},
    {"node", CONF_NODE, G_STRUCT_OFFSET(Sample, node)},
};

static void every_type(void **state) {
  g_autoptr(ConfDocument) document = parse_text(
      "text: 42\nnumber: 1_000_000\nreal: -2.5e3\nshare: 5%\nyes: yes\ntexts: [a, b]\nchoice: Blue\nnode: {x: 1}\n");
  Sample sample = {0};
  GError *error = NULL;
  assert_true(conf_read_map(conf_document_root(document), fields, G_N_ELEMENTS(fields), &sample, &error));
  assert_null(error);
  assert_string_equal(sample.text, "42");
  assert_int_equal(sample.number, 1000000);
  assert_true(sample.real == -2500);
  assert_true(sample.share == 0.05);
  assert_true(sample.yes);
  assert_int_equal(g_strv_length(sample.texts), 2);
  assert_string_equal(sample.texts[1], "b");
  assert_int_equal(sample.choice, 2);
  assert_int_equal(sample.node->kind, CONF_MAP);
  conf_free_fields(fields, G_N_ELEMENTS(fields), &sample);
  assert_null(sample.text);
}

static void absent_keys_keep_defaults(void **state) {
  g_autoptr(ConfDocument) document = parse_text("text: x\nnumber:\ntexts: one\nshare: 0.25\n");
  Sample sample = {.number = 7, .real = 1.5, .choice = 1};
  assert_true(conf_read_map(conf_document_root(document), fields, G_N_ELEMENTS(fields), &sample, NULL));
  assert_int_equal(sample.number, 7);
  assert_true(sample.real == 1.5);
  assert_int_equal(sample.choice, 1);
  assert_true(sample.share == 0.25);
  assert_string_equal(sample.texts[0], "one");
  conf_free_fields(fields, G_N_ELEMENTS(fields), &sample);
}

static void expect_wrong(const char *text, const char *message) {
  g_autoptr(ConfDocument) document = parse_text(text);
  Sample sample = {0};
  GError *error = NULL;
  assert_false(conf_read_map(conf_document_root(document), fields, G_N_ELEMENTS(fields), &sample, &error));
  expect_error(error, BASE_ERROR_INPUT, message);
  assert_null(sample.text);
  assert_null(sample.texts);
}

static void wrong_values(void **state) {
  expect_wrong("text: a\nnumbr: 1\n", "a.yaml:2:1: unknown key \"numbr\": did you mean \"number\"?");
  expect_wrong(
      "text: a\nzzzzzz: 1\n",
      "a.yaml:2:1: unknown key \"zzzzzz\": the keys here are text, number, real, share, yes, texts, choice, node");
  expect_wrong("texts: [a]\nnumber: 1\n", "a.yaml:1:1: \"text\" is missing: add `text: …` here");
  expect_wrong("text: [a]\n", "a.yaml:1:7: \"text\" must be text, not a list");
  expect_wrong("text: a\nnumber: 1.5\n", "a.yaml:2:9: \"number\" must be a whole number such as 100, not \"1.5\"");
  expect_wrong("text: a\nnumber: 99999999999\n",
               "a.yaml:2:9: \"number\" must be a whole number such as 100, not \"99999999999\"");
  expect_wrong("text: a\nreal: inf\n", "a.yaml:2:7: \"real\" must be a number such as 2.5, not \"inf\"");
  expect_wrong("text: a\nreal: 1e999\n", "a.yaml:2:7: \"real\" must be a number such as 2.5, not \"1e999\"");
  expect_wrong("text: a\nshare: 500%\n",
               "a.yaml:2:8: \"share\" must be a share from 0% to 100%, such as 5% or 0.05, not \"500%\"");
  expect_wrong("text: a\nshare: 5\n",
               "a.yaml:2:8: \"share\" must be a share from 0% to 100%, such as 5% or 0.05, not \"5\"");
  expect_wrong("text: a\nyes: maybe\n", "a.yaml:2:6: \"yes\" must be true or false, not \"maybe\"");
  expect_wrong("text: a\nchoice: gren\n",
               "a.yaml:2:9: \"choice\" cannot be \"gren\": did you mean \"green\"? (one of: red, green, blue)");
  expect_wrong("text: a\nchoice: xylophone\n",
               "a.yaml:2:9: \"choice\" cannot be \"xylophone\": it is one of red, green, blue");
  expect_wrong("text: a\ntexts: {a: 1}\n", "a.yaml:2:8: \"texts\" must be a list of texts, not a map");
  expect_wrong("- a\n", "a.yaml:1:1: keys and values are expected here, such as `text: …`");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type),
      cmocka_unit_test(absent_keys_keep_defaults),
      cmocka_unit_test(wrong_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
