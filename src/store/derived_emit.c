/* Derived rows into the database, as fast as it takes them.
 *
 *   INSERT INTO silence (…) SELECT * FROM derived_rows()
 *
 * derived_rows() is a table function of ours: DuckDB's threads call it for chunks of rows, each takes the next
 * thousands of deals, makes their rows and lays them down column by column in the chunk's own memory. So making,
 * compressing and writing go on in all threads at once, and nothing is copied but texts, of which a chunk gets the 16
 * bytes that stand for them. */
#include "store/derived_rows.h"

#include <string.h>

#define FUNCTION       "derived_rows"
#define DEALS_OF_A_RUN 8192

struct DerivedEmission {
  const DerivedFacts *facts;
  const DerivedForm *form;
  const GArray *rows; /* made already, or NULL: each thread makes those of the deals that it takes */
  gint n_taken;       /* runs of deals, by all threads together */
};

typedef struct {
  DerivedEmission *emission;
  DerivedMaker maker;
  guint next, until; /* deals */
} Worker;

DerivedEmission *store_derived_emission_new(const DerivedFacts *facts, const DerivedForm *form) {
  DerivedEmission *emission = g_new0(DerivedEmission, 1);
  emission->facts = facts;
  emission->form = form;
  return emission;
}

void store_derived_emission_restart(DerivedEmission *emission, const GArray *rows) {
  emission->rows = rows;
  emission->n_taken = 0;
}

void store_derived_emission_free(DerivedEmission *emission) {
  g_free(emission);
}

static void worker_free(gpointer data) {
  Worker *worker = data;
  g_array_unref(worker->maker.rows);
  g_array_unref(worker->maker.steps);
  g_array_unref(worker->maker.stays);
  g_free(worker);
}

/* --- rows of one thread --- */

static gboolean take_deals(Worker *worker) {
  guint n_deals = worker->emission->facts->deals->len;
  guint64 run = (guint64)g_atomic_int_add(&worker->emission->n_taken, 1);
  if (run * DEALS_OF_A_RUN >= n_deals) return FALSE;
  worker->next = (guint)run * DEALS_OF_A_RUN;
  worker->until = MIN(worker->next + DEALS_OF_A_RUN, n_deals);
  return TRUE;
}

static void make_rows(Worker *worker, guint n_wanted) {
  const GArray *rows = worker->emission->rows;
  if (rows && g_atomic_int_add(&worker->emission->n_taken, 1) == 0)
    g_array_append_vals(worker->maker.rows, rows->data, rows->len);
  if (rows) return;
  while (worker->maker.rows->len < n_wanted) {
    if (worker->next == worker->until && !take_deals(worker)) return;
    worker->emission->form->make(&worker->maker, (gint32)worker->next++);
  }
}

/* --- columns --- */

typedef struct {
  const char *base; /* the first struct's member */
  gsize step;
  const gint32 *deals; /* of deals: which; NULL: one row after the other */
  duckdb_vector vector;
  guint64 *valid;
  guint n;
} Lane;

static const void *at(const Lane *lane, guint row, gsize row_size) {
  if (!lane->deals) return lane->base + row * lane->step;
  gint32 deal;
  memcpy(&deal, (const char *)lane->deals + row * row_size, sizeof deal);
  return lane->base + (gsize)deal * lane->step;
}

static void set_null(Lane *lane, guint row) {
  if (!lane->valid) {
    duckdb_vector_ensure_validity_writable(lane->vector);
    lane->valid = duckdb_vector_get_validity(lane->vector);
  }
  duckdb_validity_set_row_invalid(lane->valid, row);
}

static void fill_wide(Lane *lane, gsize row_size, guint64 null) {
  guint64 *to = duckdb_vector_get_data(lane->vector);
  for (guint row = 0; row < lane->n; row++) {
    memcpy(&to[row], at(lane, row, row_size), sizeof *to);
    if (to[row] == null) set_null(lane, row);
  }
}

static void fill_keys(Lane *lane, gsize row_size) {
  guint64 *to = duckdb_vector_get_data(lane->vector);
  for (guint row = 0; row < lane->n; row++) memcpy(&to[row], at(lane, row, row_size), sizeof *to);
}

static void fill_narrow(Lane *lane, gsize row_size) {
  gint32 *to = duckdb_vector_get_data(lane->vector);
  for (guint row = 0; row < lane->n; row++) {
    memcpy(&to[row], at(lane, row, row_size), sizeof *to);
    if (to[row] == DERIVED_NO_DAY) set_null(lane, row);
  }
}

static void fill_flags(Lane *lane, gsize row_size) {
  guint8 *to = duckdb_vector_get_data(lane->vector);
  for (guint row = 0; row < lane->n; row++) {
    guint8 flag = *(const guint8 *)at(lane, row, row_size);
    to[row] = flag == 1;
    if (flag > 1) set_null(lane, row);
  }
}

static void fill_words(Lane *lane, gsize row_size, const duckdb_string_t *strings) {
  duckdb_string_t *to = duckdb_vector_get_data(lane->vector);
  for (guint row = 0; row < lane->n; row++) {
    DerivedWord word;
    memcpy(&word, at(lane, row, row_size), sizeof word);
    if (word >= 0)
      to[row] = strings[word];
    else
      set_null(lane, row);
  }
}

static void fill_column(const DerivedColumn *column, const Worker *worker, duckdb_vector vector, guint n) {
  const DerivedFacts *facts = worker->emission->facts;
  const char *rows = worker->maker.rows->data;
  gsize row_size = worker->emission->form->row_size;
  Lane lane = {.base = rows + column->offset, .step = row_size, .vector = vector, .n = n};
  if (column->of_deal)
    lane = (Lane){.base = facts->deals->data + column->offset,
                  .step = sizeof(DerivedDeal),
                  .deals = (const gint32 *)(const void *)rows,
                  .vector = vector,
                  .n = n};
  switch (column->type) {
    case DERIVED_KEY:
      fill_keys(&lane, row_size);
      break;
    case DERIVED_WHOLE:
    case DERIVED_INSTANT:
      fill_wide(&lane, row_size, (guint64)DERIVED_NO_INSTANT);
      break;
    case DERIVED_SHARE:
      fill_wide(&lane, row_size, DERIVED_NO_NUMBER);
      break;
    case DERIVED_REF:
    case DERIVED_DAY:
      fill_narrow(&lane, row_size);
      break;
    case DERIVED_FLAG:
      fill_flags(&lane, row_size);
      break;
    case DERIVED_WORD:
      fill_words(&lane, row_size, store_derived_word_strings(facts->words));
      break;
  }
}

/* --- the table function --- */

static duckdb_type type_of(DerivedType type) {
  switch (type) {
    case DERIVED_KEY:
      return DUCKDB_TYPE_UBIGINT;
    case DERIVED_REF:
      return DUCKDB_TYPE_INTEGER;
    case DERIVED_WORD:
      return DUCKDB_TYPE_VARCHAR;
    case DERIVED_WHOLE:
      return DUCKDB_TYPE_BIGINT;
    case DERIVED_SHARE:
      return DUCKDB_TYPE_DOUBLE;
    case DERIVED_FLAG:
      return DUCKDB_TYPE_BOOLEAN;
    case DERIVED_INSTANT:
      return DUCKDB_TYPE_TIMESTAMP;
    case DERIVED_DAY:
      return DUCKDB_TYPE_DATE;
  }
  g_return_val_if_reached(DUCKDB_TYPE_INVALID);
}

static void bind(duckdb_bind_info info) {
  Store *store = duckdb_bind_get_extra_info(info);
  if (!store->emission) {
    duckdb_bind_set_error(info, FUNCTION "() has rows only while derived facts are made");
    return;
  }
  const DerivedForm *form = store->emission->form;
  for (guint c = 0; c < form->n_columns; c++) {
    duckdb_logical_type type = duckdb_create_logical_type(type_of(form->columns[c].type));
    duckdb_bind_add_result_column(info, form->columns[c].name, type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_bind_data(info, store->emission, NULL);
}

static void begin(duckdb_init_info info) {
  const DerivedEmission *emission = duckdb_init_get_bind_data(info);
  duckdb_init_set_max_threads(info, emission->facts->deals->len / DEALS_OF_A_RUN + 1);
}

static void begin_thread(duckdb_init_info info) {
  Worker *worker = g_new0(Worker, 1);
  worker->emission = duckdb_init_get_bind_data(info);
  worker->maker.facts = worker->emission->facts;
  worker->maker.rows = g_array_new(FALSE, FALSE, (guint)worker->emission->form->row_size);
  worker->maker.steps = g_array_new(FALSE, FALSE, (guint)derived_step_size);
  worker->maker.stays = g_array_new(FALSE, FALSE, (guint)derived_stay_size);
  duckdb_init_set_init_data(info, worker, worker_free);
}

static void give_chunk(duckdb_function_info info, duckdb_data_chunk chunk) {
  Worker *worker = duckdb_function_get_local_init_data(info);
  const DerivedForm *form = worker->emission->form;
  guint n_most = (guint)duckdb_vector_size();
  make_rows(worker, n_most);
  guint n = MIN(worker->maker.rows->len, n_most);
  for (guint c = 0; n > 0 && c < form->n_columns; c++)
    fill_column(&form->columns[c], worker, duckdb_data_chunk_get_vector(chunk, c), n);
  g_array_remove_range(worker->maker.rows, 0, n);
  duckdb_data_chunk_set_size(chunk, n);
}

gboolean store_derived_register(Store *store, GError **error) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, FUNCTION);
  duckdb_table_function_set_extra_info(function, store, NULL);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, begin);
  duckdb_table_function_set_local_init(function, begin_thread);
  duckdb_table_function_set_function(function, give_chunk);
  gboolean ok = duckdb_register_table_function(store->connection, function) == DuckDBSuccess;
  duckdb_destroy_table_function(&function);
  if (!ok) store_set_error(error, store->path, "IO Error: the database takes no function of ours");
  return ok;
}

char *store_derived_insert_sql(const DerivedForm *form) {
  GString *sql = g_string_new(NULL);
  g_string_append_printf(sql, "INSERT INTO %s (", form->table);
  for (guint c = 0; c < form->n_columns; c++)
    g_string_append_printf(sql, "%s\"%s\"", c ? ", " : "", form->columns[c].name);
  g_string_append(sql, ") SELECT * FROM " FUNCTION "()");
  return g_string_free(sql, FALSE);
}

gboolean store_derived_insert(Store *store, const DerivedFacts *facts, const DerivedForm *form, GError **error) {
  g_autofree char *sql = store_derived_insert_sql(form);
  Store *owner = store_owner(store);
  owner->emission = store_derived_emission_new(facts, form);
  gboolean ok = store_run(store, sql, NULL, 0, NULL, error);
  g_clear_pointer(&owner->emission, store_derived_emission_free);
  return ok;
}
