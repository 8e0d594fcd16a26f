/* Times of alerts, by hand. In Berlin summer time began on Sunday, 29 March 2026: at 02:00 clocks went to 03:00; it
 * ended on Sunday, 25 October 2026: at 03:00 clocks went back to 02:00. */
#include "alert/when.h"
#include "unit.h"

#include <string.h>

typedef struct {
  Calendar *calendar;
  ConfAlerts alerts;
  AlertClock clock;
} Fixture;

static void fixture_clear(Fixture *fixture) {
  calendar_free(fixture->calendar);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* Quiet from 19:00 to 07:30, working from 09:00 to 17:00; 6 April 2026 (Easter Monday) is a holiday. */
static void fixture_init(Fixture *fixture) {
  static BaseDay holidays[1];
  holidays[0] = base_day_from_civil(2026, 4, 6);
  CalendarConfig config = {.time_zone = "Europe/Berlin", .holidays = holidays, .n_holidays = 1};
  conf_alerts_init(&fixture->alerts);
  fixture->alerts.quiet_from = 19 * 60;
  fixture->alerts.quiet_to = 7 * 60 + 30;
  fixture->calendar = calendar_new(&config, NULL);
  assert_non_null(fixture->calendar);
  fixture->clock = (AlertClock){fixture->calendar, &fixture->alerts};
}

static gint64 at(const Fixture *fixture, const char *text) {
  gint64 instant_us;
  assert_true(calendar_parse_instant(fixture->calendar, text, &instant_us, NULL));
  return instant_us;
}

static void expect_loud(const Fixture *fixture, const char *text, const char *wanted) {
  gint64 loud_us = alert_loud_from(&fixture->clock, at(fixture, text));
  if (loud_us != at(fixture, wanted))
    fail_msg("%s is loud again after %d s, not at %s", text, (int)((loud_us - at(fixture, text)) / G_USEC_PER_SEC),
             wanted);
}

static void durations_are_read(void **state) {
  static const struct {
    const char *text;
    int n; /* 0: it is none */
    AlertUnit unit;
  } cases[] = {
      {"2 days", 2, ALERT_DAYS},
      {"1 day", 1, ALERT_DAYS},
      {"8 working hours", 8, ALERT_WORKING_HOURS},
      {"3 Working Days", 3, ALERT_WORKING_DAYS},
      {"90minutes", 90, ALERT_MINUTES},
      {"1 week", 1, ALERT_WEEKS},
      {"0 days", 0, 0},
      {"10001 days", 0, 0},
      {"999999 days", 0, 0},
      {"-1 days", 0, 0},
      {"two days", 0, 0},
      {"2 months", 0, 0},
      {"2", 0, 0},
      {"", 0, 0},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    AlertDuration duration = {0};
    gboolean ok = alert_duration_parse(cases[i].text, &duration);
    if (ok != (cases[i].n > 0) || duration.n != cases[i].n || (ok && duration.unit != cases[i].unit))
      fail_msg("\"%s\" is read as %d of unit %d", cases[i].text, duration.n, (int)duration.unit);
  }
  g_autofree char *one = alert_duration_write((AlertDuration){1, ALERT_WORKING_DAYS});
  g_autofree char *many = alert_duration_write((AlertDuration){8, ALERT_HOURS});
  assert_string_equal(one, "1 working day");
  assert_string_equal(many, "8 hours");
}

/* Over the night that loses an hour, 24 hours end an hour later by the clock. */
static void elapsed_time_knows_no_clock(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  AlertDuration day = {1, ALERT_DAYS};
  gint64 from_us = at(&fixture, "2026-03-28 12:00");
  assert_false(alert_duration_is_over(&fixture.clock, day, from_us, at(&fixture, "2026-03-29 12:00")));
  assert_true(alert_duration_is_over(&fixture.clock, day, from_us, at(&fixture, "2026-03-29 13:00")));
}

/* From Thursday, 2 April, 16:00 to Tuesday, 7 April, 10:30: an hour on Thursday, eight on Friday (no holiday here),
 * none on the weekend and on Easter Monday, an hour and a half on Tuesday: ten and a half, or 1.3125 days of eight. */
static void working_time_passes_when_people_work(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  gint64 from_us = at(&fixture, "2026-04-02 16:00"), to_us = at(&fixture, "2026-04-07 10:30");
  double hours = alert_elapsed(&fixture.clock, ALERT_WORKING_HOURS, from_us, to_us);
  double days = alert_elapsed(&fixture.clock, ALERT_WORKING_DAYS, from_us, to_us);
  assert_true(hours > 10.499999 && hours < 10.500001);
  assert_true(days > 1.312499 && days < 1.312501);
  assert_true(alert_duration_is_over(&fixture.clock, (AlertDuration){10, ALERT_WORKING_HOURS}, from_us, to_us));
  assert_false(alert_duration_is_over(&fixture.clock, (AlertDuration){11, ALERT_WORKING_HOURS}, from_us, to_us));
  assert_true(alert_elapsed(&fixture.clock, ALERT_WORKING_HOURS, at(&fixture, "2026-04-03 18:00"),
                            at(&fixture, "2026-04-07 08:59")) == 0);
}

static void quiet_hours_go_over_midnight(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  expect_loud(&fixture, "2026-05-06 18:59", "2026-05-06 18:59");
  expect_loud(&fixture, "2026-05-06 19:00", "2026-05-07 07:30");
  expect_loud(&fixture, "2026-05-06 23:59", "2026-05-07 07:30");
  expect_loud(&fixture, "2026-05-07 00:00", "2026-05-07 07:30");
  expect_loud(&fixture, "2026-05-07 07:29", "2026-05-07 07:30");
  expect_loud(&fixture, "2026-05-07 07:30", "2026-05-07 07:30");
  fixture.alerts.quiet_from = 12 * 60;
  fixture.alerts.quiet_to = 13 * 60;
  expect_loud(&fixture, "2026-05-07 12:30", "2026-05-07 13:00");
  expect_loud(&fixture, "2026-05-07 23:30", "2026-05-07 23:30");
  fixture.alerts.quiet_to = fixture.alerts.quiet_from;
  expect_loud(&fixture, "2026-05-07 12:00", "2026-05-07 12:00");
}

/* The end is what the clock on the wall shows: 07:30 is 06:30 UTC before the change and 05:30 UTC after it. */
static void quiet_hours_follow_the_wall_clock(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  gint64 loud_us = alert_loud_from(&fixture.clock, at(&fixture, "2026-03-28T22:00Z"));
  assert_true(loud_us == at(&fixture, "2026-03-29T05:30Z"));
  loud_us = alert_loud_from(&fixture.clock, at(&fixture, "2026-10-24T22:00Z"));
  assert_true(loud_us == at(&fixture, "2026-10-25T06:30Z"));
  fixture.alerts.quiet_from = 60;
  fixture.alerts.quiet_to = 150; /* 02:30, which there is not that night: the moment of the skip */
  loud_us = alert_loud_from(&fixture.clock, at(&fixture, "2026-03-29T00:30Z"));
  assert_true(loud_us == at(&fixture, "2026-03-29T01:00Z"));
}

/* From Thursday evening before Good Friday, which works here, to the Tuesday after Easter. */
static void days_off_are_quiet(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  fixture.alerts.quiet_days_off = TRUE;
  expect_loud(&fixture, "2026-04-02 20:00", "2026-04-03 07:30");
  expect_loud(&fixture, "2026-04-03 20:00", "2026-04-07 07:30");
  expect_loud(&fixture, "2026-04-04 12:00", "2026-04-07 07:30");
  fixture.alerts.quiet_from = fixture.alerts.quiet_to = 0;
  expect_loud(&fixture, "2026-04-04 12:00", "2026-04-07 00:00");
}

static void expect_due(const Fixture *fixture, const char *digest_text, const char *text, const char *wanted) {
  AlertDigest digest;
  assert_true(alert_digest_parse(digest_text, &digest));
  assert_true(alert_digest_due(fixture->calendar, digest, at(fixture, text)) == at(fixture, wanted));
}

static void digests_have_their_times(void **state) {
  g_auto(Fixture) fixture;
  fixture_init(&fixture);
  expect_due(&fixture, "none", "2026-05-06 10:17", "2026-05-06 10:17");
  expect_due(&fixture, "hourly", "2026-05-06 10:17", "2026-05-06 11:00");
  expect_due(&fixture, "hourly", "2026-05-06 11:00", "2026-05-06 11:00");
  expect_due(&fixture, "daily at 08:00", "2026-05-06 07:59", "2026-05-06 08:00");
  expect_due(&fixture, "daily 08:00", "2026-05-06 08:01", "2026-05-07 08:00");
  expect_due(&fixture, "Daily at 8:00", "2026-03-28 12:00", "2026-03-29T06:00Z");
  AlertDigest digest;
  assert_false(alert_digest_parse("weekly", &digest));
  assert_false(alert_digest_parse("daily", &digest));
  assert_false(alert_digest_parse("daily at 24:00", &digest));
  assert_false(alert_digest_parse("daily at 8", &digest));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(durations_are_read),
      cmocka_unit_test(elapsed_time_knows_no_clock),
      cmocka_unit_test(working_time_passes_when_people_work),
      cmocka_unit_test(quiet_hours_go_over_midnight),
      cmocka_unit_test(quiet_hours_follow_the_wall_clock),
      cmocka_unit_test(days_off_are_quiet),
      cmocka_unit_test(digests_have_their_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
