/* attain scorecard: the KPIs of somebody with their targets, pace, chances and one score. */
#include "answer/scorecard.h"
#include "answer/scorecard_question.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/request.h"
#include "app/usage.h"

static void print_table(const CliContext *context, const ShownScorecard *shown, gboolean markdown) {
  int width = markdown ? 0 : context->width;
  if (!scorecard_by(shown->scorecard)[0]) {
    g_autoptr(CliTable) card = scorecard_card(shown, 0, context->unicode || markdown, width);
    cli_table_write(card, context, markdown);
    return;
  }
  g_autoptr(GPtrArray) tables = scorecard_matrix(shown, width);
  for (guint i = 0; i < tables->len; i++) {
    if (i > 0) fputc('\n', context->out);
    cli_table_write(g_ptr_array_index(tables, i), context, markdown);
  }
}

static gboolean print_book(const CliContext *context, const CliArguments *arguments, const ShownScorecard *shown,
                           GError **error) {
  const char *named = cli_option(arguments, "output");
  g_autofree char *path = named ? cli_path(context, named) : NULL;
  if (path) return scorecard_xlsx_save(shown, path, error);
  if (!context->terminal) return scorecard_xlsx(shown, context->out, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a workbook goes into a file: --output scorecard.xlsx");
  return FALSE;
}

static void print(const CliContext *context, const ShownScorecard *shown, const char *format) {
  if (g_strcmp0(format, "json") == 0)
    scorecard_json(shown, context->out);
  else if (g_strcmp0(format, "csv") == 0)
    scorecard_csv(shown, context->out);
  else
    print_table(context, shown, g_strcmp0(format, "md") == 0);
}

static gboolean read_question(const CliArguments *arguments, ScorecardQuestion *question, GError **error) {
  const char *format = cli_option(arguments, "format");
  *question = (ScorecardQuestion){.who = cli_n_operands(arguments) > 0 ? cli_operand(arguments, 0) : NULL,
                                  .role = cli_option(arguments, "role"),
                                  .kpis = cli_option_all(arguments, "kpi"),
                                  .by = cli_option_all(arguments, "by"),
                                  .where = cli_option_all(arguments, "where"),
                                  .compare = cli_option(arguments, "compare"),
                                  .weights = cli_option_all(arguments, "weight"),
                                  .period = cli_option(arguments, "period"),
                                  .is_book = g_strcmp0(format, "xlsx") == 0,
                                  .is_command = TRUE};
  if (!request_number(arguments, "trend", 0, &question->n_trend, error)) return FALSE;
  if (question->is_book || !cli_option(arguments, "output")) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--output is for --format xlsx: write `> FILE` behind the command");
  return FALSE;
}

static void note_usage(const Session *session, const Scorecard *scorecard) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < scorecard_n_kpis(scorecard); i++)
    g_ptr_array_add(names, (gpointer)scorecard_kpi(scorecard, i)->name);
  g_ptr_array_add(names, NULL);
  usage_note(session, (const char *const *)names->pdata);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  ScorecardQuestion question;
  if (!read_question(arguments, &question, error)) return -1;
  g_autoptr(Session) session =
      app_open_as_of(context, cli_option(arguments, "as-of"), SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_autoptr(GPtrArray) targets = session ? target_read_all(session->store, error) : NULL;
  if (!targets) return -1;
  QueryContext asking = answer_context(session);
  TargetDesk desk = {.context = &asking};
  const char *role = NULL;
  g_autoptr(Scorecard) scorecard = scorecard_ask(session, &desk, targets, &question, &role, error);
  if (!scorecard) return -1;
  note_usage(session, scorecard);
  g_auto(ShownScorecard) shown = {0};
  shown_scorecard_init(&shown, session, scorecard, role);
  if (question.is_book) return print_book(context, arguments, &shown, error) ? 0 : -1;
  print(context, &shown, cli_option(arguments, "format"));
  return 0;
}

static const CliOption options[] = {
    {"period", 'p', CLI_VALUE, "PERIOD", "2026-Q3, 2026-06, last-month, 2026-01..2026-06 (default: this-quarter)",
     NULL},
    {"by", 'b', CLI_VALUES, "DIMENSION",
     "rows below: rep, team, manager, region or any other; two with a comma, such as team,rep", NULL},
    {"compare", 'c', CLI_VALUE, "WITH", "beside the period before (the default), or the same a year ago",
     "previous|year-ago"},
    {"where", 'w', CLI_VALUES, "CONDITION",
     "count only these: \"region = 'North'\"; targets, which are of all records, are then left out", NULL},
    {"role", 0, CLI_VALUE, "ROLE",
     "the KPIs of a role: manager, leader, rep, marketing, finance (default: rep of people, leader of teams and "
     "managers, manager of the company)",
     NULL},
    {"kpi", 'k', CLI_VALUES, "KPI",
     "these KPIs, in place of a role's or, with --role, beside them; those with targets are always shown", NULL},
    {"weight", 0, CLI_VALUES, "KPI=NUMBER", "how much a KPI counts in the score (default: attain.yaml's, else 1)",
     NULL},
    {"trend", 0, CLI_VALUE, "N", "so many periods before the one asked (default: 12 months or weeks, 8 quarters)",
     NULL},
    {"as-of", 0, CLI_VALUE, "TIME", "records and targets as they were known on a date (its end) or at a time", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write it", "table|json|csv|md|xlsx"},
    {"output", 'o', CLI_VALUE, "FILE", "where a workbook goes", NULL},
};

const CliCommand cmd_scorecard = {
    .name = "scorecard",
    .synopsis = "[WHO]",
    .about = "KPIs of somebody with target, attainment, pace, trend, chance and one score",
    .details =
        "WHO is company (the default), team:North, \"rep:Ana Silva\", or a name that only one has. A target of a "
        "longer or "
        "shorter span is brought to the period: of what adds up by its spread, else with the same amount.\n\n"
        "Points are 100 for a target met exactly, from 0 to the cap (200); while the period runs, what adds up is "
        "held against what is due by now. The score is the mean of the points by weight; a KPI without target does "
        "not count. The row of a group is computed from its records, never as a mean of its members.",
    .examples =
        "attain scorecard\tthe company's, of this quarter\n"
        "attain scorecard \"Ana Silva\" --period this-month\ta person's\n"
        "attain scorecard team:North --by rep\tpeople by KPIs, value and attainment\n"
        "attain scorecard --format xlsx --output scorecard.xlsx\ta workbook with a tab for each team\n"
        "attain scorecard --by team --weight revenue=3,win_rate=1 --format json\tfor another program",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
