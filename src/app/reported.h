/* Numbers as they were reported when their period was closed, beside what they are now. Private to src/app. */
#pragma once

#include "answer/reported.h"

/* `attain show --reported`: of the period's newest snapshot, or of `revision` (0: the newest). Without a KPI, what
 * differs. `strict`: KPIs that were not kept are an error, not passed over. */
int reported_print(CliContext *context, const Session *session, const AnswerRequest *request, guint revision,
                   gboolean strict, const char *format, GError **error);
