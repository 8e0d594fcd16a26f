/* Statistics of KPIs: pure functions over arrays. Each cites its source. */
#pragma once

#include "base/day.h"

typedef struct {
  gboolean has_value;
  double low;
  double high;
} StatsInterval;

/* 95 % (or `level`) Wilson score interval of a proportion. Source: Wilson 1927; Brown, Cai & DasGupta 2001, eq. (4).
 * 0 <= successes <= n; n == 0 gives has_value = FALSE. */
StatsInterval stats_wilson(gint64 successes, gint64 n, double level);

/* Quantile p in [0, 1] of n values, none of them NaN, in any order: types 1 to 9 of Hyndman & Fan 1996. NaN for no
 * values or p NaN. Its distribution-free confidence interval is by order statistics (binomial); too few values, or p
 * not between 0 and 1: has_value FALSE. The values are reordered. */
typedef struct {
  double value;
  StatsInterval interval;
} StatsQuantile;
StatsQuantile stats_quantile(double *values, gsize n, double p, int type, double level);

/* Pearson's chi-square test that groups share one proportion (2 × k table, no continuity correction): how likely
 * differences as large as these are when there are none. Groups without cases are passed over; fewer than two groups,
 * or no success or no failure at all, give has_value FALSE. Where `smallest_expected` is below 5 the approximation is
 * poor (Cochran 1954). Source: Pearson 1900. */
typedef struct {
  gboolean has_value;
  double chi_square;
  int degrees;
  double p;
  double smallest_expected;
} StatsHomogeneity;
StatsHomogeneity stats_homogeneity(const gint64 *successes, const gint64 *totals, gsize n);

/* A change between two periods split by the parts of a whole. Source: Kitagawa 1955; split.c says the formula. */
typedef struct {
  double numerator, denominator;
} StatsFraction;
typedef struct {
  StatsFraction then, now;
} StatsPart;
typedef struct {
  gboolean has_rate; /* FALSE: it has a numerator without a denominator, and its effect is neither of rate nor of mix */
  double rate, mix;  /* in the ratio's unit */
  double effect;     /* all of it: rate + mix */
} StatsEffect;
/* Of a ratio of sums: the effect of each of n parts, and of what they lack of the whole or have more than once. All of
 * them come to the change of the whole, to rounding. FALSE: the whole has no denominator in one of the periods. */
gboolean stats_split_ratio(const StatsPart *parts, gsize n, StatsPart whole, StatsEffect *effects, double *rest);
/* Of a sum: what the changes of n parts leave of the change of the whole. */
double stats_split_rest(const double *changes, gsize n, double change_of_whole);

/* P(X >= k) of a binomial X of n trials that succeed with chance p: how likely so many are by chance. k and n may lie
 * between whole numbers, as effective numbers of clustered cases do. 1 for k <= 0, 0 for k > n. */
double stats_binomial_upper(double k, double n, double p);

/* How likely one more normal value as large as `value` is, beside n others of the same mean and spread (Student's t of
 * a prediction, n - 1 degrees). 1 with fewer than 3 others. */
double stats_outlier_upper(double value, const double *others, gsize n);

typedef struct {
  double time;    /* duration, >= 0 */
  gboolean event; /* FALSE: censored at `time` */
} StatsDuration;

/* Kaplan & Meier 1958 product-limit estimate. Sorts `durations` in place (by time; events before censorings at a tie).
 * The quantile p (0.5 = median) is the first time at which S(t) <= 1 - p; where S(t) equals 1 - p exactly over an
 * interval, the midpoint of the interval, as R's survival package does. has_value FALSE when the curve never gets
 * there. The interval is by the log transform of Greenwood's variance, Brookmeyer & Crowley 1982 (survfit's default,
 * conf.type = "log"); an end may be +Inf. */
typedef struct {
  gboolean has_value;
  double value;
  StatsInterval interval;
  gsize n;
  gsize events;
} StatsSurvival;
StatsSurvival stats_kaplan_meier_quantile(StatsDuration *durations, gsize n, double p, double level);
/* S(t) at one time. */
double stats_kaplan_meier_at(StatsDuration *durations, gsize n, double t);

/* --- lifetime value of customers without a contract: BG/NBD for how often and how long, Gamma-Gamma for how much ---
 */
typedef struct {
  gint64 customer;
  BaseDay day;
  double value;
} StatsPurchase;

/* What the models know of a customer. Times in one unit (days), values in one currency's unit. */
typedef struct {
  guint32 repeats;   /* purchases after the first */
  double recency;    /* from the first purchase to the last, 0 without repeats */
  double age;        /* from the first purchase to now, >= recency */
  double mean_value; /* of the repeated purchases, > 0; 0 without repeats */
} StatsCustomer;

/* By customer, day and value. */
void stats_purchases_sort(StatsPurchase *purchases, gsize n);
int stats_purchases_compare(const StatsPurchase *a, const StatsPurchase *b);
/* Sorted purchases as customers by the end of `last_day`; those of one day are one, and a day worth nothing or less is
 * none. `customers` has room for n. Gives how many there are. */
gsize stats_customers(const StatsPurchase *purchases, gsize n, BaseDay last_day, StatsCustomer *customers);

/* Fewer tell nothing: the fits below have then no value. */
#define STATS_MIN_CUSTOMERS 100
#define STATS_MIN_REPEATERS 30

/* Fader, Hardie & Lee 2005 (Marketing Science 24): maximum likelihood. has_value FALSE: too few customers, or no best
 * parameters (nobody ever stops, say). Sorts `customers`. */
typedef struct {
  gboolean has_value;
  double r, alpha; /* purchases by time: Gamma(r, rate alpha) among customers */
  double a, b;     /* gone after a purchase: Beta(a, b) among customers */
  double log_likelihood;
} StatsBgNbd;
StatsBgNbd stats_bgnbd_fit(StatsCustomer *customers, gsize n);
double stats_bgnbd_log_likelihood(const StatsBgNbd *model, const StatsCustomer *customers, gsize n);
/* The probability that the customer still buys; 1 without repeats, for one only leaves after a repeated purchase. */
double stats_bgnbd_alive(const StatsBgNbd *model, const StatsCustomer *customer);
/* Expected purchases in the next t. */
double stats_bgnbd_purchases(const StatsBgNbd *model, const StatsCustomer *customer, double t);

/* Fader & Hardie 2013: maximum likelihood over those who bought again. has_value FALSE as above, or when amounts have
 * no mean (q <= 1). Sorts `customers`. */
typedef struct {
  gboolean has_value;
  double p, q, gamma;
} StatsGammaGamma;
StatsGammaGamma stats_gamma_gamma_fit(StatsCustomer *customers, gsize n);
/* The expected value of a purchase to come: between the customer's own mean and that of all. */
double stats_gamma_gamma_mean(const StatsGammaGamma *model, const StatsCustomer *customer);

/* Both models of the same customers. */
typedef struct {
  gboolean has_value;
  StatsBgNbd buying;
  StatsGammaGamma spending;
} StatsCustomerModel;
/* By repeats, age, recency and mean value: customers alike lie side by side, and their order no longer matters. */
void stats_customers_sort(StatsCustomer *customers, gsize n);
/* Sorts `customers`. has_value FALSE: one of the two has none. */
StatsCustomerModel stats_customer_model_fit(StatsCustomer *customers, gsize n);

/* The mean over the customers of the purchases expected in the next `days`, each worth what the customer's are expected
 * to be; `discount` by year, a month's purchases counted at its end. Times in days. */
typedef struct {
  gboolean has_value;
  double value;
  gsize n;
} StatsLifetimeValue;
/* Of sorted customers, those the model was fitted to. */
StatsLifetimeValue stats_customer_model_value(const StatsCustomerModel *model, const StatsCustomer *customers, gsize n,
                                              double days, double discount);
/* Fits and values at once. Sorts `customers`. */
StatsLifetimeValue stats_lifetime_value(StatsCustomer *customers, gsize n, double days, double discount);
