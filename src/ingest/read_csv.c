/* CSV into a staging table, through DuckDB's reader in the dialect that was found. Lines that are no rows (too many or
 * too few fields, an open quote, broken UTF-8) are kept with their line. */
#include "ingest/read.h"

#define SAMPLE_BYTES (1 << 20)

/* A file is read in pieces as long as a line may be, by all threads, and a piece of 1 MiB stays in the cores' own
 * caches. With lines of 16 MiB most files would be one piece. DuckDB loses records that are longer than a piece, so
 * that is only done where all of them are known to be much shorter. */
#define PIECE_BYTES     (1 << 20)
#define MOST_IN_A_PIECE (1 << 16)
#define IN_PIECES       "max_line_size = 1048576, buffer_size = 4194304"
#define AS_ONE          "max_line_size = 16777216, parallel = false"

/* How a file is read: as most are, and otherwise where it turned out to be odd. */
typedef struct {
  gboolean is_whole; /* DuckDB met bytes or line ends that the sample did not show */
  gboolean as_one;   /* the pieces do not fit together */
} Attempt;

static const char *find(const char *at, const char *end, char sign) {
  const char *found = at < end ? memchr(at, sign, (gsize)(end - at)) : NULL;
  return found ? found : end;
}

/* Line ends between quotes end no record. */
static gboolean are_records_short(const char *text, gsize length, char quote) {
  const char *end = text + length, *record = text, *at = text;
  const char *open = quote ? find(text, end, quote) : end;
  while (at < end) {
    const char *line_end = find(at, MIN(end, record + MOST_IN_A_PIECE), '\n');
    if (open < line_end) {
      at = find(open + 1, end, quote) + 1;
      open = find(at, end, quote);
    } else {
      at = line_end + 1;
      if (at - record > MOST_IN_A_PIECE) return FALSE;
      record = at;
    }
    if (at - record > MOST_IN_A_PIECE) return FALSE;
  }
  return TRUE;
}

static gboolean fits_in_pieces(const ReadFile *file, const Attempt *attempt) {
  if (attempt->as_one || attempt->is_whole || file->dialect.short_rows) return FALSE;
  g_autoptr(GMappedFile) mapped = g_mapped_file_new(file->text.path, FALSE, NULL);
  gsize length = mapped ? g_mapped_file_get_length(mapped) : 0;
  return mapped &&
         (length <= PIECE_BYTES || are_records_short(g_mapped_file_get_contents(mapped), length, file->dialect.quote));
}

static char *csv_select(const ReadFile *file, char *const *headers, const Attempt *attempt, gboolean is_view) {
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
      "columns = {%s}, null_padding = %s, strict_mode = %s, %s, "
      "nullstr = ['', 'NULL', 'null', '\\N']%s)",
      path, quoted_delimiter, quoted_quote, quoted_quote, dialect->skip, columns->str,
      dialect->short_rows ? "true" : "false", attempt->is_whole ? "false" : "true",
      fits_in_pieces(file, attempt) ? IN_PIECES : AS_ONE,
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

static void note_headers(Load *load, const ReadFile *file) {
  g_autoptr(GPtrArray) repeated = g_ptr_array_new_with_free_func(g_free);
  g_strfreev(read_unique_headers(file->dialect.headers, file->dialect.n_headers, repeated));
  for (guint i = 0; i < repeated->len; i++) {
    const char *name = repeated->pdata[i];
    load_note(load, "%s: the header \"%s\" is there more than once; the later ones are called \"%s_2\" …", file->shown,
              name, name);
  }
  if (file->text.note) load_note(load, "%s %s", file->shown, file->text.note);
  if (file->dialect.short_rows)
    load_note(load, "%s: rows with fewer fields than the header were taken to end in empty ones", file->shown);
}

/* What the next attempt has to be, if this one asks for another. */
static gboolean must_try_again(Attempt *attempt, const GError *failed, gboolean has_bad_text) {
  const Attempt before = *attempt;
  if (failed) {
    gboolean is_for_one = !attempt->as_one && strstr(failed->message, "parallel") != NULL;
    attempt->as_one |= is_for_one;
    attempt->is_whole |= !is_for_one && strstr(failed->message, "strict") != NULL;
  } else {
    attempt->is_whole |= has_bad_text;
  }
  return attempt->is_whole != before.is_whole || attempt->as_one != before.as_one;
}

static gboolean try_csv(Load *load, ReadStage *stage, guint file, const SourceTable *table, const Attempt *attempt,
                        gboolean *has_bad_text, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, file);
  read_text_clear(&read->text);
  const char *path = read->tail ? read->tail : read->path;
  if (!read_text_open(path, read->shown, table->csv.encoding, attempt->is_whole, &read->text, error)) return FALSE;
  if (!read->tail && !read_sniff(read, table, error)) return FALSE;
  g_auto(GStrv) headers = read_unique_headers(read->dialect.headers, read->dialect.n_headers, NULL);
  g_autofree char *select = csv_select(read, headers, attempt, FALSE);
  return read_stage_append(load, stage, file, headers, read->dialect.n_headers, select, error) &&
         take_broken(load, stage, file, has_bad_text, error);
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
  Attempt attempt = {0};
  guint n_broken = stage->broken->len;
  for (;;) {
    gboolean has_bad_text = FALSE;
    g_autoptr(GError) failed = NULL;
    gboolean ok = try_csv(load, stage, file, table, &attempt, &has_bad_text, &failed);
    if (!must_try_again(&attempt, failed, has_bad_text)) {
      if (ok) note_headers(load, &g_array_index(stage->files, ReadFile, file));
      if (failed) g_propagate_error(error, g_steal_pointer(&failed));
      return ok;
    }
    g_array_set_size(stage->broken, n_broken);
    if (!load_run_sql(load, "DROP TABLE IF EXISTS attain_broken; DROP TABLE IF EXISTS attain_broken_scan", NULL,
                      error) ||
        !forget_rows(load, stage, file, error))
      return FALSE;
  }
}

/* A large file that is read once need not be copied first. Whatever is odd about it shows when it is mapped; then it is
 * copied after all. */
gboolean read_csv_view(Load *load, ReadStage *stage, const SourceTable *table, GError **error) {
  ReadFile *read = &g_array_index(stage->files, ReadFile, 0);
  if (!read_text_open(read->path, read->shown, table->csv.encoding, FALSE, &read->text, error)) return FALSE;
  if (!read_sniff(read, table, error)) return FALSE;
  g_auto(GStrv) headers = read_unique_headers(read->dialect.headers, read->dialect.n_headers, NULL);
  g_autofree char *select = csv_select(read, headers, &(const Attempt){0}, TRUE);
  g_autofree char *name = store_quote_name(stage->name);
  load_temporary(load, stage->name);
  if (!load_run(load, NULL, error, "CREATE OR REPLACE TEMP VIEW %s AS SELECT 0::INTEGER AS _file, * FROM (%s)", name,
                select))
    return FALSE;
  for (guint i = 0; i < read->dialect.n_headers; i++) g_ptr_array_add(stage->headers, g_strdup(headers[i]));
  note_headers(load, read);
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
