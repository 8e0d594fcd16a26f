/* Statements that come again and again, and rows that they read from memory.
 *
 * A program that puts records one by one runs the same few statements for each: preparing one costs several times what
 * running it does, so each is prepared once for an open store and found again by its text. Rows come to them by a table
 * function of ours,
 *
 *   INSERT INTO sale (…) SELECT … FROM given_rows(3)        rows of the StoreGiven number 3, as they are when it runs
 *
 * so that one statement takes any number of them: binding a parameter for each value costs more than inserting it. */
#include "base/fault.h"
#include "store/private.h"

#include <string.h>

#define FUNCTION "given_rows"
#define MAX_KEPT 500

/* --- statements --- */

static void destroy_statement(gpointer data) {
  duckdb_prepared_statement statement = data;
  duckdb_destroy_prepare(&statement);
}

/* What the columns' statistics say when a statement is prepared must not become part of it: "done_at IS NULL" would be
 * true for ever where no activity was done yet. Whoever changes the tables themselves, so that the database prepares
 * anew without being asked, has to forget the statements: store_forget_deals(). */
static gboolean set_statistics(Store *store, gboolean is_on, GError **error) {
  return store_run(store, is_on ? "RESET disabled_optimizers" : "SET disabled_optimizers = 'statistics_propagation'",
                   NULL, 0, NULL, error);
}

duckdb_prepared_statement store_kept_statement(Store *store, const char *sql, GError **error) {
  if (!store->kept) store->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, destroy_statement);
  duckdb_prepared_statement statement = g_hash_table_lookup(store->kept, sql);
  if (statement) return statement;
  if (g_hash_table_size(store->kept) >= MAX_KEPT) g_hash_table_remove_all(store->kept);
  if (!set_statistics(store, FALSE, error)) return NULL;
  statement = store_prepare(store, sql, NULL, 0, error);
  if (!set_statistics(store, TRUE, statement ? error : NULL)) {
    duckdb_destroy_prepare(&statement);
    return NULL;
  }
  if (statement) g_hash_table_insert(store->kept, g_strdup(sql), statement);
  return statement;
}

static duckdb_prepared_statement kept_and_bound(Store *store, const char *sql, const StoreValue *parameters,
                                                gsize n_parameters, GError **error) {
  duckdb_prepared_statement statement = store_kept_statement(store, sql, error);
  if (!statement || !store_bind(statement, parameters, n_parameters, error)) return NULL;
  return statement;
}

gboolean store_run_kept(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters,
                        gint64 *n_changed, GError **error) {
  if (base_fault("store.run")) {
    store_set_error(error, store->path, "IO Error: fault injected into store.run");
    return FALSE;
  }
  duckdb_prepared_statement statement = kept_and_bound(store, sql, parameters, n_parameters, error);
  if (!statement) return FALSE;
  STORE_RESULT result = {0};
  if (duckdb_execute_prepared(statement, &result) != DuckDBSuccess) {
    store_set_error(error, store->path, duckdb_result_error(&result));
    return FALSE;
  }
  if (n_changed) *n_changed = (gint64)duckdb_rows_changed(&result);
  return TRUE;
}

StoreRows *store_query_kept(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters,
                            gsize max_rows, GError **error) {
  if (base_fault("store.query")) {
    store_set_error(error, store->path, "IO Error: fault injected into store.query");
    return NULL;
  }
  duckdb_prepared_statement statement = kept_and_bound(store, sql, parameters, n_parameters, error);
  return statement ? store_rows_of(store, statement, max_rows, error) : NULL;
}

/* --- rows --- */

typedef struct {
  const char *name; /* of the SQL type */
  duckdb_type type;
} GivenType;

struct StoreGiven {
  Store *store;
  guint number, n_columns;
  char **names;
  duckdb_type *types;
  GArray *values; /* StoreValue, row by row */
};

static duckdb_type type_named(const char *name) {
  static const GivenType types[] = {{"UBIGINT", DUCKDB_TYPE_UBIGINT},     {"INTEGER", DUCKDB_TYPE_INTEGER},
                                    {"BIGINT", DUCKDB_TYPE_BIGINT},       {"DOUBLE", DUCKDB_TYPE_DOUBLE},
                                    {"BOOLEAN", DUCKDB_TYPE_BOOLEAN},     {"VARCHAR", DUCKDB_TYPE_VARCHAR},
                                    {"TIMESTAMP", DUCKDB_TYPE_TIMESTAMP}, {"DATE", DUCKDB_TYPE_DATE}};
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
    if (g_str_equal(types[i].name, name)) return types[i].type;
  }
  g_return_val_if_reached(DUCKDB_TYPE_VARCHAR);
}

StoreGiven *store_given_new(Store *store, const char *const *names, const char *const *types, guint n_columns) {
  g_return_val_if_fail(!store->host, NULL);
  StoreGiven *given = g_new0(StoreGiven, 1);
  given->store = store;
  given->n_columns = n_columns;
  given->names = g_new0(char *, (gsize)n_columns + 1);
  given->types = g_new0(duckdb_type, n_columns);
  for (guint c = 0; c < n_columns; c++) {
    given->names[c] = g_strdup(names[c]);
    given->types[c] = type_named(types[c]);
  }
  given->values = g_array_new(FALSE, FALSE, sizeof(StoreValue));
  if (!store->given) store->given = g_ptr_array_new();
  given->number = store->given->len;
  g_ptr_array_add(store->given, given);
  return given;
}

void store_given_free(StoreGiven *given) {
  if (!given) return;
  given->store->given->pdata[given->number] = NULL;
  g_strfreev(given->names);
  g_free(given->types);
  g_array_unref(given->values);
  g_free(given);
}

guint store_given_number(const StoreGiven *given) {
  return given->number;
}

guint store_given_column(const StoreGiven *given, const char *name) {
  for (guint c = 0; c < given->n_columns; c++) {
    if (g_str_equal(given->names[c], name)) return c;
  }
  g_return_val_if_reached(0);
}

gsize store_given_count(const StoreGiven *given) {
  return given->values->len / given->n_columns;
}

void store_given_clear(StoreGiven *given) {
  g_array_set_size(given->values, 0);
}

void store_given_add(StoreGiven *given, const StoreValue *row) {
  g_array_append_vals(given->values, row, given->n_columns);
}

const StoreValue *store_given_row(const StoreGiven *given, gsize row) {
  return &g_array_index(given->values, StoreValue, row * given->n_columns);
}

/* --- the table function --- */

static void bind(duckdb_bind_info info) {
  const Store *store = duckdb_bind_get_extra_info(info);
  duckdb_value parameter = duckdb_bind_get_parameter(info, 0);
  gint64 number = duckdb_get_int64(parameter);
  duckdb_destroy_value(&parameter);
  StoreGiven *given = store->given && number >= 0 && number < store->given->len ? store->given->pdata[number] : NULL;
  if (!given) {
    duckdb_bind_set_error(info, FUNCTION "() has no such rows");
    return;
  }
  for (guint c = 0; c < given->n_columns; c++) {
    duckdb_logical_type type = duckdb_create_logical_type(given->types[c]);
    duckdb_bind_add_result_column(info, given->names[c], type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_cardinality(info, 1, FALSE);
  duckdb_bind_set_bind_data(info, given, NULL);
}

static void begin(duckdb_init_info info) {
  duckdb_init_set_init_data(info, g_new0(gsize, 1), g_free); /* the next row */
  duckdb_init_set_max_threads(info, 1);
}

static void fill_column(const StoreGiven *given, guint column, gsize first, gsize n, duckdb_vector vector) {
  void *data = duckdb_vector_get_data(vector);
  guint64 *valid = NULL;
  for (gsize i = 0; i < n; i++) {
    const StoreValue *value = store_given_row(given, first + i) + column;
    if (value->type == STORE_NULL) {
      if (!valid) {
        duckdb_vector_ensure_validity_writable(vector);
        valid = duckdb_vector_get_validity(vector);
      }
      duckdb_validity_set_row_invalid(valid, i);
      continue;
    }
    switch (given->types[column]) {
      case DUCKDB_TYPE_VARCHAR:
        duckdb_vector_assign_string_element(vector, i, value->text);
        break;
      case DUCKDB_TYPE_BOOLEAN:
        ((guint8 *)data)[i] = value->integer != 0;
        break;
      case DUCKDB_TYPE_INTEGER:
      case DUCKDB_TYPE_DATE:
        ((gint32 *)data)[i] = (gint32)value->integer;
        break;
      case DUCKDB_TYPE_DOUBLE:
        ((double *)data)[i] = value->number;
        break;
      default:
        ((gint64 *)data)[i] = value->integer;
    }
  }
}

static void give_chunk(duckdb_function_info info, duckdb_data_chunk chunk) {
  const StoreGiven *given = duckdb_function_get_bind_data(info);
  gsize *next = duckdb_function_get_init_data(info);
  gsize n = MIN(store_given_count(given) - *next, (gsize)duckdb_vector_size());
  for (guint c = 0; n > 0 && c < given->n_columns; c++)
    fill_column(given, c, *next, n, duckdb_data_chunk_get_vector(chunk, c));
  *next += n;
  duckdb_data_chunk_set_size(chunk, n);
}

gboolean store_given_register(Store *store, GError **error) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
  duckdb_table_function_set_name(function, FUNCTION);
  duckdb_table_function_add_parameter(function, number);
  duckdb_table_function_set_extra_info(function, store, NULL);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, begin);
  duckdb_table_function_set_function(function, give_chunk);
  gboolean ok = duckdb_register_table_function(store->connection, function) == DuckDBSuccess;
  duckdb_destroy_logical_type(&number);
  duckdb_destroy_table_function(&function);
  if (!ok) store_set_error(error, store->path, "IO Error: the database takes no function of ours");
  return ok;
}

void store_kept_clear(Store *store) {
  g_clear_pointer(&store->kept, g_hash_table_unref);
  g_clear_pointer(&store->given, g_ptr_array_unref);
}
