/* Staging: each file is read as text, by itself, with the dialect found for it, into one temp table for all files of a
 * source's table.
 *
 * Files of one glob may differ in dialect and in the order of their columns; they are put together by header
 * (read_headers.c). Lines that are no rows are kept by read_csv.c and told later, as rejected rows. */
#include "ingest/read.h"

#include <glib/gstdio.h>

#define LARGE_BYTES (1 << 25)

/* --- the staging table --- */

static gboolean has_header(const ReadStage *stage, const char *header) {
  for (guint i = 0; i < stage->headers->len; i++) {
    if (g_ascii_strcasecmp(stage->headers->pdata[i], header) == 0) return TRUE;
  }
  return FALSE;
}

gboolean read_stage_widen(Load *load, ReadStage *stage, char *const *headers, guint n_headers, GError **error) {
  g_autofree char *table = store_quote_name(stage->name);
  for (guint i = 0; i < n_headers; i++) {
    if (has_header(stage, headers[i])) continue;
    g_autofree char *column = store_quote_name(headers[i]);
    if (!load_run(load, NULL, error, "ALTER TABLE %s ADD COLUMN %s VARCHAR", table, column)) return FALSE;
    g_ptr_array_add(stage->headers, g_strdup(headers[i]));
  }
  return TRUE;
}

gboolean read_stage_append(Load *load, ReadStage *stage, guint file, char *const *headers, guint n_headers,
                           const char *select, GError **error) {
  g_autofree char *table = store_quote_name(stage->name);
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  gint64 n_rows = 0;
  if (stage->headers->len == 0) {
    load_temporary(load, stage->name);
    for (guint i = 0; i < n_headers; i++) g_ptr_array_add(stage->headers, g_strdup(headers[i]));
    if (!load_run(load, NULL, error, "CREATE TEMP TABLE %s AS SELECT %u::INTEGER AS _file, * FROM (%s)", table, file,
                  select) ||
        !load_count(load, &n_rows, error, "SELECT count(*) FROM %s", table)) {
      return FALSE;
    }
  } else if (!read_stage_widen(load, stage, headers, n_headers, error) ||
             !load_run(load, &n_rows, error, "INSERT INTO %s BY NAME SELECT %u::INTEGER AS _file, * FROM (%s)", table,
                       file, select)) {
    return FALSE;
  }
  read->first_row = stage->n_rows;
  read->n_rows = n_rows;
  stage->n_rows += n_rows;
  return TRUE;
}

/* --- a source's table --- */

const char *read_suffix(const char *path) {
  static const char *const all[] = {".json", ".ndjson", ".jsonl", ".parquet"};
  g_autofree char *lower = g_ascii_strdown(path, -1);
  if (g_str_has_suffix(lower, ".gz")) lower[strlen(lower) - 3] = '\0';
  for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
    if (g_str_has_suffix(lower, all[i])) return all[i];
  }
  return ".csv";
}

static gboolean read_file(Load *load, ReadStage *stage, guint file, const SourceTable *table, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  load_progress(load, -1, "reading %s", read->shown);
  const char *suffix = read_suffix(read->path);
  if (g_str_equal(suffix, ".parquet")) return read_parquet_file(load, stage, file, error);
  if (!g_str_equal(suffix, ".csv")) return read_json_file(load, stage, file, table, error);
  return read_csv_file(load, stage, file, table, error);
}

static void clear_file(gpointer data) {
  ReadFile *file = data;
  g_free(file->path);
  g_free(file->shown);
  g_free(file->tail);
  g_free(file->json_rows);
  read_text_clear(&file->text);
  read_dialect_clear(&file->dialect);
}

static void clear_broken(gpointer data) {
  ReadBroken *broken = data;
  g_free(broken->reason);
  g_free(broken->text);
}

static ReadStage *new_stage(const SourceTable *table, const char *prefix, guint index) {
  ReadStage *stage = g_new0(ReadStage, 1);
  stage->table = table;
  stage->name = g_strdup_printf("attain_%s_%u", prefix, index);
  stage->headers = g_ptr_array_new_with_free_func(g_free);
  stage->files = g_array_new(FALSE, TRUE, sizeof(ReadFile));
  g_array_set_clear_func(stage->files, clear_file);
  stage->broken = g_array_new(FALSE, TRUE, sizeof(ReadBroken));
  g_array_set_clear_func(stage->broken, clear_broken);
  return stage;
}

/* Files are named as seen from the source's folder. */
static char *shown_name(const IngestSource *source, const char *path) {
  gsize n = strlen(source->folder);
  if (g_str_has_prefix(path, source->folder) && path[n] == '/') return g_strdup(path + n + 1);
  return g_strdup(path);
}

static gboolean is_large_text(const char *path) {
  GStatBuf status;
  return g_str_equal(read_suffix(path), ".csv") && g_stat(path, &status) == 0 && status.st_size >= LARGE_BYTES;
}

ReadStage *read_stage_new(const IngestSource *source, const SourceTable *table, guint index, const GPtrArray *paths) {
  ReadStage *stage = new_stage(table, "stage", index);
  for (guint i = 0; i < paths->len; i++) {
    ReadFile file = {.path = g_strdup(paths->pdata[i]), .shown = shown_name(source, paths->pdata[i])};
    g_array_append_val(stage->files, file);
  }
  return stage;
}

gboolean read_stage_files(Load *load, ReadStage *stage, const SourceTable *table, GError **error) {
  for (guint i = 0; i < stage->files->len; i++) {
    if (!read_file(load, stage, i, table, error)) return FALSE;
  }
  return TRUE;
}

ReadStage *read_stage(Load *load, const SourceTable *table, guint index, gboolean is_once, GError **error) {
  g_autoptr(GPtrArray) paths = read_find_files(load->source, table, error);
  if (!paths) return NULL;
  ReadStage *stage = read_stage_new(load->source, table, index, paths);
  gboolean is_view = is_once && paths->len == 1 && is_large_text(paths->pdata[0]);
  if (is_view ? read_csv_view(load, stage, table, error) : read_stage_files(load, stage, table, error)) return stage;
  read_stage_free(stage);
  return NULL;
}

ReadStage *read_stage_rows(Load *load, const SourceMap *map, guint index, GError **error) {
  const SourceRows *rows = map->rows;
  ReadStage *stage = new_stage(NULL, "rows", index);
  ReadFile file = {.path = g_strdup(load->source->file)};
  file.shown = g_path_get_basename(load->source->file);
  g_array_append_val(stage->files, file);
  stage->lines = rows->lines;
  g_autoptr(GString) sql = g_string_new("SELECT * FROM (VALUES ");
  for (guint r = 0; r < rows->n_rows; r++) {
    g_string_append(sql, r ? ", (" : "(");
    for (guint c = 0; c < rows->n_columns; c++) {
      const char *cell = rows->cells[(gsize)r * rows->n_columns + c];
      g_autofree char *quoted = cell ? store_quote_text(cell) : g_strdup("NULL");
      g_string_append_printf(sql, "%s%s::VARCHAR", c ? ", " : "", quoted);
    }
    g_string_append_c(sql, ')');
  }
  g_string_append(sql, ") AS v(");
  for (guint c = 0; c < rows->n_columns; c++) {
    g_autofree char *name = store_quote_name(rows->columns[c]);
    g_string_append_printf(sql, "%s%s", c ? ", " : "", name);
  }
  g_string_append_c(sql, ')');
  if (rows->n_rows == 0 || rows->n_columns == 0) return stage;
  if (read_stage_append(load, stage, 0, rows->columns, rows->n_columns, sql->str, error)) return stage;
  read_stage_free(stage);
  return NULL;
}

void read_stage_free(ReadStage *stage) {
  if (!stage) return;
  g_free(stage->name);
  g_free(stage->cursor);
  g_free(stage->cursor_from);
  g_free(stage->cursor_to);
  g_ptr_array_unref(stage->headers);
  g_array_unref(stage->files);
  g_array_unref(stage->broken);
  g_free(stage);
}

/* --- lines --- */

static GHashTable *broken_lines(const ReadStage *stage, guint file) {
  GHashTable *lines = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint i = 0; i < stage->broken->len; i++) {
    ReadBroken *broken = &g_array_index(stage->broken, ReadBroken, i);
    if (broken->file == file) g_hash_table_add(lines, &broken->line);
  }
  return lines;
}

static gboolean is_blank_record(const char *at, const char *next) {
  while (at < next && (*at == '\n' || *at == '\r')) at++;
  return at == next;
}

void read_stage_lines(const ReadStage *stage, guint file, const gint64 *rows, gsize n, gint64 *lines) {
  const ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  if (stage->lines || read->dialect.n_headers == 0) {
    for (gsize i = 0; i < n; i++) lines[i] = stage->lines ? stage->lines[rows[i]] : rows[i] - read->first_row + 1;
    return;
  }
  g_autoptr(GMappedFile) mapped = g_mapped_file_new(read->text.path, FALSE, NULL);
  const char *at = mapped ? g_mapped_file_get_contents(mapped) : NULL;
  const char *end = at ? at + g_mapped_file_get_length(mapped) : NULL;
  gint64 row = read->first_row;
  gint64 line = 1;
  g_autoptr(GHashTable) broken = broken_lines(stage, file);
  gboolean drops_blank = read->dialect.n_headers > 1;
  for (gsize i = 0; at < end && i < n;) {
    guint n_lines = 0;
    const char *next = read_record_end(at, end, read->dialect.quote, read->dialect.delimiter, &n_lines);
    gboolean is_row = line > read->dialect.skip && !(drops_blank && is_blank_record(at, next)) &&
                      !g_hash_table_contains(broken, &line);
    while (is_row && i < n && rows[i] == row) lines[i++] = line;
    row += is_row;
    line += n_lines;
    at = next;
  }
}
