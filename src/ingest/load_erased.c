/* A source goes on telling of people who were erased here: its rows are those of before, and its references name them.
 * Before rows are compared with the ledger, each text whose digest is kept becomes what stands for it: ids of people
 * and accounts, references to them by id, name or address, and whole texts that named somebody. So nothing changes by
 * such a row, and it still is a row of the same record: the key of a fact was made of its id before. */
#include "ingest/load_erased.h"

#include "ingest/erased.h"

#define BACK "attain_back" /* temp table (was, stands_for) */

/* The distinct values of a column of which a digest is kept; `*n` of them. */
static gboolean find_back(Load *load, const MapEntry *entry, const char *column, GPtrArray *digests, gint64 *n,
                          GError **error) {
  g_autofree char *rows = store_quote_name(entry->name);
  g_autofree char *name = store_quote_name(column);
  g_ptr_array_add(digests, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)digests->pdata);
  load_temporary(load, BACK);
  return load_run(load, NULL, error,
                  "CREATE OR REPLACE TEMP TABLE " BACK
                  " AS SELECT was, any_value(stands_for) AS stands_for FROM (SELECT was, unnest([%s]) AS digest FROM "
                  "(SELECT DISTINCT %s AS was FROM %s WHERE %s IS NOT NULL)) JOIN attain_erased_mark USING (digest) "
                  "GROUP BY was",
                  all, name, rows, name) &&
         load_count(load, n, error, "SELECT count(*) FROM " BACK);
}

static gboolean put_back(Load *load, const MapEntry *entry, const char *column, gint64 *n, GError **error) {
  g_autofree char *rows = store_quote_name(entry->name);
  g_autofree char *name = store_quote_name(column);
  return load_run(load, n, error, "UPDATE %s AS t SET %s = b.stands_for FROM " BACK " b WHERE t.%s = b.was", rows, name,
                  name);
}

/* Somebody's own texts are those of the row that was erased, which `by`, "id" or "email", finds. */
static gboolean keep_person(Load *load, const MapEntry *entry, const char *by, GError **error) {
  static const char *const own[] = {"name", "email", "title"};
  g_autofree char *rows = store_quote_name(entry->name);
  for (guint i = 0; i < G_N_ELEMENTS(own); i++) {
    if (!source_map_column(entry->map, own[i]) || g_str_equal(own[i], by)) continue;
    if (!load_run(load, NULL, error,
                  "UPDATE %s AS t SET %s = p.own FROM " BACK " b, (SELECT %s AS k, any_value(%s) AS own FROM person "
                  "GROUP BY 1) p WHERE t.%s = b.was AND p.k = b.stands_for",
                  rows, own[i], by, own[i], by))
      return FALSE;
  }
  return TRUE;
}

/* --- what a column may name somebody by --- */

static void add(GPtrArray *digests, const IngestErased *erased, IngestErasedKind kind, const char *table,
                const char *source) {
  g_ptr_array_add(digests, ingest_erased_sql(kind, ingest_erased_secret(erased), table, source, "was"));
}

static void add_reference(const Load *load, const IngestErased *erased, const SourceColumn *column,
                          GPtrArray *digests) {
  const char *table = column->column->ref;
  add(digests, erased, INGEST_ERASED_ID, table, column->source ? column->source : load->source->name);
  if (column->match == SOURCE_MATCH_EMAIL) add(digests, erased, INGEST_ERASED_EMAIL, table, NULL);
  if (column->match == SOURCE_MATCH_NAME) add(digests, erased, INGEST_ERASED_NAME, table, NULL);
}

static GPtrArray *digests_of(const Load *load, const IngestErased *erased, const SourceMap *map,
                             const SourceColumn *column) {
  GPtrArray *digests = g_ptr_array_new_with_free_func(g_free);
  gboolean is_dimension = map->table->kind == LEDGER_DIMENSION, is_person = g_str_equal(map->table->name, "person");
  if (g_str_equal(column->target, "id"))
    add(digests, erased, is_dimension ? INGEST_ERASED_ID : INGEST_ERASED_TEXT, map->table->name, load->source->name);
  if (!column->column) return digests;
  gboolean is_to_dimension = column->column->type == LEDGER_REF && column->column->ref &&
                             ledger_schema_find(load->schema, column->column->ref)->kind == LEDGER_DIMENSION;
  if (is_to_dimension) add_reference(load, erased, column, digests);
  if (is_person && g_str_equal(column->target, "email")) add(digests, erased, INGEST_ERASED_EMAIL, NULL, NULL);
  gboolean is_others_name = is_person && g_str_equal(column->target, "name"); /* two people may be called alike */
  if (column->column->type == LEDGER_TEXT && !is_others_name) add(digests, erased, INGEST_ERASED_TEXT, NULL, NULL);
  return digests;
}

/* --- all rows --- */

static gboolean keep_column(Load *load, const IngestErased *erased, const MapEntry *entry, const SourceColumn *column,
                            gint64 *n_rows, GError **error) {
  g_autoptr(GPtrArray) digests = digests_of(load, erased, entry->map, column);
  gint64 n = 0;
  if (digests->len == 0) return TRUE;
  if (!find_back(load, entry, column->target, digests, &n, error)) return FALSE;
  if (n == 0) return TRUE;
  gboolean says_who = g_str_equal(column->target, "id") || g_str_equal(column->target, "email");
  if (g_str_equal(entry->map->table->name, "person") && says_who && !keep_person(load, entry, column->target, error))
    return FALSE;
  if (!put_back(load, entry, column->target, &n, error)) return FALSE;
  *n_rows += n;
  return TRUE;
}

gboolean load_keep_erased(Load *load, const GPtrArray *entries, GError **error) {
  g_autoptr(IngestErased) erased = ingest_erased_read(load->store, error);
  if (!erased) return FALSE;
  gint64 n_values = 0;
  for (guint e = 0; ingest_erased_secret(erased) && e < entries->len; e++) {
    const MapEntry *entry = entries->pdata[e];
    for (guint c = 0; c < entry->map->n_columns; c++)
      if (!keep_column(load, erased, entry, &entry->map->columns[c], &n_values, error)) return FALSE;
  }
  g_autofree char *n = load_number(n_values);
  if (n_values > 0)
    load_note(load, "%s value%s of people who were erased: they stay erased", n, n_values == 1 ? " is" : "s are");
  return TRUE;
}

gboolean load_keep_erased_in(Load *load, const char *table, const char *column, GError **error) {
  g_autoptr(IngestErased) erased = ingest_erased_read(load->store, error);
  if (!erased || !ingest_erased_secret(erased)) return erased != NULL;
  g_autofree char *digest = ingest_erased_sql(INGEST_ERASED_TEXT, ingest_erased_secret(erased), NULL, NULL, column);
  return load_run(load, NULL, error,
                  "UPDATE %s AS t SET %s = m.stands_for FROM attain_erased_mark m WHERE m.digest = %s", table, column,
                  digest);
}
