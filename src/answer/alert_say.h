/* What people say of alerts: kept quiet until a time, seen to. */
#pragma once

#include "answer/alerts.h"

/* Nothing is owned; NULL is not given. */
typedef struct {
  AlertAct act; /* SNOOZE, WAKE, ACK */
  const char *rule;
  const char *who;    /* NULL: all of the rule */
  const char *until;  /* of SNOOZE: a day (its end) or a time */
  const char *length; /* or how long: "3 days" */
  const char *author;
  const char *reason;
  gboolean is_command; /* messages write options with their dashes */
} AnswerAlertSaying;

/* Writes it; the store is open to write. `book` is what there is, and has the event then. Caller frees the event.
 * Errors: USAGE for the time, NOT_FOUND for the rule or who, INPUT where nothing fires, of the database. */
AlertEvent *answer_alert_said(const Session *session, const GPtrArray *rules, AlertBook *book,
                              const AnswerAlertSaying *saying, GError **error);
/* The first day that a replay judges: `text`, or three months ago. Errors: USAGE. */
gboolean answer_alert_since(const Session *session, const char *text, gboolean is_command, BaseDay *since,
                            GError **error);
