/* Request targets, read strictly: whatever two programs in a row could understand differently is refused. */
#include "http/uri.h"

static gboolean fail(GError **error, BaseErrorCode code, const char *words) {
  g_set_error_literal(error, BASE_ERROR, code, words);
  return FALSE;
}

char *http_decode(const char *text, gsize length, gboolean plus_is_space, GError **error) {
  g_autoptr(GString) out = g_string_sized_new(length);
  for (gsize i = 0; i < length; i++) {
    char c = text[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      int high = i + 2 < length ? g_ascii_xdigit_value(text[i + 1]) : -1;
      int low = i + 2 < length ? g_ascii_xdigit_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        fail(error, BASE_ERROR_INPUT, "a percent sign is not followed by two hexadecimal digits; write %25 for itself");
        return NULL;
      }
      c = (char)(high << 4 | low);
      i += 2;
    }
    g_string_append_c(out, c);
  }
  if (!g_utf8_validate_len(out->str, out->len, NULL)) {
    fail(error, BASE_ERROR_INPUT, "it is not UTF-8, or holds a zero byte");
    return NULL;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static gboolean is_path_text(const char *segment, GError **error) {
  if (!*segment) return fail(error, BASE_ERROR_INPUT, "the path has two slashes in a row, or one at its end");
  if (g_str_equal(segment, ".") || g_str_equal(segment, ".."))
    return fail(error, BASE_ERROR_INPUT, "the path has a part \".\" or \"..\"");
  for (const char *c = segment; *c; c++) {
    if ((guchar)*c < ' ' || *c == 0x7f) return fail(error, BASE_ERROR_INPUT, "the path holds a control character");
    if (*c == '/' || *c == '\\') return fail(error, BASE_ERROR_INPUT, "a part of the path holds a slash or backslash");
  }
  return TRUE;
}

static gboolean read_path(const char *written, gsize length, HttpTarget *target, GError **error) {
  g_autoptr(GString) path = g_string_new(NULL);
  g_autoptr(GPtrArray) segments = g_ptr_array_new_with_free_func(g_free);
  if (length == 0 || *written != '/') return fail(error, BASE_ERROR_INPUT, "the path does not begin with a slash");
  for (gsize at = 1; at < length || (at == length && length > 1);) {
    const char *end = memchr(written + at, '/', length - at);
    gsize n = end ? (gsize)(end - written) - at : length - at;
    char *segment = http_decode(written + at, n, FALSE, error);
    if (!segment) return FALSE;
    g_ptr_array_add(segments, segment);
    if (!is_path_text(segment, error)) return FALSE;
    if (segments->len > HTTP_MAX_SEGMENTS)
      return fail(error, BASE_ERROR_LIMIT, "the path has more than " G_STRINGIFY(HTTP_MAX_SEGMENTS) " parts");
    g_string_append_printf(path, "/%s", segment);
    at += n + 1;
  }
  if (segments->len == 0) g_string_append_c(path, '/');
  target->n_segments = segments->len;
  g_ptr_array_add(segments, NULL);
  target->segments = (char **)g_ptr_array_free(g_steal_pointer(&segments), FALSE);
  target->path = g_string_free(g_steal_pointer(&path), FALSE);
  return TRUE;
}

static gboolean read_pair(const char *written, gsize length, GArray *query, GError **error) {
  const char *equals = memchr(written, '=', length);
  gsize n = equals ? (gsize)(equals - written) : length;
  g_autofree char *name = http_decode(written, n, TRUE, error);
  if (!name) return FALSE;
  if (!*name) return fail(error, BASE_ERROR_INPUT, "a parameter of the query has no name");
  char *value = equals ? http_decode(equals + 1, length - n - 1, TRUE, error) : g_strdup("");
  if (!value) return FALSE;
  HttpPair pair = {.name = g_steal_pointer(&name), .value = value};
  g_array_append_val(query, pair);
  return TRUE;
}

static gboolean read_query(const char *written, GArray *query, GError **error) {
  while (*written) {
    gsize n = strcspn(written, "&");
    if (n > 0 && !read_pair(written, n, query, error)) return FALSE;
    if (query->len > HTTP_MAX_PAIRS)
      return fail(error, BASE_ERROR_LIMIT, "the query has more than " G_STRINGIFY(HTTP_MAX_PAIRS) " parameters");
    written += written[n] ? n + 1 : n;
  }
  return TRUE;
}

static void clear_pair(gpointer data) {
  HttpPair *pair = data;
  g_free(pair->name);
  g_free(pair->value);
}

/* The path and query of "http://host/path", which clients send to proxies and servers take all the same. */
static const char *skip_authority(const char *written) {
  const char *host = NULL;
  if (g_ascii_strncasecmp(written, "http://", 7) == 0) host = written + 7;
  if (g_ascii_strncasecmp(written, "https://", 8) == 0) host = written + 8;
  return host ? host + strcspn(host, "/?") : written;
}

gboolean http_target_read(const char *written, HttpTarget *target, GError **error) {
  HttpTarget read = {.query = g_array_new(FALSE, FALSE, sizeof(HttpPair))};
  g_array_set_clear_func(read.query, clear_pair);
  const char *path = skip_authority(written);
  gsize n = strcspn(path, "?");
  gboolean is_bare = n == 0 && path != written;
  gboolean ok = g_str_equal(path, "*") ? read_path("/", 1, &read, error)
                                       : read_path(is_bare ? "/" : path, is_bare ? 1 : n, &read, error);
  if (!ok || (path[n] == '?' && !read_query(path + n + 1, read.query, error))) {
    http_target_clear(&read);
    return FALSE;
  }
  *target = read;
  return TRUE;
}

void http_target_clear(HttpTarget *target) {
  g_free(target->path);
  g_strfreev(target->segments);
  g_clear_pointer(&target->query, g_array_unref);
  *target = (HttpTarget){0};
}
