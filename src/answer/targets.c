/* Where targets stand. */
#include "answer/targets.h"

#include "answer/members.h"
#include "target/cascade.h"
#include "target/members.h"

#include <math.h>

#define SHOWN_SUMS 8 /* sentences below a table */

TargetHearing answer_hearing(const Session *session, const TargetMember *members, gsize n_members) {
  return (TargetHearing){.catalogue = session->catalogue,
                         .calendar = session->calendar,
                         .today = session->today,
                         .currency = session->organisation->currency,
                         .members = members,
                         .n_members = n_members};
}

char *answer_target_amount(const Session *session, const KpiDefinition *kpi, const TargetTerms *terms) {
  if (terms->is_percent) return cli_format_number(terms->amount / 100, CLI_NUMBER_PERCENT, NULL);
  if (!kpi) return g_strdup_printf("%g", terms->amount);
  g_autofree char *low = answer_number(session, kpi, TRUE, terms->amount);
  if (terms->kind != TARGET_BETWEEN) return g_steal_pointer(&low);
  g_autofree char *high = answer_number(session, kpi, TRUE, terms->amount_high);
  return g_strdup_printf("%s to %s", low, high);
}

/* --- JSON --- */

void answer_terms_json(CliJson *json, const TargetTerms *terms) {
  gboolean has = terms->has_amount;
  g_autofree char *who = terms->dimension ? target_who_write(terms->dimension, terms->member) : NULL;
  cli_json_member_text(json, "kpi", terms->kpi);
  cli_json_member_text(json, "who", who);
  cli_json_member_text(json, "kind", terms->has_kind ? target_kind_name(terms->kind) : NULL);
  cli_json_value(json, "amount", has, terms->amount);
  cli_json_value(json, "amount_high", has && terms->has_kind && terms->kind == TARGET_BETWEEN, terms->amount_high);
  cli_json_member_text(json, "unit", has ? terms->is_percent ? "percent" : "absolute" : NULL);
  if (terms->baseline_start == BASE_DAY_NONE) {
    cli_json_member_text(json, "baseline", NULL);
  } else {
    cli_json_member_object(json, "baseline");
    answer_day_member(json, "start", terms->baseline_start);
    answer_day_member(json, "end", terms->baseline_end);
    cli_json_end_object(json);
  }
  cli_json_member_text(json, "per", terms->has_per ? calendar_grain_name(terms->per) : NULL);
  answer_day_member(json, "start", terms->start);
  answer_day_member(json, "end", terms->end);
}

static void standing_members(CliJson *json, const TargetStanding *standing) {
  answer_phase_member(json, standing);
  cli_json_value(json, "baseline_value", standing->has_baseline, standing->baseline);
  cli_json_member_bool(json, "baseline_runs", standing->baseline_runs);
  cli_json_value(json, "target_value", standing->has_amount, standing->amount);
  gboolean band = standing->version->terms.kind == TARGET_BETWEEN;
  cli_json_value(json, "target_value_high", standing->has_amount && band, standing->amount_high);
  cli_json_value(json, "actual", standing->actual.has_value, standing->actual.value);
  cli_json_member_integer(json, "n", standing->actual.n);
  cli_json_value(json, "attainment", standing->has_score && standing->score.has_score, standing->score.score);
  answer_pace_members(json, standing);
  answer_flags_member(json, standing->actual.flags);
}

static void forecast_members(CliJson *json, const PaceForecast *forecast) {
  cli_json_value(json, "probability", forecast->has_chance, forecast->chance);
  cli_json_value(json, "projected", forecast->has_finish, forecast->finish);
  cli_json_value(json, "projected_low", forecast->has_finish, forecast->finish_low);
  cli_json_value(json, "projected_high", forecast->has_finish, forecast->finish_high);
  cli_json_member_integer(json, "n_own_periods", forecast->n_own);
  cli_json_member_integer(json, "n_peer_periods", forecast->n_peers);
  if (!forecast->has_like) {
    cli_json_member_text(json, "same_day_before", NULL);
    return;
  }
  cli_json_member_object(json, "same_day_before");
  cli_json_value(json, "value", TRUE, forecast->like);
  answer_day_member(json, "start", forecast->same.start);
  answer_day_member(json, "end", forecast->same.end);
  cli_json_end_object(json);
}

static void version_json(CliJson *json, const TargetVersion *version) {
  cli_json_begin_object(json);
  cli_json_member_integer(json, "version", version->version);
  answer_terms_json(json, &version->terms);
  cli_json_member_text(json, "spread", target_spread_name(version->spread));
  answer_day_member(json, "effective", version->effective);
  cli_json_member_array(json, "parts");
  for (guint i = 0; i < version->parts->len; i++) {
    const TargetPart *part = &g_array_index(version->parts, TargetPart, i);
    cli_json_begin_object(json);
    answer_day_member(json, "start", part->start);
    answer_day_member(json, "end", part->end);
    cli_json_member_number(json, "amount", part->weight);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

static void event_json(CliJson *json, const TargetEvent *event) {
  g_autofree char *at = answer_instant(event->said_at_us);
  cli_json_begin_object(json);
  cli_json_member_text(json, "act", target_act_name(event->act));
  cli_json_member_integer(json, "version", event->version);
  cli_json_member_text(json, "author", event->author);
  cli_json_member_text(json, "words", event->words);
  cli_json_member_text(json, "at", at);
  cli_json_end_object(json);
}

static void who_array(CliJson *json, const char *key, const char *dimension, const GPtrArray *names) {
  cli_json_member_array(json, key);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *who = target_who_write(dimension, g_ptr_array_index(names, i));
    cli_json_text(json, who);
  }
  cli_json_end_array(json);
}

void answer_derived_json(CliJson *json, const TargetDerived *derived) {
  if (!derived) {
    cli_json_member_text(json, "derived", NULL);
    return;
  }
  cli_json_member_object(json, "derived");
  cli_json_member_text(json, "by", derived->dimension);
  cli_json_member_array(json, "targets");
  for (guint i = 0; i < derived->numbers->len; i++) cli_json_integer(json, g_array_index(derived->numbers, gint64, i));
  cli_json_end_array(json);
  who_array(json, "members", derived->dimension, derived->members);
  who_array(json, "in_part", derived->dimension, derived->in_part);
  who_array(json, "without", derived->dimension, derived->without);
  cli_json_end_object(json);
}

void answer_target_json(CliJson *json, const Session *session, const AnswerTarget *shown, const GPtrArray *targets,
                        const GPtrArray *objectives, gboolean whole) {
  const TargetStanding *standing = shown->standing;
  const Target *target = standing->target;
  guint n_parts = 0;
  double assigned = shown->derived ? 0 : target_assigned(targets, target, session->today, &n_parts);
  gboolean adds_up = standing->kpi && target_adds_up(standing->kpi);
  TargetHearing hearing = answer_hearing(session, NULL, 0);
  g_autofree char *canonical = standing->kpi ? target_terms_say(&hearing, &standing->version->terms) : NULL;
  cli_json_begin_object(json);
  cli_json_value(json, "target", !shown->derived, (double)target->number);
  answer_derived_json(json, shown->derived);
  cli_json_member_text(json, "canonical", canonical);
  answer_terms_json(json, &standing->version->terms);
  cli_json_member_text(json, "state", target_state_name(target_state(target)));
  cli_json_member_integer(json, "version", standing->version->version);
  cli_json_member_text(json, "spread", target_spread_name(standing->version->spread));
  const TargetObjective *objective = target_objective_of(target, objectives);
  cli_json_member_text(json, "objective", objective ? objective->name : NULL);
  cli_json_value(json, "parent", target->parent > 0, (double)target->parent);
  cli_json_member_integer(json, "n_parts", n_parts);
  cli_json_value(json, "assigned", n_parts > 0 && adds_up, assigned);
  standing_members(json, standing);
  forecast_members(json, shown->forecast);
  if (whole) {
    cli_json_member_array(json, "versions");
    for (guint i = 0; i < target->versions->len; i++) version_json(json, g_ptr_array_index(target->versions, i));
    cli_json_end_array(json);
    cli_json_member_array(json, "said");
    for (guint i = 0; i < target->events->len; i++) event_json(json, g_ptr_array_index(target->events, i));
    cli_json_end_array(json);
  }
  cli_json_end_object(json);
}

/* --- the table --- */

static char *span_words(const Session *session, const TargetTerms *terms) {
  static const CalendarGrain grains[] = {CALENDAR_YEAR, CALENDAR_QUARTER, CALENDAR_MONTH, CALENDAR_WEEK};
  for (guint i = 0; i < G_N_ELEMENTS(grains); i++) {
    CalendarPeriod period = calendar_period_at(session->calendar, grains[i], terms->start);
    if (period.start == terms->start && period.end == terms->end) return g_strdup(period.name);
  }
  g_autofree char *first = base_day_format(terms->start), *last = base_day_format(terms->end - 1);
  return g_strdup_printf("%s to %s", first, last);
}

static CliStyle style_of(const TargetStanding *standing) {
  if (!standing->has_score) return CLI_STYLE_DIM;
  if (standing->has_due && standing->phase == TARGET_RUNNING)
    return standing->ahead >= 0 ? CLI_STYLE_GOOD : CLI_STYLE_BAD;
  return standing->score.met ? CLI_STYLE_GOOD : CLI_STYLE_BAD;
}

static char *pace_words(const TargetStanding *standing) {
  if (standing->phase == TARGET_NOT_BEGUN) return g_strdup("not begun");
  if (!standing->has_score) return g_strdup("no value");
  if (standing->phase == TARGET_ENDED) return g_strdup(standing->score.met ? "met" : "missed");
  if (!standing->has_days) return g_strdup(standing->score.met ? "met so far" : "not met so far");
  if (standing->days_ahead == 0) return g_strdup("on time");
  g_autofree char *days = base_count_words(ABS(standing->days_ahead), "# {day|days}");
  return g_strconcat(days, standing->days_ahead > 0 ? " ahead" : " behind", NULL);
}

char *answer_chance(const PaceForecast *forecast) {
  if (!forecast->has_chance) return g_strdup("–");
  if (forecast->chance < 0.01 && forecast->chance > 0) return g_strdup("under 1 %");
  if (forecast->chance > 0.99 && forecast->chance < 1) return g_strdup("over 99 %");
  return g_strdup_printf("%.0f %%", 100 * forecast->chance);
}

/* "≥ 30 %" where it is to stay above, "≤ 48 hours" where below. */
static char *wanted_words(const Session *session, const TargetStanding *standing) {
  TargetTerms whole = standing->version->terms;
  whole.is_percent = FALSE;
  whole.amount = standing->amount;
  whole.amount_high = standing->amount_high;
  g_autofree char *amount = answer_target_amount(session, standing->kpi, &whole);
  const char *sign = whole.kind == TARGET_ABOVE ? "≥ " : whole.kind == TARGET_BELOW ? "≤ " : "";
  return g_strconcat(sign, amount, NULL);
}

static CliStyle chance_style(const TargetStanding *standing, const PaceForecast *forecast) {
  if (standing->phase == TARGET_ENDED || !forecast->has_chance) return CLI_STYLE_DIM;
  return forecast->chance >= 0.5 ? CLI_STYLE_GOOD : CLI_STYLE_BAD;
}

/* A figure of the KPI, or a dash; caller frees. */
static char *figure(const Session *session, const TargetStanding *standing, gboolean has, double value) {
  return standing->kpi && has ? answer_number(session, standing->kpi, TRUE, value) : g_strdup("–");
}

/* What matters most comes first: a narrow terminal lacks the columns on the right. */
static void add_standing(CliTable *table, const Session *session, const AnswerTarget *shown) {
  const TargetStanding *standing = shown->standing;
  const PaceForecast *forecast = shown->forecast;
  const TargetTerms *terms = &standing->version->terms;
  TargetState state = target_state(standing->target);
  gboolean agreed = state == TARGET_AGREED, runs = standing->phase != TARGET_ENDED;
  gboolean has_share = standing->has_score && standing->score.has_score;
  CliStyle style = style_of(standing);
  struct {
    char *text;
    CliStyle style;
  } cells[] = {
      {shown->derived ? g_strdup("sum") : g_strdup_printf("%" G_GINT64_FORMAT, standing->target->number),
       shown->derived ? CLI_STYLE_DIM : CLI_STYLE_NONE},
      {g_strdup(standing->kpi ? standing->kpi->title : terms->kpi), CLI_STYLE_NONE},
      {target_who_write(terms->dimension, terms->member), CLI_STYLE_NONE},
      {span_words(session, terms), CLI_STYLE_NONE},
      {has_share ? cli_format_number(standing->score.score, CLI_NUMBER_PERCENT, NULL) : g_strdup("–"), style},
      {runs ? answer_chance(forecast) : g_strdup("–"), chance_style(standing, forecast)},
      {agreed ? pace_words(standing) : g_strdup(target_state_name(state)), agreed ? style : CLI_STYLE_DIM},
      {standing->kpi && standing->has_amount ? wanted_words(session, standing) : g_strdup("–"), CLI_STYLE_NONE},
      {figure(session, standing, standing->actual.has_value, standing->actual.value), CLI_STYLE_NONE},
      {figure(session, standing, standing->has_due, standing->due), CLI_STYLE_NONE},
      {figure(session, standing, runs && forecast->has_finish, forecast->finish), CLI_STYLE_NONE},
  };
  cli_table_add_row(table);
  for (guint i = 0; i < G_N_ELEMENTS(cells); i++) {
    cli_table_add_cell(table, cells[i].text, cells[i].style);
    g_free(cells[i].text);
  }
}

static void note_derived(CliTable *table, const GPtrArray *derived) {
  for (guint i = 0; i < MIN(derived->len, SHOWN_SUMS); i++) {
    const TargetDerived *one = g_ptr_array_index(derived, i);
    const TargetTerms *terms = &target_latest(one->target)->terms;
    g_autofree char *who = target_who_write(terms->dimension, terms->member);
    g_autofree char *words = target_derived_words(one, who, terms->kpi);
    g_autofree char *note = g_strconcat("sum: ", words, NULL);
    cli_table_add_note(table, note);
  }
  if (derived->len > SHOWN_SUMS)
    cli_table_add_note(table, "The other sums likewise: --for names one group, --format json has all of them.");
}

CliTable *answer_targets_table(const Session *session, const GArray *standings, const GArray *forecasts,
                               const GPtrArray *derived) {
  static const CliColumn heads[] = {{"No.", CLI_RIGHT},        {"KPI", CLI_LEFT},       {"Whose", CLI_LEFT},
                                    {"When", CLI_LEFT},        {"Attained", CLI_RIGHT}, {"Chance", CLI_RIGHT},
                                    {"Pace", CLI_LEFT},        {"Target", CLI_RIGHT},   {"So far", CLI_RIGHT},
                                    {"Due by now", CLI_RIGHT}, {"Ends near", CLI_RIGHT}};
  CliTable *table = cli_table_new("Targets");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  gboolean runs = FALSE, foretold = FALSE;
  for (guint i = 0; i < standings->len; i++) {
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    const PaceForecast *forecast = &g_array_index(forecasts, PaceForecast, i);
    AnswerTarget shown = {standing, forecast, target_derived_of(derived, standing->target)};
    add_standing(table, session, &shown);
    runs |= standing->phase == TARGET_RUNNING && standing->has_due;
    foretold |= standing->phase != TARGET_ENDED && forecast->has_chance;
  }
  if (runs)
    cli_table_add_note(table,
                       "Due by now: what of the target its working days, or its own spread, put before the end of "
                       "today. Ahead and behind are in working days.");
  if (foretold)
    cli_table_add_note(table,
                       "Ends near and chance: how earlier periods finished from the same position, the member's own "
                       "and, where these are few, their peers'.");
  if (derived) note_derived(table, derived);
  return table;
}

/* --- words --- */

static void add_due_words(GString *words, const Session *session, const TargetStanding *standing) {
  const KpiDefinition *kpi = standing->kpi;
  g_autofree char *due = answer_number(session, kpi, TRUE, standing->due);
  g_autofree char *ahead = answer_number(session, kpi, TRUE, fabs(standing->ahead));
  g_autofree char *pace = pace_words(standing);
  g_string_append_printf(words, " %s is due by now: %s %s%s%s%s.", due, ahead,
                         standing->ahead >= 0 ? "ahead" : "behind", standing->has_days ? " (" : "",
                         standing->has_days ? pace : "", standing->has_days ? ")" : "");
  if (standing->has_rate && standing->rate_needed > 0) {
    g_autofree char *needed = answer_number(session, kpi, TRUE, standing->rate_needed);
    g_autofree char *so_far = answer_number(session, kpi, TRUE, standing->rate_so_far);
    g_string_append_printf(words, " The rest takes %s a working day; it was %s so far.", needed, so_far);
  }
}

/* Where it will end, how likely that is enough, and what it rests on. */
static void add_forecast_words(GString *words, const Session *session, const TargetStanding *standing,
                               const PaceForecast *forecast) {
  const KpiDefinition *kpi = standing->kpi;
  if (!forecast->has_finish) {
    g_string_append(words, " There are too few earlier periods to say where it will end.");
    return;
  }
  g_autofree char *ends = answer_number(session, kpi, TRUE, forecast->finish);
  g_autofree char *low = answer_number(session, kpi, TRUE, forecast->finish_low);
  g_autofree char *high = answer_number(session, kpi, TRUE, forecast->finish_high);
  g_autofree char *chance = answer_chance(forecast);
  g_string_append_printf(words, " It will end near %s, in 8 of 10 such periods between %s and %s", ends, low, high);
  if (forecast->has_chance) g_string_append_printf(words, "; the chance of making it is %s", chance);
  g_autofree char *own = base_count_words(forecast->n_own, "# earlier {period|periods} of their own");
  g_autofree char *peers = base_count_words(forecast->n_peers, " and # of peers");
  g_string_append_printf(words, " (from %s%s).", own, forecast->n_peers > 0 ? peers : "");
}

static void add_like_words(GString *words, const Session *session, const TargetStanding *standing,
                           const PaceForecast *forecast) {
  if (!forecast->has_like) return;
  g_autofree char *like = answer_number(session, standing->kpi, TRUE, forecast->like);
  g_autofree char *last = base_day_format(forecast->same.end - 1);
  g_string_append_printf(words, " At the same working day of the period before, %s, it was %s.", last, like);
}

char *answer_target_words(const Session *session, const TargetStanding *standing, const PaceForecast *forecast) {
  if (!standing->kpi) return g_strdup("Its KPI is defined no more.");
  const KpiDefinition *kpi = standing->kpi;
  g_autofree char *actual = answer_number(session, kpi, standing->actual.has_value, standing->actual.value);
  g_autofree char *gap = kpi->proportion ? g_strdup_printf("%.1f", 100 * fabs(standing->score.gap))
                                         : answer_number(session, kpi, TRUE, fabs(standing->score.gap));
  if (standing->phase == TARGET_NOT_BEGUN) {
    GString *ahead = g_string_new("It has not begun.");
    if (standing->baseline_runs) {
      g_autofree char *amount = answer_number(session, kpi, TRUE, standing->amount);
      g_string_append_printf(ahead, " What it is compared with still runs: at its pace so far it will be %s.", amount);
    }
    add_forecast_words(ahead, session, standing, forecast);
    return g_string_free(ahead, FALSE);
  }
  if (!standing->has_amount) return g_strdup("There is no value in what it is compared with, so it has no amount yet.");
  if (!standing->has_score) return g_strdup("There is no value yet: too few records.");
  g_autofree char *share = standing->score.has_score
                               ? cli_format_number(standing->score.score, CLI_NUMBER_PERCENT, NULL)
                               : g_strdup(standing->score.met ? "met" : "not met");
  GString *words = g_string_new(NULL);
  g_string_append_printf(words, "%s %s: %s.", actual, standing->phase == TARGET_ENDED ? "in the end" : "so far", share);
  if (standing->score.gap != 0)
    g_string_append_printf(words, " %s%s %s.", gap, kpi->proportion ? " points" : "",
                           standing->score.gap > 0 ? "to go" : "in hand");
  if (standing->phase != TARGET_RUNNING) return g_string_free(words, FALSE);
  g_autofree char *left = base_count_words(standing->working_days_left, "# working {day|days}");
  g_string_append_printf(words, " %s left of %d.", left, standing->working_days);
  if (standing->has_due) add_due_words(words, session, standing);
  add_like_words(words, session, standing, forecast);
  add_forecast_words(words, session, standing, forecast);
  return g_string_free(words, FALSE);
}
