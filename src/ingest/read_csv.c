/* CSV into a staging table, through DuckDB's reader in the dialect that was found. Lines that are no rows (too many or
 * too few fields, an open quote, broken UTF-8) are kept with their line. */
#include "ingest/read.h"

#define SAMPLE_BYTES (1 << 20)

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

gboolean read_csv_file(Load *load, ReadStage *stage, guint file, const SourceTable *table, GError **error) {
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
gboolean read_csv_view(Load *load, ReadStage *stage, const SourceTable *table, GError **error) {
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
