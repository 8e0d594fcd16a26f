/* Where targets stand: what they come to in figures, what was attained, and what of them is due by now.
 *
 * The attainment of whoever has a target is their own actual against it, both computed from their parts; nothing here
 * is a mean of percentages. */
#pragma once

#include "query/query.h"
#include "target/figures.h"
#include "target/keep.h"
#include "target/score.h"

/* Asks for KPIs: query_run() of records, or kept cells. */
typedef QueryResult *(*TargetAsk)(gpointer asker, const QueryRequest *request, GError **error);

typedef struct {
  const QueryContext *context;
  TargetAsk ask; /* NULL: query_run() */
  gpointer asker;
} TargetDesk;

typedef enum {
  TARGET_NOT_BEGUN,
  TARGET_RUNNING,
  TARGET_ENDED,
} TargetPhase;

typedef struct {
  const Target *target;
  const TargetVersion *version; /* in force; where none is, the last that was said */
  const KpiDefinition *kpi;     /* NULL: it is defined no more */
  TargetPhase phase;
  gboolean is_partial; /* who asks does not see all that counts towards it: there is an amount, and no figure */
  gboolean has_baseline;
  gboolean baseline_runs; /* its days are not over: what there is of them so far is brought to the length of the span */
  double baseline; /* GROW, REDUCE: of the baseline's days, brought to the length of the span where the KPI adds up */
  gboolean has_amount;
  double amount;      /* of the whole span, with `per` and baseline in it */
  double amount_high; /* BETWEEN */
  QueryValue actual;  /* from the first day to now; of a KPI that adds up always a value */
  gboolean has_score; /* there is an actual and an amount; `score` has more to say */
  TargetScore score;
  double share;      /* of the whole that is due by now: of a KPI that stands by itself 1 */
  gboolean has_due;  /* begun, and adds up: */
  double due;        /* amount * share, for the upper edge of a band and BELOW too */
  double ahead;      /* in the KPI's unit; below 0 is behind. Of what is to stay below: how much is unused */
  gboolean has_days; /* the spread reaches the actual somewhere: */
  int days_ahead;    /* working days by which the actual is earlier than due; below 0: later */
  int working_days, working_days_left; /* of the span, and from tomorrow on */
  gboolean has_rate;
  double rate_so_far, rate_needed; /* a working day, to now and for the rest */
} TargetStanding;

/* An amount over the whole span: of what adds up it is said for each of `per`. Of a change the change itself. */
void target_amount_whole(const QueryContext *context, const KpiDefinition *kpi, const TargetTerms *terms,
                         double *amount, double *amount_high);

/* Of each target in their order; the targets must outlive it. Caller frees the array of TargetStanding. Errors: those
 * of query_run(). A KPI or member that is there no more is none: it has no actual. */
GArray *target_standings(const TargetDesk *desk, const GPtrArray *targets, GError **error);

/* The spread of a version's amount. Errors: of the query for last year's shape; of a span of which nothing is known
 * from last year the spread is by working days, and `*fell_back` is set. */
gboolean target_version_spread(const TargetDesk *desk, const TargetVersion *version, TargetSpread *spread,
                               gboolean *fell_back, GError **error);
