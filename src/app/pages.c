/* The pages: one document for each of their addresses, and the files that it fetches, which web/ is built to and the
 * program carries. They tell nothing of the workspace, so whoever asks may read them; what they show they ask the API
 * for. */
#include "app/api.h"

#include <gio/gio.h>
#include <string.h>

#define FOLDER "/attain/pages"
/* A file's name has a hash of what is in it. */
#define FOR_EVER "public, max-age=31536000, immutable"

GResource *pages_get_resource(void); /* made by tools/build-pages */

static const struct {
  const char *suffix, *type;
} types[] = {{".html", "text/html; charset=utf-8"},
             {".js", "text/javascript; charset=utf-8"},
             {".css", "text/css; charset=utf-8"},
             {".woff2", "font/woff2"},
             {".svg", "image/svg+xml"},
             {".png", "image/png"},
             {".webmanifest", "application/manifest+json"}};

static const char *type_of(const char *name) {
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_str_has_suffix(name, types[i].suffix)) return types[i].type;
  return "application/octet-stream";
}

static void release(gpointer content) {
  http_content_release(content);
}

/* The contents of a file, made when it is first asked for and kept for the program's life. NULL: there is none. */
static HttpContent *find(const char *name) {
  static GMutex lock;
  static GHashTable *contents;
  g_autofree char *path = g_strconcat(FOLDER "/", name, NULL);
  g_mutex_lock(&lock);
  if (!contents) contents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, release);
  HttpContent *content = g_hash_table_lookup(contents, path);
  g_autoptr(GBytes) bytes =
      content ? NULL : g_resource_lookup_data(pages_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes) {
    gsize length = g_bytes_get_size(bytes);
    content = http_content_new(type_of(name), g_memdup2(g_bytes_get_data(bytes, NULL), length), length, NULL);
    g_hash_table_insert(contents, g_steal_pointer(&path), content);
  }
  g_mutex_unlock(&lock);
  return content;
}

static void give_document(HttpExchange *exchange, gpointer server) {
  http_set_header(exchange, "Cache-Control", "no-cache");
  http_reply_content(exchange, find("index.html"));
}

static void give_file(HttpExchange *exchange, gpointer server) {
  g_autofree char *name = g_strconcat("assets/", http_path_value(exchange, "file"), NULL);
  HttpContent *content = find(name);
  if (!content) {
    http_problem(exchange, 404, "not-found", "There is no such file",
                 "the pages have no file %s: they are of another version; load the page again", name);
    return;
  }
  http_set_header(exchange, "Cache-Control", FOR_EVER);
  http_reply_content(exchange, content);
}

#define PAGE(PATH, SUMMARY)                                                                      \
  {                                                                                              \
    .method = "GET", .path = PATH, .handler = give_document, .tag = "Pages", .summary = SUMMARY, \
    .answer_types = "text/html", .flags = HTTP_ROUTE_OPEN | HTTP_ROUTE_LENIENT                   \
  }

/* The same addresses as in web/src/pages.ts. */
const HttpRoute page_routes[] = {
    PAGE("/", "Today: what needs attention, and one's own KPIs"),
    PAGE("/scorecard", "People and KPIs as a grid"),
    PAGE("/kpi/{kpi}", "One KPI: its trend, parts, definition and records"),
    PAGE("/person/{person}", "One person: their scorecard, activity, targets and history"),
    PAGE("/team/{team}", "One team: its scorecard, people, targets and history"),
    PAGE("/funnel", "Stages: how many go on, how long it takes, where deals are lost"),
    PAGE("/pipeline", "What the pipeline gained and lost, slips and age"),
    PAGE("/alerts", "What alerts fire, their rules and history"),
    PAGE("/data", "Sources, loads, rejected rows, mapping of files"),
    PAGE("/catalogue", "KPIs: what they mean, who uses them, what is wrong with them"),
    {.method = "GET",
     .path = "/assets/{file}",
     .handler = give_file,
     .tag = "Pages",
     .summary = "What the pages fetch: scripts, styles, type",
     .answer_types = "text/javascript|text/css|font/woff2|image/svg+xml",
     .flags = HTTP_ROUTE_OPEN},
};
const guint n_page_routes = G_N_ELEMENTS(page_routes);
