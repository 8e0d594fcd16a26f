/* The policy file, and whom a user sees by it: teams and people by hand.
 *
 *   EMEA (Mia) ─► North (Ana) ─► Ben, Carl;  South (nobody) ─► Dora;  Emil reports to Ben and is in no team */
#include "access/people.h"
#include "unit.h"

#include <glib/gstdio.h>

static Store *store;
static AccessPeople *people;

static void run(const char *sql) {
  g_autoptr(GError) error = NULL;
  if (!store_run(store, sql, NULL, 0, NULL, &error)) fail_msg("%s", error->message);
}

static int set_up(void **state) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  store = store_open(NULL, schema, 0, 1, NULL);
  run("INSERT INTO person BY NAME SELECT TRUE AS known, * FROM (VALUES (1, 'p1', 'Mia', NULL, NULL, NULL, NULL), (2, "
      "'p2', "
      "'Ana', 'ana@x.org', 2, NULL, NULL), (3, 'p3', 'Ben', NULL, 2, NULL, NULL), (4, 'p4', 'Carl', NULL, 2, NULL, "
      "NULL), (5, 'p5', 'Dora', NULL, 3, NULL, NULL), (6, 'p6', 'Emil', NULL, NULL, 3, NULL), (7, 'p7', 'Ana (old)', "
      "NULL, NULL, NULL, 2), (8, 'p8', 'Dora', NULL, NULL, NULL, NULL)) v(key, id, name, email, team, manager, "
      "merged_into)");
  run("INSERT INTO team BY NAME SELECT TRUE AS known, * FROM (VALUES (1, 't1', 'EMEA', NULL, 1), (2, 't2', 'North', 1, "
      "7), (3, 't3', 'South', 1, NULL)) v(key, id, name, parent, manager)");
  g_autoptr(GError) error = NULL;
  people = access_people_read(store, &error);
  if (!people) fail_msg("%s", error->message);
  return 0;
}

static int tear_down(void **state) {
  access_people_free(people);
  store_close(store);
  return 0;
}

/* --- the policy file --- */

/* Of a folder with this policy.yaml; NULL with `error`. */
static AccessPolicy *read_policy(const char *text, GError **error) {
  g_autofree char *folder = g_dir_make_tmp("attain-policy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "policy.yaml", NULL);
  if (text) g_file_set_contents(path, text, -1, NULL);
  AccessPolicy *policy = access_policy_read(folder, error);
  g_remove(path);
  g_rmdir(folder);
  return policy;
}

static void test_policy_says(void **state) {
  g_autoptr(AccessPolicy) usual = read_policy(NULL, NULL);
  assert_int_equal(usual->roles[USER_REP].sees, ACCESS_OWN);
  assert_int_equal(usual->roles[USER_ADMINISTRATOR].may, USER_MAY_ALL);
  g_autoptr(AccessPolicy) own = read_policy(
      "roles:\n  manager: {sees: all}\n  administrator: {sees: nothing, may: [manage]}\nsessions: {idle_hours: 1}\n",
      NULL);
  assert_int_equal(own->roles[USER_MANAGER].sees, ACCESS_ALL);
  assert_true(own->roles[USER_MANAGER].may & USER_MAY_SEE_ALL);
  assert_int_equal(own->roles[USER_ADMINISTRATOR].may, USER_MAY_MANAGE);
  assert_int_equal(own->limits.idle_us, G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC);
  assert_int_equal(own->limits.session_us, user_limits().session_us);
}

static void test_policy_keeps(void **state) {
  g_autoptr(AccessPolicy) usual = read_policy(NULL, NULL);
  assert_int_equal(usual->retention.rejected_days, 0);
  assert_int_equal(usual->retention.audit_days, 0);
  g_autoptr(AccessPolicy) own = read_policy("retention: {rejected: 180, alerts: 730, tokens: 90}\n", NULL);
  assert_int_equal(own->retention.rejected_days, 180);
  assert_int_equal(own->retention.alerts_days, 730);
  assert_int_equal(own->retention.tokens_days, 90);
  assert_int_equal(own->retention.audit_days, 0);
}

static void test_policy_tells_users(void **state) {
  g_autoptr(AccessPolicy) usual = read_policy(NULL, NULL), no = read_policy("notices: no\n", NULL);
  g_autoptr(AccessPolicy) yes = read_policy("notices: yes\n", NULL);
  assert_false(usual->has_no_notices);
  assert_true(no->has_no_notices);
  assert_false(yes->has_no_notices);
}

/* The secret itself is read by whoever uses it. */
static void test_policy_names_a_pepper(void **state) {
  g_autoptr(AccessPolicy) usual = read_policy(NULL, NULL);
  assert_null(usual->pepper_from.env);
  assert_null(usual->pepper_from.file);
  g_autoptr(AccessPolicy) env = read_policy("passwords: {pepper_env: IT}\n", NULL);
  assert_string_equal(env->pepper_from.env, "IT");
  g_autoptr(AccessPolicy) file = read_policy("passwords: {pepper_file: /run/secrets/pepper}\n", NULL);
  assert_string_equal(file->pepper_from.file, "/run/secrets/pepper");
  assert_null(file->pepper);
  g_autoptr(GError) error = NULL;
  assert_null(read_policy("passwords: {pepper: salt and pepper}\n", &error));
  assert_null(strstr(error->message, "salt and pepper"));
}

static void test_policy_shares(void **state) {
  g_autoptr(AccessPolicy) usual = read_policy(NULL, NULL);
  assert_int_equal(usual->boards->len, 1);
  assert_int_equal(access_policy_board(usual, "marketing")->to, 1u << USER_MARKETING);
  assert_int_equal(usual->roles[USER_MARKETING].sees, ACCESS_OWN);
  assert_int_equal(usual->protection.least, 5);
  g_autoptr(AccessPolicy) own = read_policy(
      "shared:\n  smallest_group: 8\n  within: 10%\n  settle_days: 2\n  since: 2026-01-31\n  boards:\n"
      "    Teams: {title: By team, kpis: [revenue, win_rate], by: [region, team], periods: 6, to: [rep, leader]}\n"
      "    league: {kpis: won_deals, by: rep, names: own, to: rep}\n"
      "    days: {kpis: calls, by: rep, names: shown, grain: week, to: rep}\n"
      "    marketing: {kpis: leads, to: []}\n",
      NULL);
  const AccessBoard *teams = access_policy_board(own, "teams");
  assert_int_equal(own->boards->len, 4);
  assert_int_equal(own->protection.least, 8);
  assert_true(own->protection.share == 0.1);
  assert_int_equal(own->settle_days, 2);
  assert_int_equal(own->since, 20484); /* days from 1970-01-01 */
  assert_string_equal(teams->by[1], "team");
  assert_int_equal(teams->to, 1u << USER_REP | 1u << USER_LEADER);
  assert_int_equal(teams->grain, CALENDAR_QUARTER);
  assert_int_equal(teams->n_periods, 6);
  assert_int_equal(access_policy_board(own, "days")->names, ACCESS_NAMES_SHOWN);
  assert_int_equal(access_policy_board(own, "marketing")->to, 0); /* the built-in one is not shared */
}

static void test_policy_mistakes(void **state) {
  static const struct {
    const char *text, *place, *words;
  } cases[] = {
      {"roles:\n  king: {sees: all}\n", "policy.yaml:2:3", "no role \"king\""},
      {"roles:\n  rep: {sees: everything}\n", "policy.yaml:2:", "everything"},
      {"roles:\n  rep: {may: [see_all]}\n", "policy.yaml:2:", "`sees`"},
      {"roles: [rep]\n", "policy.yaml:1:", "manager: {sees: all}"},
      {"groups:\n  rep: {people: [Ana]}\n", "policy.yaml:2:3", "rep_group"},
      {"sessions: {days: 400}\n", "policy.yaml:1:", "from 1 to 366"},
      {"retention: {audit: 30}\n", "policy.yaml:1:", "from 31 to 36600"},
      {"retention: {rejected: 0}\n", "policy.yaml:1:", "from 1 to 36600"},
      {"retention: {alerts: 30}\n", "policy.yaml:1:", "from 31 to 36600"},
      {"retention: {tokens: 0}\n", "policy.yaml:1:", "from 1 to 36600"},
      {"share: []\n", "policy.yaml:1:1", "shared"},
      {"shared: {smallest_group: 2}\n", "policy.yaml:1:", "from 3 to 1000"},
      {"shared: {within: 150%}\n", "policy.yaml:1:", "within"},
      {"shared: {since: soon}\n", "policy.yaml:1:", "2026-01-31"},
      {"shared: {boards: [teams]}\n", "policy.yaml:1:", "names of boards"},
      {"shared: {boards: {teams: {to: rep}}}\n", "policy.yaml:1:", "kpis"},
      {"shared: {boards: {teams: {kpis: [], to: rep}}}\n", "policy.yaml:1:19", "KPIs"},
      {"shared: {boards: {teams: {kpis: revenue, to: king}}}\n", "policy.yaml:1:", "no role \"king\""},
      {"shared: {boards: {a: {kpis: revenue, to: rep, by: rep}}}\n", "policy.yaml:1:19", "names: own"},
      {"shared: {boards: {a: {kpis: revenue, to: rep, by: team, names: own}}}\n", "policy.yaml:1:19", "by rep alone"},
      {"shared: {boards: {a: {kpis: revenue, to: rep, by: [a, b, c]}}}\n", "policy.yaml:1:19", "two"},
      {"shared: {boards: {a: {kpis: revenue, to: rep, periods: 30}}}\n", "policy.yaml:1:", "from 1 to 24"},
      {"shared:\n  boards:\n    a: {kpis: revenue, to: [rep, coach]}\n    b: {kpis: revenue, grain: month, to: rep}\n",
       "policy.yaml:4:5", "same grain"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(AccessPolicy) policy = read_policy(cases[i].text, &error);
    if (policy) fail_msg("taken: %s", cases[i].text);
    assert_has(error->message, cases[i].place);
    assert_has(error->message, cases[i].words);
  }
}

/* --- who sees whom --- */

static void test_find(void **state) {
  g_autoptr(GError) two = NULL, none = NULL;
  assert_int_equal(access_people_find(people, "ANA@x.org", NULL), 2);
  assert_int_equal(access_people_find(people, "ana (old)", NULL), 2); /* who was merged is the one they became */
  assert_int_equal(access_people_find(people, "p8", NULL), 8);
  assert_int_equal(access_people_find(people, "Dora", &two), 0);
  assert_has(two->message, "several");
  assert_int_equal(access_people_find(people, "Karl", &none), 0);
  assert_has(none->message, "\"Carl\"");
}

#define TODAY 20000

static User user_of(gint64 person, UserRole role, char **groups) {
  static char *nothing[] = {NULL};
  return (User){.number = 1, .name = (char *)"u", .person = person, .role = role, .groups = groups ? groups : nothing};
}

static void test_relations(void **state) {
  char *coached[] = {(char *)"south", NULL};
  g_autoptr(AccessPolicy) policy = read_policy("groups:\n  south: {teams: [South], people: [Emil]}\n", NULL);
  const User mia = user_of(1, USER_MANAGER, NULL), ana = user_of(2, USER_LEADER, NULL),
             ben = user_of(3, USER_REP, NULL);
  const User coach = user_of(0, USER_COACH, coached), nobody = user_of(0, USER_MANAGER, NULL);
  const struct {
    const User *user;
    const char *dimension, *table;
    gint64 key;
    AccessRelation relation;
  } cases[] = {
      {&ben, "rep", "person", 3, ACCESS_THEIRS},        {&ben, "rep", "person", 4, ACCESS_NOT_THEIRS},
      {&ben, "rep", "person", 6, ACCESS_NOT_THEIRS}, /* reports to him, but his role sees its own */
      {&ben, "team", "team", 2, ACCESS_NOT_THEIRS},     {&ben, "manager", "person", 3, ACCESS_NOT_THEIRS},
      {&ana, "rep", "person", 7, ACCESS_THEIRS},        {&ana, "rep", "person", 4, ACCESS_BELOW_THEM},
      {&ana, "team", "team", 2, ACCESS_THEIRS},         {&ana, "team", "team", 1, ACCESS_NOT_THEIRS},
      {&ana, "team", "team", 3, ACCESS_NOT_THEIRS},     {&ana, "rep", "person", 5, ACCESS_NOT_THEIRS},
      {&mia, "team", "team", 3, ACCESS_BELOW_THEM},     {&mia, "rep", "person", 5, ACCESS_BELOW_THEM},
      {&mia, "rep", "person", 6, ACCESS_NOT_THEIRS},    {&coach, "rep", "person", 5, ACCESS_BELOW_THEM},
      {&coach, "rep", "person", 6, ACCESS_BELOW_THEM},  {&coach, "rep", "person", 3, ACCESS_NOT_THEIRS},
      {&nobody, "rep", "person", 3, ACCESS_NOT_THEIRS}, {&nobody, "team", "team", 3, ACCESS_NOT_THEIRS},
      {&mia, "company", NULL, 0, ACCESS_NOT_THEIRS},    {&mia, "product", "product", 1, ACCESS_NOT_THEIRS},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    if (access_relation(people, policy, cases[i].user, TODAY, cases[i].dimension, cases[i].table, cases[i].key) !=
        cases[i].relation)
      fail_msg("case %u: %s %ld", i, cases[i].dimension, (long)cases[i].key);
}

/* North was Ana's, nobody's from day 19,000 on, and Ben's from 20,000 on, whatever its record says; a row without days
 * between its days says nothing. */
static void test_relations_of_a_day(void **state) {
  run("INSERT INTO leadership (key, id, team, person, from_at_day, until_at_day) VALUES (1, 'a', 2, 7, NULL, DATE "
      "'1970-01-01' + 19000), (2, 'b', 2, 3, DATE '1970-01-01' + 20000, NULL), (3, 'c', 2, 1, DATE '1970-01-01' + "
      "20500, DATE '1970-01-01' + 20500)");
  g_autoptr(AccessPeople) dated = access_people_read(store, NULL);
  run("DELETE FROM leadership");
  g_autoptr(AccessPolicy) policy = access_policy_new();
  const User ana = user_of(2, USER_LEADER, NULL), ben = user_of(3, USER_LEADER, NULL);
  const struct {
    const User *user;
    BaseDay day;
    AccessRelation of_team, of_person; /* of a person in it */
  } cases[] = {
      {&ana, 18999, ACCESS_THEIRS, ACCESS_BELOW_THEM},     {&ben, 18999, ACCESS_NOT_THEIRS, ACCESS_NOT_THEIRS},
      {&ana, 19000, ACCESS_NOT_THEIRS, ACCESS_NOT_THEIRS}, {&ben, 19999, ACCESS_NOT_THEIRS, ACCESS_NOT_THEIRS},
      {&ana, 20000, ACCESS_NOT_THEIRS, ACCESS_NOT_THEIRS}, {&ben, 20000, ACCESS_THEIRS, ACCESS_BELOW_THEM},
      {&ben, 20501, ACCESS_THEIRS, ACCESS_BELOW_THEM},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    AccessRelation team = access_relation(dated, policy, cases[i].user, cases[i].day, "team", "team", 2);
    AccessRelation person = access_relation(dated, policy, cases[i].user, cases[i].day, "rep", "person", 4);
    if (team != cases[i].of_team || person != cases[i].of_person) fail_msg("case %u: %d %d", i, team, person);
    assert_int_equal(access_leads(dated, cases[i].user, cases[i].day, 4), person == ACCESS_BELOW_THEM);
  }
}

static void assert_sees(const AccessPolicy *policy, User user, gboolean sees_all, QuerySight *wanted) {
  g_autoptr(QuerySight) sight = access_sight(people, policy, &user, sees_all), expected = wanted;
  assert_string_equal(query_sight_key(sight), query_sight_key(expected));
}

static void test_sights(void **state) {
  g_autoptr(AccessPolicy) policy = access_policy_new();
  QuerySight *own = query_sight_new(), *led = query_sight_new(), *narrow = query_sight_new();
  query_sight_add_person(own, 2);
  query_sight_add_person(led, 2);
  query_sight_add_manager(led, 2);
  query_sight_add_leader(led, 2);
  query_sight_add_person(narrow, 1);
  assert_sees(policy, user_of(7, USER_REP, NULL), FALSE, own);
  assert_sees(policy, user_of(2, USER_LEADER, NULL), FALSE, led);
  assert_sees(policy, user_of(1, USER_EXECUTIVE, NULL), TRUE, NULL);
  assert_sees(policy, user_of(1, USER_EXECUTIVE, NULL), FALSE, narrow); /* a token without the right to see all */
  assert_sees(policy, user_of(0, USER_LEADER, NULL), FALSE, query_sight_new());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_policy_says),
      cmocka_unit_test(test_policy_keeps),
      cmocka_unit_test(test_policy_tells_users),
      cmocka_unit_test(test_policy_names_a_pepper),
      cmocka_unit_test(test_policy_shares),
      cmocka_unit_test(test_policy_mistakes),
      cmocka_unit_test(test_find),
      cmocka_unit_test(test_relations),
      cmocka_unit_test(test_relations_of_a_day),
      cmocka_unit_test(test_sights),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
