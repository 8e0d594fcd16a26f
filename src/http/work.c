/* Requests that are answered later: an exchange of its own, without a connection, that the handler is asked with as
 * with any other. */
#include "http/private.h"

#define PREFERENCE "respond-async"

/* "respond-async, wait=10" (RFC 7240, 2) */
static gboolean prefers_later(const char *prefer) {
  g_auto(GStrv) each = g_strsplit(prefer ? prefer : "", ",", 16);
  for (char **one = each; *one; one++)
    if (g_ascii_strcasecmp(g_strstrip(*one), PREFERENCE) == 0) return TRUE;
  return FALSE;
}

gboolean http_work_is_wanted(const HttpExchange *exchange) {
  const HttpRoute *route = exchange->match.route;
  guint kind = route->flags & (HTTP_ROUTE_SLOW | HTTP_ROUTE_STREAM | HTTP_ROUTE_OPEN);
  return exchange->server->later && kind == HTTP_ROUTE_SLOW && route->answer && !exchange->is_head &&
         prefers_later(http_header(exchange, "Prefer"));
}

struct HttpWork {
  HttpExchange *exchange;
};

HttpWork *http_work_new(HttpExchange *exchange) {
  HttpExchange *own = http_exchange_new(exchange->server, exchange->connection, exchange->written);
  http_exchange_part(own);
  own->connection = NULL;
  http_target_read(exchange->written, &own->target, NULL); /* it was read before */
  own->match = exchange->match;
  g_strlcpy(own->method, exchange->method, sizeof own->method);
  g_strlcpy(own->id, exchange->id, sizeof own->id);
  own->is_secure = exchange->is_secure;
  own->is_local = exchange->is_local;
  own->client = g_strdup(exchange->client);
  own->body = g_steal_pointer(&exchange->body);
  own->user = g_strdup(exchange->user);
  own->user_data = g_steal_pointer(&exchange->user_data);
  own->free_user = exchange->free_user;
  exchange->free_user = NULL;
  HttpWork *work = g_new(HttpWork, 1);
  *work = (HttpWork){own};
  return work;
}

void http_work_run(HttpWork *work) {
  HttpExchange *own = work->exchange;
  own->match.route->handler(own, own->server->app);
  http_reply_finish(own);
}

void http_work_end(HttpWork *work) {
  http_exchange_forget_user(work->exchange);
}

guint http_work_status(const HttpWork *work) {
  return work->exchange->reply.status;
}

gsize http_work_bytes(const HttpWork *work) {
  const HttpContent *content = work->exchange->reply.content;
  return content ? http_content_length(content) : 0;
}

void http_work_reply(const HttpWork *work, HttpExchange *exchange) {
  const HttpReply *reply = &work->exchange->reply;
  for (guint i = 0; reply->headers && i < reply->headers->len; i++) {
    const HttpPair *pair = &g_array_index(reply->headers, HttpPair, i);
    http_set_header(exchange, pair->name, pair->value);
  }
  if (reply->content) http_reply_content(exchange, reply->content);
  exchange->reply.status = reply->status;
}

void http_work_free(HttpWork *work) {
  if (!work) return;
  http_exchange_release(work->exchange);
  g_free(work);
}
