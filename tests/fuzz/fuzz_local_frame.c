/* What comes over the local socket, any bytes: as they are, and as what a request's frame holds. Nobody is answered but
 * who says a whole request, and who is of another version hears so. */
#include "app/local_visit.h"
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

static const CliProgram program = {0};
static const LocalSettings settings = {.folder = "."};

static void nothing(gpointer data) {}

static void say(const uint8_t *data, size_t size, gboolean in_frame) {
  int ends[2];
  char head[LOCAL_HEAD];
  g_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  local_head(head, LOCAL_REQUEST, size);
  g_assert(local_length(head) == size);
  g_assert(!in_frame || send(ends[0], head, sizeof head, MSG_NOSIGNAL) == LOCAL_HEAD);
  g_assert(send(ends[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
  shutdown(ends[0], SHUT_WR);
  LocalVisit *visit = local_visit_start(&settings, &program, ends[1], nothing, NULL);
  g_assert(visit);
  g_autoptr(GString) got = g_string_new(NULL);
  char part[512];
  for (ssize_t n = read(ends[0], part, sizeof part); n > 0; n = read(ends[0], part, sizeof part))
    g_string_append_len(got, part, n);
  close(ends[0]);
  local_visit_free(visit);
  g_assert(got->len == 0 || got->str[0] == LOCAL_ERR);
}

/* A request of this very version would run a command; that one never comes by chance. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 4096 || g_strstr_len((const char *)data, (gssize)size, ATTAIN_VERSION)) return 0;
  say(data, size, FALSE);
  say(data, size, TRUE);
  return 0;
}
