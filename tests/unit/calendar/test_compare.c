/* A year ago: leap days, week 53 and restated retail years. */
#include "support.h"

static void expect(const Calendar *calendar, const char *text, const char *name, const char *first, const char *last) {
  CalendarPeriod period = parsed(calendar, text), before = calendar_year_ago(calendar, &period);
  assert_period(&before, name, first, last);
}

static void periods_keep_their_name(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  expect(calendar, "2026", "2025", "2025-01-01", "2025-12-31");
  expect(calendar, "2026-Q3", "2025-Q3", "2025-07-01", "2025-09-30");
  expect(calendar, "2025-02", "2024-02", "2024-02-01", "2024-02-29");
  expect(calendar, "2026-01..2026-05", "2025-01..2025-05", "2025-01-01", "2025-05-31");
  expect(calendar, "2026-06-15", "2025-06-15", "2025-06-15", "2025-06-15");
}

static void leap_days(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  expect(calendar, "2024-02-29", "2023-02-28", "2023-02-28", "2023-02-28");
  expect(calendar, "2024-02-10..2024-02-29", "2023-02-10..2023-02-28", "2023-02-10", "2023-02-28");
  expect(calendar, "2024-02-10..2024-02-28", "2023-02-10..2023-02-28", "2023-02-10", "2023-02-28");
  expect(calendar, "2025-02-10..2025-02-28", "2024-02-10..2024-02-28", "2024-02-10", "2024-02-28");
}

/* 2026 has 53 ISO weeks, 2025 and 2027 have 52. */
static void iso_weeks(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  expect(calendar, "2026-W23", "2025-W23", "2025-06-02", "2025-06-08");
  expect(calendar, "2026-W53", "2025-W52", "2025-12-22", "2025-12-28");
  expect(calendar, "2027-W01", "2026-W01", "2025-12-29", "2026-01-04");
  CalendarConfig config = civil_config;
  config.restate_53 = TRUE;
  g_autoptr(Calendar) restated = make(&config);
  expect(restated, "2027-W01", "2026-W02", "2026-01-05", "2026-01-11");
  expect(restated, "2027-Q1", "2026-Q1", "2026-01-01", "2026-03-31"); /* months are not made of weeks */
}

/* Source: National Retail Federation, restated 2023 calendar: its weeks begin one later, on 5 February 2023, so that
 * the first week of 2024 (from 4 February) is compared with that from 5 February 2023. */
static void nrf_restates_the_year_of_53_weeks(void **state) {
  g_autoptr(Calendar) nrf = make(&nrf_config);
  expect(nrf, "2024-W01", "2023-W02", "2023-02-05", "2023-02-11");
  expect(nrf, "2024-P01", "2023-02-05..2023-03-04", "2023-02-05", "2023-03-04");
  expect(nrf, "2024", "2023-02-05..2024-02-03", "2023-02-05", "2024-02-03");
  expect(nrf, "2025-P01", "2024-P01", "2024-02-04", "2024-03-02");
  expect(nrf, "2025", "2024", "2024-02-04", "2025-02-01");
  expect(nrf, "2026-06-15", "2025-06-16", "2025-06-16", "2025-06-16"); /* Mondays */
  CalendarConfig config = nrf_config;
  config.restate_53 = FALSE;
  g_autoptr(Calendar) plain = make(&config);
  expect(plain, "2024-W01", "2023-W01", "2023-01-29", "2023-02-04");
  expect(plain, "2024-P01", "2023-P01", "2023-01-29", "2023-02-25");
  expect(plain, "2024", "2023", "2023-01-29", "2024-02-03");
  expect(plain, "2023-W53", "2022-W52", "2023-01-22", "2023-01-28");
  expect(plain, "2024-02-06", "2023-01-31", "2023-01-31", "2023-01-31"); /* the first Tuesday of the year */
}

static void a_year_ago_is_about_a_year_earlier(void **state) {
  static const CalendarGrain grains[] = {CALENDAR_DAY, CALENDAR_WEEK, CALENDAR_MONTH, CALENDAR_QUARTER, CALENDAR_YEAR};
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 5000; run++) {
    CalendarConfig config = random_config(random);
    g_autoptr(Calendar) calendar = make(&config);
    CalendarPeriod period =
        calendar_period_at(calendar, grains[g_rand_int_range(random, 0, G_N_ELEMENTS(grains))], random_day(random));
    CalendarPeriod before = calendar_year_ago(calendar, &period);
    assert_in_range(period.start - before.start, 364, 371);
    assert_true(before.start < before.end);
    assert_true(ABS((before.end - before.start) - (period.end - period.start)) <= 7);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(periods_keep_their_name),
      cmocka_unit_test(leap_days),
      cmocka_unit_test(iso_weeks),
      cmocka_unit_test(nrf_restates_the_year_of_53_weeks),
      cmocka_unit_test(a_year_ago_is_about_a_year_earlier),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
