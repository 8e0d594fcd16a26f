/* What the commands about targets have in common. Private to src/app. */
#pragma once

#include "answer/target_hear.h"
#include "target/agree.h"

/* Who speaks: --as NAME, else the name of whoever runs the command; caller frees. */
char *targets_author(const CliArguments *arguments);
/* The number that an operand names. Errors: USAGE. */
gboolean targets_number(const CliArguments *arguments, guint operand, gint64 *number, GError **error);

/* What the options of a command say; the texts stay those of the arguments. */
AnswerSaying targets_saying(const CliArguments *arguments, const char *sentence, const char *author);

/* The options of all that say something with a sentence. */
#define TARGETS_SENTENCE_OPTIONS                                                                                      \
  {"for", 0, CLI_VALUE, "WHO", "whose it is: company, team:North, \"rep:Ana Silva\", rep: for each rep", NULL},       \
      {"objective", 0, CLI_VALUE, "NAME", "the objective it serves (default: the one that names its KPI)", NULL},     \
      {"spread", 0, CLI_VALUE, "HOW", "how the amount falls on the days", "working-days|days|last-year|by-hand"}, {   \
    "parts", 0, CLI_VALUE, "A,B,…",                                                                                   \
        "with --spread by-hand: the amounts of its months (of its weeks, in a month), which come to the target", NULL \
  }
#define TARGETS_SAY_OPTIONS                                                   \
  {"as", 0, CLI_VALUE, "NAME", "who says it (default: you)", NULL}, {         \
    "reason", 'r', CLI_VALUE, "TEXT", "why; it is kept with the target", NULL \
  }
