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

#define MAX_ANSWER 16

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

static int run(const CliProgram *program, const CliArguments *arguments, CliContext *context, int argc,
               char *const *argv, GError **error) {
  const CliCommand *commands = program->commands, *command = cli_arguments_command(arguments);
  guint n_commands = program->n_commands;
  int code;
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

  gboolean may_leave = command && command->place == CLI_ANYWHERE && program->elsewhere && !context->host;
  if (may_leave && program->elsewhere(context, argc, argv, &code, error)) return code;
  if (command && command->place == CLI_HERE && context->host) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "`attain %s` needs a process of its own", command->name);
    return -1;
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

int cli_run(const CliProgram *program, CliContext *context, int argc, char *const *argv) {
  g_autoptr(GError) error = NULL;
  g_autoptr(CliArguments) arguments = cli_parse(program->commands, program->n_commands, argc, argv, &error);
  int code = arguments ? run(program, arguments, context, argc, argv, &error) : -1;
  if (!output_is_written(context) && code == EXIT_DONE) code = EXIT_FAILED;
  if (code != -1) return code;
  if (!error) g_set_error(&error, BASE_ERROR, BASE_ERROR_IO, "the command failed without saying why");
  print_error(context, cli_named_command(program->commands, program->n_commands, argc, argv), error);
  return exit_code_of(error);
}

int cli_main(const CliProgram *program, int argc, char **argv) {
  CliContext context = {.folder = ".", .out = stdout, .err = stderr, .unicode = use_locale(), .stop_fd = -1};
  context.terminal = isatty(fileno(stdout));
  context.colour = context.terminal && colour_is_wanted();
  context.width = context.terminal ? terminal_width(stdout) : 0;
  context.shows_progress = isatty(fileno(stderr));
  context.asks = context.terminal && isatty(STDIN_FILENO);
  return cli_run(program, &context, argc - 1, argv + 1);
}

gboolean cli_confirm(CliContext *context, const char *question) {
  char answer[MAX_ANSWER];
  if (!context->asks) return FALSE;
  if (context->answer) return context->answer(context, question);
  fputs(question, context->out);
  fflush(context->out);
  return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* What a process calls its own standard input, or a descriptor of its own, lies elsewhere for another. */
static char *path_of_reader(const CliContext *context, const char *path) {
  static const char *const streams[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
  for (gsize i = 0; i < G_N_ELEMENTS(streams); i++)
    if (g_str_equal(path, streams[i])) return g_strdup_printf("/proc/%d/fd/%zu", context->reader, i);
  if (g_str_has_prefix(path, "/dev/fd/"))
    return g_strdup_printf("/proc/%d/fd/%s", context->reader, path + strlen("/dev/fd/"));
  if (g_str_has_prefix(path, "/proc/self/"))
    return g_strdup_printf("/proc/%d/%s", context->reader, path + strlen("/proc/self/"));
  return g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(context->here, path, NULL);
}

char *cli_path(const CliContext *context, const char *path) {
  return context->here ? path_of_reader(context, path) : g_strdup(path);
}
