/* Scorecards as they are shown: for people as a card or as members by KPIs, for programs as JSON and CSV, for
 * spreadsheets as a workbook. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"
#include "scorecard/scorecard.h"

typedef struct {
  const Session *session;
  const Scorecard *scorecard;
  const char *role; /* whose set of KPIs it has; NULL: named ones */
  int *decimals;    /* by KPI, of its money */
  GArray *kpis;     /* guint: those that are shown to people: what has no records yet is left out */
  QueryLoad load;   /* the last that is in it; number -1: not known */
  guint n_whole;    /* periods that have ended, of those of the trend */
  GPtrArray *notes; /* char * */
} ShownScorecard;

/* `session` and `scorecard` must outlive it. */
void shown_scorecard_init(ShownScorecard *shown, const Session *session, const Scorecard *scorecard, const char *role);
void shown_scorecard_clear(ShownScorecard *shown);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ShownScorecard, shown_scorecard_clear)

void scorecard_json(const ShownScorecard *shown, FILE *out);
void scorecard_csv(const ShownScorecard *shown, FILE *out);
/* Row `row` (an index) with its KPIs down; `width` of the terminal, 0: unlimited. */
CliTable *scorecard_card(const ShownScorecard *shown, guint row, gboolean unicode, int width);
/* Members down and KPIs across; in as many tables as fit the width. Caller frees the array of CliTable. */
GPtrArray *scorecard_matrix(const ShownScorecard *shown, int width);
/* A workbook: a sheet of whose it is, and with two levels of rows one for each member of the first. */
gboolean scorecard_xlsx(const ShownScorecard *shown, FILE *out, GError **error);
gboolean scorecard_xlsx_save(const ShownScorecard *shown, const char *path, GError **error);

/* --- what its forms have in common; private to src/answer --- */

const CalendarPeriod *scorecard_asked(const ShownScorecard *shown);
gboolean scorecard_is_running(const ShownScorecard *shown);
/* "company", "team:North", "rep:(none)"; caller frees. */
char *scorecard_row_who(const ShownScorecard *shown, const ScorecardRow *row);
/* "North", "Ana Silva", of the company the organisation's name. */
const char *scorecard_row_name(const ShownScorecard *shown, const ScorecardRow *row);
/* "Scorecard of team North · 2026-Q4, as of 2026-11-20", the day only with `as_of`; caller frees. */
char *scorecard_title(const ShownScorecard *shown, const ScorecardRow *row, gboolean as_of);
char *scorecard_number(const ShownScorecard *shown, guint kpi, gboolean has_value, double value);
/* The target's amount: "EUR 60,000", "max 12.0 %", "10 to 15"; "–" without one. Caller frees. */
char *scorecard_target_words(const ShownScorecard *shown, guint kpi, const ScorecardCell *cell);
/* "EUR 5,000, 3 days behind", "met so far"; `units`: with the amount. "" without a target. Caller frees. */
char *scorecard_pace_words(const ShownScorecard *shown, guint kpi, const ScorecardCell *cell, gboolean units);
/* "+4.2 %", "-1.3 pt"; caller frees. */
char *scorecard_change_words(const KpiDefinition *kpi, const ScorecardCell *cell);
/* The periods that have ended, from the least to the greatest value in eight steps, a blank where there is none;
 * without `unicode` in plain signs. Caller frees. */
char *scorecard_trend_line(const ShownScorecard *shown, const ScorecardCell *cell, gboolean unicode);
gboolean scorecard_has_attainment(const ScorecardCell *cell, double *attainment);
gboolean scorecard_weights_differ(const ShownScorecard *shown);
/* "Score: the weighted mean of …": how it was scored; caller frees. */
char *scorecard_rule_words(const ShownScorecard *shown);
