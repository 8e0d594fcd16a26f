/* Targets: where they stand, what is said of them, grids, handing down, what is within reach, objectives. */
#include "app/api_answer.h"
#include "app/api_body.h"

#define MAX_GRID_BYTES (8 << 20)

/* --- where they stand --- */

static char *make_targets(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  AttainTargetsWanted wanted = {
      .who = http_query(exchange, "who"), .kpi = http_query(exchange, "kpi"), .all = http_query_flag(exchange, "all")};
  return api_document(attain_targets(api_workspace(exchange), &wanted, error), "targets", format, n_bytes, error);
}

static void list_targets(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_targets);
}

static char *make_target(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  AttainTargetsWanted wanted = {.target = api_path_number(exchange, "target")};
  if (wanted.target == 0) return NULL;
  return api_document(attain_targets(api_workspace(exchange), &wanted, error), "targets", format, n_bytes, error);
}

static void show_target(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_target);
}

/* --- what is said of them --- */

static void say(HttpExchange *exchange, gboolean is_new, gint64 target) {
  AttainError error = {0};
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainTargetSaying saying = {.act = api_body_text(body, "act"),
                               .target = target,
                               .sentence = api_body_text(body, "sentence"),
                               .reason = api_body_text(body, "reason"),
                               .author = api_author(exchange)};
  saying.objective = is_new ? api_body_text(body, "objective") : NULL;
  saying.who = is_new ? api_body_text(body, "who") : NULL;
  saying.dry_run = is_new && api_body_flag(body, "dry_run");
  saying.spread = api_body_text(body, "spread");
  saying.parts = api_body_text(body, "parts");
  saying.from = is_new ? NULL : api_body_text(body, "from");
  if (!saying.act)
    api_body_mark(body, "act", "is to be %s",
                  is_new ? "set or propose" : "counter, adjust, accept, decline, withdraw or comment");
  if (api_body_end(body, exchange))
    api_reply_json(exchange, attain_target_say(api_workspace(exchange), &saying, &error), &error);
}

static void say_new(HttpExchange *exchange, gpointer server) {
  say(exchange, TRUE, 0);
}

static void say_about(HttpExchange *exchange, gpointer server) {
  gint64 target = api_path_number(exchange, "target");
  if (target > 0) say(exchange, FALSE, target);
}

static void hand_down(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  gint64 target = api_path_number(exchange, "target");
  if (target == 0) return;
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainHanding handing = {.target = target,
                           .to = api_body_text(body, "to"),
                           .by = api_body_text(body, "by"),
                           .shares = api_body_texts(body, "shares"),
                           .over = api_body_text(body, "over"),
                           .propose = api_body_flag(body, "propose"),
                           .author = api_author(exchange),
                           .reason = api_body_text(body, "reason"),
                           .dry_run = api_body_flag(body, "dry_run")};
  if (api_body_end(body, exchange))
    api_reply_json(exchange, attain_target_cascade(api_workspace(exchange), &handing, &error), &error);
}

static char *make_suggestion(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_target_suggest(api_workspace(exchange), http_query(exchange, "kpi"),
                                            http_query(exchange, "who"), http_query(exchange, "period"), error),
                      "suggestions.reachable", format, n_bytes, error);
}

static void suggest(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_suggestion);
}

/* --- grids --- */

static char *make_grid(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  AttainGridQuestion question = {.kpi = http_query(exchange, "kpi"),
                                 .by = http_query(exchange, "by"),
                                 .period = http_query(exchange, "period"),
                                 .grain = http_query(exchange, "grain")};
  return attain_target_grid_write(api_workspace(exchange), &question, format, n_bytes, error);
}

static void give_grid(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_grid);
}

static void take_grid(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  AttainGridTaking taking = {.sheet = http_query(exchange, "sheet"),
                             .author = api_author(exchange),
                             .reason = http_query(exchange, "reason"),
                             .dry_run = http_query_flag(exchange, "dry_run")};
  taking.bytes = http_body(exchange, &taking.n_bytes);
  if (taking.n_bytes == 0)
    api_refuse(exchange, "the body is to be the grid: the CSV or .xlsx file that GET /api/v1/targets/grid gave");
  else
    api_reply_json(exchange, attain_target_grid_take(api_workspace(exchange), &taking, &error), &error);
}

/* --- objectives --- */

static char *make_objectives(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_objectives(api_workspace(exchange), error), "objectives", format, n_bytes, error);
}

static void list_objectives(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_objectives);
}

static void set_objective(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainObjective objective = {.name = api_body_text(body, "name"),
                               .about = api_body_text(body, "about"),
                               .kpis = api_body_texts(body, "kpis"),
                               .author = api_author(exchange),
                               .end = api_body_flag(body, "end")};
  if (!objective.name) api_body_mark(body, "name", "is to say what the objective is called");
  if (api_body_end(body, exchange))
    api_reply_json(exchange, attain_objective_set(api_workspace(exchange), &objective, &error), &error);
}

/* --- routes --- */

static const HttpParameter list_parameters[] = {
    {"who", HTTP_TEXT, "company, team:North, rep:Ana Silva; rep: of all reps (default: anybody's)", NULL, FALSE},
    {"kpi", HTTP_TEXT, "one KPI, by name", NULL, FALSE},
    {"all", HTTP_FLAG, "those that have ended, were declined or withdrawn, too", NULL, FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter suggest_parameters[] = {
    {"kpi", HTTP_TEXT, "one KPI, by name", NULL, TRUE},
    {"who", HTTP_TEXT, "company, team:North, rep:Ana Silva; rep: of each rep (default: the company)", NULL, FALSE},
    {"period", HTTP_TEXT, "2027-Q1, next-quarter … (default: next-quarter)", NULL, FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter grid_parameters[] = {
    {"kpi", HTTP_TEXT, "one KPI, by name", NULL, TRUE},
    {"by", HTTP_TEXT, "members down: rep, team, region … (default: rep)", NULL, FALSE},
    {"period", HTTP_TEXT, "2027, FY2027 … (default: this-year)", NULL, FALSE},
    {"grain", HTTP_TEXT, "its columns (default: month)", "week|month|quarter|year", FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter take_parameters[] = {
    {"sheet", HTTP_TEXT, "of a workbook (default: its first)", NULL, FALSE},
    {"reason", HTTP_TEXT, "why; a cell that changes a target needs one", NULL, FALSE},
    {"dry_run", HTTP_FLAG, "only what would change", NULL, FALSE}};

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

const HttpRoute api_target_routes[] = {
    {.method = "GET",
     .path = "/api/v1/targets",
     .handler = list_targets,
     .permission = ATTAIN_MAY_READ,
     .tag = "Targets",
     .summary = "Where targets stand and where they will end",
     .details = "Attainment, what is due by today, the pace that is needed, and the chance to reach it.",
     .parameters = list_parameters,
     .n_parameters = G_N_ELEMENTS(list_parameters),
     .answer = "targets",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "POST",
     .path = "/api/v1/targets",
     .handler = say_new,
     .permission = ATTAIN_MAY_TARGET,
     .tag = "Targets",
     .summary = "Set or propose a target, in a sentence",
     .details = "With dry_run only what is understood of the sentence, and what it lacks by the letters of SMART.",
     .body = "target-new",
     .answer = "said",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/targets/grid",
     .handler = give_grid,
     .permission = ATTAIN_MAY_READ,
     .tag = "Targets",
     .summary = "Targets as a grid, members down and periods across",
     .details = "As CSV or xlsx in the form that comes back with PUT.",
     .parameters = grid_parameters,
     .n_parameters = G_N_ELEMENTS(grid_parameters),
     .answer = "grid",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "PUT",
     .path = "/api/v1/targets/grid",
     .handler = take_grid,
     .permission = ATTAIN_MAY_TARGET,
     .tag = "Targets",
     .summary = "Take a grid that comes back, as CSV or xlsx: all of it or nothing",
     .parameters = take_parameters,
     .n_parameters = G_N_ELEMENTS(take_parameters),
     .answer = "grid",
     .max_body = MAX_GRID_BYTES,
     .flags = HTTP_ROUTE_SLOW,
     .body_types = "*"},
    {.method = "GET",
     .path = "/api/v1/targets/suggest",
     .handler = suggest,
     .permission = ATTAIN_MAY_READ,
     .tag = "Targets",
     .summary = "Amounts that are within reach, and what each asks of the KPIs that drive it",
     .parameters = suggest_parameters,
     .n_parameters = G_N_ELEMENTS(suggest_parameters),
     .answer = "suggestions",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "GET",
     .path = "/api/v1/targets/{target}",
     .handler = show_target,
     .permission = ATTAIN_MAY_READ,
     .tag = "Targets",
     .summary = "One target, with its versions and all that was said of it",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "targets",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "POST",
     .path = "/api/v1/targets/{target}",
     .handler = say_about,
     .permission = ATTAIN_MAY_TARGET,
     .tag = "Targets",
     .summary = "Counter, accept, decline, adjust, withdraw or comment on a target",
     .body = "target-saying",
     .answer = "said",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "POST",
     .path = "/api/v1/targets/{target}/parts",
     .handler = hand_down,
     .permission = ATTAIN_MAY_TARGET,
     .tag = "Targets",
     .summary = "Hand an agreed target down; the parts come to the whole to the last unit",
     .body = "handing",
     .answer = "parts",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/objectives",
     .handler = list_objectives,
     .permission = ATTAIN_MAY_READ,
     .tag = "Targets",
     .summary = "What targets are for",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "objectives",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "POST",
     .path = "/api/v1/objectives",
     .handler = set_objective,
     .permission = ATTAIN_MAY_TARGET,
     .tag = "Targets",
     .summary = "Make an objective, change or end it",
     .body = "objective-new",
     .answer = "objective",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_target_routes = G_N_ELEMENTS(api_target_routes);
