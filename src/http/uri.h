/* What a request line asks for: the path in decoded parts and the query in decoded pairs. Pure; private to src/http. */
#pragma once

#include "base/text.h"

#define HTTP_MAX_SEGMENTS 16
#define HTTP_MAX_PAIRS    200

typedef struct {
  char *name, *value;
} HttpPair;

typedef struct {
  char *path;      /* decoded; begins with "/" */
  char **segments; /* the parts between slashes, decoded; none of "/" */
  guint n_segments;
  GArray *query; /* HttpPair, in the order given */
} HttpTarget;

/* Reads "/path?query", "http://host/path?query" or "*" as a client wrote it. Nothing is mended: percent codes that are
 * none, what is no UTF-8, control characters and encoded slashes in the path, parts that are empty, "." or ".." are
 * errors. Errors: INPUT, LIMIT; `target` is then untouched. */
gboolean http_target_read(const char *written, HttpTarget *target, GError **error);
void http_target_clear(HttpTarget *target);

/* `length` bytes with percent codes decoded; the caller frees. Errors: INPUT for a code that is none, for what comes to
 * no UTF-8 or holds NUL. */
char *http_decode(const char *text, gsize length, gboolean plus_is_space, GError **error);
