/* Rejected rows: kept with their reason, file, line and the record as JSON, until their source is loaded again.
 *
 * A file that was cut short stops the load: see check_ends(). The lines are found last, and only for rejected rows:
 * DuckDB does not tell them, so the file is walked once more. */
#include "ingest/reject.h"

#include "ingest/load_erased.h"
#include "ingest/memory.h"

#define BATCH_ROWS     1000
#define EXAMPLES       5
#define SMALL_REJECTED 10
#define REASON         "_reason || CASE WHEN _first IS NULL THEN '' ELSE ' there' END"

/* --- too many --- */

static gboolean is_first_of_stage(GPtrArray *entries, guint index) {
  for (guint i = 0; i < index; i++) {
    if (((const MapEntry *)entries->pdata[i])->stage == ((const MapEntry *)entries->pdata[index])->stage) return FALSE;
  }
  return TRUE;
}

/* A file that ends within a row and without the end of a line was not written to its end: what it lacks must not count
 * as gone. `broken` is the last of its file. */
static gboolean is_cut_short(const ReadFile *file, const ReadBroken *broken) {
  g_autoptr(GMappedFile) mapped = g_mapped_file_new(file->text.path, FALSE, NULL);
  gsize length = mapped ? g_mapped_file_get_length(mapped) : 0, n = broken->text ? strlen(broken->text) : 0;
  return n > 0 && n <= length && memcmp(g_mapped_file_get_contents(mapped) + length - n, broken->text, n) == 0;
}

static gboolean check_ends(const ReadStage *stage, GError **error) {
  for (guint i = 0; i < stage->broken->len; i++) {
    const ReadBroken *broken = &g_array_index(stage->broken, ReadBroken, i);
    const ReadFile *file = &g_array_index(stage->files, ReadFile, broken->file);
    if (!is_cut_short(file, broken)) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s:%" G_GINT64_FORMAT
                ": the file ends within this row (%s): it was not written to its end; get the "
                "whole file, and load again",
                file->shown, broken->line, broken->reason);
    return FALSE;
  }
  return TRUE;
}

/* Unless the source says its own share, a handful of bad rows among more good ones never stops a load. */
static gboolean is_too_many(const Load *load, gint64 n_rejected, gint64 n_read) {
  if (n_rejected == 0 || (double)n_rejected <= load->source->max_rejected * (double)n_read) return FALSE;
  return load->source->max_is_given || n_rejected > SMALL_REJECTED || n_rejected * 2 > n_read;
}

static void append_reasons(Load *load, const MapEntry *entry, GString *text) {
  g_autofree char *table = store_quote_name(entry->name);
  g_autoptr(StoreRows) rows =
      load_query(load, NULL,
                 "SELECT regexp_replace(split_part(_reason, ': \"', 1) || ' ' || regexp_extract(_reason, '\" (is "
                 ".*)$', 1), '^id .* is already.*', 'id is there already') AS why, count(*) AS n, "
                 "min(" REASON ") FROM %s WHERE _reason IS NOT NULL GROUP BY 1 ORDER BY n DESC, why LIMIT %d",
                 table, EXAMPLES);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    g_autofree char *n = load_number(store_rows_value(rows, i, 1).integer);
    g_string_append_printf(text, "\n  %s rows: %s, such as %s", n,
                           g_strchomp((char *)store_rows_value(rows, i, 0).text), store_rows_value(rows, i, 2).text);
  }
  for (guint i = 0; i < MIN(entry->stage->broken->len, EXAMPLES); i++) {
    const ReadBroken *broken = &g_array_index(entry->stage->broken, ReadBroken, i);
    const ReadFile *file = &g_array_index(entry->stage->files, ReadFile, broken->file);
    g_string_append_printf(text, "\n  %s:%" G_GINT64_FORMAT ": %s", file->shown, broken->line, broken->reason);
  }
}

/* Up to five of the rows, with their lines. */
static void append_examples(Load *load, const MapEntry *entry, GString *text) {
  g_autofree char *table = store_quote_name(entry->name);
  g_autoptr(StoreRows) rows = load_query(
      load, NULL, "SELECT _file, _row, " REASON " FROM %s WHERE _reason IS NOT NULL ORDER BY _file, _row LIMIT %d",
      table, EXAMPLES);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    guint file = (guint)store_rows_value(rows, i, 0).integer;
    gint64 row = store_rows_value(rows, i, 1).integer, line = 0;
    read_stage_lines(entry->stage, file, &row, 1, &line);
    g_string_append_printf(text, "\n  %s:%" G_GINT64_FORMAT ": %s",
                           g_array_index(entry->stage->files, ReadFile, file).shown, line,
                           store_rows_value(rows, i, 2).text);
  }
}

static gboolean fail_too_many(Load *load, const MapEntry *entry, gint64 n_bad, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_autofree char *bad = load_number(n_bad);
  g_autofree char *all = load_number(entry->n_read);
  g_string_printf(text,
                  "%s: %s of %s rows for %s are bad, more than the %g %% allowed (max_rejected); nothing was changed",
                  entry->map->from ? entry->map->from->name : "rows", bad, all, entry->map->table->name,
                  load->source->max_rejected * 100);
  append_reasons(load, entry, text);
  append_examples(load, entry, text);
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, text->str);
  return FALSE;
}

/* Lines that are no rows belong to no entry; they are counted with the first that reads their file. */
gboolean reject_check(Load *load, GPtrArray *entries, IngestCount *counts, GError **error) {
  for (guint i = 0; i < entries->len; i++) {
    const MapEntry *entry = entries->pdata[i];
    if (!check_ends(entry->stage, error)) return FALSE;
    gint64 n_broken = entry->stage->broken->len, n_bad = entry->n_bad + n_broken;
    gboolean is_first = is_first_of_stage(entries, i);
    IngestCount *count = &counts[entry->index];
    count->n_read = entry->n_read - (is_first ? 0 : n_broken);
    count->n_rejected = entry->n_bad + (is_first ? n_broken : 0);
    count->n_skipped = entry->n_skipped;
    if (is_too_many(load, n_bad, entry->n_read)) return fail_too_many(load, entry, n_bad, error);
  }
  return TRUE;
}

/* --- keeping --- */

static gboolean run_batch(Load *load, GString *values, const char *into, GError **error) {
  if (values->len == 0) return TRUE;
  gboolean ok = load_run(load, NULL, error, "INSERT INTO %s VALUES %s", into, values->str);
  g_string_truncate(values, 0);
  return ok;
}

/* The rows of an entry whose lines are asked for: its own bad ones, and those that others repeat. */
static char *wanted_rows(GPtrArray *entries, const MapEntry *entry) {
  g_autofree char *table = store_quote_name(entry->name);
  GString *sql = g_string_new(NULL);
  g_string_append_printf(
      sql, "SELECT DISTINCT f, r FROM (SELECT _file AS f, _row AS r FROM %s WHERE _reason IS NOT NULL", table);
  for (guint i = 0; i < entries->len; i++) {
    const MapEntry *other = entries->pdata[i];
    if (other->map->table != entry->map->table || other->n_bad == 0) continue;
    g_autofree char *name = store_quote_name(other->name);
    g_string_append_printf(sql, " UNION ALL SELECT _first_file, _first FROM %s WHERE _first_entry = %u", name,
                           entry->index);
  }
  g_string_append(sql, ") ORDER BY f, r");
  return g_string_free(sql, FALSE);
}

/* attain_line (entry, row, file, line) for the wanted rows, which come by file and row. */
static gboolean add_lines(Load *load, GPtrArray *entries, const MapEntry *entry, GError **error) {
  g_autofree char *query = wanted_rows(entries, entry);
  g_autoptr(StoreRows) rows = load_query(load, error, "%s", query);
  if (!rows) return FALSE;
  gsize n = store_rows_count(rows);
  g_autoptr(GString) values = g_string_new(NULL);
  for (gsize start = 0, end = 0; start < n; start = end) {
    guint file = (guint)store_rows_value(rows, start, 0).integer;
    while (end < n && (guint)store_rows_value(rows, end, 0).integer == file) end++;
    g_autofree gint64 *numbers = g_new0(gint64, end - start);
    g_autofree gint64 *lines = g_new0(gint64, end - start);
    for (gsize i = start; i < end; i++) numbers[i - start] = store_rows_value(rows, i, 1).integer;
    read_stage_lines(entry->stage, file, numbers, end - start, lines);
    g_autofree char *name = store_quote_text(g_array_index(entry->stage->files, ReadFile, file).shown);
    for (gsize i = 0; i < end - start; i++) {
      g_string_append_printf(values, "%s(%u, %" G_GINT64_FORMAT ", %s, %" G_GINT64_FORMAT ")", values->len ? ", " : "",
                             entry->index, numbers[i], name, lines[i]);
      if ((i + 1) % BATCH_ROWS == 0 && !run_batch(load, values, "attain_line", error)) return FALSE;
    }
    if (!run_batch(load, values, "attain_line", error)) return FALSE;
  }
  return TRUE;
}

static char *record_json(const MapEntry *entry) {
  GString *sql = g_string_new("json_object(");
  for (guint i = 0; i < entry->stage->headers->len; i++) {
    g_autofree char *text = store_quote_text(entry->stage->headers->pdata[i]);
    g_autofree char *name = store_quote_name(entry->stage->headers->pdata[i]);
    g_string_append_printf(sql, "%s%s, s.%s", i ? ", " : "", text, name);
  }
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}

static gboolean keep_rows(Load *load, const MapEntry *entry, GError **error) {
  g_autofree char *table = store_quote_name(entry->name);
  g_autofree char *stage = store_quote_name(entry->stage->name);
  g_autofree char *json = record_json(entry);
  g_autofree char *target = store_quote_text(entry->map->table->name);
  g_autofree char *from = store_quote_text(entry->map->from ? entry->map->from->name : "rows");
  return load_run(
      load, NULL, error,
      "INSERT INTO attain_rejects SELECT %s, %s, l.file, l.line, t._reason || CASE WHEN t._first IS NULL THEN "
      "'' WHEN f.file = l.file THEN ' on line ' || f.line ELSE ' in ' || f.file || ' on line ' || f.line END, "
      "CAST(%s AS VARCHAR) FROM %s t LEFT JOIN attain_line l ON l.e = %u AND l.r = t._row LEFT JOIN "
      "attain_line f ON f.e = t._first_entry AND f.r = t._first LEFT JOIN (SELECT *, rowid - (SELECT "
      "min(rowid) FROM %s) AS _row FROM %s) s ON s._row = t._row WHERE t._reason IS NOT NULL",
      target, from, json, table, entry->index, stage, stage);
}

static gboolean keep_broken(Load *load, const MapEntry *entry, GError **error) {
  g_autoptr(GString) values = g_string_new(NULL);
  for (guint i = 0; i < entry->stage->broken->len; i++) {
    const ReadBroken *broken = &g_array_index(entry->stage->broken, ReadBroken, i);
    g_autofree char *target = store_quote_text(entry->map->table->name);
    g_autofree char *from = store_quote_text(entry->map->from ? entry->map->from->name : "rows");
    g_autofree char *file = store_quote_text(g_array_index(entry->stage->files, ReadFile, broken->file).shown);
    g_autofree char *reason = store_quote_text(broken->reason);
    g_autofree char *text = store_quote_text(broken->text);
    g_string_append_printf(values, "%s(%s, %s, %s, %" G_GINT64_FORMAT ", %s, CAST(json_object('line', %s) AS VARCHAR))",
                           values->len ? ", " : "", target, from, file, broken->line, reason, text);
    if ((i + 1) % BATCH_ROWS == 0 && !run_batch(load, values, "attain_rejects", error)) return FALSE;
  }
  return run_batch(load, values, "attain_rejects", error);
}

static gboolean gather_rejects(Load *load, GPtrArray *entries, GError **error) {
  load_temporary(load, "attain_line");
  load_temporary(load, "attain_rejects");
  if (!load_run_sql(
          load,
          "CREATE OR REPLACE TEMP TABLE attain_line (e INTEGER, r BIGINT, file VARCHAR, line BIGINT); CREATE OR "
          "REPLACE TEMP TABLE attain_rejects (table_name VARCHAR, from_name VARCHAR, "
          "file VARCHAR, line BIGINT, reason VARCHAR, row_json VARCHAR)",
          NULL, error)) {
    return FALSE;
  }
  for (guint i = 0; i < entries->len; i++) {
    const MapEntry *entry = entries->pdata[i]; /* a view has no bad rows */
    if (!entry->stage->is_view && !add_lines(load, entries, entry, error)) return FALSE;
  }
  for (guint i = 0; i < entries->len; i++) {
    const MapEntry *entry = entries->pdata[i];
    if (entry->n_bad > 0 && !keep_rows(load, entry, error)) return FALSE;
    if (is_first_of_stage(entries, i) && !keep_broken(load, entry, error)) return FALSE;
  }
  return load_keep_erased_in(load, "attain_rejects", "reason", error) &&
         load_keep_erased_in(load, "attain_rejects", "row_json", error);
}

static gboolean has_rejects(GPtrArray *entries) {
  for (guint i = 0; i < entries->len; i++) {
    const MapEntry *entry = entries->pdata[i];
    if (entry->n_bad > 0 || entry->stage->broken->len > 0) return TRUE;
  }
  return FALSE;
}

static const SourceTable *given_table(const Load *load) {
  for (guint t = 0; t < load->source->n_tables; t++)
    if (load->source->tables[t].rows) return &load->source->tables[t];
  return NULL;
}

gboolean reject_is_of_given(const Load *load) {
  return given_table(load) != NULL;
}

/* What was kept of the same records when they were given before. */
static char *replaced_given_sql(const Load *load, const SourceTable *table) {
  const SourceRows *rows = table->rows;
  guint at = 0;
  while (!g_str_equal(rows->columns[at], table->given_id)) at++;
  g_autofree char *source = store_quote_text(load->source->name);
  g_autofree char *from = store_quote_text(table->name);
  g_autofree char *file = store_quote_text(load->source->file);
  g_autofree char *id = store_quote_text(table->given_id);
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "source = %s AND from_name = %s AND file = %s AND json_extract_string(row_json, [%s])[1] IN (''",
                  source, from, file, id);
  for (guint r = 0; r < rows->n_rows; r++) {
    g_autofree char *text = store_quote_text(rows->cells[(gsize)r * rows->n_columns + at]);
    g_string_append_printf(sql, ", %s", text);
  }
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}

/* Which of the kept rows this load has looked at again: those of the tables that were read whole. The
 * rows before a cursor are read no more, so what was rejected among them stays until all is read again. */
static char *replaced_sql(const Load *load) {
  const IngestSource *source = load->source;
  const SourceTable *given = given_table(load);
  if (given) return replaced_given_sql(load, given);
  g_autofree char *name = store_quote_text(source->name);
  gboolean is_all = !load->plan->is_partial;
  for (guint t = 0; t < source->n_tables; t++) is_all &= !load->plan->is_cut[t];
  if (is_all) return g_strdup_printf("source = %s", name);
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "source = %s AND from_name IN (''", name);
  for (guint t = 0; t < source->n_tables; t++) {
    g_autofree char *from = store_quote_text(source->tables[t].name);
    gboolean is_whole = memory_table_mode(load->plan, &source->tables[t]) == MEMORY_WHOLE;
    if (is_whole && !load->plan->is_cut[t]) g_string_append_printf(sql, ", %s", from);
  }
  gboolean has_rows = TRUE; /* rows in place all go by one name */
  for (guint m = 0; m < source->n_maps; m++) has_rows &= source->maps[m].from || load->plan->modes[m] == MEMORY_WHOLE;
  g_string_append(sql, has_rows ? ", 'rows')" : ")");
  return g_string_free(sql, FALSE);
}

gboolean reject_keep(Load *load, GPtrArray *entries, gboolean *is_changed, GError **error) {
  g_autofree char *source = store_quote_text(load->source->name);
  g_autofree char *replaced = replaced_sql(load);
  if (!has_rejects(entries)) {
    gint64 n_gone = 0;
    if (!load_run(load, &n_gone, error, "DELETE FROM rejected WHERE %s", replaced)) return FALSE;
    *is_changed = n_gone > 0;
    return TRUE;
  }
  if (!gather_rejects(load, entries, error)) return FALSE;
  const char *columns = "table_name, from_name, file, line, reason, row_json";
  gint64 n_different = 0;
  if (!load_count(load, &n_different, error,
                  "SELECT (SELECT count(*) FROM (SELECT %s FROM attain_rejects EXCEPT ALL SELECT %s FROM rejected "
                  "WHERE source = %s)) + (SELECT count(*) FROM (SELECT %s FROM rejected WHERE "
                  "%s EXCEPT ALL SELECT %s FROM attain_rejects))",
                  columns, columns, source, columns, replaced, columns)) {
    return FALSE;
  }
  *is_changed = n_different > 0;
  return !*is_changed || (load_run(load, NULL, error, "DELETE FROM rejected WHERE %s", replaced) &&
                          load_run(load, NULL, error,
                                   "INSERT INTO rejected (\"load\", source, %s) SELECT %d, %s, * FROM (SELECT %s FROM "
                                   "attain_rejects EXCEPT ALL SELECT %s FROM rejected WHERE source = %s)",
                                   columns, load->number, source, columns, columns, source));
}

/* --- for `attain check` --- */

static void free_rejected(gpointer data) {
  IngestRejected *row = data;
  g_free(row->source);
  g_free(row->table);
  g_free(row->file);
  g_free(row->reason);
  g_free(row->row);
  g_free(row);
}

static char *text_of(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return g_strdup(value.type == STORE_TEXT ? value.text : "");
}

GPtrArray *ingest_rejected(Store *store, gsize max_rows, gint64 *n_total, GError **error) {
  g_autoptr(StoreRows) total = store_query(store, "SELECT count(*) FROM rejected", NULL, 0, 0, error);
  if (!total) return NULL;
  StoreValue limit = {.type = STORE_INT, .integer = (gint64)max_rows};
  g_autoptr(StoreRows) rows = store_query(store,
                                          "SELECT source, table_name, file, reason, row_json, line FROM rejected ORDER "
                                          "BY \"load\" DESC, source, table_name, file, line, reason LIMIT ?",
                                          &limit, 1, max_rows + 1, error);
  if (!rows) return NULL;
  GPtrArray *found = g_ptr_array_new_with_free_func(free_rejected);
  for (gsize i = 0; i < store_rows_count(rows); i++) {
    IngestRejected *row = g_new0(IngestRejected, 1);
    row->source = text_of(rows, i, 0);
    row->table = text_of(rows, i, 1);
    row->file = text_of(rows, i, 2);
    row->reason = text_of(rows, i, 3);
    row->row = text_of(rows, i, 4);
    StoreValue line = store_rows_value(rows, i, 5);
    row->line = line.type == STORE_INT ? line.integer : 0;
    g_ptr_array_add(found, row);
  }
  if (n_total) *n_total = store_rows_value(total, 0, 0).integer;
  return found;
}
