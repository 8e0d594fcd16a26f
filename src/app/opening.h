/* The workspace of a command line: opened by the command's own process, or by the one that runs it. */
#pragma once

#include "cli/cli.h"
#include "session/session.h"

/* session_open() of the context's folder and clock. */
Session *app_open(const CliContext *context, guint needs, GError **error);
/* session_open_as_of() of them; `as_of` may be NULL. */
Session *app_open_as_of(const CliContext *context, const char *as_of, guint needs, GError **error);
