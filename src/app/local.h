/* Commands beside a server that has the database open: they run within it, over a local socket of the workspace, as if
 * they had a process of their own.
 *
 *   attain show … ─► data/attain.sock? ─► no: as always
 *        │                     │ yes
 *        │   request: arguments, current folder, what the terminal can do
 *        ▼                     ▼
 *   stdout, stderr, code ◄── frames ◄── the same command, over a connection of the open database
 *
 * One frame is a letter, a length of four bytes (big-endian) and so many bytes. The reader asks once, and says no more;
 * when it hangs up its command ends. */
#pragma once

#include "cli/cli.h"

#include <attain/attain.h>

/* A CliElsewhere: runs the command line in the server of the workspace that `context` is in. Errors: IO when the server
 * ends in the middle, VERSION when it is another program's. */
gboolean local_run(const CliContext *context, int argc, char *const *argv, int *code, GError **error);

typedef struct LocalServer LocalServer;

typedef struct {
  const char *folder;                     /* of the workspace */
  AttainWorkspace *(*hold)(gpointer app); /* the operator's, as it is now; stays until it is let go */
  void (*let_go)(gpointer app, AttainWorkspace *workspace);
  gpointer app;
} LocalSettings;

/* Takes commands from now on, in threads of its own. The database is open: nobody else serves the workspace. What an
 * earlier server left behind is taken away. Errors: IO. */
LocalServer *local_server_start(const LocalSettings *settings, GError **error);
/* Lets what is under way end, for so many seconds; then it is ended. NULL is nothing. */
void local_server_stop(LocalServer *server, guint seconds);
