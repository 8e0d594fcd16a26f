/* Fault points: the nth pass fails, once. */
#include "../unit.h"
#include "base/fault.h"

/* First, while nothing has read the environment yet. */
static void the_environment_arms_a_point(void **state) {
  g_setenv("ATTAIN_FAULT", "store.write:2", TRUE);
  assert_false(base_fault("store.write"));
  assert_false(base_fault("store.read"));
  assert_true(base_fault("store.write"));
  assert_false(base_fault("store.write"));
}

static void only_the_nth_pass_of_the_named_point_fails(void **state) {
  base_fault_arm("b", 3);
  assert_false(base_fault("b"));
  assert_false(base_fault("a"));
  assert_false(base_fault("b"));
  assert_true(base_fault("b"));
  assert_false(base_fault("b"));
}

static void a_star_counts_every_point(void **state) {
  base_fault_arm("*", 2);
  assert_false(base_fault("a"));
  assert_true(base_fault("b"));
  assert_false(base_fault("c"));
}

static void disarmed_points_pass(void **state) {
  base_fault_arm("a", 1);
  base_fault_disarm();
  assert_false(base_fault("a"));
  base_fault_arm("a", 0);
  assert_false(base_fault("a"));
  base_fault_disarm();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_environment_arms_a_point),
      cmocka_unit_test(only_the_nth_pass_of_the_named_point_fails),
      cmocka_unit_test(a_star_counts_every_point),
      cmocka_unit_test(disarmed_points_pass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
