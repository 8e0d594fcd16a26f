/* Tables that people made in a spreadsheet program and gave back: CSV and xlsx files as rows of texts.
 *
 *   file ─► is it a zip? ─ yes ─► package ─► workbook ─► cells of one sheet ─┐
 *                          no ──► text in some encoding ─► dialect ─► fields ─┴─► SheetTable
 *
 * Everything in a file is foreign: what it may ask for has caps, and it is read without a file or address that it
 * names. */
#pragma once

#include "base/text.h"

#include <glib.h>

#define SHEET_MAX_FILE_BYTES (64 << 20)
#define SHEET_MAX_PART_BYTES (256 << 20) /* of one part of a workbook, once it is unpacked */
#define SHEET_MAX_CELLS      2000000     /* rows times columns */

/* One sheet. The texts of an xlsx file's cells are: of a number its decimal to 15 digits, of
 * a day 2027-01-31 (2027-01 where the cell shows only month and year, 2027 where only the year), of a truth true or
 * false, of an error its name (#DIV/0!), of a formula whose value is not in the file the formula (=B2*2). */
typedef struct {
  gsize n_rows, n_columns;
  const char **texts; /* by row; NULL: an empty cell */
  GStringChunk *chunk;
  char separator; /* between the fields of a text file; 0: it was a workbook, whose numbers are numbers */
} SheetTable;

void sheet_table_free(SheetTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SheetTable, sheet_table_free)
/* Spaces around it are left out; NULL: the cell is empty, or outside. */
const char *sheet_text(const SheetTable *table, gsize row, gsize column);
/* "B3" of the third row's second column; the caller frees. */
char *sheet_cell_name(gsize row, gsize column);

/* The table of a file: xlsx by its first bytes, else text. `sheet` is the name of one of a workbook's sheets, NULL for
 * its first that is visible. Errors: IO; INPUT for what is neither, is damaged or protected; NOT_FOUND for the sheet;
 * LIMIT with the cap's name. */
SheetTable *sheet_read_file(const char *path, const char *sheet, GError **error);
/* The same of bytes; messages do not name a file. */
SheetTable *sheet_read_bytes(const char *bytes, gsize length, const char *sheet, GError **error);
