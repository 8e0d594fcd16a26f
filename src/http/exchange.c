/* A request as handlers read it. */
#include "http/private.h"

#define ID_DIGITS 32

static void clear_pair(gpointer data) {
  HttpPair *pair = data;
  g_free(pair->name);
  g_free(pair->value);
}

static void write_id(char *id) {
  g_snprintf(id, ID_DIGITS + 1, "%08x%08x%08x%08x", g_random_int(), g_random_int(), g_random_int(), g_random_int());
}

HttpExchange *http_exchange_new(HttpServer *server, struct MHD_Connection *connection, const char *written) {
  HttpExchange *exchange = g_new0(HttpExchange, 1);
  g_atomic_ref_count_init(&exchange->n_holders);
  exchange->server = server;
  exchange->connection = connection;
  exchange->written = g_strdup(written);
  exchange->began_us = g_get_monotonic_time();
  exchange->at_us = g_get_real_time();
  exchange->late_link.data = exchange;
  exchange->match.number = server->n_routes;
  write_id(exchange->id);
  return exchange;
}

HttpExchange *http_exchange_hold(HttpExchange *exchange) {
  g_atomic_ref_count_inc(&exchange->n_holders);
  return exchange;
}

void http_exchange_forget_user(HttpExchange *exchange) {
  if (exchange->free_user) exchange->free_user(exchange->user_data);
  exchange->free_user = NULL;
  exchange->user_data = NULL;
}

void http_exchange_release(HttpExchange *exchange) {
  if (!g_atomic_ref_count_dec(&exchange->n_holders)) return;
  http_exchange_forget_user(exchange);
  if (exchange->reply.stream) http_stream_drop(exchange->reply.stream);
  http_reply_clear(&exchange->reply);
  http_target_clear(&exchange->target);
  g_clear_pointer(&exchange->headers, g_array_unref);
  g_clear_pointer(&exchange->lists, g_hash_table_unref);
  g_clear_pointer(&exchange->cookies, g_hash_table_unref);
  if (exchange->body) g_string_free(exchange->body, TRUE);
  g_free(exchange->written);
  g_free(exchange->client);
  g_free(exchange->user);
  g_free(exchange);
}

static enum MHD_Result copy_header(void *headers, enum MHD_ValueKind kind, const char *name, const char *value) {
  HttpPair pair = {.name = g_strdup(name), .value = g_strdup(value ? value : "")};
  g_array_append_val(headers, pair);
  return MHD_YES;
}

void http_exchange_part(HttpExchange *exchange) {
  exchange->headers = g_array_new(FALSE, FALSE, sizeof(HttpPair));
  g_array_set_clear_func(exchange->headers, clear_pair);
  MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, copy_header, exchange->headers);
}

const HttpRoute *http_route(const HttpExchange *exchange) {
  return exchange->match.route;
}

const char *http_method(const HttpExchange *exchange) {
  return exchange->method;
}

const char *http_path(const HttpExchange *exchange) {
  return exchange->target.path ? exchange->target.path : "";
}

const char *http_path_value(const HttpExchange *exchange, const char *name) {
  return exchange->match.route ? http_router_value(exchange->match.route, &exchange->target, name) : NULL;
}

const char *http_query(const HttpExchange *exchange, const char *name) {
  return exchange->target.query ? http_query_find(&exchange->target, name) : NULL;
}

static void free_list(gpointer list) {
  g_strfreev(list);
}

const char *const *http_query_list(HttpExchange *exchange, const char *name) {
  if (!exchange->lists) exchange->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_list);
  char **list = g_hash_table_lookup(exchange->lists, name);
  if (!list && (list = http_query_split(&exchange->target, name)))
    g_hash_table_insert(exchange->lists, g_strdup(name), list);
  return (const char *const *)list;
}

gboolean http_query_flag(const HttpExchange *exchange, const char *name) {
  const char *value = http_query(exchange, name);
  gboolean flag;
  return value && http_read_flag(value, &flag) && flag;
}

gint64 http_query_number(const HttpExchange *exchange, const char *name, gint64 otherwise) {
  const char *value = http_query(exchange, name);
  gint64 number;
  return value && http_read_number(value, &number) ? number : otherwise;
}

const char *http_header(const HttpExchange *exchange, const char *name) {
  if (!exchange->headers) return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
  for (guint i = 0; i < exchange->headers->len; i++) {
    const HttpPair *pair = &g_array_index(exchange->headers, HttpPair, i);
    if (g_ascii_strcasecmp(pair->name, name) == 0) return pair->value;
  }
  return NULL;
}

/* "name=value; name=value" (RFC 6265, 4.2); of a name given twice the first counts, which is the one of the longest
 * path. */
static GHashTable *read_cookies(const char *header) {
  GHashTable *cookies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_auto(GStrv) pairs = g_strsplit(header ? header : "", ";", -1);
  for (char **pair = pairs; *pair; pair++) {
    char *equals = strchr(*pair, '=');
    if (!equals) continue;
    *equals = '\0';
    const char *name = g_strstrip(*pair);
    if (*name && !g_hash_table_contains(cookies, name))
      g_hash_table_insert(cookies, g_strdup(name), g_strdup(g_strstrip(equals + 1)));
  }
  return cookies;
}

const char *http_cookie(HttpExchange *exchange, const char *name) {
  if (!exchange->cookies) exchange->cookies = read_cookies(http_header(exchange, "Cookie"));
  return g_hash_table_lookup(exchange->cookies, name);
}

const char *http_body(const HttpExchange *exchange, gsize *length) {
  if (length) *length = exchange->body ? exchange->body->len : 0;
  return exchange->body ? exchange->body->str : "";
}

const char *http_client(const HttpExchange *exchange) {
  return exchange->client ? exchange->client : "";
}

gboolean http_is_secure(const HttpExchange *exchange) {
  return exchange->is_secure;
}

gboolean http_is_local(const HttpExchange *exchange) {
  return exchange->is_local;
}

const char *http_id(const HttpExchange *exchange) {
  return exchange->id;
}

void http_set_user(HttpExchange *exchange, const char *name, gpointer user, GDestroyNotify free_user) {
  http_exchange_forget_user(exchange);
  g_free(exchange->user);
  exchange->user = g_strdup(name);
  exchange->user_data = user;
  exchange->free_user = free_user;
}

gpointer http_user(const HttpExchange *exchange) {
  return exchange->user_data;
}
