/* A socket's address holds a path of some 100 bytes only, and workspaces lie deeper: it is reached through the
 * descriptor of its folder. */
#include "app/local_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FOLDER  "data"
#define NAME    "attain.sock"
#define BACKLOG 64

void local_head(char *head, LocalFrame frame, gsize length) {
  guint32 size = GUINT32_TO_BE((guint32)length);
  head[0] = (char)frame;
  memcpy(head + 1, &size, sizeof size);
}

gsize local_length(const char *head) {
  guint32 size;
  memcpy(&size, head + 1, sizeof size);
  return GUINT32_FROM_BE(size);
}

static int open_folder(const char *folder, gboolean make) {
  g_autofree char *path = g_build_filename(folder, FOLDER, NULL);
  if (make && mkdir(path, 0777) != 0 && errno != EEXIST) return -1;
  return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int listen_at(int fd, const struct sockaddr_un *address, int folder) {
  if (fchmod(fd, S_IRUSR | S_IWUSR) != 0) return -1;
  const struct sockaddr *any = (const struct sockaddr *)address;
  if (bind(fd, any, sizeof *address) != 0) {
    if (errno != EADDRINUSE) return -1;
    int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean is_stale = other >= 0 && connect(other, any, sizeof *address) != 0 && errno == ECONNREFUSED;
    if (other >= 0) close(other);
    errno = EADDRINUSE;
    if (!is_stale || unlinkat(folder, NAME, 0) != 0 || bind(fd, any, sizeof *address) != 0) return -1;
  }
  return listen(fd, BACKLOG);
}

int local_socket(const char *folder, LocalEnd end) {
  int at = open_folder(folder, end == LOCAL_LISTEN);
  if (at < 0) return -1;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" NAME, at);
  int failed = fd < 0;
  if (!failed && end == LOCAL_LISTEN) failed = listen_at(fd, &address, at) != 0;
  if (!failed && end == LOCAL_CONNECT) failed = connect(fd, (const struct sockaddr *)&address, sizeof address) != 0;
  int cause = errno;
  close(at);
  if (failed && fd >= 0) close(fd);
  errno = cause;
  return failed ? -1 : fd;
}

void local_unlink(const char *folder) {
  g_autofree char *path = g_build_filename(folder, FOLDER, NAME, NULL);
  unlink(path);
}

gboolean local_peer(int fd, guint *user, int *process) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return FALSE;
  *user = peer.uid;
  *process = peer.pid;
  return TRUE;
}
