/* When DuckDB cannot finish what must not be left half done (a checkpoint on a full disk, a block that cannot be read
 * while it commits), it refuses every further statement until the database is opened anew. Its file and its log are
 * whole, so a process that stays open does that by itself.
 *
 * DuckDB keeps a database as long as anything refers to it: statements and connections, of guests too, go first. */
#include "store/reopen.h"

#include "base/fault.h"
#include "store/derived_rows.h"
#include "store/private.h"

#include <string.h>

gboolean store_is_lost(Store *store) {
  if (!store->connection || base_fault("store.lost")) return TRUE;
  STORE_RESULT result = {0};
  if (duckdb_query(store->connection, "SELECT 1", &result) == DuckDBSuccess) return FALSE;
  const char *message = duckdb_result_error(&result);
  return message && strstr(message, "invalidated");
}

static void disconnect(Store *store) {
  store_rollback(store);
  store_kept_clear(store);
  if (store->connection) duckdb_disconnect(&store->connection);
}

static gboolean connect_guests(Store *store, GError **error) {
  for (guint g = 0; store->guests && g < store->guests->len; g++) {
    Store *guest = store->guests->pdata[g];
    guest->database = store->database;
    if (duckdb_connect(store->database, &guest->connection) == DuckDBSuccess) continue;
    store_set_error(error, store->path, "IO Error: no connection to the database");
    return FALSE;
  }
  return TRUE;
}

static void close_all(Store *store) {
  for (guint g = 0; store->guests && g < store->guests->len; g++) disconnect(store->guests->pdata[g]);
  g_clear_pointer(&store->few, store_derived_few_free);
  disconnect(store);
  if (store->database) duckdb_close(&store->database);
}

gboolean store_reopen(Store *store, GError **error) {
  g_return_val_if_fail(!store->host && store->path, FALSE);
  close_all(store);
  if (store_open_database(store, error) && connect_guests(store, error)) return TRUE;
  close_all(store);
  return FALSE;
}

gboolean store_memory_bytes(Store *store, gint64 *bytes, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT CAST(sum(memory_usage_bytes) AS BIGINT) FROM duckdb_memory()", NULL, 0, 0, error);
  if (!rows) return FALSE;
  *bytes = store_rows_value(rows, 0, 0).integer;
  return TRUE;
}
