/* How a scorecard is scored: points, of which 100 are a target met exactly.
 *
 *   points of a KPI   100 × score (target/score.h), from 0 to the cap
 *   score of a card   Σ weight × points / Σ weight, over the KPIs that have points
 *
 * The score of a target has no limits on either side, and one KPI could then lift a card without end, or, where less is
 * better, pull it down without end. So each goes into the mean from 0 to a cap, 200 unless the workspace says
 * otherwise: twice the target where more is better, nothing left where less is. While a period runs, what adds up is
 * held against what is due by now, as nobody is behind for days that are still to come. A target of 0 has no share: it
 * is 100 when it is met and 0 when it is not. A KPI without target, without value, or of which nothing is due yet has
 * no points and does not count.
 *
 * Source: the weighted sum of Ambition's scorecard, Σ weight × actual / benchmark (2 of 4 at 20 and 40,000 of 20,000 at
 * 80 is 170), which is the weighted sum model of Fishburn, Additive Utilities with Incomplete Product Sets, Operations
 * Research 15 (1967); weights are divided by their sum, so they need not come to 100. */
#pragma once

#include "target/standing.h"

#define SCORECARD_USUAL_CAP 200

/* Points of a target as it stands, from 0 to `cap`. FALSE: it has none. */
gboolean scorecard_points(const TargetStanding *standing, double cap, double *points);

typedef struct {
  double sum, weight; /* of what was added */
  guint n;
} ScorecardSum;

/* Weights of 0 are passed over. */
void scorecard_sum_add(ScorecardSum *sum, double weight, double points);
/* FALSE: nothing was added. */
gboolean scorecard_sum_score(const ScorecardSum *sum, double *score);
