/* Tails, against sums of binomial terms and the closed form of Student's t with two degrees. */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

/* Of 10 tosses: P(X >= 8) = (45 + 10 + 1) / 1024; of 3 trials at 0.2: P(X >= 1) = 1 - 0.8^3. */
static void test_binomial(void **state) {
  assert_true(fabs(stats_binomial_upper(8, 10, 0.5) - 56.0 / 1024) < 1e-12);
  assert_true(fabs(stats_binomial_upper(1, 3, 0.2) - 0.488) < 1e-12);
  assert_true(fabs(stats_binomial_upper(3, 3, 0.2) - 0.008) < 1e-12);
  assert_true(stats_binomial_upper(0, 3, 0.2) == 1);
  assert_true(stats_binomial_upper(4, 3, 0.2) == 0);
  assert_true(stats_binomial_upper(1, 3, 0) == 0);
}

static void test_binomial_between_whole_numbers(void **state) {
  double below = stats_binomial_upper(2, 10, 0.1), between = stats_binomial_upper(2.5, 10, 0.1);
  assert_true(between < below && between > stats_binomial_upper(3, 10, 0.1));
}

/* Others 1, 2, 3: mean 2, sd 1, spread sqrt(4/3). t of 2 + 4 sqrt(4/3) is 4 with 2 degrees, and the tail of Student's t
 * with 2 degrees is 1/2 - t / (2 sqrt(2 + t^2)) = 1/2 - 4 / (2 sqrt(18)) = 0.0285955. */
static void test_outlier(void **state) {
  const double others[] = {1, 2, 3};
  assert_true(fabs(stats_outlier_upper(2 + 4 * sqrt(4.0 / 3), others, 3) - 0.0285954792) < 1e-9);
  assert_true(fabs(stats_outlier_upper(2, others, 3) - 0.5) < 1e-12);
  assert_true(stats_outlier_upper(9, others, 2) == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_binomial),
                                     cmocka_unit_test(test_binomial_between_whole_numbers),
                                     cmocka_unit_test(test_outlier)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
