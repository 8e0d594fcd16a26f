/* What a client can take and already has: Accept-Encoding, If-None-Match, media types. Pure; private to src/http. */
#pragma once

#include "base/text.h"

typedef enum { HTTP_IDENTITY, HTTP_GZIP, HTTP_BROTLI, HTTP_N_ENCODINGS } HttpEncoding;

/* The encoding with the highest q among those there are; of equals the smaller: Brotli, gzip, none (RFC 9110, 12.5.3).
 * `accept` may be NULL: none. What cannot be read counts as not said. */
HttpEncoding http_choose_encoding(const char *accept, gboolean has_brotli);
const char *http_encoding_name(HttpEncoding encoding); /* "br", "gzip"; NULL of none */
/* Whether If-None-Match has the tag, by the weak comparison (RFC 9110, 13.1.2). `tag` is with its quotes. */
gboolean http_has_tag(const char *if_none_match, const char *tag);
/* Whether a body of this Content-Type is one of `types` ("a/b|c/d", "*"); a charset other than UTF-8 is not. */
gboolean http_is_type(const char *content_type, const char *types);
/* Whether it is text, which is checked to be UTF-8, and shrinks when compressed. */
gboolean http_is_text(const char *content_type);
