/* What leaders see of teams that were led by one after another, against an account of it that is written here: who led
 * which team on which day is looked up in arrays, for each deal on its own day. Answers come from scans and from kept
 * cells, which have to follow when it turns out that somebody else led.
 *
 * ATTAIN_SEED repeats a run. */
#include "company.h"
#include "query/live.h"
#include "query/org.h"
#include "query/seen.h"

#define PEOPLE    8
#define TEAMS     5
#define DEALS     90
#define REIGNS    3
#define FIRST_DAY 20454 /* 2026-01-01 */
#define LAST_DAY  20633 /* 2026-06-29 */

static const char definitions[] =
    "measures:\n"
    "  made: count(opportunity on created_at)\n"
    "  won: sum(opportunity.amount on closed_at where outcome = 'won')\n"
    "  open: sum(opportunity.amount from created_at until closed_at)\n"
    "  typical: median(opportunity.amount on created_at)\n";

static const char *const kpis[] = {"made", "won", "open", "typical", NULL};

typedef struct {
  int person; /* 0: nobody */
  BaseDay from, until;
} Reign;

typedef struct {
  int parent, manager; /* manager: of the record, where there are no reigns */
  guint n_reigns;
  Reign reigns[REIGNS]; /* in order, with gaps */
} Squad;

typedef struct {
  int team, manager;
  int second; /* the team from `moved` on; BASE_DAY_MAX: never */
  BaseDay moved;
} Someone;

typedef struct {
  int owner, units;
  BaseDay created, closed; /* won when closed */
} Sale;

typedef struct {
  World world;
  QueryLive *live;
  GRand *random;
  int load;
  Squad teams[TEAMS + 1];
  Someone people[PEOPLE + 1];
  Sale sales[DEALS];
} Scene;

static int any(Scene *scene, int from, int to) {
  return g_rand_int_range(scene->random, from, to + 1);
}

/* --- the account --- */

static int leader_on(const Squad *team, BaseDay day) {
  for (guint i = 0; i < team->n_reigns; i++)
    if (team->reigns[i].from <= day && day < team->reigns[i].until) return team->reigns[i].person;
  return team->n_reigns > 0 ? 0 : team->manager;
}

static int team_on(const Scene *scene, int person, BaseDay day) {
  const Someone *one = &scene->people[person];
  return day < one->moved ? one->team : one->second;
}

/* Of who has memberships, which name no managers here, the team's leader comes before their own manager. */
static int manager_on(const Scene *scene, int person, BaseDay day) {
  const Someone *one = &scene->people[person];
  int leader = leader_on(&scene->teams[team_on(scene, person, day)], day);
  gboolean has_own = one->manager > 0 && (one->moved == BASE_DAY_MAX || leader == 0);
  return has_own ? one->manager : leader;
}

static gboolean leads(const Scene *scene, int leader, int person, BaseDay day) {
  for (int team = team_on(scene, person, day); team > 0; team = scene->teams[team].parent)
    if (leader_on(&scene->teams[team], day) == leader) return TRUE;
  return FALSE;
}

typedef struct {
  int made, won, open;
} Sums;

/* Of all that `leader` sees; 0: who sees everything. Of one rep, of whom somebody is the manager, or of all (0). */
static Sums sums_of(const Scene *scene, int leader, int rep, int manager) {
  Sums sums = {0};
  for (int s = 0; s < DEALS; s++) {
    const Sale *sale = &scene->sales[s];
    const BaseDay days[] = {sale->created, sale->closed, LAST_DAY};
    int *const to[] = {&sums.made, &sums.won, &sums.open};
    const int amounts[] = {1, sale->closed <= LAST_DAY ? sale->units : 0, sale->closed > LAST_DAY ? sale->units : 0};
    for (guint i = 0; i < 3; i++) {
      if (amounts[i] == 0 || (rep > 0 && sale->owner != rep)) continue;
      if (manager > 0 && manager_on(scene, sale->owner, days[i]) != manager) continue;
      if (leader == 0 || leads(scene, leader, sale->owner, days[i])) *to[i] += amounts[i];
    }
  }
  return sums;
}

/* --- the same in a ledger --- */

static char *key_or_null(int key) {
  return key > 0 ? g_strdup_printf("%d", key) : g_strdup("NULL");
}

static char *day_or_null(BaseDay day) {
  if (day == BASE_DAY_MIN || day == BASE_DAY_MAX) return g_strdup("NULL");
  g_autofree char *text = base_day_format(day);
  return g_strdup_printf("DATE '%s'", text);
}

/* Fresh reigns of one team, of which there may be none. */
static void make_reigns(Scene *scene, Squad *team) {
  team->n_reigns = (guint)any(scene, 0, REIGNS);
  BaseDay at = FIRST_DAY + any(scene, -10, 60);
  for (guint i = 0; i < team->n_reigns; i++) {
    Reign *reign = &team->reigns[i];
    gboolean ever = i == 0 && any(scene, 0, 1), still = i + 1 == team->n_reigns && any(scene, 0, 1);
    *reign = (Reign){any(scene, 0, PEOPLE), ever ? BASE_DAY_MIN : at, 0};
    at += any(scene, 3, 60);
    reign->until = still ? BASE_DAY_MAX : at;
    at += any(scene, 0, 1) ? any(scene, 1, 20) : 0;
  }
}

static void insert_reigns(Scene *scene, int team) {
  for (guint i = 0; i < scene->teams[team].n_reigns; i++) {
    const Reign *reign = &scene->teams[team].reigns[i];
    g_autofree char *person = key_or_null(reign->person);
    g_autofree char *from = day_or_null(reign->from), *until = day_or_null(reign->until);
    company_sql(
        scene->world.store,
        "INSERT INTO leadership (key, id, team, person, from_at, from_at_day, until_at, until_at_day, \"load\") "
        "VALUES (%d, 'l%d', %d, %s, %s, %s, %s, %s, %d)",
        scene->load * 100 + team * 10 + (int)i, team * 10 + (int)i, team, person, from, from, until, until,
        scene->load);
  }
}

static void insert_teams(Scene *scene) {
  for (int t = 1; t <= TEAMS; t++) {
    Squad *team = &scene->teams[t];
    team->parent = t > 1 && any(scene, 0, 2) ? any(scene, 1, t - 1) : 0;
    team->manager = any(scene, 0, PEOPLE);
    make_reigns(scene, team);
    g_autofree char *parent = key_or_null(team->parent), *manager = key_or_null(team->manager);
    company_sql(scene->world.store,
                "INSERT INTO team (key, id, name, known, parent, manager) VALUES (%d, 't%d', 'Team %d', true, %s, %s)",
                t, t, t, parent, manager);
    insert_reigns(scene, t);
  }
}

static void insert_membership(Scene *scene, int key, int person, int team, BaseDay from, BaseDay until) {
  g_autofree char *first = day_or_null(from), *last = day_or_null(until);
  company_sql(scene->world.store,
              "INSERT INTO membership (key, id, person, team, from_at, from_at_day, until_at, until_at_day) VALUES "
              "(%d, 'm%d', %d, %d, %s, %s, %s, %s)",
              key, key, person, team, first, first, last, last);
}

static void insert_people(Scene *scene) {
  for (int p = 1; p <= PEOPLE; p++) {
    Someone *one = &scene->people[p];
    *one = (Someone){any(scene, 1, TEAMS), any(scene, 0, PEOPLE), any(scene, 1, TEAMS), BASE_DAY_MAX};
    if (any(scene, 0, 1)) one->moved = FIRST_DAY + any(scene, 1, 170);
    g_autofree char *manager = key_or_null(one->manager);
    company_sql(scene->world.store,
                "INSERT INTO person (key, id, name, known, team, manager) VALUES (%d, 'p%d', 'Person %d', true, %d, "
                "%s)",
                p, p, p, one->team, manager);
    if (one->moved == BASE_DAY_MAX) continue;
    insert_membership(scene, 2 * p, p, one->team, BASE_DAY_MIN, one->moved);
    insert_membership(scene, 2 * p + 1, p, one->second, one->moved, BASE_DAY_MAX);
  }
}

static void insert_sales(Scene *scene) {
  for (int s = 0; s < DEALS; s++) {
    Sale *sale = &scene->sales[s];
    BaseDay created = FIRST_DAY + any(scene, 0, LAST_DAY - FIRST_DAY);
    *sale = (Sale){any(scene, 1, PEOPLE), any(scene, 1, 9000), created, created + any(scene, 1, 90)};
    gboolean is_open = sale->closed > LAST_DAY;
    g_autofree char *first = day_or_null(created), *last = day_or_null(is_open ? BASE_DAY_MAX : sale->closed);
    company_sql(
        scene->world.store,
        "INSERT INTO opportunity (key, id, owner, created_at, created_at_day, closed_at, closed_at_day, outcome, "
        "amount, currency, \"load\") VALUES (%d, 'd%d', %d, %s, %s, %s, %s, '%s', %d, 'EUR', 1)",
        s + 1, s + 1, sale->owner, first, first, last, last, is_open ? "open" : "won", sale->units * 100);
  }
  world_count_deals(&scene->world);
}

static void tell_load(Scene *scene) {
  company_sql(scene->world.store, "INSERT INTO load (load, source, \"at\") VALUES (%d, 'test', TIMESTAMP '2026-06-01')",
              scene->load);
}

static void scene_init(Scene *scene, guint32 seed) {
  g_autoptr(GError) error = NULL;
  scene->random = g_rand_new_with_seed(seed);
  scene->world = world_empty(definitions);
  scene->load = 1;
  insert_teams(scene);
  insert_people(scene);
  insert_sales(scene);
  tell_load(scene);
  world_set_clock(&scene->world, LAST_DAY + 30);
  scene->live = query_live_new(&scene->world.context, (gsize)1 << 30, &error);
  if (!scene->live) fail_msg("%s", error->message);
}

static void scene_clear(Scene *scene) {
  query_live_free(scene->live);
  world_clear(&scene->world);
  g_rand_free(scene->random);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scene, scene_clear)

/* It turns out that a team was led by others: rows of `leadership` go, others come. */
static void others_led(Scene *scene) {
  g_autoptr(GError) error = NULL;
  Store *store = scene->world.store;
  int team = any(scene, 1, TEAMS);
  if (!query_live_before(scene->live, &error)) fail_msg("%s", error->message);
  scene->load++;
  company_sql(store, "BEGIN");
  company_sql(store,
              "INSERT INTO leadership_history BY NAME SELECT *, TIMESTAMP '2026-06-30' AS superseded_at, %d AS "
              "superseded_by FROM leadership WHERE team = %d",
              scene->load, team);
  company_sql(store, "DELETE FROM leadership WHERE team = %d", team);
  make_reigns(scene, &scene->teams[team]);
  insert_reigns(scene, team);
  tell_load(scene);
  company_sql(store, "COMMIT");
  if (!query_live_after(scene->live, scene->world.context.now_us, &error)) fail_msg("%s", error->message);
}

/* --- asking --- */

static QueryResult *ask(const Scene *scene, const QuerySight *sight, const char *by, gboolean kept) {
  const char *const dims[] = {by, NULL};
  QueryRequest request = {
      .kpis = kpis, .by = by ? dims : NULL, .period = "2026-01-01..2026-06-29", .rates_of = BASE_DAY_NONE};
  QueryContext context = scene->world.context;
  context.sight = sight;
  g_autoptr(GError) error = NULL;
  QueryResult *result =
      kept ? query_live_ask(scene->live, sight, &request, &error) : query_run(&context, &request, &error);
  if (!result) fail_msg("%s", error->message);
  return result;
}

static double value_of(const QueryResult *result, const char *kpi, const char *member) {
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!g_str_equal(query_result_kpi(result, row->kpi)->name, kpi)) continue;
    if (!member || g_strcmp0(row->members[0], member) == 0) return row->value.value;
  }
  return 0;
}

static void assert_sums(const Scene *scene, const QueryResult *result, int leader, const char *member, Sums sums) {
  const char *by = query_result_n_dims(result) > 0 ? query_result_dim(result, 0) : "nothing";
  const int expected[] = {sums.made, sums.won, sums.open};
  for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
    double value = value_of(result, kpis[i], member);
    if (value != expected[i])
      fail_msg("after load %d %s by %s of %s is %g to the leader %d, and what they see comes to %d", scene->load,
               kpis[i], by, member ? member : "all", value, leader, expected[i]);
  }
}

static QuerySight *sight_of(int leader) {
  QuerySight *sight = leader > 0 ? query_sight_new() : NULL;
  if (sight) query_sight_add_leader(sight, leader);
  return sight;
}

static void answers_are_right(const Scene *scene, int leader, gboolean kept) {
  g_autoptr(QuerySight) sight = sight_of(leader);
  g_autoptr(QueryResult) all = ask(scene, sight, NULL, kept), reps = ask(scene, sight, "rep", kept),
                         managers = ask(scene, sight, "manager", kept);
  assert_sums(scene, all, leader, NULL, sums_of(scene, leader, 0, 0));
  for (int p = 1; p <= PEOPLE; p++) {
    g_autofree char *name = g_strdup_printf("Person %d", p);
    assert_sums(scene, reps, leader, name, sums_of(scene, leader, p, 0));
    assert_sums(scene, managers, leader, name, sums_of(scene, leader, 0, p));
  }
}

static void leaders_see_their_days(void **state) {
  guint32 seed = company_seed();
  for (guint32 i = 0; i < 8; i++) {
    g_auto(Scene) scene = {0};
    scene_init(&scene, seed + i);
    for (int leader = 0; leader <= PEOPLE; leader++)
      for (guint kept = 0; kept < 2; kept++) answers_are_right(&scene, leader, kept);
  }
}

/* Of one who asks again and again, and of others in between. */
static void kept_cells_follow_other_leaders(void **state) {
  guint32 seed = company_seed();
  for (guint32 i = 0; i < 10; i++) {
    g_auto(Scene) scene = {0};
    scene_init(&scene, seed + 50 + i);
    int often = any(&scene, 1, PEOPLE);
    for (guint change = 0; change < 8; change++) {
      answers_are_right(&scene, often, TRUE);
      answers_are_right(&scene, any(&scene, 0, PEOPLE), TRUE);
      others_led(&scene);
    }
    answers_are_right(&scene, often, TRUE);
    answers_are_right(&scene, often, FALSE);
  }
}

/* --- by hand --- */

/* Team 1 above team 2, which Ana (1) led until May, nobody in May, and Bo (2) from June on; team 1 is Cy's (3). */
static World world_of_two_leaders(void) {
  World world = world_empty(definitions);
  world_add_team(&world, 1, "North");
  world_add_team(&world, 2, "Alps");
  world_add_person(&world, 4, "Di", 2);
  company_sql(world.store,
              "UPDATE team SET parent = 1, manager = 2 WHERE key = 2; UPDATE team SET manager = 3 WHERE "
              "key = 1; INSERT INTO leadership (key, id, team, person, from_at_day, until_at_day) VALUES "
              "(1, 'a', 2, 1, NULL, DATE '2026-05-01'), (2, 'b', 2, 2, DATE '2026-06-01', NULL)");
  world_set_clock(&world, LAST_DAY);
  return world;
}

static QueryShare share_of(const World *world, const QueryOrg *org, char kind, int id, const char *from,
                           const char *until) {
  const Dim team = {.kind = DIM_TEAM, .name = "team"};
  g_autoptr(QuerySight) sight = query_sight_new();
  BaseDay start, end;
  assert_true(base_day_parse_iso(from, &start));
  assert_true(base_day_parse_iso(until, &end));
  (kind == 'l' ? query_sight_add_leader : query_sight_add_person)(sight, id);
  return query_sight_share(sight, org, &team, 2, start, end);
}

static void days_of_a_team_are_shared_out(void **state) {
  g_auto(World) world = world_of_two_leaders();
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  assert_int_equal(share_of(&world, org, 'l', 1, "2026-01-01", "2026-05-01"), QUERY_SHARE_ALL);
  assert_int_equal(share_of(&world, org, 'l', 1, "2026-01-01", "2026-05-02"), QUERY_SHARE_SOME);
  assert_int_equal(share_of(&world, org, 'l', 1, "2026-05-01", "2026-07-01"), QUERY_SHARE_NONE);
  assert_int_equal(share_of(&world, org, 'l', 2, "2026-05-31", "2026-07-01"), QUERY_SHARE_SOME);
  assert_int_equal(share_of(&world, org, 'l', 2, "2026-06-01", "2027-01-01"), QUERY_SHARE_ALL);
  assert_int_equal(share_of(&world, org, 'l', 3, "2000-01-01", "2027-01-01"), QUERY_SHARE_ALL); /* from above */
  assert_int_equal(share_of(&world, org, 'p', 4, "2000-01-01", "2027-01-01"), QUERY_SHARE_ALL); /* who is all of it */
  assert_int_equal(share_of(&world, org, 'p', 1, "2000-01-01", "2027-01-01"), QUERY_SHARE_NONE);
}

/* Under team credit of now whoever leads today did so always. */
static void leaders_of_now_where_credit_is_of_now(void **state) {
  g_auto(World) world = world_of_two_leaders();
  world.organisation->team_credit = CONF_CREDIT_NOW;
  g_autoptr(QueryOrg) org = query_org_load(&world.context, NULL);
  assert_int_equal(share_of(&world, org, 'l', 2, "2026-01-01", "2026-05-01"), QUERY_SHARE_ALL);
  assert_int_equal(share_of(&world, org, 'l', 1, "2026-01-01", "2026-05-01"), QUERY_SHARE_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(leaders_see_their_days),
      cmocka_unit_test(kept_cells_follow_other_leaders),
      cmocka_unit_test(days_of_a_team_are_shared_out),
      cmocka_unit_test(leaders_of_now_where_credit_is_of_now),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
