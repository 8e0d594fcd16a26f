/* The derived facts: tables made from facts by the scripts in src/store/sql, kept so that a question only scans them.
 *
 *   opportunity, stage_change, activity ──► temp views derived_deal, derived_change, derived_activity
 *                                           (all rows, or those of the deals that a load touched)
 *       ──► told.sql: the changes in order of time ──► stage_stay.sql, forecast_state.sql, close_date_move.sql
 *       ──► silence.sql                            ──► rows of the derived tables, and their rows of ledger_stat
 *
 * A deal's derived rows come from that deal, its changes and its activities only, besides the stages, so when a load
 * touched few deals their rows are taken out and made again by the very same scripts. When it touched many, or stages
 * changed, the table is made anew: dropping and filling it costs less than finding the rows to take out.
 *
 * The scripts sort a deal's events once and then look one row back and ahead over the whole table (a window without
 * partition, which DuckDB streams) instead of over a partition for each deal: 4 million sorted rows take 0.1 s this way
 * and 1 s with partitions. Rows that need more than that (deals that went back a stage, changes that tell a column only
 * sometimes) are found first and take the general way. tests/unit/store/plain has the same facts in their plain form.
 *
 * Measured on a busy machine of 2 cores, in seconds of CPU: 1 million deals with 4 million changes and 4 million
 * activities take 30 to 35 to make anew, more than half of it for joining the rows with their deals and writing them;
 * 1,000 touched deals of them take 1.3. A question then scans `silence` in 0.05. */
#include "store/derived.h"

#include "store/physical.h"
#include "store/private.h"
#include "store/resources.h"

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

static char *script_of(const LedgerTable *table) {
  g_autofree char *file = g_strconcat(table->name, ".sql", NULL);
  return store_resource(file);
}

static gboolean needs(const LedgerTable *table, const char *fact) {
  g_auto(GStrv) names = g_strsplit(table->needs, " ", -1);
  return g_strv_contains((const char *const *)names, fact);
}

char *store_derived_digest(void) {
  g_autoptr(LedgerSchema) schema = builtin_schema();
  g_autofree char *told = store_resource("told.sql");
  g_autoptr(GString) text = g_string_new(told);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind != LEDGER_DERIVED) continue;
    g_autofree char *create = store_physical_create(schema, table);
    g_autofree char *script = script_of(table);
    g_string_append_printf(text, "%s%s", create, script);
  }
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}

static gboolean run(Store *store, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean run(Store *store, GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *sql = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return store_run(store, sql, NULL, 0, NULL, error);
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

/* The rows that the scripts read. */
static gboolean make_views(Store *store, gboolean only_touched, GError **error) {
  static const struct {
    const char *view, *table, *key;
  } views[] = {{"derived_deal", "opportunity", "key"},
               {"derived_change", "stage_change", "opportunity"},
               {"derived_activity", "activity", "opportunity"}};
  for (gsize i = 0; i < G_N_ELEMENTS(views); i++) {
    g_autofree char *join =
        only_touched ? g_strdup_printf(" SEMI JOIN derived_touched ON derived_touched.key = base.%s", views[i].key)
                     : g_strdup("");
    if (!run(store, error, "CREATE OR REPLACE TEMP VIEW %s AS SELECT base.* FROM %s base%s", views[i].view,
             views[i].table, join))
      return FALSE;
  }
  return TRUE;
}

/* What stands in ledger_stat. Amounts of other currencies may be reached through the deal, so they are those of the
 * facts it is made from. */
static gboolean refresh_stat(Store *store, const LedgerTable *table, GError **error) {
  g_autoptr(GString) first = g_string_new(NULL);
  g_autoptr(GString) last = g_string_new(NULL);
  g_autoptr(GString) latest = g_string_new(NULL);
  for (guint i = 0; i < table->n_columns; i++) {
    const LedgerColumn *column = &table->columns[i];
    if (column->type != LEDGER_INSTANT || (column->flags & LEDGER_PLAN)) continue;
    const char *comma = first->len ? ", " : "";
    g_string_append_printf(first, "%smin(\"%s_day\")", comma, column->name);
    g_string_append_printf(last, "%smax(\"%s_day\")", comma, column->name);
    g_string_append_printf(latest, "%smax(\"%s\")", comma, column->name);
  }
  return run(store, error, "DELETE FROM ledger_stat WHERE table_name = '%s'", table->name) &&
         run(store, error,
             "INSERT INTO ledger_stat SELECT '%s', count(*), least(%s), greatest(%s), greatest(%s), "
             "(SELECT coalesce(bool_or(has_foreign_currency), FALSE) FROM ledger_stat WHERE table_name IN "
             "(SELECT unnest(string_split('%s', ' ')))) FROM %s",
             table->name, first->str, last->str, latest->str, table->needs, table->name);
}

static gboolean empty(const Refresh *refresh, const LedgerTable *table, gboolean only_touched, GError **error) {
  if (only_touched)
    return run(refresh->store, error, "DELETE FROM %s WHERE opportunity IN (SELECT key FROM derived_touched)",
               table->name);
  g_autofree char *create = store_physical_create(refresh->schema, table);
  return run(refresh->store, error, "DROP TABLE IF EXISTS %s", table->name) && run(refresh->store, error, "%s", create);
}

static gboolean fill(const Refresh *refresh, const LedgerTable *const *tables, gboolean only_touched, GError **error) {
  if (!tables[0]) return TRUE;
  gint64 n_deals = 0;
  if (!make_views(refresh->store, only_touched, error) ||
      !count(refresh->store, "SELECT count(*) FROM derived_deal", &n_deals, error))
    return FALSE;
  gboolean is_told = FALSE;
  for (guint i = 0; tables[i]; i++) {
    if (!empty(refresh, tables[i], only_touched, error)) return FALSE;
    if (n_deals > 0 && !is_told && needs(tables[i], "stage_change")) {
      g_autofree char *told = store_resource("told.sql");
      if (!store_run(refresh->store, told, NULL, 0, NULL, error)) return FALSE;
      is_told = TRUE;
    }
    g_autofree char *script = script_of(tables[i]);
    if (n_deals > 0 && !store_run(refresh->store, script, NULL, 0, NULL, error)) {
      g_prefix_error(error, "%s: ", tables[i]->name);
      return FALSE;
    }
    if (!refresh_stat(refresh->store, tables[i], error)) return FALSE;
  }
  return TRUE;
}

static gboolean drop_temporary(Store *store, GError **error) {
  static const char *const tables[] = {"touched", "touch", "planned", "word",    "told",    "never",
                                       "rung",    "place", "placed",  "assumed", "crooked", "step"};
  static const char *const views[] = {"deal", "change", "activity"};
  g_autoptr(GString) sql = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(views); i++)
    g_string_append_printf(sql, "DROP VIEW IF EXISTS temp.derived_%s;", views[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
    g_string_append_printf(sql, "DROP TABLE IF EXISTS temp.derived_%s;", tables[i]);
  return store_run(store, sql->str, NULL, 0, NULL, error);
}

static gboolean fill_all(const Refresh *refresh, GError **error) {
  return fill(refresh, refresh->whole, FALSE, error) && fill(refresh, refresh->part, TRUE, error) &&
         drop_temporary(refresh->store, error);
}

/* --- what has to be made --- */

static gboolean is_wanted(const LedgerTable *table, const char *const *changed) {
  if (table->kind != LEDGER_DERIVED) return FALSE;
  if (!changed) return TRUE;
  for (guint i = 0; changed[i]; i++) {
    if (needs(table, changed[i])) return TRUE;
  }
  return FALSE;
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
  if (!store_run(store, sql->str, NULL, 0, NULL, error) ||
      !count(store, "SELECT count(*) FROM derived_touched", &n_touched, error) ||
      !count(store, "SELECT count(*) FROM opportunity", &n_deals, error))
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
    gboolean is_part =
        few && is_filled(store, table) && !(needs(table, "stage") && g_strv_contains(changed_tables, "stage"));
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
