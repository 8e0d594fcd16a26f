/* One run of the program: what the terminal can do, the command line, the command, its exit code.
 *
 * Everything printed goes through the context's streams. A command that fails leaves its message to be printed here,
 * once, as "attain: message"; output that could not be written (a full disk, say) is a failure too. */
#include "cli/help.h"
#include "cli/parse.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USE = 2 };

static int terminal_width(FILE *out) {
  struct winsize size;
  if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char *columns = g_getenv("COLUMNS");
  guint64 width;
  if (columns && g_ascii_string_to_unsigned(columns, 10, 20, 10000, &width, NULL)) return (int)width;
  return 80;
}

/* Texts are UTF-8 within the program whatever the locale; its only say is whether lines may be drawn. */
static gboolean use_locale(void) {
  setlocale(LC_CTYPE, "");
  gboolean unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  if (!unicode) setlocale(LC_CTYPE, "C.UTF-8");
  return unicode;
}

static gboolean colour_is_wanted(void) {
  const char *no_colour = g_getenv("NO_COLOR");
  return !(no_colour && *no_colour) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

static void print_error(const CliContext *context, const CliCommand *command, const GError *error) {
  fprintf(context->err, "attain: %s\n", error->message);
  if (!g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE)) return;
  if (command)
    fprintf(context->err, "`attain help %s` shows how it is used.\n", command->name);
  else
    fputs("`attain help` lists the commands.\n", context->err);
}

static int exit_code_of(const GError *error) {
  return g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE) ? EXIT_WRONG_USE : EXIT_FAILED;
}

static int run_help(const CliCommand *commands, guint n_commands, const CliArguments *arguments,
                    const CliContext *context, GError **error) {
  const char *name = cli_operand(arguments, 0);
  if (!name || strcmp(name, "help") == 0) {
    cli_print_general_help(commands, n_commands, context);
    return EXIT_DONE;
  }
  const char *second = cli_operand(arguments, 1);
  g_autofree char *both = second ? g_strconcat(name, " ", second, NULL) : g_strdup(name);
  const CliCommand *command = cli_find_command(commands, n_commands, both, error);
  if (!command) return -1;
  cli_print_command_help(commands, n_commands, command, context);
  return EXIT_DONE;
}

static int run(const CliCommand *commands, guint n_commands, const CliArguments *arguments, CliContext *context,
               GError **error) {
  const CliCommand *command = cli_arguments_command(arguments);
  context->folder = cli_option(arguments, "workspace") ? cli_option(arguments, "workspace") : ".";
  context->now = cli_option(arguments, "now");
  if (cli_flag(arguments, "no-colour")) context->colour = FALSE;

  if (cli_flag(arguments, "version")) {
    fprintf(context->out, "attain %s\n", ATTAIN_VERSION);
    return EXIT_DONE;
  }
  if (cli_arguments_is_help(arguments)) return run_help(commands, n_commands, arguments, context, error);
  if (command && cli_flag(arguments, "help")) {
    cli_print_command_help(commands, n_commands, command, context);
    return EXIT_DONE;
  }
  if (cli_flag(arguments, "help")) {
    cli_print_general_help(commands, n_commands, context);
    return EXIT_DONE;
  }
  if (command) return command->run(context, arguments, error);

  CliContext to_err = *context;
  to_err.out = context->err;
  cli_print_general_help(commands, n_commands, &to_err);
  return EXIT_WRONG_USE;
}

static gboolean output_is_written(const CliContext *context) {
  if (fflush(context->out) == 0 && !ferror(context->out)) return TRUE;
  fprintf(context->err, "attain: the output could not be written: %s\n", g_strerror(errno));
  return FALSE;
}

int cli_main(const CliCommand *commands, guint n_commands, int argc, char **argv) {
  CliContext context = {.folder = ".", .out = stdout, .err = stderr, .unicode = use_locale()};
  context.terminal = isatty(fileno(stdout));
  context.colour = context.terminal && colour_is_wanted();
  context.width = context.terminal ? terminal_width(stdout) : 0;

  g_autoptr(GError) error = NULL;
  g_autoptr(CliArguments) arguments = cli_parse(commands, n_commands, argc - 1, argv + 1, &error);
  int code = arguments ? run(commands, n_commands, arguments, &context, &error) : -1;
  if (!output_is_written(&context) && code == EXIT_DONE) code = EXIT_FAILED;
  if (code != -1) return code;
  if (!error) g_set_error(&error, BASE_ERROR, BASE_ERROR_IO, "the command failed without saying why");
  print_error(&context, cli_named_command(commands, n_commands, argc - 1, argv + 1), error);
  return exit_code_of(error);
}
