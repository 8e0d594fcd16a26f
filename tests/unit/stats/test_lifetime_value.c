/* BG/NBD and Gamma-Gamma against the numbers that their paper prints, against R, and against customers made by them.
 *
 * R 4.2.2, written apart from the source: likelihoods with lbeta(), parameters by optim(), expected purchases by
 * integrate() over the unknown p. `h` is the table of made_customers(), whose recurrence in whole numbers R ran too
 * (Park & Miller's generator with 48271: 48271 s < 2^53, so R's numbers hold it exactly).
 *
 *   ll <- function(r, al, a, b) with(h, sum(log(
 *     exp(lgamma(r+x)-lgamma(r)+r*log(al)-(r+x)*log(al+T) + lbeta(a,b+x)-lbeta(a,b)) +
 *     ifelse(x>0, exp(lgamma(r+x)-lgamma(r)+r*log(al)-(r+x)*log(al+tx) + lbeta(a+1,b+x-1)-lbeta(a,b)), 0))))
 *   optim(log(c(1,100,1,1)), ...) by BFGS and Nelder-Mead in turn until nothing is gained (reltol 1e-16)
 *   gg <- function(p, q, g) with(h[h$x>0,], sum(lgamma(p*x+q)-lgamma(p*x)-lgamma(q)+q*log(g)+(p*x-1)*log(m)+
 *     p*x*log(x)-(p*x+q)*log(g+m*x)))
 *   alive <- if (x==0) 1 else 1/(1+a/(b+x-1)*((al+T)/(al+tx))^(r+x))
 *   EY <- alive * integrate(function(p) -expm1(-(r+x)*log1p(p*t/(al+T)))/p * dbeta(p, a, b+x), 0, 1)
 *     with p = w^(1/min(a, 1)), which takes away the density's pole */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

#define N_MADE 200

static void expect(const char *what, double value, double expected, double relative) {
  if (!(fabs(value - expected) <= relative * fabs(expected)))
    fail_msg("%s is %.12g, expected %.12g", what, value, expected);
}

static guint next_of(guint64 *state, guint n) {
  *state = *state * 48271 % 2147483647;
  return (guint)(*state % n);
}

static void made_customers(StatsCustomer *customers) {
  static const guint waits[] = {15, 40, 90, 200}, leaves[] = {5, 15, 30, 60}, prices[] = {8, 12, 20, 45};
  guint64 state = 20050101;
  for (guint i = 0; i < N_MADE; i++) {
    guint age = 30 + next_of(&state, 300), wait = waits[next_of(&state, 4)], leave = leaves[next_of(&state, 4)];
    guint price = prices[next_of(&state, 4)], at = 0, sum = 0;
    StatsCustomer customer = {.age = age};
    for (;;) {
      at += 1 + next_of(&state, wait);
      if (at > age) break;
      customer.repeats++;
      customer.recency = at;
      sum += 1 + next_of(&state, 2 * price);
      if (next_of(&state, 100) < leave) break;
    }
    if (customer.repeats > 0) customer.mean_value = (double)sum / customer.repeats;
    customers[i] = customer;
  }
}

static const StatsBgNbd cdnow = {TRUE, 0.243, 4.414, 0.793, 2.426, 0};

/* Fader, Hardie & Lee 2005 print 1.226 for the first, with the parameters of CDNOW in weeks (table 2); the rest is R.
 */
static void purchases_of_cdnow_customers(void **state) {
  const StatsCustomer paper = {2, 30.43, 38.86, 1}, once = {0, 0, 38.86, 0}, new = {0, 0, 0, 0},
                      gone = {1, 5, 38.86, 1}, busy = {26, 30.86, 31, 1};
  assert_true(fabs(stats_bgnbd_purchases(&cdnow, &paper, 39) - 1.226) < 0.0005);
  expect("paper", stats_bgnbd_purchases(&cdnow, &paper, 39), 1.22602817477, 1e-9);
  expect("once", stats_bgnbd_purchases(&cdnow, &once, 39), 0.195098052011, 1e-9);
  expect("new", stats_bgnbd_purchases(&cdnow, &new, 39), 1.19672319332, 1e-9);
  expect("busy", stats_bgnbd_purchases(&cdnow, &busy, 39), 20.7497261409, 1e-9);
  expect("gone", stats_bgnbd_purchases(&cdnow, &gone, 39), 0.301556224815, 1e-9);
  expect("alive", stats_bgnbd_alive(&cdnow, &paper), 0.726578570081, 1e-9);
  expect("alive busy", stats_bgnbd_alive(&cdnow, &busy), 0.968915649718, 1e-9);
  expect("alive gone", stats_bgnbd_alive(&cdnow, &gone), 0.314785771221, 1e-9);
  assert_true(stats_bgnbd_alive(&cdnow, &once) == 1);
  assert_true(stats_bgnbd_purchases(&cdnow, &paper, 0) == 0);
}

/* At a = 1 the paper's form is 0 / 0; with many purchases its 2F1 is beyond 1e300. */
static void purchases_where_the_closed_form_fails(void **state) {
  const StatsBgNbd at_one = {TRUE, 0.5, 10, 1, 3, 0}, poles = {TRUE, 0.5, 10, 2, 0.5, 0},
                   big = {TRUE, 30, 10, 0.01, 5, 0};
  expect("a = 1", stats_bgnbd_purchases(&at_one, &(StatsCustomer){4, 20, 30, 1}, 10), 0.645761971389, 1e-9);
  expect("a = 2", stats_bgnbd_purchases(&poles, &(StatsCustomer){1, 20, 30, 1}, 100), 0.197023075573, 1e-9);
  expect("big", stats_bgnbd_purchases(&big, &(StatsCustomer){100, 29, 30, 1}, 100), 321.357474976, 1e-8);
}

static void fit_as_in_r(void **state) {
  StatsCustomer customers[N_MADE];
  made_customers(customers);
  const StatsBgNbd given = {TRUE, 0.8, 40, 0.9, 2.5, 0};
  expect("log-likelihood", stats_bgnbd_log_likelihood(&given, customers, N_MADE), -2976.21611748, 1e-11);
  StatsBgNbd buying = stats_bgnbd_fit(customers, N_MADE);
  assert_true(buying.has_value);
  expect("best log-likelihood", buying.log_likelihood, -2924.51697021, 1e-11);
  expect("r", buying.r, 1.43975687328, 1e-3);
  expect("alpha", buying.alpha, 32.8589834161, 1e-3);
  expect("a", buying.a, 1.30997495456, 1e-3);
  expect("b", buying.b, 4.11698960364, 1e-3);
  StatsGammaGamma spending = stats_gamma_gamma_fit(customers, N_MADE);
  assert_true(spending.has_value);
  expect("p", spending.p, 2.02951819494, 1e-3);
  expect("q", spending.q, 3.02648783889, 1e-3);
  expect("gamma", spending.gamma, 22.9535218929, 1e-3);
  StatsLifetimeValue year = stats_lifetime_value(customers, N_MADE, 365.25, 0);
  assert_true(year.has_value && year.n == N_MADE);
  expect("value", year.value, 52.1158043935, 1e-4);
  expect("at 10 %", stats_lifetime_value(customers, N_MADE, 365.25, 0.1).value, 49.974054715, 1e-4);
}

/* With p = 6.25, q = 3.74, gamma = 15.44 (CDNOW, Fader, Hardie & Lee 2005, JMR): of a customer without repeats
 * p gamma / (q - 1) = 96.5 / 2.74; of three purchases of 50 each 6.25 (15.44 + 150) / (18.75 + 2.74). */
static void mean_amount_by_hand(void **state) {
  const StatsGammaGamma model = {TRUE, 6.25, 3.74, 15.44};
  expect("of all", stats_gamma_gamma_mean(&model, &(StatsCustomer){0, 0, 10, 0}), 35.2189781, 1e-8);
  expect("of 50s", stats_gamma_gamma_mean(&model, &(StatsCustomer){3, 5, 10, 50}), 48.1154025, 1e-8);
}

static double normal(GRand *rand) {
  return sqrt(-2 * log(1 - g_rand_double(rand))) * cos(2 * G_PI * g_rand_double(rand));
}

/* Marsaglia & Tsang 2000. */
static double gamma_of(GRand *rand, double shape) {
  if (shape < 1) return gamma_of(rand, shape + 1) * pow(1 - g_rand_double(rand), 1 / shape);
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double x = normal(rand), v = pow(1 + c * x, 3);
    if (v > 0 && log(1 - g_rand_double(rand)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

/* One customer as the two models tell it, and the value of what it buys in the `after` that follow. */
static StatsCustomer simulated(GRand *rand, const StatsBgNbd *buying, const StatsGammaGamma *spending, double age,
                               double after, double *later) {
  double rate = gamma_of(rand, buying->r) / buying->alpha, x = gamma_of(rand, buying->a);
  double leave = x / (x + gamma_of(rand, buying->b)), scale = gamma_of(rand, spending->q) / spending->gamma, sum = 0;
  StatsCustomer customer = {.age = age};
  *later = 0;
  for (double at = 0;;) {
    at += -log(1 - g_rand_double(rand)) / rate;
    if (at > age + after) break;
    double value = gamma_of(rand, spending->p) / scale;
    if (at <= age) {
      customer.repeats++;
      customer.recency = at;
      sum += value;
    } else {
      *later += value;
    }
    if (g_rand_double(rand) < leave) break;
  }
  if (customer.repeats > 0) customer.mean_value = sum / customer.repeats;
  return customer;
}

/* 20,000 customers: the standard errors are about 3 % of r, alpha, a and 6 % of b; the bands are three of them. Then
 * the year that follows, which the models have not seen. */
static void known_parameters_are_found_again(void **state) {
  const guint n = 20000;
  const StatsBgNbd buying = {TRUE, 0.8, 60, 0.9, 3, 0};
  const StatsGammaGamma spending = {TRUE, 6.25, 3.74, 15.44};
  g_autofree StatsCustomer *customers = g_new(StatsCustomer, n);
  g_autoptr(GRand) rand = g_rand_new_with_seed(20050601);
  double spent = 0, later;
  for (guint i = 0; i < n; i++) {
    customers[i] = simulated(rand, &buying, &spending, 30 + g_rand_double(rand) * 700, 365.25, &later);
    spent += later / n;
  }
  StatsBgNbd found = stats_bgnbd_fit(customers, n);
  assert_true(found.has_value);
  expect("r", found.r, buying.r, 0.1);
  expect("alpha", found.alpha, buying.alpha, 0.1);
  expect("a", found.a, buying.a, 0.1);
  expect("b", found.b, buying.b, 0.2);
  StatsGammaGamma amounts = stats_gamma_gamma_fit(customers, n);
  assert_true(amounts.has_value);
  expect("p", amounts.p, spending.p, 0.1);
  expect("q", amounts.q, spending.q, 0.1);
  expect("gamma", amounts.gamma, spending.gamma, 0.15);
  expect("spent later", stats_lifetime_value(customers, n, 365.25, 0).value, spent, 0.05);
}

static void more_time_and_later_purchases_expect_more(void **state) {
  double before = 0;
  for (double t = 1; t < 4000; t *= 1.5) {
    double now = stats_bgnbd_purchases(&cdnow, &(StatsCustomer){2, 30, 38, 1}, t);
    assert_true(now > before);
    before = now;
  }
  double alive = 0;
  for (double recency = 1; recency <= 38; recency++) {
    double now = stats_bgnbd_alive(&cdnow, &(StatsCustomer){3, recency, 38, 1});
    assert_true(now > alive && now < 1);
    alive = now;
  }
}

static void units_and_order_change_nothing(void **state) {
  StatsCustomer customers[N_MADE], other[N_MADE];
  made_customers(customers);
  for (guint i = 0; i < N_MADE; i++) {
    other[N_MADE - 1 - i] = customers[i];
    other[N_MADE - 1 - i].mean_value *= 100;
  }
  double value = stats_lifetime_value(customers, N_MADE, 100, 0).value;
  expect("in cents", stats_lifetime_value(other, N_MADE, 100, 0).value, value * 100, 1e-6);
  made_customers(other);
  for (guint i = 0; i < N_MADE / 2; i++) {
    StatsCustomer swapped = other[i];
    other[i] = other[N_MADE - 1 - i];
    other[N_MADE - 1 - i] = swapped;
  }
  assert_true(stats_lifetime_value(other, N_MADE, 100, 0).value == value);
  assert_true(stats_lifetime_value(other, N_MADE, 100, 0.2).value < value);
}

/* Everybody buys for exactly 20 each time, so a purchase to come is one of 20, though p is at infinity. Within a
 * thousandth, for the search is held at bounds. */
static void one_price_for_all_is_a_limit(void **state) {
  StatsCustomer customers[N_MADE];
  made_customers(customers);
  for (guint i = 0; i < N_MADE; i++)
    if (customers[i].repeats > 0) customers[i].mean_value = 20;
  StatsGammaGamma spending = stats_gamma_gamma_fit(customers, N_MADE);
  assert_true(spending.has_value);
  expect("without repeats", stats_gamma_gamma_mean(&spending, &(StatsCustomer){0, 0, 10, 0}), 20, 1e-3);
  expect("with repeats", stats_gamma_gamma_mean(&spending, &(StatsCustomer){3, 5, 10, 20}), 20, 1e-3);
}

/* Everybody buys for 20 every ten days, the last time today: nobody leaves and all rates are one in ten days, so that
 * r and b are at infinity and a at 0. In the next 100 days each buys 10 times, for 200. Within a thousandth. */
static void who_never_leaves_is_a_limit(void **state) {
  StatsCustomer customers[N_MADE];
  for (guint i = 0; i < N_MADE; i++) {
    guint repeats = 20 + i % 60;
    customers[i] = (StatsCustomer){repeats, repeats * 10, repeats * 10, 20};
  }
  StatsBgNbd buying = stats_bgnbd_fit(customers, N_MADE);
  assert_true(buying.has_value);
  expect("rate", buying.r / buying.alpha, 0.1, 1e-3);
  expect("alive", stats_bgnbd_alive(&buying, &customers[0]), 1, 1e-3);
  expect("value", stats_lifetime_value(customers, N_MADE, 100, 0).value, 200, 2e-3);
}

/* Everybody buys once again and never after, in a time in which they would have bought a hundred times more: after the
 * second purchase all are gone, and nothing more is to come. */
static void who_always_leaves_is_a_limit(void **state) {
  StatsCustomer customers[N_MADE];
  for (guint i = 0; i < N_MADE; i++) customers[i] = (StatsCustomer){1, 1 + i % 19, 1000, 20};
  StatsBgNbd buying = stats_bgnbd_fit(customers, N_MADE);
  assert_true(buying.has_value);
  assert_true(stats_bgnbd_alive(&buying, &customers[0]) < 1e-3);
  StatsLifetimeValue value = stats_lifetime_value(customers, N_MADE, 365, 0);
  assert_true(value.has_value && value.value >= 0 && value.value < 0.1);
}

/* A likelihood of every customer twice is twice as high and has its top where it was; and days or 10,000ths of them
 * are only another unit. */
static void more_of_the_same_and_longer_units_change_nothing(void **state) {
  StatsCustomer customers[N_MADE], twice[2 * N_MADE], longer[N_MADE];
  made_customers(customers);
  for (guint i = 0; i < N_MADE; i++) {
    twice[2 * i] = twice[2 * i + 1] = longer[i] = customers[i];
    longer[i].age *= 10000;
    longer[i].recency *= 10000;
  }
  StatsBgNbd one = stats_bgnbd_fit(customers, N_MADE), two = stats_bgnbd_fit(twice, 2 * N_MADE);
  expect("twice the log-likelihood", two.log_likelihood, 2 * one.log_likelihood, 1e-11);
  expect("r", two.r, one.r, 1e-6);
  expect("b", two.b, one.b, 1e-6);
  expect("alpha", stats_bgnbd_fit(longer, N_MADE).alpha, 10000 * one.alpha, 1e-6);
  double value = stats_lifetime_value(customers, N_MADE, 100, 0).value;
  expect("value", stats_lifetime_value(longer, N_MADE, 1000000, 0).value, value, 1e-6);
}

static void too_few_or_unsound_give_nothing(void **state) {
  StatsCustomer customers[N_MADE];
  made_customers(customers);
  assert_false(stats_bgnbd_fit(customers, STATS_MIN_CUSTOMERS - 1).has_value);
  assert_false(stats_bgnbd_fit(NULL, 0).has_value);
  assert_false(stats_lifetime_value(customers, 50, 365, 0).has_value);
  assert_int_equal(stats_lifetime_value(customers, 50, 365, 0).n, 50);
  StatsCustomer once[N_MADE] = {0};
  for (guint i = 0; i < N_MADE; i++) once[i].age = i;
  assert_false(stats_lifetime_value(once, N_MADE, 365, 0).has_value);
  customers[7] = (StatsCustomer){2, 90, 30, 5}; /* bought after now */
  assert_false(stats_bgnbd_fit(customers, N_MADE).has_value);
  customers[7] = (StatsCustomer){2, 20, 30, NAN};
  assert_false(stats_gamma_gamma_fit(customers, N_MADE).has_value);
}

/* Customer 7: days 100 (10), 110 twice (5 + 20), 130 (a refund as large as the purchase: none), 140 (15). Two repeats
 * of 25 and 15; last seen day 150. Customer 3 only ever returned. Customer 9 buys on the last day, and after it. */
static void purchases_become_customers(void **state) {
  StatsPurchase purchases[] = {{9, 150, 7},  {7, 140, 15}, {7, 110, 5},  {7, 130, 8}, {3, 120, -4},
                               {7, 100, 10}, {7, 130, -8}, {7, 110, 20}, {9, 151, 7}};
  StatsCustomer customers[9];
  stats_purchases_sort(purchases, 9);
  assert_int_equal(stats_customers(purchases, 9, 150, customers), 2);
  assert_true(customers[0].repeats == 2 && customers[0].recency == 40 && customers[0].age == 50 &&
              customers[0].mean_value == 20);
  assert_true(customers[1].repeats == 0 && customers[1].recency == 0 && customers[1].age == 0 &&
              customers[1].mean_value == 0);
  assert_int_equal(stats_customers(NULL, 0, 150, customers), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(purchases_of_cdnow_customers),
      cmocka_unit_test(purchases_where_the_closed_form_fails),
      cmocka_unit_test(fit_as_in_r),
      cmocka_unit_test(mean_amount_by_hand),
      cmocka_unit_test(known_parameters_are_found_again),
      cmocka_unit_test(more_time_and_later_purchases_expect_more),
      cmocka_unit_test(units_and_order_change_nothing),
      cmocka_unit_test(one_price_for_all_is_a_limit),
      cmocka_unit_test(who_never_leaves_is_a_limit),
      cmocka_unit_test(who_always_leaves_is_a_limit),
      cmocka_unit_test(more_of_the_same_and_longer_units_change_nothing),
      cmocka_unit_test(too_few_or_unsound_give_nothing),
      cmocka_unit_test(purchases_become_customers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
