/* How many requests somebody may make: a token bucket each. The time is handed in. Private to src/http. */
#pragma once

#include <glib.h>

typedef struct HttpRate HttpRate;

/* A bucket holds a minute's worth and fills evenly. */
HttpRate *http_rate_new(guint per_minute);
void http_rate_free(HttpRate *rate);
/* Takes one of `who`. 0: there was one; else the whole seconds until there is. Any thread. */
guint http_rate_take(HttpRate *rate, const char *who, gint64 now_us);
guint http_rate_size(HttpRate *rate); /* of buckets that are kept */
