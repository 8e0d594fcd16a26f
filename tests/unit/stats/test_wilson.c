/* Wilson's interval against R 4.2.2: prop.test(successes, n, conf.level = level, correct = FALSE)$conf.int. */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

static void agrees_with_r(void **state) {
  static const struct {
    gint64 successes, n;
    double level, low, high;
  } cases[] = {
      {13, 42, 0.95, 0.190711028588, 0.460259939361},
      {0, 10, 0.95, 0, 0.277532799863},
      {10, 10, 0.95, 0.722467200137, 1},
      {1, 1, 0.95, 0.206549314377, 1},
      {250, 1000, 0.90, 0.228171768989, 0.273177352631},
      {3, 7, 0.99, 0.116373680516, 0.810285095912},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    StatsInterval interval = stats_wilson(cases[i].successes, cases[i].n, cases[i].level);
    assert_true(interval.has_value);
    assert_true(fabs(interval.low - cases[i].low) < 1e-11);
    assert_true(fabs(interval.high - cases[i].high) < 1e-11);
  }
}

static void ends_are_exact_when_all_or_none_succeed(void **state) {
  for (gint64 n = 1; n < 2000; n++) {
    assert_true(stats_wilson(0, n, 0.95).low == 0);
    assert_true(stats_wilson(n, n, 0.95).high == 1);
  }
}

static void holds_the_rate_mirrors_and_narrows(void **state) {
  for (gint64 n = 1; n <= 60; n++)
    for (gint64 successes = 0; successes <= n; successes++) {
      StatsInterval interval = stats_wilson(successes, n, 0.95), mirror = stats_wilson(n - successes, n, 0.95);
      double rate = (double)successes / (double)n;
      assert_true(interval.low <= rate && rate <= interval.high);
      assert_true(fabs(interval.low - (1 - mirror.high)) < 1e-12);
      StatsInterval more = stats_wilson(successes * 4, n * 4, 0.95);
      assert_true(more.high - more.low < interval.high - interval.low);
    }
}

static void what_is_no_proportion_has_no_interval(void **state) {
  assert_false(stats_wilson(0, 0, 0.95).has_value);
  assert_false(stats_wilson(2, 1, 0.95).has_value);
  assert_false(stats_wilson(-1, 5, 0.95).has_value);
  assert_false(stats_wilson(1, -5, 0.95).has_value);
  assert_false(stats_wilson(1, 5, 0).has_value);
  assert_false(stats_wilson(1, 5, 1).has_value);
  assert_false(stats_wilson(1, 5, NAN).has_value);
  StatsInterval huge = stats_wilson(G_MAXINT64 / 2, G_MAXINT64, 0.95);
  assert_true(huge.has_value && huge.low > 0.49 && huge.high < 0.51);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(agrees_with_r),
      cmocka_unit_test(ends_are_exact_when_all_or_none_succeed),
      cmocka_unit_test(holds_the_rate_mirrors_and_narrows),
      cmocka_unit_test(what_is_no_proportion_has_no_interval),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
