/* The gate of the API.
 *
 *   over the local socket                        the operator, whose file permissions say so
 *   Authorization: Bearer SECRET                 the token's user, with what the token may
 *   cookie attain_session                        the session's user; to change something also X-Attain-CSRF, a value
 * that only pages of ours can know, and no word of the browser that another site is behind the request
 *
 * A token that is wrong is not passed over for a cookie. On OPEN routes who comes with nothing, or with a session that
 * has ended, is nobody. */
#include "app/api_gate.h"

#include "user/role.h"
#include "user/secret.h"

#include <string.h>

#define CSRF_PURPOSE "csrf"
#define FIRST_USER   "administrator"

typedef struct {
  Caller caller; /* first: what http_user() gives */
  Server *server;
} Who;

static void free_who(gpointer data) {
  Who *who = data;
  if (who->caller.as != who->caller.workspace) attain_leave(who->caller.as);
  server_let_go(who->server, who->caller.workspace);
  g_free(who->caller.user);
  user_password_free(who->caller.session);
  g_free(who);
}

/* --- protection against other sites --- */

char *api_csrf(const char *session) {
  return user_secret_derive(session, CSRF_PURPOSE);
}

static gboolean changes_something(const HttpExchange *exchange) {
  const char *method = http_method(exchange);
  return !g_str_equal(method, "GET") && !g_str_equal(method, "HEAD") && !g_str_equal(method, "OPTIONS");
}

/* What browsers say by themselves; programs say nothing. */
static gboolean is_of_another_site(const HttpExchange *exchange) {
  const char *site = http_header(exchange, "Sec-Fetch-Site");
  if (site && !g_str_equal(site, "same-origin") && !g_str_equal(site, "none")) return TRUE;
  const char *origin = http_header(exchange, "Origin"), *host = http_header(exchange, "Host");
  if (!origin) return FALSE;
  g_autofree char *own = g_strdup_printf("%s://%s", http_is_secure(exchange) ? "https" : "http", host ? host : "");
  return g_ascii_strcasecmp(origin, own) != 0;
}

static gboolean check_site(HttpExchange *exchange) {
  if (!changes_something(exchange) || !is_of_another_site(exchange)) return TRUE;
  http_problem(exchange, 403, "other-site", "The request came from another site", "%s",
               "a page of another address made your browser send this; nothing was done");
  return FALSE;
}

static gboolean check_csrf(HttpExchange *exchange, const char *session) {
  if (!changes_something(exchange)) return TRUE;
  g_autofree char *wanted = api_csrf(session);
  if (user_secret_is_equal(wanted, http_header(exchange, API_CSRF_HEADER))) return TRUE;
  http_problem(exchange, 403, "csrf", "The request lacks the session's mark",
               "send the header " API_CSRF_HEADER " with `csrf` of GET /api/v1/me");
  return FALSE;
}

/* --- who asks --- */

/* Over TLS a cookie that no other name of the domain, and nobody without TLS, can have set (RFC 6265bis, 4.1.3.2). */
static const char *cookie_name(const HttpExchange *exchange) {
  return http_is_secure(exchange) ? "__Host-" API_COOKIE : API_COOKIE;
}

/* NULL: there is none, or another scheme. */
static const char *bearer_of(const HttpExchange *exchange) {
  const char *header = http_header(exchange, "Authorization");
  if (!header || g_ascii_strncasecmp(header, "Bearer ", 7) != 0) return NULL;
  return header + 7 + strspn(header + 7, " ");
}

static gboolean refuse_unknown(HttpExchange *exchange, AttainError *error) {
  http_set_header(exchange, "WWW-Authenticate", "Bearer");
  if (error->code == ATTAIN_ERROR_FORBIDDEN || error->code == ATTAIN_ERROR_NONE)
    http_problem(exchange, 401, "signed-out", "Sign in first", "%s",
                 error->message ? error->message : "this needs a session (POST /api/v1/session) or a token");
  else
    http_problem(exchange, 503, "busy", "Users cannot be looked up now", "%s", "try again");
  attain_error_clear(error);
  return FALSE;
}

/* Sets `as` where somebody asks; FALSE when it has replied. */
static gboolean find_caller(HttpExchange *exchange, Caller *caller, gboolean is_open) {
  AttainError error = {0};
  const char *token = bearer_of(exchange), *session = token ? NULL : http_cookie(exchange, cookie_name(exchange));
  if (token) {
    caller->as = attain_as_token(caller->workspace, token, &error);
  } else if (session) {
    caller->as = attain_as_session(caller->workspace, session, &error);
    if (caller->as) caller->session = g_strdup(session);
  } else if (http_is_local(exchange)) {
    caller->as = caller->workspace;
  }
  if (!caller->as && (token || !is_open)) return refuse_unknown(exchange, &error);
  attain_error_clear(&error);
  return TRUE;
}

static char *name_of(const Caller *caller) {
  if (!caller->as) return NULL;
  if (caller->as == caller->workspace) return g_strdup("operator");
  return g_strdup(attain_user(caller->as));
}

static gboolean check_may(HttpExchange *exchange, const HttpRoute *route, const Caller *caller) {
  guint lacks = caller->as ? route->permission & ~attain_may(caller->as) : 0;
  if (lacks == 0) return TRUE;
  g_autofree char *words = user_may_format(lacks);
  http_problem(exchange, 403, "forbidden", "It is not for you",
               "this needs the right to %s, which an administrator can give", words);
  return FALSE;
}

gboolean api_gate(HttpExchange *exchange, const HttpRoute *route, gpointer server) {
  Who *who = g_new0(Who, 1);
  Caller *caller = &who->caller;
  gboolean is_open = route->flags & HTTP_ROUTE_OPEN;
  who->server = server;
  caller->workspace = server_hold(server);
  gboolean is_known = find_caller(exchange, caller, is_open);
  if (is_known) caller->user = name_of(caller);
  http_set_user(exchange, caller->user, who, free_who);
  if (!is_known || !check_may(exchange, route, caller)) return FALSE;
  if (!caller->session) return is_open ? check_site(exchange) : TRUE;
  return check_site(exchange) && (is_open || check_csrf(exchange, caller->session));
}

/* --- what sign-in replies with, and the first start --- */

void api_set_cookie(HttpExchange *exchange, const char *secret) {
  g_autofree char *cookie =
      g_strdup_printf("%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name(exchange), secret ? secret : "",
                      secret ? "" : "; Max-Age=0", http_is_secure(exchange) ? "; Secure" : "");
  http_set_header(exchange, "Set-Cookie", cookie);
}

char *api_first_link(AttainWorkspace *workspace, AttainError *error) {
  if (!attain_is_new(workspace)) return NULL;
  const AttainUser first = {.user = FIRST_USER, .role = "administrator"};
  char *secret = attain_user_add(workspace, &first, error);
  if (!secret && error->code == ATTAIN_ERROR_INPUT) { /* there from a start before, without a password */
    attain_error_clear(error);
    if (attain_user_change(workspace, &first, error)) secret = attain_user_invite(workspace, FIRST_USER, error);
  }
  char *path = secret ? g_strconcat(API_WELCOME, secret, NULL) : NULL;
  user_password_free(secret);
  return path;
}
