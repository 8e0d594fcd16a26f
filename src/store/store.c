/* Opening and closing a database.
 *
 * One process has the file: DuckDB locks it, for writing against everyone, for reading against writers only. Extensions
 * are neither loaded nor installed by themselves, so nothing is ever fetched from a network. What does not fit in
 * memory spills into a folder beside the database.
 *
 * What opening costs (DuckDB 1.5, 2 cores): 13 ms to link libduckdb before main, 14 ms to make an instance (it
 * registers its functions, time zones among them), and 4 to 7 ms to read the tables' statistics and this folder's one
 * query. The statistics cost 25 ms in the storage form that DuckDB writes by default, for compatibility with old
 * versions; so the newest form is asked for. */
#include "base/fault.h"
#include "store/derived_rows.h"
#include "store/migrations.h"
#include "store/private.h"

#include <unistd.h>

static gboolean set(duckdb_config config, const char *name, const char *value, GError **error) {
  if (duckdb_set_config(config, name, value) == DuckDBSuccess) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the database library does not know its setting %s = %s", name, value);
  return FALSE;
}

static gboolean set_all(duckdb_config config, const Store *store, GError **error) {
  g_autofree char *temporary = store->path ? g_strconcat(store->path, ".tmp", NULL)
                                           : g_strdup_printf("%s/attain-%d.tmp", g_get_tmp_dir(), (int)getpid());
  g_autofree char *n_threads = g_strdup_printf("%u", store->threads);
  return set(config, "autoinstall_known_extensions", "false", error) &&
         set(config, "autoload_known_extensions", "false", error) && set(config, "temp_directory", temporary, error) &&
         set(config, "storage_compatibility_version", "latest", error) &&
         (!store->read_only || set(config, "access_mode", "READ_ONLY", error)) &&
         (store->threads == 0 || set(config, "threads", n_threads, error));
}

static gboolean check_path(const char *path, guint flags, GError **error) {
  if (g_file_test(path, G_FILE_TEST_EXISTS)) return TRUE;
  if ((flags & STORE_READ_ONLY) || !(flags & STORE_CREATE)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "nothing is loaded yet: run `attain load` (there is no %s)",
                path);
    return FALSE;
  }
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_mkdir_with_parents(folder, 0755) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the folder %s cannot be made", folder);
  return FALSE;
}

gboolean store_need_functions(Store *owner, GError **error) {
  if (!owner->has_functions)
    owner->has_functions = store_derived_register(owner, error) && store_given_register(owner, error);
  return owner->has_functions;
}

static gboolean open_database(Store *store, duckdb_config config, GError **error) {
  char *message = NULL;
  if (duckdb_open_ext(store->path, &store->database, config, &message) != DuckDBSuccess) {
    store_set_error(error, store->path, message);
    duckdb_free(message);
    return FALSE;
  }
  if (duckdb_connect(store->database, &store->connection) != DuckDBSuccess) {
    store_set_error(error, store->path, "IO Error: no connection to the database");
    return FALSE;
  }
  store->has_functions = FALSE;
  return store->read_only || store_need_functions(store, error);
}

gboolean store_open_database(Store *store, GError **error) {
  if (base_fault("store.open")) {
    store_set_error(error, store->path, "IO Error: fault injected into store.open");
    return FALSE;
  }
  duckdb_config config;
  if (duckdb_create_config(&config) != DuckDBSuccess) {
    store_set_error(error, store->path, NULL);
    return FALSE;
  }
  gboolean ok = set_all(config, store, error) && open_database(store, config, error);
  duckdb_destroy_config(&config);
  return ok;
}

Store *store_open(const char *path, const LedgerSchema *schema, guint flags, guint threads, GError **error) {
  if (path && !check_path(path, flags, error)) return NULL;
  g_autoptr(Store) store = g_new0(Store, 1);
  g_mutex_init(&store->connecting);
  store->path = g_strdup(path);
  store->read_only = path && (flags & STORE_READ_ONLY);
  store->threads = threads;
  if (!store_open_database(store, error) || (schema && !store_migrate(store, schema, error))) return NULL;
  return g_steal_pointer(&store);
}

Store *store_connect(Store *store, GError **error) {
  g_autoptr(Store) other = g_new0(Store, 1);
  g_mutex_init(&other->connecting);
  other->path = g_strdup(store->path);
  other->read_only = store->read_only;
  other->database = store->database;
  if (duckdb_connect(store->database, &other->connection) != DuckDBSuccess) {
    store_set_error(error, store->path, "IO Error: no connection to the database");
    return NULL;
  }
  other->host = store;
  g_mutex_lock(&store->connecting);
  if (!store->guests) store->guests = g_ptr_array_new();
  g_ptr_array_add(store->guests, other);
  g_mutex_unlock(&store->connecting);
  return g_steal_pointer(&other);
}

void store_close(Store *store) {
  if (!store) return;
  if (store->host) { /* first, so that nobody interrupts what is let go of */
    g_mutex_lock(&store->host->connecting);
    g_ptr_array_remove(store->host->guests, store);
    g_mutex_unlock(&store->host->connecting);
  }
  store_rollback(store);
  store_derived_few_free(store->few);
  store_kept_clear(store);
  store_detach_past(store);
  if (store->connection) duckdb_disconnect(&store->connection);
  if (!store->host && store->database) duckdb_close(&store->database);
  if (store->owns_host) store_close(store->host);
  if (store->guests) g_ptr_array_unref(store->guests);
  g_mutex_clear(&store->connecting);
  g_free(store->successor);
  g_free(store->path);
  g_free(store);
}
