/* Rows, subtotals and the total, each made of its own cells. February 2026:
 *
 *   team    rep   won          decided   calls
 *   North   Ana   100 and 300  2         -
 *   North   Cy    -            2         1
 *   South   Ben   50           1         2
 *
 * Ben has half of Ana's deal of 300 on top of it (an overlay), which is no second deal. */
#include "company.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  value: {formula: \"sum(opportunity.amount where outcome = 'won' on closed_at)\"}\n"
    "  rate: {formula: won / decided}\n"
    "  talks: {formula: count(activity on done_at)}\n"
    "  costs: {formula: sum(spend.amount on at)}\n"
    "  part: {formula: won / total(won)}\n"
    "  wins: {formula: won}\n"
    "  typical: {formula: \"mean(opportunity.amount where outcome = 'won' on closed_at)\"}\n"
    "  open: {formula: count(opportunity from created_at until closed_at)}\n";

static World world;

static int set_up(void **state) {
  world = world_empty(definitions);
  company_sql(world.store,
              "INSERT INTO team (key, id, name, known) VALUES (1, 't1', 'North', true), "
              "(2, 't2', 'South', true)");
  company_sql(world.store,
              "INSERT INTO person (key, id, name, known, team) VALUES (1, 'p1', 'Ana', true, 1), "
              "(2, 'p2', 'Ben', true, 2), (3, 'p3', 'Cy', true, 1)");
  company_sql(world.store,
              "INSERT INTO opportunity BY NAME SELECT k::UBIGINT AS key, 'd' || k AS id, o AS owner, w AS outcome, a * "
              "100 AS amount, 'EUR' AS currency, TIMESTAMP '2026-01-05' AS created_at, DATE '2026-01-05' AS "
              "created_at_day, TIMESTAMP '2026-02-01' AS closed_at, DATE '2026-02-01' AS closed_at_day FROM (VALUES "
              "(1, 1, 'won', 100), (2, 1, 'won', 300), (3, 3, 'lost', 7), (4, 3, 'lost', 8), (5, 2, 'won', 50)) AS "
              "t(k, o, w, a)");
  company_sql(world.store,
              "INSERT INTO activity BY NAME SELECT k::UBIGINT AS key, 'c' || k AS id, o AS owner, 'call' AS kind, "
              "TIMESTAMP '2026-02-03' AS done_at, DATE '2026-02-03' AS done_at_day FROM (VALUES (11, 2), (12, 2), (13, "
              "3)) AS t(k, o)");
  company_sql(world.store,
              "INSERT INTO spend BY NAME SELECT 21::UBIGINT AS key, 's1' AS id, 7000 AS amount, 'EUR' AS "
              "currency, TIMESTAMP '2026-02-03' AS at, DATE '2026-02-03' AS at_day");
  company_sql(world.store,
              "INSERT INTO split BY NAME SELECT 31::UBIGINT AS key, 'x1' AS id, 2::UBIGINT AS opportunity, "
              "2 AS person, 0.5 AS share, 'overlay' AS kind");
  company_sql(
      world.store,
      "INSERT INTO ledger_stat BY NAME SELECT t AS table_name, n AS n_rows, DATE '2026-01-05' AS first_day, DATE "
      "'2026-02-03' AS last_day, TIMESTAMP '2026-02-03' AS latest_at, false AS has_foreign_currency FROM "
      "(VALUES ('opportunity', 5), ('activity', 3), ('spend', 1), ('split', 1)) AS v(t, n)");
  world_set_clock(&world, base_day_from_civil(2026, 12, 31));
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

/* "North/Ana 400; North 400; all 450": the rows, then the totals; "-" for no value. The caller frees. */
static char *answered(const char *kpi, const char *by, const char *period) {
  g_auto(GStrv) dims = g_strsplit(by, ",", -1);
  QueryRequest request = {.kpis = (const char *const[]){kpi, NULL},
                          .by = (const char *const *)dims,
                          .period = period,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = query_run(&world.context, &request, &error);
  if (result == NULL) fail_msg("%s by %s: %s", kpi, by, error->message);
  GString *text = g_string_new(NULL);
  guint n_rows = query_result_n_rows(result), n = n_rows + query_result_n_totals(result);
  for (guint i = 0; i < n; i++) {
    const QueryRow *row = i < n_rows ? query_result_row(result, i) : query_result_total(result, i - n_rows);
    if (i > 0) g_string_append(text, "; ");
    for (guint m = 0; m < row->n_members; m++)
      g_string_append_printf(text, "%s%s", m > 0 ? "/" : "", row->members[m] != NULL ? row->members[m] : "nobody");
    if (row->n_members == 0) g_string_append(text, "all");
    if (row->value.has_value)
      g_string_append_printf(text, " %.4g", row->value.value);
    else
      g_string_append(text, " -");
  }
  return g_string_free(text, FALSE);
}

typedef struct {
  const char *kpi, *by, *answer;
  const char *period; /* NULL: February */
} Case;

static void assert_answers(const Case *cases, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autofree char *text = answered(cases[i].kpi, cases[i].by, cases[i].period != NULL ? cases[i].period : "2026-02");
    if (strcmp(text, cases[i].answer) != 0)
      fail_msg("%s by %s: \"%s\", not \"%s\"", cases[i].kpi, cases[i].by, text, cases[i].answer);
  }
}

/* Cy has half of Ana's 300 on top: Cy's own, but the deal that North has already. So it is for who sees both. */
static void an_overlay_beside_a_share_adds_nothing(void **state) {
  static const Case cases[] = {
      {"value", "team,rep", "North/Ana 400; North/Cy 150; South/Ben 200; North 400; South 200; all 450"},
      {"value", "team", "North 400; South 200; all 450"},
      {"typical", "team", "North 200; South 100; all 150"},
  };
  company_sql(world.store,
              "INSERT INTO split BY NAME SELECT 33::UBIGINT AS key, 'x3' AS id, 2::UBIGINT AS opportunity, "
              "3 AS person, 0.5 AS share, 'overlay' AS kind");
  assert_answers(cases, G_N_ELEMENTS(cases));
  static const char *const kpis[] = {"value", NULL};
  static const char *const conditions[][2] = {
      {"rep in ('Ana', 'Ben', 'Cy')"}, {"rep in ('Ben', 'Cy')"}, {"rep = 'Cy'"}};
  static const double values[] = {450, 200, 150};
  static const gint64 records[] = {3, 2, 1};
  for (guint i = 0; i < G_N_ELEMENTS(conditions); i++) {
    QueryRequest request = {.kpis = kpis, .period = "2026-02", .where = conditions[i], .rates_of = BASE_DAY_NONE};
    g_autoptr(GError) error = NULL;
    g_autoptr(QueryResult) result = query_run(&world.context, &request, &error);
    if (result == NULL) fail_msg("%s", error->message);
    assert_true(query_result_row(result, 0)->value.value == values[i]);
    assert_int_equal(query_result_row(result, 0)->value.n, records[i]);
  }
  company_sql(world.store, "DELETE FROM split WHERE key = 33");
}

/* Ben's 50 and half of 300; of all, and of both teams together, the deal counts once. */
static void a_shared_deal_counts_once_above(void **state) {
  static const Case cases[] = {
      {"value", "rep", "Ana 400; Ben 200; all 450"},
      {"value", "team", "North 400; South 200; all 450"},
      {"value", "team,rep", "North/Ana 400; South/Ben 200; North 400; South 200; all 450"},
  };
  assert_answers(cases, G_N_ELEMENTS(cases));
}

/* Ana's deal of 100 is shared with Cy, who is of her team: North still has won 2 and decided 4, whether its people are
 * asked for or not. It was open all January, when both came from South on the 20th. */
static void a_deal_shared_within_a_team_counts_once_for_it(void **state) {
  static const Case cases[] = {
      {"value", "team,rep", "North/Ana 350; North/Cy 50; South/Ben 200; North 400; South 200; all 450"},
      {"wins", "team", "North 2; South 2; all 3"},
      {"wins", "team,rep", "North/Ana 2; North/Cy 1; South/Ben 2; North 2; South 2; all 3"},
      {"rate", "team,rep", "North/Ana 1; North/Cy 0.3333; South/Ben 1; North 0.5; South 1; all 0.6"},
      {"typical", "team,rep", "North/Ana 175; North/Cy 50; South/Ben 100; North 200; South 100; all 150"},
  };
  company_sql(
      world.store,
      "INSERT INTO split BY NAME SELECT 32::UBIGINT AS key, 'x2' AS id, 1::UBIGINT AS opportunity, 3 AS person, "
      "0.5 AS share, 'split' AS kind");
  assert_answers(cases, G_N_ELEMENTS(cases));
  for (int p = 1; p <= 3; p += 2)
    company_sql(world.store,
                "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'm%d' AS id, %d AS person, 2 AS team, "
                "TIMESTAMP '2026-01-20' AS until_at, DATE '2026-01-20' AS until_at_day;"
                "INSERT INTO membership BY NAME SELECT %d::UBIGINT AS key, 'n%d' AS id, %d AS person, 1 AS team, "
                "TIMESTAMP '2026-01-20' AS from_at, DATE '2026-01-20' AS from_at_day",
                100 + p, p, p, 200 + p, p, p);
  static const Case open[] = {
      {"open", "team", "North 4; South 2; all 5", "2026-01"},
      {"open", "team,rep", "North/Ana 2; North/Cy 3; South/Ben 2; North 4; South 2; all 5", "2026-01"},
  };
  assert_answers(open, G_N_ELEMENTS(open));
  company_sql(world.store, "DELETE FROM split WHERE key = 32; DELETE FROM membership");
}

/* Ben has a share in one more won deal: 2 of 2. A team's rate is its wins over its decisions: North 2 of 4; all 3 of 5.
 */
static void a_rate_is_evaluated_again_at_every_level(void **state) {
  static const Case cases[] = {
      {"rate", "team,rep", "North/Ana 1; North/Cy 0; South/Ben 1; North 0.5; South 1; all 0.6"},
      {"rate", "source", "nobody 0.6; all 0.6"},
      {"part", "rep", "Ana 0.6667; Ben 0.6667; all 1"},
  };
  assert_answers(cases, G_N_ELEMENTS(cases));
}

static void whoever_has_calls_only_has_a_row(void **state) {
  static const Case cases[] = {
      {"talks", "rep", "Ben 2; Cy 1; all 3"},
      {"talks", "team,rep", "North/Cy 1; South/Ben 2; North 1; South 2; all 3"},
  };
  assert_answers(cases, G_N_ELEMENTS(cases));
}

/* Nobody is credited with costs: no rows, and their total. */
static void what_cannot_be_grouped_has_its_total(void **state) {
  g_autofree char *text = answered("costs", "rep", "2026-02");
  assert_true(g_str_has_suffix(text, "all 70"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shared_deal_counts_once_above),
      cmocka_unit_test(an_overlay_beside_a_share_adds_nothing),
      cmocka_unit_test(a_deal_shared_within_a_team_counts_once_for_it),
      cmocka_unit_test(a_rate_is_evaluated_again_at_every_level),
      cmocka_unit_test(whoever_has_calls_only_has_a_row),
      cmocka_unit_test(what_cannot_be_grouped_has_its_total),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
