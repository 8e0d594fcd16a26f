/* attain target cascade: a target handed down to regions, teams or people. */
#include "answer/target_cascade.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/targets.h"

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autofree char *author = targets_author(arguments);
  AnswerHanding handing = {.to = cli_option(arguments, "to"),
                           .by = cli_option(arguments, "by"),
                           .shares = cli_option_all(arguments, "share"),
                           .over = cli_option(arguments, "over"),
                           .proposes = cli_flag(arguments, "propose"),
                           .is_dry = cli_flag(arguments, "dry-run"),
                           .author = author,
                           .reason = cli_option(arguments, "reason"),
                           .is_command = TRUE};
  if (!targets_number(arguments, 0, &handing.target, error)) return -1;
  g_autoptr(Session) session =
      app_open(context, SESSION_DEFINITIONS | (handing.is_dry ? SESSION_DATABASE : SESSION_WRITE), error);
  if (!session) return -1;
  QueryContext question = answer_context(session);
  TargetDesk desk = {.context = &question};
  g_auto(AnswerHanded) handed = {0};
  if (!answer_hand_down(session, &desk, &handing, &handed, error)) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    answer_handed_json(&handed, context->out);
    return 0;
  }
  g_autoptr(CliTable) table = answer_handed_table(&handed);
  cli_table_write(table, context, FALSE);
  return 0;
}

static const CliOption options[] = {
    {"to", 0, CLI_VALUE, "DIMENSION", "to each rep, team, region, manager or level of teams", NULL},
    {"by", 0, CLI_VALUE, "HOW",
     "by working days less ramping and absence, by the last twelve months, alike, or as --share says (default: "
     "capacity)",
     "capacity|history|equal|shares"},
    {"share", 0, CLI_VALUES, "NAME=SHARE", "the share of one; who has none gets nothing", NULL},
    {"over", 0, CLI_VALUE, "PERCENT", "hand out so much more than there is", NULL},
    {"propose", 0, CLI_FLAG, NULL, "propose the parts, for each to accept", NULL},
    {"dry-run", 0, CLI_FLAG, NULL, "only show the parts", NULL},
    TARGETS_SAY_OPTIONS,
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_target_cascade = {
    .name = "target cascade",
    .synopsis = "NUMBER",
    .about = "hand a target down to regions, teams or people",
    .details =
        "The parts come to the whole to the last cent. By capacity, a person counts the working days of their "
        "employment and "
        "membership, those of ramping rising evenly to full from being hired until ramped_at, those of absence not at "
        "all; "
        "so joiners, leavers and movers have their part. Rates, medians and levels are the same for everybody.",
    .examples =
        "attain target cascade 1 --to team\tby capacity\n"
        "attain target cascade 1 --to rep --by history --over 10\t10 % more than the target\n"
        "attain target cascade 2 --to rep --share \"Ana Silva=60\" --share \"Bo Lund=40\" --propose\tfor each to "
        "accept",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
