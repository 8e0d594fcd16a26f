/* Quantiles and their intervals by order statistics.
 *
 * The nine types of Hyndman & Fan 1996 differ in where, between or on the ordered values x[1] … x[n], the quantile p is
 * read. Types 1 to 3 step from value to value; types 4 to 9 put p at position a + p (n + 1 - a - b) and go straight
 * between. A position that is a whole number but for rounding is taken as whole (fuzz of 4 epsilon, as R does), so that
 * the median of ten values does not depend on how 0.5 * 10 was rounded.
 *
 * Four order statistics are needed at most, so values are not sorted but selected: each selection leaves smaller values
 * before and larger ones behind, and the next looks only between those found before. */
#include "stats/private.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#define FUZZ      (4 * DBL_EPSILON)
#define MAX_FOUND 4

typedef struct {
  double *values;
  gsize n;
  gsize found[MAX_FOUND]; /* indices whose value stands where it would in order */
  guint n_found;
} Sample;

/* x[index], 0-based. */
static double ordered(Sample *sample, gsize index) {
  gsize low = 0, high = sample->n;
  for (guint i = 0; i < sample->n_found; i++) {
    gsize found = sample->found[i];
    if (found == index) return sample->values[index];
    if (found < index) low = MAX(low, found + 1);
    if (found > index) high = MIN(high, found);
  }
  double value = gsl_stats_select(sample->values + low, 1, high - low, index - low);
  if (sample->n_found < MAX_FOUND) sample->found[sample->n_found++] = index;
  return value;
}

/* x[index] with 1-based index, the ends repeated beyond the ends. */
static double at(Sample *sample, double index) {
  if (index < 1) return ordered(sample, 0);
  return ordered(sample, index >= (double)sample->n ? sample->n - 1 : (gsize)index - 1);
}

/* Between x[whole] and the next; never 0 * inf, and no rounding between equal values. */
static double between(Sample *sample, double whole, double share) {
  if (share <= 0) return at(sample, whole);
  if (share >= 1) return at(sample, whole + 1);
  double low = at(sample, whole), high = at(sample, whole + 1);
  return low == high ? low : (1 - share) * low + share * high;
}

static double stepped(Sample *sample, double p, int type) {
  double position = (double)sample->n * p - (type == 3 ? 0.5 : 0);
  double whole = floor(position + FUZZ * fmax(1, position));
  gboolean beyond = position > whole + FUZZ * fmax(1, position);
  double share = beyond;
  if (type == 2) share = beyond ? 1 : 0.5;
  if (type == 3) share = beyond || fmod(fabs(whole), 2) == 1;
  return between(sample, whole, share);
}

static double continuous(Sample *sample, double p, int type) {
  static const double ends[][2] = {{0, 1}, {0.5, 0.5}, {0, 0}, {1, 1}, {1.0 / 3, 1.0 / 3}, {3.0 / 8, 3.0 / 8}};
  double a = ends[type - 4][0], b = ends[type - 4][1];
  double position = a + p * ((double)sample->n + 1 - a - b);
  double fuzz = FUZZ * fmax(1, position);
  double whole = floor(position + fuzz);
  double share = position - whole;
  return between(sample, whole, fabs(share) < fuzz ? 0 : share);
}

/* --- intervals --- */

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

/* 1-based order statistics; 0 and n + 1 are none. */
typedef struct {
  guint n, low, high;
  double p, level;
} Ranks;

/* With B the number of values below the quantile, binomial(n, p), x[l] lies above the quantile when B <= l - 1, and
 * x[u] at or below it when B >= u. Each tail gets at most half of what the level leaves, so the interval covers at
 * least `level`; the slack keeps a tail that is exactly that half from being lost to rounding. Source: Conover,
 * Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2. */
static Ranks find_ranks(guint n, double p, double level) {
  static const double slack = 1e-12;
  double tail = (1 - level) / 2;
  return (Ranks){.n = n,
                 .p = p,
                 .level = level,
                 .low = least_above(tail * (1 + slack), p, n),
                 .high = least_above((1 - tail) * (1 - slack), p, n) + 1};
}

/* Cells of one question have few different sizes, and finding the ranks takes longer than finding the values: the last
 * ones of each size are remembered by thread. */
static Ranks ranks_of(guint n, double p, double level) {
  static _Thread_local Ranks recent[512];
  Ranks *ranks = &recent[n % G_N_ELEMENTS(recent)];
  if (ranks->n != n || ranks->p != p || ranks->level != level) *ranks = find_ranks(n, p, level);
  return *ranks;
}

static StatsInterval interval_of(Sample *sample, double p, double level) {
  StatsInterval none = {FALSE, 0, 0};
  if (sample->n > G_MAXUINT || !(p > 0 && p < 1) || !stats_level_is_valid(level)) return none;
  Ranks ranks = ranks_of((guint)sample->n, p, level);
  if (ranks.low == 0 || ranks.high > sample->n) return none;
  return (StatsInterval){
      .has_value = TRUE, .low = ordered(sample, ranks.low - 1), .high = ordered(sample, ranks.high - 1)};
}

StatsQuantile stats_quantile(double *values, gsize n, double p, int type, double level) {
  if (n == 0 || isnan(p)) return (StatsQuantile){NAN, {FALSE, 0, 0}};
  Sample sample = {.values = values, .n = n};
  /* First, because the quantile then lies within it. */
  StatsInterval interval = interval_of(&sample, p, level);
  p = CLAMP(p, 0, 1);
  gboolean steps = type >= 1 && type <= 3;
  double value = steps ? stepped(&sample, p, type) : continuous(&sample, p, type >= 4 && type <= 9 ? type : 7);
  return (StatsQuantile){value, interval};
}
