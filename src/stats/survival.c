/* The product-limit (Kaplan-Meier) curve, walked once in order of time.
 *
 *   S(t) = ∏ (1 - d/n)           over the times at which d of the n still at risk had the event
 *   G(t) = Σ d / (n (n - d))     Greenwood's sum; the limits of S are S exp(± z √G), the upper at most 1
 *
 * Three curves are read at the same height 1 - p: S for the estimate, its lower limit for the interval's low end and
 * its upper limit for the high end (a lower curve gets down to a height earlier). Where everyone left has the event S
 * is 0, and the limits are not defined: an upper limit that has not come down by then never does. Heights are compared
 * with a tolerance of √epsilon, as R's survival package does, because S is a product of rounded fractions. An upper
 * limit may rise again late; the first time counts, as survfit prints it. */
#include "stats/private.h"

#include <float.h>
#include <math.h>

/* Where a falling curve meets a height: `first` when it gets down to it, `below` when it gets under it. */
typedef struct {
  gboolean met;
  gboolean passed;
  double first;
  double below;
} Crossing;

static const double tolerance = 1.4901161193847656e-08; /* √DBL_EPSILON */

static void follow(Crossing *crossing, double height, double time, double curve) {
  if (isnan(curve)) return;
  if (!crossing->met && curve <= height + tolerance) {
    crossing->met = TRUE;
    crossing->first = time;
  }
  if (!crossing->passed && curve <= height - tolerance) {
    crossing->passed = TRUE;
    crossing->below = time;
  }
}

/* On a flat stretch at the height itself the middle of the stretch; the last one ends with the last duration. */
static double crossing_time(const Crossing *crossing, double last) {
  double until = crossing->passed ? crossing->below : last;
  return crossing->first == until ? until : crossing->first + (until - crossing->first) / 2;
}

/* By time, events first; NaN last, where nothing reads it. */
static int by_time(const void *a, const void *b) {
  const StatsDuration *x = a, *y = b;
  if (isnan(x->time) || isnan(y->time)) return (isnan(x->time) != 0) - (isnan(y->time) != 0);
  if (x->time != y->time) return x->time < y->time ? -1 : 1;
  return (y->event != FALSE) - (x->event != FALSE);
}

/* Sorts, and gives the number of durations that are numbers. */
static gsize prepare(StatsDuration *durations, gsize n) {
  if (n == 0) return 0;
  qsort(durations, n, sizeof *durations, by_time);
  while (n > 0 && isnan(durations[n - 1].time)) n--;
  return n;
}

/* The events at the time of durations[i]; `*next` is the first duration after that time. */
static gsize events_at(const StatsDuration *durations, gsize n, gsize i, gsize *next) {
  gsize events = 0, j = i;
  for (; j < n && durations[j].time == durations[i].time; j++) events += durations[j].event != FALSE;
  *next = j;
  return events;
}

StatsSurvival stats_kaplan_meier_quantile(StatsDuration *durations, gsize n, double p, double level) {
  n = prepare(durations, n);
  StatsSurvival result = {.n = n};
  if (n == 0 || !(p > 0 && p <= 1)) return result;
  double z = stats_level_is_valid(level) ? stats_normal_critical(level) : NAN;
  double survival = 1, greenwood = 0, height = 1 - p;
  Crossing estimate = {0}, low = {0}, high = {0};
  for (gsize i = 0, next; i < n; i = next) {
    gsize events = events_at(durations, n, i, &next);
    if (events == 0) continue;
    double at_risk = (double)(n - i), left = at_risk - (double)events, time = durations[i].time;
    result.events += events;
    survival *= left / at_risk;
    greenwood += (double)events / (at_risk * left);
    double reach = left > 0 ? z * sqrt(greenwood) : NAN;
    follow(&estimate, height, time, survival);
    follow(&low, height, time, survival * exp(-reach));
    follow(&high, height, time, isnan(reach) ? NAN : fmin(1, survival * exp(reach)));
  }
  double last = durations[n - 1].time;
  if (!estimate.met) return result;
  result.has_value = TRUE;
  result.value = crossing_time(&estimate, last);
  if (low.met)
    result.interval = (StatsInterval){
        .has_value = TRUE, .low = crossing_time(&low, last), .high = high.met ? crossing_time(&high, last) : INFINITY};
  return result;
}

double stats_kaplan_meier_at(StatsDuration *durations, gsize n, double t) {
  n = prepare(durations, n);
  if (n == 0 || isnan(t)) return NAN;
  double survival = 1;
  for (gsize i = 0, next; i < n && durations[i].time <= t; i = next) {
    gsize events = events_at(durations, n, i, &next);
    survival *= 1 - (double)events / (double)(n - i);
  }
  return survival;
}
