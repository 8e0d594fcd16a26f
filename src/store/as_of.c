/* The ledger as it was believed at an instant.
 *
 *   the file:   opportunity, opportunity_history …        every version, with the span in which it was believed
 *        ▼
 *   in memory:  views opportunity, opportunity_history …  of the versions of then, under the same names
 *        ▼
 *   in memory:  the derived facts, made from those views; ledger_stat, counted over them
 *
 * What is in memory is a database of its own, attached beside the file's and the default of one connection, with which
 * it goes. So the past can be asked while the file is open to write, and all that asks a store asks this one in the
 * same way: a number of then is made by the same code as one of now. The file may hold no such table or column yet
 * (attain.yaml was changed and nothing loaded since): what it lacks is left out, as in the file itself. */
#include "store/derived.h"
#include "store/derived_rows.h"
#include "store/physical.h"
#include "store/private.h"

typedef struct {
  Store *store;
  const LedgerSchema *schema;
  const char *file; /* the name of the file's database */
  char *quoted;     /* the same for SQL */
  char *then;       /* the instant for SQL */
} Past;

static gboolean has_table(const Past *past, const char *name, gboolean *has, GError **error) {
  StoreValue names[] = {{.type = STORE_TEXT, .text = past->file}, {.type = STORE_TEXT, .text = name}};
  g_autoptr(StoreRows) rows =
      store_query(past->store, "SELECT count(*) FROM duckdb_tables() WHERE database_name = ? AND table_name = ?", names,
                  G_N_ELEMENTS(names), 0, error);
  if (!rows) return FALSE;
  *has = store_rows_value(rows, 0, 0).integer > 0;
  return TRUE;
}

/* A record that only other records name (`known` is FALSE) is there from the first of them on; without an instant it
 * always was. */
static gboolean make_views(const Past *past, const LedgerTable *table, GError **error) {
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *plain_history = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(plain_history);
  const char *file = past->quoted, *then = past->then;
  return store_run_format(
             past->store, error,
             "CREATE VIEW %s AS SELECT * FROM %s.main.%s WHERE recorded_at IS NULL OR recorded_at <= %s UNION ALL BY "
             "NAME SELECT * EXCLUDE (superseded_at, superseded_by) FROM %s.main.%s WHERE (recorded_at IS NULL OR "
             "recorded_at <= %s) AND superseded_at > %s",
             name, file, name, then, file, history, then, then) &&
         store_run_format(past->store, error, "CREATE VIEW %s AS SELECT * FROM %s.main.%s WHERE superseded_at <= %s",
                          history, file, history, then);
}

/* Whether there are other currencies is taken as it is now: it only decides where to look for rates. */
static gboolean count_rows(const Past *past, const LedgerTable *table, GError **error) {
  g_autofree char *span = store_stat_columns(table);
  g_autofree char *name = store_quote_name(table->name);
  return store_run_format(
      past->store, error,
      "INSERT INTO ledger_stat SELECT '%s', count(*), %s, (SELECT coalesce(bool_or(has_foreign_currency), FALSE) "
      "FROM %s.main.ledger_stat WHERE table_name = '%s') FROM %s",
      table->name, span, past->quoted, table->name, name);
}

/* Versions and parts of targets need no instant: what was said of them has one. */
static gboolean make_target_views(const Past *past, GError **error) {
  static const char *const said[] = {"attain_target", "attain_target_event", "attain_objective"};
  static const char *const whole[] = {"attain_target_version", "attain_target_part"};
  for (guint i = 0; i < G_N_ELEMENTS(said); i++)
    if (!store_run_format(past->store, error, "CREATE VIEW %s AS SELECT * FROM %s.main.%s WHERE said_at <= %s", said[i],
                          past->quoted, said[i], past->then))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(whole); i++)
    if (!store_run_format(past->store, error, "CREATE VIEW %s AS SELECT * FROM %s.main.%s", whole[i], past->quoted,
                          whole[i]))
      return FALSE;
  return TRUE;
}

static gboolean make_ledger(const Past *past, GError **error) {
  if (!store_run_format(past->store, error,
                        "CREATE TABLE ledger_stat AS SELECT * FROM %s.main.ledger_stat LIMIT 0;"
                        "CREATE VIEW load AS SELECT * FROM %s.main.load WHERE \"at\" <= %s",
                        past->quoted, past->quoted, past->then) ||
      !make_target_views(past, error))
    return FALSE;
  for (guint i = 0; i < ledger_schema_n_tables(past->schema); i++) {
    const LedgerTable *table = ledger_schema_table(past->schema, i);
    if (table->kind == LEDGER_DERIVED) continue;
    gboolean has;
    if (!has_table(past, table->name, &has, error)) return FALSE;
    if (has && !(make_views(past, table, error) && count_rows(past, table, error))) return FALSE;
  }
  return store_derived_make(past->store, error);
}

/* A database in memory that is the default of this connection alone, named as no other is. */
static gboolean attach(Store *store, char **file, GError **error) {
  static gint n_attached; /* by all stores of the process (atomic) */
  g_autoptr(StoreRows) rows = store_query(store, "SELECT current_database()", NULL, 0, 0, error);
  if (!rows) return FALSE;
  *file = g_strdup(store_rows_value(rows, 0, 0).text);
  store->home = store_quote_name(*file);
  g_autofree char *name = g_strdup_printf("attain_past_%d", g_atomic_int_add(&n_attached, 1) + 1);
  if (!store_run_format(store, error, "ATTACH ':memory:' AS %s (READ_WRITE)", name)) return FALSE;
  store->past = g_steal_pointer(&name);
  return store_run_format(store, error, "USE %s", store->past);
}

void store_detach_past(Store *store) {
  if (store->past && store->connection) store_run_format(store, NULL, "USE %s; DETACH %s", store->home, store->past);
  g_clear_pointer(&store->past, g_free);
  g_clear_pointer(&store->home, g_free);
}

Store *store_connect_as_of(Store *store, const LedgerSchema *schema, gint64 as_of_us, GError **error) {
  Store *owner = store_owner(store);
  g_autoptr(Store) other = store_connect(owner, error);
  g_autofree char *file = NULL;
  if (!other) return NULL;
  g_mutex_lock(&owner->connecting);
  other->asker = store;
  g_mutex_unlock(&owner->connecting);
  if (!store_need_functions(owner, error) || !attach(other, &file, error)) return NULL;
  g_autofree char *quoted = store_quote_name(file);
  g_autofree char *then = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", as_of_us);
  const Past past = {other, schema, file, quoted, then};
  return make_ledger(&past, error) ? g_steal_pointer(&other) : NULL;
}

Store *store_open_as_of(const char *path, const LedgerSchema *schema, gint64 as_of_us, guint threads, GError **error) {
  g_autoptr(Store) file = store_open(path, schema, STORE_READ_ONLY, threads, error);
  Store *store = file ? store_connect_as_of(file, schema, as_of_us, error) : NULL;
  if (!store) return NULL;
  store->owns_host = TRUE;
  g_steal_pointer(&file);
  return store;
}
