/* Webhooks: what a CRM tells is verified, read and taken through the mapping of its source. Whoever has no valid
 * signature is told no more than that: not whether there is such a webhook, nor what is wrong. */
#include "app/api.h"
#include "app/server.h"
#include "app/webhook.h"
#include "base/text.h"

#include <string.h>

#define SOAP_ANSWER                                                                                        \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope "                                           \
  "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"                                           \
  "<soapenv:Body><notificationsResponse xmlns=\"http://soap.sforce.com/2005/09/outbound\"><Ack>true</Ack>" \
  "</notificationsResponse></soapenv:Body></soapenv:Envelope>"
#define MAX_BODY (4 << 20)

/* --- who sent it --- */

/* `error` NULL: it is the caller's fault; else that of the webhook's file, which nobody else would tell of. */
static void turn_away(HttpExchange *exchange, AttainWorkspace *workspace, const char *name, const GError *error) {
  gboolean is_faulty = error && error->code != BASE_ERROR_NOT_FOUND;
  attain_audit_count(workspace, http_client(exchange), is_faulty ? "webhook_faulty" : "webhook_refused",
                     is_faulty ? error->message : name);
  http_problem(exchange, 401, "unsigned", "It is not signed as it must be", "%s",
               "The webhook is not known, or its signature or time is wrong.");
}

static char *own_address(const HttpExchange *exchange) {
  const char *host = http_header(exchange, "Host");
  return g_strdup_printf("%s://%s%s", http_is_secure(exchange) ? "https" : "http", host ? host : "",
                         http_path(exchange));
}

static gboolean is_authentic(HttpExchange *exchange, const Webhook *webhook) {
  g_autofree char *address = own_address(exchange);
  gboolean is_hubspot = webhook->kind == WEBHOOK_HUBSPOT;
  const char *hubspot = webhook->signature == WEBHOOK_SIGNED_V3 ? "X-HubSpot-Signature-v3" : "X-HubSpot-Signature";
  WebhookRequest request = {
      .method = http_method(exchange),
      .uri = address,
      .signature = http_header(exchange, is_hubspot ? hubspot : "X-Attain-Signature"),
      .timestamp = http_header(exchange, is_hubspot ? "X-HubSpot-Request-Timestamp" : "X-Attain-Timestamp"),
      .authorization = http_header(exchange, "Authorization"),
      .key = http_query(exchange, "key"),
      .now_us = g_get_real_time()};
  request.body = http_body(exchange, &request.length);
  return webhook_is_authentic(webhook, &request);
}

/* Ids of 15 and of 18 characters are the same but for a check of their case. */
static gboolean is_of_organisation(const Webhook *webhook, const WebhookNews *news) {
  if (!webhook->organisation || !news->is_soap) return TRUE;
  return news->organisation && strncmp(news->organisation, webhook->organisation, 15) == 0;
}

/* --- what it tells --- */

/* `object` NULL: the webhook does not name such records, and they are kept out with that reason. */
static AttainTold told_of(const WebhookItem *item, const WebhookObject *object) {
  for (guint c = 0; object && c < item->columns->len; c++) {
    const char *header = g_hash_table_lookup(object->columns, item->columns->pdata[c]);
    if (header) item->columns->pdata[c] = (gpointer)header;
  }
  return (AttainTold){.object = item->object,
                      .table = object ? object->table : NULL,
                      .id_column = object ? object->id_column : "id",
                      .id = item->id,
                      .at_us = item->at_us,
                      .event = item->event,
                      .wrong = item->wrong,
                      .is_removed = item->is_removed,
                      .n_values = item->columns->len,
                      .columns = (const char *const *)item->columns->pdata,
                      .values = (const char *const *)item->values->pdata};
}

static char *take(AttainWorkspace *workspace, const Webhook *webhook, const WebhookNews *news, AttainError *error) {
  guint n = news->items->len;
  g_autofree AttainTold *told = g_new0(AttainTold, n + 1);
  for (guint i = 0; i < n; i++) {
    const WebhookItem *item = &g_array_index(news->items, WebhookItem, i);
    told[i] = told_of(item, webhook_object(webhook, item->object));
  }
  const AttainTelling telling = {.source = webhook->source, .webhook = webhook->name, .n_told = n, .told = told};
  return attain_take(workspace, &telling, error);
}

static void reply_taken(HttpExchange *exchange, const WebhookNews *news, char *taken, AttainError *error) {
  if (taken && news->is_soap) {
    attain_free(taken);
    http_reply(exchange, 200, "text/xml; charset=utf-8", g_strdup(SOAP_ANSWER), strlen(SOAP_ANSWER));
  } else {
    api_reply_json(exchange, taken, error);
  }
}

static void take_webhook(HttpExchange *exchange, AttainWorkspace *workspace, const Webhook *webhook) {
  gsize length = 0;
  AttainError failed = {0};
  g_autoptr(GError) error = NULL;
  const char *body = http_body(exchange, &length);
  g_autoptr(WebhookNews) news = webhook_read(webhook->kind, body, length, &error);
  if (!news) {
    http_problem(exchange, 422, "wrong-input", "Something in the request is wrong", "%s", error->message);
    return;
  }
  if (!is_of_organisation(webhook, news)) {
    turn_away(exchange, workspace, webhook->name, NULL);
    return;
  }
  char *taken = take(workspace, webhook, news, &failed);
  reply_taken(exchange, news, taken, &failed);
}

static void receive(HttpExchange *exchange, gpointer app) {
  const char *name = http_path_value(exchange, "name");
  g_autoptr(GError) error = NULL;
  AttainWorkspace *workspace = server_hold(app);
  if (!workspace) {
    http_problem(exchange, 503, "stopping", "The server is about to stop", "Send it again in a minute.");
    return;
  }
  g_autofree char *fault = NULL;
  g_autoptr(Webhook) webhook = webhook_book_find(server_webhooks(app), name, &fault, &error);
  if (fault) attain_audit_count(workspace, http_client(exchange), "webhook_faulty", fault);
  if (!webhook)
    turn_away(exchange, workspace, name, error);
  else if (!is_authentic(exchange, webhook))
    turn_away(exchange, workspace, name, NULL);
  else
    take_webhook(exchange, workspace, webhook);
  server_let_go(app, workspace);
}

static const HttpParameter parameters[] = {
    {"key", HTTP_TEXT, "the secret, of Salesforce's outbound messages, which cannot be signed", NULL, FALSE},
};

const HttpRoute api_webhooks_routes[] = {
    {.method = "POST",
     .path = "/api/v1/webhooks/{name}",
     .handler = receive,
     .tag = "Records",
     .summary = "What Salesforce, HubSpot or Pipedrive tells of its records",
     .details = "Signed as the system does it; described by webhooks/NAME.yaml of the workspace. What comes late or "
                "twice undoes nothing newer.",
     .parameters = parameters,
     .n_parameters = G_N_ELEMENTS(parameters),
     .body = "webhook",
     .answer = "taken",
     .answer_types = "text/xml",
     .max_body = MAX_BODY,
     .flags = HTTP_ROUTE_SLOW | HTTP_ROUTE_OPEN,
     .body_types = "application/json|text/xml|application/xml"},
};
const guint api_n_webhooks_routes = G_N_ELEMENTS(api_webhooks_routes);
