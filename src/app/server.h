/* The running server: the workspace that it serves, and who asks. What handlers and the gate get as `app` is a Server.
 *
 * The workspace's files may be read anew at any moment; whoever holds a workspace keeps the one that was opened
 * before until it is let go. */
#pragma once

#include "http/http.h"

#include <attain/attain.h>

typedef struct Server Server;

/* The workspace as it is now: the operator's handle. It stays until server_let_go(), though the files are read anew
 * meanwhile. Any thread; does not wait. */
AttainWorkspace *server_hold(Server *server);
void server_let_go(Server *server, AttainWorkspace *workspace);

/* What http_user() is of an exchange that passed the gate. */
typedef struct {
  AttainWorkspace *workspace; /* held */
  AttainWorkspace *as; /* the handle that all of the handler's calls use: sees and does what the user may; NULL on OPEN
                          routes when nobody is signed in */
  char *user;          /* name, for the audit log */
  char *session;       /* the session's secret, or NULL: a token */
} Caller;
Caller *server_caller(const HttpExchange *exchange);
