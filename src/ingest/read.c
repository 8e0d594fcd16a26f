/* Staging: each file is read as text, by itself, with the dialect found for it, into one temp table for all files of a
 * source's table.
 *
 * Files of one glob may differ in dialect and in the order of their columns; they are put together by header. Lines
 * that are no rows (too many or too few fields, an open quote, broken UTF-8) are kept with their line and told later,
 * as rejected rows. */
#include "ingest/read.h"

#include <glib/gstdio.h>

#define SAMPLE_BYTES (1 << 20)
#define LARGE_BYTES  (1 << 25)

/* --- headers --- */

char **read_unique_headers(char *const *headers, guint n_headers, GPtrArray *repeated) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  char **unique = g_new0(char *, n_headers + 1);
  for (guint i = 0; i < n_headers; i++) {
    g_autofree char *name = headers[i][0] ? g_strdup(headers[i]) : g_strdup_printf("column_%u", i + 1);
    g_autofree char *base = g_strdup(name);
    g_autofree char *folded = g_utf8_casefold(name, -1);
    for (guint n = 2; g_hash_table_contains(seen, folded); n++) {
      if (n == 2 && repeated) g_ptr_array_add(repeated, g_strdup(name));
      g_free(name);
      g_free(folded);
      name = g_strdup_printf("%s_%u", base, n);
      folded = g_utf8_casefold(name, -1);
    }
    g_hash_table_add(seen, g_steal_pointer(&folded));
    unique[i] = g_steal_pointer(&name);
  }
  return unique;
}

/* Letters and digits only, folded: "Close Date", "close_date" and "CloseDate" are one. */
static char *loose_name(const char *name) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  GString *loose = g_string_new(NULL);
  for (const char *at = folded; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_isalnum(c)) g_string_append_unichar(loose, c);
  }
  return g_string_free(loose, FALSE);
}

static const char *find_loosely(const ReadStage *stage, const char *name, gboolean *is_ambiguous) {
  const char *found = NULL;
  g_autofree char *wanted = loose_name(name);
  for (guint i = 0; i < stage->headers->len; i++) {
    g_autofree char *loose = loose_name(stage->headers->pdata[i]);
    if (!*wanted || !g_str_equal(loose, wanted)) continue;
    *is_ambiguous = found != NULL;
    if (!found) found = stage->headers->pdata[i];
  }
  return *is_ambiguous ? NULL : found;
}

/* The last part of a nested JSON key: dealname finds properties.dealname. */
static const char *find_last_part(const ReadStage *stage, const char *name, gboolean *is_ambiguous) {
  const char *found = NULL;
  for (guint i = 0; i < stage->headers->len; i++) {
    const char *dot = strrchr(stage->headers->pdata[i], '.');
    if (!dot || g_ascii_strcasecmp(dot + 1, name) != 0) continue;
    *is_ambiguous = found != NULL;
    found = stage->headers->pdata[i];
  }
  return *is_ambiguous ? NULL : found;
}

/* "Amount" became "Amount EUR", or "Close Date (planned)" became "Close Date". */
static const char *find_part(const ReadStage *stage, const char *name) {
  const char *found = NULL;
  g_autofree char *wanted = loose_name(name);
  for (guint i = 0; i < stage->headers->len && strlen(wanted) > 2; i++) {
    g_autofree char *loose = loose_name(stage->headers->pdata[i]);
    if (!strstr(loose, wanted) && !(strlen(loose) > 2 && strstr(wanted, loose))) continue;
    if (found) return NULL;
    found = stage->headers->pdata[i];
  }
  return found;
}

const char *read_stage_header(const ReadStage *stage, const char *name, BaseSpan span, GError **error) {
  for (guint i = 0; i < stage->headers->len; i++) {
    if (g_str_equal(stage->headers->pdata[i], name)) return stage->headers->pdata[i];
  }
  gboolean is_ambiguous = FALSE;
  const char *found = find_loosely(stage, name, &is_ambiguous);
  if (!found && !is_ambiguous) found = find_last_part(stage, name, &is_ambiguous);
  if (found) return found;
  const char *file = stage->files->len ? g_array_index(stage->files, ReadFile, 0).shown : "the rows";
  const char *nearest = base_nearest(name, (const char *const *)stage->headers->pdata, stage->headers->len);
  if (!nearest) nearest = find_part(stage, name);
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < MIN(stage->headers->len, 60); i++) {
    g_string_append_printf(all, "%s%s", i ? ", " : "", (char *)stage->headers->pdata[i]);
  }
  if (stage->headers->len > 60) g_string_append(all, ", …");
  base_error_at(error, BASE_ERROR_INPUT, span, "%s has %s \"%s\"%s%s%s its columns are %s", file,
                is_ambiguous ? "several columns like" : "no column", name, nearest ? "; did you mean \"" : "",
                nearest ? nearest : "", nearest ? "\"?" : ";", all->str);
  return NULL;
}

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

/* --- CSV --- */

static char *csv_select(const ReadFile *file, char *const *headers, gboolean is_lenient, gboolean is_view) {
  const ReadDialect *dialect = &file->dialect;
  g_autofree char *path = store_quote_text(file->text.path);
  char delimiter[2] = {dialect->delimiter, 0}, quote[2] = {dialect->quote, 0};
  g_autofree char *quoted_delimiter = store_quote_text(delimiter);
  g_autofree char *quoted_quote = store_quote_text(quote);
  g_autoptr(GString) columns = g_string_new(NULL);
  for (guint i = 0; i < dialect->n_headers; i++) {
    g_autofree char *name = store_quote_text(headers[i]);
    g_string_append_printf(columns, "%s%s: 'VARCHAR'", i ? ", " : "", name);
  }
  return g_strdup_printf(
      "SELECT * FROM read_csv(%s, auto_detect = false, delim = %s, quote = %s, escape = %s, header = false, skip = %u, "
      "columns = {%s}, null_padding = %s, strict_mode = %s, max_line_size = 16777216, "
      "nullstr = ['', 'NULL', 'null', '\\N']%s)",
      path, quoted_delimiter, quoted_quote, quoted_quote, dialect->skip, columns->str,
      dialect->short_rows ? "true" : "false", is_lenient ? "false" : "true",
      is_view ? "" : ", store_rejects = true, rejects_table = 'attain_broken', rejects_scan = 'attain_broken_scan'");
}

/* DuckDB's words on a broken line, in ours. */
static char *broken_reason(const char *message) {
  int expected = 0, found = 0;
  const char *at = strstr(message, "Expected Number of Columns: ");
  if (at) {
    expected = (int)g_ascii_strtoll(at + strlen("Expected Number of Columns: "), NULL, 10);
    const char *second = strstr(at, "Found: ");
    found = second ? (int)g_ascii_strtoll(second + strlen("Found: "), NULL, 10) : 0;
    return g_strdup_printf("the line has %d field%s, the header %d", found, found == 1 ? "" : "s", expected);
  }
  if (strstr(message, "unterminated quote")) return g_strdup("a quote is opened and never closed");
  if (strstr(message, "nicode")) return g_strdup("the line is not text in UTF-8");
  if (strstr(message, "Maximum line size")) return g_strdup("the line is longer than 16 MiB");
  const char *end = strchr(message, '\n');
  return end ? g_strndup(message, (gsize)(end - message)) : g_strdup(message);
}

/* DuckDB counts records, not lines; the place of a line in the file tells its number. */
static gint64 line_at(const char *text, gsize length, gsize position, gsize *counted, gint64 *line) {
  for (; *counted < MIN(position, length); (*counted)++) *line += text[*counted] == '\n';
  return *line;
}

static void add_broken(ReadStage *stage, guint file, const StoreRows *rows, const char *text, gsize length,
                       gboolean *has_bad_text) {
  gsize counted = 0;
  gint64 line = 1;
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    StoreValue position = store_rows_value(rows, i, 0), message = store_rows_value(rows, i, 1),
               words = store_rows_value(rows, i, 2);
    ReadBroken broken = {.file = file};
    broken.line = line_at(text, length, (gsize)MAX(position.integer - 1, 0), &counted, &line);
    broken.reason = broken_reason(message.type == STORE_TEXT ? message.text : "the line is no row");
    broken.text = g_strstrip(g_utf8_make_valid(words.type == STORE_TEXT ? words.text : "", -1));
    *has_bad_text |= message.type == STORE_TEXT && strstr(message.text, "nicode") != NULL;
    g_array_append_val(stage->broken, broken);
  }
}

static gboolean take_broken(Load *load, ReadStage *stage, guint file, gboolean *has_bad_text, GError **error) {
  g_autoptr(StoreRows) rows = load_query(load, error,
                                         "SELECT line_byte_position::BIGINT, any_value(error_message), "
                                         "any_value(csv_line) FROM attain_broken GROUP BY 1 ORDER BY 1");
  if (!rows) return FALSE;
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  g_autoptr(GMappedFile) mapped = g_mapped_file_new(read->text.path, FALSE, error);
  if (!mapped) return FALSE;
  *has_bad_text = FALSE;
  add_broken(stage, file, rows, g_mapped_file_get_contents(mapped), g_mapped_file_get_length(mapped), has_bad_text);
  read->n_lost = (gint64)store_rows_count(rows);
  return load_run_sql(load, "DROP TABLE IF EXISTS attain_broken; DROP TABLE IF EXISTS attain_broken_scan", NULL, error);
}

/* Bytes that are no text make headers that no one wrote. */
static gboolean check_headers(const ReadFile *file, GError **error) {
  for (guint i = 0; i < file->dialect.n_headers; i++)
    for (const char *at = file->dialect.headers[i]; *at; at++) {
      if ((guchar)*at >= 0x20 && *at != 0x7f) continue;
      if (strchr("\t\r\n", *at)) continue;
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                  "%s has control characters in its header: it is no table of text. Export it again as CSV (UTF-8)",
                  file->shown);
      return FALSE;
    }
  return TRUE;
}

gboolean read_sniff(ReadFile *file, const SourceTable *table, GError **error) {
  g_autoptr(GMappedFile) mapped = g_mapped_file_new(file->text.path, FALSE, error);
  if (!mapped) return FALSE;
  gsize length = g_mapped_file_get_length(mapped);
  read_dialect_clear(&file->dialect);
  g_autoptr(GError) failed = NULL;
  if (read_dialect_find(g_mapped_file_get_contents(mapped), MIN(length, SAMPLE_BYTES), length <= SAMPLE_BYTES,
                        &table->csv, &file->dialect, &failed)) {
    return check_headers(file, error);
  }
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s %s", file->shown, failed->message);
  return FALSE;
}

static void note_headers(Load *load, const ReadFile *file, GPtrArray *repeated) {
  for (guint i = 0; i < repeated->len; i++) {
    const char *name = repeated->pdata[i];
    load_note(load, "%s: the header \"%s\" is there more than once; the later ones are called \"%s_2\" …", file->shown,
              name, name);
  }
  if (file->text.note) load_note(load, "%s %s", file->shown, file->text.note);
  if (file->dialect.short_rows)
    load_note(load, "%s: rows with fewer fields than the header were taken to end in empty ones", file->shown);
}

static gboolean is_lenient_case(const GError *error) {
  return strstr(error->message, "strict") != NULL;
}

/* One attempt; `whole` after DuckDB met bytes or line ends that the sample did not show. */
static gboolean try_csv(Load *load, ReadStage *stage, guint file, const SourceTable *table, gboolean whole,
                        gboolean *has_bad_text, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  read_text_clear(&read->text);
  const char *path = read->tail ? read->tail : read->path;
  if (!read_text_open(path, read->shown, table->csv.encoding, whole, &read->text, error)) return FALSE;
  if (!read->tail && !read_sniff(read, table, error)) return FALSE;
  g_autoptr(GPtrArray) repeated = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) headers = read_unique_headers(read->dialect.headers, read->dialect.n_headers, repeated);
  g_autofree char *select = csv_select(read, headers, whole, FALSE);
  guint n_before = stage->broken->len;
  if (!read_stage_append(load, stage, file, headers, read->dialect.n_headers, select, error)) return FALSE;
  if (!take_broken(load, stage, file, has_bad_text, error)) return FALSE;
  if (*has_bad_text && !whole) {
    g_array_set_size(stage->broken, n_before);
    return TRUE;
  }
  note_headers(load, read, repeated);
  return TRUE;
}

static gboolean forget_rows(Load *load, ReadStage *stage, guint file, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  g_autofree char *table = store_quote_name(stage->name);
  stage->n_rows -= read->n_rows;
  read->n_rows = 0;
  if (stage->n_rows > 0) { /* made again, so that row ids stay without gaps */
    return load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE %s AS SELECT * FROM %s WHERE _file <> %u", table,
                    table, file);
  }
  g_ptr_array_set_size(stage->headers, 0);
  return load_run(load, NULL, error, "DROP TABLE IF EXISTS %s", table);
}

static gboolean read_csv_file(Load *load, ReadStage *stage, guint file, const SourceTable *table, GError **error) {
  gboolean has_bad_text = FALSE;
  g_autoptr(GError) failed = NULL;
  if (try_csv(load, stage, file, table, FALSE, &has_bad_text, &failed)) {
    if (!has_bad_text) return TRUE;
  } else if (!is_lenient_case(failed)) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  if (!load_run_sql(load, "DROP TABLE IF EXISTS attain_broken; DROP TABLE IF EXISTS attain_broken_scan", NULL, error))
    return FALSE;
  return forget_rows(load, stage, file, error) && try_csv(load, stage, file, table, TRUE, &has_bad_text, error);
}

/* A large file that is read once need not be copied first. Whatever is odd about it shows when it is mapped; then it is
 * copied after all. */
static gboolean view_csv(Load *load, ReadStage *stage, const SourceTable *table, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, 0);
  if (!read_text_open(read->path, read->shown, table->csv.encoding, FALSE, &read->text, error)) return FALSE;
  if (!read_sniff(read, table, error)) return FALSE;
  g_autoptr(GPtrArray) repeated = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) headers = read_unique_headers(read->dialect.headers, read->dialect.n_headers, repeated);
  g_autofree char *select = csv_select(read, headers, FALSE, TRUE);
  g_autofree char *name = store_quote_name(stage->name);
  load_temporary(load, stage->name);
  if (!load_run(load, NULL, error, "CREATE OR REPLACE TEMP VIEW %s AS SELECT 0::INTEGER AS _file, * FROM (%s)", name,
                select))
    return FALSE;
  for (guint i = 0; i < read->dialect.n_headers; i++) g_ptr_array_add(stage->headers, g_strdup(headers[i]));
  note_headers(load, read, repeated);
  stage->is_view = TRUE;
  return TRUE;
}

/* What was said of the file when it became a view. */
static void forget_repeated_notes(Load *load, guint n_before) {
  for (guint i = load->notes->len; i-- > n_before;) {
    gboolean is_known = FALSE;
    for (guint k = 0; k < n_before; k++) is_known |= g_str_equal(load->notes->pdata[k], load->notes->pdata[i]);
    if (is_known) g_ptr_array_remove_index(load->notes, i);
  }
}

gboolean read_stage_materialise(Load *load, ReadStage *stage, GError **error) {
  g_autofree char *name = store_quote_name(stage->name);
  if (!load_run(load, NULL, error, "DROP VIEW IF EXISTS %s", name)) return FALSE;
  stage->is_view = FALSE;
  stage->n_rows = 0;
  g_ptr_array_set_size(stage->headers, 0);
  guint n_notes = load->notes->len;
  if (!read_csv_file(load, stage, 0, stage->table, error)) return FALSE;
  forget_repeated_notes(load, n_notes);
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
  if (is_view ? view_csv(load, stage, table, error) : read_stage_files(load, stage, table, error)) return stage;
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
