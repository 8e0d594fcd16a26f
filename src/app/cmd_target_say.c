/* What people say of targets: set, propose, counter, accept, decline, adjust, withdraw, comment. One row of a table an
 * act. */
#include "app/commands.h"
#include "app/targets.h"
#include "target/members.h"

#include <unistd.h>

#define MAX_ANSWER 16

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
  saying->session = session_open(saying->context->folder, saying->context->now, needs, error);
  saying->targets = saying->session ? target_read_all(saying->session->store, error) : NULL;
  return saying->targets != NULL;
}

static TargetEvent event_of(const Saying *saying, TargetAct act) {
  return (TargetEvent){.act = act,
                       .author = saying->author,
                       .words = (char *)cli_option(saying->arguments, "reason"),
                       .said_at_us = saying->session->now_us};
}

/* On a terminal what was understood is shown first. */
static gboolean is_confirmed(const Saying *saying, const TargetsHeard *heard) {
  if (cli_flag(saying->arguments, "yes") || !saying->context->terminal || !isatty(STDIN_FILENO)) return TRUE;
  targets_heard_print(heard, saying->context);
  fputs("Is that what is meant? [y/N] ", saying->context->out);
  fflush(saying->context->out);
  char answer[MAX_ANSWER];
  return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static void tell(const Saying *saying, const Target *target, const TargetsHeard *heard, TargetAct act) {
  const TargetVersion *version = target_latest(target);
  TargetHearing hearing = answer_hearing(saying->session, NULL, 0);
  if (g_strcmp0(cli_option(saying->arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(saying->context->out);
    cli_json_begin_object(json);
    cli_json_member_integer(json, "target", target->number);
    cli_json_member_text(json, "act", target_act_name(act));
    cli_json_member_text(json, "state", target_state_name(target_state(target)));
    answer_terms_json(json, &version->terms);
    cli_json_end_object(json);
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

/* Whose targets a sentence makes: one, or of "per rep" one of each who sells. */
static GPtrArray *members_meant(const Saying *saying, const TargetSentence *sentence, GError **error) {
  const TargetTerms *terms = &sentence->terms;
  if (terms->member || g_str_equal(terms->dimension, TARGET_COMPANY)) {
    GPtrArray *one = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(one, g_strdup(terms->member));
    return one;
  }
  QueryContext context = answer_context(saying->session);
  g_autoptr(GPtrArray) members =
      sentence->within ? target_members_within(&context, terms->dimension, sentence->within_dimension, sentence->within,
                                               terms->start, terms->end, error)
                       : target_members_selling(&context, terms->dimension, terms->start, terms->end, error);
  if (members && members->len == 0)
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no %s%s%s%s%s who sells in those days",
                terms->dimension, sentence->within ? " of " : "", sentence->within ? sentence->within_dimension : "",
                sentence->within ? " " : "", sentence->within ? sentence->within : "");
  return members && members->len > 0 ? g_steal_pointer(&members) : NULL;
}

static gboolean say_new(Saying *saying, const TargetsHeard *heard, TargetAct act, const char *member, GError **error) {
  QueryContext context = answer_context(saying->session);
  g_auto(TargetTerms) terms;
  target_terms_copy(&terms, &heard->sentence.terms);
  g_free(terms.member);
  terms.member = g_strdup(member);
  g_autoptr(TargetVersion) version = targets_version(saying->session, saying->arguments, &terms, error);
  if (!version || !target_check(&context, saying->targets, NULL, version, error)) return FALSE;
  g_autoptr(Target) target = target_new(0, heard->objective);
  TargetEvent event = event_of(saying, act);
  if (!target_say_within(saying->session->store, target, g_steal_pointer(&version), &event, error)) return FALSE;
  g_ptr_array_add(saying->targets, g_steal_pointer(&target));
  return TRUE;
}

static gboolean say_all(Saying *saying, const TargetsHeard *heard, TargetAct act, GError **error) {
  g_autoptr(GPtrArray) members = members_meant(saying, &heard->sentence, error);
  if (!members || !store_begin(saying->session->store, error)) return FALSE;
  for (guint i = 0; i < members->len; i++)
    if (!say_new(saying, heard, act, g_ptr_array_index(members, i), error)) {
      store_rollback(saying->session->store);
      return FALSE;
    }
  return store_commit(saying->session->store, error);
}

static int run_new(CliContext *context, const CliArguments *arguments, TargetAct act, GError **error) {
  g_auto(Saying) saying = {.context = context, .arguments = arguments};
  g_auto(TargetsHeard) heard = {0};
  if (!begin(&saying, error) ||
      !targets_hear(saying.session, arguments, cli_operand(arguments, 0), NULL, &heard, error))
    return -1;
  gboolean json = g_strcmp0(cli_option(arguments, "format"), "json") == 0;
  if (cli_flag(arguments, "dry-run")) {
    if (json)
      targets_heard_json(&heard, context->out);
    else
      targets_heard_print(&heard, context);
    return 0;
  }
  guint before = saying.targets->len;
  if (!targets_check_heard(&heard, error)) return -1;
  if (!is_confirmed(&saying, &heard)) {
    fputs("Nothing was set.\n", context->out);
    return 1;
  }
  if (!say_all(&saying, &heard, act, error)) return -1;
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
  g_auto(TargetsHeard) heard = {0};
  gint64 number;
  if (!targets_number(arguments, 0, &number, error) || !begin(&saying, error)) return -1;
  Target *target = target_find(saying.targets, number, error);
  if (!target || !target_check_act(target, act, saying.author, cli_option(arguments, "reason"), error)) return -1;
  const char *sentence = cli_operand(arguments, 1);
  g_autoptr(TargetVersion) version = NULL;
  if (sentence) {
    const TargetTerms *like = &target_latest(target)->terms;
    if (!targets_hear(saying.session, arguments, sentence, like, &heard, error) || !targets_check_heard(&heard, error))
      return -1;
    QueryContext question = answer_context(saying.session);
    version = targets_version(saying.session, arguments, &heard.sentence.terms, error);
    if (!version || !target_check(&question, saying.targets, target, version, error)) return -1;
    if (act == TARGET_ACT_ADJUST && !cli_option(arguments, "from"))
      version->effective = MAX(saying.session->today, version->terms.start);
  }
  TargetEvent event = event_of(&saying, act);
  const TargetVersion *pending = target_pending(target, NULL);
  event.version = (pending ? pending : target_latest(target))->version;
  if (!target_say(saying.session->store, target, g_steal_pointer(&version), &event, error)) return -1;
  tell(&saying, target, sentence ? &heard : NULL, act);
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
