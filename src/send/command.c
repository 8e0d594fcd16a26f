/* A command that takes the message, as JSON on its standard input, and says with its exit code whether it did: 0 it
 * did, anything else is tried again. What it writes to standard error says why. */
#include "send/private.h"

#include <errno.h>
#include <gio/gio.h>
#include <unistd.h>

#define MAX_SAID_BYTES 500

typedef struct {
  GMainLoop *loop;
  GSubprocess *process;
  GCancellable *given_up;
  char *said; /* on standard error */
  GError *error;
  gboolean is_late;
} Running;

static void on_done(GObject *object, GAsyncResult *result, gpointer user_data) {
  Running *running = user_data;
  g_subprocess_communicate_utf8_finish(G_SUBPROCESS(object), result, NULL, &running->said, &running->error);
  g_main_loop_quit(running->loop);
}

static gboolean on_late(gpointer user_data) {
  Running *running = user_data;
  running->is_late = TRUE;
  g_subprocess_force_exit(running->process);
  g_cancellable_cancel(running->given_up); /* a process that it started may hold the pipes open */
  return G_SOURCE_REMOVE;
}

/* A descriptor from which the text is read; -1 with an error. */
static int open_text(const char *text, GError **error) {
  FILE *file = tmpfile();
  int fd = file && fputs(text, file) >= 0 && fflush(file) == 0 ? dup(fileno(file)) : -1;
  if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the message could not be written to a file: %s", g_strerror(errno));
  if (file) fclose(file);
  return fd;
}

static GSubprocess *start(const Sender *sender, const ConfChannel *channel, const char *body, GError **error) {
  int fd = open_text(body, error);
  if (fd < 0) return NULL;
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_cwd(launcher, sender->folder);
  g_subprocess_launcher_take_stdin_fd(launcher, fd);
  return g_subprocess_launcher_spawnv(launcher, (const char *const *)channel->command, error);
}

/* In a context of its own, so that nothing else of the program runs meanwhile. */
static void run(Running *running) {
  GMainContext *context = g_main_context_new();
  g_main_context_push_thread_default(context);
  running->loop = g_main_loop_new(context, FALSE);
  GSource *late = g_timeout_source_new_seconds(SEND_MAX_SECONDS);
  g_source_set_callback(late, on_late, running, NULL);
  g_source_attach(late, context);
  g_subprocess_communicate_utf8_async(running->process, NULL, running->given_up, on_done, running);
  g_main_loop_run(running->loop);
  g_source_destroy(late);
  g_source_unref(late);
  g_main_loop_unref(running->loop);
  g_main_context_pop_thread_default(context);
  g_main_context_unref(context);
}

static AlertReply judge(const Running *running, const char *program) {
  gboolean has_exited = !running->is_late && g_subprocess_get_if_exited(running->process);
  int code = has_exited ? g_subprocess_get_exit_status(running->process) : -1;
  if (code == 0) return (AlertReply){.answer = ALERT_TAKEN};
  g_autofree char *said = running->said ? g_strndup(running->said, MAX_SAID_BYTES) : g_strdup("");
  g_autofree char *valid = g_strstrip(g_utf8_make_valid(said, -1));
  g_strdelimit(valid, "\r\n\t", ' ');
  const char *colon = *valid ? ": " : "";
  char *words = running->is_late ? g_strdup_printf("%s took more than %d seconds", program, SEND_MAX_SECONDS)
                : has_exited     ? g_strdup_printf("%s ended with code %d%s%s", program, code, colon, valid)
                                 : g_strdup_printf("%s was killed%s%s", program, colon, valid);
  return send_later(words);
}

AlertReply send_by_command(const Sender *sender, const ConfChannel *channel, const AlertMessage *message) {
  g_autoptr(GError) error = NULL;
  g_autofree char *body = send_json(sender, message);
  Running running = {.process = start(sender, channel, body, &error)};
  if (!running.process) return send_later(g_strdup(error->message));
  running.given_up = g_cancellable_new();
  run(&running);
  AlertReply reply = judge(&running, channel->command[0]);
  g_clear_error(&running.error);
  g_free(running.said);
  g_object_unref(running.given_up);
  g_object_unref(running.process);
  return reply;
}
