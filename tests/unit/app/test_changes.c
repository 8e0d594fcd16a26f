/* What restated a number. On 5 March three deals of the quarter were believed won: 1 of 100 euros, 3 of 300, 4 of 50.
 * On 15 March 1 was found to be 120, 2 was won for 250 (it had been open at 200), and 4 was deleted.
 *
 *   revenue   450 then = 100 + 300 + 50    670 now = 120 + 250 + 300    220 more = 250 - 50 + 20
 *   median    100 then of 50, 100, 300     250 now of 120, 250, 300 */
#include "app/changes.h"
#include "company.h"

#include <glib/gstdio.h>

static char *folder;

static void insert_deals(Store *store) {
  company_sql(store, "INSERT INTO person (key, id, name, known) VALUES (1, 'p1', 'Ana', true)");
  company_sql(store,
              "INSERT INTO opportunity BY NAME SELECT k::UBIGINT AS key, 'd' || k AS id, 1 AS owner, 'won' AS outcome, "
              "a * 100 AS amount, 'EUR' AS currency, TIMESTAMP '2026-01-05' AS created_at, DATE '2026-01-05' AS "
              "created_at_day, TIMESTAMP '2026-02-01' AS closed_at, DATE '2026-02-01' AS closed_at_day, r::TIMESTAMP "
              "AS recorded_at FROM (VALUES (1, 120, '2026-03-15'), (2, 250, '2026-03-15'), (3, 300, '2026-03-01')) AS "
              "t(k, a, r)");
  company_sql(store,
              "INSERT INTO opportunity_history BY NAME SELECT k::UBIGINT AS key, 'd' || k AS id, 1 AS owner, o AS "
              "outcome, a * 100 AS amount, 'EUR' AS currency, TIMESTAMP '2026-01-05' AS created_at, DATE '2026-01-05' "
              "AS created_at_day, c::TIMESTAMP AS closed_at, c::DATE AS closed_at_day, TIMESTAMP '2026-03-01' AS "
              "recorded_at, TIMESTAMP '2026-03-15' AS superseded_at, 2 AS superseded_by FROM (VALUES (1, 'won', 100, "
              "'2026-02-01'), (2, 'open', 200, NULL), (4, 'won', 50, '2026-02-01')) AS t(k, o, a, c)");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 3 AS n_rows, DATE "
              "'2026-01-05' AS first_day, DATE '2026-02-01' AS last_day, TIMESTAMP '2026-02-01' AS latest_at, "
              "false AS has_foreign_currency");
}

static Session *opened(guint needs) {
  g_autoptr(GError) error = NULL;
  Session *session = session_open(folder, "2026-06-30", needs | SESSION_DEFINITIONS, &error);
  if (session == NULL) fail_msg("%s", error->message);
  return session;
}

static int set_up(void **state) {
  folder = g_dir_make_tmp("attain-changes-XXXXXX", NULL);
  g_autofree char *organisation = g_build_filename(folder, "attain.yaml", NULL);
  assert_true(g_file_set_contents(organisation, "name: Test\ncurrency: EUR\n", -1, NULL));
  g_autoptr(Session) session = opened(SESSION_WRITE);
  insert_deals(session->store);
  return 0;
}

static int tear_down(void **state) {
  static const char *const files[] = {"data/attain.duckdb", "data", "attain.yaml", ""};
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i], NULL);
    g_remove(path);
  }
  g_free(folder);
  return 0;
}

/* The caller frees. */
static char *printed(const char *kpi, const char *since, const char *format) {
  g_autoptr(Session) session = opened(SESSION_DATABASE);
  g_auto(AnswerRequest) request = {0};
  const AnswerQuestion question = {.kpis = (const char *const[]){kpi, NULL}, .period = "2026-Q1"};
  g_autoptr(GError) error = NULL;
  if (!answer_request_read(session, &question, &request, &error)) fail_msg("%s", error->message);
  char *text;
  size_t length;
  CliContext context = {.now = "2026-06-30", .out = open_memstream(&text, &length)};
  int code = changes_print(&context, session, &request, since, CHANGES_LIMIT, format, &error);
  fclose(context.out);
  if (code != 0) fail_msg("%s", error->message);
  return text;
}

static void the_largest_difference_comes_first(void **state) {
  g_autofree char *text = printed("revenue", "2026-03-05", "csv");
  assert_string_equal(text,
                      "kpi,measure,id,name,rep,account,what,then,now,difference\r\n"
                      "revenue,revenue,d2,,Ana,,new,,250,250\r\n"
                      "revenue,revenue,d4,,Ana,,gone,50,,-50\r\n"
                      "revenue,revenue,d1,,Ana,,changed,100,120,20\r\n");
}

static void differences_add_up_to_that_of_the_number(void **state) {
  g_autofree char *text = printed("revenue", "2026-03-05", "json");
  assert_has(text, "\"kpi\": \"revenue\", \"period\": \"2026-Q1\", \"then\": 450, \"now\": 670, \"unit\": \"money\"");
  assert_has(text, "\"measure\": \"revenue\", \"then\": 450, \"now\": 670");
  assert_has(text,
             "\"id\": \"d4\", \"name\": null, \"rep\": \"Ana\", \"account\": null, \"stage\": null, \"what\": "
             "\"gone\", \"then\": 50, \"now\": null, \"difference\": -50");
  g_autofree char *table = printed("revenue", "2026-03-05", NULL);
  assert_has(table, "EUR 450.00 as believed at 2026-03-05T23:59:59Z, EUR 670.00 now");
  assert_has(table, "3 records");
  assert_has(table, "EUR 220");
}

static void a_deal_that_counts_as_before_is_not_listed(void **state) {
  g_autofree char *text = printed("won_deals", "2026-03-05", "csv");
  assert_has(text, "won_deals,won_deals,d2,,Ana,,new,,1,1\r\n");
  assert_has(text, "won_deals,won_deals,d4,,Ana,,gone,1,,-1\r\n");
  assert_null(strstr(text, "d1")); /* another amount, and one won deal still */
  assert_null(strstr(text, "d3"));
}

static void a_median_has_no_total(void **state) {
  g_autofree char *text = printed("median_deal_size", "2026-03-05", "json");
  assert_has(text, "\"then\": 100, \"now\": 250, \"unit\": \"money\"");
  assert_has(text, "\"then\": null, \"now\": null, \"records\": [{\"id\": \"d2\"");
}

static void nothing_changed_since(void **state) {
  g_autofree char *text = printed("revenue", "2026-04-01", NULL);
  assert_has(text, "EUR 670.00 as believed at 2026-04-01T23:59:59Z, EUR 670.00 now");
  assert_has(text, "No record behind it counts otherwise.");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_largest_difference_comes_first),
      cmocka_unit_test(differences_add_up_to_that_of_the_number),
      cmocka_unit_test(a_deal_that_counts_as_before_is_not_listed),
      cmocka_unit_test(a_median_has_no_total),
      cmocka_unit_test(nothing_changed_since),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
