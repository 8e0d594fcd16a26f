/* attain show: KPIs of members and periods. */
#include "answer/show.h"
#include "app/changes.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/reported.h"
#include "app/request.h"
#include "app/usage.h"

/* What was kept is of all, by one dimension and of one period. */
static gboolean check_reported(const CliArguments *arguments, GError **error) {
  static const char *const others[] = {"where",   "credit",        "rates-of", "as-of", "grain",
                                       "compare", "changed-since", "sort",     "top"};
  for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
    if (*cli_option_all(arguments, others[i]) == NULL) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--reported shows what was kept, and cannot be asked with --%s",
                others[i]);
    return FALSE;
  }
  return TRUE;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session =
      app_open_as_of(context, cli_option(arguments, "as-of"), SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_auto(AnswerRequest) request = {0};
  guint top, revision;
  if (session == NULL || !request_read(session, arguments, &request, error)) return -1;
  if (!request_number(arguments, "top", 0, &top, error) || !request_number(arguments, "revision", 0, &revision, error))
    return -1;
  const char *role = cli_option(arguments, "role"), *format = cli_option(arguments, "format");
  gboolean reported = cli_flag(arguments, "reported") || revision > 0;
  if (reported && !check_reported(arguments, error)) return -1;
  if (role == NULL && request.kpis[0] == NULL && !reported) role = "manager";
  if (role != NULL && !answer_request_add_role(session, role, &request, error)) return -1;
  if (reported) return reported_print(context, session, &request, revision, role == NULL, format, error);
  const KpiView *view;
  answer_request_expand(session, &request, &view);
  const char *since = cli_option(arguments, "changed-since");
  if (since != NULL) return changes_print(context, session, &request, since, CHANGES_LIMIT, format, error);
  QueryContext question = answer_context(session);
  g_autoptr(QueryResult) result = query_run(&question, &request.request, error);
  if (result == NULL) return -1;
  usage_note(session, (const char *const *)request.kpis);
  g_auto(Shown) shown = {0};
  shown_init(&shown, session, result, request.request.compare != QUERY_COMPARE_NONE,
             g_strcmp0(cli_option(arguments, "sort"), "value") == 0, top);
  shown_set_view(&shown, view);
  if (g_strcmp0(format, "json") == 0) {
    show_json(&shown, context->out);
  } else if (g_strcmp0(format, "csv") == 0) {
    show_csv(&shown, context->out);
  } else {
    g_autoptr(CliTable) table = show_table(&shown);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
  return 0;
}

static const CliOption options[] = {
    REQUEST_OPTIONS,
    {"grain", 'g', CLI_VALUE, "GRAIN", "cut the period into days, weeks, months, quarters or years", NULL},
    {"compare", 'c', CLI_VALUE, "WITH", "beside the period before, or the same a year ago; like for like while it runs",
     "previous|year-ago"},
    {"role", 0, CLI_VALUE, "ROLE", "the KPIs of a role: manager, leader, rep, marketing, finance", NULL},
    {"changed-since", 0, CLI_VALUE, "TIME",
     "what restated each number since then: its value as believed then and now, and the records that count otherwise",
     NULL},
    {"reported", 0, CLI_FLAG, NULL,
     "as it was reported when the period was closed (attain snapshot), beside what it is now; without a KPI, all that "
     "differ",
     NULL},
    {"revision", 0, CLI_VALUE, "N", "with --reported: the Nth closing of the period (default: the last)", NULL},
    {"sort", 0, CLI_VALUE, "ORDER", "order members by name, or by the first figure", "name|value"},
    {"top", 0, CLI_VALUE, "N", "only the first N members by the first figure; totals are those of all", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|csv|md"},
};

const CliCommand cmd_show = {
    .name = "show",
    .synopsis = "[KPI…]",
    .about = "show KPIs by member and period",
    .details =
        "Without a KPI the manager's set is shown. Every total is computed again from its parts: the win rate of a "
        "team is its won deals over its decided "
        "deals, not the mean of its people's. A rate carries its number of cases (n) and its 95 % interval.\n\n"
        "A number with a * has a note below the table. – means that there is no value, which is not 0: a rate of "
        "nothing, or a day before the first record.",
    .examples =
        "attain show win_rate --by rep --period 2026-Q3\twin rates of the quarter\n"
        "attain show revenue --by team --period last-12-months --grain month\trevenue by team and month\n"
        "attain show revenue win_rate sales_cycle --compare year-ago\tthree KPIs beside last year's\n"
        "attain show win_rate --by product,source --where \"region = 'North'\" --format json\tfor another program",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
