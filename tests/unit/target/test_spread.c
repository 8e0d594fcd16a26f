/* Spreading over days and sharing out. November 2026 begins on a Sunday and has 21 working days. */
#include "../unit.h"
#include "target/spread.h"

#include <math.h>

static void near(double expected, double value) {
  if (fabs(expected - value) > 1e-12) fail_msg("%.15g expected, not %.15g", expected, value);
}

static BaseDay day(int month, int day_of_month) {
  return base_day_from_civil(2026, month, day_of_month);
}

/* 2 November (Monday) is the first of 21; the 21st is a Saturday: 15 have passed. */
static void by_working_days(void **state) {
  g_autoptr(Calendar) calendar = calendar_new(&(CalendarConfig){0}, NULL);
  g_auto(TargetSpread) spread = {0};
  target_spread_init_even(&spread, day(11, 1), day(12, 1), FALSE);
  near(0, target_spread_share(&spread, calendar, day(10, 20)));
  near(0, target_spread_share(&spread, calendar, day(11, 2)));
  near(1.0 / 21, target_spread_share(&spread, calendar, day(11, 3)));
  near(15.0 / 21, target_spread_share(&spread, calendar, day(11, 22)));
  near(1, target_spread_share(&spread, calendar, day(12, 1)));
  near(1, target_spread_share(&spread, calendar, day(12, 25)));
}

static void by_all_days_and_holidays(void **state) {
  BaseDay holidays[] = {day(11, 26), day(11, 27)};
  g_autoptr(Calendar) calendar = calendar_new(&(CalendarConfig){.holidays = holidays, .n_holidays = 2}, NULL);
  g_auto(TargetSpread) all = {0}, working = {0}, weekend = {0};
  target_spread_init_even(&all, day(11, 1), day(12, 1), TRUE);
  near(10.0 / 30, target_spread_share(&all, calendar, day(11, 11)));
  target_spread_init_even(&working, day(11, 1), day(12, 1), FALSE);
  near(18.0 / 19, target_spread_share(&working, calendar, day(11, 30)));
  target_spread_init_even(&weekend, day(11, 7), day(11, 9), FALSE);
  near(0.5, target_spread_share(&weekend, calendar, day(11, 8)));
}

/* A quarter of 20, 30 and 50: at the end of October 20 %, in the middle of November (10 of 21 working days on the 14th)
 * 20 % and 10 of 21 of 30 %. */
static void by_hand(void **state) {
  g_autoptr(Calendar) calendar = calendar_new(&(CalendarConfig){0}, NULL);
  TargetPart parts[] = {{day(10, 1), day(11, 1), 20}, {day(11, 1), day(12, 1), 30}, {day(12, 1), day(12, 1) + 31, 50}};
  g_auto(TargetSpread) spread = {0};
  assert_true(target_spread_init_parts(&spread, parts[0].start, parts[2].end, parts, 3, NULL));
  near(0.2, target_spread_share(&spread, calendar, day(11, 1)));
  near(0.2 + 0.3 * 10 / 21, target_spread_share(&spread, calendar, day(11, 14)));
  near(0.5, target_spread_share(&spread, calendar, day(12, 1)));
}

static void refuse(BaseDay start, BaseDay end, const TargetPart *parts, gsize n, const char *message) {
  g_autoptr(GError) error = NULL;
  g_auto(TargetSpread) spread = {0};
  assert_false(target_spread_init_parts(&spread, start, end, parts, n, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  assert_string_equal(error->message, message);
}

static void parts_that_are_no_spread(void **state) {
  BaseDay start = day(10, 1), end = day(12, 1);
  TargetPart gap[] = {{day(10, 1), day(10, 20), 1}, {day(11, 1), day(12, 1), 1}};
  refuse(start, end, gap, 2, "the part from 2026-11-01 to 2026-11-30 leaves a gap ahead of it");
  TargetPart over[] = {{day(10, 1), day(11, 5), 1}, {day(11, 1), day(12, 1), 1}};
  refuse(start, end, over, 2, "the part from 2026-11-01 to 2026-11-30 begins before the one ahead of it has ended");
  TargetPart low[] = {{day(10, 1), day(12, 1), -1}};
  refuse(start, end, low, 1, "the part from 2026-10-01 to 2026-11-30 has an amount below 0");
  TargetPart nothing[] = {{day(10, 1), day(12, 1), 0}};
  refuse(start, end, nothing, 1, "all parts are 0: nothing says how the amount is spread");
  TargetPart early[] = {{day(10, 1), day(11, 1), 1}};
  refuse(start, end, early, 1, "the parts do not end with the target, on 2026-11-30");
  TargetPart backwards[] = {{day(10, 1), day(10, 1), 1}};
  refuse(start, end, backwards, 1, "the part from 2026-10-01 to 2026-09-30 ends before it begins");
  refuse(start, end, NULL, 0, "the parts do not end with the target, on 2026-11-30");
}

static void share_out(double total, int digits, const double *weights, gsize n, const double *expected) {
  double parts[8];
  assert_true(target_share_out(total, digits, weights, n, parts, NULL));
  for (gsize i = 0; i < n; i++) near(expected[i], parts[i]);
}

/* 100 in three: 33.34, 33.33, 33.33, the cent that is left to the first. 10 by 22, 20 and 23 working days: 3.38, 3.08
 * and 3.54, so 3 each and the one that is left to the last, whose rest is the largest. */
static void to_the_last_unit(void **state) {
  share_out(100, 2, (double[]){1, 1, 1}, 3, (double[]){33.34, 33.33, 33.33});
  share_out(10, 0, (double[]){22, 20, 23}, 3, (double[]){3, 3, 4});
  share_out(0.05, 2, (double[]){0, 0}, 2, (double[]){0.03, 0.02});
  share_out(-1, 2, (double[]){1, 0, 2}, 3, (double[]){-0.33, 0, -0.67});
  share_out(2.5, 0, (double[]){1, 1}, 2, (double[]){1.3, 1.2});
}

static void sums_are_the_whole(void **state) {
  for (int round = 0; round < 500; round++) {
    gsize n = (gsize)g_test_rand_int_range(1, 200);
    g_autofree double *weights = g_new0(double, n), *parts = g_new0(double, n);
    int digits = g_test_rand_int_range(0, 4);
    gint64 scale = (gint64[]){1, 10, 100, 1000}[digits];
    gint64 units = g_test_rand_int_range(-2000000000, 2000000000);
    double sum = 0;
    for (gsize i = 0; i < n; i++) {
      weights[i] = g_test_rand_bit() ? g_test_rand_double_range(0, 1e6) : 0;
      sum += weights[i];
    }
    assert_true(target_share_out((double)units / (double)scale, digits, weights, n, parts, NULL));
    gint64 found = 0;
    for (gsize i = 0; i < n; i++) {
      gint64 part = llround(parts[i] * (double)scale);
      if (sum > 0) assert_true(fabs((double)part - (double)units * weights[i] / sum) < 1 + 1e-6 * fabs((double)units));
      found += part;
    }
    assert_int_equal(units, found);
  }
}

static void shares_that_are_none(void **state) {
  g_autoptr(GError) error = NULL;
  double parts[2];
  assert_false(target_share_out(10, 0, (double[]){1, -1}, 2, parts, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  g_clear_error(&error);
  assert_false(target_share_out(10, 0, (double[]){1, INFINITY}, 2, parts, &error));
  g_clear_error(&error);
  assert_false(target_share_out(1e18, 2, (double[]){1, 1}, 2, parts, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(by_working_days),
      cmocka_unit_test(by_all_days_and_holidays),
      cmocka_unit_test(by_hand),
      cmocka_unit_test(parts_that_are_no_spread),
      cmocka_unit_test(to_the_last_unit),
      cmocka_unit_test(sums_are_the_whole),
      cmocka_unit_test(shares_that_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
