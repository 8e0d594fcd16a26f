/* What is said beside numbers, and when nothing is to be said. The deals of April: Ana won `a` of her first 20 and lost
 * the others, and so Ben, Cem and Dora with theirs; when they differ by more than chance is reckoned by hand below. */
#include "company.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "  calls: count(activity on done_at)\n"
    "kpis:\n"
    "  rate: {name: Rate, formula: won / decided, better: higher}\n"
    "  deals: {name: Deals, formula: decided, matures_after: 90 days}\n"
    "  changed: {name: Changed, formula: won, versions: [{from: 2026-04-15, formula: decided}]}\n"
    "  called: {name: Called, formula: calls, needs: the CRM has them}\n"
    "  value: {name: Value, formula: \"sum(opportunity.amount on closed_at)\"}\n";

static World world;

static void set_stat(const char *foreign) {
  company_sql(world.store, "DELETE FROM ledger_stat");
  company_sql(world.store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, count(*) AS n_rows, "
              "DATE '2026-04-10' AS first_day, DATE '2026-04-20' AS last_day, "
              "TIMESTAMP '2026-04-20' AS latest_at, %s AS has_foreign_currency FROM opportunity",
              foreign);
}

/* 20 decided deals of each of four people. */
static void insert_deals(const int won[4]) {
  company_sql(world.store, "DELETE FROM opportunity");
  for (int p = 0; p < 4; p++)
    company_sql(world.store,
                "INSERT INTO opportunity (key, id, owner, outcome, amount, currency, created_at, "
                "created_at_day, closed_at, closed_at_day) SELECT %d + i, 'd' || (%d + i), %d, CASE WHEN "
                "i < %d THEN 'won' ELSE 'lost' END, 100, 'EUR', '2026-04-10', '2026-04-10', '2026-04-20', "
                "'2026-04-20' FROM range(20) r(i)",
                20 * p + 1, 20 * p + 1, p + 1, won[p]);
  set_stat("false");
}

static int set_up(void **state) {
  world = world_empty(definitions);
  company_sql(world.store,
              "INSERT INTO person (key, id, name, known, hired_at, hired_at_day, left_at, left_at_day, role) VALUES "
              "(1, 'p1', 'Ana', true, '2020-01-01', '2020-01-01', NULL, NULL, 'rep'), "
              "(2, 'p2', 'Ben', true, NULL, NULL, NULL, NULL, NULL), "
              "(3, 'p3', 'Cem', true, NULL, NULL, NULL, NULL, 'rep'), "
              "(4, 'p4', 'Dora', true, NULL, NULL, NULL, NULL, 'rep'), "
              "(5, 'p5', 'Idle', true, NULL, NULL, NULL, NULL, 'Rep'), "
              "(6, 'p6', 'Gone', true, NULL, NULL, '2026-04-01', '2026-04-01', 'rep'), "
              "(7, 'p7', 'Coming', true, '2026-05-01', '2026-05-01', NULL, NULL, 'rep'), "
              "(8, 'p8', 'Boss', true, NULL, NULL, NULL, NULL, 'rep'), "
              "(9, 'p9', 'Clerk', true, NULL, NULL, NULL, NULL, 'assistant'), "
              "(10, 'p10', 'Unknown', false, NULL, NULL, NULL, NULL, 'rep'), "
              "(11, 'p11', 'Leaving', true, NULL, NULL, '2026-04-02', '2026-04-02', 'rep')");
  company_sql(world.store, "UPDATE person SET manager = 8 WHERE key = 1");
  insert_deals((const int[]){10, 11, 9, 10});
  world_set_clock(&world, base_day_from_civil(2026, 5, 31));
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

static QueryResult *ask(const char *kpi, const char *by, const char *period) {
  QueryRequest request = {.kpis = (const char *const[]){kpi, NULL},
                          .by = (const char *const[]){by, NULL},
                          .period = period,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  QueryResult *result = query_run(&world.context, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  return result;
}

/* Joined by a line break each; the caller frees. */
static char *notes_of(const char *kpi, const char *by, const char *period) {
  g_autoptr(QueryResult) result = ask(kpi, by, period);
  return g_strjoinv("\n", (char **)(gpointer)query_result_notes(result));
}

static void assert_note(const char *kpi, const char *by, const char *period, const char *expected) {
  g_autofree char *notes = notes_of(kpi, by, period);
  if (strstr(notes, expected) == NULL) fail_msg("%s: no `%s` in\n%s", kpi, expected, notes);
}

/* 40 of 80 won: 10 expected of each. (0 + 1 + 1 + 0) / 10 for the won and as much for the lost: 0.4, of 3 degrees, as
 * chance gives in 94 of 100 cases. With 16, 8, 8 and 8: (36 + 4 + 4 + 4) / 10 twice = 9.6, of which p = 0.022. */
static void a_ranking_by_chance(void **state) {
  assert_note(
      "rate", "rep", "2026-04",
      "Rate: the 4 members differ by no more than chance would make them (chi-square 0.4, 3 degrees of freedom, "
      "p = 0.94): a ranking by it would be noise");
  g_autofree char *of_all = notes_of("rate", NULL, "2026-04");
  g_autofree char *no_share = notes_of("deals", "rep", "2026-01");
  assert_null(strstr(of_all, "chance"));
  assert_null(strstr(no_share, "chance"));
  insert_deals((const int[]){16, 8, 8, 8});
  g_autofree char *real = notes_of("rate", "rep", "2026-04");
  assert_null(strstr(real, "chance"));
  insert_deals((const int[]){4, 5, 4, 4}); /* 4.25 expected: too few to tell */
  g_autofree char *few = notes_of("rate", "rep", "2026-04");
  assert_null(strstr(few, "chance"));
  insert_deals((const int[]){10, 11, 9, 10});
}

static void missing_data(void **state) {
  assert_note("called", NULL, "2026-04", "Called has no value: load activity (");
  assert_note("called", NULL, "2026-04", " — the CRM has them; docs/sources.md says how");
}

static void records_of_another_time(void **state) {
  assert_note(
      "deals", NULL, "2024",
      "the records are of 2026-04-10 to 2026-04-20: ask for the period \"all\", or set the clock to 2026-04-20");
  g_autofree char *of_the_time = notes_of("deals", NULL, "2026-04");
  assert_null(strstr(of_the_time, "the records are of"));
}

static void a_definition_that_changed(void **state) {
  assert_note("changed", NULL, "2026-04-14..2026-05-31", "");
  QueryRequest request = {.kpis = (const char *const[]){"changed", NULL},
                          .by = (const char *const[]){NULL},
                          .period = "2026-05",
                          .compare = QUERY_COMPARE_PREVIOUS,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = query_run(&world.context, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  g_autofree char *notes = g_strjoinv("\n", (char **)(gpointer)query_result_notes(result));
  assert_non_null(strstr(notes, "Changed: the definition changed on 2026-04-15;"));
}

/* One day after the end of a cohort of 90 days is 89 too early. */
static void cohorts_that_can_still_rise(void **state) {
  assert_note("deals", NULL, "2026-04", "Deals: a period is immature until 90 days after its end; it can still rise");
  BaseDay today = world.context.today;
  world_set_clock(&world, base_day_from_civil(2026, 8, 1));
  g_autofree char *ripe = notes_of("deals", NULL, "2026-04");
  assert_null(strstr(ripe, "immature"));
  world_set_clock(&world, today);
}

static void amounts_without_a_rate(void **state) {
  company_sql(world.store, "UPDATE opportunity SET currency = 'USD' WHERE key = 1");
  set_stat("true");
  assert_note("value", "rep", "2026-04",
              "Value leaves out 1 amount in a currency without an exchange rate on its day; load fx_rate");
  company_sql(world.store, "UPDATE opportunity SET currency = 'USD' WHERE key IN (2, 25)");
  assert_note("value", "rep", "2026-04",
              "Value leaves out 3 amounts in currencies without an exchange rate on their day; load fx_rate");
  insert_deals((const int[]){10, 11, 9, 10});
}

static void deals_without_a_day(void **state) {
  company_sql(world.store, "UPDATE opportunity SET closed_at = NULL, closed_at_day = NULL WHERE key = 1");
  assert_note("deals", NULL, "2026-04", "1 decided deal has no date of its close and is in no period");
  company_sql(world.store, "UPDATE opportunity SET closed_at = NULL, closed_at_day = NULL WHERE key = 2");
  assert_note("deals", NULL, "2026-04", "2 decided deals have no date of their close and are in no period");
  company_sql(world.store, "UPDATE opportunity SET outcome = 'open' WHERE key IN (1, 2)");
  g_autofree char *open = notes_of("deals", NULL, "2026-04");
  assert_null(strstr(open, "no date"));
  insert_deals((const int[]){10, 11, 9, 10});
}

/* Sellers who were there on a day of the period and lead nobody: not Gone, whose first day away was the period's first,
 * nor Coming, Boss, Clerk and who is only named somewhere. */
static void who_has_no_record(void **state) {
  g_autoptr(QueryResult) result = ask("deals", "rep", "2026-04");
  g_autofree char *without = g_strjoinv(" ", (char **)(gpointer)query_result_without_records(result));
  assert_string_equal(without, "Idle Leaving");
  g_autoptr(QueryResult) later = ask("deals", "rep", "2026-05");
  g_autofree char *all = g_strjoinv(" ", (char **)(gpointer)query_result_without_records(later));
  assert_string_equal(all, "Ana Ben Cem Coming Dora Idle");
  g_autoptr(QueryResult) by_team = ask("deals", "team", "2026-04");
  assert_null(query_result_without_records(by_team)[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_ranking_by_chance),         cmocka_unit_test(missing_data),
      cmocka_unit_test(records_of_another_time),     cmocka_unit_test(a_definition_that_changed),
      cmocka_unit_test(cohorts_that_can_still_rise), cmocka_unit_test(amounts_without_a_rate),
      cmocka_unit_test(deals_without_a_day),         cmocka_unit_test(who_has_no_record),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
