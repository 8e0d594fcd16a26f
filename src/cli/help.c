/* Help on a terminal, made from the table of commands, as the man pages are (man.c): neither can say what the other
 * does not. */
#include "cli/help.h"

#include "cli/parse.h"

#define NAME_WIDTH 26

static const struct {
  int code;
  const char *meaning;
} exit_codes[] = {CLI_EXIT_CODES};

static void heading(const CliContext *context, const char *text) {
  fputc('\n', context->out);
  cli_print_heading(context, text);
}

/* A name, and what it is about, in two columns. */
static void print_entry(const CliContext *context, const char *name, const char *about) {
  int used = fprintf(context->out, "  %s", name) - (int)strlen(name) + (int)g_utf8_strlen(name, -1);
  if (used + 2 > NAME_WIDTH) {
    fputc('\n', context->out);
    used = 0;
  }
  fprintf(context->out, "%*s", NAME_WIDTH - used, "");
  cli_print_text(context, about, NAME_WIDTH, NAME_WIDTH);
}

char *cli_option_usage(const CliOption *option) {
  g_autofree char *letter = option->letter ? g_strdup_printf("-%c, ", option->letter) : g_strdup("");
  return g_strconcat(letter, "--", option->name, option->value ? " " : NULL, option->value, NULL);
}

static void print_options(const CliContext *context, const CliOption *options, guint n_options) {
  for (guint i = 0; i < n_options; i++) {
    g_autofree char *usage = cli_option_usage(&options[i]);
    g_autoptr(GString) about = g_string_new(options[i].about);
    if (options[i].choices) {
      g_auto(GStrv) choices = g_strsplit(options[i].choices, "|", -1);
      g_autofree char *all = g_strjoinv(", ", choices);
      g_string_append_printf(about, " (%s)", all);
    }
    if (options[i].kind == CLI_VALUES) g_string_append(about, " (may be repeated)");
    print_entry(context, usage, about->str);
  }
}

static void print_examples(const CliContext *context, const char *examples) {
  g_auto(GStrv) lines = g_strsplit(examples, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_auto(GStrv) parts = g_strsplit(lines[i], "\t", 2);
    if (!parts[0]) continue;
    fprintf(context->out, "  %s\n", parts[0]);
    if (parts[1]) fprintf(context->out, "      %s\n", parts[1]);
  }
}

static void print_exit_codes(const CliContext *context) {
  heading(context, "Exit codes");
  for (gsize i = 0; i < G_N_ELEMENTS(exit_codes); i++)
    fprintf(context->out, "  %d  %s\n", exit_codes[i].code, exit_codes[i].meaning);
}

static void print_commands_under(const CliCommand *commands, guint n_commands, const CliCommand *command,
                                 const CliContext *context) {
  if (cli_n_commands_under(commands, n_commands, command->name) == 0) return;
  g_autofree char *title = g_strconcat("Commands of ", command->name, NULL);
  g_autofree char *prefix = g_strconcat(command->name, " ", NULL);
  heading(context, title);
  for (guint i = 0; i < n_commands; i++)
    if (g_str_has_prefix(commands[i].name, prefix)) print_entry(context, commands[i].name, commands[i].about);
}

void cli_print_command_help(const CliCommand *commands, guint n_commands, const CliCommand *command,
                            const CliContext *context) {
  fprintf(context->out, "attain %s: %s\n", command->name, command->about);
  heading(context, "Usage");
  gboolean operands = command->synopsis && *command->synopsis;
  fprintf(context->out, "  attain %s%s%s%s\n", command->name, operands ? " " : "", operands ? command->synopsis : "",
          command->n_options > 0 ? " [OPTION…]" : "");
  if (command->details) {
    fputc('\n', context->out);
    cli_print_text(context, command->details, 0, 0);
  }
  print_commands_under(commands, n_commands, command, context);
  if (command->n_options > 0) {
    heading(context, "Options");
    print_options(context, command->options, command->n_options);
  }
  heading(context, "Options of every command");
  print_options(context, cli_global_options, cli_n_global_options);
  if (command->examples) {
    heading(context, "Examples");
    print_examples(context, command->examples);
  }
  print_exit_codes(context);
}

void cli_print_general_help(const CliCommand *commands, guint n_commands, const CliContext *context) {
  fprintf(context->out, "attain: %s\n", CLI_SUMMARY);
  heading(context, "Usage");
  fprintf(context->out, "  attain COMMAND [OPTION…]\n");
  heading(context, "Commands");
  for (guint i = 0; i < n_commands; i++)
    if (!strchr(commands[i].name, ' ')) print_entry(context, commands[i].name, commands[i].about);
  print_entry(context, "help [COMMAND]", "print what a command does, its options and examples");
  heading(context, "Options of every command");
  print_options(context, cli_global_options, cli_n_global_options);
  print_exit_codes(context);
  fputs("\nStart with `attain demo DIR` to look around, or `attain new DIR --from FILES` with your own records.\n",
        context->out);
}
