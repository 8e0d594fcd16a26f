/* Who sent a webhook.
 *
 *   HubSpot     HMAC-SHA256 in base64 of method, URI, body and timestamp, with the app's secret; not older than five
 *               minutes (developers.hubspot.com, "Validating requests", v3)
 *   Pipedrive   basic authentication with the name and password that the webhook was made with
 *   Salesforce  JSON, of a flow or of a relay of change events: HMAC-SHA256 in hex of timestamp, a point and the body;
 *               not older than five minutes. Outbound messages cannot be signed: the address has the secret as `key`,
 *               and the message the organisation's id */
#include "app/webhook.h"

#include <string.h>

/* Digests of both are compared, so that neither length nor place of what differs can be measured. */
gboolean webhook_is_same(const char *a, const char *b) {
  guint8 x[32], y[32], differs = 0;
  gsize n = sizeof x, m = sizeof y;
  g_autoptr(GChecksum) of_a = g_checksum_new(G_CHECKSUM_SHA256), of_b = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(of_a, (const guchar *)a, (gssize)strlen(a));
  g_checksum_update(of_b, (const guchar *)b, (gssize)strlen(b));
  g_checksum_get_digest(of_a, x, &n);
  g_checksum_get_digest(of_b, y, &m);
  for (gsize i = 0; i < sizeof x; i++) differs |= x[i] ^ y[i];
  return differs == 0;
}

char *webhook_hmac(const char *secret, const char *const *texts, gboolean in_hex) {
  guint8 digest[32];
  gsize n = sizeof digest;
  g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)secret, strlen(secret));
  for (; *texts; texts++) g_hmac_update(hmac, (const guchar *)*texts, (gssize)strlen(*texts));
  if (in_hex) return g_strdup(g_hmac_get_string(hmac));
  g_hmac_get_digest(hmac, digest, &n);
  return g_base64_encode(digest, n);
}

static gboolean is_fresh(const WebhookRequest *request) {
  gint64 at_us = request->timestamp ? webhook_time(request->timestamp) : 0;
  return at_us > 0 && ABS(request->now_us - at_us) <= WEBHOOK_MAX_AGE_US;
}

static gboolean is_hubspot(const Webhook *webhook, const WebhookRequest *request) {
  if (!request->signature || !is_fresh(request)) return FALSE;
  const char *const texts[] = {request->method, webhook->address ? webhook->address : request->uri, request->body,
                               request->timestamp, NULL};
  g_autofree char *expected = webhook_hmac(webhook->secret, texts, FALSE);
  return webhook_is_same(expected, request->signature);
}

static gboolean is_salesforce(const Webhook *webhook, const WebhookRequest *request) {
  if (!request->signature) return request->key && webhook_is_same(request->key, webhook->secret);
  if (!is_fresh(request)) return FALSE;
  const char *const texts[] = {request->timestamp, ".", request->body, NULL};
  g_autofree char *hex = webhook_hmac(webhook->secret, texts, TRUE);
  g_autofree char *given = g_ascii_strdown(request->signature, -1);
  return webhook_is_same(hex, g_str_has_prefix(given, "sha256=") ? given + strlen("sha256=") : given);
}

static gboolean is_pipedrive(const Webhook *webhook, const WebhookRequest *request) {
  if (!request->authorization || g_ascii_strncasecmp(request->authorization, "Basic ", 6) != 0) return FALSE;
  g_autofree char *both = g_strdup_printf("%s:%s", webhook->user ? webhook->user : "", webhook->secret);
  g_autofree char *expected = g_base64_encode((const guchar *)both, strlen(both));
  return webhook_is_same(expected, request->authorization + 6);
}

gboolean webhook_is_authentic(const Webhook *webhook, const WebhookRequest *request) {
  if (strlen(request->body) != request->length) return FALSE;
  if (webhook->kind == WEBHOOK_HUBSPOT) return is_hubspot(webhook, request);
  return webhook->kind == WEBHOOK_SALESFORCE ? is_salesforce(webhook, request) : is_pipedrive(webhook, request);
}
