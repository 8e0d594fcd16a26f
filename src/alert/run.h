/* One pass over rules: judged, what follows written, messages of what is due made; all of it or nothing. */
#pragma once

#include "alert/next.h"
#include "alert/outbox.h"

typedef struct {
  const AlertDesk *desk;
  Store *store;            /* open to write */
  const GPtrArray *rules;  /* AlertRule: all there are; NULL: some could not be read, and go on as they are */
  const GPtrArray *judged; /* of these, the ones to be judged now */
  AlertSay say;
  gpointer user_data;
  GPtrArray *unjudged;   /* texts are added: what rules name that is not there; or NULL */
  gint64 *next_us;       /* when time alone may make something of it (alert/next.h), of what was judged; or NULL */
  gboolean looks_at_due; /* messages that waited for their time are made too, and not only those of this pass */
} AlertRun;

/* The acts that followed, as AlertEvent; caller frees. After an error the book is to be read again. Errors: those of
 * alert_judge() and of the database. */
GPtrArray *alert_run(const AlertRun *run, AlertBook *book, GError **error);
