/* Workbooks for spreadsheet programs: sheets, typed cells with number formats, heads that stay in view, colour scales.
 * libxlsxwriter is used in xlsx.c only.
 *
 *   CliXlsx *book = cli_xlsx_new("Targets 2027", session->now_us);
 *   CliXlsxSheet *sheet = cli_xlsx_add_sheet(book, "North");
 *   cli_xlsx_text(sheet, 0, 0, "Rep", &cli_xlsx_head);
 *   cli_xlsx_number(sheet, 1, 1, 0.31, &(CliXlsxStyle){.number = cli_xlsx_format(CLI_NUMBER_PERCENT, NULL, 1)});
 *   cli_xlsx_freeze(sheet, 1, 1);
 *   cli_xlsx_save(book, path, error);
 *
 * Rows and columns count from 0. What goes wrong while cells are written (too many rows, a text that is too long) is
 * told when the book is saved. */
#pragma once

#include "base/day.h"
#include "cli/cli.h"

#define CLI_XLSX_MAX_ROWS    1048576
#define CLI_XLSX_MAX_COLUMNS 16384

typedef struct CliXlsx CliXlsx;
typedef struct CliXlsxSheet CliXlsxSheet; /* owned by its book */

typedef enum { CLI_XLSX_BY_TYPE, CLI_XLSX_LEFT, CLI_XLSX_CENTRE, CLI_XLSX_RIGHT } CliXlsxAlign;

/* A zeroed one is a plain cell. Colours are 0xRRGGBB, 0 for none. */
typedef struct {
  const char *number; /* a spreadsheet's format code: "0.0%"; NULL: general, and yyyy-mm-dd of days */
  gboolean bold, italic, wrap;
  CliXlsxAlign align;
  guint indent;
  double size; /* points; 0: the usual 11 */
  guint32 colour, fill;
  gboolean rule_above, rule_below;
  gboolean overflows; /* a title: its length does not make the column wider */
} CliXlsxStyle;

extern const CliXlsxStyle cli_xlsx_title; /* large and bold, may run over the cells beside it */
extern const CliXlsxStyle cli_xlsx_head;  /* of a column: bold on a light ground, with a rule below, wrapped */
extern const CliXlsxStyle cli_xlsx_total; /* bold, with a rule above */
extern const CliXlsxStyle cli_xlsx_note;  /* small and grey, may run over the cells beside it */

/* The format code of numbers as cli_format_number() writes them, with so many decimals: "0.0%", "#,##0", "[$EUR]
 * #,##0". `currency` is of MONEY only. It stays valid for the program's life. */
const char *cli_xlsx_format(CliNumberStyle style, const char *currency, guint decimals);

/* `made_us` stands in the file as the time of its making. */
CliXlsx *cli_xlsx_new(const char *title, gint64 made_us);
void cli_xlsx_free(CliXlsx *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliXlsx, cli_xlsx_free)
/* Writes the book, whole or not at all, and ends it: then it is only freed. A book without sheets gets an empty one.
 * Errors: IO; LIMIT for what was too much for a sheet. */
gboolean cli_xlsx_save(CliXlsx *book, const char *path, GError **error);
gboolean cli_xlsx_write(CliXlsx *book, FILE *out, GError **error); /* the same, to a stream */

/* A name that sheets may not have is mended: no []:*?/\, at most 31 characters, no two alike. */
CliXlsxSheet *cli_xlsx_add_sheet(CliXlsx *book, const char *name);
const char *cli_xlsx_sheet_name(const CliXlsxSheet *sheet); /* as it was mended */

/* Cells. `style` may be NULL. Texts are copied; a text is never taken for a formula. */
void cli_xlsx_text(CliXlsxSheet *sheet, guint row, guint column, const char *text, const CliXlsxStyle *style);
void cli_xlsx_number(CliXlsxSheet *sheet, guint row, guint column, double value, const CliXlsxStyle *style);
void cli_xlsx_value(CliXlsxSheet *sheet, guint row, guint column, gboolean has, double value,
                    const CliXlsxStyle *style); /* a blank where there is none, or where it is not finite */
void cli_xlsx_day(CliXlsxSheet *sheet, guint row, guint column, BaseDay day, const CliXlsxStyle *style);
void cli_xlsx_bool(CliXlsxSheet *sheet, guint row, guint column, gboolean value, const CliXlsxStyle *style);
void cli_xlsx_blank(CliXlsxSheet *sheet, guint row, guint column, const CliXlsxStyle *style);
/* "=SUM(B2:B9)" with the value that it has, for programs that do not calculate. */
void cli_xlsx_formula(CliXlsxSheet *sheet, guint row, guint column, const char *formula, double value,
                      const CliXlsxStyle *style);

/* --- the look of a sheet --- */
typedef struct {
  guint first_row, first_column, last_row, last_column; /* all in it */
} CliXlsxRange;

/* The first rows and columns stay in view, and the rows are repeated on every printed page. */
void cli_xlsx_freeze(CliXlsxSheet *sheet, guint rows, guint columns);
/* In characters. Columns whose width is not said get that of their widest cell, up to 60. */
void cli_xlsx_width(CliXlsxSheet *sheet, guint first_column, guint last_column, double characters);
void cli_xlsx_height(CliXlsxSheet *sheet, guint row, double points); /* usual: 15 */
void cli_xlsx_hide_grid(CliXlsxSheet *sheet);                        /* a page to read and not to fill in */
/* At the foot of every printed page, with the number of the page at the right. */
void cli_xlsx_footer(CliXlsxSheet *sheet, const char *text);
void cli_xlsx_filter(CliXlsxSheet *sheet, CliXlsxRange range); /* buttons in its first row to filter and sort by */
void cli_xlsx_merge(CliXlsxSheet *sheet, CliXlsxRange range, const char *text, const CliXlsxStyle *style);
void cli_xlsx_tab_colour(CliXlsxSheet *sheet, guint32 colour);

/* Cells of a range coloured by their value: from `low` at `low_at` over `middle` to `high`. Without `has_points` the
 * range's own least value, median and greatest; `middle` 0: no middle. */
typedef struct {
  guint32 low, middle, high;
  gboolean has_points;
  double low_at, middle_at, high_at;
} CliXlsxScale;

extern const CliXlsxScale cli_xlsx_red_to_green; /* light, so that black figures stay readable */
void cli_xlsx_scale(CliXlsxSheet *sheet, CliXlsxRange range, const CliXlsxScale *scale);
