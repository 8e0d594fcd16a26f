/* When rules are to be judged again, by hand, in UTC: nothing is loaded on 20 November 2026. */
#include "alert/next.h"
#include "unit.h"

typedef struct {
  Calendar *calendar;
  ConfAlerts alerts;
  AlertClock clock;
  AlertRule rule;
  GPtrArray *rules, *findings;
  AlertFinding finding;
  AlertBook *book;
} Fixture;

static void fixture_clear(Fixture *fixture) {
  alert_book_free(fixture->book);
  g_ptr_array_unref(fixture->rules);
  g_ptr_array_unref(fixture->findings);
  calendar_free(fixture->calendar);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static void fixture_init(Fixture *fixture) {
  static char *nowhere[] = {NULL};
  CalendarConfig config = {.time_zone = "UTC"};
  *fixture = (Fixture){.book = alert_book_new(), .rules = g_ptr_array_new(), .findings = g_ptr_array_new()};
  conf_alerts_init(&fixture->alerts);
  fixture->calendar = calendar_new(&config, NULL);
  fixture->clock = (AlertClock){fixture->calendar, &fixture->alerts};
  fixture->rule = (AlertRule){.name = (char *)"low", .to = nowhere, .disturbs = TRUE};
  fixture->finding = (AlertFinding){.rule = &fixture->rule, .who = (char *)"company", .verdict = ALERT_BAD};
  g_ptr_array_add(fixture->rules, &fixture->rule);
  g_ptr_array_add(fixture->findings, &fixture->finding);
}

static gint64 at(const Fixture *fixture, const char *time) {
  g_autofree char *text = g_strconcat("2026-11-", time, NULL);
  gint64 instant_us;
  assert_true(calendar_parse_instant(fixture->calendar, text, &instant_us, NULL));
  return instant_us;
}

static char *say(const AlertFinding *finding, AlertAct act, const AlertState *before, gpointer user_data) {
  return NULL;
}

/* Judged at `time`; what followed. */
static AlertAct judge(Fixture *fixture, const char *time) {
  g_autoptr(GPtrArray) events = alert_book_take(fixture->book, &fixture->clock, fixture->rules, fixture->rules,
                                                fixture->findings, at(fixture, time), say, NULL);
  return events->len == 1 ? ((AlertEvent *)g_ptr_array_index(events, 0))->act : ALERT_ACT_NONE;
}

static void expect_next(const Fixture *fixture, const char *time, const char *wanted) {
  gint64 next_us = alert_next_us(fixture->book, fixture->rules, fixture->findings, &fixture->clock, at(fixture, time));
  if (next_us != at(fixture, wanted))
    fail_msg("after %s: %d s off %s", time, (int)((next_us - at(fixture, wanted)) / G_USEC_PER_SEC), wanted);
}

static void holds_reminds_and_recovers(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  fixture.rule.timing =
      (AlertTiming){.hold = {30, ALERT_MINUTES}, .recover_after = {2, ALERT_HOURS}, .remind = {3, ALERT_HOURS}};
  expect_next(&fixture, "20T12:00", "21T00:00"); /* nothing is known of it: the next day */
  assert_int_equal(ALERT_ACT_PEND, judge(&fixture, "20T12:00"));
  expect_next(&fixture, "20T12:00", "20T12:30");
  assert_int_equal(ALERT_ACT_NONE, judge(&fixture, "20T12:29"));
  expect_next(&fixture, "20T12:29", "20T12:30");
  assert_int_equal(ALERT_ACT_FIRE, judge(&fixture, "20T12:30"));
  expect_next(&fixture, "20T12:30", "20T15:30");
  assert_int_equal(ALERT_ACT_REMIND, judge(&fixture, "20T15:30"));
  expect_next(&fixture, "20T22:00", "21T00:00"); /* overdue and silent: not again and again */
  fixture.finding.verdict = ALERT_GOOD;
  assert_int_equal(ALERT_ACT_EASE, judge(&fixture, "20T16:00"));
  expect_next(&fixture, "20T16:00", "20T18:00");
  assert_int_equal(ALERT_ACT_RECOVER, judge(&fixture, "20T18:00"));
  expect_next(&fixture, "20T18:00", "21T00:00");
}

static void what_was_snoozed_is_told_when_that_is_over(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  alert_event_free(alert_book_say(fixture.book, "low", "", ALERT_ACT_SNOOZE, at(&fixture, "20T10:00"),
                                  at(&fixture, "20T17:00"), "Mia", NULL));
  assert_int_equal(ALERT_ACT_FIRE, judge(&fixture, "20T12:00"));
  expect_next(&fixture, "20T12:00", "20T17:00");
  assert_int_equal(ALERT_ACT_REMIND, judge(&fixture, "20T17:00"));
}

/* Six working hours of 09:00 to 17:00 after 14:00 on Friday, the 20th, are over at 12:00 on Monday, the 23rd. */
static void records_become_too_old(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  fixture.rule.kind = ALERT_FRESHNESS;
  fixture.rule.older_than = (AlertDuration){6, ALERT_WORKING_HOURS};
  fixture.finding.since_us = at(&fixture, "20T14:00");
  fixture.finding.verdict = ALERT_GOOD;
  expect_next(&fixture, "20T15:00", "21T00:00");
  expect_next(&fixture, "23T00:00", "23T12:00");
  expect_next(&fixture, "23T12:00", "24T00:00");
  fixture.finding.since_us = G_MININT64;
  expect_next(&fixture, "23T00:00", "24T00:00");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(holds_reminds_and_recovers),
      cmocka_unit_test(what_was_snoozed_is_told_when_that_is_over),
      cmocka_unit_test(records_become_too_old),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
