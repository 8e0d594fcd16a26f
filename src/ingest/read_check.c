/* A source against its files as they are now, for `attain check`: is every file there, and every column that the
 * mapping names?
 *
 *   tables ─► files ─► headers, from the beginning of each file ─► columns, look-ups and expressions of the mapping
 *
 * Nothing is loaded, and however large a file is, no more than its beginning is read. A table of many files is known as
 * soon as every column that is wanted of it was met; the newest file, by its name, is looked at first. Of JSON too
 * large to be read whole the columns stay unknown: a record may leave out what others have. */
#include "ingest/read.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define HEAD_BYTES      (1 << 20) /* what a load looks at before it decides */
#define MOST_JSON_BYTES (4 << 20)

typedef struct {
  const IngestSource *source;
  Load load;          /* of nothing: its store is the scratch one */
  ReadStage **stages; /* by table; NULL: not needed, or could not be read */
  GPtrArray *problems;
} Check;

static void add_problem(Check *check, GError *problem) {
  problem->message[strcspn(problem->message, "\n")] = '\0';
  g_ptr_array_add(check->problems, g_strdup(problem->message));
}

/* A store in memory, made when the first file or expression needs one. */
static gboolean open_scratch(Check *check, GError **error) {
  if (check->load.store) return TRUE;
  check->load.store = store_open(NULL, NULL, STORE_CREATE, 0, error);
  return check->load.store && load_make_macros(check->load.store, error);
}

/* --- headers --- */

static gsize read_unpacked(const char *path, guchar *head, GError **error) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GFileInputStream) in = g_file_read(file, NULL, error);
  if (!in) return 0;
  gsize n = 0;
  g_autoptr(GConverter) unzip = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr(GInputStream) unpacked = g_converter_input_stream_new(G_INPUT_STREAM(in), unzip);
  g_input_stream_read_all(unpacked, head, HEAD_BYTES, &n, NULL, n ? NULL : error);
  return n;
}

static gsize read_plain(const char *path, guchar *head, GError **error) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GFileInputStream) in = g_file_read(file, NULL, error);
  gsize n = 0;
  if (in) g_input_stream_read_all(G_INPUT_STREAM(in), head, HEAD_BYTES, &n, NULL, error);
  return n;
}

/* The beginning of a large or packed file as a file of its own. */
static char *copy_head(const char *path, gboolean is_packed, GError **error) {
  g_autofree guchar *head = g_malloc(HEAD_BYTES);
  gsize n = is_packed ? read_unpacked(path, head, error) : read_plain(path, head, error);
  char *copy = NULL;
  if (n == 0) return NULL;
  int file = g_file_open_tmp("attain-XXXXXX.csv", &copy, error);
  if (file < 0) return NULL;
  g_close(file, NULL);
  if (g_file_set_contents(copy, (const char *)head, (gssize)n, error)) return copy;
  g_unlink(copy);
  g_free(copy);
  return NULL;
}

static void add_headers(ReadStage *stage, char *const *headers, guint n) {
  for (guint i = 0; i < n; i++)
    if (!g_ptr_array_find_with_equal_func(stage->headers, headers[i], g_str_equal, NULL))
      g_ptr_array_add(stage->headers, g_strdup(headers[i]));
}

static gboolean read_text_headers(ReadStage *stage, ReadFile *read, GError **error) {
  GStatBuf status;
  g_autofree char *lower = g_ascii_strdown(read->path, -1);
  gboolean is_packed = g_str_has_suffix(lower, ".gz");
  gboolean is_large = g_stat(read->path, &status) == 0 && status.st_size > HEAD_BYTES;
  g_autofree char *copy = NULL;
  if ((is_packed || is_large) && !(copy = copy_head(read->path, is_packed, error))) return FALSE;
  gboolean ok =
      read_text_open(copy ? copy : read->path, read->shown, stage->table->csv.encoding, FALSE, &read->text, error) &&
      read_sniff(read, stage->table, error);
  if (ok) {
    g_auto(GStrv) headers = read_unique_headers(read->dialect.headers, read->dialect.n_headers, NULL);
    add_headers(stage, headers, read->dialect.n_headers);
  }
  read_text_clear(&read->text);
  if (copy) g_unlink(copy);
  return ok;
}

static gboolean read_parquet_headers(Check *check, ReadStage *stage, const ReadFile *read, GError **error) {
  g_autofree char *path = store_quote_text(read->path);
  if (!open_scratch(check, error)) return FALSE;
  g_autoptr(StoreRows) rows =
      load_query(&check->load, error, "SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(%s))", path);
  if (!rows) return FALSE;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (gsize i = 0; i < store_rows_count(rows); i++)
    g_ptr_array_add(names, (gpointer)store_rows_value(rows, i, 0).text);
  add_headers(stage, (char *const *)names->pdata, names->len);
  return TRUE;
}

/* FALSE without an error: too large to tell. */
static gboolean read_json_headers(Check *check, ReadStage *stage, guint file, GError **error) {
  GStatBuf status;
  const ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  if (g_stat(read->path, &status) != 0 || status.st_size > MOST_JSON_BYTES) return FALSE;
  return open_scratch(check, error) && read_json_file(&check->load, stage, file, stage->table, error);
}

static gboolean read_headers(Check *check, ReadStage *stage, guint file, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  const char *suffix = read_suffix(read->path);
  if (g_str_equal(suffix, ".parquet")) return read_parquet_headers(check, stage, read, error);
  if (g_str_equal(suffix, ".csv")) return read_text_headers(stage, read, error);
  return read_json_headers(check, stage, file, error);
}

/* --- what the mapping wants of them --- */

static const SourceTable *table_named(const Check *check, const char *name) {
  return name ? source_find_table(check->source, name) : NULL;
}

static void want_header(Check *check, const ReadStage *stage, const char *name, BaseSpan span, guint *n_gone,
                        gboolean is_told) {
  g_autoptr(GError) gone = NULL;
  if (!name || read_stage_header(stage, name, span, &gone)) return;
  (*n_gone)++;
  if (is_told) add_problem(check, gone);
}

/* How many of the columns that any entry takes from the table are not there. */
static guint count_gone(Check *check, const ReadStage *stage, gboolean is_told) {
  guint n_gone = 0;
  want_header(check, stage, stage->table->cursor, stage->table->span, &n_gone, is_told);
  for (guint m = 0; m < check->source->n_maps; m++) {
    const SourceMap *map = &check->source->maps[m];
    for (guint c = 0; map->from && c < map->n_columns; c++) {
      const SourceColumn *column = &map->columns[c];
      if (map->from == stage->table) want_header(check, stage, column->of, column->span, &n_gone, is_told);
      if (table_named(check, column->lookup) != stage->table) continue;
      want_header(check, stage, column->equals, column->span, &n_gone, is_told);
      want_header(check, stage, column->take, column->span, &n_gone, is_told);
    }
  }
  return n_gone;
}

static gboolean is_wanted(const Check *check, const SourceTable *table) {
  for (guint m = 0; m < check->source->n_maps; m++) {
    const SourceMap *map = &check->source->maps[m];
    if (map->from == table) return TRUE;
    for (guint c = 0; c < map->n_columns; c++)
      if (table_named(check, map->columns[c].lookup) == table) return TRUE;
  }
  return FALSE;
}

/* The newest first: what is gone is gone from there. */
static ReadStage *look_at_table(Check *check, const SourceTable *table, guint index) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) paths = read_find_files(check->source, table, &error);
  if (!paths) {
    add_problem(check, error);
    return NULL;
  }
  ReadStage *stage = read_stage_new(check->source, table, index, paths);
  gboolean is_known = TRUE;
  for (guint i = paths->len; i-- > 0 && is_known;) {
    is_known = read_headers(check, stage, i, &error);
    if (is_known && count_gone(check, stage, FALSE) == 0) break;
  }
  if (error) {
    g_autoptr(GError) placed = NULL;
    base_error_at(&placed, BASE_ERROR_INPUT, table->span, "%s", error->message);
    add_problem(check, placed);
  }
  if (is_known) return stage;
  read_stage_free(stage);
  return NULL;
}

/* --- expressions --- */

static gboolean make_empty_table(Check *check, const ReadStage *stage, GError **error) {
  g_autofree char *name = store_quote_name(stage->name);
  g_autoptr(GString) columns = g_string_new("_file INTEGER");
  for (guint i = 0; i < stage->headers->len; i++) {
    g_autofree char *column = store_quote_name(stage->headers->pdata[i]);
    g_string_append_printf(columns, ", %s VARCHAR", column);
  }
  return open_scratch(check, error) &&
         load_run(&check->load, NULL, error, "CREATE OR REPLACE TEMP TABLE %s (%s)", name, columns->str);
}

static void try_expression(Check *check, const ReadStage *stage, const char *what, const char *sql, BaseSpan span) {
  if (!sql) return;
  g_autoptr(GError) failed = NULL;
  g_autofree char *name = store_quote_name(stage->name);
  g_autoptr(StoreRows) rows = NULL;
  if (make_empty_table(check, stage, &failed))
    rows = load_query(&check->load, &failed, "SELECT (%s) FROM %s LIMIT 0", sql, name);
  if (rows) return;
  g_autoptr(GError) told = NULL;
  base_error_at(&told, BASE_ERROR_INPUT, span, "%s: \"%s\" is no SQL over the columns of %s: %s", what, sql,
                stage->table->name, failed->message);
  add_problem(check, told);
}

static void check_expressions(Check *check) {
  for (guint m = 0; m < check->source->n_maps; m++) {
    const SourceMap *map = &check->source->maps[m];
    const ReadStage *stage = map->from ? check->stages[map->from - check->source->tables] : NULL;
    if (!stage) continue;
    try_expression(check, stage, "where", map->where, map->span);
    for (guint c = 0; c < map->n_columns; c++) {
      try_expression(check, stage, map->columns[c].target, map->columns[c].sql, map->columns[c].span);
      try_expression(check, stage, map->columns[c].target, map->columns[c].when, map->columns[c].span);
    }
  }
}

GPtrArray *ingest_source_check(const IngestSource *source) {
  static const IngestOptions quiet;
  Check check = {.source = source, .problems = g_ptr_array_new_with_free_func(g_free)};
  check.load = (Load){.source = source, .options = &quiet};
  check.load.notes = g_ptr_array_new_with_free_func(g_free);
  check.load.temporary = g_ptr_array_new_with_free_func(g_free);
  check.stages = g_new0(ReadStage *, source->n_tables + 1);
  for (guint i = 0; i < source->n_tables; i++) {
    if (!is_wanted(&check, &source->tables[i])) continue;
    check.stages[i] = look_at_table(&check, &source->tables[i], i);
    if (check.stages[i]) count_gone(&check, check.stages[i], TRUE);
  }
  check_expressions(&check);
  for (guint i = 0; i < source->n_tables; i++) read_stage_free(check.stages[i]);
  g_free(check.stages);
  g_ptr_array_unref(check.load.notes);
  g_ptr_array_unref(check.load.temporary);
  if (check.load.store) store_close(check.load.store);
  return check.problems;
}
