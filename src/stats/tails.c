/* How unlikely something so large is by chance alone.
 *
 * The binomial tail is the regularised incomplete beta function, P(X >= k) = I_p(k, n - k + 1), which also has values
 * between whole numbers: counts that come in clumps are so divided by how much they clump (an effective sample size;
 * McCullagh & Nelder 1989, 4.5) and held against the same tail. */
#include "stats/stats.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double stats_binomial_upper(double k, double n, double p) {
  if (!(k > 0)) return 1;
  if (k > n || !(p > 0)) return 0;
  return p >= 1 ? 1 : gsl_cdf_beta_P(p, k, n - k + 1);
}

double stats_outlier_upper(double value, const double *others, gsize n) {
  if (n < 3) return 1;
  double sum = 0, squares = 0;
  for (gsize i = 0; i < n; i++) sum += others[i];
  double mean = sum / (double)n;
  for (gsize i = 0; i < n; i++) squares += (others[i] - mean) * (others[i] - mean);
  double spread = sqrt(squares / (double)(n - 1) * (1 + 1 / (double)n));
  if (!(spread > 0)) return value > mean ? 0 : 1;
  return gsl_cdf_tdist_Q((value - mean) / spread, (double)(n - 1));
}
