/* The route table, by the number of parts of a path; and queries against what a route takes. */
#include "http/router.h"

#include <errno.h>

typedef struct {
  const HttpRoute *route;
  guint number;
  char **segments;
} Path;

struct HttpRouter {
  GArray *paths[HTTP_MAX_SEGMENTS + 1]; /* Path, by the number of segments */
};

static gboolean is_parameter(const char *segment) {
  return *segment == '{';
}

static void clear_path(gpointer data) {
  g_strfreev(((Path *)data)->segments);
}

HttpRouter *http_router_new(const HttpRoute *routes, guint n_routes) {
  HttpRouter *router = g_new0(HttpRouter, 1);
  for (guint n = 0; n <= HTTP_MAX_SEGMENTS; n++) {
    router->paths[n] = g_array_new(FALSE, FALSE, sizeof(Path));
    g_array_set_clear_func(router->paths[n], clear_path);
  }
  for (guint i = 0; i < n_routes; i++) {
    g_assert(routes[i].path[0] == '/');
    char **segments = routes[i].path[1] ? g_strsplit(routes[i].path + 1, "/", -1) : g_new0(char *, 1);
    guint n = g_strv_length(segments);
    g_assert(n <= HTTP_MAX_SEGMENTS);
    Path path = {.route = &routes[i], .number = i, .segments = segments};
    g_array_append_val(router->paths[n], path);
  }
  return router;
}

void http_router_free(HttpRouter *router) {
  if (!router) return;
  for (guint n = 0; n <= HTTP_MAX_SEGMENTS; n++) g_array_unref(router->paths[n]);
  g_free(router);
}

static gboolean fits(const Path *path, const HttpTarget *target) {
  for (guint i = 0; i < target->n_segments; i++) {
    if (!is_parameter(path->segments[i]) && !g_str_equal(path->segments[i], target->segments[i])) return FALSE;
  }
  return TRUE;
}

/* Both fit the same target; the first part in which one is written out and the other is not decides. */
static gboolean is_nearer(const Path *path, const Path *than) {
  for (guint i = 0; path->segments[i]; i++) {
    gboolean a = is_parameter(path->segments[i]), b = is_parameter(than->segments[i]);
    if (a != b) return b;
  }
  return FALSE;
}

static gboolean answers(const HttpRoute *route, const char *method) {
  if (g_str_equal(method, "HEAD")) return g_str_equal(route->method, "GET") && !(route->flags & HTTP_ROUTE_STREAM);
  return g_str_equal(route->method, method);
}

static void add_method(HttpMatch *match, const char *method) {
  gsize length = strlen(match->allow);
  if (strstr(match->allow, method)) return;
  g_snprintf(match->allow + length, sizeof match->allow - length, "%s%s", length ? ", " : "", method);
}

HttpMatch http_router_find(const HttpRouter *router, const char *method, const HttpTarget *target) {
  HttpMatch match = {0};
  const Path *best = NULL;
  const GArray *paths = router->paths[target->n_segments];
  for (guint i = 0; i < paths->len; i++) {
    const Path *path = &g_array_index(paths, Path, i);
    if (!fits(path, target)) continue;
    match.is_path = TRUE;
    add_method(&match, path->route->method);
    if (answers(path->route, "HEAD")) add_method(&match, "HEAD");
    if (answers(path->route, method) && (!best || is_nearer(path, best))) best = path;
  }
  if (match.is_path) add_method(&match, "OPTIONS");
  if (best) match.route = best->route, match.number = best->number;
  return match;
}

const char *http_router_value(const HttpRoute *route, const HttpTarget *target, const char *name) {
  const char *at = route->path;
  gsize length = strlen(name);
  for (guint i = 0; i < target->n_segments; i++) {
    at = strchr(at, '/') + 1;
    if (at[0] == '{' && strncmp(at + 1, name, length) == 0 && at[length + 1] == '}') return target->segments[i];
  }
  return NULL;
}

/* --- the query --- */

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *words = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, words);
  return FALSE;
}

gboolean http_read_number(const char *text, gint64 *number) {
  return *text != '+' && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

gboolean http_read_flag(const char *text, gboolean *flag) {
  static const char *const on[] = {"", "true", "yes", "1", NULL}, *const off[] = {"false", "no", "0", NULL};
  *flag = g_strv_contains(on, text);
  return *flag || g_strv_contains(off, text);
}

const char *http_query_find(const HttpTarget *target, const char *name) {
  for (guint i = 0; i < target->query->len; i++) {
    const HttpPair *pair = &g_array_index(target->query, HttpPair, i);
    if (g_str_equal(pair->name, name)) return pair->value;
  }
  return NULL;
}

char **http_query_split(const HttpTarget *target, const char *name) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  gboolean is_given = FALSE;
  for (guint i = 0; i < target->query->len; i++) {
    const HttpPair *pair = &g_array_index(target->query, HttpPair, i);
    if (!g_str_equal(pair->name, name)) continue;
    is_given = TRUE;
    g_auto(GStrv) parts = g_strsplit(pair->value, ",", -1);
    for (char **part = parts; *part; part++)
      if (*g_strstrip(*part)) g_ptr_array_add(all, g_strdup(*part));
  }
  g_ptr_array_add(all, NULL);
  return is_given ? (char **)g_ptr_array_free(g_steal_pointer(&all), FALSE) : NULL;
}

static gboolean is_choice(const char *choices, const char *value) {
  g_auto(GStrv) all = g_strsplit(choices, "|", -1);
  return g_strv_contains((const char *const *)all, value);
}

static gboolean check_choice(const HttpParameter *parameter, const char *value, GError **error) {
  if (!parameter->choices || is_choice(parameter->choices, value)) return TRUE;
  g_auto(GStrv) all = g_strsplit(parameter->choices, "|", -1);
  const char *near = base_nearest(value, (const char *const *)all, g_strv_length(all));
  g_autofree char *words = g_strjoinv(", ", all);
  return near ? fail(error, "%s=%s is not one of: %s; did you mean %s?", parameter->name, value, words, near)
              : fail(error, "%s=%s is not one of: %s", parameter->name, value, words);
}

static gboolean check_list(const HttpParameter *parameter, const HttpTarget *target, GError **error) {
  g_auto(GStrv) parts = http_query_split(target, parameter->name);
  for (char **part = parts; part && *part; part++)
    if (!check_choice(parameter, *part, error)) return FALSE;
  return TRUE;
}

static gboolean check_value(const HttpParameter *parameter, const HttpTarget *target, const char *value,
                            GError **error) {
  gint64 number;
  gboolean flag;
  switch (parameter->kind) {
    case HTTP_TEXT:
      return check_choice(parameter, value, error);
    case HTTP_LIST:
      return check_list(parameter, target, error);
    case HTTP_NUMBER:
      return http_read_number(value, &number) ||
             fail(error, "%s=%s is no whole number; write %s=10", parameter->name, value, parameter->name);
    case HTTP_FLAG:
      return http_read_flag(value, &flag) || fail(error, "%s=%s is neither yes nor no; write %s=true or %s=false",
                                                  parameter->name, value, parameter->name, parameter->name);
  }
  g_assert_not_reached();
}

static gboolean fail_unknown(const HttpRoute *route, const char *name, GError **error) {
  if (route->n_parameters == 0) return fail(error, "there is no parameter %s: %s takes none", name, route->path);
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < route->n_parameters; i++) g_ptr_array_add(names, (gpointer)route->parameters[i].name);
  const char *near = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_ptr_array_add(names, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  return near ? fail(error, "there is no parameter %s; did you mean %s? There are: %s", name, near, all)
              : fail(error, "there is no parameter %s; there are: %s", name, all);
}

static const HttpParameter *parameter_named(const HttpRoute *route, const char *name) {
  for (guint i = 0; i < route->n_parameters; i++)
    if (g_str_equal(route->parameters[i].name, name)) return &route->parameters[i];
  return NULL;
}

gboolean http_query_check(const HttpRoute *route, const HttpTarget *target, GError **error) {
  for (guint i = 0; i < target->query->len; i++) {
    const HttpPair *pair = &g_array_index(target->query, HttpPair, i);
    const HttpParameter *parameter = parameter_named(route, pair->name);
    if (!parameter && route->flags & HTTP_ROUTE_LENIENT) continue;
    if (!parameter) return fail_unknown(route, pair->name, error);
    if (parameter->kind != HTTP_LIST && http_query_find(target, pair->name) != pair->value)
      return fail(error, "the parameter %s is given twice, and takes one value", pair->name);
    if (!check_value(parameter, target, pair->value, error)) return FALSE;
  }
  for (guint i = 0; i < route->n_parameters; i++) {
    const HttpParameter *parameter = &route->parameters[i];
    const char *value = http_query_find(target, parameter->name);
    if (parameter->is_required && (!value || !*value))
      return fail(error, "the parameter %s is missing: %s", parameter->name, parameter->about);
  }
  return TRUE;
}
