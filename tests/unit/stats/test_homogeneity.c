/* Expected values: R 4.2, chisq.test(rbind(won, lost), correct = FALSE), and hand arithmetic. */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

/* Two groups, 10 of 20 and 15 of 20. Pooled 25/40: expected 12.5 and 7.5 in each; 2.5² (2/12.5 + 2/7.5) = 2.6667; p =
 * 0.1025 at 1 df. */
static void two_groups_by_hand(void **state) {
  const gint64 successes[] = {10, 15}, totals[] = {20, 20};
  StatsHomogeneity test = stats_homogeneity(successes, totals, 2);
  assert_true(test.has_value);
  assert_true(fabs(test.chi_square - 2.6666667) < 1e-6);
  assert_int_equal(test.degrees, 1);
  assert_true(fabs(test.p - 0.1024704) < 1e-6);
  assert_true(test.smallest_expected == 7.5);
}

/* Equal shares: nothing apart. A group without cases counts for nothing. */
static void equal_shares(void **state) {
  const gint64 successes[] = {5, 0, 10, 20}, totals[] = {10, 0, 20, 40};
  StatsHomogeneity test = stats_homogeneity(successes, totals, 4);
  assert_true(test.has_value && test.chi_square == 0 && test.degrees == 2 && test.p == 1);
}

static void nothing_to_compare(void **state) {
  const gint64 none[] = {0, 0}, all[] = {7, 7}, totals[] = {7, 7};
  assert_false(stats_homogeneity(none, totals, 2).has_value);
  assert_false(stats_homogeneity(all, totals, 2).has_value);
  assert_false(stats_homogeneity(all, totals, 1).has_value);
  assert_false(stats_homogeneity(NULL, NULL, 0).has_value);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_groups_by_hand),
      cmocka_unit_test(equal_shares),
      cmocka_unit_test(nothing_to_compare),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
