/* Every form of --where. Five deals of 1, 2, 4, 8 and 16 euros: a sum says which of them were counted.
 *
 *   euros  rep           team   region  account               industry  source     created
 *       1  Ana Silva     North  Coast   Acme                  Food      Web        10 January
 *       2  Ben O'Neil    South  Inland  Calder, Hale and Co.  Building  Referral   10 February
 *       4  Chloé and Co  South  Inland  O'Hara                -         It's "us"  10 March
 *       8  ana silva     North  Coast   Acme                  Food      -          31 March, 23:30
 *      16  Eve           -      -       -                     -         web        1 April
 *
 * North is an area, and in the country All like South; Eve is the manager of North. */
#include "company.h"

static World world;

static int set_up(void **state) {
  world = world_empty("measures:\n  euros: sum(opportunity.amount on created_at)\n");
  Store *store = world.store;
  company_sql(store,
              "INSERT INTO team (key, id, name, known, parent, manager, region, level) VALUES "
              "(1, 't1', 'North', true, 3, 5, 'Coast', 'Area'), (2, 't2', 'South', true, 3, NULL, 'Inland', "
              "NULL), (3, 't3', 'All', true, NULL, NULL, NULL, 'Country')");
  company_sql(store,
              "INSERT INTO person (key, id, name, known, team) VALUES (1, 'p1', 'Ana Silva', true, 1), "
              "(2, 'p2', 'Ben O''Neil', true, 2), (3, 'p3', 'Chloé and Co', true, 2), "
              "(4, 'p4', 'ana silva', true, 1), (5, 'p5', 'Eve', true, NULL), (6, 'p6', 'Éand', true, NULL)");
  company_sql(store,
              "INSERT INTO account (key, id, name, known, industry) VALUES (1, 'a1', 'Acme', true, 'Food'), "
              "(2, 'a2', 'Calder, Hale and Co.', true, 'Building'), (3, 'a3', 'O''Hara', true, NULL)");
  company_sql(store,
              "INSERT INTO opportunity (key, id, owner, account, source, outcome, amount, currency, created_at, "
              "created_at_day) SELECT k, 'd' || k, o, a, s, 'open', e * 100, 'EUR', t::TIMESTAMP, t::DATE FROM "
              "(VALUES (1, 1, 1, 'Web', 1, '2026-01-10 08:00'), (2, 2, 2, 'Referral', 2, '2026-02-10 08:00'), "
              "(3, 3, 3, 'It''s \"us\"', 4, '2026-03-10 08:00'), (4, 4, 1, NULL, 8, '2026-03-31 23:30'), "
              "(5, 5, NULL, 'web', 16, '2026-04-01 00:00')) v(k, o, a, s, e, t)");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 5 AS n_rows, "
              "DATE '2026-01-10' AS first_day, DATE '2026-04-01' AS last_day, "
              "TIMESTAMP '2026-04-01' AS latest_at, false AS has_foreign_currency");
  world_set_clock(&world, base_day_from_civil(2026, 12, 31));
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

static QueryResult *ask(const char *const *where, GError **error) {
  QueryRequest request = {.kpis = (const char *const[]){"euros", NULL},
                          .by = (const char *const[]){NULL},
                          .where = where,
                          .period = "2026",
                          .rates_of = BASE_DAY_NONE};
  return query_run(&world.context, &request, error);
}

typedef struct {
  const char *where[3];
  double euros;
} Case;

static void assert_counted(const Case *cases, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(QueryResult) result = ask(cases[i].where, &error);
    if (result == NULL) fail_msg("%s: %s", cases[i].where[0], error->message);
    double euros = query_result_row(result, 0)->value.value;
    if (euros != cases[i].euros) fail_msg("%s: %g, not %g", cases[i].where[0], euros, cases[i].euros);
  }
}

static void people(void **state) {
  static const Case cases[] = {
      {{NULL}, 31},
      {{"rep = 'Ana Silva'"}, 9}, /* two bear the name, however it is written */
      {{"REP='ANA SILVA'"}, 9},
      {{"rep = 'CHLOÉ AND CO'"}, 4},
      {{"owner = Eve"}, 16},
      {{"salesperson = 'Eve'"}, 16},
      {{"rep <> 'Ana Silva'"}, 22},
      {{"rep != 'Ana Silva'"}, 22},
      {{"rep in ('Chloé and Co', 'Eve')"}, 20},
      {{"rep in ( Eve , \"Ana Silva\" )"}, 25},
      {{"rep not in ('Ana Silva', 'Eve')"}, 6},
      {{"team = 'South'"}, 6},
      {{"region = 'Coast'"}, 9},
      {{"area = 'North'"}, 9},
      {{"country = 'all'"}, 15},
      {{"manager = 'Eve'"}, 9},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

static void nobody(void **state) {
  static const Case cases[] = {
      {{"team is empty"}, 16},
      {{"team is not empty"}, 15},
      {{"team = ''"}, 16},
      {{"team <> ''"}, 15},
      {{"team in ('', 'South')"}, 22},
      {{"manager is empty"}, 22},
      {{"region IS NOT EMPTY"}, 15},
      {{"team is empty and rep = 'Eve'"}, 16},
      {{"area is empty"}, 22},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

static void quotes(void **state) {
  static const Case cases[] = {
      {{"rep = 'Ben O''Neil'"}, 2},
      {{"rep = \"Ben O'Neil\""}, 2},
      {{"rep = Ben O'Neil"}, 2},
      {{"rep = Éand"}, 0}, /* É is a letter: no `and` begins behind it */
      {{"rep = \"Ben O'Neil\" and team = 'South'"}, 2},
      {{"rep = \"Chloé and Co\" and team = 'South'"}, 4},
      {{"rep = 'Chloé and Co' and source is not empty"}, 4},
      {{"source = 'It''s \"us\"'"}, 4},
      {{"account = 'Calder, Hale and Co.'"}, 2},
      {{"account = 'O''Hara'"}, 4},
      {{"source = '; DROP TABLE opportunity'"}, 0},
      {{"source = ''' OR 1=1 --'"}, 0},
      {{NULL}, 31},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

static void joined(void **state) {
  static const Case cases[] = {
      {{"rep = 'Ana Silva' and source is empty"}, 8},
      {{"rep = 'Ana Silva' AND amount > 5"}, 8},
      {{"rep = 'Ana Silva'", "amount > 5"}, 8},
      {{"amount > 1 and amount < 16 and team = 'South'"}, 6},
      {{"rep = 'Eve' or rep = 'Ben O''Neil'"}, 18},
      {{"(rep = 'Eve' or (rep = 'Ben O''Neil')) and (amount > 2)"}, 16},
      {{"(team = 'South')"}, 6},
      {{"((amount > 2) and (team = 'South'))"}, 4},
      {{"source = 'Web' and amount > 5 or amount = 2"}, 18},
      {{"(amount = 1) or (amount = 2)"}, 3},
      {{"not (amount > 2 and amount < 10)"}, 19},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

/* A deal's industry is its account's, wherever in a condition it stands. */
static void other_columns(void **state) {
  static const Case cases[] = {
      {{"source = 'WEB'"}, 17},
      {{"lead_source = 'Web'"}, 17},
      {{"source <> 'web'"}, 14}, /* that of no source too */
      {{"source in ('Web', 'Referral')"}, 19},
      {{"source is empty"}, 8},
      {{"account = 'Acme'"}, 9},
      {{"customer = 'acme'"}, 9},
      {{"account <> 'Acme'"}, 22},
      {{"account in ('Acme', 'Calder, Hale and Co.')"}, 11},
      {{"account not in ('Acme')"}, 22},
      {{"account = 'Acme' or account = 'O''Hara'"}, 13},
      {{"account is empty"}, 16},
      {{"contains(account, 'hara')"}, 4},
      {{"industry = 'food'"}, 9},
      {{"industry = 'Food' or industry = 'Building'"}, 11},
      {{"not (industry = 'Food')"}, 22},
      {{"contains(industry, 'UILD')"}, 2},
      {{"'Food' = industry"}, 9},
      {{"industry is empty"}, 20},
      {{"account.industry = 'Food'"}, 9},
      {{"owner.name = 'Eve'"}, 16},
      {{"amount > 4"}, 24}, /* euros, not cents */
      {{"amount in (2, 16)"}, 18},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

static void days(void **state) {
  static const Case cases[] = {
      {{"created_at >= 2026-03-10"}, 28}, {{"created_at < 2026-03-31"}, 7}, {{"created_at = 2026-03-31"}, 8},
      {{"created_at <= 2026-03-31"}, 15}, {{"closed_at is empty"}, 31},     {{"closed_at >= 2026-01-01"}, 0},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

static void refused(void **state) {
  static const struct {
    const char *where;
    gint code;
    const char *says;
  } cases[] = {
      {"rep = 'Ana Sliva'", BASE_ERROR_NOT_FOUND, "there is no rep 'Ana Sliva'; did you mean 'Ana Silva'?"},
      {"team = 'Suoth'", BASE_ERROR_NOT_FOUND, "did you mean 'South'?"},
      {"region = 'Cost'", BASE_ERROR_NOT_FOUND, "did you mean 'Coast'?"},
      {"team = 'Qwertyuiop'", BASE_ERROR_NOT_FOUND, "there is no team 'Qwertyuiop'"},
      {"rep in ('Eve', 'Nobody At All')", BASE_ERROR_NOT_FOUND, "'Nobody At All'"},
      {"ammount > 1", BASE_ERROR_NOT_FOUND, "amount"},
      {"", BASE_ERROR_USAGE, "a condition is empty"},
      {"  ", BASE_ERROR_USAGE, "a condition is empty"},
      {"()", BASE_ERROR_USAGE, "a condition is empty"},
      {"rep = 'Eve' and ", BASE_ERROR_USAGE, "a condition is empty"},
      {"rep =", BASE_ERROR_USAGE, "rep = 'a name'"},
      {"rep in ()", BASE_ERROR_USAGE, "rep in ('one', 'another')"},
      {"rep in ('Eve'", BASE_ERROR_USAGE, "rep"},
      {"rep = 'Eve", BASE_ERROR_USAGE, "no closing quote"},
      {"rep = 'O'Neill'", BASE_ERROR_USAGE, "written twice"},
      {"region = 'Coast' or industry = 'Food'", BASE_ERROR_USAGE, "region goes by the day"},
      {"team = 'North' or rep = 'Eve'", BASE_ERROR_USAGE, "team goes by the day"},
      {"team = 'North' or team <> 'South'", BASE_ERROR_USAGE, "team goes by the day"},
      {"not team = 'South'", BASE_ERROR_USAGE, "team goes by the day"},
      {"contains(team, 'th')", BASE_ERROR_USAGE, "team goes by the day"},
      {"amount > 'much'", BASE_ERROR_USAGE, "text"},
      {"created_at >= '2026-03-01'", BASE_ERROR_USAGE, "without quotes"},
      {"count(opportunity) > 1", BASE_ERROR_USAGE, ""},
      {"amount > 1) or (1 = 1", BASE_ERROR_USAGE, ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(QueryResult) result = ask((const char *const[]){cases[i].where, NULL}, &error);
    if (result != NULL) fail_msg("%s: not refused", cases[i].where);
    if (!g_error_matches(error, BASE_ERROR, cases[i].code) || strstr(error->message, cases[i].says) == NULL)
      fail_msg("%s: %d, %s", cases[i].where, error->code, error->message);
  }
}

/* A text that no record has is told, with the nearest that some record has; one that exists is not. */
static void misspelt(void **state) {
  static const struct {
    const char *where, *says; /* NULL: nothing */
  } cases[] = {
      {"source = 'Web'", NULL},
      {"source = 'WEB'", NULL},
      {"source in ('Referral', 'web') or amount > 3", NULL},
      {"contains(source, 'zzz')", NULL},
      {"account = 'Acme' and created_at < 2026-02-01", NULL},
      {"rep = 'Ana Silva'", NULL},
      {"source = 'Refferal'", "where: no record has the source 'Refferal'; did you mean 'Referral'?"},
      {"source <> 'Wbe'", "where: no record has the source 'Wbe'; did you mean 'Web'?"},
      {"source in ('Web', 'Referal')", "where: no record has the source 'Referal'; did you mean 'Referral'?"},
      {"not (source = 'Referal') or amount = 1", "no record has the source 'Referal'"},
      {"account = 'Ohara'", "where: no record has the account 'Ohara'; did you mean 'O'Hara'?"},
      {"industry = 'Retail'", "where: no record has the industry 'Retail'; there is 'Building' and 'Food'"},
      {"'Fod' = account.industry and amount > 1", "no record has the industry 'Fod'; did you mean 'Food'?"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(QueryResult) result = ask((const char *const[]){cases[i].where, NULL}, &error);
    if (result == NULL) fail_msg("%s: %s", cases[i].where, error->message);
    g_autofree char *notes = g_strjoinv("\n", (char **)(gpointer)query_result_notes(result));
    gboolean told = strstr(notes, "no record has") != NULL;
    if (told != (cases[i].says != NULL) || (told && strstr(notes, cases[i].says) == NULL))
      fail_msg("%s: \"%s\"", cases[i].where, notes);
  }
}

/* 1,600 cents times 2^53 are more than 2^63, 800 are less: an error would tell of the deal of 16 euros whom it is not
 * for. A condition that cannot be computed of a record does not hold for it. */
static void overflows(void **state) {
  static const Case cases[] = {
      {{"amount * 9007199254740992 > 5"}, 15},
      {{"not (amount * 9007199254740992 > 5)"}, 0},
      {{"amount > 8 and amount * amount * amount * amount * amount * amount * amount > 0"}, 0},
  };
  assert_counted(cases, G_N_ELEMENTS(cases));
}

static void too_long(void **state) {
  GString *text = g_string_new("amount > 0");
  while (text->len <= 20000) g_string_append(text, " and amount > 0");
  g_autofree char *condition = g_string_free(text, FALSE);
  g_autoptr(GError) error = NULL;
  assert_null(ask((const char *const[]){condition, NULL}, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
  assert_non_null(strstr(error->message, "max_where"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(people),   cmocka_unit_test(nobody),        cmocka_unit_test(quotes),
      cmocka_unit_test(joined),   cmocka_unit_test(other_columns), cmocka_unit_test(days),
      cmocka_unit_test(refused),  cmocka_unit_test(misspelt),      cmocka_unit_test(overflows),
      cmocka_unit_test(too_long),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
