/* Climbing hills whose tops are known by hand. */
#include "../unit.h"
#include "stats/private.h"

#include <math.h>

/* 1 - (x - 1)² - (y + 2)⁴: its top is flat along y. */
static void flat_top(const double *at, gconstpointer sample, StatsHeight *height) {
  double x = at[0] - 1, y = at[1] + 2;
  *height = (StatsHeight){1 - x * x - pow(y, 4), {-2 * x, -4 * pow(y, 3)}, {{-2, 0}, {0, -12 * y * y}}};
}

/* Rosenbrock 1960, upside down: a bent ridge whose top is 0 at (1, 1). */
static void ridge(const double *at, gconstpointer sample, StatsHeight *height) {
  double x = at[0], y = at[1], off = y - x * x;
  *height = (StatsHeight){-100 * off * off - (1 - x) * (1 - x),
                          {400 * x * off + 2 * (1 - x), -200 * off},
                          {{400 * off - 800 * x * x - 2, 400 * x}, {400 * x, -200}}};
}

/* -e^-x - (y - x / 10)²: the top is at infinity, and y follows. */
static void endless(const double *at, gconstpointer sample, StatsHeight *height) {
  double x = at[0], off = at[1] - x / 10, fall = exp(-x);
  *height = (StatsHeight){-fall - off * off, {fall + off / 5, -2 * off}, {{-fall - 0.02, 0.2}, {0.2, -2}}};
}

/* cos x + cos y: near (π, π) it curves upwards, and the tops are at multiples of 2π. */
static void hills(const double *at, gconstpointer sample, StatsHeight *height) {
  *height = (StatsHeight){cos(at[0]) + cos(at[1]), {-sin(at[0]), -sin(at[1])}, {{-cos(at[0]), 0}, {0, -cos(at[1])}}};
}

static void nothing_known(const double *at, gconstpointer sample, StatsHeight *height) {
  *height = (StatsHeight){.value = 1, .slope = {NAN}};
}

static void near(double value, double expected, double most) {
  if (!(fabs(value - expected) <= most)) fail_msg("%.12g, expected %.12g", value, expected);
}

static void tops_are_reached(void **state) {
  double at[] = {-4, 5};
  assert_true(stats_climb(flat_top, NULL, at, 2, 10));
  near(at[0], 1, 1e-6);
  near(at[1], -2, 2e-3);
  double low[] = {-1.2, 1};
  assert_true(stats_climb(ridge, NULL, low, 2, 10));
  near(low[0], 1, 1e-6);
  near(low[1], 1, 1e-6);
  double valley[] = {3, 3.5};
  assert_true(stats_climb(hills, NULL, valley, 2, 10));
  near(valley[0], 0, 1e-6);
  near(valley[1], 2 * G_PI, 1e-6);
}

static void bounds_hold(void **state) {
  double at[] = {-3, 2};
  assert_true(stats_climb(endless, NULL, at, 2, 8));
  near(at[0], 8, 1e-12);
  near(at[1], 0.8, 1e-6);
  double corner[] = {0, 0};
  assert_true(stats_climb(flat_top, NULL, corner, 2, 0.5));
  near(corner[0], 0.5, 1e-12);
  near(corner[1], -0.5, 1e-12);
}

static void what_is_not_known_is_no_top(void **state) {
  double at[] = {0, 0};
  assert_false(stats_climb(nothing_known, NULL, at, 2, 10));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tops_are_reached),
      cmocka_unit_test(bounds_hold),
      cmocka_unit_test(what_is_not_known_is_no_top),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
