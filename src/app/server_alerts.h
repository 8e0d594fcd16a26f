/* The alerts of a running server: judged when time changes something, sent when they are due. Private to
 * src/app/server*.c. */
#pragma once

#include <attain/attain.h>
#include <glib.h>
#include <stdio.h>

typedef struct ServerAlerts ServerAlerts;

/* Begins at once, in a thread of its own. The workspace was opened with its alerts and stays; `err` is told of what was
 * sent and what was not. */
ServerAlerts *server_alerts_start(AttainWorkspace *workspace, FILE *err);
/* No further message is begun from here on. NULL is nothing. */
void server_alerts_end(ServerAlerts *alerts);
/* After server_alerts_end(); waits for the message under way. NULL is nothing. */
void server_alerts_free(ServerAlerts *alerts);

typedef struct {
  guint64 n_sent, n_failed, n_refused; /* since the server began; n_failed: tried again later */
  guint64 n_waiting;                   /* as last seen */
} ServerAlertCounts;
void server_alerts_count(ServerAlerts *alerts, ServerAlertCounts *counts);
