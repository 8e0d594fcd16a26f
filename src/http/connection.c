/* Connections: how many there are of whom, and how long their requests may take to come. */
#include "http/private.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static void write_address(const struct sockaddr *address, char *out, gsize size) {
  const void *bytes = NULL;
  int family = address ? address->sa_family : AF_UNSPEC;
  if (family == AF_INET) bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
  if (family == AF_INET6) {
    const struct in6_addr *its = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    gboolean is_mapped = IN6_IS_ADDR_V4MAPPED(its);
    family = is_mapped ? AF_INET : AF_INET6;
    bytes = is_mapped ? its->s6_addr + 12 : its->s6_addr;
  }
  if (!bytes || !inet_ntop(family, bytes, out, (socklen_t)size)) g_strlcpy(out, "local", size);
}

gboolean http_connection_count(HttpServer *server, const char *address) {
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(server->by_address, address));
  if (n >= server->limits.n_by_address) return FALSE;
  g_hash_table_insert(server->by_address, g_strdup(address), GUINT_TO_POINTER(n + 1));
  return TRUE;
}

void http_connection_uncount(HttpServer *server, const char *address) {
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(server->by_address, address));
  if (n > 1)
    g_hash_table_insert(server->by_address, g_strdup(address), GUINT_TO_POINTER(n - 1));
  else
    g_hash_table_remove(server->by_address, address);
}

/* Only looks: what is accepted is counted when it begins, and may then still be refused. */
enum MHD_Result http_connection_accept(void *data, const struct sockaddr *address, socklen_t length) {
  HttpServer *server = ((HttpDaemon *)data)->server;
  char text[INET6_ADDRSTRLEN];
  write_address(address, text, sizeof text);
  if (server->is_unix || http_networks_have(server->trusted, text)) return MHD_YES;
  g_mutex_lock(&server->lock);
  guint n = GPOINTER_TO_UINT(g_hash_table_lookup(server->by_address, text));
  g_mutex_unlock(&server->lock);
  if (n < server->limits.n_by_address) return MHD_YES;
  __atomic_fetch_add(&server->n_refused_address, 1, __ATOMIC_RELAXED);
  return MHD_NO;
}

void http_connection_expect(HttpConnection *connection, gint64 within_us) {
  gint64 by_us = within_us ? g_get_monotonic_time() + within_us : 0;
  __atomic_store_n(&connection->read_by_us, by_us, __ATOMIC_RELAXED);
}

static gboolean is_owner(int fd) {
  struct ucred who;
  socklen_t length = sizeof who;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0 && (who.uid == geteuid() || who.uid == 0);
}

static void start(HttpDaemon *daemon, struct MHD_Connection *mhd, void **context) {
  HttpServer *server = daemon->server;
  const union MHD_ConnectionInfo *address = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const union MHD_ConnectionInfo *fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
  HttpConnection *connection = g_new0(HttpConnection, 1);
  connection->daemon = daemon;
  connection->link.data = connection;
  connection->fd = fd->connect_fd;
  write_address(server->is_unix ? NULL : address->client_addr, connection->address, sizeof connection->address);
  connection->is_stranger = server->is_unix && !is_owner(connection->fd);
  http_connection_expect(connection, (gint64)server->limits.idle_seconds * HTTP_IDLE_ROUNDS * G_USEC_PER_SEC);
  gboolean is_trusted = server->is_unix || http_networks_have(server->trusted, connection->address);
  g_mutex_lock(&server->lock);
  connection->is_counted = !is_trusted && http_connection_count(server, connection->address);
  server->connections = g_list_concat(&connection->link, server->connections);
  server->n_connections++;
  daemon->n_connections++;
  g_mutex_unlock(&server->lock);
  *context = connection;
}

static void stop(HttpConnection *connection) {
  HttpServer *server = connection->daemon->server;
  g_mutex_lock(&server->lock);
  if (connection->is_counted) http_connection_uncount(server, connection->address);
  server->connections = g_list_remove_link(server->connections, &connection->link);
  server->n_connections--;
  connection->daemon->n_connections--;
  g_mutex_unlock(&server->lock);
  g_free(connection);
}

void http_connection_notify(void *daemon, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code) {
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    start(daemon, connection, context);
  } else if (*context) {
    stop(*context);
    *context = NULL;
  }
}
