/* The command line's side. Where nobody listens it costs a look at a file that is not there. */
#include "app/local.h"
#include "app/local_frame.h"
#include "session/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  const CliContext *context;
  int argc;
  char *const *argv;
  int fd;
  int signals;           /* descriptor of SIGINT and SIGTERM */
  int caught;            /* the one that came; 0: none */
  char *answer, *digest; /* to a question, and of what was shown before it */
  GByteArray *rest;      /* what came and is no whole frame yet */
} Client;

static void client_clear(Client *client) {
  if (client->fd >= 0) close(client->fd);
  if (client->signals >= 0) close(client->signals);
  g_free(client->answer);
  g_free(client->digest);
  g_byte_array_unref(client->rest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Client, client_clear)

/* Only to our own server; root may use anybody's. */
static gboolean is_trusted(int fd) {
  guint user;
  int process;
  return local_peer(fd, &user, &process) && (user == geteuid() || geteuid() == 0);
}

static int connect_to(const char *folder) {
  int fd = local_socket(folder, LOCAL_CONNECT);
  if (fd >= 0 && is_trusted(fd)) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

static char *workspace_of(const CliContext *context) {
  return session_find_workspace(context->folder);
}

/* --- asking --- */

static gboolean send_all(int fd, const char *bytes, gsize length) {
  while (length > 0) {
    gssize n = send(fd, bytes, length, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return FALSE;
    bytes += n;
    length -= (gsize)n;
  }
  return TRUE;
}

static gboolean send_request(const Client *client, GError **error) {
  const CliContext *context = client->context;
  g_autofree char *here = g_get_current_dir();
  GVariantBuilder arguments;
  g_variant_builder_init(&arguments, G_VARIANT_TYPE("as"));
  for (int i = 0; i < client->argc; i++) {
    if (!g_utf8_validate(client->argv[i], -1, NULL)) {
      g_variant_builder_clear(&arguments);
      g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "the command line is not UTF-8 text: argument %d", i + 1);
      return FALSE;
    }
    g_variant_builder_add(&arguments, "s", client->argv[i]);
  }
  g_autoptr(GVariant) request =
      g_variant_ref_sink(g_variant_new(LOCAL_FORM, ATTAIN_VERSION, &arguments, here, context->width, context->terminal,
                                       context->colour, context->unicode, context->shows_progress, context->asks,
                                       client->answer ? client->answer : "", client->digest ? client->digest : ""));
  char head[LOCAL_HEAD];
  gsize size = g_variant_get_size(request);
  if (size > LOCAL_MAX_REQUEST) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "the command line is longer than a server takes (%u bytes)",
                LOCAL_MAX_REQUEST);
    return FALSE;
  }
  local_head(head, LOCAL_REQUEST, size);
  if (send_all(client->fd, head, sizeof head) && send_all(client->fd, g_variant_get_data(request), size)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the server that has the workspace open does not listen: try again");
  return FALSE;
}

/* --- what comes back --- */

/* A signal ends the command, and the server says how it ended. */
static gboolean wait_for_bytes(Client *client) {
  struct pollfd fds[] = {{.fd = client->fd, .events = POLLIN}, {.fd = client->signals, .events = POLLIN}};
  for (;;) {
    if (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno != EINTR) return FALSE;
    struct signalfd_siginfo signal;
    if (fds[1].revents & POLLIN && read(client->signals, &signal, sizeof signal) == sizeof signal) {
      client->caught = (int)signal.ssi_signo;
      shutdown(client->fd, SHUT_WR);
    }
    if (fds[0].revents) return TRUE;
  }
}

static gboolean read_more(Client *client, GError **error) {
  char bytes[1 << 14];
  gssize n;
  do {
    n = wait_for_bytes(client) ? recv(client->fd, bytes, sizeof bytes, 0) : -1;
  } while (n < 0 && errno == EINTR);
  if (n > 0) {
    g_byte_array_append(client->rest, (const guint8 *)bytes, (guint)n);
    return TRUE;
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
              "the server that ran this command ended in the middle of it: see what it did before trying again");
  return FALSE;
}

static void print(FILE *to, const char *bytes, gsize length) {
  fwrite(bytes, 1, length, to);
  fflush(to);
}

/* TRUE: it is over, and `code` says how; -1: it asks. */
static gboolean take_frame(Client *client, const char *head, const char *bytes, gsize length, int *code) {
  guint32 number;
  switch (head[0]) {
    case LOCAL_OUT:
      print(client->context->out, bytes, length);
      return FALSE;
    case LOCAL_ERR:
      print(client->context->err, bytes, length);
      return FALSE;
    case LOCAL_QUESTION: {
      g_autofree char *text = g_strndup(bytes, length);
      char *question = strchr(text, ' ');
      g_free(client->digest);
      client->digest = g_strndup(text, question ? (gsize)(question - text) : length);
      print(client->context->out, question ? question + 1 : "", question ? strlen(question + 1) : 0);
      *code = -1;
      return TRUE;
    }
    case LOCAL_EXIT:
      if (length != sizeof number) break;
      memcpy(&number, bytes, sizeof number);
      *code = (int)GUINT32_FROM_BE(number);
      return TRUE;
    default:
      break;
  }
  *code = 1;
  return TRUE;
}

static gboolean take_frames(Client *client, int *code, GError **error) {
  for (;;) {
    const char *head = (const char *)client->rest->data;
    gsize length = client->rest->len >= LOCAL_HEAD ? local_length(head) : 0;
    if (client->rest->len < LOCAL_HEAD || client->rest->len < LOCAL_HEAD + length) {
      if (!read_more(client, error)) return FALSE;
      continue;
    }
    gboolean is_over = take_frame(client, head, head + LOCAL_HEAD, length, code);
    g_byte_array_remove_range(client->rest, 0, (guint)(LOCAL_HEAD + length));
    if (is_over) return TRUE;
  }
}

/* --- a command --- */

static void read_answer(Client *client) {
  char line[16];
  g_free(client->answer);
  client->answer = g_strdup(fgets(line, sizeof line, stdin) && (*line == 'y' || *line == 'Y') ? "yes" : "no");
}

static gboolean run_once(Client *client, int *code, GError **error) {
  g_byte_array_set_size(client->rest, 0);
  return send_request(client, error) && take_frames(client, code, error);
}

/* A question is answered here, and the command run again with the answer: meanwhile nobody waits for it. */
static gboolean run_all(Client *client, const char *folder, int *code, GError **error) {
  while (run_once(client, code, error)) {
    if (*code != -1) return TRUE;
    read_answer(client);
    close(client->fd);
    client->fd = connect_to(folder);
    if (client->fd >= 0) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the server has ended meanwhile; nothing was changed: try again");
    break;
  }
  return FALSE;
}

/* As a process of its own would have ended by it. */
static void end_by_signal(int number, const sigset_t *before) {
  signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, before, NULL);
  raise(number);
}

gboolean local_run(const CliContext *context, int argc, char *const *argv, int *code, GError **error) {
  g_autofree char *folder = workspace_of(context);
  int fd = folder ? connect_to(folder) : -1;
  if (fd < 0) return FALSE;
  sigset_t signals, before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, &before);
  g_auto(Client) client = {.context = context,
                           .argc = argc,
                           .argv = argv,
                           .fd = fd,
                           .signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK),
                           .rest = g_byte_array_new()};
  if (!run_all(&client, folder, code, error)) *code = -1;
  if (client.caught && *code != 0) end_by_signal(client.caught, &before);
  sigprocmask(SIG_SETMASK, &before, NULL);
  return TRUE;
}
