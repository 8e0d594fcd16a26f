/* What the server has done, in numbers: by route and status, how long, how much. Any thread; private to src/http. */
#pragma once

#include "http/http.h"

typedef struct HttpCounts HttpCounts;

/* The routes outlive it. What was asked of no route counts as one more, "other". */
HttpCounts *http_counts_new(const HttpRoute *routes, guint n_routes);
void http_counts_free(HttpCounts *counts);
/* `route`: its number, n_routes for none. */
void http_counts_add(HttpCounts *counts, guint route, guint status, gint64 took_us, guint64 n_bytes);
/* Prometheus' text form. */
void http_counts_write(const HttpCounts *counts, GString *out);
void http_gauge_write(GString *out, const char *name, const char *about, const char *kind, guint64 value);
