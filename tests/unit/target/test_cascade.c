/* Handing down, by hand. November 2026 has 21 working days; the 16th is the first of its last 11.
 *
 *   Ana   North all month, on leave from the 9th to the 13th          21 - 5               = 16 days
 *   Ben   North, hired on the 16th, ramped 30 days later              69 / 30              = 2.3 days
 *   Cem   North, leaves on the 10th                                   2nd to 6th, 9th      = 6 days
 *   Dia   North until the 15th, then South                            10 and 11 days
 *   Eva   South, a manager without a quota                            carries nothing
 *
 * Ben's days count (day - 16th) / 30: 0 to 4, 7 to 11 and 14 thirtieths, which is 10 + 45 + 14 = 69. */
#include "november.h"
#include "target/capacity.h"
#include "target/cascade.h"

static void add_person(const World *world, int key, const char *name, const char *more) {
  company_sql(world->store,
              "INSERT INTO person BY NAME SELECT %d AS key, 'p%d' AS id, '%s' AS name, true AS known, true AS "
              "quota_carrying%s",
              key, key, name, more);
}

static void add_membership(const World *world, int key, int person, int team, const char *more) {
  company_sql(world->store,
              "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, %d AS team%s", key,
              key, person, team, more);
}

#define ON(COLUMN, DAY) ", DATE '" DAY "' AS " COLUMN "_day, TIMESTAMP '" DAY "' AS " COLUMN

static World world_of_five(void) {
  World world = world_empty(NOVEMBER_DEFINITIONS);
  world_add_team(&world, 1, "North");
  world_add_team(&world, 2, "South");
  add_person(&world, 1, "Ana", "");
  add_person(&world, 2, "Ben", ON("hired_at", "2026-11-16") ON("ramped_at", "2026-12-16"));
  add_person(&world, 3, "Cem", ON("left_at", "2026-11-10"));
  add_person(&world, 4, "Dia", "");
  company_sql(world.store,
              "INSERT INTO person BY NAME SELECT 5 AS key, 'p5' AS id, 'Eva' AS name, 'manager' AS role, true "
              "AS known");
  for (int p = 1; p <= 3; p++) add_membership(&world, p, p, 1, "");
  add_membership(&world, 4, 4, 1, ON("until_at", "2026-11-16"));
  add_membership(&world, 5, 4, 2, ON("from_at", "2026-11-16"));
  add_membership(&world, 6, 5, 2, "");
  company_sql(world.store,
              "INSERT INTO absence BY NAME SELECT 1::UBIGINT AS key, 'a1' AS id, 1 AS person, TIMESTAMP "
              "'2026-11-09' AS from_at, DATE '2026-11-09' AS from_at_day, TIMESTAMP '2026-11-14' AS until_at, "
              "DATE '2026-11-14' AS until_at_day");
  world_set_clock(&world, day(10, 20));
  return world;
}

static void expect_days(const World *world, const char *dimension, const char *within, const char *names,
                        const double *days) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) found = target_capacity(&world->context, dimension, "team", within, day(11, 1), day(12, 1), &error);
  if (!found) fail_msg("%s", error->message);
  g_auto(GStrv) wanted = g_strsplit(names, " ", -1);
  assert_int_equal(g_strv_length(wanted), found->len);
  for (guint i = 0; i < found->len; i++) {
    const TargetCapacity *capacity = &g_array_index(found, TargetCapacity, i);
    assert_string_equal(wanted[i], capacity->name);
    assert_near(days[i], capacity->days);
  }
}

static void days_of_people_and_teams(void **state) {
  g_auto(World) world = world_of_five();
  expect_days(&world, "rep", NULL, "Ana Ben Cem Dia", (double[]){16, 2.3, 6, 21});
  expect_days(&world, "team", NULL, "North South", (double[]){16 + 2.3 + 6 + 10, 11});
  expect_days(&world, "rep", "South", "Dia", (double[]){11});
  expect_days(&world, "rep", "North", "Ana Ben Cem Dia", (double[]){16, 2.3, 6, 10});
}

/* Half away is half there; two absences on one day are the longer of them. */
static void partly_absent(void **state) {
  g_auto(World) world = world_of_five();
  company_sql(world.store,
              "UPDATE absence SET share = 0.5; INSERT INTO absence BY NAME SELECT 2::UBIGINT AS key, 'a2' AS id, 1 "
              "AS person, DATE '2026-11-13' AS from_at_day, DATE '2026-11-17' AS until_at_day");
  expect_days(&world, "rep", NULL, "Ana Ben Cem Dia", (double[]){21 - 4 * 0.5 - 2, 2.3, 6, 21});
}

/* Nobody is marked as carrying a quota: who owns deals carries targets. */
static void nobody_is_marked(void **state) {
  g_auto(World) world = world_of_five();
  company_sql(world.store,
              "UPDATE person SET quota_carrying = NULL; INSERT INTO opportunity BY NAME SELECT 1::UBIGINT AS key, "
              "'d1' AS id, 4 AS owner");
  expect_days(&world, "rep", NULL, "Dia", (double[]){21});
}

/* --- handing down --- */

typedef struct {
  World world;
  GPtrArray *targets;
  GArray *standings;
  TargetCascade cascade;
} Story;

static void story_clear(Story *story) {
  target_cascade_clear(&story->cascade);
  g_array_unref(story->standings);
  target_free(g_ptr_array_index(story->targets, 0));
  g_ptr_array_unref(story->targets);
  world_clear(&story->world);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Story, story_clear)

static Story story_of(const TargetTerms *terms) {
  Story story = {.world = world_of_five(), .targets = g_ptr_array_new()};
  g_ptr_array_add(story.targets, november_set(&story.world, target_version_new(terms), day(10, 1)));
  TargetDesk desk = {.context = &story.world.context};
  story.standings = target_standings(&desk, story.targets, NULL);
  return story;
}

static gboolean hand_down(Story *story, const TargetCascadeRequest *request, GError **error) {
  TargetDesk desk = {.context = &story->world.context};
  target_cascade_clear(&story->cascade);
  return target_cascade(&desk, &g_array_index(story->standings, TargetStanding, 0), request, &story->cascade, error);
}

static void expect_amounts(const Story *story, const double *amounts, guint n) {
  assert_int_equal(n, story->cascade.shares->len);
  for (guint i = 0; i < n; i++) assert_near(amounts[i], g_array_index(story->cascade.shares, TargetShare, i).amount);
}

/* 1,000.00 by 34.3 and 11 of 45.3 days: 757.17 and 242.83 (757.174… and 242.825…). With a tenth more: 832.89 and
 * 267.11. */
static void to_teams_by_capacity(void **state) {
  TargetTerms terms = in_november("revenue", "company", NULL, TARGET_REACH, 1000);
  g_auto(Story) story = story_of(&terms);
  TargetCascadeRequest request = {.dimension = "team"};
  assert_true(hand_down(&story, &request, NULL));
  expect_amounts(&story, (double[]){757.17, 242.83}, 2);
  assert_near(1000, story.cascade.assigned);
  request.over = 0.1;
  assert_true(hand_down(&story, &request, NULL));
  expect_amounts(&story, (double[]){832.89, 267.11}, 2);
  assert_near(1100, story.cascade.assigned);
}

/* An amount that is no whole number of cents is rounded before it is handed down: nothing seems to be over. */
static void of_a_fraction_of_a_cent(void **state) {
  TargetTerms terms = in_november("revenue", "company", NULL, TARGET_REACH, 1000.0049);
  g_auto(Story) story = story_of(&terms);
  TargetCascadeRequest request = {.dimension = "team"};
  assert_true(hand_down(&story, &request, NULL));
  assert_true(story.cascade.assigned == story.cascade.amount);
  assert_near(1000, story.cascade.amount);
}

static void alike_and_as_said(void **state) {
  TargetTerms terms = in_november("revenue", "team", "North", TARGET_REACH, 100);
  g_auto(Story) story = story_of(&terms);
  TargetCascadeRequest request = {.dimension = "rep", .by = TARGET_BY_EQUAL};
  assert_true(hand_down(&story, &request, NULL));
  expect_amounts(&story, (double[]){25, 25, 25, 25}, 4);
  const char *const shares[] = {"ana=60", "Dia=40", NULL};
  request = (TargetCascadeRequest){.dimension = "rep", .by = TARGET_BY_SHARES, .shares = shares};
  assert_true(hand_down(&story, &request, NULL));
  expect_amounts(&story, (double[]){60, 0, 0, 40}, 4);
  g_autoptr(GError) error = NULL;
  const char *const wrong[] = {"Anna=60", NULL};
  request.shares = wrong;
  assert_false(hand_down(&story, &request, &error));
  assert_string_equal(error->message, "\"Anna\" is not among those who carry it: did you mean \"Ana\"?");
}

/* Ana won 300 and Dia 100 in the year before. */
static void by_what_each_came_to(void **state) {
  TargetTerms terms = in_november("revenue", "company", NULL, TARGET_REACH, 1000);
  g_auto(Story) story = story_of(&terms);
  TargetCascadeRequest request = {.dimension = "rep", .by = TARGET_BY_HISTORY};
  g_autoptr(GError) error = NULL;
  assert_false(hand_down(&story, &request, &error));
  assert_non_null(strstr(error->message, "nobody has any revenue in the twelve months before"));
  static const WorldDeal deals[] = {{1, "2026-03-01", "won", 300}, {4, "2026-03-01", "won", 100}};
  world_add_deals(&story.world, "2026-03-01", deals, G_N_ELEMENTS(deals));
  assert_true(hand_down(&story, &request, NULL));
  expect_amounts(&story, (double[]){750, 0, 0, 250}, 4);
}

/* A rate is the same for everybody. */
static void what_stands_by_itself(void **state) {
  TargetTerms terms = in_november("rate", "company", NULL, TARGET_ABOVE, 0.3);
  g_auto(Story) story = story_of(&terms);
  TargetCascadeRequest request = {.dimension = "team"};
  assert_true(hand_down(&story, &request, NULL));
  assert_false(story.cascade.adds_up);
  expect_amounts(&story, (double[]){0.3, 0.3}, 2);
}

/* --- who gets nothing --- */

static void expect_targets(const Story *story, const char *marks) {
  guint n = 0;
  for (guint i = 0; i < story->cascade.shares->len; i++) {
    gboolean nothing = g_array_index(story->cascade.shares, TargetShare, i).is_nothing;
    assert_int_equal(nothing, marks[i] == '-');
    n += !nothing;
  }
  assert_int_equal(n, story->cascade.n_targets);
}

/* Ana, Ben, Cem, Dia: two of four have shares; of two deals by 16, 2.3, 6 and 10 days Ana and Dia have one each, but
 * each of them has a limit; Ben is away all November, and so has neither an amount nor a rate. */
static void no_target_of_nothing(void **state) {
  TargetTerms terms = in_november("wins", "team", "North", TARGET_REACH, 2);
  g_auto(Story) story = story_of(&terms);
  const char *const shares[] = {"Ana=60", "Dia=40", NULL};
  TargetCascadeRequest request = {.dimension = "rep", .by = TARGET_BY_SHARES, .shares = shares};
  assert_true(hand_down(&story, &request, NULL));
  expect_targets(&story, "+--+");
  request = (TargetCascadeRequest){.dimension = "rep"};
  assert_true(hand_down(&story, &request, NULL));
  expect_targets(&story, "+--+");
  TargetTerms limit = in_november("lost", "team", "North", TARGET_BELOW, 2);
  g_auto(Story) limited = story_of(&limit);
  assert_true(hand_down(&limited, &request, NULL));
  expect_targets(&limited, "++++");
  TargetTerms rate = in_november("rate", "team", "North", TARGET_ABOVE, 0.3);
  g_auto(Story) rated = story_of(&rate);
  company_sql(rated.world.store,
              "INSERT INTO absence BY NAME SELECT 9::UBIGINT AS key, 'a9' AS id, 2 AS person, DATE '2026-11-01' AS "
              "from_at_day, DATE '2026-12-01' AS until_at_day");
  assert_true(hand_down(&rated, &request, NULL));
  expect_targets(&rated, "+-++");
}

static void assert_not_handed_down(const TargetTerms *terms, const char *to, const char *words) {
  g_auto(Story) story = story_of(terms);
  g_autoptr(GError) error = NULL;
  TargetCascadeRequest request = {.dimension = to};
  assert_false(hand_down(&story, &request, &error));
  assert_has(error->message, words);
}

static void only_downwards(void **state) {
  TargetTerms of_ana = in_november("revenue", "rep", "Ana", TARGET_REACH, 100);
  assert_not_handed_down(&of_ana, "rep", "target 1 is one person's, rep:Ana: there is nobody to hand it down to");
  assert_not_handed_down(&of_ana, "team", "nobody to hand it down to");
  TargetTerms of_north = in_november("revenue", "team", "North", TARGET_REACH, 100);
  assert_not_handed_down(&of_north, "team", "target 1 is of team:North itself");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(days_of_people_and_teams), cmocka_unit_test(partly_absent),
      cmocka_unit_test(nobody_is_marked),         cmocka_unit_test(to_teams_by_capacity),
      cmocka_unit_test(alike_and_as_said),        cmocka_unit_test(by_what_each_came_to),
      cmocka_unit_test(what_stands_by_itself),    cmocka_unit_test(of_a_fraction_of_a_cent),
      cmocka_unit_test(no_target_of_nothing),     cmocka_unit_test(only_downwards),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
