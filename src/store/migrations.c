/* Bringing a database to this program's version.
 *
 *   attain_meta (name, value):  schema_version   the number of the last migration that was applied
 *                               attain_version   the program that applied it
 *                               ledger           digest of the tables and columns that were asked for (the program's
 *                                                and attain.yaml's)
 *                               derived          digest of the derived facts' tables and of how they are made
 *
 * A database opens with one small query when all four are as this program wants them, which is nearly always. Otherwise
 * a writing open adds missing tables and columns, applies the missing migrations, then makes the derived facts again
 * when they are made in another way now, all in one transaction: killed at any point, the old version is left. A
 * reading open only needs what it reads to be there; derived facts that another version of the program made are read as
 * they are.
 *
 * To add a migration: append a row with the next number. Migration 1 comes first, then what the schema has and the
 * database lacks, then the later migrations: they find all tables and columns in their newest form, empty or filled,
 * and the old columns still there. Migrations that were released never change; tests/unit/store/v1.sql is a database of
 * the first version, from which every later one is tested. */
#include "store/migrations.h"

#include "store/derived.h"
#include "store/physical.h"
#include "store/private.h"

typedef struct {
  guint number;
  const char *name;
  const char *sql; /* a file of src/store/sql */
} Migration;

static const Migration migrations[] = {
    {1, "loads, rejected rows and what each table holds", "state.sql"},
    {2, "derived facts as tables", "drop_views.sql"},
    {3, "closed periods and their numbers as reported", "snapshots.sql"},
    {4, "targets, what was said of them, and objectives", "targets.sql"},
    {5, "alerts, their messages and what became of these", "alerts.sql"},
    {6, "whose targets are, by key", "target_members.sql"},
    {7, "users, sessions, tokens and the audit log", "users.sql"},
    {8, "puts by their keys, and what systems told of their records", "feed.sql"},
    {9, "who was erased, and seals of the audit log", "erasing.sql"},
    {10, "who users are to the provider of sign-in", "sign_in.sql"},
    {11, "leaders of teams, dated", "leaders.sql"},
    {12, "what users are to be told of their sign-in", "notices.sql"},
};

#define NEWEST (migrations[G_N_ELEMENTS(migrations) - 1].number)

typedef struct {
  guint schema_version; /* 0: a new database */
  char *attain_version, *ledger, *derived;
} Meta;

static void meta_clear(Meta *meta) {
  g_free(meta->attain_version);
  g_free(meta->ledger);
  g_free(meta->derived);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Meta, meta_clear)

static gboolean check_is_empty(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database()", NULL, 0, 0, error);
  if (!rows) return FALSE;
  if (store_rows_value(rows, 0, 0).integer == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
              "%s is a DuckDB database, but not one of Attain: name another file in attain.yaml", store->path);
  return FALSE;
}

static gboolean read_meta(Store *store, Meta *meta, GError **error) {
  g_autoptr(GError) missing = NULL;
  g_autoptr(StoreRows) rows = store_query(store, "SELECT name, value FROM attain_meta", NULL, 0, 0, &missing);
  if (!rows && !g_error_matches(missing, BASE_ERROR, BASE_ERROR_INPUT)) {
    g_propagate_error(error, g_steal_pointer(&missing));
    return FALSE;
  }
  if (!rows) return check_is_empty(store, error);
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    const char *name = store_rows_value(rows, row, 0).text;
    const char *value = store_rows_value(rows, row, 1).text;
    if (g_str_equal(name, "schema_version")) meta->schema_version = (guint)g_ascii_strtoull(value, NULL, 10);
    if (g_str_equal(name, "attain_version")) meta->attain_version = g_strdup(value);
    if (g_str_equal(name, "ledger")) meta->ledger = g_strdup(value);
    if (g_str_equal(name, "derived")) meta->derived = g_strdup(value);
  }
  return TRUE;
}

static gboolean check_version(Store *store, const Meta *meta, GError **error) {
  if (meta->schema_version <= NEWEST) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_VERSION,
              "the database %s was written by Attain %s (form %u), and this is Attain " ATTAIN_VERSION
              " (form %u): update Attain",
              store->path, meta->attain_version ? meta->attain_version : "of a newer version", meta->schema_version,
              NEWEST);
  return FALSE;
}

static gboolean check_readable(Store *store, const LedgerSchema *schema, const Meta *meta, const Meta *wanted,
                               GError **error) {
  if (meta->schema_version == 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "nothing is loaded yet: run `attain load` (%s is empty)",
                store->path);
    return FALSE;
  }
  if (meta->schema_version < NEWEST) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_VERSION,
                "the database %s is of an older version (Attain %s): run `attain load`, which brings it up to date",
                store->path, meta->attain_version ? meta->attain_version : "unknown");
    return FALSE;
  }
  if (g_strcmp0(meta->ledger, wanted->ledger) != 0) {
    g_autofree char *changes = store_physical_changes(store, schema, error);
    if (!changes) return FALSE;
    if (*changes) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_VERSION,
                  "the database %s lacks columns that attain.yaml or this version of Attain has: run `attain load`, "
                  "which adds them",
                  store->path);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean write_meta(Store *store, const Meta *wanted, GError **error) {
  g_autofree char *version = g_strdup_printf("%u", wanted->schema_version);
  const StoreValue values[] = {{.type = STORE_TEXT, .text = version},
                               {.type = STORE_TEXT, .text = ATTAIN_VERSION},
                               {.type = STORE_TEXT, .text = wanted->ledger},
                               {.type = STORE_TEXT, .text = wanted->derived}};
  return store_run(store, "DELETE FROM attain_meta", NULL, 0, NULL, error) &&
         store_run(store,
                   "INSERT INTO attain_meta VALUES ('schema_version', $1), ('attain_version', $2), ('ledger', $3), "
                   "('derived', $4)",
                   values, G_N_ELEMENTS(values), NULL, error);
}

static gboolean apply_migration(Store *store, const Migration *migration, GError **error) {
  g_autofree char *sql = store_resource(migration->sql);
  if (store_run(store, sql, NULL, 0, NULL, error)) return TRUE;
  g_prefix_error(error, "bringing the database to form %u (%s): ", migration->number, migration->name);
  return FALSE;
}

static gboolean apply(Store *store, const LedgerSchema *schema, const Meta *meta, const Meta *wanted, GError **error) {
  if (meta->schema_version == 0 &&
      (!store_run(store, "CREATE TABLE attain_meta (name VARCHAR NOT NULL, value VARCHAR)", NULL, 0, NULL, error) ||
       !apply_migration(store, &migrations[0], error))) {
    return FALSE;
  }
  g_autofree char *changes = store_physical_changes(store, schema, error);
  if (!changes || (*changes && !store_run(store, changes, NULL, 0, NULL, error))) return FALSE;
  for (guint i = 1; i < G_N_ELEMENTS(migrations); i++) {
    if (migrations[i].number > meta->schema_version && !apply_migration(store, &migrations[i], error)) return FALSE;
  }
  if (g_strcmp0(meta->derived, wanted->derived) != 0 && !store_derived_make(store, error)) return FALSE;
  return write_meta(store, wanted, error);
}

gboolean store_fit(Store *store, const LedgerSchema *schema, gboolean only_look, GError **error) {
  g_auto(Meta) meta = {0};
  g_auto(Meta) wanted = {.schema_version = NEWEST, .ledger = store_physical_digest(schema)};
  if (!read_meta(store, &meta, error) || !check_version(store, &meta, error)) return FALSE;
  if (only_look) return check_readable(store, schema, &meta, &wanted, error);
  wanted.derived = store_derived_digest();
  if (meta.schema_version == NEWEST && g_strcmp0(meta.ledger, wanted.ledger) == 0 &&
      g_strcmp0(meta.derived, wanted.derived) == 0)
    return TRUE;

  if (!store_begin(store, error)) return FALSE;
  if (!apply(store, schema, &meta, &wanted, error)) {
    store_rollback(store);
    return FALSE;
  }
  return store_commit(store, error);
}

gboolean store_migrate(Store *store, const LedgerSchema *schema, GError **error) {
  return store_fit(store, schema, store->read_only, error);
}
