/* What a number rests on: how it came to be, the records behind it, what restated it, how it was reported. */
#include "app/api_answer.h"
#include "app/api_question.h"

static char *make_explanation(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  ApiQuestion asked = {0};
  api_question_of_query(exchange, &asked);
  return api_document(attain_explain(api_workspace(exchange), &asked.question, error), "measures.left_out", format,
                      n_bytes, error);
}

static void explain(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_explanation);
}

static char *make_decomposition(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  ApiQuestion asked = {0};
  api_question_of_query(exchange, &asked);
  asked.question.reader = api_author(exchange);
  return api_document(attain_decompose(api_workspace(exchange), &asked.question, error), "members", format, n_bytes,
                      error);
}

static void decompose(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_decomposition);
}

static char *make_records(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  ApiQuestion asked = {0};
  api_question_of_query(exchange, &asked);
  unsigned limit = (unsigned)CLAMP(http_query_number(exchange, "limit", 0), 0, G_MAXUINT);
  AttainPage page = {.cursor = http_query(exchange, "cursor"), .limit = limit};
  if (format == ATTAIN_JSON)
    return api_document(attain_records_page(api_workspace(exchange), &asked.question, &page, error), NULL, format,
                        n_bytes, error);
  if (page.cursor) {
    api_refuse(exchange,
               "pages are JSON: a table (CSV, xlsx, Parquet) has all records, up to its `limit`; leave out "
               "`cursor`");
    return NULL;
  }
  return api_document(attain_records(api_workspace(exchange), &asked.question, limit, error), "measures.records",
                      format, n_bytes, error);
}

static void list_records(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_records);
}

static char *make_changes(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  ApiQuestion asked = {0};
  api_question_of_query(exchange, &asked);
  return api_document(attain_changes(api_workspace(exchange), &asked.question, http_query(exchange, "since"), error),
                      "kpis.measures.records", format, n_bytes, error);
}

static void list_changes(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_changes);
}

/* --- closed periods --- */

static char *make_closed(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_closed_periods(api_workspace(exchange), error), "snapshots", format, n_bytes, error);
}

static void list_closed(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_closed);
}

static char *make_reported(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  ApiQuestion asked = {0};
  api_question_of_query(exchange, &asked);
  unsigned revision = (unsigned)CLAMP(http_query_number(exchange, "revision", 0), 0, G_MAXUINT);
  return api_document(attain_reported(api_workspace(exchange), &asked.question, revision, error), "rows", format,
                      n_bytes, error);
}

static void show_reported(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_reported);
}

static void close_period(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainClosing closing = {.period = api_body_text(body, "period"),
                           .kpis = api_body_texts(body, "kpis"),
                           .by = api_body_texts(body, "by"),
                           .note = api_body_text(body, "note"),
                           .again = api_body_flag(body, "again")};
  if (!closing.period)
    api_body_mark(body, "period", "is to say which period is closed, as in {\"period\": \"2026-Q3\"}");
  if (api_body_end(body, exchange))
    api_reply_json(exchange, attain_close_period(api_workspace(exchange), &closing, &error), &error);
}

/* --- routes --- */

static const HttpParameter explain_parameters[] = {
    {"kpi", HTTP_LIST, "one KPI, by name", NULL, TRUE}, API_QUESTION_PARAMETERS, API_FORMAT_PARAMETER};

static const HttpParameter decompose_parameters[] = {
    {"kpi", HTTP_LIST, "one KPI, by name", NULL, TRUE},
    API_QUESTION_PARAMETERS,
    {"compare", HTTP_TEXT, "with the period before, or the same a year ago (default: previous)", "previous|year-ago",
     FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter record_parameters[] = {
    {"kpi", HTTP_LIST, "one KPI, by name", NULL, TRUE},
    API_QUESTION_PARAMETERS,
    {"limit", HTTP_NUMBER,
     "so many of a page (default: 1000); of a table (CSV, xlsx, Parquet), which has all, more of a measure are an "
     "error",
     NULL, FALSE},
    {"cursor", HTTP_TEXT, "from where the page before ended: its `next`", NULL, FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter change_parameters[] = {
    {"kpi", HTTP_LIST, "KPIs, by name", NULL, TRUE},
    {"since", HTTP_TEXT, "a date (its end) or a time, such as 2026-10-05", NULL, TRUE},
    {"period", HTTP_TEXT, "2026-Q3, 2026-06, FY2026, last-12-months … (default: this-quarter)", NULL, FALSE},
    {"where", HTTP_TEXT, "count only these: region = 'North' and amount > 10000", NULL, FALSE},
    {"credit", HTTP_TEXT, "owners and teams as at the event, or as they are now", "event|now", FALSE},
    {"rates_of", HTTP_TEXT, "constant currency: convert all amounts at the rates of this day", NULL, FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

static const HttpParameter reported_parameters[] = {
    {"kpi", HTTP_LIST, "KPIs, by name (default: all that were kept)", NULL, FALSE},
    {"role", HTTP_TEXT, "the KPIs of a role", "manager|leader|rep|marketing|finance", FALSE},
    {"by", HTTP_LIST, "one dimension by which it was kept: rep, team …", NULL, FALSE},
    {"period", HTTP_TEXT, "2026-Q3 (default: the one closed last)", NULL, FALSE},
    {"revision", HTTP_NUMBER, "the nth closing of the period (default: the last)", NULL, FALSE},
    API_FORMAT_PARAMETER};

const HttpRoute api_trail_routes[] = {
    {.method = "GET",
     .path = "/api/v1/explain",
     .handler = explain,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "How a number came to be",
     .details = "Its formula, how many records are in each measure and why the others are not.",
     .parameters = explain_parameters,
     .n_parameters = G_N_ELEMENTS(explain_parameters),
     .answer = "explanation",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/decompose",
     .handler = decompose,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "What made the change of a number, by the members of a dimension",
     .details = "The effects of the members and the rest come to the whole change. A sum is split by its members' "
                "changes; a ratio or mean by rate (a member does better) and mix (there is more of one that is above "
                "the whole). KPIs that are not made of their members' are refused, with the reason.",
     .parameters = decompose_parameters,
     .n_parameters = G_N_ELEMENTS(decompose_parameters),
     .answer = "decomposition",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/records",
     .handler = list_records,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "The records behind a number",
     .details = "What is one page is by day, what is more by id: a record that counts all the while is on one page and "
                "only there. `total` is of all pages.",
     .parameters = record_parameters,
     .n_parameters = G_N_ELEMENTS(record_parameters),
     .answer = "records-behind",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/changes",
     .handler = list_changes,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "What restated numbers since a time",
     .details = "Each KPI as it was believed then and as it is now, and every record that counts otherwise.",
     .parameters = change_parameters,
     .n_parameters = G_N_ELEMENTS(change_parameters),
     .answer = "changes",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/periods",
     .handler = list_closed,
     .permission = ATTAIN_MAY_READ,
     .tag = "Closed periods",
     .summary = "The periods that were closed",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "periods",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "POST",
     .path = "/api/v1/periods",
     .handler = close_period,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Closed periods",
     .summary = "Close a period: keep its numbers as they are now",
     .body = "closing",
     .answer = "period",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/reported",
     .handler = show_reported,
     .permission = ATTAIN_MAY_READ,
     .tag = "Closed periods",
     .summary = "Numbers as they were reported, beside what they are now",
     .parameters = reported_parameters,
     .n_parameters = G_N_ELEMENTS(reported_parameters),
     .answer = "reported",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_trail_routes = G_N_ELEMENTS(api_trail_routes);
