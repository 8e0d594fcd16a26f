/* Local days of instants. Expected instants are from Python 3.11: for each zone and date the first minute in UTC, found
 * by trying every minute, at which datetime.astimezone(ZoneInfo(zone)).date() is that date. */
#include "support.h"

#define SECOND G_GINT64_CONSTANT(1000000)

static const struct {
  const char *zone;
  const char *day;
  gint64 start_s;
} starts[] = {
    {"America/Sao_Paulo", "2018-11-04", 1541300400}, /* midnight skipped: the day begins at 01:00 */
    {"Asia/Beirut", "2022-03-27", 1648332000},       /* the same */
    {"Asia/Beirut", "2026-03-29", 1774735200},
    {"Africa/Cairo", "2024-04-26", 1714082400},
    {"America/Havana", "2026-03-08", 1772946000},
    {"Asia/Tehran", "2022-03-22", 1647894600},
    {"America/New_York", "2026-03-08", 1772946000},
    {"America/New_York", "2026-04-01", 1775016000},
    {"America/New_York", "2026-11-01", 1793505600},
    {"America/New_York", "2099-07-01", 4086561600}, /* by rule, beyond the zone's list of changes */
    {"Europe/Berlin", "2090-10-29", 3812911200},
    {"America/New_York", "1950-04-30", -620852400},
    {"America/Havana", "2025-11-02", 1762056000},
    {"America/Sao_Paulo", "2018-02-18", 1518922800}, /* 00:00 happened twice: the day begins at the second */
    {"America/St_Johns", "2000-10-29", 972786600}, /* clocks go back at 00:01, so the day begins twice: at the first */
    {"Pacific/Apia", "2011-12-31", 1325239200},    /* after 29 December; the 30th was skipped */
    {"Asia/Kolkata", "2026-01-01", 1767205800},
    {"Pacific/Kiritimati", "2026-01-01", 1767175200},
    {"Pacific/Chatham", "2026-01-01", 1767176100},
    {"UTC", "1970-01-01", 0},
};

static void days_start_where_python_says(void **state) {
  for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
    g_autoptr(Calendar) calendar = make_in(starts[i].zone);
    BaseDay day = day_of(starts[i].day);
    gint64 start_us = calendar_start_of_day(calendar, day);
    if (start_us != starts[i].start_s * SECOND)
      fail_msg("%s in %s starts at %" G_GINT64_FORMAT " s", starts[i].day, starts[i].zone, start_us / SECOND);
    assert_int_equal(calendar_day_of(calendar, start_us), day);
    assert_true(calendar_day_of(calendar, start_us - 1) < day);
  }
}

static void half_past_eleven_in_new_york_is_still_march(void **state) {
  g_autoptr(Calendar) new_york = make_in("America/New_York"), utc = make_in(NULL);
  gint64 instant = 1775014200 * SECOND; /* 2026-04-01 03:30 UTC = 2026-03-31 23:30 -04:00 */
  assert_int_equal(calendar_day_of(new_york, instant), day_of("2026-03-31"));
  assert_int_equal(calendar_day_of(utc, instant), day_of("2026-04-01"));
}

static void a_skipped_day_is_empty(void **state) {
  g_autoptr(Calendar) apia = make_in("Pacific/Apia");
  BaseDay skipped = day_of("2011-12-30");
  assert_true(calendar_start_of_day(apia, skipped) == calendar_start_of_day(apia, skipped + 1));
}

/* GLib's own conversion of the same instants. */
static void instants_of_all_years_agree_with_glib(void **state) {
  static const char *const zones[] = {"America/New_York",  "Europe/London",   "Asia/Tehran", "Australia/Lord_Howe",
                                      "Africa/Casablanca", "America/Caracas", "Asia/Manila", "Pacific/Apia"};
  g_autoptr(GRand) random = seeded();
  for (gsize i = 0; i < G_N_ELEMENTS(zones); i++) {
    g_autoptr(Calendar) calendar = make_in(zones[i]);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zones[i]);
    for (int run = 0; run < 3000; run++) {
      gint64 second = (gint64)g_rand_double_range(random, -4e9, 4.1e9);
      g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(second);
      g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
      BaseDay expected = base_day_from_civil(g_date_time_get_year(local), g_date_time_get_month(local),
                                             g_date_time_get_day_of_month(local));
      assert_int_equal(calendar_day_of(calendar, second * SECOND), expected);
    }
  }
}

static void instants_beyond_the_calendar_are_its_ends(void **state) {
  g_autoptr(Calendar) calendar = make_in("Asia/Tokyo");
  assert_int_equal(calendar_day_of(calendar, G_MAXINT64), BASE_DAY_MAX);
  assert_int_equal(calendar_day_of(calendar, G_MININT64), BASE_DAY_MIN);
}

static void what_is_no_zone_is_an_error(void **state) {
  static const char *const wrong[] = {"",
                                      "Mars/Olympus",
                                      "../../../etc/passwd",
                                      "/etc/localtime",
                                      "America",
                                      "zone.tab",
                                      "EST5EDT4",
                                      "leapseconds",
                                      "+02:00",
                                      "Europe//",
                                      "Europe/Berlin "};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(calendar_new(&(CalendarConfig){.first_month = 1, .time_zone = wrong[i]}, &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  }
  g_autoptr(GError) error = NULL;
  assert_null(calendar_new(&(CalendarConfig){.first_month = 1, .time_zone = "America/New Yrok"}, &error));
  assert_string_equal(error->message, "there is no time zone 'America/New Yrok'; did you mean America/New_York?");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(days_start_where_python_says),
      cmocka_unit_test(half_past_eleven_in_new_york_is_still_march),
      cmocka_unit_test(a_skipped_day_is_empty),
      cmocka_unit_test(instants_of_all_years_agree_with_glib),
      cmocka_unit_test(instants_beyond_the_calendar_are_its_ends),
      cmocka_unit_test(what_is_no_zone_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
