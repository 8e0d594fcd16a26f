/* The rule of scoring. */
#include "scorecard/rule.h"

#define MET 100

/* While it runs, of what adds up: against what is due by now. */
static TargetScore against_due(const TargetStanding *standing) {
  double share = standing->phase == TARGET_RUNNING && standing->has_due ? standing->share : 1;
  return target_score(standing->version->terms.kind, standing->kpi->better, standing->amount * share,
                      standing->amount_high * share, standing->actual.value);
}

gboolean scorecard_points(const TargetStanding *standing, double cap, double *points) {
  if (!standing->has_score || standing->phase == TARGET_NOT_BEGUN) return FALSE;
  if (standing->has_due && standing->share <= 0) return FALSE;
  TargetScore score = against_due(standing);
  double share = score.has_score ? score.score : score.met ? 1 : 0;
  *points = CLAMP(MET * share, 0, cap);
  return TRUE;
}

void scorecard_sum_add(ScorecardSum *sum, double weight, double points) {
  if (weight <= 0) return;
  sum->sum += weight * points;
  sum->weight += weight;
  sum->n++;
}

gboolean scorecard_sum_score(const ScorecardSum *sum, double *score) {
  if (sum->n == 0) return FALSE;
  *score = sum->sum / sum->weight;
  return TRUE;
}
