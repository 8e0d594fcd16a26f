/* Tables of texts, and which reader a file's bytes ask for. */
#include "sheet/sheet_private.h"

#include <errno.h>
#include <string.h>

void sheet_table_free(SheetTable *table) {
  if (!table) return;
  g_free(table->texts);
  g_string_chunk_free(table->chunk);
  g_free(table);
}

SheetTable *sheet_table_new(const GArray *cells, GStringChunk *chunk, GError **error) {
  gsize n_rows = 0, n_columns = 0;
  for (guint i = 0; i < cells->len; i++) {
    const SheetCell *cell = &g_array_index(cells, SheetCell, i);
    n_rows = MAX(n_rows, (gsize)cell->row + 1);
    n_columns = MAX(n_columns, (gsize)cell->column + 1);
  }
  if (n_rows * n_columns > SHEET_MAX_CELLS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "%" G_GSIZE_FORMAT " rows of %" G_GSIZE_FORMAT
                " columns are more than %d cells (cap: cells of a sheet)",
                n_rows, n_columns, SHEET_MAX_CELLS);
    g_string_chunk_free(chunk);
    return NULL;
  }
  SheetTable *table = g_new0(SheetTable, 1);
  *table = (SheetTable){.n_rows = n_rows, .n_columns = n_columns, .chunk = chunk};
  table->texts = g_new0(const char *, n_rows *n_columns + 1);
  for (guint i = 0; i < cells->len; i++) {
    const SheetCell *cell = &g_array_index(cells, SheetCell, i);
    table->texts[cell->row * n_columns + cell->column] = cell->text;
  }
  return table;
}

/* Spaces, those that do not break a line among them. */
static const char *skip_spaces(const char *text) {
  while (*text && g_unichar_isspace(g_utf8_get_char(text))) text = g_utf8_next_char(text);
  return text;
}

static gsize trimmed_length(const char *text) {
  const char *last = text;
  for (const char *at = text; *at;) {
    gboolean space = g_unichar_isspace(g_utf8_get_char(at));
    at = g_utf8_next_char(at);
    if (!space) last = at;
  }
  return (gsize)(last - text);
}

const char *sheet_text(const SheetTable *table, gsize row, gsize column) {
  if (row >= table->n_rows || column >= table->n_columns) return NULL;
  const char *text = table->texts[row * table->n_columns + column];
  if (!text) return NULL;
  const char *begin = skip_spaces(text);
  gsize length = trimmed_length(begin);
  if (length == 0) return NULL;
  return begin[length] ? g_string_chunk_insert_len(table->chunk, begin, (gssize)length) : begin;
}

char *sheet_cell_name(gsize row, gsize column) {
  char letters[16];
  gsize at = sizeof letters - 1;
  letters[at] = 0;
  for (gsize c = column + 1; c > 0; c = (c - 1) / 26) letters[--at] = (char)('A' + (c - 1) % 26);
  return g_strdup_printf("%s%" G_GSIZE_FORMAT, letters + at, row + 1);
}

/* What a spreadsheet program writes that is neither text nor xlsx: said by name, with what to do. */
static const char *other_kind(const char *bytes, gsize length) {
  if (length >= 8 && memcmp(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
    return "this is a workbook in the old .xls form or one that is protected by a password: save it as .xlsx without "
           "a password, or as CSV";
  if (length >= 5 && memcmp(bytes, "%PDF-", 5) == 0) return "this is a PDF: save the sheet as .xlsx or as CSV";
  return NULL;
}

SheetTable *sheet_read_bytes(const char *bytes, gsize length, const char *sheet, GError **error) {
  if (length > SHEET_MAX_FILE_BYTES) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "the file has %" G_GSIZE_FORMAT " bytes, more than %d (cap: bytes of a sheet's file)", length,
                SHEET_MAX_FILE_BYTES);
    return NULL;
  }
  const char *other = other_kind(bytes, length);
  if (other) {
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, other);
    return NULL;
  }
  if (length >= 2 && memcmp(bytes, "PK", 2) == 0 && (length < 4 || (guchar)bytes[2] < 8))
    return sheet_xlsx_read(bytes, length, sheet, error);
  if (!sheet) return sheet_csv_read(bytes, length, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a text file has no sheets: leave out the name \"%s\"", sheet);
  return NULL;
}

SheetTable *sheet_read_file(const char *path, const char *sheet, GError **error) {
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr(GError) failed = NULL;
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no file %s", path);
    return NULL;
  }
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is a folder: name the file in it", path);
    return NULL;
  }
  if (!g_file_get_contents(path, &bytes, &length, &failed)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be read: %s", path, failed->message);
    return NULL;
  }
  SheetTable *table = sheet_read_bytes(bytes, length, sheet, error);
  if (!table) g_prefix_error(error, "%s: ", path);
  return table;
}
