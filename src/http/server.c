/* A server, from its settings to its end. */
#include "base/threads.h"
#include "http/private.h"

#include <unistd.h>

#define LAST_REPLIES_SECONDS 2 /* for those who are told that the server stops */
#define PROMPT_WORKERS       8
#define JOINING_WORKERS      128 /* they wait for one another: the more wait, the more is done in one commit */

HttpLimits http_limits(void) {
  return (HttpLimits){.n_connections = 2000,
                      .n_by_address = 200,
                      .n_streams = 1000,
                      .header_bytes = (gsize)16 * 1024,
                      .body_bytes = (gsize)1024 * 1024,
                      .answer_bytes = (gsize)64 * 1024 * 1024,
                      .idle_seconds = 60,
                      .handler_seconds = 120,
                      .requests_per_minute = 1200};
}

static void free_server(HttpServer *server) {
  http_keeper_stop(server);
  if (server->keeper_epoll >= 0) close(server->keeper_epoll);
  if (server->keeper_wake >= 0) close(server->keeper_wake);
  if (server->listen_fd >= 0) close(server->listen_fd);
  if (server->is_unix && server->listen_fd >= 0) unlink(server->address);
  if (server->workers) g_thread_pool_free(server->workers, FALSE, TRUE);
  if (server->prompt) g_thread_pool_free(server->prompt, FALSE, TRUE);
  if (server->joining) g_thread_pool_free(server->joining, FALSE, TRUE);
  g_ptr_array_unref(server->daemons);
  g_hash_table_unref(server->by_address);
  g_hash_table_unref(server->streams);
  http_router_free(server->router);
  http_networks_free(server->trusted);
  http_rate_free(server->rate);
  http_counts_free(server->counts);
  g_mutex_clear(&server->lock);
  g_cond_clear(&server->changed);
  g_free(server->address);
  g_free(server->certificate_path);
  g_free(server->key_path);
  g_free(server);
}

static HttpServer *new_server(const HttpSettings *settings) {
  HttpServer *server = g_new0(HttpServer, 1);
  server->limits = settings->limits.n_connections ? settings->limits : http_limits();
  server->address = g_strdup(settings->address ? settings->address : "127.0.0.1");
  server->is_unix = *server->address == '/';
  server->port = settings->port;
  server->certificate_path = g_strdup(settings->certificate);
  server->key_path = g_strdup(settings->key ? settings->key : settings->certificate);
  server->listen_fd = server->keeper_epoll = server->keeper_wake = -1;
  server->n_threads = settings->n_threads ? settings->n_threads : MAX(2, base_threads());
  server->n_workers = settings->n_workers ? settings->n_workers : 2 * MAX(2, base_threads());
  server->routes = settings->routes;
  server->n_routes = settings->n_routes;
  server->gate = settings->gate;
  server->later = settings->later;
  server->app = settings->app;
  server->access_log = settings->access_log;
  server->router = http_router_new(settings->routes, settings->n_routes);
  server->counts = http_counts_new(settings->routes, settings->n_routes);
  server->rate = http_rate_new(server->limits.requests_per_minute);
  server->daemons = g_ptr_array_new();
  server->by_address = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  server->streams = g_hash_table_new(g_int64_hash, g_int64_equal);
  g_queue_init(&server->late);
  g_mutex_init(&server->lock);
  g_cond_init(&server->changed);
  return server;
}

static gboolean start(HttpServer *server, const HttpSettings *settings, GError **error) {
  if (!loaded_mhd_ready(error)) return FALSE;
  server->trusted = http_networks_read(settings->trusted_proxies, error);
  if (!server->trusted) return FALSE;
  server->listen_fd = http_listen(server->address, &server->port, error);
  if (server->listen_fd < 0) return FALSE;
  server->workers = g_thread_pool_new(http_request_work, server, (gint)server->n_workers, TRUE, error);
  if (server->workers) server->prompt = g_thread_pool_new(http_request_work, server, PROMPT_WORKERS, TRUE, error);
  if (server->prompt) server->joining = g_thread_pool_new(http_request_work, server, JOINING_WORKERS, TRUE, error);
  if (!server->joining || !http_keeper_start(server, error)) return FALSE;
  HttpDaemon *daemon = http_daemon_start(server, error);
  if (!daemon) return FALSE;
  g_mutex_lock(&server->lock);
  g_ptr_array_add(server->daemons, daemon);
  g_mutex_unlock(&server->lock);
  return TRUE;
}

HttpServer *http_server_start(const HttpSettings *settings, GError **error) {
  HttpServer *server = new_server(settings);
  if (start(server, settings, error)) return server;
  free_server(server);
  return NULL;
}

guint16 http_server_port(const HttpServer *server) {
  return server->port;
}

gboolean http_server_reload(HttpServer *server, GError **error) {
  if (!server->certificate_path) return TRUE;
  g_mutex_lock(&server->lock);
  gboolean is_full = server->daemons->len >= HTTP_MAX_DAEMONS;
  g_mutex_unlock(&server->lock);
  if (is_full) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "connections with %d earlier certificates are still open; the certificate stays until one has ended",
                HTTP_MAX_DAEMONS);
    return FALSE;
  }
  HttpDaemon *daemon = http_daemon_start(server, error);
  if (!daemon) return FALSE;
  g_mutex_lock(&server->lock);
  HttpDaemon *before = server->daemons->pdata[server->daemons->len - 1];
  g_ptr_array_add(server->daemons, daemon);
  g_mutex_unlock(&server->lock);
  http_daemon_quiesce(before);
  return TRUE;
}

/* Waits until nothing is under way; the lock is held. */
static void wait_for_all(HttpServer *server, guint seconds) {
  gint64 until_us = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
  while (server->n_under_way > 0 && g_cond_wait_until(&server->changed, &server->lock, until_us)) {
  }
}

static void close_streams(HttpServer *server) {
  g_autoptr(GList) numbers = g_hash_table_get_keys(server->streams);
  for (GList *at = numbers; at; at = at->next) http_stream_close_number(server, *(guint64 *)at->data);
}

void http_server_stop(HttpServer *server, guint seconds) {
  if (!server) return;
  g_mutex_lock(&server->lock);
  HttpDaemon *last = server->daemons->pdata[server->daemons->len - 1];
  g_mutex_unlock(&server->lock);
  http_daemon_quiesce(last);
  g_mutex_lock(&server->lock);
  g_atomic_int_set(&server->is_stopping, TRUE);
  close_streams(server);
  wait_for_all(server, seconds);
  g_mutex_unlock(&server->lock);
  http_keeper_give_up(server);
  g_mutex_lock(&server->lock);
  wait_for_all(server, LAST_REPLIES_SECONDS);
  g_mutex_unlock(&server->lock);
  http_keeper_stop(server);
  for (guint i = 0; i < server->daemons->len; i++) http_daemon_stop(server->daemons->pdata[i]);
  free_server(server);
}

void http_server_metrics(HttpServer *server, GString *out) {
  g_mutex_lock(&server->lock);
  guint n_connections = server->n_connections, n_under_way = server->n_under_way;
  guint n_streams = g_hash_table_size(server->streams);
  g_mutex_unlock(&server->lock);
  http_counts_write(server->counts, out);
  http_gauge_write(out, "attain_http_connections", "Connections that are open.", "gauge", n_connections);
  http_gauge_write(out, "attain_http_requests_under_way", "Requests that are not finished, streams among them.",
                   "gauge", n_under_way);
  http_gauge_write(out, "attain_http_streams", "Streams that are open.", "gauge", n_streams);
  http_gauge_write(out, "attain_http_waiting", "Requests that wait for a worker.", "gauge",
                   g_thread_pool_unprocessed(server->workers));
  const struct {
    const char *name, *about;
    const guint64 *value;
  } counters[] = {
      {"attain_http_refused_rate_total", "Refused: more requests a minute than one may make.", &server->n_refused_rate},
      {"attain_http_refused_address_total", "Refused: more connections of an address than it may have.",
       &server->n_refused_address},
      {"attain_http_refused_busy_total", "Refused: too many wait for a worker.", &server->n_refused_busy},
      {"attain_http_late_total", "Answered without their handler, which took too long.", &server->n_late},
      {"attain_http_slow_total", "Closed: the request did not come to its end in time.", &server->n_slow},
  };
  for (guint i = 0; i < G_N_ELEMENTS(counters); i++)
    http_gauge_write(out, counters[i].name, counters[i].about, "counter",
                     __atomic_load_n(counters[i].value, __ATOMIC_RELAXED));
}
