/* What restated a number: the records behind it as they were believed at an instant, beside those of now. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"

#define ANSWER_MAX_CHANGED 1000000 /* records behind one measure, where no limit is asked */

typedef struct AnswerChanges AnswerChanges;

/* Each KPI of the request as it is now and as it was believed at `since` (a date: its end; `name` is what it is called
 * in errors), with at most `limit` records behind a measure (0: as many as may be). The session and the request must
 * outlive it; the session's store is used by no other thread meanwhile. Errors: USAGE of the time, those of
 * query_trails(). */
AnswerChanges *answer_changes_ask(const Session *session, const AnswerRequest *request, const char *name,
                                  const char *since, gsize limit, GError **error);
void answer_changes_free(AnswerChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnswerChanges, answer_changes_free)

void answer_changes_json(const AnswerChanges *changes, FILE *out);
void answer_changes_csv(const AnswerChanges *changes, FILE *out);
/* "Revenue · 2026-Q1: 450 as believed at …, 670 now" of the request's nth KPI; caller frees. */
char *answer_changes_heading(const AnswerChanges *changes, guint kpi);
/* A CliTable for each measure of it whose records count otherwise; caller frees. */
GPtrArray *answer_changes_tables(const AnswerChanges *changes, guint kpi);
