/* Retail years against calendars that were published. */
#include "support.h"

static void expect(const Calendar *calendar, const char *name, const char *first, const char *last) {
  CalendarPeriod period = parsed(calendar, name);
  assert_period(&period, name, first, last);
}

/* Source: National Retail Federation, 4-5-4 calendars 2012 to 2026. */
static void years_of_the_nrf(void **state) {
  g_autoptr(Calendar) nrf = make(&nrf_config);
  expect(nrf, "2012", "2012-01-29", "2013-02-02"); /* 53 weeks */
  expect(nrf, "2013", "2013-02-03", "2014-02-01");
  expect(nrf, "2017", "2017-01-29", "2018-02-03"); /* 53 weeks */
  expect(nrf, "2018", "2018-02-04", "2019-02-02");
  expect(nrf, "2022", "2022-01-30", "2023-01-28");
  expect(nrf, "2023", "2023-01-29", "2024-02-03"); /* 53 weeks */
  expect(nrf, "2024", "2024-02-04", "2025-02-01");
  expect(nrf, "2025", "2025-02-02", "2026-01-31");
  expect(nrf, "2026", "2026-02-01", "2027-01-30");
}

/* Source: National Retail Federation, 2024 4-5-4 calendar; January 2024 from that of 2023. */
static void months_of_the_nrf(void **state) {
  g_autoptr(Calendar) nrf = make(&nrf_config);
  static const char *const months[][3] = {
      {"2024-P01", "2024-02-04", "2024-03-02"}, {"2024-P02", "2024-03-03", "2024-04-06"},
      {"2024-P03", "2024-04-07", "2024-05-04"}, {"2024-P04", "2024-05-05", "2024-06-01"},
      {"2024-P05", "2024-06-02", "2024-07-06"}, {"2024-P06", "2024-07-07", "2024-08-03"},
      {"2024-P07", "2024-08-04", "2024-08-31"}, {"2024-P08", "2024-09-01", "2024-10-05"},
      {"2024-P09", "2024-10-06", "2024-11-02"}, {"2024-P10", "2024-11-03", "2024-11-30"},
      {"2024-P11", "2024-12-01", "2025-01-04"}, {"2024-P12", "2025-01-05", "2025-02-01"},
      {"2023-P12", "2023-12-31", "2024-02-03"}, {"2023-Q4", "2023-10-29", "2024-02-03"},
      {"2024-Q1", "2024-02-04", "2024-05-04"},  {"2023-W53", "2024-01-28", "2024-02-03"},
      {"2024-W01", "2024-02-04", "2024-02-10"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(months); i++) expect(nrf, months[i][0], months[i][1], months[i][2]);
}

/* Sources: annual reports (Form 10-K) of Apple, whose year ends on the last Saturday of September, and of Cisco, July.
 */
static void years_that_end_on_the_last_saturday_of_a_month(void **state) {
  CalendarConfig config = {.kind = CALENDAR_445, .first_month = 10, .year_end_weekday = 6, .last_weekday = TRUE};
  g_autoptr(Calendar) apple = make(&config);
  expect(apple, "2017", "2016-09-25", "2017-09-30"); /* 53 weeks */
  expect(apple, "2022", "2021-09-26", "2022-09-24");
  expect(apple, "2023", "2022-09-25", "2023-09-30"); /* 53 weeks */
  expect(apple, "2024", "2023-10-01", "2024-09-28");
  config.first_month = 8;
  g_autoptr(Calendar) cisco = make(&config);
  expect(cisco, "2021", "2020-07-26", "2021-07-31"); /* 53 weeks */
  expect(cisco, "2022", "2021-08-01", "2022-07-30");
  expect(cisco, "2023", "2022-07-31", "2023-07-29");
}

/* Weeks of periods: 4-4-5 and 5-4-4 by their names; the 53rd week belongs to the twelfth period. */
static void weeks_of_periods_follow_the_kind(void **state) {
  static const struct {
    CalendarKind kind;
    int weeks[3];
  } kinds[] = {{CALENDAR_445, {4, 4, 5}}, {CALENDAR_454, {4, 5, 4}}, {CALENDAR_544, {5, 4, 4}}};
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    CalendarConfig config = nrf_config;
    config.kind = kinds[i].kind;
    g_autoptr(Calendar) calendar = make(&config);
    for (int year = 2020; year <= 2026; year++)
      for (int p = 0; p < 12; p++) {
        g_autofree char *name = g_strdup_printf("%d-P%02d", year, p + 1);
        CalendarPeriod period = parsed(calendar, name);
        int extra = year == 2023 && p == 11;
        assert_int_equal(period.end - period.start, 7 * (kinds[i].weeks[p % 3] + extra));
      }
  }
}

static void every_day_is_in_one_year_of_52_or_53_weeks(void **state) {
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 200; run++) {
    CalendarConfig config = random_config(random);
    config.kind = CALENDAR_445;
    g_autoptr(Calendar) calendar = make(&config);
    CalendarPeriod year = calendar_period_at(calendar, CALENDAR_YEAR, random_day(random));
    for (int i = 0; i < 30; i++) {
      assert_true(year.end - year.start == 364 || year.end - year.start == 371);
      assert_int_equal(base_day_weekday(year.end - 1), config.year_end_weekday);
      CalendarPeriod next = calendar_shift(calendar, &year, 1);
      assert_int_equal(next.start, year.end);
      year = next;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(years_of_the_nrf),
      cmocka_unit_test(months_of_the_nrf),
      cmocka_unit_test(years_that_end_on_the_last_saturday_of_a_month),
      cmocka_unit_test(weeks_of_periods_follow_the_kind),
      cmocka_unit_test(every_day_is_in_one_year_of_52_or_53_weeks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
