/* Salesforce's outbound messages: SOAP with up to 100 notifications, each with an object's id and the fields that were
 * chosen for it. Prefixes of names are passed over; entities of a document's own are not known to the parser. */
#include "app/webhook.h"
#include "base/text.h"

#include <string.h>

#define MAX_DEPTH 16

typedef struct {
  WebhookNews *news;
  GString *text;
  char *event, *object, *id;
  GPtrArray *columns, *values; /* of the object, owned */
  guint depth, object_depth;   /* object_depth: 0: not within one */
  gboolean is_nil;
} Soap;

static const char *local_name(const char *name) {
  const char *colon = strrchr(name, ':');
  return colon ? colon + 1 : name;
}

static void begin_object(Soap *soap, const char **names, const char **values) {
  soap->object_depth = soap->depth;
  for (; *names; names++, values++) {
    if (!g_str_equal(local_name(*names), "type")) continue;
    g_free(soap->object);
    soap->object = g_strdup(local_name(*values));
  }
}

static void on_start(GMarkupParseContext *context, const char *name, const char **names, const char **values,
                     gpointer data, GError **error) {
  Soap *soap = data;
  const char *local = local_name(name);
  if (++soap->depth > MAX_DEPTH) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "the message is more than %d levels deep (MAX_DEPTH)", MAX_DEPTH);
    return;
  }
  g_string_truncate(soap->text, 0);
  soap->is_nil = FALSE;
  for (guint i = 0; names[i]; i++)
    soap->is_nil |= g_str_equal(local_name(names[i]), "nil") && g_str_equal(values[i], "true");
  if (g_str_equal(local, "sObject") && soap->object_depth == 0) begin_object(soap, names, values);
  if (g_str_equal(local, "Notification")) g_clear_pointer(&soap->event, g_free);
}

static void on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error) {
  g_string_append_len(((Soap *)data)->text, text, (gssize)length);
}

static void set_once(char **where, const GString *text) {
  if (!*where) *where = g_strdup(text->str);
}

static void end_notification(Soap *soap, GError **error) {
  WebhookNews *news = soap->news;
  if (soap->object && soap->id && news->items->len < WEBHOOK_MAX_ITEMS) {
    WebhookItem *item = webhook_news_add(news, soap->object, soap->id);
    item->event = webhook_keep(news, soap->event);
    for (guint i = 0; i < soap->columns->len; i++) {
      const char *column = soap->columns->pdata[i], *value = soap->values->pdata[i];
      webhook_item_set(news, item, column, value);
      if (g_str_equal(column, "SystemModstamp") || (g_str_equal(column, "LastModifiedDate") && item->at_us == 0))
        item->at_us = value ? webhook_time(value) : 0;
    }
  } else {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a notification has no sObject with a type and an Id");
  }
  g_ptr_array_set_size(soap->columns, 0);
  g_ptr_array_set_size(soap->values, 0);
  g_clear_pointer(&soap->object, g_free);
  g_clear_pointer(&soap->id, g_free);
}

static void on_end(GMarkupParseContext *context, const char *name, gpointer data, GError **error) {
  Soap *soap = data;
  const char *local = local_name(name);
  if (soap->object_depth > 0 && soap->depth == soap->object_depth + 1) {
    if (g_str_equal(local, "Id")) set_once(&soap->id, soap->text);
    g_ptr_array_add(soap->columns, g_strdup(local));
    g_ptr_array_add(soap->values, soap->is_nil ? NULL : g_strdup(soap->text->str));
  } else if (soap->object_depth == 0 && g_str_equal(local, "Id")) {
    set_once(&soap->event, soap->text);
  } else if (g_str_equal(local, "OrganizationId")) {
    set_once(&soap->news->organisation, soap->text);
  } else if (g_str_equal(local, "Notification")) {
    end_notification(soap, error);
  }
  if (soap->depth == soap->object_depth) soap->object_depth = 0;
  soap->depth--;
  g_string_truncate(soap->text, 0);
}

gboolean webhook_soap_read(const char *body, gsize length, WebhookNews *news, GError **error) {
  static const GMarkupParser parser = {.start_element = on_start, .end_element = on_end, .text = on_text};
  Soap soap = {.news = news,
               .text = g_string_new(NULL),
               .columns = g_ptr_array_new_with_free_func(g_free),
               .values = g_ptr_array_new_with_free_func(g_free)};
  g_autoptr(GError) cause = NULL;
  GMarkupParseContext *context = g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &soap, NULL);
  gboolean ok = g_markup_parse_context_parse(context, body, (gssize)length, &cause) &&
                g_markup_parse_context_end_parse(context, &cause);
  g_markup_parse_context_free(context);
  g_string_free(soap.text, TRUE);
  g_free(soap.event);
  g_free(soap.object);
  g_free(soap.id);
  g_ptr_array_unref(soap.columns);
  g_ptr_array_unref(soap.values);
  news->is_soap = TRUE;
  if (ok) return TRUE;
  int code = g_error_matches(cause, BASE_ERROR, BASE_ERROR_LIMIT) ? BASE_ERROR_LIMIT : BASE_ERROR_INPUT;
  g_set_error(error, BASE_ERROR, code, "the body is no outbound message: %s", cause->message);
  return FALSE;
}
