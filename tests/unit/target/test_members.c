/* Whom targets are for: names as people write them, and what becomes of a target when its member is renamed, merged
 * into another or comes to have a namesake. */
#include "company.h"
#include "november.h"
#include "target/keep.h"
#include "target/members.h"

#include <string.h>

static World world_of_people(void) {
  World world = world_empty(NOVEMBER_DEFINITIONS);
  company_sql(world.store,
              "INSERT INTO team BY NAME SELECT 1 AS key, 't1' AS id, 'North' AS name, 'area' AS level, true AS known;"
              "INSERT INTO team BY NAME SELECT 2 AS key, 't2' AS id, 'Oslo' AS name, 1 AS parent, true AS known");
  static const char *const names[] = {"Ana Silva", "Bo Lund", "Dee Roy"};
  for (int p = 1; p <= 3; p++)
    company_sql(world.store,
                "INSERT INTO person BY NAME SELECT %d AS key, 'p%d' AS id, '%s' AS name, true AS known, true AS "
                "quota_carrying",
                p, p, names[p - 1]);
  world_set_clock(&world, day(10, 20));
  return world;
}

/* --- names --- */

static void assert_reads(const World *world, const char *text, const char *dimension, const char *member) {
  g_autofree char *found_dimension = NULL, *found = NULL;
  g_autoptr(GError) error = NULL;
  if (!target_who_read(&world->context, text, &found_dimension, &found, &error)) fail_msg("%s", error->message);
  assert_string_equal(found_dimension, dimension);
  if (g_strcmp0(found, member) != 0) fail_msg("%s: %s", text, found ? found : "(nobody)");
}

static void assert_unread(const World *world, const char *text, const char *part) {
  g_autofree char *dimension = NULL, *member = NULL;
  g_autoptr(GError) error = NULL;
  assert_false(target_who_read(&world->context, text, &dimension, &member, &error));
  assert_has(error->message, part);
  assert_null(dimension);
}

static void names_as_written(void **state) {
  g_auto(World) world = world_of_people();
  assert_reads(&world, "company", "company", NULL);
  assert_reads(&world, "Company", "company", NULL);
  assert_reads(&world, "rep:ana SILVA", "rep", "Ana Silva");
  assert_reads(&world, " Rep : Bo Lund ", "rep", "Bo Lund");
  assert_reads(&world, "team:oslo", "team", "Oslo");
  assert_reads(&world, "rep:", "rep", NULL);
  /* Other words for a rep are the same dimension: else one person could have two targets of one KPI and span. */
  assert_reads(&world, "owner:Bo Lund", "rep", "Bo Lund");
  assert_reads(&world, "salesperson:Bo Lund", "rep", "Bo Lund");
  assert_unread(&world, "rep:Anna Silva", "there is no rep \"Anna Silva\": did you mean \"Ana Silva\"?");
  assert_unread(&world, "Ana Silva", "\"Ana Silva\" does not say whose");
  assert_unread(&world, ":Ana", "does not say whose");
  assert_unread(&world, "tame:Oslo", "there is no dimension 'tame'");
}

static void namesakes_are_told_apart(void **state) {
  g_auto(World) world = world_of_people();
  company_sql(world.store, "INSERT INTO person BY NAME SELECT 4 AS key, 'p4' AS id, 'Bo Lund' AS name, true AS known");
  assert_reads(&world, "rep:bo lund (P4)", "rep", "Bo Lund (p4)");
  assert_unread(&world, "rep:Bo Lund", "2 reps are named \"Bo Lund\": write Bo Lund (p2) or Bo Lund (p4)");
}

/* --- what stays with a target --- */

static void set_for(const World *world, const char *dimension, const char *member) {
  TargetTerms terms = in_november("revenue", dimension, member, TARGET_REACH, 1000);
  TargetEvent event = {.act = TARGET_ACT_SET, .author = (char *)"Mia", .said_at_us = 1};
  g_autoptr(Target) target = target_new(0, 0);
  assert_true(target_say(world->store, target, target_version_new(&terms), &event, NULL));
}

/* Whose the first target is now. */
static void assert_whose(const World *world, const char *member) {
  g_autoptr(GPtrArray) targets = target_read_all(world->store, NULL);
  const TargetTerms *terms = &target_latest(g_ptr_array_index(targets, 0))->terms;
  if (g_strcmp0(terms->member, member) != 0) fail_msg("it is of %s, not of %s", terms->member, member);
}

static void a_member_is_renamed(void **state) {
  g_auto(World) world = world_of_people();
  set_for(&world, "rep", "Bo Lund");
  company_sql(world.store, "UPDATE person SET name = 'Bo Lund-Hansen' WHERE key = 2");
  assert_whose(&world, "Bo Lund-Hansen");
  company_sql(world.store,
              "UPDATE person SET name = 'Bo Lund' WHERE key = 3"); /* Dee takes the name, and not the target */
  assert_whose(&world, "Bo Lund-Hansen");
  company_sql(world.store, "UPDATE person SET name = 'Bo Lund' WHERE key = 2");
  assert_whose(&world, "Bo Lund (p2)");
}

static void a_namesake_comes_and_goes(void **state) {
  g_auto(World) world = world_of_people();
  set_for(&world, "rep", "ana silva");
  company_sql(world.store,
              "INSERT INTO person BY NAME SELECT 4 AS key, 'p4' AS id, 'Ana Silva' AS name, true AS known");
  assert_whose(&world, "Ana Silva (p1)");
  company_sql(world.store, "DELETE FROM person WHERE key = 4");
  assert_whose(&world, "Ana Silva");
}

/* Bo into Dee, Dee into Ana: what was Bo's is Ana's. */
static void members_are_merged(void **state) {
  g_auto(World) world = world_of_people();
  set_for(&world, "rep", "Bo Lund");
  company_sql(world.store, "UPDATE person SET merged_into = 3 WHERE key = 2");
  assert_whose(&world, "Dee Roy");
  company_sql(world.store, "UPDATE person SET merged_into = 1 WHERE key = 3");
  assert_whose(&world, "Ana Silva");
  company_sql(world.store,
              "UPDATE person SET merged_into = 2 WHERE key = 1"); /* round and round: it keeps the name it had */
  assert_whose(&world, "Bo Lund");
}

static void a_member_is_no_more(void **state) {
  g_auto(World) world = world_of_people();
  set_for(&world, "rep", "Bo Lund");
  company_sql(world.store, "DELETE FROM person WHERE key = 2");
  assert_whose(&world, "Bo Lund");
}

static void teams_and_their_levels(void **state) {
  g_auto(World) world = world_of_people();
  set_for(&world, "team", "Oslo");
  company_sql(world.store, "UPDATE team SET name = 'Oslo and Bergen' WHERE key = 2");
  assert_whose(&world, "Oslo and Bergen");
  g_auto(World) other = world_of_people();
  set_for(&other, "area", "North");
  company_sql(other.store, "UPDATE team SET name = 'Nordics' WHERE key = 1");
  assert_whose(&other, "Nordics");
  g_auto(World) third = world_of_people();
  company_sql(third.store, "UPDATE team SET level = 'region' WHERE key = 1");
  set_for(&third, "region", "North"); /* the text, not the team of that level */
  company_sql(third.store, "UPDATE team SET name = 'Nordics' WHERE key = 1");
  assert_whose(&third, "North");
}

/* Kept by name before keys were kept. */
static void of_an_older_database(void **state) {
  g_auto(World) world = world_of_people();
  set_for(&world, "rep", "Bo Lund");
  company_sql(world.store, "UPDATE attain_target_version SET member_table = NULL, member_key = NULL");
  company_sql(world.store, "UPDATE person SET name = 'Bo Hansen' WHERE key = 2");
  assert_whose(&world, "Bo Lund");
}

static guint times_known(const GArray *known, const char *dimension, const char *name) {
  guint n = 0;
  for (guint i = 0; i < known->len; i++) {
    const TargetKnown *one = &g_array_index(known, TargetKnown, i);
    n += g_str_equal(one->dimension, dimension) && g_str_equal(one->name, name);
  }
  return n;
}

/* "20 won deals of Enterprise": what a sentence may name without saying of which dimension it is, each once. */
static void whom_a_sentence_may_name(void **state) {
  g_auto(World) world = world_of_people();
  for (int a = 1; a <= 2; a++)
    company_sql(
        world.store,
        "INSERT INTO account BY NAME SELECT %d AS key, 'a%d' AS id, 'Acme %d' AS name, 'Enterprise' AS segment, "
        "'Dairy' AS industry, true AS known",
        a, a, a);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) known = target_members_known(&world.context, &error);
  if (!known) fail_msg("%s", error->message);
  assert_int_equal(1, times_known(known, "segment", "Enterprise"));
  assert_int_equal(1, times_known(known, "industry", "Dairy"));
  assert_int_equal(1, times_known(known, "team", "Oslo"));
  assert_int_equal(1, times_known(known, "rep", "Bo Lund"));
  assert_int_equal(0, times_known(known, "account", "Acme 1"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_as_written),         cmocka_unit_test(namesakes_are_told_apart),
      cmocka_unit_test(a_member_is_renamed),      cmocka_unit_test(a_namesake_comes_and_goes),
      cmocka_unit_test(members_are_merged),       cmocka_unit_test(a_member_is_no_more),
      cmocka_unit_test(teams_and_their_levels),   cmocka_unit_test(of_an_older_database),
      cmocka_unit_test(whom_a_sentence_may_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
