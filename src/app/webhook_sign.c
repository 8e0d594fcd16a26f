/* Who sent a webhook.
 *
 *   HubSpot     version 3, unless the webhook says another: HMAC-SHA256 in base64 of method, URI, body and timestamp,
 *               with the app's secret; not older than five minutes. Versions 1 and 2 are SHA-256 in hex of the secret
 *               and the body, or of the secret, method, URI and body; they have no time, so that what was told is known
 *               only by its event and its own time when it comes again (developers.hubspot.com, "Validating requests")
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

/* HubSpot signs an address with these twelve characters as they are, and all others as they came. */
static char *signed_address(const char *address) {
  static const char plain[] = ":/?@!$'()*,;";
  GString *text = g_string_new(NULL);
  while (*address) {
    int high = *address == '%' ? g_ascii_xdigit_value(address[1]) : -1;
    int low = high >= 0 ? g_ascii_xdigit_value(address[2]) : -1;
    gboolean is_plain = low >= 0 && high * 16 + low > 0 && strchr(plain, high * 16 + low);
    g_string_append_c(text, is_plain ? (char)(high * 16 + low) : *address);
    address += is_plain ? 3 : 1;
  }
  return g_string_free(text, FALSE);
}

/* SHA-256 in hex of the texts, which end with NULL. */
static char *digest_of(const char *const *texts) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  for (; *texts; texts++) g_checksum_update(sum, (const guchar *)*texts, (gssize)strlen(*texts));
  return g_strdup(g_checksum_get_string(sum));
}

static gboolean is_hubspot(const Webhook *webhook, const WebhookRequest *request) {
  const char *address = webhook->address ? webhook->address : request->uri;
  g_autofree char *plain = signed_address(address), *expected = NULL;
  if (!request->signature) return FALSE;
  if (webhook->signature == WEBHOOK_SIGNED_V1) {
    const char *const texts[] = {webhook->secret, request->body, NULL};
    expected = digest_of(texts);
  } else if (webhook->signature == WEBHOOK_SIGNED_V2) {
    const char *const texts[] = {webhook->secret, request->method, address, request->body, NULL};
    expected = digest_of(texts);
  } else {
    if (!is_fresh(request)) return FALSE;
    const char *const texts[] = {request->method, plain, request->body, request->timestamp, NULL};
    expected = webhook_hmac(webhook->secret, texts, FALSE);
  }
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
