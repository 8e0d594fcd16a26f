/* One command of somebody else, from its request to its exit code, in a thread of its own. Private to the local server.
 */
#pragma once

#include "app/commands.h"
#include "app/local.h"
#include "app/local_frame.h"

typedef struct LocalVisit LocalVisit;

/* Takes `fd`. `done(data)` is called from its thread when it is over. NULL: there is no thread for it. */
LocalVisit *local_visit_start(const LocalSettings *settings, const CliProgram *program, int fd,
                              void (*done)(gpointer data), gpointer data);
/* Waits for its thread. */
void local_visit_free(LocalVisit *visit);
int local_visit_fd(const LocalVisit *visit);
gboolean local_visit_is_done(const LocalVisit *visit);
/* Nobody waits for it: its running statement ends. Call it again while it is not done. */
void local_visit_end(LocalVisit *visit);
gboolean local_visit_is_ending(const LocalVisit *visit);
