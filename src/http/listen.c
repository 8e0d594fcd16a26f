/* Sockets that listen: an address and a port, or a path for a local one. */
#include "http/private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 1024

static int fail(GError **error, int fd, const char *address, guint16 port) {
  int number = errno;
  if (fd >= 0) close(fd);
  const char *hint = number == EADDRINUSE ? "; something else listens there: choose another with --listen" : "";
  if (port)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot listen at %s, port %u: %s%s", address, port,
                g_strerror(number), hint);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot listen at %s: %s%s", address, g_strerror(number), hint);
  return -1;
}

typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_un local;
} Address;

static int listen_at(const Address *at, socklen_t length, const char *address, guint16 port, GError **error) {
  int on = 1, off = 0;
  int fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return fail(error, fd, address, port);
  if (at->any.sa_family != AF_UNIX) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at->any.sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, &at->any, length) < 0 || listen(fd, BACKLOG) < 0) return fail(error, fd, address, port);
  return fd;
}

/* A socket that nobody listens at any more, of a server that was killed, is replaced; one that lives is not. */
static gboolean clear_path(const Address *at, const char *path, GError **error) {
  struct stat status;
  if (lstat(path, &status) < 0) return TRUE;
  int fd = S_ISSOCK(status.st_mode) ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
  gboolean is_dead = fd >= 0 && connect(fd, &at->any, sizeof at->local) < 0 && errno == ECONNREFUSED;
  if (fd >= 0) close(fd);
  if (is_dead && unlink(path) == 0) return TRUE;
  errno = EADDRINUSE;
  fail(error, -1, path, 0);
  return FALSE;
}

static int listen_locally(const char *path, GError **error) {
  Address at = {.local.sun_family = AF_UNIX};
  if (g_strlcpy(at.local.sun_path, path, sizeof at.local.sun_path) >= sizeof at.local.sun_path) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the path of the local socket is too long: %s", path);
    return -1;
  }
  if (!clear_path(&at, path, error)) return -1;
  mode_t others = umask(0177);
  int fd = listen_at(&at, sizeof at.local, path, 0, error);
  umask(others);
  return fd;
}

int http_listen(const char *address, guint16 *port, GError **error) {
  if (*address == '/') return listen_locally(address, error);
  Address at = {0};
  socklen_t length = 0;
  if (inet_pton(AF_INET, address, &at.v4.sin_addr) == 1) {
    at.v4.sin_family = AF_INET;
    at.v4.sin_port = htons(*port);
    length = sizeof at.v4;
  } else if (inet_pton(AF_INET6, address, &at.v6.sin6_addr) == 1) {
    at.v6.sin6_family = AF_INET6;
    at.v6.sin6_port = htons(*port);
    length = sizeof at.v6;
  } else {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s is no address to listen at; write 127.0.0.1, 0.0.0.0 for all, or ::", address);
    return -1;
  }
  int fd = listen_at(&at, length, address, *port, error);
  if (fd < 0) return -1;
  length = sizeof at;
  if (getsockname(fd, &at.any, &length) == 0)
    *port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
  return fd;
}
