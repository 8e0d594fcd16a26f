/* What will become of targets: where they end, how likely they are made, and what would be a fair one.
 *
 *   past periods of the same length ─► what there was at the same position, and at the end ─► PaceModel
 *                                                    what there is now ─► PaceFinish: chance, interval, quantiles
 *
 * The chance of a target is not a guess about trends: it is how such periods of this member finished from such a
 * position, with as much of their peers' as the member's own history is short of. */
#pragma once

#include "target/standing.h"

typedef struct {
  gboolean has_chance;
  double chance; /* that the target is made, from 0 to 1; of one that has ended 0 or 1 */
  gboolean has_finish;
  double finish, finish_low, finish_high; /* the median at the end, and an interval of 80 %, in the KPI's unit */
  guint n_own, n_peers;                   /* past periods it rests on, the member's own and their peers' */
  gboolean has_like;
  double like;         /* what there was at the same working day of the period before */
  CalendarPeriod same; /* those days of the period before */
} PaceForecast;

/* Of each of the standings (TargetStanding) in their order. Whoever has too little of a past has no chance, which is
 * not 0. Caller frees the array of PaceForecast. Errors: those of query_run(). */
GArray *pace_forecasts(const TargetDesk *desk, const GArray *standings, GError **error);
