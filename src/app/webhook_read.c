/* What webhooks' bodies tell, system by system. Where a system does not promise that an event's number is its own, more
 * of the event is taken to it. */
#include "app/webhook.h"
#include "base/text.h"

#include <string.h>

/* --- news --- */

static void clear_item(gpointer data) {
  WebhookItem *item = data;
  g_ptr_array_unref(item->columns);
  g_ptr_array_unref(item->values);
}

WebhookNews *webhook_news_new(void) {
  WebhookNews *news = g_new0(WebhookNews, 1);
  news->texts = g_string_chunk_new(4096);
  news->items = g_array_new(FALSE, FALSE, sizeof(WebhookItem));
  g_array_set_clear_func(news->items, clear_item);
  return news;
}

void webhook_news_free(WebhookNews *news) {
  if (!news) return;
  g_array_unref(news->items);
  g_string_chunk_free(news->texts);
  g_free(news->organisation);
  g_free(news);
}

const char *webhook_keep(WebhookNews *news, const char *text) {
  return text ? g_string_chunk_insert(news->texts, text) : NULL;
}

WebhookItem *webhook_news_add(WebhookNews *news, const char *object, const char *id) {
  WebhookItem item = {.object = webhook_keep(news, object),
                      .id = webhook_keep(news, id),
                      .columns = g_ptr_array_new(),
                      .values = g_ptr_array_new()};
  g_array_append_val(news->items, item);
  return &g_array_index(news->items, WebhookItem, news->items->len - 1);
}

void webhook_item_set(WebhookNews *news, WebhookItem *item, const char *column, const char *value) {
  g_ptr_array_add(item->columns, (gpointer)webhook_keep(news, column));
  g_ptr_array_add(item->values, (gpointer)webhook_keep(news, value));
}

gint64 webhook_time(const char *text) {
  guint64 number = 0;
  gsize n = strlen(text);
  if (g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64 / 2, &number, NULL))
    return n <= 10 ? (gint64)number * G_USEC_PER_SEC : n <= 13 ? (gint64)number * 1000 : n <= 16 ? (gint64)number : 0;
  g_autofree char *iso = g_strdup(text);
  if (n > 10 && iso[10] == ' ') iso[10] = 'T';
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(iso, utc);
  return at && g_date_time_to_unix(at) > 0 ? g_date_time_to_unix(at) * G_USEC_PER_SEC + g_date_time_get_microsecond(at)
                                           : 0;
}

/* --- a document's paths --- */

typedef struct {
  const WebhookJson *json;
  GHashTable *by_path;
} Paths;

static const char *text_at(const Paths *paths, const char *prefix, const char *name) {
  g_autofree char *path = g_strconcat(prefix, name, NULL);
  const WebhookValue *value = g_hash_table_lookup(paths->by_path, path);
  return value ? value->text : NULL;
}

static gboolean refuse(GError **error, const char *why) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the body is no such webhook: %s", why);
  return FALSE;
}

static gboolean is_full(const WebhookNews *news, GError **error) {
  if (news->items->len < WEBHOOK_MAX_ITEMS) return FALSE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "the body tells of more than %d records (WEBHOOK_MAX_ITEMS)",
              WEBHOOK_MAX_ITEMS);
  return TRUE;
}

/* --- HubSpot: a list of events, each of one property --- */

static const char *hubspot_object(const Paths *paths, const char *prefix, const char *said) {
  static const struct {
    const char *type, *object;
  } types[] = {{"0-1", "contact"}, {"0-2", "company"}, {"0-3", "deal"},
               {"0-5", "ticket"},  {"0-7", "product"}, {"0-8", "line_item"}};
  const char *type = text_at(paths, prefix, "objectTypeId");
  if (!g_str_equal(said, "object") || !type) return said;
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_str_equal(types[i].type, type)) return types[i].object;
  return type;
}

/* The records that became one with another are no more. */
static void add_merged(const Paths *paths, WebhookNews *news, const char *prefix, const char *object, gint64 at_us) {
  const char *stays = text_at(paths, prefix, "newObjectId"), *primary = text_at(paths, prefix, "primaryObjectId");
  for (guint i = 0; i < WEBHOOK_MAX_ITEMS; i++) {
    g_autofree char *name = g_strdup_printf("mergedObjectIds.%u", i);
    const char *id = text_at(paths, prefix, name);
    if (!id) return;
    if (g_strcmp0(id, stays) == 0 || g_strcmp0(id, primary) == 0) continue;
    WebhookItem *item = webhook_news_add(news, object, id);
    item->is_removed = TRUE;
    item->at_us = at_us;
  }
}

static void add_hubspot(const Paths *paths, WebhookNews *news, const char *prefix, char **type) {
  const char *object = hubspot_object(paths, prefix, type[0]), *id = text_at(paths, prefix, "objectId");
  const char *at = text_at(paths, prefix, "occurredAt"), *property = text_at(paths, prefix, "propertyName");
  gint64 at_us = at ? webhook_time(at) : 0;
  if (g_str_equal(type[1], "merge")) add_merged(paths, news, prefix, object, at_us);
  gboolean is_removed = g_str_equal(type[1], "deletion") || g_str_equal(type[1], "privacyDeletion");
  gboolean is_one = is_removed || g_str_equal(type[1], "creation") || g_str_equal(type[1], "restore") ||
                    (g_str_equal(type[1], "propertyChange") && property);
  if (!id || !is_one) return; /* of associations and conversations nothing is a record's */
  WebhookItem *item = webhook_news_add(news, object, id);
  item->is_removed = is_removed;
  item->at_us = at_us;
  const char *event = text_at(paths, prefix, "eventId"), *subscription = text_at(paths, prefix, "subscriptionId");
  g_autofree char *whole = g_strdup_printf("%s/%s/%s/%s/%s", event, subscription, id, property, at);
  item->event = event && at ? webhook_keep(news, whole) : NULL;
  if (!is_removed && property) webhook_item_set(news, item, property, text_at(paths, prefix, "propertyValue"));
}

static gboolean read_hubspot(const Paths *paths, WebhookNews *news, GError **error) {
  for (guint i = 0;; i++) {
    g_autofree char *prefix = g_strdup_printf("%u.", i);
    const char *said = text_at(paths, prefix, "subscriptionType");
    if (!said && !text_at(paths, prefix, "eventId"))
      return i > 0 || refuse(error, "HubSpot sends a list of events, each with a subscriptionType");
    if (is_full(news, error)) return FALSE;
    g_auto(GStrv) type = g_strsplit(said ? said : "", ".", 2);
    if (g_strv_length(type) == 2) add_hubspot(paths, news, prefix, type);
  }
}

/* --- Pipedrive: a whole record --- */

/* "custom_fields.HASH.value" is HASH, "custom_fields.HASH.currency" HASH_currency, as in its exports and API. */
static char *pipedrive_column(const char *path) {
  static const char custom[] = "custom_fields.";
  if (!g_str_has_prefix(path, custom)) return g_strdup(path);
  g_auto(GStrv) parts = g_strsplit(path + strlen(custom), ".", 2);
  if (!parts[0]) return g_strdup(path);
  if (!parts[1] || g_str_equal(parts[1], "value") || g_str_equal(parts[1], "id")) return g_strdup(parts[0]);
  return g_strdup_printf("%s_%s", parts[0], parts[1]);
}

static gboolean read_pipedrive(const Paths *paths, WebhookNews *news, GError **error) {
  gboolean is_second = text_at(paths, "meta.", "entity") != NULL;
  const char *object = text_at(paths, "meta.", is_second ? "entity" : "object");
  const char *action = text_at(paths, "meta.", "action"), *at = text_at(paths, "meta.", "timestamp");
  const char *id = text_at(paths, "meta.", is_second ? "entity_id" : "id"), *begins = is_second ? "data." : "current.";
  const char *micro = text_at(paths, "meta.", "timestamp_micro"), *event = text_at(paths, "meta.", "id");
  if (!object || !action || !id) return refuse(error, "Pipedrive says in `meta` what was done to which record");
  WebhookItem *item = webhook_news_add(news, object, id);
  item->at_us = micro ? webhook_time(micro) : at ? webhook_time(at) : 0;
  item->is_removed = g_str_has_prefix(action, "delete");
  g_autofree char *first = micro || at ? g_strdup_printf("%s/%s/%s/%s", object, id, action, micro ? micro : at) : NULL;
  item->event = webhook_keep(news, is_second ? event : first);
  for (guint i = 0; !item->is_removed && i < paths->json->values->len; i++) {
    const WebhookValue *value = &g_array_index(paths->json->values, WebhookValue, i);
    if (!g_str_has_prefix(value->path, begins)) continue;
    g_autofree char *column = pipedrive_column(value->path + strlen(begins));
    gboolean is_kind =
        g_str_has_prefix(value->path + strlen(begins), "custom_fields.") && g_str_has_suffix(column, "_type");
    if (!is_kind) webhook_item_set(news, item, column, value->text);
  }
  return TRUE;
}

/* --- Salesforce: change events, and records as its JSON has them --- */

#define GAP_REASON "Salesforce says that records changed, and not how (%s): load the source's files, which have it"

/* Before a record stand only what wraps it and places in lists: not a record that it refers to. */
static gboolean is_wrapper(const char *prefix) {
  static const char *const wrappers[] = {"", "payload", "data", "records", "event", NULL};
  g_auto(GStrv) parts = g_strsplit(prefix, ".", -1);
  for (char **part = parts; *part; part++)
    if (!g_ascii_isdigit(**part) && !g_strv_contains(wrappers, *part)) return FALSE;
  return TRUE;
}

static GHashTable *listed_at(const Paths *paths, const char *prefix, const char *name) {
  GHashTable *listed = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0;; i++) {
    g_autofree char *place = g_strdup_printf("%s.%u", name, i);
    const char *text = text_at(paths, prefix, place);
    if (!text) return listed;
    g_hash_table_add(listed, (gpointer)text);
  }
}

/* Some relays give all fields, and null to those that did not change. */
static void set_changed(const Paths *paths, WebhookNews *news, WebhookItem *item, const char *prefix) {
  g_autoptr(GHashTable) changed = listed_at(paths, prefix, "ChangeEventHeader.changedFields");
  g_autoptr(GHashTable) nulled = listed_at(paths, prefix, "ChangeEventHeader.nulledFields");
  GHashTableIter iter;
  gpointer name;
  for (guint i = 0; i < paths->json->values->len; i++) {
    const WebhookValue *value = &g_array_index(paths->json->values, WebhookValue, i);
    if (!g_str_has_prefix(value->path, prefix)) continue;
    const char *column = value->path + strlen(prefix);
    gboolean is_said = value->text || g_hash_table_contains(changed, column);
    if (g_str_has_prefix(column, "ChangeEventHeader.") || !is_said || g_hash_table_contains(nulled, column)) continue;
    webhook_item_set(news, item, column, value->text);
  }
  g_hash_table_iter_init(&iter, nulled);
  while (g_hash_table_iter_next(&iter, &name, NULL)) webhook_item_set(news, item, name, NULL);
}

static gboolean add_change_event(const Paths *paths, WebhookNews *news, const char *prefix, GError **error) {
  g_autofree char *header = g_strconcat(prefix, "ChangeEventHeader.", NULL);
  const char *object = text_at(paths, header, "entityName"), *change = text_at(paths, header, "changeType");
  const char *at = text_at(paths, header, "commitTimestamp"), *key = text_at(paths, header, "transactionKey");
  const char *number = text_at(paths, header, "sequenceNumber");
  if (!change) return TRUE;
  g_autofree char *gap = g_str_has_prefix(change, "GAP_") ? g_strdup_printf(GAP_REASON, change) : NULL;
  for (guint i = 0;; i++) {
    g_autofree char *place = g_strdup_printf("recordIds.%u", i);
    const char *id = text_at(paths, header, place);
    if (!id) return TRUE;
    if (is_full(news, error)) return FALSE;
    WebhookItem *item = webhook_news_add(news, object, id);
    item->at_us = at ? webhook_time(at) : 0;
    item->wrong = webhook_keep(news, gap);
    item->is_removed = g_str_equal(change, "DELETE");
    g_autofree char *event = key ? g_strdup_printf("%s/%s/%s", key, number, id) : NULL;
    item->event = webhook_keep(news, event);
    if (!item->is_removed && !gap) set_changed(paths, news, item, prefix);
  }
}

static gboolean add_record(const Paths *paths, WebhookNews *news, const char *prefix, const char *object,
                           GError **error) {
  const char *id = text_at(paths, prefix, "Id"), *at = text_at(paths, prefix, "SystemModstamp");
  const char *deleted = text_at(paths, prefix, "IsDeleted");
  if (!at) at = text_at(paths, prefix, "LastModifiedDate");
  if (!id) return refuse(error, "a record of Salesforce has an Id");
  if (is_full(news, error)) return FALSE;
  WebhookItem *item = webhook_news_add(news, object, id);
  item->at_us = at ? webhook_time(at) : 0;
  item->is_removed = deleted && g_str_equal(deleted, "true");
  for (guint i = 0; !item->is_removed && i < paths->json->values->len; i++) {
    const WebhookValue *value = &g_array_index(paths->json->values, WebhookValue, i);
    if (g_str_has_prefix(value->path, prefix) && !g_str_has_prefix(value->path + strlen(prefix), "attributes."))
      webhook_item_set(news, item, value->path + strlen(prefix), value->text);
  }
  return TRUE;
}

static gboolean read_salesforce(const Paths *paths, WebhookNews *news, GError **error) {
  static const char event[] = "ChangeEventHeader.entityName", record[] = "attributes.type";
  gboolean is_any = FALSE;
  for (guint i = 0; i < paths->json->values->len; i++) {
    const WebhookValue *value = &g_array_index(paths->json->values, WebhookValue, i);
    gboolean is_event = g_str_has_suffix(value->path, event), is_record = g_str_has_suffix(value->path, record);
    if (!value->text || !(is_event || is_record)) continue;
    g_autofree char *prefix = g_strndup(value->path, strlen(value->path) - strlen(is_event ? event : record));
    if (!is_wrapper(prefix)) continue;
    is_any = TRUE;
    if (!(is_event ? add_change_event(paths, news, prefix, error)
                   : add_record(paths, news, prefix, value->text, error)))
      return FALSE;
  }
  return is_any || refuse(error,
                          "Salesforce sends change events with a ChangeEventHeader, or records with their "
                          "attributes and Id");
}

/* --- the whole --- */

WebhookNews *webhook_read(WebhookKind kind, const char *body, gsize length, GError **error) {
  static gboolean (*const readers[])(const Paths *, WebhookNews *, GError **) = {
      [WEBHOOK_SALESFORCE] = read_salesforce, [WEBHOOK_HUBSPOT] = read_hubspot, [WEBHOOK_PIPEDRIVE] = read_pipedrive};
  g_autoptr(WebhookNews) news = webhook_news_new();
  if (kind == WEBHOOK_SALESFORCE && body[strspn(body, " \t\r\n")] == '<')
    return webhook_soap_read(body, length, news, error) ? g_steal_pointer(&news) : NULL;
  g_auto(WebhookJson) json = {0};
  if (!webhook_json_read(body, length, &json, error)) return NULL;
  g_autoptr(GHashTable) by_path = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < json.values->len; i++) {
    WebhookValue *value = &g_array_index(json.values, WebhookValue, i);
    g_hash_table_insert(by_path, (gpointer)value->path, value);
  }
  return readers[kind](&(Paths){&json, by_path}, news, error) ? g_steal_pointer(&news) : NULL;
}
