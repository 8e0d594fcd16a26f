/* The derived facts, on deals small enough to follow by hand. All of it happens in 2026: a moment is written MM-DD, at
 * noon UTC.
 *
 * The pipeline is Qualify (1), Discover (2), Propose (3), Negotiate (4), then Won and Lost. */
#include "fixture.h"

static Store *ledger(void) {
  Store *store = open_ledger(NULL);
  run(store,
      "INSERT INTO stage BY NAME SELECT row_number() OVER ()::INTEGER AS key, 'crm' AS from_source, n AS id, TRUE AS "
      "known, n AS name,"
      " p AS position, o AS outcome FROM (VALUES ('Qualify', 1, 'open'), ('Discover', 2, 'open'), ('Propose', 3, "
      "'open'),"
      " ('Negotiate', 4, 'open'), ('Won', 5, 'won'), ('Lost', 6, 'lost')) v(n, p, o)");
  return store;
}

/* "03-01" -> TIMESTAMP and DATE literals of 2026, or NULL. */
static char *moment(const char *day) {
  return day ? g_strdup_printf("TIMESTAMP '2026-%s 12:00', DATE '2026-%s'", day, day) : g_strdup("NULL, NULL");
}

static void deal(Store *store, int key, const char *created, const char *closed, const char *outcome,
                 const char *stage) {
  g_autofree char *created_sql = moment(created);
  g_autofree char *closed_sql = moment(closed);
  runf(store,
       "INSERT INTO opportunity (key, from_source, id, owner, source, currency, amount, created_at, created_at_day, "
       "closed_at,"
       " closed_at_day, outcome, stage) VALUES (%d, 'crm', 'D%d', 7, 'web', 'EUR', 1000, %s, %s, '%s', '%s')",
       key, key, created_sql, closed_sql, outcome, stage);
}

static int n_changes;

static void change(Store *store, int deal_key, const char *day, const char *stage) {
  g_autofree char *at = moment(day);
  n_changes++;
  runf(store,
       "INSERT INTO stage_change (key, from_source, id, opportunity, \"at\", at_day, stage) VALUES (%d, 'crm', "
       "'C%04d', %d, %s, '%s')",
       n_changes, n_changes, deal_key, at, stage);
}

/* What the derived tables say, once they are brought up to date. */
static void expect_derived(Store *store, const char *sql, const char *expected) {
  g_autoptr(GError) error = NULL;
  if (!store_refresh_derived(store, NULL, -1, &error)) fail_msg("%s", error->message);
  expect(store, sql, expected);
}

#define STAYS                                                                                                          \
  "SELECT stage, strftime(entered_at_day, '%m-%d'), strftime(left_at_day, '%m-%d'), strftime(passed_at_day, '%m-%d')," \
  " concat_ws('+', CASE WHEN skipped THEN 'skipped' END, CASE WHEN returned THEN 'returned' END) FROM stage_stay"      \
  " ORDER BY opportunity, position, stage"

static void test_stays_of_a_straight_win(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "03-01", "won", "Won");
  change(store, 1, "01-05", "Qualify");
  change(store, 1, "01-15", "Discover");
  change(store, 1, "02-01", "propose");
  change(store, 1, "02-20", "Negotiate");
  change(store, 1, "03-01", "Won");
  expect_derived(store, STAYS,
                 "Qualify 01-05 01-15 01-15 \n"
                 "Discover 01-15 02-01 02-01 \n"
                 "Propose 02-01 02-20 02-20 \n"
                 "Negotiate 02-20 03-01 03-01 \n");
}

static void test_a_jump_passes_the_stages_between(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Negotiate");
  change(store, 1, "01-05", "Qualify");
  change(store, 1, "02-01", "Negotiate");
  expect_derived(store, STAYS,
                 "Qualify 01-05 02-01 02-01 \n"
                 "Discover 02-01 02-01 02-01 skipped\n"
                 "Propose 02-01 02-01 02-01 skipped\n"
                 "Negotiate 02-01 - - \n");
}

static void test_a_deal_that_starts_late_skipped_what_comes_before(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Propose");
  change(store, 1, "01-05", "Propose");
  expect_derived(store, STAYS,
                 "Qualify 01-05 01-05 01-05 skipped\n"
                 "Discover 01-05 01-05 01-05 skipped\n"
                 "Propose 01-05 - - \n");
}

/* Qualify, Propose, back to Qualify, on to Discover, lost: Propose was reached on 02-01, so Qualify was passed then.
 * Discover was entered after that: the deal had been further already, so it is passed from its entry on. Propose itself
 * was never passed. */
static void test_going_back_is_kept_and_counts_once(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "04-01", "lost", "Lost");
  change(store, 1, "01-05", "Qualify");
  change(store, 1, "02-01", "Propose");
  change(store, 1, "02-10", "Qualify");
  change(store, 1, "03-01", "Discover");
  change(store, 1, "04-01", "Lost");
  expect_derived(store, STAYS,
                 "Qualify 01-05 02-01 02-01 returned\n"
                 "Discover 03-01 04-01 03-01 \n"
                 "Propose 02-01 02-10 - \n");
}

static void test_a_lost_deal_stays_and_does_not_pass(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "02-10", "lost", "Lost");
  change(store, 1, "01-05", "Qualify");
  change(store, 1, "01-20", "Discover");
  change(store, 1, "02-10", "Lost");
  expect_derived(store, STAYS,
                 "Qualify 01-05 01-20 01-20 \n"
                 "Discover 01-20 02-10 - \n");
}

/* The source does not tell the last step: closing is what ends the stay, and winning passes what is left. */
static void test_closing_ends_the_stay_without_a_change(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "02-10", "won", "Won");
  change(store, 1, "01-05", "Qualify");
  deal(store, 2, "01-05", "02-10", "lost", "Qualify");
  change(store, 2, "01-05", "Qualify");
  expect_derived(store, STAYS,
                 "Qualify 01-05 02-10 02-10 \n"
                 "Discover 02-10 02-10 02-10 skipped\n"
                 "Propose 02-10 02-10 02-10 skipped\n"
                 "Negotiate 02-10 02-10 02-10 skipped\n"
                 "Qualify 01-05 02-10 - \n");
}

/* Won on 02-10, reopened on 02-20 in Propose, lost on 03-05: the win had passed all stages, and it counts as lost at
 * its last close. */
static void test_a_reopened_deal(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "03-05", "lost", "Lost");
  change(store, 1, "01-05", "Propose");
  change(store, 1, "02-10", "Won");
  change(store, 1, "02-20", "Propose");
  change(store, 1, "03-05", "Lost");
  expect_derived(store, STAYS,
                 "Qualify 01-05 01-05 01-05 skipped\n"
                 "Discover 01-05 01-05 01-05 skipped\n"
                 "Propose 01-05 02-10 02-10 returned\n"
                 "Negotiate 02-10 02-10 02-10 skipped\n");
}

/* A change of the amount repeats the stage: it is no second entry, and what follows the day of the close is no stay. */
static void test_repeated_and_late_changes(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "02-10", "lost", "Lost");
  change(store, 1, "01-05", "Qualify");
  change(store, 1, "01-09", "Qualify");
  change(store, 1, "02-10", "Lost");
  change(store, 1, "02-15", "Negotiate");
  expect_derived(store, STAYS, "Qualify 01-05 02-10 - \n");
}

/* No history: an open deal is taken to have begun where it is, a closed one in the first stage. */
static void test_deals_without_history(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Discover");
  deal(store, 2, "01-06", "02-01", "won", "Won");
  deal(store, 3, "01-07", "02-02", "lost", "Lost");
  deal(store, 4, "01-08", "02-03", "lost", "Discover");
  expect_derived(store, STAYS,
                 "Qualify 01-05 01-05 01-05 skipped\n"
                 "Discover 01-05 - - \n"
                 "Qualify 01-06 02-01 02-01 \n"
                 "Discover 02-01 02-01 02-01 skipped\n"
                 "Propose 02-01 02-01 02-01 skipped\n"
                 "Negotiate 02-01 02-01 02-01 skipped\n"
                 "Qualify 01-07 02-02 - \n"
                 "Qualify 01-08 01-08 01-08 skipped\n"
                 "Discover 01-08 02-03 - \n");
}

/* Stages that nobody put in order: told as they are, passed only by winning. The closing stage itself is no stay. */
static void test_stages_without_an_order(void **state) {
  g_autoptr(Store) store = open_ledger(NULL);
  deal(store, 1, "01-05", "02-10", "won", "Signed");
  change(store, 1, "01-05", "Talking");
  change(store, 1, "01-20", "Offer");
  change(store, 1, "02-10", "Signed");
  deal(store, 2, "01-05", NULL, "open", "Offer");
  expect_derived(store, STAYS,
                 "Offer 01-20 02-10 02-10 \n"
                 "Talking 01-05 01-20 02-10 \n"
                 "Offer 01-05 - - \n");
}

/* Two pipelines share the name Discover; each deal passes the stages of its own. */
static void test_stages_are_those_of_the_deals_pipeline(void **state) {
  g_autoptr(Store) store = ledger();
  run(store, "UPDATE stage SET pipeline = 'Sales'");
  run(store,
      "INSERT INTO stage BY NAME SELECT 10 + p AS key, 'crm' AS from_source, n AS id, TRUE AS known, n AS name, "
      "'Partner' AS pipeline,"
      " p AS position, 'open' AS outcome FROM (VALUES ('Apply', 1), ('Discover', 2), ('Train', 3)) v(n, p)");
  deal(store, 1, "01-05", NULL, "open", "Train");
  run(store, "UPDATE opportunity SET pipeline = 'partner'");
  change(store, 1, "01-05", "Discover");
  change(store, 1, "01-25", "Train");
  expect_derived(store, STAYS,
                 "Apply 01-05 01-05 01-05 skipped\n"
                 "Discover 01-05 01-25 01-25 \n"
                 "Train 01-25 - - \n");
}

/* A close that is only a date stands at the day's first moment, before the same day's changes: the stay ends there, not
 * before it began. */
static void test_a_close_without_a_time_of_day(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "02-10", "won", "Won");
  run(store, "UPDATE opportunity SET closed_at = TIMESTAMP '2026-02-10 00:00'");
  change(store, 1, "01-05", "Propose");
  change(store, 1, "02-10", "Negotiate");
  change(store, 1, "02-10", "Won");
  expect_derived(store,
                 "SELECT stage, strftime(entered_at, '%m-%d/%H'), strftime(left_at, '%m-%d/%H'), strftime(passed_at, "
                 "'%m-%d/%H') FROM stage_stay"
                 " WHERE position > 2 ORDER BY position",
                 "Propose 01-05/12 02-10/00 02-10/00\n"
                 "Negotiate 02-10/00 02-10/00 02-10/00\n");
}

static void test_stay_carries_the_deal(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Qualify");
  expect_derived(store, "SELECT opportunity, key, owner, source FROM stage_stay", "1 1 7 web\n");
}

static void touch(Store *store, int key, int deal_key, const char *day) {
  g_autofree char *done = moment(day);
  runf(store, "INSERT INTO activity (key, id, opportunity, done_at, done_at_day) VALUES (%d, 'A%d', %d, %s)", key, key,
       deal_key, done);
}

/* Created 01-05, touched 01-10 twice and 02-01, closed 02-20; a touch before the creation, one after the close and one
 * that is only planned do not count. The second deal is still silent. */
static void test_silence(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "02-20", "won", "Won");
  deal(store, 2, "03-01", NULL, "open", "Qualify");
  touch(store, 1, 1, "01-02");
  touch(store, 2, 1, "01-10");
  touch(store, 3, 1, "01-10");
  touch(store, 4, 1, "02-01");
  touch(store, 5, 1, "03-01");
  touch(store, 6, 2, NULL);
  touch(store, 7, 99, "01-10");
  expect_derived(
      store,
      "SELECT opportunity, strftime(since_day, '%m-%d'), strftime(ended_at_day, '%m-%d'), amount, currency, stage "
      "FROM silence"
      " ORDER BY opportunity, since",
      "1 01-05 01-10 1000 EUR Won\n"
      "1 01-10 02-01 1000 EUR Won\n"
      "1 02-01 02-20 1000 EUR Won\n"
      "2 03-01 - 1000 EUR Qualify\n");
}

/* A meeting is planned for 05-01 and a cancelled one for 06-01; a call that was done counts as done. */
static void test_silence_with_something_planned(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "03-01", NULL, "open", "Qualify");
  run(store,
      "INSERT INTO activity (key, opportunity, scheduled_at, scheduled_at_day, done_at, done_at_day, outcome) VALUES"
      " (1, 1, '2026-05-01', '2026-05-01', NULL, NULL, NULL), (2, 1, '2026-06-01', '2026-06-01', NULL, NULL, "
      "'cancelled'),"
      " (3, 1, '2026-03-10', '2026-03-10', '2026-03-11', '2026-03-11', 'held')");
  expect_derived(
      store,
      "SELECT strftime(since_day, '%m-%d'), strftime(ended_at_day, '%m-%d'), strftime(planned_until_day, '%m-%d') "
      "FROM silence"
      " ORDER BY since",
      "03-01 03-11 05-01\n03-11 - 05-01\n");
}

static void belief(Store *store, int deal_key, const char *day, const char *stage, const char *amount,
                   const char *expected) {
  g_autofree char *at = moment(day);
  g_autofree char *close = moment(expected);
  n_changes++;
  runf(store,
       "INSERT INTO stage_change (key, from_source, id, opportunity, \"at\", at_day, stage, amount, currency, "
       "expected_close,"
       " expected_close_day) VALUES (%d, 'crm', 'C%04d', %d, %s, %s, %s, 'USD', %s)",
       n_changes, n_changes, deal_key, at, stage, amount, close);
}

#define BELIEFS                                                                                            \
  "SELECT strftime(known_at_day, '%m-%d'), strftime(superseded_at_day, '%m-%d'), stage, amount, currency," \
  " strftime(expected_close_day, '%m-%d') FROM forecast_state ORDER BY opportunity, known_at"

/* What a change does not tell stays as it was, and the close ends the last belief. */
static void test_beliefs_are_carried_on(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "04-01", "lost", "Lost");
  belief(store, 1, "01-05", "'Qualify'", "500", "03-31");
  belief(store, 1, "02-01", "'Propose'", "NULL", NULL);
  belief(store, 1, "03-10", "NULL", "800", "06-30");
  belief(store, 1, "04-01", "'Lost'", "NULL", NULL);
  expect_derived(store, BELIEFS,
                 "01-05 02-01 Qualify 500 USD 03-31\n"
                 "02-01 03-10 Propose 500 USD 03-31\n"
                 "03-10 04-01 Propose 800 USD 06-30\n");
}

/* A history of stages only says nothing of the amount: the deal's own is used, in the deal's currency. */
static void test_beliefs_without_amounts_or_history(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Propose");
  deal(store, 2, "01-06", "02-06", "won", "Won");
  belief(store, 1, "01-05", "'Qualify'", "NULL", NULL);
  belief(store, 1, "02-01", "'Propose'", "NULL", NULL);
  expect_derived(store, BELIEFS,
                 "01-05 02-01 Qualify 1000 EUR -\n"
                 "02-01 - Propose 1000 EUR -\n"
                 "01-06 02-06 Won 1000 EUR -\n");
}

/* The first belief is what the deal was opened with: once a deal, even when it was closed on the spot. */
static void test_the_first_belief(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Propose");
  belief(store, 1, "01-05", "'Qualify'", "100", NULL);
  belief(store, 1, "01-05", "'Discover'", "200", NULL);
  belief(store, 1, "01-25", "'Propose'", "300", NULL);
  deal(store, 2, "01-06", "01-06", "won", "Won");
  belief(store, 2, "01-06", "'Qualify'", "400", NULL);
  belief(store, 2, "01-06", "'Won'", "500", NULL);
  deal(store, 3, "01-07", "01-07", "won", "Won");
  expect_derived(store, "SELECT opportunity, amount, first FROM forecast_state ORDER BY opportunity, known_at",
                 "1 200 yes\n1 300 no\n2 500 yes\n3 1000 yes\n");
}

/* Two changes at one moment: only the last of them was ever believed. */
static void test_no_belief_without_duration(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", NULL, "open", "Propose");
  belief(store, 1, "01-05", "'Qualify'", "100", NULL);
  belief(store, 1, "01-05", "'Discover'", "200", NULL);
  expect_derived(store, BELIEFS, "01-05 - Discover 200 USD -\n");
}

/* Expected 03-31, told again as 03-31, pushed to 06-30, a change without a date, pulled in to 05-15; what comes after
 * the close is no move. */
static void test_close_date_moves(void **state) {
  g_autoptr(Store) store = ledger();
  deal(store, 1, "01-05", "05-10", "won", "Won");
  belief(store, 1, "01-05", "'Qualify'", "1", "03-31");
  belief(store, 1, "01-20", "'Qualify'", "2", "03-31");
  belief(store, 1, "03-20", "'Propose'", "2", "06-30");
  belief(store, 1, "04-01", "'Propose'", "3", NULL);
  belief(store, 1, "04-20", "'Negotiate'", "3", "05-15");
  belief(store, 1, "06-01", "'Won'", "3", "05-10");
  expect_derived(
      store,
      "SELECT strftime(at_day, '%m-%d'), strftime(moved_from_day, '%m-%d'), strftime(moved_to_day, '%m-%d'), kind, "
      "owner"
      " FROM close_date_move ORDER BY at_day",
      "03-20 03-31 06-30 pushed 7\n"
      "04-20 06-30 05-15 pulled_in 7\n");
}

/* Every derived table has all its columns, INSTANTs with their day, under the names of the schema. */
static void test_tables_have_the_schemas_columns(void **state) {
  g_autoptr(Store) store = open_ledger(NULL);
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind != LEDGER_DERIVED) continue;
    g_autoptr(GString) sql = g_string_new("SELECT key");
    if (table->has_money) g_string_append(sql, ", currency");
    for (guint c = 0; c < table->n_columns; c++) {
      const LedgerColumn *column = &table->columns[c];
      g_string_append_printf(sql, ", \"%s\"::%s", column->name, store_column_type(schema, column));
      if (column->type == LEDGER_INSTANT) g_string_append_printf(sql, ", \"%s_day\"", column->name);
    }
    g_string_append_printf(sql, " FROM %s", table->name);
    expect(store, sql->str, "");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_stays_of_a_straight_win),
      cmocka_unit_test(test_a_jump_passes_the_stages_between),
      cmocka_unit_test(test_a_deal_that_starts_late_skipped_what_comes_before),
      cmocka_unit_test(test_going_back_is_kept_and_counts_once),
      cmocka_unit_test(test_a_lost_deal_stays_and_does_not_pass),
      cmocka_unit_test(test_closing_ends_the_stay_without_a_change),
      cmocka_unit_test(test_a_reopened_deal),
      cmocka_unit_test(test_repeated_and_late_changes),
      cmocka_unit_test(test_deals_without_history),
      cmocka_unit_test(test_stages_without_an_order),
      cmocka_unit_test(test_stages_are_those_of_the_deals_pipeline),
      cmocka_unit_test(test_a_close_without_a_time_of_day),
      cmocka_unit_test(test_stay_carries_the_deal),
      cmocka_unit_test(test_silence),
      cmocka_unit_test(test_silence_with_something_planned),
      cmocka_unit_test(test_beliefs_are_carried_on),
      cmocka_unit_test(test_beliefs_without_amounts_or_history),
      cmocka_unit_test(test_the_first_belief),
      cmocka_unit_test(test_no_belief_without_duration),
      cmocka_unit_test(test_close_date_moves),
      cmocka_unit_test(test_tables_have_the_schemas_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
