/* Opening, running and reading: the handle's contract, and its errors as a user meets them. */
#include "base/fault.h"
#include "fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static char *path_of(const char *name) {
  return g_build_filename(folder, name, NULL);
}

#define expect_error(call, code_, part)                                                            \
  do {                                                                                             \
    g_autoptr(GError) error = NULL;                                                                \
    assert_false(call);                                                                            \
    assert_non_null(error);                                                                        \
    if (!g_error_matches(error, BASE_ERROR, code_)) fail_msg("another error: %s", error->message); \
    if (!strstr(error->message, part)) fail_msg("\"%s\" is not in: %s", part, error->message);     \
  } while (0)

static gboolean opens(const char *path, guint flags, GError **error) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  g_autoptr(Store) store = store_open(path, schema, flags, 0, error);
  return store != NULL;
}

static void test_values_of_all_types(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  expect(store,
         "SELECT NULL, TRUE, 1::TINYINT, -2::SMALLINT, 3, 9007199254740993, 1.5::FLOAT, 2.25::DOUBLE, "
         "12.34::DECIMAL(10,2), 'é''x',"
         " DATE '1970-01-03', TIMESTAMP '1970-01-01 00:00:01', sum(x) FROM (VALUES (4), (5)) t(x)",
         "- yes 1 -2 3 9007199254740993 1.5 2.25 12.34 é'x 2 1000000 9\n");
  expect(store, "SELECT '' AS empty, NULL::VARCHAR", " -\n");
  expect(store, "SELECT 1 WHERE FALSE", "");
  g_autoptr(GError) error = NULL;
  assert_null(store_query(store, "SELECT [1, 2] AS pair", NULL, 0, 0, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
}

static void test_parameters(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  const StoreValue values[] = {{.type = STORE_INT, .integer = -7},
                               {.type = STORE_TEXT, .text = "it's"},
                               {.type = STORE_DAY, .integer = 365},
                               {.type = STORE_INSTANT, .integer = 5},
                               {.type = STORE_DOUBLE, .number = 0.125},
                               {.type = STORE_BOOL, .integer = 1},
                               {.type = STORE_NULL}};
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows =
      store_query(store, "SELECT $1, $2, $3::VARCHAR, $4, $5, $6, $7", values, G_N_ELEMENTS(values), 0, &error);
  assert_non_null(rows);
  assert_int_equal(store_rows_value(rows, 0, 0).integer, -7);
  assert_string_equal(store_rows_value(rows, 0, 1).text, "it's");
  assert_string_equal(store_rows_value(rows, 0, 2).text, "1971-01-01");
  assert_int_equal(store_rows_value(rows, 0, 3).integer, 5);
  assert_true(store_rows_value(rows, 0, 4).number == 0.125);
  assert_int_equal(store_rows_value(rows, 0, 5).type, STORE_BOOL);
  assert_int_equal(store_rows_value(rows, 0, 6).type, STORE_NULL);
}

static void test_run_counts_and_takes_several_statements(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  gint64 n = 0;
  assert_true(store_run(store, "CREATE TABLE t (a INTEGER); INSERT INTO t SELECT * FROM range(5)", NULL, 0, &n, NULL));
  assert_int_equal(n, 5);
  expect_error(store_run(store, "SELEC 1", NULL, 0, NULL, &error), BASE_ERROR_INPUT, "SELEC");
  expect_error(store_run(store, "INSERT INTO nowhere VALUES ($1)", &(StoreValue){.type = STORE_INT}, 1, NULL, &error),
               BASE_ERROR_INPUT, "nowhere");
}

static void test_too_many_rows_name_the_cap(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  expect_error(store_query(store, "SELECT * FROM range(1000000000)", NULL, 0, 5000, &error), BASE_ERROR_LIMIT,
               "5000 rows");
  g_autoptr(StoreRows) rows = store_query(store, "SELECT * FROM range(5000)", NULL, 0, 5000, NULL);
  assert_int_equal(store_rows_count(rows), 5000);
  assert_int_equal(store_rows_value(rows, 4999, 0).integer, 4999);
}

static void test_transactions(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  run(store, "CREATE TABLE t (a INTEGER)");
  assert_true(store_begin(store, NULL));
  run(store, "INSERT INTO t VALUES (1)");
  store_rollback(store);
  expect(store, "SELECT count(*) FROM t", "0\n");
  assert_true(store_begin(store, NULL));
  run(store, "INSERT INTO t VALUES (1)");
  assert_true(store_commit(store, NULL));
  expect(store, "SELECT count(*) FROM t", "1\n");
  assert_true(store_begin(store, NULL));
  run(store, "INSERT INTO t VALUES (2)");
  base_fault_arm("store.commit", 1);
  expect_error(store_commit(store, &error), BASE_ERROR_IO, "store.commit");
  base_fault_disarm();
  expect(store, "SELECT count(*) FROM t", "1\n");
}

static void test_a_store_closed_inside_a_transaction_leaves_nothing(void **state) {
  g_autofree char *path = path_of("inside.duckdb");
  Store *store = open_ledger(path);
  assert_true(store_begin(store, NULL));
  run(store, "INSERT INTO team (key, id) VALUES (1, 'x')");
  store_close(store);
  g_autoptr(Store) again = open_ledger(path);
  expect(again, "SELECT count(*) FROM team", "0\n");
}

static gpointer interrupt(gpointer store) {
  store_interrupt(store);
  return NULL;
}

static gboolean interrupt_at_first_chunk(const StoreChunk *chunk, gpointer store, GError **error) {
  g_thread_join(g_thread_new("interrupt", interrupt, store));
  return TRUE;
}

static void test_interrupt(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  g_autoptr(GError) error = NULL;
  const StoreColumnType types[] = {STORE_COLUMN_INT64};
  StoreScan scan = {.sql = "SELECT * FROM range(10000000000)", .types = types, .n_columns = 1};
  assert_false(store_scan(store, &scan, interrupt_at_first_chunk, store, NULL, NULL, &error));
  assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  expect(store, "SELECT 1", "1\n");
}

/* 20 MB of rows, none of them written to the file at once: as many as fit into half a block of the table's. */
#define ROWS_OF_20_MB "SELECT i, repeat(hash(i)::VARCHAR, 20) FROM range(50000) t(i)"

static goffset log_bytes(const char *path) {
  g_autofree char *log = g_strconcat(path, ".wal", NULL);
  GStatBuf found;
  return g_stat(log, &found) == 0 ? found.st_size : 0;
}

/* Somebody reads at every commit, as kept cells do: nothing but store_tidy() empties the log, and it keeps all rows. */
static void test_a_log_grows_no_further(void **state) {
  g_autofree char *path = path_of("log.duckdb");
  g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 1, NULL);
  g_autoptr(Store) reader = store_connect(store, NULL);
  run(store, "CREATE TABLE t (i BIGINT, text VARCHAR); INSERT INTO t VALUES (-1, '')");
  assert_true(store_begin(reader, NULL));
  expect(reader, "SELECT count(*) FROM t", "1\n");
  run(store, "BEGIN; UPDATE t SET text = 'x'; INSERT INTO t " ROWS_OF_20_MB "; COMMIT");
  store_rollback(reader);
  assert_true(log_bytes(path) > 16 << 20);
  store_tidy(store);
  assert_true(log_bytes(path) < 1 << 20);
  expect(reader, "SELECT count(*), count(DISTINCT text) FROM t", "50001 50001\n");
}

static void test_quoting(void **state) {
  g_autofree char *name = store_quote_name("a \"b\" 'c'");
  g_autofree char *text = store_quote_text("a \"b\" 'c'");
  assert_string_equal(name, "\"a \"\"b\"\" 'c'\"");
  assert_string_equal(text, "'a \"b\" ''c'''");
}

static void test_nothing_loaded_yet(void **state) {
  g_autofree char *path = path_of("data/none.duckdb");
  expect_error(opens(path, STORE_READ_ONLY, &error), BASE_ERROR_NOT_FOUND, "run `attain load`");
  expect_error(opens(path, 0, &error), BASE_ERROR_NOT_FOUND, "run `attain load`");
  assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  assert_true(opens(path, STORE_CREATE, NULL));
  assert_true(opens(path, STORE_READ_ONLY, NULL));
}

static void test_a_reader_cannot_write(void **state) {
  g_autofree char *path = path_of("reader.duckdb");
  assert_true(opens(path, STORE_CREATE, NULL));
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  g_autoptr(Store) store = store_open(path, schema, STORE_READ_ONLY, 0, NULL);
  expect(store, "SELECT count(*) FROM opportunity", "0\n");
  expect_error(store_run(store, "INSERT INTO team (key) VALUES (1)", NULL, 0, NULL, &error), BASE_ERROR_INPUT,
               "read-only");
}

static void test_what_is_no_database(void **state) {
  g_autofree char *path = path_of("text.duckdb");
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 2000; i++) g_string_append(text, "this is not a database\n");
  assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
  expect_error(opens(path, 0, &error), BASE_ERROR_IO, "not a database of Attain, or is damaged");
  expect_error(opens(path, STORE_READ_ONLY, &error), BASE_ERROR_IO, "not a database of Attain, or is damaged");
}

static void test_a_damaged_database(void **state) {
  g_autofree char *path = path_of("damaged.duckdb");
  assert_true(opens(path, STORE_CREATE, NULL));
  g_autofree char *data = NULL;
  gsize size;
  assert_true(g_file_get_contents(path, &data, &size, NULL));
  memset(data + 12288, 0x5a, size - 12288);
  assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
  expect_error(opens(path, STORE_READ_ONLY, &error), BASE_ERROR_IO, "damaged");
  assert_true(g_file_set_contents(path, data, 5000, NULL));
  expect_error(opens(path, STORE_READ_ONLY, &error), BASE_ERROR_IO, "damaged");
}

static void test_another_programs_database_is_left_alone(void **state) {
  g_autofree char *path = path_of("other.duckdb");
  Store *other = store_open(path, NULL, STORE_CREATE, 1, NULL);
  run(other, "CREATE TABLE cats (name VARCHAR)");
  store_close(other);
  expect_error(opens(path, 0, &error), BASE_ERROR_IO, "not one of Attain");
  expect_error(opens(path, STORE_READ_ONLY, &error), BASE_ERROR_IO, "not one of Attain");
}

/* A second program that holds the database until its standard input ends. It must be forked before this one starts
 * threads, so it is this test's own program, started anew. */
static int hold(const char *path) {
  g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 1, NULL);
  if (!store || write(STDOUT_FILENO, "x", 1) != 1) return 1;
  char byte;
  return read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 1;
}

static char *program;

static void test_a_database_in_use_names_the_process(void **state) {
  g_autofree char *path = path_of("busy.duckdb");
  assert_true(opens(path, STORE_CREATE, NULL));
  g_autoptr(GSubprocess) holder = g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL,
                                                   program, "--hold", path, NULL);
  assert_non_null(holder);
  char byte;
  assert_int_equal(g_input_stream_read(g_subprocess_get_stdout_pipe(holder), &byte, 1, NULL, NULL), 1);
  g_autofree char *who =
      g_strdup_printf("in use by process %s (test_store_store)", g_subprocess_get_identifier(holder));
  expect_error(opens(path, 0, &error), BASE_ERROR_BUSY, who);
  expect_error(opens(path, STORE_READ_ONLY, &error), BASE_ERROR_BUSY, who);
  assert_true(g_output_stream_close(g_subprocess_get_stdin_pipe(holder), NULL, NULL));
  assert_true(g_subprocess_wait_check(holder, NULL, NULL));
  assert_true(opens(path, 0, NULL));
}

/* A file that may not grow past 8 MB stands for a full disk. What was there before is there still. */
static int fill(const char *path) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(path, NULL, STORE_CREATE, 1, &error);
  if (!store || !store_run(store, "CREATE TABLE kept AS SELECT 42 AS a; CHECKPOINT", NULL, 0, NULL, &error)) return 1;
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit = {.rlim_cur = 8 << 20, .rlim_max = 8 << 20};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
  if (store_run(store, "CREATE TABLE big AS SELECT hash(i) AS a, hash(i + 1) AS b FROM range(5000000) t(i)", NULL, 0,
                NULL, &error))
    return 3;
  if (!g_error_matches(error, BASE_ERROR, BASE_ERROR_IO)) return 4;
  return strstr(error->message, "disk is full") && strstr(error->message, " free") ? 0 : 5;
}

static void test_a_full_disk(void **state) {
  g_autofree char *path = path_of("full.duckdb");
  g_autoptr(GSubprocess) filler = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, NULL, program, "--fill", path, NULL);
  assert_true(g_subprocess_wait(filler, NULL, NULL));
  assert_int_equal(g_subprocess_get_exit_status(filler), 0);
  g_autoptr(Store) store = store_open(path, NULL, 0, 1, NULL);
  assert_non_null(store);
  expect(store, "SELECT a FROM kept", "42\n");
}

static void test_nothing_is_fetched_from_a_network(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 1, NULL);
  expect(store,
         "SELECT name, value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions', "
         "'autoload_known_extensions')"
         " ORDER BY name",
         "autoinstall_known_extensions false\nautoload_known_extensions false\n");
}

static int make_folder(void **state) {
  folder = g_dir_make_tmp("attain-store-XXXXXX", NULL);
  return folder ? 0 : -1;
}

static void remove_folder_at(const char *path) {
  GDir *entries = g_dir_open(path, 0, NULL);
  for (const char *name; entries && (name = g_dir_read_name(entries));) {
    g_autofree char *entry = g_build_filename(path, name, NULL);
    if (g_file_test(entry, G_FILE_TEST_IS_DIR))
      remove_folder_at(entry);
    else
      g_unlink(entry);
  }
  if (entries) g_dir_close(entries);
  g_rmdir(path);
}

static int remove_folder(void **state) {
  remove_folder_at(folder);
  g_free(folder);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && g_str_equal(argv[1], "--hold")) return hold(argv[2]);
  if (argc == 3 && g_str_equal(argv[1], "--fill")) return fill(argv[2]);
  program = argv[0];
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values_of_all_types),
      cmocka_unit_test(test_parameters),
      cmocka_unit_test(test_run_counts_and_takes_several_statements),
      cmocka_unit_test(test_too_many_rows_name_the_cap),
      cmocka_unit_test(test_transactions),
      cmocka_unit_test(test_a_store_closed_inside_a_transaction_leaves_nothing),
      cmocka_unit_test(test_interrupt),
      cmocka_unit_test(test_a_log_grows_no_further),
      cmocka_unit_test(test_quoting),
      cmocka_unit_test(test_nothing_loaded_yet),
      cmocka_unit_test(test_a_reader_cannot_write),
      cmocka_unit_test(test_what_is_no_database),
      cmocka_unit_test(test_a_damaged_database),
      cmocka_unit_test(test_another_programs_database_is_left_alone),
      cmocka_unit_test(test_a_database_in_use_names_the_process),
      cmocka_unit_test(test_a_full_disk),
      cmocka_unit_test(test_nothing_is_fetched_from_a_network),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
