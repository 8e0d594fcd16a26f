/* Reads the simulated company's files back: a CSV file as rows by column name. For tests of src/demo. */
#pragma once

#include <glib.h>

typedef struct {
  char **header;
  guint n_columns;
  GPtrArray *rows; /* of char **, n_columns each */
} Table;

/* Quoted fields may hold commas, quotes and line ends (RFC 4180). Ends the test when the file cannot be read or a row
 * is short. */
Table *table_read(const char *folder, const char *name);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)
guint table_n(const Table *table);
const char *table_get(const Table *table, guint row, const char *column);
gboolean table_has(const Table *table, const char *column);
/* "1234.56" → 123456; the text must have two decimals. */
gint64 table_minor(const Table *table, guint row, const char *column);
/* Days since 1970 of a date or time; BASE_DAY_NONE when empty. */
gint32 table_day(const Table *table, guint row, const char *column);
/* Minutes since 1970 of a time. */
gint64 table_minutes(const Table *table, guint row, const char *column);
/* Row numbers (GUINT_TO_POINTER(row + 1)) by the text of a column; the last row of a text wins. */
GHashTable *table_index(const Table *table, const char *column);
/* A row by its text, or -1. */
int table_find(GHashTable *index, const char *text);
