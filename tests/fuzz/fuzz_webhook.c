/* Webhooks of any bytes, as each system would send them: what they tell, or an error that says something. */
#include "app/webhook.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autofree char *body = g_strndup((const char *)data, size);
  for (int kind = WEBHOOK_SALESFORCE; kind <= WEBHOOK_PIPEDRIVE; kind++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(WebhookNews) news = webhook_read((WebhookKind)kind, body, size, &error);
    g_assert((news == NULL) == (error != NULL));
    g_assert(!error || *error->message);
    for (guint i = 0; news && i < news->items->len; i++) {
      const WebhookItem *item = &g_array_index(news->items, WebhookItem, i);
      g_assert(item->object && item->id && item->columns->len == item->values->len);
    }
  }
  return 0;
}
