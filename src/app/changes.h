/* What restated a number: the records behind it as they were believed at an instant, beside those of now. */
#pragma once

#include "answer/changes.h"
#include "cli/cli.h"

#define CHANGES_LIMIT ANSWER_MAX_CHANGED

/* Prints, for each KPI of the request, its value then and now and every record that counts otherwise. `format`: table
 * (NULL), md, json or csv. Returns the exit code, -1 with `error`. */
int changes_print(CliContext *context, const Session *session, const AnswerRequest *request, const char *since,
                  gsize limit, const char *format, GError **error);
