/* Quantiles and their intervals by order statistics.
 *
 * The nine types of Hyndman & Fan 1996 differ in where, between or on the ordered values x[1] … x[n], the quantile p is
 * read. Types 1 to 3 step from value to value; types 4 to 9 put p at position a + p (n + 1 - a - b) and go straight
 * between. A position that is a whole number but for rounding is taken as whole (fuzz of 4 epsilon, as R does), so that
 * the median of ten values does not depend on how 0.5 * 10 was rounded. */
#include "stats/private.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#define FUZZ (4 * DBL_EPSILON)

/* x[index] with 1-based index, the ends repeated beyond the ends. */
static double at(const double *values, gsize n, double index) {
  if (index < 1) return values[0];
  return index >= (double)n ? values[n - 1] : values[(gsize)index - 1];
}

/* Between low and high; never 0 * inf, and no rounding between equal values. */
static double between(double low, double high, double share) {
  if (share <= 0 || low == high) return low;
  return share >= 1 ? high : (1 - share) * low + share * high;
}

static double stepped(const double *values, gsize n, double p, int type) {
  double position = (double)n * p - (type == 3 ? 0.5 : 0);
  double whole = floor(position + FUZZ * fmax(1, position));
  gboolean beyond = position > whole + FUZZ * fmax(1, position);
  double share = beyond;
  if (type == 2) share = beyond ? 1 : 0.5;
  if (type == 3) share = beyond || fmod(fabs(whole), 2) == 1;
  return between(at(values, n, whole), at(values, n, whole + 1), share);
}

static double continuous(const double *values, gsize n, double p, int type) {
  static const double ends[][2] = {{0, 1}, {0.5, 0.5}, {0, 0}, {1, 1}, {1.0 / 3, 1.0 / 3}, {3.0 / 8, 3.0 / 8}};
  double a = ends[type - 4][0], b = ends[type - 4][1];
  double position = a + p * ((double)n + 1 - a - b);
  double fuzz = FUZZ * fmax(1, position);
  double whole = floor(position + fuzz);
  double share = position - whole;
  return between(at(values, n, whole), at(values, n, whole + 1), fabs(share) < fuzz ? 0 : share);
}

double stats_quantile_sorted(const double *values, gsize n, double p, int type) {
  if (n == 0 || isnan(p)) return NAN;
  p = CLAMP(p, 0, 1);
  if (type >= 1 && type <= 3) return stepped(values, n, p, type);
  return continuous(values, n, p, type >= 4 && type <= 9 ? type : 7);
}

/* The least k with P(B <= k) > probability, for B binomial; n when there is none below it. */
static guint least_above(double probability, double p, guint n) {
  guint low = 0, high = n;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (gsl_cdf_binomial_P(middle, p, n) > probability)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* With B the number of values below the quantile, binomial(n, p), x[l] lies above the quantile when B <= l - 1, and
 * x[u] at or below it when B >= u. Each tail gets at most half of what the level leaves, so the interval covers at
 * least `level`; the slack keeps a tail that is exactly that half from being lost to rounding. Source: Conover,
 * Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2. */
StatsInterval stats_quantile_interval(const double *sorted, gsize n, double p, double level) {
  static const double slack = 1e-12;
  StatsInterval none = {FALSE, 0, 0};
  if (n == 0 || n > G_MAXUINT || !(p > 0 && p < 1) || !stats_level_is_valid(level)) return none;
  double tail = (1 - level) / 2;
  guint count = (guint)n;
  guint low = least_above(tail * (1 + slack), p, count);
  guint high = least_above((1 - tail) * (1 - slack), p, count) + 1;
  if (low == 0 || high > count) return none;
  return (StatsInterval){.has_value = TRUE, .low = sorted[low - 1], .high = sorted[high - 1]};
}
