/* Random numbers against the published generator, the C library's exp and log, and the moments of the distributions. */
#include "../unit.h"
#include "demo/random.h"

#include <math.h>

#define N 200000

/* First outputs of xoshiro256** from the state 1, 2, 3, 4: the reference implementation at prng.di.unimi.it, run by
 * hand for the first: rotl(2 * 5, 7) * 9 = 1280 * 9 = 11520. */
static void generator_is_xoshiro256starstar(void **state) {
  static const guint64 expected[] = {11520,
                                     0,
                                     1509978240,
                                     G_GUINT64_CONSTANT(1215971899390074240),
                                     G_GUINT64_CONSTANT(1216172134540287360),
                                     G_GUINT64_CONSTANT(607988272756665600)};
  DemoRandom random = {{1, 2, 3, 4}};
  for (guint i = 0; i < G_N_ELEMENTS(expected); i++) assert_true(demo_random_next(&random) == expected[i]);
}

static void streams_differ_by_seed_kind_and_index(void **state) {
  DemoRandom a, b;
  demo_random_init(&a, 1, DEMO_STREAM_DEAL, 5);
  demo_random_init(&b, 1, DEMO_STREAM_DEAL, 5);
  assert_true(demo_random_next(&a) == demo_random_next(&b));
  demo_random_init(&a, 1, DEMO_STREAM_DEAL, 5);
  demo_random_init(&b, 2, DEMO_STREAM_DEAL, 5);
  assert_false(demo_random_next(&a) == demo_random_next(&b));
  demo_random_init(&a, 1, DEMO_STREAM_DEAL, 5);
  demo_random_init(&b, 1, DEMO_STREAM_LEAD, 5);
  assert_false(demo_random_next(&a) == demo_random_next(&b));
  demo_random_init(&a, 1, DEMO_STREAM_DEAL, 5);
  demo_random_init(&b, 1, DEMO_STREAM_DEAL, 6);
  assert_false(demo_random_next(&a) == demo_random_next(&b));
}

static void exp_and_log_agree_with_the_c_library(void **state) {
  for (double x = -40; x <= 40; x += 0.037) assert_true(fabs(demo_exp(x) - exp(x)) <= 1e-13 * exp(x));
  for (double x = 1e-12; x < 1e12; x *= 1.37) assert_true(fabs(demo_log(x) - log(x)) <= 1e-13 * (1 + fabs(log(x))));
  assert_true(demo_exp(-1000) == 0);
  assert_true(fabs(demo_logistic(0) - 0.5) < 1e-15);
}

/* Mean and variance of N draws, each within five standard errors of what the distribution has. */
static void assert_moments(double (*draw)(DemoRandom *), double mean, double variance, double fourth_moment) {
  DemoRandom random;
  demo_random_init(&random, 42, DEMO_STREAM_COMPANY, 0);
  double sum = 0, squares = 0;
  for (int i = 0; i < N; i++) {
    double x = draw(&random);
    sum += x;
    squares += (x - mean) * (x - mean);
  }
  assert_true(fabs(sum / N - mean) < 5 * sqrt(variance / N));
  assert_true(fabs(squares / N - variance) < 5 * sqrt((fourth_moment - variance * variance) / N));
}

static double draw_exponential(DemoRandom *random) {
  return demo_random_exponential(random, 3);
}

static double draw_poisson(DemoRandom *random) {
  return demo_random_poisson(random, 2.5);
}

static double draw_below(DemoRandom *random) {
  return demo_random_below(random, 6);
}

/* Fourth central moments: normal 3, exponential 9 m^4, Poisson m (1 + 3 m), a die's from its six values. */
static void distributions_have_their_moments(void **state) {
  assert_moments(demo_random_normal, 0, 1, 3);
  assert_moments(draw_exponential, 3, 9, 9 * 81);
  assert_moments(draw_poisson, 2.5, 2.5, 2.5 * (1 + 3 * 2.5));
  assert_moments(draw_below, 2.5, 35.0 / 12, 2 * (39.0625 + 5.0625 + 0.0625) / 6);
}

static void pick_follows_the_weights(void **state) {
  static const double weights[] = {0, 1, 0, 3, 0};
  int counts[5] = {0};
  DemoRandom random;
  demo_random_init(&random, 7, DEMO_STREAM_COMPANY, 0);
  for (int i = 0; i < N; i++) counts[demo_random_pick(&random, weights, 5)]++;
  assert_int_equal(counts[0] + counts[2] + counts[4], 0);
  assert_true(fabs((double)counts[3] / N - 0.75) < 5 * sqrt(0.75 * 0.25 / N));
}

static void between_reaches_both_ends(void **state) {
  gboolean low = FALSE, high = FALSE;
  DemoRandom random;
  demo_random_init(&random, 7, DEMO_STREAM_COMPANY, 0);
  for (int i = 0; i < 1000; i++) {
    int x = demo_random_between(&random, -3, 4);
    assert_in_range(x + 3, 0, 7);
    low = low || x == -3;
    high = high || x == 4;
  }
  assert_true(low && high);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(generator_is_xoshiro256starstar),
      cmocka_unit_test(streams_differ_by_seed_kind_and_index),
      cmocka_unit_test(exp_and_log_agree_with_the_c_library),
      cmocka_unit_test(distributions_have_their_moments),
      cmocka_unit_test(pick_follows_the_weights),
      cmocka_unit_test(between_reaches_both_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
