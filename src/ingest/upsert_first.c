/* The first rows of a table: nothing is there to compare them with, so they are written as they are.
 *
 * A dimension that refers to no other gets its rows whole, with their keys, before anything refers to them. One that
 * does (people and their managers) first gets its rows with nothing but a name, like every later load: upsert_refs.c.
 */
#include "ingest/upsert.h"

GPtrArray *upsert_physical_columns(const UpsertTarget *target) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  if (target->has_currency) g_ptr_array_add(names, g_strdup("\"currency\""));
  for (guint i = 0; i < target->table->n_columns; i++) {
    const LedgerColumn *column = &target->table->columns[i];
    if (!upsert_target_maps(target, column->name)) continue;
    g_ptr_array_add(names, store_quote_name(column->name));
    if (column->type != LEDGER_INSTANT) continue;
    g_autofree char *day = g_strconcat(column->name, "_day", NULL);
    g_ptr_array_add(names, store_quote_name(day));
  }
  return names;
}

void upsert_append_modified(GString *sql, const UpsertTarget *target, gint64 now_us, const char *after) {
  g_autofree char *now = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", now_us);
  if (!target->has_modified) {
    g_string_append(sql, now);
  } else {
    g_string_append_printf(sql, "CASE WHEN n._modified <= %s%s THEN n._modified ELSE %s END", now, after, now);
  }
}

gboolean upsert_is_empty(Load *load, const LedgerTable *table, gboolean *is_empty, GError **error) {
  g_autofree char *name = store_quote_name(table->name);
  gint64 n = 0;
  if (!load_count(load, &n, error, "SELECT count(*) FROM (SELECT 1 FROM %s LIMIT 1)", name)) return FALSE;
  *is_empty = n == 0;
  return TRUE;
}

/* `key` is SQL for the new rows' keys. */
static gboolean insert(Load *load, const UpsertTarget *target, const char *key, const char *also, const char *as,
                       const char *from, gint64 *n_new, GError **error) {
  g_autoptr(GPtrArray) columns = upsert_physical_columns(target);
  g_ptr_array_add(columns, NULL);
  g_autofree char *names = g_strjoinv(", ", (char **)columns->pdata);
  g_autofree char *table = store_quote_name(target->table->name);
  g_autofree char *source = store_quote_text(load->source->name);
  g_autoptr(GString) recorded = g_string_new(NULL);
  upsert_append_modified(recorded, target, load->options->now_us, "");
  const char *comma = *names ? ", " : "";
  return load_run(load, n_new, error,
                  "INSERT INTO %s (key, from_source, id, recorded_at, \"load\"%s%s%s) SELECT %s, %s, id, %s, %d%s%s%s "
                  "FROM (%s) n",
                  table, also, comma, names, key, source, recorded->str, load->number, as, comma, names, from);
}

gboolean upsert_insert_facts(Load *load, const UpsertTarget *target, const char *from, gint64 *n_new, GError **error) {
  return insert(load, target, "key", "", "", from, n_new, error);
}

/* --- dimensions --- */

static gboolean refers(const UpsertTarget *target) {
  for (guint i = 0; i < target->table->n_columns; i++) {
    const LedgerColumn *column = &target->table->columns[i];
    if (column->type == LEDGER_REF && upsert_target_maps(target, column->name)) return TRUE;
  }
  return FALSE;
}

/* Keys go by the order of the ids. */
gboolean upsert_insert_first(Load *load, UpsertTarget *target, GError **error) {
  gboolean is_empty = FALSE;
  if (refers(target)) return TRUE;
  if (!upsert_is_empty(load, target->table, &is_empty, error)) return FALSE;
  if (!is_empty) return TRUE;
  g_autofree char *rows = store_quote_name(target->rows);
  g_autofree char *sorted = g_strdup_printf("SELECT * FROM %s ORDER BY id", rows);
  gboolean is_named = upsert_target_maps(target, "name");
  target->is_inserted = TRUE;
  return insert(load, target, "row_number() OVER ()", is_named ? ", known" : ", known, name",
                is_named ? ", TRUE" : ", TRUE, id", sorted, NULL, error);
}

/* --- counts --- */

gboolean upsert_count_new(Load *load, UpsertTarget *target, IngestCount *counts, GError **error) {
  g_autofree char *table = store_quote_name(target->rows);
  g_autoptr(StoreRows) rows = load_query(load, error, "SELECT _entry, count(*) FROM %s GROUP BY 1", table);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++)
    counts[store_rows_value(rows, r, 0).integer].n_new = store_rows_value(rows, r, 1).integer;
  target->is_changed = store_rows_count(rows) > 0;
  return TRUE;
}
