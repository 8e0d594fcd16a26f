/* One load: read, map, reject, compare, write.
 *
 * Reading and mapping make temp tables only; the ledger is touched in one transaction at the end (load_write.c). A load
 * that finds nothing new writes nothing, not even that it ran. Temp tables go when the load ends, however it ends.
 *
 * With a memory of the last load only what came since is read (memory.h); when anything is odd about that, all is read
 * in its place. */
#include "base/money.h"
#include "ingest/cursor.h"
#include "ingest/load_erased.h"
#include "ingest/load_run.h"
#include "ingest/memory.h"
#include "ingest/reject.h"
#include "ingest/resources.h"

#include <gio/gio.h>

/* --- small help for all of the folder --- */

void load_note(Load *load, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_ptr_array_add(load->notes, g_strdup_vprintf(format, args));
  va_end(args);
}

void load_progress(const Load *load, double share, const char *format, ...) {
  if (!load->options->progress) return;
  va_list args;
  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  load->options->progress(what, share, load->options->user_data);
}

gboolean load_run_sql(Load *load, const char *sql, gint64 *n_changed, GError **error) {
  return store_run(load->store, sql, NULL, 0, n_changed, error);
}

gboolean load_run(Load *load, gint64 *n_changed, GError **error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *sql = g_strdup_vprintf(format, args);
  va_end(args);
  return store_run(load->store, sql, NULL, 0, n_changed, error);
}

StoreRows *load_query(Load *load, GError **error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *sql = g_strdup_vprintf(format, args);
  va_end(args);
  return store_query(load->store, sql, NULL, 0, 0, error);
}

gboolean load_count(Load *load, gint64 *count, GError **error, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *sql = g_strdup_vprintf(format, args);
  va_end(args);
  g_autoptr(StoreRows) rows = store_query(load->store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  StoreValue value = store_rows_count(rows) ? store_rows_value(rows, 0, 0) : (StoreValue){0};
  *count = value.type == STORE_INT ? value.integer : value.type == STORE_DOUBLE ? (gint64)value.number : 0;
  return TRUE;
}

void load_temporary(Load *load, const char *table) {
  for (guint i = 0; i < load->temporary->len; i++) {
    if (g_str_equal(load->temporary->pdata[i], table)) return;
  }
  g_ptr_array_add(load->temporary, g_strdup(table));
}

char *load_number(gint64 number) {
  return base_money_format(number, 0);
}

static void drop_temporary(Load *load) {
  for (guint i = 0; i < load->temporary->len; i++) {
    g_autofree char *name = store_quote_name(load->temporary->pdata[i]);
    /* a name is a table or a view; dropping the other kind is an error of no interest */
    load_run(load, NULL, NULL, "DROP VIEW IF EXISTS %s", name);
    load_run(load, NULL, NULL, "DROP TABLE IF EXISTS %s", name);
  }
}

/* --- the plan: which files, which entries, which targets --- */

static void free_target(gpointer data) {
  UpsertTarget *target = data;
  g_ptr_array_unref(target->entries);
  g_hash_table_unref(target->mapped);
  g_free(target->rows);
  g_free(target);
}

static gboolean is_used(const IngestSource *source, const SourceTable *table) {
  for (guint m = 0; m < source->n_maps; m++) {
    const SourceMap *map = &source->maps[m];
    if (map->from == table) return TRUE;
    for (guint c = 0; c < map->n_columns; c++) {
      if (map->columns[c].lookup && g_str_equal(map->columns[c].lookup, table->name)) return TRUE;
    }
  }
  return FALSE;
}

static gboolean is_only(const IngestSource *source, const SourceMap *map) {
  guint n = 0;
  for (guint m = 0; m < source->n_maps; m++) n += source->maps[m].table == map->table;
  return n == 1;
}

/* The fact that a dimension's rows are made from in passing, or NULL. */
static const SourceMap *fact_of(const Load *load, const SourceMap *map) {
  const IngestSource *source = load->source;
  const SourceMap *fact = map_passing_fact(source, load->schema, map);
  const MemoryMode *modes = load->plan->modes;
  gboolean are_whole = fact && modes[fact - source->maps] == MEMORY_WHOLE && modes[map - source->maps] == MEMORY_WHOLE;
  return are_whole ? fact : NULL;
}

/* One map entry of a fact reads it, all of it, and nothing looks anything up in it; and no other entry makes rows that
 * could be the same. Dimensions may be made from that fact's rows. */
static gboolean is_read_once(const Load *load, const SourceTable *table) {
  const IngestSource *source = load->source;
  guint n = 0;
  for (guint m = 0; m < source->n_maps; m++) {
    const SourceMap *map = &source->maps[m];
    for (guint c = 0; c < map->n_columns; c++) {
      if (map->columns[c].lookup && g_str_equal(map->columns[c].lookup, table->name)) return FALSE;
    }
    if (map->from != table || fact_of(load, map)) continue;
    if (map->where || map->table->kind == LEDGER_DIMENSION || !is_only(source, map)) return FALSE;
    n++;
  }
  return n == 1;
}

static ReadStage *read_given(LoadRun *run, const SourceTable *table, guint index, GError **error) {
  const SourceMap map = {.rows = (SourceRows *)table->rows};
  return read_stage_rows(&run->load, &map, index, error);
}

static gboolean read_all(LoadRun *run, GError **error) {
  const IngestSource *source = run->load.source;
  for (guint i = 0; i < source->n_tables; i++) {
    const SourceTable *table = &source->tables[i];
    MemoryMode mode = memory_table_mode(run->load.plan, table);
    if (!is_used(source, table) || mode == MEMORY_SAME) continue;
    run->stages[i] = table->rows            ? read_given(run, table, i, error)
                     : mode == MEMORY_GROWN ? memory_stage(&run->load, table, i, error)
                                            : read_stage(&run->load, table, i, is_read_once(&run->load, table), error);
    if (!run->stages[i] || !cursor_find(&run->load, run->stages[i], i, error)) return FALSE;
  }
  return TRUE;
}

static ReadStage *stage_of(LoadRun *run, const SourceMap *map, guint index, GError **error) {
  if (map->from) return run->stages[map->from - run->load.source->tables];
  ReadStage *stage = read_stage_rows(&run->load, map, index, error);
  if (stage) g_ptr_array_add(run->row_stages, stage);
  return stage;
}

/* The dimensions that are made from the fact's rows. Their bad rows are told with the file's own. */
static gboolean map_in_passing(LoadRun *run, const MapEntry *fact, GError **error) {
  Load *load = &run->load;
  for (guint i = 0; i < load->source->n_maps; i++) {
    const SourceMap *map = &load->source->maps[i];
    if (fact_of(load, map) != fact->map) continue;
    MapEntry *entry = map_entry_run_passing(load, map, fact, i, error);
    if (!entry) return FALSE;
    g_ptr_array_add(run->entries, entry);
    if (entry->n_bad > 0 && fact->stage->is_view && !read_stage_materialise(load, fact->stage, error)) return FALSE;
  }
  return TRUE;
}

/* What is wrong is said in the order in which it is written. */
static gboolean check_headers(const SourceMap *map, const ReadStage *stage, GError **error) {
  for (guint c = 0; c < map->n_columns; c++) {
    if (!read_stage_header(stage, map->columns[c].of, map->columns[c].span, error)) return FALSE;
  }
  return TRUE;
}

static gboolean map_one(LoadRun *run, guint index, GError **error) {
  const SourceMap *map = &run->load.source->maps[index];
  ReadStage *stage = stage_of(run, map, index, error);
  if (!stage) return FALSE;
  if (stage->headers->len == 0) return TRUE;
  if (fact_of(&run->load, map)) return check_headers(map, stage, error);
  MapEntry *entry = map_entry_run(&run->load, map, stage, run->stages, index, error);
  if (!entry) return FALSE;
  g_ptr_array_add(run->entries, entry);
  return map_in_passing(run, entry, error);
}

static int compare_entries(gconstpointer a, gconstpointer b) {
  guint x = (*(MapEntry *const *)a)->index, y = (*(MapEntry *const *)b)->index;
  return (x > y) - (x < y);
}

static gboolean map_all(LoadRun *run, GError **error) {
  const IngestSource *source = run->load.source;
  for (guint i = 0; i < source->n_maps; i++) {
    const SourceMap *map = &source->maps[i];
    run->counts[i] = (IngestCount){.table = g_intern_string(map->table->name),
                                   .from = g_intern_string(map->from ? map->from->name : "rows")};
  }
  for (guint i = 0; i < source->n_maps; i++) {
    if (run->load.plan->modes[i] != MEMORY_SAME && !map_one(run, i, error)) return FALSE;
  }
  g_ptr_array_sort(run->entries, compare_entries);
  return TRUE;
}

static UpsertTarget *target_of(LoadRun *run, const LedgerTable *table) {
  for (guint i = 0; i < run->targets->len; i++) {
    UpsertTarget *target = run->targets->pdata[i];
    if (target->table == table) return target;
  }
  UpsertTarget *target = g_new0(UpsertTarget, 1);
  target->table = table;
  target->entries = g_ptr_array_new();
  target->mapped = g_hash_table_new(g_str_hash, g_str_equal);
  target->is_full = TRUE;
  target->has_currency = table->has_money;
  g_ptr_array_add(run->targets, target);
  return target;
}

static int compare_targets(gconstpointer a, gconstpointer b) {
  const UpsertTarget *x = *(UpsertTarget *const *)a, *y = *(UpsertTarget *const *)b;
  gboolean x_later = x->table->kind != LEDGER_DIMENSION, y_later = y->table->kind != LEDGER_DIMENSION;
  return x_later != y_later ? (int)x_later - (int)y_later : strcmp(x->table->name, y->table->name);
}

static void make_targets(LoadRun *run) {
  for (guint i = 0; i < run->entries->len; i++) {
    MapEntry *entry = run->entries->pdata[i];
    UpsertTarget *target = target_of(run, entry->map->table);
    g_ptr_array_add(target->entries, entry);
    target->is_grown |= run->load.plan->modes[entry->index] == MEMORY_GROWN;
    if (target->is_grown || entry->stage->cursor_from ||
        (entry->map->from && entry->map->from->extract == SOURCE_INCREMENT))
      target->is_full = FALSE;
    for (guint c = 0; c < entry->map->n_columns; c++) {
      const SourceColumn *column = &entry->map->columns[c];
      if (column->column) g_hash_table_add(target->mapped, (gpointer)column->column->name);
      if (g_str_equal(column->target, "modified_at")) target->has_modified = TRUE;
    }
  }
  g_ptr_array_sort(run->targets, compare_targets);
}

/* --- the whole --- */

gboolean load_make_macros(Store *store, GError **error) {
  g_autoptr(GBytes) bytes = g_resource_lookup_data(ingest_resources_get_resource(), "/attain/ingest/values.sql",
                                                   G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (!bytes) return FALSE;
  gsize size = 0;
  const char *data = g_bytes_get_data(bytes, &size);
  g_autofree char *sql = g_strndup(data, size);
  return store_run(store, sql, NULL, 0, NULL, error);
}

static gboolean check_rejected(LoadRun *run, GError **error) {
  for (guint t = 0; t < run->targets->len; t++) {
    if (!upsert_reject_repeated(&run->load, run->targets->pdata[t], error)) return FALSE;
  }
  for (guint e = 0; e < run->entries->len; e++) {
    const MapEntry *entry = run->entries->pdata[e];
    if (entry->n_bad == 0 || run->load.plan->modes[entry->index] != MEMORY_GROWN) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "rows that came are bad: all of them are to be read");
    return FALSE;
  }
  return reject_check(&run->load, run->entries, run->counts, error);
}

static gboolean find_last_load(LoadRun *run, GError **error) {
  g_autofree char *source = store_quote_text(run->load.source->name);
  return load_count(&run->load, &run->last_load, error, "SELECT max(\"load\") FROM \"load\" WHERE source = %s", source);
}

static gboolean run_load(LoadRun *run, gboolean *is_changed, gint64 started, GError **error) {
  if (!find_last_load(run, error)) return FALSE;
  run->load.plan = memory_plan(run->load.options->memory, run->load.source, run->last_load);
  if (!load_make_macros(run->load.store, error) || !read_all(run, error) || !map_all(run, error) ||
      !load_keep_erased(&run->load, run->entries, error))
    return FALSE;
  make_targets(run);
  return check_rejected(run, error) && load_write(run, is_changed, started, error);
}

static void free_entry(gpointer data) {
  map_entry_free(data);
}
static void free_stage(gpointer data) {
  read_stage_free(data);
}

static IngestReport *make_report(LoadRun *run, gboolean is_changed, gint64 started) {
  IngestReport *report = g_new0(IngestReport, 1);
  report->source = g_strdup(run->load.source->name);
  report->load = is_changed ? run->load.number : 0;
  report->n_counts = run->load.source->n_maps;
  report->counts = g_steal_pointer(&run->counts);
  g_ptr_array_add(run->load.notes, NULL);
  report->notes = g_strdupv((char **)run->load.notes->pdata);
  report->seconds = (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
  return report;
}

static void begin(LoadRun *run) {
  const IngestSource *source = run->load.source;
  run->load.notes = g_ptr_array_new_with_free_func(g_free);
  run->load.temporary = g_ptr_array_new_with_free_func(g_free);
  run->stages = g_new0(ReadStage *, source->n_tables + 1);
  run->row_stages = g_ptr_array_new_with_free_func(free_stage);
  run->entries = g_ptr_array_new_with_free_func(free_entry);
  run->targets = g_ptr_array_new_with_free_func(free_target);
  run->counts = g_new0(IngestCount, source->n_maps + 1);
}

static void end(LoadRun *run) {
  drop_temporary(&run->load);
  g_ptr_array_unref(run->targets);
  g_ptr_array_unref(run->entries);
  g_ptr_array_unref(run->row_stages);
  for (guint i = 0; i < run->load.source->n_tables; i++) read_stage_free(run->stages[i]);
  g_free(run->stages);
  g_free(run->counts);
  g_ptr_array_unref(run->load.notes);
  g_ptr_array_unref(run->load.temporary);
  if (run->unlisted_stages) g_ptr_array_unref(run->unlisted_stages);
  memory_plan_free(run->load.plan);
}

static void remember(LoadRun *run, gboolean is_changed) {
  IngestMemory *memory = run->load.options->memory;
  if (!memory) return;
  memory_keep(memory, run->load.plan, run->stages, run->entries, run->unlisted_stages,
              is_changed ? run->load.number : run->last_load);
}

/* `was_partial`: not all was read, so that an error may only mean that all is to be read. */
static gboolean load_once(const Load *load, IngestReport **report, gboolean *was_partial, GError **error) {
  gint64 started = g_get_monotonic_time();
  LoadRun run = {.load = *load};
  begin(&run);
  gboolean is_changed = FALSE;
  gboolean ok = run_load(&run, &is_changed, started, error);
  *was_partial = run.load.plan && run.load.plan->is_partial;
  if (ok) {
    remember(&run, is_changed);
    *report = make_report(&run, is_changed, started);
  }
  end(&run);
  return ok;
}

gboolean ingest_load(Store *store, const IngestSource *source, const LedgerSchema *schema,
                     const ConfOrganisation *organisation, const Calendar *calendar, const IngestOptions *options,
                     IngestReport **report, GError **error) {
  const Load load = {.store = store,
                     .source = source,
                     .schema = schema,
                     .organisation = organisation,
                     .calendar = calendar,
                     .options = options};
  gboolean was_partial = FALSE;
  g_autoptr(GError) failed = NULL;
  if (load_once(&load, report, &was_partial, &failed)) return TRUE;
  if (was_partial) {
    memory_forget(options->memory);
    return load_once(&load, report, &was_partial, error);
  }
  g_propagate_error(error, g_steal_pointer(&failed));
  return FALSE;
}

void ingest_count_add(IngestCount *sum, const IngestCount *count) {
  sum->n_read += count->n_read;
  sum->n_new += count->n_new;
  sum->n_changed += count->n_changed;
  sum->n_unchanged += count->n_unchanged;
  sum->n_rejected += count->n_rejected;
  sum->n_skipped += count->n_skipped;
  sum->n_closed += count->n_closed;
}

void ingest_report_free(IngestReport *report) {
  if (!report) return;
  g_free(report->source);
  g_free(report->counts);
  g_strfreev(report->notes);
  g_free(report);
}
