/* Workbooks over libxlsxwriter.
 *
 * The library wants a path when a book is begun and writes when it is closed, so a book is made as a temporary file,
 * and what is in it is written where it was asked for when it is whole. Its formats are objects of a book; here a style
 * is a value, and each style used becomes one format. */
#include "cli/xlsx.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define MAX_SHEET_NAME 31
#define MAX_TEXT       32767
#define MAX_WIDTH      60
#define MIN_WIDTH      6
#define HEAD_FILL      0xE8EDF3
#define RULE_COLOUR    0x8A94A0
#define NOTE_COLOUR    0x5F6771

const CliXlsxStyle cli_xlsx_title = {.bold = TRUE, .size = 15, .overflows = TRUE};
const CliXlsxStyle cli_xlsx_head = {.bold = TRUE, .wrap = TRUE, .fill = HEAD_FILL, .rule_below = TRUE};
const CliXlsxStyle cli_xlsx_total = {.bold = TRUE, .rule_above = TRUE};
const CliXlsxStyle cli_xlsx_note = {.size = 9, .colour = NOTE_COLOUR, .overflows = TRUE};
const CliXlsxScale cli_xlsx_red_to_green = {.low = 0xF4B6AE, .middle = 0xFDF3C8, .high = 0xB5DDB8};

struct CliXlsxSheet {
  CliXlsx *book;
  lxw_worksheet *sheet;
  char *name;
  GArray *widest; /* gsize: of each column's cells, in characters */
  GArray *fixed;  /* gboolean: the column's width was said */
};

struct CliXlsx {
  lxw_workbook *book; /* NULL once it is closed */
  char *made_at;      /* the file that the library writes */
  GPtrArray *sheets;
  GHashTable *formats; /* style as text -> lxw_format */
  GError *problem;     /* the first */
};

static void complain(CliXlsx *book, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void complain(CliXlsx *book, int code, const char *format, ...) {
  if (book->problem) return;
  va_list arguments;
  va_start(arguments, format);
  book->problem = g_error_new_valist(BASE_ERROR, code, format, arguments);
  va_end(arguments);
}

/* --- books --- */

static void free_sheet(gpointer data) {
  CliXlsxSheet *sheet = data;
  g_free(sheet->name);
  g_array_unref(sheet->widest);
  g_array_unref(sheet->fixed);
  g_free(sheet);
}

/* A file that nobody else has, for the library to write. */
static char *temporary_path(GError **error) {
  char *path = NULL;
  int file = g_file_open_tmp("attain-XXXXXX.xlsx", &path, error);
  if (file >= 0) close(file);
  return path;
}

CliXlsx *cli_xlsx_new(const char *title, gint64 made_us) {
  CliXlsx *book = g_new0(CliXlsx, 1);
  book->sheets = g_ptr_array_new_with_free_func(free_sheet);
  book->formats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GError) error = NULL;
  book->made_at = temporary_path(&error);
  if (!book->made_at) complain(book, BASE_ERROR_IO, "%s", error->message);
  book->book = workbook_new(book->made_at ? book->made_at : "");
  if (!book->book) g_error("out of memory");
  g_autofree char *valid = g_utf8_make_valid(title ? title : "", -1);
  lxw_doc_properties properties = {.title = valid, .created = (time_t)(made_us / G_USEC_PER_SEC)};
  workbook_set_properties(book->book, &properties);
  return book;
}

void cli_xlsx_free(CliXlsx *book) {
  if (!book) return;
  if (book->book) lxw_workbook_free(book->book);
  if (book->made_at) g_unlink(book->made_at);
  g_free(book->made_at);
  g_ptr_array_unref(book->sheets);
  g_hash_table_unref(book->formats);
  g_clear_error(&book->problem);
  g_free(book);
}

/* --- sheets --- */

static gboolean is_taken(const CliXlsx *book, const char *name) {
  g_autofree char *wanted = g_utf8_casefold(name, -1);
  for (guint i = 0; i < book->sheets->len; i++) {
    g_autofree char *other = g_utf8_casefold(((CliXlsxSheet *)g_ptr_array_index(book->sheets, i))->name, -1);
    if (g_str_equal(wanted, other)) return TRUE;
  }
  return FALSE;
}

/* What of a name a sheet may have, cut to so many characters. */
static char *mend_name(const char *name, glong length) {
  g_autofree char *valid = g_utf8_make_valid(name ? name : "", -1);
  GString *mended = g_string_new(NULL);
  glong n = 0;
  for (const char *at = valid; *at && n < length; at = g_utf8_next_char(at), n++) {
    gunichar c = g_utf8_get_char(at);
    gboolean bad = c < 0x20 || (c < 0x80 && strchr("[]:*?/\\", (int)c));
    g_string_append_unichar(mended, bad || (c == '\'' && mended->len == 0) ? '-' : c);
    if (c > 0xFFFF) n++;
  }
  g_strchomp(mended->str);
  mended->len = strlen(mended->str);
  if (g_str_has_suffix(mended->str, "'")) mended->str[mended->len - 1] = '-';
  return g_string_free(mended, FALSE);
}

static char *free_name(const CliXlsx *book, const char *name) {
  char *mended = mend_name(name, MAX_SHEET_NAME);
  if (!*mended) {
    g_free(mended);
    mended = g_strdup("Sheet");
  }
  for (guint i = 2; is_taken(book, mended); i++) {
    g_autofree char *number = g_strdup_printf(" (%u)", i);
    g_autofree char *begin = mend_name(name, MAX_SHEET_NAME - (glong)strlen(number));
    g_free(mended);
    mended = g_strconcat(begin, number, NULL);
  }
  return mended;
}

CliXlsxSheet *cli_xlsx_add_sheet(CliXlsx *book, const char *name) {
  CliXlsxSheet *sheet = g_new0(CliXlsxSheet, 1);
  sheet->book = book;
  sheet->name = free_name(book, name);
  sheet->widest = g_array_new(FALSE, TRUE, sizeof(gsize));
  sheet->fixed = g_array_new(FALSE, TRUE, sizeof(gboolean));
  sheet->sheet = workbook_add_worksheet(book->book, sheet->name);
  if (!sheet->sheet) g_error("a sheet cannot be named %s", sheet->name);
  worksheet_set_landscape(sheet->sheet);
  worksheet_set_paper(sheet->sheet, 9); /* A4 */
  worksheet_fit_to_pages(sheet->sheet, 1, 0);
  g_ptr_array_add(book->sheets, sheet);
  return sheet;
}

const char *cli_xlsx_sheet_name(const CliXlsxSheet *sheet) {
  return sheet->name;
}

/* --- styles --- */

const char *cli_xlsx_format(CliNumberStyle style, const char *currency, guint decimals) {
  g_autoptr(GString) code = g_string_new(NULL);
  if (style == CLI_NUMBER_MONEY && currency) g_string_append_printf(code, "[$%s] ", currency);
  g_string_append(code, style == CLI_NUMBER_PERCENT ? "0" : "#,##0");
  for (guint i = 0; i < decimals; i++) g_string_append(code, i ? "0" : ".0");
  if (style == CLI_NUMBER_PERCENT) g_string_append_c(code, '%');
  return g_intern_string(code->str);
}

static void set_alignment(lxw_format *format, const CliXlsxStyle *style) {
  static const guint8 aligned[] = {LXW_ALIGN_NONE, LXW_ALIGN_LEFT, LXW_ALIGN_CENTER, LXW_ALIGN_RIGHT};
  if (style->align != CLI_XLSX_BY_TYPE) format_set_align(format, aligned[style->align]);
  if (style->indent) format_set_indent(format, (guint8)MIN(style->indent, 15));
  if (style->wrap) {
    format_set_text_wrap(format);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  }
}

static void set_rules(lxw_format *format, const CliXlsxStyle *style) {
  if (style->rule_above) {
    format_set_top(format, LXW_BORDER_THIN);
    format_set_top_color(format, RULE_COLOUR);
  }
  if (style->rule_below) {
    format_set_bottom(format, LXW_BORDER_THIN);
    format_set_bottom_color(format, RULE_COLOUR);
  }
}

static lxw_format *format_of(CliXlsx *book, const CliXlsxStyle *style, const char *usual) {
  static const CliXlsxStyle plain = {0};
  if (!style) style = &plain;
  const char *number = style->number ? style->number : usual;
  g_autofree char *key = g_strdup_printf("%d%d%d %d %u %g %x %x %d%d %s", style->bold, style->italic, style->wrap,
                                         style->align, style->indent, style->size, style->colour, style->fill,
                                         style->rule_above, style->rule_below, number ? number : "");
  lxw_format *format = g_hash_table_lookup(book->formats, key);
  if (format) return format;
  format = workbook_add_format(book->book);
  if (!format) g_error("out of memory");
  if (number) format_set_num_format(format, number);
  if (style->bold) format_set_bold(format);
  if (style->italic) format_set_italic(format);
  if (style->size > 0) format_set_font_size(format, style->size);
  if (style->colour) format_set_font_color(format, style->colour);
  if (style->fill) {
    format_set_pattern(format, LXW_PATTERN_SOLID);
    format_set_bg_color(format, style->fill);
  }
  set_alignment(format, style);
  set_rules(format, style);
  g_hash_table_insert(book->formats, g_steal_pointer(&key), format);
  return format;
}

/* --- cells --- */

static gboolean is_inside(CliXlsxSheet *sheet, guint row, guint column) {
  if (row < CLI_XLSX_MAX_ROWS && column < CLI_XLSX_MAX_COLUMNS) return TRUE;
  complain(sheet->book, BASE_ERROR_LIMIT,
           "the sheet \"%s\" would have more than %d rows or %d columns, which no spreadsheet takes: ask for less, or "
           "for csv",
           sheet->name, CLI_XLSX_MAX_ROWS, CLI_XLSX_MAX_COLUMNS);
  return FALSE;
}

static void note_width(CliXlsxSheet *sheet, guint column, gsize width, const CliXlsxStyle *style) {
  if (style && style->overflows) return;
  if (style && style->bold) width += width / 8;
  if (sheet->widest->len <= column) g_array_set_size(sheet->widest, column + 1);
  gsize *widest = &g_array_index(sheet->widest, gsize, column);
  *widest = MAX(*widest, width + (style ? style->indent : 0));
}

/* How wide a number is as its format writes it, or a little less narrow. */
static gsize number_width(double value, const CliXlsxStyle *style) {
  const char *format = style && style->number ? style->number : "";
  const char *point = strchr(format, '.');
  gboolean percent = strchr(format, '%') != NULL;
  g_autofree char *digits =
      *format ? g_strdup_printf("%.0f", percent ? value * 100 : value) : g_strdup_printf("%.9g", value);
  gsize width = strlen(digits) + (strchr(format, ',') ? (strlen(digits) - 1) / 3 : 0) + (percent ? 1 : 0);
  const char *currency = strstr(format, "[$");
  if (currency) width += strcspn(currency + 2, "]") + 1;
  return width + (point ? 1 + strspn(point + 1, "0") : 0);
}

/* Noncharacters may not stand in XML. */
static char *writable_text(const char *text) {
  char *valid = g_utf8_make_valid(text ? text : "", -1);
  for (char *at = valid; *at; at = g_utf8_next_char(at))
    if ((g_utf8_get_char(at) & 0xFFFE) == 0xFFFE && g_utf8_get_char(at) <= 0xFFFF) at[0] = at[1] = at[2] = '?';
  return valid;
}

/* As it can be written, or NULL with a problem noted. */
static char *checked_text(CliXlsxSheet *sheet, guint row, const char *text) {
  char *valid = writable_text(text);
  if (g_utf8_strlen(valid, -1) <= MAX_TEXT) return valid;
  complain(sheet->book, BASE_ERROR_LIMIT,
           "a text in row %u of the sheet \"%s\" has more than %d characters, which no spreadsheet takes", row + 1,
           sheet->name, MAX_TEXT);
  g_free(valid);
  return NULL;
}

void cli_xlsx_text(CliXlsxSheet *sheet, guint row, guint column, const char *text, const CliXlsxStyle *style) {
  g_autofree char *valid = is_inside(sheet, row, column) ? checked_text(sheet, row, text) : NULL;
  if (!valid) return;
  lxw_format *format = format_of(sheet->book, style, NULL);
  if (*valid)
    worksheet_write_string(sheet->sheet, row, (lxw_col_t)column, valid, format);
  else
    worksheet_write_blank(sheet->sheet, row, (lxw_col_t)column, format);
  gsize width = 0;
  for (const char *line = valid;; line++) {
    gsize length = strcspn(line, "\n");
    width = MAX(width, cli_text_width(line, length));
    line += length;
    if (!*line) break;
  }
  note_width(sheet, column, width, style);
}

void cli_xlsx_value(CliXlsxSheet *sheet, guint row, guint column, gboolean has, double value,
                    const CliXlsxStyle *style) {
  if (!is_inside(sheet, row, column)) return;
  if (!has || !isfinite(value)) {
    cli_xlsx_blank(sheet, row, column, style);
    return;
  }
  worksheet_write_number(sheet->sheet, row, (lxw_col_t)column, value, format_of(sheet->book, style, NULL));
  note_width(sheet, column, number_width(value, style), style);
}

void cli_xlsx_number(CliXlsxSheet *sheet, guint row, guint column, double value, const CliXlsxStyle *style) {
  cli_xlsx_value(sheet, row, column, TRUE, value, style);
}

void cli_xlsx_day(CliXlsxSheet *sheet, guint row, guint column, BaseDay day, const CliXlsxStyle *style) {
  if (!is_inside(sheet, row, column)) return;
  if (day == BASE_DAY_NONE) {
    cli_xlsx_blank(sheet, row, column, style);
    return;
  }
  /* Spreadsheets count from 1899-12-30, as if 1900 had had a 29 February; days before March 1900 they do not have. */
  double serial = day - base_day_from_civil(1899, 12, 30);
  if (serial < 61) {
    g_autofree char *text = base_day_format(day);
    cli_xlsx_text(sheet, row, column, text, style);
    return;
  }
  worksheet_write_number(sheet->sheet, row, (lxw_col_t)column, serial, format_of(sheet->book, style, "yyyy-mm-dd"));
  note_width(sheet, column, strlen("2027-01-01"), style);
}

void cli_xlsx_bool(CliXlsxSheet *sheet, guint row, guint column, gboolean value, const CliXlsxStyle *style) {
  if (!is_inside(sheet, row, column)) return;
  worksheet_write_boolean(sheet->sheet, row, (lxw_col_t)column, value, format_of(sheet->book, style, NULL));
  note_width(sheet, column, strlen("FALSE"), style);
}

void cli_xlsx_blank(CliXlsxSheet *sheet, guint row, guint column, const CliXlsxStyle *style) {
  if (is_inside(sheet, row, column))
    worksheet_write_blank(sheet->sheet, row, (lxw_col_t)column, format_of(sheet->book, style, NULL));
}

void cli_xlsx_formula(CliXlsxSheet *sheet, guint row, guint column, const char *formula, double value,
                      const CliXlsxStyle *style) {
  if (!is_inside(sheet, row, column)) return;
  worksheet_write_formula_num(sheet->sheet, row, (lxw_col_t)column, formula, format_of(sheet->book, style, NULL),
                              isfinite(value) ? value : 0);
  note_width(sheet, column, isfinite(value) ? number_width(value, style) : 0, style);
}

/* --- look --- */

void cli_xlsx_freeze(CliXlsxSheet *sheet, guint rows, guint columns) {
  if (!is_inside(sheet, rows, columns)) return;
  worksheet_freeze_panes(sheet->sheet, rows, (lxw_col_t)columns);
  if (rows > 0) worksheet_repeat_rows(sheet->sheet, 0, rows - 1);
}

void cli_xlsx_width(CliXlsxSheet *sheet, guint first_column, guint last_column, double characters) {
  if (!is_inside(sheet, 0, last_column) || first_column > last_column) return;
  worksheet_set_column(sheet->sheet, (lxw_col_t)first_column, (lxw_col_t)last_column, characters, NULL);
  if (sheet->fixed->len <= last_column) g_array_set_size(sheet->fixed, last_column + 1);
  for (guint c = first_column; c <= last_column; c++) g_array_index(sheet->fixed, gboolean, c) = TRUE;
}

void cli_xlsx_height(CliXlsxSheet *sheet, guint row, double points) {
  if (is_inside(sheet, row, 0)) worksheet_set_row(sheet->sheet, row, points, NULL);
}

void cli_xlsx_hide_grid(CliXlsxSheet *sheet) {
  worksheet_gridlines(sheet->sheet, LXW_HIDE_ALL_GRIDLINES);
}

/* In the code of footers & begins a command, and && is the sign; 255 bytes are the most that one may have. */
void cli_xlsx_footer(CliXlsxSheet *sheet, const char *text) {
  g_autofree char *valid = writable_text(text), *shown = g_utf8_substring(valid, 0, MIN(60, g_utf8_strlen(valid, -1)));
  g_auto(GStrv) parts = g_strsplit(shown, "&", -1);
  g_autofree char *escaped = g_strjoinv("&&", parts), *code = g_strconcat("&L&8", escaped, "&R&8&P / &N", NULL);
  worksheet_set_footer(sheet->sheet, code);
}

static gboolean is_range(CliXlsxSheet *sheet, CliXlsxRange range) {
  return is_inside(sheet, range.last_row, range.last_column) && range.first_row <= range.last_row &&
         range.first_column <= range.last_column;
}

void cli_xlsx_filter(CliXlsxSheet *sheet, CliXlsxRange range) {
  if (is_range(sheet, range))
    worksheet_autofilter(sheet->sheet, range.first_row, (lxw_col_t)range.first_column, range.last_row,
                         (lxw_col_t)range.last_column);
}

void cli_xlsx_merge(CliXlsxSheet *sheet, CliXlsxRange range, const char *text, const CliXlsxStyle *style) {
  g_autofree char *valid = is_range(sheet, range) ? checked_text(sheet, range.first_row, text) : NULL;
  if (!valid) return;
  if (range.first_row == range.last_row && range.first_column == range.last_column)
    cli_xlsx_text(sheet, range.first_row, range.first_column, valid, style);
  else
    worksheet_merge_range(sheet->sheet, range.first_row, (lxw_col_t)range.first_column, range.last_row,
                          (lxw_col_t)range.last_column, valid, format_of(sheet->book, style, NULL));
}

void cli_xlsx_tab_colour(CliXlsxSheet *sheet, guint32 colour) {
  worksheet_set_tab_color(sheet->sheet, colour);
}

void cli_xlsx_scale(CliXlsxSheet *sheet, CliXlsxRange range, const CliXlsxScale *scale) {
  if (!is_range(sheet, range)) return;
  lxw_conditional_format rule = {.type = scale->middle ? LXW_CONDITIONAL_3_COLOR_SCALE : LXW_CONDITIONAL_2_COLOR_SCALE,
                                 .min_color = scale->low,
                                 .mid_color = scale->middle,
                                 .max_color = scale->high};
  if (scale->has_points) {
    rule.min_rule_type = rule.mid_rule_type = rule.max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER;
    rule.min_value = scale->low_at;
    rule.mid_value = scale->middle_at;
    rule.max_value = scale->high_at;
  }
  worksheet_conditional_format_range(sheet->sheet, range.first_row, (lxw_col_t)range.first_column, range.last_row,
                                     (lxw_col_t)range.last_column, &rule);
}

/* --- saving --- */

static void fit_columns(const CliXlsxSheet *sheet) {
  for (guint c = 0; c < sheet->widest->len; c++) {
    gboolean fixed = c < sheet->fixed->len && g_array_index(sheet->fixed, gboolean, c);
    double width = CLAMP((double)g_array_index(sheet->widest, gsize, c) + 2, MIN_WIDTH, MAX_WIDTH);
    if (!fixed && g_array_index(sheet->widest, gsize, c) > 0)
      worksheet_set_column(sheet->sheet, (lxw_col_t)c, (lxw_col_t)c, width, NULL);
  }
}

static gboolean close_book(CliXlsx *book, GError **error) {
  if (book->sheets->len == 0) cli_xlsx_add_sheet(book, "Sheet");
  for (guint i = 0; i < book->sheets->len; i++) fit_columns(g_ptr_array_index(book->sheets, i));
  lxw_error code = workbook_close(book->book);
  book->book = NULL;
  if (code != LXW_NO_ERROR)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "a workbook could not be written to %s: %s", g_get_tmp_dir(),
                lxw_strerror(code));
  return code == LXW_NO_ERROR;
}

/* The whole file's bytes; the caller frees. */
static char *finish(CliXlsx *book, gsize *length, GError **error) {
  g_return_val_if_fail(book->book != NULL, NULL);
  if (book->problem) {
    g_propagate_error(error, g_steal_pointer(&book->problem));
    return NULL;
  }
  char *bytes = NULL;
  g_autoptr(GError) failed = NULL;
  if (!close_book(book, error)) return NULL;
  if (!g_file_get_contents(book->made_at, &bytes, length, &failed))
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", failed->message);
  return bytes;
}

gboolean cli_xlsx_write(CliXlsx *book, FILE *out, GError **error) {
  gsize length = 0;
  g_autofree char *bytes = finish(book, &length, error);
  if (!bytes) return FALSE;
  if (fwrite(bytes, 1, length, out) == length && fflush(out) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the workbook cannot be written: %s", g_strerror(errno));
  return FALSE;
}

/* What is no plain file (a pipe, a terminal, /dev/stdout) is written to; a plain one is put in the old one's place. */
gboolean cli_xlsx_save(CliXlsx *book, const char *path, GError **error) {
  if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR | G_FILE_TEST_IS_DIR)) {
    FILE *out = fopen(path, "wb");
    gboolean written = out && cli_xlsx_write(book, out, error);
    if (!out)
      g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be written: %s", path, g_strerror(errno));
    else
      fclose(out);
    return written;
  }
  gsize length = 0;
  g_autofree char *bytes = finish(book, &length, error);
  g_autoptr(GError) failed = NULL;
  if (!bytes) return FALSE;
  if (g_file_set_contents(path, bytes, (gssize)length, &failed)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be written: %s", path, failed->message);
  return FALSE;
}
