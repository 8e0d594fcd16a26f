/* attain objective: what targets are for. */
#include "answer/objectives.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/targets.h"

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE, error);
  g_autoptr(GPtrArray) objectives = session ? target_read_objectives(session->store, error) : NULL;
  g_autoptr(GPtrArray) targets = objectives ? target_read_all(session->store, error) : NULL;
  if (!targets) return -1;
  const char *format = cli_option(arguments, "format");
  if (g_strcmp0(format, "json") == 0) {
    answer_objectives_json(session, objectives, targets, context->out);
  } else if (objectives->len == 0) {
    fputs(
        "There is no objective yet: `attain objective set \"Grow in the North\" --kpi revenue --kpi new_customers` "
        "makes "
        "one, and targets of those KPIs serve it.\n",
        context->out);
  } else {
    g_autoptr(CliTable) table = answer_objectives_table(objectives, targets);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
  return 0;
}

static int run_set(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autofree char *author = targets_author(arguments);
  AnswerObjective said = {.name = cli_operand(arguments, 0),
                          .about = cli_option(arguments, "about"),
                          .kpis = cli_option_all(arguments, "kpi"),
                          .author = author,
                          .ends = cli_flag(arguments, "end"),
                          .is_command = TRUE};
  g_autoptr(Session) session = app_open(context, SESSION_WRITE | SESSION_DEFINITIONS, error);
  gint64 number;
  g_auto(GStrv) kpis = NULL;
  if (!session || !answer_objective_set(session, &said, &number, &kpis, error)) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    answer_objective_json(&said, number, kpis, context->out);
    return 0;
  }
  g_autofree char *list = g_strjoinv(", ", kpis);
  fprintf(context->out, "Objective %" G_GINT64_FORMAT "%s: %s (%s)\n", number, said.ends ? ", ended" : "", said.name,
          list);
  return 0;
}

static const CliOption options[] = {
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_objective = {
    .name = "objective",
    .synopsis = "",
    .about = "list the objectives that targets serve, with those that have none",
    .details =
        "An objective says what for; its KPIs tell whether it is reached. A target of one of these KPIs serves it.",
    .examples = "attain objective\tall, with their targets",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};

static const CliOption set_options[] = {
    {"kpi", 0, CLI_VALUES, "KPI", "a KPI that tells whether it is reached; several with commas", NULL},
    {"about", 0, CLI_VALUE, "TEXT", "what is meant by it", NULL},
    {"end", 0, CLI_FLAG, NULL, "it is no longer an objective", NULL},
    {"as", 0, CLI_VALUE, "NAME", "who says it (default: you)", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_objective_set = {
    .name = "objective set",
    .synopsis = "NAME",
    .about = "make an objective, or change one",
    .examples = "attain objective set \"Grow in the North\" --kpi revenue,new_customers\ta new one",
    .options = set_options,
    .n_options = G_N_ELEMENTS(set_options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run_set,
};
