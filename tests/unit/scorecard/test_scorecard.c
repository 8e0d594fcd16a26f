/* Scorecards of a company small enough to be added up by hand. The clock is at the end of Friday, 20 November 2026:
 * November has 21 working days, of which 15 are over, so 5/7 of it is due; October has 22, December 23, the quarter 66.
 *
 *              October          November                               was in
 *   Ana        30,000 won 28th  10,000 won 5th, 5,000 won 12th         North, from the 10th South
 *   Ben                         9,000 won 3rd, one lost 4th            North
 *   Cy                          12,000 won 16th, two lost              South
 *   Dee                         nothing                                South
 *
 *   November   revenue                  won / decided     lost
 *   North      10,000 + 9,000 = 19,000  2 / 3             1
 *   South      5,000 + 12,000 = 17,000  2 / 4             2
 *   company    36,000                   4 / 7             3 */
#include "november.h"
#include "scorecard/scorecard.h"
#include "scorecard/who.h"
#include "target/members.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  revenue: {name: Revenue, formula: sum(opportunity.amount where outcome = 'won' on closed_at), better: higher}\n"
    "  rate: {name: Win rate, formula: won / decided, better: higher, proportion: true}\n"
    "  lost: {name: Lost deals, formula: decided - won, better: lower}\n";

static const char *const all_kpis[] = {"revenue", "rate", "lost", NULL};
enum { REVENUE, RATE, LOST };

/* Ana moves, so that none of her memberships is one for all times. */
static void add_people(const World *world) {
  world_add_team(world, 1, "North");
  world_add_team(world, 2, "South");
  world_add_person(world, 1, "Ana", 0);
  world_add_person(world, 2, "Ben", 1);
  world_add_person(world, 3, "Cy", 2);
  world_add_person(world, 4, "Dee", 2);
  company_sql(world->store,
              "INSERT INTO membership BY NAME SELECT 10::UBIGINT AS key, 'm10' AS id, 1 AS person, 1 AS team, "
              "TIMESTAMP '2026-11-10' AS until_at, DATE '2026-11-10' AS until_at_day;"
              "INSERT INTO membership BY NAME SELECT 11::UBIGINT AS key, 'm11' AS id, 1 AS person, 2 AS team, "
              "TIMESTAMP '2026-11-10' AS from_at, DATE '2026-11-10' AS from_at_day");
}

static World company(void) {
  static const WorldDeal deals[] = {{1, "2026-10-28", "won", 30000}, {1, "2026-11-05", "won", 10000},
                                    {1, "2026-11-12", "won", 5000},  {2, "2026-11-03", "won", 9000},
                                    {2, "2026-11-04", "lost", 7000}, {3, "2026-11-16", "won", 12000},
                                    {3, "2026-11-17", "lost", 1000}, {3, "2026-11-18", "lost", 2000}};
  World world = world_empty(definitions);
  add_people(&world);
  world_add_deals(&world, "2026-09-01", deals, G_N_ELEMENTS(deals));
  world_set_clock(&world, day(11, 20));
  return world;
}

/* --- targets --- */

static void free_target(gpointer target) {
  target_free(target);
}

static GPtrArray *no_targets(void) {
  return g_ptr_array_new_with_free_func(free_target);
}

static void set(const World *world, GPtrArray *targets, const TargetTerms *terms) {
  g_ptr_array_add(targets, november_set(world, target_version_new(terms), day(10, 1)));
}

static void set_november(const World *world, GPtrArray *targets, const char *kpi, const char *dimension,
                         const char *member, TargetKind kind, double amount) {
  TargetTerms terms = in_november(kpi, dimension, member, kind, amount);
  set(world, targets, &terms);
}

static void set_quarter(const World *world, GPtrArray *targets, const char *kpi, TargetKind kind, double amount) {
  TargetTerms terms = terms_of(kpi, TARGET_COMPANY, NULL, kind, amount, day(10, 1), base_day_from_civil(2027, 1, 1));
  if (kind == TARGET_GROW) {
    terms.baseline_start = day(7, 1);
    terms.baseline_end = day(10, 1);
  }
  set(world, targets, &terms);
}

/* --- asking --- */

static ScorecardRequest request_of(const World *world, const char *dimension, const char *member, const char *period,
                                   const char *const *by) {
  ScorecardRequest request = {.dimension = dimension, .member = member, .kpis = all_kpis, .by = by, .n_trend = 2};
  g_autoptr(GError) error = NULL;
  if (!calendar_parse_period(world->calendar, period, world->context.today, BASE_DAY_NONE, BASE_DAY_NONE,
                             &request.period, &error))
    fail_msg("%s", error->message);
  return request;
}

static Scorecard *ask(const World *world, const GPtrArray *targets, const ScorecardRequest *request) {
  TargetDesk desk = {.context = &world->context};
  g_autoptr(GError) error = NULL;
  Scorecard *scorecard = scorecard_new(&desk, targets, request, &error);
  if (!scorecard) fail_msg("%s", error->message);
  return scorecard;
}

static Scorecard *ask_november(const World *world, const GPtrArray *targets, const char *dimension, const char *member,
                               const char *const *by) {
  ScorecardRequest request = request_of(world, dimension, member, "2026-11", by);
  return ask(world, targets, &request);
}

static const ScorecardCell *cell_of(const Scorecard *scorecard, guint row, guint kpi) {
  return &scorecard_row(scorecard, row)->cells[kpi];
}

/* "North/Ana" of each row, with commas. */
static char *rows_of(const Scorecard *scorecard) {
  GString *text = g_string_new(NULL);
  for (guint r = 0; r < scorecard_n_rows(scorecard); r++) {
    const ScorecardRow *row = scorecard_row(scorecard, r);
    g_string_append_printf(text, "%s%s%s%s", r > 0 ? "," : "", row->level == 0 ? "all" : row->members[0],
                           row->level > 1 ? "/" : "", row->level > 1 ? row->members[1] : "");
  }
  return g_string_free(text, FALSE);
}

static void assert_rows(const Scorecard *scorecard, const char *expected) {
  g_autofree char *rows = rows_of(scorecard);
  assert_string_equal(expected, rows);
}

static void assert_value(double expected, const Scorecard *scorecard, guint row, guint kpi) {
  const ScorecardCell *cell = cell_of(scorecard, row, kpi);
  assert_true(cell->value.has_value);
  assert_near(expected, cell->value.value);
}

static void assert_points(double expected, const Scorecard *scorecard, guint row, guint kpi) {
  const ScorecardCell *cell = cell_of(scorecard, row, kpi);
  assert_true(cell->has_points);
  assert_near(expected, cell->points);
}

/* --- tests --- */

/* Revenue: 36,000 of 84,000, of which 60,000 is due: 60 points. Rate: 4/7 against 0.5 is 1 + (4/7 - 1/2) / (1/2) = 8/7.
 * Equal weights: (60 + 800/7) / 2; three to one: (3 × 60 + 800/7) / 4. Lost deals have no target and do not count. */
static void a_card(void **state) {
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "revenue", TARGET_COMPANY, NULL, TARGET_REACH, 84000);
  set_november(&world, targets, "rate", TARGET_COMPANY, NULL, TARGET_ABOVE, 0.5);
  ScorecardRequest request = request_of(&world, TARGET_COMPANY, NULL, "2026-11", NULL);
  g_autoptr(Scorecard) equal = ask(&world, targets, &request);
  assert_rows(equal, "all");
  assert_value(36000, equal, 0, REVENUE);
  assert_value(4 / 7.0, equal, 0, RATE);
  assert_value(3, equal, 0, LOST);
  const ScorecardCell *revenue = cell_of(equal, 0, REVENUE);
  assert_near(36 / 84.0, revenue->standing->score.score);
  assert_near(60000, revenue->standing->due);
  assert_near(-24000, revenue->standing->ahead);
  assert_points(60, equal, 0, REVENUE);
  assert_points(800 / 7.0, equal, 0, RATE);
  assert_false(cell_of(equal, 0, LOST)->has_target);
  assert_false(cell_of(equal, 0, LOST)->has_points);
  assert_int_equal(2, scorecard_row(equal, 0)->n_scored);
  assert_near((60 + 800 / 7.0) / 2, scorecard_row(equal, 0)->score);
  ConfWeight three = {.kpi = (char *)"revenue", .weight = 3};
  request.weights = &three;
  request.n_weights = 1;
  g_autoptr(Scorecard) weighted = ask(&world, targets, &request);
  assert_near((3 * 60 + 800 / 7.0) / 4, scorecard_row(weighted, 0)->score);
}

/* September had nothing, October 30,000; November is compared with October up to the 15th working day, the 21st: 0. */
static void trend_and_like_for_like(void **state) {
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  g_autoptr(Scorecard) card = ask_november(&world, targets, TARGET_COMPANY, NULL, NULL);
  assert_int_equal(3, scorecard_n_periods(card));
  assert_string_equal("2026-09", scorecard_period(card, 0)->name);
  const ScorecardCell *cell = cell_of(card, 0, REVENUE);
  assert_near(0, cell->trend[0].value);
  assert_near(30000, cell->trend[1].value);
  assert_near(36000, cell->trend[2].value);
  assert_true(cell->value.flags & QUERY_FLAG_RUNNING);
  assert_true(cell->has_compared);
  assert_near(0, cell->compared.value);
  assert_int_equal(day(10, 22), scorecard_compared_period(card)->end);
  assert_false(scorecard_row(card, 0)->has_score);
}

static void assert_note(const Scorecard *card, const char *part) {
  for (const char *const *note = scorecard_notes(card); *note; note++)
    if (strstr(*note, part)) return;
  fail_msg("no note says: %s", part);
}

/* The rate of the company is 4/7; the mean of its teams would be (2/3 + 2/4) / 2. */
static void a_matrix_of_teams(void **state) {
  static const char *const by[] = {"team", NULL};
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "revenue", "team", "North", TARGET_REACH, 40000);
  set_november(&world, targets, "lost", "team", "South", TARGET_BELOW, 2);
  g_autoptr(Scorecard) card = ask_november(&world, targets, TARGET_COMPANY, NULL, by);
  assert_rows(card, "all,North,South");
  assert_value(4 / 7.0, card, 0, RATE);
  assert_value(2 / 3.0, card, 1, RATE);
  assert_value(0.5, card, 2, RATE);
  assert_value(19000, card, 1, REVENUE);
  assert_value(17000, card, 2, REVENUE);
  assert_near(19 / 40.0, cell_of(card, 1, REVENUE)->standing->score.score);
  assert_points(19 / 40.0 * 7 / 5 * 100, card, 1, REVENUE);
  /* At most 2, of which 10/7 may have been lost by now: 2 - 2 / (10/7) = 0.6. */
  assert_points(60, card, 2, LOST);
  /* The company has none: North's is all there is, and South has none. */
  const ScorecardCell *all = cell_of(card, 0, REVENUE);
  assert_near(40000, all->standing->amount);
  assert_near(36 / 40.0, all->standing->score.score);
  assert_non_null(all->derived);
  assert_string_equal("North", g_ptr_array_index(all->derived->members, 0));
  assert_string_equal("South", g_ptr_array_index(all->derived->without, 0));
  assert_null(cell_of(card, 1, REVENUE)->derived);
  assert_note(card,
              "Σ: the company has no target of revenue of its own: it is the sum of its members' (North). Without "
              "one, though what they do counts: South.");
}

/* Ana's target of 30,000 is hers wherever she is: 15,000 of the 150,000/7 that are due is 70 points in both teams. Ben
 * has no target; Cy has 12,000 of 60,000/7: 140. */
static void who_moved_in_mid_period(void **state) {
  static const char *const by[] = {"team", "rep", NULL};
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "revenue", "rep", "Ana", TARGET_REACH, 30000);
  set_november(&world, targets, "revenue", "rep", "Cy", TARGET_REACH, 12000);
  g_autoptr(Scorecard) card = ask_november(&world, targets, TARGET_COMPANY, NULL, by);
  assert_rows(card, "all,North,North/Ana,North/Ben,South,South/Ana,South/Cy");
  assert_value(10000, card, 2, REVENUE);
  assert_value(9000, card, 3, REVENUE);
  assert_value(5000, card, 5, REVENUE);
  assert_value(12000, card, 6, REVENUE);
  assert_near(15000, cell_of(card, 2, REVENUE)->standing->actual.value);
  assert_points(70, card, 2, REVENUE);
  assert_points(70, card, 5, REVENUE);
  assert_points(140, card, 6, REVENUE);
  assert_false(scorecard_row(card, 3)->has_score);
  assert_note(card, "elsewhere, too, within the period: Ana. ");
  /* Of November's 21 working days Ana was 6 in North: 30,000 * 6 / 21 there, the rest and Cy's 12,000 in South. */
  assert_near(8571.43, cell_of(card, 1, REVENUE)->standing->amount);
  assert_near(42000, cell_of(card, 0, REVENUE)->standing->amount);
  assert_note(card, "Σ: held against the sum of their members' targets, having none of their own: North; South");
}

/* Of one team: its people only; Cy was never in it. */
static void a_team_by_rep(void **state) {
  static const char *const by[] = {"rep", NULL};
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "revenue", "rep", "Dee", TARGET_REACH, 21000);
  g_autoptr(Scorecard) north = ask_november(&world, targets, "team", "North", by);
  assert_rows(north, "all,Ana,Ben");
  assert_value(19000, north, 0, REVENUE);
  assert_value(2 / 3.0, north, 0, RATE);
  g_autoptr(Scorecard) everybody = ask_november(&world, targets, TARGET_COMPANY, NULL, by);
  assert_rows(everybody, "all,Ana,Ben,Cy,Dee");
  assert_value(0, everybody, 4, REVENUE);
  assert_points(0, everybody, 4, REVENUE);
  assert_near(0, scorecard_row(everybody, 4)->score);
  assert_false(cell_of(everybody, 4, RATE)->value.has_value);
}

/* 12,000 of 2,000, of which 10,000/7 is due, would be 840 points. */
static void the_cap(void **state) {
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "revenue", "rep", "Cy", TARGET_REACH, 2000);
  ScorecardRequest request = request_of(&world, "rep", "Cy", "2026-11", NULL);
  g_autoptr(Scorecard) usual = ask(&world, targets, &request);
  assert_points(200, usual, 0, REVENUE);
  request.cap = 120;
  g_autoptr(Scorecard) low = ask(&world, targets, &request);
  assert_points(120, low, 0, REVENUE);
}

/* 66,000 in the quarter's 66 working days are 21,000 in November's 21, of which 15,000 is due: 36,000 is 240 points, so
 * 200. A rate's target is the same in each month. Growing by 66,000 from nothing is the same as reaching them. */
static void a_longer_target(void **state) {
  static const TargetKind kinds[] = {TARGET_REACH, TARGET_GROW};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_auto(World) world = company();
    g_autoptr(GPtrArray) targets = no_targets();
    set_quarter(&world, targets, "revenue", kinds[i], 66000);
    set_quarter(&world, targets, "rate", TARGET_ABOVE, 0.5);
    g_autoptr(Scorecard) card = ask_november(&world, targets, TARGET_COMPANY, NULL, NULL);
    const ScorecardCell *revenue = cell_of(card, 0, REVENUE), *rate = cell_of(card, 0, RATE);
    assert_near(21000, revenue->standing->amount);
    assert_near(15000, revenue->standing->due);
    assert_int_equal(21, revenue->standing->working_days);
    assert_points(200, card, 0, REVENUE);
    assert_near(0.5, rate->standing->amount);
    assert_points(800 / 7.0, card, 0, RATE);
    assert_int_equal(1, revenue->targets->len);
    assert_true(g_array_index(revenue->targets, gint64, 0) == 1);
  }
}

/* October's 44,000 and November's 42,000 are the quarter's, as far as there are targets: 44,000 and 15/21 of 42,000 are
 * due. What lies within one of them does not count twice. */
static void shorter_targets(void **state) {
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  TargetTerms october = terms_of("revenue", TARGET_COMPANY, NULL, TARGET_REACH, 44000, day(10, 1), day(11, 1));
  set(&world, targets, &october);
  set_november(&world, targets, "revenue", TARGET_COMPANY, NULL, TARGET_REACH, 42000);
  TargetTerms week = terms_of("revenue", TARGET_COMPANY, NULL, TARGET_REACH, 5000, day(11, 9), day(11, 16));
  set(&world, targets, &week);
  ScorecardRequest request = request_of(&world, TARGET_COMPANY, NULL, "2026-Q4", NULL);
  g_autoptr(Scorecard) card = ask(&world, targets, &request);
  const ScorecardCell *revenue = cell_of(card, 0, REVENUE);
  assert_int_equal(2, revenue->targets->len);
  assert_near(86000, revenue->standing->amount);
  assert_near(74000, revenue->standing->due);
  assert_near(66000, revenue->standing->actual.value);
  assert_int_equal(day(12, 1), revenue->standing->version->terms.end);
  assert_points(100 * 66 / 74.0, card, 0, REVENUE);
  assert_non_null(strstr(scorecard_notes(card)[0], "2026-10-01 to 2026-11-30 only"));
}

/* A KPI that nobody named is on the card of whoever has a target of it. */
static void kpis_with_targets(void **state) {
  static const char *const by[] = {"rep", NULL}, *const named[] = {"rate", NULL};
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "lost", "rep", "Cy", TARGET_BELOW, 3);
  ScorecardRequest request = request_of(&world, "team", "North", "2026-11", by);
  request.kpis = named;
  g_autoptr(Scorecard) north = ask(&world, targets, &request);
  assert_int_equal(1, scorecard_n_kpis(north));
  request.member = "South";
  g_autoptr(Scorecard) south = ask(&world, targets, &request);
  assert_int_equal(2, scorecard_n_kpis(south));
  assert_string_equal("lost", scorecard_kpi(south, 1)->name);
}

static QueryResult *count(gpointer asker, const QueryRequest *request, GError **error) {
  const World *world = ((gpointer *)asker)[0];
  guint *n_of_all = ((gpointer *)asker)[1];
  if (g_strv_length((char **)(gpointer)request->kpis) == 3 && request->n_spans == 3) ++*n_of_all;
  return query_run(&world->context, request, error);
}

/* Three KPIs of all members in three periods are one question for each of three levels, through the desk. */
static void few_questions(void **state) {
  static const char *const by[] = {"team", "rep", NULL};
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  set_november(&world, targets, "revenue", "rep", "Ana", TARGET_REACH, 30000);
  guint n_of_all = 0;
  gpointer asker[] = {&world, &n_of_all};
  TargetDesk desk = {.context = &world.context, .ask = count, .asker = asker};
  ScorecardRequest request = request_of(&world, TARGET_COMPANY, NULL, "2026-11", by);
  g_autoptr(GError) error = NULL;
  g_autoptr(Scorecard) card = scorecard_new(&desk, targets, &request, &error);
  assert_non_null(card);
  assert_int_equal(3, n_of_all);
}

static void expect_refused(const World *world, const ScorecardRequest *request, int code, const char *message) {
  TargetDesk desk = {.context = &world->context};
  g_autoptr(GPtrArray) targets = no_targets();
  g_autoptr(GError) error = NULL;
  assert_null(scorecard_new(&desk, targets, request, &error));
  assert_int_equal(code, error->code);
  if (!strstr(error->message, message)) fail_msg("%s", error->message);
}

static void what_cannot_be(void **state) {
  static const char *const same[] = {"team", NULL}, *const twice[] = {"rep", "rep", NULL};
  static const char *const three[] = {"region", "team", "rep", NULL}, *const unknown[] = {"revenu", NULL};
  g_auto(World) world = company();
  ScorecardRequest request = request_of(&world, "team", "North", "2026-11", same);
  expect_refused(&world, &request, BASE_ERROR_USAGE, "of one team already");
  request.by = twice;
  expect_refused(&world, &request, BASE_ERROR_USAGE, "asked for twice");
  request.by = three;
  expect_refused(&world, &request, BASE_ERROR_USAGE, "at most 2 levels");
  request.by = NULL;
  request.kpis = unknown;
  expect_refused(&world, &request, BASE_ERROR_NOT_FOUND, "revenue");
  request.kpis = NULL;
  expect_refused(&world, &request, BASE_ERROR_USAGE, "no KPI");
  ConfWeight wrong = {.kpi = (char *)"revenu", .weight = 1, .span = {.file = "attain.yaml", .line = 4, .column = 3}};
  request.kpis = all_kpis;
  request.weights = &wrong;
  request.n_weights = 1;
  expect_refused(&world, &request, BASE_ERROR_INPUT, "attain.yaml:4:3: the weight is of no KPI");
}

static void assert_who(const World *world, const char *text, const char *dimension, const char *member) {
  g_autofree char *found = NULL, *name = NULL;
  g_autoptr(GError) error = NULL;
  if (!scorecard_who_read(&world->context, text, &found, &name, &error)) fail_msg("%s", error->message);
  assert_string_equal(dimension, found);
  if (member)
    assert_string_equal(member, name);
  else
    assert_null(name);
}

/* Of December nothing has begun: it is compared with nothing, and the trend ends before it. */
static void a_period_to_come(void **state) {
  g_auto(World) world = company();
  g_autoptr(GPtrArray) targets = no_targets();
  TargetTerms terms =
      terms_of("revenue", TARGET_COMPANY, NULL, TARGET_REACH, 5000, day(12, 1), base_day_from_civil(2027, 1, 1));
  set(&world, targets, &terms);
  ScorecardRequest request = request_of(&world, TARGET_COMPANY, NULL, "2026-12", NULL);
  g_autoptr(Scorecard) card = ask(&world, targets, &request);
  const ScorecardCell *revenue = cell_of(card, 0, REVENUE);
  assert_false(revenue->has_compared);
  assert_true(revenue->has_target);
  assert_int_equal(TARGET_NOT_BEGUN, revenue->standing->phase);
  assert_false(revenue->has_points);
  assert_false(scorecard_row(card, 0)->has_score);
}

static void whose(void **state) {
  g_auto(World) world = company();
  assert_who(&world, "company", TARGET_COMPANY, NULL);
  assert_who(&world, "north", "team", "North");
  assert_who(&world, "Ana", "rep", "Ana");
  assert_who(&world, "rep:ben", "rep", "Ben");
  company_sql(world.store, "UPDATE person SET name = 'Dee Ray' WHERE key = 4");
  assert_who(&world, "ray", "rep", "Dee Ray");
  company_sql(world.store, "UPDATE team SET manager = 2 WHERE key = 2");
  assert_who(&world, "Ben", "manager", "Ben");
  g_autofree char *dimension = NULL, *member = NULL;
  g_autoptr(GError) error = NULL, each = NULL, several = NULL;
  assert_false(scorecard_who_read(&world.context, "Nroth", &dimension, &member, &error));
  assert_string_equal("nobody is called \"Nroth\", no person, team, region or product: did you mean \"North\"?",
                      error->message);
  assert_false(scorecard_who_read(&world.context, "rep:", &dimension, &member, &each));
  assert_string_equal("\"rep:\" names nobody: write who behind the colon, or ask by rep for each", each->message);
  company_sql(world.store, "UPDATE person SET name = 'Cy Ray' WHERE key = 3");
  assert_false(scorecard_who_read(&world.context, "Ray", &dimension, &member, &several));
  assert_string_equal("2 are called \"Ray\": Cy Ray, Dee Ray. Write the whole name", several->message);
  assert_string_equal("rep", scorecard_role_of("rep"));
  assert_string_equal("leader", scorecard_role_of("team"));
  assert_string_equal("marketing", scorecard_role_of("source"));
  assert_string_equal("manager", scorecard_role_of(TARGET_COMPANY));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_card),
      cmocka_unit_test(trend_and_like_for_like),
      cmocka_unit_test(a_matrix_of_teams),
      cmocka_unit_test(who_moved_in_mid_period),
      cmocka_unit_test(a_team_by_rep),
      cmocka_unit_test(the_cap),
      cmocka_unit_test(a_longer_target),
      cmocka_unit_test(shorter_targets),
      cmocka_unit_test(kpis_with_targets),
      cmocka_unit_test(few_questions),
      cmocka_unit_test(what_cannot_be),
      cmocka_unit_test(a_period_to_come),
      cmocka_unit_test(whose),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
