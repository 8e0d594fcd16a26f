/* How periods finish from a position: by hand, by an independent program, and on companies whose truth is known. */
#include "../unit.h"
#include "pace/model.h"

#include <math.h>

#define MEMBERS 25
#define WINDOWS 10
#define BINS    10

static void assert_near(double expected, double value, double tolerance) {
  if (!(fabs(expected - value) <= tolerance)) fail_msg("expected %.6f, got %.6f", expected, value);
}

static PacePast window(double at, double outcome) {
  return (PacePast){TRUE, TRUE, at, outcome};
}

/* --- by hand --- */

/* Nothing can be said from three errors; four windows make three, for the first is foretold by none. */
static void too_little_history(void **state) {
  PacePast past[5] = {window(1, 4), window(1, 9), window(1, 4), window(1, 9), window(1, 4)};
  PaceFinish finish;
  g_autoptr(PaceModel) short_one = pace_model_new(PACE_ADDS_UP, FALSE, past, 1, 4);
  assert_false(pace_model_finish(short_one, 0, TRUE, 1, &finish));
  g_autoptr(PaceModel) enough = pace_model_new(PACE_ADDS_UP, FALSE, past, 1, 5);
  assert_true(pace_model_finish(enough, 0, TRUE, 1, &finish));
  assert_int_equal(4, finish.n_own);
  assert_int_equal(0, finish.n_peers);
}

/* Who always sold 100 more after this day will end 100 higher, and is not sure to end 101 higher. What is there cannot
 * be lost; of a whole number the number itself counts as reached. */
static void constant_rest(void **state) {
  PacePast past[12];
  for (int w = 0; w < 12; w++) past[w] = window(50, 100);
  g_autoptr(PaceModel) model = pace_model_new(PACE_ADDS_UP, TRUE, past, 1, 12);
  PaceFinish finish;
  assert_true(pace_model_finish(model, 0, TRUE, 70, &finish));
  assert_near(170, pace_finish_quantile(&finish, 0.5), 1e-6);
  assert_true(pace_finish_at_least(&finish, 170) > 0.9);
  assert_true(pace_finish_at_least(&finish, 172) < 0.1);
  assert_near(1, pace_finish_at_least(&finish, 70), 0);
  assert_near(0, pace_finish_at_most(&finish, 69), 0);
}

/* Returns make less of what is there: then even what is reached is not certain. */
static void what_can_be_lost(void **state) {
  PacePast past[12];
  for (int w = 0; w < 12; w++) past[w] = window(50, w % 3 == 0 ? -10 : 20);
  g_autoptr(PaceModel) model = pace_model_new(PACE_ADDS_UP, FALSE, past, 1, 12);
  PaceFinish finish;
  assert_true(pace_model_finish(model, 0, TRUE, 70, &finish));
  double chance = pace_finish_at_least(&finish, 70);
  assert_true(chance > 0.5 && chance < 0.9);
}

/* More is less likely, and the quantiles are where the chances say. */
static void chances_and_quantiles_agree(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  PacePast past[6 * 12];
  for (int i = 0; i < 6 * 12; i++)
    past[i] = window(g_rand_double_range(random, 0, 50), g_rand_double_range(random, 0, 100));
  g_autoptr(PaceModel) model = pace_model_new(PACE_ADDS_UP, FALSE, past, 6, 12);
  for (guint m = 0; m < 6; m++) {
    PaceFinish finish;
    assert_true(pace_model_finish(model, m, TRUE, 30, &finish));
    double last = 1;
    for (double amount = 0; amount < 300; amount += 3) {
      double chance = pace_finish_at_least(&finish, amount);
      assert_true(chance <= last + 1e-12);
      if (amount > 30) assert_near(1, chance + pace_finish_at_most(&finish, amount), 1e-9);
      last = chance;
    }
    for (double p = 0.1; p < 0.95; p += 0.1)
      assert_near(p, pace_finish_at_most(&finish, pace_finish_quantile(&finish, p)), 1e-4);
  }
}

/* --- shrinking --- */

/* Nine members end around 100; a tenth had one window of 400. Where members differ little from one another and much
 * from window to window, one window says little; foretold is near the peers' 100. */
static void short_histories_go_by_their_peers(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(3);
  PacePast past[10 * 12] = {{0}};
  for (int m = 0; m < 9; m++)
    for (int w = 0; w < 12; w++) past[m * 12 + w] = window(0, g_rand_double_range(random, 20, 180));
  past[9 * 12 + 11] = window(0, 400);
  g_autoptr(PaceModel) model = pace_model_new(PACE_ADDS_UP, FALSE, past, 10, 12);
  PaceFinish finish;
  assert_true(pace_model_finish(model, 9, TRUE, 0, &finish));
  assert_int_equal(1, finish.n_own);
  double middle = pace_finish_quantile(&finish, 0.5);
  assert_true(middle > 60 && middle < 160);
  /* Where each member keeps to a level of their own, one window says much. */
  for (int m = 0; m < 9; m++)
    for (int w = 0; w < 12; w++) past[m * 12 + w] = window(0, 40 * (m + 1) + g_rand_double_range(random, -5, 5));
  g_autoptr(PaceModel) apart = pace_model_new(PACE_ADDS_UP, FALSE, past, 10, 12);
  assert_true(pace_model_finish(apart, 9, TRUE, 0, &finish));
  assert_near(400, pace_finish_quantile(&finish, 0.5), 30);
}

/* --- calibration --- */

/* Knuth 1969: multiplying uniform numbers. */
static int poisson(GRand *random, double mean) {
  double limit = exp(-mean), product = g_rand_double(random);
  int n = 0;
  for (; product > limit; n++) product *= g_rand_double(random);
  return n;
}

/* Deals of one worth or another: half of them three times as much as the rest. */
static double sum_of_deals(GRand *random, double mean, gboolean in_money) {
  int n = poisson(random, mean);
  double sum = 0;
  for (int i = 0; i < n; i++) sum += !in_money ? 1 : g_rand_boolean(random) ? 15000 : 5000;
  return sum;
}

typedef struct {
  double chance[BINS], made[BINS];
  int n[BINS];
  double squares, of_base;
  int n_all;
} Reliability;

/* A company whose members sell at a pace of their own that drifts, with good and bad periods; 60 % of a period is over.
 * The targets are spread around what each usually does. */
static void simulate(GRand *random, gboolean in_money, Reliability *reliability) {
  g_autofree PacePast *past = g_new(PacePast, MEMBERS * WINDOWS);
  double at[MEMBERS], end[MEMBERS], pace[MEMBERS];
  for (int m = 0; m < MEMBERS; m++) pace[m] = exp(g_rand_double_range(random, 0, 2.5));
  for (int w = 0; w <= WINDOWS; w++)
    for (int m = 0; m < MEMBERS; m++) {
      pace[m] *= exp(g_rand_double_range(random, -0.15, 0.15));
      double good = exp(g_rand_double_range(random, -0.3, 0.3));
      double early = sum_of_deals(random, 0.6 * pace[m] * good, in_money);
      double late = sum_of_deals(random, 0.4 * pace[m] * good, in_money);
      if (w < WINDOWS) past[m * WINDOWS + w] = window(early, late);
      at[m] = early;
      end[m] = early + late;
    }
  g_autoptr(PaceModel) model = pace_model_new(PACE_ADDS_UP, !in_money, past, MEMBERS, WINDOWS);
  for (int m = 0; m < MEMBERS; m++) {
    PaceFinish finish;
    assert_true(pace_model_finish(model, (guint)m, TRUE, at[m], &finish));
    double usual = pace[m] * (in_money ? 10000 : 1);
    double target = ceil(usual * g_rand_double_range(random, 0.4, 1.6));
    if (target <= at[m]) continue;
    double chance = pace_finish_at_least(&finish, target);
    gboolean made = end[m] >= target;
    int bin = CLAMP((int)(chance * BINS), 0, BINS - 1);
    reliability->chance[bin] += chance;
    reliability->made[bin] += made;
    reliability->n[bin]++;
    reliability->squares += (chance - made) * (chance - made);
    reliability->n_all++;
  }
}

static void check_reliability(const Reliability *reliability) {
  double made = 0;
  for (int b = 0; b < BINS; b++) {
    made += reliability->made[b];
    if (reliability->n[b] < 200) continue;
    double said = reliability->chance[b] / reliability->n[b], came = reliability->made[b] / reliability->n[b];
    double error = sqrt(said * (1 - said) / reliability->n[b]);
    print_message("  given %4.1f %%: made %4.1f %% of %d\n", 100 * said, 100 * came, reliability->n[b]);
    assert_near(said, came, 0.04 + 3 * error);
  }
  double base = made / reliability->n_all, brier = reliability->squares / reliability->n_all;
  print_message("  Brier %.3f, of the base rate alone %.3f\n", brier, base * (1 - base));
  assert_true(brier < 0.8 * base * (1 - base));
}

static void chances_are_calibrated(void **state) {
  for (int in_money = 0; in_money <= 1; in_money++) {
    g_autoptr(GRand) random = g_rand_new_with_seed(20261122);
    Reliability reliability = {.n_all = 0};
    for (int company = 0; company < 300; company++) simulate(random, in_money, &reliability);
    check_reliability(&reliability);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(too_little_history),
      cmocka_unit_test(constant_rest),
      cmocka_unit_test(what_can_be_lost),
      cmocka_unit_test(chances_and_quantiles_agree),
      cmocka_unit_test(short_histories_go_by_their_peers),
      cmocka_unit_test(chances_are_calibrated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
