/* Reading an export's files into a scratch store, as text.
 *
 *   bytes ─► encoding (byte-order mark, zero bytes, else UTF-8, else Windows-1252) ─► UTF-8 copy when needed
 *         ─► delimiter and header line: the separator that cuts most lines into the same number (> 1) of fields; lines
 * above are titles ─► read_csv with everything said, so that nothing is left to be sniffed (a sniffer may read a ragged
 * file as one column)
 *
 * JSON and Parquet go to the database's own readers, and are turned into text after. */
#include "ingest/profile.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#define HEAD_BYTES (256 * 1024)
#define HEAD_LINES 60
#define MAX_ROWS   2000000

static gboolean is_utf16(const guint8 *bytes, gsize n) {
  if (n >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) return TRUE;
  gsize zeros = 0, looked = MIN(n, 400);
  for (gsize i = 0; i < looked; i++) zeros += bytes[i] == 0;
  return looked >= 4 && zeros * 3 > looked;
}

/* The first bytes, uncompressed. */
static GBytes *read_head(const char *path, gboolean *whole, GError **error) {
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GFileInputStream) raw = g_file_read(file, NULL, error);
  if (!raw) return NULL;
  g_autoptr(GInputStream) stream = g_object_ref(G_INPUT_STREAM(raw));
  if (g_str_has_suffix(path, ".gz")) {
    g_autoptr(GConverter) unzip = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    g_object_unref(stream);
    stream = g_converter_input_stream_new(G_INPUT_STREAM(raw), unzip);
  }
  guint8 *buffer = g_malloc(HEAD_BYTES);
  gsize n = 0;
  if (!g_input_stream_read_all(stream, buffer, HEAD_BYTES, &n, NULL, error)) {
    g_free(buffer);
    return NULL;
  }
  *whole = n < HEAD_BYTES;
  return g_bytes_new_take(buffer, n);
}

static gboolean valid_utf8_head(const char *text, gsize n, gboolean whole) {
  const char *end = NULL;
  if (g_utf8_validate_len(text, n, &end)) return TRUE;
  return !whole && n - (gsize)(end - text) < 4;
}

static const char *guess_encoding(GBytes *head, gboolean whole) {
  gsize n = 0;
  const guint8 *bytes = g_bytes_get_data(head, &n);
  if (is_utf16(bytes, n)) return "utf-16";
  return valid_utf8_head((const char *)bytes, n, whole) ? NULL : "windows-1252";
}

static char *to_utf8(const char *bytes, gsize n, const char *encoding) {
  if (!encoding) return g_utf8_make_valid(bytes, (gssize)n);
  gboolean wide = g_str_equal(encoding, "utf-16");
  const guint8 *raw = (const guint8 *)bytes;
  gboolean marked = n >= 2 && ((raw[0] == 0xFF && raw[1] == 0xFE) || (raw[0] == 0xFE && raw[1] == 0xFF));
  const char *from = !wide ? "WINDOWS-1252" : marked ? "UTF-16" : raw[0] ? "UTF-16LE" : "UTF-16BE";
  if (wide) n &= ~(gsize)1;
  return g_convert_with_fallback(bytes, (gssize)n, "UTF-8", from, "?", NULL, NULL, NULL);
}

/* A copy in UTF-8 that the database can read; the caller removes it. */
static char *utf8_copy(const char *path, const char *encoding, GError **error) {
  g_autofree char *bytes = NULL;
  gsize n = 0;
  if (!g_file_get_contents(path, &bytes, &n, error)) return NULL;
  g_autofree char *text = to_utf8(bytes, n, encoding);
  if (!text) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "its characters are in no encoding that is known");
    return NULL;
  }
  char *copy = NULL;
  int fd = g_file_open_tmp("attain-look-XXXXXX.csv", &copy, error);
  if (fd < 0) return NULL;
  g_close(fd, NULL);
  if (g_file_set_contents(copy, text, -1, error)) return copy;
  g_unlink(copy);
  g_free(copy);
  return NULL;
}

/* --- lines and fields --- */

/* Records of the head, quotes honoured; the last one is dropped when it may be cut off. */
static GPtrArray *split_records(const char *text, gboolean whole) {
  GPtrArray *records = g_ptr_array_new_with_free_func(g_free);
  if (g_str_has_prefix(text, "\xEF\xBB\xBF")) text += 3;
  const char *start = text;
  gboolean quoted = FALSE;
  for (const char *p = text; records->len < HEAD_LINES; p++) {
    if (*p == '"') quoted = !quoted;
    if (*p && (quoted || (*p != '\n' && *p != '\r'))) continue;
    if (*p || (whole && p > start)) g_ptr_array_add(records, g_strndup(start, (gsize)(p - start)));
    if (!*p) break;
    if (*p == '\r' && p[1] == '\n') p++;
    start = p + 1;
  }
  return records;
}

static char **split_fields(const char *record, char delimiter) {
  GPtrArray *fields = g_ptr_array_new();
  g_autoptr(GString) field = g_string_new(NULL);
  gboolean quoted = FALSE;
  for (const char *p = record;; p++) {
    if (quoted && *p == '"' && p[1] == '"') {
      g_string_append_c(field, *p++);
    } else if (*p == '"') {
      quoted = !quoted;
    } else if (!*p || (*p == delimiter && !quoted)) {
      g_ptr_array_add(fields, g_strstrip(g_strdup(field->str)));
      g_string_truncate(field, 0);
      if (!*p) break;
    } else {
      g_string_append_c(field, *p);
    }
  }
  g_ptr_array_add(fields, NULL);
  return (char **)g_ptr_array_free(fields, FALSE);
}

/* The header is the first line with as many fields as most lines, all but a few of them named and none a number. */
static gboolean looks_like_header(char **fields, guint n_fields) {
  guint filled = 0, numbers = 0;
  for (guint i = 0; i < n_fields; i++) {
    if (!*fields[i]) continue;
    filled++;
    char *end = NULL;
    g_ascii_strtod(fields[i], &end);
    numbers += end && !*end;
  }
  return filled * 2 > n_fields && numbers * 3 <= filled;
}

typedef struct {
  char delimiter;
  guint fields, lines, header;
  gboolean has_header;
} Dialect;

static Dialect measure_delimiter(GPtrArray *records, char delimiter) {
  Dialect d = {.delimiter = delimiter};
  g_autofree guint *counts = g_new0(guint, records->len + 1);
  for (guint i = 0; i < records->len; i++) {
    g_auto(GStrv) fields = split_fields(records->pdata[i], delimiter);
    counts[i] = g_strv_length(fields);
  }
  for (guint i = 0; i < records->len; i++) {
    guint same = 0;
    for (guint j = 0; j < records->len; j++) same += counts[j] == counts[i];
    if (counts[i] > 1 && (same > d.lines || (same == d.lines && counts[i] > d.fields))) {
      d.lines = same;
      d.fields = counts[i];
    }
  }
  for (guint i = 0; i < records->len && !d.has_header && d.fields; i++) {
    if (counts[i] != d.fields) continue;
    g_auto(GStrv) fields = split_fields(records->pdata[i], delimiter);
    d.has_header = looks_like_header(fields, d.fields);
    d.header = i;
  }
  return d;
}

/* Physical lines before record `index`: what `skip:` counts. */
static guint lines_before(GPtrArray *records, guint index) {
  guint lines = 0;
  for (guint i = 0; i < index; i++) {
    lines++;
    for (const char *p = records->pdata[i]; *p; p++) lines += *p == '\n';
  }
  return lines;
}

static gboolean find_dialect(GPtrArray *records, Dialect *found) {
  static const char delimiters[] = {',', ';', '\t', '|'};
  Dialect best = {0};
  for (gsize i = 0; i < G_N_ELEMENTS(delimiters); i++) {
    Dialect d = measure_delimiter(records, delimiters[i]);
    if (!d.has_header) continue;
    if (d.lines * MIN(d.fields, 8) > best.lines * MIN(best.fields, 8)) best = d;
  }
  *found = best;
  return best.has_header;
}

/* Headers as the database names them: an empty one is columnN, a repeated one gets _1, _2… */
static void set_headers(ProfileFile *file, char **headers) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; headers[i]; i++) {
    g_autofree char *name = *headers[i] ? g_strdup(headers[i]) : g_strdup_printf("column%u", i);
    g_autofree char *base = g_strdup(name);
    g_autofree char *folded = g_utf8_casefold(name, -1);
    for (guint n = 1; g_hash_table_contains(seen, folded); n++) {
      g_free(name);
      g_free(folded);
      name = g_strdup_printf("%s_%u", base, n);
      folded = g_utf8_casefold(name, -1);
    }
    g_hash_table_add(seen, g_steal_pointer(&folded));
    g_ptr_array_add(file->columns, profile_column_new(name));
  }
}

/* --- into the store --- */

static char *csv_select(const ProfileFile *file, const char *path, guint header_line) {
  g_autoptr(GString) columns = g_string_new(NULL);
  for (guint i = 0; i < file->columns->len; i++) {
    const ProfileColumn *column = file->columns->pdata[i];
    g_autofree char *name = store_quote_text(column->header);
    g_string_append_printf(columns, "%s%s: 'VARCHAR'", i ? ", " : "", name);
  }
  g_autofree char *quoted = store_quote_text(path);
  return g_strdup_printf(
      "SELECT * FROM read_csv(%s, auto_detect = false, header = false, skip = %u, delim = '%s', quote = '\"', "
      "escape = '\"', columns = {%s}, null_padding = true, ignore_errors = true, strict_mode = false, "
      "parallel = false)",
      quoted, header_line + 1, file->delimiter == '\t' ? "\\t" : (char[]){file->delimiter, 0}, columns->str);
}

static gboolean add_rows(Store *scratch, ProfileFile *file, const char *select, gboolean first, GError **error) {
  g_autofree char *sql = first ? g_strdup_printf("CREATE TABLE %s AS %s LIMIT %d", file->table, select, MAX_ROWS)
                               : g_strdup_printf("INSERT INTO %s %s LIMIT %d", file->table, select, MAX_ROWS);
  return store_run(scratch, sql, NULL, 0, NULL, error);
}

static gboolean read_csv_file(Store *scratch, ProfileFile *file, const char *path, gboolean first, GError **error) {
  gboolean whole = TRUE;
  g_autoptr(GBytes) head = read_head(path, &whole, error);
  if (!head) return FALSE;
  gsize n = 0;
  const char *bytes = g_bytes_get_data(head, &n);
  if (n == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "it is empty");
    return FALSE;
  }
  const char *encoding = guess_encoding(head, whole);
  g_autofree char *text = to_utf8(bytes, n, encoding);
  g_autoptr(GPtrArray) records = split_records(text ? text : "", whole);
  Dialect dialect;
  if (!find_dialect(records, &dialect)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "no line of column names was found: no separator cuts its lines into columns");
    return FALSE;
  }
  guint header_line = lines_before(records, dialect.header);
  if (first) {
    file->encoding = encoding;
    file->delimiter = dialect.delimiter;
    file->skip = header_line;
    g_auto(GStrv) headers = split_fields(records->pdata[dialect.header], dialect.delimiter);
    set_headers(file, headers);
  }
  g_autofree char *copy = encoding ? utf8_copy(path, encoding, error) : NULL;
  if (encoding && !copy) return FALSE;
  g_autofree char *select = csv_select(file, copy ? copy : path, header_line);
  gboolean done = add_rows(scratch, file, select, first, error);
  if (copy) g_unlink(copy);
  return done;
}

static gboolean read_other_file(Store *scratch, ProfileFile *file, const char *path, const char *reader, gboolean first,
                                GError **error) {
  g_autofree char *quoted = store_quote_text(path);
  g_autofree char *select = g_strdup_printf("SELECT COLUMNS(*)::VARCHAR FROM %s(%s)", reader, quoted);
  if (!add_rows(scratch, file, select, first, error)) return FALSE;
  if (!first) return TRUE;
  g_autofree char *sql = g_strdup_printf("SELECT * FROM %s LIMIT 0", file->table);
  g_autoptr(StoreRows) rows = store_query(scratch, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  for (guint i = 0; i < store_rows_n_columns(rows); i++)
    g_ptr_array_add(file->columns, profile_column_new(store_rows_column_name(rows, i)));
  return TRUE;
}

static const char *reader_of(const char *path) {
  g_autofree char *lower = g_ascii_strdown(path, -1);
  if (g_str_has_suffix(lower, ".gz")) lower[strlen(lower) - 3] = 0;
  if (g_str_has_suffix(lower, ".parquet")) return "read_parquet";
  if (g_str_has_suffix(lower, ".json") || g_str_has_suffix(lower, ".ndjson") || g_str_has_suffix(lower, ".jsonl"))
    return "read_json_auto";
  return NULL;
}

void profile_read(Store *scratch, ProfileFile *file, const char *const *paths, guint number) {
  file->table = g_strdup_printf("\"look_%u\"", number);
  for (guint i = 0; paths[i]; i++) {
    g_autoptr(GError) error = NULL;
    const char *reader = reader_of(paths[i]);
    gboolean done = reader ? read_other_file(scratch, file, paths[i], reader, i == 0, &error)
                           : read_csv_file(scratch, file, paths[i], i == 0, &error);
    if (done) continue;
    if (i == 0) g_clear_pointer(&file->table, g_free);
    if (i == 0) file->problem = g_strdup(error ? error->message : "it cannot be read");
    return;
  }
}
