/* Alerts as they are shown: what was found in words, rules with their states, the book and the outbox as tables and
 * JSON. */
#pragma once

#include "alert/outbox.h"
#include "alert/replay.h"
#include "answer/answer.h"
#include "cli/cli.h"

/* An AlertSay, with the session as its user data: "Win rate of team North: 18.2 % in 2026-10, below 20.0 %". */
char *answer_alert_say(const AlertFinding *finding, AlertAct act, const AlertState *before, gpointer session);
/* "team North", "Ana Silva", "the company"; of nobody "". The caller frees. */
char *answer_alert_who(const char *who);
/* The rule's condition in words: "win_rate below 20 % of each team in last-30-days"; the caller frees. */
char *answer_alert_condition(const Session *session, const AlertRule *rule);
/* The same for people: "Win rate of each team below 55 % in the last 90 days". The caller frees. */
char *answer_alert_sentence(const Session *session, const AlertRule *rule);
/* An instant in the organisation's time: "2026-11-20 09:30"; the caller frees. */
char *answer_alert_time(const Session *session, gint64 at_us);
/* What an act is called in messages: "firing", "recovered", "still firing", …. Static. */
const char *answer_alert_act(AlertAct act);

/* Rules with what is alive of them. */
CliTable *answer_alerts_table(const Session *session, const GPtrArray *rules, const AlertBook *book);
void answer_alerts_json(FILE *out, const Session *session, const GPtrArray *rules, const AlertBook *book);
/* What rules find now (AlertFinding), as `attain alert run --dry-run` tells it. */
CliTable *answer_alert_findings_table(const Session *session, const GPtrArray *findings);
void answer_alert_findings_json(FILE *out, const Session *session, const GPtrArray *findings);
/* Lines of the book. */
CliTable *answer_alert_events_table(const Session *session, const char *title, const GPtrArray *events);
void answer_alert_event_json(CliJson *json, const AlertEvent *event);
void answer_alert_history_json(FILE *out, const GPtrArray *events);
/* A rule held against history from `since` to `until`, both judged; `answer_alert_count` of its acts. */
void answer_alert_replay_json(FILE *out, const AlertRule *rule, const AlertReplay *replay, BaseDay since,
                              BaseDay until);
guint answer_alert_count(const GPtrArray *events, AlertAct act);
/* What a pass over the rules did: the object of `attain alert run --format json`. */
void answer_alert_run_json(CliJson *json, const GPtrArray *events, const GPtrArray *unjudged,
                           const AlertDelivery *delivery);
void answer_alert_delivery_json(CliJson *json, const AlertDelivery *delivery); /* its members */
/* Messages. */
CliTable *answer_alert_outbox_table(const Session *session, const GPtrArray *messages);
void answer_alert_outbox_json(FILE *out, const GPtrArray *messages);
