/* Health, readiness and metrics: what those who run the server ask it. */
#include "app/server_private.h"

#include <attain/people.h>

/* It is there and answers; nothing is looked at, so that a long question makes nobody restart it. */
static void answer_health(HttpExchange *exchange, gpointer app) {
  http_set_header(exchange, "Cache-Control", "no-store");
  http_reply(exchange, 200, "application/json", g_strdup("{\"status\":\"ok\"}\n"), strlen("{\"status\":\"ok\"}\n"));
}

/* Whether the database answers. While somebody writes it does, and is not waited for. */
static gboolean does_answer(Server *server, AttainMemory *memory) {
  AttainWorkspace *workspace = server_hold(server);
  if (!workspace) return FALSE;
  AttainProgress progress;
  AttainError error = {0};
  attain_progress(workspace, &progress);
  gboolean does = progress.is_busy || attain_memory(workspace, memory, &error);
  attain_error_clear(&error);
  server_let_go(server, workspace);
  return does;
}

/* What is wrong with the files is told to the operator, not to whoever asks. */
static void answer_readiness(HttpExchange *exchange, gpointer app) {
  Server *server = app;
  AttainMemory memory = {0};
  gboolean is_ready = does_answer(server, &memory);
  g_mutex_lock(&server->lock);
  gboolean is_faulty = server->fault != NULL, is_stopping = server->is_stopping;
  g_mutex_unlock(&server->lock);
  http_set_header(exchange, "Cache-Control", "no-store");
  if (!is_ready || is_stopping) {
    http_problem(exchange, 503, "not-ready", "It cannot serve now", "%s",
                 is_stopping ? "the server is about to stop" : "the database does not answer");
    return;
  }
  char *text = g_strdup_printf("{\"status\":\"ready\",\"files\":\"%s\"}\n",
                               is_faulty ? "a faulty edit; those before it hold" : "as they are");
  http_reply(exchange, 200, "application/json", text, strlen(text));
}

static void append(GString *out, const char *name, const char *kind, const char *about, guint64 value) {
  g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" G_GUINT64_FORMAT "\n", name, about, name, kind, name,
                         value);
}

static void append_alerts(ServerAlerts *alerts, GString *out) {
  ServerAlertCounts counts;
  server_alerts_count(alerts, &counts);
  append(out, "attain_alert_messages_sent_total", "counter", "Messages of alerts that were taken.", counts.n_sent);
  append(out, "attain_alert_messages_failed_total", "counter", "Attempts to send that are made again later.",
         counts.n_failed);
  append(out, "attain_alert_messages_refused_total", "counter", "Messages that were refused for good or given up.",
         counts.n_refused);
  append(out, "attain_alert_messages_waiting", "gauge", "Messages that are still to be sent.", counts.n_waiting);
}

static void append_own(Server *server, GString *out) {
  AttainMemory memory = {0};
  gboolean is_ready = does_answer(server, &memory);
  g_mutex_lock(&server->lock);
  gboolean is_faulty = server->fault != NULL;
  guint n_readings = server->n_readings;
  g_mutex_unlock(&server->lock);
  append(out, "attain_start_time_seconds", "gauge", "When the server began, as Unix time.", (guint64)server->started_s);
  append(out, "attain_ready", "gauge", "1 while the database answers.", is_ready);
  append(out, "attain_files_faulty", "gauge", "1 while the workspace's files are not what is served.", is_faulty);
  append(out, "attain_files_read_total", "counter", "How often the workspace's files were read anew.", n_readings);
  if (server->alerts) append_alerts(server->alerts, out);
  if (memory.max_cells_bytes == 0) return; /* somebody writes: it is told the next time */
  append(out, "attain_cells_bytes", "gauge", "Memory of the cells that answers come from.", memory.cells_bytes);
  append(out, "attain_cells_max_bytes", "gauge", "The cap on it.", memory.max_cells_bytes);
  append(out, "attain_put_bytes", "gauge", "Memory of the keys of records, for puts.", memory.put_bytes);
  append(out, "attain_database_bytes", "gauge", "The database's own memory.", memory.database_bytes);
}

gboolean server_is_near(const HttpExchange *exchange) {
  const char *client = http_client(exchange);
  return http_is_local(exchange) || g_str_has_prefix(client, "127.") || g_str_equal(client, "::1");
}

static void answer_metrics(HttpExchange *exchange, gpointer app) {
  Server *server = app;
  GString *out = g_string_new(NULL);
  append_own(server, out);
  http_server_metrics(server->http, out);
  gsize length = out->len;
  http_set_header(exchange, "Cache-Control", "no-store");
  http_reply(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", g_string_free(out, FALSE), length);
}

gboolean server_opens(const Server *server, const HttpExchange *exchange) {
  return server->open_metrics && http_route(exchange)->handler == answer_metrics && server_is_near(exchange);
}

const HttpRoute server_routes[] = {
    {.method = "GET",
     .path = "/healthz",
     .handler = answer_health,
     .tag = "Service",
     .summary = "Whether the server answers at all",
     .answer = "health",
     .flags = HTTP_ROUTE_OPEN},
    {.method = "GET",
     .path = "/readyz",
     .handler = answer_readiness,
     .tag = "Service",
     .summary = "Whether it can serve: the workspace is open and its database answers",
     .details = "200 when it can, 503 when not. `files` says whether the workspace's files were edited in a way that "
                "cannot be read; what was read before then still holds.",
     .answer = "readiness",
     .flags = HTTP_ROUTE_OPEN | HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/metrics",
     .handler = answer_metrics,
     .tag = "Service",
     .summary = "Figures of the server in Prometheus' text form",
     .details = "For administrators; with --open-metrics for whoever asks from the server's own machine.",
     .answer_types = "text/plain",
     .permission = ATTAIN_MAY_MANAGE,
     .flags = HTTP_ROUTE_SLOW},
};
const guint n_server_routes = G_N_ELEMENTS(server_routes);
