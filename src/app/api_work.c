/* The workspace's own matters: the organisation, sources, loads, rejected rows, and work that takes long. */
#include "app/api_answer.h"

#define USUAL_ROWS 100 /* of a page */
#define MOST_ROWS  1000

/* --- organisation --- */

static char *make_organisation(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  const char *part = http_query(exchange, "part");
  return api_document(attain_organisation(api_workspace(exchange), error), part ? part : "people", format, n_bytes,
                      error);
}

static void show_company(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  api_reply_json(exchange, attain_company(api_workspace(exchange), &error), &error);
}

static void show_organisation(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_organisation);
}

/* --- sources and loads --- */

static char *make_sources(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_sources(api_workspace(exchange), error), "sources", format, n_bytes, error);
}

static void list_sources(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_sources);
}

static unsigned page_rows(const HttpExchange *exchange) {
  return (unsigned)CLAMP(http_query_number(exchange, "limit", USUAL_ROWS), 1, MOST_ROWS);
}

static char *make_loads(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  AttainPage page = {.cursor = http_query(exchange, "cursor"), .limit = page_rows(exchange)};
  return api_document(attain_loads(api_workspace(exchange), http_query(exchange, "source"), &page, error), "loads",
                      format, n_bytes, error);
}

static void list_loads(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_loads);
}

static char *make_rejected(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  AttainPage page = {.cursor = http_query(exchange, "cursor"), .limit = page_rows(exchange)};
  return api_document(attain_rejected(api_workspace(exchange), http_query(exchange, "source"), &page, error),
                      "rejected", format, n_bytes, error);
}

static void list_rejected(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_rejected);
}

/* --- long work --- */

static void show_work(HttpExchange *exchange, gpointer server) {
  AttainProgress progress;
  char share[G_ASCII_DTOSTR_BUF_SIZE], seconds[G_ASCII_DTOSTR_BUF_SIZE];
  attain_progress(api_workspace(exchange), &progress);
  g_ascii_formatd(share, sizeof share, "%.3f", progress.share);
  g_ascii_formatd(seconds, sizeof seconds, "%.3f", progress.is_busy ? progress.seconds : 0);
  const char *quote = progress.what ? "\"" : "";
  char *text = g_strdup_printf("{\"busy\": %s, \"what\": %s%s%s, \"share\": %s, \"seconds\": %s}\n",
                               progress.is_busy ? "true" : "false", quote, progress.what ? progress.what : "null",
                               quote, progress.is_busy && progress.share >= 0 ? share : "null", seconds);
  http_set_header(exchange, "Cache-Control", "no-store");
  api_reply_json(exchange, text, NULL);
}

static void cancel_work(HttpExchange *exchange, gpointer server) {
  bool was_busy = attain_cancel(api_workspace(exchange));
  api_reply_json(exchange, g_strdup_printf("{\"cancelled\": %s}\n", was_busy ? "true" : "false"), NULL);
}

/* --- routes --- */

static const HttpParameter organisation_parameters[] = {
    {"part", HTTP_TEXT, "of a table (CSV, xlsx, Parquet): which list it has (default: people)",
     "people|teams|memberships", FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

static const HttpParameter page_parameters[] = {
    {"source", HTTP_TEXT, "of one source, by name", NULL, FALSE},
    {"limit", HTTP_NUMBER, "so many at most: 1 to 1000 (default: 100)", NULL, FALSE},
    {"cursor", HTTP_TEXT, "from where the page before ended: its `next`", NULL, FALSE},
    API_FORMAT_PARAMETER};

const HttpRoute api_work_routes[] = {
    {.method = "GET",
     .path = "/api/v1/company",
     .handler = show_company,
     .permission = ATTAIN_MAY_READ,
     .tag = "People",
     .summary = "The company's calendar and currency, and what each role may and sees",
     .answer = "company"},
    {.method = "GET",
     .path = "/api/v1/organisation",
     .handler = show_organisation,
     .permission = ATTAIN_MAY_READ,
     .tag = "People",
     .summary = "People, teams and memberships, as far as you may see them",
     .parameters = organisation_parameters,
     .n_parameters = G_N_ELEMENTS(organisation_parameters),
     .answer = "organisation",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/sources",
     .handler = list_sources,
     .permission = ATTAIN_MAY_READ,
     .tag = "Records",
     .summary = "Where records come from, and when each was loaded last; for who runs the server how",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "sources",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/loads",
     .handler = list_loads,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Records",
     .summary = "What loads did, the oldest first",
     .details = "Pages by cursor: a load that comes meanwhile is on a later page, and none is lost or told twice.",
     .parameters = page_parameters,
     .n_parameters = G_N_ELEMENTS(page_parameters),
     .answer = "loads",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/rejected",
     .handler = list_rejected,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Records",
     .summary = "Rows that were kept out, with the reason",
     .details = "Those of the last load of each source. Pages by cursor.",
     .parameters = page_parameters,
     .n_parameters = G_N_ELEMENTS(page_parameters),
     .answer = "rejected",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/work",
     .handler = show_work,
     .permission = ATTAIN_MAY_READ,
     .tag = "Service",
     .summary = "What the server is doing: a load, a check, a replay",
     .answer = "work"},
    {.method = "DELETE",
     .path = "/api/v1/work",
     .handler = cancel_work,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Service",
     .summary = "End what the server is doing; nothing of it is kept",
     .answer = "cancelled",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_work_routes = G_N_ELEMENTS(api_work_routes);
