/* Notices that wait for users, against a ledger in memory: each until it was sent, in the order of what happened. */
#include "store/values.h"
#include "unit.h"
#include "user/book.h"
#include "user/notice.h"

#define MINUTE ((gint64)60 * G_USEC_PER_SEC)
#define START  (G_GINT64_CONSTANT(1790000000) * G_USEC_PER_SEC)

static Store *store;
static gint64 ana, ben;

static gint64 add_user(UserBook *book, const char *name) {
  User user = {.name = (char *)name, .role = USER_REP, .made_us = START};
  gint64 number = 0;
  assert_true(user_book_put(book, store, &user, &number, NULL));
  return number;
}

static int set_up(void **state) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  store = store_open(NULL, schema, 0, 1, NULL);
  g_autoptr(UserBook) book = user_book_read(store, NULL);
  ana = add_user(book, "ana@example.com");
  ben = add_user(book, "ben@example.com");
  return store == NULL;
}

static int tear_down(void **state) {
  store_close(store);
  return 0;
}

static void add(gint64 user, const char *what, gint64 at_us) {
  assert_true(user_notice_add(store, user, what, at_us, NULL));
}

/* "user: what, attempts; …" of what is due. */
static char *due_at(gint64 now_us) {
  g_autoptr(GPtrArray) due = user_notice_due(store, now_us, NULL);
  g_autoptr(GString) all = g_string_new(NULL);
  assert_non_null(due);
  for (guint i = 0; i < due->len; i++) {
    const UserNotice *notice = g_ptr_array_index(due, i);
    g_string_append_printf(all, "%s%s: %s, %u", i ? "; " : "", notice->user, notice->what, notice->n_attempts);
  }
  return g_strdup(all->str);
}

static char *first_id(gint64 now_us) {
  g_autoptr(GPtrArray) due = user_notice_due(store, now_us, NULL);
  assert_true(due->len > 0);
  return g_strdup(((const UserNotice *)g_ptr_array_index(due, 0))->id);
}

static void is_due(gint64 now_us, const char *wanted) {
  g_autofree char *due = due_at(now_us);
  assert_string_equal(due, wanted);
}

static gint64 next(void) {
  gint64 next_us = 0;
  assert_true(user_notice_next(store, &next_us, NULL));
  return next_us;
}

static void test_each_once(void **state) {
  assert_true(next() == G_MAXINT64);
  add(ben, "second", START + 1);
  add(ana, "first", START);
  assert_true(next() == START);
  is_due(START - 1, "");
  is_due(START, "ana@example.com: first, 0");
  is_due(START + 1, "ana@example.com: first, 0; ben@example.com: second, 0");
  g_autofree char *id = first_id(START);
  assert_true(user_notice_end(store, id, NULL));
  is_due(START + 1, "ben@example.com: second, 0");
  assert_true(next() == START + 1);
}

/* What is put off keeps its id and when it was, and lets others go before it. */
static void test_put_off(void **state) {
  add(ana, "first", START);
  add(ben, "second", START + 1);
  g_autofree char *id = first_id(START);
  assert_true(user_notice_put_off(store, id, START + MINUTE, NULL));
  is_due(START + 1, "ben@example.com: second, 0");
  assert_true(next() == START + 1);
  is_due(START + MINUTE, "ana@example.com: first, 1; ben@example.com: second, 0");
  g_autofree char *again = first_id(START + MINUTE);
  assert_string_equal(again, id);
}

/* No more at once than USER_MAX_DUE; the others come when these are gone. */
static void test_many(void **state) {
  for (int i = 0; i < USER_MAX_DUE + 1; i++) add(ana, "again", START + i);
  g_autoptr(GPtrArray) due = user_notice_due(store, START + MINUTE, NULL);
  assert_int_equal(due->len, USER_MAX_DUE);
  for (guint i = 0; i < due->len; i++)
    assert_true(user_notice_end(store, ((const UserNotice *)g_ptr_array_index(due, i))->id, NULL));
  is_due(START + MINUTE, "ana@example.com: again, 0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_each_once, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_put_off, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
