/* Numbers as they were reported when their period was closed, beside what they are now. Private to src/app. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"
#include "snapshot/snapshot.h"

/* `attain show --reported`: of the period's newest snapshot, or of `revision` (0: the newest). Without a KPI, what
 * differs. `strict`: KPIs that were not kept are an error, not passed over. */
int reported_print(CliContext *context, const Session *session, const AnswerRequest *request, guint revision,
                   gboolean strict, const char *format, GError **error);
/* What is said of a snapshot as an object of JSON. */
void reported_json(CliJson *json, const Snapshot *snapshot);
/* An instant to the microsecond, as --as-of takes it; the caller frees. */
char *reported_instant(gint64 utc_us);
