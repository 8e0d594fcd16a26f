/* Records as JSON, read without the database: an object, or an array of objects, of texts, numbers, true, false and
 * null. Whatever else stands there is for the long way, which says what is wrong with it. */
#include "ingest/writer_private.h"

#include <string.h>

#define MAX_COLUMNS 600

typedef struct {
  const char *at;
  WriterRecords *records;
  GString *text;
} Json;

void writer_records_clear(WriterRecords *records) {
  g_clear_pointer(&records->texts, g_string_chunk_free);
  g_clear_pointer(&records->columns, g_ptr_array_unref);
  g_clear_pointer(&records->cells, g_array_unref);
}

static void skip_space(Json *json) {
  while (*json->at == ' ' || *json->at == '\t' || *json->at == '\r' || *json->at == '\n') json->at++;
}

static gboolean take(Json *json, char expected) {
  skip_space(json);
  if (*json->at != expected) return FALSE;
  json->at++;
  return TRUE;
}

static gboolean read_hex(Json *json, gunichar *code) {
  *code = 0;
  for (guint i = 0; i < 4; i++, json->at++) {
    int digit = g_ascii_xdigit_value(*json->at);
    if (digit < 0) return FALSE;
    *code = *code * 16 + (gunichar)digit;
  }
  return TRUE;
}

static gboolean read_escape(Json *json) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char letter = *json->at++;
  const char *plain = letter ? strchr(from, letter) : NULL;
  if (plain) {
    g_string_append_c(json->text, to[plain - from]);
    return TRUE;
  }
  gunichar code, low;
  if (letter != 'u' || !read_hex(json, &code)) return FALSE;
  if (code >= 0xD800 && code < 0xDC00) {
    if (json->at[0] != '\\' || json->at[1] != 'u') return FALSE;
    json->at += 2;
    if (!read_hex(json, &low) || low < 0xDC00 || low > 0xDFFF) return FALSE;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code == 0 || (code >= 0xDC00 && code <= 0xDFFF)) return FALSE;
  g_string_append_unichar(json->text, code);
  return TRUE;
}

/* The text is in json->text until the next one is read. */
static gboolean read_text(Json *json) {
  if (!take(json, '"')) return FALSE;
  g_string_truncate(json->text, 0);
  for (;;) {
    const char *from = json->at;
    while ((guchar)*json->at >= 0x20 && *json->at != '"' && *json->at != '\\') json->at++;
    g_string_append_len(json->text, from, json->at - from);
    char end = *json->at;
    if ((guchar)end < 0x20) return FALSE;
    json->at++;
    if (end == '"') return TRUE;
    if (!read_escape(json)) return FALSE;
  }
}

static gboolean read_number(Json *json, WriterCell *cell) {
  const char *from = json->at;
  while (g_ascii_isdigit(*json->at) || (*json->at && strchr("+-.eE", *json->at))) json->at++;
  if (json->at == from) return FALSE;
  *cell = (WriterCell){WRITER_NUMBER, g_string_chunk_insert_len(json->records->texts, from, json->at - from)};
  return TRUE;
}

static gboolean read_cell(Json *json, WriterCell *cell) {
  static const struct {
    const char *word;
    WriterKind kind;
  } words[] = {{"null", WRITER_NOTHING}, {"true", WRITER_TRUE}, {"false", WRITER_FALSE}};
  skip_space(json);
  if (*json->at == '"') {
    if (!read_text(json)) return FALSE;
    *cell = (WriterCell){WRITER_TEXT,
                         g_string_chunk_insert_len(json->records->texts, json->text->str, (gssize)json->text->len)};
    return strlen(cell->text) == json->text->len;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
    if (!g_str_has_prefix(json->at, words[i].word)) continue;
    *cell = (WriterCell){words[i].kind, NULL};
    json->at += strlen(words[i].word);
    return TRUE;
  }
  return read_number(json, cell);
}

/* The number of the column that json->text names: in the first record a new one, in others one of those. */
static int column_named(Json *json, guint expected) {
  const GPtrArray *columns = json->records->columns;
  if (expected < columns->len && g_str_equal(columns->pdata[expected], json->text->str)) return (int)expected;
  for (guint i = 0; i < columns->len; i++) {
    if (g_str_equal(columns->pdata[i], json->text->str)) return (int)i;
  }
  return -1;
}

static gboolean read_first(Json *json) {
  WriterRecords *records = json->records;
  do {
    WriterCell cell;
    if (!read_text(json) || column_named(json, 0) >= 0 || records->columns->len >= MAX_COLUMNS) return FALSE;
    g_ptr_array_add(records->columns, g_string_chunk_insert(records->texts, json->text->str));
    if (!take(json, ':') || !read_cell(json, &cell)) return FALSE;
    g_array_append_val(records->cells, cell);
  } while (take(json, ','));
  return take(json, '}');
}

static gboolean read_other(Json *json) {
  WriterRecords *records = json->records;
  guint first = records->cells->len, n_columns = records->columns->len, n = 0;
  g_array_set_size(records->cells, first + n_columns);
  g_autofree gboolean *is_there = g_new0(gboolean, n_columns);
  do {
    int column = read_text(json) ? column_named(json, n) : -1;
    if (column < 0 || is_there[column] || !take(json, ':')) return FALSE;
    is_there[column] = TRUE;
    n++;
    if (!read_cell(json, &g_array_index(records->cells, WriterCell, first + (guint)column))) return FALSE;
  } while (take(json, ','));
  return n == n_columns && take(json, '}');
}

gboolean writer_json_read(const char *text, guint max_records, WriterRecords *records) {
  g_autoptr(GString) scratch = g_string_new(NULL);
  Json json = {.at = text, .records = records, .text = scratch};
  records->texts = g_string_chunk_new(4096);
  records->columns = g_ptr_array_new();
  records->cells = g_array_new(FALSE, FALSE, sizeof(WriterCell));
  if (!g_utf8_validate(text, -1, NULL)) return FALSE;
  gboolean is_many = take(&json, '[');
  do {
    if (!take(&json, '{') || records->n_rows >= max_records) return FALSE;
    if (!(records->n_rows++ == 0 ? read_first(&json) : read_other(&json))) return FALSE;
  } while (is_many && take(&json, ','));
  if (is_many && !take(&json, ']')) return FALSE;
  skip_space(&json);
  return *json.at == 0;
}
