/* Points and scores, by hand and by Ambition's example. */
#include "scorecard/rule.h"
#include "unit.h"

#include <math.h>

static KpiDefinition more = {.name = "more", .better = KPI_HIGHER};
static KpiDefinition less = {.name = "less", .better = KPI_LOWER};

static void assert_close(double expected, double value) {
  if (!(fabs(expected - value) <= 1e-9 * MAX(fabs(expected), 1)))
    fail_msg("expected %.12g, got %.12g", expected, value);
}

/* An ended target to reach. */
static TargetStanding reach(const KpiDefinition *kpi, TargetVersion *version, double amount, double actual) {
  *version = (TargetVersion){.terms = {.kind = TARGET_REACH, .has_kind = TRUE}};
  TargetStanding standing = {
      .version = version, .kpi = kpi, .phase = TARGET_ENDED, .has_amount = TRUE, .amount = amount, .has_score = TRUE};
  standing.actual = (QueryValue){.has_value = TRUE, .value = actual};
  standing.score = target_score(TARGET_REACH, kpi->better, amount, 0, actual);
  standing.share = 1;
  return standing;
}

static double points_of(const TargetStanding *standing, double cap) {
  double points = -1;
  assert_true(scorecard_points(standing, cap, &points));
  return points;
}

/* 2 of 4 at a weight of 20, 40,000 of 20,000 at 80: 0.5 × 20 + 2 × 80 = 170. */
static void as_ambition_scores(void **state) {
  TargetVersion version;
  TargetStanding demos = reach(&more, &version, 4, 2), sales = reach(&more, &version, 20000, 40000);
  ScorecardSum sum = {0};
  scorecard_sum_add(&sum, 20, points_of(&demos, 200));
  scorecard_sum_add(&sum, 80, points_of(&sales, 200));
  double score;
  assert_true(scorecard_sum_score(&sum, &score));
  assert_close(170, score);
  assert_int_equal(2, sum.n);
}

/* Five times the target is 500 points without a cap; three times what was to be had at most is -100. */
static void limits(void **state) {
  TargetVersion version;
  TargetStanding far = reach(&more, &version, 10, 50), worse = reach(&less, &version, 10, 30);
  assert_close(200, points_of(&far, 200));
  assert_close(150, points_of(&far, 150));
  assert_close(0, points_of(&worse, 200));
  TargetStanding none = reach(&less, &version, 10, 0);
  assert_close(200, points_of(&none, 200));
}

/* 30 of 120 when a quarter of it is due: on time. Of at most 12, 6 came when half of it may have come: on time. */
static void while_it_runs(void **state) {
  TargetVersion version;
  TargetStanding running = reach(&more, &version, 120, 30);
  running.phase = TARGET_RUNNING;
  running.has_due = TRUE;
  running.share = 0.25;
  assert_close(100, points_of(&running, 200));
  running.share = 0;
  double points;
  assert_false(scorecard_points(&running, 200, &points));
  TargetStanding limit = reach(&less, &version, 12, 6);
  limit.phase = TARGET_RUNNING;
  limit.has_due = TRUE;
  limit.share = 0.5;
  assert_close(100, points_of(&limit, 200));
  limit.has_due = FALSE; /* a rate: it stands against all of its target */
  assert_close(150, points_of(&limit, 200));
}

static void a_band(void **state) {
  TargetVersion version;
  TargetStanding band = reach(&more, &version, 20, 15);
  version.terms.kind = TARGET_BETWEEN;
  band.amount_high = 30;
  assert_close(75, points_of(&band, 200));
  band.actual.value = 25;
  assert_close(100, points_of(&band, 200));
}

/* Of a target of 0 there is no share; without a value there are no points; weights of 0 do not count. */
static void nothing_to_score(void **state) {
  TargetVersion version;
  TargetStanding zero = reach(&less, &version, 0, 0);
  assert_close(100, points_of(&zero, 200));
  TargetStanding one = reach(&less, &version, 0, 1);
  assert_close(0, points_of(&one, 200));
  TargetStanding empty = reach(&more, &version, 10, 5);
  empty.has_score = FALSE;
  double points, score;
  assert_false(scorecard_points(&empty, 200, &points));
  ScorecardSum sum = {0};
  scorecard_sum_add(&sum, 0, 50);
  assert_false(scorecard_sum_score(&sum, &score));
  scorecard_sum_add(&sum, 2, 80);
  assert_true(scorecard_sum_score(&sum, &score));
  assert_close(80, score);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_ambition_scores), cmocka_unit_test(limits),
      cmocka_unit_test(while_it_runs),      cmocka_unit_test(a_band),
      cmocka_unit_test(nothing_to_score),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
