/* One put, one removal: a load of a few rows, without files.
 *
 * The rows go the way of a source's rows (map, upsert), so that a record put is in all respects one that was loaded.
 * What is refused is told to the caller and kept (put_refused.c); where that is all that happened the load is written,
 * so that it can be counted, but the caller is told that nothing was changed. */
#include "ingest/put.h"

#include "base/fault.h"
#include "ingest/load_erased.h"
#include "ingest/map.h"
#include "ingest/memory.h"
#include "ingest/put_private.h"
#include "ingest/upsert.h"
#include "ingest/writer.h"

/* --- reports --- */

static void clear_rejected(gpointer data) {
  IngestPutRejected *rejected = data;
  g_free(rejected->id);
  g_free(rejected->reason);
}

static IngestPutReport *new_report(void) {
  IngestPutReport *report = g_new0(IngestPutReport, 1);
  report->rejected = g_array_new(FALSE, FALSE, sizeof(IngestPutRejected));
  g_array_set_clear_func(report->rejected, clear_rejected);
  return report;
}

void ingest_put_report_free(IngestPutReport *report) {
  if (!report) return;
  g_array_unref(report->rejected);
  g_strfreev(report->notes);
  g_free(report->became);
  g_free(report);
}

static gint compare_rejected(gconstpointer a, gconstpointer b) {
  const IngestPutRejected *x = a, *y = b;
  return (x->record > y->record) - (x->record < y->record);
}

/* --- a load without files --- */

typedef struct {
  Load load;
  IngestOptions options;
  IngestPutReport *report;
} Put;

static void begin(Put *put, const IngestPut *given, const IngestSource *source) {
  put->options = (IngestOptions){.now_us = given->now_us};
  put->report = new_report();
  put->load = (Load){.store = given->store,
                     .source = source,
                     .schema = given->schema,
                     .organisation = given->organisation,
                     .calendar = given->calendar,
                     .options = &put->options,
                     .notes = g_ptr_array_new_with_free_func(g_free),
                     .temporary = g_ptr_array_new_with_free_func(g_free),
                     .plan = memory_plan(NULL, source, 0)};
}

static void clear(Put *put) {
  for (guint i = 0; i < put->load.temporary->len; i++) {
    g_autofree char *name = store_quote_name(put->load.temporary->pdata[i]);
    /* a name is a table or a view; dropping the other kind is an error of no interest */
    load_run(&put->load, NULL, NULL, "DROP VIEW IF EXISTS %s", name);
    load_run(&put->load, NULL, NULL, "DROP TABLE IF EXISTS %s", name);
  }
  g_ptr_array_unref(put->load.temporary);
  g_ptr_array_unref(put->load.notes);
  memory_plan_free(put->load.plan);
  g_clear_pointer(&put->report, ingest_put_report_free);
}

static void finish_report(Put *put, gboolean is_changed) {
  put->report->load = is_changed ? put->load.number : 0;
  g_ptr_array_add(put->load.notes, NULL);
  put->report->notes = g_strdupv((char **)put->load.notes->pdata);
  g_array_sort(put->report->rejected, compare_rejected);
}

static gboolean write_counts(Put *put, const LedgerTable *table, gint64 n_read, GError **error) {
  Load *load = &put->load;
  const IngestPutReport *report = put->report;
  g_autofree char *counts = g_strdup_printf("%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                                            ", %" G_GINT64_FORMAT ", %u, 0, %" G_GINT64_FORMAT,
                                            n_read, report->n_new, report->n_changed, report->n_unchanged,
                                            report->rejected->len, report->n_removed);
  g_autofree char *name = store_quote_text(table->name);
  g_autofree char *source = store_quote_text(load->source->name);
  return load_run(load, NULL, error, "INSERT INTO load_count VALUES (%d, %s, '" PUT_FROM "', %s)", load->number, name,
                  counts) &&
         load_run(load, NULL, error,
                  "INSERT INTO \"load\" VALUES (%d, %s, make_timestamp(%" G_GINT64_FORMAT "), 0, %s)", load->number,
                  source, load->options->now_us, counts);
}

/* What a load does once its rows are written. */
static gboolean write_load(Put *put, const LedgerTable *table, gint64 n_read, GError **error) {
  Load *load = &put->load;
  for (guint i = 0; i < ledger_schema_n_tables(load->schema); i++) {
    const LedgerTable *each = ledger_schema_table(load->schema, i);
    if ((each->kind == LEDGER_DIMENSION || each == table) && !upsert_refresh_stat(load, each, error)) return FALSE;
  }
  const char *changed[] = {table->name, g_str_equal(table->name, "opportunity") ? "stage_change" : NULL, NULL};
  if (!store_refresh_derived(load->store, changed, load->number, error)) return FALSE;
  if (base_fault("ingest.write")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "fault injected into ingest.write");
    return FALSE;
  }
  return write_counts(put, table, n_read, error);
}

static gboolean take_number(Load *load, GError **error) {
  gint64 last = 0;
  if (!load_count(load, &last, error, "SELECT max(\"load\") FROM \"load\"")) return FALSE;
  load->number = (gint)last + 1;
  return TRUE;
}

/* --- putting --- */

static gboolean tell_rejected(Put *put, const MapEntry *entry, const PutRows *rows, GError **error) {
  g_autofree char *name = store_quote_name(entry->name);
  g_autoptr(StoreRows) bad = load_query(
      &put->load, error, "SELECT _row, id, _reason, _first FROM %s WHERE _reason IS NOT NULL ORDER BY _row", name);
  for (gsize i = 0; bad && i < store_rows_count(bad); i++) {
    StoreValue id = store_rows_value(bad, i, 1), first = store_rows_value(bad, i, 3);
    put_reject(put->report, g_array_index(rows->numbers, guint, store_rows_value(bad, i, 0).integer),
               id.type == STORE_TEXT ? id.text : NULL, "%s%s", store_rows_value(bad, i, 2).text,
               first.type != STORE_NULL ? " in an earlier record of the call" : "");
  }
  return bad != NULL;
}

static UpsertTarget *new_target(const LedgerTable *table, MapEntry *entry) {
  UpsertTarget *target = g_new0(UpsertTarget, 1);
  target->table = table;
  target->entries = g_ptr_array_new();
  target->mapped = g_hash_table_new(g_str_hash, g_str_equal);
  target->has_currency = table->has_money;
  g_ptr_array_add(target->entries, entry);
  for (guint c = 0; c < entry->map->n_columns; c++) {
    const SourceColumn *column = &entry->map->columns[c];
    if (column->column) g_hash_table_add(target->mapped, (gpointer)column->column->name);
    target->has_modified |= g_str_equal(column->target, "modified_at");
  }
  return target;
}

static void free_target(gpointer data) {
  UpsertTarget *target = data;
  g_ptr_array_unref(target->entries);
  g_hash_table_unref(target->mapped);
  g_free(target->rows);
  g_free(target);
}

static gboolean write_rows(Put *put, GPtrArray *targets, gint64 n_read, gboolean *is_changed, GError **error) {
  UpsertTarget *target = targets->pdata[0];
  IngestCount count = {0};
  if (!upsert_gather(&put->load, target, error)) return FALSE;
  g_autoptr(UpsertRefs) refs = upsert_refs_resolve(&put->load, targets, error);
  if (!refs || !upsert_write(&put->load, target, refs, &count, error)) return FALSE;
  put->report->n_new = count.n_new;
  put->report->n_changed = count.n_changed;
  put->report->n_unchanged = count.n_unchanged;
  *is_changed = target->is_changed;
  return !*is_changed || write_load(put, target->table, n_read, error);
}

static gboolean write_beside(Put *put, const IngestPut *given, gboolean is_changed, GError **error) {
  put->report->load = is_changed ? put->load.number : 0;
  return !given->beside || given->beside(given->store, put->report, given->beside_data, error);
}

/* `targets`: NULL when there is nothing to write but what was refused. */
static gboolean write_in_transaction(Put *put, const PutCall *call, GPtrArray *targets, gint64 n_read,
                                     gboolean *is_changed, GError **error) {
  gboolean is_kept = FALSE;
  if (!store_begin(put->load.store, error)) return FALSE;
  gboolean ok = take_number(&put->load, error) && (!targets || write_rows(put, targets, n_read, is_changed, error)) &&
                put_keep_refused(&put->load, call, put->report, &is_kept, error) &&
                (!is_kept || *is_changed || write_counts(put, call->table, n_read, error)) &&
                (!(*is_changed || is_kept) || write_beside(put, call->given, *is_changed, error));
  if (!ok || !(*is_changed || is_kept)) {
    store_rollback(put->load.store);
    return ok;
  }
  if (!store_commit(put->load.store, error)) return FALSE;
  if (call->given->writer && !*is_changed) ingest_writer_pass(call->given->writer, put->load.number);
  return TRUE;
}

static gboolean map_and_write(Put *put, const PutCall *call, const PutRows *rows, ReadStage *stage,
                              gboolean *is_changed, GError **error) {
  MapEntry *entry = map_entry_run(&put->load, &rows->source->maps[0], stage, NULL, 0, error);
  if (!entry) return FALSE;
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(free_target);
  g_ptr_array_add(targets, new_target(call->table, entry));
  const UpsertTarget *target = targets->pdata[0];
  gboolean ok = load_keep_erased(&put->load, target->entries, error) &&
                upsert_reject_repeated(&put->load, targets->pdata[0], error) && tell_rejected(put, entry, rows, error);
  gboolean is_kept_out = put->report->rejected->len > 0 && call->given->is_whole;
  gboolean is_any = !is_kept_out && entry->n_bad < (gint64)rows->numbers->len;
  gint64 n_read = (gint64)rows->numbers->len + put->report->rejected->len - entry->n_bad;
  ok = ok && write_in_transaction(put, call, is_any ? targets : NULL, n_read, is_changed, error);
  map_entry_free(entry);
  return ok;
}

static gboolean put_rows(Put *put, const PutCall *call, const PutRows *rows, gboolean *is_changed, GError **error) {
  guint n_refused = put->report->rejected->len;
  if (rows->numbers->len == 0)
    return n_refused == 0 || write_in_transaction(put, call, NULL, n_refused, is_changed, error);
  if (!load_make_macros(put->load.store, error)) return FALSE;
  ReadStage *stage = read_stage_rows(&put->load, &rows->source->maps[0], 0, error);
  gboolean ok = stage && map_and_write(put, call, rows, stage, is_changed, error);
  read_stage_free(stage);
  return ok;
}

gboolean ingest_put(const IngestPut *given, const char *table_name, const char *json, IngestPutReport **report,
                    GError **error) {
  gboolean is_taken = FALSE;
  if (given->writer && !ingest_writer_put(given->writer, given, table_name, json, report, &is_taken, error))
    return FALSE;
  if (is_taken) return TRUE;
  const LedgerTable *table = put_find_table(given->schema, table_name, error);
  if (!table) return FALSE;
  g_auto(PutRows) rows = {0};
  IngestPutReport *read = new_report();
  if (!put_read(given, table, json, &rows, read, error)) {
    ingest_put_report_free(read);
    return FALSE;
  }
  Put put;
  begin(&put, given, rows.source);
  ingest_put_report_free(put.report);
  put.report = read;
  gboolean is_changed = FALSE;
  PutCall call = {given, table, json};
  gboolean ok = put_rows(&put, &call, &rows, &is_changed, error);
  if (ok) {
    finish_report(&put, is_changed);
    *report = g_steal_pointer(&put.report);
  }
  clear(&put);
  return ok;
}

/* --- removing --- */

static gboolean check_ids(const LedgerTable *table, const char *const *ids, GError **error) {
  if (table->kind != LEDGER_FACT) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s: records of facts can be removed; people, accounts and the like stay, for facts refer to them",
                table->name);
    return FALSE;
  }
  if (g_strv_length((char **)(gpointer)ids) <= INGEST_PUT_MAX_RECORDS) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
              "more than %d records in one call (INGEST_PUT_MAX_RECORDS): remove them in several",
              INGEST_PUT_MAX_RECORDS);
  return FALSE;
}

/* attain_gone (n, id, key): the ids as given, with their keys where they are there. */
static gboolean find_gone(Put *put, const LedgerTable *table, const char *const *ids, GError **error) {
  g_autoptr(GString) values = g_string_new(NULL);
  for (guint i = 0; ids[i]; i++) {
    g_autofree char *id = store_quote_text(ids[i]);
    g_string_append_printf(values, "%s(%u, %s)", i ? ", " : "", i, id);
  }
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *source = store_quote_text(put->load.source->name);
  load_temporary(&put->load, "attain_gone");
  if (!load_run(&put->load, NULL, error,
                "CREATE OR REPLACE TEMP TABLE attain_gone AS SELECT v.n, v.id, t.key FROM (VALUES %s) v(n, id) LEFT "
                "JOIN %s t ON t.from_source = %s AND t.id = v.id",
                values->str, name, source))
    return FALSE;
  g_autoptr(StoreRows) lost =
      load_query(&put->load, error, "SELECT n, id FROM attain_gone WHERE key IS NULL ORDER BY n");
  for (gsize i = 0; lost && i < store_rows_count(lost); i++) {
    const char *id = store_rows_value(lost, i, 1).text;
    put_reject(put->report, (guint)store_rows_value(lost, i, 0).integer, id, "there is no %s with the id %s of %s",
               table->name, id, put->load.source->name);
  }
  return lost != NULL;
}

static gboolean remove_rows(Put *put, const IngestPut *given, const LedgerTable *table, const char *const *ids,
                            gboolean *is_changed, GError **error) {
  Load *load = &put->load;
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *history_name = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(history_name);
  const char *gone = "key IN (SELECT key FROM attain_gone)";
  if (!find_gone(put, table, ids, error)) return FALSE;
  if (put->report->rejected->len > 0 && given->is_whole) return TRUE;
  if (!take_number(load, error) ||
      !load_run(load, NULL, error,
                "INSERT INTO %s BY NAME SELECT *, make_timestamp(%" G_GINT64_FORMAT
                ") AS superseded_at, %d AS superseded_by FROM %s WHERE %s",
                history, load->options->now_us, load->number, name, gone) ||
      !load_run(load, &put->report->n_removed, error, "DELETE FROM %s WHERE %s", name, gone))
    return FALSE;
  *is_changed = put->report->n_removed > 0;
  return !*is_changed || (write_load(put, table, g_strv_length((char **)(gpointer)ids), error) &&
                          write_beside(put, given, TRUE, error));
}

gboolean ingest_remove(const IngestPut *given, const char *table_name, const char *const *ids, IngestPutReport **report,
                       GError **error) {
  gboolean is_taken = FALSE;
  if (given->writer && !ingest_writer_remove(given->writer, given, table_name, ids, report, &is_taken, error))
    return FALSE;
  if (is_taken) return TRUE;
  const LedgerTable *table = put_find_table(given->schema, table_name, error);
  if (!table || !check_ids(table, ids, error)) return FALSE;
  IngestSource source = {.name = (char *)given->source};
  Put put;
  begin(&put, given, &source);
  gboolean is_changed = FALSE, ok = ids[0] == NULL;
  if (!ok && store_begin(given->store, error)) {
    ok = remove_rows(&put, given, table, ids, &is_changed, error) && (!is_changed || store_commit(given->store, error));
    if (!ok || !is_changed) store_rollback(given->store);
  }
  if (ok) {
    finish_report(&put, is_changed);
    *report = g_steal_pointer(&put.report);
  }
  clear(&put);
  return ok;
}
