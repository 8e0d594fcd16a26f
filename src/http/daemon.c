/* MHD's daemons. A certificate is a daemon's for its life, so another certificate is another daemon at the same socket:
 * the older one takes no more connections and ends with its last. */
#include "http/private.h"

#include <unistd.h>

#define POOL_FACTOR         2 /* MHD's memory of a connection: headers as they came, and what is made of them */
#define SMALLEST_POOL_BYTES ((gsize)32 * 1024)

/* Percent codes are decoded by http_target_read(). */
static size_t keep_as_is(void *data, struct MHD_Connection *connection, char *text) {
  return strlen(text);
}

static gboolean read_certificate(HttpServer *server, char **certificate, char **key, GError **error) {
  *certificate = *key = NULL;
  if (!server->certificate_path) return TRUE;
  g_autoptr(GError) wrong = NULL;
  if (g_file_get_contents(server->certificate_path, certificate, NULL, &wrong) &&
      g_file_get_contents(server->key_path, key, NULL, &wrong))
    return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the certificate cannot be read: %s", wrong->message);
  return FALSE;
}

static struct MHD_Daemon *start(HttpDaemon *daemon, int fd, const char *certificate, const char *key) {
  HttpServer *server = daemon->server;
  struct MHD_OptionItem options[] = {
      {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
      {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
      {MHD_OPTION_CONNECTION_LIMIT, server->limits.n_connections, NULL},
      {MHD_OPTION_CONNECTION_TIMEOUT, server->limits.idle_seconds, NULL},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT,
       (intptr_t)MAX(server->limits.header_bytes * POOL_FACTOR, SMALLEST_POOL_BYTES), NULL},
      {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)http_request_end, server},
      {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)http_connection_notify, daemon},
      {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)http_request_begin, server},
      {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_as_is, NULL},
      {server->n_threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, server->n_threads, NULL},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem secure[] = {
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)certificate},
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)key},
      {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
      {MHD_OPTION_END, 0, NULL},
  };
  guint flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_TURBO;
  if (certificate)
    return MHD_start_daemon(flags | MHD_USE_TLS, 0, http_connection_accept, daemon, http_request_handle, server,
                            MHD_OPTION_ARRAY, secure, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
  return MHD_start_daemon(flags, 0, http_connection_accept, daemon, http_request_handle, server, MHD_OPTION_ARRAY,
                          options, MHD_OPTION_END);
}

HttpDaemon *http_daemon_start(HttpServer *server, GError **error) {
  g_autofree char *certificate = NULL, *key = NULL;
  if (!read_certificate(server, &certificate, &key, error)) return NULL;
  HttpDaemon *daemon = g_new0(HttpDaemon, 1);
  daemon->server = server;
  int fd = dup(server->listen_fd);
  daemon->mhd = fd < 0 ? NULL : start(daemon, fd, certificate, key);
  if (daemon->mhd) return daemon;
  if (fd >= 0) close(fd);
  g_free(daemon);
  if (certificate)
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s and %s are no certificate and its key, both as PEM, the server's certificate first",
                server->certificate_path, server->key_path);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the server's threads cannot be started");
  return NULL;
}

void http_daemon_quiesce(HttpDaemon *daemon) {
  int fd = MHD_quiesce_daemon(daemon->mhd);
  if (fd >= 0) close(fd);
}

void http_daemon_stop(HttpDaemon *daemon) {
  MHD_stop_daemon(daemon->mhd);
  g_free(daemon);
}
