/* attain scorecard: the KPIs of somebody with their targets, pace, chances and one score. */
#include "answer/scorecard.h"
#include "app/commands.h"
#include "app/request.h"
#include "scorecard/who.h"

/* What was asked, as it was read. */
typedef struct {
  char *dimension, *member;
  GStrv by;
  const char *role;
  GArray *weights; /* ConfWeight: those of attain.yaml, then those of --weight */
  GPtrArray *weight_names;
  guint n_trend;
  CalendarPeriod period;
} Asked;

static void asked_clear(Asked *asked) {
  g_free(asked->dimension);
  g_free(asked->member);
  g_strfreev(asked->by);
  g_clear_pointer(&asked->weights, g_array_unref);
  g_clear_pointer(&asked->weight_names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, asked_clear)

/* --- weights --- */

static gboolean add_weight(const char *text, Asked *asked, GError **error) {
  const char *equals = strrchr(text, '=');
  ConfWeight weight = {0};
  if (!equals || equals == text || !conf_weight_parse(equals + 1, &weight.weight)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "--weight takes a KPI and a number from 0, such as revenue=3, not \"%s\"", text);
    return FALSE;
  }
  weight.kpi = g_strndup(text, (gsize)(equals - text));
  g_ptr_array_add(asked->weight_names, weight.kpi);
  g_array_append_val(asked->weights, weight);
  return TRUE;
}

/* Those of the command line come last: the last one of a KPI counts. */
static gboolean read_weights(const Session *session, const CliArguments *arguments, Asked *asked, GError **error) {
  const ConfScorecard *conf = &session->organisation->scorecard;
  asked->weights = g_array_new(FALSE, FALSE, sizeof(ConfWeight));
  asked->weight_names = g_ptr_array_new_with_free_func(g_free);
  if (conf->n_weights > 0) g_array_append_vals(asked->weights, conf->weights, (guint)conf->n_weights);
  for (const char *const *option = cli_option_all(arguments, "weight"); *option; option++) {
    g_auto(GStrv) parts = g_strsplit(*option, ",", -1);
    for (char **part = parts; *part; part++)
      if (*g_strstrip(*part) && !add_weight(*part, asked, error)) return FALSE;
  }
  return TRUE;
}

/* --- what is asked --- */

/* A workbook has a tab a team, so it goes down to people unless told otherwise. */
static gboolean choose_book_levels(const QueryContext *context, const char *dimension, GPtrArray *by, GError **error) {
  static const char *const people[] = {"company", "region", "team", "manager"};
  gboolean has_people = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(people); i++) has_people |= g_str_equal(people[i], dimension);
  if (!has_people) return TRUE;
  g_autoptr(GPtrArray) teams = target_members_of(context, "team", error);
  if (!teams) return FALSE;
  gboolean above_teams = g_str_equal(dimension, "company") || g_str_equal(dimension, "region");
  if (above_teams && teams->len > 0) g_ptr_array_add(by, g_strdup("team"));
  g_ptr_array_add(by, g_strdup("rep"));
  return TRUE;
}

static gboolean read_levels(const QueryContext *context, const CliArguments *arguments, Asked *asked, GError **error) {
  g_autoptr(GPtrArray) by = g_ptr_array_new();
  for (char **name = asked->by; *name; name++) g_ptr_array_add(by, g_ascii_strdown(*name, -1));
  gboolean is_book = g_strcmp0(cli_option(arguments, "format"), "xlsx") == 0;
  gboolean ok = by->len > 0 || !is_book || choose_book_levels(context, asked->dimension, by, error);
  g_ptr_array_add(by, NULL);
  g_strfreev(asked->by);
  asked->by = (char **)g_ptr_array_steal(by, NULL);
  return ok;
}

static gboolean read_kpis(const Session *session, const CliArguments *arguments, AnswerRequest *request, Asked *asked,
                          GError **error) {
  guint n_by = g_strv_length(asked->by);
  gboolean for_rows = n_by > 0 && *cli_option_all(arguments, "by");
  asked->role = cli_option(arguments, "role");
  if (!asked->role && !request->kpis[0])
    asked->role = scorecard_role_of(for_rows ? asked->by[n_by - 1] : asked->dimension);
  if (asked->role && !answer_request_add_role(session, asked->role, request, error)) return FALSE;
  const KpiView *view;
  answer_request_expand(session, request, &view);
  return TRUE;
}

static gboolean read_period(const QueryContext *context, const AnswerRequest *request, CalendarPeriod *period,
                            GError **error) {
  g_autoptr(QueryStat) stat = query_stat_load(context->store, error);
  if (!stat) return FALSE;
  QueryContext asking = *context;
  asking.stat = stat;
  return query_request_period(&asking, &request->request, period, error);
}

static gboolean read_asked(const Session *session, const CliArguments *arguments, AnswerRequest *request, Asked *asked,
                           GError **error) {
  QueryContext context = answer_context(session);
  AnswerQuestion question = {.kpis = cli_option_all(arguments, "kpi"),
                             .by = cli_option_all(arguments, "by"),
                             .period = cli_option(arguments, "period"),
                             .is_command = TRUE};
  const char *who = cli_n_operands(arguments) > 0 ? cli_operand(arguments, 0) : TARGET_COMPANY;
  if (!answer_request_read(session, &question, request, error) ||
      !scorecard_who_read(&context, who, &asked->dimension, &asked->member, error))
    return FALSE;
  asked->by = g_strdupv(request->by);
  return read_levels(&context, arguments, asked, error) && read_kpis(session, arguments, request, asked, error) &&
         read_weights(session, arguments, asked, error) &&
         request_number(arguments, "trend", 0, &asked->n_trend, error) &&
         read_period(&context, request, &asked->period, error);
}

/* --- showing it --- */

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
  const char *path = cli_option(arguments, "output");
  if (path) return scorecard_xlsx_save(shown, path, error);
  if (!context->terminal) return scorecard_xlsx(shown, context->out, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a workbook goes into a file: --output scorecard.xlsx");
  return FALSE;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *format = cli_option(arguments, "format");
  if (cli_option(arguments, "output") && g_strcmp0(format, "xlsx") != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "--output is for --format xlsx: write `> FILE` behind the command");
    return -1;
  }
  g_autoptr(Session) session = session_open_as_of(context->folder, context->now, cli_option(arguments, "as-of"),
                                                  SESSION_DATABASE | SESSION_DEFINITIONS, error);
  g_auto(AnswerRequest) request = {0};
  g_auto(Asked) asked = {0};
  if (!session || !read_asked(session, arguments, &request, &asked, error)) return -1;
  QueryContext question = answer_context(session);
  TargetDesk desk = {.context = &question};
  ScorecardRequest wanted = {.dimension = asked.dimension,
                             .member = asked.member,
                             .period = asked.period,
                             .kpis = (const char *const *)request.kpis,
                             .by = (const char *const *)asked.by,
                             .n_trend = asked.n_trend,
                             .weights = (const ConfWeight *)(gpointer)asked.weights->data,
                             .n_weights = asked.weights->len,
                             .cap = session->organisation->scorecard.cap};
  g_autoptr(GPtrArray) targets = target_read_all(session->store, error);
  g_autoptr(Scorecard) scorecard = targets ? scorecard_new(&desk, targets, &wanted, error) : NULL;
  if (!scorecard) return -1;
  g_auto(ShownScorecard) shown = {0};
  shown_scorecard_init(&shown, session, scorecard, asked.role);
  if (g_strcmp0(format, "xlsx") == 0) return print_book(context, arguments, &shown, error) ? 0 : -1;
  if (g_strcmp0(format, "json") == 0)
    scorecard_json(&shown, context->out);
  else if (g_strcmp0(format, "csv") == 0)
    scorecard_csv(&shown, context->out);
  else
    print_table(context, &shown, g_strcmp0(format, "md") == 0);
  return 0;
}

static const CliOption options[] = {
    {"period", 'p', CLI_VALUE, "PERIOD", "2026-Q3, 2026-06, last-month, 2026-01..2026-06 (default: this-quarter)",
     NULL},
    {"by", 'b', CLI_VALUES, "DIMENSION",
     "rows below: rep, team, manager, region or any other; two with a comma, such as team,rep", NULL},
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
