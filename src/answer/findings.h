/* What `attain check` has to say, section by section. */
#pragma once

#include "session/session.h"

typedef enum { ANSWER_NOTE, ANSWER_WARNING, ANSWER_ERROR } AnswerSeverity;

typedef struct {
  const char *section; /* static */
  AnswerSeverity severity;
  char *text;
} AnswerFinding;

typedef struct {
  GPtrArray *all; /* AnswerFinding * */
} AnswerFindings;

void answer_findings_init(AnswerFindings *findings);
void answer_findings_clear(AnswerFindings *findings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerFindings, answer_findings_clear)
void answer_findings_add(AnswerFindings *findings, const char *section, AnswerSeverity severity, const char *format,
                         ...) G_GNUC_PRINTF(4, 5);
guint answer_findings_count(const AnswerFindings *findings, const char *section,
                            AnswerSeverity severity); /* section NULL: all */

/* Looks at what is loaded: owners, dates, currencies, names given twice, circles of managers and teams. */
gboolean answer_check_records(const Session *session, GHashTable *counts, AnswerFindings *findings, GError **error);
gboolean answer_check_hierarchies(const Session *session, AnswerFindings *findings, GError **error);
