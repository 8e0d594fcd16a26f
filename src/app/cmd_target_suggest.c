/* attain target suggest: targets that are realistic yet challenging, from the past, and what they ask. */
#include "app/commands.h"
#include "app/targets.h"
#include "pace/suggest.h"
#include "target/members.h"

#include <math.h>

typedef struct {
  Session *session;
  const KpiDefinition *kpi;
  char *dimension, *member;
  CalendarPeriod period;
  GPtrArray *suggestions;
} Suggesting;

static void suggesting_clear(Suggesting *suggesting) {
  g_clear_pointer(&suggesting->suggestions, g_ptr_array_unref);
  g_free(suggesting->dimension);
  g_free(suggesting->member);
  session_free(suggesting->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Suggesting, suggesting_clear)

static gboolean is_of_one(const Suggesting *suggesting) {
  return suggesting->suggestions->len == 1;
}

/* --- asking --- */

static gboolean read_period(Suggesting *suggesting, const CliArguments *arguments, GError **error) {
  const char *text = cli_option(arguments, "period");
  const Session *session = suggesting->session;
  g_autoptr(GError) cause = NULL;
  if (calendar_parse_period(session->calendar, text ? text : "next-quarter", session->today, BASE_DAY_NONE,
                            BASE_DAY_NONE, &suggesting->period, &cause))
    return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, cause->message);
  return FALSE;
}

static gboolean begin(CliContext *context, const CliArguments *arguments, Suggesting *suggesting, GError **error) {
  const char *whose = cli_option(arguments, "for");
  suggesting->session = session_open(context->folder, context->now, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (!suggesting->session || !read_period(suggesting, arguments, error)) return FALSE;
  suggesting->kpi = kpi_catalogue_find(suggesting->session->catalogue, cli_operand(arguments, 0), error);
  if (!suggesting->kpi) return FALSE;
  QueryContext question = answer_context(suggesting->session);
  if (!target_who_read(&question, whose ? whose : TARGET_COMPANY, &suggesting->dimension, &suggesting->member, error))
    return FALSE;
  g_autoptr(GPtrArray) members = NULL;
  if (!suggesting->member && !g_str_equal(suggesting->dimension, TARGET_COMPANY)) {
    members = target_members_selling(&question, suggesting->dimension, suggesting->period.start, suggesting->period.end,
                                     error);
    if (!members) return FALSE;
  } else {
    members = g_ptr_array_new_with_free_func(g_free);
    if (suggesting->member) g_ptr_array_add(members, g_strdup(suggesting->member));
  }
  g_ptr_array_add(members, NULL);
  TargetDesk desk = {.context = &question};
  suggesting->suggestions =
      pace_suggest(&desk, suggesting->kpi, suggesting->dimension, (const char *const *)members->pdata,
                   suggesting->period.start, suggesting->period.end, error);
  return suggesting->suggestions != NULL;
}

/* --- JSON --- */

static void ask_json(CliJson *json, const PaceAsk *ask, int reach) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", ask->kpi->name);
  cli_json_member_number(json, "usual", ask->usual);
  cli_json_value(json, "needed", !isnan(ask->needed[reach]), ask->needed[reach]);
  cli_json_end_object(json);
}

static void suggestion_json(CliJson *json, const Suggesting *suggesting, const PaceSuggestion *suggestion) {
  g_autofree char *who = target_who_write(suggesting->dimension, suggestion->member);
  cli_json_begin_object(json);
  cli_json_member_text(json, "who", who);
  cli_json_value(json, "so_far", suggestion->has_at, suggestion->at);
  cli_json_member_integer(json, "n_own_periods", suggestion->n_own);
  cli_json_member_integer(json, "n_peer_periods", suggestion->n_peers);
  cli_json_member_array(json, "reachable");
  for (int i = 0; suggestion->has && i < PACE_N_REACH; i++) {
    cli_json_begin_object(json);
    cli_json_member_integer(json, "percentile", (gint64)round(100 * pace_percentiles[i]));
    cli_json_member_number(json, "amount", suggestion->amounts[i]);
    cli_json_member_number(json, "probability", round(100 - 100 * pace_percentiles[i]) / 100);
    cli_json_value(json, "more_cases", suggestion->has_cases, suggestion->more[i]);
    cli_json_value(json, "of_cases", suggestion->has_cases, suggestion->cases);
    cli_json_member_array(json, "asks");
    for (guint a = 0; a < suggestion->asks->len; a++) ask_json(json, &g_array_index(suggestion->asks, PaceAsk, a), i);
    cli_json_end_array(json);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void print_json(const CliContext *context, const Suggesting *suggesting) {
  g_autofree char *start = base_day_format(suggesting->period.start), *end = base_day_format(suggesting->period.end);
  g_autoptr(CliJson) json = cli_json_new(context->out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", suggesting->kpi->name);
  cli_json_member_text(json, "period", suggesting->period.name);
  cli_json_member_text(json, "start", start);
  cli_json_member_text(json, "end", end);
  cli_json_member_array(json, "suggestions");
  for (guint i = 0; i < suggesting->suggestions->len; i++)
    suggestion_json(json, suggesting, g_ptr_array_index(suggesting->suggestions, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
}

/* --- tables --- */

static const char *const reach_names[PACE_N_REACH] = {"realistic", "challenging", "stretch"};

static char *number_words(const Suggesting *suggesting, const KpiDefinition *kpi, double value) {
  return isnan(value) ? g_strdup("–") : answer_number(suggesting->session, kpi, TRUE, value);
}

/* One a row: whose, and the three amounts. */
static CliTable *table_of_many(const Suggesting *suggesting, const char *title) {
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "Whose", CLI_LEFT);
  cli_table_add_column(table, "Realistic (50 %)", CLI_RIGHT);
  cli_table_add_column(table, "Challenging (30 %)", CLI_RIGHT);
  cli_table_add_column(table, "Stretch (10 %)", CLI_RIGHT);
  cli_table_add_column(table, "Periods", CLI_RIGHT);
  for (guint i = 0; i < suggesting->suggestions->len; i++) {
    const PaceSuggestion *suggestion = g_ptr_array_index(suggesting->suggestions, i);
    g_autofree char *periods = g_strdup_printf("%u", suggestion->n_own);
    cli_table_add_row(table);
    cli_table_add_cell(table, suggestion->member, CLI_STYLE_NONE);
    for (int r = 0; r < PACE_N_REACH; r++) {
      g_autofree char *amount =
          suggestion->has ? number_words(suggesting, suggesting->kpi, suggestion->amounts[r]) : g_strdup("–");
      cli_table_add_cell(table, amount, CLI_STYLE_NONE);
    }
    cli_table_add_cell(table, periods, CLI_STYLE_DIM);
  }
  cli_table_add_note(table,
                     "In brackets: how likely it is made. Periods: the member's own earlier ones; where these are few, "
                     "their peers' count as well.");
  return table;
}

static void add_asked_row(CliTable *table, const char *name, char *const values[PACE_N_REACH + 1]) {
  cli_table_add_row(table);
  cli_table_add_cell(table, name, CLI_STYLE_NONE);
  for (int i = 0; i <= PACE_N_REACH; i++) cli_table_add_cell(table, values[i], CLI_STYLE_NONE);
}

static void add_ask_row(CliTable *table, const Suggesting *suggesting, const PaceAsk *ask) {
  char *values[PACE_N_REACH + 1] = {number_words(suggesting, ask->kpi, ask->is_whole ? round(ask->usual) : ask->usual)};
  for (int i = 0; i < PACE_N_REACH; i++) values[i + 1] = number_words(suggesting, ask->kpi, ask->needed[i]);
  add_asked_row(table, ask->kpi->title, values);
  for (int i = 0; i <= PACE_N_REACH; i++) g_free(values[i]);
}

static void add_cases_row(CliTable *table, const PaceSuggestion *suggestion) {
  char *values[PACE_N_REACH + 1] = {g_strdup_printf("of %.0f", suggestion->cases)};
  for (int i = 0; i < PACE_N_REACH; i++) values[i + 1] = g_strdup_printf("%+.0f", suggestion->more[i]);
  add_asked_row(table, "More good cases", values);
  for (int i = 0; i <= PACE_N_REACH; i++) g_free(values[i]);
}

/* Of one member: the amounts, and below them what each asks of one driver, the others being as usual. */
static CliTable *table_of_one(const Suggesting *suggesting, const char *title, const PaceSuggestion *suggestion) {
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "", CLI_LEFT);
  cli_table_add_column(table, "Usual", CLI_RIGHT);
  char *amounts[PACE_N_REACH + 1] = {g_strdup("")};
  for (int i = 0; i < PACE_N_REACH; i++) {
    g_autofree char *head = g_strdup_printf("%s (%.0f %%)", reach_names[i], 100 - 100 * pace_percentiles[i]);
    head[0] = g_ascii_toupper(head[0]);
    cli_table_add_column(table, head, CLI_RIGHT);
    amounts[i + 1] = number_words(suggesting, suggesting->kpi, suggestion->amounts[i]);
  }
  add_asked_row(table, suggesting->kpi->title, amounts);
  for (int i = 0; i <= PACE_N_REACH; i++) g_free(amounts[i]);
  for (guint a = 0; a < suggestion->asks->len; a++)
    add_ask_row(table, suggesting, &g_array_index(suggestion->asks, PaceAsk, a));
  if (suggestion->has_cases) add_cases_row(table, suggestion);
  g_autofree char *own = base_count_words(suggestion->n_own, "# earlier {period|periods} of their own");
  g_autofree char *peers = base_count_words(suggestion->n_peers, " and # of peers");
  g_autofree char *basis =
      g_strdup_printf("In brackets: how likely it is made, from %s%s.", own, suggestion->n_peers > 0 ? peers : "");
  cli_table_add_note(table, basis);
  if (suggestion->asks->len > 0)
    cli_table_add_note(table,
                       "Each line below the first is what the amount asks of this KPI alone, the others being as usual "
                       "for the realistic amount.");
  return table;
}

/* "the company", "team North", "Ana Silva", "each rep". */
static char *who_words(const Suggesting *suggesting) {
  if (g_str_equal(suggesting->dimension, TARGET_COMPANY)) return g_strdup("the company");
  if (!suggesting->member) return g_strconcat("each ", suggesting->dimension, NULL);
  if (g_str_equal(suggesting->dimension, "rep")) return g_strdup(suggesting->member);
  return g_strconcat(suggesting->dimension, " ", suggesting->member, NULL);
}

static void print_table(const CliContext *context, const Suggesting *suggesting) {
  g_autofree char *who = who_words(suggesting);
  g_autofree char *title =
      g_strdup_printf("%s of %s in %s: what is within reach", suggesting->kpi->title, who, suggesting->period.name);
  const PaceSuggestion *first = suggesting->suggestions->len > 0 ? g_ptr_array_index(suggesting->suggestions, 0) : NULL;
  if (!first || (is_of_one(suggesting) && !first->has)) {
    cli_print_heading(context, title);
    cli_print_text(context,
                   "There are too few earlier periods to say: it takes four, of the member's own or of their peers.", 0,
                   0);
    return;
  }
  gboolean one = is_of_one(suggesting) && (suggesting->member || !first->member);
  g_autoptr(CliTable) table = one ? table_of_one(suggesting, title, first) : table_of_many(suggesting, title);
  cli_table_write(table, context, FALSE);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(Suggesting) suggesting = {0};
  if (!begin(context, arguments, &suggesting, error)) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0)
    print_json(context, &suggesting);
  else
    print_table(context, &suggesting);
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
