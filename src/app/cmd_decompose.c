/* attain decompose: what made the change of a number. */
#include "answer/decompose.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/request.h"
#include "app/usage.h"

static void print(const CliContext *context, const AnswerDecomposition *split, const char *format) {
  if (g_strcmp0(format, "json") == 0) {
    answer_decompose_json(split, context->out);
  } else if (g_strcmp0(format, "csv") == 0) {
    answer_decompose_csv(split, context->out);
  } else {
    g_autoptr(CliTable) table = answer_decompose_table(split);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session =
      app_open_as_of(context, cli_option(arguments, "as-of"), SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_auto(AnswerRequest) request = {0};
  if (session == NULL || !request_read(session, arguments, &request, error)) return -1;
  if (!answer_decompose_check(session, &request, error)) return -1;
  QueryContext question = answer_context(session);
  g_autoptr(QueryResult) result = query_run(&question, &request.request, error);
  g_autoptr(AnswerDecomposition) split = result != NULL ? answer_decompose(session, result, error) : NULL;
  if (split == NULL) return -1;
  usage_note(session, (const char *const *)request.kpis);
  print(context, split, cli_option(arguments, "format"));
  return 0;
}

static const CliOption options[] = {
    REQUEST_OPTIONS,
    {"compare", 'c', CLI_VALUE, "WITH", "with the period before (the default), or the same a year ago",
     "previous|year-ago"},
    {"format", 'f', CLI_VALUE, "FORM", "how to write it", "table|json|csv|md"},
};

const CliCommand cmd_decompose = {
    .name = "decompose",
    .synopsis = "KPI",
    .about = "say what made the change of a number",
    .details =
        "The change of a KPI between a period and the one before, split by the members of a dimension: their effects "
        "come to the whole change. A sum is split by its members' own changes. A ratio is split by rate (a member does "
        "better or worse) and by mix (there is more or less of a member that is above or below the whole). While a "
        "period runs it is held against as much of the other. A median, or a product of several figures, is not made "
        "of its members' and cannot be split.",
    .examples =
        "attain decompose revenue --by team --period 2026-Q3\twhich teams made the change since Q2\n"
        "attain decompose win_rate --by source --compare year-ago\tbetter at it, or other leads",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
