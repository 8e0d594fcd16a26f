/* Rules about targets: each agreed target of whom and what the rule names is judged by itself, against its own amount.
 *
 * How far a target has come by now is a matter of pace, and judged while it runs. Its attainment is judged when it has
 * ended, and for a month after; before that only where the rule says so. */
#include "alert/judge_private.h"
#include "pace/pace.h"

#define JUDGED_AFTER_DAYS 31

void alert_targets_clear(AlertTargets *targets) {
  g_clear_pointer(&targets->forecasts, g_array_unref);
  g_clear_pointer(&targets->standings, g_array_unref);
  g_clear_pointer(&targets->agreed, g_ptr_array_unref);
  g_clear_pointer(&targets->all, g_ptr_array_unref);
}

static gboolean is_judged(const Target *target, BaseDay today) {
  const TargetVersion *version = target_in_force(target, today);
  if (!version || target_state(target) != TARGET_AGREED) return FALSE;
  return version->terms.start <= today && today < version->terms.end + JUDGED_AFTER_DAYS;
}

static gboolean read_targets(const AlertDesk *desk, AlertTargets *targets, GError **error) {
  if (targets->standings) return TRUE;
  if (!targets->all && !(targets->all = target_read_all(desk->context->store, error))) return FALSE;
  g_clear_pointer(&targets->agreed, g_ptr_array_unref);
  targets->agreed = g_ptr_array_new();
  for (guint i = 0; i < targets->all->len; i++) {
    Target *target = g_ptr_array_index(targets->all, i);
    if (is_judged(target, desk->context->today)) g_ptr_array_add(targets->agreed, target);
  }
  TargetDesk asking = {.context = desk->context, .ask = desk->ask, .asker = desk->asker};
  targets->standings = target_standings(&asking, targets->agreed, error);
  return targets->standings != NULL;
}

static gboolean read_forecasts(const AlertDesk *desk, AlertTargets *targets, GError **error) {
  if (targets->forecasts) return TRUE;
  TargetDesk asking = {.context = desk->context, .ask = desk->ask, .asker = desk->asker};
  targets->forecasts = pace_forecasts(&asking, targets->standings, error);
  return targets->forecasts != NULL;
}

static gboolean is_meant(const AlertRule *rule, const TargetTerms *terms) {
  if (rule->kpi && !g_str_equal(rule->kpi, terms->kpi)) return FALSE;
  if (!rule->dimension) return TRUE;
  if (!g_str_equal(rule->dimension, terms->dimension)) return FALSE;
  if (!rule->member) return TRUE;
  g_autofree char *wanted = g_utf8_casefold(rule->member, -1);
  g_autofree char *folded = terms->member ? g_utf8_casefold(terms->member, -1) : NULL;
  return g_strcmp0(wanted, folded) == 0;
}

/* Whether the rule has something to say of a target in this phase. */
static gboolean is_time(const AlertRule *rule, const TargetStanding *standing) {
  if (!standing->kpi) return FALSE;
  if (rule->kind != ALERT_ATTAINMENT) return standing->phase == TARGET_RUNNING;
  return standing->phase == TARGET_ENDED || rule->may_be_running;
}

static void judge_behind(AlertFinding *finding, const TargetStanding *standing) {
  const AlertRule *rule = finding->rule;
  if (!standing->has_due || (rule->in_days && !standing->has_days))
    alert_finding_silence(finding, "nothing of it is due before its end");
  else
    alert_finding_judge(finding, rule->in_days ? -standing->days_ahead : -standing->ahead);
}

/* Of what is to stay below, the share of what was due that is still unused decides: 2 - actual / due, as attainment. */
static void judge_pace(AlertFinding *finding, const TargetStanding *standing) {
  if (!standing->has_due || standing->due <= 0)
    alert_finding_silence(finding, "nothing of it is due yet");
  else
    alert_finding_judge(finding, 1 + standing->ahead / standing->due);
}

static void judge_forecast(AlertFinding *finding, const TargetStanding *standing, const PaceForecast *forecast) {
  const AlertRule *rule = finding->rule;
  gboolean has = rule->kind == ALERT_CHANCE ? forecast->has_chance : forecast->has_finish && standing->has_amount;
  if (!has) {
    alert_finding_silence(finding, "there is too little history to tell how it will end");
    return;
  }
  if (rule->kind == ALERT_CHANCE) {
    alert_finding_judge(finding, forecast->chance);
    return;
  }
  TargetScore score = target_score(standing->version->terms.kind, standing->kpi->better, standing->amount,
                                   standing->amount_high, forecast->finish);
  if (score.has_score)
    alert_finding_judge(finding, score.score);
  else
    alert_finding_silence(finding, "its target is 0");
}

static void judge_attainment(AlertFinding *finding, const TargetStanding *standing) {
  if (standing->has_score && standing->score.has_score)
    alert_finding_judge(finding, standing->score.score);
  else
    alert_finding_silence(finding, "there is no value");
}

/* "2026-Q4" where its days are one. */
static void name_period(const Calendar *calendar, const TargetTerms *terms, char *name, gsize size) {
  g_autofree char *first = base_day_format(terms->start), *last = base_day_format(terms->end - 1);
  g_autofree char *text = g_strconcat(first, "..", last, NULL);
  CalendarPeriod period;
  gboolean ok = calendar_parse_period(calendar, text, terms->start, terms->start, terms->start, &period, NULL);
  g_strlcpy(name, ok ? period.name : text, size);
}

static void judge_standing(const Calendar *calendar, const AlertRule *rule, const TargetStanding *standing,
                           const PaceForecast *forecast, GPtrArray *findings) {
  const TargetTerms *terms = &standing->version->terms;
  AlertFinding *finding = alert_finding_add(findings, rule, terms->dimension, terms->member);
  name_period(calendar, terms, finding->period, sizeof finding->period);
  finding->target = standing->target->number;
  finding->kpi = g_intern_string(standing->kpi->name);
  finding->n = standing->actual.n;
  finding->actual = standing->actual.has_value ? standing->actual.value : 0;
  finding->reference = standing->has_amount ? standing->amount : 0;
  if (!standing->has_amount)
    alert_finding_silence(finding, "its baseline has no value");
  else if (standing->actual.n_missing > 0)
    alert_finding_silence(finding, "amounts lack an exchange rate");
  else if (rule->kind == ALERT_ATTAINMENT)
    judge_attainment(finding, standing);
  else if (rule->kind == ALERT_BEHIND)
    judge_behind(finding, standing);
  else if (rule->kind == ALERT_PACE)
    judge_pace(finding, standing);
  else
    judge_forecast(finding, standing, forecast);
}

gboolean alert_targets_judge(const AlertDesk *desk, AlertTargets *targets, const AlertRule *rule, GPtrArray *findings,
                             GError **error) {
  gboolean foretells = rule->kind == ALERT_CHANCE || rule->kind == ALERT_FINISH;
  if (!read_targets(desk, targets, error) || (foretells && !read_forecasts(desk, targets, error))) return FALSE;
  for (guint i = 0; i < targets->standings->len; i++) {
    const TargetStanding *standing = &g_array_index(targets->standings, TargetStanding, i);
    if (!is_meant(rule, &standing->version->terms) || !is_time(rule, standing)) continue;
    judge_standing(desk->context->calendar, rule, standing,
                   foretells ? &g_array_index(targets->forecasts, PaceForecast, i) : NULL, findings);
  }
  return TRUE;
}
