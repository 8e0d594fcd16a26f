/* Reported beside now. When the first quarter was closed Ana had won deals of 100 and 300 euros, and Ben one of 50.
 * Then Ana's first was found to be 120, and Ben's to be lost.
 *
 *   revenue    Ana 400, now 420: 20 more    Ben 50, now 0    all 450, now 420: 30 less
 *   win rate   all 3 of 4, now 2 of 4: 25 points less        Ana's stands: 2 of 3 */
#include "app/reported.h"
#include "asked.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  value: {name: Value, formula: \"sum(opportunity.amount where outcome = 'won' on closed_at)\", better: higher}\n"
    "  rate: {name: Rate, formula: won / decided, better: higher, unit: percent}\n"
    "  decisions: {name: Decisions, formula: decided, better: neutral}\n";

static World world;
static Session session;

static void close_quarter(void) {
  SnapshotRequest request = {
      .period = "2026-Q1", .by = (const char *const[]){"rep", NULL}, .note = "board", .as_of_us = G_MAXINT64};
  g_autoptr(GError) error = NULL;
  g_autoptr(Snapshot) snapshot = snapshot_take(&world.context, &request, &error);
  if (snapshot == NULL || !snapshot_save(world.store, snapshot, FALSE, &error)) fail_msg("%s", error->message);
}

static int set_up(void **state) {
  world = world_empty(definitions);
  company_sql(world.store,
              "INSERT INTO person (key, id, name, known) VALUES (1, 'p1', 'Ana', true), "
              "(2, 'p2', 'Ben', true)");
  company_sql(world.store,
              "INSERT INTO opportunity BY NAME SELECT k::UBIGINT AS key, 'd' || k AS id, o AS owner, w AS outcome, a * "
              "100 AS amount, 'EUR' AS currency, TIMESTAMP '2026-01-05' AS created_at, DATE '2026-01-05' AS "
              "created_at_day, TIMESTAMP '2026-02-01' AS closed_at, DATE '2026-02-01' AS closed_at_day FROM (VALUES "
              "(1, 1, 'won', 100), (2, 1, 'won', 300), (3, 1, 'lost', 7), (4, 2, 'won', 50)) AS t(k, o, w, a)");
  company_sql(world.store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 4 AS n_rows, DATE "
              "'2026-01-05' AS first_day, DATE '2026-02-01' AS last_day, TIMESTAMP '2026-02-01' AS "
              "latest_at, false AS has_foreign_currency");
  world_set_clock(&world, base_day_from_civil(2026, 6, 30));
  session = world_session(&world);
  close_quarter();
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

static int print(const AnswerQuestion *question, guint revision, const char *format, char **text, GError **error) {
  g_auto(AnswerRequest) request = {0};
  if (!answer_request_read(&session, question, &request, error)) return -1;
  size_t length;
  CliContext context = {.out = open_memstream(text, &length)};
  int code = reported_print(&context, &session, &request, revision, TRUE, format, error);
  fclose(context.out);
  return code;
}

/* The caller frees. */
static char *printed(const char *kpi, const char *by, const char *format) {
  const AnswerQuestion question = {
      .kpis = (const char *const[]){kpi, NULL}, .by = (const char *const[]){by, NULL}, .period = "2026-Q1"};
  g_autoptr(GError) error = NULL;
  char *text = NULL;
  if (print(&question, 0, format, &text, &error) != 0) fail_msg("%s", error->message);
  return text;
}

static void all_stands_at_first(void **state) {
  g_autofree char *text = printed(NULL, NULL, NULL);
  assert_has(text, "Every number stands as it was reported.");
}

static void restate(void) {
  company_sql(world.store, "UPDATE opportunity SET amount = 12000 WHERE key = 1");
  company_sql(world.store, "UPDATE opportunity SET outcome = 'lost' WHERE key = 4");
}

static void what_differs_is_listed(void **state) {
  restate();
  g_autofree char *text = printed(NULL, NULL, NULL);
  assert_has(text, "2026-Q1 as reported on 2026-06-30 (revision 1), and now");
  assert_has(text, "EUR 450");
  assert_has(text, "-EUR 30");
  assert_has(text, "-25.0 pt");
  assert_null(strstr(text, "Decisions"));
  assert_has(text, "1 number stands as it was reported and is left out: name a KPI to see it");
  assert_has(text, "attain records rate --period 2026-Q1 --changed-since 2026-06-30T");
}

static void members_and_all(void **state) {
  g_autofree char *text = printed("value", "rep", "csv");
  assert_string_equal(text,
                      "kpi,rep,period,revision,reported,now,difference,unit\r\n"
                      "value,Ana,2026-Q1,1,400,420,20,money\r\n"
                      "value,Ben,2026-Q1,1,50,0,-50,money\r\n"
                      "value,(all),2026-Q1,1,450,420,-30,money\r\n");
}

static void json_has_both_figures(void **state) {
  g_autofree char *text = printed("rate", "rep", "json");
  assert_has(text,
             "{\"kpi\": \"rate\", \"members\": {\"rep\": \"Ben\"}, \"reported\": {\"value\": 1, \"n\": 1, "
             "\"numerator\": 1, \"denominator\": 1,");
  assert_has(text, "\"now\": {\"value\": 0, \"n\": 1, \"numerator\": 0, \"denominator\": 1,");
  assert_has(text, "\"difference\": -1, \"changed\": true, \"was_immature\": false, \"unit\": \"percent\"");
  assert_has(text, "\"difference\": 0, \"changed\": false"); /* Ana's */
  assert_has(text, "\"note\": \"board\"");
}

static void what_was_not_closed(void **state) {
  static const struct {
    const char *period;
    guint revision;
    const char *says;
  } cases[] = {{"2025-Q4", 0, "2025-Q4 was not closed: `attain snapshot` lists those that were"},
               {"2026-Q1", 2, "2026-Q1 was not closed as revision 2"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const AnswerQuestion question = {.kpis = (const char *const[]){"value", NULL}, .period = cases[i].period};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    assert_int_equal(print(&question, cases[i].revision, NULL, &text, &error), -1);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
    assert_has(error->message, cases[i].says);
  }
}

static void instants_to_the_microsecond(void **state) {
  static const struct {
    gint64 us;
    const char *text;
  } cases[] = {{0, "1970-01-01T00:00:00Z"},
               {1500000, "1970-01-01T00:00:01.500000Z"},
               {86400000001, "1970-01-02T00:00:00.000001Z"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = answer_reported_instant(cases[i].us);
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_stands_at_first), cmocka_unit_test(what_differs_is_listed),
      cmocka_unit_test(members_and_all),     cmocka_unit_test(json_has_both_figures),
      cmocka_unit_test(what_was_not_closed), cmocka_unit_test(instants_to_the_microsecond),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
