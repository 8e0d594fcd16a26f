/* The good rows of a target.
 *
 * An id that a fact has twice in its files is a mistake: the first row is kept, the others are rejected. A dimension is
 * often made from a file of facts (the accounts named by the deals); there the same id comes again and again, and the
 * first value that is not empty counts. But in a file of its own a repeated id is a mistake, too. */
#include "ingest/upsert.h"

gboolean upsert_target_is_dimension(const UpsertTarget *target) {
  return target->table->kind == LEDGER_DIMENSION;
}

gboolean upsert_target_maps(const UpsertTarget *target, const char *column) {
  return g_hash_table_contains(target->mapped, column);
}

/* Does a fact come from the same file? */
static gboolean is_derived(const MapEntry *entry, GPtrArray *targets) {
  for (guint t = 0; t < targets->len; t++) {
    const UpsertTarget *target = targets->pdata[t];
    if (upsert_target_is_dimension(target)) continue;
    for (guint e = 0; e < target->entries->len; e++) {
      if (((const MapEntry *)target->entries->pdata[e])->stage == entry->stage) return TRUE;
    }
  }
  return FALSE;
}

/* Several map entries of one dimension from one file (reps and their managers): none of them is the file's own. */
static gboolean is_shared(const MapEntry *entry, const UpsertTarget *target) {
  for (guint e = 0; e < target->entries->len; e++) {
    const MapEntry *other = target->entries->pdata[e];
    if (other != entry && other->stage == entry->stage) return TRUE;
  }
  return FALSE;
}

/* Is the id no column that another one of the entry repeats? A dimension that maps a part of its file is made of it in
 * passing. */
static gboolean mark_repeated(Load *load, const MapEntry *entry, const char *key, GError **error) {
  g_autofree char *table = store_quote_name(entry->name);
  gint64 n_repeated = 0;
  if (!load_count(load, &n_repeated, error, "SELECT count(*) - count(DISTINCT %s) FROM %s WHERE _reason IS NULL", key,
                  table))
    return FALSE;
  if (n_repeated == 0) return TRUE;
  return load_run(load, NULL, error,
                  "UPDATE %s AS t SET _reason = 'id ' || t.id || ' is already on line', _first = d.first_row, "
                  "_first_file = d.first_file FROM (SELECT _row AS r, "
                  "first_value(_row) OVER w AS first_row, first_value(_file) OVER w AS first_file, row_number() OVER w "
                  "AS n FROM %s WHERE _reason IS NULL AND %s IN (SELECT %s "
                  "FROM %s WHERE _reason IS NULL GROUP BY 1 HAVING count(*) > 1) WINDOW w AS (PARTITION BY %s ORDER BY "
                  "_row)) d WHERE "
                  "d.n > 1 AND t._row = d.r",
                  table, table, key, key, table, key);
}

gboolean upsert_reject_repeated(Load *load, UpsertTarget *target, GPtrArray *targets, GError **error) {
  for (guint e = 0; e < target->entries->len; e++) {
    const MapEntry *entry = target->entries->pdata[e];
    gboolean is_dimension = upsert_target_is_dimension(target);
    if (entry->stage->is_view) continue; /* known to have none */
    if (is_dimension && (is_derived(entry, targets) || is_shared(entry, target))) continue;
    if (!mark_repeated(load, entry, is_dimension ? "id" : "key", error)) return FALSE;
  }
  return TRUE;
}

/* --- one relation --- */

static void append_union(const UpsertTarget *target, GString *sql) {
  for (guint e = 0; e < target->entries->len; e++) {
    const MapEntry *entry = target->entries->pdata[e];
    g_autofree char *table = store_quote_name(entry->name);
    g_string_append_printf(
        sql, "%sSELECT * EXCLUDE (_reason, _first, _first_file), %u AS _entry FROM %s WHERE _reason IS NULL",
        e ? " UNION ALL BY NAME " : "", entry->index, table);
  }
}

/* The first value that is not empty, in the order of the map's entries and the file's rows. */
static char *merged_select(const UpsertTarget *target, const char *all) {
  GString *sql = g_string_new("SELECT id");
  const char *order = "_entry::BIGINT * 1099511627776 + _row";
  if (target->has_currency) g_string_append_printf(sql, ", arg_min(currency, %s) AS currency", order);
  if (target->has_modified) g_string_append_printf(sql, ", max(_modified) AS _modified");
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, target->mapped);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    const LedgerColumn *column = ledger_table_column(target->table, key);
    g_autofree char *name = store_quote_name(key);
    g_string_append_printf(sql, ", arg_min(%s, %s) AS %s", name, order, name);
    if (column->type != LEDGER_INSTANT) continue;
    g_autofree char *day = g_strconcat(key, "_day", NULL);
    g_autofree char *quoted = store_quote_name(day);
    g_string_append_printf(sql, ", arg_min(%s, %s) AS %s", quoted, order, quoted);
  }
  g_string_append_printf(sql, " FROM (%s) GROUP BY id", all);
  return g_string_free(sql, FALSE);
}

/* Facts of several entries: the first row of an id counts; one that comes again is the same deal in another file. */
static char *first_select(const char *all) {
  return g_strdup_printf("SELECT * FROM (%s) QUALIFY row_number() OVER (PARTITION BY key ORDER BY _entry, _row) = 1",
                         all);
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
  if (target->entries->len == 1)
    return load_run(load, NULL, error, "CREATE OR REPLACE TEMP VIEW %s AS %s", name, all->str);
  g_autofree char *select = first_select(all->str);
  return load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE %s AS %s", name, select);
}
