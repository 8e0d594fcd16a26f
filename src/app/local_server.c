/* The server's side: one thread takes visitors and sees who has hung up, one thread each runs their commands.
 *
 * A command that writes has the writer's turn, so nothing of it waits for whoever reads its output: what cannot be sent
 * at once is kept, and sent when the command is over. */
#include "app/local_visit.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_VISITS 16
#define REMIND_MS  50

struct LocalServer {
  LocalSettings settings;
  char *folder;
  CliCommand *commands;
  CliProgram program;
  int listening, wake; /* descriptors */
  GThread *thread;
  GPtrArray *visits; /* LocalVisit; of the thread */
  gint is_stopping;  /* atomic */
  gint64 end_us;     /* when what is under way is ended; of whoever stops it, before `is_stopping` */
};

static void wake(gpointer data) {
  LocalServer *server = data;
  eventfd_write(server->wake, 1);
}

/* --- the thread --- */

static void take_visitor(LocalServer *server) {
  int fd = accept4(server->listening, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  LocalVisit *visit = local_visit_start(&server->settings, &server->program, fd, wake, server);
  if (visit) g_ptr_array_add(server->visits, visit);
}

static void drop_done(LocalServer *server) {
  for (guint i = server->visits->len; i-- > 0;)
    if (local_visit_is_done(server->visits->pdata[i])) g_ptr_array_remove_index_fast(server->visits, i);
}

/* Ends the commands of those who have gone; again and again, since each statement is ended for itself. Whether there
 * are any. */
static gboolean end_left(LocalServer *server, const struct pollfd *fds, gboolean all) {
  gboolean any = FALSE;
  for (guint i = 0; i < server->visits->len; i++) {
    LocalVisit *visit = server->visits->pdata[i];
    if (all || (fds && fds[i].revents)) local_visit_end(visit);
    any |= local_visit_is_ending(visit);
  }
  return any;
}

static gpointer serve(gpointer data) {
  LocalServer *server = data;
  gboolean is_ending = FALSE;
  for (;;) {
    struct pollfd fds[MAX_VISITS + 2];
    guint n = server->visits->len;
    gboolean is_stopping = g_atomic_int_get(&server->is_stopping);
    if (is_stopping && n == 0) return NULL;
    for (guint i = 0; i < n; i++) {
      LocalVisit *visit = server->visits->pdata[i];
      fds[i] = (struct pollfd){.fd = local_visit_is_ending(visit) ? -1 : local_visit_fd(visit), .events = POLLRDHUP};
    }
    fds[n] = (struct pollfd){.fd = server->wake, .events = POLLIN};
    fds[n + 1] = (struct pollfd){.fd = is_stopping || n == MAX_VISITS ? -1 : server->listening, .events = POLLIN};
    if (poll(fds, n + 2, is_ending || is_stopping ? REMIND_MS : -1) < 0 && errno != EINTR) return NULL;
    eventfd_t ignored;
    if (fds[n].revents) eventfd_read(server->wake, &ignored);
    is_ending = end_left(server, fds, is_stopping && g_get_monotonic_time() >= server->end_us);
    drop_done(server);
    if (fds[n + 1].revents & POLLIN) take_visitor(server);
  }
}

/* --- starting and stopping --- */

static void free_server(LocalServer *server) {
  if (server->listening >= 0) close(server->listening);
  if (server->wake >= 0) close(server->wake);
  g_ptr_array_unref(server->visits);
  g_free(server->commands);
  g_free(server->folder);
  g_free(server);
}

LocalServer *local_server_start(const LocalSettings *settings, GError **error) {
  LocalServer *server = g_new0(LocalServer, 1);
  server->settings = *settings;
  server->settings.folder = server->folder = g_strdup(settings->folder);
  server->commands = commands_all(&server->program.n_commands);
  server->program.commands = server->commands;
  server->visits = g_ptr_array_new_with_free_func((GDestroyNotify)local_visit_free);
  server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  server->listening = local_socket(server->folder, LOCAL_LISTEN);
  if (server->listening < 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "commands cannot be taken at %s/data/attain.sock: %s", server->folder,
                g_strerror(errno));
    free_server(server);
    return NULL;
  }
  server->thread = g_thread_new("local", serve, server);
  return server;
}

void local_server_stop(LocalServer *server, guint seconds) {
  if (!server) return;
  server->end_us = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
  local_unlink(server->folder);
  g_atomic_int_set(&server->is_stopping, TRUE);
  wake(server);
  g_thread_join(server->thread);
  free_server(server);
}
