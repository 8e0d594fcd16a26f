/* Records as JSON become rows in place, as if they stood in a source's `rows:`; the database's own parser reads them.
 *
 * All records of one call have the columns of the first: a column that only some had would be emptied in the others. */
#include "base/json.h"
#include "ingest/put_private.h"

#define NOT_JSON "the records are no JSON: give an object of columns, or an array of such objects"

void put_rows_clear(PutRows *rows) {
  g_clear_pointer(&rows->source, ingest_source_free);
  g_clear_pointer(&rows->numbers, g_array_unref);
}

void put_reject(IngestPutReport *report, guint record, const char *id, const char *format, ...) {
  va_list args;
  va_start(args, format);
  IngestPutRejected rejected = {.record = record, .id = g_strdup(id), .reason = g_strdup_vprintf(format, args)};
  va_end(args);
  g_array_append_val(report->rejected, rejected);
}

/* --- names --- */

static gboolean fail_name(GPtrArray *names, const char *what, const char *name, GError **error) {
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_ptr_array_add(names, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s \"%s\"%s%s%s there are %s", what, name,
              nearest ? "; did you mean \"" : ";", nearest ? nearest : "", nearest ? "\"?" : "", all);
  return FALSE;
}

const LedgerTable *put_find_table(const LedgerSchema *schema, const char *name, GError **error) {
  const LedgerTable *table = ledger_schema_find(schema, name);
  if (table && table->kind != LEDGER_DERIVED) return table;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *each = ledger_schema_table(schema, i);
    if (each->kind != LEDGER_DERIVED) g_ptr_array_add(names, (gpointer)each->name);
  }
  fail_name(names, table ? "nothing can be put into" : "there is no table", name, error);
  return NULL;
}

/* Values are written as programs write them, whatever the source's files are like. */
static gboolean add_column(const IngestPut *put, SourceMap *map, const char *name, GError **error) {
  const LedgerTable *table = map->table;
  const LedgerColumn *found = ledger_table_column(table, name);
  gboolean is_common = g_str_equal(name, "id") || g_str_equal(name, "modified_at") ||
                       (g_str_equal(name, "currency") && table->has_money);
  if (!found && !is_common) {
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < table->n_columns; i++) g_ptr_array_add(names, (gpointer)table->columns[i].name);
    g_ptr_array_add(names, (gpointer) "id");
    if (!ledger_table_column(table, "modified_at")) g_ptr_array_add(names, (gpointer) "modified_at");
    if (table->has_money) g_ptr_array_add(names, (gpointer) "currency");
    g_autofree char *what = g_strdup_printf("%s has no column", table->name);
    return fail_name(names, what, name, error);
  }
  SourceColumn column = {.target = g_intern_string(name), .column = found, .of = g_strdup(name), .decimal = '.'};
  LedgerType type = found ? found->type : LEDGER_TEXT;
  if (type == LEDGER_INSTANT || g_str_equal(name, "modified_at")) column.format = g_strdup("ymd");
  if (type == LEDGER_REF) column.source = g_strdup(put->references);
  if (type == LEDGER_SHARE) column.unit = SOURCE_UNIT_FRACTION;
  if (type == LEDGER_MONEY) column.unit = SOURCE_UNIT_MAJOR;
  if (type == LEDGER_DURATION) column.unit = SOURCE_UNIT_SECONDS;
  map->columns = g_renew(SourceColumn, map->columns, map->n_columns + 1);
  map->columns[map->n_columns++] = column;
  return TRUE;
}

static gboolean check_columns(const SourceMap *map, GError **error) {
  if (!source_map_column(map, "id")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a record of %s needs an id", map->table->name);
    return FALSE;
  }
  for (guint i = 0; i < map->table->n_columns; i++) {
    const LedgerColumn *column = &map->table->columns[i];
    if (!(column->flags & LEDGER_REQUIRED) || source_map_column(map, column->name)) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a record of %s needs %s (%s)", map->table->name, column->name,
                column->about);
    return FALSE;
  }
  return TRUE;
}

/* --- records --- */

static gboolean check_text(const char *json, GError **error) {
  if (strlen(json) > INGEST_PUT_MAX_BYTES) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "the records are larger than %d bytes (INGEST_PUT_MAX_BYTES): put them in several calls, or load them",
                INGEST_PUT_MAX_BYTES);
    return FALSE;
  }
  if (g_utf8_validate(json, -1, NULL)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the records are not UTF-8");
  return FALSE;
}

/* The place is told by our own reader: the database's words are not for who puts records. */
static void fail_json(const char *json, GError **error) {
  g_autoptr(GError) place = NULL;
  base_json_free(base_json_read(json, strlen(json), &place));
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, NOT_JSON "%s%s", place ? ": " : "", place ? place->message : "");
}

/* Of each value: its record, the record's kind, name, kind, text; in order, and after each record one without a name.
 */
static StoreRows *read_values(const IngestPut *put, const char *json, GError **error) {
  const StoreValue value = {.type = STORE_TEXT, .text = json};
  g_autoptr(GError) failed = NULL;
  StoreRows *rows = store_query(
      put->store,
      "WITH record AS (SELECT unnest(l) AS o, generate_subscripts(l, 1) - 1 AS r FROM (SELECT CASE json_type(j) WHEN "
      "'ARRAY' THEN CAST(j AS JSON[]) ELSE [j] END AS l FROM (SELECT CAST(? AS JSON) AS j))), named AS (SELECT r, "
      "json_type(o) AS kind, list_append(CASE json_type(o) WHEN 'OBJECT' THEN map_entries(CAST(o AS MAP(VARCHAR, "
      "JSON))) ELSE [] END, NULL) AS m FROM record), entry AS (SELECT r, kind, unnest(m) AS e, generate_subscripts(m, "
      "1) AS c FROM named) SELECT r, kind, e.key, json_type(e.value), e.value ->> '$' FROM entry ORDER BY r, c",
      &value, 1, 0, &failed);
  if (rows) return rows;
  if (g_error_matches(failed, BASE_ERROR, BASE_ERROR_INPUT))
    fail_json(json, error);
  else
    g_propagate_error(error, g_steal_pointer(&failed));
  return NULL;
}

/* A record while it is read: the text of each column, NULL for null. */
typedef struct {
  guint number;
  GHashTable *texts;
  char *why; /* it is none, or NULL */
} Record;

static const char *text_at(const StoreRows *rows, gsize row, guint column) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_TEXT ? value.text : NULL;
}

/* Reads one record from `*at` on, and steps past it. */
static Record read_record(const StoreRows *rows, gsize *at) {
  Record record = {(guint)store_rows_value(rows, *at, 0).integer, g_hash_table_new(g_str_hash, g_str_equal), NULL};
  if (!g_str_equal(text_at(rows, *at, 1), "OBJECT")) record.why = g_strdup("it is no object of columns");
  for (; text_at(rows, *at, 2); (*at)++) {
    const char *name = text_at(rows, *at, 2), *kind = text_at(rows, *at, 3);
    gboolean is_one = !kind || (!g_str_equal(kind, "OBJECT") && !g_str_equal(kind, "ARRAY")); /* null: none */
    if (!is_one && !record.why) record.why = g_strdup_printf("%s: must be one value", name);
    if (!g_hash_table_insert(record.texts, (gpointer)name, (gpointer)text_at(rows, *at, 4)) && !record.why)
      record.why = g_strdup_printf("%s: is there twice", name);
  }
  (*at)++;
  return record;
}

static void check_same_columns(const SourceRows *rows, Record *record) {
  for (guint c = 0; c < rows->n_columns && !record->why; c++) {
    if (!g_hash_table_contains(record->texts, rows->columns[c]))
      record->why = g_strdup_printf("%s: is not given, and other records of the call have it; give null to empty it",
                                    rows->columns[c]);
  }
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init(&iter, record->texts);
  while (!record->why && g_hash_table_iter_next(&iter, &name, NULL)) {
    if (!g_strv_contains((const char *const *)rows->columns, name))
      record->why = g_strdup_printf("%s: is given, and the first record of the call does not have it", (char *)name);
  }
}

static gboolean take_columns(const IngestPut *put, SourceMap *map, const Record *record, const StoreRows *values,
                             gsize from, GError **error) {
  SourceRows *rows = map->rows;
  rows->n_columns = g_hash_table_size(record->texts);
  rows->columns = g_new0(char *, rows->n_columns + 1);
  for (guint c = 0; c < rows->n_columns; c++) {
    rows->columns[c] = g_strdup(text_at(values, from + c, 2));
    if (!add_column(put, map, rows->columns[c], error)) return FALSE;
  }
  return check_columns(map, error);
}

static void add_row(PutRows *rows, const Record *record) {
  SourceRows *into = rows->source->maps[0].rows;
  guint n = into->n_columns;
  into->cells = g_renew(char *, into->cells, (gsize)(into->n_rows + 1) * n);
  into->lines = g_renew(guint, into->lines, into->n_rows + 1);
  for (guint c = 0; c < n; c++)
    into->cells[(gsize)into->n_rows * n + c] = g_strdup(g_hash_table_lookup(record->texts, into->columns[c]));
  into->lines[into->n_rows++] = record->number + 1;
  g_array_append_val(rows->numbers, record->number);
}

static gboolean take_record(const IngestPut *put, PutRows *rows, Record *record, const StoreRows *values, gsize from,
                            IngestPutReport *report, GError **error) {
  SourceMap *map = &rows->source->maps[0];
  if (!record->why && !map->rows->columns && !take_columns(put, map, record, values, from, error)) return FALSE;
  if (!record->why) check_same_columns(map->rows, record);
  const char *id = g_hash_table_lookup(record->texts, "id");
  if (!record->why && (!id || !*id)) record->why = g_strdup("id: is empty");
  if (record->why)
    put_reject(report, record->number, id, "%s", record->why);
  else
    add_row(rows, record);
  return TRUE;
}

/* --- currency --- */

/* The records that are there and are in another currency than the organisation's: id, currency. */
static StoreRows *foreign_records(const IngestPut *put, const LedgerTable *table, const SourceRows *rows, guint id_at,
                                  GError **error) {
  g_autofree char *name = store_quote_name(table->name);
  g_autoptr(GString) sql = g_string_new(NULL);
  g_string_append_printf(sql, "SELECT id, currency FROM %s WHERE from_source = ? AND currency <> ? AND id IN (", name);
  for (guint r = 0; r < rows->n_rows; r++) {
    g_autofree char *id = store_quote_text(rows->cells[(gsize)r * rows->n_columns + id_at]);
    g_string_append_printf(sql, "%s%s", r ? ", " : "", id);
  }
  g_string_append_c(sql, ')');
  const StoreValue values[] = {{.type = STORE_TEXT, .text = put->source},
                               {.type = STORE_TEXT, .text = put->organisation->currency}};
  return store_query(put->store, sql->str, values, G_N_ELEMENTS(values), 0, error);
}

/* As if the records had said their currency. */
static gboolean add_currencies(const IngestPut *put, SourceMap *map, guint id_at, const StoreRows *foreign,
                               GError **error) {
  SourceRows *rows = map->rows;
  guint n = rows->n_columns;
  g_autoptr(GHashTable) of = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize f = 0; f < store_rows_count(foreign); f++)
    g_hash_table_insert(of, (gpointer)text_at(foreign, f, 0), (gpointer)text_at(foreign, f, 1));
  char **cells = g_new0(char *, (gsize)rows->n_rows *(n + 1));
  for (guint r = 0; r < rows->n_rows; r++) {
    memcpy(cells + (gsize)r * (n + 1), rows->cells + (gsize)r * n, n * sizeof *cells);
    cells[(gsize)r * (n + 1) + n] = g_strdup(g_hash_table_lookup(of, cells[(gsize)r * (n + 1) + id_at]));
  }
  g_free(rows->cells);
  rows->cells = cells;
  rows->columns = g_renew(char *, rows->columns, n + 2);
  rows->columns[rows->n_columns++] = g_strdup("currency");
  rows->columns[rows->n_columns] = NULL;
  return add_column(put, map, "currency", error);
}

/* A record that does not name its currency keeps the one it has, and its amounts are in that one. */
static gboolean keep_currencies(const IngestPut *put, const LedgerTable *table, SourceMap *map, GError **error) {
  const SourceRows *rows = map->rows;
  guint id_at = 0;
  if (!table->has_money || rows->n_rows == 0 || source_map_column(map, "currency")) return TRUE;
  while (!g_str_equal(rows->columns[id_at], "id")) id_at++;
  g_autoptr(StoreRows) foreign = foreign_records(put, table, rows, id_at, error);
  if (!foreign) return FALSE;
  return store_rows_count(foreign) == 0 || add_currencies(put, map, id_at, foreign, error);
}

static IngestSource *make_source(const IngestPut *put, const LedgerTable *table) {
  IngestSource *source = g_new0(IngestSource, 1);
  source->name = g_strdup(put->source);
  source->file = g_strdup("records");
  source->time_zone = g_strdup(put->organisation->time_zone);
  source->date_format = g_strdup("ymd");
  source->currency = g_strdup(put->organisation->currency);
  source->decimal = '.';
  source->n_maps = 1;
  source->maps = g_new0(SourceMap, 1);
  source->maps[0].table = table;
  source->maps[0].rows = g_new0(SourceRows, 1);
  return source;
}

gboolean put_read(const IngestPut *put, const LedgerTable *table, const char *json, PutRows *rows,
                  IngestPutReport *report, GError **error) {
  if (!check_text(json, error)) return FALSE;
  g_autoptr(StoreRows) values = read_values(put, json, error);
  if (!values) return FALSE;
  rows->source = make_source(put, table);
  rows->numbers = g_array_new(FALSE, FALSE, sizeof(guint));
  gboolean ok = TRUE;
  for (gsize at = 0; ok && at < store_rows_count(values);) {
    gsize from = at;
    Record record = read_record(values, &at);
    ok = take_record(put, rows, &record, values, from, report, error);
    g_hash_table_unref(record.texts);
    g_free(record.why);
  }
  if (ok && rows->numbers->len + report->rejected->len > INGEST_PUT_MAX_RECORDS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "more than %d records in one call (INGEST_PUT_MAX_RECORDS): put them in several, or load them",
                INGEST_PUT_MAX_RECORDS);
    return FALSE;
  }
  return ok && keep_currencies(put, table, &rows->source->maps[0], error);
}
