/* Rows given to a source. The source is copied with only the map entries and columns that the rows' headers can make,
 * and loaded as an increment whose table has these rows in place of its files. */
#include "ingest/take.h"

#include "ingest/load.h"
#include "ingest/memory.h"
#include "ingest/read.h"
#include "ingest/source.h"

#include <string.h>

/* --- which columns can be made --- */

static gboolean can_be_read(const ReadStage *stage, const char *header) {
  g_autoptr(GError) ignored = NULL;
  return read_stage_header(stage, header, (BaseSpan){0}, &ignored) != NULL;
}

static gboolean can_be_asked(Load *load, const ReadStage *stage, const char *expression) {
  if (!expression) return TRUE;
  g_autofree char *table = store_quote_name(stage->name);
  g_autoptr(StoreRows) rows = load_query(load, NULL, "SELECT (%s) FROM %s LIMIT 0", expression, table);
  return rows != NULL;
}

static gboolean can_be_made(Load *load, const ReadStage *stage, const SourceColumn *column) {
  if (column->of && !can_be_read(stage, column->of)) return FALSE;
  return can_be_asked(load, stage, column->sql) && can_be_asked(load, stage, column->when);
}

/* --- the copy --- */

typedef struct {
  IngestSource source; /* borrows its texts from the whole */
  GPtrArray *columns;  /* SourceColumn arrays */
  SourceTable *tables;
  SourceMap *maps;
  SourceRows rows;
} Copy;

static void copy_clear(Copy *copy) {
  g_clear_pointer(&copy->columns, g_ptr_array_unref);
  g_free(copy->tables);
  g_free(copy->maps);
  g_free(copy->rows.cells);
  g_free(copy->rows.lines);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

/* Values are as a system sends them, whatever the files are like. */
static SourceColumn plain_column(const SourceColumn *column) {
  SourceColumn plain = *column;
  plain.format = NULL;
  plain.decimal = 0;
  plain.time_zone = NULL;
  return plain;
}

static SourceMap copy_map(Load *load, Copy *copy, const ReadStage *stage, const SourceMap *map, SourceTable *from) {
  SourceMap made = *map;
  made.from = from;
  made.columns = g_new0(SourceColumn, map->n_columns + 1);
  made.n_columns = 0;
  g_ptr_array_add(copy->columns, made.columns);
  for (guint c = 0; c < map->n_columns; c++) {
    if (can_be_made(load, stage, &map->columns[c])) made.columns[made.n_columns++] = plain_column(&map->columns[c]);
  }
  return made;
}

/* All that the table requires and the whole map gives. */
static gboolean is_complete(const SourceMap *part, const SourceMap *whole) {
  for (guint c = 0; c < whole->n_columns; c++) {
    const LedgerColumn *column = whole->columns[c].column;
    if (column && (column->flags & LEDGER_REQUIRED) && !source_map_column(part, column->name)) return FALSE;
  }
  return TRUE;
}

/* --- rows of records that are there --- */

static guint id_at(const IngestTake *take) {
  guint at = 0;
  while (!g_str_equal(take->headers[at], take->id)) at++;
  return at;
}

static GHashTable *ids_there(const IngestTake *take, const LedgerTable *table, GError **error) {
  guint n = g_strv_length(take->headers), at = id_at(take);
  g_autofree char *name = store_quote_name(table->name);
  g_autoptr(GString) sql = g_string_new(NULL);
  g_string_printf(sql, "SELECT id FROM %s WHERE from_source = ? AND id IN (''", name);
  for (guint r = 0; r < take->n_rows; r++) {
    g_autofree char *id = store_quote_text(take->cells[(gsize)r * n + at]);
    g_string_append_printf(sql, ", %s", id);
  }
  g_string_append_c(sql, ')');
  const StoreValue source = {.type = STORE_TEXT, .text = take->source->name};
  g_autoptr(StoreRows) rows = store_query(take->store, sql->str, &source, 1, 0, error);
  if (!rows) return NULL;
  GHashTable *there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize r = 0; r < store_rows_count(rows); r++)
    g_hash_table_add(there, g_strdup(store_rows_value(rows, r, 0).text));
  return there;
}

/* --- one map entry after the other, each with the rows that it can take --- */

typedef struct {
  const IngestTake *take;
  Load *load; /* for what is asked before */
  const ReadStage *stage;
  IngestReport *sum;
  guint n_waiting;
} Taking;

/* Takes rows out that are new. */
static gboolean leave_waiting(Taking *taking, const LedgerTable *table, SourceRows *rows, GError **error) {
  g_autoptr(GHashTable) there = ids_there(taking->take, table, error);
  if (!there) return FALSE;
  guint at = id_at(taking->take), kept = 0;
  for (guint r = 0; r < rows->n_rows; r++) {
    char **row = rows->cells + (gsize)r * rows->n_columns;
    if (!g_hash_table_contains(there, row[at])) continue;
    memmove(rows->cells + (gsize)kept++ * rows->n_columns, row, rows->n_columns * sizeof *row);
  }
  taking->n_waiting += rows->n_rows - kept;
  rows->n_rows = kept;
  return TRUE;
}

static void begin_copy(Copy *copy, const IngestTake *take, SourceTable **from) {
  const IngestSource *whole = take->source;
  guint n = g_strv_length(take->headers);
  *copy = (Copy){.source = *whole, .columns = g_ptr_array_new_with_free_func(g_free)};
  copy->tables = g_memdup2(whole->tables, whole->n_tables * sizeof *whole->tables);
  copy->maps = g_new0(SourceMap, 1);
  copy->rows = (SourceRows){.columns = take->headers, .n_columns = n, .n_rows = take->n_rows};
  copy->rows.cells = g_memdup2(take->cells, (gsize)take->n_rows * n * sizeof(char *));
  copy->rows.lines = g_new0(guint, take->n_rows + 1);
  for (guint r = 0; r < take->n_rows; r++) copy->rows.lines[r] = r + 1;
  for (guint t = 0; t < whole->n_tables; t++) {
    if (!g_str_equal(whole->tables[t].name, take->from)) continue;
    *from = &copy->tables[t];
    (*from)->rows = &copy->rows;
    (*from)->given_id = take->id;
    (*from)->extract = SOURCE_INCREMENT;
    (*from)->cursor = NULL;
  }
  copy->source.tables = copy->tables;
  copy->source.maps = copy->maps;
  copy->source.n_maps = 1;
  copy->source.file = (char *)INGEST_TAKEN_FILE;
  copy->source.time_zone = (char *)"UTC";
  copy->source.date_format = NULL;
  copy->source.decimal = '.';
  copy->source.max_rejected = 1;
  copy->source.max_is_given = TRUE;
}

static void add_report(Taking *taking, IngestReport *report) {
  IngestReport *sum = taking->sum;
  sum->counts = g_renew(IngestCount, sum->counts, sum->n_counts + report->n_counts);
  memcpy(sum->counts + sum->n_counts, report->counts, report->n_counts * sizeof *report->counts);
  sum->n_counts += report->n_counts;
  if (report->load) sum->load = report->load;
  ingest_report_free(report);
}

static gboolean take_map(Taking *taking, const SourceMap *map, GError **error) {
  const IngestTake *take = taking->take;
  g_auto(Copy) copy = {0};
  SourceTable *from = NULL;
  if (!can_be_asked(taking->load, taking->stage, map->where)) return TRUE;
  begin_copy(&copy, take, &from);
  copy.maps[0] = copy_map(taking->load, &copy, taking->stage, map, from);
  const SourceColumn *id = source_map_column(&copy.maps[0], "id");
  if (!id) return TRUE;
  gboolean is_own = id->of && ingest_take_is_same(id->of, take->id);
  if (!is_complete(&copy.maps[0], map)) {
    if (!is_own) return TRUE;
    if (!leave_waiting(taking, map->table, &copy.rows, error)) return FALSE;
  }
  IngestOptions options = {.now_us = take->now_us};
  IngestReport *report = NULL;
  if (copy.rows.n_rows == 0) return TRUE;
  if (!ingest_load(take->store, &copy.source, take->schema, take->organisation, take->calendar, &options, &report,
                   error))
    return FALSE;
  add_report(taking, report);
  return TRUE;
}

static gboolean take_maps(Taking *taking, GError **error) {
  const IngestSource *source = taking->take->source;
  for (guint pass = 0; pass < 2; pass++) { /* whom facts refer to comes first */
    for (guint m = 0; m < source->n_maps; m++) {
      const SourceMap *map = &source->maps[m];
      gboolean is_dimension = map->table->kind == LEDGER_DIMENSION;
      if (!map->from || !g_str_equal(map->from->name, taking->take->from) || is_dimension != (pass == 0)) continue;
      if (!take_map(taking, map, error)) return FALSE;
    }
  }
  return TRUE;
}

char *ingest_take_missing(const IngestSource *source, const char *from) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint t = 0; t < source->n_tables; t++) {
    if (g_str_equal(source->tables[t].name, from)) return NULL;
    g_ptr_array_add(names, (gpointer)source->tables[t].name);
  }
  const char *nearest = base_nearest(from, (const char *const *)names->pdata, names->len);
  return g_strdup_printf("the source %s has no table \"%s\"%s%s%s", source->name, from,
                         nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static gboolean check_from(const IngestTake *take, GError **error) {
  g_autofree char *missing = ingest_take_missing(take->source, take->from);
  if (missing) g_set_error_literal(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, missing);
  return !missing;
}

/* Asks of the rows' headers what can be made of them, in a table without rows of its own. */
static gboolean take_asked(Taking *taking, GError **error) {
  const IngestTake *take = taking->take;
  IngestOptions options = {.now_us = take->now_us};
  IngestSource named = *take->source;
  named.file = (char *)INGEST_TAKEN_FILE;
  Load load = {.store = take->store,
               .source = &named,
               .schema = take->schema,
               .organisation = take->organisation,
               .calendar = take->calendar,
               .options = &options,
               .notes = g_ptr_array_new_with_free_func(g_free),
               .temporary = g_ptr_array_new_with_free_func(g_free)};
  guint line = 1;
  SourceRows one = {.columns = take->headers,
                    .n_columns = g_strv_length(take->headers),
                    .n_rows = 1,
                    .cells = take->cells,
                    .lines = &line};
  const SourceMap map = {.rows = &one};
  ReadStage *stage = load_make_macros(take->store, error) ? read_stage_rows(&load, &map, 9999, error) : NULL;
  taking->load = &load;
  taking->stage = stage;
  gboolean ok = stage && take_maps(taking, error);
  read_stage_free(stage);
  for (guint i = 0; i < load.temporary->len; i++) {
    g_autofree char *name = store_quote_name(load.temporary->pdata[i]);
    load_run(&load, NULL, NULL, "DROP TABLE IF EXISTS %s", name);
  }
  g_ptr_array_unref(load.temporary);
  g_ptr_array_unref(load.notes);
  return ok;
}

gboolean ingest_take(const IngestTake *take, IngestReport **report, guint *n_waiting, GError **error) {
  if (!check_from(take, error)) return FALSE;
  g_autoptr(IngestReport) sum = g_new0(IngestReport, 1);
  sum->source = g_strdup(take->source->name);
  sum->notes = g_new0(char *, 1);
  Taking taking = {.take = take, .sum = sum};
  if (take->n_rows > 0 && !take_asked(&taking, error)) return FALSE;
  *n_waiting = taking.n_waiting;
  *report = g_steal_pointer(&sum);
  return TRUE;
}

/* --- what the mapping says --- */

GPtrArray *ingest_take_facts(const IngestSource *source, const char *from, const char *id) {
  GPtrArray *facts = g_ptr_array_new();
  for (guint m = 0; m < source->n_maps; m++) {
    const SourceMap *map = &source->maps[m];
    const SourceColumn *column = source_map_column(map, "id");
    gboolean is_of = map->from && g_str_equal(map->from->name, from) && map->table->kind == LEDGER_FACT;
    if (is_of && column && column->of && ingest_take_is_same(column->of, id))
      g_ptr_array_add(facts, (gpointer)map->table->name);
  }
  return facts;
}
