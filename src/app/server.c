/* A server's life: the workspace opened to write, the routes served from it, its files read anew, and the end.
 *
 * Whoever answers holds the workspace; it is closed when the last has let it go. */
#include "app/api.h"
#include "app/api_cache.h"
#include "app/api_gate.h"
#include "app/failed.h"
#include "app/notify.h"
#include "app/server_private.h"
#include "app/webhook.h"

#include <errno.h>

#define CANCEL_EVERY_US (200 * 1000)

AttainWorkspace *server_hold(Server *server) {
  g_mutex_lock(&server->lock);
  AttainWorkspace *workspace = server->workspace;
  if (workspace) server->n_held++;
  g_mutex_unlock(&server->lock);
  return workspace;
}

void server_let_go(Server *server, AttainWorkspace *workspace) {
  g_mutex_lock(&server->lock);
  server->n_held--;
  g_cond_broadcast(&server->changed);
  g_mutex_unlock(&server->lock);
}

SignIn *server_sign_in(Server *server) {
  g_mutex_lock(&server->lock);
  SignIn *sign_in = sign_in_hold(server->sign_in);
  g_mutex_unlock(&server->lock);
  return sign_in;
}

Feed *server_feed(Server *server) {
  return server->feed;
}

Caller *server_caller(const HttpExchange *exchange) {
  return http_user(exchange);
}

char *server_address(const Server *server) {
  const char *scheme = server->is_secure ? "https" : "http";
  guint16 port = http_server_port(server->http);
  return strchr(server->host, ':') ? g_strdup_printf("%s://[%s]:%u/", scheme, server->host, port)
                                   : g_strdup_printf("%s://%s:%u/", scheme, server->host, port);
}

Works *server_works(Server *server) {
  return server->works;
}

WebhookBook *server_webhooks(Server *server) {
  return server->webhooks;
}

ApiCache *server_answers(Server *server) {
  return server->answers;
}

char *server_first_link(Server *server) {
  AttainError error = {0};
  AttainWorkspace *workspace = server_hold(server);
  g_autofree char *path = api_first_link(workspace, &error), *address = server_address(server);
  server_let_go(server, workspace);
  if (error.message) fprintf(server->err, "attain: %s\n", error.message);
  attain_error_clear(&error);
  return path ? g_strconcat(address, path + 1, NULL) : NULL;
}

const char *server_folder(const Server *server) {
  return server->folder;
}

void server_tell(Server *server, const char *words) {
  fprintf(server->err, "attain: %s\n", words);
  fflush(server->err);
}

/* --- files read anew --- */

static void tell_fault(Server *server, const char *fault) {
  g_mutex_lock(&server->lock);
  gboolean is_new = g_strcmp0(fault, server->fault) != 0;
  g_free(server->fault);
  server->fault = g_strdup(fault);
  if (!fault) server->n_readings++;
  g_mutex_unlock(&server->lock);
  if (is_new && fault) fprintf(server->err, "attain: %s; what was read before still holds\n", fault);
  if (!fault) fprintf(server->err, "attain: the workspace's files were read anew\n");
  fflush(server->err);
}

/* A provider that is as it was goes on with the sign-ins that are under way. */
static gboolean read_sign_in(Server *server, AttainError *error) {
  g_autoptr(GError) cause = NULL;
  SignIn *read = NULL;
  if (!sign_in_read(server->folder, &read, &cause)) {
    *error = (AttainError){ATTAIN_ERROR_INPUT, g_strdup(cause->message)};
    return FALSE;
  }
  g_mutex_lock(&server->lock);
  gboolean is_same = g_strcmp0(read ? read->key : NULL, server->sign_in ? server->sign_in->key : NULL) == 0;
  SignIn *old = is_same ? read : server->sign_in;
  if (!is_same) server->sign_in = read;
  g_mutex_unlock(&server->lock);
  sign_in_release(old);
  return TRUE;
}

static void read_files(Server *server) {
  AttainError error = {0};
  g_autofree char *lines = g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
  notify_manager(lines);
  gboolean is_read = attain_reload(server->workspace, &error) && read_sign_in(server, &error);
  g_mutex_lock(&server->lock);
  gboolean is_stopping = server->is_stopping;
  g_mutex_unlock(&server->lock);
  /* The end cancels a reading that is under way; nobody is to hear of it then. */
  if (!is_stopping) tell_fault(server, is_read ? NULL : error.message);
  attain_error_clear(&error);
  if (is_stopping) return;
  if (is_read) feed_reset(server->feed);
  notify_manager(is_read ? "READY=1\nSTATUS=Serving"
                         : "READY=1\nSTATUS=Serving; an edit of the workspace's files is faulty");
}

/* Reads whenever it is asked to, until the server has stopped; then every writer that it could wait for has ended. */
static gpointer read_when_asked(gpointer data) {
  Server *server = data;
  g_mutex_lock(&server->lock);
  while (TRUE) {
    while (!server->is_to_read && !server->is_stopped) g_cond_wait(&server->asked, &server->lock);
    if (server->is_stopped) break;
    server->is_to_read = FALSE;
    g_mutex_unlock(&server->lock);
    read_files(server);
    g_mutex_lock(&server->lock);
  }
  g_mutex_unlock(&server->lock);
  return NULL;
}

void server_read_again(Server *server) {
  g_mutex_lock(&server->lock);
  server->is_to_read = TRUE;
  g_cond_signal(&server->asked);
  g_mutex_unlock(&server->lock);
}

/* --- its beginning --- */

static AttainWorkspace *hold(gpointer server) {
  return server_hold(server);
}

static void let_go(gpointer server, AttainWorkspace *workspace) {
  server_let_go(server, workspace);
}

static gboolean open_workspace(Server *server, const char *now, GError **error) {
  const AttainOptions options = {.now = now, .alerts = server->keeps_alerts};
  AttainError cause = {0};
  server->workspace = attain_open(server->folder, &options, &cause);
  if (!server->workspace) return app_fail(&cause, error) == 0;
  server->feed = feed_new(&(FeedSettings){hold, let_go, server});
  feed_follow(server->feed, server->workspace);
  return TRUE;
}

static gboolean open_access_log(Server *server, GError **error) {
  if (!server->access_log_path) return TRUE;
  if (g_str_equal(server->access_log_path, "-")) {
    server->access_log = stdout;
    return TRUE;
  }
  server->access_log = fopen(server->access_log_path, "ae");
  if (server->access_log) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the access log %s cannot be written: %s", server->access_log_path,
              g_strerror(errno));
  return FALSE;
}

static gboolean gate(HttpExchange *exchange, const HttpRoute *route, gpointer server) {
  return server_opens(server, exchange) || api_gate(exchange, route, server);
}

static gboolean listen_at(Server *server, const ServerPlan *plan, GError **error) {
  HttpSettings http = plan->http;
  http.routes = routes_all(&http.n_routes);
  http.gate = gate;
  http.later = api_later;
  http.app = server;
  http.access_log = server->access_log;
  server->http = http_server_start(&http, error);
  if (!server->http) return FALSE;
  const LocalSettings local = {.folder = server->folder, .hold = hold, .let_go = let_go, .app = server};
  server->local = local_server_start(&local, error);
  return server->local != NULL;
}

static void free_server(Server *server) {
  if (server->access_log && server->access_log != stdout) fclose(server->access_log);
  api_cache_free(server->answers);
  webhook_book_free(server->webhooks);
  sign_in_release(server->sign_in);
  works_free(server->works);
  g_mutex_clear(&server->lock);
  g_cond_clear(&server->changed);
  g_cond_clear(&server->asked);
  g_free(server->access_log_path);
  g_free(server->folder);
  g_free(server->host);
  g_free(server->fault);
  g_free(server);
}

static Server *new_server(const ServerSettings *settings, const ServerPlan *plan) {
  const ConfServer *conf = &plan->organisation->server;
  Server *server = g_new0(Server, 1);
  g_mutex_init(&server->lock);
  g_cond_init(&server->changed);
  g_cond_init(&server->asked);
  server->answers = api_cache_new(API_CACHE_BYTES);
  server->works = works_new();
  server->folder = g_strdup(plan->folder);
  server->webhooks = webhook_book_new(server->folder);
  server->host = g_strdup(plan->host);
  server->is_secure = plan->http.certificate != NULL;
  server->keeps_alerts = !conf->keeps_no_alerts;
  server->open_metrics = settings->open_metrics || conf->open_metrics;
  server->access_log_path = g_strdup(settings->access_log ? settings->access_log : conf->access_log);
  server->err = settings->err;
  server->started_s = g_get_real_time() / G_USEC_PER_SEC;
  return server;
}

Server *server_start(const ServerSettings *settings, GError **error) {
  ServerPlan plan;
  if (!server_plan(settings, &plan, error)) return NULL;
  Server *server = new_server(settings, &plan);
  gboolean ok = open_access_log(server, error) && sign_in_read(server->folder, &server->sign_in, error) &&
                open_workspace(server, settings->now, error) && listen_at(server, &plan, error);
  server_plan_clear(&plan);
  if (ok) {
    server->reader = g_thread_new("server-files", read_when_asked, server);
    if (server->keeps_alerts) server->alerts = server_alerts_start(server->workspace, server->err);
    server->notices = server_notices_start(server->workspace, server->err);
    server->tidy = server_tidy_start(server->workspace, server->err);
    return server;
  }
  server_stop(server, 0);
  return NULL;
}

/* freopen() holds the stream's lock, so that no line is written to a closed file. */
void server_reopen(Server *server) {
  g_autoptr(GError) error = NULL;
  if (!http_server_reload(server->http, &error)) {
    fprintf(server->err, "attain: %s; the certificate read before still holds\n", error->message);
    fflush(server->err);
  }
  if (server->access_log && server->access_log != stdout && !freopen(server->access_log_path, "ae", server->access_log))
    fprintf(server->err, "attain: the access log %s cannot be written: %s\n", server->access_log_path,
            g_strerror(errno));
}

/* --- its end --- */

/* Ends what handlers wait for when their time is over, until the server has stopped. */
static gpointer cancel_late(gpointer data) {
  Server *server = data;
  gint64 at_us = g_get_monotonic_time() + (gint64)server->stop_seconds * G_USEC_PER_SEC;
  g_mutex_lock(&server->lock);
  while (!server->is_stopped) {
    if (g_cond_wait_until(&server->changed, &server->lock, at_us)) continue;
    g_mutex_unlock(&server->lock);
    attain_cancel(server->workspace);
    g_mutex_lock(&server->lock);
    at_us = g_get_monotonic_time() + CANCEL_EVERY_US;
  }
  g_mutex_unlock(&server->lock);
  return NULL;
}

static void close_workspace(Server *server) {
  g_mutex_lock(&server->lock);
  AttainWorkspace *workspace = g_steal_pointer(&server->workspace);
  while (server->n_held > 0) g_cond_wait(&server->changed, &server->lock);
  g_mutex_unlock(&server->lock);
  feed_unfollow(server->feed, workspace);
  feed_free(server->feed);
  attain_close(workspace);
}

static void stop_taking(Server *server, guint seconds) {
  g_mutex_lock(&server->lock);
  server->is_stopping = TRUE;
  server->stop_seconds = seconds;
  g_mutex_unlock(&server->lock);
  server_alerts_end(server->alerts);
  server_notices_end(server->notices);
  server_tidy_end(server->tidy);
  GThread *canceller = g_thread_new("server-cancel", cancel_late, server);
  works_stop(server->works);
  http_server_stop(server->http, seconds);
  local_server_stop(server->local, seconds);
  g_mutex_lock(&server->lock);
  server->is_stopped = TRUE;
  g_cond_broadcast(&server->changed);
  g_cond_signal(&server->asked);
  g_mutex_unlock(&server->lock);
  g_thread_join(canceller);
}

void server_stop(Server *server, guint seconds) {
  if (!server) return;
  if (server->feed) {
    stop_taking(server, seconds);
    if (server->reader) g_thread_join(server->reader);
    server_alerts_free(server->alerts);
    server_notices_free(server->notices);
    server_tidy_free(server->tidy);
    close_workspace(server);
  }
  free_server(server);
}
