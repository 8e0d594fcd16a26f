/* Rules as they are written, right and wrong. */
#include "alert/rules.h"
#include "november.h"

#include <string.h>

typedef struct {
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  KpiCatalogue *catalogue;
  AlertReader reader;
} Fixture;

static Fixture fixture;
static const char *const sources[] = {"crm", "support", NULL};

static int set_up(void **state) {
  static const char organisation[] =
      "name: Test\ncurrency: EUR\nalerts:\n  channels:\n    log: {command: [cat]}\n    chat: {slack_env: SLACK}\n    "
      "reps: {mail: [member, "
      "Leader]}\n  mail: {server: localhost, from: a@example.com}\n";
  KpiSource source = {"kpis.yaml", NOVEMBER_DEFINITIONS, strlen(NOVEMBER_DEFINITIONS), FALSE};
  g_autoptr(GPtrArray) problems = NULL;
  fixture.organisation = conf_organisation_parse("attain.yaml", organisation, strlen(organisation), ".", NULL);
  fixture.schema = ledger_schema_new(NULL, 0, NULL);
  fixture.calendar = calendar_new(&fixture.organisation->calendar, NULL);
  fixture.catalogue = kpi_catalogue_new(fixture.schema, &source, 1, &problems, NULL);
  fixture.reader =
      (AlertReader){fixture.catalogue, fixture.schema, fixture.calendar, &fixture.organisation->alerts, sources};
  return fixture.catalogue ? 0 : -1;
}

static int tear_down(void **state) {
  kpi_catalogue_free(fixture.catalogue);
  calendar_free(fixture.calendar);
  ledger_schema_free(fixture.schema);
  conf_organisation_free(fixture.organisation);
  return 0;
}

static GPtrArray *read_rules(const char *body, GPtrArray **problems) {
  g_autofree char *text = g_strconcat("rules:\n  x: {", body, "}\n", NULL);
  AlertText file = {"alerts/a.yaml", text, strlen(text)};
  return alert_rules_read(&fixture.reader, &file, 1, problems);
}

/* --- right --- */

static AlertRule *read_one(const char *body) {
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GPtrArray) rules = read_rules(body, &problems);
  if (problems->len > 0) fail_msg("%s", (const char *)g_ptr_array_index(problems, 0));
  assert_int_equal(1, rules->len);
  g_ptr_array_set_free_func(rules, NULL);
  return g_ptr_array_index(rules, 0);
}

static void a_limit_has_the_kpis_unit(void **state) {
  g_autoptr(AlertRule) share = read_one("kpi: rate, below: 20%, recover: 0.25, period: last-month, to: log");
  assert_true(share->kind == ALERT_VALUE && share->fires_below);
  assert_true(share->limit == 0.2 && share->recover == 0.25);
  assert_string_equal(share->dimension, "company");
  assert_true(share->severity == ALERT_WARNING && share->timing.hold.n == 0);
  g_autoptr(AlertRule) money = read_one("kpi: revenue, above: 50000, period: last-month, to: [log, chat], for: 2 days");
  assert_true(!money->fires_below && money->limit == 50000 && money->recover == 50000);
  assert_true(money->timing.hold.n == 2 && money->timing.hold.unit == ALERT_DAYS);
  assert_string_equal(money->to[1], "chat");
}

static void a_change_is_a_share_or_an_amount(void **state) {
  g_autoptr(AlertRule) share =
      read_one("kpi: revenue, falls: 20%, recover: 10%, against: year-ago, period: last-month, to: log");
  assert_true(share->kind == ALERT_CHANGE && share->is_relative && share->compares_year_ago);
  assert_true(share->limit == 0.2 && share->recover == 0.1 && share->is_inclusive);
  g_autoptr(AlertRule) amount = read_one("kpi: revenue, rises: 1000, period: last-month, to: log");
  assert_true(!amount->is_relative && !amount->fires_below && amount->limit == 1000);
}

static void who_is_one_or_each(void **state) {
  g_autoptr(AlertRule) each = read_one("kpi: wins, below: 3, period: last-month, who: Each Rep, to: log");
  g_autoptr(AlertRule) one = read_one("kpi: wins, below: 3, period: last-month, who: \"team: North\", to: log");
  g_autoptr(AlertRule) any = read_one("behind: 3 days, to: log");
  g_autofree char *whose = alert_rule_whose(each), *of_one = alert_rule_whose(one), *of_any = alert_rule_whose(any);
  assert_string_equal(whose, "each rep");
  assert_string_equal(of_one, "team:North");
  assert_null(of_any);
  assert_true(any->kind == ALERT_BEHIND && any->in_days && any->limit == 3);
}

static void freshness_is_of_a_fact_or_source(void **state) {
  g_autoptr(AlertRule) fact = read_one("fact: activity, older_than: 8 working hours, to: log, severity: critical");
  assert_true(fact->kind == ALERT_FRESHNESS && fact->limit == 8 && fact->older_than.unit == ALERT_WORKING_HOURS);
  assert_true(fact->severity == ALERT_CRITICAL && fact->dimension == NULL);
  g_autoptr(AlertRule) source = read_one("source: crm, older_than: 1 day, to: log, in_quiet_hours: send");
  assert_string_equal(source->source, "crm");
  assert_true(source->disturbs);
}

/* --- wrong --- */

static void what_is_wrong_is_told_with_its_place(void **state) {
  static const struct {
    const char *body, *wanted;
  } cases[] = {
      {"kpi: rat, below: 1, period: last-month, to: log", "a.yaml:2:12: there is no KPI 'rat'"},
      {"kpi: rate, to: log", "has no condition"},
      {"kpi: rate, below: 20%, above: 3, period: last-month, to: log", "has two conditions, \"below\" and \"above\""},
      {"below: 3, period: last-month, to: log", "names no KPI"},
      {"kpi: revenue, below: 3, to: log", "says nothing of the time"},
      {"kpi: revenue, below: 3, period: last-moth, to: log", "last-moth"},
      {"kpi: revenue, below: 3%, period: last-month, to: log", "without %"},
      {"kpi: rate, below: 30, period: last-month, to: log", "write 30%"},
      {"kpi: rate, below: 30.5, period: last-month, to: log", "write 30.5%"},
      {"kpi: rate, below: -20%, period: last-month, to: log", "which cannot be -20%"},
      {"kpi: rate, above: 120%, period: last-month, to: log", "which cannot be 120%"},
      {"kpi: rate, below: 0%, period: last-month, to: log", "would never fire: nothing is below it"},
      {"kpi: rate, above: 100%, period: last-month, to: log", "would never fire: nothing is above it"},
      {"kpi: revenue, falls: 0%, period: last-month, to: log", "where nothing has changed"},
      {"chance_below: 0%, to: log", "would never fire"},
      {"chance_below: 120%, to: log", "a share up to 100%"},
      {"kpi: revenue, below: 3, period: this-month, to: log", "is not over whenever it is judged"},
      {"kpi: revenue, below: 3, period: next-quarter, to: log", "is not over whenever it is judged"},
      {"kpi: revenue, below: 3, period: year-to-date, to: log", "is not over whenever it is judged"},
      {"kpi: rate, below: much, period: last-month, to: log", "a number such as 20%"},
      {"kpi: rate, below: nan, period: last-month, to: log", "a number such as 20%"},
      {"kpi: rate, below: 1e999, period: last-month, to: log", "a number such as 20%"},
      {"kpi: rate, bellow: 20%, period: last-month, to: log", "did you mean \"below\"?"},
      {"kpi: rate, below: 20%, recover: 15%, period: last-month, to: log", "\"recover\" lies above the limit"},
      {"kpi: rate, above: 20%, recover: 25%, period: last-month, to: log", "\"recover\" lies below the limit"},
      {"kpi: revenue, falls: 20%, recover: 5, period: last-month, to: log", "both shares with %"},
      {"kpi: revenue, falls: -5%, period: last-month, to: log", "by how much"},
      {"kpi: revenue, falls: 5%, against: last, period: last-month, to: log", "previous, year-ago"},
      {"kpi: revenue, below: 5, against: previous, period: last-month, to: log", "goes with \"falls\""},
      {"kpi: wins, below: 5, who: north, period: last-month, to: log", "does not say whose"},
      {"kpi: wins, below: 5, who: \"team:\", period: last-month, to: log", "does not say whose"},
      {"behind: 3 days, period: last-month, to: log", "a target has its own days"},
      {"behind: 10%, to: log", "pace_below: 90%"},
      {"chance_below: 30, to: log", "is a share such as 80%"},
      {"older_than: 3 days, to: log", "name one"},
      {"fact: activity, source: crm, older_than: 3 days, to: log", "name one"},
      {"fact: activty, older_than: 3 days, to: log", "did you mean \"activity\"?"},
      {"source: crn, older_than: 3 days, to: log", "did you mean \"crm\"?"},
      {"fact: activity, older_than: soon, to: log", "is no length of time"},
      {"fact: activity, older_than: 3 days, who: company, to: log", "take \"who\" out"},
      {"fact: activity, older_than: 3 days, kpi: rate, to: log", "take \"kpi\" out"},
      {"fact: activity, older_than: 3 days, recover: 1 day, to: log", "take \"recover\" out"},
      {"fact: activity, behind: 3 days, to: log", "goes with `older_than"},
      {"behind: 3 days, to: lgo", "did you mean \"log\"?"},
      {"behind: 3 days, who: company, to: reps", "is about no person"},
      {"fact: activity, older_than: 3 days, to: [log, reps]", "is about no person"},
      {"behind: 3 days, to: []", "\"to\" is empty"},
      {"behind: 3 days", "\"to\" is missing"},
      {"behind: 3 days, to: log, digest: weekly", "daily at 08:00"},
      {"behind: 3 days, to: log, for: 0 days", "is no length of time"},
      {"behind: 3 days, to: log, severity: high", "info, warning, critical"},
      {"kpi: wins, below: 5, at_least: -1, period: last-month, to: log", "a number of records"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(GPtrArray) rules = read_rules(cases[i].body, &problems);
    const char *said = problems->len == 1 ? g_ptr_array_index(problems, 0) : "";
    if (rules->len != 0 || !strstr(said, cases[i].wanted) || !g_str_has_prefix(said, "alerts/a.yaml:"))
      fail_msg("%s\n  says: %s\n  not:  %s", cases[i].body, said, cases[i].wanted);
  }
}

static void every_problem_is_told_and_the_rest_is_read(void **state) {
  static const char first[] = "rules:\n  a: {behind: 3 days, to: log}\n  B: {}\n";
  static const char second[] = "rules:\n  a: {behind: 3 days, to: log}\n  c: {behind: 3 days, to: nobody}\n";
  static const char third[] = "rule: {}\n";
  const AlertText texts[] = {{"1.yaml", first, strlen(first)},
                             {"2.yaml", second, strlen(second)},
                             {"3.yaml", third, strlen(third)},
                             {"4.yaml", "# nothing\n", 10}};
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GPtrArray) rules = alert_rules_read(&fixture.reader, texts, G_N_ELEMENTS(texts), &problems);
  assert_int_equal(1, rules->len);
  assert_int_equal(4, problems->len);
  assert_non_null(strstr(g_ptr_array_index(problems, 0), "1.yaml:3:3: \"B\" is no name"));
  assert_non_null(
      strstr(g_ptr_array_index(problems, 1), "2.yaml:2:3: there is a rule \"a\" already, in 1.yaml line 2"));
  assert_non_null(strstr(g_ptr_array_index(problems, 2), "2.yaml:3:27: there is no channel \"nobody\""));
  assert_non_null(strstr(g_ptr_array_index(problems, 3), "did you mean \"rules\"?"));
}

/* --- what concerns them --- */

static gboolean depends(const char *body, const char *table, const char *source) {
  g_autoptr(AlertRule) rule = read_one(body);
  return alert_rule_depends_on(rule, &fixture.reader, &table, 1, source);
}

static void a_rule_is_concerned_by_its_facts(void **state) {
  const char *rate = "kpi: rate, below: 20%, period: last-month, to: log";
  assert_true(depends(rate, "opportunity", "crm"));
  assert_false(depends(rate, "activity", "crm"));
  assert_true(depends(rate, "person", "crm"));
  assert_true(depends(rate, "membership", "crm"));
  assert_true(depends("behind: 3 days, to: log", "activity", "crm"));
  assert_false(depends("fact: activity, older_than: 1 day, to: log", "opportunity", "crm"));
  assert_true(depends("fact: activity, older_than: 1 day, to: log", "activity", "crm"));
  assert_true(depends("source: crm, older_than: 1 day, to: log", "activity", "crm"));
  assert_false(depends("source: crm, older_than: 1 day, to: log", "activity", "support"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_limit_has_the_kpis_unit),
      cmocka_unit_test(a_change_is_a_share_or_an_amount),
      cmocka_unit_test(who_is_one_or_each),
      cmocka_unit_test(freshness_is_of_a_fact_or_source),
      cmocka_unit_test(what_is_wrong_is_told_with_its_place),
      cmocka_unit_test(every_problem_is_told_and_the_rest_is_read),
      cmocka_unit_test(a_rule_is_concerned_by_its_facts),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
