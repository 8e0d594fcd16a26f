/* Mistakes in attain.yaml, told in mistakes.txt: a block is a file, and below it stands the place and a part of what is
 * said of it. What is wrong is never understood in silence, and a message never lacks its place. */
#include "../unit.h"
#include "conf/conf.h"

static const char *cases_file;

/* "! 3:12: …": the place first, the words anywhere behind it; "! words" alone where it is of the whole file. */
static gboolean fits(const char *message, const char *wanted) {
  if (!g_str_has_prefix(message, "attain.yaml:")) return FALSE;
  const char *rest = message + strlen("attain.yaml:");
  return g_ascii_isdigit(*wanted) ? g_str_has_prefix(rest, wanted) : strstr(rest, wanted) != NULL;
}

static gboolean check_block(const char *block) {
  g_auto(GStrv) halves = g_strsplit(block, "\n-----\n", 2);
  char *yaml = strchr(halves[0], '\n');
  if (!yaml || !halves[1]) fail_msg("no such block: %s", block);
  const char *wanted = g_strstrip(halves[1]);
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfOrganisation) organisation =
      conf_organisation_parse("attain.yaml", yaml + 1, strlen(yaml + 1), "/srv/co", &error);
  assert_true((organisation == NULL) == (error != NULL));
  if (error && g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT) && fits(error->message, wanted + 2)) return TRUE;
  print_error("%s\n  expected: %s\n  got:      %s\n", halves[0], wanted, error ? error->message : "no error");
  return FALSE;
}

static void mistakes(void **state) {
  g_autofree char *cases = NULL;
  assert_true(g_file_get_contents(cases_file, &cases, NULL, NULL));
  g_auto(GStrv) blocks = g_strsplit(cases, "\n===== ", -1);
  guint n = 0, n_failed = 0;
  for (char **block = blocks + 1; *block; block++, n++) n_failed += !check_block(*block);
  print_message("%u mistakes\n", n);
  assert_int_equal(0, n_failed);
}

int main(int argc, char **argv) {
  assert_true(argc == 2);
  cases_file = argv[1];
  const struct CMUnitTest tests[] = {cmocka_unit_test(mistakes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
