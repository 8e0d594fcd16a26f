/* Questions asked again of kept cells, while what they were bound to by the first asking changes: the day, the days
 * that there are records of, where the cells lie, whose they are. Each answer is counted by hand from the deals put. */
#include "company.h"
#include "query/live.h"

#define CAP       ((gsize)1 << 30)
#define JUNE_10TH 20614 /* 2026-06-10 */

static const char definitions[] =
    "measures:\n"
    "  deals: count(opportunity on created_at)\n"
    "  amount: sum(opportunity.amount on created_at)\n"
    "  large: count(opportunity where amount > 500 on created_at)\n"
    "  small: count(opportunity where amount < 200 on created_at)\n"
    "  largest: max(opportunity.amount on created_at)\n"
    "  median: median(opportunity.amount on created_at)\n"
    "  won: count(opportunity where outcome = 'won' on created_at)\n";

typedef struct {
  World world;
  QueryLive *live;
  int n_deals, load;
} Scene;

static void begin(Scene *scene) {
  g_autoptr(GError) error = NULL;
  if (scene->live != NULL && !query_live_before(scene->live, &error)) fail_msg("%s", error->message);
  company_sql(scene->world.store, "BEGIN");
  scene->load++;
}

static void put(Scene *scene, const char *day, int owner, int amount) {
  int n = ++scene->n_deals;
  company_sql(scene->world.store,
              "INSERT INTO opportunity BY NAME SELECT %d::UBIGINT AS key, 'd%d' AS id, %d AS \"load\", %d AS owner, 1 "
              "AS account, DATE '%s' AS created_at_day, created_at_day::TIMESTAMP + INTERVAL 9 HOUR AS created_at, "
              "'open' AS outcome, %d AS amount, 'EUR' AS currency",
              n, n, scene->load, owner, day, amount * 100);
}

static void commit(Scene *scene) {
  g_autoptr(GError) error = NULL;
  Store *store = scene->world.store;
  company_sql(store, "INSERT INTO load (load, source, \"at\") VALUES (%d, 'test', TIMESTAMP '2026-06-01')",
              scene->load);
  company_sql(store, "DELETE FROM ledger_stat WHERE table_name = 'opportunity'");
  company_sql(store,
              "INSERT INTO ledger_stat SELECT 'opportunity', count(*), min(created_at_day), max(created_at_day), "
              "max(created_at), FALSE FROM opportunity");
  company_sql(store, "COMMIT");
  if (scene->live != NULL && !query_live_after(scene->live, scene->world.context.now_us, &error))
    fail_msg("%s", error->message);
}

/* On 10 June 2026: deals of Ana on 12 and 13 May, and on 10 June. */
static void scene_init(Scene *scene, gsize max_bytes) {
  g_autoptr(GError) error = NULL;
  *scene = (Scene){.world = world_empty(definitions)};
  company_sql(scene->world.store,
              "INSERT INTO person BY NAME SELECT * FROM (VALUES (1::UBIGINT, 'p1', 'Ana', true), (2, 'p2', 'Bo', "
              "true)) p(key, id, name, known)");
  world_set_clock(&scene->world, JUNE_10TH);
  begin(scene);
  put(scene, "2026-05-12", 1, 100);
  put(scene, "2026-05-13", 1, 200);
  put(scene, "2026-06-10", 1, 300);
  commit(scene);
  scene->live = query_live_new(&scene->world.context, max_bytes, &error);
  if (scene->live == NULL) fail_msg("%s", error->message);
}

static void scene_clear(Scene *scene) {
  query_live_free(scene->live);
  world_clear(&scene->world);
}

static QueryResult *ask(Scene *scene, const char *kpi, const char *period, const char *where) {
  g_autoptr(GError) error = NULL;
  QueryRequest request = {.kpis = (const char *const[]){kpi, NULL},
                          .where = (const char *const[]){where, NULL},
                          .period = period,
                          .compare = QUERY_COMPARE_PREVIOUS,
                          .rates_of = BASE_DAY_NONE};
  QueryResult *result = query_live_ask(scene->live, NULL, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  assert_true(query_result_is_from_cells(result));
  return result;
}

static double value(Scene *scene, const char *kpi, const char *period, const char *where) {
  g_autoptr(QueryResult) result = ask(scene, kpi, period, where);
  assert_int_equal(query_result_n_rows(result), 1);
  return query_result_row(result, 0)->value.value;
}

/* Asked anew, by what the question was bound to, or by nothing that was asked before. */
static void read_anew(Scene *scene, gboolean bound) {
  if (bound)
    query_live_forget_answers(scene->live);
  else
    query_live_forget_questions(scene->live);
}

static void check_june(Scene *scene, double deals, double deals_of_may) {
  for (int bound = 0; bound <= 1; bound++) {
    g_autoptr(QueryResult) result = ask(scene, "deals", "this-month", NULL);
    const QueryRow *row = query_result_row(result, 0);
    assert_true(row->value.value == deals && row->has_compared && row->compared.value == deals_of_may);
    read_anew(scene, bound);
  }
}

/* June's working days until the 10th are eight, as May's until the 12th; until the 11th nine, as May's until the 13th.
 * The cells are laid out as before, for there are records of days after the clock's, of which nobody knows yet. */
static void another_day_is_bound_anew(void **state) {
  g_autoptr(GError) error = NULL;
  Scene scene;
  scene_init(&scene, CAP);
  begin(&scene);
  put(&scene, "2026-06-11", 2, 400);
  put(&scene, "2026-12-31", 2, 500);
  commit(&scene);
  check_june(&scene, 1, 1);
  world_set_clock(&scene.world, JUNE_10TH + 1);
  if (!query_live_after(scene.live, scene.world.context.now_us, &error)) fail_msg("%s", error->message);
  check_june(&scene, 2, 2);
  scene_clear(&scene);
}

/* All days are those that there are records of, until today. */
static void records_of_earlier_days_are_in_all(void **state) {
  Scene scene;
  scene_init(&scene, CAP);
  assert_true(value(&scene, "deals", "all", NULL) == 3);
  begin(&scene);
  put(&scene, "2026-01-05", 1, 50);
  commit(&scene);
  g_autoptr(QueryResult) all = ask(&scene, "deals", "all", NULL);
  assert_true(query_result_row(all, 0)->value.value == 4);
  assert_int_equal(query_result_period(all, 0)->start, JUNE_10TH - 156); /* 5 January */
  assert_int_equal(query_live_state(scene.live).n_follows, 1);
  scene_clear(&scene);
}

static const struct {
  const char *kpi;
  double value;
} of_2026[] = {{"deals", 3},     {"amount", 600}, {"large", 0}, {"small", 1},
               {"largest", 300}, {"median", 200}, {"won", 0}};

static void check_2026(Scene *scene, double more) {
  for (gsize k = 0; k < G_N_ELEMENTS(of_2026); k++) {
    double expected = of_2026[k].value;
    if (k == 0 || k == 2) expected += more;
    if (k == 1) expected += 1000 * more;
    if (k == 4 && more > 0) expected = 1000;
    if (k == 5 && more > 0) expected = 250; /* of 100, 200, 300 and 1,000 */
    assert_true(value(scene, of_2026[k].kpi, "2026-01..2026-06", NULL) == expected);
  }
}

/* Each KPI asked brings cells of its own, and in the end all are counted as one table. */
static void cells_laid_out_otherwise_are_bound_anew(void **state) {
  Scene scene;
  scene_init(&scene, CAP);
  check_2026(&scene, 0);
  read_anew(&scene, TRUE);
  check_2026(&scene, 0);
  begin(&scene);
  put(&scene, "2026-06-02", 2, 1000);
  commit(&scene);
  check_2026(&scene, 1);
  check_2026(&scene, 1);
  scene_clear(&scene);
}

/* Everybody's own cells are laid out alike, and one binding reads them all, of either side. */
static void people_have_their_own_numbers(void **state) {
  Scene scene;
  scene_init(&scene, CAP);
  for (int more = 0; more <= 3; more++) {
    for (int bound = 0; bound <= 1; bound++) {
      assert_true(value(&scene, "amount", "2026-01..2026-06", "rep = 'Ana'") == 600 + 100 * more);
      assert_true(value(&scene, "amount", "2026-01..2026-06", "rep = 'Bo'") == 7 * more);
      read_anew(&scene, bound);
    }
    begin(&scene);
    put(&scene, "2026-06-03", 1, 100);
    put(&scene, "2026-06-04", 2, 7);
    commit(&scene);
  }
  scene_clear(&scene);
}

/* Two deals of May and one of June, from January to each month. */
static void check_months(Scene *scene) {
  for (int month = 1; month <= 12; month++) {
    g_autofree char *period = g_strdup_printf("2026-01..2026-%02d", month);
    assert_true(value(scene, "deals", period, NULL) == (month < 5 ? 0 : month == 5 ? 2 : 3));
    assert_true(value(scene, "amount", period, NULL) == (month < 5 ? 0 : month == 5 ? 300 : 600));
  }
}

/* An eighth of 16 kB is room for some three of these bindings. */
static void bindings_beyond_the_cap_are_let_go_of(void **state) {
  Scene scene;
  scene_init(&scene, 16384);
  for (int i = 0; i < 3; i++) {
    check_months(&scene);
    read_anew(&scene, TRUE);
  }
  scene_clear(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(another_day_is_bound_anew), cmocka_unit_test(records_of_earlier_days_are_in_all),
      cmocka_unit_test(cells_laid_out_otherwise_are_bound_anew), cmocka_unit_test(people_have_their_own_numbers),
      cmocka_unit_test(bindings_beyond_the_cap_are_let_go_of)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
