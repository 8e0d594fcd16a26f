/* Rules about the set, by hand: a company of two teams' people, whose targets are made here. The clock is at the end of
 * Friday, 20 November 2026. */
#include "ledger.h"
#include "lint/usage.h"

#include <glib/gstdio.h>

static const char definitions[] =
    "measures:\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  won: {formula: count(opportunity where outcome = 'won' on closed_at), better: higher, timing: lagging}\n"
    "  rate: {formula: won / decided, better: higher, proportion: true, timing: lagging}\n"
    "  made: {formula: count(opportunity on created_at), better: higher, timing: leading}\n"
    "  mean_size: {formula: mean(opportunity.amount on closed_at), better: higher}\n"
    "  mean_of_shares: {formula: mean(opportunity.amount / opportunity.list_amount on closed_at), better: higher}\n"
    "  mean_of_accounts: {formula: 'each(account, won / decided)', better: higher}\n";

/* Ana has won 9 of 10 decided deals, Bo 10 of 40. */
static World world_of_two(void) {
  World world = world_empty(definitions);
  company_sql(world.store,
              "INSERT INTO person BY NAME SELECT p::INTEGER AS key, 'p' || p AS id, ['Ana', 'Bo'][p] AS name, true AS "
              "known FROM range(1, "
              "3) r(p);"
              "INSERT INTO opportunity BY NAME SELECT i::UBIGINT AS key, 'd' || i AS id, CASE WHEN i <= 10 THEN 1 ELSE "
              "2 END AS owner, CASE "
              "WHEN i <= 9 OR i BETWEEN 11 AND 20 THEN 'won' ELSE 'lost' END AS outcome, TIMESTAMP '2026-10-05' AS "
              "created_at, DATE "
              "'2026-10-05' AS created_at_day, TIMESTAMP '2026-11-05' AS closed_at, DATE '2026-11-05' AS closed_at_day "
              "FROM range(1, 51) "
              "r(i);"
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 50 AS n_rows, DATE '2026-10-05' AS "
              "first_day, DATE "
              "'2026-11-05' AS last_day, TIMESTAMP '2026-11-05' AS latest_at, false AS has_foreign_currency");
  world_set_clock(&world, base_day_from_civil(2026, 11, 20));
  return world;
}

static gint64 set_target(const World *world, const char *kpi, const char *rep, TargetKind kind, double amount,
                         gint64 parent, BaseDay end) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)(rep ? "rep" : "company");
  terms.member = (char *)rep;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = kind;
  terms.amount = amount;
  terms.start = base_day_from_civil(2026, 10, 1);
  terms.end = end;
  g_autoptr(Target) target = target_new(parent, 0);
  TargetEvent event = {.act = TARGET_ACT_SET, .version = 1, .author = (char *)"boss"};
  g_autoptr(GError) error = NULL;
  if (!target_say(world->store, target, target_version_new(&terms), &event, &error)) fail_msg("%s", error->message);
  return target->number;
}

static BaseDay year_end(void) {
  return base_day_from_civil(2027, 1, 1);
}

static void test_ratio_averaged(void **state) {
  g_auto(World) world = world_of_two();
  g_auto(LintReport) report = ledger_lint(&world, "ratio_averaged");
  assert_int_equal(report.findings->len, 2);
  assert_non_null(ledger_about(&report, "mean_of_shares"));
  assert_non_null(ledger_about(&report, "mean_of_accounts"));
}

/* Targets of 90 % and 25 % have a mean of 57.5 %; met by both, 10 and 40 deals make (9 + 10) / 50 = 38 %. */
static void test_target_averaged(void **state) {
  g_auto(World) world = world_of_two();
  gint64 whole = set_target(&world, "rate", NULL, TARGET_ABOVE, 0.575, 0, year_end());
  set_target(&world, "rate", "Ana", TARGET_ABOVE, 0.9, whole, year_end());
  set_target(&world, "rate", "Bo", TARGET_ABOVE, 0.25, whole, year_end());
  g_auto(LintReport) report = ledger_lint(&world, "target_averaged");
  assert_int_equal(report.findings->len, 1);
  const LintFinding *finding = g_ptr_array_index(report.findings, 0);
  assert_near(0.575, ledger_figure(finding, "mean_of_parts"));
  assert_near(0.38, ledger_figure(finding, "by_records"));
}

/* A whole that is what its parts' records make is fine. */
static void test_target_by_records(void **state) {
  g_auto(World) world = world_of_two();
  gint64 whole = set_target(&world, "rate", NULL, TARGET_ABOVE, 0.38, 0, year_end());
  set_target(&world, "rate", "Ana", TARGET_ABOVE, 0.9, whole, year_end());
  set_target(&world, "rate", "Bo", TARGET_ABOVE, 0.25, whole, year_end());
  g_auto(LintReport) report = ledger_lint(&world, "target_averaged");
  assert_int_equal(report.findings->len, 0);
}

/* A rate beside the count of what it is a rate of is not alone; Bo's, without one, is: of his 40 decided deals. */
static void test_rate_alone(void **state) {
  g_auto(World) world = world_of_two();
  set_target(&world, "rate", "Ana", TARGET_ABOVE, 0.5, 0, year_end());
  set_target(&world, "won", "Ana", TARGET_REACH, 20, 0, year_end());
  gint64 alone = set_target(&world, "rate", "Bo", TARGET_ABOVE, 0.5, 0, year_end());
  g_auto(LintReport) report = ledger_lint(&world, "rate_without_volume");
  g_autofree char *subject = g_strdup_printf("target %" G_GINT64_FORMAT, alone);
  assert_int_equal(report.findings->len, 1);
  assert_true(ledger_figure(ledger_about(&report, subject), "n") == 40);
}

/* Due on 30 November 2028: 365 + 366 + 11 = 742 days to the day after it. */
static void test_no_date(void **state) {
  g_auto(World) world = world_of_two();
  set_target(&world, "won", "Ana", TARGET_REACH, 20, 0, year_end());
  set_target(&world, "made", "Ana", TARGET_REACH, 20, 0, base_day_from_civil(2028, 12, 1));
  g_auto(LintReport) report = ledger_lint(&world, "no_date");
  assert_int_equal(report.findings->len, 1);
  assert_true(ledger_figure(ledger_about(&report, "target 2"), "days_left") == 742);
}

static void test_lagging_and_vanity(void **state) {
  g_auto(World) world = world_of_two();
  set_target(&world, "won", "Ana", TARGET_REACH, 20, 0, year_end());
  set_target(&world, "made", "Bo", TARGET_REACH, 20, 0, year_end());
  g_auto(LintReport) lagging = ledger_lint(&world, "only_lagging");
  g_auto(LintReport) vanity = ledger_lint(&world, "vanity_count");
  assert_int_equal(lagging.findings->len, 1);
  assert_non_null(ledger_about(&lagging, "rep:Ana"));
  assert_int_equal(vanity.findings->len, 1);
  assert_non_null(ledger_about(&vanity, "rep:Bo"));
}

static void test_left(void **state) {
  g_auto(World) world = world_of_two();
  company_sql(world.store, "UPDATE person SET left_at_day = DATE '2026-11-01' WHERE name = 'Bo'");
  set_target(&world, "won", "Ana", TARGET_REACH, 20, 0, year_end());
  set_target(&world, "won", "Bo", TARGET_REACH, 20, 0, year_end());
  g_auto(LintReport) report = ledger_lint(&world, "no_owner");
  assert_int_equal(report.findings->len, 1);
  assert_has(ledger_about(&report, "target 2")->evidence, "has left");
}

/* --- use --- */

static void test_usage(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-usage-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(folder, "x.usage", NULL);
  const char *first[] = {"won", "rate", NULL}, *second[] = {"won", NULL};
  lint_usage_note(file, first, "ana", 20000);
  lint_usage_note(file, second, "bo\tb", 20005);
  lint_usage_note(file, second, "ana", 20003);
  g_autoptr(LintUsage) usage = lint_usage_read(file);
  g_autofree char *who = NULL;
  assert_int_equal(lint_usage_since(usage), 20000);
  assert_int_equal(lint_usage_last(usage, "won", &who), 20005);
  assert_string_equal(who, "bo b");
  assert_int_equal(lint_usage_last(usage, "rate", NULL), 20000);
  assert_int_equal(lint_usage_last(usage, "wo", NULL), BASE_DAY_NONE);
  g_unlink(file);
  g_rmdir(folder);
}

/* A file that is none is read as nothing, and asking does not fail where nothing can be written. */
static void test_usage_of_rubbish(void **state) {
  g_autofree char *folder = g_dir_make_tmp("attain-usage-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(folder, "x.usage", NULL);
  const char *kpis[] = {"won", NULL};
  assert_true(g_file_set_contents(file, "since\tyesterday\nwon\n\t\t\nwon\tana\t2026-13-01\n", -1, NULL));
  g_autoptr(LintUsage) usage = lint_usage_read(file);
  assert_int_equal(lint_usage_since(usage), BASE_DAY_NONE);
  assert_int_equal(lint_usage_last(usage, "won", NULL), BASE_DAY_NONE);
  lint_usage_note("/nowhere/at/all.usage", kpis, "ana", 20000);
  assert_null(lint_usage_read("/nowhere/at/all.usage"));
  g_unlink(file);
  g_rmdir(folder);
}

/* 91 days after the first note a KPI that nobody opened is told. */
static void test_unused(void **state) {
  g_auto(World) world = world_of_two();
  g_autofree char *folder = g_dir_make_tmp("attain-usage-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(folder, "x.usage", NULL);
  const char *kpis[] = {"made", "rate", "mean_size", "mean_of_shares", "mean_of_accounts", NULL};
  lint_usage_note(file, kpis, "ana", world.context.today - 91);
  const char *again[] = {"made", "rate", "mean_size", "mean_of_shares", NULL};
  lint_usage_note(file, again, "ana", world.context.today - 90);
  const char *only[] = {"unused_kpi", NULL};
  LintDesk desk = {.context = &world.context, .usage_file = file};
  g_auto(LintReport) report = {0};
  assert_true(lint_run(&desk, only, &report, NULL));
  assert_int_equal(report.findings->len, 2);
  assert_has(ledger_about(&report, "won")->evidence, "was not looked at once");
  assert_true(ledger_figure(ledger_about(&report, "mean_of_accounts"), "days") == 91);
  g_unlink(file);
  g_rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ratio_averaged),
      cmocka_unit_test(test_target_averaged),
      cmocka_unit_test(test_target_by_records),
      cmocka_unit_test(test_rate_alone),
      cmocka_unit_test(test_no_date),
      cmocka_unit_test(test_lagging_and_vanity),
      cmocka_unit_test(test_left),
      cmocka_unit_test(test_usage),
      cmocka_unit_test(test_usage_of_rubbish),
      cmocka_unit_test(test_unused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
