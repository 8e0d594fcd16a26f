/* Running SQL: statements, transactions, progress, and the quoting of names and texts. */
#include "base/fault.h"
#include "store/derived_rows.h"
#include "store/private.h"

#include <glib/gstdio.h>

#define MAX_ROLLBACKS   4
#define LARGE_LOG_BYTES (16 << 20) /* as the database's own checkpoint_threshold */

static duckdb_state bind(duckdb_prepared_statement statement, idx_t index, const StoreValue *value) {
  switch (value->type) {
    case STORE_NULL:
      return duckdb_bind_null(statement, index);
    case STORE_BOOL:
      return duckdb_bind_boolean(statement, index, value->integer != 0);
    case STORE_INT:
      return duckdb_bind_int64(statement, index, value->integer);
    case STORE_DOUBLE:
      return duckdb_bind_double(statement, index, value->number);
    case STORE_TEXT:
      return duckdb_bind_varchar(statement, index, value->text);
    case STORE_DAY:
      return duckdb_bind_date(statement, index, (duckdb_date){.days = (gint32)value->integer});
    case STORE_INSTANT:
      return duckdb_bind_timestamp(statement, index, (duckdb_timestamp){.micros = value->integer});
  }
  return DuckDBError;
}

gboolean store_bind(duckdb_prepared_statement statement, const StoreValue *parameters, gsize n_parameters,
                    GError **error) {
  for (gsize i = 0; i < n_parameters; i++) {
    if (bind(statement, i + 1, &parameters[i]) == DuckDBSuccess) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "parameter %" G_GSIZE_FORMAT " does not fit the statement", i + 1);
    return FALSE;
  }
  return TRUE;
}

/* It is not after store_reopen() failed. */
static gboolean store_is_open(const Store *store, GError **error) {
  if (store->connection) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be opened again after it failed", store->path);
  return FALSE;
}

duckdb_prepared_statement store_prepare(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters,
                                        GError **error) {
  STORE_PREPARED statement = NULL;
  if (!store_is_open(store, error)) return NULL;
  if (duckdb_prepare(store->connection, sql, &statement) != DuckDBSuccess) {
    store_set_error(error, store->path, duckdb_prepare_error(statement));
    return NULL;
  }
  return store_bind(statement, parameters, n_parameters, error) ? g_steal_pointer(&statement) : NULL;
}

gboolean store_run(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters, gint64 *n_changed,
                   GError **error) {
  if (base_fault("store.run")) {
    store_set_error(error, store->path, "IO Error: fault injected into store.run");
    return FALSE;
  }
  if (!store_is_open(store, error)) return FALSE;
  STORE_RESULT result = {0};
  duckdb_state state;
  if (n_parameters == 0) {
    state = duckdb_query(store->connection, sql, &result);
  } else {
    STORE_PREPARED statement = store_prepare(store, sql, parameters, n_parameters, error);
    if (!statement) return FALSE;
    state = duckdb_execute_prepared(statement, &result);
  }
  if (state != DuckDBSuccess) {
    store_set_error(error, store->path, duckdb_result_error(&result));
    return FALSE;
  }
  if (n_changed) *n_changed = (gint64)duckdb_rows_changed(&result);
  return TRUE;
}

gboolean store_begin(Store *store, GError **error) {
  g_return_val_if_fail(!store->in_transaction, FALSE);
  if (!store_run(store, "BEGIN TRANSACTION", NULL, 0, NULL, error)) return FALSE;
  store->in_transaction = TRUE;
  return TRUE;
}

gboolean store_commit(Store *store, GError **error) {
  g_return_val_if_fail(store->in_transaction, FALSE);
  if (base_fault("store.commit")) {
    store_rollback(store);
    store_set_error(error, store->path, "IO Error: fault injected into store.commit");
    return FALSE;
  }
  if (!store_run(store, "COMMIT", NULL, 0, NULL, error)) {
    store_rollback(store);
    return FALSE;
  }
  store->in_transaction = FALSE;
  store->n_commits++;
  return TRUE;
}

void store_tidy(Store *store) {
  g_return_if_fail(!store->in_transaction);
  if (!store->path || store->read_only) return;
  g_autofree char *log = g_strconcat(store->path, ".wal", NULL);
  GStatBuf found;
  if (g_stat(log, &found) == 0 && found.st_size > LARGE_LOG_BYTES) store_run(store, "CHECKPOINT", NULL, 0, NULL, NULL);
}

guint64 store_n_commits(const Store *store) {
  return store->n_commits;
}

void store_rollback(Store *store) {
  if (!store->in_transaction) return;
  /* An interruption that comes late ends the rollback instead of what it was meant for. */
  for (guint try = 0; try < MAX_ROLLBACKS && duckdb_query(store->connection, "ROLLBACK", NULL) != DuckDBSuccess;) try++;
  store->in_transaction = FALSE;
  store_derived_take_back(store);
}

double store_progress(Store *store) {
  double percentage = duckdb_query_progress(store->connection).percentage;
  return percentage < 0 ? -1 : MIN(percentage / 100, 1);
}

void store_interrupt(Store *store) {
  Store *owner = store_owner(store);
  duckdb_interrupt(store->connection);
  g_mutex_lock(&owner->connecting);
  for (guint i = 0; owner->guests && i < owner->guests->len; i++) {
    const Store *guest = owner->guests->pdata[i];
    if (guest->asker == store) duckdb_interrupt(guest->connection);
  }
  g_mutex_unlock(&owner->connecting);
}

static char *quote(const char *text, char mark) {
  GString *quoted = g_string_new(NULL);
  g_string_append_c(quoted, mark);
  for (const char *c = text; *c; c++) {
    if (*c == mark) g_string_append_c(quoted, mark);
    g_string_append_c(quoted, *c);
  }
  g_string_append_c(quoted, mark);
  return g_string_free(quoted, FALSE);
}

char *store_quote_name(const char *identifier) {
  return quote(identifier, '"');
}

char *store_quote_text(const char *text) {
  return quote(text, '\'');
}

gboolean store_run_format(Store *store, GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *sql = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return store_run(store, sql, NULL, 0, NULL, error);
}
