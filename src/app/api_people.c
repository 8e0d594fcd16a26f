/* Signing in and out, passwords, users, tokens, the audit log, erasing. */
#include "app/api_answer.h"
#include "app/api_body.h"
#include "app/api_gate.h"
#include "user/role.h"
#include "user/secret.h"

#include <string.h>

#define NO_CONTENT 204

/* --- who is signed in --- */

/* Replies with {"csrf", …attain_me()} of a handle. */
static void reply_me(HttpExchange *exchange, AttainWorkspace *handle, const char *session) {
  AttainError error = {0};
  char *me = attain_me(handle, &error);
  g_autofree char *csrf = session ? api_csrf(session) : NULL;
  char *json = me ? g_strdup_printf("{\n  \"csrf\": %s%s%s,%s", csrf ? "\"" : "", csrf ? csrf : "null",
                                    csrf ? "\"" : "", strchr(me, '{') + 1)
                  : NULL;
  attain_free(me);
  http_set_header(exchange, "Cache-Control", "no-store");
  api_reply_json(exchange, json, &error);
}

static void get_me(HttpExchange *exchange, gpointer server) {
  const Caller *caller = server_caller(exchange);
  reply_me(exchange, caller->as, caller->session);
}

/* The session that began becomes the browser's; the one it came with ends, so that nobody can have planted it. */
static void reply_signed_in(HttpExchange *exchange, char *secret, AttainError *error) {
  const Caller *caller = server_caller(exchange);
  AttainWorkspace *handle = secret ? attain_as_session(caller->workspace, secret, error) : NULL;
  if (handle) {
    if (caller->session) attain_sign_out(caller->workspace, caller->session, NULL);
    api_set_cookie(exchange, secret);
    reply_me(exchange, handle, secret);
    attain_leave(handle);
  } else {
    api_fail(exchange, error);
  }
  user_password_free(secret);
}

static void sign_in(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const char *user = api_body_text(body, "user"), *password = api_body_text(body, "password");
  AttainError error = {0};
  if (!api_body_end(body, exchange)) return;
  char *secret = attain_sign_in(server_caller(exchange)->workspace, user, password, http_client(exchange), &error);
  reply_signed_in(exchange, secret, &error);
}

static void accept_invitation(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const char *link = api_body_text(body, "secret"), *password = api_body_text(body, "password");
  AttainError error = {0};
  if (!api_body_end(body, exchange)) return;
  char *secret =
      attain_accept_invitation(server_caller(exchange)->workspace, link, password, http_client(exchange), &error);
  reply_signed_in(exchange, secret, &error);
}

/* Replies 204, or with what went wrong. */
static void reply_done(HttpExchange *exchange, bool ok, AttainError *error) {
  if (ok)
    http_reply(exchange, NO_CONTENT, "application/json", g_strdup(""), 0);
  else
    api_fail(exchange, error);
}

static void sign_out(HttpExchange *exchange, gpointer server) {
  const Caller *caller = server_caller(exchange);
  AttainError error = {0};
  if (!caller->session) {
    api_refuse(exchange, "there is no session to end: a token ends with DELETE /api/v1/tokens/{name}");
    return;
  }
  bool ok = attain_sign_out(caller->workspace, caller->session, &error);
  if (ok) api_set_cookie(exchange, NULL);
  reply_done(exchange, ok, &error);
}

static void list_sessions(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  http_set_header(exchange, "Cache-Control", "no-store");
  api_reply_json(exchange, attain_sessions(api_workspace(exchange), &error), &error);
}

static void end_sessions(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  bool ok = attain_end_sessions(api_workspace(exchange), http_client(exchange), &error);
  if (ok) api_set_cookie(exchange, NULL);
  reply_done(exchange, ok, &error);
}

static void change_password(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const char *old = api_body_text(body, "old"), *new = api_body_text(body, "new");
  AttainError error = {0};
  if (!api_body_end(body, exchange)) return;
  reply_done(exchange, attain_change_password(api_workspace(exchange), old, new, &error), &error);
}

/* --- users --- */

/* Replies with {"path": "/welcome#SECRET"}, null where there is no password to choose; `secret` is taken. */
static void reply_link(HttpExchange *exchange, char *secret, AttainError *error) {
  http_set_header(exchange, "Cache-Control", "no-store");
  char *json = !secret   ? NULL
               : *secret ? g_strdup_printf("{\"path\": \"" API_WELCOME "%s\"}\n", secret)
                         : g_strdup("{\"path\": null}\n");
  api_reply_json(exchange, json, error);
  user_password_free(secret);
}

static AttainUser user_of(ApiBody *body) {
  return (AttainUser){.name = api_body_text(body, "name"),
                      .person = api_body_text(body, "person"),
                      .role = api_body_text(body, "role"),
                      .groups = api_body_texts(body, "groups"),
                      .sign_in = api_body_text(body, "sign_in")};
}

static char *make_users(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_users(api_workspace(exchange), error), "users", format, n_bytes, error);
}

static void list_users(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_users);
}

static void add_user(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainUser user = user_of(body);
  AttainError error = {0};
  user.user = api_body_text(body, "user");
  if (api_body_end(body, exchange))
    reply_link(exchange, attain_user_add(api_workspace(exchange), &user, &error), &error);
}

static void change_user(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainUser user = user_of(body);
  AttainError error = {0};
  user.user = http_path_value(exchange, "user");
  if (api_body_end(body, exchange))
    reply_done(exchange, attain_user_change(api_workspace(exchange), &user, &error), &error);
}

static void lock_user(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  bool locked = api_body_flag(body, "locked");
  AttainError error = {0};
  if (!api_body_end(body, exchange)) return;
  reply_done(exchange, attain_user_lock(api_workspace(exchange), http_path_value(exchange, "user"), locked, &error),
             &error);
}

static void invite_user(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  char *secret = attain_user_invite(api_workspace(exchange), http_path_value(exchange, "user"), &error);
  reply_link(exchange, secret, &error);
}

/* --- tokens --- */

static char *make_tokens(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_tokens(api_workspace(exchange), error), "tokens", format, n_bytes, error);
}

static void list_tokens(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_tokens);
}

static gboolean read_may(ApiBody *body, AttainToken *token) {
  const char *const *names = api_body_texts(body, "may");
  for (; names && *names; names++) {
    guint bits = 0;
    if (!user_may_parse(*names, &bits)) {
      api_body_mark(body, "may", "has read, target, alert, put, run, see_all and manage, not \"%s\"", *names);
      return FALSE;
    }
    token->may |= bits;
  }
  return TRUE;
}

static void add_token(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainToken token = {.name = api_body_text(body, "name"),
                       .user = api_body_text(body, "user"),
                       .days = (unsigned)MIN(api_body_number(body, "days"), G_MAXINT)};
  AttainError error = {0};
  read_may(body, &token);
  if (!api_body_end(body, exchange)) return;
  char *secret = attain_token_add(api_workspace(exchange), &token, &error);
  http_set_header(exchange, "Cache-Control", "no-store");
  api_reply_json(exchange, secret ? g_strdup_printf("{\"token\": \"%s\"}\n", secret) : NULL, &error);
  user_password_free(secret);
}

static void end_token(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  bool ok = attain_token_end(api_workspace(exchange), http_query(exchange, "user"), http_path_value(exchange, "name"),
                             &error);
  reply_done(exchange, ok, &error);
}

/* --- the audit log --- */

#define USUAL_ENTRIES 100

static char *make_audit(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  gint64 limit = http_query_number(exchange, "limit", USUAL_ENTRIES);
  char *json = attain_audit(api_workspace(exchange), http_query_number(exchange, "after", 0),
                            (unsigned)CLAMP(limit, 1, G_MAXINT), error);
  return api_document(json, "entries", format, n_bytes, error);
}

static void list_audit(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_audit);
}

static void verify_audit(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  api_reply_json(exchange, attain_audit_verify(api_workspace(exchange), &error), &error);
}

/* --- erasing --- */

/* Without what a dry run gave as "confirm" it is a dry run. */
static void erase(HttpExchange *exchange, gpointer server) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const char *confirm = api_body_text(body, "confirm");
  AttainErasure erasure = {.who = api_body_text(body, "who"),
                           .table = api_body_text(body, "in"),
                           .also = api_body_texts(body, "also"),
                           .dry_run = confirm == NULL,
                           .confirm = confirm};
  AttainError error = {0};
  if (!api_body_end(body, exchange)) return;
  http_set_header(exchange, "Cache-Control", "no-store");
  api_reply_json(exchange, attain_erase(api_workspace(exchange), &erasure, &error), &error);
}

/* --- routes --- */

static const HttpParameter audit_parameters[] = {
    {"after", HTTP_NUMBER, "the entries after the one of this number; 0: from the first", NULL, FALSE},
    {"limit", HTTP_NUMBER, "how many at most; 100 where it is not said, 10,000 at most", NULL, FALSE},
    API_FORMAT_PARAMETER,
};

static const HttpParameter list_parameters[] = {API_FORMAT_PARAMETER};

static const HttpParameter token_parameters[] = {
    {"user", HTTP_TEXT, "whose token; otherwise one's own", NULL, FALSE},
};

#define ROUTE_OF(METHOD, PATH, HANDLER, SUMMARY, FLAGS) \
  .method = METHOD, .path = "/api/v1/" PATH, .handler = HANDLER, .summary = SUMMARY, .flags = HTTP_ROUTE_SLOW | (FLAGS)
#define ROUTE(METHOD, PATH, HANDLER, SUMMARY)  ROUTE_OF(METHOD, PATH, HANDLER, SUMMARY, 0)
#define PROMPT(METHOD, PATH, HANDLER, SUMMARY) ROUTE_OF(METHOD, PATH, HANDLER, SUMMARY, HTTP_ROUTE_PROMPT)

const HttpRoute api_people_routes[] = {
    {.method = "POST",
     .path = "/api/v1/session",
     .handler = sign_in,
     .tag = "People",
     .summary = "Sign in: sets the session's cookie",
     .details = "Who tries too often waits, longer each time (429).",
     .body = "sign-in",
     .answer = "me",
     .flags = HTTP_ROUTE_SLOW | HTTP_ROUTE_OPEN | HTTP_ROUTE_PROMPT},
    {PROMPT("DELETE", "session", sign_out, "Sign out"), .tag = "People"},
    {PROMPT("GET", "sessions", list_sessions, "One's sessions, and what was lately done of one's sign-in"),
     .tag = "People", .answer = "sessions"},
    {PROMPT("DELETE", "sessions", end_sessions, "Sign out everywhere: ends all of one's sessions"), .tag = "People"},
    {.method = "POST",
     .path = "/api/v1/invitation",
     .handler = accept_invitation,
     .tag = "People",
     .summary = "Choose a password by a one-time link, and sign in",
     .body = "invitation",
     .answer = "me",
     .flags = HTTP_ROUTE_SLOW | HTTP_ROUTE_OPEN | HTTP_ROUTE_PROMPT},
    {PROMPT("GET", "me", get_me, "Who is signed in, and what they may and see"), .tag = "People", .answer = "me"},
    {PROMPT("POST", "password", change_password, "Change one's password; ends one's other sessions"), .tag = "People",
     .body = "password"},
    {ROUTE("GET", "users", list_users, "Users: all for who manages them, else those one leads"), .tag = "People",
     .parameters = list_parameters, .n_parameters = G_N_ELEMENTS(list_parameters), .answer = "users"},
    {ROUTE("POST", "users", add_user, "Add a user; answers with the path of a one-time link"),
     .permission = ATTAIN_MAY_MANAGE, .tag = "People", .body = "user", .answer = "link"},
    {ROUTE("PATCH", "users/{user}", change_user, "Change a user's name, person, role or groups"),
     .permission = ATTAIN_MAY_MANAGE, .tag = "People", .body = "user-change"},
    {PROMPT("POST", "users/{user}/lock", lock_user, "Lock a user, which ends their sessions and tokens, or unlock"),
     .permission = ATTAIN_MAY_MANAGE, .tag = "People", .body = "user-lock"},
    {ROUTE("POST", "users/{user}/invitation", invite_user, "Another one-time link"), .permission = ATTAIN_MAY_MANAGE,
     .tag = "People", .answer = "link"},
    {ROUTE("GET", "tokens", list_tokens, "One's tokens; for who manages users those of all"), .tag = "People",
     .parameters = list_parameters, .n_parameters = G_N_ELEMENTS(list_parameters), .answer = "tokens"},
    {ROUTE("POST", "tokens", add_token, "Make a token for a program; its secret is told once"), .tag = "People",
     .body = "token", .answer = "token-made"},
    {ROUTE("DELETE", "tokens/{name}", end_token, "End a token"), .tag = "People", .parameters = token_parameters,
     .n_parameters = G_N_ELEMENTS(token_parameters)},
    {ROUTE("GET", "audit", list_audit, "The audit log, by number"), .permission = ATTAIN_MAY_MANAGE, .tag = "People",
     .parameters = audit_parameters, .n_parameters = G_N_ELEMENTS(audit_parameters), .answer = "audit"},
    {ROUTE("GET", "audit/proof", verify_audit, "Whether each entry still follows from the one before it"),
     .permission = ATTAIN_MAY_MANAGE, .tag = "People", .answer = "audit-proof"},
    {ROUTE("POST", "erase", erase, "Take somebody's names out of everything; sums stay"),
     .details =
         "Without `confirm` nothing changes: the answer says what would, and gives the `confirm` with which it is "
         "done. There is no way back. Whoever writes or runs a command waits meanwhile.",
     .permission = ATTAIN_MAY_MANAGE, .tag = "People", .body = "erasure", .answer = "erased"},
};
const guint api_n_people_routes = G_N_ELEMENTS(api_people_routes);
