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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_sum_of_the_records_is_the_number)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
