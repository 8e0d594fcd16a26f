/* Sources that somebody wrote who may load and no more. SQL can read whatever the program can, and a path leads
 * wherever it likes: neither is theirs to write. */
#include "ingest/source.h"

static gboolean check_file(const SourceTable *table, const char *file, GError **error) {
  gboolean is_name = *file && *file != '.' && !strpbrk(file, "/\\");
  if (is_name) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, table->span, "%s: a file is named as it was brought, without folders: \"%s\"",
                table->name, file);
  return FALSE;
}

static void add_sql(GHashTable *known, const char *sql) {
  if (sql) g_hash_table_add(known, (gpointer)sql);
}

static GHashTable *sql_of(const IngestSource *source) {
  GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint m = 0; source && m < source->n_maps; m++) {
    add_sql(known, source->maps[m].where);
    for (guint c = 0; c < source->maps[m].n_columns; c++) {
      add_sql(known, source->maps[m].columns[c].sql);
      add_sql(known, source->maps[m].columns[c].when);
    }
  }
  return known;
}

static gboolean check_sql(GHashTable *known, const char *sql, BaseSpan span, GError **error) {
  if (!sql || g_hash_table_contains(known, sql)) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, span,
                "\"%s\" is SQL that was not proposed: who runs the server can write it into the source's file", sql);
  return FALSE;
}

static gboolean check_map(GHashTable *known, const SourceMap *map, GError **error) {
  if (!check_sql(known, map->where, map->span, error)) return FALSE;
  for (guint c = 0; c < map->n_columns; c++) {
    const SourceColumn *column = &map->columns[c];
    if (!check_sql(known, column->sql, column->span, error) || !check_sql(known, column->when, column->span, error))
      return FALSE;
  }
  return TRUE;
}

gboolean ingest_source_check_foreign(const IngestSource *source, const IngestSource *proposed, GError **error) {
  g_autoptr(GHashTable) known = sql_of(proposed);
  for (guint t = 0; t < source->n_tables; t++)
    for (char **file = source->tables[t].files; file && *file; file++)
      if (!check_file(&source->tables[t], *file, error)) return FALSE;
  for (guint m = 0; m < source->n_maps; m++)
    if (!check_map(known, &source->maps[m], error)) return FALSE;
  return TRUE;
}
