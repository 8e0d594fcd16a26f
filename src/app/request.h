/* A question told by options. Private to src/app. */
#pragma once

#include "answer/answer.h"
#include "cli/cli.h"

/* The options of a question; use in a command's table of options. */
#define REQUEST_OPTIONS                                                                                                \
  {"by",                                                                                                               \
   'b',                                                                                                                \
   CLI_VALUES,                                                                                                         \
   "DIMENSION",                                                                                                        \
   "group by rep, manager, team, region, account, industry, product, source, stage or any other; several with commas", \
   NULL},                                                                                                              \
      {"period",                                                                                                       \
       'p',                                                                                                            \
       CLI_VALUE,                                                                                                      \
       "PERIOD",                                                                                                       \
       "2026-Q3, 2026-06, FY2026, last-12-months, 2026-01..2026-06, this-month, all (default: this-quarter)",          \
       NULL},                                                                                                          \
      {"where",                                                                                                        \
       'w',                                                                                                            \
       CLI_VALUES,                                                                                                     \
       "CONDITION",                                                                                                    \
       "count only these: \"region = 'North' and amount > 10000\"; several must all hold",                             \
       NULL},                                                                                                          \
      {"credit", 0, CLI_VALUE, "WHEN", "owners and teams as at the event, or as they are now", "event|now"},           \
      {"rates-of", 0, CLI_VALUE, "DATE", "constant currency: convert all amounts at the rates of this day", NULL}, {   \
    "as-of", 0, CLI_VALUE, "TIME", "from the records as they were believed on a date (its end) or at a time", NULL     \
  }

/* KPIs are the operands; errors are wrong use. `request` must be zeroed. Options that a command does not have count as
 * not given. */
gboolean request_read(const Session *session, const CliArguments *arguments, AnswerRequest *request, GError **error);
/* An option that is a whole number from 1; `otherwise` where it is not given. Errors are wrong use. */
gboolean request_number(const CliArguments *arguments, const char *name, guint otherwise, guint *number,
                        GError **error);
