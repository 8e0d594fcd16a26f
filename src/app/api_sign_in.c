/* Signing in by a provider: the browser is sent there, and comes back with a code.
 *
 * Whoever asks for HTML is shown a page of ours, which says by a word behind its # what went wrong; others get a
 * problem. What exactly was wrong with a token stands in the audit log. */
#include "app/api.h"
#include "app/api_gate.h"
#include "app/server.h"
#include "app/sign_in.h"
#include "cli/cli.h"
#include "user/secret.h"

#include <string.h>

#define FLOW_COOKIE "attain_sign_in"
#define PAGE        "/sign-in"
#define MAX_AGE     G_STRINGIFY(600) /* OIDC_PENDING_SECONDS */
#define MAX_NAME    200

/* --- replies --- */

static gboolean is_page(const HttpExchange *exchange) {
  const char *accept = http_header(exchange, "Accept");
  return accept && strstr(accept, "text/html");
}

static void go_to(HttpExchange *exchange, const char *address) {
  http_set_header(exchange, "Location", address);
  http_set_header(exchange, "Cache-Control", "no-store");
  http_set_header(exchange, "Referrer-Policy", "no-referrer");
  http_reply(exchange, 303, "text/plain; charset=utf-8", g_strdup(""), 0);
}

typedef struct {
  guint status;
  const char *name, *title;
} Refusal;

static const Refusal refused = {403, "sign-in-refused", "You are not signed in"};
static const Refusal busy = {503, "provider", "The provider of sign-in cannot be asked now"};
static const Refusal wrong = {400, "bad-request", "The request makes no sense"};
static const Refusal often = {429, "too-many", "Too many tries"};
static const Refusal absent = {404, "not-found", "There is no such thing"};

static void fail(HttpExchange *exchange, const Refusal *refusal, const char *detail) {
  g_autofree char *page = g_strconcat(PAGE "#", refusal->name, NULL);
  if (is_page(exchange))
    go_to(exchange, page);
  else
    http_problem(exchange, refusal->status, refusal->name, refusal->title, "%s", detail);
}

/* Notes it, for an administrator who is asked why. */
static void fail_noted(HttpExchange *exchange, const Refusal *refusal, const char *detail) {
  attain_audit_note(server_caller(exchange)->workspace, http_client(exchange), "sign-in failed", detail);
  fail(exchange, refusal, detail);
}

static const Refusal *refusal_of(const GError *error) {
  return error->code == BASE_ERROR_FORBIDDEN ? &refused : error->code == BASE_ERROR_INPUT ? &wrong : &busy;
}

/* What only an administrator can mend goes to the server's log, once. */
static void tell_administrators(Server *server, SignIn *sign_in, const GError *error) {
  if (error->code == BASE_ERROR_BUSY || refusal_of(error) != &busy || !sign_in_is_news(sign_in, error->message)) return;
  g_autofree char *words = g_strdup_printf("signing in by %s: %s", sign_in->conf->issuer, error->message);
  server_tell(server, g_strdelimit(words, "\r\n\033", ' '));
}

/* --- what ways there are --- */

static void list_ways(HttpExchange *exchange, gpointer server) {
  g_autoptr(SignIn) sign_in = server_sign_in(server);
  g_autoptr(CliJson) json = NULL;
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "provider", sign_in ? sign_in->conf->label : NULL);
  cli_json_member_text(json, "path", sign_in ? "/api/v1/sign-in/provider" : NULL);
  cli_json_end_object(json);
  g_clear_pointer(&json, cli_json_free);
  fclose(out);
  http_set_header(exchange, "Cache-Control", "no-cache");
  http_reply(exchange, 200, "application/json", text, length);
}

/* --- there --- */

static void begin(HttpExchange *exchange, gpointer server) {
  g_autoptr(SignIn) sign_in = server_sign_in(server);
  g_autoptr(GError) error = NULL;
  const char *to = http_query(exchange, "to");
  char *browser = NULL;
  if (!sign_in) {
    fail(exchange, &absent, "attain.yaml names no provider of sign-in");
    return;
  }
  g_autofree char *address = oidc_provider_begin(sign_in->provider, to ? to : "/", g_get_real_time(), &browser, &error);
  if (!address) {
    tell_administrators(server, sign_in, error);
    fail(exchange, refusal_of(error), error->message);
    return;
  }
  g_autofree char *cookie =
      g_strdup_printf(FLOW_COOKIE "=%s; Path=" SIGN_IN_CALLBACK "; HttpOnly; SameSite=Lax; Max-Age=" MAX_AGE "%s",
                      browser, g_str_has_prefix(sign_in->conf->address, "https:") ? "; Secure" : "");
  http_set_header(exchange, "Set-Cookie", cookie);
  go_to(exchange, address);
  user_password_free(browser);
}

/* --- and back --- */

/* By address: each state is used once, so counting by it counts nothing. */
static gboolean check_throttle(HttpExchange *exchange, const SignIn *sign_in, const char *state, gint64 now_us) {
  guint wait_s = user_throttle_try(sign_in->throttle, state, http_client(exchange), now_us);
  if (wait_s == 0) return TRUE;
  g_autofree char *words = g_strdup_printf("again in %u s", wait_s);
  fail(exchange, &often, words);
  return FALSE;
}

/* The session that began becomes the browser's; the one it came with ends. */
static void enter(HttpExchange *exchange, const SignIn *sign_in, const OidcDocument *claims, const char *to,
                  const char *state, gint64 now_us) {
  const Caller *caller = server_caller(exchange);
  AttainError error = {0};
  char *secret = sign_in_enter(sign_in, claims, caller->workspace, http_client(exchange), &error);
  if (secret) {
    user_throttle_forgive(sign_in->throttle, state, http_client(exchange), now_us);
    if (caller->session) attain_sign_out(caller->workspace, caller->session, NULL);
    api_set_cookie(exchange, secret);
    go_to(exchange, to);
  } else {
    fail_noted(exchange, error.code == ATTAIN_ERROR_FORBIDDEN ? &refused : &busy, error.message);
  }
  attain_error_clear(&error);
  user_password_free(secret);
}

static void come_back(HttpExchange *exchange, gpointer server) {
  g_autoptr(SignIn) sign_in = server_sign_in(server);
  g_autoptr(GError) error = NULL;
  g_autofree char *to = NULL;
  const char *state = http_query(exchange, "state"), *said = http_query(exchange, "error");
  g_autofree char *key = g_strndup(state ? state : "", MAX_NAME);
  gint64 now_us = g_get_real_time();
  if (!sign_in) {
    fail(exchange, &absent, "attain.yaml names no provider of sign-in");
    return;
  }
  if (!check_throttle(exchange, sign_in, key, now_us)) return;
  const OidcReturn came = {.state = state,
                           .code = http_query(exchange, "code"),
                           .refusal = said,
                           .issuer = http_query(exchange, "iss"),
                           .browser = http_cookie(exchange, FLOW_COOKIE)};
  g_autoptr(OidcDocument) claims = oidc_provider_finish(sign_in->provider, &came, now_us, &to, &error);
  if (!claims) {
    tell_administrators(server, sign_in, error);
    fail_noted(exchange, refusal_of(error), error->message);
    return;
  }
  sign_in_is_news(sign_in, NULL);
  enter(exchange, sign_in, claims, to, key, now_us);
}

/* --- routes --- */

static const HttpParameter begin_parameters[] = {
    {"to", HTTP_TEXT, "the path of this server where it goes on; / where it is not said", NULL, FALSE},
};
static const HttpParameter callback_parameters[] = {
    {"state", HTTP_TEXT, "of the sign-in that began", NULL, FALSE},
    {"code", HTTP_TEXT, "what the provider gives a token for", NULL, FALSE},
    {"error", HTTP_TEXT, "why the provider gives none", NULL, FALSE},
    {"iss", HTTP_TEXT, "the provider's name (RFC 9207)", NULL, FALSE},
};

#define SIGN_IN_FLAGS (HTTP_ROUTE_SLOW | HTTP_ROUTE_OPEN | HTTP_ROUTE_PROMPT)

const HttpRoute api_sign_in_routes[] = {
    {.method = "GET",
     .path = "/api/v1/sign-in",
     .handler = list_ways,
     .tag = "People",
     .summary = "By what one can sign in beside a password",
     .answer = "sign-in-ways",
     .flags = HTTP_ROUTE_OPEN},
    {.method = "GET",
     .path = "/api/v1/sign-in/provider",
     .handler = begin,
     .tag = "People",
     .summary = "Send the browser to the provider of sign-in (OpenID Connect)",
     .parameters = begin_parameters,
     .n_parameters = G_N_ELEMENTS(begin_parameters),
     .status = 303,
     .answer_types = "text/plain",
     .flags = SIGN_IN_FLAGS},
    {.method = "GET",
     .path = SIGN_IN_CALLBACK,
     .handler = come_back,
     .tag = "People",
     .summary = "Where the provider sends it back: sets the session's cookie",
     .parameters = callback_parameters,
     .n_parameters = G_N_ELEMENTS(callback_parameters),
     .status = 303,
     .answer_types = "text/plain",
     .flags = SIGN_IN_FLAGS | HTTP_ROUTE_LENIENT},
};
const guint api_n_sign_in_routes = G_N_ELEMENTS(api_sign_in_routes);
