/* A JSON document as a list of paths and texts: what webhooks send is read by asking for a few of them. Numbers stay as
 * they were written. */
#include "app/webhook.h"
#include "base/text.h"

#include <string.h>

#define MAX_DEPTH 32

typedef struct {
  const char *at, *start;
  WebhookJson *json;
  GString *path, *text;
  const char *why;
} Reader;

void webhook_json_clear(WebhookJson *json) {
  g_clear_pointer(&json->texts, g_string_chunk_free);
  g_clear_pointer(&json->values, g_array_unref);
}

static gboolean fail(Reader *reader, const char *why) {
  if (!reader->why) reader->why = why;
  return FALSE;
}

static void skip(Reader *reader) {
  reader->at += strspn(reader->at, " \t\r\n");
}

static gboolean add(Reader *reader, const char *text) {
  if (reader->json->values->len >= WEBHOOK_MAX_VALUES) return fail(reader, "there is too much in it");
  WebhookValue value = {g_string_chunk_insert_const(reader->json->texts, reader->path->str),
                        text ? g_string_chunk_insert(reader->json->texts, text) : NULL};
  g_array_append_val(reader->json->values, value);
  return TRUE;
}

static gboolean read_code(Reader *reader, gunichar *code) {
  *code = 0;
  for (guint i = 0; i < 4; i++, reader->at++) {
    int digit = g_ascii_xdigit_value(*reader->at);
    if (digit < 0) return fail(reader, "an escape is broken");
    *code = *code * 16 + (gunichar)digit;
  }
  return TRUE;
}

static gboolean read_unicode(Reader *reader) {
  gunichar code, low;
  if (!read_code(reader, &code)) return FALSE;
  if (code >= 0xD800 && code < 0xDC00) {
    if (reader->at[0] != '\\' || reader->at[1] != 'u') return fail(reader, "an escape is broken");
    reader->at += 2;
    if (!read_code(reader, &low)) return FALSE;
    if (low < 0xDC00 || low > 0xDFFF) return fail(reader, "an escape is broken");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code == 0 || (code >= 0xDC00 && code <= 0xDFFF)) return fail(reader, "a text holds what no text may");
  g_string_append_unichar(reader->text, code);
  return TRUE;
}

static gboolean read_escape(Reader *reader) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char letter = *reader->at ? *reader->at++ : 0;
  const char *plain = letter ? strchr(from, letter) : NULL;
  if (plain) {
    g_string_append_c(reader->text, to[plain - from]);
    return TRUE;
  }
  return letter == 'u' ? read_unicode(reader) : fail(reader, "an escape is broken");
}

/* The text is in reader->text until the next one is read. */
static gboolean read_text(Reader *reader) {
  if (*reader->at != '"') return fail(reader, "a text in quotes is missing");
  reader->at++;
  g_string_truncate(reader->text, 0);
  for (;;) {
    guchar c = (guchar)*reader->at;
    if (c < 0x20) return fail(reader, "a text has no end");
    reader->at++;
    if (c == '"') return TRUE;
    if (c != '\\')
      g_string_append_c(reader->text, (char)c);
    else if (!read_escape(reader))
      return FALSE;
  }
}

static gboolean read_word(Reader *reader) {
  const char *from = reader->at;
  while (g_ascii_isalnum(*reader->at) || (*reader->at && strchr("+-.", *reader->at))) reader->at++;
  g_autofree char *word = g_strndup(from, (gsize)(reader->at - from));
  if (g_str_equal(word, "null")) return add(reader, NULL);
  gboolean is_number = g_ascii_isdigit(word[0]) || (word[0] == '-' && g_ascii_isdigit(word[1]));
  if (!is_number && !g_str_equal(word, "true") && !g_str_equal(word, "false"))
    return fail(reader, "a value is missing");
  return add(reader, word);
}

static gboolean read_value(Reader *reader, guint depth);

static gboolean read_member(Reader *reader, guint depth, gboolean is_object, guint index) {
  gsize length = reader->path->len;
  if (is_object && !read_text(reader)) return FALSE;
  if (length > 0) g_string_append_c(reader->path, '.');
  if (is_object)
    g_string_append(reader->path, reader->text->str);
  else
    g_string_append_printf(reader->path, "%u", index);
  skip(reader);
  if (is_object && *reader->at++ != ':') {
    reader->at--;
    return fail(reader, "a colon is missing");
  }
  gboolean ok = read_value(reader, depth + 1);
  g_string_truncate(reader->path, length);
  return ok;
}

/* An object or a list; an empty one is nothing. */
static gboolean read_many(Reader *reader, guint depth) {
  gboolean is_object = *reader->at++ == '{';
  char end = is_object ? '}' : ']';
  if (depth > MAX_DEPTH) return fail(reader, "there is too much within one another");
  skip(reader);
  if (*reader->at == end) {
    reader->at++;
    return TRUE;
  }
  for (guint i = 0;; i++) {
    skip(reader);
    if (!read_member(reader, depth, is_object, i)) return FALSE;
    skip(reader);
    if (*reader->at == end) break;
    if (*reader->at != ',') return fail(reader, "a comma is missing");
    reader->at++;
  }
  reader->at++;
  return TRUE;
}

static gboolean read_value(Reader *reader, guint depth) {
  skip(reader);
  if (*reader->at == '{' || *reader->at == '[') return read_many(reader, depth);
  if (*reader->at != '"') return read_word(reader);
  return read_text(reader) && add(reader, reader->text->str);
}

gboolean webhook_json_read(const char *body, gsize length, WebhookJson *json, GError **error) {
  g_autoptr(GString) path = g_string_new(NULL), text = g_string_new(NULL);
  json->texts = g_string_chunk_new(4096);
  json->values = g_array_new(FALSE, FALSE, sizeof(WebhookValue));
  Reader reader = {.at = body, .start = body, .json = json, .path = path, .text = text};
  gboolean ok = strlen(body) == length && g_utf8_validate(body, (gssize)length, NULL) && read_value(&reader, 0);
  skip(&reader);
  if (ok && *reader.at == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the body is no JSON: %s, at byte %" G_GSIZE_FORMAT,
              reader.why ? reader.why : "there is something behind it", (gsize)(reader.at - body) + 1);
  return FALSE;
}
