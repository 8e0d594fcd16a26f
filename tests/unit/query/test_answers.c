/* Answers against an oracle: the same questions answered by looping over the records one by one, with none of the
 * planner's cells, slots or roll-ups. Companies are random, from a printed seed: people who change teams, deals that
 * are open, won and lost, sales of several products. And properties that hold whatever the records: parts sum to the
 * whole, the order of records means nothing, a year's shift of all dates shifts all answers by a year. */
#include "query/query.h"
#include "unit.h"

#include <math.h>

#define N_PEOPLE 6
#define N_TEAMS  3
#define N_DEALS  400

typedef struct {
  int owner;
  BaseDay created, closed; /* closed: BASE_DAY_NONE = open */
  gboolean won;
  int amount; /* major units */
} Deal;

typedef struct {
  Deal deals[N_DEALS];
  int first_team[N_PEOPLE], second_team[N_PEOPLE];
  BaseDay moved[N_PEOPLE];
  BaseDay base;
} Company;

typedef struct {
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  KpiCatalogue *catalogue;
  Store *store;
  QueryContext context;
} World;

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

static Company company_new(GRand *random, BaseDay base) {
  Company company = {.base = base};
  for (int p = 0; p < N_PEOPLE; p++) {
    company.first_team[p] = g_rand_int_range(random, 0, N_TEAMS);
    company.second_team[p] = g_rand_int_range(random, 0, N_TEAMS);
    company.moved[p] = base + g_rand_int_range(random, 100, 600);
  }
  for (int d = 0; d < N_DEALS; d++) {
    Deal *deal = &company.deals[d];
    deal->owner = g_rand_int_range(random, 0, N_PEOPLE);
    deal->created = base + g_rand_int_range(random, 0, 700);
    deal->closed =
        g_rand_int_range(random, 0, 4) == 0 ? BASE_DAY_NONE : deal->created + g_rand_int_range(random, 0, 200);
    deal->won = deal->closed != BASE_DAY_NONE && g_rand_int_range(random, 0, 2) == 0;
    deal->amount = g_rand_int_range(random, 0, 10000);
  }
  return company;
}

static int team_on(const Company *company, int person, BaseDay day) {
  return day < company->moved[person] ? company->first_team[person] : company->second_team[person];
}

/* --- the same company in a ledger --- */

static void run_sql(Store *store, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void run_sql(Store *store, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *sql = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autoptr(GError) error = NULL;
  if (!store_run(store, sql, NULL, 0, NULL, &error)) fail_msg("%s\n%s", error->message, sql);
}

/* "TIMESTAMP '…'", "DATE '…'" pairs. */
static char *instant(BaseDay day) {
  if (day == BASE_DAY_NONE) return g_strdup("NULL, NULL");
  g_autofree char *text = base_day_format(day);
  return g_strdup_printf("TIMESTAMP '%s', DATE '%s'", text, text);
}

static void insert_people(Store *store, const Company *company) {
  for (int t = 0; t < N_TEAMS; t++)
    run_sql(store, "INSERT INTO team BY NAME SELECT %d AS key, 'team%d' AS id, 'Team %d' AS name, true AS known", t + 1,
            t, t);
  for (int p = 0; p < N_PEOPLE; p++) {
    g_autofree char *moved = base_day_format(company->moved[p]);
    run_sql(store, "INSERT INTO person BY NAME SELECT %d AS key, 'p%d' AS id, 'Person %d' AS name, true AS known",
            p + 1, p, p);
    run_sql(store,
            "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, %d AS team, "
            "TIMESTAMP '%s' AS until_at, DATE '%s' AS until_at_day",
            2 * p, 2 * p, p + 1, company->first_team[p] + 1, moved, moved);
    run_sql(store,
            "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, %d AS team, "
            "TIMESTAMP '%s' AS from_at, DATE '%s' AS from_at_day",
            2 * p + 1, 2 * p + 1, p + 1, company->second_team[p] + 1, moved, moved);
  }
}

static void insert_deals(Store *store, const Company *company, gboolean backwards) {
  GString *sql = g_string_new(
      "INSERT INTO opportunity (key, id, owner, created_at, created_at_day, closed_at, closed_at_day, outcome, amount, "
      "currency) VALUES ");
  for (int i = 0; i < N_DEALS; i++) {
    int d = backwards ? N_DEALS - 1 - i : i;
    const Deal *deal = &company->deals[d];
    g_autofree char *created = instant(deal->created), *closed = instant(deal->closed);
    g_string_append_printf(sql, "%s(%d, 'd%d', %d, %s, %s, '%s', %d, 'EUR')", i > 0 ? ", " : "", d, d, deal->owner + 1,
                           created, closed,
                           deal->closed == BASE_DAY_NONE ? "open"
                           : deal->won                   ? "won"
                                                         : "lost",
                           deal->amount * 100);
  }
  run_sql(store, "%s", sql->str);
  g_string_free(sql, TRUE);
  g_autofree char *first = base_day_format(company->base), *last = base_day_format(company->base + 900);
  run_sql(store, "DELETE FROM ledger_stat WHERE table_name = 'opportunity'");
  run_sql(store,
          "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, %d AS n_rows, DATE '%s' AS first_day, "
          "DATE '%s' AS last_day, "
          "TIMESTAMP '%s' AS latest_at, false AS has_foreign_currency",
          N_DEALS, first, last, last);
}

static World world_new(const Company *company, gboolean backwards) {
  static const char organisation[] = "name: Test\ncurrency: EUR\ntime_zone: UTC\n";
  World world = {0};
  g_autoptr(GError) error = NULL;
  world.organisation = conf_organisation_parse("attain.yaml", organisation, strlen(organisation), ".", &error);
  world.schema = ledger_schema_new(NULL, 0, &error);
  world.calendar = calendar_new(&world.organisation->calendar, &error);
  world.store = store_open(NULL, world.schema, STORE_CREATE, 1, &error);
  KpiSource source = {"test.yaml", definitions, strlen(definitions), FALSE};
  g_autoptr(GPtrArray) problems = NULL;
  world.catalogue = kpi_catalogue_new(world.schema, &source, 1, &problems, &error);
  if (error != NULL) fail_msg("%s", error->message);
  insert_people(world.store, company);
  insert_deals(world.store, company, backwards);
  BaseDay today = company->base + 1000;
  world.context = (QueryContext){world.store,
                                 world.schema,
                                 world.calendar,
                                 world.catalogue,
                                 world.organisation,
                                 calendar_start_of_day(world.calendar, today + 1) - 1,
                                 today,
                                 FALSE};
  return world;
}

static void world_clear(World *world) {
  store_close(world->store);
  kpi_catalogue_free(world->catalogue);
  calendar_free(world->calendar);
  ledger_schema_free(world->schema);
  conf_organisation_free(world->organisation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static QueryResult *ask(const World *world, const char *kpi, const char *by, const char *period) {
  const char *kpis[] = {kpi, NULL}, *dims[] = {by, NULL};
  QueryRequest request = {.kpis = kpis,
                          .by = dims,
                          .period = period,
                          .has_grain = TRUE,
                          .grain = CALENDAR_MONTH,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  QueryResult *result = query_run(&world->context, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  return result;
}

static char *span_of(const Company *company) {
  g_autofree char *first = base_day_format(company->base), *last = base_day_format(company->base + 900);
  first[7] = last[7] = '\0';
  return g_strdup_printf("%s..%s", first, last);
}

/* --- the oracle --- */

typedef gboolean (*Belongs)(const Company *company, int person, BaseDay day, int member);

static gboolean of_team(const Company *company, int person, BaseDay day, int member) {
  return team_on(company, person, day) == member;
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

static void assert_near(double expected, double value) {
  double size = MAX(fabs(expected), 1);
  if (!(fabs(expected - value) <= 1e-9 * size)) fail_msg("expected %.12g, got %.12g", expected, value);
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

static guint32 seed_of(void) {
  const char *given = g_getenv("ATTAIN_SEED");
  guint32 seed = given != NULL ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  print_message("ATTAIN_SEED=%u\n", seed);
  return seed;
}

static void answers_equal_the_oracle(void **state) {
  static const char *const kpis[] = {"won", "booked", "sellers", "open_value", "mean_open", "rate", "cycle"};
  static const struct {
    const char *by;
    Belongs belongs;
  } dims[] = {{NULL, of_all}, {"team", of_team}, {"rep", of_person}};
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) world = world_new(&company, FALSE);
  g_autofree char *span = span_of(&company);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++)
    for (guint d = 0; d < G_N_ELEMENTS(dims); d++) {
      g_autoptr(QueryResult) result = ask(&world, kpis[k], dims[d].by, span);
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
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) world = world_new(&company, FALSE);
  g_autofree char *span = span_of(&company);
  for (guint k = 0; k < G_N_ELEMENTS(kpis); k++) {
    g_autoptr(QueryResult) result = ask(&world, kpis[k], "team", span);
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
    g_autoptr(QueryResult) x = ask(a, kpis[k], "rep", span_a);
    g_autoptr(QueryResult) y = ask(b, kpis[k], "rep", span_b);
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
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1));
  g_auto(World) forwards = world_new(&company, FALSE);
  g_auto(World) backwards = world_new(&company, TRUE);
  g_autofree char *span = span_of(&company);
  assert_same_answers(&forwards, span, &backwards, span);
}

/* 400 years are a whole number of weeks and have the same leap days: every month is like its counterpart. */
static void later_records_give_later_answers(void **state) {
  guint32 seed = seed_of();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed), again = g_rand_new_with_seed(seed);
  Company company = company_new(random, base_day_from_civil(1624, 1, 1));
  Company later = company_new(again, base_day_from_civil(2024, 1, 1));
  g_auto(World) then = world_new(&company, FALSE);
  g_auto(World) now = world_new(&later, FALSE);
  g_autofree char *span_then = span_of(&company), *span_now = span_of(&later);
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
