/* Past periods and seasons, by hand on the calendar. */
#include "../unit.h"
#include "pace/windows.h"

#include <math.h>

static BaseDay day(int year, int month, int of_month) {
  return base_day_from_civil(year, month, of_month);
}

static Calendar *plain_calendar(void) {
  g_autoptr(GError) error = NULL;
  Calendar *calendar = calendar_new(&(CalendarConfig){0}, &error);
  assert_non_null(calendar);
  return calendar;
}

static void assert_near(double expected, double value) {
  if (fabs(expected - value) > 1e-9) fail_msg("expected %.9f, got %.9f", expected, value);
}

/* On Friday 20 November 2026 15 of the 21 working days of November are over. October has 22: 15.7, rounded 16 of them
 * are over after the 22nd. November 2024 (21 days) begins on a Friday: its fifteenth working day is the 21st. */
static void months(void **state) {
  g_autoptr(Calendar) calendar = plain_calendar();
  PaceWindows windows;
  pace_windows_init(&windows, calendar, day(2026, 11, 1), day(2026, 12, 1), day(2026, 11, 20));
  assert_int_equal(24, windows.n_past);
  const PaceWindow *last = &windows.past[23], *first = &windows.past[0];
  assert_int_equal(day(2026, 10, 1), last->start);
  assert_int_equal(day(2026, 10, 23), last->position);
  assert_int_equal(day(2026, 11, 1), last->end);
  assert_int_equal(day(2024, 11, 1), first->start);
  assert_int_equal(day(2024, 11, 22), first->position);
  /* The same number of working days, 15: until 21 October, a Wednesday. */
  assert_int_equal(day(2026, 10, 1), windows.like.start);
  assert_int_equal(day(2026, 10, 22), windows.like.end);
}

/* A year is too long to have many of: they overlap, a quarter apart, and all have ended. */
static void years(void **state) {
  g_autoptr(Calendar) calendar = plain_calendar();
  PaceWindows windows;
  pace_windows_init(&windows, calendar, day(2026, 1, 1), day(2027, 1, 1), day(2026, 8, 31));
  assert_int_equal(12, windows.n_past);
  assert_int_equal(day(2025, 7, 1), windows.past[11].start);
  assert_int_equal(day(2026, 7, 1), windows.past[11].end);
  assert_int_equal(day(2022, 10, 1), windows.past[0].start);
}

/* Before it begins nothing is over, in the past neither. */
static void not_begun(void **state) {
  g_autoptr(Calendar) calendar = plain_calendar();
  PaceWindows windows;
  pace_windows_init(&windows, calendar, day(2027, 1, 1), day(2027, 4, 1), day(2026, 11, 20));
  assert_int_equal(12, windows.n_past);
  assert_int_equal(day(2026, 7, 1), windows.past[11].start);
  for (guint w = 0; w < windows.n_past; w++) assert_int_equal(windows.past[w].start, windows.past[w].position);
  assert_true(windows.like.end <= windows.like.start);
}

/* Any other span is held against those of its length just before one another. */
static void odd_spans(void **state) {
  g_autoptr(Calendar) calendar = plain_calendar();
  PaceWindows windows;
  pace_windows_init(&windows, calendar, day(2026, 11, 9), day(2026, 11, 30), day(2026, 11, 20));
  assert_int_equal(day(2026, 10, 19), windows.past[windows.n_past - 1].start);
  assert_int_equal(day(2026, 11, 9), windows.past[windows.n_past - 1].end);
  assert_int_equal(day(2026, 10, 31), windows.past[windows.n_past - 1].position);
}

/* Three years of 100 a day, but 200 in each December: a year's mean is 1300 / 12. */
static void seasons(void **state) {
  double totals[36], index[12];
  for (int i = 0; i < 36; i++) totals[i] = i % 12 == 11 ? 200 : 100;
  pace_season(totals, 36, 1, index);
  assert_near(200 * 12 / 1300.0, index[11]);
  assert_near(100 * 12 / 1300.0, index[0]);
  /* The same months, said from July on. */
  for (int i = 0; i < 36; i++) totals[i] = i % 12 == 5 ? 200 : 100;
  pace_season(totals, 36, 7, index);
  assert_near(200 * 12 / 1300.0, index[11]);
  /* Steady growth is no season: 100 more each year, a twelfth of it a month. */
  for (int i = 0; i < 36; i++) totals[i] = 1000 + i * 100 / 12.0;
  pace_season(totals, 36, 1, index);
  for (int m = 0; m < 12; m++) assert_near(1, index[m]);
  /* Nor is what differs as much from year to year as from month to month: the means of three such months alone would
   * be off by 13 %. */
  g_autoptr(GRand) random = g_rand_new_with_seed(5);
  double off = 0;
  for (int history = 0; history < 100; history++) {
    for (int i = 0; i < 36; i++) totals[i] = g_rand_double_range(random, 50, 150);
    pace_season(totals, 36, 1, index);
    for (int m = 0; m < 12; m++) off += fabs(index[m] - 1) / 1200;
  }
  assert_true(off < 0.07);
  /* Nor less than two years. */
  pace_season(totals, 23, 1, index);
  assert_near(1, index[3]);
}

/* December 2026 has 23 working days, November 21. */
static void weights_of_days(void **state) {
  g_autoptr(Calendar) calendar = plain_calendar();
  const double index[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 2};
  assert_near(0.5 * 21 + 2 * 23, pace_days_weight(calendar, index, day(2026, 11, 1), day(2027, 1, 1)));
  assert_near(0, pace_days_weight(calendar, index, day(2026, 11, 21), day(2026, 11, 23)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months),    cmocka_unit_test(years),   cmocka_unit_test(not_begun),
      cmocka_unit_test(odd_spans), cmocka_unit_test(seasons), cmocka_unit_test(weights_of_days),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
