/* Rules about a KPI's value or its change: one question for all members, one finding for each. */
#include "alert/book.h"
#include "alert/judge_private.h"
#include "target/members.h"

#include <math.h>

#define NO_RECORDS "there are no records of that time"
#define NOT_OVER   "the period is not over"

/* Sums and counts rest on nothing and are then 0, which may be what the rule is about. */
static int records_needed(const AlertRule *rule, const KpiDefinition *kpi) {
  return rule->at_least > 0 ? rule->at_least : target_adds_up(kpi) ? 0 : 1;
}

/* Whether all of a period's days are over, or that is no matter. Today is not over: a day is judged on the next. */
static gboolean is_time(const AlertDesk *desk, const AlertRule *rule, const KpiDefinition *kpi,
                        const CalendarPeriod *period) {
  return period->end <= desk->context->today || rule->may_be_running || alert_is_standing(kpi);
}

static const char *why_silent(const AlertRule *rule, const KpiDefinition *kpi, const QueryValue *value) {
  if (value->flags & (QUERY_FLAG_BEFORE_DATA | QUERY_FLAG_NO_DATA)) return NO_RECORDS;
  if ((value->flags & QUERY_FLAG_IMMATURE) && !rule->may_be_running) return "its cohort has not had its full time";
  if (value->n_missing > 0) return "amounts lack an exchange rate";
  if (!value->has_value) return "there is no value";
  if (value->n < records_needed(rule, kpi)) return "it rests on too few records";
  return NULL;
}

static void judge_change(AlertFinding *finding, const KpiDefinition *kpi, const QueryRow *row) {
  const AlertRule *rule = finding->rule;
  const QueryValue *before = &row->compared;
  const char *why = row->has_compared ? why_silent(rule, kpi, before) : "there is nothing to compare it with";
  if (!why && rule->is_relative && before->value == 0) why = "it is compared with 0";
  finding->reference = row->has_compared && before->has_value ? before->value : 0;
  if (why) {
    alert_finding_silence(finding, why);
    return;
  }
  double change = finding->actual - before->value;
  if (rule->is_relative) change /= fabs(before->value);
  alert_finding_judge(finding, rule->fires_below ? -change : change);
}

static void judge_row(const AlertDesk *desk, GPtrArray *findings, const AlertRule *rule, const QueryResult *result,
                      const QueryRow *row, const char *member) {
  const KpiDefinition *kpi = query_result_kpi(result, row->kpi);
  const CalendarPeriod *period = query_result_period(result, row->period);
  AlertFinding *finding = alert_finding_add(findings, rule, rule->dimension, member);
  finding->kpi = g_intern_string(kpi->name);
  finding->n = row->value.n;
  finding->actual = row->value.has_value ? row->value.value : 0;
  g_strlcpy(finding->period, period->name, sizeof finding->period);
  const char *why = is_time(desk, rule, kpi, period) ? why_silent(rule, kpi, &row->value) : NOT_OVER;
  if (why)
    alert_finding_silence(finding, why);
  else if (rule->kind == ALERT_CHANGE)
    judge_change(finding, kpi, row);
  else
    alert_finding_judge(finding, row->value.value);
}

static gboolean is_of(const AlertRule *rule, const char *name) {
  if (!rule->member) return name != NULL;
  g_autofree char *wanted = g_utf8_casefold(rule->member, -1), *folded = name ? g_utf8_casefold(name, -1) : NULL;
  return g_strcmp0(wanted, folded) == 0;
}

/* Whether anybody fires, or is about to, who has no row. Listing everybody costs more than the question. */
static gboolean has_idle(const AlertBook *book, const AlertRule *rule, GHashTable *seen) {
  for (guint i = 0; i < alert_book_n(book); i++) {
    const AlertEntry *entry = alert_book_entry(book, i);
    if (entry->state.phase == ALERT_CALM || !g_str_equal(entry->rule, rule->name)) continue;
    const char *colon = strchr(entry->who, ':');
    if (colon && !g_hash_table_contains(seen, colon + 1)) return TRUE;
  }
  return FALSE;
}

/* Whoever did nothing has no row. Of a KPI that adds up that is 0; of another there is nothing to say, and whoever
 * fires goes on. */
static gboolean add_idle(const AlertDesk *desk, GPtrArray *findings, const AlertRule *rule, const QueryResult *result,
                         GHashTable *seen, GError **error) {
  const KpiDefinition *kpi = query_result_kpi(result, 0);
  const CalendarPeriod *period = query_result_period(result, 0);
  gboolean counts = rule->kind == ALERT_VALUE && target_adds_up(kpi) && rule->at_least == 0 && !rule->where[0];
  gboolean is_known = g_str_equal(rule->dimension, "rep") || g_str_equal(rule->dimension, "team");
  if (!is_known || (!counts && desk->book && !has_idle(desk->book, rule, seen))) return TRUE;
  g_autoptr(GPtrArray) names =
      target_members_selling(desk->context, rule->dimension, period->start, period->end, error);
  for (guint i = 0; names && i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (!is_of(rule, name) || g_hash_table_contains(seen, name)) continue;
    AlertFinding *finding = alert_finding_add(findings, rule, rule->dimension, name);
    finding->kpi = g_intern_string(kpi->name);
    g_strlcpy(finding->period, period->name, sizeof finding->period);
    if (!is_time(desk, rule, kpi, period))
      alert_finding_silence(finding, NOT_OVER);
    else if (counts)
      alert_finding_judge(finding, 0);
    else
      alert_finding_silence(finding, NO_RECORDS);
  }
  return names != NULL;
}

static gboolean judge_result(const AlertDesk *desk, GPtrArray *findings, const AlertRule *rule,
                             const QueryResult *result, GError **error) {
  if (g_str_equal(rule->dimension, TARGET_COMPANY)) {
    for (guint i = 0; i < query_result_n_rows(result); i++)
      judge_row(desk, findings, rule, result, query_result_row(result, i), NULL);
    return TRUE;
  }
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < query_result_n_rows(result); i++) {
    const QueryRow *row = query_result_row(result, i);
    const char *name = row->n_members > 0 ? row->members[0] : NULL;
    if (!is_of(rule, name)) continue;
    g_hash_table_add(seen, (gpointer)name);
    judge_row(desk, findings, rule, result, row, name);
  }
  return add_idle(desk, findings, rule, result, seen, error);
}

static QueryResult *ask(const AlertDesk *desk, const QueryRequest *request, GError **error) {
  return desk->ask ? desk->ask(desk->asker, request, error) : query_run(desk->context, request, error);
}

gboolean alert_kpi_judge(const AlertDesk *desk, const AlertRule *rule, GPtrArray *findings, GError **error) {
  const char *const kpis[] = {rule->kpi, NULL}, *const by[] = {rule->dimension, NULL};
  gboolean of_all = g_str_equal(rule->dimension, TARGET_COMPANY);
  QueryRequest request = {
      .kpis = kpis,
      .by = of_all ? NULL : by,
      .period = rule->period,
      .where = (const char *const *)rule->where,
      .compare = rule->kind != ALERT_CHANGE ? QUERY_COMPARE_NONE
                 : rule->compares_year_ago  ? QUERY_COMPARE_YEAR_AGO
                                            : QUERY_COMPARE_PREVIOUS,
      .rates_of = BASE_DAY_NONE,
  };
  g_autoptr(QueryResult) result = ask(desk, &request, error);
  return result && judge_result(desk, findings, rule, result, error);
}
