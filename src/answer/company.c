/* The calendar of numbers, whom they are credited to, and what each role may: what Settings tell. */
#include "answer/company.h"

#include "answer/members.h"

static const char *const kinds[] = {"months", "4-4-5", "4-5-4", "5-4-4"};
static const char *const scopes[] = {"nothing", "own", "led", "groups", "all"};
static const char *const weekdays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
#define USUAL_WORKING_DAYS 0x1f

static void write_minute(CliJson *json, const char *key, gboolean has, int minute) {
  g_autofree char *time = has ? g_strdup_printf("%02d:%02d", minute / 60, minute % 60) : NULL;
  cli_json_member_text(json, key, time);
}

static void write_calendar(CliJson *json, const CalendarConfig *calendar) {
  guint working = calendar->working_weekdays ? calendar->working_weekdays : USUAL_WORKING_DAYS;
  gboolean has_hours = calendar->closes_minute > 0;
  cli_json_member_object(json, "calendar");
  cli_json_member_text(json, "months", kinds[calendar->kind]);
  cli_json_member_integer(json, "year_starts_in", MAX(calendar->first_month, 1));
  cli_json_member_text(json, "year_named_by", calendar->named_by_start ? "start" : "end");
  cli_json_member_text(json, "week_starts", calendar->sunday_weeks ? "sunday" : "monday");
  cli_json_member_array(json, "working_days");
  for (guint day = 0; day < G_N_ELEMENTS(weekdays); day++)
    if (working >> day & 1) cli_json_text(json, weekdays[day]);
  cli_json_end_array(json);
  write_minute(json, "opens", has_hours, calendar->opens_minute);
  write_minute(json, "closes", has_hours, calendar->closes_minute);
  cli_json_member_array(json, "holidays");
  for (gsize i = 0; i < calendar->n_holidays; i++) {
    g_autofree char *day = base_day_format(calendar->holidays[i]);
    cli_json_text(json, day);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void write_roles(CliJson *json, const AccessPolicy *policy) {
  cli_json_member_array(json, "roles");
  for (guint role = 0; role < USER_N_ROLES; role++) {
    cli_json_begin_object(json);
    cli_json_member_text(json, "role", user_role_name(role));
    cli_json_member_text(json, "sees", scopes[policy->roles[role].sees]);
    cli_json_member_array(json, "may");
    for (guint bit = 0; user_may_name(bit); bit++)
      if (policy->roles[role].may >> bit & 1) cli_json_text(json, user_may_name(bit));
    cli_json_end_array(json);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

void answer_company_json(const ConfOrganisation *organisation, const AccessPolicy *policy, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "name", organisation->name);
  cli_json_member_text(json, "currency", organisation->currency);
  cli_json_member_text(json, "time_zone", organisation->time_zone);
  cli_json_member_text(json, "business", organisation->business);
  write_calendar(json, &organisation->calendar);
  cli_json_member_object(json, "credit");
  cli_json_member_text(json, "owner", organisation->owner_credit == CONF_CREDIT_NOW ? "now" : "event");
  cli_json_member_text(json, "team", organisation->team_credit == CONF_CREDIT_NOW ? "now" : "event");
  cli_json_end_object(json);
  cli_json_member_number(json, "max_rejected", organisation->max_rejected_share);
  write_roles(json, policy);
  cli_json_end_object(json);
}
