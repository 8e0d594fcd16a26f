/* What the files of src/store share: the handle, and DuckDB's failures as errors that a user can act on. */
#pragma once

#include "store/store.h"

#include <duckdb.h>

typedef struct DerivedEmission DerivedEmission;
typedef struct DerivedFew DerivedFew;

struct Store {
  duckdb_database database;
  duckdb_connection connection;
  char *path;      /* NULL: in memory */
  char *successor; /* a file that takes the place of `path` at the next store_reopen(), or NULL */
  gboolean read_only;
  guint threads;
  Store *host; /* whose database it is; NULL: its own */
  gboolean owns_host;
  gboolean has_functions; /* of its own database: derived_rows() and given_rows() are known */
  char *past, *home;      /* of store_connect_as_of(): the database in memory, and the file's beside it, for SQL */
  Store *asker;           /* of store_connect_as_of(): the store that asked for it; not owned */
  GMutex connecting;      /* of `guests` */
  GPtrArray *guests;      /* Store of store_connect(), or NULL; not owned */
  gboolean in_transaction;
  guint64 n_commits;
  GHashTable *kept;          /* SQL -> duckdb_prepared_statement */
  GPtrArray *given;          /* StoreGiven by number, NULL where it is gone; not owned */
  DerivedFew *few;           /* what is kept between refreshes of a few deals */
  DerivedEmission *emission; /* what the table function derived_rows() gives, while derived facts are made */
};

/* Whose database a store asks: its host's or its own. */
static inline Store *store_owner(Store *store) {
  return store->host ? store->host : store;
}

/* Makes the functions of ours known to the database of an owner, unless they are. */
gboolean store_need_functions(Store *owner, GError **error);
/* Lets go of the database in memory, where there is one. */
void store_detach_past(Store *store);

/* Opens the database at `path` and connects to it. */
gboolean store_open_database(Store *store, GError **error);

/* `message` is DuckDB's; `path` is the database's file or NULL. */
void store_set_error(GError **error, const char *path, const char *message);

/* One prepared statement with its parameters bound; NULL on error. */
duckdb_prepared_statement store_prepare(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters,
                                        GError **error);

gboolean store_bind(duckdb_prepared_statement statement, const StoreValue *parameters, gsize n_parameters,
                    GError **error);
/* The kept statement of `sql`, not owned; NULL on error. */
duckdb_prepared_statement store_kept_statement(Store *store, const char *sql, GError **error);
/* The rows of a statement whose parameters are bound. */
StoreRows *store_rows_of(Store *store, duckdb_prepared_statement statement, gsize max_rows, GError **error);
/* Makes given_rows() known; once for each database. */
gboolean store_given_register(Store *store, GError **error);
void store_kept_clear(Store *store);

/* Runs SQL statements that have no parameters, written as printf() does. */
gboolean store_run_format(Store *store, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static inline void store_prepared_cleanup(duckdb_prepared_statement *statement) {
  duckdb_destroy_prepare(statement);
}
static inline void store_result_cleanup(duckdb_result *result) {
  duckdb_destroy_result(result);
}
static inline void store_pending_cleanup(duckdb_pending_result *pending) {
  duckdb_destroy_pending(pending);
}

#define STORE_PREPARED __attribute__((cleanup(store_prepared_cleanup))) duckdb_prepared_statement
#define STORE_RESULT   __attribute__((cleanup(store_result_cleanup))) duckdb_result
#define STORE_PENDING  __attribute__((cleanup(store_pending_cleanup))) duckdb_pending_result

/* Writes the code of each of `n` texts; -1 where not valid. FALSE with BASE_ERROR_LIMIT when there are too many
 * different texts. */
gboolean store_dictionary_encode(StoreDictionary *dictionary, const duckdb_string_t *texts, const guint64 *valid,
                                 gsize n, gint32 *codes, GError **error);
