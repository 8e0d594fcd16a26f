/* Contents and their forms. */
#include "http/content.h"

#include "http/loaded.h"

#include <zlib.h>

#define SMALL_BYTES    1024 /* a packet: compressing saves nothing */
#define GZIP_LEVEL     5
#define BROTLI_QUALITY 4
#define GZIP_WINDOW    (15 + 16) /* zlib's number for the gzip form */
#define TAG_DIGITS     32

struct HttpContent {
  gatomicrefcount n_holders;
  char *type, *text;
  gsize length;
  GMutex lock; /* of the rest */
  char *tag;
  struct {
    char *bytes; /* NULL: no smaller */
    gsize length;
    gboolean is_tried;
  } forms[HTTP_N_ENCODINGS];
};

HttpContent *http_content_new(const char *type, char *text, gsize length, const char *etag) {
  HttpContent *content = g_new0(HttpContent, 1);
  g_atomic_ref_count_init(&content->n_holders);
  g_mutex_init(&content->lock);
  content->type = g_strdup(type);
  content->text = text;
  content->length = length;
  content->tag = etag ? g_strdup_printf("W/\"%s\"", etag) : NULL;
  return content;
}

HttpContent *http_content_hold(HttpContent *content) {
  g_atomic_ref_count_inc(&content->n_holders);
  return content;
}

void http_content_release(HttpContent *content) {
  if (!content || !g_atomic_ref_count_dec(&content->n_holders)) return;
  for (guint i = 0; i < HTTP_N_ENCODINGS; i++) g_free(content->forms[i].bytes);
  g_mutex_clear(&content->lock);
  g_free(content->type);
  g_free(content->text);
  g_free(content->tag);
  g_free(content);
}

const char *http_content_type(const HttpContent *content) {
  return content->type;
}

gsize http_content_length(const HttpContent *content) {
  return content->length;
}

const char *http_content_tag(HttpContent *content) {
  g_mutex_lock(&content->lock);
  if (!content->tag) {
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content->text, content->length);
    content->tag = g_strdup_printf("W/\"%.*s\"", TAG_DIGITS, sum);
  }
  g_mutex_unlock(&content->lock);
  return content->tag;
}

gboolean http_content_shrinks(const HttpContent *content) {
  return content->length >= SMALL_BYTES && http_is_text(content->type);
}

static char *gzip(const char *text, gsize length, gsize *compressed) {
  z_stream stream = {.next_in = (Bytef *)text, .avail_in = (uInt)length};
  if (length > G_MAXUINT32 / 2 ||
      deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return NULL;
  gsize room = deflateBound(&stream, (uLong)length);
  g_autofree char *out = g_malloc(room);
  stream.next_out = (Bytef *)out;
  stream.avail_out = (uInt)room;
  int state = deflate(&stream, Z_FINISH);
  *compressed = stream.total_out;
  deflateEnd(&stream);
  return state == Z_STREAM_END ? g_steal_pointer(&out) : NULL;
}

static char *brotli(const char *text, gsize length, gsize *compressed) {
  size_t room = length;
  g_autofree char *out = g_malloc(room);
  BROTLI_BOOL fits = loaded_brotli_compress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, length,
                                            (const uint8_t *)text, &room, (uint8_t *)out);
  *compressed = room;
  return fits ? g_steal_pointer(&out) : NULL;
}

/* Under the lock. */
static void compress_to(HttpContent *content, HttpEncoding encoding) {
  gsize length = 0;
  g_autofree char *bytes = encoding == HTTP_GZIP ? gzip(content->text, content->length, &length)
                                                 : brotli(content->text, content->length, &length);
  content->forms[encoding].is_tried = TRUE;
  if (!bytes || length >= content->length) return;
  content->forms[encoding].bytes = g_realloc(g_steal_pointer(&bytes), length);
  content->forms[encoding].length = length;
}

HttpForm http_content_form(HttpContent *content, HttpEncoding encoding) {
  HttpForm form = {.bytes = content->text, .length = content->length};
  if (encoding == HTTP_IDENTITY || !http_content_shrinks(content)) return form;
  g_mutex_lock(&content->lock);
  if (!content->forms[encoding].is_tried) compress_to(content, encoding);
  if (content->forms[encoding].bytes)
    form = (HttpForm){content->forms[encoding].bytes, content->forms[encoding].length, encoding};
  g_mutex_unlock(&content->lock);
  return form;
}
