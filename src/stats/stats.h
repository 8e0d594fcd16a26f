/* Statistics of KPIs: pure functions over arrays. Each cites its source. */
#pragma once

#include <glib.h>

typedef struct {
  gboolean has_value;
  double low;
  double high;
} StatsInterval;

/* 95 % (or `level`) Wilson score interval of a proportion. Source: Wilson 1927; Brown, Cai & DasGupta 2001, eq. (4).
 * 0 <= successes <= n; n == 0 gives has_value = FALSE. */
StatsInterval stats_wilson(gint64 successes, gint64 n, double level);

/* Quantile of sorted values, types 1 to 9 of Hyndman & Fan 1996; p in [0, 1]. n >= 1; values ascending without NaN. */
double stats_quantile_sorted(const double *values, gsize n, double p, int type);

/* Distribution-free confidence interval of a quantile by order statistics (binomial). Too few values: has_value FALSE.
 */
StatsInterval stats_quantile_interval(const double *sorted, gsize n, double p, double level);

typedef struct {
  double time;    /* duration, >= 0 */
  gboolean event; /* FALSE: censored at `time` */
} StatsDuration;

/* Kaplan & Meier 1958 product-limit estimate. Sorts `durations` in place (by time; events before censorings at a tie).
 * The quantile p (0.5 = median) is the first time at which S(t) <= 1 - p; where S(t) equals 1 - p exactly over an
 * interval, the midpoint of the interval, as R's survival package does. has_value FALSE when the curve never gets
 * there. The interval is by the log transform of Greenwood's variance, Brookmeyer & Crowley 1982 (survfit's default,
 * conf.type = "log"); an end may be +Inf. */
typedef struct {
  gboolean has_value;
  double value;
  StatsInterval interval;
  gsize n;
  gsize events;
} StatsSurvival;
StatsSurvival stats_kaplan_meier_quantile(StatsDuration *durations, gsize n, double p, double level);
/* S(t) at one time. */
double stats_kaplan_meier_at(StatsDuration *durations, gsize n, double t);
