/* What the files of src/sheet share. Private to it. */
#pragma once

#include "sheet/sheet.h"

/* --- table.c --- */
typedef struct {
  guint row, column;
  const char *text; /* lives as long as the chunk */
} SheetCell;

/* The table of these cells, which takes the chunk; the later of two at one place counts. Errors: LIMIT. */
SheetTable *sheet_table_new(const GArray *cells, GStringChunk *chunk, GError **error);

/* --- csv.c --- */
SheetTable *sheet_csv_read(const char *bytes, gsize length, GError **error);

/* --- xlsx.c --- */
SheetTable *sheet_xlsx_read(const char *bytes, gsize length, const char *sheet, GError **error);

/* --- xlsx_formats.c --- */
typedef enum { SHEET_PLAIN, SHEET_DAY, SHEET_MONTH, SHEET_YEAR } SheetFormat;
/* What a number format makes of a number: builtin ones by `id`, else by its code. */
SheetFormat sheet_format_of(guint id, const char *code);
/* A number of a cell as text; the caller frees. `from_1904`: the workbook counts days from 1904. */
char *sheet_number_text(double value, SheetFormat format, gboolean from_1904);

/* --- package.c: parts of a zip, as XML --- */
typedef struct SheetParse SheetParse;
typedef struct {
  void (*start)(SheetParse *parse, const char *name, const char **attributes); /* names without their namespaces */
  void (*end)(SheetParse *parse, const char *name);
  void (*text)(SheetParse *parse, const char *text, gsize length);
} SheetHandlers;

struct SheetParse {
  gpointer data;
  const SheetHandlers *handlers;
  gpointer parser; /* XML_Parser */
  guint depth;
  GError *error;
};
/* Ends the parse with an error. */
void sheet_parse_fail(SheetParse *parse, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Of attributes as handlers get them; NULL: not there. */
const char *sheet_attribute(const char **attributes, const char *name);

typedef struct SheetPackage SheetPackage;
SheetPackage *sheet_package_open(const char *bytes, gsize length, GError **error); /* the bytes stay the caller's */
void sheet_package_free(SheetPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SheetPackage, sheet_package_free)
gboolean sheet_package_has(const SheetPackage *package, const char *path);
gboolean sheet_package_parse(const SheetPackage *package, const char *path, const SheetHandlers *handlers,
                             gpointer data, GError **error);
/* XML that is there; for what is no part of a zip. */
gboolean sheet_parse_xml(const char *xml, gsize length, const SheetHandlers *handlers, gpointer data, GError **error);

/* --- xlsx_cells.c: one sheet's part --- */
typedef struct {
  GPtrArray *strings; /* char *: the shared strings; owned by whoever reads */
  GArray *formats;    /* guint8, SheetFormat: of each cell style */
  gboolean from_1904;
  GStringChunk *chunk;
  GArray *cells; /* SheetCell: found */
} SheetReading;
extern const SheetHandlers sheet_cell_handlers; /* data is a SheetCells */
typedef struct {
  SheetReading *reading;
  guint row, column; /* of the cell, or of the next */
  char type[12];
  guint style;
  gboolean in_cell, takes; /* takes: the text between tags is the value's */
  guint phonetic;          /* within how many <rPh> */
  gboolean in_formula;
  GString *value, *formula;
} SheetCells;
void sheet_cells_init(SheetCells *cells, SheetReading *reading);
void sheet_cells_clear(SheetCells *cells);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SheetCells, sheet_cells_clear)
/* Appends text to a value. FALSE: it is too long, and the parse has ended. */
gboolean sheet_append_text(SheetParse *parse, GString *value, const char *text, gsize length);
/* "_x000D_" as the character it stands for, in place. */
void sheet_unescape(GString *text);
