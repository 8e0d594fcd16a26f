/* What a running server tells users by mail of changes to how they sign in. Private to src/app/server*.c. */
#pragma once

#include <attain/attain.h>
#include <glib.h>
#include <stdio.h>

typedef struct ServerNotices ServerNotices;

/* Begins at once, in a thread of its own. The workspace stays; `err` is told of what was sent, and of what failed. */
ServerNotices *server_notices_start(AttainWorkspace *workspace, FILE *err);
/* Nothing further is begun from here on. NULL is nothing. */
void server_notices_end(ServerNotices *notices);
/* After server_notices_end(); waits for the mail under way. NULL is nothing. */
void server_notices_free(ServerNotices *notices);
