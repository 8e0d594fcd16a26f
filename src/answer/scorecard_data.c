/* Scorecards as JSON and CSV: the stable forms, for other programs. docs/scorecards.md describes them. */
#include "answer/members.h"
#include "answer/scorecard.h"
#include "answer/show.h"
#include "answer/targets.h"

static void period_members(CliJson *json, const CalendarPeriod *period) {
  cli_json_member_text(json, "name", period->name);
  answer_day_member(json, "start", period->start);
  answer_day_member(json, "end", period->end);
}

static void target_member(CliJson *json, const ScorecardCell *cell) {
  if (!cell->has_target) {
    cli_json_member_text(json, "target", NULL);
    return;
  }
  const TargetStanding *standing = cell->standing;
  const TargetTerms *terms = &standing->version->terms;
  double attainment = 0;
  gboolean has_attainment = scorecard_has_attainment(cell, &attainment);
  cli_json_member_object(json, "target");
  cli_json_member_array(json, "targets");
  for (guint i = 0; i < cell->targets->len; i++) cli_json_integer(json, g_array_index(cell->targets, gint64, i));
  cli_json_end_array(json);
  answer_derived_json(json, cell->derived);
  cli_json_member_text(json, "kind", target_kind_name(terms->kind));
  answer_day_member(json, "start", terms->start);
  answer_day_member(json, "end", terms->end);
  answer_phase_member(json, standing);
  cli_json_value(json, "amount", standing->has_amount, standing->amount);
  cli_json_value(json, "amount_high", standing->has_amount && terms->kind == TARGET_BETWEEN, standing->amount_high);
  cli_json_value(json, "actual", standing->actual.has_value, standing->actual.value);
  cli_json_value(json, "attainment", has_attainment, attainment);
  answer_pace_members(json, standing);
  cli_json_end_object(json);
}

static void forecast_member(CliJson *json, const PaceForecast *forecast) {
  if (!forecast) {
    cli_json_member_text(json, "forecast", NULL);
    return;
  }
  cli_json_member_object(json, "forecast");
  cli_json_value(json, "probability", forecast->has_chance, forecast->chance);
  cli_json_value(json, "finish", forecast->has_finish, forecast->finish);
  cli_json_value(json, "finish_low", forecast->has_finish, forecast->finish_low);
  cli_json_value(json, "finish_high", forecast->has_finish, forecast->finish_high);
  cli_json_member_integer(json, "n_own", forecast->n_own);
  cli_json_member_integer(json, "n_peers", forecast->n_peers);
  cli_json_end_object(json);
}

static void compared_member(CliJson *json, const ScorecardCell *cell) {
  if (!cell->has_compared) {
    cli_json_member_text(json, "compared", NULL);
    return;
  }
  cli_json_member_object(json, "compared");
  cli_json_value(json, "value", cell->compared.has_value, cell->compared.value);
  cli_json_member_integer(json, "n", cell->compared.n);
  cli_json_value(json, "change", cell->value.has_value && cell->compared.has_value,
                 cell->value.value - cell->compared.value);
  answer_flags_member(json, cell->compared.flags);
  cli_json_end_object(json);
}

static void json_cell(CliJson *json, const Scorecard *scorecard, const ScorecardCell *cell, guint kpi) {
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", scorecard_kpi(scorecard, kpi)->name);
  show_json_figures(json, &cell->value);
  answer_flags_member(json, cell->value.flags);
  if (cell->value.n_missing > 0) cli_json_member_integer(json, "missing_rates", cell->value.n_missing);
  compared_member(json, cell);
  target_member(json, cell);
  forecast_member(json, cell->forecast);
  cli_json_value(json, "points", cell->has_points, cell->points);
  cli_json_member_array(json, "trend");
  for (guint p = 0; p < scorecard_n_periods(scorecard); p++) {
    if (cell->trend[p].has_value)
      cli_json_number(json, cell->trend[p].value);
    else
      cli_json_null(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void json_row(CliJson *json, const ShownScorecard *shown, const ScorecardRow *row) {
  const Scorecard *scorecard = shown->scorecard;
  gboolean is_none = row->level > 0 && !row->members[row->level - 1];
  g_autofree char *who = is_none ? NULL : scorecard_row_who(shown, row);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "level", row->level);
  cli_json_member_text(json, "who", who);
  cli_json_member_object(json, "members");
  for (guint i = 0; i < row->level; i++) cli_json_member_text(json, scorecard_by(scorecard)[i], row->members[i]);
  cli_json_end_object(json);
  cli_json_value(json, "score", row->has_score, row->score);
  cli_json_member_integer(json, "n_scored", row->n_scored);
  cli_json_member_array(json, "cells");
  for (guint k = 0; k < scorecard_n_kpis(scorecard); k++) json_cell(json, scorecard, &row->cells[k], k);
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void json_kpis(CliJson *json, const Scorecard *scorecard) {
  cli_json_member_array(json, "kpis");
  for (guint k = 0; k < scorecard_n_kpis(scorecard); k++) {
    static const char *const better[] = {"higher", "lower", "neutral"};
    const KpiDefinition *kpi = scorecard_kpi(scorecard, k);
    cli_json_begin_object(json);
    cli_json_member_text(json, "kpi", kpi->name);
    cli_json_member_text(json, "title", kpi->title);
    cli_json_member_text(json, "unit", answer_unit(kpi));
    cli_json_member_text(json, "better", better[kpi->better]);
    cli_json_member_number(json, "weight", scorecard_weight(scorecard, k));
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

static void json_periods(CliJson *json, const ShownScorecard *shown) {
  const Scorecard *scorecard = shown->scorecard;
  cli_json_member_object(json, "period");
  period_members(json, scorecard_asked(shown));
  cli_json_end_object(json);
  cli_json_member_object(json, "compared_period");
  period_members(json, scorecard_compared_period(scorecard));
  cli_json_end_object(json);
  cli_json_member_array(json, "trend_periods");
  for (guint p = 0; p < scorecard_n_periods(scorecard); p++) {
    cli_json_begin_object(json);
    period_members(json, scorecard_period(scorecard, p));
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

void scorecard_json(const ShownScorecard *shown, FILE *out) {
  const Scorecard *scorecard = shown->scorecard;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  g_autofree char *who = scorecard_row_who(shown, scorecard_row(scorecard, 0));
  cli_json_member_text(json, "who", who);
  cli_json_member_text(json, "role", shown->role);
  cli_json_member_texts(json, "by", scorecard_by(scorecard));
  json_periods(json, shown);
  json_kpis(json, scorecard);
  cli_json_member_number(json, "cap", scorecard_cap(scorecard));
  cli_json_member_array(json, "rows");
  for (guint r = 0; r < scorecard_n_rows(scorecard); r++) json_row(json, shown, scorecard_row(scorecard, r));
  cli_json_end_array(json);
  cli_json_member_array(json, "notes");
  for (guint i = 0; i < shown->notes->len; i++) cli_json_text(json, g_ptr_array_index(shown->notes, i));
  cli_json_end_array(json);
  QueryLoad load = shown->load;
  g_autofree char *as_of = answer_instant(scorecard_now_us(scorecard));
  g_autofree char *loaded_at = load.number > 0 ? answer_instant(load.at_us) : NULL;
  cli_json_member_text(json, "currency", shown->session->organisation->currency);
  cli_json_member_text(json, "as_of", as_of);
  cli_json_value(json, "load", load.number >= 0, (double)load.number);
  cli_json_member_text(json, "loaded_at", loaded_at);
  cli_json_end_object(json);
}

/* --- CSV --- */

static void csv_target(FILE *out, const ScorecardCell *cell) {
  static const TargetStanding nothing;
  static const PaceForecast unknown;
  const TargetStanding *standing = cell->has_target ? cell->standing : &nothing;
  const PaceForecast *forecast = cell->forecast ? cell->forecast : &unknown;
  double attainment = 0;
  gboolean has_attainment = scorecard_has_attainment(cell, &attainment);
  gboolean band = cell->has_target && standing->version->terms.kind == TARGET_BETWEEN;
  cli_csv_number(out, standing->has_amount, standing->amount);
  cli_csv_number(out, standing->has_amount && band, standing->amount_high);
  cli_csv_number(out, has_attainment, attainment);
  cli_csv_number(out, standing->has_due, standing->due);
  cli_csv_number(out, standing->has_due, standing->ahead);
  cli_csv_number(out, standing->has_days, standing->days_ahead);
  cli_csv_number(out, forecast->has_chance, forecast->chance);
  cli_csv_number(out, forecast->has_finish, forecast->finish);
  cli_csv_number(out, cell->has_points, cell->points);
}

static void csv_row(const ShownScorecard *shown, const ScorecardRow *row, FILE *out) {
  const Scorecard *scorecard = shown->scorecard;
  const CalendarPeriod *period = scorecard_asked(shown);
  g_autofree char *start = base_day_format(period->start), *end = base_day_format(period->end);
  for (guint k = 0; k < scorecard_n_kpis(scorecard); k++) {
    const KpiDefinition *kpi = scorecard_kpi(scorecard, k);
    const ScorecardCell *cell = &row->cells[k];
    cli_csv_field(out, kpi->name, TRUE);
    for (guint i = 0; scorecard_by(scorecard)[i]; i++)
      cli_csv_field(out, i < row->level ? row->members[i] : "(all)", FALSE);
    cli_csv_field(out, period->name, FALSE);
    cli_csv_field(out, start, FALSE);
    cli_csv_field(out, end, FALSE);
    cli_csv_number(out, cell->value.has_value, cell->value.value);
    cli_csv_number(out, TRUE, (double)cell->value.n);
    cli_csv_field(out, answer_unit(kpi), FALSE);
    answer_flags_field(out, cell->value.flags);
    cli_csv_number(out, cell->has_compared && cell->compared.has_value, cell->compared.value);
    csv_target(out, cell);
    cli_csv_number(out, TRUE, scorecard_weight(scorecard, k));
    cli_csv_number(out, row->has_score, row->score);
    cli_csv_end(out);
  }
}

void scorecard_csv(const ShownScorecard *shown, FILE *out) {
  static const char *const heads[] = {"period", "start",          "end",         "value",       "n",          "unit",
                                      "flags",  "compared_value", "target",      "target_high", "attainment", "due",
                                      "ahead",  "days_ahead",     "probability", "finish",      "points",     "weight",
                                      "score"};
  cli_csv_field(out, "kpi", TRUE);
  for (const char *const *by = scorecard_by(shown->scorecard); *by; by++) cli_csv_field(out, *by, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], FALSE);
  cli_csv_end(out);
  for (guint r = 0; r < scorecard_n_rows(shown->scorecard); r++)
    csv_row(shown, scorecard_row(shown->scorecard, r), out);
}
