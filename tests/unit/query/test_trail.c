/* What is listed is what was counted: of levels too, whose foreign money is worth what it is on the day asked, and not
 * what it was when the deal was opened. A dollar is worth another amount every month. */
#include "company.h"
#include "query/trail.h"

static const char definitions[] =
    "measures:\n"
    "  open_value: sum(opportunity.amount from created_at until closed_at)\n"
    "  due_value: sum(opportunity.amount from created_at until closed_at due created_at)\n"
    "  won_value: sum(opportunity.amount where outcome = 'won' on closed_at)\n"
    "kpis:\n"
    "  at_end: {formula: open_value}\n"
    "  at_start: {formula: start(open_value)}\n"
    "  of_month: {formula: due_value}\n"
    "  of_quarter: {formula: 'within(due_value, quarter)'}\n"
    "  quarter_so_far: {formula: 'to_date(won_value, quarter)'}\n";

/* The sum of a KPI's records, and the number. */
static void check(const World *world, const char *kpi, const char *period) {
  const char *kpis[] = {kpi, NULL};
  QueryRequest request = {.kpis = kpis, .period = period, .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) trails = query_trails(&world->context, &request, 100000, &error);
  g_autoptr(QueryResult) result = query_run(&world->context, &request, &error);
  if (trails == NULL || result == NULL) fail_msg("%s", error->message);
  assert_int_equal(trails->len, 1);
  const QueryTrail *trail = g_ptr_array_index(trails, 0);
  double sum = 0;
  for (guint i = 0; i < trail->records->len; i++) sum += g_array_index(trail->records, QueryRecord, i).value;
  assert_near(query_result_row(result, 0)->value.value, trail->total);
  assert_near(query_result_row(result, 0)->value.value, sum);
  assert_true(sum > 0);
}

static void the_sum_of_the_records_is_the_number(void **state) {
  static const char *const kpis[] = {"at_end", "at_start", "of_month", "of_quarter", "quarter_so_far"};
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  for (int d = 0; d < N_DEALS; d += 2) company.deals[d].in_dollars = TRUE;
  g_auto(World) world = world_new(&company, definitions, FALSE);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    check(&world, kpis[k], "2024-09");
    check(&world, kpis[k], "2025-02");
  }
}

/* A dollar is 50 cents. Three deals of 1.01 dollars are 50.5 cents each, and 1.515 euros together: 1.52, of which the
 * records are 0.51, 0.51 and 0.50. Their owners are two people of one name. */
static void cents_and_names(void **state) {
  g_auto(World) world = world_empty(definitions);
  company_sql(world.store,
              "INSERT INTO person (key, id, name, known) VALUES (1, 'p1', 'Ana Silva', true), "
              "(2, 'p2', 'Ana Silva', true)");
  company_sql(world.store,
              "INSERT INTO fx_rate BY NAME SELECT 1::UBIGINT AS key, 'r' AS id, 'USD' AS currency, 0.5 AS "
              "rate, DATE '2024-01-01' AS day_day, TIMESTAMP '2024-01-01' AS day");
  company_sql(
      world.store,
      "INSERT INTO opportunity BY NAME SELECT k::UBIGINT AS key, 'd' || k AS id, 1 + k %% 2 AS owner, 'open' AS "
      "outcome, 101 AS amount, 'USD' AS currency, TIMESTAMP '2024-02-01' AS created_at, DATE '2024-02-01' AS "
      "created_at_day FROM range(3) r(k)");
  company_sql(world.store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 3 AS n_rows, DATE "
              "'2024-02-01' AS first_day, DATE '2024-02-01' AS last_day, TIMESTAMP '2024-02-01' AS "
              "latest_at, true AS has_foreign_currency");
  world_set_clock(&world, base_day_from_civil(2024, 12, 31));
  check(&world, "at_end", "2024-09");
  QueryRequest request = {
      .kpis = (const char *const[]){"at_end", NULL}, .period = "2024-09", .rates_of = BASE_DAY_NONE};
  g_autoptr(GPtrArray) trails = query_trails(&world.context, &request, 10, NULL);
  const QueryTrail *trail = g_ptr_array_index(trails, 0);
  assert_near(1.52, trail->total);
  assert_int_equal(trail->records->len, 3);
  assert_string_equal(g_array_index(trail->records, QueryRecord, 0).rep, "Ana Silva (p1)");
  assert_string_equal(g_array_index(trail->records, QueryRecord, 1).rep, "Ana Silva (p2)");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_sum_of_the_records_is_the_number),
                                     cmocka_unit_test(cents_and_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
