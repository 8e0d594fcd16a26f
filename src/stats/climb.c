/* Climbing to the top of a likelihood of few parameters, each held within bounds.
 *
 * Newton's step along each of the axes in which the ground curves (the eigenvectors of the curvature), uphill also
 * where it curves upwards, and along none farther than a reach, which grows and shrinks with how well the last step
 * kept what it promised. Likelihoods whose top lies at infinity fall off there like e^-u: such a step moves by about 1
 * and the bounds are reached in a few. What leans against a bound stays there until its slope points inside. All is
 * reckoned from the start and the sample alone: the same sample always ends at the same point. */
#include "stats/private.h"

#include <gsl/gsl_eigen.h>
#include <math.h>

#define MAX_STEPS       500
#define LONGEST         3.0   /* of one step along one axis */
#define SHORTEST        1e-9  /* … below which nothing leads higher any more */
#define GAINS_NOTHING   1e-13 /* steps that promise no more, beside the height, are not worth their while */
#define GAINS_ROUNDINGS 1e-9  /* … nor are those that promise this much and lead no higher */

typedef struct {
  guint n, n_loose;
  guint loose[STATS_MAX_PARAMETERS]; /* coordinates that do not lean against a bound */
  double bound;
  double slopes[STATS_MAX_PARAMETERS];                     /* along the axes */
  double bends[STATS_MAX_PARAMETERS];                      /* curvatures along them, without their signs */
  double axes[STATS_MAX_PARAMETERS][STATS_MAX_PARAMETERS]; /* the i-th axis, by loose coordinate */
} Ground;

static void find_axes(Ground *ground, const StatsHeight *here) {
  guint n = ground->n_loose;
  double matrix[STATS_MAX_PARAMETERS * STATS_MAX_PARAMETERS], axes[STATS_MAX_PARAMETERS * STATS_MAX_PARAMETERS];
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++) matrix[i * n + j] = here->curvature[ground->loose[i]][ground->loose[j]];
  gsl_matrix_view from = gsl_matrix_view_array(matrix, n, n), to = gsl_matrix_view_array(axes, n, n);
  gsl_vector_view bends = gsl_vector_view_array(ground->bends, n);
  gsl_eigen_symmv_workspace *room = gsl_eigen_symmv_alloc(n);
  gsl_eigen_symmv(&from.matrix, &bends.vector, &to.matrix, room);
  gsl_eigen_symmv_free(room);
  for (guint i = 0; i < n; i++) {
    ground->bends[i] = fabs(ground->bends[i]);
    ground->slopes[i] = 0;
    for (guint j = 0; j < n; j++) {
      ground->axes[i][j] = axes[j * n + i];
      ground->slopes[i] += ground->axes[i][j] * here->slope[ground->loose[j]];
    }
  }
}

/* FALSE where every coordinate leans against a bound. */
static gboolean survey(Ground *ground, const StatsHeight *here, const double *at) {
  ground->n_loose = 0;
  for (guint i = 0; i < ground->n; i++) {
    gboolean leans =
        (at[i] >= ground->bound && here->slope[i] >= 0) || (at[i] <= -ground->bound && here->slope[i] <= 0);
    if (!leans) ground->loose[ground->n_loose++] = i;
  }
  if (ground->n_loose > 0) find_axes(ground, here);
  return ground->n_loose > 0;
}

static double stride(const Ground *ground, guint axis, double reach) {
  double slope = ground->slopes[axis], bend = ground->bends[axis];
  if (fabs(slope) >= reach * bend) return slope == 0 ? 0 : copysign(reach, slope);
  return slope / bend;
}

/* What there is to gain if the ground is curved like this all the way, or as far as one may go at once. */
static double worth(const Ground *ground) {
  double gain = 0;
  for (guint i = 0; i < ground->n_loose; i++) gain += ground->slopes[i] * stride(ground, i, LONGEST);
  return gain;
}

/* The point after a step; gives what slopes and curvature promise of it. */
static double step_from(const Ground *ground, const StatsHeight *here, const double *at, double reach, double *next) {
  double moved[STATS_MAX_PARAMETERS] = {0}, promised = 0;
  for (guint i = 0; i < ground->n; i++) next[i] = at[i];
  for (guint i = 0; i < ground->n_loose; i++)
    for (guint j = 0; j < ground->n_loose; j++) next[ground->loose[j]] += stride(ground, i, reach) * ground->axes[i][j];
  for (guint i = 0; i < ground->n; i++) {
    next[i] = CLAMP(next[i], -ground->bound, ground->bound);
    moved[i] = next[i] - at[i];
  }
  for (guint i = 0; i < ground->n; i++) {
    promised += here->slope[i] * moved[i];
    for (guint j = 0; j < ground->n; j++) promised += moved[i] * here->curvature[i][j] * moved[j] / 2;
  }
  return promised;
}

static gboolean is_known(const StatsHeight *height, guint n) {
  gboolean known = isfinite(height->value);
  for (guint i = 0; i < n; i++) {
    known &= isfinite(height->slope[i]);
    for (guint j = 0; j < n; j++) known &= isfinite(height->curvature[i][j]);
  }
  return known;
}

gboolean stats_climb(StatsHeightFunc height_of, gconstpointer sample, double *at, guint n, double bound) {
  Ground ground = {.n = n, .bound = bound};
  StatsHeight here, there;
  double reach = LONGEST, next[STATS_MAX_PARAMETERS];
  height_of(at, sample, &here);
  if (!is_known(&here, n)) return FALSE;
  gboolean surveyed = FALSE;
  for (int i = 0; i < MAX_STEPS; i++) {
    if (!surveyed && !survey(&ground, &here, at)) return TRUE;
    surveyed = TRUE;
    double height = fmax(fabs(here.value), 1), to_gain = worth(&ground);
    if (to_gain <= GAINS_NOTHING * height) return TRUE;
    double promised = step_from(&ground, &here, at, reach, next), gained = -INFINITY;
    if (promised > 0) height_of(next, sample, &there);
    if (promised > 0 && is_known(&there, n)) gained = there.value - here.value;
    if (!(gained > 0 && gained >= 0.01 * promised)) {
      if (to_gain <= GAINS_ROUNDINGS * height) return TRUE;
      if (reach < SHORTEST) return FALSE;
      reach /= 4;
      continue;
    }
    if (gained > 0.75 * promised) reach = fmin(reach * 2, LONGEST);
    if (gained < 0.25 * promised) reach /= 2;
    here = there;
    for (guint k = 0; k < n; k++) at[k] = next[k];
    surveyed = FALSE;
  }
  return FALSE;
}
