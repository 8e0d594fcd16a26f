/* Targets within reach: what the better half, third and tenth of such periods come to, and what that asks.
 *
 * The amounts are quantiles of the member's own finishes (pace/model.h): the 50th percentile is reached in half of such
 * periods, the 90th in one of ten. What each asks of the KPIs that drive it is told one at a time: with all others as
 * they usually are, so many more of this one, as the KPI is the product of its drivers. */
#pragma once

#include "target/standing.h"

#define PACE_N_REACH 3

/* 0.5, 0.7 and 0.9. */
extern const double pace_percentiles[PACE_N_REACH];

typedef struct {
  const KpiDefinition *kpi;    /* a driver */
  gboolean is_whole;           /* it is counted: needed is a whole number */
  double usual;                /* of the last periods: a mean period's of what adds up, else of all of them together */
  double needed[PACE_N_REACH]; /* alone, beside the others as usual; NaN where no such value can be: a share above 1 */
} PaceAsk;

typedef struct {
  char *member; /* NULL: the company */
  gboolean has; /* FALSE: too few earlier periods */
  gboolean has_at;
  double at; /* what there is already, of a span that runs */
  double amounts[PACE_N_REACH];
  guint n_own, n_peers;
  GArray *asks; /* PaceAsk, of the KPI's drivers that have a value */
  /* Of a share of cases: so many cases in a usual period, and so many more of them that must be good. */
  gboolean has_cases;
  double cases, more[PACE_N_REACH];
} PaceSuggestion;

void pace_suggestion_free(PaceSuggestion *suggestion);

/* For each of `members` (NULL-terminated; of the company { NULL }, for which there is one). Less is better: percentiles
 * count from the high side. Caller frees the array of PaceSuggestion. Errors: INPUT for a span that has ended, those of
 * query_run(). */
GPtrArray *pace_suggest(const TargetDesk *desk, const KpiDefinition *kpi, const char *dimension,
                        const char *const *members, BaseDay start, BaseDay end, GError **error);
