/* The alert rules of a workspace: its files in alerts, read and checked. */
#pragma once

#include "alert/rules.h"
#include "session/session.h"

/* Rules of all files, and every problem found (char *); the definitions must be loaded. `sources`: NULL-terminated
 * names of the workspace's sources, or NULL where they are not to be checked. Caller frees both arrays. Errors: a file
 * that cannot be read. */
GPtrArray *session_alert_rules(const Session *session, const char *const *sources, GPtrArray **problems,
                               GError **error);
/* The same where any problem is an error: INPUT with the first. */
GPtrArray *session_need_alert_rules(const Session *session, GError **error);
/* Whether there is any file of rules; costs a look at the folder. */
gboolean session_has_alert_rules(const Session *session);
AlertReader session_alert_reader(const Session *session);
