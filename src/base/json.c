/* Reading JSON: recursive descent over bytes that are known to be UTF-8, so that only its signs matter. Depth is
 * capped, so the stack is; an array holds all values, so memory is what the text's length allows. */
#include "base/json.h"

#include <math.h>
#include <string.h>

struct BaseJson {
  GArray *values; /* BaseJsonValue */
  GStringChunk *texts;
};

typedef struct {
  const char *source, *at, *end;
  BaseJson *json;
  GString *scratch;
  guint depth;
} Reader;

/* --- what is wrong, and where --- */

static gboolean fail(const Reader *reader, const char *at, const char *what, GError **error) {
  guint line = 1;
  const char *start = reader->source;
  for (const char *sign = reader->source; sign < at; sign++) {
    if (*sign != '\n') continue;
    line++;
    start = sign + 1;
  }
  BaseSpan span = {.line = line, .column = (guint)g_utf8_strlen(start, at - start) + 1};
  base_error_at(error, BASE_ERROR_INPUT, span, "%s", what);
  return FALSE;
}

/* --- signs --- */

static void skip_space(Reader *reader) {
  while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) && *reader->at) reader->at++;
}

static gboolean take(Reader *reader, char sign) {
  skip_space(reader);
  if (reader->at == reader->end || *reader->at != sign) return FALSE;
  reader->at++;
  return TRUE;
}

static gboolean take_word(Reader *reader, const char *word) {
  gsize length = strlen(word);
  if ((gsize)(reader->end - reader->at) < length || strncmp(reader->at, word, length) != 0) return FALSE;
  reader->at += length;
  return TRUE;
}

/* --- texts --- */

static gboolean read_hex(Reader *reader, gunichar *code) {
  *code = 0;
  for (guint i = 0; i < 4; i++, reader->at++) {
    int digit = reader->at < reader->end ? g_ascii_xdigit_value(*reader->at) : -1;
    if (digit < 0) return FALSE;
    *code = *code * 16 + (gunichar)digit;
  }
  return TRUE;
}

static gboolean read_code(Reader *reader, gunichar *code) {
  gunichar low;
  if (!read_hex(reader, code)) return FALSE;
  if (*code >= 0xD800 && *code < 0xDC00) {
    if (!take_word(reader, "\\u") || !read_hex(reader, &low) || low < 0xDC00 || low > 0xDFFF) return FALSE;
    *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
  }
  return *code != 0 && (*code < 0xDC00 || *code > 0xDFFF);
}

static gboolean read_escape(Reader *reader) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (reader->at == reader->end || !*reader->at) return FALSE;
  char letter = *reader->at++;
  const char *plain = strchr(from, letter);
  gunichar code;
  if (plain)
    g_string_append_c(reader->scratch, to[plain - from]);
  else if (letter == 'u' && read_code(reader, &code))
    g_string_append_unichar(reader->scratch, code);
  else
    return FALSE;
  return TRUE;
}

/* After the opening quote. */
static const char *read_text(Reader *reader, GError **error) {
  const char *start = reader->at;
  g_string_truncate(reader->scratch, 0);
  while (reader->at < reader->end && *reader->at != '"') {
    const char *sign = reader->at++;
    if ((guchar)*sign < 0x20) {
      fail(reader, sign, "a text has a line break, tab or other control character in it: write \\n, \\t or \\u00XX",
           error);
      return NULL;
    }
    if (*sign != '\\') {
      g_string_append_c(reader->scratch, *sign);
    } else if (!read_escape(reader)) {
      fail(reader, sign, "this is no escape of JSON (\\n, \\\", \\u00e9 …), or a character that no text may have",
           error);
      return NULL;
    }
  }
  if (!take_word(reader, "\"")) {
    fail(reader, start, "this text does not end: a \" is missing", error);
    return NULL;
  }
  return g_string_chunk_insert_len(reader->json->texts, reader->scratch->str, (gssize)reader->scratch->len);
}

/* --- numbers --- */

static gboolean skip_digits(Reader *reader) {
  const char *start = reader->at;
  while (reader->at < reader->end && g_ascii_isdigit(*reader->at)) reader->at++;
  return reader->at > start;
}

static gboolean read_number(Reader *reader, double *number) {
  const char *start = reader->at;
  take_word(reader, "-");
  if (!take_word(reader, "0") && !skip_digits(reader)) return FALSE;
  if (take_word(reader, ".") && !skip_digits(reader)) return FALSE;
  if (take_word(reader, "e") || take_word(reader, "E")) {
    if (!take_word(reader, "+")) take_word(reader, "-");
    if (!skip_digits(reader)) return FALSE;
  }
  g_autofree char *digits = g_strndup(start, (gsize)(reader->at - start));
  *number = g_ascii_strtod(digits, NULL);
  return isfinite(*number);
}

/* --- values --- */

static gboolean read_value(Reader *reader, const char *name, guint *index, GError **error);

static BaseJsonValue *value_at(Reader *reader, guint index) {
  return &g_array_index(reader->json->values, BaseJsonValue, index);
}

static const char *read_name(Reader *reader, GError **error) {
  if (!take(reader, '"')) {
    fail(reader, reader->at, "here a name in quotes is to stand, as in {\"period\": \"2026-Q3\"}", error);
    return NULL;
  }
  const char *name = read_text(reader, error);
  if (!name || take(reader, ':')) return name;
  fail(reader, reader->at, "after a name a colon is to stand", error);
  return NULL;
}

/* What is in a list or object, after its opening bracket. */
static gboolean read_within(Reader *reader, guint parent, gboolean named, GError **error) {
  char closing = named ? '}' : ']';
  guint last = 0, index;
  if (take(reader, closing)) return TRUE;
  do {
    const char *name = named ? read_name(reader, error) : NULL;
    if ((named && !name) || !read_value(reader, name, &index, error)) return FALSE;
    *(last ? &value_at(reader, last)->next : &value_at(reader, parent)->first) = index;
    last = index;
  } while (take(reader, ','));
  if (take(reader, closing)) return TRUE;
  return fail(reader, reader->at, named ? "here a comma or } is to stand" : "here a comma or ] is to stand", error);
}

static gboolean read_nested(Reader *reader, guint index, GError **error) {
  gboolean named = value_at(reader, index)->kind == BASE_JSON_OBJECT;
  if (++reader->depth > BASE_JSON_MAX_DEPTH) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "objects and lists lie more than %d deep within one another",
                BASE_JSON_MAX_DEPTH);
    return FALSE;
  }
  gboolean ok = read_within(reader, index, named, error);
  reader->depth--;
  return ok;
}

static gboolean read_plain(Reader *reader, BaseJsonValue *value) {
  value->kind = BASE_JSON_FLAG;
  if (take_word(reader, "true")) return value->flag = TRUE;
  if (take_word(reader, "false")) return TRUE;
  value->kind = BASE_JSON_NULL;
  if (take_word(reader, "null")) return TRUE;
  value->kind = BASE_JSON_NUMBER;
  return read_number(reader, &value->number);
}

static gboolean read_value(Reader *reader, const char *name, guint *index, GError **error) {
  skip_space(reader);
  BaseJsonValue value = {.name = name, .start = (gsize)(reader->at - reader->source)};
  gboolean nested = FALSE;
  if (take_word(reader, "\"")) {
    value.kind = BASE_JSON_TEXT;
    value.text = read_text(reader, error);
    if (!value.text) return FALSE;
  } else if (take_word(reader, "{") || take_word(reader, "[")) {
    nested = TRUE;
    value.kind = reader->at[-1] == '{' ? BASE_JSON_OBJECT : BASE_JSON_LIST;
  } else if (!read_plain(reader, &value)) {
    return fail(reader, reader->source + value.start,
                reader->at == reader->end ? "the text ends too early" : "this is no value of JSON", error);
  }
  *index = reader->json->values->len;
  g_array_append_val(reader->json->values, value);
  if (nested && !read_nested(reader, *index, error)) return FALSE;
  value_at(reader, *index)->end = (gsize)(reader->at - reader->source);
  return TRUE;
}

BaseJson *base_json_read(const char *text, gsize length, GError **error) {
  g_autoptr(BaseJson) json = g_new0(BaseJson, 1);
  g_autoptr(GString) scratch = g_string_new(NULL);
  json->values = g_array_new(FALSE, FALSE, sizeof(BaseJsonValue));
  json->texts = g_string_chunk_new(256);
  Reader reader = {.source = text, .at = text, .end = text + length, .json = json, .scratch = scratch};
  guint whole;
  if (!read_value(&reader, NULL, &whole, error)) return NULL;
  skip_space(&reader);
  if (reader.at == reader.end) return g_steal_pointer(&json);
  fail(&reader, reader.at, "after the value nothing may stand", error);
  return NULL;
}

void base_json_free(BaseJson *json) {
  if (!json) return;
  g_array_unref(json->values);
  g_string_chunk_free(json->texts);
  g_free(json);
}

const BaseJsonValue *base_json_value(const BaseJson *json, guint index) {
  return &g_array_index(json->values, BaseJsonValue, index);
}
