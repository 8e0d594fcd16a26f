/* Kept cells while the ledger changes: with readers in several threads, with calls that fail, and at length. Each
 * change adds two deals that share 1,000 euros, or moves euros from one of such a pair to the other; so the deals are
 * always even in number, and their amounts 500 times as many euros as there are deals, of all and of the rows together.
 */
#include "base/fault.h"
#include "company.h"
#include "query/live.h"

#include <math.h>

#define N_READERS 3
#define N_CHANGES 40

static const char definitions[] =
    "measures:\n"
    "  deals: count(opportunity on created_at)\n"
    "  amount: sum(opportunity.amount on created_at)\n"
    "  largest: max(opportunity.amount on created_at)\n"
    "  buyers: distinct(opportunity.account on created_at)\n";

typedef struct {
  World world;
  QueryLive *live;
  gint stop; /* atomic */
} Scene;

static QueryResult *ask(Scene *scene, const char *by, GError **error) {
  const char *kpis[] = {"deals", "amount", "largest", "buyers", NULL}, *dims[] = {by, NULL};
  QueryRequest request = {.kpis = kpis, .by = dims, .period = "2026", .rates_of = BASE_DAY_NONE};
  return query_live_ask(scene->live, NULL, &request, error);
}

static double sum_of(const QueryResult *result, guint kpi, gboolean of_totals) {
  double sum = 0;
  for (guint r = 0; r < (of_totals ? query_result_n_totals(result) : query_result_n_rows(result)); r++) {
    const QueryRow *row = of_totals ? query_result_total(result, r) : query_result_row(result, r);
    if (row->kpi == kpi) sum += row->value.value;
  }
  return sum;
}

/* NULL, or what is wrong. */
static char *fault_in(const QueryResult *result, gint64 *last_load) {
  double deals = sum_of(result, 0, FALSE), amount = sum_of(result, 1, FALSE);
  double all_deals = sum_of(result, 0, TRUE), all_amount = sum_of(result, 1, TRUE);
  gint64 load = query_result_load(result);
  if (load < *last_load) return g_strdup_printf("load %d after %d", (int)load, (int)*last_load);
  *last_load = load;
  if (deals == all_deals && amount == all_amount && amount == 500 * deals && fmod(deals, 2) == 0) return NULL;
  return g_strdup_printf("%g deals of %g in the rows, %g of %g in all", deals, amount, all_deals, all_amount);
}

static gpointer read_on(gpointer data) {
  Scene *scene = data;
  gint64 last_load = 0;
  char *fault = NULL;
  for (guint i = 0; fault == NULL && !g_atomic_int_get(&scene->stop); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(QueryResult) result = ask(scene, i % 2 ? "rep" : "account", &error);
    fault = result == NULL ? g_strdup(error->message) : fault_in(result, &last_load);
  }
  return fault;
}

static void commit_load(Store *store, int load) {
  company_sql(store, "INSERT INTO load (load, source, \"at\") VALUES (%d, 'test', TIMESTAMP '2026-06-01')", load);
  company_sql(store, "DELETE FROM ledger_stat WHERE table_name = 'opportunity'");
  company_sql(store,
              "INSERT INTO ledger_stat SELECT 'opportunity', count(*), min(created_at_day), max(created_at_day), "
              "max(created_at), FALSE FROM opportunity");
  company_sql(store, "COMMIT");
}

static void add_pair(Store *store, GRand *random, int load) {
  int part = g_rand_int_range(random, 0, 1000), month = g_rand_int_range(random, 1, 6);
  for (int i = 0; i < 2; i++)
    company_sql(
        store,
        "INSERT INTO opportunity BY NAME SELECT %d::UBIGINT AS key, 'd%d' AS id, %d AS \"load\", %d AS owner, %d AS "
        "account, TIMESTAMP '2026-%02d-03' AS created_at, DATE '2026-%02d-03' AS created_at_day, 'open' AS "
        "outcome, %d AS amount, 'EUR' AS currency",
        2 * load + i, 2 * load + i, load, g_rand_int_range(random, 1, N_PEOPLE + 1),
        g_rand_int_range(random, 1, N_ACCOUNTS + 1), month, month, (i ? 1000 - part : part) * 100);
}

static void change_pair(Store *store, GRand *random, int n_pairs, int load) {
  int pair = g_rand_int_range(random, 1, n_pairs), moved = g_rand_int_range(random, -300, 300) * 100;
  company_sql(store,
              "INSERT INTO opportunity_history BY NAME SELECT *, TIMESTAMP '2026-06-01' AS superseded_at, %d AS "
              "superseded_by FROM opportunity WHERE key IN (%d, %d)",
              load, 2 * pair, 2 * pair + 1);
  company_sql(
      store,
      "UPDATE opportunity SET \"load\" = %d, amount = amount + CASE WHEN key = %d THEN %d ELSE %d END WHERE key IN "
      "(%d, %d)",
      load, 2 * pair, moved, -moved, 2 * pair, 2 * pair + 1);
}

/* Commits a change, whatever becomes of following it. */
static void write_change(Scene *scene, GRand *random, int load) {
  g_autoptr(GError) error = NULL;
  Store *store = scene->world.store;
  if (!query_live_before(scene->live, &error)) fail_msg("%s", error->message);
  company_sql(store, "BEGIN");
  if (load == 1 || (load < N_CHANGES && g_rand_boolean(random)))
    add_pair(store, random, load);
  else
    change_pair(store, random, MIN(load, N_CHANGES), load);
  commit_load(store, load);
}

static void change(Scene *scene, GRand *random, int load) {
  g_autoptr(GError) error = NULL;
  write_change(scene, random, load);
  if (!query_live_after(scene->live, scene->world.context.now_us, &error)) fail_msg("%s", error->message);
}

static void scene_init(Scene *scene, GRand *random) {
  g_autoptr(GError) error = NULL;
  Company company = company_new(random, 20000);
  *scene = (Scene){.world = world_new(&company, definitions, FALSE)};
  company_sql(scene->world.store, "DELETE FROM opportunity");
  world_set_clock(&scene->world, 20800); /* 2026-12-13 */
  scene->live = query_live_new(&scene->world.context, (gsize)1 << 30, &error);
  if (scene->live == NULL) fail_msg("%s", error->message);
}

static void scene_clear(Scene *scene) {
  query_live_free(scene->live);
  world_clear(&scene->world);
}

static void every_answer_is_of_one_commit(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Scene scene;
  scene_init(&scene, random);
  GThread *readers[N_READERS];
  for (int i = 0; i < N_READERS; i++) readers[i] = g_thread_new("reader", read_on, &scene);
  for (int load = 1; load <= N_CHANGES; load++) change(&scene, random, load);
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) last = ask(&scene, "rep", &error);
  g_atomic_int_set(&scene.stop, 1);
  for (int i = 0; i < N_READERS; i++) {
    g_autofree char *fault = g_thread_join(readers[i]);
    if (fault != NULL) fail_msg("a reader found %s", fault);
  }
  assert_int_equal(query_result_load(last), N_CHANGES);
  QueryLiveState state_now = query_live_state(scene.live);
  print_message("%d changes, %" G_GINT64_FORMAT " followed\n", N_CHANGES, state_now.n_follows);
  assert_true(state_now.n_follows > 0);
  scene_clear(&scene);
}

/* The answer is of one commit, and of the last one when `load` is given. */
static void check_answer(Scene *scene, gint64 load) {
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = ask(scene, "rep", &error);
  if (result == NULL) fail_msg("%s", error->message);
  gint64 none = 0;
  g_autofree char *fault = fault_in(result, &none);
  if (fault != NULL) fail_msg("%s", fault);
  if (load > 0) assert_int_equal(query_result_load(result), load);
}

/* Each call of the store fails once while a change is followed. What was answered before stays right; when it is tried
 * again, or the next change is followed, that brings all of them. */
static void a_failure_leaves_right_answers(void **state) {
  static const char *const points[] = {"store.query", "store.scan", "store.run"};
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Scene scene;
  scene_init(&scene, random);
  int load = 0, n_failed = 0;
  for (; load < N_CHANGES - 1; load++) change(&scene, random, load + 1);
  check_answer(&scene, load);
  for (gsize p = 0; p < G_N_ELEMENTS(points); p++) {
    gboolean failed = TRUE;
    for (guint nth = 1; failed && nth < 200; nth++) {
      g_autoptr(GError) error = NULL;
      write_change(&scene, random, ++load);
      base_fault_arm(points[p], nth);
      failed = !query_live_after(scene.live, scene.world.context.now_us, &error);
      base_fault_disarm();
      n_failed += failed;
      if (nth % 2 == 0)
        change(&scene, random, ++load);
      else
        check_answer(&scene, failed ? 0 : load);
      if (!query_live_after(scene.live, scene.world.context.now_us, NULL)) fail_msg("not followed again");
      check_answer(&scene, load);
    }
  }
  print_message("%d failures\n", n_failed);
  assert_true(n_failed >= (int)G_N_ELEMENTS(points)); /* each is passed */
  scene_clear(&scene);
}

/* With all remembered that answers are found in. */
static gsize bytes_of_all(Scene *scene, int load) {
  query_live_forget_answers(scene->live);
  check_answer(scene, load);
  return query_live_state(scene->live).bytes;
}

/* Records that change again and again take no more memory. */
static void memory_stays_as_it_is(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Scene scene;
  scene_init(&scene, random);
  int load = 0;
  for (; load < N_CHANGES; load++) change(&scene, random, load + 1);
  check_answer(&scene, load);
  gsize before = 0, after = 0;
  for (int i = 0; i < 140; i++) {
    change(&scene, random, ++load);
    check_answer(&scene, load);
    if (i == 39) before = bytes_of_all(&scene, load);
  }
  after = bytes_of_all(&scene, load);
  print_message("%zu bytes of cells, then %zu\n", before, after);
  assert_true(after < before + before / 20); /* of the same side; other records have changed, not more */
  scene_clear(&scene);
}

/* So many records and numbers that several threads count and evaluate them. Deal i is of account i % 240 and month
 * i / 240 % 12, worth i % 7 euros, but every eleventh nothing that is known. */
#define N_MANY         70000
#define N_ALL_ACCOUNTS 240

static void check_many(const QueryResult *result) {
  gint64 deals[N_ALL_ACCOUNTS][12] = {{0}}, euros[N_ALL_ACCOUNTS][12] = {{0}};
  for (int i = 0; i < N_MANY; i++) {
    int account = i % N_ALL_ACCOUNTS, month = i / N_ALL_ACCOUNTS % 12;
    deals[account][month]++;
    if (i % 11 != 0) euros[account][month] += i % 7;
  }
  assert_int_equal(query_result_n_rows(result), N_ALL_ACCOUNTS * 4 * 12);
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    int account = (int)g_ascii_strtoll(row->members[0] + strlen("Account "), NULL, 10);
    if (row->kpi == 0) assert_true(row->value.value == (double)deals[account][row->period]);
    if (row->kpi == 1) assert_true(row->value.value == (double)euros[account][row->period]);
    if (row->kpi == 1) assert_true(row->has_compared && row->compared.value == 0);
    if (row->kpi == 3) assert_true(row->value.value == 1);
  }
  assert_int_equal(query_result_n_totals(result), 4 * 12);
  for (guint r = 0; r < 24; r++) {
    const QueryRow *row = query_result_total(result, r);
    gint64 expected = 0;
    for (int a = 0; a < N_ALL_ACCOUNTS; a++) expected += (row->kpi == 0 ? deals : euros)[a][row->period];
    assert_true(row->value.value == (double)expected);
  }
}

static void many_records_are_counted_by_several_threads(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  g_autoptr(GError) error = NULL;
  Scene scene;
  scene_init(&scene, random);
  company_sql(scene.world.store, "DELETE FROM account");
  company_sql(scene.world.store,
              "INSERT INTO account BY NAME SELECT i + 1 AS key, 'a' || i AS id, 'Account ' || i AS name, true AS known "
              "FROM range(%d) r(i)",
              N_ALL_ACCOUNTS);
  company_sql(scene.world.store, "BEGIN");
  company_sql(scene.world.store,
              "INSERT INTO opportunity BY NAME SELECT i::UBIGINT AS key, 'd' || i AS id, 1 AS \"load\", 1 AS owner, "
              "1 + i %% %d AS account, make_date(2026, (1 + i // %d %% 12)::INTEGER, 9) AS created_at_day, "
              "created_at_day::TIMESTAMP AS created_at, 'open' AS outcome, CASE WHEN i %% 11 <> 0 THEN i %% 7 * 100 "
              "END AS amount, 'EUR' AS currency FROM range(%d) r(i)",
              N_ALL_ACCOUNTS, N_ALL_ACCOUNTS, N_MANY);
  commit_load(scene.world.store, 1);
  query_live_free(scene.live);
  scene.live = query_live_new(&scene.world.context, (gsize)1 << 30, &error);
  world_set_clock(&scene.world, 20818); /* 2026-12-31 */
  const char *kpis[] = {"deals", "amount", "largest", "buyers", NULL}, *dims[] = {"account", NULL};
  QueryRequest request = {.kpis = kpis,
                          .by = dims,
                          .period = "2026",
                          .has_grain = TRUE,
                          .grain = CALENDAR_MONTH,
                          .compare = QUERY_COMPARE_YEAR_AGO,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) kept = query_live_ask(scene.live, NULL, &request, &error);
  g_autoptr(QueryResult) counted = query_run(&scene.world.context, &request, &error);
  if (kept == NULL || counted == NULL) fail_msg("%s", error->message);
  assert_true(query_result_is_from_cells(kept));
  check_many(kept);
  check_many(counted);
  scene_clear(&scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_answer_is_of_one_commit), cmocka_unit_test(a_failure_leaves_right_answers),
      cmocka_unit_test(many_records_are_counted_by_several_threads), cmocka_unit_test(memory_stays_as_it_is)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
