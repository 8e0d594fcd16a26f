/* JSON, NDJSON and Parquet into staging tables.
 *
 * JSON is kept as it is written: every value is taken out as text, so that no amount passes through a double and no
 * time loses its offset. Objects in a record become columns named by their path (properties.dealname). Records are
 * found in an array, in lines, or in the one array of an object ({"data": [...], "next": ...}), which may stand a few
 * levels down. */
#include "ingest/read.h"

#define MAX_DEPTH      3
#define MAX_COLUMNS    2000
#define MAX_OBJECTS    100 /* looked into for an array of records */
#define MAX_JSON_BYTES ((gsize)2 << 30)

typedef enum { SHAPE_LINES, SHAPE_ARRAY, SHAPE_OBJECT } Shape;

/* An object a line, or one document. */
static Shape shape_of(const char *text, gsize length) {
  const char *end = text + length;
  while (text < end &&
         (g_ascii_isspace(*text) || (guchar)*text == 0xef || (guchar)*text == 0xbb || (guchar)*text == 0xbf))
    text++;
  if (text < end && *text == '[') return SHAPE_ARRAY;
  const char *stop = memchr(text, '\n', (gsize)(end - text));
  if (!stop) return SHAPE_OBJECT;
  const char *last = stop;
  while (last > text && g_ascii_isspace(last[-1])) last--;
  while (stop < end && g_ascii_isspace(*stop)) stop++;
  return last > text && last[-1] == '}' && stop < end && *stop == '{' ? SHAPE_LINES : SHAPE_OBJECT;
}

static gboolean read_lines(Load *load, ReadStage *stage, guint file, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  g_autofree char *path = store_quote_text(read->text.path);
  if (!load_run(load, NULL, error,
                "CREATE OR REPLACE TEMP TABLE attain_json AS SELECT row_number() OVER () AS n, j FROM read_csv(%s, "
                "auto_detect = false, "
                "delim = chr(1), quote = '', escape = '', header = false, columns = {j: 'VARCHAR'}, max_line_size = "
                "67108864)",
                path)) {
    return FALSE;
  }
  g_autoptr(StoreRows) rows =
      load_query(load, error, "SELECT n, j FROM attain_json WHERE j IS NOT NULL AND NOT json_valid(j) ORDER BY n");
  if (!rows) return FALSE;
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    ReadBroken broken = {
        .file = file, .line = store_rows_value(rows, i, 0).integer, .reason = g_strdup("the line is not whole JSON")};
    broken.text = g_strdup(store_rows_value(rows, i, 1).text);
    g_array_append_val(stage->broken, broken);
  }
  read->n_lost = (gint64)store_rows_count(rows);
  return load_run_sql(load, "DELETE FROM attain_json WHERE j IS NULL OR NOT json_valid(j)", NULL, error);
}

/* --- where the records of a document are --- */

typedef struct {
  GPtrArray *filled, *empty; /* char *: paths of arrays of objects, and of arrays without anything */
  GPtrArray *objects;        /* char *: where to look next */
} Level;

static void level_init(Level *level) {
  level->filled = g_ptr_array_new_with_free_func(g_free);
  level->empty = g_ptr_array_new_with_free_func(g_free);
  level->objects = g_ptr_array_new_with_free_func(g_free);
}

static void level_clear(Level *level) {
  g_ptr_array_unref(level->filled);
  g_ptr_array_unref(level->empty);
  g_ptr_array_unref(level->objects);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Level, level_clear)

/* "data.items": as `json: {rows: }` says it, and as DuckDB reads it behind "$.". */
static char *rows_name(const char *before, const char *key) {
  gboolean is_plain = g_ascii_isalpha(*key) || *key == '_';
  for (const char *at = key; *at; at++) is_plain &= g_ascii_isalnum(*at) || *at == '_';
  g_autofree char *quoted = is_plain ? g_strdup(key) : g_strdup_printf("\"%s\"", key);
  return *before ? g_strdup_printf("%s.%s", before, quoted) : g_steal_pointer(&quoted);
}

static gboolean look_into(Load *load, const char *path, Level *level, gboolean *has_id, GError **error) {
  g_autofree char *from = store_quote_text(*path ? path : "$");
  g_autofree char *full = *path ? g_strdup_printf("'$.' || %s", from) : g_strdup("'$'");
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT k, json_type(json_extract(o, '$.\"' || k || '\"')), json_type(json_extract(o, '$.\"' || k || "
                 "'\"[0]')) FROM (SELECT unnest(json_keys(o)) AS k, o FROM (SELECT json_extract(j, %s) AS o FROM "
                 "attain_document) WHERE json_type(o) = 'OBJECT')",
                 full);
  if (!rows) return FALSE;
  for (gsize i = 0; i < MIN(store_rows_count(rows), MAX_COLUMNS); i++) {
    const char *key = store_rows_value(rows, i, 0).text;
    StoreValue type = store_rows_value(rows, i, 1), first = store_rows_value(rows, i, 2);
    gboolean is_array = type.type == STORE_TEXT && g_str_equal(type.text, "ARRAY");
    *has_id |= g_ascii_strcasecmp(key, "id") == 0;
    if (strchr(key, '"')) continue;
    if (is_array && first.type != STORE_TEXT)
      g_ptr_array_add(level->empty, rows_name(path, key));
    else if (is_array && g_str_equal(first.text, "OBJECT"))
      g_ptr_array_add(level->filled, rows_name(path, key));
    else if (type.type == STORE_TEXT && g_str_equal(type.text, "OBJECT"))
      g_ptr_array_add(level->objects, rows_name(path, key));
  }
  return TRUE;
}

static char *one_of(const GPtrArray *paths, const char *shown, GError **error) {
  if (paths->len == 1) return g_strdup(paths->pdata[0]);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s has several arrays of records (%s, %s%s): say which by json: {rows: NAME}", shown,
              (char *)paths->pdata[0], (char *)paths->pdata[1], paths->len > 2 ? ", …" : "");
  return NULL;
}

/* The one array of objects in a document, a few levels down at most: {"data": {"items": [...]}}. "" for an object that
 * is itself a record: one with an id, or without any such array. */
static char *find_array(Load *load, const char *shown, GError **error) {
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *empty = NULL;
  g_ptr_array_add(paths, g_strdup(""));
  gboolean has_id = FALSE;
  for (guint depth = 0; depth < MAX_DEPTH && paths->len > 0 && !(has_id && depth > 0); depth++) {
    g_auto(Level) level = {0};
    level_init(&level);
    for (guint i = 0; i < MIN(paths->len, MAX_OBJECTS); i++) {
      gboolean *id = depth == 0 ? &has_id : &(gboolean){FALSE};
      if (!look_into(load, paths->pdata[i], &level, id, error)) return NULL;
    }
    if (level.filled->len) return one_of(level.filled, shown, error);
    if (!empty && level.empty->len == 1) empty = g_strdup(level.empty->pdata[0]);
    g_ptr_array_unref(paths);
    paths = g_ptr_array_ref(level.objects);
  }
  return empty ? g_steal_pointer(&empty) : g_strdup("");
}

static gboolean read_document(Load *load, ReadStage *stage, guint file, const char *rows_path, gboolean is_array,
                              GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  g_autofree char *path = store_quote_text(read->text.path);
  if (!load_run(
          load, NULL, error,
          "CREATE OR REPLACE TEMP TABLE attain_document AS SELECT CASE WHEN json_valid(t) THEN t::JSON END AS j FROM "
          "(SELECT ltrim(content, chr(65279)) AS t FROM read_text(%s))",
          path)) {
    return FALSE;
  }
  gint64 n_whole = 0;
  if (!load_count(load, &n_whole, error, "SELECT count(j) FROM attain_document")) return FALSE;
  if (n_whole == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is not whole JSON; was it written to the end? Export it again",
                read->shown);
    return FALSE;
  }
  g_autofree char *found = rows_path || is_array ? NULL : find_array(load, read->shown, error);
  if (!rows_path && !is_array && !found) return FALSE;
  if (found && strchr(found, '.')) read->json_rows = g_strdup(found);
  const char *name = rows_path ? rows_path : found;
  g_autofree char *array = is_array ? g_strdup("$[*]") : *name ? g_strdup_printf("$.%s[*]", name) : g_strdup("$");
  g_autofree char *quoted = store_quote_text(array);
  g_autofree char *records =
      g_str_equal(array, "$") ? g_strdup("j") : g_strdup_printf("unnest(json_extract(j, %s))", quoted);
  return load_run(
      load, NULL, error,
      "CREATE OR REPLACE TEMP TABLE attain_json AS SELECT row_number() OVER () AS n, j FROM (SELECT %s AS j FROM "
      "attain_document)",
      records);
}

/* --- columns --- */

static char *json_path(const char *prefix, const char *key) {
  g_autofree char *escaped = g_strescape(key, "\b\f\n\r\t\v\1\177");
  return g_strdup_printf("%s.\"%s\"", prefix, escaped);
}

static gboolean add_keys(Load *load, GPtrArray *names, GPtrArray *paths, const char *name, const char *path,
                         guint depth, GError **error) {
  g_autofree char *quoted = store_quote_text(path);
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT k, bool_or(json_type(json_extract(o, '$.\"' || k || '\"')) = 'OBJECT') FROM (SELECT "
                 "unnest(json_keys(o)) AS k, o, n FROM (SELECT json_extract(j, %s) AS o, n FROM attain_json) "
                 "WHERE json_type(o) = 'OBJECT') GROUP BY k ORDER BY min(n), k",
                 quoted);
  if (!rows) return FALSE;
  for (gsize i = 0; i < store_rows_count(rows) && names->len < MAX_COLUMNS; i++) {
    const char *key = store_rows_value(rows, i, 0).text;
    StoreValue is_object = store_rows_value(rows, i, 1);
    g_autofree char *inner_name = *name ? g_strdup_printf("%s.%s", name, key) : g_strdup(key);
    g_autofree char *inner_path = json_path(path, key);
    if (is_object.type == STORE_BOOL && is_object.integer && depth + 1 < MAX_DEPTH) {
      if (!add_keys(load, names, paths, inner_name, inner_path, depth + 1, error)) return FALSE;
    } else {
      g_ptr_array_add(names, g_steal_pointer(&inner_name));
      g_ptr_array_add(paths, g_steal_pointer(&inner_path));
    }
  }
  return TRUE;
}

static gboolean append_records(Load *load, ReadStage *stage, guint file, GError **error) {
  const ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  if (!add_keys(load, names, paths, "", "$", 0, error)) return FALSE;
  if (names->len == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s has no records: an array of objects, or an object on each line, is needed", read->shown);
    return FALSE;
  }
  g_auto(GStrv) headers = read_unique_headers((char *const *)names->pdata, names->len, NULL);
  g_autoptr(GString) select = g_string_new("SELECT ");
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *header = store_quote_name(headers[i]);
    g_autofree char *path = store_quote_text(paths->pdata[i]);
    g_string_append_printf(select, "%snullif(j ->> %s, '') AS %s", i ? ", " : "", path, header);
  }
  g_string_append(select, " FROM attain_json ORDER BY n");
  return read_stage_append(load, stage, file, headers, names->len, select->str, error);
}

gboolean read_json_file(Load *load, ReadStage *stage, guint file, const SourceTable *table, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  const char *path = read->tail ? read->tail : read->path;
  if (!read_text_open(path, read->shown, table->csv.encoding, FALSE, &read->text, error)) return FALSE;
  g_autoptr(GMappedFile) mapped = g_mapped_file_new(read->text.path, FALSE, error);
  if (!mapped) return FALSE;
  gsize length = g_mapped_file_get_length(mapped);
  if (length == 0 || length > MAX_JSON_BYTES) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, length ? "%s is larger than 2 GiB of JSON" : "%s is empty",
                read->shown);
    return FALSE;
  }
  Shape shape = table->json_rows ? SHAPE_OBJECT : shape_of(g_mapped_file_get_contents(mapped), length);
  if (read->is_lines) shape = SHAPE_LINES;
  read->is_lines = shape == SHAPE_LINES;
  load_temporary(load, "attain_json");
  load_temporary(load, "attain_document");
  gboolean ok = shape == SHAPE_LINES ? read_lines(load, stage, file, error)
                                     : read_document(load, stage, file, table->json_rows, shape == SHAPE_ARRAY, error);
  return ok && append_records(load, stage, file, error);
}

gboolean read_parquet_file(Load *load, ReadStage *stage, guint file, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  g_autofree char *path = store_quote_text(read->path);
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows =
      load_query(load, &failed, "SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet(%s))", path);
  if (!rows) {
    failed->message[strcspn(failed->message, "\n")] = '\0';
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is not a whole Parquet file (%s)", read->shown,
                failed->message);
    return FALSE;
  }
  guint n = (guint)store_rows_count(rows);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < n; i++) g_ptr_array_add(names, (gpointer)store_rows_value(rows, i, 0).text);
  g_auto(GStrv) headers = read_unique_headers((char *const *)names->pdata, n, NULL);
  g_autoptr(GString) select = g_string_new("SELECT ");
  for (guint i = 0; i < n; i++) {
    g_autofree char *column = store_quote_name(names->pdata[i]);
    g_autofree char *header = store_quote_name(headers[i]);
    g_string_append_printf(select, "%snullif(CAST(%s AS VARCHAR), '') AS %s", i ? ", " : "", column, header);
  }
  g_string_append_printf(select, " FROM read_parquet(%s)", path);
  return read_stage_append(load, stage, file, headers, n, select->str, error);
}
