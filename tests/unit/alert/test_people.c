/* Whom an alert reaches by mail. The clock is at the end of Friday, 20 November 2026.
 *
 *   team Group (led by Eva)  ─► team North (led by Cid), team South (led by Dan)
 *   Ana   was in North until October, is in South since; ana@example.com
 *   Ben   is in North; no address
 *   Cid   is in North, which he leads himself; cid@example.com
 *   Dan   has left on 1 November; Eva eva@example.com; Ivo has an address that would be two headers */
#include "alert/people.h"
#include "november.h"

static World world_of_teams(void) {
  World world = november_world(NOVEMBER_DEFINITIONS, "2026-08-01", NULL, 0);
  static const char *const names[] = {"Cid", "Dan", "Eva", "Ivo"};
  for (int i = 0; i < 4; i++) world_add_person(&world, 3 + i, names[i], 0);
  world_add_team(&world, 2, "South");
  world_add_team(&world, 3, "Group");
  company_sql(world.store, "UPDATE team SET manager = CASE key WHEN 1 THEN 3 WHEN 2 THEN 4 ELSE 5 END");
  company_sql(world.store, "UPDATE team SET parent = 3 WHERE key < 3");
  company_sql(world.store, "DELETE FROM membership");
  company_sql(world.store, "UPDATE person SET team = CASE key WHEN 1 THEN 2 WHEN 2 THEN 1 WHEN 3 THEN 1 END");
  company_sql(world.store,
              "INSERT INTO membership (key, id, person, team, from_at, from_at_day, until_at, until_at_day) VALUES "
              "(90, 'a', 1, 1, NULL, NULL, DATE '2026-10-01', DATE '2026-10-01'), "
              "(91, 'b', 1, 2, DATE '2026-10-01', DATE '2026-10-01', NULL, NULL)");
  company_sql(
      world.store,
      "UPDATE person SET email = CASE key WHEN 1 THEN ' ana@example.com ' WHEN 3 THEN 'cid@example.com' WHEN 4 "
      "THEN 'dan@example.com' WHEN 5 THEN 'eva@example.com' WHEN 6 THEN 'ivo@example.com' || chr(13) || chr(10) "
      "|| 'Bcc: all@example.com' END");
  company_sql(world.store,
              "UPDATE person SET left_at = DATE '2026-11-01', left_at_day = DATE '2026-11-01' "
              "WHERE key = 4");
  return world;
}

static void expect(const World *world, const char *who, BaseDay on, AlertRelation relation, const char *wanted) {
  g_autoptr(GError) error = NULL;
  g_autoptr(AlertPeople) people = alert_people_read(&world->context, &error);
  if (!people) fail_msg("%s", error->message);
  g_auto(AlertAddressee) found = {0};
  gboolean has = alert_people_find(people, who, on, relation, &found);
  g_autofree char *text = !has        ? g_strdup("")
                          : found.why ? g_strdup_printf("%s: %s", found.to, found.why)
                                      : g_strdup(found.to);
  if (!g_str_equal(text, wanted)) fail_msg("%s: \"%s\", not \"%s\"", who, text, wanted);
}

static void a_person_is_written_to(void **state) {
  g_auto(World) world = world_of_teams();
  expect(&world, "rep:Ana", day(11, 20), ALERT_MEMBER, "ana@example.com");
  expect(&world, "rep:Ben", day(11, 20), ALERT_MEMBER, "Ben: Ben has no e-mail address in the records");
  expect(&world, "rep:Dan", day(11, 20), ALERT_MEMBER, "Dan: Dan has left");
  expect(&world, "rep:Zoe", day(11, 20), ALERT_MEMBER, "Zoe: the records know nobody, or several, by the name of Zoe");
}

/* Who led on the day: in September Ana was in North. Dan, who led South, has left: then the team above. Cid leads
 * himself: then the team above, too. */
static void a_leader_is_of_the_day(void **state) {
  g_auto(World) world = world_of_teams();
  expect(&world, "rep:Ana", day(9, 15), ALERT_LEADER, "cid@example.com");
  expect(&world, "rep:Ana", day(11, 20), ALERT_LEADER, "eva@example.com");
  expect(&world, "rep:Ben", day(11, 20), ALERT_LEADER, "cid@example.com");
  expect(&world, "rep:Cid", day(11, 20), ALERT_LEADER, "eva@example.com");
  expect(&world, "rep:Eva", day(11, 20), ALERT_LEADER, "Eva: the records name nobody who leads Eva now");
}

static void a_team_is_its_leader(void **state) {
  g_auto(World) world = world_of_teams();
  expect(&world, "team:North", day(11, 20), ALERT_MEMBER, "cid@example.com");
  expect(&world, "team:North", day(11, 20), ALERT_LEADER, "cid@example.com");
  expect(&world, "team:South", day(11, 20), ALERT_LEADER, "eva@example.com");
}

static void other_things_are_nobody(void **state) {
  g_auto(World) world = world_of_teams();
  expect(&world, "company", day(11, 20), ALERT_MEMBER, "");
  expect(&world, "industry:Retail", day(11, 20), ALERT_LEADER, "");
  expect(&world, "", day(11, 20), ALERT_MEMBER, "");
}

static void an_address_is_one_address(void **state) {
  g_auto(World) world = world_of_teams();
  expect(&world, "rep:Ivo", day(11, 20), ALERT_MEMBER,
         "Ivo: the e-mail address of Ivo in the records cannot be written to");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_person_is_written_to),    cmocka_unit_test(a_leader_is_of_the_day),
      cmocka_unit_test(a_team_is_its_leader),      cmocka_unit_test(other_things_are_nobody),
      cmocka_unit_test(an_address_is_one_address),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
