/* Alerts in libattain: where the rules stand, what is said of them, judging and sending. Included by attain/attain.h,
 * which says what holds for all functions. */
#ifndef ATTAIN_ALERTS_H
#define ATTAIN_ALERTS_H

#include <attain/workspace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- where the rules stand --- */

/* Any thread, and within a callback, but for what says otherwise. They wait for a writer. Give what they return back
 * with attain_free(). docs/alerts.md describes the JSON. Errors of all: INPUT of the rules with file and line, IO. */

/* The rules with whom they fire for, as the JSON of `attain alert --format json`. */
ATTAIN_API char *attain_alerts(AttainWorkspace *workspace, AttainError *error);
/* What each rule finds of whom now, as the JSON of `attain alert run --dry-run --format json`. Nothing is written. */
ATTAIN_API char *attain_alert_judge(AttainWorkspace *workspace, AttainError *error);
/* What alerts did and what was said of them, as the JSON of `attain alert history --format json`. `rule` NULL: all. */
ATTAIN_API char *attain_alert_history(AttainWorkspace *workspace, const char *rule, AttainError *error);
/* Messages that wait to be sent, or with `all` those that were, too, as the JSON of `attain alert outbox`. */
ATTAIN_API char *attain_alert_outbox(AttainWorkspace *workspace, bool all, AttainError *error);

typedef struct {
  const char *rule;  /* its name */
  const char *since; /* the first day that is judged; NULL: three months ago */
  bool in_hindsight; /* by the records as they are known now, for days before the first load, too */
} AttainAlertTest;

/* When a rule would have fired, judged at the end of each day by what was known then, as the JSON of `attain alert test
 * RULE --format json`. It takes long where the ledger changed on many days, and writers wait for it. Errors also:
 * NOT_FOUND for the rule, USAGE for the day, LIMIT. */
ATTAIN_API char *attain_alert_test(AttainWorkspace *workspace, const AttainAlertTest *test, AttainError *error);

/* --- what people say of them --- */

typedef struct {
  const char *act;    /* snooze, wake, acknowledge */
  const char *rule;   /* its name */
  const char *who;    /* team:North, "rep:Ana Silva"; NULL: all of the rule */
  const char *until;  /* of snooze: a day (its end) or a time; or */
  const char *length; /* how long: "2 hours", "3 days", "1 week" */
  const char *author;
  const char *reason;
} AttainAlertSaying;

/* Keeps a rule quiet until a time, ends that, or says that somebody sees to what fires; gives what was written as the
 * JSON of `attain alert snooze --format json`. Not from a callback. Errors: USAGE, NOT_FOUND for a rule or who, INPUT
 * where nothing fires, IO. */
ATTAIN_API char *attain_alert_say(AttainWorkspace *workspace, const AttainAlertSaying *saying, AttainError *error);

/* --- judging and sending --- */

/* Judges all alert rules at the clock and sends what is due, as `attain alert run` does; a program calls it every few
 * minutes. Returns what followed as that command's JSON (docs/alerts.md); give it back with attain_free(). A rule that
 * is wrong stops no other: `unjudged` says what is wrong with it and where. Nobody waits while it sends. Not from a
 * callback. Errors: USAGE where the workspace is read only, IO. */
ATTAIN_API char *attain_alert_run(AttainWorkspace *workspace, AttainError *error);
/* Sends the messages that wait, without judging the rules, as the JSON of `attain alert send --format json`. Otherwise
 * as attain_alert_run(). */
ATTAIN_API char *attain_alert_send(AttainWorkspace *workspace, AttainError *error);

typedef struct {
  uint64_t n_events; /* what followed of judging: acts */
  uint64_t n_sent, n_later, n_refused;
  uint64_t n_waiting; /* messages that are still to be sent */
  int64_t wait_us;    /* until something is due; -1: time alone changes nothing, for the clock stands still */
  char *failure;      /* of the first that was not sent; or NULL; attain_free() */
} AttainAlertTending;

/* For a thread that does nothing else, of a workspace opened with its `alerts`: judges what time alone has changed,
 * sends what is due, and says when it is to be called again: after `wait_us`, or when attain_on_alerts() tells. No
 * other call waits while it sends. `is_over` (or NULL), set by any thread, lets it begin no further message. Not from a
 * callback. Errors: USAGE, IO. */
ATTAIN_API bool attain_alert_tend(AttainWorkspace *workspace, const int *is_over, AttainAlertTending *tended,
                                  AttainError *error);

typedef void (*AttainAlertCallback)(void *user_data);
/* Has `callback` called, in whichever thread, when something may be due earlier than attain_alert_tend() said: after a
 * commit that made a rule act, after what people say, after a reload. It must not call the library. NULL: no longer;
 * when it has returned none is under way. Not from a callback. */
ATTAIN_API void attain_on_alerts(AttainWorkspace *workspace, AttainAlertCallback callback, void *user_data);

/* Lets a message be tried again that was refused or given up; attain_alert_send() then sends it. Not from a callback.
 * Errors: NOT_FOUND, INPUT for one that waits or was sent, USAGE, IO. */
ATTAIN_API bool attain_alert_again(AttainWorkspace *workspace, int64_t message, AttainError *error);

#ifdef __cplusplus
}
#endif
#endif
