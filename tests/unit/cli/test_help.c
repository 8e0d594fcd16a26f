/* Help, man pages and completion come from one table: what one names, the others name too. */
#include "../unit.h"
#include "cli/help.h"
#include "cli/parse.h"

#include <glib/gstdio.h>

static const CliOption options[] = {
    {"by", 'b', CLI_VALUES, "DIMENSION", "group by a dimension"},
    {"format", 0, CLI_VALUE, "FORMAT", "how to print", "table|json"},
};
static const CliCommand commands[] = {
    {.name = "show",
     .synopsis = "KPI…",
     .about = "show the values of KPIs",
     .details = ".starts with a full stop, it's \\ odd\n'and an apostrophe",
     .examples = "attain show win_rate\tthe win rate",
     .options = options,
     .n_options = G_N_ELEMENTS(options),
     .min_operands = 1,
     .max_operands = -1},
    {.name = "check", .synopsis = "", .about = "check everything"},
    {.name = "check files", .synopsis = "", .about = "check only files", .options = options, .n_options = 1},
};

static char *help_of(const CliCommand *command) {
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  CliContext context = {.out = out, .width = 80};
  if (command)
    cli_print_command_help(commands, G_N_ELEMENTS(commands), command, &context);
  else
    cli_print_general_help(commands, G_N_ELEMENTS(commands), &context);
  fclose(out);
  return text;
}

static char *page_of(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_unlink(path);
  return text;
}

static void same_options_everywhere(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-man-XXXXXX", NULL);
  assert_true(cli_write_man_pages(commands, G_N_ELEMENTS(commands), folder, NULL));
  g_autofree char *general = page_of(folder, "attain.1");
  g_autofree char *page = page_of(folder, "attain-show.1");
  g_autofree char *other = page_of(folder, "attain-check.1");
  g_autofree char *two_words = page_of(folder, "attain-check-files.1");
  g_rmdir(folder);
  g_autofree char *help = help_of(&commands[0]), *above = help_of(&commands[1]), *all = help_of(NULL);
  g_autofree char *completion = cli_bash_completion(commands, G_N_ELEMENTS(commands));
  for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
    g_autofree char *name = g_strconcat("--", options[i].name, NULL);
    g_autofree char *roff_name = g_strconcat("\\-\\-", options[i].name, NULL);
    assert_non_null(strstr(help, name));
    assert_non_null(strstr(page, roff_name));
    assert_null(strstr(other, roff_name));
    assert_non_null(strstr(completion, name));
  }
  for (guint i = 0; i < cli_n_global_options; i++) assert_non_null(strstr(help, cli_global_options[i].name));
  assert_non_null(strstr(general, "show the values of KPIs"));
  assert_non_null(strstr(general, "check everything"));
  assert_non_null(strstr(page, ".SH EXIT STATUS"));
  assert_non_null(strstr(help, "Exit codes"));
  assert_non_null(strstr(two_words, ".TH ATTAIN\\-CHECK\\-FILES 1"));
  assert_non_null(strstr(above, "check only files"));
  assert_null(strstr(all, "check only files"));
  assert_non_null(strstr(completion, "'check files') words=\" --by"));
  assert_non_null(strstr(completion, "'check') words=\"files  --workspace"));
}

/* A line of text that starts with . or ' would be a request to roff. */
static void text_is_never_a_request(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-man-XXXXXX", NULL);
  assert_true(cli_write_man_pages(commands, 1, folder, NULL));
  g_autofree char *page = page_of(folder, "attain-show.1");
  g_autofree char *general = page_of(folder, "attain.1");
  g_rmdir(folder);
  assert_non_null(strstr(page, "\\&.starts with a full stop, it\\(aqs \\e odd"));
  assert_non_null(strstr(page, "\n\\&\\(aqand an apostrophe"));
  assert_non_null(general);
}

static void general_help_lists_commands(void **state) {
  g_autofree char *help = help_of(NULL);
  assert_non_null(strstr(help, "  show                    show the values of KPIs\n"));
  assert_non_null(strstr(help, "  check                   check everything\n"));
  assert_non_null(strstr(help, "  2  wrong use of the command line\n"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(same_options_everywhere),
      cmocka_unit_test(text_is_never_a_request),
      cmocka_unit_test(general_help_lists_commands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
