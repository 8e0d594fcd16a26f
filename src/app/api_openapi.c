/* OpenAPI 3.1, written from the routes: what is not in a route's row is not in the description, and what a row says is
 * what the server does. Schemas of bodies are files (schemas/api), put in as they are under their names. */
#include "app/api_openapi.h"

#include "api_schemas.h"
#include "app/api.h"

#include <gio/gio.h>
#include <string.h>

#define SCHEMAS "/attain/schemas/api"
#define TABLE_FORMS                                                             \
  "text/csv|application/vnd.openxmlformats-officedocument.spreadsheetml.sheet|" \
  "application/vnd.apache.parquet"

/* --- texts --- */

static void add_text(GString *out, const char *text) {
  g_string_append_c(out, '"');
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') g_string_append_c(out, '\\');
    if ((guchar)*text < 0x20)
      g_string_append_printf(out, "\\u%04x", (guint)(guchar)*text);
    else
      g_string_append_c(out, *text);
  }
  g_string_append_c(out, '"');
}

static void add_member(GString *out, const char *name, const char *text) {
  add_text(out, name);
  g_string_append(out, ": ");
  add_text(out, text);
}

/* --- parameters --- */

static void add_kind(GString *out, const HttpParameter *parameter) {
  gboolean is_list = parameter->kind == HTTP_LIST;
  g_string_append(out, is_list ? "{\"type\": \"array\", \"items\": {" : "{");
  if (parameter->kind == HTTP_NUMBER)
    g_string_append(out, "\"type\": \"integer\"");
  else if (parameter->kind == HTTP_FLAG)
    g_string_append(out, "\"type\": \"boolean\"");
  else
    g_string_append(out, "\"type\": \"string\"");
  if (parameter->choices) {
    g_auto(GStrv) choices = g_strsplit(parameter->choices, "|", -1);
    g_string_append(out, ", \"enum\": [");
    for (char **choice = choices; *choice; choice++) {
      if (choice > choices) g_string_append(out, ", ");
      add_text(out, *choice);
    }
    g_string_append(out, "]");
  }
  g_string_append(out, is_list ? "}}" : "}");
}

static void add_parameter(GString *out, const HttpParameter *parameter) {
  g_string_append(out, "{");
  add_member(out, "name", parameter->name);
  g_string_append_printf(out, ", \"in\": \"query\", \"required\": %s, ", parameter->is_required ? "true" : "false");
  add_member(out, "description", parameter->about);
  if (parameter->kind == HTTP_LIST) g_string_append(out, ", \"style\": \"form\", \"explode\": false");
  g_string_append(out, ", \"schema\": ");
  add_kind(out, parameter);
  g_string_append(out, "}");
}

static const char *add_comma(GString *out, const char *comma) {
  g_string_append(out, comma);
  return ", ";
}

/* A part of a path; what it is called says what it is. */
static void add_place(GString *out, const char *name) {
  static const struct {
    const char *name, *about;
    gboolean is_number;
  } places[] = {{"table", "a table of the ledger: opportunity, account, activity … (docs/ledger.md)", FALSE},
                {"id", "the record's id in its source", FALSE},
                {"source", "a source of the workspace, by name", FALSE},
                {"name", "by its name", FALSE},
                {"kpi", "a KPI, by name", FALSE},
                {"target", "a target's number", TRUE},
                {"rule", "an alert rule, by name", FALSE},
                {"board", "a board that the policy file shares, by name", FALSE},
                {"message", "a message's number, of the outbox", TRUE},
                {"file", "the file's name, such as deals.csv", FALSE},
                {"person", "a person, by name", FALSE},
                {"team", "a team, by name", FALSE},
                {"user", "what they sign in with", FALSE},
                {"work", "the number of a piece of work", TRUE}};
  guint p = 0;
  while (p < G_N_ELEMENTS(places) - 1 && !g_str_equal(places[p].name, name)) p++;
  gboolean is_known = g_str_equal(places[p].name, name);
  g_string_append(out, "{");
  add_member(out, "name", name);
  g_string_append(out, ", \"in\": \"path\", \"required\": true, ");
  if (is_known) add_member(out, "description", places[p].about);
  g_string_append_printf(out, "%s\"schema\": {\"type\": \"%s\"}}", is_known ? ", " : "",
                         is_known && places[p].is_number ? "integer" : "string");
}

static void add_parameters(GString *out, const HttpRoute *route) {
  const char *comma = "";
  g_string_append(out, "\"parameters\": [");
  for (const char *open = strchr(route->path, '{'); open; open = strchr(open + 1, '{')) {
    g_autofree char *name = g_strndup(open + 1, strcspn(open + 1, "}"));
    comma = add_comma(out, comma);
    add_place(out, name);
  }
  for (guint i = 0; i < route->n_parameters; i++) {
    comma = add_comma(out, comma);
    add_parameter(out, &route->parameters[i]);
  }
  g_string_append(out, "]");
}

/* --- bodies --- */

static void add_reference(GString *out, const char *type, const char *schema) {
  add_text(out, type);
  g_string_append(out, ": {\"schema\": {");
  if (schema) {
    g_autofree char *reference = g_strconcat("#/components/schemas/", schema, NULL);
    add_member(out, "$ref", reference);
  }
  g_string_append(out, "}}");
}

static void add_body(GString *out, const HttpRoute *route) {
  if (!route->body && !route->body_types) return;
  const char *comma = "", *types = route->body_types ? route->body_types : "application/json";
  g_auto(GStrv) each = g_strsplit(g_str_equal(types, "*") ? "application/octet-stream" : types, "|", -1);
  g_string_append(out, ", \"requestBody\": {\"required\": true, \"content\": {");
  for (char **type = each; *type; type++) {
    comma = add_comma(out, comma);
    add_reference(out, *type, g_str_has_suffix(*type, "json") ? route->body : NULL);
  }
  g_string_append(out, "}}");
}

static gboolean has_forms(const HttpRoute *route) {
  for (guint i = 0; i < route->n_parameters; i++)
    if (g_str_equal(route->parameters[i].name, "format")) return TRUE;
  return FALSE;
}

/* --- replies --- */

#define REQUEST_ID "\"X-Request-Id\": {\"$ref\": \"#/components/headers/X-Request-Id\"}"

/* "200": {"description": "…", "headers": {…}; what follows is the content and the end. */
static void begin_reply(GString *out, const char *status, const char *about, const char *header) {
  g_string_append_printf(out, "\"%s\": {\"description\": \"%s\", \"headers\": {" REQUEST_ID, status, about);
  if (header) g_string_append_printf(out, ", \"%s\": {\"$ref\": \"#/components/headers/%s\"}", header, header);
  g_string_append(out, "}");
}

static void add_types(GString *out, const char *comma, const char *types) {
  g_auto(GStrv) each = g_strsplit(types, "|", -1);
  for (char **type = each; *type; type++) {
    comma = add_comma(out, comma);
    add_reference(out, *type, NULL);
  }
}

static void add_content(GString *out, const HttpRoute *route) {
  if (!route->answer && !route->answer_types) return;
  g_string_append(out, ", \"content\": {");
  if (route->answer) add_reference(out, "application/json", route->answer);
  const char *comma = route->answer ? ", " : "";
  if (has_forms(route)) add_types(out, comma, TABLE_FORMS);
  if (route->answer_types) add_types(out, comma, route->answer_types);
  g_string_append(out, "}");
}

/* What most routes have in common stands once, among the components. */
static void add_common(GString *out, const char *status, const char *name) {
  g_string_append_printf(out, "\"%s\": {\"$ref\": \"#/components/responses/%s\"}, ", status, name);
}

static void add_success(GString *out, const HttpRoute *route) {
  gboolean is_get = g_str_equal(route->method, "GET"), is_stream = route->flags & HTTP_ROUTE_STREAM;
  gboolean has_body = route->answer || route->answer_types;
  guint status = route->status ? route->status : has_body ? 200 : 204;
  g_autofree char *number = g_strdup_printf("%u", status);
  gboolean is_tagged = is_get && !is_stream && status == 200;
  begin_reply(out, number, has_body ? "The answer" : "Done", status == 303 ? "Location" : is_tagged ? "ETag" : NULL);
  add_content(out, route);
  g_string_append(out, "}, ");
  if (is_tagged) add_common(out, "304", "NotModified");
}

static void add_problem(GString *out, const char *name, const char *about, const char *header, const char *schema) {
  begin_reply(out, name, about, header);
  g_string_append(out, ", \"content\": {");
  add_reference(out, "application/problem+json", schema);
  g_string_append(out, "}}");
}

static gboolean may_be_later(const HttpRoute *route) {
  guint kind = route->flags & (HTTP_ROUTE_SLOW | HTTP_ROUTE_STREAM | HTTP_ROUTE_OPEN);
  return kind == HTTP_ROUTE_SLOW && route->answer;
}

static void add_replies(GString *out, const HttpRoute *route) {
  g_string_append(out, ", \"responses\": {");
  add_success(out, route);
  if (may_be_later(route)) add_common(out, "202", "Later");
  add_common(out, "401", "SignedOut");
  if (route->permission) add_common(out, "403", "Forbidden");
  if (route->refusal) {
    add_problem(out, "422", "Nothing was taken", NULL, route->refusal);
    g_string_append(out, ", ");
  }
  add_common(out, "429", "TooOften");
  g_string_append(out, "\"default\": {\"$ref\": \"#/components/responses/Problem\"}}");
}

static void add_responses(GString *out) {
  static const struct {
    const char *name, *about, *header;
  } common[] = {{"SignedOut", "Sign in first", "WWW-Authenticate"},
                {"Forbidden", "It is not for you", NULL},
                {"TooOften", "Too often", "Retry-After"},
                {"Problem", "What went wrong", NULL}};
  begin_reply(out, "NotModified", "What If-None-Match names still holds", "ETag");
  g_string_append_c(out, '}');
  g_string_append(out, ",\n      ");
  begin_reply(out, "Later", "It was asked to be answered later (Prefer: respond-async): where it is", "Location");
  g_string_append(out, ", \"content\": {");
  add_reference(out, "application/json", "later");
  g_string_append(out, "}}");
  for (guint i = 0; i < G_N_ELEMENTS(common); i++) {
    g_string_append(out, ",\n      ");
    add_problem(out, common[i].name, common[i].about, common[i].header, "problem");
  }
}

/* --- routes --- */

/* "get_targets_target", of the method and the path. */
static void add_operation(GString *out, const HttpRoute *route) {
  g_autofree char *method = g_ascii_strdown(route->method, -1);
  g_autofree char *id = g_strdup_printf("%s%s", method, route->path);
  g_strcanon(id, "abcdefghijklmnopqrstuvwxyz0123456789", '_');
  add_text(out, method);
  g_string_append(out, ": {");
  add_member(out, "operationId", id);
  g_string_append(out, ", \"tags\": [");
  add_text(out, route->tag ? route->tag : "Service");
  g_string_append(out, "], ");
  add_member(out, "summary", route->summary ? route->summary : id);
  g_string_append(out, ", ");
  if (route->details) {
    add_member(out, "description", route->details);
    g_string_append(out, ", ");
  }
  add_parameters(out, route);
  add_body(out, route);
  add_replies(out, route);
  if (route->flags & HTTP_ROUTE_OPEN) g_string_append(out, ", \"security\": []");
  g_string_append(out, "}");
}

/* Routes of one path stand together; paths in the order in which they first come. */
static void add_paths(GString *out, const HttpRoute *routes, guint n_routes) {
  g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
  const char *comma = "\n    ";
  for (guint r = 0; r < n_routes; r++) {
    if (!g_hash_table_add(told, (gpointer)routes[r].path)) continue;
    g_string_append(out, comma);
    add_text(out, routes[r].path);
    g_string_append(out, ": {");
    const char *between = "";
    for (guint same = r; same < n_routes; same++) {
      if (!g_str_equal(routes[same].path, routes[r].path)) continue;
      g_string_append_printf(out, "%s\n      ", between);
      add_operation(out, &routes[same]);
      between = ",";
    }
    g_string_append(out, "}");
    comma = ",\n    ";
  }
}

/* --- schemas --- */

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_schemas(GString *out) {
  g_auto(GStrv) files =
      g_resource_enumerate_children(api_schemas_get_resource(), SCHEMAS, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  const char *comma = "\n      ";
  if (!files) return;
  qsort(files, g_strv_length(files), sizeof *files, by_name);
  for (char **file = files; *file; file++) {
    g_autofree char *path = g_strconcat(SCHEMAS "/", *file, NULL);
    g_autofree char *name = g_strndup(*file, strcspn(*file, "."));
    g_autoptr(GBytes) bytes =
        g_resource_lookup_data(api_schemas_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_autofree char *schema = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_string_append(out, comma);
    add_text(out, name);
    g_string_append_printf(out, ": %s", g_strchomp(schema));
    comma = ",\n      ";
  }
}

#define HEADER(NAME, ABOUT, REQUIRED, SCHEMA)                                                                         \
  "\n      \"" NAME "\": {\"description\": \"" ABOUT "\", \"required\": " REQUIRED ", \"schema\": {\"type\": " SCHEMA \
  "}}"
#define HEADERS                                                                                                 \
  HEADER("X-Request-Id", "the request's name in the log, and in `instance` of a problem", "true", "\"string\"") \
  "," HEADER("ETag", "stands for all that the answer rests on; for If-None-Match", "true", "\"string\"") ","                 \
  HEADER("Location", "where to go on", "true", "\"string\", \"format\": \"uri-reference\"") ","                             \
  HEADER("Retry-After", "seconds to wait", "false", "\"string\", \"pattern\": \"^[0-9]+$\"") ","                             \
  HEADER("WWW-Authenticate", "how to sign in", "true", "\"string\"")

char *api_openapi(void) {
  guint n_routes;
  const HttpRoute *routes = routes_all(&n_routes);
  GString *out = g_string_new("{\n  \"openapi\": \"3.1.0\",\n  \"info\": {\"title\": \"Attain\", \"version\": ");
  add_text(out, attain_version());
  g_string_append(out,
                  ", \"summary\": \"Sales KPIs that answer for themselves\", "
                  "\"license\": {\"name\": \"GPL-3.0-or-later\", \"identifier\": \"GPL-3.0-or-later\"}},\n"
                  "  \"servers\": [{\"url\": \"/\"}],\n"
                  "  \"security\": [{\"token\": []}, {\"session\": []}],\n  \"paths\": {");
  add_paths(out, routes, n_routes);
  g_string_append(out,
                  "},\n  \"components\": {\n    \"securitySchemes\": {\"token\": {\"type\": \"http\", \"scheme\": "
                  "\"bearer\"}, \"session\": {\"type\": \"apiKey\", \"in\": \"cookie\", \"name\": "
                  "\"attain_session\", \"description\": \"Over TLS its name is __Host-attain_session.\"}},\n    "
                  "\"headers\": {" HEADERS "},\n    \"responses\": {\n      ");
  add_responses(out);
  g_string_append(out, "},\n    \"schemas\": {");
  add_schemas(out);
  g_string_append(out, "}}\n}\n");
  return g_string_free(out, FALSE);
}
