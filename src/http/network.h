/* Who is at the other end: addresses, networks, and what trusted proxies say of them. Pure; private to src/http. */
#pragma once

#include "base/text.h"

typedef struct HttpNetworks HttpNetworks;

/* `written` ends with NULL, or is NULL: none. Errors: INPUT, naming the one that is neither address nor network. */
HttpNetworks *http_networks_read(const char *const *written, GError **error);
void http_networks_free(HttpNetworks *networks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpNetworks, http_networks_free)
gboolean http_networks_have(const HttpNetworks *networks, const char *address);

/* The client as its trusted proxies name it: the last of X-Forwarded-For that is no trusted proxy itself. What is not
 * an address ends the search: then it is the one named last before it. The caller frees. */
char *http_forwarded_for(const HttpNetworks *trusted, const char *peer, const char *forwarded);
/* An address in its shortest form, an IPv4 one within IPv6 as IPv4; NULL: it is none. The caller frees. */
char *http_address(const char *text);
