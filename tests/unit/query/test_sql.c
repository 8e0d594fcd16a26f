/* Expressions as SQL, run over four deals whose keys are 1, 2, 4 and 8: the sum of the keys says which are meant.
 *
 *   key  created    closed     outcome  amount  list  account  source            probability
 *     1  10.01. 8h  20.01. 20h won         100   120  Acme     Web                      50 %
 *     2  31.01. 23h 01.02. 1h  lost          0     -  Group    (of no length)              -
 *     4  10.02. 0h  -          open          -    50  -        -                         0 %
 *     8  -          01.03. 0h  won         -30   -30  unknown  it's 50% "a\b"           100 %
 *
 * Acme's owner is Ana and its parent the Group, which has 10 employees. */
#include "company.h"
#include "query/sql.h"

static World world;

static int set_up(void **state) {
  world = world_empty(
      "measures:\n"
      "  closed: count(opportunity on closed_at)\n"
      "  held: count(opportunity from created_at until closed_at)\n"
      "  spread: sum(opportunity.amount over created_at until closed_at)\n");
  Store *store = world.store;
  company_sql(store, "INSERT INTO person (key, id, name, known) VALUES (1, 'p1', 'Ana', true)");
  company_sql(store,
              "INSERT INTO account (key, id, name, known, parent, owner, employees) VALUES "
              "(1, 'a1', 'Acme', true, 2, 1, NULL), (2, 'a2', 'Group', true, NULL, NULL, 10)");
  company_sql(store,
              "INSERT INTO opportunity (key, id, account, outcome, amount, list_amount, source, probability, "
              "created_at, created_at_day, closed_at, closed_at_day, expected_close, expected_close_day) SELECT k, "
              "'d' || k, a, o, m * 100, l * 100, s, p, c::TIMESTAMP, c::DATE, e::TIMESTAMP, e::DATE, x::TIMESTAMP, "
              "x::DATE FROM (VALUES (1, 1, 'won', 100, 120, 'Web', 0.5, '2026-01-10 08:00', '2026-01-20 20:00', "
              "'2026-12-31'), (2, 2, 'lost', 0, NULL, '', NULL, '2026-01-31 23:00', '2026-02-01 01:00', NULL), "
              "(4, NULL, 'open', NULL, 50, NULL, 0, '2026-02-10', NULL, NULL), (8, 99, 'won', -30, -30, "
              "'it''s 50%% \"a\\b\"', 1, NULL, '2026-03-01', NULL)) v(k, a, o, m, l, s, p, c, e, x)");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 4 AS n_rows, "
              "DATE '2026-01-10' AS first_day, DATE '2026-03-01' AS last_day, "
              "TIMESTAMP '2026-03-01' AS latest_at, false AS has_foreign_currency");
  world_set_clock(&world, base_day_from_civil(2026, 6, 30));
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

static const LedgerTable *deals(void) {
  return ledger_schema_find(world.schema, "opportunity");
}

static const KpiExpr *parse(const char *condition) {
  g_autoptr(GError) error = NULL;
  const KpiExpr *expr = kpi_parse_condition(world.catalogue, deals(), condition, &error);
  if (expr == NULL) fail_msg("%s: %s", condition, error->message);
  return expr;
}

/* The keys of the rows of which `sql` is true, added up; NULL: of all. */
static gint64 keys_of(const SqlSelect *select, const char *sql) {
  g_autofree char *from = sql_from(select);
  g_autofree char *query =
      g_strdup_printf("SELECT coalesce(sum(t0.key), 0)::BIGINT%s WHERE %s", from, sql != NULL ? sql : "true");
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(world.store, query, NULL, 0, 0, &error);
  if (rows == NULL) fail_msg("%s: %s", query, error->message);
  return store_rows_value(rows, 0, 0).integer;
}

typedef struct {
  const char *condition;
  gint64 keys;
} Case;

static void assert_keys(const QueryContext *context, const Case *cases, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autoptr(SqlSelect) select = sql_select_new(context, deals());
    g_autofree char *sql = sql_value(select, parse(cases[i].condition));
    gint64 keys = keys_of(select, sql);
    if (keys != cases[i].keys) fail_msg("%s: %d, not %d; %s", cases[i].condition, (int)keys, (int)cases[i].keys, sql);
  }
}

static void numbers(void **state) {
  static const Case cases[] = {
      {"amount > 99.5", 1},
      {"amount = 0", 2},
      {"amount <> 0", 13}, /* nothing is not 0 */
      {"not amount > 0", 14},
      {"amount < 0 or amount is empty", 12},
      {"-amount = 30", 8},
      {"abs(amount) = 30", 8},
      {"amount in (100, 0)", 3},
      {"amount not in (100)", 14},
      {"amount - list_amount < 0", 1},
      {"amount + list_amount = 220", 1},
      {"amount * 2 = 200", 1}, /* twice as much, not 200 times */
      {"2 * amount = 200", 1},
      {"amount * (1 - 0.5) > 49", 1},
      {"amount * probability = 50", 1},
      {"amount / 2 = 50", 1},
      {"amount * 1 in (100, 0)", 3},
      {"amount / list_amount > 0.8", 9},
      {"amount / (list_amount - list_amount) is empty", 15}, /* divided by nothing */
      {"min(amount, list_amount) = 50", 4},
      {"max(amount, list_amount) = 120", 1},
      {"coalesce(amount, list_amount) = 50", 4},
      {"if(outcome = 'won', amount, list_amount) > 40", 5},
      {"probability > 40%", 9},
      {"probability = 0", 4},
      {"amount = list_amount", 8},
  };
  assert_keys(&world.context, cases, G_N_ELEMENTS(cases));
}

static void texts(void **state) {
  static const Case cases[] = {
      {"source = 'WEB'", 1},
      {"source <> 'web'", 14},
      {"source in ('web', 'x''y')", 1},
      {"source not in ('web')", 14},
      {"source is empty", 6},
      {"source is not empty", 9},
      {"source = 'it''s 50% \"a\\b\"'", 8},
      {"contains(source, '50%')", 8},
      {"contains(source, '%')", 8}, /* no pattern */
      {"contains(source, '_eb')", 0},
      {"contains(source, 'IT''S')", 8},
      {"source = ''' OR true --'", 0},
      {"outcome = 'won'", 9},
      {"outcome in ('lost', 'open')", 6},
      {"coalesce(source, 'none') = 'none'", 4},
      {"true", 15},
      {"false", 0},
  };
  assert_keys(&world.context, cases, G_N_ELEMENTS(cases));
}

static void days(void **state) {
  static const Case cases[] = {
      {"created_at = 2026-01-31", 2},
      {"created_at < 2026-02-01", 3},
      {"created_at > 2026-01-31", 4},
      {"created_at <> 2026-01-31", 13},
      {"closed_at > created_at", 3},
      {"days(created_at, closed_at) = 1", 2}, /* two hours, but over midnight */
      {"days(created_at, closed_at) = 10", 1},
      {"hours(created_at, closed_at) <= 2 hours", 2},
      {"hours(created_at, closed_at) < 2 hours", 0},
      {"closed_at <= created_at + 1 day", 2},
      {"closed_at <= created_at + 3 hours", 2},
      {"closed_at <= created_at + 1 hour", 0},
      {"closed_at <= created_at + 1 month", 3},
      {"earlier(created_at, closed_at) < 2026-02-01", 3},
      {"later(created_at, closed_at) >= 2026-02-10", 12},
      {"closed_at is empty", 4},
  };
  assert_keys(&world.context, cases, G_N_ELEMENTS(cases));
}

/* A reference that leads nowhere is as one that is not there, and takes no row away. */
static const Case by_reference[] = {
    {"account.name = 'acme'", 1},      {"account.parent.name = 'Group'", 1}, {"account.name is empty", 12},
    {"account is empty", 4},           {"account.employees > 5", 2},         {"account.parent.employees > 5", 1},
    {"account.parent is empty", 14},   {"account.owner.name = 'Ana'", 1},    {"account.owner.name <> 'Ana'", 14},
    {"not account.employees > 5", 13},
};

static void references(void **state) {
  assert_keys(&world.context, by_reference, G_N_ELEMENTS(by_reference));
}

static void what_is_followed_is_joined_once(void **state) {
  g_autoptr(SqlSelect) select = sql_select_new(&world.context, deals());
  for (gsize i = 0; i < G_N_ELEMENTS(by_reference); i++) g_free(sql_value(select, parse(by_reference[i].condition)));
  g_autofree char *from = sql_from(select);
  g_auto(GStrv) parts = g_strsplit(from, "LEFT JOIN", -1);
  assert_int_equal(g_strv_length(parts) - 1, 3); /* account, its parent and its owner */
  assert_int_equal(keys_of(select, NULL), 15);
  g_autofree char *all = g_strdup_printf("(SELECT count(*)%s) = 4", from);
  assert_int_equal(keys_of(select, all), 15);
  static const char *const joined[] = {"opportunity", "account", "account", "person"};
  const char *key;
  for (guint i = 0; i < G_N_ELEMENTS(joined); i++) assert_string_equal(sql_joined(select, i, &key)->name, joined[i]);
  assert_null(sql_joined(select, G_N_ELEMENTS(joined), &key));
}

/* At the end of 5 February the third deal is not there yet, and the last, of which no beginning is known, is open. */
static void what_happens_later_is_not_known(void **state) {
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryStat) stat = query_stat_load(world.store, &error);
  if (stat == NULL) fail_msg("%s", error->message);
  QueryContext then = world.context;
  then.stat = stat;
  then.today = base_day_from_civil(2026, 2, 5);
  then.now_us = calendar_start_of_day(world.calendar, then.today + 1) - 1;
  static const Case cases[] = {
      {"true", 11},
      {"outcome = 'open'", 8},
      {"outcome = 'won'", 1},
      {"closed_at is empty", 8},
      {"created_at is empty", 8},
      {"expected_close = 2026-12-31", 1}, /* a plan is known before its day */
  };
  assert_keys(&then, cases, G_N_ELEMENTS(cases));
}

static const KpiMeasure *measure_of(const char *name) {
  for (guint i = 0; i < kpi_catalogue_n_measures(world.catalogue); i++) {
    const KpiMeasure *measure = kpi_catalogue_measure(world.catalogue, i);
    if (g_strcmp0(measure->name, name) == 0) return measure;
  }
  fail_msg("no measure %s", name);
  return NULL;
}

static void rows_of_a_measure(void **state) {
  static const struct {
    const char *measure, *from, *until;
    gint64 inside, within;
  } cases[] = {
      {"closed", "2026-02-01", "2026-03-01", 2, 2}, /* the last day is not in it */
      {"closed", "2026-01-20", "2026-02-02", 3, 3},
      {"closed", "2026-01-21", "2026-02-01", 0, 0},
      {"closed", "2026-03-01", "2026-03-02", 8, 8},
      {"held", "2026-01-01", "2026-01-10", 0, 0}, /* created on the 10th: not open as it begins */
      {"held", "2026-01-01", "2026-01-11", 1, 1},
      {"held", "2026-01-01", "2026-01-20", 1, 1},
      {"held", "2026-01-01", "2026-01-21", 0, 1}, /* closed on the 20th; it was open on some day */
      {"held", "2026-01-20", "2026-02-01", 2, 3},
      {"held", "2026-02-02", "2026-02-11", 4, 4},
      {"spread", "2026-01-20", "2026-02-01", 2, 3}, /* its last day is no more in it */
      {"spread", "2026-01-19", "2026-01-20", 1, 1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    BaseDay from, until;
    assert_true(base_day_parse_iso(cases[i].from, &from));
    assert_true(base_day_parse_iso(cases[i].until, &until));
    g_autoptr(SqlSelect) select = sql_select_new(&world.context, deals());
    g_autofree char *inside = sql_inside(select, measure_of(cases[i].measure), from, until);
    g_autofree char *within = sql_within(select, measure_of(cases[i].measure), from, until);
    gint64 in = keys_of(select, inside), with = keys_of(select, within);
    if (in != cases[i].inside || with != cases[i].within)
      fail_msg("%s of %s to %s: %d and %d, not %d and %d", cases[i].measure, cases[i].from, cases[i].until, (int)in,
               (int)with, (int)cases[i].inside, (int)cases[i].within);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers),
      cmocka_unit_test(texts),
      cmocka_unit_test(days),
      cmocka_unit_test(references),
      cmocka_unit_test(what_is_followed_is_joined_once),
      cmocka_unit_test(what_happens_later_is_not_known),
      cmocka_unit_test(rows_of_a_measure),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
