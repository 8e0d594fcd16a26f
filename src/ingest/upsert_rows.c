/* The good rows of a target.
 *
 * An id that a fact has twice is a mistake: the first row is kept, the others are rejected. But exports overlap: a row
 * that another file has word for word is counted as skipped. A dimension is often made from a file of facts (the
 * accounts named by the deals); there the same id comes again and again, and the first value that is not empty counts.
 * But in a file of its own a repeated id is a mistake, too. */
#include "ingest/upsert.h"

gboolean upsert_target_is_dimension(const UpsertTarget *target) {
  return target->table->kind == LEDGER_DIMENSION;
}

gboolean upsert_target_maps(const UpsertTarget *target, const char *column) {
  return g_hash_table_contains(target->mapped, column);
}

/* A fact comes from the same file; or several map entries of the dimension do (reps and their managers), so that none
 * of them is the file's own. */
gboolean upsert_is_in_passing(const Load *load, const MapEntry *entry) {
  const IngestSource *source = load->source;
  for (guint m = 0; entry->map->from && m < source->n_maps; m++) {
    const SourceMap *other = &source->maps[m];
    if (other == entry->map || other->from != entry->map->from) continue;
    if (other->table->kind != LEDGER_DIMENSION || other->table == entry->map->table) return TRUE;
  }
  return FALSE;
}

/* --- repeated ids --- */

/* All that a row says: two rows are the same when these are. */
static char *content_of(const UpsertTarget *target, const MapEntry *entry) {
  GString *sql = g_string_new("struct_pack(id := id");
  if (target->has_currency) g_string_append(sql, ", currency := currency");
  for (guint i = 0; i < target->table->n_columns; i++) {
    const char *name = target->table->columns[i].name;
    if (!upsert_target_maps(target, name)) continue;
    const SourceColumn *mapped = source_map_column(entry->map, name);
    g_autofree char *quoted = store_quote_name(name);
    g_string_append_printf(sql, ", %s := CAST(%s AS VARCHAR)", quoted, mapped ? quoted : "NULL");
  }
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}

static char *good_rows(const UpsertTarget *target, GPtrArray *entries, const char *key, gboolean with_content) {
  GString *sql = g_string_new(NULL);
  for (guint e = 0; e < entries->len; e++) {
    const MapEntry *entry = entries->pdata[e];
    g_autofree char *table = store_quote_name(entry->name);
    g_autofree char *content = with_content ? content_of(target, entry) : g_strdup("NULL");
    g_string_append_printf(
        sql,
        "%sSELECT %u AS e, _file AS f, _row AS r, %s AS k, %s AS c, %s AS u, %s AS o FROM %s WHERE _reason IS NULL",
        e ? " UNION ALL " : "", entry->index, key, content, entry->stage->cursor ? "_cursor" : "NULL::DECIMAL(38, 6)",
        entry->stage->cursor ? "-_row" : "NULL", table);
  }
  return g_string_free(sql, FALSE);
}

/* attain_repeats: each row whose id an earlier one has, that earlier one, and whether it is the same row in another
 * file. Where a table has a cursor, the row with its latest value comes first, and the others are what it was before.
 */
static gboolean find_repeated(Load *load, const UpsertTarget *target, GPtrArray *entries, const char *key,
                              gboolean *is_found, GError **error) {
  g_autofree char *keys = good_rows(target, entries, key, FALSE);
  gint64 n_repeated = 0;
  if (!load_count(load, &n_repeated, error, "SELECT count(*) - count(DISTINCT k) FROM (%s)", keys)) return FALSE;
  *is_found = n_repeated > 0;
  if (!*is_found) return TRUE;
  g_autofree char *rows = good_rows(target, entries, key, TRUE);
  load_temporary(load, "attain_repeats");
  return load_run(
      load, NULL, error,
      "CREATE OR REPLACE TEMP TABLE attain_repeats AS SELECT e, r, first_e, first_f, first_r, (e <> first_e "
      "OR f <> first_f) AND c IS NOT DISTINCT FROM first_c OR (e = first_e AND o IS NOT NULL) AS is_same FROM (SELECT "
      "*, first_value(e) OVER w "
      "AS first_e, first_value(f) OVER w AS first_f, first_value(r) OVER w AS first_r, first_value(c) OVER w "
      "AS first_c, row_number() OVER w AS n FROM (%s) WHERE k IN (SELECT k FROM (%s) GROUP BY k HAVING "
      "count(*) > 1) WINDOW w AS (PARTITION BY k ORDER BY e, u DESC NULLS LAST, o, r)) WHERE n > 1",
      rows, keys);
}

static gboolean take_out_repeated(Load *load, MapEntry *entry, gint64 *n_same, GError **error) {
  g_autofree char *table = store_quote_name(entry->name);
  gint64 n = 0, n_bad = 0;
  if (!load_run(
          load, &n_bad, error,
          "UPDATE %s AS t SET _reason = 'id ' || t.id || ' is already', _first = d.first_r, _first_file = d.first_f, "
          "_first_entry = d.first_e FROM attain_repeats d WHERE d.e = %u AND NOT d.is_same AND d.r = t._row",
          table, entry->index) ||
      !load_run(
          load, &n, error,
          "DELETE FROM %s WHERE _reason IS NULL AND _row IN (SELECT r FROM attain_repeats WHERE e = %u AND is_same)",
          table, entry->index)) {
    return FALSE;
  }
  entry->n_bad += n_bad;
  entry->n_skipped += n;
  *n_same += n;
  return TRUE;
}

static gboolean reject_among(Load *load, const UpsertTarget *target, GPtrArray *entries, GError **error) {
  gboolean is_found = FALSE;
  gint64 n_same = 0;
  const char *key = upsert_target_is_dimension(target) ? "id" : "key";
  if (!find_repeated(load, target, entries, key, &is_found, error)) return FALSE;
  for (guint e = 0; is_found && e < entries->len; e++) {
    if (!take_out_repeated(load, entries->pdata[e], &n_same, error)) return FALSE;
  }
  g_autofree char *n = load_number(n_same);
  if (n_same > 0)
    load_note(load, "%s: %s row%s the same as one of another file; they are counted as skipped", target->table->name, n,
              n_same == 1 ? " is" : "s are");
  return TRUE;
}

/* Facts are one whole, from whatever entries. A dimension that maps a part of its file is made of it in passing; one
 * that has a file to itself is looked at by itself, for several files may each describe a part of it. */
gboolean upsert_reject_repeated(Load *load, UpsertTarget *target, GError **error) {
  if (!upsert_target_is_dimension(target)) {
    const MapEntry *first = target->entries->pdata[0];
    return first->stage->is_view ||
           reject_among(load, target, target->entries, error); /* a view is known to have none */
  }
  for (guint e = 0; e < target->entries->len; e++) {
    MapEntry *entry = target->entries->pdata[e];
    if (upsert_is_in_passing(load, entry)) continue;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, entry);
    if (!reject_among(load, target, one, error)) return FALSE;
  }
  return TRUE;
}

/* --- one relation --- */

static void append_union(const UpsertTarget *target, GString *sql) {
  for (guint e = 0; e < target->entries->len; e++) {
    const MapEntry *entry = target->entries->pdata[e];
    g_autofree char *table = store_quote_name(entry->name);
    g_string_append_printf(
        sql,
        "%sSELECT * EXCLUDE (_reason, _first, _first_file, _first_entry%s), %u AS _entry FROM %s WHERE _reason IS NULL",
        e ? " UNION ALL BY NAME " : "", entry->stage->cursor ? ", _cursor" : "", entry->index, table);
  }
}

/* Is it the id, in all rows? */
static gboolean repeats_id(const UpsertTarget *target, const char *column) {
  for (guint e = 0; e < target->entries->len; e++) {
    const MapEntry *entry = target->entries->pdata[e];
    const SourceColumn *mapped = source_map_column(entry->map, column), *id = source_map_column(entry->map, "id");
    if (!mapped || !id || mapped->column->type != LEDGER_TEXT || !map_is_as_it_is(mapped) || !map_is_as_it_is(id) ||
        !g_str_equal(mapped->of, id->of))
      return FALSE;
  }
  return TRUE;
}

/* The first value that is not empty, in the order of the map's entries and the file's rows. */
static char *merged_select(const UpsertTarget *target, const char *all) {
  GString *sql = g_string_new("SELECT id, min(_entry) AS _entry");
  const char *order = "_entry::BIGINT * 1099511627776 + _row";
  const MapEntry *first = target->entries->pdata[0];
  gboolean is_constant = target->entries->len == 1 && first->fact != NULL; /* of no amounts: the source's currency */
  if (target->has_currency && is_constant) g_string_append(sql, ", any_value(currency) AS currency");
  if (target->has_currency && !is_constant) g_string_append_printf(sql, ", arg_min(currency, %s) AS currency", order);
  if (target->has_modified) g_string_append_printf(sql, ", max(_modified) AS _modified");
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, target->mapped);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    const LedgerColumn *column = ledger_table_column(target->table, key);
    g_autofree char *name = store_quote_name(key);
    if (repeats_id(target, key)) {
      g_string_append_printf(sql, ", id AS %s", name);
      continue;
    }
    g_string_append_printf(sql, ", arg_min(%s, %s) AS %s", name, order, name);
    if (column->type != LEDGER_INSTANT) continue;
    g_autofree char *day = g_strconcat(key, "_day", NULL);
    g_autofree char *quoted = store_quote_name(day);
    g_string_append_printf(sql, ", arg_min(%s, %s) AS %s", quoted, order, quoted);
  }
  g_string_append_printf(sql, " FROM (%s) GROUP BY id", all);
  return g_string_free(sql, FALSE);
}

gboolean upsert_gather(Load *load, UpsertTarget *target, GError **error) {
  g_autoptr(GString) all = g_string_new(NULL);
  append_union(target, all);
  target->rows = g_strdup_printf("attain_new_%s", target->table->name);
  g_autofree char *name = store_quote_name(target->rows);
  load_temporary(load, target->rows);
  if (upsert_target_is_dimension(target)) {
    g_autofree char *select = merged_select(target, all->str);
    return load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE %s AS %s", name, select);
  }
  return load_run(load, NULL, error, "CREATE OR REPLACE TEMP VIEW %s AS %s", name, all->str);
}
