/* Targets that are realistic yet challenging, from the past, and what they ask. */
#include "answer/target_suggest.h"

#include "answer/members.h"
#include "target/members.h"

#include <math.h>

void answer_suggested_clear(AnswerSuggested *suggested) {
  g_clear_pointer(&suggested->suggestions, g_ptr_array_unref);
  g_free(suggested->dimension);
  g_free(suggested->member);
}

/* --- asking --- */

static gboolean read_period(const Session *session, const char *text, CalendarPeriod *period, GError **error) {
  g_autoptr(GError) cause = NULL;
  if (calendar_parse_period(session->calendar, text ? text : "next-quarter", session->today, BASE_DAY_NONE,
                            BASE_DAY_NONE, period, &cause))
    return TRUE;
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, cause->message);
  return FALSE;
}

/* One, or of "rep:" all who sell in those days. */
static GPtrArray *members_of(const QueryContext *context, const AnswerSuggested *suggested, GError **error) {
  const CalendarPeriod *period = &suggested->period;
  if (!suggested->member && !g_str_equal(suggested->dimension, TARGET_COMPANY))
    return target_members_selling(context, suggested->dimension, period->start, period->end, error);
  GPtrArray *one = g_ptr_array_new_with_free_func(g_free);
  if (suggested->member) g_ptr_array_add(one, g_strdup(suggested->member));
  return one;
}

gboolean answer_suggest(const Session *session, const TargetDesk *desk, const char *kpi, const char *who,
                        const char *period, AnswerSuggested *suggested, GError **error) {
  suggested->session = session;
  if (!read_period(session, period, &suggested->period, error)) return FALSE;
  suggested->kpi = kpi_catalogue_find(session->catalogue, kpi, error);
  if (!suggested->kpi ||
      !target_who_read(desk->context, who ? who : TARGET_COMPANY, &suggested->dimension, &suggested->member, error))
    return FALSE;
  g_autoptr(GPtrArray) members = members_of(desk->context, suggested, error);
  if (!members) return FALSE;
  g_ptr_array_add(members, NULL);
  suggested->suggestions = pace_suggest(desk, suggested->kpi, suggested->dimension, (const char *const *)members->pdata,
                                        suggested->period.start, suggested->period.end, error);
  return suggested->suggestions != NULL;
}

/* --- JSON --- */

static void ask_json(CliJson *json, const PaceAsk *ask, int reach) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", ask->kpi->name);
  cli_json_member_number(json, "usual", ask->usual);
  cli_json_value(json, "needed", !isnan(ask->needed[reach]), ask->needed[reach]);
  cli_json_end_object(json);
}

static void suggestion_json(CliJson *json, const AnswerSuggested *suggested, const PaceSuggestion *suggestion) {
  g_autofree char *who = target_who_write(suggested->dimension, suggestion->member);
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

void answer_suggested_json(const AnswerSuggested *suggested, FILE *out) {
  g_autofree char *start = base_day_format(suggested->period.start), *end = base_day_format(suggested->period.end);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", suggested->kpi->name);
  cli_json_member_text(json, "period", suggested->period.name);
  cli_json_member_text(json, "start", start);
  cli_json_member_text(json, "end", end);
  cli_json_member_array(json, "suggestions");
  for (guint i = 0; i < suggested->suggestions->len; i++)
    suggestion_json(json, suggested, g_ptr_array_index(suggested->suggestions, i));
  cli_json_end_array(json);
  answer_moment_members(json, suggested->session);
  cli_json_end_object(json);
}

/* --- tables --- */

static const char *const reach_names[PACE_N_REACH] = {"realistic", "challenging", "stretch"};

static char *number_words(const AnswerSuggested *suggested, const KpiDefinition *kpi, double value) {
  return isnan(value) ? g_strdup("–") : answer_number(suggested->session, kpi, TRUE, value);
}

/* One a row: whose, and the three amounts. */
static CliTable *table_of_many(const AnswerSuggested *suggested, const char *title) {
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "Whose", CLI_LEFT);
  cli_table_add_column(table, "Realistic (50 %)", CLI_RIGHT);
  cli_table_add_column(table, "Challenging (30 %)", CLI_RIGHT);
  cli_table_add_column(table, "Stretch (10 %)", CLI_RIGHT);
  cli_table_add_column(table, "Periods", CLI_RIGHT);
  for (guint i = 0; i < suggested->suggestions->len; i++) {
    const PaceSuggestion *suggestion = g_ptr_array_index(suggested->suggestions, i);
    g_autofree char *periods = g_strdup_printf("%u", suggestion->n_own);
    cli_table_add_row(table);
    cli_table_add_cell(table, suggestion->member, CLI_STYLE_NONE);
    for (int r = 0; r < PACE_N_REACH; r++) {
      g_autofree char *amount =
          suggestion->has ? number_words(suggested, suggested->kpi, suggestion->amounts[r]) : g_strdup("–");
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

static void add_ask_row(CliTable *table, const AnswerSuggested *suggested, const PaceAsk *ask) {
  char *values[PACE_N_REACH + 1] = {number_words(suggested, ask->kpi, ask->is_whole ? round(ask->usual) : ask->usual)};
  for (int i = 0; i < PACE_N_REACH; i++) values[i + 1] = number_words(suggested, ask->kpi, ask->needed[i]);
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
static CliTable *table_of_one(const AnswerSuggested *suggested, const char *title, const PaceSuggestion *suggestion) {
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, "", CLI_LEFT);
  cli_table_add_column(table, "Usual", CLI_RIGHT);
  char *amounts[PACE_N_REACH + 1] = {g_strdup("")};
  for (int i = 0; i < PACE_N_REACH; i++) {
    g_autofree char *head = g_strdup_printf("%s (%.0f %%)", reach_names[i], 100 - 100 * pace_percentiles[i]);
    head[0] = g_ascii_toupper(head[0]);
    cli_table_add_column(table, head, CLI_RIGHT);
    amounts[i + 1] = number_words(suggested, suggested->kpi, suggestion->amounts[i]);
  }
  add_asked_row(table, suggested->kpi->title, amounts);
  for (int i = 0; i <= PACE_N_REACH; i++) g_free(amounts[i]);
  for (guint a = 0; a < suggestion->asks->len; a++)
    add_ask_row(table, suggested, &g_array_index(suggestion->asks, PaceAsk, a));
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
static char *who_words(const AnswerSuggested *suggested) {
  if (g_str_equal(suggested->dimension, TARGET_COMPANY)) return g_strdup("the company");
  if (!suggested->member) return g_strconcat("each ", suggested->dimension, NULL);
  if (g_str_equal(suggested->dimension, "rep")) return g_strdup(suggested->member);
  return g_strconcat(suggested->dimension, " ", suggested->member, NULL);
}

char *answer_suggested_title(const AnswerSuggested *suggested) {
  g_autofree char *who = who_words(suggested);
  return g_strdup_printf("%s of %s in %s: what is within reach", suggested->kpi->title, who, suggested->period.name);
}

CliTable *answer_suggested_table(const AnswerSuggested *suggested) {
  const PaceSuggestion *first = suggested->suggestions->len > 0 ? g_ptr_array_index(suggested->suggestions, 0) : NULL;
  gboolean is_one = suggested->suggestions->len == 1;
  if (!first || (is_one && !first->has)) return NULL;
  g_autofree char *title = answer_suggested_title(suggested);
  gboolean is_whole = is_one && (suggested->member || !first->member);
  return is_whole ? table_of_one(suggested, title, first) : table_of_many(suggested, title);
}
