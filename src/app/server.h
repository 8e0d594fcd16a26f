/* The running server: the workspace that it serves, and who asks. What handlers and the gate get as `app` is a Server.
 *
 * The workspace's files may be read anew at any moment; whoever holds a workspace keeps the one that was opened
 * before until it is let go. */
#pragma once

#include "app/feed.h"
#include "app/sign_in.h"
#include "http/http.h"

#include <attain/attain.h>

typedef struct Server Server;

/* The workspace as it is now: the operator's handle. It stays until server_let_go(), though the files are read anew
 * meanwhile. Any thread; does not wait. */
AttainWorkspace *server_hold(Server *server);
void server_let_go(Server *server, AttainWorkspace *workspace);
/* The provider of sign-in as attain.yaml has it; NULL: passwords only. sign_in_release() it (app/sign_in.h). */
SignIn *server_sign_in(Server *server);
/* A line on `err`, for whoever looks after the server. Any thread. */
void server_tell(Server *server, const char *words);
/* Who tells readers of commits. */
Feed *server_feed(Server *server);

/* What http_user() is of an exchange that passed the gate. */
typedef struct {
  AttainWorkspace *workspace; /* held */
  AttainWorkspace *as; /* the handle that all of the handler's calls use: sees and does what the user may; NULL on OPEN
                          routes when nobody is signed in */
  char *user;          /* name, for the audit log */
  char *session;       /* the session's secret, or NULL: a token */
} Caller;
Caller *server_caller(const HttpExchange *exchange);

struct Works;
struct Works *server_works(Server *server); /* app/works.h: what is answered later */

typedef struct ApiCache ApiCache;       /* app/api_cache.h */
typedef struct WebhookBook WebhookBook; /* app/webhook.h */
WebhookBook *server_webhooks(Server *server);
ApiCache *server_answers(Server *server); /* those that were given, kept as long as they hold */

/* --- for `attain serve` --- */

typedef struct {
  const char *folder; /* in the workspace */
  const char *now;    /* the clock, for tests; NULL: the system's */
  const char *listen; /* this and what follows goes before what attain.yaml says; NULL: that, or 127.0.0.1:8080 */
  const char *certificate, *key;
  const char *const *trusted_proxies; /* ends with NULL; empty: what attain.yaml says */
  const char *access_log;             /* "-": standard output */
  gboolean open_metrics;
  FILE *err; /* what an operator is to know while it runs */
} ServerSettings;

/* Opens the workspace to write and takes requests. Errors: those of the workspace, INPUT of an address or a
 * certificate, BUSY, IO. */
Server *server_start(const ServerSettings *settings, GError **error);
/* Lets requests under way end, for so many seconds; then what they wait for is cancelled. NULL is nothing. */
void server_stop(Server *server, guint seconds);
/* "http://127.0.0.1:8080/" */
char *server_address(const Server *server);
/* The one-time link that makes the first administrator; NULL while there is one. The caller frees. */
char *server_first_link(Server *server);
const char *server_folder(const Server *server); /* of the workspace, absolute */
/* Has the workspace's files read anew by a thread of the server's, which waits for a writer; does not wait itself. What
 * is wrong with them is told on `err`, and what was read before holds. The service manager is told, too. */
void server_read_again(Server *server);
/* The certificate and the access log anew from their files. */
void server_reopen(Server *server);

extern const HttpRoute server_routes[];
extern const guint n_server_routes;
