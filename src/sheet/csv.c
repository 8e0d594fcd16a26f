/* Text files of a table: in UTF-8, UTF-16 or Windows' code page, with commas, semicolons, tabs or bars between fields.
 *
 * The first record decides what stands between fields: that which occurs most often outside of its quotes. A first line
 * "sep=;", which spreadsheets write, says it. */
#include "sheet/sheet_private.h"

#include <string.h>

/* --- encodings --- */

/* Without a mark at the beginning, text in UTF-16 is told by the zero bytes of its ASCII. */
static const char *wide_encoding(const char *bytes, gsize length) {
  if (length < 2) return NULL;
  if (memcmp(bytes, "\xFF\xFE", 2) == 0) return "UTF-16LE";
  if (memcmp(bytes, "\xFE\xFF", 2) == 0) return "UTF-16BE";
  gsize n = MIN(length, 512), zeros[2] = {0};
  for (gsize i = 0; i < n; i++) zeros[i % 2] += bytes[i] == 0;
  if (zeros[1] > n / 4 && zeros[0] == 0) return "UTF-16LE";
  return zeros[0] > n / 4 && zeros[1] == 0 ? "UTF-16BE" : NULL;
}

static char *decode(const char *bytes, gsize length, GError **error) {
  const char *encoding = wide_encoding(bytes, length);
  if (!encoding && g_utf8_validate(bytes, (gssize)length, NULL)) return g_strndup(bytes, length);
  g_autoptr(GError) failed = NULL;
  gsize n = length;
  if (encoding && length % 2 == 1) n--;
  if (!encoding) encoding = "WINDOWS-1252";
  g_autofree char *text = g_convert(bytes, (gssize)n, "UTF-8", encoding, NULL, &n, &failed);
  if (text && strlen(text) == n) return g_steal_pointer(&text);
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_INPUT,
      "this is no text in UTF-8, UTF-16 or Windows-1252, nor an .xlsx workbook: save the sheet as CSV or .xlsx");
  return NULL;
}

/* --- dialect --- */

/* "sep=;" and the line's end are stepped over. */
static char told_separator(const char **text) {
  const char *at = *text;
  if (g_ascii_strncasecmp(at, "sep=", 4) != 0 || !at[4] || !(at[5] == '\n' || at[5] == '\r')) return 0;
  char separator = at[4];
  *text = at + 5 + (at[5] == '\r' && at[6] == '\n') + 1;
  return separator;
}

static char find_separator(const char *text) {
  static const char candidates[] = ",;\t|";
  guint found[G_N_ELEMENTS(candidates)] = {0};
  gboolean quoted = FALSE;
  for (const char *at = text; *at && (quoted || (*at != '\n' && *at != '\r')); at++) {
    if (*at == '"') quoted = !quoted;
    const char *candidate = quoted ? NULL : strchr(candidates, *at);
    if (candidate) found[candidate - candidates]++;
  }
  guint best = 0;
  for (guint i = 1; i < strlen(candidates); i++)
    if (found[i] > found[best]) best = i;
  return candidates[best];
}

/* --- fields --- */

typedef struct {
  const char *at;
  char separator;
  guint row, column;
  GArray *cells;
  GStringChunk *chunk;
  GString *field;
} Reader;

/* To the quote that ends it; FALSE: there is none. */
static gboolean read_quoted(Reader *reader) {
  for (reader->at++; *reader->at; reader->at++) {
    if (*reader->at != '"') {
      g_string_append_c(reader->field, *reader->at);
    } else if (reader->at[1] == '"') {
      g_string_append_c(reader->field, '"');
      reader->at++;
    } else {
      reader->at++;
      return TRUE;
    }
  }
  return FALSE;
}

/* An apostrophe that was put before what would be a formula (cli_csv_field()) is no part of the text. */
static gboolean has_guard(const char *field) {
  return field[0] == '\'' && field[1] && strchr("=+-@\t\r", field[1]);
}

static gboolean read_field(Reader *reader, GError **error) {
  guint row = reader->row;
  g_string_truncate(reader->field, 0);
  if (*reader->at == '"' && !read_quoted(reader)) {
    g_autofree char *cell = sheet_cell_name(row, reader->column);
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: a quotation mark begins here and none ends it", cell);
    return FALSE;
  }
  gsize length = 0;
  while (reader->at[length] && !strchr("\r\n", reader->at[length]) && reader->at[length] != reader->separator) length++;
  g_string_append_len(reader->field, reader->at, (gssize)length);
  reader->at += length;
  if (has_guard(reader->field->str)) g_string_erase(reader->field, 0, 1);
  if (reader->field->len > 0) {
    SheetCell cell = {row, reader->column,
                      g_string_chunk_insert_len(reader->chunk, reader->field->str, (gssize)reader->field->len)};
    g_array_append_val(reader->cells, cell);
  }
  return TRUE;
}

/* What stands after a field. */
static void step(Reader *reader) {
  if (*reader->at && *reader->at == reader->separator) {
    reader->column++;
    reader->at++;
    return;
  }
  if (*reader->at) reader->at += reader->at[0] == '\r' && reader->at[1] == '\n' ? 2 : 1;
  reader->row++;
  reader->column = 0;
}

static gboolean read_fields(Reader *reader, GError **error) {
  while (*reader->at) {
    if (!read_field(reader, error)) return FALSE;
    step(reader);
    if (reader->cells->len <= SHEET_MAX_CELLS) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "the file has more than %d cells (cap: cells of a sheet)",
                SHEET_MAX_CELLS);
    return FALSE;
  }
  return TRUE;
}

SheetTable *sheet_csv_read(const char *bytes, gsize length, GError **error) {
  g_autofree char *decoded = decode(bytes, length, error);
  if (!decoded) return NULL;
  const char *text = g_str_has_prefix(decoded, "\xEF\xBB\xBF") ? decoded + 3 : decoded;
  char told = told_separator(&text);
  g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(SheetCell));
  g_autoptr(GString) field = g_string_new(NULL);
  Reader reader = {.at = text,
                   .separator = told ? told : find_separator(text),
                   .cells = cells,
                   .chunk = g_string_chunk_new(4096),
                   .field = field};
  if (!read_fields(&reader, error)) {
    g_string_chunk_free(reader.chunk);
    return NULL;
  }
  SheetTable *table = sheet_table_new(cells, reader.chunk, error);
  if (table) table->separator = reader.separator;
  return table;
}
