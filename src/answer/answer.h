/* Questions as they are asked in words, and values in words: what all that ask and answer have in common. */
#pragma once

#include "query/query.h"
#include "session/session.h"

/* A question as texts. Lists end with NULL; NULL is an empty one. */
typedef struct {
  const char *const *kpis; /* several in one text, with commas between, are taken apart; so are those of `by` */
  const char *const *by;
  const char *const *where;
  const char *role;     /* or NULL: its KPIs too */
  const char *period;   /* these four: NULL when not given */
  const char *grain;    /* day, week, month, quarter, year */
  const char *compare;  /* previous, year-ago */
  const char *rates_of; /* YYYY-MM-DD */
  gboolean credit_now;
  gboolean is_command; /* of the command line: messages write options with their dashes */
} AnswerQuestion;

typedef struct {
  QueryRequest request;
  char **kpis;
  char **by;
  char **where;
} AnswerRequest;

void answer_request_clear(AnswerRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerRequest, answer_request_clear)

/* Errors are wrong use. `request` must be zeroed; it keeps `question`'s period. Roles and views are not in it yet. */
gboolean answer_request_read(const Session *session, const AnswerQuestion *question, AnswerRequest *request,
                             GError **error);
/* Adds the KPIs of a role. Errors: USAGE when it has none. */
gboolean answer_request_add_role(const Session *session, const char *role, AnswerRequest *request, GError **error);
/* A view's name among the KPIs becomes those of the view, and its grain holds where none is asked. `only`: the view,
 * where nothing else is asked. */
void answer_request_expand(const Session *session, AnswerRequest *request, const KpiView **only);
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
/* The format code of its numbers in a workbook, as answer_number() writes them; `exact`: with all decimals,
 * money with its cents. NULL: general. It stays valid for the program's life. */
const char *answer_xlsx_format(const Session *session, const KpiDefinition *kpi, gboolean exact);
/* Where a workspace defines it: "kpis/my-kpis.yaml:12"; the caller frees. */
char *answer_place(const KpiDefinition *kpi);
/* A dimension's name as a head: "Lost reason", "Account country"; the caller frees. */
char *answer_dimension(const char *name);
/* The unit as JSON and CSV name it: the displayed one where the KPI says so. */
const char *answer_unit(const KpiDefinition *kpi);
/* A day as YYYY-MM-DD, a UTC instant as 2026-11-21T09:30:00Z; the caller frees. */
char *answer_instant(gint64 utc_us);
const char *answer_member(const char *name); /* "(none)" for NULL */
