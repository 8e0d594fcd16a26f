/* What the statistics share: confidence levels, and searches for the best parameters of a model. */
#pragma once

#include "stats/stats.h"

/* A level is a probability strictly between 0 and 1; NaN is none. */
gboolean stats_level_is_valid(double level);
/* z such that a standard normal lies in [-z, z] with probability `level`. */
double stats_normal_critical(double level);

/* --- models of customers --- */

/* Sorted; FALSE when there are too few to tell anything, or one that cannot be. */
gboolean stats_customers_prepare(StatsCustomer *customers, gsize n);
/* Purchases expected in the next t of a customer who is there for certain. */
double stats_bgnbd_staying_purchases(const StatsBgNbd *model, guint32 repeats, double age, double t);

/* --- searching --- */

#define STATS_MAX_PARAMETERS 4

/* A likelihood at one point, its slopes and its curvature (symmetric; all of it is set). */
typedef struct {
  double value;
  double slope[STATS_MAX_PARAMETERS];
  double curvature[STATS_MAX_PARAMETERS][STATS_MAX_PARAMETERS];
} StatsHeight;
typedef void (*StatsHeightFunc)(const double *at, gconstpointer sample, StatsHeight *height);

/* Climbs from `at`, which is left at the top, within [-bound, bound] in each of `n` coordinates. FALSE: no top was
 * reached. */
gboolean stats_climb(StatsHeightFunc height_of, gconstpointer sample, double *at, guint n, double bound);
