/* Counters and histograms by route. Each number is added to without a lock; what is read between two additions may hold
 * one of them and not yet the other. */
#include "http/counts.h"

#define FIRST_STATUS 100
#define N_STATUS     500

static const double bounds_s[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
#define N_BOUNDS G_N_ELEMENTS(bounds_s)

typedef struct {
  guint64 by_status[N_STATUS];
  guint64 buckets[N_BOUNDS + 1]; /* of what lies between two bounds; the last: longer than all */
  guint64 n, took_us, n_bytes;
} Row;

struct HttpCounts {
  const HttpRoute *routes;
  guint n_routes;
  Row *rows; /* n_routes and one */
};

HttpCounts *http_counts_new(const HttpRoute *routes, guint n_routes) {
  HttpCounts *counts = g_new0(HttpCounts, 1);
  *counts = (HttpCounts){.routes = routes, .n_routes = n_routes, .rows = g_new0(Row, n_routes + 1)};
  return counts;
}

void http_counts_free(HttpCounts *counts) {
  if (!counts) return;
  g_free(counts->rows);
  g_free(counts);
}

static void add(guint64 *number, guint64 more) {
  __atomic_fetch_add(number, more, __ATOMIC_RELAXED);
}

static guint64 get(const guint64 *number) {
  return __atomic_load_n(number, __ATOMIC_RELAXED);
}

void http_counts_add(HttpCounts *counts, guint route, guint status, gint64 took_us, guint64 n_bytes) {
  Row *row = &counts->rows[MIN(route, counts->n_routes)];
  guint bucket = 0;
  while (bucket < N_BOUNDS && (double)took_us > bounds_s[bucket] * G_USEC_PER_SEC) bucket++;
  add(&row->by_status[CLAMP(status, FIRST_STATUS, FIRST_STATUS + N_STATUS - 1) - FIRST_STATUS], 1);
  add(&row->buckets[bucket], 1);
  add(&row->n, 1);
  add(&row->took_us, (guint64)MAX(took_us, 0));
  add(&row->n_bytes, n_bytes);
}

/* What a route is called in labels; a path has neither quotes nor backslashes. */
static void append_label(const HttpCounts *counts, guint route, GString *out) {
  if (route < counts->n_routes)
    g_string_append_printf(out, "route=\"%s %s\"", counts->routes[route].method, counts->routes[route].path);
  else
    g_string_append(out, "route=\"other\"");
}

static void append_head(GString *out, const char *name, const char *kind, const char *about) {
  g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, about, name, kind);
}

static void append_line(const HttpCounts *counts, GString *out, const char *name, guint route, const char *more,
                        const char *value) {
  g_string_append_printf(out, "%s{", name);
  append_label(counts, route, out);
  g_string_append_printf(out, "%s} %s\n", more, value);
}

static void append_count(const HttpCounts *counts, GString *out, const char *name, guint route, const char *more,
                         guint64 value) {
  char text[24];
  g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, value);
  append_line(counts, out, name, route, more, text);
}

static void append_histogram(const HttpCounts *counts, guint route, GString *out) {
  const Row *row = &counts->rows[route];
  char number[G_ASCII_DTOSTR_BUF_SIZE], more[G_ASCII_DTOSTR_BUF_SIZE + 16];
  guint64 n = 0;
  for (guint i = 0; i <= N_BOUNDS; i++) {
    n += get(&row->buckets[i]);
    const char *bound = i < N_BOUNDS ? g_ascii_formatd(number, sizeof number, "%g", bounds_s[i]) : "+Inf";
    g_snprintf(more, sizeof more, ",le=\"%s\"", bound);
    append_count(counts, out, "attain_http_request_seconds_bucket", route, more, n);
  }
  g_ascii_formatd(number, sizeof number, "%.6f", (double)get(&row->took_us) / G_USEC_PER_SEC);
  append_line(counts, out, "attain_http_request_seconds_sum", route, "", number);
  append_count(counts, out, "attain_http_request_seconds_count", route, "", n);
}

/* Routes that were never asked are left out. */
void http_counts_write(const HttpCounts *counts, GString *out) {
  append_head(out, "attain_http_requests_total", "counter", "Requests answered, by route and status.");
  for (guint route = 0; route <= counts->n_routes; route++) {
    for (guint i = 0; i < N_STATUS; i++) {
      guint64 n = get(&counts->rows[route].by_status[i]);
      char more[32];
      g_snprintf(more, sizeof more, ",status=\"%u\"", i + FIRST_STATUS);
      if (n > 0) append_count(counts, out, "attain_http_requests_total", route, more, n);
    }
  }
  append_head(out, "attain_http_response_bytes_total", "counter", "Bytes of bodies sent, by route.");
  for (guint route = 0; route <= counts->n_routes; route++)
    if (get(&counts->rows[route].n) > 0)
      append_count(counts, out, "attain_http_response_bytes_total", route, "", get(&counts->rows[route].n_bytes));
  append_head(out, "attain_http_request_seconds", "histogram", "From a request's first line to its reply's last byte.");
  for (guint route = 0; route <= counts->n_routes; route++)
    if (get(&counts->rows[route].n) > 0) append_histogram(counts, route, out);
}

void http_gauge_write(GString *out, const char *name, const char *about, const char *kind, guint64 value) {
  append_head(out, name, kind, about);
  g_string_append_printf(out, "%s %" G_GUINT64_FORMAT "\n", name, value);
}
