/* What a rule found, in one sentence that stands by itself: it is read in a chat or a mail, far from any table. */
#include "answer/alerts.h"

#include <math.h>

char *answer_alert_who(const char *who) {
  const char *colon = strchr(who, ':');
  if (g_str_equal(who, "company")) return g_strdup("the company");
  if (!colon) return g_strdup(who);
  if (g_str_has_prefix(who, "rep:")) return g_strdup(colon + 1);
  g_autofree char *dimension = g_strndup(who, (gsize)(colon - who));
  return g_strconcat(dimension, " ", colon + 1, NULL);
}

char *answer_alert_time(const Session *session, gint64 at_us) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(session->organisation->time_zone);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
  return local ? g_date_time_format(local, "%Y-%m-%d %H:%M") : g_strdup("");
}

const char *answer_alert_act(AlertAct act) {
  switch (act) {
    case ALERT_ACT_PEND:
      return "pending";
    case ALERT_ACT_CALM:
      return "calm again";
    case ALERT_ACT_FIRE:
      return "firing";
    case ALERT_ACT_EASE:
      return "recovering";
    case ALERT_ACT_RELAPSE:
      return "firing again";
    case ALERT_ACT_RECOVER:
      return "recovered";
    case ALERT_ACT_REMIND:
      return "still firing";
    case ALERT_ACT_END:
      return "judged no more";
    case ALERT_ACT_SNOOZE:
      return "snoozed";
    case ALERT_ACT_WAKE:
      return "woken";
    case ALERT_ACT_ACK:
      return "acknowledged";
    case ALERT_ACT_NONE:
      break;
  }
  return "";
}

static const KpiDefinition *kpi_of(const Session *session, const char *name) {
  return name ? kpi_catalogue_find(session->catalogue, name, NULL) : NULL;
}

static char *share(double value) {
  return cli_format_number(value, CLI_NUMBER_PERCENT, NULL);
}

/* --- of a KPI --- */

static char *say_value(const Session *session, const AlertFinding *finding, const KpiDefinition *kpi, const char *who) {
  const AlertRule *rule = finding->rule;
  g_autofree char *value = answer_number(session, kpi, TRUE, finding->value);
  g_autofree char *limit = answer_number(session, kpi, TRUE, rule->limit);
  if (finding->verdict != ALERT_BAD)
    return g_strdup_printf("%s of %s: %s in %s, limit %s", kpi->title, who, value, finding->period, limit);
  return g_strdup_printf("%s of %s: %s in %s, %s %s", kpi->title, who, value, finding->period,
                         rule->fires_below ? "below" : "above", limit);
}

static char *say_change(const Session *session, const AlertFinding *finding, const KpiDefinition *kpi,
                        const char *who) {
  const AlertRule *rule = finding->rule;
  double moved = rule->fires_below ? -finding->value : finding->value;
  g_autofree char *by = rule->is_relative ? share(fabs(moved)) : answer_number(session, kpi, TRUE, fabs(moved));
  g_autofree char *value = answer_number(session, kpi, TRUE, finding->actual);
  g_autofree char *before = answer_number(session, kpi, TRUE, finding->reference);
  return g_strdup_printf("%s of %s %s by %s: %s in %s, %s %s", kpi->title, who, moved < 0 ? "fell" : "rose", by, value,
                         finding->period, before, rule->compares_year_ago ? "a year ago" : "in the period before");
}

/* --- of a target --- */

static char *target_words(const Session *session, const AlertFinding *finding, const KpiDefinition *kpi) {
  const AlertRule *rule = finding->rule;
  switch (rule->kind) {
    case ALERT_ATTAINMENT: {
      g_autofree char *attained = share(finding->value);
      return g_strdup_printf("is attained to %s", attained);
    }
    case ALERT_BEHIND: {
      double behind = fabs(finding->value);
      const char *side = finding->value > 0 ? "behind" : "ahead";
      g_autofree char *amount = answer_number(session, kpi, TRUE, behind);
      if (!rule->in_days) return g_strdup_printf("is %s %s", amount, side);
      g_autofree char *days = base_count_words((gint64)behind, "# working {day|days}");
      return g_strdup_printf("is %s %s", days, side);
    }
    case ALERT_PACE: {
      g_autofree char *pace = share(finding->value);
      return g_strdup_printf("has come to %s of what is due by now", pace);
    }
    case ALERT_CHANCE: {
      g_autofree char *chance = share(finding->value);
      return g_strdup_printf("will be made with a probability of %s", chance);
    }
    default: {
      g_autofree char *finish = share(finding->value);
      return g_strdup_printf("is heading for %s", finish);
    }
  }
}

static char *say_target(const Session *session, const AlertFinding *finding, const KpiDefinition *kpi,
                        const char *who) {
  g_autofree char *state = target_words(session, finding, kpi);
  g_autofree char *actual = answer_number(session, kpi, TRUE, finding->actual);
  g_autofree char *amount = answer_number(session, kpi, TRUE, finding->reference);
  return g_strdup_printf("Target %" G_GINT64_FORMAT ", %s of %s in %s, %s: %s %s %s", finding->target, kpi->title, who,
                         finding->period, state, actual, target_adds_up(kpi) ? "of" : "against", amount);
}

/* --- of records --- */

static char *say_freshness(const Session *session, const AlertFinding *finding) {
  const AlertRule *rule = finding->rule;
  g_autofree char *since = answer_alert_time(session, finding->latest_us);
  g_autofree char *longest = alert_duration_write(rule->older_than);
  const char *what = rule->fact ? rule->fact : rule->source;
  if (finding->latest_us == G_MININT64)
    return g_strdup_printf(rule->fact ? "There was never a record of %s; the first load was %s than %s ago"
                                      : "Nothing has ever come from %s; the first load was %s than %s ago",
                           what, finding->verdict == ALERT_BAD ? "more" : "less", longest);
  if (finding->verdict != ALERT_BAD)
    return g_strdup_printf(
        rule->fact ? "There are new records of %s again: the last is of %s" : "Something new came from %s again, at %s",
        what, since);
  return g_strdup_printf(rule->fact ? "No new record of %s since %s: that is %s or more"
                                    : "Nothing new from %s since %s: that is %s or more",
                         what, since, longest);
}

char *answer_alert_say(const AlertFinding *finding, AlertAct act, const AlertState *before, gpointer user_data) {
  const Session *session = user_data;
  const AlertRule *rule = finding->rule;
  const KpiDefinition *kpi = kpi_of(session, finding->kpi);
  g_autofree char *who = answer_alert_who(finding->who);
  if (finding->verdict == ALERT_UNKNOWN) return g_strdup(finding->silence);
  if (finding->verdict == ALERT_GONE) return g_strdup(finding->words);
  if (rule->kind == ALERT_FRESHNESS) return say_freshness(session, finding);
  if (!kpi) return NULL;
  if (rule->kind == ALERT_VALUE) return say_value(session, finding, kpi, who);
  if (rule->kind == ALERT_CHANGE) return say_change(session, finding, kpi, who);
  return say_target(session, finding, kpi, who);
}

/* --- what a rule asks --- */

static char *limit_words(const Session *session, const AlertRule *rule) {
  const KpiDefinition *kpi = kpi_of(session, rule->kpi);
  switch (rule->kind) {
    case ALERT_VALUE: {
      g_autofree char *limit = kpi ? answer_number(session, kpi, TRUE, rule->limit) : g_strdup("");
      return g_strdup_printf("%s %s", rule->fires_below ? "below" : "above", limit);
    }
    case ALERT_CHANGE: {
      g_autofree char *limit =
          rule->is_relative || !kpi ? share(rule->limit) : answer_number(session, kpi, TRUE, rule->limit);
      return g_strdup_printf("%s by %s against %s", rule->fires_below ? "falls" : "rises", limit,
                             rule->compares_year_ago ? "the year before" : "the period before");
    }
    case ALERT_BEHIND: {
      g_autofree char *limit = rule->in_days ? base_count_words((gint64)rule->limit, "# working {day|days}")
                               : kpi         ? answer_number(session, kpi, TRUE, rule->limit)
                                             : cli_format_number(rule->limit, CLI_NUMBER_PLAIN, NULL);
      return g_strdup_printf("%s behind its target", limit);
    }
    case ALERT_FRESHNESS: {
      g_autofree char *length = alert_duration_write(rule->older_than);
      return g_strdup_printf(rule->fact ? "no new record of %s for %s" : "nothing new from %s for %s",
                             rule->fact ? rule->fact : rule->source, length);
    }
    default: {
      static const char *const whats[] = {[ALERT_ATTAINMENT] = "attained below",
                                          [ALERT_PACE] = "pace below",
                                          [ALERT_CHANCE] = "probability of its target below",
                                          [ALERT_FINISH] = "heading for less than"};
      g_autofree char *limit = share(rule->limit);
      return g_strdup_printf("%s %s", whats[rule->kind], limit);
    }
  }
}

/* `kpi` and `period` as they are to be called; NULL: there is none. */
static char *condition_words(const Session *session, const AlertRule *rule, const char *kpi, const char *period) {
  g_autofree char *limit = limit_words(session, rule), *whose = alert_rule_whose(rule);
  if (rule->kind == ALERT_FRESHNESS) return g_steal_pointer(&limit);
  GString *words = g_string_new(kpi ? kpi : "any target");
  if (whose) g_string_append_printf(words, " of %s", whose);
  g_string_append_printf(words, " %s", limit);
  if (period) g_string_append_printf(words, " in %s", period);
  if (rule->timing.hold.n > 0) {
    g_autofree char *hold = alert_duration_write(rule->timing.hold);
    g_string_append_printf(words, " for %s", hold);
  }
  return g_string_free(words, FALSE);
}

char *answer_alert_condition(const Session *session, const AlertRule *rule) {
  return condition_words(session, rule, rule->kpi, rule->period);
}

/* "last-90-days": "the last 90 days"; "this-quarter": "this quarter". A period with a name of its own is called so. */
static char *period_words(const char *period) {
  gboolean is_last_of_many = g_str_has_prefix(period, "last-") && g_ascii_isdigit(period[strlen("last-")]);
  gboolean is_relative = g_str_has_prefix(period, "last-") || g_str_has_prefix(period, "this-");
  g_autofree char *words = g_strdup(period);
  if (is_relative) g_strdelimit(words, "-", ' ');
  return g_strconcat(is_last_of_many ? "the " : "", words, NULL);
}

char *answer_alert_sentence(const Session *session, const AlertRule *rule) {
  const KpiDefinition *kpi = rule->kpi ? kpi_catalogue_find(session->catalogue, rule->kpi, NULL) : NULL;
  g_autofree char *period = rule->period ? period_words(rule->period) : NULL;
  g_autofree char *words = condition_words(session, rule, kpi ? kpi->title : rule->kpi, period);
  if (g_ascii_islower(*words)) *words = g_ascii_toupper(*words);
  return g_steal_pointer(&words);
}
