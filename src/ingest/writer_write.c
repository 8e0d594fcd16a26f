/* Writing a put: one transaction, one statement for each table it touches, whatever the number of records.
 *
 *   members only referred to ─► changes concluded ─► old versions to the history, out of the table ─► new versions
 *     ─► derived facts of the deals touched ─► ledger_stat (writer_stats.c) ─► load, load_count ─► commit
 *     ─► what it tells and what the writer knows from there on (writer_tell.c) */
#include "base/fault.h"
#include "ingest/writer_private.h"

#include <string.h>

/* --- members of dimensions that are only referred to --- */

/* new_members are in the order of their tables and ids. */
static gboolean write_members(WriterWriting *writing, GError **error) {
  WriterPut *put = writing->put;
  for (guint i = 0; i < put->new_members->len;) {
    WriterTable *table = ((const WriterNewMember *)put->new_members->pdata[i])->table;
    g_autofree StoreValue *row = g_new0(StoreValue, table->n_fields);
    int name = writer_field(table, "name");
    WriterChange *change = writer_change_of(writing, table->table);
    store_given_clear(table->rows);
    for (; i < put->new_members->len; i++) {
      const WriterNewMember *member = put->new_members->pdata[i];
      if (member->table != table) break;
      row[table->key] = (StoreValue){.type = STORE_INT, .integer = member->key};
      row[table->from_source] = (StoreValue){.type = STORE_TEXT, .text = member->source};
      row[table->id] = row[name] = (StoreValue){.type = STORE_TEXT, .text = member->id};
      row[table->recorded_at] = (StoreValue){.type = STORE_INSTANT, .integer = put->put->now_us};
      row[table->load] = (StoreValue){.type = STORE_INT, .integer = put->number};
      row[table->known] = (StoreValue){.type = STORE_BOOL, .integer = FALSE};
      store_given_add(table->rows, row);
      change->come.n++;
    }
    if (!store_run_kept(put->writer->store, table->insert, NULL, 0, NULL, error)) return FALSE;
  }
  return TRUE;
}

/* --- the records' own table --- */

static gboolean write_versions(WriterWriting *writing, GError **error) {
  WriterPut *put = writing->put;
  WriterTable *table = put->table;
  WriterChange *change = writer_change_of(writing, put->of);
  g_autofree StoreValue *old = g_new0(StoreValue, table->n_fields + 2);
  store_given_clear(table->rows);
  store_given_clear(table->old_rows);
  store_given_clear(table->keys);
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!row->is_changed) continue;
    if (row->values) store_given_add(table->rows, row->values);
    if (!row->before) continue;
    memcpy(old, row->before, table->n_fields * sizeof *old);
    old[table->n_fields] = row->values ? row->values[table->recorded_at]
                                       : (StoreValue){.type = STORE_INSTANT, .integer = put->put->now_us};
    old[table->n_fields + 1] = (StoreValue){.type = STORE_INT, .integer = put->number};
    store_given_add(table->old_rows, old);
    store_given_add(table->keys,
                    (const StoreValue[]){old[table->key], table->zone >= 0 ? old[table->zone] : (StoreValue){0}});
  }
  writer_count_rows(put, table, table->old_rows, &change->gone, &change->foreign_gone);
  writer_count_rows(put, table, table->rows, &change->come, &change->foreign_came);
  Store *store = put->writer->store;
  return (store_given_count(table->old_rows) == 0 ||
          (store_run_kept(store, table->keep_old, NULL, 0, NULL, error) &&
           store_run_kept(store, table->take_out[put->is_dated], NULL, 0, NULL, error))) &&
         (store_given_count(table->rows) == 0 || store_run_kept(store, table->insert, NULL, 0, NULL, error));
}

static gboolean write_inferred(WriterWriting *writing, GError **error) {
  WriterPut *put = writing->put;
  WriterTable *changes;
  if (!g_str_equal(put->of->name, "opportunity") || put->n_before == 0) return TRUE;
  if (!writer_infer(put, &changes, error) || !writer_know_went(put->writer, changes, error)) return FALSE;
  if (store_given_count(changes->rows) == 0) return TRUE;
  WriterChange *change = writer_change_of(writing, changes->table);
  writer_count_rows(put, changes, changes->rows, &change->come, &change->foreign_came);
  return store_run_kept(put->writer->store, changes->insert, NULL, 0, NULL, error);
}

/* --- derived facts --- */

static gboolean write_derived(WriterWriting *writing, GError **error) {
  g_autoptr(GArray) derived = g_array_new(FALSE, FALSE, sizeof(StoreDerivedChange));
  if (!writer_derive(writing->put, derived, error)) return FALSE;
  for (guint i = 0; i < derived->len; i++)
    writer_count_derived(writing, &g_array_index(derived, StoreDerivedChange, i));
  return TRUE;
}

/* --- the load --- */

static gboolean write_load(const WriterPut *put, GError **error) {
  const IngestPutReport *report = put->report;
  IngestWriter *writer = put->writer;
  const StoreValue row[] = {
      {.type = STORE_INT, .integer = put->number},       {.type = STORE_TEXT, .text = put->put->source},
      {.type = STORE_TEXT, .text = put->of->name},       {.type = STORE_INSTANT, .integer = put->put->now_us},
      {.type = STORE_INT, .integer = put->rows->len},    {.type = STORE_INT, .integer = report->n_new},
      {.type = STORE_INT, .integer = report->n_changed}, {.type = STORE_INT, .integer = report->n_unchanged},
      {.type = STORE_INT, .integer = report->n_removed}};
  store_given_clear(writer->load_rows);
  store_given_add(writer->load_rows, row);
  guint number = store_given_number(writer->load_rows);
  g_autofree char *count = g_strdup_printf(
      "INSERT INTO load_count SELECT \"load\", table_name, 'records', n_read, n_new, n_changed, n_unchanged, 0, 0, "
      "n_closed FROM given_rows(%u)",
      number);
  g_autofree char *load = g_strdup_printf(
      "INSERT INTO \"load\" SELECT \"load\", source, \"at\", 0, n_read, n_new, n_changed, n_unchanged, 0, 0, n_closed "
      "FROM given_rows(%u)",
      number);
  return store_run_kept(writer->store, count, NULL, 0, NULL, error) &&
         store_run_kept(writer->store, load, NULL, 0, NULL, error);
}

/* --- all of it --- */

static gboolean write_all(WriterWriting *writing, GError **error) {
  if (!write_members(writing, error) || !write_inferred(writing, error) || !write_versions(writing, error) ||
      !write_derived(writing, error) || !writer_write_stats(writing, error))
    return FALSE;
  if (base_fault("ingest.write")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "fault injected into ingest.write");
    return FALSE;
  }
  return write_load(writing->put, error);
}

static gboolean write_beside(const WriterPut *put, GError **error) {
  const IngestPut *given = put->put;
  return !given->beside || given->beside(given->store, put->report, given->beside_data, error);
}

gboolean writer_write(WriterPut *put, GError **error) {
  IngestWriter *writer = put->writer;
  WriterWriting writing = {.put = put};
  put->number = writer->load + 1;
  g_autofree WriterStat *stats =
      g_memdup2(writer->stats, ledger_schema_n_tables(writer->schema) * sizeof *writer->stats);
  writing.stats = stats;
  if (!writer_know_went(writer, put->table, error) || !writer_know_referrers(writer, put->table, error)) return FALSE;
  if (!store_begin(writer->store, error)) return FALSE;
  put->report->load = put->number;
  if (!write_all(&writing, error) || !write_beside(put, error)) {
    store_rollback(writer->store);
    return FALSE;
  }
  if (!store_commit(writer->store, error)) {
    writer_forget(writer);
    return FALSE;
  }
  writer_tell(&writing);
  writer_learn(&writing);
  return TRUE;
}
