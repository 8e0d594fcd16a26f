/* Replies and parameters as all of the API's handlers need them. */
#include "app/api.h"

#include "app/server.h"

#include <string.h>

/* What the library's errors are called over HTTP. */
static const struct {
  guint status;
  const char *name, *title;
} problems[] = {
    [ATTAIN_ERROR_NONE] = {500, "failed", "It could not be done"},
    [ATTAIN_ERROR_INPUT] = {422, "wrong-input", "Something in the request is wrong"},
    [ATTAIN_ERROR_NOT_FOUND] = {404, "not-found", "There is no such thing"},
    [ATTAIN_ERROR_LIMIT] = {413, "limit", "That is more than may be"},
    [ATTAIN_ERROR_BUSY] = {503, "busy", "Somebody else has the database"},
    [ATTAIN_ERROR_VERSION] = {503, "version", "The database is of another version"},
    [ATTAIN_ERROR_IO] = {503, "failed", "It could not be done"},
    [ATTAIN_ERROR_USAGE] = {400, "bad-request", "The request makes no sense"},
    [ATTAIN_ERROR_CANCELLED] = {409, "cancelled", "It was cancelled"},
    [ATTAIN_ERROR_FORBIDDEN] = {403, "forbidden", "It is not for you"},
};

static gboolean is_signed_in(const HttpExchange *exchange) {
  const Caller *caller = server_caller(exchange);
  return caller && caller->as;
}

void api_fail(HttpExchange *exchange, AttainError *error) {
  guint code = (guint)error->code < G_N_ELEMENTS(problems) ? (guint)error->code : ATTAIN_ERROR_IO;
  const HttpRoute *route = http_route(exchange);
  gboolean is_open = route && (route->flags & HTTP_ROUTE_OPEN);
  const char *detail = error->message ? error->message : "it could not be done";
  if (code == ATTAIN_ERROR_FORBIDDEN && !is_signed_in(exchange))
    http_problem(exchange, 401, "signed-out", "Sign in first", "%s", detail);
  else if (code == ATTAIN_ERROR_LIMIT && is_open) /* who may knock is limited by how often */
    http_problem(exchange, 429, "too-many", "Too many tries", "%s", detail);
  else
    http_problem(exchange, problems[code].status, problems[code].name, problems[code].title, "%s", detail);
  attain_error_clear(error);
}

void api_reply_json(HttpExchange *exchange, char *json, AttainError *error) {
  if (json)
    http_reply(exchange, 200, "application/json", json, strlen(json));
  else
    api_fail(exchange, error);
}

void api_refuse(HttpExchange *exchange, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *detail = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  http_problem(exchange, 400, "bad-request", "The request makes no sense", "%s", detail);
}

AttainWorkspace *api_workspace(const HttpExchange *exchange) {
  return server_caller(exchange)->as;
}

const char *api_author(const HttpExchange *exchange) {
  return server_caller(exchange)->user;
}

gint64 api_path_number(HttpExchange *exchange, const char *name) {
  guint64 number = 0;
  const char *text = http_path_value(exchange, name);
  if (text && g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL)) return (gint64)number;
  api_refuse(exchange, "the address is to have a number in the place of {%s}, as in %s, not \"%s\"", name, "/12",
             text ? text : "");
  return 0;
}
