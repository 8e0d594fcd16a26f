/* One rule from YAML: a table of keys, then what the one condition among them means. */
#include "alert/rule_read.h"

/* --- keys --- */

typedef struct {
  char *name, *about, *kpi, *who, *period;
  char **where, **to;
  char *below, *above, *falls, *rises, *attainment_below, *behind, *pace_below, *chance_below, *finish_below;
  char *older_than, *fact, *source, *recover, *hold, *recover_after, *remind, *digest;
  int against, at_least, severity, quiet;
  gboolean incomplete, paused;
} Keys;

static const char *const againsts[] = {"previous", "year-ago", NULL};
static const char *const quiets[] = {"wait", "send", NULL};

#define TEXT(key, field) \
  { key, CONF_TEXT, G_STRUCT_OFFSET(Keys, field) }
static const ConfField fields[] = {
    TEXT("name", name),
    TEXT("about", about),
    TEXT("kpi", kpi),
    TEXT("who", who),
    TEXT("period", period),
    {"where", CONF_TEXTS, G_STRUCT_OFFSET(Keys, where)},
    TEXT("below", below),
    TEXT("above", above),
    TEXT("falls", falls),
    TEXT("rises", rises),
    {"against", CONF_ENUM, G_STRUCT_OFFSET(Keys, against), FALSE, againsts},
    TEXT("attainment_below", attainment_below),
    TEXT("behind", behind),
    TEXT("pace_below", pace_below),
    TEXT("chance_below", chance_below),
    TEXT("finish_below", finish_below),
    TEXT("older_than", older_than),
    TEXT("fact", fact),
    TEXT("source", source),
    TEXT("recover", recover),
    TEXT("for", hold),
    TEXT("recover_after", recover_after),
    TEXT("remind", remind),
    {"at_least", CONF_INT, G_STRUCT_OFFSET(Keys, at_least)},
    {"incomplete", CONF_BOOL, G_STRUCT_OFFSET(Keys, incomplete)},
    {"severity", CONF_ENUM, G_STRUCT_OFFSET(Keys, severity), FALSE, alert_severities},
    {"to", CONF_TEXTS, G_STRUCT_OFFSET(Keys, to), TRUE},
    TEXT("digest", digest),
    {"in_quiet_hours", CONF_ENUM, G_STRUCT_OFFSET(Keys, quiet), FALSE, quiets},
    {"paused", CONF_BOOL, G_STRUCT_OFFSET(Keys, paused)},
};

static const struct {
  const char *key;
  gsize offset;
  AlertKind kind;
  gboolean fires_below;
} conditions[] = {
    {"below", G_STRUCT_OFFSET(Keys, below), ALERT_VALUE, TRUE},
    {"above", G_STRUCT_OFFSET(Keys, above), ALERT_VALUE, FALSE},
    {"falls", G_STRUCT_OFFSET(Keys, falls), ALERT_CHANGE, TRUE},
    {"rises", G_STRUCT_OFFSET(Keys, rises), ALERT_CHANGE, FALSE},
    {"attainment_below", G_STRUCT_OFFSET(Keys, attainment_below), ALERT_ATTAINMENT, TRUE},
    {"behind", G_STRUCT_OFFSET(Keys, behind), ALERT_BEHIND, FALSE},
    {"pace_below", G_STRUCT_OFFSET(Keys, pace_below), ALERT_PACE, TRUE},
    {"chance_below", G_STRUCT_OFFSET(Keys, chance_below), ALERT_CHANCE, TRUE},
    {"finish_below", G_STRUCT_OFFSET(Keys, finish_below), ALERT_FINISH, TRUE},
    {"older_than", G_STRUCT_OFFSET(Keys, older_than), ALERT_FRESHNESS, FALSE},
};

#define ALL_CONDITIONS \
  "below, above, falls, rises, attainment_below, behind, pace_below, chance_below, finish_below or older_than"

/* One rule while it is read. */
typedef struct {
  const AlertReader *reader;
  const ConfNode *name, *map;
  Keys keys;
  const char *condition, *amount; /* the key that is there, and its text */
  AlertRule *rule;
} Reading;

static gboolean refuse(const Reading *reading, const char *key, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static gboolean refuse(const Reading *reading, const char *key, GError **error, const char *format, ...) {
  const ConfNode *node = key ? conf_map_get(reading->map, key) : NULL;
  va_list list;
  va_start(list, format);
  g_autofree char *message = g_strdup_vprintf(format, list);
  va_end(list);
  base_error_at(error, BASE_ERROR_INPUT, node ? node->span : reading->name->span, "%s", message);
  return FALSE;
}

static gboolean has(const Reading *reading, const char *key) {
  return !conf_is_null(conf_map_get(reading->map, key));
}

/* --- the condition --- */

static gboolean find_condition(Reading *reading, GError **error) {
  for (guint i = 0; i < G_N_ELEMENTS(conditions); i++) {
    const char *text = *(char **)(gpointer)((char *)&reading->keys + conditions[i].offset);
    if (!text) continue;
    if (reading->condition)
      return refuse(reading, conditions[i].key, error,
                    "the rule \"%s\" has two conditions, \"%s\" and \"%s\": make two rules of it", reading->rule->name,
                    reading->condition, conditions[i].key);
    reading->condition = conditions[i].key;
    reading->amount = text;
    reading->rule->kind = conditions[i].kind;
    reading->rule->fires_below = conditions[i].fires_below;
  }
  if (reading->condition) return TRUE;
  return refuse(reading, NULL, error, "the rule \"%s\" has no condition: give it one of " ALL_CONDITIONS,
                reading->rule->name);
}

/* A number, with or without a percent sign after it. */
static gboolean parse_amount(const char *text, double *value, gboolean *is_percent) {
  g_autofree char *copy = g_strstrip(g_strdup(text));
  gsize length = strlen(copy);
  *is_percent = length > 0 && copy[length - 1] == '%';
  if (*is_percent) copy[length - 1] = '\0';
  g_strchomp(copy);
  if (*copy == '\0' || strspn(copy, "+-.0123456789eE") != strlen(copy)) return FALSE;
  char *end;
  double number = g_ascii_strtod(copy, &end);
  if (*end || number - number != 0) return FALSE;
  *value = *is_percent ? number / 100 : number;
  return TRUE;
}

static gboolean read_share(const Reading *reading, const char *key, const char *text, double *share, GError **error) {
  gboolean is_percent;
  if (parse_amount(text, share, &is_percent) && *share >= 0 && (is_percent || *share <= 1)) return TRUE;
  return refuse(reading, key, error, "\"%s\" is a share such as 80%%, not \"%s\"", key, text);
}

/* In the KPI's own unit. */
static gboolean read_value(const Reading *reading, const char *key, const char *text, const KpiDefinition *kpi,
                           double *value, GError **error) {
  gboolean is_percent, is_share = kpi->unit.kind == KPI_RATIO;
  if (!parse_amount(text, value, &is_percent))
    return refuse(reading, key, error, "\"%s\" is a number such as %s, not \"%s\"", key, is_share ? "20%" : "50000",
                  text);
  if (is_percent && !is_share)
    return refuse(reading, key, error, "%s is no share: write \"%s\" as a number of its own unit (%s), without %%",
                  kpi->title, key, kpi_unit_name(kpi->unit));
  if (!is_share || !kpi->proportion || (*value >= 0 && *value <= 1)) return TRUE;
  if (is_percent || *value < 0)
    return refuse(reading, key, error, "%s is a share from 0%% to 100%%, which cannot be %s", kpi->title, text);
  return refuse(reading, key, error, "%s is a share from 0%% to 100%%: write %s%% or a number from 0 to 1", kpi->title,
                text);
}

static gboolean read_change(const Reading *reading, const char *key, const char *text, double *value,
                            gboolean *is_relative, GError **error) {
  if (parse_amount(text, value, is_relative) && *value >= 0) return TRUE;
  return refuse(reading, key, error,
                "\"%s\" says by how much: a share such as 20%%, or an amount in the KPI's own unit; not \"%s\"", key,
                text);
}

/* "3 days", "3 working days", or an amount. */
static gboolean read_behind(const Reading *reading, const char *key, const char *text, double *value, gboolean *in_days,
                            GError **error) {
  AlertDuration days;
  gboolean is_percent;
  *in_days = alert_duration_parse(text, &days) && (days.unit == ALERT_DAYS || days.unit == ALERT_WORKING_DAYS);
  if (*in_days) *value = days.n;
  if (*in_days || (parse_amount(text, value, &is_percent) && !is_percent && *value > 0)) return TRUE;
  return refuse(reading, key, error,
                "\"%s\" is a number of working days such as 3 days, or an amount in the KPI's own unit such as 10000; "
                "a share of what is due is `pace_below: 90%%`; not \"%s\"",
                key, text);
}

static gboolean read_amount(const Reading *reading, const char *key, const char *text, const KpiDefinition *kpi,
                            double *value, GError **error) {
  AlertRule *rule = reading->rule;
  gboolean flag = FALSE;
  switch (rule->kind) {
    case ALERT_VALUE:
      return read_value(reading, key, text, kpi, value, error);
    case ALERT_CHANGE:
      if (!read_change(reading, key, text, value, &flag, error)) return FALSE;
      if (g_str_equal(key, "recover") && flag != rule->is_relative)
        return refuse(reading, key, error, "\"recover\" and \"%s\" are both shares with %%, or both amounts",
                      reading->condition);
      rule->is_relative = flag;
      return TRUE;
    case ALERT_BEHIND:
      if (!read_behind(reading, key, text, value, &flag, error)) return FALSE;
      if (g_str_equal(key, "recover") && flag != rule->in_days)
        return refuse(reading, key, error, "\"recover\" and \"behind\" are both days, or both amounts");
      rule->in_days = flag;
      return TRUE;
    case ALERT_FRESHNESS:
      *value = rule->older_than.n;
      return TRUE;
    default:
      return read_share(reading, key, text, value, error);
  }
}

/* A limit beyond which nothing can lie, or all does. */
static gboolean check_limit(const Reading *reading, const KpiDefinition *kpi, GError **error) {
  const AlertRule *rule = reading->rule;
  gboolean is_share = rule->kind == ALERT_VALUE ? kpi->proportion : alert_is_of_targets(rule->kind);
  gboolean never = is_share && (rule->fires_below ? rule->limit <= 0 : rule->kind == ALERT_VALUE && rule->limit >= 1);
  if (never)
    return refuse(reading, reading->condition, error, "\"%s: %s\" would never fire: nothing is %s it",
                  reading->condition, reading->amount, rule->fires_below ? "below" : "above");
  if (rule->kind == ALERT_CHANGE && rule->limit <= 0)
    return refuse(reading, reading->condition, error,
                  "\"%s: %s\" would fire where nothing has changed: say by how much, such as 20%%", reading->condition,
                  reading->amount);
  if (rule->kind == ALERT_CHANCE && rule->limit > 1)
    return refuse(reading, reading->condition, error, "a probability is a share up to 100%%, which \"%s\" is beyond",
                  reading->amount);
  return TRUE;
}

/* Recovering on the wrong side of the limit, it would never rest. */
static gboolean read_recover(const Reading *reading, const KpiDefinition *kpi, GError **error) {
  AlertRule *rule = reading->rule;
  rule->recover = rule->limit;
  if (!reading->keys.recover) return TRUE;
  if (rule->kind == ALERT_FRESHNESS)
    return refuse(reading, "recover", error, "what is fresh again has recovered: take \"recover\" out");
  if (!read_amount(reading, "recover", reading->keys.recover, kpi, &rule->recover, error)) return FALSE;
  gboolean rises = rule->fires_below && rule->kind != ALERT_CHANGE;
  if (rises ? rule->recover >= rule->limit : rule->recover <= rule->limit) return TRUE;
  return refuse(reading, "recover", error,
                "\"%s: %s\" with \"recover: %s\" would recover while it fires: \"recover\" lies %s the limit",
                reading->condition, reading->amount, reading->keys.recover, rises ? "above" : "below");
}

/* --- whose, when, of what --- */

static gboolean read_who(const Reading *reading, GError **error) {
  const char *who = reading->keys.who;
  AlertRule *rule = reading->rule;
  if (!who) {
    gboolean of_all = rule->kind == ALERT_VALUE || rule->kind == ALERT_CHANGE;
    rule->dimension = of_all ? g_strdup("company") : NULL;
    return TRUE;
  }
  if (rule->kind == ALERT_FRESHNESS)
    return refuse(reading, "who", error, "records are fresh or not for all: take \"who\" out");
  const char *colon = strchr(who, ':');
  if (g_ascii_strncasecmp(who, "each ", 5) == 0) {
    rule->dimension = g_strstrip(g_ascii_strdown(who + 5, -1));
  } else if (g_ascii_strcasecmp(who, "company") == 0) {
    rule->dimension = g_strdup("company");
  } else if (colon && colon > who) {
    g_autofree char *dimension = g_strndup(who, (gsize)(colon - who));
    rule->dimension = g_strstrip(g_ascii_strdown(dimension, -1));
    rule->member = g_strstrip(g_strdup(colon + 1));
  }
  if (rule->dimension && *rule->dimension && (!rule->member || *rule->member)) return TRUE;
  return refuse(reading, "who", error,
                "\"%s\" does not say whose: write company, each rep, each team, or a dimension and a name: team:North",
                who);
}

/* Of a period that moves along (this-month, today, year-to-date); one that is named (2026-Q4) is over some day. */
static gboolean is_never_over(const Calendar *calendar, const char *text) {
  const BaseDay days[] = {base_day_from_civil(2026, 6, 15), base_day_from_civil(2200, 6, 15)};
  for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
    CalendarPeriod period;
    if (!calendar_parse_period(calendar, text, days[i], days[i], days[i], &period, NULL) || period.end <= days[i])
      return FALSE;
  }
  return TRUE;
}

static gboolean read_period(const Reading *reading, const KpiDefinition *kpi, GError **error) {
  AlertRule *rule = reading->rule;
  gboolean takes = rule->kind == ALERT_VALUE || rule->kind == ALERT_CHANGE;
  static const char *const only[] = {"period", "where", "at_least"};
  for (guint i = 0; i < G_N_ELEMENTS(only) && !takes; i++)
    if (has(reading, only[i]))
      return refuse(reading, only[i], error, "\"%s\" does not go with \"%s\": %s", only[i], reading->condition,
                    alert_is_of_targets(rule->kind) ? "a target has its own days" : "it is about records arriving");
  rule->where = reading->keys.where ? g_strdupv(reading->keys.where) : g_new0(char *, 1);
  if (!takes) return TRUE;
  rule->period = g_strdup(reading->keys.period ? reading->keys.period : alert_is_standing(kpi) ? "today" : NULL);
  if (!rule->period)
    return refuse(reading, NULL, error,
                  "the rule \"%s\" says nothing of the time: add `period: last-30-days`, last-month or another period "
                  "that is over",
                  rule->name);
  g_autoptr(GError) cause = NULL;
  CalendarPeriod period;
  BaseDay some_day = base_day_from_civil(2026, 6, 15);
  if (!calendar_parse_period(reading->reader->calendar, rule->period, some_day, some_day, some_day, &period, &cause))
    return refuse(reading, "period", error, "%s", cause->message);
  if (reading->keys.incomplete || alert_is_standing(kpi) || !is_never_over(reading->reader->calendar, rule->period))
    return TRUE;
  return refuse(reading, "period", error,
                "\"%s\" is not over whenever it is judged, so that the rule would never speak: write last-month, "
                "last-30-days or another that is over, or add `incomplete: true` to judge it as far as it has come",
                rule->period);
}

static gboolean read_fact(const Reading *reading, GError **error) {
  AlertRule *rule = reading->rule;
  const AlertReader *reader = reading->reader;
  gboolean is_fresh = rule->kind == ALERT_FRESHNESS, has_fact = has(reading, "fact"),
           has_source = has(reading, "source");
  if (!is_fresh && (has_fact || has_source))
    return refuse(reading, has_fact ? "fact" : "source", error,
                  "\"%s\" goes with `older_than: 8 working hours`, not with \"%s\"", has_fact ? "fact" : "source",
                  reading->condition);
  if (!is_fresh) return TRUE;
  if (has_fact == has_source)
    return refuse(reading, NULL, error, "\"older_than\" is of a `fact: activity` or of a `source: crm`: name one");
  if (!alert_duration_parse(reading->amount, &rule->older_than))
    return refuse(
        reading, "older_than", error,
        "\"%s\" is no length of time: write 8 working hours, 2 working days, 90 minutes, 6 hours, 3 days or 1 "
        "week",
        reading->amount);
  rule->fact = g_strdup(reading->keys.fact);
  rule->source = g_strdup(reading->keys.source);
  if (has_source && reader->sources && !g_strv_contains(reader->sources, rule->source)) {
    const char *nearest = base_nearest(rule->source, reader->sources, g_strv_length((char **)reader->sources));
    return refuse(reading, "source", error, "there is no source \"%s\"%s%s%s", rule->source,
                  nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  if (has_source || ledger_schema_find(reader->schema, rule->fact)) return TRUE;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < ledger_schema_n_tables(reader->schema); i++)
    g_ptr_array_add(names, (gpointer)ledger_schema_table(reader->schema, i)->name);
  const char *nearest = base_nearest(rule->fact, (const char *const *)names->pdata, names->len);
  return refuse(reading, "fact", error, "there is no fact \"%s\"%s%s%s", rule->fact, nearest ? ": did you mean \"" : "",
                nearest ? nearest : "", nearest ? "\"?" : "");
}

static gboolean read_kpi(const Reading *reading, const KpiDefinition **kpi, GError **error) {
  AlertRule *rule = reading->rule;
  const char *name = reading->keys.kpi;
  if (name && rule->kind == ALERT_FRESHNESS)
    return refuse(reading, "kpi", error, "\"older_than\" is about records: take \"kpi\" out");
  if (!name && (rule->kind == ALERT_VALUE || rule->kind == ALERT_CHANGE))
    return refuse(reading, NULL, error, "the rule \"%s\" names no KPI: add `kpi: win_rate`", rule->name);
  if (!name) return TRUE;
  g_autoptr(GError) cause = NULL;
  *kpi = kpi_catalogue_find(reading->reader->catalogue, name, &cause);
  if (!*kpi) return refuse(reading, "kpi", error, "%s", cause->message);
  rule->kpi = g_strdup((*kpi)->name);
  return TRUE;
}

/* --- the rest --- */

static gboolean read_duration(const Reading *reading, const char *key, const char *text, AlertDuration *duration,
                              GError **error) {
  if (!text || alert_duration_parse(text, duration)) return TRUE;
  return refuse(reading, key, error,
                "\"%s\" is no length of time: write 30 minutes, 2 hours, 3 days, 1 week, 8 working hours or 2 working "
                "days",
                text);
}

static gboolean is_of_nobody(const AlertRule *rule) {
  return rule->kind == ALERT_FRESHNESS || g_strcmp0(rule->dimension, "company") == 0;
}

static gboolean read_channels(const Reading *reading, GError **error) {
  const ConfAlerts *alerts = reading->reader->alerts;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (gsize i = 0; i < alerts->n_channels; i++) g_ptr_array_add(names, alerts->channels[i].name);
  for (char **name = reading->keys.to; *name; name++) {
    const ConfChannel *channel = conf_alerts_find(alerts, *name);
    if (channel && is_of_nobody(reading->rule) && channel->kind == CONF_CHANNEL_MAIL && !*channel->mail)
      return refuse(reading, "to", error,
                    "the channel \"%s\" writes to whom an alert is about and who leads them, and this rule is about no "
                    "person and no team: name another channel, or an address in that one",
                    *name);
    if (channel) continue;
    const char *nearest = base_nearest(*name, (const char *const *)names->pdata, names->len);
    if (nearest)
      return refuse(reading, "to", error, "there is no channel \"%s\": did you mean \"%s\"?", *name, nearest);
    return refuse(reading, "to", error,
                  "there is no channel \"%s\": add it to attain.yaml, such as `alerts: {channels: {%s: {command: "
                  "[notify-send, Attain]}}}`",
                  *name, *name);
  }
  if (!*reading->keys.to) return refuse(reading, "to", error, "\"to\" is empty: name a channel of attain.yaml");
  reading->rule->to = g_strdupv(reading->keys.to);
  return TRUE;
}

static gboolean read_rest(const Reading *reading, GError **error) {
  const Keys *keys = &reading->keys;
  AlertRule *rule = reading->rule;
  rule->severity = (AlertSeverity)keys->severity;
  rule->disturbs = keys->quiet == 1;
  rule->is_paused = keys->paused;
  rule->at_least = keys->at_least;
  rule->may_be_running = keys->incomplete;
  rule->compares_year_ago = keys->against == 1;
  rule->is_inclusive = rule->kind == ALERT_CHANGE || rule->kind == ALERT_BEHIND || rule->kind == ALERT_FRESHNESS;
  if (has(reading, "against") && rule->kind != ALERT_CHANGE)
    return refuse(reading, "against", error, "\"against\" goes with \"falls\" and \"rises\"");
  if (keys->at_least < 0) return refuse(reading, "at_least", error, "\"at_least\" is a number of records, such as 20");
  if (keys->digest && !alert_digest_parse(keys->digest, &rule->digest))
    return refuse(reading, "digest", error,
                  "\"digest\" is hourly, or daily and a time of day: daily at 08:00; not \"%s\"", keys->digest);
  return read_duration(reading, "for", keys->hold, &rule->timing.hold, error) &&
         read_duration(reading, "recover_after", keys->recover_after, &rule->timing.recover_after, error) &&
         read_duration(reading, "remind", keys->remind, &rule->timing.remind, error) && read_channels(reading, error);
}

static char *title_of(const char *name) {
  char *title = g_strdelimit(g_strdup(name), "_-", ' ');
  title[0] = g_ascii_toupper(title[0]);
  return title;
}

static gboolean settle(Reading *reading, GError **error) {
  const KpiDefinition *kpi = NULL;
  AlertRule *rule = reading->rule;
  rule->title = reading->keys.name ? g_strdup(reading->keys.name) : title_of(rule->name);
  rule->about = g_strdup(reading->keys.about);
  return find_condition(reading, error) && read_fact(reading, error) && read_kpi(reading, &kpi, error) &&
         read_who(reading, error) && read_period(reading, kpi, error) &&
         read_amount(reading, reading->condition, reading->amount, kpi, &rule->limit, error) &&
         check_limit(reading, kpi, error) && read_recover(reading, kpi, error) && read_rest(reading, error);
}

static gboolean is_name(const char *text) {
  gsize length = strlen(text);
  return length > 0 && length <= 63 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length &&
         g_ascii_islower(*text);
}

AlertRule *alert_rule_read(const AlertReader *reader, const ConfNode *name, const ConfNode *map, GError **error) {
  if (!is_name(name->text)) {
    base_error_at(error, BASE_ERROR_INPUT, name->span,
                  "\"%s\" is no name for a rule: small letters, digits, _ and - (63 at most), a letter first",
                  name->text);
    return NULL;
  }
  Reading reading = {.reader = reader, .name = name, .map = map, .keys = {.severity = ALERT_WARNING}};
  if (!conf_read_map(map, fields, G_N_ELEMENTS(fields), &reading.keys, error)) return NULL;
  g_autoptr(AlertRule) rule = g_new0(AlertRule, 1);
  rule->name = g_strdup(name->text);
  rule->span = name->span;
  reading.rule = rule;
  gboolean ok = settle(&reading, error);
  conf_free_fields(fields, G_N_ELEMENTS(fields), &reading.keys);
  return ok ? g_steal_pointer(&rule) : NULL;
}
