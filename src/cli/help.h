/* What the table of commands says of itself: help texts. Private to src/cli. */
#pragma once

#include "cli/cli.h"

#define CLI_SUMMARY "sales KPIs from the records you already have"
#define CLI_EXIT_CODES \
  {0, "done"}, {1, "could not be done: the message says what to do"}, {2, "wrong use of the command line"},

/* "--by DIMENSION", "-C, --workspace DIR" */
char *cli_option_usage(const CliOption *option);
/* With the commands of two words that begin with its name, if there are any. */
void cli_print_command_help(const CliCommand *commands, guint n_commands, const CliCommand *command,
                            const CliContext *context);
void cli_print_general_help(const CliCommand *commands, guint n_commands, const CliContext *context);
