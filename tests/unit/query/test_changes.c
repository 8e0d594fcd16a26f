/* Which records a load changed, and the conditions by which scans find the rows they are in. Load 1 left deals 1 to 3,
 * and calls 11 of deal 1, 12 of deal 4, which nobody has seen yet, and 13 of none. Load 2 changes deal 1, takes deal 3
 * away, brings deal 4, and changes call 13. */
#include "company.h"
#include "query/changes.h"

typedef struct {
  World world;
  QueryStat *stat;
  QueryContext context;
} Ledger;

static void put_deal(Store *store, int key, int load) {
  company_sql(store,
              "INSERT INTO opportunity BY NAME SELECT %d::UBIGINT AS key, 'd%d' AS id, %d AS \"load\", 1 AS owner, "
              "TIMESTAMP '2026-01-03' AS created_at, DATE '2026-01-03' AS created_at_day, 'open' AS outcome",
              key, key, load);
}

static void put_call(Store *store, int key, int deal, int load) {
  company_sql(store,
              "INSERT INTO activity BY NAME SELECT %d::UBIGINT AS key, 'c%d' AS id, %d AS \"load\", 1 AS owner, "
              "nullif(%d, 0)::UBIGINT AS opportunity",
              key, key, load, deal);
}

static void supersede(Store *store, const char *table, int key, int load) {
  company_sql(store,
              "INSERT INTO %s_history BY NAME SELECT *, TIMESTAMP '2026-06-01' AS superseded_at, %d AS superseded_by "
              "FROM %s WHERE key = %d",
              table, load, table, key);
  company_sql(store, "DELETE FROM %s WHERE key = %d", table, key);
}

static void ledger_init(Ledger *ledger) {
  g_autoptr(GError) error = NULL;
  *ledger = (Ledger){.world = world_empty("measures: {deals: count(opportunity on created_at)}\n")};
  Store *store = ledger->world.store;
  for (int deal = 1; deal <= 3; deal++) put_deal(store, deal, 1);
  put_call(store, 11, 1, 1);
  put_call(store, 12, 4, 1);
  put_call(store, 13, 0, 1);
  ledger->stat = query_stat_load(store, &error);
  if (ledger->stat == NULL) fail_msg("%s", error->message);
  ledger->context = ledger->world.context;
  ledger->context.stat = ledger->stat;
}

static void second_load(Store *store) {
  supersede(store, "opportunity", 1, 2);
  put_deal(store, 1, 2);
  supersede(store, "opportunity", 3, 2);
  put_deal(store, 4, 2);
  supersede(store, "activity", 13, 2);
  put_call(store, 13, 2, 2);
}

static void ledger_clear(Ledger *ledger) {
  query_stat_free(ledger->stat);
  world_clear(&ledger->world);
}

static QueryChanges *changes_since(const Ledger *ledger, gint64 load) {
  g_autoptr(GError) error = NULL;
  QueryChanges *changes = query_changes_find(&ledger->context, load, &error);
  if (changes == NULL || !query_changes_tell(changes, ledger->world.store, &error)) fail_msg("%s", error->message);
  return changes;
}

/* The keys that a scan of a table, with its deals or without, looks for; of rows that are there or were. */
static char *looked_for(const Ledger *ledger, const QueryChanges *changes, const char *name, gboolean with_deals,
                        ChangesSide side) {
  g_autoptr(GError) error = NULL;
  const LedgerTable *table = ledger_schema_find(ledger->world.schema, name);
  const LedgerTable *deals = ledger_schema_find(ledger->world.schema, "opportunity");
  g_autoptr(SqlSelect) select = sql_select_new(&ledger->context, table);
  KpiHop path[] = {{table, ledger_table_column(table, "opportunity")}, {deals, ledger_table_column(deals, "amount")}};
  if (with_deals) g_free(sql_path(select, path, 2));
  if (!query_changes_reach(changes, select, side)) return g_strdup("");
  g_autofree char *condition = query_changes_sql(changes, select, side);
  g_autofree char *sql = g_strdup_printf(
      "SELECT coalesce(string_agg(DISTINCT CAST(key AS VARCHAR), ' ' ORDER BY CAST(key AS VARCHAR)), '') FROM (SELECT "
      "key%s FROM %s UNION SELECT key%s FROM %s_history) t0 WHERE %s",
      with_deals ? ", opportunity" : "", name, with_deals ? ", opportunity" : "", name, condition);
  g_autoptr(StoreRows) rows = store_query(ledger->world.store, sql, NULL, 0, 0, &error);
  if (rows == NULL) fail_msg("%s: %s", sql, error->message);
  return g_strdup(store_rows_value(rows, 0, 0).text);
}

static void expect(const Ledger *ledger, const QueryChanges *changes, const char *table, gboolean with_deals,
                   const char *before, const char *after) {
  g_autofree char *was = looked_for(ledger, changes, table, with_deals, CHANGES_BEFORE);
  g_autofree char *is = looked_for(ledger, changes, table, with_deals, CHANGES_AFTER);
  assert_string_equal(was, before);
  assert_string_equal(is, after);
}

static void records_are_looked_for_where_they_can_be(void **state) {
  Ledger ledger;
  ledger_init(&ledger);
  second_load(ledger.world.store);
  g_autoptr(QueryChanges) changes = changes_since(&ledger, 1);
  assert_false(query_changes_are_everywhere(changes));
  assert_false(query_changes_are_none(changes));
  assert_true(query_changes_has(changes, "opportunity"));
  assert_false(query_changes_has(changes, "sale"));
  expect(&ledger, changes, "opportunity", FALSE, "1 3", "1 4");
  expect(&ledger, changes, "activity", FALSE, "13", "13");
  /* Call 12 is of deal 4 all along: before, of a deal that is not there. */
  expect(&ledger, changes, "activity", TRUE, "11 12 13", "11 12 13");
  expect(&ledger, changes, "sale", FALSE, "", "");
  ledger_clear(&ledger);
}

/* A put changed deal 1, took deal 3 away and brought deal 4, which call 12 referred to all along. */
static StoreGiven *given_deals(Store *store, guint64 first, guint64 second) {
  StoreGiven *rows =
      store_given_new(store, (const char *const[]){"key", "owner"}, (const char *const[]){"UBIGINT", "INTEGER"}, 2);
  StoreValue row[2] = {{.type = STORE_INT, .integer = (gint64)first}, {.type = STORE_INT, .integer = 1}};
  store_given_add(rows, row);
  row[0].integer = (gint64)second;
  store_given_add(rows, row);
  return rows;
}

static void what_is_told_is_looked_for_where_others_refer_to_it(void **state) {
  Ledger ledger;
  ledger_init(&ledger);
  second_load(ledger.world.store);
  const LedgerTable *deals = ledger_schema_find(ledger.world.schema, "opportunity");
  const LedgerTable *calls = ledger_schema_find(ledger.world.schema, "activity");
  StoreGiven *gone = given_deals(ledger.world.store, 1, 3), *come = given_deals(ledger.world.store, 1, 4);
  g_autoptr(GPtrArray) referrers = g_ptr_array_new();
  g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(StoreWrittenMember));
  StoreWritten written = {.load = 2, .n_rows = 1, .referrers = referrers, .members = members};
  written.rows[0] = (StoreWrittenRows){.table = deals, .gone = gone, .come = come, .key = 0, .deal = -1};
  g_autoptr(SqlSelect) select = sql_select_new(&ledger.context, deals);

  g_autoptr(QueryChanges) alone = query_changes_told(&ledger.context, &written);
  expect(&ledger, alone, "opportunity", FALSE, "1 3", "1 4");
  expect(&ledger, alone, "activity", TRUE, "", "");
  assert_ptr_equal(query_changes_rows(alone, select, CHANGES_BEFORE), gone);
  assert_ptr_equal(query_changes_rows(alone, select, CHANGES_AFTER), come);

  g_ptr_array_add(referrers, (gpointer)calls);
  g_autoptr(QueryChanges) referred = query_changes_told(&ledger.context, &written);
  expect(&ledger, referred, "activity", TRUE, "11 12", "11 12");
  assert_false(query_changes_of_credit(referred));
  written.has_moved = TRUE;
  g_autoptr(QueryChanges) moved = query_changes_told(&ledger.context, &written);
  assert_true(query_changes_of_credit(moved));
  store_given_free(gone);
  store_given_free(come);
  ledger_clear(&ledger);
}

static void nothing_new_is_no_change(void **state) {
  Ledger ledger;
  ledger_init(&ledger);
  second_load(ledger.world.store);
  g_autoptr(QueryChanges) changes = changes_since(&ledger, 2);
  assert_true(query_changes_are_none(changes));
  ledger_clear(&ledger);
}

/* Of two loads at once: what came in the first and went in the second was never seen. */
static void loads_are_followed_together(void **state) {
  Ledger ledger;
  ledger_init(&ledger);
  second_load(ledger.world.store);
  supersede(ledger.world.store, "opportunity", 1, 3);
  put_deal(ledger.world.store, 1, 3);
  supersede(ledger.world.store, "opportunity", 4, 3);
  g_autoptr(QueryChanges) changes = changes_since(&ledger, 1);
  expect(&ledger, changes, "opportunity", FALSE, "1 3", "1");
  ledger_clear(&ledger);
}

/* Keys by the hundred are a table, and found all the same. */
static void many_are_found_as_few_are(void **state) {
  Ledger ledger;
  ledger_init(&ledger);
  company_sql(ledger.world.store,
              "INSERT INTO opportunity BY NAME SELECT (range + 1000)::UBIGINT AS key, 'm' || range AS id, 2 AS "
              "\"load\" FROM range(500)");
  g_autoptr(QueryChanges) changes = changes_since(&ledger, 1);
  g_autofree char *found = looked_for(&ledger, changes, "opportunity", FALSE, CHANGES_AFTER);
  g_auto(GStrv) keys = g_strsplit(found, " ", -1);
  assert_int_equal(g_strv_length(keys), 500);
  ledger_clear(&ledger);
}

/* Whose records they are follows from the organisation. */
static void people_change_the_organisation(void **state) {
  static const char *const statements[] = {
      "INSERT INTO person (key, id, \"load\", known, name) VALUES (99, 'new', 2, TRUE, 'New')",
      "INSERT INTO team (key, id, \"load\", known, name) VALUES (99, 'new', 2, TRUE, 'New')",
      "INSERT INTO membership BY NAME SELECT 99::UBIGINT AS key, 'new' AS id, 2 AS \"load\", 1 AS person",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
    Ledger ledger;
    ledger_init(&ledger);
    company_sql(ledger.world.store, "%s", statements[i]);
    g_autoptr(QueryChanges) changes = changes_since(&ledger, 1);
    assert_false(query_changes_are_everywhere(changes));
    assert_true(query_changes_of_organisation(changes));
    ledger_clear(&ledger);
  }
}

static void merged_people_and_rates_change_everything(void **state) {
  static const char *const statements[] = {
      "INSERT INTO person (key, id, \"load\", known, merged_into) VALUES (99, 'new', 2, TRUE, 1)",
      "INSERT INTO fx_rate (key, id, \"load\") VALUES (1, 'usd', 2)",
      "INSERT INTO stage (key, id, \"load\", known) VALUES (77, 'Quote', 2, TRUE)",
      "INSERT INTO account (key, id, \"load\", known, merged_into) VALUES (5, 'a', 2, TRUE, 6)",
      "INSERT INTO activity BY NAME SELECT range::UBIGINT AS key, range AS id, 2 AS \"load\" FROM range(100, 20101)",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
    Ledger ledger;
    ledger_init(&ledger);
    company_sql(ledger.world.store, "%s", statements[i]);
    g_autoptr(QueryChanges) changes = changes_since(&ledger, 1);
    if (!query_changes_are_everywhere(changes)) fail_msg("followed: %s", statements[i]);
    ledger_clear(&ledger);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(records_are_looked_for_where_they_can_be),
                                     cmocka_unit_test(what_is_told_is_looked_for_where_others_refer_to_it),
                                     cmocka_unit_test(nothing_new_is_no_change),
                                     cmocka_unit_test(loads_are_followed_together),
                                     cmocka_unit_test(many_are_found_as_few_are),
                                     cmocka_unit_test(people_change_the_organisation),
                                     cmocka_unit_test(merged_people_and_rates_change_everything)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
