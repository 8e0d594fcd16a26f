/* Readers while one writer changes the ledger: every answer is of one commit. Each change adds two deals that share
 * 1,000 euros, or moves euros from one of such a pair to the other; so the deals are always even in number, and their
 * amounts 500 times as many euros as there are deals, of all and of the rows together. */
#include "company.h"
#include "query/live.h"

#include <math.h>

#define N_READERS 3
#define N_CHANGES 60

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

static void run_sql(Store *store, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void run_sql(Store *store, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *sql = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autoptr(GError) error = NULL;
  if (!store_run(store, sql, NULL, 0, NULL, &error)) fail_msg("%s", error->message);
}

static QueryResult *ask(Scene *scene, const char *by, GError **error) {
  const char *kpis[] = {"deals", "amount", "largest", "buyers", NULL}, *dims[] = {by, NULL};
  QueryRequest request = {.kpis = kpis, .by = dims, .period = "2026", .rates_of = BASE_DAY_NONE};
  return query_live_ask(scene->live, &request, error);
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
  run_sql(store, "INSERT INTO load (load, source, \"at\") VALUES (%d, 'test', TIMESTAMP '2026-06-01')", load);
  run_sql(store, "DELETE FROM ledger_stat WHERE table_name = 'opportunity'");
  run_sql(store,
          "INSERT INTO ledger_stat SELECT 'opportunity', count(*), min(created_at_day), max(created_at_day), "
          "max(created_at), FALSE FROM opportunity");
  run_sql(store, "COMMIT");
}

static void add_pair(Store *store, GRand *random, int load) {
  int part = g_rand_int_range(random, 0, 1000), month = g_rand_int_range(random, 1, 6);
  for (int i = 0; i < 2; i++)
    run_sql(
        store,
        "INSERT INTO opportunity BY NAME SELECT %d::UBIGINT AS key, 'd%d' AS id, %d AS \"load\", %d AS owner, %d AS "
        "account, TIMESTAMP '2026-%02d-03' AS created_at, DATE '2026-%02d-03' AS created_at_day, 'open' AS "
        "outcome, %d AS amount, 'EUR' AS currency",
        2 * load + i, 2 * load + i, load, g_rand_int_range(random, 1, N_PEOPLE + 1),
        g_rand_int_range(random, 1, N_ACCOUNTS + 1), month, month, (i ? 1000 - part : part) * 100);
}

static void change_pair(Store *store, GRand *random, int load) {
  int pair = g_rand_int_range(random, 1, load), moved = g_rand_int_range(random, -300, 300) * 100;
  run_sql(store,
          "INSERT INTO opportunity_history BY NAME SELECT *, TIMESTAMP '2026-06-01' AS superseded_at, %d AS "
          "superseded_by FROM opportunity WHERE key IN (%d, %d)",
          load, 2 * pair, 2 * pair + 1);
  run_sql(store,
          "UPDATE opportunity SET \"load\" = %d, amount = amount + CASE WHEN key = %d THEN %d ELSE %d END WHERE key IN "
          "(%d, %d)",
          load, 2 * pair, moved, -moved, 2 * pair, 2 * pair + 1);
}

static void change(Scene *scene, GRand *random, int load) {
  g_autoptr(GError) error = NULL;
  Store *store = scene->world.store;
  if (!query_live_before(scene->live, &error)) fail_msg("%s", error->message);
  run_sql(store, "BEGIN");
  if (load == 1 || g_rand_boolean(random))
    add_pair(store, random, load);
  else
    change_pair(store, random, load);
  commit_load(store, load);
  if (!query_live_after(scene->live, scene->world.context.now_us, &error)) fail_msg("%s", error->message);
}

static void every_answer_is_of_one_commit(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  Company company = company_new(random, 20000);
  Scene scene = {.world = world_new(&company, definitions, FALSE)};
  run_sql(scene.world.store, "DELETE FROM opportunity");
  scene.world.context.today = 20800; /* 2026-12-13 */
  scene.world.context.now_us = calendar_start_of_day(scene.world.calendar, 20801) - 1;
  g_autoptr(GError) error = NULL;
  scene.live = query_live_new(&scene.world.context, (gsize)1 << 30, &error);
  if (scene.live == NULL) fail_msg("%s", error->message);
  GThread *readers[N_READERS];
  for (int i = 0; i < N_READERS; i++) readers[i] = g_thread_new("reader", read_on, &scene);
  for (int load = 1; load <= N_CHANGES; load++) change(&scene, random, load);
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
  query_live_free(scene.live);
  world_clear(&scene.world);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_answer_is_of_one_commit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
