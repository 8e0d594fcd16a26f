/* Who asks over HTTP, and whether they may: cookies, tokens, protection against requests that another site makes a
 * browser send. Private to src/app. */
#pragma once

#include "app/server.h"

#define API_COOKIE      "attain_session"
#define API_CSRF_HEADER "X-Attain-CSRF"
#define API_WELCOME     "/welcome#" /* and the secret of a one-time link */

/* The HttpGate. FALSE when it has replied with a problem. `server` is a Server. */
gboolean api_gate(HttpExchange *exchange, const HttpRoute *route, gpointer server);
/* What X-Attain-CSRF must be in this session; the caller frees. */
char *api_csrf(const char *session);
/* Sets the cookie; `secret` NULL takes it away. */
void api_set_cookie(HttpExchange *exchange, const char *secret);
/* The path of a one-time link that makes the first administrator: "/welcome#SECRET"; NULL without `error` while there
 * is one. The caller frees. */
char *api_first_link(AttainWorkspace *workspace, AttainError *error);
