/* The Wilson score interval.
 *
 * With p = successes / n and z the normal quantile of the level, the interval is
 *
 *   (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
 *
 * It is never empty at 0 or n successes and stays within [0, 1], which the plain p ± z·se does not; that is why rates
 * of few deals use it. At 0 and at n the outer end is exact, so rounding cannot put it beside 0 or 1. */
#include "stats/private.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

gboolean stats_level_is_valid(double level) {
  return level > 0 && level < 1;
}

double stats_normal_critical(double level) {
  return gsl_cdf_ugaussian_Qinv((1 - level) / 2);
}

StatsInterval stats_wilson(gint64 successes, gint64 n, double level) {
  if (n <= 0 || successes < 0 || successes > n || !stats_level_is_valid(level)) return (StatsInterval){FALSE, 0, 0};
  double count = (double)n, p = (double)successes / count;
  double z = stats_normal_critical(level), z2 = z * z;
  double middle = p + z2 / (2 * count);
  double reach = z * sqrt(p * (1 - p) / count + z2 / (4 * count * count));
  double scale = 1 + z2 / count;
  return (StatsInterval){.has_value = TRUE,
                         .low = successes == 0 ? 0 : fmax(0, (middle - reach) / scale),
                         .high = successes == n ? 1 : fmin(1, (middle + reach) / scale)};
}
