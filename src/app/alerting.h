/* What the commands about alerts have in common, and the pass over the rules that follows each load. Private to
 * src/app. */
#pragma once

#include "answer/alerts.h"
#include "ingest/ingest.h"
#include "session/alerts.h"

typedef struct {
  GPtrArray *rules;    /* AlertRule */
  GPtrArray *events;   /* AlertEvent: what followed */
  GPtrArray *wrong;    /* texts: rules that could not be read; the others are judged all the same */
  GPtrArray *unjudged; /* texts: rules that name what is not there */
  AlertDelivery delivery;
} Alerting;

void alerting_clear(Alerting *alerting);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Alerting, alerting_clear)

/* What loads changed: rules that need none of it are left alone. */
typedef struct AlertingChanges AlertingChanges;
AlertingChanges *alerting_changes_new(void);
void alerting_changes_free(AlertingChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlertingChanges, alerting_changes_free)
/* A load that changed nothing adds nothing. */
void alerting_changes_add(AlertingChanges *changes, const IngestReport *report);

/* Judges the rules that the changes (NULL: all) concern, writes what follows and sends what is due. The session has its
 * database open to write; its definitions are read where they were not. Errors: those of alert_run() and of the
 * database. */
gboolean alerting_run(Session *session, const AlertingChanges *changes, Alerting *alerting, GError **error);
/* The same after loads: nothing at all where there are no rules. What goes wrong is told, and changes no load. */
void alerting_after_load(Session *session, const AlertingChanges *changes, FILE *err);
/* Names the rules that could not be read on `err`; nothing where all could. */
void alerting_tell_wrong(const GPtrArray *wrong, FILE *err);
/* The rules that can be read; the others are named on `err`. Caller frees. Errors: IO. */
GPtrArray *alerting_rules(const Session *session, FILE *err, GError **error);
/* Makes messages of what is due. */
gboolean alerting_fill(Session *session, GError **error);
/* Sends what waits. */
gboolean alerting_send(Session *session, const GPtrArray *rules, AlertDelivery *delivery, GError **error);
/* "2 messages sent, 1 is tried again later: managers: could not connect"; NULL: there was nothing. Caller frees. */
char *alerting_delivery_words(const AlertDelivery *delivery);
AlertDesk alerting_desk(const Session *session, const QueryContext *context);
