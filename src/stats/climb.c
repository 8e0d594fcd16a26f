/* Climbing to the top of a likelihood of few parameters, each held within bounds.
 *
 * Newton's step where the hill is curved as one, and where it is not, the step of a hill made steeper until it is
 * (Levenberg 1944, Marquardt 1963), the more so the less the last step kept of what it promised. What leans against a
 * bound stays there until its slope points inside. All is reckoned from the start and the sample alone: the same
 * sample always ends at the same point. */
#include "stats/private.h"

#include <math.h>

#define MAX_STEPS     500
#define LONGEST       3.0   /* of one step in one coordinate */
#define LEVEL         1e-11 /* slopes so small beside the height are level ground */
#define LEVEL_ROUNDED 1e-6  /* … when no step leads higher any more but for rounding */
#define GAINS_NOTHING 1e-14 /* promised by a full Newton step, beside the height */

typedef double Matrix[STATS_MAX_PARAMETERS][STATS_MAX_PARAMETERS];

/* Solves (damping I - curvature) step = slope over the loose coordinates by Cholesky's factors; FALSE where that is no
 * hill. */
static gboolean solve(const StatsHeight *here, const guint *loose, guint n, double damping, double *step) {
  Matrix factor;
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j <= i; j++) {
      double sum = (i == j ? damping : 0) - here->curvature[loose[i]][loose[j]], whole = sum;
      for (guint k = 0; k < j; k++) sum -= factor[i][k] * factor[j][k];
      if (i == j && !(sum > 1e-13 * fabs(whole) && sum > 0)) return FALSE;
      factor[i][j] = i == j ? sqrt(sum) : sum / factor[j][j];
    }
  for (guint i = 0; i < n; i++) {
    step[i] = here->slope[loose[i]];
    for (guint k = 0; k < i; k++) step[i] -= factor[i][k] * step[k];
    step[i] /= factor[i][i];
  }
  for (guint i = n; i-- > 0;) {
    for (guint k = i + 1; k < n; k++) step[i] -= factor[k][i] * step[k];
    step[i] /= factor[i][i];
  }
  return TRUE;
}

/* The coordinates that do not lean against a bound, and the steepest of their slopes. */
static guint find_loose(const StatsHeight *here, const double *at, guint n, double bound, guint *loose,
                        double *steepest) {
  guint n_loose = 0;
  *steepest = 0;
  for (guint i = 0; i < n; i++) {
    if ((at[i] >= bound && here->slope[i] > 0) || (at[i] <= -bound && here->slope[i] < 0)) continue;
    loose[n_loose++] = i;
    *steepest = fmax(*steepest, fabs(here->slope[i]));
  }
  return n_loose;
}

/* The point after a step, cut to its longest and to the bounds; gives what the curvature promises of it. */
static double step_from(const StatsHeight *here, const double *at, guint n, double bound, const guint *loose,
                        guint n_loose, const double *step, double *next) {
  double longest = 0, promised = 0, moved[STATS_MAX_PARAMETERS] = {0};
  for (guint i = 0; i < n_loose; i++) longest = fmax(longest, fabs(step[i]));
  double share = longest > LONGEST ? LONGEST / longest : 1;
  for (guint i = 0; i < n; i++) next[i] = at[i];
  for (guint i = 0; i < n_loose; i++) {
    next[loose[i]] = CLAMP(at[loose[i]] + share * step[i], -bound, bound);
    moved[loose[i]] = next[loose[i]] - at[loose[i]];
  }
  for (guint i = 0; i < n; i++) {
    promised += here->slope[i] * moved[i];
    for (guint j = 0; j < n; j++) promised += moved[i] * here->curvature[i][j] * moved[j] / 2;
  }
  return promised;
}

static double most_curved(const StatsHeight *here, guint n) {
  double most = 1e-12;
  for (guint i = 0; i < n; i++) most = fmax(most, fabs(here->curvature[i][i]));
  return most;
}

gboolean stats_climb(StatsHeightFunc height_of, gconstpointer sample, double *at, guint n, double bound) {
  StatsHeight here, there;
  double damping = 0, next[STATS_MAX_PARAMETERS], step[STATS_MAX_PARAMETERS], steepest;
  guint loose[STATS_MAX_PARAMETERS];
  height_of(at, sample, &here);
  if (!isfinite(here.value)) return FALSE;
  for (int i = 0; i < MAX_STEPS; i++) {
    double height = fmax(fabs(here.value), 1), least_damping = 1e-4 * most_curved(&here, n);
    guint n_loose = find_loose(&here, at, n, bound, loose, &steepest);
    if (n_loose == 0 || steepest <= LEVEL * height) return TRUE;
    if (damping > 1e12 * least_damping) return steepest <= LEVEL_ROUNDED * height;
    double promised = 0, gained = -INFINITY;
    if (solve(&here, loose, n_loose, damping, step)) {
      promised = step_from(&here, at, n, bound, loose, n_loose, step, next);
      if (damping == 0 && promised >= 0 && promised <= GAINS_NOTHING * height) return TRUE;
      if (promised > 0) height_of(next, sample, &there);
      if (promised > 0 && isfinite(there.value)) gained = there.value - here.value;
    }
    if (!(gained > 0 && gained >= 0.01 * promised)) {
      damping = fmax(damping * 8, least_damping);
      continue;
    }
    if (gained > 0.75 * promised) damping = damping / 8 >= least_damping ? damping / 8 : 0;
    if (gained < 0.25 * promised) damping = fmax(damping * 4, least_damping);
    here = there;
    for (guint k = 0; k < n; k++) at[k] = next[k];
  }
  return FALSE;
}
