/* What several answers say alike, so that a program that reads one can read the others. */
#include "answer/members.h"

#include "answer/answer.h"

void answer_moment_members(CliJson *json, const Session *session) {
  QueryLoad load = {0};
  gboolean is_known = session->store && query_last_load(session->store, &load, NULL) && load.number > 0;
  g_autofree char *as_of = answer_instant(session->now_us), *loaded_at = is_known ? answer_instant(load.at_us) : NULL;
  cli_json_member_text(json, "as_of", as_of);
  cli_json_value(json, "load", is_known, (double)load.number);
  cli_json_member_text(json, "loaded_at", loaded_at);
}

void answer_day_member(CliJson *json, const char *key, BaseDay day) {
  g_autofree char *text = day == BASE_DAY_NONE ? NULL : base_day_format(day);
  cli_json_member_text(json, key, text);
}

void answer_flags_member(CliJson *json, guint flags) {
  cli_json_member_array(json, "flags");
  for (guint bit = 0; query_flag_name(bit); bit++)
    if (flags & (1U << bit)) cli_json_text(json, query_flag_name(bit));
  cli_json_end_array(json);
}

void answer_flags_field(FILE *out, guint flags) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint bit = 0; query_flag_name(bit); bit++)
    if (flags & (1U << bit)) g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", query_flag_name(bit));
  cli_csv_field(out, names->str, FALSE);
}

void answer_phase_member(CliJson *json, const TargetStanding *standing) {
  static const char *const names[] = {
      [TARGET_NOT_BEGUN] = "not-begun", [TARGET_RUNNING] = "running", [TARGET_ENDED] = "ended"};
  cli_json_member_text(json, "phase", names[standing->phase]);
}

void answer_pace_members(CliJson *json, const TargetStanding *standing) {
  cli_json_key(json, "met");
  if (standing->has_score)
    cli_json_bool(json, standing->score.met);
  else
    cli_json_null(json);
  cli_json_value(json, "gap", standing->has_score, standing->score.gap);
  cli_json_value(json, "share_due", standing->has_due, standing->share);
  cli_json_value(json, "due", standing->has_due, standing->due);
  cli_json_value(json, "ahead", standing->has_due, standing->ahead);
  cli_json_value(json, "days_ahead", standing->has_days, standing->days_ahead);
  cli_json_member_integer(json, "working_days", standing->working_days);
  cli_json_member_integer(json, "working_days_left", standing->working_days_left);
  cli_json_value(json, "rate_so_far", standing->has_rate, standing->rate_so_far);
  cli_json_value(json, "rate_needed", standing->has_rate, standing->rate_needed);
}
