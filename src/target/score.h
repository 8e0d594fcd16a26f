/* How well a target is met, as one number.
 *
 * The rule, for whatever is to be reached, kept above or below, or kept within a band:
 *
 *   more is better    1 + (actual - target) / |target|       = actual / target for a target above 0
 *   less is better    1 - (actual - target) / |target|       = 2 - actual / target
 *   a band            1 inside; beyond an edge as if that edge were the target
 *
 * 1 is the target exactly. The score is continuous and has no cap on either side: half of the target is 0.5, one and a
 * half of it 1.5, twice as much of what should be less is 0. Of a target of 0 there is no share: it is met or it is
 * not. */
#pragma once

#include "target/target.h"

typedef struct {
  gboolean met;
  gboolean has_score;
  double score; /* 1 = exactly the target */
  double gap;   /* what is left to the target, in the KPI's unit: above 0 is missing, below 0 is in hand */
} TargetScore;

/* `amount` is what is to be reached, of GROW and REDUCE already with their baseline: target_amount_of(). The direction
 * of REACH is that of the KPI, of the others their own. */
TargetScore target_score(TargetKind kind, KpiBetter better, double amount, double amount_high, double actual);

/* Whether less is better: of REACH as the KPI says. */
gboolean target_is_lower_better(TargetKind kind, KpiBetter better);

/* What is to be reached, of an amount that is a change against a baseline's value: 10 % more than 200 is 220, 5 less
 * than 200 is 195. Of a baseline below 0 a growth of 10 % is a tenth of its size towards more. */
double target_amount_of(TargetKind kind, gboolean is_percent, double amount, double baseline);
