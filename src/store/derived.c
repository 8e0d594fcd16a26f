/* The derived facts: tables made from facts, kept so that a question only scans them.
 *
 *   opportunity, stage_change, activity ──► derived_facts.c: deals with their changes and touches in order of time
 *                                           (all of them, or those of the deals that a load touched)
 *       ──► derived_stays.c, derived_rows.c: the rows of one deal after the other, in as many threads as there are
 *       ──► derived_emit.c: an INSERT for each derived table, and its row of ledger_stat
 *
 * A deal's derived rows come from that deal, its changes and its activities only, besides the stages, so when a load
 * touched few deals their rows are taken out and made again in the very same way. When it touched many, or stages
 * changed, the table is made anew: dropping and filling it costs less than finding the rows to take out. A ledger of
 * millions of deals is taken in parts, so that memory has an end.
 *
 * tests/unit/store/plain has the same facts as SQL in its plain form. It was SQL here too, until sorting, windows over
 * the whole and joins of each row with its deal turned out to cost more than all the rest.
 *
 * Measured on 2 cores, in seconds of CPU: 500,000 deals with 1 million changes and 2 million activities take 6.2 to
 * make anew, where the SQL took 12 on a quiet machine and 19 on a busy one; silence 2.7, stage_stay 1.8, forecast_state
 * and close_date_move together 1.4. Two thirds of it is DuckDB compressing and writing the columns, texts above all.
 * 1,000 touched deals of them take 0.7. */
#include "store/derived.h"

#include "store/derived_rows.h"
#include "store/physical.h"
#include "store/private.h"
#include "store/resources.h"

/* Goes up when derived rows come out in another way, so that a database of before has them made anew. */
#define FORM_VERSION "2"

/* Deals that are in memory at a time, about; half a gigabyte with a few changes and activities each. */
#define DEALS_AT_ONCE (1 << 20)

/* A load that touched one deal of this many, or more, makes the tables anew. */
#define TOUCHED_SHARE 5

char *store_resource(const char *file) {
  g_autofree char *path = g_strconcat("/attain/store/", file, NULL);
  g_autoptr(GBytes) bytes =
      g_resource_lookup_data(store_resources_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_return_val_if_fail(bytes, NULL);
  gsize size;
  const char *data = g_bytes_get_data(bytes, &size);
  return g_strndup(data, size);
}

/* A workspace adds nothing to derived facts, so the built-in schema has all of them. */
static LedgerSchema *builtin_schema(void) {
  return ledger_schema_new(NULL, 0, NULL);
}

static const DerivedForm *form_of(const LedgerTable *table) {
  static const DerivedForm *const forms[] = {&derived_stay_form, &derived_silence_form, &derived_belief_form,
                                             &derived_move_form};
  for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
    if (g_str_equal(forms[i]->table, table->name)) return forms[i];
  }
  g_return_val_if_reached(NULL);
}

gboolean store_derived_needs(const LedgerTable *table, const char *fact) {
  g_auto(GStrv) names = g_strsplit(table->needs, " ", -1);
  return g_strv_contains((const char *const *)names, fact);
}

char *store_derived_digest(void) {
  g_autoptr(LedgerSchema) schema = builtin_schema();
  g_autoptr(GString) text = g_string_new(FORM_VERSION);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind != LEDGER_DERIVED) continue;
    g_autofree char *create = store_physical_create_derived(schema, table);
    g_string_append(text, create);
  }
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

static gboolean count(Store *store, const char *sql, gint64 *n, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  *n = store_rows_value(rows, 0, 0).integer;
  return TRUE;
}

/* --- one refresh --- */

typedef struct {
  Store *store;
  LedgerSchema *schema;
  const LedgerTable **whole, **part; /* NULL-terminated: made anew, and of the touched deals only */
} Refresh;

static void refresh_clear(Refresh *refresh) {
  ledger_schema_free(refresh->schema);
  g_free(refresh->whole);
  g_free(refresh->part);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Refresh, refresh_clear)

char *store_stat_columns(const LedgerTable *table) {
  g_autoptr(GString) first = g_string_new(NULL);
  g_autoptr(GString) last = g_string_new(NULL);
  g_autoptr(GString) latest = g_string_new(NULL);
  for (guint i = 0; i < table->n_columns; i++) {
    const LedgerColumn *column = &table->columns[i];
    if (column->type != LEDGER_INSTANT || (column->flags & LEDGER_PLAN)) continue;
    g_autofree char *name = store_quote_name(column->name);
    g_autofree char *day_name = g_strconcat(column->name, "_day", NULL);
    g_autofree char *day = store_quote_name(day_name);
    const char *comma = first->len ? ", " : "";
    g_string_append_printf(first, "%smin(%s)", comma, day);
    g_string_append_printf(last, "%smax(%s)", comma, day);
    g_string_append_printf(latest, "%smax(%s)", comma, name);
  }
  if (first->len == 0) return g_strdup("NULL, NULL, NULL");
  return g_strdup_printf("least(%s), greatest(%s), greatest(%s)", first->str, last->str, latest->str);
}

/* What stands in ledger_stat. Amounts of other currencies may be reached through the deal, so they are those of the
 * facts it is made from. */
static gboolean refresh_stat(Store *store, const LedgerTable *table, GError **error) {
  g_autofree char *span = store_stat_columns(table);
  return store_run_format(store, error, "DELETE FROM ledger_stat WHERE table_name = '%s'", table->name) &&
         store_run_format(store, error,
                          "INSERT INTO ledger_stat SELECT '%s', count(*), %s, "
                          "(SELECT coalesce(bool_or(has_foreign_currency), FALSE) FROM ledger_stat WHERE table_name IN "
                          "(SELECT unnest(string_split('%s', ' ')))) FROM %s",
                          table->name, span, table->needs, table->name);
}

static gboolean empty(const Refresh *refresh, const LedgerTable *table, gboolean only_touched, GError **error) {
  if (only_touched)
    return store_run_format(refresh->store, error,
                            "DELETE FROM %s WHERE opportunity IN (SELECT key FROM derived_touched)", table->name);
  g_autofree char *create = store_physical_create_derived(refresh->schema, table);
  return store_run_format(refresh->store, error, "DROP TABLE IF EXISTS %s", table->name) &&
         store_run_format(refresh->store, error, "%s", create);
}

static gboolean empty_all(const Refresh *refresh, const LedgerTable *const *tables, gboolean only_touched,
                          DerivedWanted *wanted, GError **error) {
  for (guint i = 0; tables[i]; i++) {
    if (!empty(refresh, tables[i], only_touched, error)) return FALSE;
    wanted->wants_changes |= store_derived_needs(tables[i], "stage_change");
    wanted->wants_activities |= store_derived_needs(tables[i], "activity");
    wanted->wants_stages |= store_derived_needs(tables[i], "stage");
  }
  return TRUE;
}

/* In the order in which the threads come, or only one of them could write. */
static gboolean insert_all(const Refresh *refresh, const LedgerTable *const *tables, const DerivedFacts *facts,
                           GError **error) {
  if (!store_run_format(refresh->store, error, "SET preserve_insertion_order = FALSE")) return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && tables[i]; i++) {
    ok = store_derived_insert(refresh->store, facts, form_of(tables[i]), error);
    if (!ok) g_prefix_error(error, "%s: ", tables[i]->name);
  }
  return store_run_format(refresh->store, ok ? error : NULL, "RESET preserve_insertion_order") && ok;
}

static gboolean fill_part(const Refresh *refresh, const LedgerTable *const *tables, const DerivedWanted *wanted,
                          GError **error) {
  g_autoptr(DerivedFacts) facts = store_derived_gather(refresh->store, wanted, error);
  if (!facts) return FALSE;
  return facts->deals->len == 0 || insert_all(refresh, tables, facts, error);
}

static gboolean fill(const Refresh *refresh, const LedgerTable *const *tables, gboolean only_touched, GError **error) {
  if (!tables[0]) return TRUE;
  DerivedWanted wanted = {.only_touched = only_touched};
  gint64 n_deals = 0;
  if (!empty_all(refresh, tables, only_touched, &wanted, error) ||
      !count(refresh->store, only_touched ? "SELECT count(*) FROM derived_touched" : "SELECT count(*) FROM opportunity",
             &n_deals, error))
    return FALSE;
  wanted.n_parts = (guint)(n_deals / DEALS_AT_ONCE) + 1;
  for (; wanted.part < wanted.n_parts; wanted.part++) {
    if (!fill_part(refresh, tables, &wanted, error)) return FALSE;
  }
  for (guint i = 0; tables[i]; i++) {
    if (!refresh_stat(refresh->store, tables[i], error)) return FALSE;
  }
  return TRUE;
}

static gboolean fill_all(const Refresh *refresh, GError **error) {
  return fill(refresh, refresh->whole, FALSE, error) && fill(refresh, refresh->part, TRUE, error) &&
         store_run_format(refresh->store, error, "DROP TABLE IF EXISTS temp.derived_touched");
}

/* --- what has to be made --- */

static gboolean is_wanted(const LedgerTable *table, const char *const *changed) {
  if (table->kind != LEDGER_DERIVED) return FALSE;
  if (!changed) return TRUE;
  for (guint i = 0; changed[i]; i++) {
    if (store_derived_needs(table, changed[i])) return TRUE;
  }
  return FALSE;
}

/* Without looking for them: are the deals that the load itself brought or changed too many? */
static gboolean are_many(Store *store, const char *const *changed, gint64 load, gint64 n_deals, gboolean *many,
                         GError **error) {
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM opportunity WHERE \"load\" = %" G_GINT64_FORMAT, load);
  gint64 n = 0;
  *many = FALSE;
  if (!g_strv_contains(changed, "opportunity")) return TRUE;
  if (!count(store, sql, &n, error)) return FALSE;
  *many = n >= n_deals / TOUCHED_SHARE;
  return TRUE;
}

/* The deals of the facts that the load brought, changed or took away. */
static gboolean find_touched(Store *store, const char *const *changed, gint64 load, gboolean *few, GError **error) {
  static const struct {
    const char *table, *key;
  } facts[] = {{"opportunity", "key"}, {"stage_change", "opportunity"}, {"activity", "opportunity"}};
  g_autoptr(GString) sql = g_string_new("CREATE OR REPLACE TEMP TABLE derived_touched AS SELECT DISTINCT key FROM (");
  gsize n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++) {
    if (!g_strv_contains(changed, facts[i].table)) continue;
    g_string_append_printf(sql,
                           "%sSELECT %s AS key FROM %s WHERE \"load\" = %" G_GINT64_FORMAT
                           " UNION ALL SELECT %s FROM %s_history WHERE superseded_by = %" G_GINT64_FORMAT,
                           n++ ? " UNION ALL " : "", facts[i].key, facts[i].table, load, facts[i].key, facts[i].table,
                           load);
  }
  *few = FALSE;
  if (n == 0) return TRUE;
  g_string_append(sql, ") WHERE key IS NOT NULL");
  gint64 n_touched = 0, n_deals = 0;
  gboolean many = FALSE;
  if (!count(store, "SELECT count(*) FROM opportunity", &n_deals, error) ||
      !are_many(store, changed, load, n_deals, &many, error))
    return FALSE;
  if (many) return TRUE;
  if (!store_run(store, sql->str, NULL, 0, NULL, error) ||
      !count(store, "SELECT count(*) FROM derived_touched", &n_touched, error))
    return FALSE;
  *few = n_touched < n_deals / TOUCHED_SHARE;
  return TRUE;
}

/* A table without its row in ledger_stat was never filled. */
static gboolean is_filled(Store *store, const LedgerTable *table) {
  StoreValue name = {.type = STORE_TEXT, .text = table->name};
  g_autoptr(StoreRows) rows = store_query(store, "SELECT 1 FROM ledger_stat WHERE table_name = $1", &name, 1, 0, NULL);
  return rows && store_rows_count(rows) > 0;
}

gboolean store_refresh_derived(Store *store, const char *const *changed_tables, gint64 load_or_minus_one,
                               GError **error) {
  g_auto(Refresh) refresh = {.store = store, .schema = builtin_schema()};
  guint n_tables = ledger_schema_n_tables(refresh.schema), n_whole = 0, n_part = 0;
  refresh.whole = g_new0(const LedgerTable *, n_tables + 1);
  refresh.part = g_new0(const LedgerTable *, n_tables + 1);
  gboolean few = FALSE;
  if (changed_tables && load_or_minus_one >= 0 && !find_touched(store, changed_tables, load_or_minus_one, &few, error))
    return FALSE;
  for (guint i = 0; i < n_tables; i++) {
    const LedgerTable *table = ledger_schema_table(refresh.schema, i);
    if (!is_wanted(table, changed_tables)) continue;
    gboolean is_part = few && is_filled(store, table) &&
                       !(store_derived_needs(table, "stage") && g_strv_contains(changed_tables, "stage"));
    if (is_part)
      refresh.part[n_part++] = table;
    else
      refresh.whole[n_whole++] = table;
  }
  return fill_all(&refresh, error);
}

gboolean store_derived_make(Store *store, GError **error) {
  return store_refresh_derived(store, NULL, -1, error);
}
