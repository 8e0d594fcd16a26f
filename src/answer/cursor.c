/* Cursors are base64 in its form for addresses. */
#include "answer/cursor.h"

#include "base/text.h"

#include <string.h>

char *answer_cursor_make(const char *text) {
  char *cursor = g_base64_encode((const guchar *)text, strlen(text));
  g_strdelimit(cursor, "+", '-');
  g_strdelimit(cursor, "/", '_');
  return cursor;
}

void answer_cursor_refuse(const char *cursor, GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "\"%s\" is no cursor: give the `next` of the page before, or none for the first page", cursor);
}

char **answer_cursor_read(const char *cursor, guint n, GError **error) {
  g_autofree char *plain = g_strdup(cursor);
  gsize length = 0;
  g_strdelimit(plain, "-", '+');
  g_strdelimit(plain, "_", '/');
  g_autofree guchar *bytes = g_base64_decode(plain, &length);
  g_autofree char *text = g_strndup((const char *)bytes, length);
  g_auto(GStrv) parts = g_strsplit(text, "|", (int)n);
  gboolean is_text = strlen(text) == length && g_utf8_validate(text, -1, NULL);
  if (is_text && g_strv_length(parts) == n) return g_steal_pointer(&parts);
  answer_cursor_refuse(cursor, error);
  return NULL;
}
