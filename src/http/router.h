/* Which route a request is for, and whether its query is what the route takes. Pure; private to src/http. */
#pragma once

#include "http/http.h"
#include "http/uri.h"

typedef struct HttpRouter HttpRouter;

/* The routes outlive it. */
HttpRouter *http_router_new(const HttpRoute *routes, guint n_routes);
void http_router_free(HttpRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRouter, http_router_free)

typedef struct {
  const HttpRoute *route; /* NULL: none */
  guint number;           /* of the route, as the table has it */
  gboolean is_path;       /* some route has this path */
  char allow[64];         /* the methods that the path has, for 405 and OPTIONS; "" without */
} HttpMatch;

/* A part written out goes before one in braces. HEAD finds GET, but for streams. */
HttpMatch http_router_find(const HttpRouter *router, const char *method, const HttpTarget *target);
/* The value of {name}, or NULL. Owned by `target`. */
const char *http_router_value(const HttpRoute *route, const HttpTarget *target, const char *name);

/* Whether the query is what the route takes: no unknown name (the nearest is told, and those there are), nothing given
 * twice but a list, values of their kind and choices, what is required. Errors: INPUT. */
gboolean http_query_check(const HttpRoute *route, const HttpTarget *target, GError **error);
/* The first value of a parameter, or NULL. */
const char *http_query_find(const HttpTarget *target, const char *name);
/* All parts of a list, between commas or given several times; the caller frees. NULL: not given. */
char **http_query_split(const HttpTarget *target, const char *name);
gboolean http_read_number(const char *text, gint64 *number);
/* "", true, yes and 1; false, no and 0. FALSE: none of these. */
gboolean http_read_flag(const char *text, gboolean *flag);
