/* Random ledgers, changed load by load: after each refresh every derived table has exactly the rows of its plain form
 * (plain/NAME.sql: one SELECT over the facts, as slow as it is short), whether it was made anew or only for the deals
 * that the load touched. The seed is printed; ATTAIN_TEST_SEED repeats a run. */
#include "fixture.h"

#include <stdlib.h>

#define N_DEALS 60

typedef struct {
  Store *store;
  GRand *rand;
  int load;
  int n_rows; /* ids given so far */
} World;

static gint32 below(World *world, gint32 n) {
  return g_rand_int_range(world->rand, 0, n);
}

static const char *one_of(World *world, const char *const *choices, gsize n) {
  return choices[below(world, (gint32)n)];
}
#define ONE_OF(world, ...) \
  one_of((world), (const char *const[]){__VA_ARGS__}, G_N_ELEMENTS(((const char *const[]){__VA_ARGS__})))

/* An instant within seven weeks and its day, or nulls once in `null_in` (0: never). Few hours, so that many meet. */
static char *instant(World *world, int null_in) {
  if (null_in && below(world, null_in) == 0) return g_strdup("NULL, NULL");
  int day = below(world, 50), hour = below(world, 3) * 6;
  return g_strdup_printf("TIMESTAMP '2026-01-01' + INTERVAL %d HOUR, DATE '2026-01-01' + %d", day * 24 + hour, day);
}

static const char *stage_name(World *world) {
  return ONE_OF(world, "'Qualify'", "'Discover'", "'propose'", "'Propose'", "'Negotiate'", "'Won'", "'Lost'", "'Train'",
                "'Apply'", "'Elsewhere'", "'Waiting for a signature'", "NULL");
}

/* The row's version goes to the history, as the loader does it. */
static void supersede(World *world, const char *table, const char *id) {
  runf(world->store,
       "INSERT INTO %s_history BY NAME SELECT *, TIMESTAMP '2026-06-01' AS superseded_at, %d AS superseded_by FROM %s "
       "WHERE id = '%s'; DELETE FROM %s WHERE id = '%s'",
       table, world->load, table, id, table, id);
}

static void write_deal(World *world, int deal) {
  g_autofree char *id = g_strdup_printf("D%d", deal);
  supersede(world, "opportunity", id);
  if (below(world, 12) == 0) return;
  g_autofree char *created = instant(world, 10);
  g_autofree char *closed = instant(world, 4);
  g_autofree char *expected = instant(world, 3);
  runf(world->store,
       "INSERT INTO opportunity (key, from_source, id, recorded_at, \"load\", owner, account, product, source, "
       "currency, "
       "amount, probability, forecast_category, created_at, created_at_day, closed_at, closed_at_day, expected_close, "
       "expected_close_day, outcome, "
       "stage, pipeline) VALUES (%d, 'crm', '%s', TIMESTAMP '2026-05-01', %d, %d, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
       "%s, "
       "%s, %s, %s)",
       deal, id, world->load, below(world, 5), ONE_OF(world, "1", "2", "NULL"), ONE_OF(world, "3", "NULL"),
       ONE_OF(world, "'web'", "'a friend of a customer'", "NULL"), ONE_OF(world, "'EUR'", "'EUR'", "NULL"),
       ONE_OF(world, "100", "250", "NULL"), ONE_OF(world, "0.5", "NULL"), ONE_OF(world, "'best_case'", "NULL"), created,
       closed, expected, ONE_OF(world, "'open'", "'open'", "'won'", "'won'", "'lost'", "'lost'", "'abandoned'", "NULL"),
       stage_name(world), ONE_OF(world, "NULL", "NULL", "'Sales'", "'partner'"));
}

static char *row_id(World *world, char prefix) {
  gboolean is_new = world->n_rows < 20 || below(world, 3) > 0;
  return g_strdup_printf("%c%05d", prefix, is_new ? ++world->n_rows : below(world, world->n_rows));
}

/* Also a straight way up the stages now and then, or random steps would hardly ever make one. */
static void write_climb(World *world, int deal) {
  static const char *const stages[] = {"Qualify", "Discover", "Propose", "Negotiate", "Won"};
  int day = below(world, 10);
  for (gsize i = (gsize)below(world, 3); i < G_N_ELEMENTS(stages); i += (gsize)below(world, 2) + 1) {
    day += below(world, 9);
    world->n_rows++;
    runf(world->store,
         "INSERT INTO stage_change (key, from_source, id, recorded_at, \"load\", opportunity, \"at\", at_day, stage, "
         "amount, currency) VALUES (%d, 'crm', 'C%05d', TIMESTAMP '2026-05-01', %d, %d, TIMESTAMP '2026-01-01' + "
         "INTERVAL %d HOUR, DATE '2026-01-01' + %d, '%s', 100, 'EUR')",
         world->n_rows, world->n_rows, world->load, deal, day * 24 + 12, day, stages[i]);
  }
}

/* A deal whose every field's history is kept: many changes, several at a moment, their ids in no order. */
static void write_long_history(World *world, int deal) {
  world->n_rows += 100;
  runf(world->store,
       "INSERT INTO stage_change BY NAME SELECT %d - i * 7 %% 100 AS key, 'crm' AS from_source, 'C' || lpad((%d - i * "
       "7 %% "
       "100)::VARCHAR, 5, '0') AS id, TIMESTAMP '2026-05-01' AS recorded_at, %d AS load, %d AS opportunity, TIMESTAMP "
       "'2026-01-01' + INTERVAL ((hash(i, %d) %% 40)::INTEGER) DAY AS \"at\", \"at\"::DATE AS at_day, CASE WHEN i %% 3 "
       "> 0 THEN "
       "['Qualify', 'Discover', 'Propose', 'Negotiate'][1 + (hash(i) %% 4)::INTEGER] END AS stage, CASE WHEN i %% 4 = "
       "0 THEN i END "
       "AS amount, CASE WHEN i %% 8 = 0 THEN 'USD' END AS currency FROM range(100) r(i)",
       world->n_rows, world->n_rows, world->load, deal, world->n_rows);
}

static void write_change(World *world, int deal) {
  if (below(world, 4) == 0) {
    write_climb(world, deal);
    return;
  }
  if (below(world, 40) == 0) {
    write_long_history(world, deal);
    return;
  }
  g_autofree char *id = row_id(world, 'C');
  supersede(world, "stage_change", id);
  if (below(world, 8) == 0) return;
  g_autofree char *at = instant(world, 0);
  g_autofree char *expected = instant(world, 3);
  g_autofree char *amount = below(world, 3) ? g_strdup_printf("%d", below(world, 1000)) : g_strdup("NULL");
  runf(world->store,
       "INSERT INTO stage_change (key, from_source, id, recorded_at, \"load\", opportunity, \"at\", at_day, stage, "
       "amount, currency, probability, expected_close, expected_close_day, forecast_category) VALUES (%s, 'crm', '%s', "
       "TIMESTAMP '2026-05-01' + INTERVAL %d HOUR, %d, %d, %s, %s, %s, %s, %s, %s, %s)",
       id + 1, id, below(world, 2), world->load, deal, at, stage_name(world), amount,
       ONE_OF(world, "'EUR'", "'USD'", "NULL"), ONE_OF(world, "0.25", "NULL"), expected,
       ONE_OF(world, "'commit'", "NULL"));
}

static void write_activity(World *world, int deal) {
  g_autofree char *id = row_id(world, 'A');
  supersede(world, "activity", id);
  if (below(world, 8) == 0) return;
  g_autofree char *done = instant(world, 3);
  g_autofree char *planned = instant(world, 2);
  g_autofree char *of = below(world, 8) ? g_strdup_printf("%d", deal) : g_strdup("NULL");
  runf(world->store,
       "INSERT INTO activity (key, from_source, id, recorded_at, \"load\", opportunity, done_at, done_at_day, "
       "scheduled_at, scheduled_at_day, outcome) VALUES (%s, 'crm', '%s', TIMESTAMP '2026-05-01', %d, %s, %s, %s, %s)",
       id + 1, id, world->load, of, done, planned, ONE_OF(world, "NULL", "'held'", "'cancelled'", "'no_show'"));
}

static void write_stages(World *world) {
  run(world->store, "DELETE FROM stage");
  gboolean is_one_pipeline = below(world, 2) == 0;
  runf(world->store,
       "INSERT INTO stage BY NAME SELECT row_number() OVER ()::INTEGER AS key, 'crm' AS from_source, n AS id, TRUE AS "
       "known, CASE WHEN p <> 3 THEN n END AS name, p + CASE WHEN n = 'Discover' THEN %d ELSE 0 END AS position, o AS "
       "outcome, l AS pipeline FROM (VALUES ('Qualify', 1, 'open', '%s'), ('Discover', 2, NULL, '%s'), "
       "('Propose', 3, 'open', '%s'), ('Negotiate', 4, 'Open', '%s'), ('Won', 5, 'won', '%s'), ('Lost', NULL, 'lost', "
       "'%s')%s) v(n, p, o, l)",
       below(world, 2), is_one_pipeline ? "" : "Sales", is_one_pipeline ? "" : "Sales", is_one_pipeline ? "" : "Sales",
       is_one_pipeline ? "" : "Sales", is_one_pipeline ? "" : "Sales", is_one_pipeline ? "" : "Sales",
       is_one_pipeline ? ""
                       : ", ('Apply', 1, 'open', 'Partner'), ('Discover', 2, 'open', 'Partner'), ('Train', NULL, "
                         "'open', 'Partner')");
}

static void check(World *world, const LedgerTable *table) {
  g_autoptr(GString) columns = g_string_new("key");
  if (table->has_money) g_string_append(columns, ", currency");
  for (guint c = 0; c < table->n_columns; c++) {
    g_string_append_printf(columns, ", \"%s\"", table->columns[c].name);
    if (table->columns[c].type == LEDGER_INSTANT)
      g_string_append_printf(columns, ", \"%s_day\"", table->columns[c].name);
  }
  g_autofree char *sql = g_strdup_printf(
      "SELECT '+' AS d, * FROM (SELECT %s FROM %s EXCEPT ALL SELECT %s FROM plain_%s) UNION ALL "
      "SELECT '-', * FROM (SELECT %s FROM plain_%s EXCEPT ALL SELECT %s FROM %s) ORDER BY 2, 1 LIMIT 20",
      columns->str, table->name, columns->str, table->name, columns->str, table->name, columns->str, table->name);
  g_autofree char *text = text_of(world->store, sql);
  if (*text) fail_msg("load %d: %s (%s)\n%s", world->load, table->name, columns->str, text);
  g_autofree char *stat = g_strdup_printf(
      "SELECT (SELECT count(*) FROM %s) = n_rows FROM ledger_stat WHERE table_name = '%s'", table->name, table->name);
  expect(world->store, stat, "yes\n");
}

static void check_all(World *world) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind == LEDGER_DERIVED) check(world, table);
  }
}

static void make_plain(Store *store) {
  static const char *const names[] = {"stage_stay", "silence", "forecast_state", "close_date_move"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *file = g_strconcat(TEST_FOLDER "/plain/", names[i], ".sql", NULL);
    g_autofree char *select = NULL;
    assert_true(g_file_get_contents(file, &select, NULL, NULL));
    runf(store, "CREATE VIEW plain_%s AS %s", names[i], select);
  }
}

static void one_load(World *world, int n_writes) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) changed = g_ptr_array_new();
  static char opportunity[] = "opportunity", stage_change[] = "stage_change", activity[] = "activity",
              stage[] = "stage";
  gboolean only_activities = below(world, 4) == 0;
  int n_touched = MAX(1, MIN(N_DEALS, n_writes / 3)), from = below(world, N_DEALS);
  world->load++;
  assert_true(store_begin(world->store, NULL));
  for (int i = 0; i < n_writes; i++) {
    int deal = (from + below(world, n_touched)) % N_DEALS;
    int what = only_activities ? 2 : below(world, 3);
    if (what == 0) write_deal(world, deal);
    if (what == 1) write_change(world, deal);
    if (what == 2) write_activity(world, deal);
  }
  g_ptr_array_add(changed, activity);
  if (!only_activities) {
    g_ptr_array_add(changed, opportunity);
    g_ptr_array_add(changed, stage_change);
  }
  if (world->load == 1 || below(world, 5) == 0) {
    write_stages(world);
    g_ptr_array_add(changed, stage);
  }
  g_ptr_array_add(changed, NULL);
  if (!store_refresh_derived(world->store, (const char *const *)changed->pdata, world->load, &error))
    fail_msg("%s", error->message);
  assert_true(store_commit(world->store, NULL));
  check_all(world);
}

static guint32 seed_of_run(void) {
  const char *given = g_getenv("ATTAIN_TEST_SEED");
  guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  print_message("ATTAIN_TEST_SEED=%u\n", seed);
  return seed;
}

static void test_a_refresh_equals_making_anew(void **state) {
  g_autoptr(Store) store = open_ledger(NULL);
  make_plain(store);
  World world = {.store = store, .rand = g_rand_new_with_seed(seed_of_run())};
  one_load(&world, 400);
  for (int i = 0; i < 8; i++) one_load(&world, below(&world, 6) ? 1 + below(&world, 25) : 150);
  g_rand_free(world.rand);
}

/* Companies of one load each, so that each has stages, pipelines and gaps of its own. */
static void test_many_small_companies(void **state) {
  guint32 seed = seed_of_run();
  g_autoptr(Store) store = open_ledger(NULL);
  make_plain(store);
  World world = {.store = store, .rand = g_rand_new_with_seed(seed)};
  for (int i = 0; i < 12; i++) {
    g_autoptr(GError) error = NULL;
    run(store, "DELETE FROM opportunity; DELETE FROM stage_change; DELETE FROM activity");
    if (!store_refresh_derived(store, NULL, -1, &error)) fail_msg("%s", error->message);
    world.load = 0;
    one_load(&world, 10 + below(&world, 80));
  }
  g_rand_free(world.rand);
}

/* More deals than one thread takes at a time, and more rows than the database takes at once: every 60th is a copy of
 * one of those that were written singly. */
static void test_more_deals_than_a_thread_takes(void **state) {
  guint32 seed = seed_of_run();
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = open_ledger(NULL);
  make_plain(store);
  World world = {.store = store, .rand = g_rand_new_with_seed(seed)};
  one_load(&world, 200);
  run(store,
      "INSERT INTO opportunity BY NAME SELECT o.* REPLACE (o.key + n * 60 AS key) FROM opportunity o, range(1, 400) "
      "r(n);"
      "INSERT INTO stage_change BY NAME SELECT c.* REPLACE (c.opportunity + n * 60 AS opportunity) FROM stage_change "
      "c, "
      "range(1, 400) r(n);"
      "INSERT INTO activity BY NAME SELECT a.* REPLACE (a.opportunity + n * 60 AS opportunity) FROM activity a, "
      "range(1, 400) r(n)");
  if (!store_refresh_derived(store, NULL, -1, &error)) fail_msg("%s", error->message);
  check_all(&world);
  g_rand_free(world.rand);
}

/* What is left of the temporary tables: nothing. */
static void test_nothing_temporary_is_left(void **state) {
  g_autoptr(Store) store = open_ledger(NULL);
  World world = {.store = store, .rand = g_rand_new_with_seed(7)};
  make_plain(store);
  one_load(&world, 60);
  one_load(&world, 3);
  expect(store, "SELECT count(*) FROM duckdb_tables() WHERE temporary", "0\n");
  expect(store, "SELECT count(*) FROM duckdb_views() WHERE temporary AND NOT internal", "0\n");
  g_rand_free(world.rand);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_refresh_equals_making_anew),
      cmocka_unit_test(test_many_small_companies),
      cmocka_unit_test(test_more_deals_than_a_thread_takes),
      cmocka_unit_test(test_nothing_temporary_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
