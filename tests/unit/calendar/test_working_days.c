/* Working days and like for like, by hand and against counting day by day. */
#include "support.h"

/* June 2026 starts on a Monday: 4 weeks and Monday, Tuesday make 22. May starts on a Friday: 21. */
static void months_by_hand(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  assert_int_equal(calendar_working_days(calendar, day_of("2026-06-01"), day_of("2026-07-01")), 22);
  assert_int_equal(calendar_working_days(calendar, day_of("2026-05-01"), day_of("2026-06-01")), 21);
  assert_int_equal(calendar_working_days(calendar, day_of("2026-06-06"), day_of("2026-06-08")), 0);
  assert_int_equal(calendar_working_days(calendar, day_of("2026-06-08"), day_of("2026-06-08")), 0);
  assert_int_equal(calendar_working_days(calendar, day_of("2026-06-09"), day_of("2026-06-01")), 0);
}

/* Corpus Christi (Thursday 4 June 2026) counts once though it is given twice; a holiday on a Saturday takes nothing. */
static void holidays_take_working_days(void **state) {
  const BaseDay holidays[] = {day_of("2026-06-04"), day_of("2026-05-25"), day_of("2026-06-04"), day_of("2026-06-06")};
  CalendarConfig config = {.first_month = 1, .holidays = holidays, .n_holidays = G_N_ELEMENTS(holidays)};
  g_autoptr(Calendar) calendar = make(&config);
  assert_int_equal(calendar_working_days(calendar, day_of("2026-06-01"), day_of("2026-07-01")), 21);
  assert_false(calendar_is_working_day(calendar, day_of("2026-06-04")));
  assert_true(calendar_is_working_day(calendar, day_of("2026-06-05")));
  assert_false(calendar_is_working_day(calendar, day_of("2026-06-06")));
}

/* Sunday to Thursday: bits 6 and 0 to 3. */
static void weeks_that_work_on_sundays(void **state) {
  CalendarConfig config = {.first_month = 1, .working_weekdays = 0x4f};
  g_autoptr(Calendar) calendar = make(&config);
  assert_true(calendar_is_working_day(calendar, day_of("2026-06-07")));
  assert_false(calendar_is_working_day(calendar, day_of("2026-06-05")));
  assert_int_equal(calendar_working_days(calendar, day_of("2026-06-01"), day_of("2026-06-08")), 5);
}

static Calendar *random_calendar(GRand *random) {
  BaseDay holidays[60];
  for (gsize i = 0; i < G_N_ELEMENTS(holidays); i++) holidays[i] = g_rand_int_range(random, 20000, 21500);
  CalendarConfig config = random_config(random);
  config.holidays = holidays;
  config.n_holidays = (gsize)g_rand_int_range(random, 0, G_N_ELEMENTS(holidays));
  return make(&config);
}

static void counts_agree_with_counting(void **state) {
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 3000; run++) {
    g_autoptr(Calendar) calendar = random_calendar(random);
    BaseDay start = g_rand_int_range(random, 19900, 21500), end = start + g_rand_int_range(random, 0, 200);
    int count = 0;
    for (BaseDay day = start; day < end; day++) count += calendar_is_working_day(calendar, day);
    assert_int_equal(calendar_working_days(calendar, start, end), count);
  }
}

static void expect(const char *in, const char *other, const char *through, const char *last) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  CalendarPeriod period = parsed(calendar, in), before = parsed(calendar, other);
  BaseDay end = calendar_like_for_like(calendar, &period, day_of(through) + 1, &before);
  g_autofree char *text = base_day_format(end - 1);
  assert_string_equal(text, last);
}

static void like_for_like_by_hand(void **state) {
  /* By Tuesday 9 June seven days have worked; May 2026: Friday 1st, 4th to 8th, Monday 11th. */
  expect("2026-06", "2026-05", "2026-06-09", "2026-05-11");
  /* By Sunday 7 June five have worked, and two did not since; in September 2025, also from a Monday, the same. */
  expect("2026-06", "2025-09", "2026-06-07", "2025-09-07");
  expect("2026-06", "2025-09", "2026-06-06", "2025-09-06");
  /* In May the fifth is Thursday 7th, and Friday works: it stays out. */
  expect("2026-06", "2026-05", "2026-06-07", "2026-05-07");
  /* By Monday 29 June 21 have worked; February 2026 has only 20. */
  expect("2026-06", "2026-02", "2026-06-29", "2026-02-28");
  /* A whole period is compared with the whole. */
  expect("2026-06", "2026-07", "2026-06-30", "2026-07-31");
}

static void like_for_like_has_the_same_number_of_working_days(void **state) {
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 5000; run++) {
    g_autoptr(Calendar) calendar = random_calendar(random);
    CalendarPeriod period = calendar_period_at(calendar, CALENDAR_MONTH, g_rand_int_range(random, 20000, 21500));
    CalendarPeriod other = calendar_shift(calendar, &period, g_rand_int_range(random, -12, 0));
    BaseDay through = g_rand_int_range(random, period.start, period.end);
    BaseDay end = calendar_like_for_like(calendar, &period, through, &other);
    int wanted = calendar_working_days(calendar, period.start, through);
    int available = calendar_working_days(calendar, other.start, other.end);
    assert_true(end >= other.start && end <= other.end);
    assert_int_equal(calendar_working_days(calendar, other.start, end), MIN(wanted, available));
    BaseDay same = calendar_like_for_like(calendar, &period, through, &period);
    assert_int_equal(same, through);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months_by_hand),
      cmocka_unit_test(holidays_take_working_days),
      cmocka_unit_test(weeks_that_work_on_sundays),
      cmocka_unit_test(counts_agree_with_counting),
      cmocka_unit_test(like_for_like_by_hand),
      cmocka_unit_test(like_for_like_has_the_same_number_of_working_days),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
