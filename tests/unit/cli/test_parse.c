/* Command lines taken apart. */
#include "../unit.h"
#include "cli/parse.h"

static const CliOption show_options[] = {
    {"by", 'b', CLI_VALUES, "DIMENSION", "group by it"},
    {"period", 0, CLI_VALUE, "PERIOD", "which period"},
    {"format", 'f', CLI_VALUE, "FORMAT", "how", "table|json|csv|md"},
    {"all", 'a', CLI_FLAG, NULL, "all of them"},
    {"quiet", 'q', CLI_FLAG, NULL, "say less"},
};
static const CliCommand commands[] = {
    {.name = "show",
     .synopsis = "KPI…",
     .options = show_options,
     .n_options = G_N_ELEMENTS(show_options),
     .min_operands = 1,
     .max_operands = 3},
    {.name = "check", .synopsis = ""},
    {.name = "check files", .synopsis = "FILE…", .options = show_options, .n_options = 1, .max_operands = -1},
};

/* Words separated by single spaces, as a shell would hand them over. */
static CliArguments *parse(const char *line, char ***words, GError **error) {
  *words = g_strsplit(line, " ", -1);
  return cli_parse(commands, G_N_ELEMENTS(commands), (int)g_strv_length(*words), *words, error);
}

static void expect_wrong(const char *line, const char *message) {
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(CliArguments) arguments = parse(line, &words, &error);
  assert_null(arguments);
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
  assert_string_equal(error->message, message);
}

static void options_anywhere(void **state) {
  const char *const lines[] = {
      "show win_rate --by rep --period=2026-Q3 -C dir --all",       "-C dir show --by=rep win_rate --period 2026-Q3 -a",
      "--by rep --workspace=dir show -a win_rate --period 2026-Q3", "-Cdir show -ab rep win_rate --period 2026-Q3",
      "-C dir --all --period 2026-Q3 -brep show -- win_rate",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(CliArguments) arguments = parse(lines[i], &words, &error);
    if (error) fail_msg("%s: %s", lines[i], error->message);
    assert_string_equal(cli_arguments_command(arguments)->name, "show");
    assert_int_equal(cli_n_operands(arguments), 1);
    assert_string_equal(cli_operand(arguments, 0), "win_rate");
    assert_null(cli_operand(arguments, 1));
    assert_string_equal(cli_option(arguments, "by"), "rep");
    assert_string_equal(cli_option(arguments, "period"), "2026-Q3");
    assert_string_equal(cli_option(arguments, "workspace"), "dir");
    assert_true(cli_flag(arguments, "all"));
    assert_false(cli_flag(arguments, "quiet"));
    assert_null(cli_option(arguments, "format"));
  }
}

static void repeated_values(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("show x --by rep --by=team -bregion", &words, NULL);
  const char *const *by = cli_option_all(arguments, "by");
  assert_string_equal(by[0], "rep");
  assert_string_equal(by[1], "team");
  assert_string_equal(by[2], "region");
  assert_null(by[3]);
  assert_null(cli_option_all(arguments, "format")[0]);
}

static void after_two_dashes_all_are_operands(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("show -- --by -q", &words, NULL);
  assert_int_equal(cli_n_operands(arguments), 2);
  assert_string_equal(cli_operand(arguments, 0), "--by");
  assert_false(cli_flag(arguments, "quiet"));
}

static void single_dash_and_empty_values(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("show - --period= -aq", &words, NULL);
  assert_string_equal(cli_operand(arguments, 0), "-");
  assert_string_equal(cli_option(arguments, "period"), "");
  assert_true(cli_flag(arguments, "all") && cli_flag(arguments, "quiet"));
}

static void value_that_looks_like_an_option(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("show x --period -1", &words, NULL);
  assert_string_equal(cli_option(arguments, "period"), "-1");
}

static void no_colour_in_both_spellings(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("show x --no-color", &words, NULL);
  assert_true(cli_flag(arguments, "no-colour"));
}

static void no_command(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("--version", &words, NULL);
  assert_null(cli_arguments_command(arguments));
  assert_true(cli_flag(arguments, "version"));
}

static void help_takes_a_command(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("help show", &words, NULL);
  assert_true(cli_arguments_is_help(arguments));
  assert_string_equal(cli_operand(arguments, 0), "show");
}

static void wrong_use(void **state) {
  expect_wrong("shwo", "there is no command \"shwo\": did you mean \"show\"?");
  expect_wrong("banana", "there is no command \"banana\"");
  expect_wrong("show x --perod 1", "unknown option --perod: did you mean --period?");
  expect_wrong("show x --zzzzzz", "unknown option --zzzzzz");
  expect_wrong("show x -z", "unknown option -z");
  expect_wrong("check --by rep", "unknown option --by");
  expect_wrong("show x --period", "--period needs a value: --period PERIOD");
  expect_wrong("show x -f", "--format needs a value: --format FORMAT");
  expect_wrong("show x --all=yes", "--all takes no value");
  expect_wrong("show x --period 1 --period 2", "--period is given twice: keep one of them");
  expect_wrong("show x --format jsn",
               "--format cannot be \"jsn\": did you mean \"json\"? (one of: table, json, csv, md)");
  expect_wrong("show", "show needs KPI…");
  expect_wrong("show a b c d", "\"d\" is one word too many for show");
}

static void help_flag_asks_for_no_operands(void **state) {
  g_auto(GStrv) words = NULL;
  g_autoptr(CliArguments) arguments = parse("show --help", &words, NULL);
  assert_non_null(arguments);
}

static void two_words_name_a_command(void **state) {
  static const struct {
    const char *line, *command;
    guint n_operands;
    const char *first;
  } cases[] = {
      {"check", "check", 0, NULL},
      {"check files", "check files", 0, NULL},
      {"-C dir check --by rep files one two", "check files", 2, "one"},
      {"check files files", "check files", 1, "files"},
      {"show check files", "show", 2, "check"},
      {"show files", "show", 1, "files"},
      {"help check files", NULL, 2, "check"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(CliArguments) arguments = parse(cases[i].line, &words, &error);
    if (error) fail_msg("%s: %s", cases[i].line, error->message);
    const CliCommand *command = cli_arguments_command(arguments);
    assert_true(g_strcmp0(command ? command->name : NULL, cases[i].command) == 0);
    assert_int_equal(cli_n_operands(arguments), cases[i].n_operands);
    assert_true(g_strcmp0(cli_operand(arguments, 0), cases[i].first) == 0);
  }
  expect_wrong("check fils", "there is no command \"check fils\": did you mean \"check files\"?");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(options_anywhere),
      cmocka_unit_test(repeated_values),
      cmocka_unit_test(after_two_dashes_all_are_operands),
      cmocka_unit_test(single_dash_and_empty_values),
      cmocka_unit_test(value_that_looks_like_an_option),
      cmocka_unit_test(no_colour_in_both_spellings),
      cmocka_unit_test(no_command),
      cmocka_unit_test(help_takes_a_command),
      cmocka_unit_test(wrong_use),
      cmocka_unit_test(help_flag_asks_for_no_operands),
      cmocka_unit_test(two_words_name_a_command),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
