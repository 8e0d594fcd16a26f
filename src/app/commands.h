/* All commands, in the order in which help lists them. */
#pragma once

#include "cli/cli.h"

extern const CliCommand cmd_new;
extern const CliCommand cmd_load;
extern const CliCommand cmd_check;
extern const CliCommand cmd_kpis;
extern const CliCommand cmd_show;
extern const CliCommand cmd_explain;
extern const CliCommand cmd_records;
extern const CliCommand cmd_snapshot;
extern const CliCommand cmd_demo;

/* The caller frees the array. */
CliCommand *commands_all(guint *n_commands);
