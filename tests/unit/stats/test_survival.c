/* Kaplan-Meier against R 4.2.2 with survival 3.5.3:
 *   f <- survfit(Surv(time, status) ~ 1); quantile(f, p)
 * on the data sets aml (Miller 1981) and lung (Loprinzi et al. 1994) of that package, and a curve worked by hand. R's
 * NA for an end that is not reached is +Inf here. */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

#define N(a) G_N_ELEMENTS(a)

/* aml, x = Maintained, then Nonmaintained; negative: censored. */
static const double aml[] = {9, 13, -13, 18, 23,  -28, 31, 34, -45, 48, -161, 5,
                             5, 8,  8,   12, -16, 23,  27, 30, 33,  43, 45};
#define MAINTAINED 11

/* lung, status 2 is the event. */
static const double lung[] = {
    306,  455,  -1010, 210,  883,  -1022, 310,  361,  218,  166,  170,  654,  728,  71,   567,  144,  613,  707,  61,
    88,   301,  81,    624,  371,  394,   520,  574,  118,  390,  12,   473,  26,   533,  107,  53,   122,  814,  -965,
    93,   731,  460,   153,  433,  145,   583,  95,   303,  519,  643,  765,  735,  189,  53,   246,  689,  65,   5,
    132,  687,  345,   444,  223,  175,   60,   163,  65,   208,  -821, 428,  230,  -840, 305,  11,   132,  226,  426,
    705,  363,  11,    176,  791,  95,    -196, 167,  -806, 284,  641,  147,  -740, 163,  655,  239,  88,   245,  -588,
    30,   179,  310,   477,  166,  -559,  450,  364,  107,  177,  156,  -529, 11,   429,  351,  15,   181,  283,  201,
    524,  13,   212,   524,  288,  363,   442,  199,  550,  54,   558,  207,  92,   60,   -551, -543, 293,  202,  353,
    -511, 267,  -511,  371,  387,  457,   337,  201,  -404, 222,  62,   -458, -356, 353,  163,  31,   340,  229,  -444,
    -315, 182,  156,   329,  -364, 291,   179,  -376, -384, 268,  -292, 142,  -413, -266, 194,  320,  181,  285,  -301,
    348,  197,  -382,  -303, -296, 180,   186,  145,  -269, -300, -284, 350,  -272, -292, -332, 285,  -259, 110,  286,
    270,  81,   131,   -225, 269,  -225,  -243, -279, -276, 135,  79,   59,   -240, -202, -235, 105,  -224, 239,  -237,
    -173, -252, -221,  -185, -92,  13,    -222, -192, 183,  -211, -175, -197, -203, 116,  -188, -191, -105, -174, -177};

static StatsDuration *durations_of(const double *times, gsize n) {
  StatsDuration *durations = g_new(StatsDuration, n);
  for (gsize i = 0; i < n; i++) durations[i] = (StatsDuration){.time = fabs(times[i]), .event = times[i] > 0};
  return durations;
}

static void expect(const double *times, gsize n, double p, double level, double value, double low, double high) {
  g_autofree StatsDuration *durations = durations_of(times, n);
  StatsSurvival result = stats_kaplan_meier_quantile(durations, n, p, level);
  assert_true(result.has_value && result.interval.has_value);
  if (result.value != value || result.interval.low != low || result.interval.high != high)
    fail_msg("p %g of %d: %g from %g to %g, R says %g from %g to %g", p, (int)n, result.value, result.interval.low,
             result.interval.high, value, low, high);
  assert_int_equal(result.n, n);
}

static void aml_as_in_r(void **state) {
  expect(aml, MAINTAINED, 0.25, 0.95, 18, 13, INFINITY);
  expect(aml, MAINTAINED, 0.5, 0.95, 31, 18, INFINITY);
  expect(aml, MAINTAINED, 0.75, 0.95, 48, 34, INFINITY);
  const double *rest = aml + MAINTAINED;
  gsize n = N(aml) - MAINTAINED;
  expect(rest, n, 0.25, 0.95, 8, 5, 30);
  expect(rest, n, 0.5, 0.95, 23, 8, INFINITY);
  expect(rest, n, 0.5, 0.90, 23, 8, 43);
  expect(rest, n, 0.75, 0.95, 33, 27, INFINITY);
  expect(aml, N(aml), 0.25, 0.95, 12, 8, 30);
  /* print(f) gives 27 from 18 to 45. quantile() gives 48 for the end: the upper limit is 0.458 at 45 and rises to 0.462
   * at 48. */
  expect(aml, N(aml), 0.5, 0.95, 27, 18, 45);
  expect(aml, N(aml), 0.75, 0.95, 43, 31, INFINITY);
}

static void lung_as_in_r(void **state) {
  assert_int_equal(N(lung), 228);
  expect(lung, N(lung), 0.1, 0.95, 79, 60, 107);
  expect(lung, N(lung), 0.25, 0.95, 170, 145, 197);
  expect(lung, N(lung), 0.5, 0.95, 310, 285, 363);
  expect(lung, N(lung), 0.75, 0.95, 550, 460, 654);
  g_autofree StatsDuration *durations = durations_of(lung, N(lung));
  assert_int_equal(stats_kaplan_meier_quantile(durations, N(lung), 0.5, 0.95).events, 165);
}

/* R: summary(survfit(Surv(time, status) ~ 1, aml), times = c(4, 5, 12, 23, 45, 161))$surv */
static void curve_of_aml_as_in_r(void **state) {
  static const double at[] = {4, 5, 12, 23, 45, 161};
  static const double survival[] = {
      1, 0.9130434782609, 0.7391304347826, 0.5465838509317, 0.1656314699793, 0.0828157349896};
  g_autofree StatsDuration *durations = durations_of(aml, N(aml));
  for (gsize i = 0; i < N(at); i++)
    assert_true(fabs(stats_kaplan_meier_at(durations, N(aml), at[i]) - survival[i]) < 1e-12);
}

/* Five deals: closed after 10, 20 and 40 days, open since 20 and 50 days.
 *   S(10) = 4/5; at 20 four are at risk, the one still open at 20 included: S(20) = 4/5 * 3/4 = 3/5;
 *   at 40 two are: S(40) = 3/5 * 1/2 = 3/10. */
static void worked_by_hand(void **state) {
  static const double deals[] = {40, -20, 10, -50, 20};
  g_autofree StatsDuration *durations = durations_of(deals, N(deals));
  assert_true(fabs(stats_kaplan_meier_at(durations, N(deals), 9.99) - 1) < 1e-12);
  assert_true(fabs(stats_kaplan_meier_at(durations, N(deals), 10) - 0.8) < 1e-12);
  assert_true(fabs(stats_kaplan_meier_at(durations, N(deals), 39) - 0.6) < 1e-12);
  assert_true(fabs(stats_kaplan_meier_at(durations, N(deals), 1000) - 0.3) < 1e-12);
  assert_true(stats_kaplan_meier_quantile(durations, N(deals), 0.5, 0.95).value == 40);
  assert_false(stats_kaplan_meier_quantile(durations, N(deals), 0.9, 0.95).has_value);
}

/* R: quantile(survfit(Surv(1:4, c(1, 1, 1, 1)) ~ 1), .5) is 2.5 from 1 to NA; with c(1, 1, 0, 0) it is 3 (half-way from
 * 2 to the last duration, 4) from 1 to NA; Surv(c(3, 5, 8)) gives 5 from 3 to NA. */
static void a_flat_stretch_at_the_height_gives_its_middle(void **state) {
  expect((double[]){1, 2, 3, 4}, 4, 0.5, 0.95, 2.5, 1, INFINITY);
  expect((double[]){1, 2, -3, -4}, 4, 0.5, 0.95, 3, 1, INFINITY);
  expect((double[]){3, 5, 8}, 3, 0.5, 0.95, 5, 3, INFINITY);
}

static void empty_censored_and_odd_inputs(void **state) {
  assert_false(stats_kaplan_meier_quantile(NULL, 0, 0.5, 0.95).has_value);
  assert_true(isnan(stats_kaplan_meier_at(NULL, 0, 3)));
  StatsDuration censored[] = {{5, FALSE}, {6, FALSE}};
  StatsSurvival none = stats_kaplan_meier_quantile(censored, 2, 0.5, 0.95);
  assert_false(none.has_value);
  assert_int_equal(none.n, 2);
  assert_int_equal(none.events, 0);
  StatsDuration one[] = {{5, TRUE}};
  StatsSurvival single = stats_kaplan_meier_quantile(one, 1, 0.5, 0.95); /* R: 5, NA, NA */
  assert_true(single.has_value && single.value == 5 && !single.interval.has_value);
  StatsDuration odd[] = {{NAN, TRUE}, {INFINITY, TRUE}, {2, TRUE}, {NAN, FALSE}, {1, TRUE}};
  StatsSurvival rest = stats_kaplan_meier_quantile(odd, 5, 0.3, 0.95);
  assert_int_equal(rest.n, 3);
  assert_true(rest.has_value && rest.value == 1);
  assert_false(stats_kaplan_meier_quantile(one, 1, NAN, 0.95).has_value);
  assert_false(stats_kaplan_meier_quantile(one, 1, 0, 0.95).has_value);
  assert_false(stats_kaplan_meier_quantile(one, 1, 2, 0.95).has_value);
  assert_false(stats_kaplan_meier_quantile(one, 1, 0.5, NAN).interval.has_value);
  assert_true(isnan(stats_kaplan_meier_at(one, 1, NAN)));
}

/* Without censoring the curve is 1 - the share of durations so far, whatever their order. */
static void without_censoring_it_is_the_empirical_curve(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  for (int run = 0; run < 300; run++) {
    StatsDuration durations[40];
    gsize n = (gsize)g_rand_int_range(random, 1, 41);
    for (gsize i = 0; i < n; i++) durations[i] = (StatsDuration){g_rand_int_range(random, 0, 20), TRUE};
    for (int t = -1; t <= 20; t++) {
      gsize past = 0;
      for (gsize i = 0; i < n; i++) past += durations[i].time <= t;
      double expected = 1 - (double)past / (double)n;
      assert_true(fabs(stats_kaplan_meier_at(durations, n, t) - expected) < 1e-12);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(aml_as_in_r),
      cmocka_unit_test(lung_as_in_r),
      cmocka_unit_test(curve_of_aml_as_in_r),
      cmocka_unit_test(worked_by_hand),
      cmocka_unit_test(a_flat_stretch_at_the_height_gives_its_middle),
      cmocka_unit_test(empty_censored_and_odd_inputs),
      cmocka_unit_test(without_censoring_it_is_the_empirical_curve),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
