/* Small results, whole and in memory.
 *
 * The result is streamed and copied, so that one that is too long is stopped at its cap instead of being built first.
 * Types narrow to the few of StoreType: sums of integers (HUGEINT) to INT while they fit 64 bits, decimals to DOUBLE;
 * an unsigned 64-bit key is carried bit for bit. */
#include "base/fault.h"
#include "store/private.h"

#define DEFAULT_MAX_ROWS 1000000

struct StoreRows {
  guint n_columns;
  gsize n_rows;
  char **names;   /* n_columns and a NULL */
  GArray *values; /* StoreValue, row by row */
  GStringChunk *texts;
};

typedef struct {
  duckdb_type type;
  duckdb_logical_type logical;
} ResultColumn;

static void columns_free(ResultColumn *columns) {
  for (ResultColumn *column = columns; column->logical; column++) duckdb_destroy_logical_type(&column->logical);
  g_free(columns);
}

static StoreValue integer(StoreType type, gint64 value) {
  return (StoreValue){.type = type, .integer = value};
}

static StoreValue number(double value) {
  return (StoreValue){.type = STORE_DOUBLE, .number = value};
}

static StoreValue huge(duckdb_hugeint value) {
  gboolean fits = value.upper == (value.lower > G_MAXINT64 ? -1 : 0);
  return fits ? integer(STORE_INT, (gint64)value.lower) : number(duckdb_hugeint_to_double(value));
}

static StoreValue decimal(const ResultColumn *column, const void *data, idx_t row) {
  duckdb_hugeint value = {0};
  switch (duckdb_decimal_internal_type(column->logical)) {
    case DUCKDB_TYPE_SMALLINT:
      value.lower = (guint64)((const gint16 *)data)[row];
      break;
    case DUCKDB_TYPE_INTEGER:
      value.lower = (guint64)((const gint32 *)data)[row];
      break;
    case DUCKDB_TYPE_BIGINT:
      value.lower = (guint64)((const gint64 *)data)[row];
      break;
    default:
      value = ((const duckdb_hugeint *)data)[row];
  }
  if (duckdb_decimal_internal_type(column->logical) != DUCKDB_TYPE_HUGEINT)
    value.upper = (gint64)value.lower < 0 ? -1 : 0;
  return number(duckdb_decimal_to_double((duckdb_decimal){
      .width = duckdb_decimal_width(column->logical), .scale = duckdb_decimal_scale(column->logical), .value = value}));
}

static StoreValue text(StoreRows *rows, const duckdb_string_t *data, idx_t row) {
  duckdb_string_t value = data[row];
  const char *copy =
      g_string_chunk_insert_len(rows->texts, duckdb_string_t_data(&value), (gssize)duckdb_string_t_length(value));
  return (StoreValue){.type = STORE_TEXT, .text = copy};
}

static StoreValue value_at(StoreRows *rows, const ResultColumn *column, const void *data, idx_t row) {
  switch (column->type) {
    case DUCKDB_TYPE_BOOLEAN:
      return integer(STORE_BOOL, ((const guint8 *)data)[row]);
    case DUCKDB_TYPE_TINYINT:
      return integer(STORE_INT, ((const gint8 *)data)[row]);
    case DUCKDB_TYPE_SMALLINT:
      return integer(STORE_INT, ((const gint16 *)data)[row]);
    case DUCKDB_TYPE_INTEGER:
      return integer(STORE_INT, ((const gint32 *)data)[row]);
    case DUCKDB_TYPE_UTINYINT:
      return integer(STORE_INT, ((const guint8 *)data)[row]);
    case DUCKDB_TYPE_USMALLINT:
      return integer(STORE_INT, ((const guint16 *)data)[row]);
    case DUCKDB_TYPE_UINTEGER:
      return integer(STORE_INT, ((const guint32 *)data)[row]);
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UBIGINT:
      return integer(STORE_INT, ((const gint64 *)data)[row]);
    case DUCKDB_TYPE_HUGEINT:
      return huge(((const duckdb_hugeint *)data)[row]);
    case DUCKDB_TYPE_FLOAT:
      return number((double)((const float *)data)[row]);
    case DUCKDB_TYPE_DOUBLE:
      return number(((const double *)data)[row]);
    case DUCKDB_TYPE_DECIMAL:
      return decimal(column, data, row);
    case DUCKDB_TYPE_DATE:
      return integer(STORE_DAY, ((const gint32 *)data)[row]);
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return integer(STORE_INSTANT, ((const gint64 *)data)[row]);
    case DUCKDB_TYPE_TIMESTAMP_S:
      return integer(STORE_INSTANT, ((const gint64 *)data)[row] * G_USEC_PER_SEC);
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return integer(STORE_INSTANT, ((const gint64 *)data)[row] * 1000);
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return integer(STORE_INSTANT, ((const gint64 *)data)[row] / 1000);
    case DUCKDB_TYPE_VARCHAR:
      return text(rows, data, row);
    default:
      return (StoreValue){.type = STORE_NULL};
  }
}

static gboolean is_readable(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_SQLNULL:
      return TRUE;
    default:
      return FALSE;
  }
}

static ResultColumn *describe(StoreRows *rows, duckdb_result *result, GError **error) {
  ResultColumn *columns = g_new0(ResultColumn, rows->n_columns + 1);
  for (guint c = 0; c < rows->n_columns; c++) {
    rows->names[c] = g_strdup(duckdb_column_name(result, c));
    columns[c].type = duckdb_column_type(result, c);
    columns[c].logical = duckdb_column_logical_type(result, c);
    if (!is_readable(columns[c].type)) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                  "column %s of the result has a type that is not read here: cast it to VARCHAR", rows->names[c]);
      columns_free(columns);
      return NULL;
    }
  }
  return columns;
}

static void append_chunk(StoreRows *rows, const ResultColumn *columns, duckdb_data_chunk chunk) {
  idx_t n = duckdb_data_chunk_get_size(chunk);
  gsize first = rows->values->len;
  g_array_set_size(rows->values, (guint)(first + n * rows->n_columns));
  for (guint c = 0; c < rows->n_columns; c++) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, c);
    const void *data = duckdb_vector_get_data(vector);
    const guint64 *valid = duckdb_vector_get_validity(vector);
    for (idx_t row = 0; row < n; row++) {
      gboolean is_valid = !valid || (valid[row / 64] >> (row % 64) & 1);
      g_array_index(rows->values, StoreValue, first + row * rows->n_columns + c) =
          is_valid ? value_at(rows, &columns[c], data, row) : (StoreValue){.type = STORE_NULL};
    }
  }
  rows->n_rows += n;
}

static gboolean fetch_all(StoreRows *rows, const ResultColumn *columns, duckdb_result *result, const char *path,
                          gsize max_rows, GError **error) {
  for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(*result)) != NULL; duckdb_destroy_data_chunk(&chunk)) {
    if (rows->n_rows + duckdb_data_chunk_get_size(chunk) > max_rows) {
      duckdb_destroy_data_chunk(&chunk);
      g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                  "the result has more than %" G_GSIZE_FORMAT " rows (cap: rows of a query)", max_rows);
      return FALSE;
    }
    append_chunk(rows, columns, chunk);
  }
  const char *message = duckdb_result_error(result);
  if (message) store_set_error(error, path, message);
  return message == NULL;
}

StoreRows *store_query(Store *store, const char *sql, const StoreValue *parameters, gsize n_parameters, gsize max_rows,
                       GError **error) {
  if (base_fault("store.query")) {
    store_set_error(error, store->path, "IO Error: fault injected into store.query");
    return NULL;
  }
  STORE_PREPARED statement = store_prepare(store, sql, parameters, n_parameters, error);
  return statement ? store_rows_of(store, statement, max_rows, error) : NULL;
}

StoreRows *store_rows_of(Store *store, duckdb_prepared_statement statement, gsize max_rows, GError **error) {
  STORE_RESULT result = {0};
  if (duckdb_execute_prepared_streaming(statement, &result) != DuckDBSuccess) {
    store_set_error(error, store->path, duckdb_result_error(&result));
    return NULL;
  }
  g_autoptr(StoreRows) rows = g_new0(StoreRows, 1);
  rows->n_columns = (guint)duckdb_column_count(&result);
  rows->names = g_new0(char *, rows->n_columns + 1);
  rows->values = g_array_new(FALSE, FALSE, sizeof(StoreValue));
  rows->texts = g_string_chunk_new(4096);
  ResultColumn *columns = describe(rows, &result, error);
  if (!columns) return NULL;
  gboolean ok = fetch_all(rows, columns, &result, store->path, max_rows ? max_rows : DEFAULT_MAX_ROWS, error);
  columns_free(columns);
  return ok ? g_steal_pointer(&rows) : NULL;
}

void store_rows_free(StoreRows *rows) {
  if (!rows) return;
  g_strfreev(rows->names);
  g_array_unref(rows->values);
  g_string_chunk_free(rows->texts);
  g_free(rows);
}

gsize store_rows_count(const StoreRows *rows) {
  return rows->n_rows;
}

guint store_rows_n_columns(const StoreRows *rows) {
  return rows->n_columns;
}

const char *store_rows_column_name(const StoreRows *rows, guint column) {
  g_return_val_if_fail(column < rows->n_columns, NULL);
  return rows->names[column];
}

StoreValue store_rows_value(const StoreRows *rows, gsize row, guint column) {
  g_return_val_if_fail(row < rows->n_rows && column < rows->n_columns, (StoreValue){.type = STORE_NULL});
  return g_array_index(rows->values, StoreValue, row * rows->n_columns + column);
}

const StoreValue *store_rows_row(const StoreRows *rows, gsize row) {
  g_return_val_if_fail(row < rows->n_rows, NULL);
  return &g_array_index(rows->values, StoreValue, row * rows->n_columns);
}
