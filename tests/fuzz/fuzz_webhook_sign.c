/* Files of webhooks, and signatures: the first part of the input, up to a zero byte, is webhooks/NAME.yaml, what
 * follows is what a stranger sends who does not have the secret. */
#include "app/webhook.h"
#include "fuzz.h"

static const char *take(const char **at, const char *end) {
  const char *text = *at;
  *at = MIN(text + strlen(text) + 1, end);
  return text;
}

static void check_stranger(Webhook *webhook, const char *at, const char *end) {
  for (int kind = WEBHOOK_SALESFORCE; kind <= WEBHOOK_PIPEDRIVE; kind++) {
    const char *next = at;
    Webhook own = {
        .kind = (WebhookKind)kind, .secret = (char *)"nobody knows this one", .user = webhook ? webhook->user : NULL};
    WebhookRequest request = {.method = "POST", .uri = "https://example.com/hook", .now_us = 1764576000000000};
    request.timestamp = take(&next, end);
    request.signature = take(&next, end);
    request.authorization = take(&next, end);
    request.key = take(&next, end);
    request.body = take(&next, end);
    request.length = strlen(request.body);
    g_assert(!webhook_is_authentic(&own, &request));
    g_assert(webhook_time(request.timestamp) >= 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *all = g_malloc0(size + 1);
  if (size > 0) memcpy(all, data, size);
  gsize length = strlen(all);
  g_autoptr(GError) error = NULL;
  g_autoptr(Webhook) webhook = webhook_parse("/nowhere", "hook.yaml", all, length, &error);
  g_assert((webhook == NULL) == (error != NULL));
  if (error) g_assert(*error->message && g_utf8_validate(error->message, -1, NULL));
  if (webhook) g_assert(webhook->secret && webhook->source && webhook->objects->len > 0);
  check_stranger(webhook, all + MIN(length + 1, size), all + size);
  return 0;
}
