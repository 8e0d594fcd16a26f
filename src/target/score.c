/* Scoring: one rule for all kinds of targets. */
#include "target/score.h"

#include <math.h>

gboolean target_is_lower_better(TargetKind kind, KpiBetter better) {
  switch (kind) {
    case TARGET_BELOW:
    case TARGET_REDUCE:
      return TRUE;
    case TARGET_REACH:
      return better == KPI_LOWER;
    case TARGET_ABOVE:
    case TARGET_GROW:
    case TARGET_BETWEEN:
      break;
  }
  return FALSE;
}

static TargetScore against(double target, double actual, gboolean is_lower_better) {
  double over = is_lower_better ? target - actual : actual - target;
  TargetScore score = {.met = over >= 0, .has_score = target != 0, .gap = over == 0 ? 0 : -over};
  if (score.has_score) score.score = 1 + over / fabs(target);
  return score;
}

TargetScore target_score(TargetKind kind, KpiBetter better, double amount, double amount_high, double actual) {
  if (kind != TARGET_BETWEEN) return against(amount, actual, target_is_lower_better(kind, better));
  if (actual < amount) return against(amount, actual, FALSE);
  if (actual > amount_high) return against(amount_high, actual, TRUE);
  return (TargetScore){.met = TRUE, .has_score = TRUE, .score = 1};
}

double target_amount_of(TargetKind kind, gboolean is_percent, double amount, double baseline) {
  if (kind != TARGET_GROW && kind != TARGET_REDUCE) return amount;
  double change = is_percent ? fabs(baseline) * amount / 100 : amount;
  return kind == TARGET_GROW ? baseline + change : baseline - change;
}
