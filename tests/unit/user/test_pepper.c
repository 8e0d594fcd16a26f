/* Passwords hashed with a secret that is not in the database. */
#include "unit.h"
#include "user/secret.h"

#include <string.h>

#define PASSWORD "correct mule battery fence"
#define PEPPER   "9PZk1QJ0m2S8dUeYwXcV7b3N"
#define ANOTHER  "0aZk1QJ0m2S8dUeYwXcV7b3N"

static void test_with_a_pepper(void **state) {
  gboolean is_weak = TRUE;
  g_autofree char *hash = user_password_hash(PASSWORD, PEPPER, NULL);
  g_autofree char *again = user_password_hash(PASSWORD, PEPPER, NULL);
  assert_string_not_equal(hash, again); /* a salt each */
  assert_null(strstr(hash, PEPPER));
  assert_non_null(strstr(hash, "$argon2id$"));
  assert_true(user_password_is_right(hash, PASSWORD, PEPPER, &is_weak));
  assert_false(is_weak);
  assert_true(user_password_is_right(again, PASSWORD, PEPPER, NULL));
  assert_false(user_password_is_right(hash, PASSWORD " ", PEPPER, NULL));
}

/* Neither without it, nor with another, nor by what stands in the database. */
static void test_it_is_needed(void **state) {
  gboolean is_weak = TRUE;
  g_autofree char *hash = user_password_hash(PASSWORD, PEPPER, NULL);
  const char *argon = strstr(hash, "$argon2id$");
  assert_false(user_password_is_right(hash, PASSWORD, NULL, &is_weak));
  assert_false(is_weak);
  assert_false(user_password_is_right(hash, PASSWORD, ANOTHER, &is_weak));
  assert_false(is_weak);
  assert_false(user_password_is_right(argon, PASSWORD, NULL, NULL));
  assert_false(user_password_is_right(argon, PASSWORD, PEPPER, NULL));
  assert_false(user_password_is_right("$pepper$", PASSWORD, PEPPER, NULL));
  assert_false(user_password_is_right(NULL, PASSWORD, PEPPER, NULL));
}

/* What was hashed before there was one still holds, and is to be hashed anew. */
static void test_from_before(void **state) {
  gboolean is_weak = FALSE;
  g_autofree char *hash = user_password_hash(PASSWORD, NULL, NULL);
  assert_true(g_str_has_prefix(hash, "$argon2id$"));
  assert_true(user_password_is_right(hash, PASSWORD, PEPPER, &is_weak));
  assert_true(is_weak);
  assert_true(user_password_is_right(hash, PASSWORD, NULL, &is_weak));
  assert_false(is_weak);
  assert_false(user_password_is_right(hash, PASSWORD " ", PEPPER, &is_weak));
  assert_false(is_weak);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_with_a_pepper),
      cmocka_unit_test(test_it_is_needed),
      cmocka_unit_test(test_from_before),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
