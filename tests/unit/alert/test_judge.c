/* What rules find, by hand. The clock is at the end of Friday, 20 November 2026; November has 21 working days, of which
 * 15 are over.
 *
 *            September        October                November
 *   Ana      5,000 won        10,000 + 20,000 won    10,000 + 5,000 won
 *   Ben      8,000 won        nothing                9,000 won, one deal lost */
#include "alert/book.h"
#include "november.h"

#include <string.h>

static World world_of_two(void) {
  static const WorldDeal deals[] = {{1, "2026-09-10", "won", 5000},  {2, "2026-09-11", "won", 8000},
                                    {1, "2026-10-10", "won", 10000}, {1, "2026-10-28", "won", 20000},
                                    {1, "2026-11-05", "won", 10000}, {1, "2026-11-12", "won", 5000},
                                    {2, "2026-11-03", "won", 9000},  {2, "2026-11-04", "lost", 7000}};
  return november_world(NOVEMBER_DEFINITIONS, "2026-08-01", deals, G_N_ELEMENTS(deals));
}

static void fire(const AlertDesk *desk, AlertBook *book, GPtrArray *rules, const char *who) {
  const AlertClock clock = alert_desk_clock(desk);
  AlertFinding bad = {.rule = g_ptr_array_index(rules, 0), .who = (char *)who, .verdict = ALERT_BAD};
  g_autoptr(GPtrArray) findings = g_ptr_array_new();
  if (!who || !*who) return;
  g_ptr_array_add(findings, &bad);
  g_ptr_array_unref(alert_book_take(book, &clock, rules, rules, findings, desk->context->now_us, NULL, NULL));
}

/* What a rule finds, one line a finding: "who verdict value". `firing`: of whom it fires already; NULL: all are told
 * of. */
static char *judge_with(const World *world, const char *body, const char *firing) {
  static const char *const verdicts[] = {"good", "between", "bad", "silent", "gone"};
  static const char alerts_text[] = "name: T\ncurrency: EUR\nalerts: {channels: {log: {command: [cat]}}}\n";
  g_autoptr(ConfOrganisation) organisation =
      conf_organisation_parse("attain.yaml", alerts_text, strlen(alerts_text), ".", NULL);
  g_autofree char *text = g_strconcat("rules:\n  x: {to: log, ", body, "}\n", NULL);
  AlertReader reader = {world->catalogue, world->schema, world->calendar, &organisation->alerts, NULL};
  AlertText file = {"a.yaml", text, strlen(text)};
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GPtrArray) rules = alert_rules_read(&reader, &file, 1, &problems);
  if (problems->len > 0) fail_msg("%s", (const char *)g_ptr_array_index(problems, 0));
  g_autoptr(AlertBook) book = alert_book_new();
  AlertDesk desk = {.context = &world->context, .alerts = &organisation->alerts, .book = firing ? book : NULL};
  fire(&desk, book, rules, firing);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) findings = alert_judge(&desk, rules, &error);
  if (!findings) fail_msg("%s", error->message);
  GString *lines = g_string_new(NULL);
  for (guint i = 0; i < findings->len; i++) {
    const AlertFinding *finding = g_ptr_array_index(findings, i);
    g_string_append_printf(lines, "%s%s %s", i ? "; " : "", finding->who, verdicts[finding->verdict]);
    if (finding->has_value) g_string_append_printf(lines, " %.4g", finding->value);
  }
  return g_string_free(lines, FALSE);
}

static void expect_with(const World *world, const char *body, const char *firing, const char *wanted) {
  g_autofree char *found = judge_with(world, body, firing);
  if (!g_str_equal(found, wanted)) fail_msg("%s\n  finds: %s\n  not:   %s", body, found, wanted);
}

static void expect(const World *world, const char *body, const char *wanted) {
  expect_with(world, body, NULL, wanted);
}

/* Of October all of the company is Ana's: 30,000. Ben did nothing, which is 0 of a sum and nothing of a rate. */
static void values_are_held_against_limits(void **state) {
  g_auto(World) world = world_of_two();
  expect(&world, "kpi: revenue, below: 30000, period: last-month", "company good 3e+04");
  expect(&world, "kpi: revenue, below: 30001, period: last-month", "company bad 3e+04");
  expect(&world, "kpi: revenue, below: 25000, recover: 30001, period: last-month", "company between 3e+04");
  expect(&world, "kpi: revenue, above: 30000, period: last-month", "company good 3e+04");
  expect(&world, "kpi: revenue, above: 29999, period: last-month", "company bad 3e+04");
  expect(&world, "kpi: revenue, below: 1000, who: each rep, period: last-month", "rep:Ana good 3e+04; rep:Ben bad 0");
  expect(&world, "kpi: rate, below: 60%, who: each rep, period: 2026-09..2026-10", "rep:Ana good 1; rep:Ben good 1");
  expect(&world, "kpi: rate, below: 60%, who: \"rep:ben\", period: last-month", "rep:Ben silent");
}

/* November runs: a sum of it is not over. What rests on fewer records than asked says nothing. */
static void unfinished_and_thin_is_silent(void **state) {
  g_auto(World) world = world_of_two();
  expect(&world, "kpi: revenue, below: 30000, period: 2026-11", "company silent");
  expect(&world, "kpi: revenue, below: 30000, period: this-month, incomplete: true", "company bad 2.4e+04");
  expect(&world, "kpi: rate, below: 60%, period: last-month, at_least: 3", "company silent");
  expect(&world, "kpi: rate, below: 60%, period: last-month, at_least: 2", "company good 1");
  expect(&world, "kpi: revenue, below: 30000, period: 2025-01", "company silent");
}

/* From 13,000 in September to 30,000 in October: 17,000 more, 130.8 %. */
static void changes_are_shares_or_amounts(void **state) {
  g_auto(World) world = world_of_two();
  expect(&world, "kpi: revenue, rises: 100%, period: last-month", "company bad 1.308");
  expect(&world, "kpi: revenue, rises: 17000, period: last-month", "company bad 1.7e+04");
  expect(&world, "kpi: revenue, rises: 17001, period: last-month", "company good 1.7e+04");
  expect(&world, "kpi: revenue, falls: 10%, period: last-month", "company good -1.308");
  expect(&world, "kpi: revenue, falls: 10%, against: year-ago, period: last-month", "company silent");
}

static void set(const World *world, const TargetTerms *terms) {
  target_free(november_set(world, target_version_new(terms), day(9, 1)));
}

/* Ana is to reach 30,000 in November, of which 15 of 21 days, 21,428.57, are due; she has 15,000: 6,428.57 and four
 * working days behind, at 0.7 of what is due. Ben is to reach 9,000: 6,428.57 is due, he has all of it, six days ahead,
 * at 1.4. The company was to reach 40,000 in October and had 30,000: 0.75. */
static void targets_are_judged_each_by_itself(void **state) {
  g_auto(World) world = world_of_two();
  TargetTerms ana = in_november("revenue", "rep", "Ana", TARGET_REACH, 30000);
  TargetTerms ben = in_november("revenue", "rep", "Ben", TARGET_REACH, 9000);
  TargetTerms all = terms_of("revenue", "company", NULL, TARGET_REACH, 40000, day(10, 1), day(11, 1));
  set(&world, &ana);
  set(&world, &ben);
  set(&world, &all);
  expect(&world, "behind: 4 days", "rep:Ana bad 4; rep:Ben good -6");
  expect(&world, "behind: 5 days, recover: 4 days", "rep:Ana between 4; rep:Ben good -6");
  expect(&world, "behind: 6000, who: each rep", "rep:Ana bad 6429; rep:Ben good -2571");
  expect(&world, "pace_below: 90%, who: \"rep:ana\"", "rep:Ana bad 0.7");
  expect(&world, "pace_below: 90%, kpi: rate", " silent");
  expect(&world, "attainment_below: 80%", "company bad 0.75");
  expect(&world, "attainment_below: 75%", "company good 0.75");
  expect(&world, "attainment_below: 60%, who: each rep, incomplete: true", "rep:Ana bad 0.5; rep:Ben good 1");
  expect(&world, "chance_below: 50%, who: \"rep:Ben\"", "rep:Ben silent"); /* three months are no history */
}

/* A month after October's end nobody is reminded of it any more. */
static void what_ended_long_ago_is_left_alone(void **state) {
  g_auto(World) world = world_of_two();
  TargetTerms all = terms_of("revenue", "company", NULL, TARGET_REACH, 40000, day(10, 1), day(11, 1));
  set(&world, &all);
  world_set_clock(&world, day(12, 1));
  expect(&world, "attainment_below: 80%", "company bad 0.75");
  world_set_clock(&world, day(12, 2));
  expect(&world, "attainment_below: 80%", " silent");
}

/* The last thing that happened was on Thursday, 12 November, at midnight: by the end of the 20th seven working days,
 * of eight hours each, are over; that is 9 days of the calendar. */
static void records_grow_old(void **state) {
  g_auto(World) world = world_of_two();
  expect(&world, "fact: opportunity, older_than: 7 working days", " bad 7");
  expect(&world, "fact: opportunity, older_than: 8 working days", " good 7");
  expect(&world, "fact: opportunity, older_than: 57 working hours", " good 56");
  expect(&world, "fact: opportunity, older_than: 8 days", " bad 9");
  expect(&world, "fact: activity, older_than: 1 day", " silent");
  expect(&world, "source: crm, older_than: 1 day", " silent");
}

/* What was never loaded is waited for since the first load of anything: Monday, 16 November, 09:00, is 4 days and 15
 * hours before the end of the 20th, 8 working hours for each of its five days. */
static void records_that_never_came_grow_old(void **state) {
  g_auto(World) world = world_of_two();
  g_autoptr(GError) error = NULL;
  if (!store_run(
          world.store,
          "INSERT INTO load (load, \"at\", source, n_new) VALUES (901, TIMESTAMP '2026-11-16 09:00:00', 'people', 1)",
          NULL, 0, NULL, &error))
    fail_msg("%s", error->message);
  expect(&world, "source: crm, older_than: 40 working hours", " bad 40");
  expect(&world, "source: crm, older_than: 41 working hours", " good 40");
  expect(&world, "fact: activity, older_than: 4 days", " bad 4.625");
  expect(&world, "source: people, older_than: 4 days", " bad 4.625");
}

/* Whom a rule names is not there; a day that is not over; a member without any record. */
static void what_cannot_be_judged_is_told(void **state) {
  g_auto(World) world = world_of_two();
  expect(&world, "kpi: revenue, below: 5, who: \"rep:Nobody\", period: last-month", "rep:Nobody gone");
  expect(&world, "kpi: revenue, below: 5, where: \"colour = 'red'\", period: last-month", " gone");
  expect(&world, "behind: 3 days, who: \"rep:Nobody\"", "rep:Nobody gone");
  expect(&world, "behind: 3 days, who: \"rep:Ben\"", "rep:Ben silent");
  expect(&world, "kpi: revenue, below: 99999, period: 2026-11-20", "company silent");
  expect(&world, "kpi: revenue, below: 99999, period: 2026-11-19, who: each rep", "rep:Ana bad 0; rep:Ben bad 0");
  expect(&world, "kpi: rate, below: 99%, period: 2026-11-19, who: each rep", "rep:Ana silent; rep:Ben silent");
}

/* Who fires and has no record any more goes on, in silence; of who does not fire nothing is told then. */
static void who_fires_goes_on_without_records(void **state) {
  g_auto(World) world = world_of_two();
  const char *rule = "kpi: rate, below: 99%, period: 2026-11-19, who: each rep";
  expect_with(&world, rule, "rep:Ben", "rep:Ana silent; rep:Ben silent");
  expect_with(&world, rule, "", " silent");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_held_against_limits),    cmocka_unit_test(unfinished_and_thin_is_silent),
      cmocka_unit_test(changes_are_shares_or_amounts),     cmocka_unit_test(targets_are_judged_each_by_itself),
      cmocka_unit_test(what_ended_long_ago_is_left_alone), cmocka_unit_test(records_grow_old),
      cmocka_unit_test(records_that_never_came_grow_old),  cmocka_unit_test(what_cannot_be_judged_is_told),
      cmocka_unit_test(who_fires_goes_on_without_records),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
