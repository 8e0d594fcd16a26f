/* The history of alerts without what is old, and without what still makes a state: a book that is read afterwards is
 * the one of before. */
#pragma once

#include "store/store.h"

/* Within the caller's transaction, takes out at most `most` events of before `before_us`, the oldest first, with the
 * messages that tell of nothing else. What stays whatever its age: of each rule, member and target the last event and
 * all since it was last calm but earlier reminders; snoozes that held until later than `before_us`, with what was said
 * of these since, and acknowledgements of what fires; what is not told everywhere yet; the newest of all, for the
 * numbers go on from it. `*n`: events that went. Errors: IO. */
gboolean alert_tidy(Store *store, gint64 before_us, gint64 most, gint64 *n, GError **error);
