/* Many figures with few questions: what is wanted of whom in which days is gathered, and each pair of a dimension and a
 * span is asked once, with all KPIs. Private to src/target. */
#pragma once

#include "target/standing.h"

typedef struct TargetAnswers TargetAnswers;

TargetAnswers *target_answers_new(const TargetDesk *desk);
void target_answers_free(TargetAnswers *answers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TargetAnswers, target_answers_free)

/* The KPI and member of the terms, over [start, end). */
void target_answers_want(TargetAnswers *answers, const TargetTerms *terms, BaseDay start, BaseDay end);
/* Errors: those of query_run(). A dimension that is there no more is asked for nobody. */
gboolean target_answers_ask(TargetAnswers *answers, GError **error);
/* NULL: nothing is known of the member, or it was not wanted. */
const QueryValue *target_answers_find(const TargetAnswers *answers, const TargetTerms *terms, BaseDay start,
                                      BaseDay end);
/* One question: the KPI of a member over a span, cut by `grain`; the values by the start of their periods. Caller frees
 * the array of TargetPart, whose weights are the values, 0 where there is none. */
GArray *target_ask_shape(const TargetDesk *desk, const TargetTerms *terms, const CalendarPeriod *span,
                         CalendarGrain grain, GError **error);
