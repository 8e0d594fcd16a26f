/* `attain check`: definitions, sources, alert rules and records of a workspace looked through. */
#pragma once

#include "alert/judge.h"
#include "answer/counts.h"
#include "answer/findings.h"
#include "cli/cli.h"
#include "ingest/ingest.h"

#define ANSWER_MAX_REJECTED 10000 /* rejected rows in the JSON */

typedef struct {
  Session *session;
  AnswerFindings findings;
  char *definitions, *sources, *alerts, *data; /* what each section holds, in a line; NULL: nothing yet */
  GHashTable *counts;
  GPtrArray *rules; /* AlertRule */
  StoreRows *loads;
  GPtrArray *rejected; /* IngestRejected *, at most max_rejected of n_rejected */
  gsize max_rejected;
  gint64 n_rejected;
} AnswerCheck;

/* The session is opened without definitions, which are read here; so is its database, where it is not open. `check`
 * must be zeroed. What cannot be looked at is a finding. */
void answer_check(Session *session, gsize max_rejected, AnswerCheck *check);
void answer_check_clear(AnswerCheck *check);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerCheck, answer_check_clear)
void answer_check_json(const AnswerCheck *check, FILE *out);
