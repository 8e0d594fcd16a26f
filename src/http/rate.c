/* Token buckets by name. A bucket that is full again says nothing, so it is dropped when there are many: what is kept
 * is bounded by how many ask within a minute. */
#include "http/rate.h"

#define MANY 4096

typedef struct {
  double tokens;
  gint64 at_us;
} Bucket;

struct HttpRate {
  GMutex lock;
  double capacity, per_us;
  GHashTable *buckets; /* char * -> Bucket */
  guint clean_at;      /* when there are so many */
};

HttpRate *http_rate_new(guint per_minute) {
  HttpRate *rate = g_new0(HttpRate, 1);
  g_mutex_init(&rate->lock);
  rate->capacity = per_minute;
  rate->per_us = per_minute / (60.0 * G_USEC_PER_SEC);
  rate->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  rate->clean_at = MANY;
  return rate;
}

void http_rate_free(HttpRate *rate) {
  if (!rate) return;
  g_hash_table_unref(rate->buckets);
  g_mutex_clear(&rate->lock);
  g_free(rate);
}

static void fill(const HttpRate *rate, Bucket *bucket, gint64 now_us) {
  if (now_us <= bucket->at_us) return;
  bucket->tokens = MIN(rate->capacity, bucket->tokens + (double)(now_us - bucket->at_us) * rate->per_us);
  bucket->at_us = now_us;
}

static void clean(HttpRate *rate, gint64 now_us) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, rate->buckets);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    fill(rate, value, now_us);
    if (((Bucket *)value)->tokens >= rate->capacity) g_hash_table_iter_remove(&iter);
  }
  rate->clean_at = MAX(MANY, 2 * g_hash_table_size(rate->buckets));
}

guint http_rate_take(HttpRate *rate, const char *who, gint64 now_us) {
  g_mutex_lock(&rate->lock);
  Bucket *bucket = g_hash_table_lookup(rate->buckets, who);
  if (!bucket) {
    if (g_hash_table_size(rate->buckets) >= rate->clean_at) clean(rate, now_us);
    bucket = g_new(Bucket, 1);
    *bucket = (Bucket){.tokens = rate->capacity, .at_us = now_us};
    g_hash_table_insert(rate->buckets, g_strdup(who), bucket);
  }
  fill(rate, bucket, now_us);
  guint wait_s = 0;
  if (bucket->tokens >= 1)
    bucket->tokens -= 1;
  else
    wait_s = 1 + (guint)((1 - bucket->tokens) / rate->per_us / G_USEC_PER_SEC);
  g_mutex_unlock(&rate->lock);
  return wait_s;
}

guint http_rate_size(HttpRate *rate) {
  g_mutex_lock(&rate->lock);
  guint size = g_hash_table_size(rate->buckets);
  g_mutex_unlock(&rate->lock);
  return size;
}
