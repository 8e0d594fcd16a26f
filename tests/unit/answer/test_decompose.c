/* Changes split by members: of a company by hand, and of random ones, whose records are looped over one by one. */
#include "answer/decompose.h"
#include "asked.h"

#include <math.h>

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  value: {name: Value, formula: \"sum(opportunity.amount where outcome = 'won' on closed_at)\", better: higher}\n"
    "  rate: {name: Rate, formula: won / decided, better: higher}\n"
    "  mean_size: {name: Mean size, formula: \"mean(opportunity.amount where outcome = 'won' on closed_at)\", better: "
    "higher}\n"
    "  middle: {name: Middle, formula: \"median(opportunity.amount on closed_at)\", better: higher}\n"
    "  forced: {name: Forced, formula: won * value / decided, better: higher, drivers: [rate, value]}\n";

/* The caller frees the answer as JSON; NULL with the error. */
static char *decomposed(World *world, const char *kpi, const char *by, const char *period, GError **error) {
  Session session = world_session(world);
  AnswerQuestion question = {.kpis = (const char *const[]){kpi, NULL},
                             .by = by != NULL ? (const char *const[]){by, NULL} : NULL,
                             .period = period};
  g_auto(AnswerRequest) request = {0};
  if (!answer_request_read(&session, &question, &request, error) || !answer_decompose_check(&session, &request, error))
    return NULL;
  g_autoptr(QueryResult) result = query_run(&world->context, &request.request, error);
  g_autoptr(AnswerDecomposition) split = result != NULL ? answer_decompose(&session, result, error) : NULL;
  if (split == NULL) return NULL;
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  answer_decompose_json(split, out);
  fclose(out);
  return text;
}

/* The number behind the `nth` "key": of a text, counted from 0; NAN where it is null. */
static double number(const char *text, const char *key, guint nth) {
  g_autofree char *quoted = g_strdup_printf("\"%s\": ", key);
  const char *at = strstr(text, quoted);
  while (at != NULL && nth-- > 0) at = strstr(at + 1, quoted);
  if (at == NULL) fail_msg("there is no %s in %s", key, text);
  at += strlen(quoted);
  return g_str_has_prefix(at, "null") ? NAN : g_ascii_strtod(at, NULL);
}

static gboolean near(double a, double b) {
  return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

/* North's Ana, South's Ben and Cid. Second quarter: Ana won 100 and 300 and lost 1; Ben lost 1. Third: Ana won 50 and
 * lost 2; Ben won 200; Cid is new: won 10. */
static World world_by_hand(void) {
  World world = world_empty(definitions);
  world_add_team(&world, 1, "North");
  world_add_team(&world, 2, "South");
  world_add_person(&world, 1, "Ana", 1);
  world_add_person(&world, 2, "Ben", 2);
  world_add_person(&world, 3, "Cid", 2);
  const WorldDeal deals[] = {
      {1, "2026-04-10", "won", 100}, {1, "2026-05-10", "won", 300}, {1, "2026-06-10", "lost", 9},
      {2, "2026-06-11", "lost", 9},  {1, "2026-07-10", "won", 50},  {1, "2026-08-10", "lost", 9},
      {1, "2026-08-11", "lost", 9},  {2, "2026-08-12", "won", 200}, {3, "2026-09-12", "won", 10}};
  world_add_deals(&world, "2026-01-02", deals, G_N_ELEMENTS(deals));
  world_set_clock(&world, base_day_from_civil(2026, 11, 2));
  return world;
}

/* 400, then 260: Ana 400 to 50, Ben 0 to 200, Cid 0 to 10. The first value and change are of all. */
static void splits_a_sum_by_its_members(void **state) {
  g_auto(World) world = world_by_hand();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = decomposed(&world, "value", "rep", "2026-Q3", &error);
  assert_non_null(text);
  assert_true(number(text, "value", 0) == 260 && number(text, "compared_value", 0) == 400);
  assert_true(number(text, "change", 0) == -140 && number(text, "rest_effect", 0) == 0);
  assert_true(isnan(number(text, "rate_effect", 0)));
  assert_true(number(text, "effect", 0) == -350 && number(text, "effect", 1) == 200 && number(text, "effect", 2) == 10);
  const char *ana = strstr(text, "\"Ana\""), *ben = strstr(text, "\"Ben\""), *cid = strstr(text, "\"Cid\"");
  assert_true(ana != NULL && ben > ana && cid > ben);
  assert_true(g_str_has_prefix(cid, "\"Cid\",") && strstr(cid, "\"state\": \"new\"") != NULL);
}

/* 2 of 4, then 3 of 5: +0.1. North 2 of 3 to 1 of 3: its share 3/4 to 3/5, rate −1/3 · 0.675 = −0.225, mix
 * −0.15 · (0.5 − 0.55) = +0.0075. South 0 of 1 to 2 of 2: rate 1 · 0.325 = 0.325, mix 0.15 · (0.5 − 0.55) = −0.0075. */
static void splits_a_ratio_by_rate_and_mix(void **state) {
  g_auto(World) world = world_by_hand();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = decomposed(&world, "rate", "team", "2026-Q3", &error);
  assert_non_null(text);
  assert_true(near(number(text, "change", 0), 0.1) && number(text, "rest_effect", 0) == 0);
  assert_true(near(number(text, "rate_effect", 0), 0.1) && fabs(number(text, "mix_effect", 0)) < 1e-12);
  assert_true(near(number(text, "rate_effect", 1), 0.325) && near(number(text, "mix_effect", 1), -0.0075));
  assert_true(near(number(text, "rate_effect", 2), -0.225) && near(number(text, "mix_effect", 2), 0.0075));
}

/* Means of 200 of 2 deals, then 260 / 3 of 3: Ana 200 to 50, her share 1 to 1/3. Rate −150 · 2/3 = −100; mix
 * −2/3 · (125 − (200 + 260 / 3) / 2) = +12.2222… */
static void splits_a_mean_by_its_records(void **state) {
  g_auto(World) world = world_by_hand();
  g_autoptr(GError) error = NULL;
  g_autofree char *text = decomposed(&world, "mean_size", "rep", "2026-Q3", &error);
  assert_non_null(text);
  const char *ana = strstr(text, "\"Ana\"");
  assert_true(near(number(ana, "rate_effect", 0), -100));
  assert_true(near(number(ana, "mix_effect", 0), -2.0 / 3 * (125 - (200 + 260.0 / 3) / 2)));
  assert_true(near(number(text, "change", 0), 260.0 / 3 - 200) && number(text, "rest_effect", 0) == 0);
}

static void refuses_what_is_not_made_of_members(void **state) {
  static const struct {
    const char *kpi, *by, *period, *why;
    gint code;
  } cases[] = {
      {"middle", "team", "2026-Q3", "a median or quantile", BASE_ERROR_INPUT},
      {"forced", "team", "2026-Q3", "split what drives it in its place: Rate, Value", BASE_ERROR_INPUT},
      {"rate", "team", "2026-Q2", "Rate has no value in 2026-Q1", BASE_ERROR_INPUT},
      {"rate", "team", "2026-01", "Rate has no value in 2026-01", BASE_ERROR_INPUT},
      {"rate", NULL, "2026-Q3", "one dimension", BASE_ERROR_USAGE},
      {"rate", "team,rep", "2026-Q3", "one dimension", BASE_ERROR_USAGE},
      {"rate,value", "team", "2026-Q3", "one KPI", BASE_ERROR_USAGE},
      {"rat", "team", "2026-Q3", "rate", BASE_ERROR_NOT_FOUND},
  };
  g_auto(World) world = world_by_hand();
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(decomposed(&world, cases[i].kpi, cases[i].by, cases[i].period, &error));
    if (!g_error_matches(error, BASE_ERROR, cases[i].code) || strstr(error->message, cases[i].why) == NULL)
      fail_msg("%s: %s", cases[i].kpi, error->message);
  }
}

static void is_a_table_for_people(void **state) {
  g_auto(World) world = world_by_hand();
  Session session = world_session(&world);
  AnswerQuestion question = {
      .kpis = (const char *const[]){"rate", NULL}, .by = (const char *const[]){"team", NULL}, .period = "2026-Q3"};
  g_auto(AnswerRequest) request = {0};
  assert_true(answer_request_read(&session, &question, &request, NULL));
  assert_true(answer_decompose_check(&session, &request, NULL));
  g_autoptr(QueryResult) result = query_run(&world.context, &request.request, NULL);
  g_autoptr(AnswerDecomposition) split = answer_decompose(&session, result, NULL);
  g_autoptr(CliTable) table = answer_decompose_table(split);
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  cli_table_print_markdown(table, out);
  answer_decompose_csv(split, out);
  fclose(out);
  assert_non_null(strstr(text, "| South | 0.0 % | 100.0 % | +32.5 pt | -0.8 pt | +31.8 pt |"));
  assert_non_null(
      strstr(text, "\nteam,state,value,compared_value,effect,rate_effect,mix_effect\r\nSouth,both,1,0,0.3175,"));
  free(text);
}

/* --- any company --- */

/* Each deal is of one person and one team on its day: by hand, person by person, what was won and decided. */
static void comes_to_the_whole_change_of_any_company(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  guint n_split = 0;
  for (int turn = 0; turn < 6; turn++) {
    Company company = company_new(random, base_day_from_civil(2024, 1, 1));
    g_auto(World) world = world_new(&company, definitions, FALSE);
    const char *const by[] = {"rep", "team", "account"}, *const kpis[] = {"value", "rate", "mean_size"};
    for (guint i = 0; i < 9; i++) {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = decomposed(&world, kpis[i / 3], by[i % 3], "2024-Q3", &error);
      if (text == NULL && g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT)) continue;
      if (text == NULL) fail_msg("%s", error->message);
      n_split++;
      double sum = number(text, "rest_effect", 0), change = number(text, "change", 0);
      g_auto(GStrv) effects = g_strsplit(text, "\"effect\": ", -1);
      for (guint e = 1; effects[e] != NULL; e++) sum += g_ascii_strtod(effects[e], NULL);
      assert_true(near(sum, change) && number(text, "rest_effect", 0) == 0);
    }
  }
  assert_true(n_split > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(splits_a_sum_by_its_members),  cmocka_unit_test(splits_a_ratio_by_rate_and_mix),
      cmocka_unit_test(splits_a_mean_by_its_records), cmocka_unit_test(refuses_what_is_not_made_of_members),
      cmocka_unit_test(is_a_table_for_people),        cmocka_unit_test(comes_to_the_whole_change_of_any_company),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
