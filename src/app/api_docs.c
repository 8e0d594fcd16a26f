/* The API's description and the page that shows it. Both tell nothing of the workspace, so whoever asks may read them.
 */
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

static void give_file(HttpExchange *exchange, const char *name, const char *type) {
  g_autofree char *path = g_strconcat("/attain/web/", name, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(web_files_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length = g_bytes_get_size(bytes);
  http_set_header(exchange, "Cache-Control", "no-cache");
  http_reply(exchange, 200, type, g_memdup2(g_bytes_get_data(bytes, NULL), length), length);
}

static void give_page(HttpExchange *exchange, gpointer server) {
  give_file(exchange, "api.html", "text/html; charset=utf-8");
}

static void give_style(HttpExchange *exchange, gpointer server) {
  give_file(exchange, "api.css", "text/css; charset=utf-8");
}

static void give_script(HttpExchange *exchange, gpointer server) {
  give_file(exchange, "api.js", "text/javascript; charset=utf-8");
}

const HttpRoute api_docs_routes[] = {
    {.method = "GET",
     .path = "/api/v1/openapi.json",
     .handler = give_description,
     .tag = "Service",
     .summary = "This description, as OpenAPI 3.1",
     .answer = "openapi",
     .flags = HTTP_ROUTE_OPEN},
    {.method = "GET",
     .path = "/api",
     .handler = give_page,
     .tag = "Service",
     .summary = "The page that shows it",
     .flags = HTTP_ROUTE_OPEN},
    {.method = "GET",
     .path = "/api/page.css",
     .handler = give_style,
     .tag = "Service",
     .summary = "The page's style",
     .flags = HTTP_ROUTE_OPEN},
    {.method = "GET",
     .path = "/api/page.js",
     .handler = give_script,
     .tag = "Service",
     .summary = "The page's script",
     .flags = HTTP_ROUTE_OPEN},
};
const guint api_n_docs_routes = G_N_ELEMENTS(api_docs_routes);
