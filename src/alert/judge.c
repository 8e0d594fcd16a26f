/* A metric, a limit and a direction: that is all a rule is once its figures are there.
 *
 *   condition             metric                                          bad
 *   below, above          the KPI's value                                 < limit, > limit
 *   falls, rises          by how much it fell or rose, share or amount    >= limit
 *   attainment, pace,     a share                                         < limit
 *   chance, finish
 *   behind                working days or amount behind what is due       >= limit
 *   older_than            elapsed or working time since the last record   >= limit
 *
 * It has recovered where it would not be bad with `recover` in the limit's place. */
#include "alert/judge.h"

#include "alert/judge_private.h"
#include "target/members.h"

#include <math.h>

AlertClock alert_desk_clock(const AlertDesk *desk) {
  return (AlertClock){desk->context->calendar, desk->alerts};
}

/* --- findings --- */

static void free_finding(gpointer data) {
  AlertFinding *finding = data;
  g_free(finding->who);
  g_free(finding->words);
  g_free(finding);
}

AlertFinding *alert_finding_add(GPtrArray *findings, const AlertRule *rule, const char *dimension, const char *member) {
  AlertFinding *finding = g_new0(AlertFinding, 1);
  finding->rule = rule;
  finding->who = dimension ? target_who_write(dimension, member) : g_strdup("");
  finding->latest_us = G_MININT64;
  g_ptr_array_add(findings, finding);
  return finding;
}

void alert_finding_silence(AlertFinding *finding, const char *why) {
  finding->verdict = ALERT_UNKNOWN;
  finding->silence = why;
}

static gboolean is_beyond(const AlertRule *rule, double value, double limit) {
  if (rule->is_inclusive) return value >= limit - 1e-9 * fabs(limit);
  return rule->fires_below ? value < limit : value > limit;
}

void alert_finding_judge(AlertFinding *finding, double value) {
  const AlertRule *rule = finding->rule;
  finding->has_value = TRUE;
  finding->value = value;
  finding->verdict = is_beyond(rule, value, rule->limit)     ? ALERT_BAD
                     : is_beyond(rule, value, rule->recover) ? ALERT_BETWEEN
                                                             : ALERT_GOOD;
}

/* --- a KPI's value and its change --- */

/* Sums and counts rest on nothing and are then 0, which may be what the rule is about. */
static int records_needed(const AlertRule *rule, const KpiDefinition *kpi) {
  return rule->at_least > 0 ? rule->at_least : target_adds_up(kpi) ? 0 : 1;
}

static const char *why_silent(const AlertRule *rule, const KpiDefinition *kpi, const QueryValue *value) {
  gboolean any_time = rule->may_be_running || alert_is_standing(kpi);
  if (value->flags & (QUERY_FLAG_BEFORE_DATA | QUERY_FLAG_NO_DATA)) return "there are no records of that time";
  if ((value->flags & QUERY_FLAG_RUNNING) && !any_time) return "the period is not over";
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

static void judge_row(GPtrArray *findings, const AlertRule *rule, const QueryResult *result, const QueryRow *row,
                      const char *member) {
  const KpiDefinition *kpi = query_result_kpi(result, row->kpi);
  AlertFinding *finding = alert_finding_add(findings, rule, rule->dimension, member);
  finding->kpi = g_intern_string(kpi->name);
  finding->n = row->value.n;
  finding->actual = row->value.has_value ? row->value.value : 0;
  g_strlcpy(finding->period, query_result_period(result, row->period)->name, sizeof finding->period);
  const char *why = why_silent(rule, kpi, &row->value);
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

/* Whoever did nothing has no row, and of a KPI that adds up that is 0. */
static gboolean add_idle(const AlertDesk *desk, GPtrArray *findings, const AlertRule *rule, const QueryResult *result,
                         GHashTable *seen, GError **error) {
  const KpiDefinition *kpi = query_result_kpi(result, 0);
  const CalendarPeriod *period = query_result_period(result, 0);
  gboolean counts = rule->kind == ALERT_VALUE && target_adds_up(kpi) && rule->at_least == 0 && !rule->where[0];
  gboolean is_known = g_str_equal(rule->dimension, "rep") || g_str_equal(rule->dimension, "team");
  if (!counts || !is_known || (period->end > desk->context->today && !rule->may_be_running)) return TRUE;
  g_autoptr(GPtrArray) names =
      target_members_selling(desk->context, rule->dimension, period->start, period->end, error);
  for (guint i = 0; names && i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (!is_of(rule, name) || g_hash_table_contains(seen, name)) continue;
    AlertFinding *finding = alert_finding_add(findings, rule, rule->dimension, name);
    finding->kpi = g_intern_string(kpi->name);
    g_strlcpy(finding->period, period->name, sizeof finding->period);
    alert_finding_judge(finding, 0);
  }
  return names != NULL;
}

static gboolean judge_result(const AlertDesk *desk, GPtrArray *findings, const AlertRule *rule,
                             const QueryResult *result, GError **error) {
  if (g_str_equal(rule->dimension, TARGET_COMPANY)) {
    for (guint i = 0; i < query_result_n_rows(result); i++)
      judge_row(findings, rule, result, query_result_row(result, i), NULL);
    return TRUE;
  }
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < query_result_n_rows(result); i++) {
    const QueryRow *row = query_result_row(result, i);
    const char *name = row->n_members > 0 ? row->members[0] : NULL;
    if (!is_of(rule, name)) continue;
    g_hash_table_add(seen, (gpointer)name);
    judge_row(findings, rule, result, row, name);
  }
  return add_idle(desk, findings, rule, result, seen, error);
}

static QueryResult *ask(const AlertDesk *desk, const QueryRequest *request, GError **error) {
  return desk->ask ? desk->ask(desk->asker, request, error) : query_run(desk->context, request, error);
}

static gboolean judge_kpi(const AlertDesk *desk, const AlertRule *rule, GPtrArray *findings, GError **error) {
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

/* --- all rules --- */

static gboolean is_gone(const GError *error) {
  return g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND);
}

GPtrArray *alert_judge(const AlertDesk *desk, const GPtrArray *rules, GError **error) {
  g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(free_finding);
  g_auto(AlertTargets) targets = {0};
  for (guint i = 0; i < rules->len; i++) {
    const AlertRule *rule = g_ptr_array_index(rules, i);
    GError *cause = NULL;
    gboolean ok = TRUE;
    if (rule->is_paused) continue;
    if (alert_is_of_targets(rule->kind))
      ok = alert_targets_judge(desk, &targets, rule, findings, &cause);
    else if (rule->kind == ALERT_FRESHNESS)
      ok = alert_freshness_judge(desk, rule, findings, &cause);
    else
      ok = judge_kpi(desk, rule, findings, &cause);
    if (!ok && !is_gone(cause)) {
      g_propagate_prefixed_error(error, cause, "the rule \"%s\": ", rule->name);
      return NULL;
    }
    g_clear_error(&cause);
  }
  return g_steal_pointer(&findings);
}

gboolean alert_rule_check(const AlertDesk *desk, const AlertRule *rule, GError **error) {
  g_autoptr(GError) cause = NULL;
  g_autofree char *dimension = NULL, *member = NULL;
  g_autofree char *who = !rule->dimension ? NULL
                         : rule->member   ? g_strconcat(rule->dimension, ":", rule->member, NULL)
                         : g_str_equal(rule->dimension, TARGET_COMPANY) ? g_strdup(TARGET_COMPANY)
                                                                        : g_strconcat(rule->dimension, ":", NULL);
  gboolean ok = !who || target_who_read(desk->context, who, &dimension, &member, &cause);
  if (ok && (rule->kind == ALERT_VALUE || rule->kind == ALERT_CHANGE)) {
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(free_finding);
    ok = judge_kpi(desk, rule, findings, &cause);
  }
  if (ok) return TRUE;
  base_error_at(error, cause->code, rule->span, "the rule \"%s\": %s", rule->name, cause->message);
  return FALSE;
}
