/* Networks of proxies, and whom they name. Addresses are those for documentation (RFC 5737, 3849). */
#include "../unit.h"
#include "http/network.h"

static HttpNetworks *networks(const char *const *written) {
  g_autoptr(GError) error = NULL;
  HttpNetworks *read = http_networks_read(written, &error);
  if (error) fail_msg("%s", error->message);
  return read;
}

static void within(void **state) {
  g_autoptr(HttpNetworks) some = networks((const char *const[]){"10.0.0.0/8", "192.0.2.7", "2001:db8::/32", NULL});
  assert_true(http_networks_have(some, "10.255.255.255"));
  assert_false(http_networks_have(some, "11.0.0.0"));
  assert_true(http_networks_have(some, "192.0.2.7"));
  assert_false(http_networks_have(some, "192.0.2.8"));
  assert_true(http_networks_have(some, "2001:db8:ffff::1"));
  assert_false(http_networks_have(some, "2001:db9::1"));
  assert_false(http_networks_have(some, "local"));
  g_autoptr(HttpNetworks) none = networks(NULL);
  assert_false(http_networks_have(none, "127.0.0.1"));
}

static void mistakes(void **state) {
  static const char *const wrong[] = {"10.0.0.0/33", "10.0.0.1/8", "proxy", "10.0.0", "", "::1/129"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(http_networks_read((const char *const[]){wrong[i], NULL}, &error));
    assert_has(error->message, "is neither an address nor a network");
  }
}

static void expect_client(const char *peer, const char *forwarded, const char *wanted) {
  g_autoptr(HttpNetworks) trusted = networks((const char *const[]){"10.0.0.0/8", NULL});
  g_autofree char *client = http_forwarded_for(trusted, peer, forwarded);
  assert_string_equal(client, wanted);
}

/* Whoever is not trusted may write into the header what they like: only what trusted ones have added counts. */
static void forwarded(void **state) {
  expect_client("10.0.0.1", "198.51.100.4", "198.51.100.4");
  expect_client("10.0.0.1", "203.0.113.9, 198.51.100.4", "198.51.100.4");
  expect_client("10.0.0.1", "198.51.100.4, 10.0.0.2", "198.51.100.4");
  expect_client("10.0.0.1", "203.0.113.9, 198.51.100.4, 10.0.0.2,10.9.9.9", "198.51.100.4");
  expect_client("198.51.100.4", "10.0.0.1", "198.51.100.4");
  expect_client("10.0.0.1", NULL, "10.0.0.1");
  expect_client("10.0.0.1", "", "10.0.0.1");
  expect_client("10.0.0.1", "unknown", "10.0.0.1");
  expect_client("10.0.0.1", "198.51.100.4, <script>, 10.0.0.2", "10.0.0.2");
  expect_client("10.0.0.1", "::ffff:198.51.100.4", "198.51.100.4");
  expect_client("10.0.0.1", "::ffff:c633:6404", "198.51.100.4"); /* the same, all in hexadecimal digits */
  expect_client("10.0.0.1", "2001:0DB8:0::1", "2001:db8::1");
  expect_client("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(within),
      cmocka_unit_test(mistakes),
      cmocka_unit_test(forwarded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
