/* Each trick planted in a made-up ledger is found, of whoever plays it and of nobody else; where nobody does, nothing
 * is said: over SEEDS clean ledgers there may be as many false findings as LINT_ALPHA allows. */
#include "ledger.h"

static const char *const rules[] = {"backdated_deals", "month_end_jumps",  "stale_deals",
                                    "padded_bursts",   "padded_month_end", "padded_volume"};

/* LINT_ALPHA for each of 7 families (month ends have wins and moves) in 20 ledgers: 0.14 are expected, and more than 2
 * come with a chance of 4 in 10,000 (Poisson). */
#define SEEDS     20
#define MAX_FALSE 2

static void test_clean(void **state) {
  guint n_false = 0;
  for (guint seed = 1; seed <= SEEDS; seed++) {
    g_auto(World) world = ledger_clean(seed);
    for (guint r = 0; r < G_N_ELEMENTS(rules); r++) {
      g_auto(LintReport) report = ledger_lint(&world, rules[r]);
      for (guint i = 0; i < report.findings->len; i++) {
        const LintFinding *finding = g_ptr_array_index(report.findings, i);
        print_message("seed %u, %s: %s\n", seed, finding->subject, finding->evidence);
      }
      n_false += report.findings->len;
    }
  }
  print_message("%u false findings in %d clean ledgers\n", n_false, SEEDS);
  assert_true(n_false <= MAX_FALSE);
}

static void assert_only(const LintReport *report, const char *subject) {
  for (guint i = 0; i < report->findings->len; i++) {
    const LintFinding *finding = g_ptr_array_index(report->findings, i);
    if (!g_str_equal(finding->subject, subject)) fail_msg("%s: %s", finding->subject, finding->evidence);
  }
  assert_int_equal(report->findings->len, 1);
}

/* Fifteen of P3's deals are decided on the 12th of the month after the one that they are dated in. */
static void test_backdated(void **state) {
  for (guint seed = 1; seed <= 5; seed++) {
    g_auto(World) world = ledger_clean(seed);
    company_sql(world.store,
                "UPDATE stage_change SET at_day = m.closed + 1, \"at\" = m.closed + 1 FROM made m WHERE m.key = "
                "opportunity AND "
                "m.owner = 3 AND stage IN ('Won', 'Lost');"
                "UPDATE stage_change SET at_day = last_day(m.closed) + 12, \"at\" = last_day(m.closed) + 12 FROM "
                "(SELECT key, closed "
                "FROM made WHERE owner = 3 AND closed >= '2025-12-01' AND closed < '2026-10-01' ORDER BY key LIMIT 15) "
                "m WHERE m.key = "
                "opportunity AND stage IN ('Won', 'Lost')");
    g_auto(LintReport) report = ledger_lint(&world, "backdated_deals");
    assert_only(&report, "rep:P3");
    const LintFinding *finding = ledger_about(&report, "rep:P3");
    assert_true(ledger_figure(finding, "dated_back") == 15);
    assert_int_equal(finding->records->len, 5);
    assert_has(((LintRecord *)g_ptr_array_index(finding->records, 0))->about, "the source's history decides it on");
    assert_int_equal(finding->severity, LINT_SERIOUS);
  }
}

/* What was dated on another working day of a month is dated on its last one: PERCENT of the rows that are MOVED. */
typedef struct {
  const char *rule, *table, *column; /* the column of the instant; its day's is named after it */
  int percent;
  const char *moved;
  const char *subject, *evidence;
} MonthEnd;

/* Half of P4's wins, 60 % of P8's moves to Proposal, 35 % of P7's activities; 30 % of everybody's wins are said once,
 * of the company. */
static const MonthEnd month_ends[] = {
    {"month_end_jumps", "opportunity", "closed_at", 50, "owner = 4 AND outcome = 'won'", "rep:P4", "won deals"},
    {"month_end_jumps", "opportunity", "closed_at", 30, "outcome = 'won'", "company", "won deals"},
    {"month_end_jumps", "stage_change", "at", 60,
     "stage = 'Proposal' AND opportunity IN (SELECT key FROM made WHERE owner = 8)", "rep:P8",
     "moves to another stage"},
    {"padded_month_end", "activity", "done_at", 35, "owner = 7", "rep:P7", "activities"},
};

static void plant_month_end(const World *world, const MonthEnd *trick) {
  company_sql(world->store,
              "UPDATE %s SET %s_day = x.last, \"%s\" = x.last FROM (SELECT day, max(day) OVER (PARTITION BY "
              "date_trunc('month', day)) AS last FROM made_day) x WHERE x.day = %s_day AND %s_day < '2026-11-01' AND "
              "hash(id) %% 100 < %d AND %s",
              trick->table, trick->column, trick->column, trick->column, trick->column, trick->percent, trick->moved);
}

static void test_month_ends(void **state) {
  for (guint i = 0; i < G_N_ELEMENTS(month_ends); i++) {
    const MonthEnd *trick = &month_ends[i];
    g_auto(World) world = ledger_clean(2 + i);
    plant_month_end(&world, trick);
    g_auto(LintReport) report = ledger_lint(&world, trick->rule);
    assert_only(&report, trick->subject);
    assert_has(ledger_about(&report, trick->subject)->evidence, trick->evidence);
  }
}

/* Whatever the ledger, with the figures: half of P4's wins and the last day's share of the other half. */
static void test_month_end_wins(void **state) {
  for (guint seed = 1; seed <= 5; seed++) {
    g_auto(World) world = ledger_clean(seed);
    plant_month_end(&world, &month_ends[0]);
    g_auto(LintReport) report = ledger_lint(&world, "month_end_jumps");
    assert_only(&report, "rep:P4");
    const LintFinding *finding = ledger_about(&report, "rep:P4");
    assert_true(ledger_figure(finding, "share") > 0.4);
    assert_true(ledger_figure(finding, "share_low") > ledger_figure(finding, "expected_share"));
  }
}

/* 15 deals opened 300 days ago and not touched since, due a month ago; nine of ten wins took less than 90 days. */
static void test_stale(void **state) {
  g_auto(World) world = ledger_clean(6);
  company_sql(
      world.store,
      "INSERT INTO opportunity BY NAME SELECT (7000 + i)::UBIGINT AS key, 'x' || i AS id, 'Old ' || i AS name, 2 AS "
      "owner, "
      "DATE '2026-11-20' - 300 AS created_at_day, 'open' AS outcome, DATE '2026-10-20' AS expected_close_day FROM "
      "range(15) r(i)");
  g_auto(LintReport) report = ledger_lint(&world, "stale_deals");
  assert_only(&report, "company");
  const LintFinding *finding = ledger_about(&report, "company");
  assert_true(ledger_figure(finding, "stale") == 15);
  assert_true(ledger_figure(finding, "open") == 135);
  assert_has(finding->evidence, "Most are with P2 (15).");
  assert_has(((LintRecord *)g_ptr_array_index(finding->records, 0))->about, "silent since 2026-01-24 (300 days)");
}

/* P5 enters three times a dozen calls, alike and ten seconds apart. */
static void test_bursts(void **state) {
  g_auto(World) world = ledger_clean(7);
  company_sql(world.store,
              "INSERT INTO activity BY NAME SELECT (900000 + i)::UBIGINT AS key, 'b' || i AS id, 5 AS owner, 'call' AS "
              "kind, 'Follow up' AS "
              "subject, 300 AS duration, DATE '2026-09-30' + (i // 12)::INTEGER AS done_at_day, TIMESTAMP '2026-09-30 "
              "16:50:00' + "
              "to_days((i // 12)::INTEGER) + to_seconds(10 * (i %% 12)) AS done_at FROM range(36) r(i)");
  g_auto(LintReport) report = ledger_lint(&world, "padded_bursts");
  assert_only(&report, "rep:P5");
  const LintFinding *finding = ledger_about(&report, "rep:P5");
  assert_true(ledger_figure(finding, "activities") == 36);
  assert_true(ledger_figure(finding, "bursts") == 3);
  assert_true(ledger_figure(finding, "without_outcome") == 36);
  assert_has(finding->evidence, "12 of the kind call, Follow up in 110 seconds");
}

/* Activities that have a date and no time of the day are all at midnight, and are no burst. */
static void test_dates_are_no_burst(void **state) {
  g_auto(World) world = ledger_clean(8);
  company_sql(world.store, "UPDATE activity SET done_at = done_at_day, subject = '', duration = NULL, kind = 'call'");
  g_auto(LintReport) report = ledger_lint(&world, "padded_bursts");
  assert_int_equal(report.findings->len, 0);
}

/* P6 has four times the activities and, of old, no more wins than the others. */
static void test_volume(void **state) {
  g_auto(World) world = ledger_clean(9);
  company_sql(world.store,
              "INSERT INTO activity BY NAME SELECT (key + k * 1000000)::UBIGINT AS key, id || '-' || k AS id, owner, "
              "kind, subject, "
              "duration, outcome, done_at, done_at_day FROM activity, range(1, 4) r(k) WHERE owner = 6;"
              "UPDATE opportunity SET outcome = 'lost' WHERE owner = 6 AND outcome = 'won' AND key %% 2 = 1");
  g_auto(LintReport) report = ledger_lint(&world, "padded_volume");
  assert_only(&report, "rep:P6");
}

/* --- dated back, as loads and versions tell it --- */

/* Loads on 1 and 10 September; P1's deals 1 to 4 were open in both, and the load of 20 September has them won on 25
 * August: the load of the 10th contradicts that. Deals 5 to 7 were loaded as won on 5 September and are moved to 28
 * August. Ten more are honest. Of 17, 7 are dated back; P(X >= 7 | 17, 0.02) is about 2e-8. */
static void test_versions(void **state) {
  g_auto(World) world = world_empty("kpis:\n  deals: {formula: count(opportunity on closed_at)}\n");
  company_sql(world.store,
              "INSERT INTO person BY NAME SELECT 1 AS key, 'p1' AS id, 'P1' AS name, true AS known;"
              "INSERT INTO load BY NAME SELECT * FROM (VALUES (1, 'crm', TIMESTAMP '2026-09-01'), (2, 'crm', TIMESTAMP "
              "'2026-09-10'), (3, "
              "'crm', TIMESTAMP '2026-09-20')) v(load, source, \"at\");"
              "INSERT INTO opportunity BY NAME SELECT i::UBIGINT AS key, 'd' || i AS id, 1 AS owner, 'won' AS outcome, "
              "CASE WHEN i <= 4 THEN "
              "DATE '2026-08-25' WHEN i <= 7 THEN DATE '2026-08-28' ELSE DATE '2026-09-15' END AS closed_at_day, "
              "TIMESTAMP '2026-09-20' "
              "AS recorded_at, 3 AS load FROM range(1, 18) r(i);"
              "INSERT INTO opportunity_history BY NAME SELECT i::UBIGINT AS key, 'd' || i AS id, 1 AS owner, CASE WHEN "
              "i BETWEEN 5 AND 7 THEN "
              "'won' ELSE 'open' END AS outcome, CASE WHEN i BETWEEN 5 AND 7 THEN DATE '2026-09-05' END AS "
              "closed_at_day, TIMESTAMP "
              "'2026-09-01' AS recorded_at, 1 AS load FROM range(1, 18) r(i)");
  world_set_clock(&world, base_day_from_civil(2026, 11, 20));
  g_auto(LintReport) report = ledger_lint(&world, "backdated_deals");
  const LintFinding *finding = ledger_about(&report, "rep:P1");
  assert_non_null(finding);
  assert_true(ledger_figure(finding, "decided") == 17);
  assert_true(ledger_figure(finding, "dated_back") == 7);
  assert_has(((LintRecord *)g_ptr_array_index(finding->records, 0))->about, "its date was moved back on 2026-09-20");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_backdated),  cmocka_unit_test(test_month_end_wins),
      cmocka_unit_test(test_month_ends), cmocka_unit_test(test_stale),
      cmocka_unit_test(test_bursts),     cmocka_unit_test(test_dates_are_no_burst),
      cmocka_unit_test(test_volume),     cmocka_unit_test(test_versions),
      cmocka_unit_test(test_clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
