/* What of alerts a handle that does not see everything is told: rules and acts about themselves, whom they lead, and
 * teams that they lead. Private to src/lib. */
#pragma once

#include "alert/book.h"
#include "lib/reader.h"

typedef struct LibAlertSight LibAlertSight;

/* Of the handle, in the turn, for as long as it lasts. Errors: of the database. */
LibAlertSight *lib_alert_sight_new(AttainWorkspace *workspace, const Session *session, GError **error);
void lib_alert_sight_free(LibAlertSight *sight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibAlertSight, lib_alert_sight_free)

/* Those of `rules` (AlertRule, which stay the caller's) that can be about whom the handle sees; the others are to it as
 * if there were none. The caller frees the array. */
GPtrArray *lib_alert_sight_rules(LibAlertSight *sight, const GPtrArray *rules);
/* What is about whom the handle sees, of `rules`, as copies without numbers, and without figures where these rest on
 * days that it does not see; with `sayings` also what was said of whole rules. The caller frees. */
GPtrArray *lib_alert_sight_events(LibAlertSight *sight, const GPtrArray *rules, const GPtrArray *events,
                                  gboolean sayings);
/* Whether the handle is told of `who` at all: "rep:Ana Silva". */
gboolean lib_alert_sight_tells(LibAlertSight *sight, const char *who);
