/* Contents: their tag, and what they are compressed, read back by zlib. */
#include "../unit.h"
#include "http/content.h"

#include <zlib.h>

static HttpContent *text_of(gsize length, const char *etag) {
  char *text = g_malloc(length + 1);
  for (gsize i = 0; i < length; i++) text[i] = "revenue,win_rate\n"[i % 17];
  return http_content_new("text/csv", text, length, etag);
}

static void tag(void **state) {
  HttpContent *content = http_content_new("text/plain", g_strdup("hello\n"), 6, NULL);
  /* echo hello | sha256sum */
  assert_string_equal(http_content_tag(content), "W/\"5891b5b522d5df086d0ff0b110fbd9d2\"");
  http_content_release(content);
  content = http_content_new("text/plain", g_strdup("hello\n"), 6, "load-7");
  assert_string_equal(http_content_tag(content), "W/\"load-7\"");
  http_content_release(content);
}

static void gzipped(void **state) {
  HttpContent *content = text_of(50000, NULL);
  HttpForm plain = http_content_form(content, HTTP_IDENTITY), form = http_content_form(content, HTTP_GZIP);
  assert_int_equal(form.encoding, HTTP_GZIP);
  assert_true(form.length < plain.length / 10);
  assert_ptr_equal(form.bytes, http_content_form(content, HTTP_GZIP).bytes);
  z_stream stream = {.next_in = (Bytef *)form.bytes, .avail_in = (uInt)form.length};
  g_autofree char *out = g_malloc(60000);
  stream.next_out = (Bytef *)out;
  stream.avail_out = 60000;
  assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
  assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
  assert_int_equal(stream.total_out, 50000);
  assert_memory_equal(out, plain.bytes, 50000);
  inflateEnd(&stream);
  http_content_release(content);
}

static void not_worth_it(void **state) {
  HttpContent *small = text_of(1000, NULL);
  assert_int_equal(http_content_form(small, HTTP_GZIP).encoding, HTTP_IDENTITY);
  http_content_release(small);
  char *noise = g_malloc(4096);
  GRand *random = g_rand_new_with_seed(1);
  for (guint i = 0; i < 4096; i++) noise[i] = (char)g_rand_int_range(random, 0, 256);
  g_rand_free(random);
  HttpContent *dense = http_content_new("text/plain", noise, 4096, NULL);
  assert_int_equal(http_content_form(dense, HTTP_GZIP).encoding, HTTP_IDENTITY);
  assert_ptr_equal(http_content_form(dense, HTTP_GZIP).bytes, noise);
  http_content_release(dense);
  HttpContent *sheet = http_content_new("application/octet-stream", g_malloc0(4096), 4096, NULL);
  assert_false(http_content_shrinks(sheet));
  http_content_release(sheet);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tag),
      cmocka_unit_test(gzipped),
      cmocka_unit_test(not_worth_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
