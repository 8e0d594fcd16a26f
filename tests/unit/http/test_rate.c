/* Token buckets, with a clock of the test's own. 60 a minute: one a second. */
#include "../unit.h"
#include "http/rate.h"

#define S ((gint64)G_USEC_PER_SEC)

static void minute(void **state) {
  HttpRate *rate = http_rate_new(60);
  for (guint i = 0; i < 60; i++) assert_int_equal(http_rate_take(rate, "ana", 100 * S), 0);
  assert_int_equal(http_rate_take(rate, "ana", 100 * S), 2); /* more than one second, in whole ones */
  assert_int_equal(http_rate_take(rate, "bo", 100 * S), 0);
  assert_int_equal(http_rate_take(rate, "ana", 100 * S + S / 2), 1);
  assert_int_equal(http_rate_take(rate, "ana", 101 * S), 0);
  assert_int_not_equal(http_rate_take(rate, "ana", 101 * S), 0);
  http_rate_free(rate);
}

static void no_hoarding(void **state) {
  HttpRate *rate = http_rate_new(60);
  assert_int_equal(http_rate_take(rate, "ana", 0), 0);
  guint n = 0;
  while (http_rate_take(rate, "ana", 86400 * S) == 0) n++;
  assert_int_equal(n, 60);
  http_rate_free(rate);
}

static void clock_back(void **state) {
  HttpRate *rate = http_rate_new(1);
  assert_int_equal(http_rate_take(rate, "ana", 100 * S), 0);
  assert_int_not_equal(http_rate_take(rate, "ana", 0), 0);
  assert_int_equal(http_rate_take(rate, "ana", 160 * S), 0);
  http_rate_free(rate);
}

/* A million names, ten thousand a minute: no more are kept than ask within a few minutes. */
static void bounded(void **state) {
  HttpRate *rate = http_rate_new(10);
  guint largest = 0;
  for (guint i = 0; i < 1000000; i++) {
    g_autofree char *who = g_strdup_printf("address %u", i);
    assert_int_equal(http_rate_take(rate, who, (gint64)i * 60 * S / 10000), 0);
    largest = MAX(largest, http_rate_size(rate));
  }
  assert_true(largest < 10000);
  http_rate_free(rate);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(minute),
      cmocka_unit_test(no_hoarding),
      cmocka_unit_test(clock_back),
      cmocka_unit_test(bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
