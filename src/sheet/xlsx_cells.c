/* The cells of a sheet's part: <row r="3"><c r="B3" s="2" t="s"><v>17</v></c></row>.
 *
 * Source: ECMA-376 part 1, 18.3.1.4 (c), 18.18.11 (t). */
#include "sheet/sheet_private.h"

#include <math.h>
#include <string.h>

#define MAX_ROWS       1048576
#define MAX_COLUMNS    16384
#define MAX_TEXT_BYTES (1 << 20)

void sheet_cells_init(SheetCells *cells, SheetReading *reading) {
  *cells = (SheetCells){.reading = reading, .value = g_string_new(NULL), .formula = g_string_new(NULL)};
}

void sheet_cells_clear(SheetCells *cells) {
  g_string_free(cells->value, TRUE);
  g_string_free(cells->formula, TRUE);
}

gboolean sheet_append_text(SheetParse *parse, GString *value, const char *text, gsize length) {
  if (value->len + length > MAX_TEXT_BYTES) {
    sheet_parse_fail(parse, BASE_ERROR_LIMIT, "a text of the workbook has more than %d bytes (cap: bytes of a cell)",
                     MAX_TEXT_BYTES);
    return FALSE;
  }
  g_string_append_len(value, text, (gssize)length);
  return TRUE;
}

void sheet_unescape(GString *text) {
  if (!strstr(text->str, "_x")) return;
  g_autofree char *escaped = g_strdup(text->str);
  g_string_truncate(text, 0);
  for (const char *at = escaped; *at;) {
    gboolean is_code = at[0] == '_' && at[1] == 'x';
    for (int i = 2; is_code && i < 6; i++) is_code = g_ascii_isxdigit(at[i]);
    gunichar c = is_code && at[6] == '_' ? (gunichar)g_ascii_strtoull(at + 2, NULL, 16) : 0;
    if (c > 0 && g_unichar_validate(c)) {
      g_string_append_unichar(text, c);
      at += 7;
    } else {
      g_string_append_c(text, *at++);
    }
  }
}

/* --- places --- */

/* "BC12" as column and row from 0. */
static gboolean read_place(const char *text, guint *row, guint *column) {
  guint64 c = 0, r = 0;
  const char *at = text;
  for (; g_ascii_isalpha(*at) && c <= MAX_COLUMNS; at++) c = c * 26 + (guint64)(g_ascii_toupper(*at) - 'A') + 1;
  for (; g_ascii_isdigit(*at) && r <= MAX_ROWS; at++) r = r * 10 + (guint64)(*at - '0');
  if (*at || c < 1 || c > MAX_COLUMNS || r < 1 || r > MAX_ROWS) return FALSE;
  *row = (guint)r - 1;
  *column = (guint)c - 1;
  return TRUE;
}

static void begin_row(SheetParse *parse, SheetCells *cells, const char **attributes) {
  const char *number = sheet_attribute(attributes, "r");
  guint64 row = number ? g_ascii_strtoull(number, NULL, 10) : (guint64)cells->row + 1;
  cells->column = 0;
  if (row < 1 || row > MAX_ROWS)
    sheet_parse_fail(parse, BASE_ERROR_INPUT, "the workbook is damaged: it has a row \"%s\"", number ? number : "");
  else
    cells->row = (guint)row - 1;
}

static void begin_cell(SheetParse *parse, SheetCells *cells, const char **attributes) {
  const char *place = sheet_attribute(attributes, "r"), *type = sheet_attribute(attributes, "t"),
             *style = sheet_attribute(attributes, "s");
  if ((place && !read_place(place, &cells->row, &cells->column)) || cells->column >= MAX_COLUMNS) {
    sheet_parse_fail(parse, BASE_ERROR_INPUT, "the workbook is damaged: it has a cell \"%s\"", place ? place : "");
    return;
  }
  g_strlcpy(cells->type, type ? type : "n", sizeof cells->type);
  cells->style = style ? (guint)MIN(g_ascii_strtoull(style, NULL, 10), G_MAXUINT) : 0;
  cells->in_cell = TRUE;
  g_string_truncate(cells->value, 0);
  g_string_truncate(cells->formula, 0);
}

/* --- values --- */

static SheetFormat format_of(const SheetCells *cells) {
  const GArray *formats = cells->reading->formats;
  return cells->style < formats->len ? (SheetFormat)g_array_index(formats, guint8, cells->style) : SHEET_PLAIN;
}

static const char *number_text(const SheetCells *cells) {
  char *end;
  double value = g_ascii_strtod(cells->value->str, &end);
  if (*end || end == cells->value->str || !isfinite(value))
    return g_string_chunk_insert(cells->reading->chunk, cells->value->str);
  g_autofree char *text = sheet_number_text(value, format_of(cells), cells->reading->from_1904);
  return g_string_chunk_insert(cells->reading->chunk, text);
}

static const char *shared_text(SheetParse *parse, const SheetCells *cells) {
  const GPtrArray *strings = cells->reading->strings;
  guint64 index = g_ascii_strtoull(cells->value->str, NULL, 10);
  if (index < strings->len) return g_ptr_array_index(strings, (guint)index);
  g_autofree char *place = sheet_cell_name(cells->row, cells->column);
  sheet_parse_fail(parse, BASE_ERROR_INPUT, "the workbook is damaged: it has no text %s, which cell %s is to show",
                   cells->value->str, place);
  return NULL;
}

/* NULL: the cell is empty. */
static const char *text_of(SheetParse *parse, SheetCells *cells) {
  const char *type = cells->type;
  if (cells->value->len == 0 && cells->formula->len > 0) {
    g_string_prepend_c(cells->formula, '=');
    return g_string_chunk_insert(cells->reading->chunk, cells->formula->str);
  }
  if (cells->value->len == 0) return NULL;
  if (g_str_equal(type, "n")) return number_text(cells);
  if (g_str_equal(type, "s")) return shared_text(parse, cells);
  if (g_str_equal(type, "b")) return *cells->value->str == '0' ? "false" : "true";
  sheet_unescape(cells->value);
  return g_string_chunk_insert(cells->reading->chunk, cells->value->str);
}

static void end_cell(SheetParse *parse, SheetCells *cells) {
  SheetCell cell = {cells->row, cells->column, text_of(parse, cells)};
  cells->in_cell = FALSE;
  cells->column++;
  if (!cell.text || !*cell.text) return;
  if (cells->reading->cells->len >= SHEET_MAX_CELLS)
    sheet_parse_fail(parse, BASE_ERROR_LIMIT, "the sheet has more than %d cells (cap: cells of a sheet)",
                     SHEET_MAX_CELLS);
  else
    g_array_append_val(cells->reading->cells, cell);
}

/* --- the parser's calls --- */

static void on_start(SheetParse *parse, const char *name, const char **attributes) {
  SheetCells *cells = parse->data;
  if (g_str_equal(name, "row")) {
    begin_row(parse, cells, attributes);
  } else if (g_str_equal(name, "c")) {
    begin_cell(parse, cells, attributes);
  } else if (g_str_equal(name, "rPh")) {
    cells->phonetic++;
  } else if (cells->in_cell && cells->phonetic == 0) {
    cells->takes = g_str_equal(name, "v") || g_str_equal(name, "t");
    cells->in_formula = g_str_equal(name, "f");
  }
}

static void on_end(SheetParse *parse, const char *name) {
  SheetCells *cells = parse->data;
  cells->takes = cells->in_formula = FALSE;
  if (g_str_equal(name, "c"))
    end_cell(parse, cells);
  else if (g_str_equal(name, "row"))
    cells->row++;
  else if (g_str_equal(name, "rPh") && cells->phonetic > 0)
    cells->phonetic--;
}

static void on_text(SheetParse *parse, const char *text, gsize length) {
  SheetCells *cells = parse->data;
  if (cells->takes) sheet_append_text(parse, cells->value, text, length);
  if (cells->in_formula) sheet_append_text(parse, cells->formula, text, length);
}

const SheetHandlers sheet_cell_handlers = {on_start, on_end, on_text};
