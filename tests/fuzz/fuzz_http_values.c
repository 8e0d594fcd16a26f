/* Values of headers, of any bytes: encodings, tags, types, addresses, whom proxies name. */
#include "fuzz.h"
#include "http/negotiate.h"
#include "http/network.h"
#include "http/router.h"

#include <gio/gio.h>

/* Whom a header names is an address, and the peer itself where nobody trusted says otherwise. */
static void check_forwarded(const HttpNetworks *trusted, const char *text) {
  g_autofree char *client = http_forwarded_for(trusted, "10.0.0.1", text);
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(client);
  g_assert(address);
  g_autofree char *stranger = http_forwarded_for(trusted, "192.0.2.1", text);
  g_assert(g_str_equal(stranger, "192.0.2.1"));
}

static void check_address(const char *text) {
  g_autofree char *address = http_address(text);
  if (!address) return;
  g_autofree char *again = http_address(address);
  g_assert(again && g_str_equal(again, address));
}

static void check_networks(const char *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(HttpNetworks) networks = http_networks_read((const char *const[]){text, NULL}, &error);
  g_assert((networks == NULL) == (error != NULL));
  if (networks) http_networks_have(networks, "192.0.2.1");
}

/* A tag is in a list that ends with it, if the list can be read at all, and never in one that does not hold its text.
 */
static void check_tags(const char *text) {
  g_autofree char *list = g_strconcat("\"a\", ", text, NULL);
  g_assert(http_has_tag(list, "W/\"a\""));
  if (!strchr(text, '*') && !strstr(text, "\"0123456789\"")) g_assert(!http_has_tag(text, "\"0123456789\""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static HttpNetworks *trusted;
  if (!trusted) trusted = http_networks_read((const char *const[]){"10.0.0.0/8", "fd00::/8", NULL}, NULL);
  g_autofree char *text = fuzz_text(data, size);
  g_assert(http_choose_encoding(text, FALSE) <= HTTP_GZIP);
  g_assert(http_choose_encoding(text, TRUE) < HTTP_N_ENCODINGS);
  gboolean is_json = http_is_type(text, "application/json|text/csv");
  g_assert(!is_json || http_is_text(text)); /* what is taken as text is looked through as text */
  check_tags(text);
  check_address(text);
  check_networks(text);
  check_forwarded(trusted, text);
  gint64 number;
  gboolean flag;
  http_read_number(text, &number);
  http_read_flag(text, &flag);
  return 0;
}
