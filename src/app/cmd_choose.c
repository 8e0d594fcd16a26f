/* attain choose: from a goal to the few KPIs that serve it. */
#include "answer/lint.h"
#include "app/commands.h"
#include "app/opening.h"

/* --- the goals there are --- */

static void print_goals(const CliContext *context, const LintGoals *goals, gboolean markdown) {
  static const CliColumn heads[] = {{"Goal", CLI_LEFT}, {"What for", CLI_LEFT}, {"KPIs", CLI_LEFT}};
  g_autoptr(CliTable) table = cli_table_new("Goals");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < lint_goals_count(goals); i++) {
    const LintGoal *goal = lint_goals_get(goals, i);
    g_autoptr(GPtrArray) names = answer_goal_kpis(goal);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    cli_table_add_row(table);
    cli_table_add_cell(table, goal->name, CLI_STYLE_NONE);
    cli_table_add_cell(table, goal->title, CLI_STYLE_NONE);
    cli_table_add_cell(table, list, CLI_STYLE_NONE);
  }
  cli_table_add_note(table, "attain choose --goal NAME proposes its KPIs, with what of their data is here.");
  cli_table_write(table, context, markdown);
}

/* --- one goal --- */

static char *data_words(const LintChoice *choice) {
  if (choice->missing->len == 0) {
    g_autofree char *needs = g_strjoinv(", ", (char **)choice->kpi->needs);
    return g_strdup_printf("here: %s", needs);
  }
  GString *text = g_string_new("lacks: ");
  for (guint i = 0; i < choice->missing->len; i++)
    g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)g_ptr_array_index(choice->missing, i));
  if (choice->kpi->needs_hint) g_string_append_printf(text, " (%s)", choice->kpi->needs_hint);
  return g_string_free(text, FALSE);
}

static char *why_words(const LintChoice *choice) {
  return choice->in_place_of ? g_strdup_printf("%s (in place of %s)", choice->why, choice->in_place_of->name)
                             : g_strdup(choice->why);
}

static void print_table(const CliContext *context, const LintGoal *goal, const GArray *choices, gboolean markdown) {
  static const CliColumn heads[] = {
      {"KPI", CLI_LEFT}, {"Name", CLI_LEFT}, {"Timing", CLI_LEFT}, {"Why", CLI_LEFT}, {"Data", CLI_LEFT}};
  g_autoptr(CliTable) table = cli_table_new(goal->title);
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < choices->len; i++) {
    const LintChoice *choice = &g_array_index(choices, LintChoice, i);
    g_autofree char *data = data_words(choice), *why = why_words(choice);
    cli_table_add_row(table);
    cli_table_add_cell(table, choice->kpi->name, CLI_STYLE_NONE);
    cli_table_add_cell(table, choice->kpi->title, CLI_STYLE_NONE);
    cli_table_add_cell(table, choice->kpi->timing == KPI_LEADING ? "leading" : "lagging", CLI_STYLE_NONE);
    cli_table_add_cell(table, why, CLI_STYLE_NONE);
    cli_table_add_cell(table, data, choice->missing->len > 0 ? CLI_STYLE_BAD : CLI_STYLE_NONE);
  }
  cli_table_add_note(table, "Leading KPIs say early what lagging ones will confirm; keep some of both.");
  cli_table_write(table, context, markdown);
  g_autoptr(GPtrArray) lines = answer_choice_commands(goal, choices);
  if (lines->len == 0) {
    fputs("\nNone of them has its records yet: `attain load` reads them (docs/sources.md).\n", context->out);
    return;
  }
  fputs(markdown ? "\n```\n" : "\nNext, with amounts that fit (`attain target suggest KPI`):\n", context->out);
  for (guint i = 0; i < lines->len; i++)
    fprintf(context->out, "%s%s\n", markdown ? "" : "  ", (const char *)g_ptr_array_index(lines, i));
  if (markdown) fputs("```\n", context->out);
}

/* A workspace in which nothing is loaded yet has a choice, too. */
static gboolean open_database(Session *session, GError **error) {
  g_autoptr(GError) cause = NULL;
  if (!session->folder || session_open_database(session, SESSION_DATABASE, &cause)) return TRUE;
  if (g_error_matches(cause, BASE_ERROR, BASE_ERROR_NOT_FOUND)) return TRUE;
  g_propagate_error(error, g_steal_pointer(&cause));
  return FALSE;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *said = cli_option(arguments, "goal"), *format = cli_option(arguments, "format");
  if (!said && cli_n_operands(arguments) > 0) said = cli_operand(arguments, 0);
  g_autoptr(Session) session = app_open(context, SESSION_DEFINITIONS | SESSION_ANYWHERE, error);
  g_auto(GStrv) files = session ? session_files(session, "goals") : NULL;
  g_autoptr(LintGoals) goals = files ? lint_goals_read(session->catalogue, (const char *const *)files, error) : NULL;
  if (!goals) return -1;
  if (!said && g_strcmp0(format, "json") == 0) {
    answer_goals_json(context->out, goals);
    return 0;
  }
  if (!said) {
    print_goals(context, goals, g_strcmp0(format, "md") == 0);
    return 0;
  }
  gboolean exact;
  const LintGoal *goal = lint_goals_find(goals, said, &exact, error);
  if (!goal || !open_database(session, error)) return -1;
  QueryContext question = answer_context(session);
  g_autoptr(GArray) choices = lint_choose(&question, goal, error);
  if (!choices) return -1;
  if (g_strcmp0(format, "json") == 0) {
    answer_choice_json(context->out, goal, said, exact, choices);
    return 0;
  }
  if (!exact)
    fprintf(context->out, "No goal is called \"%s\"; the nearest is %s (%s).\n\n", said, goal->name, goal->title);
  print_table(context, goal, choices, g_strcmp0(format, "md") == 0);
  return 0;
}

static const CliOption options[] = {
    {"goal", 0, CLI_VALUE, "GOAL", "growth, new-business, retention, … or in words of your own", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_choose = {
    .name = "choose",
    .synopsis = "[GOAL]",
    .about = "propose the few KPIs that serve a goal",
    .details =
        "Five to seven KPIs, leading ones before lagging ones, each with why it is there, what records it needs and "
        "whether this workspace has them; and the commands that make an objective, a scorecard and targets of them. "
        "Without a GOAL the goals are listed. Goals of your own stand in the workspace's goals/*.yaml.",
    .examples =
        "attain choose\tall goals\n"
        "attain choose --goal retention\tthe KPIs that serve keeping customers\n"
        "attain choose --goal \"we lose too many customers\"\tthe nearest goal",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
