/* What the statistics share: confidence levels. */
#pragma once

#include "stats/stats.h"

/* A level is a probability strictly between 0 and 1; NaN is none. */
gboolean stats_level_is_valid(double level);
/* z such that a standard normal lies in [-z, z] with probability `level`. */
double stats_normal_critical(double level);
