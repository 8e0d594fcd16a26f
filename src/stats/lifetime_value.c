/* Lifetime value of customers without a contract: when they stop buying is never told, only guessed from their silence.
 *
 *   purchases ─► customers (repeats, recency, age, mean value) ─┬─► BG/NBD (bgnbd.c): how often, are they there ─┬─►
 * value └─► Gamma-Gamma (gamma_gamma.c): how much ───────┘
 *
 * Customers are sorted before anything is summed: the order of records changes no digit. Sorted, those with the same
 * repeats and age lie together, and what they would buy if they stayed is reckoned once for all of them. */
#include "stats/private.h"

#include <math.h>

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

void stats_purchases_sort(StatsPurchase *purchases, gsize n) {
  if (n > 1) qsort(purchases, n, sizeof *purchases, by_customer_and_day);
}

int stats_purchases_compare(const StatsPurchase *a, const StatsPurchase *b) {
  return by_customer_and_day(a, b);
}

gsize stats_customers(const StatsPurchase *purchases, gsize n, BaseDay last_day, StatsCustomer *customers) {
  gsize n_customers = 0;
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

gboolean stats_customers_prepare(StatsCustomer *customers, gsize n) {
  gsize n_repeaters = 0;
  for (gsize i = 0; i < n; i++) {
    if (!is_sound(&customers[i])) return FALSE;
    n_repeaters += customers[i].repeats > 0;
  }
  if (n < STATS_MIN_CUSTOMERS || n_repeaters < STATS_MIN_REPEATERS) return FALSE;
  stats_customers_sort(customers, n);
  return TRUE;
}

/* --- value --- */

#define DAYS_OF_YEAR   365.25
#define MONTHS_OF_YEAR 12

/* Purchases to come of a customer who is there, each month's worth what it is at the month's end. */
static double discounted_purchases(const StatsBgNbd *model, const StatsCustomer *customer, double days,
                                   double discount) {
  if (discount <= 0) return stats_bgnbd_staying_purchases(model, customer->repeats, customer->age, days);
  double steps = fmax(1, round(days * MONTHS_OF_YEAR / DAYS_OF_YEAR)), before = 0, sum = 0;
  for (double step = 1; step <= steps; step++) {
    double until = days * step / steps;
    double purchases = stats_bgnbd_staying_purchases(model, customer->repeats, customer->age, until);
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
  double sum = 0, staying = 0;
  for (gsize i = 0; i < n; i++) {
    const StatsCustomer *customer = &customers[i];
    if (i == 0 || customer->repeats != customer[-1].repeats || customer->age != customer[-1].age)
      staying = discounted_purchases(&model->buying, customer, days, discount);
    sum += stats_bgnbd_alive(&model->buying, customer) * staying * stats_gamma_gamma_mean(&model->spending, customer);
  }
  result.value = sum / (double)n;
  result.has_value = isfinite(result.value);
  return result;
}

StatsLifetimeValue stats_lifetime_value(StatsCustomer *customers, gsize n, double days, double discount) {
  StatsCustomerModel model = stats_customer_model_fit(customers, n);
  return stats_customer_model_value(&model, customers, n, days, discount);
}
