/* Groups without a target of their own, by hand. The clock is at the end of Friday, 20 November 2026: November has 21
 * working days, of which 15 are over; 6 are before the 10th.
 *
 *             was in                              won in November    its target of revenue
 *   Ana       North, from 10 November in South    10,000 + 5,000     21,000: 6,000 of it North's, 15,000 South's
 *   Ben       North                               9,000              9,000
 *   Cy        South                               12,000             12,000
 *   Dee       South                               4,000              none
 *
 *   North   10,000 + 9,000 = 19,000             6,000 + 9,000 = 15,000
 *   South   5,000 + 12,000 + 4,000 = 21,000    15,000 + 12,000 = 27,000
 *   all     40,000                              42,000 */
#include "november.h"
#include "target/derive.h"
#include "target/members.h"

static World world_of_four(void) {
  static const WorldDeal deals[] = {{1, "2026-11-05", "won", 10000}, {1, "2026-11-12", "won", 5000},
                                    {2, "2026-11-03", "won", 9000},  {2, "2026-10-08", "won", 8000},
                                    {3, "2026-11-16", "won", 12000}, {4, "2026-11-18", "won", 4000}};
  World world = world_empty(NOVEMBER_DEFINITIONS);
  world_add_team(&world, 1, "North");
  world_add_team(&world, 2, "South");
  world_add_person(&world, 1, "Ana", 0);
  world_add_person(&world, 2, "Ben", 1);
  world_add_person(&world, 3, "Cy", 2);
  world_add_person(&world, 4, "Dee", 2);
  company_sql(world.store,
              "INSERT INTO membership BY NAME SELECT 10::UBIGINT AS key, 'm10' AS id, 1 AS person, 1 AS team, "
              "TIMESTAMP '2026-11-10' AS until_at, DATE '2026-11-10' AS until_at_day;"
              "INSERT INTO membership BY NAME SELECT 11::UBIGINT AS key, 'm11' AS id, 1 AS person, 2 AS team, "
              "TIMESTAMP '2026-11-10' AS from_at, DATE '2026-11-10' AS from_at_day");
  world_add_deals(&world, "2026-09-01", deals, G_N_ELEMENTS(deals));
  world_set_clock(&world, day(11, 20));
  return world;
}

static void free_target(gpointer target) {
  target_free(target);
}

static void add(const World *world, GPtrArray *targets, const TargetTerms *terms) {
  g_ptr_array_add(targets, november_set(world, target_version_new(terms), day(10, 1)));
}

static void add_reach(const World *world, GPtrArray *targets, const char *dimension, const char *member,
                      double amount) {
  TargetTerms terms = in_november("revenue", dimension, member, TARGET_REACH, amount);
  add(world, targets, &terms);
}

static GPtrArray *of_three(const World *world) {
  GPtrArray *targets = g_ptr_array_new_with_free_func(free_target);
  add_reach(world, targets, "rep", "Ana", 21000);
  add_reach(world, targets, "rep", "Ben", 9000);
  add_reach(world, targets, "rep", "Cy", 12000);
  return targets;
}

static GPtrArray *derive(const World *world, const GPtrArray *targets, const char *dimension, const char *member) {
  TargetDesk desk = {.context = &world->context};
  TargetDeriveRequest request = {.dimension = dimension, .member = member, .ends_after = day(11, 19)};
  g_autoptr(GError) error = NULL;
  GPtrArray *derived = target_derive(&desk, targets, &request, &error);
  if (!derived) fail_msg("%s", error->message);
  return derived;
}

static const TargetDerived *only(const GPtrArray *derived) {
  assert_int_equal(1, derived->len);
  return g_ptr_array_index(derived, 0);
}

static TargetStanding stand(const World *world, const TargetDerived *derived) {
  TargetDesk desk = {.context = &world->context};
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, derived->target);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) standings = target_standings(&desk, one, &error);
  if (!standings) fail_msg("%s", error->message);
  return g_array_index(standings, TargetStanding, 0);
}

static void assert_names(const GPtrArray *names, const char *expected) {
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < names->len; i++) g_ptr_array_add(all, g_ptr_array_index(names, i));
  g_ptr_array_add(all, NULL);
  g_autofree char *list = g_strjoinv(" ", (char **)all->pdata);
  assert_string_equal(expected, list);
}

static void sums_of_members(void **state) {
  g_auto(World) world = world_of_four();
  g_autoptr(GPtrArray) targets = of_three(&world);
  g_autoptr(GPtrArray) north = derive(&world, targets, "team", "north"),
                       south = derive(&world, targets, "team", "South");
  g_autoptr(GPtrArray) all = derive(&world, targets, TARGET_COMPANY, NULL),
                       both = derive(&world, targets, "team", NULL);
  TargetStanding standing = stand(&world, only(north));
  assert_near(15000, standing.amount);
  assert_near(19000, standing.actual.value);
  assert_near(19 / 15.0, standing.score.score);
  assert_names(only(north)->members, "Ana Ben");
  assert_names(only(north)->in_part, "Ana");
  assert_names(only(north)->without, "");
  standing = stand(&world, only(south));
  assert_near(27000, standing.amount);
  assert_near(21000, standing.actual.value);
  assert_near(27000 * 15 / 21.0, standing.due);
  assert_names(only(south)->without, "Dee");
  standing = stand(&world, only(all));
  assert_near(42000, standing.amount);
  assert_near(40000, standing.actual.value);
  assert_names(only(all)->in_part, "");
  assert_int_equal(3, only(all)->numbers->len);
  assert_string_equal("rep", only(all)->dimension);
  assert_int_equal(2, both->len);
}

/* A target of its own counts, however short a part of the days it has. */
static void not_beside_ones_own(void **state) {
  g_auto(World) world = world_of_four();
  g_autoptr(GPtrArray) targets = of_three(&world);
  TargetTerms terms = terms_of("revenue", "team", "North", TARGET_REACH, 20000, day(10, 1), day(11, 2));
  add(&world, targets, &terms);
  g_autoptr(GPtrArray) north = derive(&world, targets, "team", "North"),
                       south = derive(&world, targets, "team", "South");
  assert_int_equal(0, north->len);
  assert_int_equal(1, south->len);
}

/* Of the company's teams both have one and of its people three of four: the teams' 20,000 and 30,000 count. With one of
 * the teams only, the people cover more: Ana 21, Ben 21, Cy 21 of 84 days against North's 27. */
static void one_level_counts(void **state) {
  g_auto(World) world = world_of_four();
  g_autoptr(GPtrArray) targets = of_three(&world);
  add_reach(&world, targets, "team", "North", 20000);
  g_autoptr(GPtrArray) of_people = derive(&world, targets, TARGET_COMPANY, NULL);
  assert_near(42000, stand(&world, only(of_people)).amount);
  add_reach(&world, targets, "team", "South", 30000);
  g_autoptr(GPtrArray) of_teams = derive(&world, targets, TARGET_COMPANY, NULL);
  assert_near(50000, stand(&world, only(of_teams)).amount);
  assert_string_equal("team", only(of_teams)->dimension);
  assert_names(only(of_teams)->members, "North South");
}

/* Ben's 9,000 are all due in the first half, Cy's 12,000 by working days: 9,000 + 12,000 * 15 / 21 by now. */
static void each_by_their_own_spread(void **state) {
  g_auto(World) world = world_of_four();
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(free_target);
  TargetTerms terms = in_november("revenue", "rep", "Ben", TARGET_REACH, 9000);
  TargetVersion *version = target_version_new(&terms);
  const TargetPart parts[] = {{day(11, 1), day(11, 15), 9000}, {day(11, 15), day(12, 1), 0}};
  version->spread = TARGET_SPREAD_BY_HAND;
  g_array_append_vals(version->parts, parts, G_N_ELEMENTS(parts));
  g_ptr_array_add(targets, november_set(&world, version, day(10, 1)));
  add_reach(&world, targets, "rep", "Cy", 12000);
  g_autoptr(GPtrArray) all = derive(&world, targets, TARGET_COMPANY, NULL);
  TargetStanding standing = stand(&world, only(all));
  assert_near(21000, standing.amount);
  assert_near(9000 + 12000 * 15 / 21.0, standing.due);
  assert_names(only(all)->without, "Ana Dee");
}

/* Ben's October was 8,000 in 22 working days; a quarter more is 10,000. It is an amount to reach, as Cy's. */
static void changes_as_amounts(void **state) {
  g_auto(World) world = world_of_four();
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(free_target);
  TargetTerms grow = in_november("revenue", "rep", "Ben", TARGET_GROW, 25);
  grow.is_percent = TRUE;
  grow.baseline_start = day(10, 1);
  grow.baseline_end = day(11, 1);
  add(&world, targets, &grow);
  add_reach(&world, targets, "rep", "Cy", 12000);
  g_autoptr(GPtrArray) all = derive(&world, targets, TARGET_COMPANY, NULL);
  assert_near(22000, stand(&world, only(all)).amount);
  assert_int_equal(TARGET_ABOVE, target_latest(only(all)->target)->terms.kind);
}

/* A rate does not add up, a limit and a band are no sum, a month and a week are not the same span. */
static void what_is_no_sum(void **state) {
  g_auto(World) world = world_of_four();
  g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(free_target);
  TargetTerms rate = in_november("rate", "rep", "Ben", TARGET_REACH, 0.4);
  TargetTerms limit = in_november("lost", "rep", "Ben", TARGET_BELOW, 4);
  TargetTerms band = in_november("lost", "rep", "Cy", TARGET_BETWEEN, 2);
  band.amount_high = 5;
  add(&world, targets, &rate);
  add(&world, targets, &limit);
  add(&world, targets, &band);
  g_autoptr(GPtrArray) none = derive(&world, targets, TARGET_COMPANY, NULL);
  assert_int_equal(0, none->len);
  TargetTerms week = terms_of("wins", "rep", "Ben", TARGET_REACH, 2, day(11, 16), day(11, 23));
  TargetTerms month = in_november("wins", "rep", "Cy", TARGET_REACH, 5);
  add(&world, targets, &week);
  add(&world, targets, &month);
  g_autoptr(GPtrArray) two = derive(&world, targets, TARGET_COMPANY, NULL);
  assert_int_equal(2, two->len);
  g_autoptr(GPtrArray) product = derive(&world, targets, "source", NULL), people = derive(&world, targets, "rep", NULL);
  assert_int_equal(0, product->len + people->len);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_of_members),    cmocka_unit_test(not_beside_ones_own),
      cmocka_unit_test(one_level_counts),   cmocka_unit_test(each_by_their_own_spread),
      cmocka_unit_test(changes_as_amounts), cmocka_unit_test(what_is_no_sum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
