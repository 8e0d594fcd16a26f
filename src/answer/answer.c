/* Numbers and their units in words. */
#include "answer/answer.h"

#include "base/money.h"
#include "cli/xlsx.h"

/* Of a survival the days are counted, whatever the measure is of. */
KpiDefinition answer_counted_as(const KpiMeasure *measure) {
  return (KpiDefinition){.unit = measure->agg == KPI_AGG_KM ? (KpiUnit){KPI_QUANTITY, 0, 1} : measure->unit};
}

QueryContext answer_context(const Session *session) {
  return (QueryContext){.store = session->store,
                        .schema = session->schema,
                        .calendar = session->calendar,
                        .catalogue = session->catalogue,
                        .organisation = session->organisation,
                        .now_us = session->now_us,
                        .today = session->today,
                        .now_given = session->now_given,
                        .sight = session->sight,
                        .stop = session->stop};
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

gboolean answer_is_money(KpiUnit unit) {
  return unit.kind == KPI_QUANTITY && unit.money_power == 1 && (unit.days_power == 0 || unit.days_power == -1);
}

static char *money(const Session *session, int decimals, double value) {
  const char *currency = session->organisation->currency;
  return decimals < 0 ? cli_format_number(value, CLI_NUMBER_MONEY, currency)
                      : cli_format_money(value, currency, decimals);
}

static char *quantity(const Session *session, const KpiDefinition *kpi, int decimals, double value) {
  if (answer_is_money(kpi->unit)) {
    g_autofree char *amount = money(session, decimals, value);
    return g_strconcat(amount, kpi->unit.days_power < 0 ? " a day" : "", NULL);
  }
  if (kpi->unit.money_power != 0 || kpi->unit.days_power != 1) return cli_format_number(value, CLI_NUMBER_PLAIN, NULL);
  if (g_strcmp0(kpi->display, "hours") == 0) return suffixed(value * 24, " hours");
  return cli_format_number(value, CLI_NUMBER_DAYS, NULL);
}

char *answer_number_to(const Session *session, const KpiDefinition *kpi, int decimals, gboolean has_value,
                       double value) {
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
      return quantity(session, kpi, decimals, value);
    default:
      return cli_format_number(value, CLI_NUMBER_PLAIN, NULL);
  }
}

char *answer_number(const Session *session, const KpiDefinition *kpi, gboolean has_value, double value) {
  return answer_number_to(session, kpi, -1, has_value, value);
}

const char *answer_xlsx_format(const Session *session, const KpiDefinition *kpi, gboolean exact) {
  const char *currency = session->organisation->currency;
  if (answer_is_money(kpi->unit))
    return cli_xlsx_format(CLI_NUMBER_MONEY, currency, exact ? (guint)base_currency_digits(currency) : 0);
  if (kpi->unit.kind == KPI_QUANTITY || (kpi->display && !g_str_equal(kpi->display, "percent")))
    return exact ? NULL : cli_xlsx_format(CLI_NUMBER_DAYS, NULL, 1);
  if (kpi->unit.kind == KPI_RATIO || kpi->display) return cli_xlsx_format(CLI_NUMBER_PERCENT, NULL, 1);
  if (kpi->unit.kind == KPI_COUNT) return cli_xlsx_format(CLI_NUMBER_COUNT, NULL, 0);
  return kpi->unit.kind == KPI_SCORE ? cli_xlsx_format(CLI_NUMBER_SCORE, NULL, 1) : NULL;
}

/* --- columns --- */

static void add_amount(GArray *amounts, gboolean has, double value) {
  if (has) g_array_append_val(amounts, value);
}

static void add_amounts(GArray *amounts, const QueryRow *row) {
  const QueryValue *figures[] = {&row->value, row->has_compared ? &row->compared : NULL,
                                 row->has_compared_whole ? &row->compared_whole : NULL};
  for (guint i = 0; i < G_N_ELEMENTS(figures); i++) {
    if (figures[i] == NULL) continue;
    add_amount(amounts, figures[i]->has_value, figures[i]->value);
    add_amount(amounts, i == 0 && figures[i]->has_interval, figures[i]->low);
    add_amount(amounts, i == 0 && figures[i]->has_interval, figures[i]->high);
  }
}

int answer_decimals(const Session *session, const QueryResult *result, guint kpi) {
  if (!answer_is_money(query_result_kpi(result, kpi)->unit)) return -1;
  g_autoptr(GArray) amounts = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint r = 0; r < query_result_n_rows(result); r++)
    if (query_result_row(result, r)->kpi == kpi) add_amounts(amounts, query_result_row(result, r));
  for (guint t = 0; t < query_result_n_totals(result); t++)
    if (query_result_total(result, t)->kpi == kpi) add_amounts(amounts, query_result_total(result, t));
  return cli_money_decimals((const double *)(gpointer)amounts->data, amounts->len, session->organisation->currency,
                            FALSE);
}

char *answer_place(const KpiDefinition *kpi) {
  return g_strdup_printf("%s:%u", kpi->span.file != NULL ? kpi->span.file : "", kpi->span.line);
}

char *answer_dimension(const char *name) {
  char *title = g_strdelimit(g_strdup(name), "_.", ' ');
  title[0] = g_ascii_toupper(title[0]);
  return title;
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
