/* Request targets and queries of any bytes: what is read is a path that leads nowhere else, in UTF-8, and reads the
 * same when it is written again; what a route does not take is told. */
#include "fuzz.h"
#include "http/router.h"

static void handler(HttpExchange *exchange, gpointer app) {}

static const HttpParameter parameters[] = {
    {"kpi", HTTP_LIST, "KPIs by name", NULL, FALSE}, {"compare", HTTP_TEXT, "what beside", "previous|year_ago", FALSE},
    {"top", HTTP_NUMBER, "how many", NULL, FALSE},   {"total", HTTP_FLAG, "with a total", NULL, FALSE},
    {"where", HTTP_TEXT, "a condition", NULL, TRUE},
};

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/", .handler = handler},
    {.method = "POST", .path = "/targets/{id}/say/{what}", .handler = handler},
    {.method = "GET",
     .path = "/ask",
     .handler = handler,
     .parameters = parameters,
     .n_parameters = G_N_ELEMENTS(parameters)},
};

static void check_text(const char *text) {
  g_assert(text && g_utf8_validate(text, -1, NULL));
}

static void check_part(const char *part) {
  check_text(part);
  g_assert(*part && !strchr(part, '/') && !strchr(part, '\\'));
  g_assert(!g_str_equal(part, ".") && !g_str_equal(part, ".."));
  for (; *part; part++) g_assert((guchar)*part >= ' ' && *part != 0x7f);
}

static char *write_again(const HttpTarget *target) {
  GString *out = g_string_new(target->n_segments == 0 ? "/" : "");
  for (guint i = 0; i < target->n_segments; i++) {
    g_autofree char *part = g_uri_escape_string(target->segments[i], NULL, FALSE);
    g_string_append_printf(out, "/%s", part);
  }
  for (guint i = 0; i < target->query->len; i++) {
    const HttpPair *pair = &g_array_index(target->query, HttpPair, i);
    g_autofree char *name = g_uri_escape_string(pair->name, NULL, FALSE);
    g_autofree char *value = g_uri_escape_string(pair->value, NULL, FALSE);
    g_string_append_printf(out, "%c%s=%s", i == 0 ? '?' : '&', name, value);
  }
  return g_string_free(out, FALSE);
}

static void check_same(const HttpTarget *target) {
  g_autofree char *written = write_again(target);
  HttpTarget again = {0};
  g_assert(http_target_read(written, &again, NULL));
  g_assert(g_str_equal(again.path, target->path) && again.n_segments == target->n_segments);
  g_assert(again.query->len == target->query->len);
  for (guint i = 0; i < again.query->len; i++) {
    const HttpPair *one = &g_array_index(again.query, HttpPair, i), *other = &g_array_index(target->query, HttpPair, i);
    g_assert(g_str_equal(one->name, other->name) && g_str_equal(one->value, other->value));
  }
  http_target_clear(&again);
}

/* Only a query that is taken has values of their kinds. */
static void check_query(const HttpRoute *route, const HttpTarget *target) {
  g_autoptr(GError) error = NULL;
  gboolean is_taken = http_query_check(route, target, &error);
  g_assert(is_taken == (error == NULL));
  if (error) check_text(error->message);
  g_auto(GStrv) list = http_query_split(target, "kpi");
  for (char **each = list; each && *each; each++) check_text(*each);
  if (!is_taken) return;
  const char *top = http_query_find(target, "top"), *total = http_query_find(target, "total");
  gint64 number;
  gboolean flag;
  g_assert(!top || http_read_number(top, &number));
  g_assert(!total || http_read_flag(total, &flag));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static HttpRouter *router;
  if (!router) router = http_router_new(routes, G_N_ELEMENTS(routes));
  g_autofree char *text = fuzz_text(data, size);
  g_autoptr(GError) error = NULL;
  HttpTarget target = {0};
  if (!http_target_read(text, &target, &error)) {
    g_assert(error && *error->message);
    return 0;
  }
  for (guint i = 0; i < target.n_segments; i++) check_part(target.segments[i]);
  check_text(target.path);
  check_same(&target);
  HttpMatch match = http_router_find(router, "GET", &target);
  check_query(match.route ? match.route : &routes[2], &target);
  match = http_router_find(router, "POST", &target);
  if (match.route) check_part(http_router_value(match.route, &target, "id"));
  http_target_clear(&target);
  return 0;
}
