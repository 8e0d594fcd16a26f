/* Whether shares differ by more than chance. A ranking of people by a rate invites stories about noise; this says when
 * it is noise. */
#include "stats/stats.h"

#include <gsl/gsl_cdf.h>

StatsHomogeneity stats_homogeneity(const gint64 *successes, const gint64 *totals, gsize n) {
  StatsHomogeneity result = {.has_value = FALSE};
  double all_successes = 0, all = 0;
  gsize groups = 0;
  for (gsize i = 0; i < n; i++) {
    if (totals[i] <= 0) continue;
    groups++;
    all_successes += (double)successes[i];
    all += (double)totals[i];
  }
  if (groups < 2 || all_successes <= 0 || all_successes >= all) return result;
  double share = all_successes / all, chi_square = 0, smallest = G_MAXDOUBLE;
  for (gsize i = 0; i < n; i++) {
    if (totals[i] <= 0) continue;
    double won = (double)totals[i] * share, lost = (double)totals[i] * (1 - share);
    double apart = (double)successes[i] - won;
    chi_square += apart * apart / won + apart * apart / lost;
    smallest = MIN(smallest, MIN(won, lost));
  }
  result.has_value = TRUE;
  result.chi_square = chi_square;
  result.degrees = (int)groups - 1;
  result.p = gsl_cdf_chisq_Q(chi_square, (double)result.degrees);
  result.smallest_expected = smallest;
  return result;
}
