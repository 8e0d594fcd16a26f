/* Chances and suggestions from records, by hand. The clock is at the end of Friday, 20 November 2026.
 *
 *   Ana   8 deals won a month since January 2025: 4 on the 5th, 4 on the 25th; in November 6 on the 5th
 *   Ben   2 a month since August 2026: 1 on the 5th, 1 on the 25th; in November 1 on the 5th
 *
 * 15 of November's 21 working days are over, and the 25th is always to come at that position. So what usually comes
 * after it is Ana's 4 and Ben's 1. */
#include "november.h"
#include "pace/pace.h"
#include "pace/suggest.h"

#include <math.h>

static const char definitions[] =
    "measures:\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  won: {formula: count(opportunity where outcome = 'won' on closed_at), better: higher, drivers: [made, rate]}\n"
    "  made: {formula: count(opportunity on created_at), better: higher}\n"
    "  rate: {formula: won / decided, better: higher, proportion: true}\n";

static BaseDay date(int year, int month, int of_month) {
  return base_day_from_civil(year, month, of_month);
}

static void add_deals(const World *world, int *key, int owner, BaseDay on, int n, const char *outcome) {
  g_autofree char *closed = base_day_format(on);
  company_sql(world->store,
              "INSERT INTO opportunity BY NAME SELECT (%d + i)::UBIGINT AS key, 'd' || (%d + i) AS id, %d AS owner, "
              "TIMESTAMP '%s' AS created_at, DATE '%s' AS created_at_day, TIMESTAMP '%s' AS closed_at, DATE '%s' AS "
              "closed_at_day, '%s' AS outcome, 100 AS amount, 'EUR' AS currency FROM range(%d) r(i)",
              *key, *key, owner, closed, closed, closed, closed, outcome, n);
  *key += n;
}

static World world_of_two(void) {
  World world = november_world(definitions, NULL, NULL, 0);
  int key = 1;
  for (int month = 24; month < 46; month++) {
    add_deals(&world, &key, 1, date(2023 + month / 12, month % 12 + 1, 5), 4, "won");
    add_deals(&world, &key, 1, date(2023 + month / 12, month % 12 + 1, 25), 4, "won");
    if (month < 43) continue;
    add_deals(&world, &key, 2, date(2023 + month / 12, month % 12 + 1, 5), 1, "won");
    add_deals(&world, &key, 2, date(2023 + month / 12, month % 12 + 1, 25), 1, "won");
  }
  add_deals(&world, &key, 1, date(2026, 11, 5), 6, "won");
  add_deals(&world, &key, 2, date(2026, 11, 5), 1, "won");
  world_count_deals(&world);
  return world;
}

static PaceForecast forecast(const World *world, const char *kpi, const char *dimension, const char *member,
                             TargetKind kind, double amount, BaseDay start, BaseDay end) {
  TargetTerms terms = terms_of(kpi, dimension, member, kind, amount, start, end);
  g_autoptr(Target) target = target_new(0, 0);
  g_ptr_array_add(target->versions, target_version_new(&terms));
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, target);
  TargetDesk desk = {.context = &world->context};
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) standings = target_standings(&desk, one, &error);
  g_autoptr(GArray) forecasts = standings ? pace_forecasts(&desk, standings, &error) : NULL;
  if (!forecasts) fail_msg("%s", error->message);
  return g_array_index(forecasts, PaceForecast, 0);
}

static PaceForecast of_november(const World *world, const char *kpi, const char *member, TargetKind kind,
                                double amount) {
  return forecast(world, kpi, "rep", member, kind, amount, date(2026, 11, 1), date(2026, 12, 1));
}

static void assert_between(double low, double high, double value) {
  if (!(value >= low && value <= high)) fail_msg("%g is not between %g and %g", value, low, high);
}

/* 6 and 4 more; months have six or seven working days left at that position, so one deal more or less. Ana's first
 * window is foretold by none, Ben's by hers. */
static void from_their_own_past(void **state) {
  g_auto(World) world = world_of_two();
  PaceForecast ana = of_november(&world, "won", "Ana", TARGET_REACH, 10);
  assert_true(ana.has_chance && ana.has_finish);
  assert_between(9, 11, ana.finish);
  assert_int_equal(21, ana.n_own);
  assert_int_equal(3, ana.n_peers);
  assert_between(0.6, 1, ana.chance);
  assert_between(0, 0.3, of_november(&world, "won", "Ana", TARGET_REACH, 12).chance);
  PaceForecast ben = of_november(&world, "won", "ben", TARGET_REACH, 2);
  assert_int_equal(3, ben.n_own);
  assert_int_equal(21, ben.n_peers);
  assert_between(1, 3, ben.finish);
}

/* What is there stays there: 6 are certain, and no more than 5 are out of reach. */
static void what_is_there(void **state) {
  g_auto(World) world = world_of_two();
  assert_true(of_november(&world, "won", "Ana", TARGET_REACH, 6).chance == 1);
  assert_true(of_november(&world, "won", "Ana", TARGET_BELOW, 5).chance == 0);
  PaceForecast most = of_november(&world, "won", "Ana", TARGET_BELOW, 12);
  PaceForecast least = of_november(&world, "won", "Ana", TARGET_REACH, 13);
  assert_between(1 - 1e-9, 1 + 1e-9, most.chance + least.chance);
}

/* 15 working days of October: until the 21st, so the 4 of the 5th. */
static void like_for_like(void **state) {
  g_auto(World) world = world_of_two();
  PaceForecast ana = of_november(&world, "won", "Ana", TARGET_REACH, 10);
  assert_true(ana.has_like);
  assert_true(ana.like == 4);
  assert_int_equal(date(2026, 10, 1), ana.same.start);
  assert_int_equal(date(2026, 10, 22), ana.same.end);
}

/* What has ended was made or not; of what is to come the whole month is foretold; who has no past goes
 * by their peers. */
static void before_and_after(void **state) {
  g_auto(World) world = world_of_two();
  BaseDay october = date(2026, 10, 1), november = date(2026, 11, 1), december = date(2026, 12, 1);
  assert_true(forecast(&world, "won", "rep", "Ana", TARGET_REACH, 8, october, november).chance == 1);
  assert_true(forecast(&world, "won", "rep", "Ana", TARGET_REACH, 9, october, november).chance == 0);
  PaceForecast next = forecast(&world, "won", "rep", "Ana", TARGET_REACH, 8, december, date(2027, 1, 1));
  assert_true(next.has_chance && !next.has_like);
  assert_between(7, 10, next.finish);
  PaceForecast zoe = of_november(&world, "won", "Zoe", TARGET_REACH, 8);
  assert_int_equal(0, zoe.n_own);
  assert_int_equal(24, zoe.n_peers);
}

/* All were won: 100 %, which no month was above. The company has no peers. */
static void rates_and_the_company(void **state) {
  g_auto(World) world = world_of_two();
  PaceForecast rate = of_november(&world, "rate", "Ana", TARGET_ABOVE, 0.9);
  assert_between(0.99, 1, rate.finish);
  assert_between(0.9, 1, rate.chance);
  PaceForecast all = forecast(&world, "won", "company", NULL, TARGET_REACH, 10, date(2026, 11, 1), date(2026, 12, 1));
  assert_int_equal(0, all.n_peers);
  assert_between(10, 14, all.finish);
}

/* December: usually 8 of 8 deals made; a tenth more of one asks a tenth more of the other, in whole deals. No rate is
 * above 100 %. */
static void suggestions(void **state) {
  g_auto(World) world = world_of_two();
  TargetDesk desk = {.context = &world.context};
  const char *const members[] = {"Ana", NULL};
  g_autoptr(GError) error = NULL;
  const KpiDefinition *won = kpi_catalogue_find(world.catalogue, "won", NULL);
  g_autoptr(GPtrArray) all = pace_suggest(&desk, won, "rep", members, date(2026, 12, 1), date(2027, 1, 1), &error);
  if (!all) fail_msg("%s", error->message);
  const PaceSuggestion *ana = g_ptr_array_index(all, 0);
  assert_true(ana->has && !ana->has_at);
  assert_between(7, 10, ana->amounts[0]);
  assert_true(ana->amounts[0] <= ana->amounts[1] && ana->amounts[1] < ana->amounts[2]);
  assert_int_equal(2, ana->asks->len);
  const PaceAsk *made = &g_array_index(ana->asks, PaceAsk, 0), *rate = &g_array_index(ana->asks, PaceAsk, 1);
  assert_between(7.9, 8.1, made->usual);
  for (int i = 0; i < PACE_N_REACH; i++)
    assert_true(made->needed[i] == ceil(made->usual * ana->amounts[i] / ana->amounts[0] - 1e-9));
  assert_true(rate->needed[0] == 1 && isnan(rate->needed[2]));
  assert_null(pace_suggest(&desk, won, "rep", members, date(2026, 10, 1), date(2026, 11, 1), &error));
  assert_non_null(strstr(error->message, "2026-10-31"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(from_their_own_past), cmocka_unit_test(what_is_there),         cmocka_unit_test(like_for_like),
      cmocka_unit_test(before_and_after),    cmocka_unit_test(rates_and_the_company), cmocka_unit_test(suggestions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
