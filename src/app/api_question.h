/* Questions as they come over HTTP: in the query of an address, with the names that the command line's options have, or
 * in a body. Private to src/app. */
#pragma once

#include "app/api_body.h"
#include "attain/attain.h"

/* The parameters of a question; use in a route's table. */
#define API_QUESTION_PARAMETERS                                                                                     \
  {"by", HTTP_LIST, "group by rep, manager, team, region, account, industry, product, source, stage or any other",  \
   NULL, FALSE},                                                                                                    \
      {"period", HTTP_TEXT,                                                                                         \
       "2026-Q3, 2026-06, FY2026, last-12-months, 2026-01..2026-06, this-month, all (default: this-quarter)", NULL, \
       FALSE},                                                                                                      \
      {"where", HTTP_TEXT, "count only these: region = 'North' and amount > 10000", NULL, FALSE},                   \
      {"credit", HTTP_TEXT, "owners and teams as at the event, or as they are now", "event|now", FALSE},            \
      {"rates_of", HTTP_TEXT, "constant currency: convert all amounts at the rates of this day", NULL, FALSE}, {    \
    "as_of", HTTP_TEXT, "from the records as they were believed on a date (its end) or at a time", NULL, FALSE      \
  }

/* Lists and texts belong to the exchange or body, and to this struct, which is not to be moved. */
typedef struct {
  AttainQuestion question;
  const char *kpi[2], *where[2];
} ApiQuestion;

/* `asked` must be zeroed. What a route does not have counts as not given; its KPI may be in its path. */
void api_question_of_query(HttpExchange *exchange, ApiQuestion *asked);
/* The members of a question in a body; the caller looks for what is wrong. */
void api_question_of_body(ApiBody *body, ApiQuestion *asked);
