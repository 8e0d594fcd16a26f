/* The keeper: a thread that sees to what would otherwise wait for ever. Handlers that are late get their connection
 * answered without them; requests that do not end get their connection closed; streams whose reader has gone are ended;
 * MHD's daemons of older certificates are ended when their last connection is. */
#include "http/private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define LOOK_EVERY_MS 1000
#define MAX_EVENTS    64
#define WAKE          0 /* the number of no stream */

gboolean http_keeper_take(HttpServer *server, HttpExchange *exchange) {
  g_mutex_lock(&server->lock);
  gboolean is_open = !server->is_closed;
  if (is_open) {
    exchange->late_us = g_get_monotonic_time() + (gint64)server->limits.handler_seconds * G_USEC_PER_SEC;
    g_queue_push_tail_link(&server->late, &exchange->late_link);
    MHD_suspend_connection(exchange->connection);
  }
  g_mutex_unlock(&server->lock);
  if (is_open) g_thread_pool_push(http_request_pool(exchange), http_exchange_hold(exchange), NULL);
  return is_open;
}

/* The lock is held. Once the connection goes on, the exchange may be gone but for who holds it. */
static void let_go_on(HttpServer *server, HttpExchange *exchange, int claim) {
  g_atomic_int_set(&exchange->claim, claim);
  g_queue_unlink(&server->late, &exchange->late_link);
  MHD_resume_connection(exchange->connection);
}

void http_keeper_give(HttpServer *server, HttpExchange *exchange) {
  g_mutex_lock(&server->lock);
  if (exchange->claim == HTTP_CLAIM_NONE) let_go_on(server, exchange, HTTP_CLAIM_HANDLER);
  g_mutex_unlock(&server->lock);
  http_exchange_release(exchange);
}

static void give_up(HttpServer *server, gint64 before_us) {
  for (HttpExchange *exchange = g_queue_peek_head(&server->late); exchange && exchange->late_us <= before_us;
       exchange = g_queue_peek_head(&server->late)) {
    __atomic_fetch_add(&server->n_late, 1, __ATOMIC_RELAXED);
    let_go_on(server, exchange, HTTP_CLAIM_KEEPER);
  }
}

void http_keeper_give_up(HttpServer *server) {
  g_mutex_lock(&server->lock);
  server->is_closed = TRUE;
  give_up(server, G_MAXINT64);
  g_mutex_unlock(&server->lock);
}

static void close_slow(HttpServer *server, gint64 now_us) {
  for (GList *at = server->connections; at; at = at->next) {
    HttpConnection *connection = at->data;
    gint64 by_us = __atomic_load_n(&connection->read_by_us, __ATOMIC_RELAXED);
    if (by_us == 0 || now_us < by_us) continue;
    shutdown(connection->fd, SHUT_RDWR);
    http_connection_expect(connection, 0);
    server->n_slow++;
  }
}

/* The oldest daemon that has no connection any more and takes no new ones; the lock is held. */
static HttpDaemon *steal_idle(HttpServer *server) {
  for (guint i = 0; i + 1 < server->daemons->len; i++) {
    HttpDaemon *daemon = server->daemons->pdata[i];
    if (daemon->n_connections == 0) return g_ptr_array_steal_index(server->daemons, i);
  }
  return NULL;
}

static void look(HttpServer *server) {
  gint64 now_us = g_get_monotonic_time();
  g_mutex_lock(&server->lock);
  give_up(server, now_us);
  close_slow(server, now_us);
  HttpDaemon *idle = steal_idle(server);
  g_mutex_unlock(&server->lock);
  if (idle) http_daemon_stop(idle);
}

static gpointer keep(gpointer data) {
  HttpServer *server = data;
  struct epoll_event events[MAX_EVENTS];
  gint64 look_at_us = 0;
  while (TRUE) {
    int n = epoll_wait(server->keeper_epoll, events, MAX_EVENTS, LOOK_EVERY_MS);
    g_mutex_lock(&server->lock);
    gboolean is_over = FALSE;
    for (int i = 0; i < n; i++) {
      if (events[i].data.u64 == WAKE)
        is_over = TRUE;
      else
        http_stream_close_number(server, events[i].data.u64);
    }
    g_mutex_unlock(&server->lock);
    if (is_over) return NULL;
    if (g_get_monotonic_time() < look_at_us) continue;
    look(server);
    look_at_us = g_get_monotonic_time() + LOOK_EVERY_MS * 1000;
  }
}

gboolean http_keeper_start(HttpServer *server, GError **error) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = WAKE};
  server->keeper_epoll = epoll_create1(EPOLL_CLOEXEC);
  server->keeper_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (server->keeper_epoll < 0 || server->keeper_wake < 0 ||
      epoll_ctl(server->keeper_epoll, EPOLL_CTL_ADD, server->keeper_wake, &event) < 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the server cannot watch its connections: %s", g_strerror(errno));
    return FALSE;
  }
  server->keeper = g_thread_new("http-keeper", keep, server);
  return TRUE;
}

void http_keeper_stop(HttpServer *server) {
  if (!server->keeper) return;
  eventfd_write(server->keeper_wake, 1);
  g_thread_join(server->keeper);
  server->keeper = NULL;
}
