/* Lifetime value of customers without a contract: when they stop buying is never told, only guessed from their silence.
 *
 *   purchases ─► customers (repeats, recency, age, mean value) ─► BG/NBD: how often, and are they still there ─┐
 *                                                            └─► Gamma-Gamma: how much each time ──────────────┴─►
 * value
 *
 * BG/NBD. While alive a customer buys at a Poisson rate λ ~ Gamma(r, α); after every purchase it is gone with
 * probability p ~ Beta(a, b). Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way, Marketing Science
 * 24(2). Gamma-Gamma. Amounts are Gamma(p, ν) with ν ~ Gamma(q, γ), independent of how often one buys. Fader, Hardie &
 * Lee 2005, RFM and CLV, Journal of Marketing Research 42(4); Fader & Hardie 2013, The Gamma-Gamma Model of Monetary
 * Value.
 *
 * The expected purchases (eq. 10 of the first paper) are written there with 2F1 over a - 1, which loses all digits
 * near a = 1 and overflows for busy customers. Here they are summed as what they mean. Of a customer alive now, N, the
 * purchases it would make in t if it stayed, is negative binomial with size r + x and mean (r + x) t / (α + T); the
 * k-th after the first is made only if it stayed k times, (b + x)_k / (a + b + x)_k with rising factorials. So
 *
 *   E = P(alive) Σ_{k >= 0} P(N > k) (b + x)_k / (a + b + x)_k
 *
 * in which nothing is subtracted from anything of its size and a = 1 is a number like others.
 *
 * Parameters are searched by Nelder & Mead's simplex, started again where it stopped until that gains nothing: a
 * simplex can collapse early. It walks over logarithms of a size and of a mean (r and α / r, a + b and a / b), which
 * are nearly independent, of times and amounts divided by their means, so that one start and one step fit days and
 * weeks, cents and euros. Where all customers are alike in something, or nobody leaves, the best parameters lie at
 * infinity and the expectations have a limit; the walk is held within bounds at which the limit is all but reached.
 * Customers are sorted before anything is summed: the order of records changes no digit.
 */
#include "stats/private.h"

#include <float.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#define MAX_PARAMETERS 4
#define MAX_ITERATIONS 1000
#define MAX_RESTARTS   20
#define SIZE_SETTLED   1e-6 /* of the simplex, in logarithms */
#define SIZE_ROUNDED   1e-4 /* … when its corners are at the same height but for rounding, and it finds no way down */
#define MAX_TERMS      1000000
#define LOG_BOUND      10 /* sizes and means from 1/22,000 to 22,000 */

/* --- customers --- */

static int by_customer_and_day(const void *a, const void *b) {
  const StatsPurchase *x = a, *y = b;
  if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return (x->value > y->value) - (x->value < y->value);
}

/* The sum of one customer's purchases of one day; `*next` is the first after it. */
static double value_of_day(const StatsPurchase *purchases, gsize n, gsize i, gsize *next) {
  double value = 0;
  gsize j = i;
  for (; j < n && purchases[j].customer == purchases[i].customer && purchases[j].day == purchases[i].day; j++)
    value += purchases[j].value;
  *next = j;
  return value;
}

gsize stats_customers(StatsPurchase *purchases, gsize n, BaseDay last_day, StatsCustomer *customers) {
  gsize n_customers = 0;
  if (n == 0) return 0;
  qsort(purchases, n, sizeof *purchases, by_customer_and_day);
  for (gsize i = 0; i < n;) {
    gint64 who = purchases[i].customer;
    BaseDay first = BASE_DAY_NONE;
    StatsCustomer customer = {0};
    double repeated = 0;
    while (i < n && purchases[i].customer == who) {
      BaseDay day = purchases[i].day;
      double value = value_of_day(purchases, n, i, &i);
      if (!(value > 0) || day > last_day) continue;
      if (first == BASE_DAY_NONE) {
        first = day;
        continue;
      }
      customer.repeats++;
      customer.recency = (double)(day - first);
      repeated += value;
    }
    if (first == BASE_DAY_NONE) continue;
    customer.age = (double)(last_day - first);
    if (customer.repeats > 0) customer.mean_value = repeated / customer.repeats;
    customers[n_customers++] = customer;
  }
  return n_customers;
}

static int by_history(const void *a, const void *b) {
  const StatsCustomer *x = a, *y = b;
  if (x->repeats != y->repeats) return x->repeats < y->repeats ? -1 : 1;
  if (x->age != y->age) return x->age < y->age ? -1 : 1;
  if (x->recency != y->recency) return x->recency < y->recency ? -1 : 1;
  return (x->mean_value > y->mean_value) - (x->mean_value < y->mean_value);
}

static gboolean is_sound(const StatsCustomer *customer) {
  return customer->age >= customer->recency && customer->recency >= 0 && isfinite(customer->age) &&
         (customer->repeats == 0 ||
          (customer->recency > 0 && customer->mean_value > 0 && isfinite(customer->mean_value)));
}

void stats_customers_sort(StatsCustomer *customers, gsize n) {
  if (n > 1) qsort(customers, n, sizeof *customers, by_history);
}

/* Sorted; FALSE when there are too few to tell anything, or one that cannot be. */
static gboolean prepare(StatsCustomer *customers, gsize n) {
  gsize n_repeaters = 0;
  for (gsize i = 0; i < n; i++) {
    if (!is_sound(&customers[i])) return FALSE;
    n_repeaters += customers[i].repeats > 0;
  }
  if (n < STATS_MIN_CUSTOMERS || n_repeaters < STATS_MIN_REPEATERS) return FALSE;
  stats_customers_sort(customers, n);
  return TRUE;
}

/* --- searching --- */

typedef struct {
  const StatsCustomer *customers; /* sorted by repeats */
  gsize n;
  double unit; /* of time or amounts: their mean */
} Sample;

typedef double (*Loss)(const gsl_vector *at, void *sample);

/* One run of the simplex from `at`, which is left at the best point; FALSE when it did not settle. */
static gboolean settle(gsl_multimin_fminimizer *simplex, gsl_multimin_function *loss, gsl_vector *at, double *lowest) {
  double steps[MAX_PARAMETERS];
  for (gsize i = 0; i < loss->n; i++) steps[i] = 0.5;
  gsl_vector_view step = gsl_vector_view_array(steps, loss->n);
  if (gsl_multimin_fminimizer_set(simplex, loss, at, &step.vector) != 0) return FALSE;
  double size = 1;
  for (int i = 0; i < MAX_ITERATIONS && size > SIZE_SETTLED; i++) {
    if (gsl_multimin_fminimizer_iterate(simplex) != 0) break;
    size = gsl_multimin_fminimizer_size(simplex);
  }
  gsl_vector_memcpy(at, gsl_multimin_fminimizer_x(simplex));
  *lowest = gsl_multimin_fminimizer_minimum(simplex);
  return size <= SIZE_ROUNDED && isfinite(*lowest);
}

/* Sets `logs`, which hold the start, to the point of least loss. FALSE: the search found none. */
static gboolean search(Loss loss_of, Sample *sample, double *logs, gsize n) {
  gsl_multimin_function loss = {loss_of, n, sample};
  gsl_vector_view at = gsl_vector_view_array(logs, n);
  gsl_multimin_fminimizer *simplex = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
  gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* a step that fails is told by its return */
  gboolean found = FALSE;
  double lowest = DBL_MAX;
  for (int i = 0; i < MAX_RESTARTS && !found; i++) {
    double now;
    if (!settle(simplex, &loss, &at.vector, &now)) break;
    found = lowest - now < 1e-10 * fabs(now);
    lowest = fmin(lowest, now);
  }
  gsl_set_error_handler(handler);
  gsl_multimin_fminimizer_free(simplex);
  return found;
}

/* A coordinate within its bounds; beyond them it costs, so that the simplex turns back. */
static double bounded(const gsl_vector *at, gsize i, double *cost) {
  double log = gsl_vector_get(at, i), held = CLAMP(log, -LOG_BOUND, LOG_BOUND);
  *cost += fabs(log - held);
  return held;
}

/* --- BG/NBD --- */

/* ln Γ(z + x) - ln Γ(z) */
static double log_rising(double z, double x) {
  return gsl_sf_lngamma(z + x) - gsl_sf_lngamma(z);
}

/* Eq. (6) in logarithms: what depends on the number of repeats only, then for each customer the sum of "is still there"
 * and "was gone after the last purchase". */
static double log_likelihood(const StatsBgNbd *model, const Sample *sample) {
  double total = 0, of_repeats = 0, gone = 0, alpha = model->alpha * sample->unit;
  for (gsize i = 0; i < sample->n; i++) {
    const StatsCustomer *customer = &sample->customers[i];
    double x = customer->repeats, power = model->r + x;
    if (i == 0 || customer->repeats != customer[-1].repeats) {
      of_repeats = log_rising(model->r, x) + model->r * log(alpha) + log_rising(model->b, x) -
                   log_rising(model->a + model->b, x);
      gone = x > 0 ? log(model->a) - log(model->b + x - 1) : 0;
    }
    double still = -power * log(alpha + customer->age);
    total += of_repeats + still;
    if (x > 0) {
      double more = gone - power * log(alpha + customer->recency) - still;
      total += more > 30 ? more + log1p(exp(-more)) : log1p(exp(more));
    }
  }
  return total;
}

/* Of the logarithms of r, α / r, a + b and a / b. */
static StatsBgNbd bgnbd_at(const gsl_vector *at, double *cost) {
  double r = exp(bounded(at, 0, cost)), interval = exp(bounded(at, 1, cost));
  double size = exp(bounded(at, 2, cost)), odds = exp(bounded(at, 3, cost));
  return (StatsBgNbd){TRUE, r, r * interval, size * odds / (1 + odds), size / (1 + odds), 0};
}

static double bgnbd_loss(const gsl_vector *at, void *data) {
  double cost = 0;
  StatsBgNbd model = bgnbd_at(at, &cost);
  double likelihood = log_likelihood(&model, data);
  return isfinite(likelihood) ? cost - likelihood : DBL_MAX;
}

StatsBgNbd stats_bgnbd_fit(StatsCustomer *customers, gsize n) {
  StatsBgNbd model = {0};
  if (!prepare(customers, n)) return model;
  Sample sample = {customers, n, 0};
  for (gsize i = 0; i < n; i++) sample.unit += customers[i].age / (double)n;
  double found[] = {0, 0, 1, -1}, cost = 0;
  if (!search(bgnbd_loss, &sample, found, 4)) return model;
  gsl_vector_view at = gsl_vector_view_array(found, 4);
  model = bgnbd_at(&at.vector, &cost);
  model.log_likelihood = log_likelihood(&model, &sample);
  model.alpha *= sample.unit;
  return model;
}

double stats_bgnbd_log_likelihood(const StatsBgNbd *model, const StatsCustomer *customers, gsize n) {
  Sample sample = {customers, n, 1};
  return log_likelihood(model, &sample);
}

double stats_bgnbd_alive(const StatsBgNbd *model, const StatsCustomer *customer) {
  double x = customer->repeats;
  if (customer->repeats == 0) return 1;
  double odds = log(model->a) - log(model->b + x - 1) +
                (model->r + x) * (log(model->alpha + customer->age) - log(model->alpha + customer->recency));
  return 1 / (1 + exp(odds));
}

double stats_bgnbd_purchases(const StatsBgNbd *model, const StatsCustomer *customer, double t) {
  if (!(t > 0)) return 0;
  double x = customer->repeats, size = model->r + x, start = model->alpha + customer->age;
  double z = t / (start + t), log_mass = -size * log1p(t / start); /* ln P(N = 0) */
  double beyond = 1, stayed = 1, sum = 0;
  for (int k = 0; k < MAX_TERMS; k++) {
    double mass = exp(log_mass), ratio = (size + k) / (k + 1) * z;
    if (ratio < 1 && mass < 1e-16 * (1 - ratio) * (1 - ratio))
      break;                         /* past the peak: all the rest is less than this */
    beyond = fmax(beyond - mass, 0); /* P(N > k) */
    sum += beyond * stayed;
    stayed *= (model->b + x + k) / (model->a + model->b + x + k);
    log_mass += log(ratio);
  }
  return stats_bgnbd_alive(model, customer) * sum;
}

/* --- Gamma-Gamma --- */

/* Of the logarithms of p, q and p γ / q, which is near the mean amount. */
static StatsGammaGamma gamma_gamma_at(const gsl_vector *at, double *cost) {
  double p = exp(bounded(at, 0, cost)), q = exp(bounded(at, 1, cost));
  return (StatsGammaGamma){TRUE, p, q, exp(bounded(at, 2, cost)) * q / p};
}

/* Eq. (1a) of the note, in logarithms, over those who bought again. */
static double gamma_gamma_loss(const gsl_vector *at, void *data) {
  const Sample *sample = data;
  double total = 0, of_repeats = 0, cost = 0;
  StatsGammaGamma model = gamma_gamma_at(at, &cost);
  for (gsize i = 0; i < sample->n; i++) {
    const StatsCustomer *customer = &sample->customers[i];
    double x = customer->repeats, m = customer->mean_value / sample->unit, shape = model.p * x;
    if (i == 0 || customer->repeats != customer[-1].repeats)
      of_repeats = log_rising(shape, model.q) - gsl_sf_lngamma(model.q) + model.q * log(model.gamma) + shape * log(x);
    total += of_repeats + (shape - 1) * log(m) - (shape + model.q) * log(model.gamma + m * x);
  }
  return isfinite(total) ? cost - total : DBL_MAX;
}

StatsGammaGamma stats_gamma_gamma_fit(StatsCustomer *customers, gsize n) {
  StatsGammaGamma model = {0};
  if (!prepare(customers, n)) return model;
  gsize first = 0;
  while (customers[first].repeats == 0) first++;
  Sample sample = {customers + first, n - first, 0};
  for (gsize i = first; i < n; i++) sample.unit += customers[i].mean_value / (double)sample.n;
  double found[] = {1, 1, 0}, cost = 0;
  if (!search(gamma_gamma_loss, &sample, found, 3)) return model;
  gsl_vector_view at = gsl_vector_view_array(found, 3);
  StatsGammaGamma best = gamma_gamma_at(&at.vector, &cost);
  best.gamma *= sample.unit;
  return best.q > 1 ? best : model; /* q <= 1: amounts have no mean */
}

double stats_gamma_gamma_mean(const StatsGammaGamma *model, const StatsCustomer *customer) {
  double x = customer->repeats;
  return model->p * (model->gamma + x * customer->mean_value) / (model->p * x + model->q - 1);
}

/* --- value --- */

#define DAYS_OF_YEAR   365.25
#define MONTHS_OF_YEAR 12

/* Purchases to come, each month's worth what it is at the month's end. */
static double discounted_purchases(const StatsBgNbd *model, const StatsCustomer *customer, double days,
                                   double discount) {
  if (discount <= 0) return stats_bgnbd_purchases(model, customer, days);
  double steps = fmax(1, round(days * MONTHS_OF_YEAR / DAYS_OF_YEAR)), before = 0, sum = 0;
  for (double step = 1; step <= steps; step++) {
    double until = days * step / steps, purchases = stats_bgnbd_purchases(model, customer, until);
    sum += (purchases - before) * pow(1 + discount, -until / DAYS_OF_YEAR);
    before = purchases;
  }
  return sum;
}

StatsCustomerModel stats_customer_model_fit(StatsCustomer *customers, gsize n) {
  StatsCustomerModel model = {.buying = stats_bgnbd_fit(customers, n)};
  if (model.buying.has_value) model.spending = stats_gamma_gamma_fit(customers, n);
  model.has_value = model.spending.has_value;
  return model;
}

StatsLifetimeValue stats_customer_model_value(const StatsCustomerModel *model, const StatsCustomer *customers, gsize n,
                                              double days, double discount) {
  StatsLifetimeValue result = {.n = n};
  if (!model->has_value || n == 0) return result;
  double sum = 0;
  for (gsize i = 0; i < n; i++)
    sum += discounted_purchases(&model->buying, &customers[i], days, discount) *
           stats_gamma_gamma_mean(&model->spending, &customers[i]);
  result.value = sum / (double)n;
  result.has_value = isfinite(result.value);
  return result;
}

StatsLifetimeValue stats_lifetime_value(StatsCustomer *customers, gsize n, double days, double discount) {
  StatsCustomerModel model = stats_customer_model_fit(customers, n);
  return stats_customer_model_value(&model, customers, n, days, discount);
}
