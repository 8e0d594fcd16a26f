/* What is within reach, from the question's texts to what is told. */
#pragma once

#include "answer/targets.h"
#include "pace/suggest.h"

typedef struct {
  const Session *session;
  const KpiDefinition *kpi;
  char *dimension, *member;
  CalendarPeriod period;
  GPtrArray *suggestions; /* PaceSuggestion */
} AnswerSuggested;

void answer_suggested_clear(AnswerSuggested *suggested);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerSuggested, answer_suggested_clear)

/* `who` NULL: the company; `period` NULL: the next quarter. `suggested` must be zeroed; the session must outlive it.
 * Errors: NOT_FOUND, USAGE for a period or who, INPUT for one that has ended, those of query_run(). */
gboolean answer_suggest(const Session *session, const TargetDesk *desk, const char *kpi, const char *who,
                        const char *period, AnswerSuggested *suggested, GError **error);
void answer_suggested_json(const AnswerSuggested *suggested, FILE *out);
/* "Revenue of Ana Silva in 2027-Q1: what is within reach"; caller frees. */
char *answer_suggested_title(const AnswerSuggested *suggested);
/* NULL: there are too few earlier periods to say. */
CliTable *answer_suggested_table(const AnswerSuggested *suggested);
