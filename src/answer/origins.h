/* Where records come from: sources, what their loads did, the rows that were kept out; and the organisation that they
 * are credited to. As programs read them, page by page. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"

#define ANSWER_USUAL_PAGE 100

/* A page of a long list: what comes behind `cursor` (NULL: from the beginning), at most `limit` of it (0: the usual).
 */
typedef struct {
  const char *source; /* of this one only; NULL: of all */
  const char *cursor;
  guint limit;
} AnswerPage;

/* Errors of all: of the database. */
/* `whole` FALSE: names, and when each was loaded last. */
gboolean answer_sources_json(const Session *session, gboolean whole, FILE *out, GError **error);
/* Errors also: INPUT for what is no cursor. */
gboolean answer_loads_json(const Session *session, const AnswerPage *page, FILE *out, GError **error);
gboolean answer_rejected_json(const Session *session, const AnswerPage *page, FILE *out, GError **error);
/* People, teams and memberships; of a session with a sight those whose numbers may be seen today, and their teams. */
gboolean answer_organisation_json(const Session *session, FILE *out, GError **error);
