/* Questions: KPIs of members and periods, one in an address or several in a body, of one commit. */
#include "app/api_answer.h"
#include "app/api_question.h"

#include <string.h>

#define MAX_QUESTIONS 50 /* in one request */

static char *make_ask(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  ApiQuestion asked = {0};
  api_question_of_query(exchange, &asked);
  asked.question.reader = api_author(exchange);
  AttainAnswer *answer = attain_ask(api_workspace(exchange), &asked.question, error);
  char *bytes = answer ? attain_answer_write(answer, format, n_bytes, error) : NULL;
  attain_answer_free(answer);
  return bytes;
}

static void ask(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_ask);
}

/* --- several questions --- */

/* FALSE without an error: a problem was replied. */
static gboolean answer_each(HttpExchange *exchange, const ApiQuestion *asked, guint n_asked, GString *out,
                            AttainError *error) {
  for (guint i = 0; i < n_asked; i++) {
    AttainAnswer *answer = attain_ask(api_workspace(exchange), &asked[i].question, error);
    if (!answer) {
      char *message = error->message;
      error->message = g_strdup_printf("questions[%u]: %s", i, message);
      attain_free(message);
      return FALSE;
    }
    char *json = attain_answer_json(answer);
    attain_answer_free(answer);
    g_string_append(out, i > 0 ? "," : "");
    g_string_append(out, g_strchomp(json));
    attain_free(json);
    if (!http_may_answer(exchange, out->len)) return FALSE;
  }
  return TRUE;
}

static char *answer_all(HttpExchange *exchange, const ApiQuestion *asked, guint n_asked, AttainError *error) {
  AttainWorkspace *workspace = api_workspace(exchange);
  GString *out = g_string_new("{\"answers\": [");
  gboolean ok = attain_hold(workspace, error);
  if (ok) {
    ok = answer_each(exchange, asked, n_asked, out, error);
    attain_release(workspace);
  }
  g_string_append(out, "]}\n");
  return g_string_free(out, !ok);
}

static char *make_answers(HttpExchange *exchange, AttainFormat format, size_t *n_bytes, AttainError *error) {
  g_autoptr(ApiBody) body = api_body_new(exchange);
  const GPtrArray *questions = api_body_objects(body, "questions", MAX_QUESTIONS);
  g_autofree ApiQuestion *asked = g_new0(ApiQuestion, questions->len + 1);
  for (guint i = 0; i < questions->len; i++) {
    api_question_of_body(questions->pdata[i], &asked[i]);
    asked[i].question.reader = api_author(exchange);
  }
  if (!api_body_end(body, exchange)) return NULL;
  if (questions->len > 0)
    return api_document(answer_all(exchange, asked, questions->len, error), "answers.rows", format, n_bytes, error);
  api_refuse(exchange, "ask something: {\"questions\": [{\"kpis\": [\"revenue\"], \"by\": [\"team\"]}]}");
  return NULL;
}

static void ask_several(HttpExchange *exchange, gpointer server) {
  api_answer_and_keep(exchange, server, make_answers);
}

/* --- routes --- */

static const HttpParameter ask_parameters[] = {
    {"kpi", HTTP_LIST, "KPIs and views, by name", NULL, FALSE},
    {"role", HTTP_TEXT, "the KPIs of a role, too", "manager|leader|rep|marketing|finance", FALSE},
    API_QUESTION_PARAMETERS,
    {"grain", HTTP_TEXT, "the period cut", "day|week|month|quarter|year", FALSE},
    {"compare", HTTP_TEXT, "beside the period before, or the same a year ago; like for like while it runs",
     "previous|year-ago", FALSE},
    {"sort", HTTP_TEXT, "members by name, or by the first figure", "name|value", FALSE},
    API_FORMAT_PARAMETER,
    {"top", HTTP_NUMBER, "only the first so many members by the first figure; totals are those of all", NULL, FALSE},
};

static const HttpParameter format_parameter = API_FORMAT_PARAMETER;

const HttpRoute api_ask_routes[] = {
    {.method = "GET",
     .path = "/api/v1/ask",
     .handler = ask,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "KPIs of members and periods",
     .details =
         "Each total is computed again from its parts. A rate carries its number of cases and its 95 % interval.",
     .parameters = ask_parameters,
     .n_parameters = G_N_ELEMENTS(ask_parameters),
     .answer = "answer",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
    {.method = "POST",
     .path = "/api/v1/ask",
     .handler = ask_several,
     .permission = ATTAIN_MAY_READ,
     .tag = "Numbers",
     .summary = "Several questions, answered from one commit",
     .details = "All answers are of the same records and the same clock, whatever is written meanwhile.",
     .parameters = &format_parameter,
     .n_parameters = 1,
     .body = "questions",
     .answer = "answers",
     .flags = HTTP_ROUTE_SLOW,
     .first = api_answer_kept},
};
const guint api_n_ask_routes = G_N_ELEMENTS(api_ask_routes);
