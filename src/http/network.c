/* Addresses and networks. */
#include "http/network.h"

#include <gio/gio.h>

struct HttpNetworks {
  GPtrArray *masks; /* GInetAddressMask */
};

#define MAX_PROXIES     32
#define LONGEST_ADDRESS 128 /* bits */

#define V4_WITHIN_V6 12 /* bytes before the IPv4 address in ::ffff:0:0/96 (RFC 4291, 2.5.5.2) */

static GInetAddress *within(GInetAddress *address) {
  static const guint8 prefix[V4_WITHIN_V6] = {[10] = 0xff, [11] = 0xff};
  const guint8 *bytes = g_inet_address_to_bytes(address);
  gboolean is_mapped =
      g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV6 && memcmp(bytes, prefix, sizeof prefix) == 0;
  return is_mapped ? g_inet_address_new_from_bytes(bytes + V4_WITHIN_V6, G_SOCKET_FAMILY_IPV4) : g_object_ref(address);
}

char *http_address(const char *text) {
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
  g_autoptr(GInetAddress) plain = address ? within(address) : NULL;
  return plain ? g_inet_address_to_string(plain) : NULL;
}

/* GLib warns of a length that no address has instead of refusing it. */
static GInetAddressMask *read_mask(const char *written) {
  const char *slash = strchr(written, '/');
  guint64 length;
  if (slash && !g_ascii_string_to_unsigned(slash + 1, 10, 0, LONGEST_ADDRESS, &length, NULL)) return NULL;
  return g_inet_address_mask_new_from_string(written, NULL);
}

HttpNetworks *http_networks_read(const char *const *written, GError **error) {
  g_autoptr(HttpNetworks) networks = g_new0(HttpNetworks, 1);
  networks->masks = g_ptr_array_new_with_free_func(g_object_unref);
  for (; written && *written; written++) {
    GInetAddressMask *mask = read_mask(*written);
    if (!mask) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                  "the trusted proxy %s is neither an address nor a network; write 10.0.0.5, 10.0.0.0/8 or fd00::/8",
                  *written);
      return NULL;
    }
    g_ptr_array_add(networks->masks, mask);
  }
  return g_steal_pointer(&networks);
}

void http_networks_free(HttpNetworks *networks) {
  if (!networks) return;
  g_ptr_array_unref(networks->masks);
  g_free(networks);
}

gboolean http_networks_have(const HttpNetworks *networks, const char *address) {
  if (networks->masks->len == 0) return FALSE;
  g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address);
  for (guint i = 0; parsed && i < networks->masks->len; i++)
    if (g_inet_address_mask_matches(networks->masks->pdata[i], parsed)) return TRUE;
  return FALSE;
}

char *http_forwarded_for(const HttpNetworks *trusted, const char *peer, const char *forwarded) {
  g_autofree char *client = g_strdup(peer);
  g_auto(GStrv) named = g_strsplit(forwarded ? forwarded : "", ",", -1);
  guint n = g_strv_length(named);
  for (guint i = n; i > 0 && n - i < MAX_PROXIES && http_networks_have(trusted, client); i--) {
    char *address = http_address(g_strstrip(named[i - 1]));
    if (!address) break;
    g_free(client);
    client = address;
  }
  return g_steal_pointer(&client);
}
