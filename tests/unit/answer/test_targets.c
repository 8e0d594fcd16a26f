/* Targets as they are shown: standings made by hand, in words, as a row and as JSON. */
#include "answer/targets.h"
#include "asked.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  value: {name: Value, formula: \"sum(opportunity.amount where outcome = 'won' on closed_at)\", better: higher}\n"
    "  rate: {name: Rate, formula: won / decided, better: higher, proportion: true}\n";

static World world;
static Session session;

static int set_up(void **state) {
  world = world_empty(definitions);
  world_set_clock(&world, base_day_from_civil(2026, 11, 20));
  session = world_session(&world);
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

static TargetTerms terms_of(const char *kpi, TargetKind kind, double amount) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)"rep";
  terms.member = (char *)"Bo \"Bobby\" Lund, jr.";
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = kind;
  terms.amount = amount;
  terms.start = base_day_from_civil(2026, 11, 1);
  terms.end = base_day_from_civil(2026, 12, 1);
  return terms;
}

/* --- amounts and terms --- */

static void amounts_in_their_unit(void **state) {
  const KpiDefinition *value = kpi_catalogue_find(world.catalogue, "value", NULL),
                      *rate = kpi_catalogue_find(world.catalogue, "rate", NULL);
  TargetTerms percent = terms_of("value", TARGET_GROW, 12.5), band = terms_of("rate", TARGET_BETWEEN, 0.2),
              whole = terms_of("value", TARGET_REACH, 50000), gone = terms_of("gone", TARGET_REACH, 7);
  percent.is_percent = TRUE;
  band.amount_high = 0.3;
  g_autofree char *a = answer_target_amount(&session, value, &percent),
                  *b = answer_target_amount(&session, rate, &band), *c = answer_target_amount(&session, value, &whole),
                  *d = answer_target_amount(&session, NULL, &gone);
  assert_string_equal(a, "12.5 %");
  assert_string_equal(b, "20.0 % to 30.0 %");
  assert_string_equal(c, "EUR 50,000");
  assert_string_equal(d, "7");
}

static char *json_of(const TargetTerms *terms) {
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  CliJson *json = cli_json_line_new(out);
  cli_json_begin_object(json);
  answer_terms_json(json, terms);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  return text;
}

/* What is there is typed, what is not is null, and an end is the day after the last. */
static void terms_as_json(void **state) {
  TargetTerms terms = terms_of("value", TARGET_GROW, 10), nothing;
  terms.is_percent = terms.has_per = TRUE;
  terms.per = CALENDAR_MONTH;
  terms.baseline_start = base_day_from_civil(2026, 10, 1);
  terms.baseline_end = base_day_from_civil(2026, 11, 1);
  g_autofree char *full = json_of(&terms);
  assert_string_equal(
      full,
      "{\"kpi\": \"value\", \"who\": \"rep:Bo \\\"Bobby\\\" Lund, jr.\", \"kind\": \"grow\", \"amount\": "
      "10, \"amount_high\": null, \"unit\": \"percent\", \"baseline\": {\"start\": \"2026-10-01\", "
      "\"end\": \"2026-11-01\"}, \"per\": \"month\", \"start\": \"2026-11-01\", \"end\": "
      "\"2026-12-01\"}\n");
  target_terms_init(&nothing);
  g_autofree char *empty = json_of(&nothing);
  assert_string_equal(
      empty,
      "{\"kpi\": null, \"who\": null, \"kind\": null, \"amount\": null, \"amount_high\": null, \"unit\": "
      "null, \"baseline\": null, \"per\": null, \"start\": null, \"end\": null}\n");
}

static void chances_as_people_say_them(void **state) {
  static const struct {
    double chance;
    const char *words;
  } cases[] = {{0, "0 %"}, {0.004, "under 1 %"}, {0.35, "35 %"}, {0.994, "over 99 %"}, {1, "100 %"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *words = answer_chance(&(PaceForecast){.has_chance = TRUE, .chance = cases[i].chance});
    assert_string_equal(words, cases[i].words);
  }
  g_autofree char *none = answer_chance(&(PaceForecast){.chance = 0.5});
  assert_string_equal(none, "–");
}

/* --- standings --- */

/* 15,000 of 45,000 by the 20th of November, when 15 of its 21 working days are over: 32,143 were due by then. */
static TargetStanding behind(const Target *target, const TargetVersion *version) {
  TargetStanding standing = {.target = target,
                             .version = version,
                             .kpi = kpi_catalogue_find(world.catalogue, "value", NULL),
                             .phase = TARGET_RUNNING,
                             .has_amount = TRUE,
                             .amount = 45000,
                             .has_score = TRUE,
                             .has_due = TRUE,
                             .share = 15.0 / 21,
                             .due = 45000 * 15.0 / 21,
                             .has_days = TRUE,
                             .days_ahead = -8,
                             .working_days = 21,
                             .working_days_left = 6,
                             .has_rate = TRUE,
                             .rate_so_far = 1000,
                             .rate_needed = 5000};
  standing.actual = (QueryValue){.has_value = TRUE, .value = 15000, .n = 2};
  standing.ahead = standing.actual.value - standing.due;
  standing.score = (TargetScore){.has_score = TRUE, .score = 1.0 / 3, .gap = 30000};
  return standing;
}

static void assert_words(const TargetStanding *standing, const char *const *parts) {
  PaceForecast forecast = {0};
  g_autofree char *words = answer_target_words(&session, standing, &forecast);
  for (; *parts; parts++) assert_has(words, *parts);
}

static void standings_in_words(void **state) {
  TargetTerms terms = terms_of("value", TARGET_REACH, 45000);
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  g_autoptr(Target) target = target_new(0, 0);
  TargetStanding standing = behind(target, version);
  assert_words(&standing,
               (const char *const[]){"EUR 15,000 so far: 33.3 %.", "EUR 30,000 to go.", "6 working days left of 21.",
                                     "EUR 32,143", "8 days behind",
                                     "The rest takes EUR 5,000 a working day; it was EUR 1,000 so far.", NULL});
  standing.phase = TARGET_ENDED;
  assert_words(&standing, (const char *const[]){"EUR 15,000 in the end: 33.3 %. EUR 30,000 to go.", NULL});
  standing.phase = TARGET_NOT_BEGUN;
  assert_words(&standing, (const char *const[]){"It has not begun.", NULL});
  standing.phase = TARGET_RUNNING;
  standing.has_score = FALSE;
  assert_words(&standing, (const char *const[]){"There is no value yet: too few records.", NULL});
  standing.has_amount = FALSE;
  assert_words(&standing, (const char *const[]){"no value in what it is compared with", NULL});
  standing.kpi = NULL;
  assert_words(&standing, (const char *const[]){"Its KPI is defined no more.", NULL});
}

/* A share's gap is in points: 25 % where 30 % was wanted is 5 points, and not 5 %. */
static void a_gap_of_shares_is_in_points(void **state) {
  TargetTerms terms = terms_of("rate", TARGET_ABOVE, 0.3);
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  g_autoptr(Target) target = target_new(0, 0);
  TargetStanding standing = behind(target, version);
  standing.kpi = kpi_catalogue_find(world.catalogue, "rate", NULL);
  standing.has_due = standing.has_days = standing.has_rate = FALSE;
  standing.amount = 0.3;
  standing.actual.value = 0.25;
  standing.score = (TargetScore){.has_score = TRUE, .score = 0.25 / 0.3, .gap = 0.05};
  assert_words(&standing, (const char *const[]){"25.0 % so far: 83.3 %. 5.0 points to go.", NULL});
}

/* One row, in Markdown, where a name's own bars and quotes must not break it. */
static void standings_as_a_table(void **state) {
  TargetTerms terms = terms_of("value", TARGET_REACH, 45000);
  TargetEvent event = {.act = TARGET_ACT_SET, .author = (char *)"Mia", .said_at_us = 1};
  Target *target = target_new(0, 0);
  assert_true(target_say(world.store, target, target_version_new(&terms), &event, NULL));
  g_autoptr(GArray) standings = g_array_new(FALSE, FALSE, sizeof(TargetStanding)),
                    forecasts = g_array_new(FALSE, TRUE, sizeof(PaceForecast));
  TargetStanding standing = behind(target, target_latest(target));
  g_array_append_val(standings, standing);
  g_array_set_size(forecasts, 1);
  g_autoptr(CliTable) table = answer_targets_table(&session, standings, forecasts, NULL);
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  cli_table_print_markdown(table, out);
  fclose(out);
  assert_has(
      text,
      "| 1 | Value | rep:Bo \"Bobby\" Lund, jr. | 2026-11 | 33.3 % | – | 8 days behind | EUR 45,000 | EUR 15,000 | "
      "EUR 32,143 | – |");
  free(text);
  target_free(target);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(amounts_in_their_unit),        cmocka_unit_test(terms_as_json),
      cmocka_unit_test(chances_as_people_say_them),   cmocka_unit_test(standings_in_words),
      cmocka_unit_test(a_gap_of_shares_is_in_points), cmocka_unit_test(standings_as_a_table),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
