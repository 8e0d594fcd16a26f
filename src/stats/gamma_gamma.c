/* Gamma-Gamma: how much customers spend each time.
 *
 * Amounts are Gamma(p, ν) with ν ~ Gamma(q, γ) among customers, independent of how often one buys. Fader, Hardie & Lee
 * 2005, RFM and CLV, Journal of Marketing Research 42(4); Fader & Hardie 2013, The Gamma-Gamma Model of Monetary Value.
 *
 * With z = x m, all that a customer spent in its x repeated purchases, the logarithm of eq. (1a) of the note is
 *
 *   ln Γ(p x + q) - ln Γ(p x) - ln Γ(q) - ln m - q ln(1 + z / γ) - p x ln(1 + γ / z)
 *
 * The gamma functions depend on x alone and are made once for each; so a customer is one logarithm. What they differ
 * by is small beside them where p is large (all amounts alike), and is therefore made of Stirling's series term by
 * term. The search goes over the logarithms of p, q and p γ / q, which is near the mean amount, of amounts divided by
 * their mean: one start fits cents and euros. */
#include "stats/private.h"

#include <math.h>

#define LOG_BOUND 10
#define STIRLING  15.0 /* from here on the series below are exact to the last digits of a double */

/* --- gamma functions --- */

/* ln Γ and its two derivatives, or how they grow. */
typedef struct {
  double log, first, second;
} GammaLogs;

/* What Stirling's series have beyond their logarithms. Abramowitz & Stegun 6.1.40, 6.3.18, 6.4.12. */
static GammaLogs stirling_rest(double z) {
  double u = 1 / z, w = u * u;
  return (GammaLogs){
      u * (1 / 12.0 - w * (1 / 360.0 - w * (1 / 1260.0 - w * (1 / 1680.0 - w / 1188.0)))),
      -u / 2 - w * (1 / 12.0 - w * (1 / 120.0 - w * (1 / 252.0 - w * (1 / 240.0 - w / 132.0)))),
      u + w / 2 + u * w * (1 / 6.0 - w * (1 / 30.0 - w * (1 / 42.0 - w * (1 / 30.0 - w * 5 / 66.0)))),
  };
}

static GammaLogs gamma_logs(double z) {
  double product = 1, first = 0, second = 0;
  for (; z < STIRLING; z++) {
    product *= z;
    first += 1 / z;
    second += 1 / (z * z);
  }
  GammaLogs rest = stirling_rest(z);
  double log_z = log(z);
  return (GammaLogs){(z - 0.5) * log_z - z + log(2 * G_PI) / 2 + rest.log - log(product), log_z + rest.first - first,
                     rest.second + second};
}

/* What they are at z + q less what they are at z. */
static GammaLogs gamma_growth(double z, double q) {
  double product = 1, first = 0, second = 0;
  for (; z < STIRLING; z++) {
    product *= (z + q) / z;
    first += 1 / (z + q) - 1 / z;
    second += 1 / (z * z) - 1 / ((z + q) * (z + q));
  }
  GammaLogs low = stirling_rest(z), high = stirling_rest(z + q);
  double ratio = log1p(q / z);
  return (GammaLogs){(z - 0.5) * ratio + q * log(z + q) - q + high.log - low.log - log(product),
                     ratio + high.first - low.first - first, high.second - low.second - second};
}

/* --- the likelihood --- */

typedef struct {
  const StatsCustomer *customers; /* sorted by repeats, of which each has some */
  gsize n;
  double unit;     /* of amounts: their mean */
  double log_mean; /* Σ ln m, of amounts in their unit */
} Sample;

enum { P, Q, LN_GAMMA };

/* Sums over the customers with x repeats: of ln(1 + z / γ), ln(1 + γ / z), z / (γ + z) and how that bends. */
typedef struct {
  double n, above, below, share, bending;
} Sums;

static Sums sums_of(const Sample *sample, double gamma, gsize *i) {
  Sums sums = {0};
  guint32 x = sample->customers[*i].repeats;
  for (; *i < sample->n && sample->customers[*i].repeats == x; ++*i) {
    double z = sample->customers[*i].mean_value / sample->unit * x, share = z / (gamma + z);
    sums.n++;
    sums.above += log1p(z / gamma);
    sums.below += log1p(gamma / z);
    sums.share += share;
    sums.bending += share * (1 - share);
  }
  return sums;
}

/* By p, q and ln γ. */
static void add_sums(StatsHeight *height, double p, double q, double x, const GammaLogs *of_q, const Sums *sums) {
  double n = sums->n;
  GammaLogs growth = gamma_growth(p * x, q), top = gamma_logs(p * x + q);
  height->value += n * (growth.log - of_q->log) - q * sums->above - p * x * sums->below;
  height->slope[P] += x * (n * growth.first - sums->below);
  height->slope[Q] += n * (top.first - of_q->first) - sums->above;
  height->slope[LN_GAMMA] += q * sums->share - p * x * (n - sums->share);
  height->curvature[P][P] += n * x * x * growth.second;
  height->curvature[P][Q] += n * x * top.second;
  height->curvature[P][LN_GAMMA] -= x * (n - sums->share);
  height->curvature[Q][Q] += n * (top.second - of_q->second);
  height->curvature[Q][LN_GAMMA] += sums->share;
  height->curvature[LN_GAMMA][LN_GAMMA] -= (q + p * x) * sums->bending;
}

/* Of the logarithms of p, q and p γ / q. */
static StatsGammaGamma model_at(const double *at) {
  return (StatsGammaGamma){TRUE, exp(at[0]), exp(at[1]), exp(at[2] + at[1] - at[0])};
}

static void height_at(const double *at, gconstpointer data, StatsHeight *height) {
  const Sample *sample = data;
  StatsGammaGamma model = model_at(at);
  StatsHeight by = {.value = -sample->log_mean};
  GammaLogs of_q = gamma_logs(model.q);
  for (gsize i = 0; i < sample->n;) {
    double x = sample->customers[i].repeats;
    Sums sums = sums_of(sample, model.gamma, &i);
    add_sums(&by, model.p, model.q, x, &of_q, &sums);
  }
  const double by_at[3][3] = {{model.p, 0, 0}, {0, model.q, 0}, {-1, 1, 1}};
  *height = (StatsHeight){.value = by.value};
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < i; j++) by.curvature[i][j] = by.curvature[j][i];
  for (guint i = 0; i < 3; i++)
    for (guint k = 0; k < 3; k++) {
      height->slope[i] += by.slope[k] * by_at[k][i];
      for (guint j = 0; j < 3; j++)
        for (guint l = 0; l < 3; l++) height->curvature[i][j] += by.curvature[k][l] * by_at[k][i] * by_at[l][j];
    }
  height->curvature[0][0] += by.slope[P] * model.p;
  height->curvature[1][1] += by.slope[Q] * model.q;
}

StatsGammaGamma stats_gamma_gamma_fit(StatsCustomer *customers, gsize n) {
  StatsGammaGamma model = {0};
  if (!stats_customers_prepare(customers, n)) return model;
  gsize first = 0;
  while (customers[first].repeats == 0) first++;
  Sample sample = {customers + first, n - first, 0, 0};
  for (gsize i = first; i < n; i++) sample.unit += customers[i].mean_value / (double)sample.n;
  for (gsize i = first; i < n; i++) sample.log_mean += log(customers[i].mean_value / sample.unit);
  double at[] = {1, 1, 0};
  if (!stats_climb(height_at, &sample, at, 3, LOG_BOUND)) return model;
  StatsGammaGamma best = model_at(at);
  best.gamma *= sample.unit;
  return best.q > 1 ? best : model; /* q <= 1: amounts have no mean */
}

double stats_gamma_gamma_mean(const StatsGammaGamma *model, const StatsCustomer *customer) {
  double x = customer->repeats;
  return model->p * (model->gamma + x * customer->mean_value) / (model->p * x + model->q - 1);
}
