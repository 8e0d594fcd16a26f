/* Scorecards. */
#include "app/api_answer.h"

static char *make_scorecard(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  const char *where[] = {http_query(exchange, "where"), NULL};
  AttainScorecardQuestion question = {.who = http_query(exchange, "who"),
                                      .role = http_query(exchange, "role"),
                                      .kpis = http_query_list(exchange, "kpi"),
                                      .by = http_query_list(exchange, "by"),
                                      .where = where,
                                      .compare = http_query(exchange, "compare"),
                                      .weights = http_query_list(exchange, "weight"),
                                      .period = http_query(exchange, "period"),
                                      .n_trend = (unsigned)CLAMP(http_query_number(exchange, "trend", 0), 0, G_MAXUINT),
                                      .reader = api_author(exchange)};
  return attain_scorecard_write(api_workspace(exchange), &question, format, n_bytes, error);
}

static void show_scorecard(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_scorecard);
}

static const HttpParameter parameters[] = {
    {"who", HTTP_TEXT, "company, team:North, rep:Ana Silva, or a name that only one has (default: company)", NULL,
     FALSE},
    {"role", HTTP_TEXT, "the KPIs of a role (default: of whoever is in the rows)",
     "manager|leader|rep|marketing|finance", FALSE},
    {"kpi", HTTP_LIST, "these KPIs, and always those of which somebody on it has a target", NULL, FALSE},
    {"by", HTTP_LIST, "rows below: at most two dimensions, outermost first", NULL, FALSE},
    {"weight", HTTP_LIST, "revenue=3; attain.yaml's count beside them", NULL, FALSE},
    {"period", HTTP_TEXT, "2026-Q3, 2026-06 … (default: this-quarter)", NULL, FALSE},
    {"compare", HTTP_TEXT, "beside the period before, or the same a year ago (default: previous)", "previous|year-ago",
     FALSE},
    {"where", HTTP_TEXT,
     "count only these: region = 'North' and amount > 10000; targets, which are of all records, are then left out",
     NULL, FALSE},
    {"trend", HTTP_NUMBER, "periods before it (default: as usual for its length)", NULL, FALSE},
    API_FORMAT_PARAMETER};

const HttpRoute api_scorecard_routes[] = {
    {.method = "GET",
     .path = "/api/v1/scorecard",
     .handler = show_scorecard,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "KPIs with target, attainment, pace, chance, trend and score",
     .parameters = parameters,
     .n_parameters = G_N_ELEMENTS(parameters),
     .answer = "scorecard",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
};
const guint api_n_scorecard_routes = G_N_ELEMENTS(api_scorecard_routes);
