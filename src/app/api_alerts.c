/* Alerts: where the rules stand, what is said of them, when they would have fired, judging and sending. */
#include "app/api_answer.h"
#include "app/api_body.h"

#include <string.h>

static char *make_alerts(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_alerts(api_workspace(exchange), error), "rules", format, n_bytes, error);
}

static void list_alerts(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_alerts);
}

static char *make_findings(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_alert_judge(api_workspace(exchange), error), "findings", format, n_bytes, error);
}

static void judge(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_findings);
}

static char *make_history(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_alert_history(api_workspace(exchange), http_query(exchange, "rule"), error), "events",
                      format, n_bytes, error);
}

static void list_history(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_history);
}

static char *make_test(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  AttainAlertTest test = {.rule = http_path_value(exchange, "rule"),
                          .since = http_query(exchange, "since"),
                          .in_hindsight = http_query_flag(exchange, "hindsight")};
  return api_document(attain_alert_test(api_workspace(exchange), &test, error), "fired", format, n_bytes, error);
}

static void test_rule(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_test);
}

static void say(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  g_autoptr(ApiBody) body = api_body_new(exchange);
  AttainAlertSaying saying = {.act = api_body_text(body, "act"),
                              .rule = http_path_value(exchange, "rule"),
                              .who = api_body_text(body, "who"),
                              .until = api_body_text(body, "until"),
                              .length = api_body_text(body, "for"),
                              .author = api_author(exchange),
                              .reason = api_body_text(body, "reason")};
  if (!saying.act) api_body_mark(body, "act", "is to be snooze, wake or acknowledge");
  if (api_body_end(body, exchange))
    api_reply_json(exchange, attain_alert_say(api_workspace(exchange), &saying, &error), &error);
}

/* --- for those who run it --- */

static char *make_outbox(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  return api_document(attain_alert_outbox(api_workspace(exchange), http_query_flag(exchange, "all"), error), "messages",
                      format, n_bytes, error);
}

static void list_outbox(HttpExchange *exchange, gpointer server) {
  api_answer(exchange, make_outbox);
}

static void run_rules(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  api_reply_json(exchange, attain_alert_run(api_workspace(exchange), &error), &error);
}

static void send_again(HttpExchange *exchange, gpointer server) {
  AttainError error = {0};
  gint64 message = api_path_number(exchange, "message");
  if (message == 0) return;
  if (attain_alert_again(api_workspace(exchange), message, &error))
    http_reply(exchange, 204, NULL, g_strdup(""), 0);
  else
    api_fail(exchange, &error);
}

/* --- routes --- */

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

static const HttpParameter history_parameters[] = {{"rule", HTTP_TEXT, "one rule, by name (default: all)", NULL, FALSE},
                                                   API_FORMAT_PARAMETER};

static const HttpParameter test_parameters[] = {
    {"since", HTTP_TEXT, "the first day that is judged (default: three months ago)", NULL, FALSE},
    {"hindsight", HTTP_FLAG, "by the records as they are known now, for days before the first load, too", NULL, FALSE},
    API_FORMAT_PARAMETER};

static const HttpParameter outbox_parameters[] = {{"all", HTTP_FLAG, "those that were sent, too", NULL, FALSE},
                                                  API_FORMAT_PARAMETER};

const HttpRoute api_alert_routes[] = {
    {.method = "GET",
     .path = "/api/v1/alerts",
     .handler = list_alerts,
     .permission = ATTAIN_MAY_READ,
     .tag = "Alerts",
     .summary = "The rules, and whom they fire for",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "alerts",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/alerts/findings",
     .handler = judge,
     .permission = ATTAIN_MAY_READ,
     .tag = "Alerts",
     .summary = "What each rule finds of whom now; nothing is written",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .answer = "alert-findings",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/alerts/history",
     .handler = list_history,
     .permission = ATTAIN_MAY_READ,
     .tag = "Alerts",
     .summary = "What alerts did, and what was said of them",
     .parameters = history_parameters,
     .n_parameters = G_N_ELEMENTS(history_parameters),
     .answer = "alert-history",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/alerts/{rule}/test",
     .handler = test_rule,
     .permission = ATTAIN_MAY_READ,
     .tag = "Alerts",
     .summary = "When a rule would have fired",
     .parameters = test_parameters,
     .n_parameters = G_N_ELEMENTS(test_parameters),
     .answer = "alert-test",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "POST",
     .path = "/api/v1/alerts/{rule}",
     .handler = say,
     .permission = ATTAIN_MAY_ALERT,
     .tag = "Alerts",
     .summary = "Snooze a rule, wake it, or say that you see to what fires",
     .body = "alert-saying",
     .answer = "alert-event",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "GET",
     .path = "/api/v1/outbox",
     .handler = list_outbox,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Alerts",
     .summary = "Messages that wait to be sent",
     .parameters = outbox_parameters,
     .n_parameters = G_N_ELEMENTS(outbox_parameters),
     .answer = "outbox",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "POST",
     .path = "/api/v1/outbox/{message}",
     .handler = send_again,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Alerts",
     .summary = "Let a message be tried again that was refused or given up",
     .flags = HTTP_ROUTE_SLOW},
    {.method = "POST",
     .path = "/api/v1/alerts",
     .handler = run_rules,
     .permission = ATTAIN_MAY_RUN,
     .tag = "Alerts",
     .summary = "Judge all rules now, and send what is due",
     .answer = "alert-run",
     .flags = HTTP_ROUTE_SLOW},
};
const guint api_n_alert_routes = G_N_ELEMENTS(api_alert_routes);
