/* Values that a mapping does not name: a new "Cancelled" that `else: open` would swallow, a stage that is in no ladder.
 *
 * Nothing is rejected for them; they are counted and named in every load until the mapping names them. The sentences
 * are kept in attain_meta (name unlisted:SOURCE, a line each), so that `attain check` can repeat them without the
 * files. */
#include "ingest/unlisted.h"

#include "ingest/memory.h"

#define SHOWN 5

/* "Lost (3), Closed Won (1) and 2 more" from rows of a text and a count. */
static char *list_values(const StoreRows *rows) {
  GString *list = g_string_new(NULL);
  gsize n = store_rows_count(rows);
  for (gsize i = 0; i < MIN(n, SHOWN); i++) {
    g_autofree char *count = load_number(store_rows_value(rows, i, 1).integer);
    g_string_append_printf(list, "%s\"%s\" (%s)", i ? ", " : "", store_rows_value(rows, i, 0).text, count);
  }
  if (n > SHOWN) g_string_append_printf(list, " and %" G_GSIZE_FORMAT " more", n - SHOWN);
  return g_string_free(list, FALSE);
}

static char *listed_sql(const SourceColumn *column) {
  GString *sql = g_string_new("''");
  for (guint i = 0; column->value_from[i]; i++) {
    g_autofree char *from = g_strstrip(g_utf8_strdown(column->value_from[i], -1));
    g_autofree char *quoted = store_quote_text(from);
    g_string_append_printf(sql, ", %s", quoted);
  }
  return g_string_free(sql, FALSE);
}

/* The same header, taken as it is, is in the typed rows already: then the files need not be read again. */
static const SourceColumn *plain_twin(const SourceMap *map, const SourceColumn *column) {
  for (guint i = 0; column->of && i < map->n_columns; i++) {
    const SourceColumn *other = &map->columns[i];
    gboolean is_text = other->column && other->column->type == LEDGER_TEXT;
    gboolean is_plain = !other->value_from && !other->when && !other->empty && !other->lookup;
    if (is_text && is_plain && !column->lookup && other->of && g_str_equal(other->of, column->of)) return other;
  }
  return NULL;
}

static char *texts_sql(Load *load, const MapEntry *entry, const SourceColumn *column, ReadStage *const *stages,
                       GError **error) {
  const SourceColumn *twin = plain_twin(entry->map, column);
  if (!twin) return map_text_select(load, entry, column, stages, error);
  g_autofree char *table = store_quote_name(entry->name);
  g_autofree char *name = store_quote_name(twin->target);
  return g_strdup_printf("SELECT %s AS v FROM %s WHERE _reason IS NULL", name, table);
}

/* A stage that the stage table has with this very outcome is no news. */
static char *known_stage_sql(const SourceColumn *column) {
  if (!g_str_equal(column->target, "outcome")) return g_strdup("FALSE");
  g_autofree char *otherwise = store_quote_text(column->otherwise);
  return g_strdup_printf(
      "EXISTS (SELECT 1 FROM stage g WHERE lower(v) IN (lower(g.name), lower(g.id)) AND coalesce(g.outcome, 'open') = "
      "%s)",
      otherwise);
}

static gboolean note_column(Load *load, const MapEntry *entry, const SourceColumn *column, ReadStage *const *stages,
                            GPtrArray *said, GError **error) {
  g_autofree char *texts = texts_sql(load, entry, column, stages, error);
  if (!texts) return FALSE;
  g_autofree char *listed = listed_sql(column);
  g_autofree char *known = known_stage_sql(column);
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT v, n FROM (SELECT v, count(*) AS n FROM (%s) AS x WHERE v IS NOT NULL "
                 "GROUP BY 1) AS t WHERE lower(trim(v)) NOT IN (%s) AND NOT %s ORDER BY n DESC, "
                 "v LIMIT 1000",
                 texts, listed, known);
  if (!rows) return FALSE;
  gsize n = store_rows_count(rows);
  if (n == 0) return TRUE;
  g_autofree char *values = list_values(rows);
  g_autofree char *file = g_path_get_basename(load->source->file);
  g_ptr_array_add(said,
                  g_strdup_printf("%s: %s %s in no values: and %s read as %s: %s. Name %s under values: of %s in %s",
                                  entry->map->table->name, column->of ? column->of : column->target,
                                  n == 1 ? "has a value that is" : "has values that are", n == 1 ? "was" : "were",
                                  column->otherwise, values, n == 1 ? "it" : "them", column->target, file));
  return TRUE;
}

/* --- stages --- */

static gboolean maps(const Load *load, const char *table, gboolean only_read) {
  for (guint m = 0; m < load->source->n_maps; m++) {
    gboolean is_read = load->plan->modes[m] != MEMORY_SAME;
    if (g_str_equal(load->source->maps[m].table->name, table) && (is_read || !only_read)) return TRUE;
  }
  return FALSE;
}

/* Do the stages of deals stand as they stood after the last load? */
static gboolean are_stages_known(const Load *load) {
  return load->plan->is_partial && !maps(load, "stage", TRUE) && !maps(load, "opportunity", TRUE) &&
         !maps(load, "stage_change", TRUE);
}

static gboolean note_stages(Load *load, GPtrArray *said, GError **error) {
  if (!maps(load, "stage", FALSE) || !maps(load, "opportunity", FALSE)) return TRUE;
  g_autofree char *source = store_quote_text(load->source->name);
  g_autoptr(StoreRows) rows = load_query(
      load, error,
      "SELECT s, count(*) FROM (SELECT stage AS s FROM opportunity WHERE from_source = %s UNION ALL SELECT stage FROM "
      "stage_change WHERE from_source = %s) AS t WHERE s IS NOT NULL AND lower(s) NOT IN (SELECT lower(coalesce(name, "
      "id)) FROM stage WHERE known UNION ALL SELECT lower(id) FROM stage WHERE known AND id IS NOT NULL) GROUP BY 1 "
      "ORDER BY 2 DESC, 1 LIMIT 1000",
      source, source);
  if (!rows) return FALSE;
  gsize n = store_rows_count(rows);
  if (n == 0) return TRUE;
  g_autofree char *values = list_values(rows);
  g_autofree char *file = g_path_get_basename(load->source->file);
  g_ptr_array_add(
      said, g_strdup_printf("stage: deals name %s that %s not among the stages: %s. KPIs of stages pass over %s; add "
                            "%s where %s maps stage",
                            n == 1 ? "a stage" : "stages", n == 1 ? "is" : "are", values, n == 1 ? "it" : "them",
                            n == 1 ? "it" : "them", file));
  return TRUE;
}

/* --- keeping them --- */

static gboolean keep(Load *load, const char *text, gboolean *is_changed, GError **error) {
  g_autofree char *plain = g_strdup_printf("unlisted:%s", load->source->name);
  g_autofree char *name = store_quote_text(plain);
  g_autofree char *value = store_quote_text(text);
  gint64 n = 0;
  if (!load_count(load, &n, error,
                  "SELECT count(*) FROM (SELECT coalesce(max(value), '') AS v FROM attain_meta WHERE name = %s) AS t "
                  "WHERE v = %s",
                  name, value))
    return FALSE;
  if (n > 0) return TRUE;
  *is_changed = TRUE;
  return load_run(load, NULL, error, "DELETE FROM attain_meta WHERE name = %s", name) &&
         (!*text || load_run(load, NULL, error, "INSERT INTO attain_meta VALUES (%s, %s)", name, value));
}

static gboolean note_entry(Load *load, MapEntry *entry, ReadStage *const *stages, GError **error) {
  entry->unlisted = g_ptr_array_new_with_free_func(g_free);
  for (guint c = 0; c < entry->map->n_columns; c++) {
    const SourceColumn *column = &entry->map->columns[c];
    if (column->value_from && column->otherwise && !note_column(load, entry, column, stages, entry->unlisted, error))
      return FALSE;
  }
  const MemoryEntry *known = memory_entry(load, entry->index);
  if (!known) return TRUE;
  if (entry->unlisted->len > 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "rows that came have new values: all of them are to be read");
    return FALSE;
  }
  g_clear_pointer(&entry->unlisted, g_ptr_array_unref);
  if (known->unlisted) entry->unlisted = g_ptr_array_ref(known->unlisted);
  return TRUE;
}

static void append_all(GPtrArray *to, const GPtrArray *from) {
  for (guint i = 0; from && i < from->len; i++) g_ptr_array_add(to, from->pdata[i]);
}

static const MapEntry *find_entry(const GPtrArray *entries, guint map) {
  for (guint e = 0; e < entries->len; e++) {
    const MapEntry *entry = entries->pdata[e];
    if (entry->index == map) return entry;
  }
  return NULL;
}

gboolean unlisted_keep(Load *load, const GPtrArray *entries, ReadStage *const *stages, GPtrArray **of_stages,
                       gboolean *is_changed, GError **error) {
  const IngestMemory *memory = load->plan->is_partial ? load->options->memory : NULL;
  g_autoptr(GPtrArray) said = g_ptr_array_new();
  for (guint e = 0; e < entries->len; e++) {
    if (!note_entry(load, entries->pdata[e], stages, error)) return FALSE;
  }
  for (guint m = 0; m < load->source->n_maps; m++) {
    const MapEntry *entry = find_entry(entries, m);
    append_all(said, entry ? entry->unlisted : memory ? memory->entries[m].unlisted : NULL);
  }
  *of_stages = are_stages_known(load) && memory->unlisted_stages ? g_ptr_array_ref(memory->unlisted_stages)
                                                                 : g_ptr_array_new_with_free_func(g_free);
  if (!are_stages_known(load) && !note_stages(load, *of_stages, error)) return FALSE;
  append_all(said, *of_stages);
  for (guint i = 0; i < said->len; i++) load_note(load, "%s", (const char *)said->pdata[i]);
  g_ptr_array_add(said, NULL);
  g_autofree char *text = g_strjoinv("\n", (char **)said->pdata);
  return keep(load, text, is_changed, error);
}

GPtrArray *ingest_unlisted(Store *store, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT value FROM attain_meta WHERE name LIKE 'unlisted:%' ORDER BY name", NULL, 0, 0, error);
  if (!rows) return NULL;
  GPtrArray *said = g_ptr_array_new_with_free_func(g_free);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    g_auto(GStrv) lines = g_strsplit(store_rows_value(rows, r, 0).text, "\n", -1);
    for (guint i = 0; lines[i]; i++) g_ptr_array_add(said, g_strdup(lines[i]));
  }
  return said;
}
