/* Where targets stand, by hand. The clock is at the end of Friday, 20 November 2026; November has 21 working days, of
 * which 15 are over and 6 are left; October has 22.
 *
 *            October               November
 *   Ana      10,000 + 20,000 won   10,000 + 5,000 won
 *   Ben      nothing               9,000 won, one deal lost */
#include "november.h"
#include "target/agree.h"
#include "target/standing.h"

static World world_of_two(void) {
  static const WorldDeal deals[] = {{1, "2026-10-10", "won", 10000}, {1, "2026-10-28", "won", 20000},
                                    {1, "2026-11-05", "won", 10000}, {1, "2026-11-12", "won", 5000},
                                    {2, "2026-11-03", "won", 9000},  {2, "2026-11-04", "lost", 7000}};
  return november_world(NOVEMBER_DEFINITIONS, "2026-09-01", deals, G_N_ELEMENTS(deals));
}

static Target *set(const World *world, TargetVersion *version) {
  return november_set(world, version, day(10, 1));
}

static TargetStanding stand(const World *world, const Target *target) {
  TargetDesk desk = {.context = &world->context};
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, (gpointer)target);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) standings = target_standings(&desk, one, &error);
  if (!standings) fail_msg("%s", error->message);
  return g_array_index(standings, TargetStanding, 0);
}

static TargetStanding stand_of(const World *world, const TargetTerms *terms, Target **target) {
  *target = set(world, target_version_new(terms));
  return stand(world, *target);
}

/* 15,000 of 30,000; 15 of 21 days are over, so 21,428.57 is due; half of it is due after the 11th working day, 16
 * November, 4 working days ago. 15,000 in 15 days was 1,000 a day; the other 15,000 in 6 days takes 2,500. */
static void behind_by_days(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = NULL;
  TargetTerms terms = in_november("revenue", "rep", "Ana", TARGET_REACH, 30000);
  TargetStanding standing = stand_of(&world, &terms, &target);
  assert_int_equal(TARGET_RUNNING, standing.phase);
  assert_near(15000, standing.actual.value);
  assert_near(0.5, standing.score.score);
  assert_near(15000, standing.score.gap);
  assert_int_equal(21, standing.working_days);
  assert_int_equal(6, standing.working_days_left);
  assert_near(30000 * 15 / 21.0, standing.due);
  assert_near(15000 - 30000 * 15 / 21.0, standing.ahead);
  assert_true(standing.has_days && standing.has_rate);
  assert_int_equal(-4, standing.days_ahead);
  assert_near(1000, standing.rate_so_far);
  assert_near(2500, standing.rate_needed);
}

/* 9,000 of 9,000 with 6 days left; 0 of 1 lost deal allowed is what one lost deal leaves. */
static void ahead_by_days(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = NULL, other = NULL;
  TargetTerms terms = in_november("revenue", "rep", "Ben", TARGET_REACH, 9000);
  TargetStanding standing = stand_of(&world, &terms, &target);
  assert_true(standing.score.met);
  assert_int_equal(6, standing.days_ahead);
  TargetTerms lost = in_november("lost", "rep", "ben", TARGET_BELOW, 2);
  standing = stand_of(&world, &lost, &other);
  assert_near(1.5, standing.score.score);
  assert_near(2 * 15 / 21.0 - 1, standing.ahead);
}

/* October's 30,000 and a tenth; 10,000 a month is 30,000 in the quarter, of which 45,000 are there. */
static void baselines_and_amounts_a_month(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = NULL, other = NULL;
  TargetTerms grow = in_november("revenue", "company", NULL, TARGET_GROW, 10);
  grow.is_percent = TRUE;
  grow.baseline_start = day(10, 1);
  grow.baseline_end = day(11, 1);
  TargetStanding standing = stand_of(&world, &grow, &target);
  assert_near(30000, standing.baseline);
  assert_near(33000, standing.amount);
  assert_near(24000, standing.actual.value);
  assert_near(24.0 / 33, standing.score.score);
  TargetTerms monthly = terms_of("revenue", "rep", "Ana", TARGET_REACH, 10000, day(10, 1), day(12, 31) + 1);
  monthly.has_per = TRUE;
  monthly.per = CALENDAR_MONTH;
  standing = stand_of(&world, &monthly, &other);
  assert_near(30000, standing.amount);
  assert_near(45000, standing.actual.value);
  assert_near(1.5, standing.score.score);
}

/* Of a baseline that still runs: 15,000 in 15 of November's 21 working days is 23,000 in December's 23. */
static void baseline_that_still_runs(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = NULL;
  TargetTerms grow = terms_of("revenue", "rep", "Ana", TARGET_GROW, 10, day(12, 1), day(12, 31) + 1);
  grow.is_percent = TRUE;
  grow.baseline_start = day(11, 1);
  grow.baseline_end = day(12, 1);
  TargetStanding standing = stand_of(&world, &grow, &target);
  assert_true(standing.baseline_runs);
  assert_near(23000, standing.baseline);
  assert_near(25300, standing.amount);
}

/* The team's win rate is its 3 of 4, not the mean of Ana's 100 % and Ben's 50 %. A rate has nothing that is due. */
static void groups_from_their_parts(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = NULL, other = NULL;
  TargetTerms rate = in_november("rate", "team", "North", TARGET_ABOVE, 0.5);
  TargetStanding standing = stand_of(&world, &rate, &target);
  assert_near(0.75, standing.actual.value);
  assert_near(1.5, standing.score.score);
  assert_false(standing.has_due);
  TargetTerms size = in_november("size", "team", "North", TARGET_BETWEEN, 10000);
  size.amount_high = 12000;
  standing = stand_of(&world, &size, &other);
  assert_near(9000, standing.actual.value);
  assert_near(0.9, standing.score.score);
}

/* Nothing is attained of what has not begun; who has no records of what adds up has 0, of a rate no value. */
static void nothing_yet(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = NULL, other = NULL, third = NULL;
  TargetTerms later = terms_of("revenue", "company", NULL, TARGET_REACH, 100, day(12, 1), day(12, 31) + 1);
  TargetStanding standing = stand_of(&world, &later, &target);
  assert_int_equal(TARGET_NOT_BEGUN, standing.phase);
  assert_false(standing.has_score);
  assert_near(100, standing.amount);
  company_sql(world.store, "INSERT INTO person BY NAME SELECT 3 AS key, 'p3' AS id, 'Cem' AS name, true AS known");
  TargetTerms none = in_november("revenue", "rep", "Cem", TARGET_REACH, 100);
  standing = stand_of(&world, &none, &other);
  assert_true(standing.has_score);
  assert_near(0, standing.score.score);
  TargetTerms rate = in_november("rate", "rep", "Cem", TARGET_ABOVE, 0.5);
  assert_false(stand_of(&world, &rate, &third).has_score);
}

/* Half of the weight in the first ten days: the 15,000 are all due after them. */
static void spread_by_hand(void **state) {
  g_auto(World) world = world_of_two();
  TargetTerms terms = in_november("revenue", "rep", "Ana", TARGET_REACH, 30000);
  TargetVersion *version = target_version_new(&terms);
  version->spread = TARGET_SPREAD_BY_HAND;
  TargetPart parts[] = {{day(11, 1), day(11, 11), 15000}, {day(11, 11), day(12, 1), 15000}};
  g_array_append_vals(version->parts, parts, 2);
  g_autoptr(Target) target = set(&world, version);
  TargetStanding standing = stand(&world, target);
  assert_near(15000 + 15000 * 8 / 14.0, standing.due);
  assert_int_equal(-8, standing.days_ahead);
}

/* --- versions --- */

static void say(const World *world, Target *target, TargetAct act, const char *author, double amount, BaseDay from,
                BaseDay on) {
  TargetVersion *version = NULL;
  if (amount > 0) {
    TargetTerms terms = in_november("revenue", "rep", "Ana", TARGET_REACH, amount);
    version = target_version_new(&terms);
    version->effective = from;
  }
  TargetEvent event = {.act = act,
                       .author = (char *)author,
                       .words = (char *)"why",
                       .version = target->versions->len,
                       .said_at_us = (gint64)on * G_TIME_SPAN_DAY};
  assert_true(target_say(world->store, target, version, &event, NULL));
}

static double in_force(const Target *target, BaseDay on) {
  const TargetVersion *version = target_in_force(target, on);
  return version ? version->terms.amount : 0;
}

/* 30 is proposed, 20 countered, 25 countered again and accepted; lowered to 22 from the 16th on; withdrawn. */
static void agreeing_and_adjusting(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(Target) target = target_new(0, 0);
  say(&world, target, TARGET_ACT_PROPOSE, "Mia", 30, day(11, 1), day(10, 1));
  assert_int_equal(TARGET_OPEN, target_state(target));
  assert_near(0, in_force(target, day(11, 5)));
  assert_false(target_check_act(target, TARGET_ACT_ACCEPT, "Mia", NULL, NULL));
  assert_true(target_check_act(target, TARGET_ACT_ACCEPT, "Ana", NULL, NULL));
  assert_false(target_check_act(target, TARGET_ACT_ADJUST, "Mia", "why", NULL));
  say(&world, target, TARGET_ACT_COUNTER, "Ana", 20, day(11, 1), day(10, 2));
  say(&world, target, TARGET_ACT_COUNTER, "Mia", 25, day(11, 1), day(10, 3));
  assert_near(25, target_pending(target, NULL)->terms.amount);
  say(&world, target, TARGET_ACT_ACCEPT, "Ana", 0, 0, day(10, 4));
  assert_int_equal(TARGET_AGREED, target_state(target));
  assert_null(target_pending(target, NULL));
  assert_false(target_check_act(target, TARGET_ACT_DECLINE, "Ana", "too late", NULL));
  assert_false(target_check_act(target, TARGET_ACT_ADJUST, "Mia", "", NULL));
  say(&world, target, TARGET_ACT_ADJUST, "Mia", 22, day(11, 16), day(11, 14));
  assert_near(25, in_force(target, day(11, 15)));
  assert_near(22, in_force(target, day(11, 16)));

  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = target_read_all(world.store, &error);
  assert_int_equal(1, all->len);
  const Target *again = g_ptr_array_index(all, 0);
  assert_int_equal(4, again->versions->len);
  assert_int_equal(5, again->events->len);
  assert_near(22, in_force(again, day(11, 20)));
  assert_string_equal("why", ((const TargetEvent *)g_ptr_array_index(again->events, 2))->words);
  assert_near(22, stand(&world, again).amount);

  say(&world, target, TARGET_ACT_WITHDRAW, "Mia", 0, 0, day(11, 20));
  assert_int_equal(TARGET_WITHDRAWN, target_state(target));
  assert_null(target_in_force(target, day(11, 20)));
}

/* --- what cannot be --- */

static void refuse(const World *world, const GPtrArray *targets, const TargetTerms *terms, const char *part) {
  g_autoptr(TargetVersion) version = target_version_new(terms);
  g_autoptr(GError) error = NULL;
  assert_false(target_check(&world->context, targets, NULL, version, &error));
  if (!strstr(error->message, part)) fail_msg("another error: %s", error->message);
}

static void accept(const World *world, const GPtrArray *targets, const TargetTerms *terms) {
  g_autoptr(TargetVersion) version = target_version_new(terms);
  g_autoptr(GError) error = NULL;
  if (!target_check(&world->context, targets, NULL, version, &error)) fail_msg("%s", error->message);
}

static void what_cannot_be(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  TargetTerms terms = in_november("revenue", "rep", "Anna", TARGET_REACH, 100);
  refuse(&world, none, &terms, "there is no rep \"Anna\": did you mean \"Ana\"?");
  terms.member = NULL;
  refuse(&world, none, &terms, "whose target is it?");
  terms = terms_of("revenue", "rep", "Ana", TARGET_REACH, 100, day(10, 1), day(11, 1));
  refuse(&world, none, &terms, "the span ended on 2026-10-31, and today is 2026-11-20");
  terms = in_november("rate", "team", "North", TARGET_BETWEEN, 0.4);
  terms.amount_high = 0.3;
  refuse(&world, none, &terms, "the band goes from 0.4 up to 0.3");
  terms = in_november("rate", "team", "North", TARGET_BETWEEN, -0.1);
  terms.amount_high = 0.3;
  refuse(&world, none, &terms, "Rate cannot be negative, such as -0.1: write an amount above 0");
  terms = in_november("revenue", "team", "North", TARGET_REACH, 0);
  refuse(&world, none, &terms, "a target of 0 is met from the start: write an amount above 0");
  terms = in_november("revenue", "team", "North", TARGET_REACH, -5);
  refuse(&world, none, &terms, "cannot be negative, such as -5: write an amount above 0, or a change, \"reduce by 5\"");
  terms = in_november("lost", "team", "North", TARGET_BELOW, 0);
  accept(&world, none, &terms);
  terms = in_november("rate", "team", "North", TARGET_REDUCE, 120);
  terms.is_percent = TRUE;
  refuse(&world, none, &terms, "Rate cannot go down by more than 100 %");
  terms = in_november("rate", "team", "North", TARGET_ABOVE, 30);
  refuse(&world, none, &terms, "cannot be more than 100 %");
  terms = in_november("revenue", "company", NULL, TARGET_GROW, 10);
  refuse(&world, none, &terms, "a change needs what it is compared with");
  terms = in_november("revenu", "company", NULL, TARGET_REACH, 10);
  refuse(&world, none, &terms, "revenue");
}

/* Ben left in the middle of October; what is adjusted from December on never holds in November. */
static void nobody_and_never(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(GPtrArray) targets = g_ptr_array_new();
  company_sql(world.store, "UPDATE person SET left_at_day = DATE '2026-10-15' WHERE key = 2");
  TargetTerms terms = in_november("revenue", "rep", "Ben", TARGET_REACH, 100);
  refuse(&world, targets, &terms, "Ben has left (2026-10-15)");
  /* Gone since the 10th: no new target of November, but the one there is may be brought to the days till then. */
  company_sql(world.store, "UPDATE person SET left_at_day = DATE '2026-11-10' WHERE key = 2");
  terms = in_november("revenue", "rep", "Ben", TARGET_REACH, 100);
  refuse(&world, targets, &terms, "Ben has left (2026-11-10)");
  g_autoptr(Target) of_ben = set(&world, target_version_new(&terms));
  g_autoptr(TargetVersion) less = target_version_new(&terms);
  g_autoptr(GError) none = NULL;
  if (!target_check(&world.context, targets, of_ben, less, &none)) fail_msg("%s", none->message);
  terms = in_november("revenue", "rep", "Ana", TARGET_REACH, 100);
  g_autoptr(TargetVersion) version = target_version_new(&terms);
  version->effective = day(12, 1);
  g_autoptr(GError) error = NULL;
  assert_false(target_check(&world.context, targets, NULL, version, &error));
  assert_has(error->message, "it would hold from 2026-12-01 on, and the target's last day is 2026-11-30");
}

static void overlaps(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  g_autoptr(Target) target = NULL;
  TargetTerms quarter = terms_of("revenue", "rep", "Ana", TARGET_REACH, 100, day(10, 1), day(12, 31) + 1);
  stand_of(&world, &quarter, &target);
  g_ptr_array_add(all, target);
  refuse(&world, all, &quarter, "target 1 is for revenue of rep:Ana from 2026-10-01 to 2026-12-31");
  TargetTerms across = terms_of("revenue", "rep", "Ana", TARGET_REACH, 100, day(12, 1), day(12, 31) + 32);
  refuse(&world, all, &across, "the days overlap");
  TargetTerms month = in_november("revenue", "rep", "Ana", TARGET_REACH, 30);
  accept(&world, all, &month);
  TargetTerms other = in_november("revenue", "rep", "Ben", TARGET_REACH, 30);
  accept(&world, all, &other);
  say(&world, target, TARGET_ACT_WITHDRAW, "Mia", 0, 0, day(11, 20));
  accept(&world, all, &quarter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(behind_by_days),
      cmocka_unit_test(ahead_by_days),
      cmocka_unit_test(baselines_and_amounts_a_month),
      cmocka_unit_test(baseline_that_still_runs),
      cmocka_unit_test(groups_from_their_parts),
      cmocka_unit_test(nothing_yet),
      cmocka_unit_test(spread_by_hand),
      cmocka_unit_test(agreeing_and_adjusting),
      cmocka_unit_test(what_cannot_be),
      cmocka_unit_test(nobody_and_never),
      cmocka_unit_test(overlaps),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
