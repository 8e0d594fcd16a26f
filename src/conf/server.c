/* attain.yaml, `server`: where `attain serve` listens, whom it trusts, how much it takes.
 *
 *   server:
 *     listen: 127.0.0.1:8080
 *     certificate: tls/server.pem
 *     key: tls/server.key
 *     trusted_proxies: [127.0.0.1, 10.0.0.0/8]
 *     access_log: /var/log/attain/access.log
 *     open_metrics: yes
 *     alerts: no
 *     limits: {connections: 2000, body_kb: 1024}
 *
 * What listens checks the addresses. A limit that is not said is 0 here: the server's own. */
#include "conf/conf.h"

#define LARGEST_LIMIT 1000000

typedef struct {
  char *listen, *certificate, *key, *access_log;
  char **trusted_proxies;
  gboolean open_metrics, alerts;
  const ConfNode *limits;
} Section;

static const ConfField fields[] = {
    {"listen", CONF_TEXT, G_STRUCT_OFFSET(Section, listen)},
    {"certificate", CONF_TEXT, G_STRUCT_OFFSET(Section, certificate)},
    {"key", CONF_TEXT, G_STRUCT_OFFSET(Section, key)},
    {"trusted_proxies", CONF_TEXTS, G_STRUCT_OFFSET(Section, trusted_proxies)},
    {"access_log", CONF_TEXT, G_STRUCT_OFFSET(Section, access_log)},
    {"open_metrics", CONF_BOOL, G_STRUCT_OFFSET(Section, open_metrics)},
    {"alerts", CONF_BOOL, G_STRUCT_OFFSET(Section, alerts)},
    {"limits", CONF_NODE, G_STRUCT_OFFSET(Section, limits)},
};

static const ConfField limit_fields[] = {
    {"connections", CONF_INT, G_STRUCT_OFFSET(ConfServer, n_connections)},
    {"connections_by_address", CONF_INT, G_STRUCT_OFFSET(ConfServer, n_by_address)},
    {"streams", CONF_INT, G_STRUCT_OFFSET(ConfServer, n_streams)},
    {"header_kb", CONF_INT, G_STRUCT_OFFSET(ConfServer, header_kb)},
    {"body_kb", CONF_INT, G_STRUCT_OFFSET(ConfServer, body_kb)},
    {"answer_mb", CONF_INT, G_STRUCT_OFFSET(ConfServer, answer_mb)},
    {"idle_seconds", CONF_INT, G_STRUCT_OFFSET(ConfServer, idle_seconds)},
    {"handler_seconds", CONF_INT, G_STRUCT_OFFSET(ConfServer, handler_seconds)},
    {"requests_per_minute", CONF_INT, G_STRUCT_OFFSET(ConfServer, requests_per_minute)},
};

static gboolean read_limits(const ConfNode *node, ConfServer *server, GError **error) {
  if (!conf_read_map(node, limit_fields, G_N_ELEMENTS(limit_fields), server, error)) return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(limit_fields); i++) {
    const ConfNode *value = conf_map_get(node, limit_fields[i].key);
    int limit = *(const int *)(const void *)((const char *)server + limit_fields[i].offset);
    if (conf_is_null(value) || (limit >= 1 && limit <= LARGEST_LIMIT)) continue;
    base_error_at(error, BASE_ERROR_INPUT, value->span, "\"%s\" must be from 1 to %d, not %s", limit_fields[i].key,
                  LARGEST_LIMIT, value->text);
    return FALSE;
  }
  return TRUE;
}

static gboolean check_certificate(const ConfNode *node, const Section *section, GError **error) {
  if (!section->key || section->certificate) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "key")->span,
                "a \"key\" stands here without its \"certificate\": write certificate: FILE.pem, too");
  return FALSE;
}

static char *path_in(const char *folder, const char *path) {
  return path ? g_canonicalize_filename(path, folder) : NULL;
}

gboolean conf_server_read(const ConfNode *node, const char *folder, ConfServer *server, GError **error) {
  Section section = {.alerts = TRUE};
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  ConfServer limits = *server;
  gboolean ok =
      check_certificate(node, &section, error) && (!section.limits || read_limits(section.limits, &limits, error));
  if (ok) {
    *server = limits;
    server->listen = g_steal_pointer(&section.listen);
    server->certificate = path_in(folder, section.certificate);
    server->key = path_in(folder, section.key);
    server->access_log = path_in(folder, section.access_log);
    server->trusted_proxies = g_steal_pointer(&section.trusted_proxies);
    server->open_metrics = section.open_metrics;
    server->keeps_no_alerts = !section.alerts;
  }
  conf_free_fields(fields, G_N_ELEMENTS(fields), &section);
  return ok;
}

void conf_server_clear(ConfServer *server) {
  g_free(server->listen);
  g_free(server->certificate);
  g_free(server->key);
  g_free(server->access_log);
  g_strfreev(server->trusted_proxies);
  *server = (ConfServer){0};
}
