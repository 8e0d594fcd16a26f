#include "table.h"

#include "../unit.h"
#include "base/day.h"

#include <string.h>

/* One record from *at; NULL at the end of the text. */
static char **read_record(const char **at, guint expected) {
  if (**at == '\0') return NULL;
  g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GString) field = g_string_new(NULL);
  gboolean quoted = FALSE;
  const char *c = *at;
  for (;; c++) {
    if (quoted && c[0] == '"' && c[1] == '"') {
      g_string_append_c(field, *c++);
    } else if (*c == '"') {
      quoted = !quoted;
    } else if (!quoted && (*c == ',' || *c == '\n')) {
      g_ptr_array_add(fields, g_strdup(field->str));
      g_string_truncate(field, 0);
      if (*c == '\n') break;
    } else {
      assert_int_not_equal(*c, '\0');
      g_string_append_c(field, *c);
    }
  }
  *at = c + 1;
  if (expected > 0) assert_int_equal(fields->len, expected);
  g_ptr_array_add(fields, NULL);
  return (char **)g_ptr_array_steal(fields, NULL);
}

Table *table_read(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, "exports", name, NULL);
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  Table *table = g_new0(Table, 1);
  const char *at = text;
  table->header = read_record(&at, 0);
  table->n_columns = g_strv_length(table->header);
  table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  for (char **row; (row = read_record(&at, table->n_columns)) != NULL;) g_ptr_array_add(table->rows, row);
  return table;
}

void table_free(Table *table) {
  if (table == NULL) return;
  g_strfreev(table->header);
  g_ptr_array_unref(table->rows);
  g_free(table);
}

guint table_n(const Table *table) {
  return table->rows->len;
}

gboolean table_has(const Table *table, const char *column) {
  return g_strv_contains((const char *const *)table->header, column);
}

const char *table_get(const Table *table, guint row, const char *column) {
  char **fields = g_ptr_array_index(table->rows, row);
  for (guint i = 0; i < table->n_columns; i++)
    if (strcmp(table->header[i], column) == 0) return fields[i];
  fail_msg("no column %s", column);
  return NULL;
}

gint64 table_minor(const Table *table, guint row, const char *column) {
  const char *text = table_get(table, row, column);
  char *end;
  gint64 major = g_ascii_strtoll(text, &end, 10);
  assert_int_equal(*end, '.');
  assert_int_equal(strlen(end), 3);
  gint64 minor = g_ascii_strtoll(end + 1, NULL, 10);
  return text[0] == '-' ? major * 100 - minor : major * 100 + minor;
}

gint32 table_day(const Table *table, guint row, const char *column) {
  const char *text = table_get(table, row, column);
  if (*text == '\0') return BASE_DAY_NONE;
  char date[11] = {0};
  memcpy(date, text, MIN(strlen(text), 10));
  BaseDay day;
  assert_true(base_day_parse_iso(date, &day));
  return day;
}

gint64 table_minutes(const Table *table, guint row, const char *column) {
  const char *text = table_get(table, row, column);
  assert_int_equal(strlen(text), 16);
  return (gint64)table_day(table, row, column) * 1440 + g_ascii_strtoll(text + 11, NULL, 10) * 60 +
         g_ascii_strtoll(text + 14, NULL, 10);
}

GHashTable *table_index(const Table *table, const char *column) {
  GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < table_n(table); i++)
    g_hash_table_replace(index, (gpointer)table_get(table, i, column), GUINT_TO_POINTER(i + 1));
  return index;
}

int table_find(GHashTable *index, const char *text) {
  return (int)GPOINTER_TO_UINT(g_hash_table_lookup(index, text)) - 1;
}
