/* What show, explain and records have in common: the request told by options, and values in words. */
#pragma once

#include "app/session.h"
#include "cli/cli.h"
#include "query/query.h"

/* The options of a question; use in a command's table of options. */
#define ANSWER_OPTIONS                                                                                                 \
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

typedef struct {
  QueryRequest request;
  char **kpis;
  char **by;
  char **where;
} AnswerRequest;

void answer_request_clear(AnswerRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerRequest, answer_request_clear)

/* KPIs are the operands; errors are wrong use. `request` must be zeroed. */
gboolean answer_request_read(const Session *session, const CliArguments *arguments, AnswerRequest *request,
                             GError **error);
QueryContext answer_context(const Session *session);

/* What a record counts as in a measure, to be written as a KPI's number is. */
KpiDefinition answer_counted_as(const KpiMeasure *measure);
/* "31.0 %", "EUR 12,345", "51.0 days", "no value"; the caller frees. */
char *answer_number(const Session *session, const KpiDefinition *kpi, gboolean has_value, double value);
/* The same with its money to so many decimals, as answer_decimals() says for a column. */
char *answer_number_to(const Session *session, const KpiDefinition *kpi, int decimals, gboolean has_value,
                       double value);
/* The decimals with which a KPI's amounts stand under one another, over all of an answer; -1: it has none. */
int answer_decimals(const Session *session, const QueryResult *result, guint kpi);
gboolean answer_is_money(KpiUnit unit); /* an amount, or an amount a day */
/* Where a workspace defines it: "kpis/my-kpis.yaml:12"; the caller frees. */
char *answer_place(const KpiDefinition *kpi);
/* A dimension's name as a head: "Lost reason", "Account country"; the caller frees. */
char *answer_dimension(const char *name);
/* The unit as JSON and CSV name it: the displayed one where the KPI says so. */
const char *answer_unit(const KpiDefinition *kpi);
/* A day as YYYY-MM-DD, a UTC instant as 2026-11-21T09:30:00Z; the caller frees. */
char *answer_instant(gint64 utc_us);
const char *answer_member(const char *name); /* "(none)" for NULL */
