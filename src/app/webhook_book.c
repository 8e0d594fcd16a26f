/* Webhooks as they were last read right: a CRM sends what it tells a few times and then no more, so that a faulty edit
 * is not to cost records. Taking a file or its secret away ends a webhook at once: that is how one is shut. */
#include "app/webhook.h"
#include "base/text.h"

#include <string.h>

struct WebhookBook {
  char *folder;
  GMutex lock;
  GHashTable *kept; /* name -> Webhook */
};

static void read_all(WebhookBook *book) {
  g_autofree char *path = g_build_filename(book->folder, "webhooks", NULL);
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  for (const char *file = folder ? g_dir_read_name(folder) : NULL; file; file = g_dir_read_name(folder)) {
    if (!g_str_has_suffix(file, ".yaml")) continue;
    g_autofree char *name = g_strndup(file, strlen(file) - strlen(".yaml"));
    Webhook *webhook = webhook_load(book->folder, name, NULL);
    if (webhook) g_hash_table_insert(book->kept, g_steal_pointer(&name), webhook);
  }
}

WebhookBook *webhook_book_new(const char *folder) {
  WebhookBook *book = g_new0(WebhookBook, 1);
  book->folder = g_strdup(folder);
  g_mutex_init(&book->lock);
  book->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)webhook_free);
  read_all(book);
  return book;
}

void webhook_book_free(WebhookBook *book) {
  if (!book) return;
  g_hash_table_unref(book->kept);
  g_mutex_clear(&book->lock);
  g_free(book->folder);
  g_free(book);
}

Webhook *webhook_book_find(WebhookBook *book, const char *name, char **fault, GError **error) {
  g_autoptr(GError) wrong = NULL;
  Webhook *webhook = webhook_load(book->folder, name, &wrong);
  gboolean is_shut = wrong && wrong->code != BASE_ERROR_INPUT;
  g_mutex_lock(&book->lock);
  if (webhook)
    g_hash_table_replace(book->kept, g_strdup(name), webhook_ref(webhook));
  else if (is_shut)
    g_hash_table_remove(book->kept, name);
  else if ((webhook = g_hash_table_lookup(book->kept, name)))
    webhook_ref(webhook);
  g_mutex_unlock(&book->lock);
  if (webhook && wrong)
    *fault = g_strdup(wrong->message);
  else if (wrong)
    g_propagate_error(error, g_steal_pointer(&wrong));
  return webhook;
}
