/* What goes into a statement and what comes out of it: values of every type and at their bounds, rows that a program
 * gives, statements that are kept, and the hash of texts. */
#include "fixture.h"
#include "store/values.h"

#include <math.h>
#include <string.h>

static Store *open_scratch(void) {
  g_autoptr(GError) error = NULL;
  Store *store = store_open(NULL, NULL, STORE_CREATE, 1, &error);
  if (!store) fail_msg("%s", error->message);
  return store;
}

static StoreValue of_double(double number) {
  return store_of_number(TRUE, number);
}

/* The one value of a statement's only row. */
static StoreValue ask(Store *store, const char *sql, StoreValue parameter, StoreRows **rows) {
  g_autoptr(GError) error = NULL;
  *rows = store_query(store, sql, &parameter, 1, 0, &error);
  if (!*rows) fail_msg("%s\n%s", error->message, sql);
  assert_int_equal(1, store_rows_count(*rows));
  return store_rows_value(*rows, 0, 0);
}

/* --- there and back --- */

static void values_come_back_as_they_were(void **state) {
  static const char long_text[] = "a text of more than twelve characters, which is kept elsewhere";
  const StoreValue values[] = {
      store_of_bool(TRUE),
      store_of_bool(FALSE),
      store_of_int(0),
      store_of_int(G_MAXINT64),
      store_of_int(G_MININT64),
      of_double(0.1),
      of_double(-1.7976931348623157e308),
      of_double(5e-324),
      store_of_text(""),
      store_of_text("twelve chars"),
      store_of_text(long_text),
      store_of_text("Łódź '\"; DROP TABLE t; -- 東京"),
      store_of_day(base_day_from_civil(1900, 1, 1)),
      store_of_day(base_day_from_civil(2199, 12, 31)),
      store_of_instant(0),
      store_of_instant(-1),
      store_of_instant(G_GINT64_CONSTANT(1767225599999999)),
  };
  g_autoptr(Store) store = open_scratch();
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autoptr(StoreRows) rows = NULL;
    StoreValue found = ask(store, "SELECT $1", values[i], &rows);
    assert_int_equal(values[i].type, found.type);
    if (found.type == STORE_TEXT)
      assert_string_equal(values[i].text, found.text);
    else if (found.type == STORE_DOUBLE)
      assert_true(values[i].number == found.number);
    else
      assert_true(values[i].integer == found.integer);
  }
}

static void a_null_is_nothing_of_any_type(void **state) {
  g_autoptr(Store) store = open_scratch();
  const StoreValue nulls[] = {store_of_text(NULL), store_of_number(FALSE, 7), store_of_day(BASE_DAY_NONE)};
  for (guint i = 0; i < G_N_ELEMENTS(nulls); i++) {
    g_autoptr(StoreRows) rows = NULL;
    assert_int_equal(STORE_NULL, ask(store, "SELECT $1", nulls[i], &rows).type);
    double number = 42;
    assert_null(store_text_at(rows, 0, 0));
    assert_true(store_int_at(rows, 0, 0) == 0);
    assert_int_equal(BASE_DAY_NONE, store_day_at(rows, 0, 0));
    assert_false(store_number_at(rows, 0, 0, &number));
    assert_true(number == 42);
  }
}

/* SQL's own types, as the six that a StoreValue has. */
static void types_of_the_database(void **state) {
  static const struct {
    const char *sql;
    StoreType type;
    gint64 integer;
  } cases[] = {
      {"SELECT 5::TINYINT", STORE_INT, 5},
      {"SELECT -5::SMALLINT", STORE_INT, -5},
      {"SELECT 200::UTINYINT", STORE_INT, 200},
      {"SELECT 4000000000::UINTEGER", STORE_INT, G_GINT64_CONSTANT(4000000000)},
      {"SELECT sum(i) FROM range(5) r(i)", STORE_INT, 10}, /* a HUGEINT */
      {"SELECT count(*) FROM range(3)", STORE_INT, 3},
      {"SELECT TRUE", STORE_BOOL, 1},
      {"SELECT DATE '1970-01-02'", STORE_DAY, 1},
      {"SELECT DATE '1969-12-31'", STORE_DAY, -1},
      {"SELECT TIMESTAMP '1970-01-01 00:00:01'", STORE_INSTANT, 1000000},
      {"SELECT NULL", STORE_NULL, 0},
  };
  g_autoptr(Store) store = open_scratch();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreRows) rows = store_query(store, cases[i].sql, NULL, 0, 0, &error);
    if (!rows) fail_msg("%s: %s", cases[i].sql, error->message);
    StoreValue value = store_rows_value(rows, 0, 0);
    if (value.type != cases[i].type || (value.type != STORE_NULL && value.integer != cases[i].integer))
      fail_msg("%s: type %d, %" G_GINT64_FORMAT, cases[i].sql, value.type, value.integer);
  }
}

/* --- results --- */

static void a_result_has_names_and_a_cap(void **state) {
  g_autoptr(Store) store = open_scratch();
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(
      store, "SELECT i AS n, 'x' || i AS \"a name\" FROM range(5000) r(i) ORDER BY i", NULL, 0, 5000, &error);
  assert_int_equal(5000, store_rows_count(rows));
  assert_int_equal(2, store_rows_n_columns(rows));
  assert_string_equal("n", store_rows_column_name(rows, 0));
  assert_string_equal("a name", store_rows_column_name(rows, 1));
  assert_string_equal("x4999", store_rows_row(rows, 4999)[1].text);
  assert_null(store_query(store, "SELECT i FROM range(5001) r(i)", NULL, 0, 5000, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
  g_clear_error(&error);
  g_autoptr(StoreRows) none = store_query(store, "SELECT 1 WHERE FALSE", NULL, 0, 0, &error);
  assert_int_equal(0, store_rows_count(none));
}

/* --- rows that the program gives --- */

static void given_rows_are_a_table(void **state) {
  static const char *const names[] = {"id", "amount", "day"}, *const types[] = {"VARCHAR", "BIGINT", "DATE"};
  g_autoptr(Store) store = open_scratch();
  g_autoptr(StoreGiven) given = store_given_new(store, names, types, 3);
  g_autofree char *all =
      g_strdup_printf("SELECT id, amount, day::VARCHAR FROM given_rows(%u) ORDER BY id", store_given_number(given));
  expect(store, all, "");
  store_given_add(given, (const StoreValue[]){store_of_text("b"), store_of_int(-7), store_of_day(BASE_DAY_NONE)});
  store_given_add(given, (const StoreValue[]){store_of_text("a"), store_of_text(NULL),
                                              store_of_day(base_day_from_civil(2026, 2, 28))});
  assert_int_equal(2, store_given_count(given));
  assert_string_equal("b", store_given_row(given, 0)[0].text);
  expect(store, all, "a - 2026-02-28\nb -7 -\n");
  store_given_clear(given);
  assert_int_equal(0, store_given_count(given));
  expect(store, all, "");
}

/* More rows than the database reads at once (2,048), and two tables of them in one statement. */
static void many_given_rows(void **state) {
  static const char *const names[] = {"n"}, *const types[] = {"BIGINT"};
  g_autoptr(Store) store = open_scratch();
  g_autoptr(StoreGiven) some = store_given_new(store, names, types, 1);
  g_autoptr(StoreGiven) every_third = store_given_new(store, names, types, 1);
  assert_int_not_equal(store_given_number(some), store_given_number(every_third));
  for (gint64 n = 0; n < 10000; n++) {
    StoreValue value = store_of_int(n);
    store_given_add(some, &value);
    if (n % 3 == 0) store_given_add(every_third, &value);
  }
  g_autofree char *sum =
      g_strdup_printf("SELECT count(*), sum(n)::BIGINT FROM given_rows(%u)", store_given_number(some));
  expect(store, sum, "10000 49995000\n"); /* 9,999 · 10,000 / 2 */
  g_autofree char *both = g_strdup_printf("SELECT count(*) FROM given_rows(%u) JOIN given_rows(%u) USING (n)",
                                          store_given_number(some), store_given_number(every_third));
  expect(store, both, "3334\n"); /* 0, 3 … 9,999 */
}

/* --- kept statements --- */

static void a_kept_statement_is_asked_again(void **state) {
  g_autoptr(Store) store = open_scratch();
  run(store, "CREATE TABLE t (n BIGINT)");
  for (gint64 n = 1; n <= 3; n++) {
    StoreValue value = store_of_int(n);
    gint64 changed = 0;
    assert_true(store_run_kept(store, "INSERT INTO t VALUES ($1)", &value, 1, &changed, NULL));
    assert_true(changed == 1);
    g_autoptr(StoreRows) rows = store_query_kept(store, "SELECT count(*) FROM t WHERE n <= $1", &value, 1, 0, NULL);
    assert_true(store_int_at(rows, 0, 0) == n);
  }
  g_autoptr(GError) error = NULL;
  assert_null(store_query_kept(store, "SELECT nothing FROM t", NULL, 0, 0, &error));
  assert_non_null(error);
}

/* --- the hash of texts --- */

static void our_hash_is_the_databases(void **state) {
  static const char *const texts[] = {"",
                                      "a",
                                      "crm\037D-1001",
                                      "exactly8",
                                      "123456789012",
                                      "1234567890123",
                                      "Łódź, 東京",
                                      "a text of more than twelve characters, which is kept elsewhere"};
  g_autoptr(Store) store = open_scratch();
  assert_true(store_check_text_hash(store, NULL));
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(StoreRows) rows = NULL;
    StoreValue found = ask(store, "SELECT hash($1)::VARCHAR", store_of_text(texts[i]), &rows);
    g_autofree char *ours = g_strdup_printf("%" G_GUINT64_FORMAT, store_text_hash(texts[i], strlen(texts[i])));
    assert_string_equal(found.text, ours);
  }
}

/* Of every length to 200, drawn by a seed. */
static void whatever_the_length(void **state) {
  g_autoptr(Store) store = open_scratch();
  g_autoptr(GRand) random = g_rand_new_with_seed(20261122);
  for (gsize length = 0; length <= 200; length++) {
    g_autofree char *text = g_new0(char, length + 1);
    for (gsize i = 0; i < length; i++) text[i] = (char)g_rand_int_range(random, 32, 127);
    g_autoptr(StoreRows) rows = NULL;
    StoreValue found = ask(store, "SELECT hash($1)::VARCHAR", store_of_text(text), &rows);
    g_autofree char *ours = g_strdup_printf("%" G_GUINT64_FORMAT, store_text_hash(text, length));
    if (!g_str_equal(found.text, ours)) fail_msg("%u characters: %s", (guint)length, text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_come_back_as_they_were),
      cmocka_unit_test(a_null_is_nothing_of_any_type),
      cmocka_unit_test(types_of_the_database),
      cmocka_unit_test(a_result_has_names_and_a_cap),
      cmocka_unit_test(given_rows_are_a_table),
      cmocka_unit_test(many_given_rows),
      cmocka_unit_test(a_kept_statement_is_asked_again),
      cmocka_unit_test(our_hash_is_the_databases),
      cmocka_unit_test(whatever_the_length),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
