/* Quantiles of all nine types against R 4.2.2: quantile(x, p, type = t), printed to 12 digits; intervals against
 * qbinom. */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

/* Of values in any order: they are given from the last to the first, then turned about their middle. */
static StatsQuantile of_disordered(const double *x, gsize n, double p, int type, double level) {
  g_autofree double *values = g_new(double, n + 1);
  for (gsize i = 0; i < n; i++) values[(n - i + n / 2) % n] = x[i];
  StatsQuantile result = stats_quantile(values, n, p, type, level);
  gsize n_kept = 0;
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < n; j++)
      if (values[j] == x[i]) {
        n_kept++;
        break;
      }
  assert_int_equal(n_kept, n);
  return result;
}

static double quantile(const double *x, gsize n, double p, int type) {
  return of_disordered(x, n, p, type, 0.95).value;
}

static StatsInterval interval(const double *x, gsize n, double p, double level) {
  return of_disordered(x, n, p, 7, level).interval;
}

static void agrees_with_r(const double *x, gsize n, double p, const double *expected) {
  for (int type = 1; type <= 9; type++) {
    double value = quantile(x, n, p, type);
    if (fabs(value - expected[type - 1]) > 1e-10)
      fail_msg("type %d, p %g: %.12g, R says %.12g", type, p, value, expected[type - 1]);
  }
}

static void nine_types_of_eight_values(void **state) {
  static const double x[] = {2.5, 3, 7, 8, 8, 13, 21, 40};
  static const struct {
    double p, by_type[9];
  } cases[] = {
      {0, {2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5}},
      {0.1, {2.5, 2.5, 2.5, 2.5, 2.65, 2.5, 2.85, 2.58333333333333, 2.6}},
      {0.25, {3, 5, 3, 3, 5, 4, 6, 4.66666666666667, 4.75}},
      {0.5, {8, 8, 8, 8, 8, 8, 8, 8, 8}},
      {0.75, {13, 17, 13, 13, 17, 19, 15, 17.6666666666667, 17.5}},
      {0.9, {40, 40, 21, 24.8, 34.3, 40, 26.7, 36.8333333333333, 36.2}},
      {1, {40, 40, 40, 40, 40, 40, 40, 40, 40}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) agrees_with_r(x, G_N_ELEMENTS(x), cases[i].p, cases[i].by_type);
}

static void nine_types_of_one_to_ten(void **state) {
  static const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  static const struct {
    double p, by_type[9];
  } cases[] = {
      {0.05, {1, 1, 1, 1, 1, 1, 1.45, 1, 1}},
      {0.25, {3, 3, 2, 2.5, 3, 2.75, 3.25, 2.91666666666667, 2.9375}},
      {0.3, {3, 3.5, 3, 3, 3.5, 3.3, 3.7, 3.43333333333333, 3.45}},
      {0.5, {5, 5.5, 5, 5, 5.5, 5.5, 5.5, 5.5, 5.5}},
      {0.95, {10, 10, 10, 9.5, 10, 10, 9.55, 10, 10}},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) agrees_with_r(x, G_N_ELEMENTS(x), cases[i].p, cases[i].by_type);
}

static void odd_inputs_are_safe(void **state) {
  const double one[] = {7}, infinite[] = {-INFINITY, 1, INFINITY};
  for (int type = 0; type <= 10; type++) {
    assert_true(isnan(quantile(one, 0, 0.5, type)));
    assert_true(isnan(quantile(one, 1, NAN, type)));
    assert_true(quantile(one, 1, 0.5, type) == 7);
    assert_true(quantile(one, 1, -3, type) == 7);
    assert_true(quantile(infinite, 3, 1, type) == INFINITY);
    assert_true(quantile(infinite, 3, 0, type) == -INFINITY);
  }
  assert_true(quantile(infinite, 3, 0.5, 7) == 1);
  const double equal[] = {0.1, 0.1, 0.1};
  assert_true(quantile(equal, 3, 0.3, 7) == 0.1);
}

/* A quantile lies among the values, rises with p, and moves with the values. */
static void quantiles_rise_and_follow_the_values(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  for (int run = 0; run < 500; run++) {
    double x[30], shifted[30];
    gsize n = (gsize)g_rand_int_range(random, 1, 31);
    for (gsize i = 0; i < n; i++) x[i] = (i > 0 ? x[i - 1] : 0) + g_rand_int_range(random, 0, 9);
    for (gsize i = 0; i < n; i++) shifted[i] = x[i] + 1000;
    for (int type = 1; type <= 9; type++)
      for (int step = 0; step <= 40; step++) {
        double q = quantile(x, n, step / 40.0, type);
        assert_true(q >= x[0] && q <= x[n - 1]);
        assert_true(fabs(quantile(shifted, n, step / 40.0, type) - q - 1000) < 1e-9);
        if (step > 0) assert_true(q >= quantile(x, n, (step - 1) / 40.0, type));
      }
  }
}

/* R: c(qbinom(.025, 20, .5), qbinom(.975, 20, .5) + 1) is 6 15; for 100 and .9 it is 84 96. For 10 and .5, pbinom(1,
 * 10, .5) is 0.0107 and pbinom(2, 10, .5) is 0.0547: the second and the ninth. */
static void intervals_are_order_statistics(void **state) {
  double x[100];
  for (int i = 0; i < 100; i++) x[i] = i + 1;
  StatsInterval median = interval(x, 20, 0.5, 0.95);
  assert_true(median.has_value && median.low == 6 && median.high == 15);
  StatsInterval ninth = interval(x, 100, 0.9, 0.95);
  assert_true(ninth.has_value && ninth.low == 84 && ninth.high == 96);
  StatsInterval ten = interval(x, 10, 0.5, 0.95);
  assert_true(ten.has_value && ten.low == 2 && ten.high == 9);
  /* Of two values none is below the median with 1/4 and both with 1/4: they hold it with exactly 50 %. */
  StatsInterval two = interval(x, 2, 0.5, 0.5);
  assert_true(two.has_value && two.low == 1 && two.high == 2);
}

/* (1/2)^5 = 3.1 % and (1/2)^6 = 1.6 %: six values are the fewest whose ends hold the median with 95 %. */
static void too_few_values_have_no_interval(void **state) {
  const double x[] = {1, 2, 3, 4, 5, 6};
  assert_false(interval(x, 0, 0.5, 0.95).has_value);
  assert_false(interval(x, 5, 0.5, 0.95).has_value);
  StatsInterval six = interval(x, 6, 0.5, 0.95);
  assert_true(six.has_value && six.low == 1 && six.high == 6);
  assert_false(interval(x, 6, 0.9, 0.95).has_value);
  assert_false(interval(x, 6, 0, 0.95).has_value);
  assert_false(interval(x, 6, 1, 0.95).has_value);
  assert_false(interval(x, 6, NAN, 0.95).has_value);
  assert_false(interval(x, 6, 0.5, NAN).has_value);
}

/* Whatever is found first, the rest is what full sorting says: with repeated values, and of many sizes, whose ranks are
 * remembered. */
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void selecting_is_as_good_as_sorting(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  for (int run = 0; run < 400; run++) {
    gsize n = (gsize)g_rand_int_range(random, 1, 3000);
    g_autofree double *x = g_new(double, n), *sorted = g_new(double, n);
    gint32 different = g_rand_int_range(random, 1, 2000);
    for (gsize i = 0; i < n; i++) sorted[i] = x[i] = g_rand_int_range(random, 0, different);
    qsort(sorted, n, sizeof *sorted, ascending);
    StatsQuantile found = stats_quantile(x, n, 0.5, 7, 0.95);
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    assert_true(fabs(found.value - median) < 1e-9);
    if (!found.interval.has_value) continue;
    assert_true(found.interval.low <= median && median <= found.interval.high);
    /* The binomial of a half is symmetric: the ends are as far from the first as from the last. */
    gsize rank = 0;
    while (rank < n && !(sorted[rank] == found.interval.low && sorted[n - 1 - rank] == found.interval.high)) rank++;
    assert_true(rank < n);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nine_types_of_eight_values),
      cmocka_unit_test(nine_types_of_one_to_ten),
      cmocka_unit_test(odd_inputs_are_safe),
      cmocka_unit_test(quantiles_rise_and_follow_the_values),
      cmocka_unit_test(intervals_are_order_statistics),
      cmocka_unit_test(selecting_is_as_good_as_sorting),
      cmocka_unit_test(too_few_values_have_no_interval),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
