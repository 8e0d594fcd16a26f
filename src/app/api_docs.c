/* The API's description, the page that shows it, and the one where a one-time link leads. They tell nothing of the
 * workspace, so whoever asks may read them. */
#include "app/api.h"
#include "app/api_openapi.h"
#include "web_files.h"

#include <gio/gio.h>
#include <string.h>

static gpointer make_description(gpointer nothing) {
  char *text = api_openapi();
  return http_content_new("application/json", text, strlen(text), NULL);
}

/* Made once: routes and schemas are the program's. */
static void give_description(HttpExchange *exchange, gpointer server) {
  static GOnce made = G_ONCE_INIT;
  g_once(&made, make_description, NULL);
  http_set_header(exchange, "Cache-Control", "no-cache");
  http_reply_content(exchange, made.retval);
}

typedef struct {
  const char *path, *name, *type;
} WebFile;

static const WebFile files[] = {
    {"/api", "api.html", "text/html; charset=utf-8"},
    {"/api/page.css", "api.css", "text/css; charset=utf-8"},
    {"/api/page.js", "api.js", "text/javascript; charset=utf-8"},
    {"/welcome", "welcome.html", "text/html; charset=utf-8"},
    {"/welcome/page.js", "welcome.js", "text/javascript; charset=utf-8"},
    {"/sign-in", "sign-in.html", "text/html; charset=utf-8"},
    {"/sign-in/page.js", "sign-in.js", "text/javascript; charset=utf-8"},
};

static void give_file(HttpExchange *exchange, gpointer server) {
  const WebFile *file = files;
  while (!g_str_equal(file->path, http_route(exchange)->path)) file++; /* each route of this handler is in the table */
  g_autofree char *path = g_strconcat("/attain/web/", file->name, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(web_files_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length = g_bytes_get_size(bytes);
  http_set_header(exchange, "Cache-Control", "no-cache");
  http_reply(exchange, 200, file->type, g_memdup2(g_bytes_get_data(bytes, NULL), length), length);
}

#define FILE_ROUTE(PATH, TYPE, SUMMARY)                                                                              \
  {                                                                                                                  \
    .method = "GET", .path = PATH, .handler = give_file, .tag = "Service", .summary = SUMMARY, .answer_types = TYPE, \
    .flags = HTTP_ROUTE_OPEN                                                                                         \
  }

const HttpRoute api_docs_routes[] = {
    {.method = "GET",
     .path = "/api/v1/openapi.json",
     .handler = give_description,
     .tag = "Service",
     .summary = "This description, as OpenAPI 3.1",
     .answer = "openapi",
     .flags = HTTP_ROUTE_OPEN},
    FILE_ROUTE("/api", "text/html", "The page that shows it"),
    FILE_ROUTE("/api/page.css", "text/css", "The pages' style"),
    FILE_ROUTE("/api/page.js", "text/javascript", "The page's script"),
    FILE_ROUTE("/welcome", "text/html", "Where a one-time link leads: choosing a password"),
    FILE_ROUTE("/welcome/page.js", "text/javascript", "That page's script"),
    FILE_ROUTE("/sign-in", "text/html", "Signing in, by the provider or a password"),
    FILE_ROUTE("/sign-in/page.js", "text/javascript", "That page's script"),
};
const guint api_n_docs_routes = G_N_ELEMENTS(api_docs_routes);
