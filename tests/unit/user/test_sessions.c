/* One's own sessions, and what was done of one's sign-in, against a ledger in memory. */
#include "store/values.h"
#include "unit.h"
#include "user/audit.h"
#include "user/book.h"
#include "user/secret.h"

#define HOUR  ((gint64)3600 * G_USEC_PER_SEC)
#define START (G_GINT64_CONSTANT(1790000000) * G_USEC_PER_SEC)

static Store *store;
static UserBook *book;
static gint64 ana, ben;
static UserLimits limits;

static gint64 add_user(const char *name) {
  User user = {.name = (char *)name, .role = USER_REP, .made_us = START};
  gint64 number = 0;
  assert_true(user_book_put(book, store, &user, &number, NULL));
  return number;
}

static int set_up(void **state) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  store = store_open(NULL, schema, 0, 1, NULL);
  book = user_book_read(store, NULL);
  limits = user_limits();
  ana = add_user("ana@example.com");
  ben = add_user("ben@example.com");
  return store == NULL;
}

static int tear_down(void **state) {
  user_book_free(book);
  store_close(store);
  return 0;
}

/* "hours after the start when it began, when it was seen", with * at the given one. */
static void tell_session(const UserSessionRow *session, gpointer all) {
  g_string_append_printf(all, "%d-%d%s ", (int)((session->began_us - START) / HOUR),
                         (int)((session->seen_us - START) / HOUR), session->is_given ? "*" : "");
}

static void has(gint64 user, const char *secret, int hour, const char *wanted) {
  g_autoptr(GString) all = g_string_new(NULL);
  user_book_sessions(book, user, secret, &limits, START + hour * HOUR, tell_session, all);
  assert_string_equal(all->str, wanted);
}

static char *begin(gint64 user, int hour) {
  char *secret = user_book_begin_session(book, store, user, &limits, START + hour * HOUR, NULL);
  assert_non_null(secret);
  return secret;
}

/* Ana's begin at 0, 1 and 2; the first is used again at 5. Twelve hours idle end one. */
static void test_own_sessions(void **state) {
  g_autofree char *first = begin(ana, 0), *second = begin(ana, 1), *third = begin(ana, 2), *other = begin(ben, 3);
  g_autoptr(User) user = user_book_session(book, first, &limits, START + 5 * HOUR);
  assert_int_equal(user->number, ana);
  has(ana, second, 6, "0-5 2-2 1-1* ");
  has(ana, other, 6, "0-5 2-2 1-1 ");
  has(ben, other, 6, "3-3* ");
  has(ana, third, 13, "0-5 2-2* ");
  has(ana, first, 17, "");
  assert_true(user_book_end_sessions(book, store, ana, NULL));
  has(ana, first, 6, "");
  has(ben, other, 6, "3-3* ");
}

/* Who goes on telling a session hears of what may end one, and not of those who come. */
static void test_what_ends_is_counted(void **state) {
  g_autofree char *first = begin(ana, 0);
  guint64 n = user_book_n_ended(book);
  g_autofree char *second = begin(ana, 1), *third = begin(ben, 1);
  g_autofree char *token = user_book_add_token(book, store, ana, "sync", USER_MAY_READ, START + HOUR, START, NULL);
  assert_true(third && token);
  assert_true(user_book_n_ended(book) == n);
  assert_true(user_book_end_session(book, store, second, NULL));
  assert_true(user_book_n_ended(book) > n);
  n = user_book_n_ended(book);
  assert_true(user_book_end_token(book, store, ana, "sync", NULL));
  assert_true(user_book_n_ended(book) > n);
  n = user_book_n_ended(book);
  assert_true(user_book_set_password(book, store, ana, "a hash", first, NULL));
  assert_true(user_book_n_ended(book) > n);
  n = user_book_n_ended(book);
  assert_true(user_book_lock(book, store, ben, TRUE, NULL));
  assert_true(user_book_n_ended(book) > n);
}

static void note(const char *who, const char *address, const char *what) {
  assert_true(
      user_audit_add(store, &(UserAuditEntry){.at_us = START, .who = who, .address = address, .what = what}, NULL));
}

static void tell_entry(const UserAuditEntry *entry, gpointer all) {
  g_string_append_printf(all, "%s from %s; ", entry->what, entry->address ? entry->address : "nowhere");
}

static void was_done(const char *who, guint limit, const char *wanted) {
  g_autoptr(GString) all = g_string_new(NULL);
  assert_true(user_audit_of_sign_in(store, who, limit, tell_entry, all, NULL));
  assert_string_equal(all->str, wanted);
}

/* Of others, and of what is no signing in, there is nothing. */
static void test_what_was_done(void **state) {
  note("ana@example.com", "192.0.2.1", "signed in");
  note("ben@example.com", "192.0.2.2", "signed in");
  note("ana@example.com", NULL, "target_say");
  note("ana@example.com", "192.0.2.9", "sign-in failed");
  note("ana@example.com", NULL, "password changed");
  was_done("ana@example.com", 9,
           "password changed from nowhere; sign-in failed from 192.0.2.9; signed in from 192.0.2.1; ");
  was_done("ana@example.com", 2, "password changed from nowhere; sign-in failed from 192.0.2.9; ");
  was_done("ben@example.com", 9, "signed in from 192.0.2.2; ");
  was_done("nobody", 9, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_own_sessions, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_what_ends_is_counted, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_what_was_done, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
