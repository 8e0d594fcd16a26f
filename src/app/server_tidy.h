/* What a running server takes out every night by the policy's retention. Private to src/app/server*.c. */
#pragma once

#include <attain/attain.h>
#include <glib.h>
#include <stdio.h>

typedef struct ServerTidy ServerTidy;

/* Begins at once, in a thread of its own. The workspace stays; `err` is told of what went, and of what failed. */
ServerTidy *server_tidy_start(AttainWorkspace *workspace, FILE *err);
/* Nothing further is begun from here on. NULL is nothing. */
void server_tidy_end(ServerTidy *tidy);
/* After server_tidy_end(); waits for the piece under way. NULL is nothing. */
void server_tidy_free(ServerTidy *tidy);
