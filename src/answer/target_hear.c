/* Sentences heard with all that the workspace knows. */
#include "answer/target_hear.h"

#include "target/members.h"

#include <math.h>
#include <stdlib.h>

/* --- hearing --- */

void answer_heard_clear(AnswerHeard *heard) {
  target_sentence_clear(&heard->sentence);
  g_clear_pointer(&heard->members, g_array_unref);
  g_clear_pointer(&heard->known, g_array_unref);
  g_clear_pointer(&heard->objectives, g_ptr_array_unref);
  g_free(heard->dimension);
  g_free(heard->member);
}

static gboolean know_members(const Session *session, AnswerHeard *heard, GError **error) {
  QueryContext context = answer_context(session);
  heard->known = target_members_known(&context, error);
  if (!heard->known) return FALSE;
  heard->members = g_array_sized_new(FALSE, FALSE, sizeof(TargetMember), heard->known->len);
  for (guint i = 0; i < heard->known->len; i++) {
    const TargetKnown *known = &g_array_index(heard->known, TargetKnown, i);
    TargetMember member = {known->dimension, known->name};
    g_array_append_val(heard->members, member);
  }
  heard->hearing = answer_hearing(session, (const TargetMember *)(gpointer)heard->members->data, heard->members->len);
  return TRUE;
}

static void add_question(TargetSentence *sentence, TargetLack lack, const char *question) {
  sentence->lacks |= lack;
  g_ptr_array_add(sentence->questions, g_strdup(question));
}

/* Whether there are records from which the KPI is computed. */
static gboolean find_data(const Session *session, TargetSentence *sentence, GError **error) {
  const KpiDefinition *kpi =
      sentence->terms.kpi ? kpi_catalogue_find(session->catalogue, sentence->terms.kpi, NULL) : NULL;
  if (!kpi) return TRUE;
  QueryContext context = answer_context(session);
  const char *const kpis[] = {kpi->name, NULL};
  QueryRequest request = {.kpis = kpis, .period = "last-12-months", .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_run(&context, &request, error);
  if (!result) return FALSE;
  const QueryRow *row = query_result_n_rows(result) > 0 ? query_result_row(result, 0) : NULL;
  if (row && !(row->value.flags & QUERY_FLAG_NO_DATA)) return TRUE;
  g_autofree char *question = g_strdup_printf("M: Nothing measures %s yet: load %s.", kpi->title,
                                              kpi->needs_hint ? kpi->needs_hint : "its records");
  add_question(sentence, TARGET_LACKS_MEASURABLE, question);
  return TRUE;
}

/* Below it a target is not achievable: fewer than one of twenty such periods end there. */
#define HARDLY_EVER 0.05

/* So many percent of nothing are nothing. */
static void check_baseline(const Session *session, const TargetStanding *standing, TargetSentence *sentence) {
  const TargetTerms *terms = &standing->version->terms;
  if (!terms->is_percent || terms->baseline_start == BASE_DAY_NONE || terms->baseline_end > session->today) return;
  if (standing->has_baseline && standing->baseline != 0) return;
  g_autofree char *first = base_day_format(terms->baseline_start), *last = base_day_format(terms->baseline_end - 1);
  g_autofree char *question = g_strdup_printf(
      "M: There is nothing in what it is compared with, %s to %s, and %g %% of nothing is nothing. Write an amount, or "
      "compare with days that have records.",
      first, last, terms->amount);
  add_question(sentence, TARGET_LACKS_MEASURABLE, question);
}

static gboolean foretell(const Session *session, const TargetTerms *terms, PaceForecast *forecast,
                         TargetSentence *sentence, GError **error) {
  QueryContext context = answer_context(session);
  TargetDesk desk = {.context = &context};
  g_autoptr(Target) target = target_new(0, 0);
  g_ptr_array_add(target->versions, target_version_new(terms));
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, target);
  g_autoptr(GArray) standings = target_standings(&desk, one, error);
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, error) : NULL;
  if (!forecasts) return FALSE;
  *forecast = g_array_index(forecasts, PaceForecast, 0);
  check_baseline(session, &g_array_index(standings, TargetStanding, 0), sentence);
  return TRUE;
}

/* Is it within reach? Of what is no target yet, or one for each of many, nothing is said. */
static gboolean find_chance(const Session *session, AnswerHeard *heard, GError **error) {
  const TargetTerms *terms = &heard->sentence.terms;
  gboolean whole = terms->kpi && terms->dimension && terms->has_kind && terms->has_amount &&
                   terms->start != BASE_DAY_NONE && terms->end > session->today + 1;
  if (!whole || (!terms->member && !g_str_equal(terms->dimension, TARGET_COMPANY))) return TRUE;
  if (heard->sentence.lacks & TARGET_LACKS_MEASURABLE) return TRUE;
  if (!foretell(session, terms, &heard->forecast, &heard->sentence, error)) return FALSE;
  const PaceForecast *forecast = &heard->forecast;
  if (!forecast->has_chance || forecast->chance >= HARDLY_EVER) return TRUE;
  const KpiDefinition *kpi = kpi_catalogue_find(session->catalogue, terms->kpi, NULL);
  g_autofree char *usual = answer_number(session, kpi, TRUE, forecast->finish);
  g_autofree char *low = answer_number(session, kpi, TRUE, forecast->finish_low);
  g_autofree char *high = answer_number(session, kpi, TRUE, forecast->finish_high);
  g_autofree char *question = g_strdup_printf(
      "A: It is hardly within reach: fewer than 1 of 20 such periods end there; it will end near %s, between %s and "
      "%s. "
      "`attain target suggest %s` says what is realistic.",
      usual, low, high, kpi->name);
  add_question(&heard->sentence, TARGET_LACKS_ACHIEVABLE, question);
  return TRUE;
}

/* The one that is named; without a name any that names the KPI: it is then found whenever it is asked for. */
static const TargetObjective *objective_meant(const AnswerHeard *heard, const char *wanted, GPtrArray *names) {
  const char *kpi = heard->sentence.terms.kpi;
  const TargetObjective *found = NULL;
  for (guint i = 0; i < heard->objectives->len; i++) {
    const TargetObjective *objective = g_ptr_array_index(heard->objectives, i);
    gboolean names_it = !objective->ended && kpi && g_strv_contains((const char *const *)objective->kpis, kpi);
    if (!found && (wanted ? g_ascii_strcasecmp(objective->name, wanted) == 0 : names_it)) found = objective;
    g_ptr_array_add(names, objective->name);
  }
  return found;
}

static gboolean find_objective(const char *wanted, AnswerHeard *heard, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  const TargetObjective *found = objective_meant(heard, wanted, names);
  if (found && wanted) heard->objective = found->number;
  if (found) return TRUE;
  if (wanted) {
    const char *nearest = base_nearest(wanted, (const char *const *)names->pdata, names->len);
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no objective \"%s\"%s%s%s", wanted,
                nearest ? ": did you mean \"" : "", nearest ? nearest : "",
                nearest ? "\"?" : ": `attain objective set NAME --kpi KPI` makes one");
    return FALSE;
  }
  add_question(&heard->sentence, TARGET_LACKS_RELEVANT,
               "R: Which objective does it serve? `attain objective` lists them; --objective (over the API: "
               "\"objective\") names one.");
  return TRUE;
}

/* What the sentence leaves out is as in `like`. */
static void fill_from(const TargetTerms *like, TargetHearing *hearing, TargetSentence *sentence) {
  TargetTerms *terms = &sentence->terms;
  if (!terms->kpi) terms->kpi = g_strdup(like->kpi);
  if (!terms->dimension) {
    terms->dimension = g_strdup(like->dimension);
    terms->member = g_strdup(like->member);
  }
  gboolean change = terms->has_kind && (terms->kind == TARGET_GROW || terms->kind == TARGET_REDUCE);
  if (terms->start == BASE_DAY_NONE) {
    terms->start = like->start;
    terms->end = like->end;
    if (!terms->has_per && like->has_per) {
      terms->has_per = TRUE;
      terms->per = like->per;
    }
  }
  if (change && terms->baseline_start == BASE_DAY_NONE) {
    terms->baseline_start = like->baseline_start;
    terms->baseline_end = like->baseline_end;
  }
  if (!terms->kpi || !terms->has_kind || !terms->has_amount) return;
  sentence->lacks &= (guint) ~(TARGET_LACKS_SPECIFIC | TARGET_LACKS_TIME);
  g_ptr_array_set_size(sentence->questions, 0);
  g_free(sentence->canonical);
  sentence->canonical = target_terms_say(hearing, terms);
}

gboolean answer_hear(const Session *session, const AnswerSaying *saying, const TargetTerms *like, AnswerHeard *heard,
                     GError **error) {
  const char *whose = saying->who;
  QueryContext context = answer_context(session);
  heard->objectives = target_read_objectives(session->store, error);
  if (!heard->objectives || !know_members(session, heard, error)) return FALSE;
  if (whose && !target_who_read(&context, whose, &heard->dimension, &heard->member, error)) return FALSE;
  heard->hearing.dimension = heard->dimension ? heard->dimension : like ? like->dimension : NULL;
  heard->hearing.member = heard->dimension ? heard->member : like ? like->member : NULL;
  if (!target_sentence_read(&heard->hearing, saying->sentence, &heard->sentence, error)) return FALSE;
  if (like) fill_from(like, &heard->hearing, &heard->sentence);
  return find_data(session, &heard->sentence, error) && find_chance(session, heard, error) &&
         find_objective(saying->objective, heard, error);
}

/* --- telling --- */

static const struct {
  TargetLack lack;
  const char *letter;
} letters[] = {{TARGET_LACKS_SPECIFIC, "S"},
               {TARGET_LACKS_MEASURABLE, "M"},
               {TARGET_LACKS_ACHIEVABLE, "A"},
               {TARGET_LACKS_RELEVANT, "R"},
               {TARGET_LACKS_TIME, "T"}};

static void texts_member(CliJson *json, const char *key, const GPtrArray *texts) {
  cli_json_member_array(json, key);
  for (guint i = 0; texts && i < texts->len; i++) cli_json_text(json, g_ptr_array_index(texts, i));
  cli_json_end_array(json);
}

void answer_heard_json(const AnswerHeard *heard, FILE *out) {
  const TargetSentence *sentence = &heard->sentence;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  answer_terms_json(json, &sentence->terms);
  g_autofree char *within = sentence->within ? target_who_write(sentence->within_dimension, sentence->within) : NULL;
  cli_json_member_text(json, "within", within);
  cli_json_member_array(json, "missing");
  for (guint i = 0; i < G_N_ELEMENTS(letters); i++)
    if (sentence->lacks & letters[i].lack) cli_json_text(json, letters[i].letter);
  cli_json_end_array(json);
  cli_json_member_text(json, "canonical", sentence->canonical);
  texts_member(json, "questions", sentence->questions);
  cli_json_value(json, "probability", heard->forecast.has_chance, heard->forecast.chance);
  texts_member(json, "assumed", sentence->assumed);
  cli_json_end_object(json);
}

gboolean answer_check_heard(const AnswerHeard *heard, GError **error) {
  const TargetSentence *sentence = &heard->sentence;
  if (!(sentence->lacks & (TARGET_LACKS_SPECIFIC | TARGET_LACKS_MEASURABLE | TARGET_LACKS_TIME))) return TRUE;
  g_autoptr(GString) message = g_string_new("this is no target yet. What would make it one:");
  for (guint i = 0; i < sentence->questions->len; i++)
    g_string_append_printf(message, "\n  %s", (const char *)g_ptr_array_index(sentence->questions, i));
  g_set_error_literal(error, BASE_ERROR, BASE_ERROR_INPUT, message->str);
  return FALSE;
}

/* --- versions --- */

static gboolean read_parts(const Session *session, const char *text, TargetVersion *version, GError **error) {
  const TargetTerms *terms = &version->terms;
  CalendarPeriod span = {.grain = CALENDAR_RANGE, .start = terms->start, .end = terms->end};
  CalendarPeriod month = calendar_period_at(session->calendar, CALENDAR_MONTH, terms->start);
  CalendarGrain grain = terms->end <= month.end ? CALENDAR_WEEK : CALENDAR_MONTH;
  g_autoptr(GArray) periods = calendar_split(session->calendar, &span, grain, error);
  if (!periods) return FALSE;
  g_auto(GStrv) amounts = g_strsplit(text, ",", -1);
  if (g_strv_length(amounts) != periods->len) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "\"parts\" has %u amounts, and the target has %u %ss: write one for each", g_strv_length(amounts),
                periods->len, calendar_grain_name(grain));
    return FALSE;
  }
  for (guint i = 0; i < periods->len; i++) {
    const CalendarPeriod *period = &g_array_index(periods, CalendarPeriod, i);
    char *end, *amount = g_strstrip(amounts[i]);
    TargetPart part = {.start = period->start, .end = period->end, .weight = g_ascii_strtod(amount, &end)};
    if (*amount == 0 || *end != 0 || !isfinite(part.weight)) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "parts: \"%s\" is no amount: write 20000,30000.50", amount);
      return FALSE;
    }
    g_array_append_val(version->parts, part);
  }
  return TRUE;
}

TargetVersion *answer_said_version(const Session *session, const AnswerSaying *saying, const TargetTerms *terms,
                                   GError **error) {
  g_autoptr(TargetVersion) version = target_version_new(terms);
  const char *spread = saying->spread, *parts = saying->parts, *from = saying->from;
  if (spread && !target_spread_parse(spread, &version->spread)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "the spread is working-days, days, last-year or by-hand, not \"%s\"", spread);
    return NULL;
  }
  if (parts && !spread) version->spread = TARGET_SPREAD_BY_HAND;
  if ((version->spread == TARGET_SPREAD_BY_HAND) != (parts != NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "the spread by-hand and \"parts\" go together");
    return NULL;
  }
  if (parts && !read_parts(session, parts, version, error)) return NULL;
  if (from && !base_day_parse_iso(from, &version->effective)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "\"from\" takes a day, YYYY-MM-DD, not \"%s\"", from);
    return NULL;
  }
  return g_steal_pointer(&version);
}
