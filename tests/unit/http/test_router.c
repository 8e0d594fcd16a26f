/* Routes by method and path, and queries against what a route takes. */
#include "../unit.h"
#include "http/router.h"

static void handler(HttpExchange *exchange, gpointer app) {}

static const HttpParameter parameters[] = {
    {"kpi", HTTP_LIST, "KPIs by name", NULL, TRUE},
    {"compare", HTTP_TEXT, "what beside", "previous|year_ago", FALSE},
    {"top", HTTP_NUMBER, "how many", NULL, FALSE},
    {"total", HTTP_FLAG, "with a total", NULL, FALSE},
    {"format", HTTP_LIST, "forms", "json|csv", FALSE},
};

static const HttpRoute routes[] = {
    {.method = "GET", .path = "/", .handler = handler},
    {.method = "GET", .path = "/targets/{id}", .handler = handler},
    {.method = "PATCH", .path = "/targets/{id}", .handler = handler},
    {.method = "GET", .path = "/targets/mine", .handler = handler},
    {.method = "POST", .path = "/targets/{id}/say/{what}", .handler = handler},
    {.method = "GET", .path = "/events", .handler = handler, .flags = HTTP_ROUTE_STREAM},
    {.method = "GET",
     .path = "/ask",
     .handler = handler,
     .parameters = parameters,
     .n_parameters = G_N_ELEMENTS(parameters)},
};

/* "METHOD /path" → the number of the route, -1 for none; the methods that there are. */
static void expect_route(const char *method, const char *path, int number, const char *allow) {
  g_autoptr(HttpRouter) router = http_router_new(routes, G_N_ELEMENTS(routes));
  HttpTarget target = {0};
  assert_true(http_target_read(path, &target, NULL));
  HttpMatch match = http_router_find(router, method, &target);
  assert_ptr_equal(match.route, number < 0 ? NULL : &routes[number]);
  if (number >= 0) assert_int_equal(match.number, number);
  assert_string_equal(match.allow, allow);
  assert_int_equal(match.is_path, *allow != '\0');
  http_target_clear(&target);
}

static void found(void **state) {
  expect_route("GET", "/", 0, "GET, HEAD, OPTIONS");
  expect_route("HEAD", "/", 0, "GET, HEAD, OPTIONS");
  expect_route("GET", "/targets/12", 1, "GET, HEAD, PATCH, OPTIONS");
  expect_route("PATCH", "/targets/12", 2, "GET, HEAD, PATCH, OPTIONS");
  expect_route("GET", "/targets/mine", 3, "GET, HEAD, PATCH, OPTIONS");
  expect_route("PATCH", "/targets/mine", 2, "GET, HEAD, PATCH, OPTIONS");
  expect_route("POST", "/targets/12/say/accept", 4, "POST, OPTIONS");
  expect_route("GET", "/events", 5, "GET, OPTIONS");
}

static void not_found(void **state) {
  expect_route("HEAD", "/events", -1, "GET, OPTIONS");
  expect_route("DELETE", "/", -1, "GET, HEAD, OPTIONS");
  expect_route("get", "/", -1, "GET, HEAD, OPTIONS");
  expect_route("GET", "/target", -1, "");
  expect_route("GET", "/targets", -1, "");
  expect_route("GET", "/targets/1/2", -1, "");
  expect_route("GET", "/Targets/1", -1, "");
}

static void values(void **state) {
  HttpTarget target = {0};
  assert_true(http_target_read("/targets/a%20b/say/%7Bid%7D", &target, NULL));
  assert_string_equal(http_router_value(&routes[4], &target, "id"), "a b");
  assert_string_equal(http_router_value(&routes[4], &target, "what"), "{id}");
  assert_null(http_router_value(&routes[4], &target, "wha"));
  http_target_clear(&target);
}

static void expect_query(const char *query, const char *wrong) {
  g_autofree char *written = g_strconcat("/ask?", query, NULL);
  HttpTarget target = {0};
  g_autoptr(GError) error = NULL;
  assert_true(http_target_read(written, &target, NULL));
  gboolean is_right = http_query_check(&routes[6], &target, &error);
  if (is_right != !wrong) fail_msg("%s: %s", query, error ? error->message : "was taken");
  if (wrong) assert_has(error->message, wrong);
  http_target_clear(&target);
}

static void queries(void **state) {
  expect_query("kpi=revenue", NULL);
  expect_query("kpi=revenue&kpi=win_rate,won&top=-3&total&format=csv,json&compare=previous", NULL);
  expect_query("kpi=a&total=no", NULL);
  expect_query("", "the parameter kpi is missing: KPIs by name");
  expect_query("kpi=", "the parameter kpi is missing");
  expect_query("kpi=a&kpis=b", "no parameter kpis; did you mean kpi? There are: kpi, compare, top, total, format");
  expect_query("kpi=a&zzzzzz=b", "no parameter zzzzzz; there are: kpi");
  expect_query("kpi=a&top=3&top=3", "the parameter top is given twice");
  expect_query("kpi=a&top=ten", "top=ten is no whole number");
  expect_query("kpi=a&top=", "is no whole number");
  expect_query("kpi=a&top=+3", "is no whole number"); /* the plus is a space */
  expect_query("kpi=a&top=%2B3", "is no whole number");
  expect_query("kpi=a&top=99999999999999999999", "is no whole number");
  expect_query("kpi=a&total=maybe", "neither yes nor no");
  expect_query("kpi=a&compare=previos", "did you mean previous?");
  expect_query("kpi=a&format=json,xml", "format=xml is not one of: json, csv");
}

static void lists(void **state) {
  HttpTarget target = {0};
  assert_true(http_target_read("/ask?kpi=a,b&top=1&kpi=%20c%20,,", &target, NULL));
  g_auto(GStrv) all = http_query_split(&target, "kpi");
  g_autofree char *joined = g_strjoinv("|", all);
  assert_string_equal(joined, "a|b|c");
  assert_null(http_query_split(&target, "format"));
  http_target_clear(&target);
}

static void nothing_taken(void **state) {
  HttpTarget target = {0};
  g_autoptr(GError) error = NULL;
  assert_true(http_target_read("/?x=1", &target, NULL));
  assert_false(http_query_check(&routes[0], &target, &error));
  assert_string_equal(error->message, "there is no parameter x: / takes none");
  http_target_clear(&target);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(found),   cmocka_unit_test(not_found), cmocka_unit_test(values),
      cmocka_unit_test(queries), cmocka_unit_test(lists),     cmocka_unit_test(nothing_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
