/* From a question's texts to a request: names taken apart, dimensions looked at, roles and views spelled out. */
#include "answer/answer.h"
#include "query/reach.h"

void answer_request_clear(AnswerRequest *request) {
  g_strfreev(request->kpis);
  g_strfreev(request->by);
  g_strfreev(request->where);
}

/* "rep, team" and repeated texts alike; the caller frees. */
static char **split_names(const char *const *values) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (; values != NULL && *values != NULL; values++) {
    g_auto(GStrv) parts = g_strsplit(*values, ",", -1);
    for (char **part = parts; *part != NULL; part++)
      if (*g_strstrip(*part) != '\0') g_ptr_array_add(names, g_strdup(*part));
  }
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_steal(names, NULL);
}

static const char *dashes(const AnswerQuestion *question) {
  return question->is_command ? "--" : "";
}

/* --- dimensions --- */

static gboolean is_grouped(const LedgerColumn *column) {
  return column->type == LEDGER_TEXT || column->type == LEDGER_REF || column->type == LEDGER_BOOL ||
         column->type == LEDGER_COUNT;
}

/* A column that is there and yet no dimension: a date is asked for by its period, an amount in a condition. */
static gboolean check_dimension(const Session *session, const AnswerQuestion *question, const char *name,
                                GError **error) {
  const char *dot = strrchr(name, '.'), *d = dashes(question);
  const LedgerColumn *found = NULL;
  for (guint t = 0; t < ledger_schema_n_tables(session->schema); t++) {
    const LedgerTable *table = ledger_schema_table(session->schema, t);
    const LedgerColumn *column = ledger_table_column(table, dot != NULL ? dot + 1 : name);
    if (g_str_equal(table->name, name) || (column != NULL && is_grouped(column))) return TRUE;
    if (column != NULL) found = column;
  }
  if (found == NULL) return TRUE;
  if (found->type == LEDGER_INSTANT)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "%s is a date: dates are asked for by %sgrain, as in %sgrain month, and by %speriod", name, d, d, d);
  else
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "%s is a number, and nothing can be grouped by it; count a part of it, as in %swhere \"%s > 10000\"",
                name, d, name);
  return FALSE;
}

/* --- options --- */

static gboolean read_grain(const AnswerQuestion *question, QueryRequest *request, GError **error) {
  if (question->grain == NULL) return TRUE;
  request->has_grain = calendar_grain_parse(question->grain, &request->grain);
  if (request->has_grain) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%sgrain takes day, week, month, quarter or year, not '%s'",
              dashes(question), question->grain);
  return FALSE;
}

static gboolean read_compare(const AnswerQuestion *question, QueryRequest *request, GError **error) {
  if (question->compare == NULL) return TRUE;
  request->compare = g_str_equal(question->compare, "previous")   ? QUERY_COMPARE_PREVIOUS
                     : g_str_equal(question->compare, "year-ago") ? QUERY_COMPARE_YEAR_AGO
                                                                  : QUERY_COMPARE_NONE;
  if (request->compare != QUERY_COMPARE_NONE) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%scompare takes previous or year-ago, not '%s'", dashes(question),
              question->compare);
  return FALSE;
}

static gboolean read_rates_of(const AnswerQuestion *question, QueryRequest *request, GError **error) {
  request->rates_of = BASE_DAY_NONE;
  if (question->rates_of == NULL || base_day_parse_iso(question->rates_of, &request->rates_of)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%srates-of takes a date, such as 2026-01-01, not '%s'",
              dashes(question), question->rates_of);
  return FALSE;
}

gboolean answer_request_read(const Session *session, const AnswerQuestion *question, AnswerRequest *request,
                             GError **error) {
  static const char *const none[] = {NULL};
  request->kpis = split_names(question->kpis);
  request->by = split_names(question->by);
  for (char **name = request->by; *name != NULL; name++)
    if (!check_dimension(session, question, *name, error)) return FALSE;
  request->where = g_strdupv((char **)(gpointer)(question->where != NULL ? question->where : none));
  QueryRequest *query = &request->request;
  query->kpis = (const char *const *)request->kpis;
  query->by = (const char *const *)request->by;
  query->where = (const char *const *)request->where;
  query->period = question->period;
  query->credit_now = question->credit_now;
  if (session->sight && !query_reach_check(session->schema, query->by, query->where, error)) return FALSE;
  return read_rates_of(question, query, error) && read_grain(question, query, error) &&
         read_compare(question, query, error);
}

/* --- roles and views --- */

static void take_names(AnswerRequest *request, GPtrArray *names) {
  g_ptr_array_add(names, NULL);
  g_strfreev(request->kpis);
  request->kpis = (char **)g_ptr_array_steal(names, NULL);
  request->request.kpis = (const char *const *)request->kpis;
}

gboolean answer_request_add_role(const Session *session, const char *role, AnswerRequest *request, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (char **kpi = request->kpis; *kpi != NULL; kpi++) g_ptr_array_add(names, g_strdup(*kpi));
  for (guint i = 0; i < kpi_catalogue_n_kpis(session->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(session->catalogue, i);
    if (kpi->roles != NULL && g_strv_contains(kpi->roles, role)) g_ptr_array_add(names, g_strdup(kpi->name));
  }
  take_names(request, names);
  if (request->kpis[0] != NULL) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
              "no KPI is in the set of '%s': the sets are manager, leader, rep, marketing and finance", role);
  return FALSE;
}

void answer_request_expand(const Session *session, AnswerRequest *request, const KpiView **only) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  *only = NULL;
  for (char **kpi = request->kpis; *kpi != NULL; kpi++) {
    const KpiView *view = kpi_catalogue_find_view(session->catalogue, *kpi);
    if (view == NULL) {
      g_ptr_array_add(names, g_strdup(*kpi));
      continue;
    }
    if (request->kpis[1] == NULL) *only = view;
    for (guint i = 0; i < view->n_kpis; i++) g_ptr_array_add(names, g_strdup(view->kpis[i]->name));
  }
  take_names(request, names);
  if (*only == NULL || !(*only)->has_grain || request->request.has_grain) return;
  request->request.has_grain = TRUE;
  request->request.grain = (*only)->grain;
}
