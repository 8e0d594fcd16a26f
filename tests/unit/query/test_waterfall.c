/* The pipeline waterfall of random companies whose deals are opened, raised, lowered, pushed, pulled in, won and lost:
 * each of its nine parts against a loop over the deals, and start + new + pulled in + raised - lowered - pushed - won -
 * lost = end for all, every rep and every team in every month. */
#include "company.h"

#include <math.h>

#define MAX_STATES  5
#define N_COMPANIES 4

typedef struct {
  BaseDay known, due;
  int amount;
} State;

typedef struct {
  State states[MAX_STATES];
  int n;
} History;

enum { START, NEW, PULLED_IN, RAISED, LOWERED, PUSHED, WON, LOST, END, N_PARTS };
static const char *const parts[] = {
    "waterfall_start",  "waterfall_new", "waterfall_pulled_in", "waterfall_raised", "waterfall_lowered",
    "waterfall_pushed", "waterfall_won", "waterfall_lost",      "waterfall_end",    NULL};

/* --- a company with a history --- */

static void make_history(GRand *random, const Deal *deal, History *history) {
  BaseDay known = deal->created, end = deal->closed == BASE_DAY_NONE ? deal->created + 250 : deal->closed;
  int n = g_rand_int_range(random, 1, MAX_STATES + 1);
  history->n = 0;
  for (int i = 0; i < n && (i == 0 || known < end); i++) {
    history->states[history->n++] =
        (State){known, deal->created + g_rand_int_range(random, 0, 250),
                g_rand_int_range(random, 0, 4) == 0 ? 0 : g_rand_int_range(random, 1, 9999)};
    known += g_rand_int_range(random, 1, 60);
  }
}

static void run_sql(Store *store, const char *sql) {
  g_autoptr(GError) error = NULL;
  if (!store_run(store, sql, NULL, 0, NULL, &error)) fail_msg("%s\n%s", error->message, sql);
}

static void insert_histories(Store *store, const Company *company, const History *histories) {
  g_autoptr(GString) sql = g_string_new(
      "INSERT INTO stage_change (key, id, opportunity, \"at\", at_day, stage, amount, currency, "
      "expected_close, expected_close_day) VALUES ");
  int key = 0;
  for (int d = 0; d < N_DEALS; d++)
    for (int i = 0; i < histories[d].n; i++) {
      const State *state = &histories[d].states[i];
      g_autofree char *known = base_day_format(state->known), *due = base_day_format(state->due);
      g_string_append_printf(
          sql, "%s(%d, 'c%d', %d, TIMESTAMP '%s', DATE '%s', 'Demo', %d, '%s', TIMESTAMP '%s', DATE '%s')",
          key > 0 ? ", " : "", key, key, d, known, known, state->amount * 100,
          company->deals[d].in_dollars ? "USD" : "EUR", due, due);
      key++;
    }
  run_sql(store, sql->str);
  run_sql(store, "DELETE FROM ledger_stat WHERE table_name = 'stage_change'");
  run_sql(store,
          "INSERT INTO ledger_stat BY NAME SELECT 'stage_change' AS table_name, count(*) AS n_rows, min(at_day) AS "
          "first_day, max(at_day) AS last_day, max(\"at\") AS latest_at, bool_or(currency <> 'EUR') AS "
          "has_foreign_currency FROM "
          "stage_change");
  g_autoptr(GError) error = NULL;
  if (!store_begin(store, &error) || !store_refresh_derived(store, NULL, -1, &error) || !store_commit(store, &error))
    fail_msg("%s", error->message);
}

/* The built-in definitions, as they are shipped. */
static KpiCatalogue *read_catalogue(const LedgerSchema *schema) {
  g_autoptr(GDir) folder = g_dir_open(CATALOGUE_FOLDER, 0, NULL);
  g_autoptr(GArray) sources = g_array_new(FALSE, TRUE, sizeof(KpiSource));
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(folder));) {
    if (!g_str_has_suffix(name, ".yaml")) continue;
    g_autofree char *path = g_build_filename(CATALOGUE_FOLDER, name, NULL);
    KpiSource source = {.file = name, .built_in = TRUE};
    char *text;
    assert_true(g_file_get_contents(path, &text, &source.length, NULL));
    source.text = text;
    g_ptr_array_add(texts, text);
    g_array_append_val(sources, source);
  }
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GError) error = NULL;
  KpiCatalogue *catalogue =
      kpi_catalogue_new(schema, (const KpiSource *)(gpointer)sources->data, sources->len, &problems, &error);
  if (catalogue == NULL) fail_msg("%s", error->message);
  return catalogue;
}

/* --- the oracle --- */

/* What is believed of the deal at the beginning of a day, and due in the month. */
static const State *due_at(const Deal *deal, const History *history, BaseDay day, const CalendarPeriod *month) {
  const State *found = NULL;
  for (int i = 0; i < history->n; i++)
    if (history->states[i].known < day) found = &history->states[i];
  gboolean closed = deal->closed != BASE_DAY_NONE && deal->closed < day;
  return found != NULL && !closed && found->due >= month->start && found->due < month->end ? found : NULL;
}

static void add_deal(const Deal *deal, const History *history, const CalendarPeriod *month, double sums[N_PARTS]) {
  const State *before = due_at(deal, history, month->start, month), *after = due_at(deal, history, month->end, month);
  gboolean created = deal->created >= month->start && deal->created < month->end;
  gboolean closed = deal->closed != BASE_DAY_NONE && deal->closed >= month->start && deal->closed < month->end;
  double left = (closed ? deal->amount : 0) + (after != NULL ? after->amount : 0);
  if (before != NULL) sums[START] += before->amount;
  if (after != NULL) sums[END] += after->amount;
  if (closed) sums[deal->won ? WON : LOST] += deal->amount;
  if (before == NULL)
    sums[created ? NEW : PULLED_IN] += left;
  else if (closed || after != NULL)
    sums[left > before->amount ? RAISED : LOWERED] += fabs(left - before->amount);
  else
    sums[PUSHED] += before->amount;
}

/* --- the comparison --- */

static void check_identity(const double v[N_PARTS]) {
  assert_near(v[START] + v[NEW] + v[PULLED_IN] + v[RAISED] - v[LOWERED] - v[PUSHED] - v[WON] - v[LOST], v[END]);
}

static QueryResult *ask(const World *world, const Company *company, const char *by) {
  g_autofree char *span = company_span(company);
  const char *dims[] = {by, NULL};
  QueryRequest request = {
      .kpis = parts, .by = dims, .period = span, .has_grain = TRUE, .grain = CALENDAR_MONTH, .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  QueryResult *result = query_run(&world->context, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  return result;
}

/* All rows of one member in a month. */
static void take(const QueryRow *rows, guint n_periods, guint period, double values[N_PARTS]) {
  for (int k = 0; k < N_PARTS; k++) {
    assert_int_equal(rows[k * (int)n_periods + (int)period].kpi, k);
    values[k] = rows[k * (int)n_periods + (int)period].value.value;
  }
}

static int check_people(const World *world, const Company *company, const History *histories) {
  g_autoptr(QueryResult) result = ask(world, company, "rep");
  guint n_periods = query_result_n_periods(result);
  int n_other = 0;
  for (guint r = 0; r < query_result_n_rows(result); r += N_PARTS * n_periods)
    for (guint p = 0; p < n_periods; p++) {
      const QueryRow *rows = query_result_row(result, r);
      double expected[N_PARTS] = {0}, values[N_PARTS];
      take(rows, n_periods, p, values);
      check_identity(values);
      for (int d = 0; d < N_DEALS; d++)
        if (rows->members[0][strlen("Person ")] - '0' == company->deals[d].owner)
          add_deal(&company->deals[d], &histories[d], query_result_period(result, p), expected);
      for (int k = 0; k < N_PARTS; k++) {
        assert_near(expected[k], values[k]);
        n_other += values[k] != 0 ? 1 : 0;
      }
    }
  return n_other;
}

/* Whatever the members are. */
static int check_sums(const World *world, const Company *company, const char *by) {
  g_autoptr(QueryResult) result = ask(world, company, by);
  guint n_periods = query_result_n_periods(result);
  int n = 0;
  for (guint r = 0; r < query_result_n_rows(result); r += N_PARTS * n_periods)
    for (guint p = 0; p < n_periods; p++, n++) {
      double values[N_PARTS];
      take(query_result_row(result, r), n_periods, p, values);
      check_identity(values);
    }
  for (guint p = 0; p < n_periods; p++) {
    double values[N_PARTS];
    take(query_result_total(result, 0), n_periods, p, values);
    check_identity(values);
  }
  return n;
}

static void check_whole(const World *world, const Company *company, const History *histories, const char *by) {
  assert_true(check_sums(world, company, by) > 0);
  g_autoptr(QueryResult) result = ask(world, company, by);
  guint n_periods = query_result_n_periods(result);
  for (guint p = 0; p < n_periods; p++) {
    double expected[N_PARTS] = {0}, values[N_PARTS];
    take(query_result_total(result, 0), n_periods, p, values);
    for (int d = 0; d < N_DEALS; d++)
      add_deal(&company->deals[d], &histories[d], query_result_period(result, p), expected);
    check_identity(values);
    for (int k = 0; k < N_PARTS; k++) assert_near(expected[k], values[k]);
  }
}

static void the_parts_of_random_companies(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  int n_numbers = 0;
  for (int i = 0; i < N_COMPANIES; i++) {
    Company company = company_new(random, base_day_from_civil(2024, 1, 1) + g_rand_int_range(random, 0, 40));
    g_autofree History *histories = g_new0(History, N_DEALS);
    for (int d = 0; d < N_DEALS; d++) make_history(random, &company.deals[d], &histories[d]);
    g_auto(World) world = world_new(&company, "kpis: {unused: 'count(opportunity on created_at)'}", FALSE);
    kpi_catalogue_free(world.catalogue);
    world.catalogue = world.context.catalogue = read_catalogue(world.schema);
    insert_histories(world.store, &company, histories);
    n_numbers += check_people(&world, &company, histories);
    check_whole(&world, &company, histories, "team");
  }
  assert_true(n_numbers > 1000);
}

/* Every third deal is shared, every fourth changed hands, every second is in dollars, whose worth changes every month.
 */
static void it_adds_up_in_foreign_money_and_shared_deals(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, base_day_from_civil(2024, 1, 1) + g_rand_int_range(random, 0, 40));
  g_autofree History *histories = g_new0(History, N_DEALS);
  for (int d = 0; d < N_DEALS; d++) {
    company.deals[d].in_dollars = d % 2 == 0;
    make_history(random, &company.deals[d], &histories[d]);
  }
  g_auto(World) world = world_new(&company, "kpis: {unused: 'count(opportunity on created_at)'}", FALSE);
  kpi_catalogue_free(world.catalogue);
  world.catalogue = world.context.catalogue = read_catalogue(world.schema);
  run_sql(world.store,
          "INSERT INTO split BY NAME SELECT key, 's' || key AS id, key AS opportunity, 1 + (owner % 6) AS "
          "person, 0.37 AS share, 'split' AS kind FROM opportunity WHERE key % 3 = 0");
  run_sql(world.store,
          "INSERT INTO opportunity_history BY NAME SELECT * REPLACE (1 + (owner + 2) % 6 AS owner), created_at + "
          "INTERVAL 40 DAY AS superseded_at FROM opportunity WHERE key % 4 = 0");
  run_sql(world.store, "UPDATE opportunity SET recorded_at = created_at + INTERVAL 40 DAY WHERE key % 4 = 0");
  insert_histories(world.store, &company, histories);
  int n = check_sums(&world, &company, "rep") + check_sums(&world, &company, "team") +
          check_sums(&world, &company, "account");
  assert_true(n > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_parts_of_random_companies),
                                     cmocka_unit_test(it_adds_up_in_foreign_money_and_shared_deals)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
