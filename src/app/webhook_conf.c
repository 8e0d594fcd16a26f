/* webhooks/NAME.yaml:
 *
 *   kind: hubspot
 *   source: crm
 *   secret: {env: HUBSPOT_SECRET}
 *   objects:
 *     deal: {table: deals, id: hs_object_id, columns: {hubspot_owner_id: Deal owner}} */
#include "app/webhook.h"
#include "conf/conf.h"

#include <string.h>

#define MAX_SECRET_BYTES 4096

typedef struct {
  int kind, signature;
  char *source, *user, *organisation, *address;
  const ConfNode *secret, *objects;
} Top;

static const char *const kinds[] = {"salesforce", "hubspot", "pipedrive", NULL};
static const char *const signatures[] = {"v3", "v2", "v1", NULL};
static const ConfField fields[] = {
    {"kind", CONF_ENUM, G_STRUCT_OFFSET(Top, kind), TRUE, kinds},
    {"source", CONF_TEXT, G_STRUCT_OFFSET(Top, source), TRUE, NULL},
    {"user", CONF_TEXT, G_STRUCT_OFFSET(Top, user), FALSE, NULL},
    {"organisation", CONF_TEXT, G_STRUCT_OFFSET(Top, organisation), FALSE, NULL},
    {"address", CONF_TEXT, G_STRUCT_OFFSET(Top, address), FALSE, NULL},
    {"signature", CONF_ENUM, G_STRUCT_OFFSET(Top, signature), FALSE, signatures},
    {"secret", CONF_NODE, G_STRUCT_OFFSET(Top, secret), TRUE, NULL},
    {"objects", CONF_NODE, G_STRUCT_OFFSET(Top, objects), TRUE, NULL},
};

static void free_object(gpointer data) {
  WebhookObject *object = data;
  g_free(object->object);
  g_free(object->table);
  g_free(object->id_column);
  g_hash_table_unref(object->columns);
  g_free(object);
}

static void clear_webhook(gpointer data) {
  Webhook *webhook = data;
  g_free(webhook->name);
  g_free(webhook->source);
  g_free(webhook->secret);
  g_free(webhook->user);
  g_free(webhook->organisation);
  g_free(webhook->address);
  g_ptr_array_unref(webhook->objects);
}

Webhook *webhook_ref(Webhook *webhook) {
  return g_atomic_rc_box_acquire(webhook);
}

void webhook_free(Webhook *webhook) {
  if (webhook) g_atomic_rc_box_release_full(webhook, clear_webhook);
}

const WebhookObject *webhook_object(const Webhook *webhook, const char *name) {
  for (guint i = 0; i < webhook->objects->len; i++) {
    const WebhookObject *object = webhook->objects->pdata[i];
    if (g_ascii_strcasecmp(object->object, name) == 0) return object;
  }
  return NULL;
}

/* --- the secret --- */

static char *read_file(const char *folder, const char *name, BaseSpan span, GError **error) {
  g_autofree char *path = g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
  char *text = NULL;
  if (g_file_get_contents(path, &text, NULL, NULL)) return g_strchomp(text);
  base_error_at(error, BASE_ERROR_IO, span, "secret: the file %s cannot be read", name);
  return NULL;
}

static char *read_secret(const char *folder, const ConfNode *node, GError **error) {
  struct {
    char *env, *file;
  } from = {0};
  const ConfField places[] = {{"env", CONF_TEXT, 0, FALSE, NULL}, {"file", CONF_TEXT, sizeof(char *), FALSE, NULL}};
  if (node->kind != CONF_MAP) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "a secret does not stand here: write secret: {env: NAME} or secret: {file: PATH}");
    return NULL;
  }
  if (!conf_read_map(node, places, G_N_ELEMENTS(places), &from, error)) return NULL;
  g_autofree char *env = from.env, *file = from.file;
  char *secret = env ? g_strdup(g_getenv(env)) : file ? read_file(folder, file, node->span, error) : NULL;
  if (secret && *secret && strlen(secret) <= MAX_SECRET_BYTES) return secret;
  g_free(secret);
  if (error && !*error)
    base_error_at(error, BASE_ERROR_IO, node->span, "secret: %s%s is empty, not there, or longer than %d bytes",
                  env ? "the environment variable " : "the file ",
                  env    ? env
                  : file ? file
                         : "",
                  MAX_SECRET_BYTES);
  return NULL;
}

/* --- objects --- */

static gboolean read_columns(WebhookObject *object, const ConfNode *node, GError **error) {
  for (guint i = 0; node && i < node->n; i++) {
    if (node->kind != CONF_MAP || node->items[i]->kind != CONF_SCALAR) {
      base_error_at(error, BASE_ERROR_INPUT, node->span, "columns: write {property: Header, …}");
      return FALSE;
    }
    g_hash_table_replace(object->columns, g_strdup(node->keys[i]->text), g_strdup(node->items[i]->text));
  }
  return TRUE;
}

static gboolean read_object(Webhook *webhook, const char *name, const ConfNode *node, GError **error) {
  static const char *const ids[] = {
      [WEBHOOK_SALESFORCE] = "Id", [WEBHOOK_HUBSPOT] = "hs_object_id", [WEBHOOK_PIPEDRIVE] = "id"};
  struct {
    char *table, *id;
    const ConfNode *columns;
  } section = {0};
  const ConfField parts[] = {{"table", CONF_TEXT, 0, TRUE, NULL},
                             {"id", CONF_TEXT, sizeof(char *), FALSE, NULL},
                             {"columns", CONF_NODE, 2 * sizeof(char *), FALSE, NULL}};
  if (!conf_read_map(node, parts, G_N_ELEMENTS(parts), &section, error)) return FALSE;
  WebhookObject *object = g_new0(WebhookObject, 1);
  *object = (WebhookObject){g_strdup(name), section.table, section.id ? section.id : g_strdup(ids[webhook->kind]),
                            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
  g_ptr_array_add(webhook->objects, object);
  return read_columns(object, section.columns, error);
}

static gboolean read_objects(Webhook *webhook, const ConfNode *node, GError **error) {
  if (node->kind != CONF_MAP) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "objects: write {deal: {table: deals}}");
    return FALSE;
  }
  for (guint i = 0; i < node->n; i++)
    if (!read_object(webhook, node->keys[i]->text, node->items[i], error)) return FALSE;
  return TRUE;
}

/* --- the whole --- */

static Webhook *read_root(const char *folder, const ConfNode *root, const char *file, GError **error) {
  Top top = {0};
  if (!root || root->kind != CONF_MAP) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: a webhook has kind, source, secret and objects", file);
    return NULL;
  }
  if (!conf_read_map(root, fields, G_N_ELEMENTS(fields), &top, error)) return NULL;
  g_autoptr(Webhook) webhook = g_atomic_rc_box_new0(Webhook);
  *webhook = (Webhook){.kind = (WebhookKind)top.kind,
                       .signature = (WebhookSignature)top.signature,
                       .source = top.source,
                       .user = top.user,
                       .organisation = top.organisation,
                       .address = top.address,
                       .objects = g_ptr_array_new_with_free_func(free_object)};
  webhook->secret = read_secret(folder, top.secret, error);
  return webhook->secret && read_objects(webhook, top.objects, error) ? g_steal_pointer(&webhook) : NULL;
}

Webhook *webhook_parse(const char *folder, const char *file, const char *text, gsize length, GError **error) {
  g_autoptr(ConfDocument) document = conf_document_parse(file, text, length, error);
  return document ? read_root(folder, conf_document_root(document), file, error) : NULL;
}

static gboolean is_name(const char *name) {
  for (const char *at = name; *at; at++)
    if (!g_ascii_isalnum(*at) && *at != '-' && *at != '_') return FALSE;
  return *name && strlen(name) <= 100;
}

Webhook *webhook_load(const char *folder, const char *name, GError **error) {
  g_autofree char *file = is_name(name) ? g_strdup_printf("%s.yaml", name) : NULL;
  g_autofree char *path = file ? g_build_filename(folder, "webhooks", file, NULL) : NULL;
  if (!path || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no such webhook");
    return NULL;
  }
  g_autoptr(ConfDocument) document = conf_document_load(path, error);
  Webhook *webhook = document ? read_root(folder, conf_document_root(document), file, error) : NULL;
  if (webhook) webhook->name = g_strdup(name);
  return webhook;
}
