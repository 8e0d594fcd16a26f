/* A command line taken apart. Private to src/cli. */
#pragma once

#include "cli/cli.h"

/* The options that every command has; `help` and `version` end the run. */
extern const CliOption cli_global_options[];
extern const guint cli_n_global_options;

/* Reads everything after the program's name. `command` is NULL when none is named; `name` is what was written for it.
 * Options may stand anywhere; what follows `--` is operands. Errors: USAGE, with the nearest option or command. */
CliArguments *cli_parse(const CliCommand *commands, guint n_commands, int argc, char *const *argv, GError **error);
/* The command that the words name, for a hint after wrong use; NULL when there is none. */
const CliCommand *cli_named_command(const CliCommand *commands, guint n_commands, int argc, char *const *argv);
void cli_arguments_free(CliArguments *arguments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliArguments, cli_arguments_free)
const CliCommand *cli_arguments_command(const CliArguments *arguments); /* NULL: none named, or `help` */
gboolean cli_arguments_is_help(const CliArguments *arguments);          /* the command `help` */
const CliCommand *cli_find_command(const CliCommand *commands, guint n_commands, const char *name, GError **error);
/* How many commands of two words begin with `name`. */
guint cli_n_commands_under(const CliCommand *commands, guint n_commands, const char *name);
