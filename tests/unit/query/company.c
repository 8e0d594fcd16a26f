/* The random company of the tests, and the same records in a ledger. */
#include "company.h"

#include <math.h>

Company company_new(GRand *random, BaseDay base) {
  Company company = {.base = base};
  for (int p = 0; p < N_PEOPLE; p++) {
    company.first_team[p] = g_rand_int_range(random, 0, N_TEAMS);
    company.second_team[p] = g_rand_int_range(random, 0, N_TEAMS);
    company.moved[p] = base + g_rand_int_range(random, 100, 600);
  }
  for (int d = 0; d < N_DEALS; d++) {
    Deal *deal = &company.deals[d];
    deal->owner = g_rand_int_range(random, 0, N_PEOPLE);
    deal->account = g_rand_int_range(random, 0, N_ACCOUNTS);
    deal->created = base + g_rand_int_range(random, 0, 700);
    deal->closed =
        g_rand_int_range(random, 0, 4) == 0 ? BASE_DAY_NONE : deal->created + g_rand_int_range(random, 0, 200);
    deal->won = deal->closed != BASE_DAY_NONE && g_rand_int_range(random, 0, 2) == 0;
    deal->amount = g_rand_int_range(random, 0, 10000);
  }
  return company;
}

int company_team_on(const Company *company, int person, BaseDay day) {
  return day < company->moved[person] ? company->first_team[person] : company->second_team[person];
}

/* --- the same company in a ledger --- */

void company_sql(Store *store, const char *format, ...) {
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
    company_sql(store, "INSERT INTO team BY NAME SELECT %d AS key, 'team%d' AS id, 'Team %d' AS name, true AS known",
                t + 1, t, t);
  for (int p = 0; p < N_PEOPLE; p++) {
    g_autofree char *moved = base_day_format(company->moved[p]);
    company_sql(store, "INSERT INTO person BY NAME SELECT %d AS key, 'p%d' AS id, 'Person %d' AS name, true AS known",
                p + 1, p, p);
    company_sql(store,
                "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, %d AS team, "
                "TIMESTAMP '%s' AS until_at, DATE '%s' AS until_at_day",
                2 * p, 2 * p, p + 1, company->first_team[p] + 1, moved, moved);
    company_sql(store,
                "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, %d AS team, "
                "TIMESTAMP '%s' AS from_at, DATE '%s' AS from_at_day",
                2 * p + 1, 2 * p + 1, p + 1, company->second_team[p] + 1, moved, moved);
  }
}

static void insert_deals(Store *store, const Company *company, gboolean backwards) {
  GString *sql = g_string_new(
      "INSERT INTO opportunity (key, id, owner, account, created_at, created_at_day, closed_at, closed_at_day, "
      "outcome, amount, "
      "currency) VALUES ");
  for (int i = 0; i < N_DEALS; i++) {
    int d = backwards ? N_DEALS - 1 - i : i;
    const Deal *deal = &company->deals[d];
    g_autofree char *created = instant(deal->created), *closed = instant(deal->closed);
    g_string_append_printf(sql, "%s(%d, 'd%d', %d, %d, %s, %s, '%s', %d, '%s')", i > 0 ? ", " : "", d, d,
                           deal->owner + 1, deal->account + 1, created, closed,
                           deal->closed == BASE_DAY_NONE ? "open"
                           : deal->won                   ? "won"
                                                         : "lost",
                           deal->amount * 100, deal->in_dollars ? "USD" : "EUR");
  }
  company_sql(store, "%s", sql->str);
  g_string_free(sql, TRUE);
  gboolean foreign = FALSE;
  for (int d = 0; d < N_DEALS; d++) foreign |= company->deals[d].in_dollars;
  g_autofree char *first = base_day_format(company->base), *last = base_day_format(company->base + 900);
  company_sql(store, "DELETE FROM ledger_stat WHERE table_name = 'opportunity'");
  company_sql(
      store,
      "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, %d AS n_rows, DATE '%s' AS first_day, "
      "DATE '%s' AS last_day, "
      "TIMESTAMP '%s' AS latest_at, %s AS has_foreign_currency",
      N_DEALS, first, last, last, foreign ? "true" : "false");
}

static void insert_accounts(Store *store) {
  company_sql(store,
              "INSERT INTO account BY NAME SELECT i + 1 AS key, 'a' || i AS id, 'Account ' || i AS name, true AS known "
              "FROM range(%d) r(i)",
              N_ACCOUNTS);
}

/* A dollar rises by a cent every 30 days. */
static void insert_rates(Store *store, const Company *company) {
  g_autofree char *first = base_day_format(company->base);
  company_sql(
      store,
      "INSERT INTO fx_rate BY NAME SELECT i::UBIGINT AS key, 'r' || i AS id, 'USD' AS currency, (0.9 + 0.01 * i) "
      "AS rate, DATE '%s' + (30 * i)::INTEGER AS day_day, (DATE '%s' + (30 * i)::INTEGER)::TIMESTAMP AS day "
      "FROM range(40) r(i)",
      first, first);
}

World world_empty(const char *definitions) {
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
  world.context =
      (QueryContext){world.store, world.schema, world.calendar, world.catalogue, world.organisation, 0, 0, FALSE};
  return world;
}

void world_add_team(const World *world, int key, const char *name) {
  company_sql(world->store, "INSERT INTO team BY NAME SELECT %d AS key, 't%d' AS id, '%s' AS name, true AS known", key,
              key, name);
}

void world_add_person(const World *world, int key, const char *name, int team) {
  company_sql(world->store, "INSERT INTO person BY NAME SELECT %d AS key, 'p%d' AS id, '%s' AS name, true AS known",
              key, key, name);
  if (team > 0)
    company_sql(world->store,
                "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, %d AS team", key,
                key, key, team);
}

void world_add_deals(const World *world, const char *created, const WorldDeal *deals, guint n) {
  for (guint i = 0; i < n; i++)
    company_sql(
        world->store,
        "INSERT INTO opportunity (key, id, owner, created_at, created_at_day, closed_at, closed_at_day, outcome, "
        "amount, currency) VALUES (%u, 'd%u', %d, TIMESTAMP '%s', DATE '%s', TIMESTAMP '%s', DATE '%s', '%s', %d, "
        "'EUR')",
        i + 1, i + 1, deals[i].owner, created, created, deals[i].closed, deals[i].closed, deals[i].outcome,
        deals[i].amount * 100);
  world_count_deals(world);
}

void world_count_deals(const World *world) {
  company_sql(world->store,
              "DELETE FROM ledger_stat WHERE table_name = 'opportunity';"
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, count(*) AS n_rows, "
              "min(created_at_day) AS first_day, max(closed_at_day) AS last_day, max(closed_at_day)::TIMESTAMP AS "
              "latest_at, coalesce(bool_or(currency <> 'EUR'), false) AS has_foreign_currency FROM opportunity");
}

void world_set_clock(World *world, BaseDay today) {
  world->context.today = today;
  world->context.now_us = calendar_start_of_day(world->calendar, today + 1) - 1;
}

World world_new(const Company *company, const char *definitions, gboolean backwards) {
  World world = world_empty(definitions);
  insert_people(world.store, company);
  insert_accounts(world.store);
  insert_rates(world.store, company);
  insert_deals(world.store, company, backwards);
  world_set_clock(&world, company->base + 1000);
  return world;
}

void world_clear(World *world) {
  store_close(world->store);
  kpi_catalogue_free(world->catalogue);
  calendar_free(world->calendar);
  ledger_schema_free(world->schema);
  conf_organisation_free(world->organisation);
}

QueryResult *company_ask(const World *world, const char *kpi, const char *by, const char *period) {
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

char *company_span(const Company *company) {
  g_autofree char *first = base_day_format(company->base), *last = base_day_format(company->base + 900);
  first[7] = last[7] = '\0';
  return g_strdup_printf("%s..%s", first, last);
}

guint32 company_seed(void) {
  const char *given = g_getenv("ATTAIN_SEED");
  guint32 seed = given != NULL ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  print_message("ATTAIN_SEED=%u\n", seed);
  return seed;
}

void assert_near(double expected, double value) {
  double size = MAX(fabs(expected), 1);
  if (!(fabs(expected - value) <= 1e-9 * size)) fail_msg("expected %.12g, got %.12g", expected, value);
}
