/* When DuckDB cannot finish what must not be left half done (a checkpoint on a full disk, a block that cannot be read
 * while it commits), it refuses every further statement until the database is opened anew. Its file and its log are
 * whole, so a process that stays open does that by itself.
 *
 * DuckDB keeps a database as long as anything refers to it: statements and connections, of guests too, go first. */
#include "store/reopen.h"

#include "base/fault.h"
#include "store/copy.h"
#include "store/derived_rows.h"
#include "store/private.h"

#include <glib/gstdio.h>
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

/* What was committed to the old file is in the new one, too: nobody wrote since it was made. A log is of the old. */
static void take_successor(Store *store) {
  if (!store->successor) return;
  g_autofree char *log = g_strconcat(store->path, ".wal", NULL);
  if (g_rename(store->successor, store->path) == 0)
    g_remove(log);
  else
    g_remove(store->successor);
  g_clear_pointer(&store->successor, g_free);
}

gboolean store_make_successor(Store *store, GError **error) {
  g_return_val_if_fail(!store->host && store->path, FALSE);
  g_autofree char *path = g_strconcat(store->path, ".new", NULL);
  g_autofree char *log = g_strconcat(path, ".wal", NULL);
  StoreCopied copied;
  g_remove(path);
  g_remove(log);
  if (!store_copy(store, path, &copied, error)) return FALSE;
  g_free(store->successor);
  store->successor = g_steal_pointer(&path);
  return TRUE;
}

gboolean store_reopen(Store *store, GError **error) {
  g_return_val_if_fail(!store->host && store->path, FALSE);
  close_all(store);
  take_successor(store);
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
