/* The database is written anew, table by table, in one transaction: so no reader and no writer waits for a file to
 * stand still, and the copy holds nothing but rows that are there. It has no log: what is attached alone is written
 * into its file when it is let go. */
#include "store/copy.h"

#include "store/private.h"

#include <glib/gstdio.h>

static gboolean read_number(Store *store, const char *sql, gint64 *number, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, error);
  if (!rows) return FALSE;
  StoreValue value = store_rows_count(rows) ? store_rows_value(rows, 0, 0) : (StoreValue){0};
  *number = value.type == STORE_NULL ? 0 : value.integer;
  return TRUE;
}

static gboolean read_state(Store *store, StoreCopied *copied, GError **error) {
  gint64 form = 0;
  if (!read_number(store, "SELECT max(load) FROM load", &copied->load, error) ||
      !read_number(store, "SELECT CAST(value AS BIGINT) FROM attain_meta WHERE name = 'schema_version'", &form, error))
    return FALSE;
  copied->form = (guint)form;
  return TRUE;
}

static gboolean copy_into(Store *store, const char *name, const char *path, StoreCopied *copied, GError **error) {
  g_autofree char *file = store_quote_text(path);
  g_autoptr(StoreRows) rows = store_query(store, "SELECT current_database()", NULL, 0, 0, error);
  if (!rows || !store_run_format(store, error, "ATTACH %s AS %s (READ_WRITE)", file, name)) return FALSE;
  g_autofree char *own = store_quote_name(store_rows_value(rows, 0, 0).text);
  gboolean begins = !store->in_transaction;
  gboolean ok = (!begins || store_begin(store, error)) && read_state(store, copied, error) &&
                store_run_format(store, error, "COPY FROM DATABASE %s TO %s", own, name) && store_commit(store, error);
  if (!ok) store_rollback(store);
  gboolean is_let_go = store_run_format(store, ok ? error : NULL, "DETACH %s", name);
  return ok && is_let_go;
}

gboolean store_copy(Store *store, const char *path, StoreCopied *copied, GError **error) {
  static gint n_copies; /* of all stores of the process (atomic) */
  g_autofree char *name = g_strdup_printf("attain_copy_%d", g_atomic_int_add(&n_copies, 1) + 1);
  g_autofree char *log = g_strconcat(path, ".wal", NULL);
  if (copy_into(store, name, path, copied, error) && !g_file_test(log, G_FILE_TEST_EXISTS)) return TRUE;
  if (error && !*error)
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the copy %s could not be written whole: try again", path);
  g_remove(path);
  g_remove(log);
  return FALSE;
}
