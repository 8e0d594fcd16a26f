/* attain.yaml: every key of docs/workspace.md, the defaults, and what is said of mistakes. */
#include "expect.h"

static ConfOrganisation *read_text(const char *text) {
  g_autoptr(GError) error = NULL;
  ConfOrganisation *organisation = conf_organisation_parse("attain.yaml", text, strlen(text), "/somewhere/co", &error);
  if (error) fail_msg("%s", error->message);
  return organisation;
}

static void expect_wrong(const char *text, const char *message) {
  GError *error = NULL;
  assert_null(conf_organisation_parse("attain.yaml", text, strlen(text), "/somewhere/co", &error));
  expect_error(error, BASE_ERROR_INPUT, message);
}

static void least(void **state) {
  g_autoptr(ConfOrganisation) organisation = read_text("name: Co\ncurrency: EUR\n");
  assert_string_equal(organisation->time_zone, "UTC");
  assert_int_equal(organisation->calendar.kind, CALENDAR_MONTHS);
  assert_int_equal(organisation->calendar.first_month, 1);
  assert_int_equal(organisation->calendar.working_weekdays, 0x1f);
  assert_false(organisation->calendar.named_by_start);
  assert_int_equal(organisation->owner_credit, CONF_CREDIT_AT_EVENT);
  assert_int_equal(organisation->team_credit, CONF_CREDIT_AT_EVENT);
  assert_null(organisation->business);
  assert_int_equal(organisation->n_extra, 0);
  assert_string_equal(organisation->database, "/somewhere/co/data/attain.duckdb");
  assert_int_equal(organisation->max_groups, 5000000);
  assert_int_equal(organisation->max_cells_bytes, 1073741824);
  assert_true(organisation->max_rejected_share == 0.05);
}

static void everything(void **state) {
  g_autoptr(ConfOrganisation) organisation = read_text(
      "name: My Company\n"
      "currency: USD\n"
      "time_zone: America/New_York\n"
      "business: retail\n"
      "database: /elsewhere/x.duckdb\n"
      "calendar:\n"
      "  year_starts: February\n"
      "  kind: 4-5-4\n"
      "  named_by: start\n"
      "  year_ends: last saturday\n"
      "  week_53: restate\n"
      "  week_starts: sunday\n"
      "  working_days: [sun, mon, tue]\n"
      "  holidays: [2026-01-01, 2026-12-25]\n"
      "  working_hours: 8:30-24:00\n"
      "credit: {owner: now, team: at_event}\n"
      "limits: {max_groups: 1000, max_cells_mb: 6000, max_rejected: 1%}\n");
  const CalendarConfig *calendar = &organisation->calendar;
  assert_int_equal(calendar->first_month, 2);
  assert_int_equal(calendar->kind, CALENDAR_454);
  assert_true(calendar->named_by_start);
  assert_int_equal(calendar->year_end_weekday, 6);
  assert_true(calendar->last_weekday);
  assert_true(calendar->restate_53);
  assert_true(calendar->sunday_weeks);
  assert_int_equal(calendar->working_weekdays, 1u << 6 | 1u << 0 | 1u << 1);
  assert_int_equal(calendar->n_holidays, 2);
  assert_int_equal(calendar->holidays[1], base_day_from_civil(2026, 12, 25));
  assert_int_equal(calendar->opens_minute, 8 * 60 + 30);
  assert_int_equal(calendar->closes_minute, 24 * 60);
  assert_string_equal(calendar->time_zone, "America/New_York");
  assert_string_equal(organisation->business, "retail");
  assert_string_equal(organisation->database, "/elsewhere/x.duckdb");
  assert_int_equal(organisation->owner_credit, CONF_CREDIT_NOW);
  assert_int_equal(organisation->max_groups, 1000);
  assert_int_equal(organisation->max_cells_bytes, 6291456000);
  assert_true(organisation->max_rejected_share == 0.01);
}

static void own_columns_and_facts(void **state) {
  g_autoptr(ConfOrganisation) organisation = read_text(
      "name: Co\ncurrency: EUR\n"
      "dimensions:\n"
      "  tier: {of: account, type: text, about: how it is served}\n"
      "  room: {of: visit, type: text}\n"
      "facts:\n"
      "  visit:\n"
      "    about: a visit to a customer\n"
      "    columns:\n"
      "      owner: {type: reference, to: person, credited: true}\n"
      "      at: {type: time, required: true}\n"
      "      next_at: {type: time, planned: true}\n"
      "      minutes: {type: duration}\n"
      "      note:\n");
  assert_int_equal(organisation->n_extra, 7);
  const LedgerExtraColumn *owner = &organisation->extra[0];
  assert_string_equal(owner->table, "visit");
  assert_string_equal(owner->name, "owner");
  assert_int_equal(owner->type, LEDGER_REF);
  assert_string_equal(owner->ref, "person");
  assert_int_equal(owner->flags, LEDGER_OWNED);
  assert_int_equal(organisation->extra[1].flags, LEDGER_REQUIRED);
  assert_int_equal(organisation->extra[2].flags, LEDGER_PLAN);
  assert_int_equal(organisation->extra[3].type, LEDGER_DURATION);
  assert_int_equal(organisation->extra[4].type, LEDGER_TEXT);
  assert_string_equal(organisation->extra[5].table, "account");
  assert_string_equal(organisation->extra[5].about, "how it is served");
  g_autoptr(LedgerSchema) schema = ledger_schema_new(organisation->extra, organisation->n_extra, NULL);
  assert_non_null(schema);
  assert_non_null(ledger_schema_find(schema, "visit"));
}

static void mistakes(void **state) {
  expect_wrong(
      "name: Co\ncurrency: euro\n",
      "attain.yaml:2:11: \"euro\" is no currency code: write its three capital letters, such as EUR, USD or GBP");
  expect_wrong("name: Co\n", "attain.yaml:1:1: \"currency\" is missing: add `currency: …` here");
  expect_wrong("name: Co\ncurrency: EUR\ntimezone: UTC\n",
               "attain.yaml:3:1: unknown key \"timezone\": did you mean \"time_zone\"?");
  expect_wrong("name: Co\ncurrency: EUR\ntime_zone: Europe/Pariss\n",
               "attain.yaml:3:12: unknown time zone \"Europe/Pariss\": did you mean \"Europe/Paris\"?");
  expect_wrong("name: Co\ncurrency: EUR\ntime_zone: Paris\n",
               "attain.yaml:3:12: unknown time zone \"Paris\": did you mean \"Europe/Paris\"?");
  expect_wrong(
      "name: Co\ncurrency: EUR\ntime_zone: ../../etc/passwd\n",
      "attain.yaml:3:12: unknown time zone \"../../etc/passwd\": write a region and city, such as Europe/Paris, "
      "America/New_York or UTC");
  expect_wrong(
      "name: Co\ncurrency: EUR\nbusiness: b2x\n",
      "attain.yaml:3:11: \"business\" cannot be \"b2x\": did you mean \"b2b\"? (one of: b2b, saas, retail, agency)");
  expect_wrong("name: Co\ncurrency: EUR\ncalendar: {year_starts: apirl}\n",
               "attain.yaml:3:25: \"apirl\" is no month: did you mean \"april\"?");
  expect_wrong("name: Co\ncurrency: EUR\ncalendar: {year_starts: 13}\n",
               "attain.yaml:3:25: \"13\" is no month: write it as \"january\"");
  expect_wrong("name: Co\ncurrency: EUR\ncalendar: {holidays: [2026-02-30]}\n",
               "attain.yaml:3:23: \"2026-02-30\" is no date: write year-month-day, such as 2026-12-25");
  expect_wrong(
      "name: Co\ncurrency: EUR\ncalendar: {working_hours: 17:00-09:00}\n",
      "attain.yaml:3:27: \"17:00-09:00\" are no working hours: write when a working day begins and ends, such as "
      "09:00-17:30");
  expect_wrong("name: Co\ncurrency: EUR\ncalendar: {working_days: [mon, tueday]}\n",
               "attain.yaml:3:32: \"tueday\" is no weekday: did you mean \"tuesday\"?");
  expect_wrong(
      "name: Co\ncurrency: EUR\ncalendar: {year_ends: last saturday}\n",
      "attain.yaml:3:23: \"year_ends\" is for retail years: set `kind: 4-4-5`, 4-5-4 or 5-4-4, or take it out");
  expect_wrong("name: Co\ncurrency: EUR\nlimits: {max_groups: 0}\n",
               "attain.yaml:3:22: \"max_groups\" must be at least 1");
  expect_wrong("name: Co\ncurrency: EUR\nlimits: {max_cells_mb: 0}\n",
               "attain.yaml:3:24: \"max_cells_mb\" must be at least 1");
  expect_wrong("", "attain.yaml: the file is empty: it needs at least `name: …` and `currency: EUR`");
}

static void mistakes_in_own_columns(void **state) {
  expect_wrong("name: Co\ncurrency: EUR\ndimensions:\n  tier: {of: acount}\n",
               "attain.yaml:4:14: there is no table \"acount\": did you mean \"account\"?");
  expect_wrong("name: Co\ncurrency: EUR\ndimensions:\n  industry: {of: account}\n",
               "attain.yaml:4:3: account already has a column \"industry\": choose another name");
  expect_wrong(
      "name: Co\ncurrency: EUR\ndimensions:\n  Tier: {of: account}\n",
      "attain.yaml:4:3: \"Tier\" is no name: use small letters, digits and _, starting with a letter, 63 at most");
  expect_wrong("name: Co\ncurrency: EUR\ndimensions:\n  tier: {of: account, type: txt}\n",
               "attain.yaml:4:29: \"type\" cannot be \"txt\": did you mean \"text\"? (one of: text, reference, money, "
               "count, number, "
               "share, time, duration, yes_no)");
  expect_wrong("name: Co\ncurrency: EUR\nfacts:\n  sale: {columns: {x: {type: text}}}\n",
               "attain.yaml:4:3: \"sale\" is a fact already: add columns to it under `dimensions:`, with `of: sale`");
  expect_wrong("name: Co\ncurrency: EUR\nfacts:\n  visit: {columns: {who: {type: reference}}}\n",
               "attain.yaml:4:26: a reference needs the table it refers to: add `to: person` or the like");
  expect_wrong(
      "name: Co\ncurrency: EUR\nfacts:\n  visit: {columns: {who: {type: reference, to: account, credited: true}}}\n",
      "attain.yaml:4:67: only a reference `to: person` can be credited");
}

static void no_workspace(void **state) {
  GError *error = NULL;
  assert_null(conf_organisation_load("/nonexistent", &error));
  expect_error(error, BASE_ERROR_NOT_FOUND,
               "no attain.yaml in /nonexistent: `attain new` makes a workspace, `-C DIR` names the folder of one");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(least),
      cmocka_unit_test(everything),
      cmocka_unit_test(own_columns_and_facts),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(mistakes_in_own_columns),
      cmocka_unit_test(no_workspace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
