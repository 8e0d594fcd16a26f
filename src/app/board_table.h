/* A shared board as tables for people, of the document that programs get. Private to src/app. */
#pragma once

#include "app/api_body.h"
#include "cli/cli.h"
#include "session/session.h"

/* `session` has the definitions. What people may see of one another is decided by now: of what is hidden the document
 * tells how many rows there are, and so does a note. The caller frees the array of CliTable. */
GPtrArray *board_tables(const Session *session, ApiBody *board);
