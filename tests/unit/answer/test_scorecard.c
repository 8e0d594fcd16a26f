/* Scorecards in words and tables. Ana won 100 in January, nothing in February, 300 in March and 800 in April; Ben won
 * 200 in April and lost two deals. The clock stands at the end of April 2026, unless a test moves it. */
#include "answer/scorecard.h"
#include "asked.h"
#include "target/members.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  value: {name: Value of all won deals, formula: \"sum(opportunity.amount where outcome = 'won' on closed_at)\", "
    "better: higher}\n"
    "  rate: {name: Rate, formula: won / decided, better: higher, proportion: true}\n"
    "  lost: {name: Lost, formula: \"count(opportunity where outcome = 'lost' on closed_at)\", better: lower}\n";

typedef struct {
  World world;
  Session session;
  GPtrArray *targets;
  Scorecard *scorecard;
  ShownScorecard shown;
} Case;

static void free_target(gpointer target) {
  target_free(target);
}

static void case_init(Case *one, BaseDay today) {
  one->world = world_empty(definitions);
  one->targets = g_ptr_array_new_with_free_func(free_target);
  Store *store = one->world.store;
  company_sql(store, "INSERT INTO person (key, id, name, known) VALUES (1, 'p1', 'Ana', true), (2, 'p2', 'Ben', true)");
  company_sql(store,
              "INSERT INTO opportunity (key, id, owner, outcome, amount, currency, created_at, created_at_day, "
              "closed_at, closed_at_day) SELECT k, 'd' || k, o, w, a * 100, 'EUR', '2026-01-01', '2026-01-01', "
              "d::TIMESTAMP, d::DATE FROM (VALUES (1, 1, 'won', 100, '2026-01-12'), (2, 1, 'won', 300, '2026-03-03'), "
              "(3, 1, 'won', 800, '2026-04-08'), (4, 2, 'won', 200, '2026-04-09'), (5, 2, 'lost', 7, '2026-04-10'), "
              "(6, 2, 'lost', 9, '2026-04-13')) v(k, o, w, a, d)");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 6 AS n_rows, "
              "DATE '2026-01-01' AS first_day, DATE '2026-04-13' AS last_day, "
              "TIMESTAMP '2026-04-13' AS latest_at, false AS has_foreign_currency");
  world_set_clock(&one->world, today);
  one->session = world_session(&one->world);
}

static void case_clear(Case *one) {
  shown_scorecard_clear(&one->shown);
  scorecard_free(one->scorecard);
  g_ptr_array_unref(one->targets);
  world_clear(&one->world);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

static void set_in_april(Case *one, const char *kpi, TargetKind kind, double amount) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)TARGET_COMPANY;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = kind;
  terms.amount = amount;
  terms.amount_high = amount + 1;
  terms.start = base_day_from_civil(2026, 4, 1);
  terms.end = base_day_from_civil(2026, 5, 1);
  Target *target = target_new(0, 0);
  TargetEvent event = {.act = TARGET_ACT_SET, .author = (char *)"Mia"};
  g_autoptr(GError) error = NULL;
  if (!target_say(one->world.store, target, target_version_new(&terms), &event, &error)) fail_msg("%s", error->message);
  g_ptr_array_add(one->targets, target);
}

static void show(Case *one, const char *const *by) {
  static const char *const kpis[] = {"value", "rate", "lost", NULL};
  TargetDesk desk = {.context = &one->world.context};
  ScorecardRequest request = {
      .dimension = TARGET_COMPANY,
      .kpis = kpis,
      .by = by,
      .n_trend = 3,
      .period = calendar_period_at(one->world.calendar, CALENDAR_MONTH, base_day_from_civil(2026, 4, 1))};
  g_autoptr(GError) error = NULL;
  one->scorecard = scorecard_new(&desk, one->targets, &request, &error);
  if (!one->scorecard) fail_msg("%s", error->message);
  shown_scorecard_init(&one->shown, &one->session, one->scorecard, NULL);
}

static const ScorecardCell *cell_of(const Case *one, guint row, guint kpi) {
  return &scorecard_row(one->scorecard, row)->cells[kpi];
}

static void assert_text(const char *expected, char *text) {
  assert_string_equal(expected, text);
  g_free(text);
}

/* From 0 to 1,000 in eight steps of 125: 100 is in the first, 300 in the third; Ana's own from 0 to 800. Of Ben's rate
 * there is a value in April alone, and a flat line is in the middle. */
static void trend_lines(void **state) {
  static const char *const by[] = {"rep", NULL};
  g_auto(Case) one = {0};
  case_init(&one, base_day_from_civil(2026, 4, 30));
  show(&one, by);
  assert_int_equal(4, one.shown.n_whole);
  assert_text("▁▁▃█", scorecard_trend_line(&one.shown, cell_of(&one, 0, 0), TRUE));
  assert_text("__-#", scorecard_trend_line(&one.shown, cell_of(&one, 1, 0), FALSE));
  assert_text("   ▄", scorecard_trend_line(&one.shown, cell_of(&one, 2, 1), TRUE));
}

/* April runs: it is not drawn. */
static void a_trend_while_it_runs(void **state) {
  g_auto(Case) one = {0};
  case_init(&one, base_day_from_civil(2026, 4, 15));
  show(&one, NULL);
  assert_int_equal(3, one.shown.n_whole);
  assert_text("▃▁█", scorecard_trend_line(&one.shown, cell_of(&one, 0, 0), TRUE));
}

/* 15 April is the 11th of April's 22 working days: of 3,000 half is due, 1,000 is there, as on the 8th day (1,000 /
 * 3,000 of 22 is 7.3): 3 working days behind. In March there were 300 after 11 working days. */
static void in_words(void **state) {
  g_auto(Case) one = {0};
  case_init(&one, base_day_from_civil(2026, 4, 15));
  set_in_april(&one, "value", TARGET_REACH, 3000);
  set_in_april(&one, "rate", TARGET_ABOVE, 0.4);
  set_in_april(&one, "lost", TARGET_BELOW, 4);
  show(&one, NULL);
  assert_text("EUR 3,000", scorecard_target_words(&one.shown, 0, cell_of(&one, 0, 0)));
  assert_text("max 4", scorecard_target_words(&one.shown, 2, cell_of(&one, 0, 2)));
  assert_text("EUR 500, 3 days behind", scorecard_pace_words(&one.shown, 0, cell_of(&one, 0, 0), TRUE));
  assert_text("3 days behind", scorecard_pace_words(&one.shown, 0, cell_of(&one, 0, 0), FALSE));
  assert_text("met so far", scorecard_pace_words(&one.shown, 1, cell_of(&one, 0, 1), TRUE));
  assert_text("on time", scorecard_pace_words(&one.shown, 2, cell_of(&one, 0, 2), TRUE));
  assert_text("+233.3 %", scorecard_change_words(scorecard_kpi(one.scorecard, 0), cell_of(&one, 0, 0)));
  assert_text("-50.0 pt", scorecard_change_words(scorecard_kpi(one.scorecard, 1), cell_of(&one, 0, 1)));
}

static void a_band_and_an_end(void **state) {
  g_auto(Case) one = {0};
  case_init(&one, base_day_from_civil(2026, 5, 4));
  set_in_april(&one, "lost", TARGET_BETWEEN, 3);
  show(&one, NULL);
  assert_text("3 to 4", scorecard_target_words(&one.shown, 2, cell_of(&one, 0, 2)));
  assert_text("missed", scorecard_pace_words(&one.shown, 2, cell_of(&one, 0, 2), TRUE));
  assert_text("–", scorecard_target_words(&one.shown, 0, cell_of(&one, 0, 0)));
  assert_text("", scorecard_pace_words(&one.shown, 0, cell_of(&one, 0, 0), TRUE));
}

static char *printed(const CliTable *table) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  CliContext context = {.out = out, .err = out, .unicode = TRUE};
  cli_table_write(table, &context, FALSE);
  fclose(out);
  return text;
}

/* "Test" is 4 wide, the score 5, the value's head 12 in two lines. Where no more fits, the members are repeated. */
static void a_matrix_goes_on_below(void **state) {
  static const char *const by[] = {"rep", NULL};
  g_auto(Case) one = {0};
  case_init(&one, base_day_from_civil(2026, 4, 30));
  set_in_april(&one, "value", TARGET_REACH, 2000);
  show(&one, by);
  g_autoptr(GPtrArray) wide = scorecard_matrix(&one.shown, 0), narrow = scorecard_matrix(&one.shown, 34);
  assert_int_equal(1, wide->len);
  assert_int_equal(2, narrow->len);
  g_autofree char *all = printed(g_ptr_array_index(wide, 0)), *rest = printed(g_ptr_array_index(narrow, 1));
  if (!strstr(all, "Rep   Score     Value of all     Rate  Lost\n                   won deals\n")) fail_msg("%s", all);
  if (!strstr(all, "Test     50  EUR 1,000  50 %   50.0 %     2\n")) fail_msg("%s", all);
  if (!strstr(rest, "Rep      Rate  Lost\n")) fail_msg("%s", rest);
  assert_null(strstr(rest, "Score"));
}

/* Of deals above 250: Ana's 300 in March and 800 in April; April a year ago is before the first record. A target of
 * 2,000 is of all deals, and so not of these. */
static void a_part_of_the_records_beside_last_year(void **state) {
  static const char *const kpis[] = {"value", NULL}, *const big[] = {"amount > 250", NULL}, *const by[] = {"rep", NULL};
  g_auto(Case) one = {0};
  case_init(&one, base_day_from_civil(2026, 4, 30));
  set_in_april(&one, "value", TARGET_REACH, 2000);
  TargetDesk desk = {.context = &one.world.context};
  ScorecardRequest request = {
      .dimension = TARGET_COMPANY,
      .kpis = kpis,
      .by = by,
      .where = big,
      .compare = QUERY_COMPARE_YEAR_AGO,
      .n_trend = 3,
      .period = calendar_period_at(one.world.calendar, CALENDAR_MONTH, base_day_from_civil(2026, 4, 1))};
  g_autoptr(GError) error = NULL;
  one.scorecard = scorecard_new(&desk, one.targets, &request, &error);
  if (!one.scorecard) fail_msg("%s", error->message);
  shown_scorecard_init(&one.shown, &one.session, one.scorecard, NULL);
  const ScorecardCell *company = cell_of(&one, 0, 0);
  assert_true(company->value.value == 800 && company->trend[2].value == 300);
  assert_false(company->has_target || company->has_points || company->compared.has_value);
  assert_string_equal("2025-04", scorecard_compared_period(one.scorecard)->name);
  assert_non_null(strstr(scorecard_notes(one.scorecard)[0], "only a part of the records"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trend_lines),
      cmocka_unit_test(a_trend_while_it_runs),
      cmocka_unit_test(in_words),
      cmocka_unit_test(a_band_and_an_end),
      cmocka_unit_test(a_matrix_goes_on_below),
      cmocka_unit_test(a_part_of_the_records_beside_last_year),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
