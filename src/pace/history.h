/* What the past says of KPIs of all members of a dimension: asked at once, and made into models. Private to src/pace.
 */
#pragma once

#include "pace/model.h"
#include "pace/windows.h"
#include "target/standing.h"

/* One question about spans (CalendarPeriod), by a dimension or, with NULL, of all. Errors: those of query_run(). */
QueryResult *pace_ask(const TargetDesk *desk, const char *const *kpis, const char *dimension, const GArray *spans,
                      GError **error);
/* Shares of cases are not foretold below 0 nor above 1. */
double pace_within_unit(const KpiDefinition *kpi, double value);

typedef struct PaceHistory PaceHistory;

PaceHistory *pace_history_new(const TargetDesk *desk, const char *dimension, BaseDay start, BaseDay end);
void pace_history_free(PaceHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaceHistory, pace_history_free)

/* A KPI that will be looked for; before pace_history_ask(). */
void pace_history_want(PaceHistory *history, const KpiDefinition *kpi);
/* One question for all KPIs and members, and one for the months of the company. Errors: those of query_run(). A
 * dimension that is there no more has no members. */
gboolean pace_history_ask(PaceHistory *history, GError **error);

const PaceWindows *pace_history_windows(const PaceHistory *history);

/* The finish of a member's window, of which `at` is there now. FALSE: too little is known. Belongs to the history. */
gboolean pace_history_finish(PaceHistory *history, const KpiDefinition *kpi, const char *member, gboolean has_at,
                             double at, PaceFinish *finish);
/* What there was at the same working day of the period before. */
gboolean pace_history_like(const PaceHistory *history, const KpiDefinition *kpi, const char *member, double *like);
