/* Where to listen and how much to take: attain.yaml's section `server`, and before it the command's options. */
#include "app/server_private.h"

#define USUAL_LISTEN "127.0.0.1:8080"
#define KIB          ((gsize)1024)
#define N_WORKERS    32 /* more than processors: some wait for the writer */

static gboolean fail(GError **error, const char *listen) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "\"%s\" is no address to listen at: write 127.0.0.1:8080, 0.0.0.0:443 for all, [::1]:8080 or a port",
              listen);
  return FALSE;
}

/* "host:port", "[v6]:port" or "port". */
static gboolean read_listen(const char *listen, char **host, guint16 *port, GError **error) {
  guint64 number;
  const char *colon = strrchr(listen, ':');
  const char *digits = colon ? colon + 1 : listen;
  if (!g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT16, &number, NULL)) return fail(error, listen);
  g_autofree char *name = colon ? g_strndup(listen, (gsize)(colon - listen)) : g_strdup("127.0.0.1");
  gsize length = strlen(name);
  gboolean is_bracketed = length > 2 && name[0] == '[' && name[length - 1] == ']';
  if (length == 0 || (!is_bracketed && strchr(name, ':'))) return fail(error, listen);
  *host =
      is_bracketed ? g_strndup(name + 1, length - 2) : g_strdup(g_str_equal(name, "localhost") ? "127.0.0.1" : name);
  *port = (guint16)number;
  return TRUE;
}

static void set(guint *limit, int said) {
  if (said) *limit = (guint)said;
}

static HttpLimits limits_of(const ConfServer *conf) {
  HttpLimits limits = http_limits();
  set(&limits.n_connections, conf->n_connections);
  set(&limits.n_by_address, conf->n_by_address);
  set(&limits.n_streams, conf->n_streams);
  set(&limits.idle_seconds, conf->idle_seconds);
  set(&limits.handler_seconds, conf->handler_seconds);
  set(&limits.requests_per_minute, conf->requests_per_minute);
  if (conf->header_kb) limits.header_bytes = (gsize)conf->header_kb * KIB;
  if (conf->body_kb) limits.body_bytes = (gsize)conf->body_kb * KIB;
  if (conf->answer_mb) limits.answer_bytes = (gsize)conf->answer_mb * KIB * KIB;
  return limits;
}

/* The folder of the nearest attain.yaml, in `folder` or above it. */
static char *workspace_of(const char *folder) {
  g_autofree char *at = g_canonicalize_filename(folder, NULL);
  while (TRUE) {
    g_autofree char *path = g_build_filename(at, "attain.yaml", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS)) return g_steal_pointer(&at);
    char *above = g_path_get_dirname(at);
    gboolean is_root = g_str_equal(above, at);
    g_free(at);
    at = above;
    if (is_root) return g_canonicalize_filename(folder, NULL);
  }
}

gboolean server_plan(const ServerSettings *settings, ServerPlan *plan, GError **error) {
  g_autofree char *folder = workspace_of(settings->folder);
  *plan = (ServerPlan){.organisation = conf_organisation_load(folder, error)};
  if (!plan->organisation) return FALSE;
  plan->folder = g_steal_pointer(&folder);
  const ConfServer *conf = &plan->organisation->server;
  const char *listen = settings->listen ? settings->listen : conf->listen ? conf->listen : USUAL_LISTEN;
  gboolean has_proxies = settings->trusted_proxies && *settings->trusted_proxies;
  if (!read_listen(listen, &plan->host, &plan->http.port, error)) {
    server_plan_clear(plan);
    return FALSE;
  }
  plan->http.address = plan->host;
  plan->http.certificate = settings->certificate ? settings->certificate : conf->certificate;
  plan->http.key = settings->certificate ? settings->key : conf->key;
  plan->http.trusted_proxies = has_proxies ? settings->trusted_proxies : (const char *const *)conf->trusted_proxies;
  plan->http.limits = limits_of(conf);
  plan->http.n_workers = N_WORKERS;
  return TRUE;
}

void server_plan_clear(ServerPlan *plan) {
  g_clear_pointer(&plan->organisation, conf_organisation_free);
  g_clear_pointer(&plan->folder, g_free);
  g_clear_pointer(&plan->host, g_free);
}
