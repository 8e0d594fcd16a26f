/* Working hours between instants: by hand, and against counting minute by minute with the time zone's own rules. */
#include "support.h"

#define HOUR_US   G_GINT64_CONSTANT(3600000000)
#define MINUTE_US G_GINT64_CONSTANT(60000000)

static gint64 at(const Calendar *calendar, const char *text) {
  gint64 us = 0;
  assert_true(calendar_parse_instant(calendar, text, &us, NULL));
  return us;
}

static gint64 minutes_between(const Calendar *calendar, const char *from, const char *until) {
  return calendar_open_between(calendar, at(calendar, from), at(calendar, until)) / MINUTE_US;
}

/* 9:00 to 17:30; Good Friday and Easter Monday 2026 are 3 and 6 April. */
static void days_nights_and_holidays(void **state) {
  const BaseDay holidays[] = {day_of("2026-04-03"), day_of("2026-04-06")};
  CalendarConfig config = {.time_zone = "Europe/Berlin",
                           .opens_minute = 540,
                           .closes_minute = 1050,
                           .holidays = holidays,
                           .n_holidays = G_N_ELEMENTS(holidays)};
  g_autoptr(Calendar) calendar = make(&config);
  assert_int_equal(minutes_between(calendar, "2026-04-14T10:00", "2026-04-14T10:40"), 40);
  assert_int_equal(minutes_between(calendar, "2026-04-14T07:00", "2026-04-14T09:00"), 0);
  assert_int_equal(minutes_between(calendar, "2026-04-14T17:00", "2026-04-15T09:10"), 40);
  assert_int_equal(minutes_between(calendar, "2026-04-02T12:00", "2026-04-07T09:30"), 330 + 30);
  assert_int_equal(minutes_between(calendar, "2026-04-11T08:00", "2026-04-12T23:00"), 0);
  assert_int_equal(minutes_between(calendar, "2026-04-15T09:10", "2026-04-14T17:00"), -40);
  assert_int_equal(minutes_between(calendar, "2026-03-27T16:30", "2026-03-30T10:00"), 120);
}

static void all_hours_without_any_said(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  assert_null(calendar_hours(calendar));
  assert_true(calendar_open_between(calendar, 5, 12) == 7);
}

static void hours_that_are_none(void **state) {
  const CalendarConfig wrong[] = {{.opens_minute = 600, .closes_minute = 540},
                                  {.opens_minute = -1, .closes_minute = 540},
                                  {.opens_minute = 540, .closes_minute = 1441}};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(calendar_new(&wrong[i], &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  }
}

static gboolean is_open(GTimeZone *zone, const CalendarConfig *config, gint64 us) {
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(us / 1000000);
  g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
  int minute = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
  gboolean works = (config->working_weekdays >> (g_date_time_get_day_of_week(local) - 1)) & 1;
  return works && minute >= config->opens_minute && minute < config->closes_minute;
}

/* GLib's own clocks, minute by minute over weeks in which clocks are moved, for organisations that are open then. */
static void as_counted_minute_by_minute(void **state) {
  static const char *const zones[] = {"Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe"};
  static const char *const weeks[] = {"2026-03-06", "2026-03-27", "2026-04-03",
                                      "2026-10-02", "2026-10-23", "2026-10-30"};
  for (gsize z = 0; z < G_N_ELEMENTS(zones); z++) {
    const CalendarConfig configs[] = {
        {.time_zone = zones[z], .opens_minute = 0, .closes_minute = 1440, .working_weekdays = 0x7f},
        {.time_zone = zones[z], .opens_minute = 90, .closes_minute = 160, .working_weekdays = 0x60}};
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zones[z]);
    for (gsize c = 0; c < G_N_ELEMENTS(configs); c++) {
      g_autoptr(Calendar) calendar = make(&configs[c]);
      for (gsize w = 0; w < G_N_ELEMENTS(weeks); w++) {
        gint64 start = (gint64)day_of(weeks[w]) * 24 * HOUR_US, open = 0;
        for (int m = 0; m < 4 * 1440; m++) {
          open += is_open(zone, &configs[c], start + m * MINUTE_US);
          assert_int_equal(calendar_open_between(calendar, start, start + (m + 1) * MINUTE_US), open * MINUTE_US);
        }
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(days_nights_and_holidays),
      cmocka_unit_test(all_hours_without_any_said),
      cmocka_unit_test(hours_that_are_none),
      cmocka_unit_test(as_counted_minute_by_minute),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
