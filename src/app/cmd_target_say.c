/* What people say of targets: set, propose, counter, accept, decline, adjust, withdraw, comment. One row of a table an
 * act. */
#include "answer/target_say.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/targets.h"

typedef struct {
  CliContext *context;
  const CliArguments *arguments;
  Session *session;
  GPtrArray *targets;
  char *author;
} Saying;

static void saying_clear(Saying *saying) {
  g_clear_pointer(&saying->targets, g_ptr_array_unref);
  session_free(saying->session);
  g_free(saying->author);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Saying, saying_clear)

static gboolean begin(Saying *saying, GError **error) {
  guint needs = SESSION_DEFINITIONS | (cli_flag(saying->arguments, "dry-run") ? SESSION_DATABASE : SESSION_WRITE);
  saying->author = targets_author(saying->arguments);
  saying->session = app_open(saying->context, needs, error);
  saying->targets = saying->session ? target_read_all(saying->session->store, error) : NULL;
  return saying->targets != NULL;
}

static void print_heard(const AnswerHeard *heard, const CliContext *context) {
  const TargetSentence *sentence = &heard->sentence;
  if (sentence->canonical) fprintf(context->out, "%s\n", sentence->canonical);
  for (guint i = 0; sentence->assumed && i < sentence->assumed->len; i++)
    fprintf(context->out, "  taken for granted: %s\n", (const char *)g_ptr_array_index(sentence->assumed, i));
  if (heard->forecast.has_chance && !(sentence->lacks & TARGET_LACKS_ACHIEVABLE)) {
    g_autofree char *chance = answer_chance(&heard->forecast);
    fprintf(context->out, "  chance of making it: %s\n", chance);
  }
  for (guint i = 0; i < sentence->questions->len; i++)
    fprintf(context->out, "  %s\n", (const char *)g_ptr_array_index(sentence->questions, i));
}

/* On a terminal what was understood is shown first. */
static gboolean is_confirmed(const Saying *saying, const AnswerHeard *heard) {
  if (cli_flag(saying->arguments, "yes") || !saying->context->asks) return TRUE;
  print_heard(heard, saying->context);
  return cli_confirm(saying->context, "Is that what is meant? [y/N] ");
}

static void tell(const Saying *saying, const Target *target, const AnswerHeard *heard, TargetAct act) {
  const TargetVersion *version = target_latest(target);
  TargetHearing hearing = answer_hearing(saying->session, NULL, 0);
  if (g_strcmp0(cli_option(saying->arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(saying->context->out);
    answer_said_json(json, target, act);
    return;
  }
  g_autofree char *canonical = target_terms_say(&hearing, &version->terms);
  fprintf(saying->context->out, "Target %" G_GINT64_FORMAT " (%s): %s\n", target->number,
          target_state_name(target_state(target)), canonical);
  for (guint i = 0; heard && heard->sentence.assumed && i < heard->sentence.assumed->len; i++)
    fprintf(saying->context->out, "  taken for granted: %s\n",
            (const char *)g_ptr_array_index(heard->sentence.assumed, i));
  for (guint i = 0; heard && i < heard->sentence.questions->len; i++)
    fprintf(saying->context->out, "  %s\n", (const char *)g_ptr_array_index(heard->sentence.questions, i));
}

/* --- new targets --- */

static int run_new(CliContext *context, const CliArguments *arguments, TargetAct act, GError **error) {
  g_auto(Saying) saying = {.context = context, .arguments = arguments};
  g_auto(AnswerHeard) heard = {0};
  if (!begin(&saying, error)) return -1;
  AnswerSaying said = targets_saying(arguments, cli_operand(arguments, 0), saying.author);
  if (!answer_hear(saying.session, &said, NULL, &heard, error)) return -1;
  gboolean json = g_strcmp0(cli_option(arguments, "format"), "json") == 0;
  if (cli_flag(arguments, "dry-run")) {
    if (json)
      answer_heard_json(&heard, context->out);
    else
      print_heard(&heard, context);
    return 0;
  }
  guint before = saying.targets->len;
  if (!answer_check_heard(&heard, error)) return -1;
  if (!is_confirmed(&saying, &heard)) {
    fputs("Nothing was set.\n", context->out);
    return 1;
  }
  if (!answer_say_new(saying.session, &said, &heard, act, saying.targets, error)) return -1;
  for (guint i = before; i < saying.targets->len; i++)
    tell(&saying, g_ptr_array_index(saying.targets, i), i == before ? &heard : NULL, act);
  return 0;
}

static int run_set(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_new(context, arguments, TARGET_ACT_SET, error);
}
static int run_propose(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_new(context, arguments, TARGET_ACT_PROPOSE, error);
}

/* --- of targets there are --- */

static int run_about(CliContext *context, const CliArguments *arguments, TargetAct act, GError **error) {
  g_auto(Saying) saying = {.context = context, .arguments = arguments};
  g_auto(AnswerHeard) heard = {0};
  gint64 number;
  if (!targets_number(arguments, 0, &number, error) || !begin(&saying, error)) return -1;
  Target *target = target_find(saying.targets, number, error);
  AnswerSaying said = targets_saying(arguments, cli_operand(arguments, 1), saying.author);
  if (!target || !answer_say_about(saying.session, &said, act, saying.targets, target, &heard, error)) return -1;
  tell(&saying, target, said.sentence ? &heard : NULL, act);
  return 0;
}

static int run_counter(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_about(context, arguments, TARGET_ACT_COUNTER, error);
}
static int run_accept(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_about(context, arguments, TARGET_ACT_ACCEPT, error);
}
static int run_decline(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_about(context, arguments, TARGET_ACT_DECLINE, error);
}
static int run_adjust(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_about(context, arguments, TARGET_ACT_ADJUST, error);
}
static int run_withdraw(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_about(context, arguments, TARGET_ACT_WITHDRAW, error);
}
static int run_comment(CliContext *context, const CliArguments *arguments, GError **error) {
  return run_about(context, arguments, TARGET_ACT_COMMENT, error);
}

static const CliOption new_options[] = {
    TARGETS_SENTENCE_OPTIONS,
    TARGETS_SAY_OPTIONS,
    {"dry-run", 0, CLI_FLAG, NULL, "only say what was understood, and what is missing by the letters of SMART", NULL},
    {"yes", 'y', CLI_FLAG, NULL, "do not ask on a terminal whether that is what is meant", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};
static const CliOption change_options[] = {
    TARGETS_SENTENCE_OPTIONS,
    TARGETS_SAY_OPTIONS,
    {"from", 0, CLI_VALUE, "DAY", "from which day on it holds (default: today)", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};
static const CliOption answer_options[] = {
    TARGETS_SAY_OPTIONS,
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

#define SMART_DETAILS                                                                                                 \
  "The sentence says which KPI, how much, whose and until when, in everyday words: \"raise win rate from 25% to 30% " \
  "by "                                                                                                               \
  "end of May\", \"keep churn below 2% next year\", \"10 more demos a month than last quarter\". What it lacks is "   \
  "asked "                                                                                                            \
  "by the letter: S which KPI, whose; M how much, or records that measure it; A it is not likely; R it serves no "    \
  "objective; T until when. Without S, M and T it is no target.\n\n"                                                  \
  "--dry-run says what was understood and changes nothing."

const CliCommand cmd_target_set = {
    .name = "target set",
    .synopsis = "SENTENCE",
    .about = "set a target, told in a sentence",
    .details = SMART_DETAILS,
    .examples =
        "attain target set \"increase monthly sales revenue by 10% within the next quarter\" --for team:North\ta "
        "team's\n"
        "attain target set \"keep win rate above 30% this year\" --for company --dry-run\tonly what is understood\n"
        "attain target set \"5 demos per rep per week this quarter\"\tone for each rep\n"
        "attain target set \"reach 300k revenue this quarter\" --for company --parts 80000,100000,120000\tspread by "
        "hand",
    .options = new_options,
    .n_options = G_N_ELEMENTS(new_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_set,
};

const CliCommand cmd_target_propose = {
    .name = "target propose",
    .synopsis = "SENTENCE",
    .about = "propose a target, for whoever it is for to answer",
    .details = SMART_DETAILS,
    .examples =
        "attain target propose \"reach 120k revenue next quarter\" --for \"rep:Ana Silva\" --reason \"as in "
        "spring\"\tto a rep",
    .options = new_options,
    .n_options = G_N_ELEMENTS(new_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_propose,
};

#define CHANGE(NAME, ABOUT, EXAMPLE, RUN)                                                                           \
  {                                                                                                                 \
    .name = "target " NAME, .synopsis = "NUMBER SENTENCE", .about = ABOUT,                                          \
    .details = "What the sentence leaves out is as it was: \"reach 450k\" keeps the KPI, the member and the days.", \
    .examples = EXAMPLE, .options = change_options, .n_options = G_N_ELEMENTS(change_options), .min_operands = 2,   \
    .max_operands = 2, .run = RUN                                                                                   \
  }
#define ANSWER(NAME, ABOUT, EXAMPLE, RUN)                                                                         \
  {                                                                                                               \
    .name = "target " NAME, .synopsis = "NUMBER", .about = ABOUT, .examples = EXAMPLE, .options = answer_options, \
    .n_options = G_N_ELEMENTS(answer_options), .min_operands = 1, .max_operands = 1, .run = RUN                   \
  }

const CliCommand cmd_target_counter = CHANGE(
    "counter", "answer a proposal with another",
    "attain target counter 4 \"reach 105k\" --as \"Ana Silva\" --reason \"two of my accounts move to Ben\"\tless",
    run_counter);
const CliCommand cmd_target_adjust =
    CHANGE("adjust", "change an agreed target, with the reason; both versions stay in view",
           "attain target adjust 4 \"reach 90k\" --reason \"the plant closes in May\" --from 2027-02-01\tfrom a day on",
           run_adjust);
const CliCommand cmd_target_accept = ANSWER("accept", "accept what was proposed or countered last",
                                            "attain target accept 4 --as \"Ana Silva\"\tagreed", run_accept);
const CliCommand cmd_target_decline =
    ANSWER("decline", "decline what was proposed or countered last, with the reason",
           "attain target decline 4 --as \"Ana Silva\" --reason \"I am on leave in March\"\tno", run_decline);
const CliCommand cmd_target_withdraw =
    ANSWER("withdraw", "end a target, with the reason; it stays in view",
           "attain target withdraw 4 --reason \"set twice\"\tno longer a target", run_withdraw);
const CliCommand cmd_target_comment =
    ANSWER("comment", "add words to a target",
           "attain target comment 4 --reason \"we look at it again in March\"\twords", run_comment);
