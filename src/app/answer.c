/* Requests from options, and numbers with their units. */
#include "app/answer.h"

void answer_request_clear(AnswerRequest *request) {
  g_strfreev(request->kpis);
  g_strfreev(request->by);
  g_strfreev(request->where);
}

/* "rep, team" and repeated options alike; the caller frees. */
static char **split_names(const char *const *values) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (; *values != NULL; values++) {
    g_auto(GStrv) parts = g_strsplit(*values, ",", -1);
    for (char **part = parts; *part != NULL; part++)
      if (*g_strstrip(*part) != '\0') g_ptr_array_add(names, g_strdup(*part));
  }
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_steal(names, NULL);
}

static char **operands(const CliArguments *arguments) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < cli_n_operands(arguments); i++) {
    g_auto(GStrv) parts = g_strsplit(cli_operand(arguments, i), ",", -1);
    for (char **part = parts; *part != NULL; part++)
      if (*g_strstrip(*part) != '\0') g_ptr_array_add(names, g_strdup(*part));
  }
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_steal(names, NULL);
}

gboolean answer_request_read(const Session *session, const CliArguments *arguments, AnswerRequest *request,
                             GError **error) {
  request->kpis = operands(arguments);
  request->by = split_names(cli_option_all(arguments, "by"));
  request->where = g_strdupv((char **)(gpointer)cli_option_all(arguments, "where"));
  QueryRequest *query = &request->request;
  query->kpis = (const char *const *)request->kpis;
  query->by = (const char *const *)request->by;
  query->where = (const char *const *)request->where;
  query->period = cli_option(arguments, "period");
  query->credit_now = g_strcmp0(cli_option(arguments, "credit"), "now") == 0;
  query->rates_of = BASE_DAY_NONE;
  const char *rates_of = cli_option(arguments, "rates-of");
  if (rates_of == NULL || base_day_parse_iso(rates_of, &query->rates_of)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--rates-of takes a date, such as 2026-01-01, not '%s'", rates_of);
  return FALSE;
}

QueryContext answer_context(const Session *session) {
  return (QueryContext){.store = session->store,
                        .schema = session->schema,
                        .calendar = session->calendar,
                        .catalogue = session->catalogue,
                        .organisation = session->organisation,
                        .now_us = session->now_us,
                        .today = session->today,
                        .now_given = session->now_given};
}

static char *suffixed(double value, const char *suffix) {
  g_autofree char *number = cli_format_number(value, CLI_NUMBER_SCORE, NULL);
  return g_strconcat(number, suffix, NULL);
}

static char *displayed(const char *display, double value) {
  if (g_str_equal(display, "percent")) return cli_format_number(value, CLI_NUMBER_PERCENT, NULL);
  if (g_str_equal(display, "months")) return suffixed(value, " months");
  if (g_str_equal(display, "hours")) return suffixed(value, " hours");
  if (g_str_equal(display, "x") || g_str_equal(display, "times")) return suffixed(value, "×");
  if (g_str_equal(display, "points") || g_str_equal(display, "score"))
    return cli_format_number(value, CLI_NUMBER_SCORE, NULL);
  return cli_format_number(value, CLI_NUMBER_PLAIN, NULL);
}

char *answer_number(const Session *session, const KpiDefinition *kpi, gboolean has_value, double value) {
  if (!has_value) return g_strdup("–");
  if (kpi->display != NULL && kpi->unit.kind != KPI_QUANTITY) return displayed(kpi->display, value);
  switch (kpi->unit.kind) {
    case KPI_COUNT:
      return cli_format_number(value, CLI_NUMBER_COUNT, NULL);
    case KPI_RATIO:
      return cli_format_number(value, CLI_NUMBER_PERCENT, NULL);
    case KPI_SCORE:
      return cli_format_number(value, CLI_NUMBER_SCORE, NULL);
    case KPI_QUANTITY:
      break;
    default:
      return cli_format_number(value, CLI_NUMBER_PLAIN, NULL);
  }
  if (kpi->unit.money_power == 1 && kpi->unit.days_power == 0)
    return cli_format_number(value, CLI_NUMBER_MONEY, session->organisation->currency);
  if (kpi->unit.money_power == 0 && kpi->unit.days_power == 1) {
    if (g_strcmp0(kpi->display, "hours") == 0) return suffixed(value * 24, " hours");
    return cli_format_number(value, CLI_NUMBER_DAYS, NULL);
  }
  if (kpi->unit.money_power == 1 && kpi->unit.days_power == -1) {
    g_autofree char *money = cli_format_number(value, CLI_NUMBER_MONEY, session->organisation->currency);
    return g_strconcat(money, " a day", NULL);
  }
  return cli_format_number(value, CLI_NUMBER_PLAIN, NULL);
}

const char *answer_unit(const KpiDefinition *kpi) {
  if (kpi->display != NULL && kpi->unit.kind != KPI_QUANTITY && !g_str_equal(kpi->display, "percent"))
    return kpi->display;
  return kpi_unit_name(kpi->unit);
}

char *answer_instant(gint64 utc_us) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);
  return time == NULL ? g_strdup("") : g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}

const char *answer_member(const char *name) {
  return name != NULL ? name : "(none)";
}
