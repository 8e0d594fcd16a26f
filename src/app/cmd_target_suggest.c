/* attain target suggest: targets that are realistic yet challenging, from the past, and what they ask. */
#include "answer/target_suggest.h"
#include "app/commands.h"
#include "app/opening.h"

static void print_table(const CliContext *context, const AnswerSuggested *suggested) {
  g_autoptr(CliTable) table = answer_suggested_table(suggested);
  if (table) {
    cli_table_write(table, context, FALSE);
    return;
  }
  g_autofree char *title = answer_suggested_title(suggested);
  cli_print_heading(context, title);
  cli_print_text(
      context, "There are too few earlier periods to say: it takes four, of the member's own or of their peers.", 0, 0);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (!session) return -1;
  QueryContext question = answer_context(session);
  TargetDesk desk = {.context = &question};
  g_auto(AnswerSuggested) suggested = {0};
  if (!answer_suggest(session, &desk, cli_operand(arguments, 0), cli_option(arguments, "for"),
                      cli_option(arguments, "period"), &suggested, error))
    return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0)
    answer_suggested_json(&suggested, context->out);
  else
    print_table(context, &suggested);
  return 0;
}

static const CliOption options[] = {
    {"for", 0, CLI_VALUE, "WHO", "whose: company, team:North, \"rep:Ana Silva\"; rep: for each rep", NULL},
    {"period", 'p', CLI_VALUE, "PERIOD", "the target's days (default: next quarter)", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_target_suggest = {
    .name = "target suggest",
    .synopsis = "KPI",
    .about = "targets within reach, realistic to a stretch, and what each asks",
    .details =
        "The amounts are what half, three and one of ten such periods reach or pass, from how the member's own earlier "
        "periods finished and, where these are few, their peers'. Of a KPI with drivers, what each amount asks of "
        "them.",
    .examples =
        "attain target suggest revenue --for \"rep:Ana Silva\"\tof next quarter\n"
        "attain target suggest won_deals --for rep: --period 2027-01\tof each rep",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
