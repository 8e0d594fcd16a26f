/* The rule by which targets are scored: more, less and bands alike, without a jump and without a cap. */
#include "../unit.h"
#include "target/score.h"

#include <math.h>

static void near(double expected, double value) {
  if (fabs(expected - value) > 1e-12) fail_msg("%.15g expected, not %.15g", expected, value);
}

static void expect(TargetKind kind, KpiBetter better, double amount, double high, double actual, double score,
                   gboolean met, double gap) {
  TargetScore found = target_score(kind, better, amount, high, actual);
  assert_true(found.has_score);
  near(score, found.score);
  assert_int_equal(met, found.met);
  near(gap, found.gap);
}

/* 80,000 of 100,000 are 80 %, and 20,000 are missing; 150,000 are 150 % with 50,000 in hand. */
static void more_is_better(void **state) {
  expect(TARGET_REACH, KPI_HIGHER, 100000, 0, 80000, 0.8, FALSE, 20000);
  expect(TARGET_REACH, KPI_HIGHER, 100000, 0, 100000, 1, TRUE, 0);
  expect(TARGET_REACH, KPI_HIGHER, 100000, 0, 150000, 1.5, TRUE, -50000);
  expect(TARGET_ABOVE, KPI_LOWER, 0.3, 0, 0.24, 0.8, FALSE, 0.06);
  expect(TARGET_GROW, KPI_NEUTRAL, 110, 0, 0, 0, FALSE, 110);
}

/* A churn of 2.5 % where 2 % were to be: a quarter too much, so 75 %; 1 % is half of it, so 150 %; 4 % is twice: 0. */
static void less_is_better(void **state) {
  expect(TARGET_REACH, KPI_LOWER, 0.02, 0, 0.025, 0.75, FALSE, 0.005);
  expect(TARGET_BELOW, KPI_HIGHER, 0.02, 0, 0.01, 1.5, TRUE, -0.01);
  expect(TARGET_BELOW, KPI_LOWER, 0.02, 0, 0.04, 0, FALSE, 0.02);
  expect(TARGET_REDUCE, KPI_LOWER, 45, 0, 60, 1 - 15.0 / 45, FALSE, 15);
}

static void bands(void **state) {
  expect(TARGET_BETWEEN, KPI_HIGHER, 20, 30, 25, 1, TRUE, 0);
  expect(TARGET_BETWEEN, KPI_HIGHER, 20, 30, 20, 1, TRUE, 0);
  expect(TARGET_BETWEEN, KPI_HIGHER, 20, 30, 30, 1, TRUE, 0);
  expect(TARGET_BETWEEN, KPI_LOWER, 20, 30, 15, 0.75, FALSE, 5);
  expect(TARGET_BETWEEN, KPI_LOWER, 20, 30, 36, 0.8, FALSE, 6);
}

/* Net new revenue that was to shrink by no more than 1,000 and shrank by 500: half of what was allowed is in hand. */
static void targets_below_and_at_nothing(void **state) {
  expect(TARGET_REACH, KPI_HIGHER, -1000, 0, -500, 1.5, TRUE, -500);
  expect(TARGET_REACH, KPI_HIGHER, -1000, 0, -1500, 0.5, FALSE, 500);
  TargetScore none = target_score(TARGET_BELOW, KPI_LOWER, 0, 0, 3);
  assert_false(none.has_score);
  assert_false(none.met);
  near(3, none.gap);
  assert_true(target_score(TARGET_BELOW, KPI_LOWER, 0, 0, 0).met);
}

static void changes_against_a_baseline(void **state) {
  near(220, target_amount_of(TARGET_GROW, TRUE, 10, 200));
  near(195, target_amount_of(TARGET_REDUCE, FALSE, 5, 200));
  near(-90, target_amount_of(TARGET_GROW, TRUE, 10, -100));
  near(7, target_amount_of(TARGET_REACH, FALSE, 7, 200));
}

/* Whatever the target: a little more moves the score a little, more is never worse where more is better, and the other
 * way round. */
static void no_jumps(void **state) {
  for (int i = 0; i < 2000; i++) {
    TargetKind kind = (TargetKind)g_test_rand_int_range(0, 6);
    KpiBetter better = (KpiBetter)g_test_rand_int_range(0, 3);
    double amount = g_test_rand_double_range(1, 1000), high = amount + g_test_rand_double_range(0, 500);
    double actual = g_test_rand_double_range(-500, 3000), step = 1e-7;
    double here = target_score(kind, better, amount, high, actual).score;
    double there = target_score(kind, better, amount, high, actual + step).score;
    assert_true(fabs(there - here) <= 2 * step / amount + 1e-12);
    if (kind == TARGET_BETWEEN) continue;
    assert_true(target_is_lower_better(kind, better) ? there <= here : there >= here);
    assert_int_equal(target_score(kind, better, amount, high, actual).met, here >= 1);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(more_is_better),
      cmocka_unit_test(less_is_better),
      cmocka_unit_test(bands),
      cmocka_unit_test(targets_below_and_at_nothing),
      cmocka_unit_test(changes_against_a_baseline),
      cmocka_unit_test(no_jumps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
