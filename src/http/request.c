/* The way of a request: limits, route, gate, parameters, body, handler, reply. MHD calls http_request_handle() when the
 * headers are there, with each part of the body, at the body's end, and again when a suspended connection goes on. */
#include "http/private.h"

#include <errno.h>

#define WAITING_A_WORKER 64 /* requests that may wait for a worker, for each of them */
#define RETRY_SECONDS    "5"

/* --- who asks, and how --- */

typedef struct {
  guint n_hosts, n_lengths, n_codings, n_authorizations;
  const char *coding;
  gsize n_bytes;
  gboolean is_unclear; /* a header could be read as another one */
} Framing;

#define TOKEN_SIGNS "!#$%&'*+-.^_`|~" /* RFC 9110, 5.6.2 */

static gboolean is_token(const char *name) {
  for (const char *c = name; *c; c++)
    if (!g_ascii_isalnum(*c) && !strchr(TOKEN_SIGNS, *c)) return FALSE;
  return *name != '\0';
}

/* MHD lets a name end in spaces, and joins a line that is folded to the name and not to the value: who reads by RFC
 * 9112, 5.1 and 5.2, sees Transfer-Encoding where "Transfer-Encoding " or "Transfer-Encodingchunked" comes here. */
static gboolean is_framing_in_disguise(const char *name) {
  static const char *const known[] = {"Transfer-Encoding", "Content-Length"};
  for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
    gsize length = strlen(known[i]);
    if (g_ascii_strncasecmp(name, known[i], length) == 0 && name[length]) return TRUE;
  }
  return FALSE;
}

static gboolean is_value(const char *value) {
  for (; *value; value++)
    if (((guchar)*value < ' ' && *value != '\t') || *value == 0x7f) return FALSE;
  return TRUE;
}

static enum MHD_Result look_at_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value) {
  Framing *framing = data;
  if (!value) value = "";
  if (g_ascii_strcasecmp(name, "Host") == 0) framing->n_hosts++;
  if (g_ascii_strcasecmp(name, "Content-Length") == 0) framing->n_lengths++;
  if (g_ascii_strcasecmp(name, "Authorization") == 0) framing->n_authorizations++;
  if (g_ascii_strcasecmp(name, "Transfer-Encoding") == 0) framing->n_codings++, framing->coding = value;
  framing->n_bytes += strlen(name) + strlen(value) + 4;
  framing->is_unclear |= !is_token(name) || is_framing_in_disguise(name) || !is_value(value);
  return MHD_YES;
}

static gboolean refuse(HttpExchange *exchange, guint status, const char *name, const char *title, const char *detail) {
  http_problem(exchange, status, name, title, "%s", detail);
  return FALSE;
}

static gboolean refuse_unclear(HttpExchange *exchange, const char *detail) {
  exchange->must_close = TRUE;
  return refuse(exchange, 400, "malformed-request", "The request is malformed", detail);
}

/* Where a request ends has to be beyond doubt (RFC 9112, 6.3): another program before this one may see it elsewhere. */
static gboolean check_framing(HttpExchange *exchange) {
  Framing framing = {0};
  MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, look_at_header, &framing);
  if (framing.is_unclear)
    return refuse_unclear(exchange, "A header's name or value holds what none may hold, or goes on in the next line.");
  if (framing.n_hosts > 1) return refuse_unclear(exchange, "There is more than one Host header.");
  if (framing.n_authorizations > 1) return refuse_unclear(exchange, "There is more than one Authorization header.");
  if (framing.n_lengths > 1 || framing.n_codings > 1 || (framing.n_lengths && framing.n_codings))
    return refuse_unclear(exchange, "There is more than one Content-Length or Transfer-Encoding header.");
  if (framing.coding && g_ascii_strcasecmp(framing.coding, "chunked") != 0)
    return refuse_unclear(exchange, "The only transfer encoding that is taken is chunked.");
  if (framing.coding && exchange->is_old) return refuse_unclear(exchange, "HTTP/1.0 has no transfer encodings.");
  if (framing.n_bytes + strlen(exchange->written) <= exchange->server->limits.header_bytes) return TRUE;
  exchange->must_close = TRUE;
  http_problem(exchange, 431, "headers-too-large", "The headers are too large",
               "The request line and headers may have %" G_GSIZE_FORMAT " bytes in all (header_kb).",
               exchange->server->limits.header_bytes);
  return FALSE;
}

static gboolean is_id(const char *text) {
  gsize length = strlen(text);
  return length > 0 && length < sizeof((HttpExchange *)NULL)->id &&
         strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

static enum MHD_Result join_forwarded(void *all, enum MHD_ValueKind kind, const char *name, const char *value) {
  if (g_ascii_strcasecmp(name, "X-Forwarded-For") == 0) g_string_append_printf(all, ",%s", value ? value : "");
  return MHD_YES;
}

/* Of several headers of the name the proxy's own may be any: all of them are one list, in their order (RFC 9110, 5.3).
 */
static char *forwarded_for(const HttpExchange *exchange) {
  g_autoptr(GString) all = g_string_new(NULL);
  MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, join_forwarded, all);
  return http_forwarded_for(exchange->server->trusted, exchange->from->address, all->len > 0 ? all->str + 1 : NULL);
}

static void believe_proxy(HttpExchange *exchange) {
  HttpServer *server = exchange->server;
  const char *address = exchange->from->address;
  exchange->is_secure = server->certificate_path != NULL;
  exchange->is_local = server->is_unix;
  if (server->is_unix || !http_networks_have(server->trusted, address)) {
    exchange->client = g_strdup(address);
    return;
  }
  const char *protocol = http_header(exchange, "X-Forwarded-Proto"), *id = http_header(exchange, "X-Request-Id");
  exchange->client = forwarded_for(exchange);
  if (protocol) exchange->is_secure = g_ascii_strcasecmp(protocol, "https") == 0;
  if (id && is_id(id)) g_strlcpy(exchange->id, id, sizeof exchange->id);
}

/* Requests under way of those whom a proxy names; the others' connections were counted. */
static gboolean check_client(HttpExchange *exchange) {
  HttpServer *server = exchange->server;
  if (exchange->from->is_stranger)
    return refuse(exchange, 403, "forbidden", "The local socket is its owner's alone",
                  "Run the command as the user that the server runs as.");
  if (exchange->from->is_counted || exchange->is_local) return TRUE;
  g_mutex_lock(&server->lock);
  exchange->is_counted = http_connection_count(server, exchange->client);
  g_mutex_unlock(&server->lock);
  if (exchange->is_counted) return TRUE;
  __atomic_fetch_add(&server->n_refused_address, 1, __ATOMIC_RELAXED);
  http_set_header(exchange, "Retry-After", RETRY_SECONDS);
  http_problem(exchange, 429, "too-many-connections", "Too many requests at once",
               "One address may have %u requests under way (connections_by_address).", server->limits.n_by_address);
  return FALSE;
}

static gboolean check_rate(HttpExchange *exchange) {
  HttpServer *server = exchange->server;
  if (exchange->is_local) return TRUE;
  g_autofree char *who =
      g_strconcat(exchange->user ? "user " : "address ", exchange->user ? exchange->user : exchange->client, NULL);
  guint wait_s = http_rate_take(server->rate, who, g_get_monotonic_time());
  if (wait_s == 0) return TRUE;
  char seconds[16];
  g_snprintf(seconds, sizeof seconds, "%u", wait_s);
  __atomic_fetch_add(&server->n_refused_rate, 1, __ATOMIC_RELAXED);
  http_set_header(exchange, "Retry-After", seconds);
  http_problem(exchange, 429, "too-many-requests", "Too many requests",
               "The limit is %u requests a minute (requests_per_minute). Try again in %u s.",
               server->limits.requests_per_minute, wait_s);
  return FALSE;
}

/* --- what for --- */

static gboolean check_target(HttpExchange *exchange) {
  g_autoptr(GError) wrong = NULL;
  if (!http_target_read(exchange->written, &exchange->target, &wrong)) {
    http_problem(exchange, 400, "malformed-address", "The address is malformed", "%s.", wrong->message);
    return FALSE;
  }
  exchange->match = http_router_find(exchange->server->router, exchange->method, &exchange->target);
  if (!exchange->match.route) exchange->match.number = exchange->server->n_routes;
  if (exchange->match.route) return TRUE;
  if (g_str_equal(exchange->written, "*") && g_str_equal(exchange->method, "OPTIONS")) {
    http_reply(exchange, 204, NULL, NULL, 0);
    return FALSE;
  }
  if (!exchange->match.is_path) {
    http_problem(exchange, 404, "not-found", "There is no such page", "%s is no address of this server.",
                 exchange->target.path);
    return FALSE;
  }
  http_set_header(exchange, "Allow", exchange->match.allow);
  if (g_str_equal(exchange->method, "OPTIONS"))
    http_reply(exchange, 204, NULL, NULL, 0);
  else
    http_problem(exchange, 405, "method-not-allowed", "The method is not allowed", "%s takes %s, not %s.",
                 exchange->target.path, exchange->match.allow, exchange->method);
  return FALSE;
}

static gboolean check_gate(HttpExchange *exchange) {
  HttpServer *server = exchange->server;
  gboolean may = !server->gate || server->gate(exchange, exchange->match.route, server->app);
  return check_rate(exchange) && may;
}

static gboolean check_query(HttpExchange *exchange) {
  g_autoptr(GError) wrong = NULL;
  if (http_query_check(exchange->match.route, &exchange->target, &wrong)) return TRUE;
  http_problem(exchange, 400, "bad-parameter", "A parameter is wrong", "%s.", wrong->message);
  return FALSE;
}

static gboolean refuse_size(HttpExchange *exchange) {
  exchange->must_close = TRUE;
  http_problem(exchange, 413, "body-too-large", "The body is too large",
               "%s %s takes a body of at most %" G_GSIZE_FORMAT " bytes. Send it in parts.", exchange->method,
               exchange->match.route->path, exchange->max_body);
  return FALSE;
}

/* "text/csv|application/json" as a header lists them, and as people do. */
static gboolean refuse_type(HttpExchange *exchange, const char *types, const char *type) {
  g_auto(GStrv) all = g_strsplit(types, "|", -1);
  g_autofree char *listed = g_strjoinv(", ", all), *words = g_strjoinv(" or ", all);
  http_set_header(exchange, g_str_equal(exchange->method, "PATCH") ? "Accept-Patch" : "Accept", listed);
  http_problem(exchange, 415, "unsupported-type", "The type of the body is not taken",
               "The body is to be %s in UTF-8, and its Content-Type is to say so; it says %s.", words,
               type ? type : "nothing");
  return FALSE;
}

static gboolean check_body_head(HttpExchange *exchange, const char *length) {
  const HttpRoute *route = exchange->match.route;
  const char *types = route->body_types ? route->body_types : route->body ? "application/json" : NULL;
  const char *type = http_header(exchange, "Content-Type"), *encoding = http_header(exchange, "Content-Encoding");
  exchange->must_close = TRUE;
  if (!types)
    return refuse(exchange, 400, "no-body-taken", "No body is taken", "This address takes parameters only; send none.");
  if (!http_is_type(type, types)) return refuse_type(exchange, types, type);
  if (encoding && g_ascii_strcasecmp(encoding, "identity") != 0)
    return refuse(exchange, 415, "unsupported-encoding", "A compressed body is not taken", "Send it as it is.");
  exchange->max_body = route->max_body ? route->max_body : exchange->server->limits.body_bytes;
  if (length && g_ascii_strtoull(length, NULL, 10) > exchange->max_body) return refuse_size(exchange);
  exchange->must_close = FALSE;
  exchange->body = g_string_new(NULL);
  return TRUE;
}

/* --- the handler --- */

static void run(HttpExchange *exchange) {
  if (!http_is_replied(exchange)) exchange->match.route->handler(exchange, exchange->server->app);
  http_reply_finish(exchange);
  http_exchange_forget_user(exchange);
}

void http_request_work(gpointer data, gpointer server) {
  HttpExchange *exchange = data;
  run(exchange);
  http_keeper_give(server, exchange);
}

static enum MHD_Result reply_now(HttpExchange *exchange) {
  http_reply_finish(exchange);
  http_exchange_forget_user(exchange);
  return http_reply_send(exchange, &exchange->reply);
}

static enum MHD_Result reply_busy(HttpExchange *exchange) {
  __atomic_fetch_add(&exchange->server->n_refused_busy, 1, __ATOMIC_RELAXED);
  http_set_header(exchange, "Retry-After", RETRY_SECONDS);
  refuse(exchange, 503, "busy", "The server is busy", "Too many long questions are being answered. Try again soon.");
  return reply_now(exchange);
}

GThreadPool *http_request_pool(const HttpExchange *exchange) {
  guint flags = exchange->match.route->flags;
  if (flags & HTTP_ROUTE_PROMPT) return exchange->server->prompt;
  return flags & HTTP_ROUTE_JOINS ? exchange->server->joining : exchange->server->workers;
}

static enum MHD_Result dispatch(HttpExchange *exchange) {
  HttpServer *server = exchange->server;
  http_connection_expect(exchange->from, 0);
  if (http_is_replied(exchange)) return reply_now(exchange);
  const HttpRoute *route = exchange->match.route;
  if (route->first) route->first(exchange, server->app);
  if (!http_is_replied(exchange) && http_work_is_wanted(exchange)) server->later(exchange, server->app);
  if (http_is_replied(exchange)) return reply_now(exchange);
  if (!(route->flags & HTTP_ROUTE_SLOW)) {
    run(exchange);
    return http_reply_send(exchange, &exchange->reply);
  }
  if (g_thread_pool_unprocessed(http_request_pool(exchange)) >= server->n_workers * WAITING_A_WORKER)
    return reply_busy(exchange);
  http_exchange_part(exchange);
  exchange->phase = HTTP_WORKING;
  return http_keeper_take(server, exchange) ? MHD_YES : reply_busy(exchange);
}

/* After a worker, or the keeper, has let the connection go on. */
static enum MHD_Result reply_late(HttpExchange *exchange) {
  if (g_atomic_int_get(&exchange->claim) == HTTP_CLAIM_HANDLER) return http_reply_send(exchange, &exchange->reply);
  HttpReply reply = {0};
  exchange->must_close = TRUE;
  http_problem_make(&reply, exchange->id, 503, "too-slow", "The answer took too long",
                    "It was not ready in time (handler_seconds), or the server stops. Ask for less, or again later.");
  enum MHD_Result result = http_reply_send(exchange, &reply);
  http_reply_clear(&reply);
  return result;
}

/* --- MHD's calls --- */

void *http_request_begin(void *data, const char *written, struct MHD_Connection *connection) {
  HttpServer *server = data;
  HttpExchange *exchange = http_exchange_new(server, connection, written);
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  exchange->from = info->socket_context;
  g_mutex_lock(&server->lock);
  server->n_under_way++;
  g_mutex_unlock(&server->lock);
  return exchange;
}

static gboolean decide(HttpExchange *exchange) {
  believe_proxy(exchange);
  return check_framing(exchange) && check_client(exchange) && check_target(exchange) && check_gate(exchange) &&
         check_query(exchange);
}

/* A reply before the request's end closes its connection, so that only a body that is not taken is not waited for. */
static enum MHD_Result begin(HttpExchange *exchange, const char *method, const char *version) {
  g_strlcpy(exchange->method, method, sizeof exchange->method);
  exchange->is_old = g_str_equal(version, MHD_HTTP_VERSION_1_0);
  exchange->is_get = g_str_equal(method, "GET");
  exchange->is_head = g_str_equal(method, "HEAD");
  const char *length = http_header(exchange, "Content-Length");
  gboolean has_body = (length && !g_str_equal(length, "0")) || http_header(exchange, "Transfer-Encoding");
  gboolean goes_on = decide(exchange);
  if (!goes_on && has_body) exchange->must_close = TRUE;
  if (goes_on && has_body) goes_on = check_body_head(exchange, length);
  if (!goes_on && has_body) return dispatch(exchange);
  exchange->phase = HTTP_READING;
  if (has_body)
    http_connection_expect(exchange->from, (gint64)exchange->server->limits.handler_seconds * G_USEC_PER_SEC);
  return MHD_YES;
}

/* What comes after too much is dropped for as long as it may last, so that the client reads why. */
static enum MHD_Result read_body(HttpExchange *exchange, const char *upload, size_t *n_upload) {
  exchange->is_too_large |= *n_upload > exchange->max_body - exchange->body->len;
  if (exchange->is_too_large)
    g_string_truncate(exchange->body, 0);
  else
    g_string_append_len(exchange->body, upload, (gssize)*n_upload);
  *n_upload = 0;
  return MHD_YES;
}

static enum MHD_Result end_body(HttpExchange *exchange) {
  const char *type = http_header(exchange, "Content-Type");
  if (exchange->is_too_large)
    refuse_size(exchange);
  else if (exchange->body && http_is_text(type) && !g_utf8_validate_len(exchange->body->str, exchange->body->len, NULL))
    refuse(exchange, 400, "bad-text", "The body is no UTF-8 text", "Send it in UTF-8, without zero bytes.");
  return dispatch(exchange);
}

enum MHD_Result http_request_handle(void *server, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload, size_t *n_upload,
                                    void **data) {
  HttpExchange *exchange = *data;
  switch (exchange->phase) {
    case HTTP_NEW:
      return begin(exchange, method, version);
    case HTTP_READING:
      return *n_upload > 0 ? read_body(exchange, upload, n_upload) : end_body(exchange);
    case HTTP_WORKING:
      return reply_late(exchange);
    case HTTP_DONE:
      *n_upload = 0;
      return MHD_YES;
  }
  g_assert_not_reached();
}

#define STATUS_GONE 499 /* the client went before the reply; nginx' number for it */

void http_request_end(void *data, struct MHD_Connection *connection, void **begun,
                      enum MHD_RequestTerminationCode how) {
  HttpServer *server = data;
  HttpExchange *exchange = *begun;
  if (!exchange) return;
  *begun = NULL;
  gint64 took_us = (exchange->sent_us ? exchange->sent_us : g_get_monotonic_time()) - exchange->began_us;
  if (exchange->sent_status == 0) exchange->sent_status = STATUS_GONE;
  http_counts_add(server->counts, exchange->match.number, exchange->sent_status, took_us, exchange->sent_bytes);
  if (server->access_log) http_log_write(server, exchange, took_us);
  http_connection_expect(exchange->from, (gint64)server->limits.idle_seconds * HTTP_IDLE_ROUNDS * G_USEC_PER_SEC);
  g_mutex_lock(&server->lock);
  if (exchange->is_counted) http_connection_uncount(server, exchange->client);
  server->n_under_way--;
  g_cond_broadcast(&server->changed);
  g_mutex_unlock(&server->lock);
  http_exchange_release(exchange);
}
