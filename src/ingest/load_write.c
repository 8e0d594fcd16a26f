/* The writing end of a load: what was mapped is compared with the ledger and written, in one transaction, with what is
 * derived from it; and what a reader of the load's report should know of the rows that were written. */
#include "base/fault.h"
#include "ingest/cursor.h"
#include "ingest/load_run.h"
#include "ingest/memory.h"
#include "ingest/reject.h"
#include "ingest/unlisted.h"

/* A dimension's rows that repeat an id add what was empty, but are no records of their own. */
static void count_repeated(LoadRun *run, const UpsertTarget *target) {
  if (!upsert_target_is_dimension(target)) return;
  for (guint e = 0; e < target->entries->len; e++) {
    IngestCount *count = &run->counts[((const MapEntry *)target->entries->pdata[e])->index];
    count->n_skipped = count->n_read - count->n_rejected - count->n_new - count->n_changed - count->n_unchanged;
  }
}

static gboolean write_load_row(LoadRun *run, double seconds, GError **error) {
  Load *load = &run->load;
  IngestCount sum = {0};
  const char *format =
      "INSERT INTO load_count VALUES (%d, %s, %s, %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
      ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")";
  for (guint i = 0; i < load->source->n_maps; i++) {
    const IngestCount *c = &run->counts[i];
    if (load->plan->modes[i] == MEMORY_SAME) continue;
    g_autofree char *table = store_quote_text(c->table);
    g_autofree char *from = store_quote_text(c->from);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_autofree char *sql = g_strdup_printf(format, load->number, table, from, c->n_read, c->n_new, c->n_changed,
                                           c->n_unchanged, c->n_rejected, c->n_skipped, c->n_closed);
#pragma GCC diagnostic pop
    if (!load_run_sql(load, sql, NULL, error)) return FALSE;
    ingest_count_add(&sum, c);
  }
  const StoreValue values[] = {{.type = STORE_INT, .integer = load->number},
                               {.type = STORE_TEXT, .text = load->source->name},
                               {.type = STORE_INSTANT, .integer = load->options->now_us},
                               {.type = STORE_DOUBLE, .number = seconds},
                               {.type = STORE_INT, .integer = sum.n_read},
                               {.type = STORE_INT, .integer = sum.n_new},
                               {.type = STORE_INT, .integer = sum.n_changed},
                               {.type = STORE_INT, .integer = sum.n_unchanged},
                               {.type = STORE_INT, .integer = sum.n_rejected},
                               {.type = STORE_INT, .integer = sum.n_skipped},
                               {.type = STORE_INT, .integer = sum.n_closed}};
  return store_run(load->store, "INSERT INTO \"load\" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values,
                   G_N_ELEMENTS(values), NULL, error);
}

/* The facts made from others follow what this load changed. Changes of deals may have been concluded from the deals. */
static gboolean refresh_derived(LoadRun *run, GError **error) {
  Load *load = &run->load;
  g_autoptr(GPtrArray) changed = g_ptr_array_new();
  for (guint t = 0; t < run->targets->len; t++) {
    const UpsertTarget *target = run->targets->pdata[t];
    if (!target->is_changed) continue;
    g_ptr_array_add(changed, (gpointer)target->table->name);
    if (g_str_equal(target->table->name, "opportunity")) g_ptr_array_add(changed, (gpointer) "stage_change");
  }
  g_ptr_array_add(changed, NULL);
  load_progress(load, -1, "working out stays, silences and forecasts");
  return store_refresh_derived(load->store, (const char *const *)changed->pdata, load->number, error);
}

static gboolean write_all(LoadRun *run, gboolean *is_changed, gint64 started, GError **error) {
  Load *load = &run->load;
  gint64 last = 0;
  if (!load_count(load, &last, error, "SELECT max(\"load\") FROM \"load\"")) return FALSE;
  load->number = (gint)last + 1;
  for (guint t = 0; t < run->targets->len; t++) {
    if (!upsert_gather(load, run->targets->pdata[t], error)) return FALSE;
  }
  g_autoptr(UpsertRefs) refs = upsert_refs_resolve(load, run->targets, error);
  if (!refs) return FALSE;
  for (guint t = 0; t < run->targets->len; t++) {
    UpsertTarget *target = run->targets->pdata[t];
    if (!upsert_write(load, target, refs, run->counts, error)) return FALSE;
    if (base_fault("ingest.write")) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "fault injected into ingest.write");
      return FALSE;
    }
    count_repeated(run, target);
    *is_changed |= target->is_changed;
  }
  gboolean has_new_rejects = FALSE;
  if (!reject_keep(load, run->entries, &has_new_rejects, error)) return FALSE;
  *is_changed |= has_new_rejects;
  if (!reject_is_of_given(load) &&
      !unlisted_keep(load, run->entries, run->stages, &run->unlisted_stages, is_changed, error))
    return FALSE;
  if (!cursor_keep(load, run->stages, is_changed, error)) return FALSE;
  if (!*is_changed) return TRUE;
  for (guint i = 0; i < ledger_schema_n_tables(load->schema); i++) {
    const LedgerTable *table = ledger_schema_table(load->schema, i);
    gboolean is_touched = table->kind == LEDGER_DIMENSION;
    for (guint t = 0; t < run->targets->len; t++)
      is_touched |= ((const UpsertTarget *)run->targets->pdata[t])->table == table;
    if (is_touched && !upsert_refresh_stat(load, table, error)) return FALSE;
  }
  if (!refresh_derived(run, error)) return FALSE;
  return write_load_row(run, (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC, error);
}

static gboolean note_missing_rates(Load *load, GError **error) {
  g_autofree char *currency = store_quote_text(load->organisation->currency);
  for (guint i = 0; i < ledger_schema_n_tables(load->schema); i++) {
    const LedgerTable *table = ledger_schema_table(load->schema, i);
    gboolean is_here = FALSE;
    for (guint m = 0; m < load->source->n_maps; m++) is_here |= load->source->maps[m].table == table;
    if (!is_here || !table->has_money) continue;
    g_autofree char *name = store_quote_name(table->name), *amount = store_amount_of(table);
    g_autoptr(StoreRows) rows =
        load_query(load, error,
                   "SELECT currency, count(*) FROM %s WHERE currency <> %s AND currency NOT IN (SELECT currency FROM "
                   "fx_rate) AND %s IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5",
                   name, currency, amount);
    if (!rows) return FALSE;
    for (gsize r = 0; r < store_rows_count(rows); r++) {
      gint64 n_rows = store_rows_value(rows, r, 1).integer;
      g_autofree char *n = load_number(n_rows);
      g_autofree char *words = g_strconcat(n, n_rows == 1 ? " row is" : " rows are", NULL);
      load_note(load,
                "%s: %s in %s, for which there is no exchange rate; the amounts are kept and totals in %s "
                "leave them out",
                table->name, words, store_rows_value(rows, r, 0).text, load->organisation->currency);
    }
  }
  return TRUE;
}

/* References among facts are hashes of ids, so that any order of loading is right; one that leads nowhere shows here.
 */
static gboolean note_lost(Load *load, const UpsertTarget *target, const LedgerColumn *column, GError **error) {
  g_autofree char *rows = store_quote_name(target->rows);
  g_autofree char *name = store_quote_name(column->name);
  g_autofree char *other = store_quote_name(column->ref);
  g_autoptr(StoreRows) found =
      load_query(load, error,
                 "SELECT count(n.%s), count(*) FILTER (n.%s IS NOT NULL AND t.key IS NULL) FROM "
                 "%s n LEFT JOIN %s t ON t.key = n.%s",
                 name, name, rows, other, name);
  if (!found) return FALSE;
  gint64 n_lost = store_rows_value(found, 0, 1).integer;
  g_autofree char *lost = load_number(n_lost);
  g_autofree char *all = load_number(store_rows_value(found, 0, 0).integer);
  if (n_lost > 0)
    load_note(load, "%s: %s of %s rows that name %s %s %s one that is not in the ledger", target->table->name, lost,
              all, strchr("aeiou", column->name[0]) ? "an" : "a", column->name, n_lost == 1 ? "names" : "name");
  return TRUE;
}

static gboolean note_lost_references(LoadRun *run, GError **error) {
  for (guint t = 0; t < run->targets->len; t++) {
    const UpsertTarget *target = run->targets->pdata[t];
    for (guint c = 0; c < target->table->n_columns; c++) {
      const LedgerColumn *column = &target->table->columns[c];
      if (column->type != LEDGER_REF || !upsert_target_maps(target, column->name)) continue;
      if (ledger_schema_find(run->load.schema, column->ref)->kind == LEDGER_DIMENSION) continue;
      if (!note_lost(&run->load, target, column, error)) return FALSE;
    }
  }
  return TRUE;
}

gboolean load_write(LoadRun *run, gboolean *is_changed, gint64 started, GError **error) {
  Load *load = &run->load;
  if (!store_begin(load->store, error)) return FALSE;
  /* All that can fail comes before the commit: a load that says it failed has changed nothing. */
  if (!write_all(run, is_changed, started, error) || !note_lost_references(run, error) ||
      !note_missing_rates(load, error)) {
    store_rollback(load->store);
    return FALSE;
  }
  if (*is_changed) return store_commit(load->store, error);
  store_rollback(load->store);
  return TRUE;
}
