/* The answers kept: a table by key and a queue by use. A key names the state of the workspace, so nothing is ever taken
 * out because it is wrong: what no longer holds is not asked for any more, and goes with age. */
#include "app/api_cache.h"

#define ENTRY_BYTES 512 /* about, beside the answer itself */

typedef struct {
  char *key;
  HttpContent *content;
  gsize bytes;
  GHashTable *readers; /* names */
  GList link;          /* in the queue; the one used last is its head */
} Entry;

struct ApiCache {
  gsize max_bytes;
  GMutex lock; /* of all below */
  gsize bytes;
  GHashTable *entries; /* key -> Entry */
  GQueue queue;
};

static void free_entry(gpointer data) {
  Entry *entry = data;
  http_content_release(entry->content);
  g_hash_table_unref(entry->readers);
  g_free(entry->key);
  g_free(entry);
}

ApiCache *api_cache_new(gsize max_bytes) {
  ApiCache *cache = g_new0(ApiCache, 1);
  cache->max_bytes = max_bytes;
  g_mutex_init(&cache->lock);
  g_queue_init(&cache->queue);
  cache->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_entry);
  return cache;
}

void api_cache_free(ApiCache *cache) {
  if (!cache) return;
  g_hash_table_unref(cache->entries);
  g_mutex_clear(&cache->lock);
  g_free(cache);
}

HttpContent *api_cache_find(ApiCache *cache, const char *key, const char *reader) {
  HttpContent *found = NULL;
  g_mutex_lock(&cache->lock);
  Entry *entry = g_hash_table_lookup(cache->entries, key);
  if (entry && g_hash_table_contains(entry->readers, reader)) {
    g_queue_unlink(&cache->queue, &entry->link);
    g_queue_push_head_link(&cache->queue, &entry->link);
    found = http_content_hold(entry->content);
  }
  g_mutex_unlock(&cache->lock);
  return found;
}

static void remove_entry(ApiCache *cache, Entry *entry) {
  g_queue_unlink(&cache->queue, &entry->link);
  cache->bytes -= entry->bytes;
  g_hash_table_remove(cache->entries, entry->key);
}

static void add_entry(ApiCache *cache, const char *key, HttpContent *content, gsize bytes) {
  while (cache->bytes + bytes > cache->max_bytes) remove_entry(cache, cache->queue.tail->data);
  Entry *entry = g_new0(Entry, 1);
  entry->key = g_strdup(key);
  entry->content = http_content_hold(content);
  entry->bytes = bytes;
  entry->readers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  entry->link.data = entry;
  cache->bytes += bytes;
  g_hash_table_insert(cache->entries, entry->key, entry);
  g_queue_push_head_link(&cache->queue, &entry->link);
}

void api_cache_keep(ApiCache *cache, const char *key, HttpContent *content, gsize n_bytes, const char *reader) {
  gsize bytes = 2 * n_bytes + ENTRY_BYTES;
  if (bytes > cache->max_bytes / 4) return;
  g_mutex_lock(&cache->lock);
  if (!g_hash_table_contains(cache->entries, key)) add_entry(cache, key, content, bytes);
  Entry *entry = g_hash_table_lookup(cache->entries, key);
  g_hash_table_add(entry->readers, g_strdup(reader));
  g_mutex_unlock(&cache->lock);
}

gsize api_cache_bytes(ApiCache *cache) {
  g_mutex_lock(&cache->lock);
  gsize bytes = cache->bytes;
  g_mutex_unlock(&cache->lock);
  return bytes;
}
