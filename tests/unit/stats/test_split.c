/* Changes split by parts: an example worked by hand, and properties of any parts. */
#include "../unit.h"
#include "stats/stats.h"

#include <math.h>

static gboolean near(double a, double b) {
  return fabs(a - b) <= 1e-12 * fmax(1, fmax(fabs(a), fabs(b)));
}

/* Win rates, then and now: North 30 of 60, then 20 of 50; South 10 of 40, then 45 of 150. All: 40 / 100 = 0.4, then
 * 65 / 200 = 0.325; the middle of them 0.3625. North's share goes from 0.6 to 0.25, its rate from 0.5 to 0.4:
 *   rate −0.1 · 0.425 = −0.0425, mix −0.35 · (0.45 − 0.3625) = −0.030625
 * South's share from 0.4 to 0.75, its rate from 0.25 to 0.3:
 *   rate 0.05 · 0.575 = 0.02875, mix 0.35 · (0.275 − 0.3625) = −0.030625
 * Together −0.073125 − 0.001875 = −0.075. */
static void splits_a_rate_into_rate_and_mix(void **state) {
  StatsPart parts[] = {{{30, 60}, {20, 50}}, {{10, 40}, {45, 150}}}, whole = {{40, 100}, {65, 200}};
  StatsEffect effects[2];
  double rest;
  assert_true(stats_split_ratio(parts, 2, whole, effects, &rest));
  assert_true(near(effects[0].rate, -0.0425) && near(effects[0].mix, -0.030625) && near(effects[0].effect, -0.073125));
  assert_true(near(effects[1].rate, 0.02875) && near(effects[1].mix, -0.030625) && near(effects[1].effect, -0.001875));
  assert_true(near(rest, 0));
}

/* All 2 / 4, then 5 / 10, both 0.5. A new part of 1 / 4 has no rate of its own before: −0.25 · 0.4 = −0.1 is mix. One
 * that is gone, 1 / 2 then, neither above nor below: 0. */
static void gives_what_is_new_or_gone_to_the_mix(void **state) {
  StatsPart parts[] = {{{0, 0}, {1, 4}}, {{1, 2}, {0, 0}}, {{1, 2}, {4, 6}}}, whole = {{2, 4}, {5, 10}};
  StatsEffect effects[3];
  double rest;
  assert_true(stats_split_ratio(parts, 3, whole, effects, &rest));
  assert_true(effects[0].has_rate && effects[0].rate == 0 && near(effects[0].mix, -0.1));
  assert_true(effects[1].has_rate && effects[1].rate == 0 && near(effects[1].mix, 0));
  assert_true(near(effects[2].rate, (4.0 / 6 - 0.5) * 0.55) && near(rest, 0));
}

/* Sales of 10 without a quota, of quotas of 100: 0.1 of the attainment, and no rate. */
static void has_no_rate_of_what_has_no_denominator(void **state) {
  StatsPart parts[] = {{{50, 100}, {50, 100}}, {{0, 0}, {10, 0}}}, whole = {{50, 100}, {60, 100}};
  StatsEffect effects[2];
  double rest;
  assert_true(stats_split_ratio(parts, 2, whole, effects, &rest));
  assert_true(!effects[1].has_rate && near(effects[1].effect, 0.1) && effects[1].rate == 0 && effects[1].mix == 0);
  assert_true(near(effects[0].effect, 0) && near(rest, 0));
}

static void is_nothing_without_a_denominator_of_the_whole(void **state) {
  StatsPart whole = {{0, 0}, {1, 2}};
  double rest;
  assert_false(stats_split_ratio(NULL, 0, whole, NULL, &rest));
  whole = (StatsPart){{1, 2}, {1, 0}};
  assert_false(stats_split_ratio(NULL, 0, whole, NULL, &rest));
}

#define MOST 40

static StatsFraction some(GRand *rand) {
  int kind = g_rand_int_range(rand, 0, 6);
  double denominator = kind == 0 || kind == 1 ? 0 : g_rand_int_range(rand, 1, 100000);
  return (StatsFraction){kind == 0 ? 0 : g_rand_double_range(rand, -1e5, 1e6), denominator};
}

static void plus(StatsFraction *sum, StatsFraction of) {
  sum->numerator += of.numerator;
  sum->denominator += of.denominator;
}

/* Any parts, also some that the whole does not have, and some that it lacks: the effects come to the change. */
static void comes_to_the_whole_change(void **state) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);
  for (int turn = 0; turn < 20000; turn++) {
    StatsPart parts[MOST], whole = {{1, 7}, {3, 11}};
    StatsEffect effects[MOST];
    gsize n = (gsize)g_rand_int_range(rand, 0, MOST);
    gboolean is_exact = turn % 2 == 0;
    if (is_exact) n = MAX(n, 1);
    for (gsize i = 0; i < n; i++) {
      parts[i] = (StatsPart){some(rand), some(rand)};
      plus(&whole.then, parts[i].then);
      plus(&whole.now, parts[i].now);
    }
    if (is_exact) plus(&parts[0].then, (StatsFraction){1, 7});
    if (is_exact) plus(&parts[0].now, (StatsFraction){3, 11});
    double rest, sum = 0, size = 0;
    assert_true(stats_split_ratio(parts, n, whole, effects, &rest));
    for (gsize i = 0; i < n; i++) {
      assert_true(fabs(effects[i].rate + effects[i].mix - effects[i].effect) <=
                      1e-12 * fmax(1, fabs(effects[i].rate)) ||
                  !effects[i].has_rate);
      sum += effects[i].effect;
      size += fabs(effects[i].effect);
    }
    double change = whole.now.numerator / whole.now.denominator - whole.then.numerator / whole.then.denominator;
    assert_true(fabs(sum + rest - change) <= 1e-12 * (1 + size + fabs(change)));
    if (is_exact) assert_true(fabs(rest) <= 1e-12 * (1 + size + fabs(change)));
  }
}

/* The other way round in time, the effects are the same with the other sign. */
static void turns_round_with_time(void **state) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (int turn = 0; turn < 2000; turn++) {
    StatsPart parts[5], back[5], whole = {{0, 1}, {0, 1}};
    StatsEffect effects[5], effects_back[5];
    for (gsize i = 0; i < 5; i++) {
      parts[i] = (StatsPart){some(rand), some(rand)};
      back[i] = (StatsPart){parts[i].now, parts[i].then};
      plus(&whole.then, parts[i].then);
      plus(&whole.now, parts[i].now);
    }
    double rest;
    assert_true(stats_split_ratio(parts, 5, whole, effects, &rest));
    assert_true(stats_split_ratio(back, 5, (StatsPart){whole.now, whole.then}, effects_back, &rest));
    for (gsize i = 0; i < 5; i++) assert_true(near(effects[i].effect, -effects_back[i].effect));
  }
}

static void leaves_what_parts_lack_of_a_sum(void **state) {
  const double changes[] = {0.1, 0.2, -0.7};
  assert_true(near(stats_split_rest(changes, 3, -0.4), 0));
  assert_true(near(stats_split_rest(changes, 2, 1), 0.7));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(splits_a_rate_into_rate_and_mix),
      cmocka_unit_test(gives_what_is_new_or_gone_to_the_mix),
      cmocka_unit_test(has_no_rate_of_what_has_no_denominator),
      cmocka_unit_test(is_nothing_without_a_denominator_of_the_whole),
      cmocka_unit_test(comes_to_the_whole_change),
      cmocka_unit_test(turns_round_with_time),
      cmocka_unit_test(leaves_what_parts_lack_of_a_sum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
