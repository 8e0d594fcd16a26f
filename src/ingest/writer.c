/* One put: records as JSON become rows as the database has them, are compared with the versions there, and written.
 *
 *   JSON ─► values ─► keys (hash of source and id) ─► there? ─► no: new
 *                                                       └─► yes: the version there, by one look-up for all ─► differs?
 *
 * What cannot be taken is found before anything is written, so the long way always starts from the same ledger.
 *
 * Where the time goes, on 500,000 deals (bench/writes.c, against a bare commit of one row in turns;
 * docs/performance.md): a new deal takes 2 to 3 times as long, a new sale 1.5. A deal that changes and was not put
 * lately takes 6 to 8 times: its old version, its changes and the rows that derive from it are found by their days, so
 * that the database looks at a few blocks of 120,000 rows and not at all of them, but each such statement still costs
 * 0.5 to 1.5 ms. One that was put lately has nothing looked for (writer_recent.c, src/store/derived_recent.c). An
 * activity that changes takes 3 to 4 times where its silences stay: activities are in the order of their deals, so that
 * many blocks have its day.
 *
 * Memory: of each table the last 4,096 records that were put, some 700 bytes each; 11 to 21 bytes for each record of
 * the tables that are put, 9 to 18 for each that others refer to, by each
 * such table, up to 23 for each deal that has activities or changes of stage; some 150 bytes for each member of the
 * dimensions they refer to. */
#include "ingest/writer.h"

#include "base/money.h"
#include "ingest/writer_private.h"

#include <string.h>

/* --- columns --- */

static gboolean add_column(WriterPut *put, const char *name, guint at) {
  const LedgerColumn *column = ledger_table_column(put->of, name);
  gboolean is_id = g_str_equal(name, "id"), is_modified = g_str_equal(name, "modified_at");
  gboolean is_currency = g_str_equal(name, "currency");
  if (is_id) put->id_at = (int)at;
  if (is_modified) put->modified_at = (int)at;
  if (is_currency) put->currency_at = (int)at;
  if (!column) return is_id || is_modified || (is_currency && put->of->has_money);
  WriterColumn found = {.column = column,
                        .field = put->table->fields[column - put->of->columns],
                        .day = put->table->days[column - put->of->columns],
                        .at = at};
  if (found.field < 0 || (column->type == LEDGER_INSTANT && found.day < 0)) return FALSE;
  g_array_append_val(put->columns, found);
  put->is_mapped[found.field] = TRUE;
  if (found.day >= 0) put->is_mapped[found.day] = TRUE;
  return TRUE;
}

static gboolean find_columns(WriterPut *put) {
  put->id_at = put->modified_at = put->currency_at = -1;
  for (guint i = 0; i < put->records.columns->len; i++) {
    if (!add_column(put, put->records.columns->pdata[i], i)) return FALSE;
  }
  for (guint c = 0; c < put->of->n_columns; c++) {
    if ((put->of->columns[c].flags & LEDGER_REQUIRED) && !put->is_mapped[put->table->fields[c]]) return FALSE;
  }
  if (put->currency_at >= 0 && put->table->currency >= 0) put->is_mapped[put->table->currency] = TRUE;
  return put->id_at >= 0;
}

/* --- references --- */

static const char *references_of(const WriterPut *put) {
  return put->put->references ? put->put->references : put->put->source;
}

/* FALSE without an error: for the long way, which knows what stands for who was erased. */
static gboolean refer(WriterPut *put, const LedgerColumn *column, StoreValue *value, GError **error) {
  if (value->type == STORE_NULL) return TRUE;
  const LedgerTable *of = ledger_schema_find(put->writer->schema, column->ref);
  const char *id = value->text;
  if (of->kind != LEDGER_DIMENSION) {
    *value = (StoreValue){.type = STORE_INT, .integer = (gint64)writer_key(references_of(put), id)};
    return TRUE;
  }
  WriterTable *table = writer_table(put->writer, of, error);
  if (!table || !writer_know_members(put->writer, table, error)) return FALSE;
  g_autofree char *name = writer_member_name(references_of(put), id);
  const WriterMember *member = g_hash_table_lookup(table->members, name);
  if (member) {
    *value = (StoreValue){.type = STORE_INT, .integer = member->survivor};
    return TRUE;
  }
  if (ingest_erased_has_id(put->writer->erased, of->name, references_of(put), id)) return FALSE;
  WriterNewMember *new = g_new0(WriterNewMember, 1);
  *new = (WriterNewMember){.table = table, .source = references_of(put), .id = id};
  g_ptr_array_add(put->new_members, new);
  return TRUE; /* its key comes when all are known: number_members() */
}

static gint compare_members(gconstpointer a, gconstpointer b) {
  const WriterNewMember *x = *(WriterNewMember *const *)a, *y = *(WriterNewMember *const *)b;
  if (x->table != y->table) return x->table->index < y->table->index ? -1 : 1;
  return strcmp(x->id, y->id);
}

/* The next keys, in the order of the ids. */
static void number_members(WriterPut *put) {
  g_ptr_array_sort(put->new_members, compare_members);
  for (guint i = 0; i < put->new_members->len;) {
    WriterNewMember *member = put->new_members->pdata[i];
    WriterNewMember *last = i > 0 ? put->new_members->pdata[i - 1] : NULL;
    if (last && last->table == member->table && g_str_equal(last->id, member->id)) {
      g_ptr_array_remove_index(put->new_members, i);
      continue;
    }
    member->key = last && last->table == member->table ? last->key + 1 : member->table->last_key + 1;
    i++;
  }
}

static gint32 member_key(const WriterPut *put, const LedgerTable *of, const char *id) {
  for (guint i = 0; i < put->new_members->len; i++) {
    const WriterNewMember *member = put->new_members->pdata[i];
    if (member->table->table == of && g_str_equal(member->id, id)) return member->key;
  }
  g_return_val_if_reached(0);
}

/* References that are still texts are to new members. */
static void refer_to_new(WriterPut *put) {
  for (guint c = 0; put->new_members->len && c < put->columns->len; c++) {
    const WriterColumn *column = &g_array_index(put->columns, WriterColumn, c);
    if (column->column->type != LEDGER_REF) continue;
    const LedgerTable *of = ledger_schema_find(put->writer->schema, column->column->ref);
    for (guint r = 0; r < put->rows->len; r++) {
      StoreValue *value = &g_array_index(put->rows, WriterRow, r).values[column->field];
      if (value->type == STORE_TEXT)
        *value = (StoreValue){.type = STORE_INT, .integer = member_key(put, of, value->text)};
    }
  }
}

/* --- rows --- */

static const WriterCell *cell_at(const WriterPut *put, guint row, int column) {
  return &g_array_index(put->records.cells, WriterCell, row * put->records.columns->len + (guint)column);
}

static gboolean read_currency(const WriterPut *put, guint r, WriterRow *row) {
  StoreValue value;
  if (put->currency_at < 0) return TRUE;
  if (!writer_text(cell_at(put, r, put->currency_at), &value)) return FALSE;
  if (value.type == STORE_TEXT && !base_currency_is_valid(value.text)) return FALSE;
  row->currency = value.type == STORE_TEXT ? value.text : put->put->organisation->currency;
  return TRUE;
}

static gboolean read_value(WriterPut *put, guint r, WriterRow *row, const WriterColumn *column, GError **error) {
  WriterForm form = {put->put->calendar, row->currency ? row->currency : put->put->organisation->currency};
  const WriterCell *cell = cell_at(put, r, (int)column->at);
  StoreValue *value = &row->values[column->field];
  gboolean ok = column->column->type == LEDGER_INSTANT ? writer_instant(&form, cell, value, &row->values[column->day])
                                                       : writer_value(&form, column->column, cell, value);
  if (!ok || (value->type == STORE_NULL && (column->column->flags & LEDGER_REQUIRED))) return FALSE;
  if (column->column->type == LEDGER_TEXT && value->type == STORE_TEXT &&
      ingest_erased_has_text(put->writer->erased, value->text))
    return FALSE;
  return column->column->type != LEDGER_REF || refer(put, column->column, value, error);
}

/* FALSE without an error: for the long way. */
static gboolean read_row(WriterPut *put, guint r, WriterRow *row, GError **error) {
  WriterForm form = {put->put->calendar, NULL};
  StoreValue id, modified = {0};
  if (!writer_text(cell_at(put, r, put->id_at), &id) || id.type == STORE_NULL || !read_currency(put, r, row) ||
      (put->modified_at >= 0 && !writer_instant(&form, cell_at(put, r, put->modified_at), &modified, NULL)))
    return FALSE;
  if (ingest_erased_has_text(put->writer->erased, id.text)) return FALSE;
  row->id = id.text;
  row->key = writer_key(put->put->source, row->id);
  row->modified_us = modified.type == STORE_INSTANT ? modified.integer : G_MININT64;
  for (guint c = 0; c < put->columns->len; c++) {
    if (!read_value(put, r, row, &g_array_index(put->columns, WriterColumn, c), error)) return FALSE;
  }
  return TRUE;
}

static gboolean read_rows(WriterPut *put, GError **error) {
  guint n = put->records.n_rows;
  put->values = g_new0(StoreValue, (gsize)n * put->table->n_fields);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
  g_array_set_size(put->rows, n);
  memset(put->rows->data, 0, n * sizeof(WriterRow));
  for (guint r = 0; r < n; r++) {
    WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    row->values = put->values + (gsize)r * put->table->n_fields;
    if (!read_row(put, r, row, error) || !g_hash_table_add(seen, &row->key)) return FALSE;
  }
  number_members(put);
  refer_to_new(put);
  return TRUE;
}

/* FALSE without an error: a record was refused before, and what is kept of that has to go. */
static gboolean check_refused(const WriterPut *put, GError **error) {
  if (!writer_know_refused(put->writer, error)) return FALSE;
  for (guint r = 0; r < put->rows->len; r++) {
    if (writer_was_refused(put->writer, put->of, put->put->source, g_array_index(put->rows, WriterRow, r).id))
      return FALSE;
  }
  return TRUE;
}

/* --- versions --- */

/* Rows whose keys are known get the version that was put lately, or are among those to be looked for. */
static void find_recent(WriterPut *put) {
  WriterTable *table = put->table;
  store_given_clear(table->keys);
  put->is_dated = TRUE;
  for (guint r = 0; r < put->rows->len; r++) {
    WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    gint32 day = 0;
    if (!writer_set_has(table->there, row->key)) continue;
    put->n_before++;
    put->is_dated &= writer_set_days(table->there, row->key, &day, &day);
    row->before = writer_recent_find(table->recent, row->key);
    if (!row->before)
      store_given_add(table->keys, (const StoreValue[]){{.type = STORE_INT, .integer = (gint64)row->key},
                                                        {.type = STORE_DAY, .integer = day}});
  }
}

/* The versions there of those rows whose keys are known; `*is_odd`: one was not found. */
static gboolean fetch_versions(WriterPut *put, gboolean *is_odd, GError **error) {
  WriterTable *table = put->table;
  find_recent(put);
  gsize n_sought = store_given_count(table->keys);
  *is_odd = FALSE;
  if (n_sought == 0) return TRUE;
  put->found = store_query_kept(put->writer->store, table->fetch[put->is_dated], NULL, 0, n_sought, error);
  if (!put->found) return FALSE;
  *is_odd = store_rows_count(put->found) != n_sought;
  g_autoptr(GHashTable) by_key = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint r = 0; r < put->rows->len; r++) {
    WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    g_hash_table_insert(by_key, &row->key, row);
  }
  for (gsize f = 0; f < store_rows_count(put->found); f++) {
    const StoreValue *before = store_rows_row(put->found, f);
    WriterRow *row = g_hash_table_lookup(by_key, &before[table->key].integer);
    if (row) row->before = before;
  }
  return TRUE;
}

static gboolean is_same(const StoreValue *a, const StoreValue *b) {
  if (a->type != b->type) return FALSE;
  if (a->type == STORE_NULL) return TRUE;
  if (a->type == STORE_TEXT) return g_str_equal(a->text, b->text);
  return a->type == STORE_DOUBLE ? a->number >= b->number && a->number <= b->number : a->integer == b->integer;
}

static void set_book(const WriterPut *put, WriterRow *row) {
  const WriterTable *table = put->table;
  gint64 now = put->put->now_us, at = now;
  if (row->modified_us != G_MININT64 && row->modified_us <= now &&
      (!row->before || row->modified_us > row->before[table->recorded_at].integer))
    at = row->modified_us;
  row->values[table->key] = (StoreValue){.type = STORE_INT, .integer = (gint64)row->key};
  row->values[table->from_source] = (StoreValue){.type = STORE_TEXT, .text = put->source};
  row->values[table->id] = (StoreValue){.type = STORE_TEXT, .text = row->id};
  row->values[table->recorded_at] = (StoreValue){.type = STORE_INSTANT, .integer = at};
  row->values[table->load] = (StoreValue){.type = STORE_INT, .integer = put->writer->load + 1};
}

/* Amounts were read with the digits of the currency that the record says, or the organisation's. */
static gboolean fits_currency(const WriterPut *put, const WriterRow *row) {
  if (put->table->currency < 0 || row->currency || row->before[put->table->currency].type != STORE_TEXT) return TRUE;
  return base_currency_digits(row->before[put->table->currency].text) ==
         base_currency_digits(put->put->organisation->currency);
}

static gboolean compare(WriterPut *put, WriterRow *row) {
  WriterTable *table = put->table;
  if (table->currency >= 0)
    row->values[table->currency] =
        (StoreValue){.type = STORE_TEXT, .text = row->currency ? row->currency : put->put->organisation->currency};
  row->is_changed = !row->before;
  if (row->before && !fits_currency(put, row)) return FALSE;
  for (guint f = 0; row->before && f < table->n_fields; f++) {
    if (!put->is_mapped[f])
      row->values[f] = row->before[f];
    else
      row->is_changed |= !is_same(&row->values[f], &row->before[f]);
  }
  set_book(put, row);
  if (!row->before)
    put->report->n_new++;
  else if (row->is_changed)
    put->report->n_changed++;
  else
    put->report->n_unchanged++;
  return TRUE;
}

/* --- the whole --- */

static void free_member(gpointer data) {
  g_free(data);
}

static gboolean begin(WriterPut *put, IngestWriter *writer, const IngestPut *given, const char *table_name,
                      GError **error) {
  *put = (WriterPut){.writer = writer, .put = given};
  writer_forget_last(writer);
  put->of = ledger_schema_find(writer->schema, table_name);
  if (!put->of || put->of->kind != LEDGER_FACT || !writer_catch_up(writer, error)) return FALSE;
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) { /* the first load is for the long way */
    if (ledger_schema_table(writer->schema, i)->kind != LEDGER_FACT && !writer->stats[i].is_there) return FALSE;
  }
  put->table = writer_table(writer, put->of, error);
  if (!put->table || !writer_know_keys(writer, put->table, error) || !writer_know_erased(writer, error)) return FALSE;
  put->columns = g_array_new(FALSE, FALSE, sizeof(WriterColumn));
  put->rows = g_array_new(FALSE, FALSE, sizeof(WriterRow));
  put->is_mapped = g_new0(gboolean, put->table->n_fields);
  put->texts = g_string_chunk_new(1024);
  put->source = g_string_chunk_insert(put->texts, given->source);
  put->new_members = g_ptr_array_new_with_free_func(free_member);
  put->inferred = g_array_new(FALSE, FALSE, sizeof(guint64));
  put->report = g_new0(IngestPutReport, 1);
  put->report->rejected = g_array_new(FALSE, FALSE, sizeof(IngestPutRejected));
  put->report->notes = g_new0(char *, 1);
  return TRUE;
}

void writer_put_clear(WriterPut *put) {
  writer_records_clear(&put->records);
  g_clear_pointer(&put->columns, g_array_unref);
  g_clear_pointer(&put->rows, g_array_unref);
  g_clear_pointer(&put->texts, g_string_chunk_free);
  g_clear_pointer(&put->new_members, g_ptr_array_unref);
  g_clear_pointer(&put->inferred, g_array_unref);
  g_clear_pointer(&put->found, store_rows_free);
  g_clear_pointer(&put->report, ingest_put_report_free);
  g_free(put->is_mapped);
  g_free(put->values);
}

void writer_forget_last(IngestWriter *writer) {
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    if (writer->tables[i]) writer_recent_settle(writer->tables[i]->recent);
  }
  if (writer->last) writer_put_clear(writer->last);
  g_clear_pointer(&writer->last, g_free);
}

static gboolean put_records(WriterPut *put, const char *json, GError **error) {
  gboolean is_odd = FALSE;
  if (!writer_json_read(json, INGEST_PUT_MAX_RECORDS, &put->records) || !find_columns(put) || !read_rows(put, error) ||
      !check_refused(put, error))
    return FALSE;
  if (g_str_equal(put->of->name, "opportunity") && !writer_deal(put, error)) return FALSE;
  if (!fetch_versions(put, &is_odd, error) || is_odd) return FALSE;
  put->report->became = g_new0(guint8, put->rows->len);
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!compare(put, &g_array_index(put->rows, WriterRow, r))) return FALSE;
    if (row->is_changed) put->report->became[r] = row->before ? INGEST_CHANGED : INGEST_NEW;
  }
  return put->report->n_new + put->report->n_changed == 0 || writer_write(put, error);
}

/* Neither done nor failed: it was not taken. */
static gboolean finish(WriterPut *put, gboolean is_done, IngestPutReport **report, gboolean *is_taken, GError *failed,
                       GError **error) {
  *is_taken = is_done;
  if (is_done) *report = g_steal_pointer(&put->report);
  if (is_done && (*report)->written)
    put->writer->last = g_memdup2(put, sizeof *put);
  else
    writer_put_clear(put);
  if (!failed) return TRUE;
  g_propagate_error(error, failed);
  return FALSE;
}

gboolean ingest_writer_put(IngestWriter *writer, const IngestPut *given, const char *table, const char *json,
                           IngestPutReport **report, gboolean *is_taken, GError **error) {
  WriterPut put;
  GError *failed = NULL;
  gboolean is_done = strlen(json) <= INGEST_PUT_MAX_BYTES && begin(&put, writer, given, table, &failed) &&
                     put_records(&put, json, &failed);
  return finish(&put, is_done, report, is_taken, failed, error);
}

/* --- removing --- */

static gboolean remove_records(WriterPut *put, const char *const *ids, GError **error) {
  gboolean is_odd = FALSE;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; ids[i]; i++) {
    WriterRow row = {.id = ids[i], .key = writer_key(put->put->source, ids[i]), .is_changed = TRUE};
    if (i >= INGEST_PUT_MAX_RECORDS || !writer_set_has(put->table->there, row.key) ||
        !g_hash_table_add(seen, (gpointer)ids[i]))
      return FALSE;
    g_array_append_val(put->rows, row);
  }
  if (!fetch_versions(put, &is_odd, error) || is_odd) return FALSE;
  put->report->n_removed = put->rows->len;
  return put->rows->len == 0 || writer_write(put, error);
}

gboolean ingest_writer_remove(IngestWriter *writer, const IngestPut *given, const char *table, const char *const *ids,
                              IngestPutReport **report, gboolean *is_taken, GError **error) {
  WriterPut put;
  GError *failed = NULL;
  gboolean is_done = begin(&put, writer, given, table, &failed) && remove_records(&put, ids, &failed);
  return finish(&put, is_done, report, is_taken, failed, error);
}
