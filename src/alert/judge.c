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

/* --- all rules --- */

static gboolean is_gone(const GError *error) {
  return g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND);
}

/* What a rule names and is not there: said once, in the words of the error. */
static void add_gone(GPtrArray *findings, const AlertRule *rule, const GError *cause) {
  AlertFinding *finding = alert_finding_add(findings, rule, rule->member ? rule->dimension : NULL, rule->member);
  finding->verdict = ALERT_GONE;
  finding->words = g_strdup(cause->message);
}

/* Whom a rule names must be there, whether or not there is anything to judge. */
static gboolean is_there(const AlertDesk *desk, const AlertRule *rule, GError **error) {
  if (!rule->member) return TRUE;
  g_autofree char *dimension = NULL, *member = NULL, *who = target_who_write(rule->dimension, rule->member);
  return target_who_read(desk->context, who, &dimension, &member, error);
}

static void add_nothing(GPtrArray *findings, const AlertRule *rule) {
  AlertFinding *finding = alert_finding_add(findings, rule, rule->member ? rule->dimension : NULL, rule->member);
  alert_finding_silence(finding, rule->kind == ALERT_ATTAINMENT    ? "no such target has ended within a month"
                                 : alert_is_of_targets(rule->kind) ? "no such target runs now"
                                                                   : "there are no records of that time");
}

static gboolean judge_rule(const AlertDesk *desk, AlertTargets *targets, const AlertRule *rule, GPtrArray *findings,
                           GError **error) {
  guint n = findings->len;
  gboolean ok = alert_is_of_targets(rule->kind) ? alert_targets_judge(desk, targets, rule, findings, error)
                : rule->kind == ALERT_FRESHNESS ? alert_freshness_judge(desk, rule, findings, error)
                                                : alert_kpi_judge(desk, rule, findings, error);
  if (!ok || findings->len > n) return ok;
  if (!is_there(desk, rule, error)) return FALSE;
  add_nothing(findings, rule);
  return TRUE;
}

GPtrArray *alert_judge(const AlertDesk *desk, const GPtrArray *rules, GError **error) {
  g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(free_finding);
  g_auto(AlertTargets) targets = {0};
  for (guint i = 0; i < rules->len; i++) {
    const AlertRule *rule = g_ptr_array_index(rules, i);
    g_autoptr(GError) cause = NULL;
    if (rule->is_paused || judge_rule(desk, &targets, rule, findings, &cause)) continue;
    if (!is_gone(cause)) {
      g_propagate_prefixed_error(error, g_steal_pointer(&cause), "the rule \"%s\": ", rule->name);
      return NULL;
    }
    add_gone(findings, rule, cause);
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
    ok = alert_kpi_judge(desk, rule, findings, &cause);
  }
  if (ok) return TRUE;
  base_error_at(error, cause->code, rule->span, "the rule \"%s\": %s", rule->name, cause->message);
  return FALSE;
}
