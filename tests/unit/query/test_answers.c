/* Answers against an oracle: the same questions answered by looping over the records one by one, with none of the
 * planner's cells, slots or roll-ups. Companies are random, from a printed seed: people who change teams, deals that
 * are open, won and lost, sales of several products. And properties that hold whatever the records: parts sum to the
 * whole, the order of records means nothing, a year's shift of all dates shifts all answers by a year. */
#include "company.h"

#include <math.h>

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "  booked: sum(opportunity.amount where outcome = 'won' on closed_at)\n"
    "  open_value: sum(opportunity.amount from created_at until closed_at)\n"
    "  cycle: median(days(opportunity.created_at, opportunity.closed_at) where outcome = 'won' on closed_at)\n"
    "  sellers: distinct(opportunity.owner where outcome = 'won' on closed_at)\n"
    "kpis:\n"
    "  rate: {formula: won / decided}\n"
    "  growth: {formula: booked / previous(booked)}\n"
    "  half_year: {formula: 'trailing(booked, 6 months)'}\n"
    "  mean_open: {formula: average(open_value)}\n"
    "  repeat: {formula: 'each(person, won >= 2)'}\n";

/* --- the oracle --- */

typedef gboolean (*Belongs)(const Company *company, int person, BaseDay day, int member);

static gboolean of_team(const Company *company, int person, BaseDay day, int member) {
  return company_team_on(company, person, day) == member;
}
static gboolean of_person(const Company *company, int person, BaseDay day, int member) {
  return person == member;
}
static gboolean of_all(const Company *company, int person, BaseDay day, int member) {
  return TRUE;
}

static gboolean closed_in(const Deal *deal, BaseDay start, BaseDay end) {
  return deal->closed != BASE_DAY_NONE && start <= deal->closed && deal->closed < end;
}

static int compare_numbers(gconstpointer a, gconstpointer b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median_of(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, compare_numbers);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static double open_at(const Company *company, Belongs belongs, int member, BaseDay last) {
  double value = 0;
  for (int d = 0; d < N_DEALS; d++) {
    const Deal *deal = &company->deals[d];
    gboolean open = deal->created <= last && (deal->closed == BASE_DAY_NONE || deal->closed > last);
    if (open && belongs(company, deal->owner, last, member)) value += deal->amount;
  }
  return value;
}

typedef struct {
  double won, decided, booked, cycle, sellers, open, mean_open;
  gboolean has_cycle;
} Oracle;

static Oracle oracle_of(const Company *company, Belongs belongs, int member, BaseDay start, BaseDay end) {
  Oracle oracle = {0};
  double cycles[N_DEALS];
  gboolean sold[N_PEOPLE] = {FALSE};
  int n = 0;
  for (int d = 0; d < N_DEALS; d++) {
    const Deal *deal = &company->deals[d];
    if (!closed_in(deal, start, end) || !belongs(company, deal->owner, deal->closed, member)) continue;
    oracle.decided++;
    if (!deal->won) continue;
    oracle.won++;
    oracle.booked += deal->amount;
    cycles[n++] = deal->closed - deal->created;
    sold[deal->owner] = TRUE;
  }
  for (int p = 0; p < N_PEOPLE; p++) oracle.sellers += sold[p];
  oracle.has_cycle = n > 0;
  if (n > 0) oracle.cycle = median_of(cycles, n);
  oracle.open = open_at(company, belongs, member, end - 1);
  for (BaseDay day = start; day < end; day++)
    oracle.mean_open += open_at(company, belongs, member, day) / (end - start);
  return oracle;
}

static void check_row(const char *kpi, const QueryRow *row, const Oracle *oracle) {
  if (g_str_equal(kpi, "won")) assert_near(oracle->won, row->value.value);
  if (g_str_equal(kpi, "booked")) assert_near(oracle->booked, row->value.value);
  if (g_str_equal(kpi, "sellers")) assert_near(oracle->sellers, row->value.value);
  if (g_str_equal(kpi, "open_value")) assert_near(oracle->open, row->value.value);
  if (g_str_equal(kpi, "mean_open")) assert_near(oracle->mean_open, row->value.value);
  if (g_str_equal(kpi, "rate")) {
    assert_int_equal(oracle->decided > 0, row->value.has_value);
    if (oracle->decided > 0) assert_near(oracle->won / oracle->decided, row->value.value);
  }
  if (g_str_equal(kpi, "cycle")) {
    assert_int_equal(oracle->has_cycle, row->value.has_value);
    if (oracle->has_cycle) assert_near(oracle->cycle, row->value.value);
  }
}

static void answers_equal_the_oracle(void **state) {
  static const char *const kpis[] = {"won", "booked", "sellers", "open_value", "mean_open", "rate", "cycle"};
  static const struct {
    const char *by;
    Belongs belongs;
  } dims[] = {{NULL, of_all}, {"team", of_team}, {"rep", of_person}};
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) world = world_new(&company, definitions, FALSE);
  g_autofree char *span = company_span(&company);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++)
    for (guint d = 0; d < G_N_ELEMENTS(dims); d++) {
      g_autoptr(QueryResult) result = company_ask(&world, kpis[k], dims[d].by, span);
      assert_true(query_result_n_rows(result) > 0);
      for (guint r = 0; r < query_result_n_rows(result); r++) {
        const QueryRow *row = query_result_row(result, r);
        const CalendarPeriod *period = query_result_period(result, row->period);
        int member = row->n_members == 0 ? 0 : (int)g_ascii_strtoll(strchr(row->members[0], ' ') + 1, NULL, 10);
        Oracle oracle = oracle_of(&company, dims[d].belongs, member, period->start, period->end);
        check_row(kpis[k], row, &oracle);
      }
    }
}

static double total_of(const QueryResult *result, guint period) {
  for (guint t = 0; t < query_result_n_totals(result); t++)
    if (query_result_total(result, t)->period == period) return query_result_total(result, t)->value.value;
  fail_msg("no total");
  return 0;
}

static void parts_sum_to_the_whole(void **state) {
  static const char *const kpis[] = {"won", "booked", "open_value", "half_year"};
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) world = world_new(&company, definitions, FALSE);
  g_autofree char *span = company_span(&company);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    g_autoptr(QueryResult) result = company_ask(&world, kpis[k], "team", span);
    for (guint p = 0; p < query_result_n_periods(result); p++) {
      double sum = 0;
      for (guint r = 0; r < query_result_n_rows(result); r++)
        if (query_result_row(result, r)->period == p) sum += query_result_row(result, r)->value.value;
      assert_near(total_of(result, p), sum);
    }
  }
}

static void assert_same_answers(const World *a, const char *span_a, const World *b, const char *span_b) {
  static const char *const kpis[] = {"won",    "booked",    "open_value", "cycle",  "rate",
                                     "growth", "half_year", "mean_open",  "repeat", "sellers"};
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    g_autoptr(QueryResult) x = company_ask(a, kpis[k], "rep", span_a);
    g_autoptr(QueryResult) y = company_ask(b, kpis[k], "rep", span_b);
    assert_int_equal(query_result_n_rows(x), query_result_n_rows(y));
    for (guint r = 0; r < query_result_n_rows(x); r++) {
      const QueryRow *row = query_result_row(x, r), *other = query_result_row(y, r);
      assert_string_equal(row->members[0], other->members[0]);
      assert_int_equal(row->value.has_value, other->value.has_value);
      assert_true(row->value.value == other->value.value);
      assert_int_equal(row->value.n, other->value.n);
    }
  }
}

static void the_order_of_records_means_nothing(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) forwards = world_new(&company, definitions, FALSE);
  g_auto(World) backwards = world_new(&company, definitions, TRUE);
  g_autofree char *span = company_span(&company);
  assert_same_answers(&forwards, span, &backwards, span);
}

/* 400 years are a whole number of weeks and have the same leap days: every month is like its counterpart. */
static void later_records_give_later_answers(void **state) {
  guint32 seed = company_seed();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed), again = g_rand_new_with_seed(seed);
  Company company = company_new(random, base_day_from_civil(1624, 1, 1));
  Company later = company_new(again, base_day_from_civil(2024, 1, 1));
  g_auto(World) then = world_new(&company, definitions, FALSE);
  g_auto(World) now = world_new(&later, definitions, FALSE);
  g_autofree char *span_then = company_span(&company), *span_now = company_span(&later);
  assert_same_answers(&then, span_then, &now, span_now);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_equal_the_oracle),
      cmocka_unit_test(parts_sum_to_the_whole),
      cmocka_unit_test(the_order_of_records_means_nothing),
      cmocka_unit_test(later_records_give_later_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
