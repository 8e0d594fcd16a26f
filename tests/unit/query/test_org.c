/* Where people stand on a day: memberships at their first and last days, what a place takes from its team and the
 * person, records that were merged, and teams drawn in a circle. */
#include "company.h"
#include "query/org_differ.h"

/* Teams: 1 North (Coast, led by 9) in 3 All (Europe, no lead), 2 South (no region, led by nobody) in 3, 4 and 5 each
 * above the other, 6 in a team of which nothing is known. */
static void insert_teams(Store *store) {
  company_sql(store,
              "INSERT INTO team (key, id, name, known, parent, manager, region, level) VALUES "
              "(1, 't1', 'North', true, 3, 9, 'Coast', 'Area'), (2, 't2', 'South', true, 3, NULL, NULL, 'area'), "
              "(3, 't3', 'All', true, NULL, NULL, 'Europe', 'Country'), (4, 't4', 'Hen', true, 5, NULL, NULL, "
              "NULL), (5, 't5', 'Egg', true, 4, NULL, NULL, NULL), (6, 't6', 'Lost', true, 40, NULL, NULL, NULL), "
              "(41, 't41', 'Far', true, NULL, NULL, 'Asia', NULL)");
}

static void insert_person(Store *store, int key, const char *team, const char *manager, const char *region,
                          const char *into) {
  company_sql(store,
              "INSERT INTO person (key, id, name, known, team, manager, region, merged_into) VALUES "
              "(%d, 'p%d', 'Person %d', true, %s, %s, %s, %s)",
              key, key, key, team, manager, region, into);
}

/* Days are of 2026; NULL is open. */
static void insert_membership(Store *store, int key, int person, const char *from, const char *until, const char *team,
                              const char *manager, const char *region) {
  company_sql(store,
              "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, "
              "('2026-' || %s)::TIMESTAMP AS from_at, ('2026-' || %s)::DATE AS from_at_day, "
              "('2026-' || %s)::TIMESTAMP AS until_at, ('2026-' || %s)::DATE AS until_at_day, "
              "%s AS team, %s AS manager, %s AS region",
              key, key, person, from, from, until, until, team, manager, region);
}

static BaseDay day(const char *text) {
  g_autofree char *full = g_strconcat("2026-", text, NULL);
  BaseDay found;
  assert_true(base_day_parse_iso(full, &found));
  return found;
}

typedef struct {
  int person;
  const char *day;
  int team, manager;
  const char *region;
} Place;

static void assert_places(const QueryOrg *org, const Place *places, gsize n) {
  for (gsize i = 0; i < n; i++) {
    QueryPlace place = query_org_place_at(org, places[i].person, day(places[i].day));
    const char *region = query_org_region_name(org, place.region);
    if (place.team != places[i].team || place.manager != places[i].manager || g_strcmp0(region, places[i].region) != 0)
      fail_msg("person %d on %s: team %d, manager %d, region %s; not %d, %d, %s", places[i].person, places[i].day,
               place.team, place.manager, region, places[i].team, places[i].manager, places[i].region);
  }
}

static QueryOrg *load(const World *world) {
  g_autoptr(GError) error = NULL;
  QueryOrg *org = query_org_load(&world->context, &error);
  if (org == NULL) fail_msg("%s", error->message);
  return org;
}

static World world_of_teams(void) {
  World world = world_empty("kpis: {}\n");
  insert_teams(world.store);
  world_set_clock(&world, day("07-15"));
  return world;
}

static void moved_between_teams(void **state) {
  g_auto(World) world = world_of_teams();
  insert_person(world.store, 1, "2", "8", "'Home'", "NULL");
  insert_membership(world.store, 1, 1, "'03-01'", "'06-01'", "1", "NULL", "NULL");
  insert_membership(world.store, 2, 1, "'06-01'", "'09-01'", "2", "7", "'Isles'");
  insert_membership(world.store, 3, 1, "'10-01'", "NULL", "3", "NULL", "NULL");
  g_autoptr(QueryOrg) org = load(&world);
  static const Place places[] = {
      {1, "02-28", 0, 0, NULL},    /* before the first: nowhere, whatever the person's own team is */
      {1, "03-01", 1, 9, "Coast"}, /* the first day is in it */
      {1, "05-31", 1, 9, "Coast"}, /* and the last before the next */
      {1, "06-01", 2, 7, "Isles"}, /* its own manager and region go before the team's */
      {1, "08-31", 2, 7, "Isles"},  {1, "09-01", 0, 0, NULL},     /* a gap */
      {1, "09-30", 0, 0, NULL},     {1, "10-01", 3, 8, "Europe"}, /* the team has no lead: the person's own manager */
      {1, "12-31", 3, 8, "Europe"},
  };
  assert_places(org, places, G_N_ELEMENTS(places));
}

static void a_place_takes_what_it_lacks(void **state) {
  g_auto(World) world = world_of_teams();
  insert_person(world.store, 1, "1", "8", "'Home'", "NULL"); /* without memberships: what the person says goes first */
  insert_person(world.store, 2, "1", "NULL", "NULL", "NULL");
  insert_person(world.store, 3, "2", "NULL", "NULL", "NULL"); /* the region of the level above */
  insert_person(world.store, 4, "NULL", "NULL", "NULL", "NULL");
  insert_person(world.store, 5, "NULL", "8", "'COAST'", "NULL"); /* a region is one however it is written */
  g_autoptr(QueryOrg) org = load(&world);
  static const Place places[] = {
      {1, "01-01", 1, 8, "Home"},  {2, "01-01", 1, 9, "Coast"}, {3, "01-01", 2, 0, "Europe"}, {4, "01-01", 0, 0, NULL},
      {5, "01-01", 0, 8, "Coast"}, {77, "01-01", 0, 0, NULL},   {0, "01-01", 0, 0, NULL},     {-1, "01-01", 0, 0, NULL},
  };
  assert_places(org, places, G_N_ELEMENTS(places));
}

/* Who joined another team before leaving the first was in the later one. */
static void a_later_membership_ends_an_earlier(void **state) {
  g_auto(World) world = world_of_teams();
  insert_person(world.store, 1, "NULL", "NULL", "NULL", "NULL");
  insert_membership(world.store, 2, 1, "'04-01'", "NULL", "2", "NULL", "NULL"); /* rows in any order */
  insert_membership(world.store, 1, 1, "'01-01'", "'06-01'", "1", "NULL", "NULL");
  insert_membership(world.store, 3, 1, "'05-05'", "'05-05'", "3", "NULL", "NULL"); /* of no day: not one */
  g_autoptr(QueryOrg) org = load(&world);
  static const Place places[] = {
      {1, "03-31", 1, 9, "Coast"},
      {1, "04-01", 2, 0, "Europe"},
      {1, "05-05", 2, 0, "Europe"},
      {1, "06-01", 2, 0, "Europe"},
  };
  assert_places(org, places, G_N_ELEMENTS(places));
  guint n;
  const QueryPlace *spans = query_org_places(org, 1, &n); /* and no two spans hold one day */
  assert_int_equal(n, 2);
  assert_int_equal(spans[0].until, day("04-01"));
  assert_int_equal(spans[1].from, day("04-01"));
}

static void credit_now_is_todays_place_for_all_days(void **state) {
  g_auto(World) world = world_of_teams();
  insert_person(world.store, 1, "NULL", "NULL", "NULL", "NULL");
  insert_membership(world.store, 1, 1, "NULL", "'07-15'", "1", "NULL",
                    "NULL"); /* until the clock's day, which is 15 July */
  insert_membership(world.store, 2, 1, "'07-15'", "NULL", "2", "NULL", "NULL");
  insert_person(world.store, 2, "3", "NULL", "NULL", "NULL"); /* was in a team once, and is in none today */
  insert_membership(world.store, 3, 2, "'01-01'", "'02-01'", "1", "NULL", "NULL");
  insert_person(world.store, 3, "3", "NULL", "NULL", "NULL");
  world.organisation->team_credit = CONF_CREDIT_NOW;
  g_autoptr(QueryOrg) org = load(&world);
  static const Place places[] = {
      {1, "01-10", 2, 0, "Europe"}, {1, "12-31", 2, 0, "Europe"}, {2, "01-10", 0, 0, NULL},
      {2, "12-31", 0, 0, NULL},     {3, "01-10", 3, 0, "Europe"},
  };
  assert_places(org, places, G_N_ELEMENTS(places));
}

static void teams_in_a_circle_or_unknown(void **state) {
  g_auto(World) world = world_of_teams();
  insert_person(world.store, 1, "4", "2", "NULL", "NULL"); /* each the other's manager as well */
  insert_person(world.store, 2, "6", "1", "NULL", "NULL");
  insert_person(world.store, 3, "40", "NULL", "NULL", "NULL");
  insert_person(world.store, 4, "1000000", "NULL", "NULL", "NULL");
  g_autoptr(QueryOrg) org = load(&world);
  static const Place places[] = {
      {1, "01-01", 4, 2, NULL},
      {2, "01-01", 6, 1, NULL},
      {3, "01-01", 40, 0, NULL},
      {4, "01-01", 1000000, 0, NULL},
  };
  assert_places(org, places, G_N_ELEMENTS(places));
  assert_int_equal(query_org_team_at_level(org, 4, "Area"), 0);
}

static void levels(void **state) {
  g_auto(World) world = world_of_teams();
  g_autoptr(QueryOrg) org = load(&world);
  assert_int_equal(query_org_team_at_level(org, 1, "area"), 1);
  assert_int_equal(query_org_team_at_level(org, 2, "Area"), 2);
  assert_int_equal(query_org_team_at_level(org, 1, "country"), 3);
  assert_int_equal(query_org_team_at_level(org, 3, "area"), 0); /* above is not below */
  assert_int_equal(query_org_team_at_level(org, 6, "country"), 0);
  assert_int_equal(query_org_team_at_level(org, 0, "area"), 0);
  assert_true(query_org_has_level(org, "COUNTRY"));
  assert_false(query_org_has_level(org, "continent"));
}

static void merged_records(void **state) {
  g_auto(World) world = world_of_teams();
  insert_person(world.store, 1, "1", "NULL", "NULL", "2");
  insert_person(world.store, 2, "1", "NULL", "NULL", "3");
  insert_person(world.store, 3, "2", "NULL", "NULL", "NULL");
  insert_person(world.store, 4, "1", "NULL", "NULL", "5"); /* into each other: some end, and no endless loop */
  insert_person(world.store, 5, "1", "NULL", "NULL", "4");
  insert_person(world.store, 6, "1", "NULL", "NULL", "6");
  g_autoptr(QueryOrg) org = load(&world);
  assert_int_equal(query_org_person(org, 1), 3);
  assert_int_equal(query_org_person(org, 2), 3);
  assert_int_equal(query_org_person(org, 3), 3);
  assert_int_equal(query_org_person(org, 6), 6);
  assert_in_range(query_org_person(org, 4), 4, 5);
  assert_int_equal(query_org_person(org, 99), 99);
  assert_int_equal(query_org_person(org, 0), 0);
}

/* --- rates and shares --- */

static void rates_hold_from_their_day(void **state) {
  g_auto(World) world = world_of_teams();
  company_sql(world.store,
              "INSERT INTO fx_rate (key, id, currency, rate, day, day_day) VALUES "
              "(1, 'r1', 'USD', 0.9, '2026-02-01', '2026-02-01'), "
              "(2, 'r2', 'USD', 0.8, '2026-03-01', '2026-03-01'), "
              "(3, 'r3', 'JPY', 0.006, '2026-02-01', '2026-02-01')");
  g_autoptr(QueryOrg) org = load(&world);
  assert_int_equal(query_org_n_currencies(org), 2);
  const QueryRates *yen = query_org_rates(org, 0), *dollars = query_org_rates(org, 1);
  assert_string_equal(query_org_currency(org, 0), "JPY");
  assert_string_equal(query_org_currency(org, 1), "USD");
  gint64 converted = -1;
  assert_false(query_rates_convert(dollars, 100, day("01-31"), &converted));
  assert_int_equal(converted, -1);
  assert_true(query_rates_convert(dollars, 100, day("02-01"), &converted));
  assert_int_equal(converted, 90);
  assert_true(query_rates_convert(dollars, 100, day("02-28"), &converted));
  assert_int_equal(converted, 90);
  assert_true(query_rates_convert(dollars, 100, day("03-01"), &converted));
  assert_int_equal(converted, 80);
  assert_true(
      query_rates_convert(yen, 10000, day("06-01"), &converted)); /* 10,000 yen, which has no cents: 60.00 euros */
  assert_int_equal(converted, 6000);
}

/* A deal was 1's until 1 March, then 2's until 1 May, 3's since; loads 4 and 5 at one moment gave it to 7 and at once
 * to
 * 3. Their versions lie in the file in another order than they were made in. */
static void deals_that_changed_hands(void **state) {
  g_auto(World) world = world_of_teams();
  company_sql(world.store, "INSERT INTO opportunity BY NAME SELECT 8::UBIGINT AS key, 'd8' AS id, 3 AS owner");
  company_sql(world.store,
              "INSERT INTO opportunity_history BY NAME SELECT 8::UBIGINT AS key, 'd8' AS id, o AS owner, s::TIMESTAMP "
              "AS superseded_at, b AS superseded_by FROM (VALUES (7, '2026-05-01', 5), (2, '2026-05-01', 4), (1, "
              "'2026-03-01', 2)) AS t(o, s, b)");
  g_autoptr(QueryOrg) org = load(&world);
  const LedgerTable *deals = ledger_schema_find(world.schema, "opportunity");
  assert_true(query_org_table_has_moves(org, deals));
  static const struct {
    const char *day;
    int owner;
    const char *until; /* NULL: for good */
  } cases[] = {
      {"01-05", 1, "03-01"}, {"02-28", 1, "03-01"}, {"03-01", 2, "05-01"}, {"04-30", 2, "05-01"}, {"05-01", 3, NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    BaseDay until, on = day(cases[i].day);
    assert_int_equal(query_org_owner_on(org, deals, 8, 3, on, &until), cases[i].owner);
    assert_int_equal(until, cases[i].until != NULL ? day(cases[i].until) : BASE_DAY_MAX);
    gint64 at_us = calendar_start_of_day(world.calendar, on);
    assert_int_equal(query_org_owner_at(org, deals, 8, at_us, 3), cases[i].owner);
  }
  BaseDay until;
  assert_int_equal(query_org_owner_on(org, deals, 9, 3, day("01-05"), &until), 3); /* another deal never moved */
}

/* --- how two organisations differ --- */

static char *keys_found(const World *world, const char *table, const char *condition) {
  g_autoptr(GError) error = NULL;
  g_autofree char *sql =
      g_strdup_printf("SELECT string_agg(key, ' ' ORDER BY key) FROM %s t0 WHERE %s", table, condition);
  g_autoptr(StoreRows) rows = store_query(world->store, sql, NULL, 0, 1, &error);
  if (rows == NULL) fail_msg("%s", error->message);
  StoreValue found = store_rows_value(rows, 0, 0);
  return g_strdup(found.type == STORE_TEXT ? found.text : "");
}

/* 1 in North, 2 in South, 3 in All, 4 with a region of its own, 5 to 9 nowhere. */
static World world_of_people(void) {
  World world = world_of_teams();
  insert_person(world.store, 1, "1", "NULL", "NULL", "NULL");
  insert_person(world.store, 2, "2", "NULL", "NULL", "NULL");
  insert_person(world.store, 3, "3", "NULL", "NULL", "NULL");
  insert_person(world.store, 4, "NULL", "NULL", "'Home'", "NULL");
  for (int key = 5; key < 10; key++) insert_person(world.store, key, "NULL", "NULL", "NULL", "NULL");
  return world;
}

static void who_stands_elsewhere(void **state) {
  static const struct {
    const char *statement, *people; /* NULL: all is to be counted afresh */
  } cases[] = {
      {"UPDATE person SET name = 'Another' WHERE key = 1", ""},
      {"UPDATE person SET team = 2 WHERE key = 1", "1"},
      {"UPDATE person SET merged_into = 3 WHERE key = 1", "1"},
      {"INSERT INTO person (key, id, known, region) VALUES (10, 'p10', true, 'New')", "10"},
      {"INSERT INTO person (key, id, known) VALUES (11, 'p11', true)", ""},
      {"INSERT INTO membership BY NAME SELECT 1::UBIGINT AS key, 'm' AS id, 5 AS person, 1 AS team", "5"},
      {"UPDATE team SET manager = 7 WHERE key = 2", "2"},
      {"UPDATE team SET parent = 2 WHERE key = 1", "1"},
      {"UPDATE team SET parent = NULL, region = 'Europe' WHERE key = 2", "2"}, /* no longer below All */
      {"UPDATE team SET level = 'City' WHERE key = 3", "1 2 3"},               /* whoever is asked for by level */
      {"UPDATE team SET region = 'Europe' WHERE key = 2", ""},                 /* it had All's */
      {"UPDATE team SET region = 'Moon' WHERE key = 1", NULL},                 /* regions get other codes */
      {"UPDATE person SET team = 2 WHERE key BETWEEN 1 AND 8", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(World) world = world_of_people();
    g_autoptr(QueryOrg) before = load(&world);
    company_sql(world.store, "%s", cases[i].statement);
    g_autoptr(QueryOrg) after = load(&world);
    g_autoptr(QueryOrgDifference) difference = query_org_difference_new(before, after);
    print_message("  %s\n", cases[i].statement);
    assert_int_equal(difference != NULL, cases[i].people != NULL);
    if (difference == NULL) continue;
    const LedgerTable *people = ledger_schema_find(world.schema, "person");
    g_autofree char *sql = query_org_difference_sql(difference, people, NULL, "t0.key", "t0.key");
    g_autofree char *found = keys_found(&world, "person", sql);
    assert_string_equal(found, cases[i].people);
  }
}

/* Deals that were theirs, or that they have a share of, count otherwise too: 1 was 1's, of 2 they have a share, 3 is
 * 1's, 4 has nothing to do with them. */
static void whose_deals_count_otherwise(void **state) {
  g_auto(World) world = world_of_people();
  company_sql(world.store,
              "INSERT INTO opportunity BY NAME SELECT k::UBIGINT AS key, 'd' || k AS id, o AS owner FROM "
              "(VALUES (1, 4), (2, 4), (3, 1), (4, 4)) AS t(k, o)");
  company_sql(world.store,
              "INSERT INTO opportunity_history BY NAME SELECT 1::UBIGINT AS key, 'd1' AS id, 1 AS owner, "
              "'2026-03-01'::TIMESTAMP AS superseded_at, 2 AS superseded_by");
  company_sql(world.store,
              "INSERT INTO split BY NAME SELECT 9::UBIGINT AS key, 's' AS id, 2::UBIGINT AS opportunity, 1 "
              "AS person, 0.5 AS share");
  g_autoptr(QueryOrg) before = load(&world);
  company_sql(world.store, "UPDATE person SET team = 2 WHERE key = 1");
  g_autoptr(QueryOrg) after = load(&world);
  g_autoptr(QueryOrgDifference) difference = query_org_difference_new(before, after);
  assert_non_null(difference);
  assert_int_equal(query_org_difference_n_people(difference), 1);
  const LedgerTable *deals = ledger_schema_find(world.schema, "opportunity");
  g_autofree char *sql = query_org_difference_sql(difference, deals, deals, "t0.owner", "t0.key");
  g_autofree char *found = keys_found(&world, "opportunity", sql);
  assert_string_equal(found, "1 2 3");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(moved_between_teams),
      cmocka_unit_test(a_place_takes_what_it_lacks),
      cmocka_unit_test(a_later_membership_ends_an_earlier),
      cmocka_unit_test(credit_now_is_todays_place_for_all_days),
      cmocka_unit_test(teams_in_a_circle_or_unknown),
      cmocka_unit_test(levels),
      cmocka_unit_test(merged_records),
      cmocka_unit_test(rates_hold_from_their_day),
      cmocka_unit_test(deals_that_changed_hands),
      cmocka_unit_test(who_stands_elsewhere),
      cmocka_unit_test(whose_deals_count_otherwise),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
