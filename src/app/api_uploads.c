/* Files that people bring: kept, looked at, mapped, tried, and made a source. */
#include "app/api.h"
#include "app/api_body.h"
#include "attain/uploads.h"

static void put_file(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  gsize length = 0;
  const char *bytes = http_body(exchange, &length);
  char *told =
      attain_upload(api_workspace(exchange), http_path_value(exchange, "source"), http_path_value(exchange, "file"),
                    bytes, length, http_query_flag(exchange, "replace"), &error);
  api_reply_json(exchange, told, &error);
}

static void propose(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  api_reply_json(exchange, attain_proposal(api_workspace(exchange), http_path_value(exchange, "source"), &error),
                 &error);
}

/* The mapping of a body: its YAML, or its tree. */
static const char *mapping_of(ApiBody *body) {
  const char *yaml = api_body_text(body, "yaml"), *tree = api_body_json(body, "mapping");
  if (!yaml == !tree) api_body_mark(body, "mapping", "is to be given, or `yaml` in its place");
  return yaml ? yaml : tree;
}

static void try_mapping(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const char *mapping = mapping_of(body);
  if (api_body_end(body, exchange))
    api_reply_json(exchange,
                   attain_trial(api_workspace(exchange), http_path_value(exchange, "source"), mapping, &error), &error);
}

static void set_source(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const char *mapping = mapping_of(body);
  if (!api_body_end(body, exchange)) return;
  char *told = attain_source_set(api_workspace(exchange), http_path_value(exchange, "source"), mapping,
                                 http_query_flag(exchange, "replace"), &error);
  api_reply_json(exchange, told, &error);
}

static const HttpParameter replace_parameter = {"replace", HTTP_FLAG, "in place of the one that is there", NULL, FALSE};

const HttpRoute api_uploads_routes[] = {
    {.method = "PUT",
     .path = "/api/v1/sources/{source}/files/{file}",
     .handler = put_file,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Bring a file for a source: CSV, TSV, text, JSON, or the first sheet of an xlsx workbook",
     .details = "It is kept in uploads/SOURCE of the workspace, and nothing is loaded yet. A source whose files are "
                "elsewhere takes none.",
     .parameters = &replace_parameter,
     .n_parameters = 1,
     .answer = "upload",
     .max_body = ATTAIN_MAX_UPLOAD,
     .body_types = "*",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/sources/{source}/proposal",
     .handler = propose,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "What is in a source's uploaded files, and how they could be mapped",
     .answer = "proposal",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "POST",
     .path = "/api/v1/sources/{source}/trial",
     .handler = try_mapping,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Try a mapping of a source's uploaded files, and write nothing",
     .details = "Rows that would be kept out stand there with their reasons. What the files refer to in other sources "
                "is not there in a try.",
     .body = "mapping",
     .answer = "trial",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "PUT",
     .path = "/api/v1/sources/{source}",
     .handler = set_source,
     .permission = ATTAIN_MAY_PUT,
     .tag = "Records",
     .summary = "Write the mapping of a source's uploaded files, so that it can be loaded",
     .parameters = &replace_parameter,
     .n_parameters = 1,
     .body = "mapping",
     .answer = "source-set",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_uploads_routes = G_N_ELEMENTS(api_uploads_routes);
