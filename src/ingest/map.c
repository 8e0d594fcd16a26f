/* One map entry: decide, convert, keep the result in a temp table with a reason on each row that cannot be loaded. */
#include "ingest/map.h"

#include "ingest/memory.h"

void map_entry_free(MapEntry *entry) {
  if (!entry) return;
  if (entry->parts) g_ptr_array_unref(entry->parts);
  if (entry->unlisted) g_ptr_array_unref(entry->unlisted);
  g_free(entry->name);
  g_free(entry);
}

static gboolean is_share(const SourceColumn *column) {
  return column->column && column->column->type == LEDGER_SHARE;
}

/* Shares outside 0 to 1 are left out, not the rows that carry them. */
static gboolean clear_shares(Load *load, const MapEntry *entry, const SourceColumn *column, gint64 n, GError **error) {
  g_autofree char *table = store_quote_name(entry->name);
  g_autofree char *name = store_quote_name(column->target);
  g_autofree char *count = load_number(n);
  load_note(load, "%s: %s value%s outside 0 to 100 %% left empty", column->of ? column->of : column->target, count,
            n == 1 ? "" : "s");
  return load_run(load, NULL, error, "UPDATE %s SET %s = NULL WHERE %s NOT BETWEEN 0 AND 1", table, name, name);
}

/* Rows, bad rows and impossible shares, in one look. */
static StoreRows *count_rows(Load *load, const MapEntry *entry, GError **error) {
  g_autoptr(GString) sql = g_string_new("SELECT count(*), count(_reason)");
  for (guint i = 0; i < entry->map->n_columns; i++) {
    if (!is_share(&entry->map->columns[i])) continue;
    g_autofree char *name = store_quote_name(entry->map->columns[i].target);
    g_string_append_printf(sql, ", count(*) FILTER (%s NOT BETWEEN 0 AND 1)", name);
  }
  g_autofree char *table = store_quote_name(entry->name);
  return load_query(load, error, "%s FROM %s", sql->str, table);
}

static gboolean clear_impossible_shares(Load *load, const MapEntry *entry, const StoreRows *rows, GError **error) {
  guint at = 2;
  for (guint i = 0; i < entry->map->n_columns; i++) {
    if (!is_share(&entry->map->columns[i])) continue;
    gint64 n = store_rows_value(rows, 0, at++).integer;
    if (n > 0 && !clear_shares(load, entry, &entry->map->columns[i], n, error)) return FALSE;
  }
  return TRUE;
}

static gboolean has_plain(const MapEntry *entry) {
  for (guint p = 0; p < entry->parts->len; p++) {
    const MapPart *part = entry->parts->pdata[p];
    for (guint i = 0; i < part->columns->len; i++) {
      if (g_array_index(part->columns, MapColumn, i).form != MAP_ANY) return TRUE;
    }
  }
  return FALSE;
}

/* What was found plain is to be read with care. */
static void forget_plain(const MapEntry *entry) {
  for (guint p = 0; p < entry->parts->len; p++) {
    const MapPart *part = entry->parts->pdata[p];
    for (guint i = 0; i < part->columns->len; i++) g_array_index(part->columns, MapColumn, i).form = MAP_ANY;
  }
}

/* The texts as what is known of the columns allows to take them. */
static gboolean take_texts(Load *load, MapEntry *entry, ReadStage *const *stages, GError **error) {
  gboolean is_plain = has_plain(entry);
  if (entry->fact || entry->parts->len != 1 || is_plain == entry->has_plain_texts) return TRUE;
  entry->has_plain_texts = is_plain;
  char *raw_select = map_raw_select(load, entry, stages, error);
  if (!raw_select) return FALSE;
  MapPart *part = entry->parts->pdata[0];
  g_free(part->raw_select);
  part->raw_select = raw_select;
  return TRUE;
}

static gboolean fill(Load *load, MapEntry *entry, ReadStage *const *stages, gint64 *n, GError **error) {
  if (!take_texts(load, entry, stages, error)) return FALSE;
  g_autofree char *table = store_quote_name(entry->name);
  g_autofree char *select = map_typed_select(load, entry, NULL);
  return load_run(load, NULL, error, "CREATE OR REPLACE TEMP %s %s AS %s", entry->fact ? "VIEW" : "TABLE", table,
                  select) &&
         load_count(load, n, error, "SELECT count(_reason) FROM %s", table);
}

/* The bad rows alone, with care. */
static gboolean fill_again(Load *load, MapEntry *entry, ReadStage *const *stages, GError **error) {
  if (!take_texts(load, entry, stages, error)) return FALSE;
  g_autofree char *table = store_quote_name(entry->name);
  g_autofree char *select = map_typed_select(load, entry, "SELECT _row FROM attain_bad");
  load_temporary(load, "attain_bad");
  return load_run(load, NULL, error,
                  "CREATE OR REPLACE TEMP TABLE attain_bad AS SELECT _row FROM %s WHERE _reason IS "
                  "NOT NULL",
                  table) &&
         load_run(load, NULL, error, "DELETE FROM %s WHERE _reason IS NOT NULL", table) &&
         load_run(load, NULL, error, "INSERT INTO %s BY NAME %s", table, select);
}

/* A bad value may only be one of another form than the sample's: then it is converted again, and nothing is taken for
 * granted. */
static gboolean convert(Load *load, MapEntry *entry, ReadStage *const *stages, GError **error) {
  gint64 n_bad = 0;
  load_temporary(load, entry->name);
  if (!fill(load, entry, stages, &n_bad, error)) return FALSE;
  if (n_bad > 0 && has_plain(entry)) {
    forget_plain(entry);
    gboolean by_row = !entry->stage->is_view && map_has_id(entry);
    if (!(by_row ? fill_again(load, entry, stages, error) : fill(load, entry, stages, &n_bad, error))) return FALSE;
  }
  g_autoptr(StoreRows) rows = count_rows(load, entry, error);
  if (!rows) return FALSE;
  gint64 n = store_rows_value(rows, 0, 0).integer;
  entry->n_bad = store_rows_value(rows, 0, 1).integer;
  if (entry->stage->is_view) entry->stage->n_rows = n;
  entry->n_skipped = entry->stage->n_rows - n;
  return clear_impossible_shares(load, entry, rows, error);
}

/* Nothing in it needs to be told apart: no bad row, no id twice. */
static gboolean is_clean(Load *load, const MapEntry *entry) {
  g_autofree char *table = store_quote_name(entry->name);
  gint64 n = 0;
  return entry->n_bad == 0 && load_count(load, &n, NULL, "SELECT count(*) - count(DISTINCT key) FROM %s", table) &&
         n == 0;
}

static gboolean run_once(Load *load, MapEntry *entry, ReadStage *const *stages, GError **error) {
  g_clear_pointer(&entry->parts, g_ptr_array_unref);
  entry->has_plain_texts = FALSE;
  char *raw_select = entry->fact ? map_passing_select(load->schema, entry) : map_raw_select(load, entry, stages, error);
  if (!raw_select) return FALSE;
  entry->parts = map_split(load, entry, raw_select, error);
  if (!entry->parts) return FALSE;
  const MemoryEntry *known = memory_entry(load, entry->index);
  if (known) return memory_probe(load, known, entry, error) && convert(load, entry, stages, error);
  for (guint i = 0; i < entry->parts->len; i++) {
    if (!map_probe(load, entry->parts->pdata[i], error)) return FALSE;
  }
  return convert(load, entry, stages, error);
}

/* A view is read as if all were well; when it is not, it is read again, as a table. */
static gboolean run_view(Load *load, MapEntry *entry, ReadStage *const *stages, gboolean *is_done, GError **error) {
  guint n_notes = load->notes->len;
  *is_done = run_once(load, entry, stages, NULL) && is_clean(load, entry);
  if (*is_done) return TRUE;
  g_ptr_array_set_size(load->notes, (gint)n_notes);
  return read_stage_materialise(load, entry->stage, error);
}

static MapEntry *new_entry(Load *load, const SourceMap *map, ReadStage *stage, guint index) {
  MapEntry *entry = g_new0(MapEntry, 1);
  entry->map = map;
  entry->stage = stage;
  entry->index = index;
  entry->name = g_strdup_printf("attain_rows_of_%u", index);
  load_progress(load, -1, "mapping %s", map->table->name);
  return entry;
}

MapEntry *map_entry_run(Load *load, const SourceMap *map, ReadStage *stage, ReadStage *const *stages, guint index,
                        GError **error) {
  MapEntry *entry = new_entry(load, map, stage, index);
  gboolean is_done = FALSE;
  gboolean ok = !stage->is_view || run_view(load, entry, stages, &is_done, error);
  if (ok && !is_done) ok = run_once(load, entry, stages, error);
  entry->n_read = stage->n_rows + stage->broken->len;
  if (ok) return entry;
  map_entry_free(entry);
  return NULL;
}

MapEntry *map_entry_run_passing(Load *load, const SourceMap *map, const MapEntry *fact, guint index, GError **error) {
  MapEntry *entry = new_entry(load, map, fact->stage, index);
  entry->fact = fact;
  gboolean ok = run_once(load, entry, NULL, error);
  entry->n_read = fact->stage->n_rows + fact->stage->broken->len;
  if (ok) return entry;
  map_entry_free(entry);
  return NULL;
}
