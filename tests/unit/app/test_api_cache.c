/* Answers kept: found by key and reader, let go of by age, never more than the cap. */
#include "../unit.h"
#include "app/api_cache.h"

static void keep(ApiCache *cache, const char *key, gsize n_bytes, const char *reader) {
  HttpContent *content = http_content_new("text/plain", g_strnfill(n_bytes, 'x'), n_bytes, key);
  api_cache_keep(cache, key, content, n_bytes, reader);
  http_content_release(content);
}

static gboolean has(ApiCache *cache, const char *key, const char *reader) {
  HttpContent *content = api_cache_find(cache, key, reader);
  if (content) http_content_release(content);
  return content != NULL;
}

static void readers(void **state) {
  ApiCache *cache = api_cache_new(100000);
  assert_false(has(cache, "a", "ana"));
  keep(cache, "a", 10, "ana");
  assert_true(has(cache, "a", "ana"));
  assert_false(has(cache, "a", "ben"));
  gsize bytes = api_cache_bytes(cache);
  keep(cache, "a", 10, "ben");
  assert_true(has(cache, "a", "ben") && has(cache, "a", "ana"));
  assert_int_equal(api_cache_bytes(cache), bytes);
  api_cache_free(cache);
}

/* Of 10,000 bytes, 1,000 of an answer take 2,512: three find room. */
static void the_oldest_goes(void **state) {
  ApiCache *cache = api_cache_new(10100);
  keep(cache, "a", 1000, "ana");
  keep(cache, "b", 1000, "ana");
  keep(cache, "c", 1000, "ana");
  assert_true(has(cache, "a", "ana"));
  keep(cache, "d", 1000, "ana");
  keep(cache, "e", 1000, "ana");
  assert_true(has(cache, "a", "ana"));
  assert_false(has(cache, "b", "ana"));
  assert_true(api_cache_bytes(cache) <= 10100);
  keep(cache, "large", 5000, "ana");
  assert_false(has(cache, "large", "ana"));
  api_cache_free(cache);
}

static gpointer use(gpointer data) {
  ApiCache *cache = data;
  for (guint i = 0; i < 2000; i++) {
    char key[16];
    g_snprintf(key, sizeof key, "%u", i % 37);
    if (!has(cache, key, "ana")) keep(cache, key, 300, "ana");
  }
  return NULL;
}

static void many_threads(void **state) {
  ApiCache *cache = api_cache_new(20000);
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++) threads[i] = g_thread_new("use", use, cache);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++) g_thread_join(threads[i]);
  assert_true(api_cache_bytes(cache) <= 20000);
  api_cache_free(cache);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(readers),
      cmocka_unit_test(the_oldest_goes),
      cmocka_unit_test(many_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
