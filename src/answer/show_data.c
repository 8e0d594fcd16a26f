/* attain show as JSON and CSV: the stable forms, for other programs. docs/output.md describes them. */
#include "answer/members.h"
#include "answer/show.h"

static void json_period(CliJson *json, const char *key, const CalendarPeriod *period) {
  cli_json_member_object(json, key);
  cli_json_member_text(json, "name", period->name);
  answer_day_member(json, "start", period->start);
  answer_day_member(json, "end", period->end);
  cli_json_end_object(json);
}

void show_json_figures(CliJson *json, const QueryValue *value) {
  cli_json_value(json, "value", value->has_value, value->value);
  cli_json_member_integer(json, "n", value->n);
  cli_json_value(json, "numerator", value->has_parts, value->numerator);
  cli_json_value(json, "denominator", value->has_parts, value->denominator);
  cli_json_value(json, "low", value->has_interval, value->low);
  cli_json_value(json, "high", value->has_interval, value->high);
}

static void json_row(CliJson *json, const QueryResult *result, const QueryRow *row) {
  const KpiDefinition *kpi = query_result_kpi(result, row->kpi);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", kpi->name);
  cli_json_member_object(json, "members");
  for (guint d = 0; d < row->n_members; d++) cli_json_member_text(json, query_result_dim(result, d), row->members[d]);
  cli_json_end_object(json);
  json_period(json, "period", query_result_period(result, row->period));
  show_json_figures(json, &row->value);
  cli_json_member_text(json, "unit", answer_unit(kpi));
  answer_flags_member(json, row->value.flags);
  if (row->value.n_missing > 0) cli_json_member_integer(json, "missing_rates", row->value.n_missing);
  if (row->has_compared) {
    cli_json_member_object(json, "compared");
    json_period(json, "period", &row->compared_period);
    show_json_figures(json, &row->compared);
    cli_json_value(json, "change", row->value.has_value && row->compared.has_value,
                   row->value.value - row->compared.value);
    cli_json_value(json, "change_ratio", row->value.has_value && row->compared.has_value && row->compared.value > 0,
                   row->value.value / row->compared.value - 1);
    cli_json_value(json, "whole_period_value", row->has_compared_whole && row->compared_whole.has_value,
                   row->compared_whole.value);
    answer_flags_member(json, row->compared.flags);
    cli_json_end_object(json);
  }
  cli_json_end_object(json);
}

void show_json(const Shown *shown, FILE *out) {
  const QueryResult *result = shown->result;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "rows");
  for (guint m = 0; m < shown->n_members; m++)
    for (guint r = 0; r < shown->per_member; r++)
      json_row(json, result, query_result_row(result, shown->members[m] + r));
  cli_json_end_array(json);
  cli_json_member_integer(json, "rows_left_out", (gint64)shown->n_left_out * shown->per_member);
  cli_json_member_array(json, "totals");
  for (guint r = 0; r < query_result_n_totals(result); r++) json_row(json, result, query_result_total(result, r));
  cli_json_end_array(json);
  cli_json_member_array(json, "notes");
  for (guint i = 0; i < shown->notes->len; i++) cli_json_text(json, g_ptr_array_index(shown->notes, i));
  cli_json_end_array(json);
  cli_json_member_texts(json, "without_records", query_result_without_records(result));
  cli_json_member_text(json, "currency", shown->session->organisation->currency);
  g_autofree char *as_of = answer_instant(query_result_now_us(result));
  cli_json_member_text(json, "as_of", as_of);
  g_autofree char *loaded_at = shown->load.number > 0 ? answer_instant(shown->load.at_us) : NULL;
  cli_json_value(json, "load", shown->load.number >= 0, (double)shown->load.number);
  cli_json_member_text(json, "loaded_at", loaded_at);
  cli_json_end_object(json);
}

/* --- CSV --- */

static void csv_integer(FILE *out, gint64 value) {
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);
  cli_csv_field(out, text, FALSE);
}

static void csv_row(const QueryResult *result, const QueryRow *row, gboolean compared, FILE *out) {
  const KpiDefinition *kpi = query_result_kpi(result, row->kpi);
  const CalendarPeriod *period = query_result_period(result, row->period);
  g_autofree char *start = base_day_format(period->start), *end = base_day_format(period->end);
  cli_csv_field(out, kpi->name, TRUE);
  for (guint d = 0; d < query_result_n_dims(result); d++)
    cli_csv_field(out, d < row->n_members ? row->members[d] : "(all)", FALSE);
  cli_csv_field(out, period->name, FALSE);
  cli_csv_field(out, start, FALSE);
  cli_csv_field(out, end, FALSE);
  cli_csv_number(out, row->value.has_value, row->value.value);
  csv_integer(out, row->value.n);
  cli_csv_number(out, row->value.has_parts, row->value.numerator);
  cli_csv_number(out, row->value.has_parts, row->value.denominator);
  cli_csv_number(out, row->value.has_interval, row->value.low);
  cli_csv_number(out, row->value.has_interval, row->value.high);
  cli_csv_field(out, answer_unit(kpi), FALSE);
  answer_flags_field(out, row->value.flags);
  if (compared) {
    cli_csv_field(out, row->compared_period.name, FALSE);
    cli_csv_number(out, row->compared.has_value, row->compared.value);
  }
  cli_csv_end(out);
}

void show_csv(const Shown *shown, FILE *out) {
  static const char *const heads[] = {"period",      "start", "end",  "value", "n",    "numerator",
                                      "denominator", "low",   "high", "unit",  "flags"};
  const QueryResult *result = shown->result;
  gboolean compared = shown->compared;
  cli_csv_field(out, "kpi", TRUE);
  for (guint d = 0; d < query_result_n_dims(result); d++) cli_csv_field(out, query_result_dim(result, d), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], FALSE);
  if (compared) {
    cli_csv_field(out, "compared_period", FALSE);
    cli_csv_field(out, "compared_value", FALSE);
  }
  cli_csv_end(out);
  for (guint m = 0; m < shown->n_members; m++)
    for (guint r = 0; r < shown->per_member; r++)
      csv_row(result, query_result_row(result, shown->members[m] + r), compared, out);
  for (guint r = 0; r < query_result_n_totals(result); r++)
    csv_row(result, query_result_total(result, r), compared, out);
}
