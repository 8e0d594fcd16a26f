/* Closed periods for a handle that does not see everything. Private to src/lib. */
#pragma once

#include "answer/reported.h"

/* Of a closing what tells nothing of others: without its note and how many numbers there are. */
void lib_limit_closing(Snapshot *snapshot);
/* Takes the rows out that are not of somebody all of whose days in it the session sees, or by numbers of other days.
 * Errors: FORBIDDEN where it is not by people or teams; of the database. */
gboolean lib_limit_reported(const Session *session, AnswerReported *reported, GError **error);
