/* Questions read from an address or a body. */
#include "app/api_question.h"

void api_question_of_query(HttpExchange *exchange, ApiQuestion *asked) {
  const char *in_path = http_path_value(exchange, "kpi");
  asked->kpi[0] = in_path;
  asked->where[0] = http_query(exchange, "where");
  asked->question = (AttainQuestion){
      .kpis = in_path ? asked->kpi : http_query_list(exchange, "kpi"),
      .role = http_query(exchange, "role"),
      .by = http_query_list(exchange, "by"),
      .where = asked->where[0] ? asked->where : NULL,
      .period = http_query(exchange, "period"),
      .grain = http_query(exchange, "grain"),
      .compare = http_query(exchange, "compare"),
      .rates_of = http_query(exchange, "rates_of"),
      .as_of = http_query(exchange, "as_of"),
      .credit_now = g_strcmp0(http_query(exchange, "credit"), "now") == 0,
      .by_value = g_strcmp0(http_query(exchange, "sort"), "value") == 0,
      .top = (unsigned)CLAMP(http_query_number(exchange, "top", 0), 0, G_MAXUINT),
  };
}

/* "credit" and "sort" are texts, as in an address, with the same two values each. */
static gboolean is_word(ApiBody *body, const char *name, const char *usual, const char *other) {
  const char *word = api_body_text(body, name);
  if (!word || g_str_equal(word, usual)) return FALSE;
  if (!g_str_equal(word, other)) api_body_mark(body, name, "is to be \"%s\" or \"%s\"", usual, other);
  return TRUE;
}

void api_question_of_body(ApiBody *body, ApiQuestion *asked) {
  asked->question = (AttainQuestion){
      .kpis = api_body_texts(body, "kpis"),
      .role = api_body_text(body, "role"),
      .by = api_body_texts(body, "by"),
      .where = api_body_texts(body, "where"),
      .period = api_body_text(body, "period"),
      .grain = api_body_text(body, "grain"),
      .compare = api_body_text(body, "compare"),
      .rates_of = api_body_text(body, "rates_of"),
      .as_of = api_body_text(body, "as_of"),
      .credit_now = is_word(body, "credit", "event", "now"),
      .by_value = is_word(body, "sort", "name", "value"),
      .top = (unsigned)MIN(api_body_number(body, "top"), G_MAXUINT),
  };
}
