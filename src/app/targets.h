/* What the commands about targets have in common. Private to src/app. */
#pragma once

#include "answer/targets.h"
#include "pace/pace.h"
#include "target/agree.h"

/* Who speaks: --as NAME, else the name of whoever runs the command; caller frees. */
char *targets_author(const CliArguments *arguments);
/* The number that an operand names. Errors: USAGE. */
gboolean targets_number(const CliArguments *arguments, guint operand, gint64 *number, GError **error);

/* A sentence as it is heard, with what only the workspace knows: whether anything measures it, how likely it is made
 * and which objective it serves. */
typedef struct {
  TargetSentence sentence;
  GArray *known;   /* TargetKnown */
  GArray *members; /* TargetMember, of their texts */
  TargetHearing hearing;
  char *dimension, *member; /* --for */
  gint64 objective;         /* the one that --objective names; 0: not given */
  GPtrArray *objectives;
  PaceForecast forecast; /* of the target that was heard; none while it lacks something, or is one for each of many */
} TargetsHeard;

void targets_heard_clear(TargetsHeard *heard);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TargetsHeard, targets_heard_clear)

/* `like`: terms that fill what the sentence leaves out, or NULL. Errors: what contradicts itself or is not there. */
gboolean targets_hear(const Session *session, const CliArguments *arguments, const char *text, const TargetTerms *like,
                      TargetsHeard *heard, GError **error);
/* The --dry-run answer. */
void targets_heard_json(const TargetsHeard *heard, FILE *out);
void targets_heard_print(const TargetsHeard *heard, const CliContext *context);
/* Errors: INPUT with the questions, where it is no target yet. */
gboolean targets_check_heard(const TargetsHeard *heard, GError **error);
/* A version of what was heard, by --spread, --parts and --from. Errors: USAGE, INPUT. */
TargetVersion *targets_version(const Session *session, const CliArguments *arguments, const TargetTerms *terms,
                               GError **error);

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
