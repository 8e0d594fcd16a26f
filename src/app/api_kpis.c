/* KPIs themselves: the catalogue, mistakes in the set of them, the few that serve a goal. */
#include "app/api_answer.h"

static char *make_kpis(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  const char *const one[] = {http_path_value(exchange, "kpi"), NULL};
  AttainKpisWanted wanted = {.names = one[0] ? one : http_query_list(exchange, "kpi"),
                             .role = http_query(exchange, "role"),
                             .business = http_query(exchange, "business"),
                             .category = http_query(exchange, "category")};
  return api_document(attain_kpis(api_workspace(exchange), &wanted, error), "kpis", format, n_bytes, error);
}

static void list_kpis(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_kpis);
}

static char *make_findings(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_lint(api_workspace(exchange), http_query_list(exchange, "rule"), error), "findings",
                      format, n_bytes, error);
}

static void lint(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_findings);
}

static char *make_rules(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_lint_rules(), "", format, n_bytes, error);
}

static void list_lint_rules(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_rules);
}

static char *make_goals(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_choose(api_workspace(exchange), NULL, error), "", format, n_bytes, error);
}

static void list_goals(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_goals);
}

static char *make_choice(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_choose(api_workspace(exchange), http_query(exchange, "goal"), error), "kpis", format,
                      n_bytes, error);
}

static void choose(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_choice);
}

static char *make_check(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_check(api_workspace(exchange), error), "findings", format, n_bytes, error);
}

static void check(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_check);
}

/* --- routes --- */

static const HttpParameter kpi_parameters[] = {
    {"kpi", HTTP_LIST, "these, in their order (default: all that fit the rest, by category)", NULL, FALSE},
    {"role", HTTP_TEXT, "the set of a role", "manager|leader|rep|marketing|finance", FALSE},
    {"business", HTTP_TEXT, "what fits one kind of business", "b2b|saas|retail|agency", FALSE},
    {"category", HTTP_TEXT, "one category", "financial|pipeline|activity|customer|marketing|service|people", FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter lint_parameters[] = {{"rule", HTTP_LIST, "only these rules (default: all)", NULL, FALSE},
                                                API_FORMAT_PARAMETER};

static const HttpParameter choose_parameters[] = {
    {"goal", HTTP_TEXT, "the goal's name, or what is wanted in words", NULL, TRUE}, API_FORMAT_PARAMETER};

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

const HttpRoute api_kpis_routes[] = {
    {.method = "GET",
     .path = "/api/v1/kpis",
     .handler = list_kpis,
     .permission = ATTAIN_MAY_READ,
     .tag = "KPIs",
     .summary = "KPIs with their questions, formulas and traps, and the views",
     .parameters = kpi_parameters,
     .n_parameters = G_N_ELEMENTS(kpi_parameters),
     .answer = "kpis",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/kpis/{kpi}",
     .handler = list_kpis,
     .permission = ATTAIN_MAY_READ,
     .tag = "KPIs",
     .summary = "One KPI",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "kpis",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/goals",
     .handler = list_goals,
     .permission = ATTAIN_MAY_READ,
     .tag = "KPIs",
     .summary = "The goals for which KPIs can be chosen",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "goals",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/choose",
     .handler = choose,
     .permission = ATTAIN_MAY_READ,
     .tag = "KPIs",
     .summary = "The few KPIs that serve a goal, with the data that each needs",
     .parameters = choose_parameters,
     .n_parameters = G_N_ELEMENTS(choose_parameters),
     .answer = "choice",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/lint",
     .handler = lint,
     .permission = ATTAIN_MAY_READ,
     .tag = "KPIs",
     .summary = "Mistakes in the set of KPIs, targets and records, with evidence and remedy",
     .parameters = lint_parameters,
     .n_parameters = G_N_ELEMENTS(lint_parameters),
     .answer = "findings",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/lint/rules",
     .handler = list_lint_rules,
     .permission = ATTAIN_MAY_READ,
     .tag = "KPIs",
     .summary = "What is looked for",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "lint-rules"},
    {.method = "GET",
     .path = "/api/v1/check",
     .handler = check,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Records",
     .summary = "What is wrong with definitions, sources, rules and records",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "check",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_kpis_routes = G_N_ELEMENTS(api_kpis_routes);
