/* attain load --follow. Private to src/app. */
#pragma once

#include "cli/cli.h"
#include "ingest/ingest.h"
#include "session/session.h"

/* Loads the sources named (NULL-terminated; none: all), then whatever their files become, until SIGINT or SIGTERM.
 * Returns the exit code, or -1 with an error that keeps it from beginning. */
int app_follow(CliContext *context, const char *const *names, gboolean full, gboolean as_json, GError **error);
