/* attain serve: the workspace over HTTP, until a signal ends it.
 *
 *   main thread: signals, and what changes in the workspace's folder; it waits for nobody, so that a stop is seen
 *   SIGTERM, SIGINT: stop · SIGHUP: files, certificate and access log anew · an edit: files anew, once it is quiet */
#include "app/commands.h"
#include "app/notify.h"
#include "app/server.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>

#define STOP_SECONDS 10
#define QUIET_MS     250 /* an editor writes several files, and each in several steps */

typedef struct {
  Server *server;
  CliContext *context;
  GMainLoop *loop;
  GPtrArray *monitors; /* GFileMonitor */
  guint quiet;         /* the source that waits; 0: none */
} Serving;

/* --- files --- */

static gboolean read_again(gpointer data) {
  Serving *serving = data;
  serving->quiet = 0;
  server_read_again(serving->server);
  return G_SOURCE_REMOVE;
}

static void read_soon(Serving *serving, guint ms) {
  if (serving->quiet) g_source_remove(serving->quiet);
  serving->quiet = g_timeout_add(ms, read_again, serving);
}

static gboolean is_definition(GFile *file) {
  g_autofree char *name = file ? g_file_get_basename(file) : NULL;
  return name && *name != '.' && (g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml"));
}

static void on_change(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data) {
  Serving *serving = data;
  if (!is_definition(file) && !is_definition(other)) return;
  read_soon(serving, QUIET_MS);
}

static void watch(Serving *serving, const char *subfolder) {
  g_autofree char *path = g_build_filename(server_folder(serving->server), subfolder, NULL);
  g_autoptr(GFile) folder = g_file_new_for_path(path);
  GFileMonitor *monitor = g_file_monitor_directory(folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (!monitor) return;
  g_signal_connect(monitor, "changed", G_CALLBACK(on_change), serving);
  g_ptr_array_add(serving->monitors, monitor);
}

/* --- signals --- */

static gboolean on_stop(gpointer data) {
  g_main_loop_quit(((Serving *)data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean on_hangup(gpointer data) {
  Serving *serving = data;
  server_reopen(serving->server);
  read_soon(serving, 0);
  return G_SOURCE_CONTINUE;
}

/* --- the command --- */

static void say_start(const Serving *serving) {
  g_autofree char *address = server_address(serving->server), *link = server_first_link(serving->server);
  fprintf(serving->context->out, "Serving %s at %s\n", server_folder(serving->server), address);
  if (link)
    fprintf(serving->context->out, "There is no administrator yet. Whoever opens this link becomes it, once:\n  %s\n",
            link);
  fflush(serving->context->out);
  notify_manager("READY=1\nSTATUS=Serving");
}

static void serve(Serving *serving) {
  static const char *const folders[] = {".", "kpis", "alerts", "sources", "goals"};
  guint sources[] = {g_unix_signal_add(SIGTERM, on_stop, serving), g_unix_signal_add(SIGINT, on_stop, serving),
                     g_unix_signal_add(SIGHUP, on_hangup, serving)};
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++) watch(serving, folders[i]);
  say_start(serving);
  g_main_loop_run(serving->loop);
  notify_manager("STOPPING=1\nSTATUS=Ending what is under way");
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++) g_source_remove(sources[i]);
  if (serving->quiet) g_source_remove(serving->quiet);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const ServerSettings settings = {.folder = context->folder,
                                   .now = context->now,
                                   .listen = cli_option(arguments, "listen"),
                                   .certificate = cli_option(arguments, "certificate"),
                                   .key = cli_option(arguments, "key"),
                                   .trusted_proxies = cli_option_all(arguments, "trusted-proxy"),
                                   .access_log = cli_option(arguments, "access-log"),
                                   .open_metrics = cli_flag(arguments, "open-metrics"),
                                   .err = context->err};
  if (settings.key && !settings.certificate) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--key names the key of a certificate: give --certificate, too");
    return -1;
  }
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a file that may not grow fails like a full disk */
  Serving serving = {.context = context, .server = server_start(&settings, error)};
  if (!serving.server) return -1;
  serving.loop = g_main_loop_new(NULL, FALSE);
  serving.monitors = g_ptr_array_new_with_free_func(g_object_unref);
  serve(&serving);
  g_ptr_array_unref(serving.monitors);
  g_main_loop_unref(serving.loop);
  server_stop(serving.server, STOP_SECONDS);
  return 0;
}

static const CliOption options[] = {
    {"listen", 'l', CLI_VALUE, "ADDRESS:PORT", "where to listen; 127.0.0.1:8080 unless attain.yaml says otherwise",
     NULL},
    {"certificate", 0, CLI_VALUE, "FILE", "serve over TLS with this certificate (PEM, the server's first)", NULL},
    {"key", 0, CLI_VALUE, "FILE", "its private key (PEM); may stand in the certificate's file", NULL},
    {"trusted-proxy", 0, CLI_VALUES, "ADDRESS", "a proxy, or a network of them, whose X-Forwarded-For holds", NULL},
    {"access-log", 0, CLI_VALUE, "FILE", "a JSON line for each request; - is standard output", NULL},
    {"open-metrics", 0, CLI_FLAG, NULL, "give /metrics to whoever asks from this machine", NULL},
};

const CliCommand cmd_serve = {
    .name = "serve",
    .synopsis = "",
    .about = "serve the workspace over HTTP",
    .details =
        "Opens the workspace to write and answers under /api/v1 until SIGTERM or SIGINT (Ctrl-C): requests under way "
        "are then answered first. /healthz says that it is there, /readyz that its database answers, /metrics what "
        "it does.\n"
        "When the workspace's files are edited they are read anew; an edit that cannot be read is told on standard "
        "error, and what was read before holds. SIGHUP reads them and the certificate again, and opens the access log "
        "anew.\n"
        "It listens on this machine only unless told otherwise. Behind a proxy name it with --trusted-proxy; without "
        "one give a certificate. attain.yaml can say all of this under server.",
    .examples =
        "attain serve\tat http://127.0.0.1:8080/\n"
        "attain serve --listen 0.0.0.0:443 --certificate tls.pem --key tls.key\tfor a network, over TLS\n"
        "attain serve --trusted-proxy 127.0.0.1 --access-log -\tbehind nginx on the same machine",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .place = CLI_HERE,
    .run = run,
};
