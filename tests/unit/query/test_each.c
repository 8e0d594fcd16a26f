/* each(account, x), which goes through the accounts once for all months asked: the same questions answered by looping
 * over the deals, and the answers of many months against those of each month asked alone. */
#include "company.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  open_value: sum(opportunity.amount from created_at until closed_at)\n"
    "  open_new: count(opportunity from created_at until closed_at due created_at)\n"
    "  cycle: median(days(opportunity.created_at, opportunity.closed_at) where outcome = 'won' on closed_at)\n"
    "  sellers: distinct(opportunity.owner where outcome = 'won' on closed_at)\n"
    "  mean_deal: mean(opportunity.amount where outcome = 'won' on closed_at)\n"
    "kpis:\n"
    "  customers: {formula: 'each(account, lifetime(won) > 0)'}\n"
    "  new_customers: {formula: 'each(account, before(won) = 0 and won > 0)'}\n"
    "  regulars: {formula: 'each(account, trailing(won, 6 months) >= 2)'}\n"
    "  not_yet: {formula: 'each(account, before(won) = 0)'}\n"
    "  kept_value: {formula: 'each(account, if(start(open_value) > 0, min(open_value, start(open_value)), 0))'}\n"
    "  busy: {formula: 'each(account, average(open_value) > 4000)'}\n"
    "  slow: {formula: 'each(account, cycle > 60)'}\n"
    "  shared: {formula: 'each(account, lifetime(sellers) >= 2)'}\n"
    "  large: {formula: 'each(account, coalesce(mean_deal, 0) > 5000)'}\n"
    "  fresh: {formula: 'each(account, open_new)'}\n"
    "  last_year: {formula: 'each(account, year_ago(won)) / each(account, shift(won, -2 months))'}\n"
    "  bought: {formula: 'each(account, won > 0)'}\n"
    "  twice: {formula: 'each(account, lifetime(won) >= 2)'}\n"
    "  thirds: {formula: 'each(account, lifetime(won) / 3)'}\n"
    "  redefined:\n"
    "    formula: 'each(account, won_then)'\n"
    "  won_then:\n"
    "    formula: won * 2\n"
    "    versions:\n"
    "      - {from: 2025-03-01, formula: won * 3}\n";

static int compare_answers(const QueryRow *together, const QueryRow *alone) {
  assert_int_equal(together->value.has_value, alone->value.has_value);
  assert_int_equal(together->value.flags, alone->value.flags);
  assert_int_equal(together->value.n, alone->value.n);
  assert_int_equal(together->value.n_missing, alone->value.n_missing);
  assert_true(together->value.value == alone->value.value);
  return together->value.value != 0;
}

static int compare_month(const QueryResult *all, guint p, const QueryResult *one) {
  int n_compared = 0;
  for (guint r = 0; r < query_result_n_rows(one); r++) {
    const QueryRow *alone = query_result_row(one, r);
    for (guint i = 0; i < query_result_n_rows(all); i++) {
      const QueryRow *row = query_result_row(all, i);
      if (row->period == p && g_strcmp0(row->members[0], alone->members[0]) == 0)
        n_compared += compare_answers(row, alone);
    }
  }
  for (guint r = 0; r < query_result_n_totals(one); r++)
    for (guint i = 0; i < query_result_n_totals(all); i++)
      if (query_result_total(all, i)->period == p)
        n_compared += compare_answers(query_result_total(all, i), query_result_total(one, r));
  return n_compared;
}

static void months_together_are_months_alone(void **state) {
  static const char *const kpis[] = {"customers", "new_customers", "regulars", "not_yet", "kept_value", "busy",
                                     "slow",      "shared",        "large",    "fresh",   "last_year",  "redefined"};
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  for (int d = 0; d < N_DEALS; d++) company.deals[d].in_dollars = g_rand_int_range(random, 0, 3) == 0;
  g_auto(World) world = world_new(&company, definitions, FALSE);
  g_autofree char *span = company_span(&company);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    g_autoptr(QueryResult) all = company_ask(&world, kpis[k], "team", span);
    int n_compared = 0;
    for (guint p = 0; p < query_result_n_periods(all); p += 4) {
      g_autoptr(QueryResult) one = company_ask(&world, kpis[k], "team", query_result_period(all, p)->name);
      n_compared += compare_month(all, p, one);
    }
    assert_true(n_compared > 5);
  }
}

/* Deals won with an account by a team (as at the close; -1: any) on days [start, end). */
static int won_with(const Company *company, int account, int team, BaseDay start, BaseDay end) {
  int n = 0;
  for (int d = 0; d < N_DEALS; d++) {
    const Deal *deal = &company->deals[d];
    if (!deal->won || deal->account != account || deal->closed < start || deal->closed >= end) continue;
    n += team < 0 || company_team_on(company, deal->owner, deal->closed) == team;
  }
  return n;
}

static void check_row(const Company *company, const char *kpi, const QueryRow *row, const CalendarPeriod *period) {
  int expected = 0, team = row->n_members == 0 ? -1 : (int)g_ascii_strtoll(strchr(row->members[0], ' ') + 1, NULL, 10);
  BaseCivil end = base_day_to_civil(period->end);
  BaseDay half_year = end.month > 6 ? base_day_from_civil(end.year, end.month - 6, 1)
                                    : base_day_from_civil(end.year - 1, end.month + 6, 1);
  for (int a = 0; a < N_ACCOUNTS; a++) {
    int before = won_with(company, a, team, BASE_DAY_MIN, period->start);
    int inside = won_with(company, a, team, period->start, period->end);
    if (g_str_equal(kpi, "customers")) expected += before + inside > 0;
    if (g_str_equal(kpi, "new_customers")) expected += before == 0 && inside > 0;
    if (g_str_equal(kpi, "regulars")) expected += won_with(company, a, team, half_year, period->end) >= 2;
  }
  assert_near(expected, row->value.value);
}

static void accounts_are_counted_as_a_loop_counts_them(void **state) {
  static const char *const kpis[] = {"customers", "new_customers", "regulars"};
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) world = world_new(&company, definitions, FALSE);
  g_autofree char *span = company_span(&company);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    g_autoptr(QueryResult) result = company_ask(&world, kpis[k], "team", span);
    assert_true(query_result_n_rows(result) > 0);
    for (guint r = 0; r < query_result_n_rows(result); r++) {
      const QueryRow *row = query_result_row(result, r);
      check_row(&company, kpis[k], row, query_result_period(result, row->period));
    }
    for (guint r = 0; r < query_result_n_totals(result); r++) {
      const QueryRow *row = query_result_total(result, r);
      check_row(&company, kpis[k], row, query_result_period(result, row->period));
    }
  }
}

/* So many accounts that several threads go through parts of them. Account i buys in month i % 10 of the year, and every
 * second one again two months later: 4,000 of each remainder. */
#define N_BUYERS    40000
#define N_REMAINDER 4000

static int bought_until(int month, gboolean again) {
  int n = 0;
  for (int remainder = 0; remainder < 10; remainder += again ? 2 : 1)
    n += remainder + (again ? 2 : 0) <= month ? N_REMAINDER : 0;
  return n;
}

static void check_many(const World *world, const char *kpi) {
  g_autoptr(QueryResult) result = company_ask(world, kpi, NULL, "2026");
  assert_int_equal(query_result_n_rows(result), 12);
  for (int month = 0; month < 12; month++) {
    const QueryRow *row = query_result_row(result, (guint)month);
    double customers = bought_until(month, FALSE), twice = bought_until(month, TRUE), expected = 0;
    if (g_str_equal(kpi, "customers")) expected = customers;
    if (g_str_equal(kpi, "twice")) expected = twice;
    if (g_str_equal(kpi, "thirds")) expected = (customers + twice) / 3;
    if (g_str_equal(kpi, "bought"))
      expected = customers - bought_until(month - 1, FALSE) + twice - bought_until(month - 1, TRUE);
    assert_near(expected, row->value.value);
  }
}

static void many_accounts_are_gone_through_in_parts(void **state) {
  static const char *const kpis[] = {"customers", "bought", "twice", "thirds"};
  g_auto(World) world = world_empty(definitions);
  company_sql(world.store,
              "INSERT INTO account BY NAME SELECT i + 1 AS key, 'a' || i AS id, 'Account ' || i AS name, true AS known "
              "FROM range(%d) r(i)",
              N_BUYERS);
  for (int again = 0; again < 2; again++)
    company_sql(world.store,
                "INSERT INTO opportunity BY NAME SELECT (i + %d)::UBIGINT AS key, 'd' || key AS id, 1 AS \"load\", "
                "i + 1 AS account, make_date(2026, (1 + i %% 10 + %d)::INTEGER, 5) AS closed_at_day, "
                "closed_at_day::TIMESTAMP AS closed_at, DATE '2025-12-01' AS created_at_day, "
                "TIMESTAMP '2025-12-01' AS created_at, 'won' AS outcome, 'EUR' AS currency "
                "FROM range(%d) r(i) WHERE i %% %d = 0",
                again * N_BUYERS, again * 2, N_BUYERS, again + 1);
  company_sql(world.store, "DELETE FROM ledger_stat WHERE table_name = 'opportunity'");
  company_sql(world.store,
              "INSERT INTO ledger_stat SELECT 'opportunity', count(*), min(created_at_day), max(closed_at_day), "
              "max(created_at), FALSE FROM opportunity");
  world_set_clock(&world, 20818); /* 2026-12-31 */
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) check_many(&world, kpis[k]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months_together_are_months_alone),
      cmocka_unit_test(accounts_are_counted_as_a_loop_counts_them),
      cmocka_unit_test(many_accounts_are_gone_through_in_parts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
