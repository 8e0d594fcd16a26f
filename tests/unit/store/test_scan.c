/* The scan: all types, nulls, several chunks, and texts as codes. Row i of a scan is checked against i itself. */
#include "base/fault.h"
#include "fixture.h"

typedef struct {
  gint64 n; /* rows seen */
  guint n_chunks;
  GArray *codes; /* gint32, of the text column */
} Seen;

static gboolean is_valid(const StoreChunk *chunk, guint column, gsize row) {
  return !chunk->valid[column] || (chunk->valid[column][row / 64] >> (row % 64) & 1);
}

/* Every third value is null, in all columns but the first. */
static gboolean check_chunk(const StoreChunk *chunk, gpointer user_data, GError **error) {
  Seen *seen = user_data;
  seen->n_chunks++;
  for (gsize row = 0; row < chunk->n_rows; row++) {
    gint64 i = seen->n++;
    assert_int_equal(((const gint64 *)chunk->data[0])[row], i);
    for (guint c = 1; c < 8; c++) assert_int_equal(is_valid(chunk, c, row), i % 3 != 0);
    gint32 code = ((const gint32 *)chunk->data[7])[row];
    g_array_append_val(seen->codes, code);
    if (i % 3 == 0) continue;
    assert_int_equal(((const guint8 *)chunk->data[1])[row], i % 2);
    assert_int_equal(((const gint32 *)chunk->data[2])[row], -i);
    assert_int_equal(((const gint32 *)chunk->data[3])[row], i);
    assert_int_equal(((const gint64 *)chunk->data[4])[row], i * 1000000);
    assert_true(((const guint64 *)chunk->data[5])[row] == G_MAXUINT64 - (guint64)i);
    assert_true(((const double *)chunk->data[6])[row] == (double)i / 4);
  }
  return TRUE;
}

static const StoreColumnType all_types[] = {STORE_COLUMN_INT64,  STORE_COLUMN_BOOL,  STORE_COLUMN_INT32,
                                            STORE_COLUMN_INT32,  STORE_COLUMN_INT64, STORE_COLUMN_UINT64,
                                            STORE_COLUMN_DOUBLE, STORE_COLUMN_TEXT};

static void test_types_and_nulls_across_chunks(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 0, NULL);
  run(store,
      "CREATE TABLE t AS SELECT i, CASE WHEN i % 3 <> 0 THEN i % 2 = 1 END AS b, CASE WHEN i % 3 <> 0 THEN "
      "(-i)::INTEGER END AS n,"
      " CASE WHEN i % 3 <> 0 THEN DATE '1970-01-01' + i::INTEGER END AS d, CASE WHEN i % 3 <> 0 THEN make_timestamp(i "
      "* 1000000) END AS s,"
      " CASE WHEN i % 3 <> 0 THEN 18446744073709551615::UBIGINT - i::UBIGINT END AS k, CASE WHEN i % 3 <> 0 THEN i / "
      "4.0::DOUBLE END AS f,"
      " CASE WHEN i % 3 <> 0 THEN CASE WHEN i % 2 = 0 THEN 'even' ELSE 'an odd number, told at length ' || (i % 5) END "
      "END AS x"
      " FROM range(200000) r(i)");
  StoreScan scan = {.sql = "SELECT * FROM t", .types = all_types, .n_columns = 8};
  StoreDictionary *dictionaries[8];
  Seen seen = {.codes = g_array_new(FALSE, FALSE, sizeof(gint32))};
  gint64 n = 0;
  assert_true(store_scan(store, &scan, check_chunk, &seen, dictionaries, &n, NULL));
  assert_int_equal(n, 200000);
  assert_int_equal(seen.n, 200000);
  assert_true(seen.n_chunks > 90);
  for (guint c = 0; c < 7; c++) assert_null(dictionaries[c]);
  assert_int_equal(store_dictionary_size(dictionaries[7]), 6);
  for (gint64 i = 0; i < n; i++) {
    gint32 code = g_array_index(seen.codes, gint32, i);
    if (i % 3 == 0) {
      assert_int_equal(code, -1);
      continue;
    }
    g_autofree char *odd = g_strdup_printf("an odd number, told at length %d", (int)(i % 5));
    assert_string_equal(store_dictionary_text(dictionaries[7], code), i % 2 == 0 ? "even" : odd);
  }
  store_dictionary_free(dictionaries[7]);
  g_array_unref(seen.codes);
}

static gboolean collect(const StoreChunk *chunk, gpointer codes, GError **error) {
  g_array_append_vals(codes, chunk->data[0], (guint)chunk->n_rows);
  return TRUE;
}

/* The same text is the same code, and another text another, whatever its length: 12 characters are the last to fit in
 * place. */
static void test_dictionary_of_many_texts(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 0, NULL);
  const StoreColumnType text = STORE_COLUMN_TEXT;
  StoreScan scan = {.sql =
                        "SELECT CASE WHEN i < 40 THEN repeat('x', i::INTEGER) ELSE 'text number ' || i END FROM "
                        "(SELECT i % 20000 AS i FROM "
                        "range(60000) r(i)) ORDER BY i",
                    .types = &text,
                    .n_columns = 1};
  g_autoptr(StoreDictionary) dictionary = NULL;
  g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(gint32));
  assert_true(store_scan(store, &scan, collect, codes, &dictionary, NULL, NULL));
  assert_int_equal(codes->len, 60000);
  assert_int_equal(store_dictionary_size(dictionary), 20000);
  for (guint row = 0; row < codes->len; row++) {
    guint i = row / 3;
    g_autofree char *expected = i < 40 ? g_strnfill(i, 'x') : g_strdup_printf("text number %u", i);
    assert_string_equal(store_dictionary_text(dictionary, g_array_index(codes, gint32, row)), expected);
  }
}

/* A text has one code, whether a scan meets it or somebody asks: short ones, and such as DuckDB keeps elsewhere. */
static void test_a_text_has_one_code(void **state) {
  static const char *const texts[] = {"", "abc", "abcd", "twelve chars", "thirteen char", "thirteen-char", "é"};
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 0, NULL);
  g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(gint32));
  StoreColumnType type = STORE_COLUMN_TEXT;
  StoreScan scan = {"SELECT unnest(['', 'abc', 'abcd', 'twelve chars', 'thirteen char', 'thirteen-char', 'é'])", &type,
                    1, FALSE};
  g_autoptr(StoreDictionary) dictionary = NULL;
  assert_true(store_scan(store, &scan, collect, codes, &dictionary, NULL, NULL));
  StoreDictionary *held = store_dictionary_hold(dictionary);
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    assert_int_equal(store_dictionary_code(held, texts[i]), g_array_index(codes, gint32, i));
  assert_int_equal(store_dictionary_size(held), G_N_ELEMENTS(texts));
  assert_int_equal(store_dictionary_code(held, "thirteen+char"), G_N_ELEMENTS(texts));
  store_dictionary_free(held);
  assert_string_equal(store_dictionary_text(dictionary, G_N_ELEMENTS(texts)), "thirteen+char");
}

static void test_constants_and_dictionaries_are_flat(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 0, NULL);
  const StoreColumnType text = STORE_COLUMN_TEXT;
  StoreScan scan = {.sql = "SELECT 'always the same text' FROM range(5000)", .types = &text, .n_columns = 1};
  g_autoptr(StoreDictionary) dictionary = NULL;
  g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(gint32));
  assert_true(store_scan(store, &scan, collect, codes, &dictionary, NULL, NULL));
  assert_int_equal(codes->len, 5000);
  for (guint row = 0; row < codes->len; row++) assert_int_equal(g_array_index(codes, gint32, row), 0);
}

static gboolean stop(const StoreChunk *chunk, gpointer user_data, GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "enough");
  return FALSE;
}

static void expect_scan_error(Store *store, const char *sql, StoreColumnType type, StoreScanFunc on_chunk, int code,
                              const char *part) {
  g_autoptr(GError) error = NULL;
  StoreScan scan = {.sql = sql, .types = &type, .n_columns = 1};
  StoreDictionary *untouched = (StoreDictionary *)&error;
  g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(gint32));
  assert_false(store_scan(store, &scan, on_chunk, codes, &untouched, NULL, &error));
  assert_ptr_equal(untouched, &error);
  if (!g_error_matches(error, BASE_ERROR, code) || !strstr(error->message, part))
    fail_msg("another error: %s", error->message);
}

static void test_errors(void **state) {
  g_autoptr(Store) store = store_open(NULL, NULL, 0, 0, NULL);
  expect_scan_error(store, "SELECT nothing", STORE_COLUMN_TEXT, collect, BASE_ERROR_INPUT, "nothing");
  expect_scan_error(store, "SELECT 1, 2", STORE_COLUMN_INT32, collect, BASE_ERROR_INPUT, "expects 1 columns");
  expect_scan_error(store, "SELECT 1::BIGINT AS big", STORE_COLUMN_INT32, collect, BASE_ERROR_INPUT, "column big");
  expect_scan_error(store, "SELECT i::INTEGER FROM range(100000) r(i)", STORE_COLUMN_INT32, stop, BASE_ERROR_LIMIT,
                    "enough");
  expect_scan_error(store, "SELECT ('' || i || 'x')::INTEGER FROM range(9) r(i)", STORE_COLUMN_INT32, collect,
                    BASE_ERROR_INPUT, "0x");
  base_fault_arm("store.scan", 2);
  expect_scan_error(store, "SELECT i::INTEGER FROM range(100000) r(i)", STORE_COLUMN_INT32, collect, BASE_ERROR_IO,
                    "store.scan");
  base_fault_disarm();
  expect(store, "SELECT 1", "1\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types_and_nulls_across_chunks),
      cmocka_unit_test(test_dictionary_of_many_texts),
      cmocka_unit_test(test_a_text_has_one_code),
      cmocka_unit_test(test_constants_and_dictionaries_are_flat),
      cmocka_unit_test(test_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
