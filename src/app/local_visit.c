/* Two things of whoever the command is for are not trusted: that they say anything, and that they read what is said. */
#include "app/local_visit.h"

#include "lib/guest.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MS     10000  /* to say what is wanted */
#define IDLE_MS        600000 /* of one who reads no more */
#define MAX_KEPT_BYTES (64u << 20)
#define BUFFER_BYTES   4096
#define MAX_WIDTH      10000

struct LocalVisit {
  const LocalSettings *settings;
  const CliProgram *program;
  int fd, stop_fd;
  void (*done)(gpointer data);
  gpointer data;
  GThread *thread;
  gint is_done, is_ending; /* atomic */

  GVariant *request;
  char **arguments;
  const char *answer, *digest; /* of the request; "" none */
  CliContext context;
  GByteArray *kept; /* frames that were not sent yet */
  gsize n_sent;     /* bytes of them that were */
  GChecksum *shown; /* what was written so far */
  char *question;   /* DIGEST question; NULL: nothing was asked */
  gboolean waits;   /* nothing is sent until the question comes again */
  gboolean is_broken;

  GMutex ending; /* of `guest` */
  LibGuest *guest;
};

/* --- sending --- */

/* Sends what can be sent within `wait_ms` without any of it being taken. */
static void send_kept(LocalVisit *visit, int wait_ms) {
  while (!visit->is_broken && visit->n_sent < visit->kept->len) {
    gssize n = send(visit->fd, visit->kept->data + visit->n_sent, visit->kept->len - visit->n_sent,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      visit->n_sent += (gsize)n;
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    struct pollfd fd = {.fd = visit->fd, .events = POLLOUT};
    struct pollfd fds[] = {fd, {.fd = visit->stop_fd, .events = POLLIN}};
    gboolean is_full = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (is_full && wait_ms == 0) return;
    visit->is_broken = !is_full || poll(fds, G_N_ELEMENTS(fds), wait_ms) <= 0 || fds[1].revents;
  }
  g_byte_array_set_size(visit->kept, 0);
  visit->n_sent = 0;
}

static void keep_frame(LocalVisit *visit, LocalFrame frame, const char *bytes, gsize length) {
  char head[LOCAL_HEAD];
  local_head(head, frame, length);
  g_byte_array_append(visit->kept, (const guint8 *)head, sizeof head);
  g_byte_array_append(visit->kept, (const guint8 *)bytes, (guint)length);
}

static gboolean write_frames(LocalVisit *visit, LocalFrame frame, const char *bytes, gsize length) {
  for (gsize at = 0; at < length; at += LOCAL_MAX_FRAME) {
    const char kind = (char)frame;
    gsize n = MIN(length - at, LOCAL_MAX_FRAME);
    g_checksum_update(visit->shown, (const guint8 *)&kind, 1);
    g_checksum_update(visit->shown, (const guint8 *)bytes + at, (gssize)n);
    keep_frame(visit, frame, bytes + at, n);
  }
  if (visit->waits && visit->kept->len > MAX_KEPT_BYTES) visit->waits = FALSE;
  if (!visit->waits) send_kept(visit, visit->kept->len - visit->n_sent > MAX_KEPT_BYTES ? IDLE_MS : 0);
  return !visit->is_broken;
}

/* What comes after a question is not what is shown: the command is run again. */
static ssize_t write_stream(LocalVisit *visit, LocalFrame frame, const char *bytes, size_t length) {
  if (visit->question || write_frames(visit, frame, bytes, length)) return (ssize_t)length;
  errno = EPIPE;
  return 0;
}

static ssize_t write_out(void *visit, const char *bytes, size_t length) {
  return write_stream(visit, LOCAL_OUT, bytes, length);
}

static ssize_t write_err(void *data, const char *bytes, size_t length) {
  LocalVisit *visit = data;
  return write_stream(visit, LOCAL_ERR, bytes, length);
}

/* As the streams of a process are: lines to a terminal, blocks to anything else, errors at once. */
static gboolean open_streams(LocalVisit *visit) {
  CliContext *context = &visit->context;
  context->out = fopencookie(visit, "w", (cookie_io_functions_t){.write = write_out});
  context->err = fopencookie(visit, "w", (cookie_io_functions_t){.write = write_err});
  if (!context->out || !context->err) return FALSE;
  setvbuf(context->out, NULL, context->terminal ? _IOLBF : _IOFBF, BUFFER_BYTES);
  setvbuf(context->err, NULL, _IONBF, 0);
  return TRUE;
}

/* --- questions --- */

static char *digest_of(const LocalVisit *visit) {
  g_autoptr(GChecksum) so_far = g_checksum_copy(visit->shown);
  return g_strdup(g_checksum_get_string(so_far));
}

/* An answer holds for what was shown before its question, and for nothing else. */
static gboolean answer(CliContext *context, const char *question) {
  LocalVisit *visit = context->user_data;
  fflush(context->out);
  g_autofree char *digest = digest_of(visit);
  gboolean is_answered = visit->waits && *visit->answer && strcmp(digest, visit->digest) == 0;
  visit->waits = FALSE;
  if (is_answered) {
    g_byte_array_set_size(visit->kept, 0);
    return strcmp(visit->answer, "yes") == 0;
  }
  if (!visit->question) visit->question = g_strconcat(digest, " ", question, NULL);
  return FALSE;
}

/* --- the request --- */

static gboolean read_exactly(const LocalVisit *visit, char *bytes, gsize length, gint64 until_us) {
  while (length > 0) {
    gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000;
    struct pollfd fds[] = {{.fd = visit->fd, .events = POLLIN}, {.fd = visit->stop_fd, .events = POLLIN}};
    if (left_ms <= 0 || poll(fds, G_N_ELEMENTS(fds), (int)left_ms) <= 0 || fds[1].revents) return FALSE;
    gssize n = recv(visit->fd, bytes, length, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) return FALSE;
    bytes += n;
    length -= (gsize)n;
  }
  return TRUE;
}

/* NULL where it is none: whoever sends that is not told why. */
static GVariant *read_request(const LocalVisit *visit) {
  gint64 until_us = g_get_monotonic_time() + REQUEST_MS * 1000;
  char head[LOCAL_HEAD];
  if (!read_exactly(visit, head, sizeof head, until_us) || head[0] != LOCAL_REQUEST ||
      local_length(head) > LOCAL_MAX_REQUEST)
    return NULL;
  gsize length = local_length(head);
  g_autofree char *bytes = g_malloc(length + 1);
  if (!read_exactly(visit, bytes, length, until_us)) return NULL;
  g_autoptr(GVariant) request =
      g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE(LOCAL_FORM), bytes, length, FALSE, g_free, bytes));
  bytes = NULL;
  return g_variant_is_normal_form(request) ? g_steal_pointer(&request) : NULL;
}

/* Ours alone, or root's. */
static gboolean is_allowed(LocalVisit *visit) {
  guint user;
  return local_peer(visit->fd, &user, &visit->context.reader) && (user == geteuid() || user == 0);
}

static gboolean take_request(LocalVisit *visit, const char **version) {
  visit->request = is_allowed(visit) ? read_request(visit) : NULL;
  if (!visit->request) return FALSE;
  CliContext *context = &visit->context;
  g_variant_get(visit->request, "(&s^as&si(bbbbb)(&s&s))", version, &visit->arguments, &context->here, &context->width,
                &context->terminal, &context->colour, &context->unicode, &context->shows_progress, &context->asks,
                &visit->answer, &visit->digest);
  context->folder = ".";
  context->width = CLAMP(context->width, 0, MAX_WIDTH);
  context->stop_fd = visit->stop_fd;
  context->answer = answer;
  context->user_data = visit;
  visit->waits = *visit->answer != '\0';
  return g_path_is_absolute(context->here);
}

/* --- running --- */

static void set_guest(LocalVisit *visit, LibGuest *guest) {
  g_mutex_lock(&visit->ending);
  visit->guest = guest;
  if (guest && local_visit_is_ending(visit)) lib_guest_end(guest);
  g_mutex_unlock(&visit->ending);
}

static int run_command(LocalVisit *visit) {
  AttainWorkspace *workspace = visit->settings->hold(visit->settings->app);
  LibGuest *guest = lib_guest_new(workspace, visit->context.here);
  set_guest(visit, guest);
  visit->context.host = lib_guest_host(guest);
  int code = cli_run(visit->program, &visit->context, (int)g_strv_length(visit->arguments), visit->arguments);
  set_guest(visit, NULL);
  lib_guest_free(guest);
  visit->settings->let_go(visit->settings->app, workspace);
  return code;
}

static int answer_request(LocalVisit *visit, const char *version) {
  if (strcmp(version, ATTAIN_VERSION) == 0) return run_command(visit);
  fprintf(visit->context.err,
          "attain: a server of Attain " ATTAIN_VERSION
          " has the workspace open, and this is Attain %s: start the "
          "server anew\n",
          version);
  return 1;
}

static void finish(LocalVisit *visit, int code) {
  fclose(visit->context.out);
  fclose(visit->context.err);
  guint32 number = GUINT32_TO_BE((guint32)code);
  if (visit->question)
    keep_frame(visit, LOCAL_QUESTION, visit->question, strlen(visit->question));
  else
    keep_frame(visit, LOCAL_EXIT, (const char *)&number, sizeof number);
  send_kept(visit, IDLE_MS);
}

static gpointer visit_thread(gpointer data) {
  LocalVisit *visit = data;
  const char *version;
  if (take_request(visit, &version) && open_streams(visit)) finish(visit, answer_request(visit, version));
  shutdown(visit->fd, SHUT_RDWR);
  g_atomic_int_set(&visit->is_done, TRUE);
  visit->done(visit->data);
  return NULL;
}

LocalVisit *local_visit_start(const LocalSettings *settings, const CliProgram *program, int fd,
                              void (*done)(gpointer data), gpointer data) {
  LocalVisit *visit = g_new0(LocalVisit, 1);
  visit->settings = settings;
  visit->program = program;
  visit->fd = fd;
  visit->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  visit->done = done;
  visit->data = data;
  visit->kept = g_byte_array_new();
  visit->shown = g_checksum_new(G_CHECKSUM_SHA256);
  g_mutex_init(&visit->ending);
  visit->thread = g_thread_try_new("command", visit_thread, visit, NULL);
  if (visit->thread) return visit;
  local_visit_free(visit);
  return NULL;
}

void local_visit_free(LocalVisit *visit) {
  if (visit->thread) g_thread_join(visit->thread);
  close(visit->fd);
  if (visit->stop_fd >= 0) close(visit->stop_fd);
  g_clear_pointer(&visit->request, g_variant_unref);
  g_strfreev(visit->arguments);
  g_free(visit->question);
  g_byte_array_unref(visit->kept);
  g_checksum_free(visit->shown);
  g_mutex_clear(&visit->ending);
  g_free(visit);
}

int local_visit_fd(const LocalVisit *visit) {
  return visit->fd;
}

gboolean local_visit_is_done(const LocalVisit *visit) {
  return g_atomic_int_get(&visit->is_done);
}

gboolean local_visit_is_ending(const LocalVisit *visit) {
  return g_atomic_int_get(&visit->is_ending);
}

void local_visit_end(LocalVisit *visit) {
  g_atomic_int_set(&visit->is_ending, TRUE);
  eventfd_write(visit->stop_fd, 1);
  g_mutex_lock(&visit->ending);
  if (visit->guest) lib_guest_end(visit->guest);
  g_mutex_unlock(&visit->ending);
}
