/* What the values of a KPI are like: whether they add up, whether they can be below 0. */
#pragma once

#include "kpi/kpi.h"

/* Whether values of a KPI add up over days (won deals, revenue) or stand by themselves (a rate, a median, a level). */
gboolean target_adds_up(const KpiDefinition *kpi);
/* Whether a value below 0 can be: of what takes something away (a profit, a growth, promoters less detractors); not of
 * what is counted, timed or a share of cases, nor of sums and means of amounts as they stand. */
gboolean target_can_be_negative(const KpiDefinition *kpi);
