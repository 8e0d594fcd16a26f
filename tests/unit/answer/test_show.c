/* An answer in every form. The company's year: Ana closed 4 deals and won 2 of them (1,000.50 and 999.50 euros), Ben
 * closed 1 and won none, and `"C", the <b>|*` won 1 of 1 (250 euros); of nobody, 1 of 1 (40 euros). */
#include "answer/show.h"
#include "asked.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "kpis:\n"
    "  value: {name: Value, formula: \"sum(opportunity.amount where outcome = 'won' on closed_at)\", better: "
    "higher}\n"
    "  rate: {name: Rate, formula: won / decided, better: higher}\n"
    "  lost: {name: Lost, formula: \"count(opportunity where outcome = 'lost' on closed_at)\", better: lower}\n";

static World world;
static Session session;

static int set_up(void **state) {
  world = world_empty(definitions);
  Store *store = world.store;
  company_sql(store,
              "INSERT INTO person (key, id, name, known) VALUES (1, 'p1', 'Ana', true), (2, 'p2', 'Ben', true), "
              "(3, 'p3', '\"C\", the <b>|*', true)");
  company_sql(store,
              "INSERT INTO opportunity (key, id, owner, outcome, amount, currency, created_at, created_at_day, "
              "closed_at, closed_at_day) SELECT k, 'd' || k, o, w, round(a * 100), 'EUR', '2026-01-01', "
              "'2026-01-01', d::TIMESTAMP, d::DATE FROM (VALUES (1, 1, 'won', 1000.5, '2026-02-01'), "
              "(2, 1, 'won', 999.5, '2026-05-01'), (3, 1, 'lost', 7, '2026-05-02'), "
              "(4, 2, 'lost', 8, '2026-02-03'), (5, 3, 'won', 250, '2026-05-04'), "
              "(6, NULL, 'won', 40, '2026-05-05'), (7, 1, 'lost', 9, '2026-05-06')) v(k, o, w, a, d)");
  company_sql(store,
              "INSERT INTO ledger_stat BY NAME SELECT 'opportunity' AS table_name, 7 AS n_rows, "
              "DATE '2026-01-01' AS first_day, DATE '2026-05-06' AS last_day, "
              "TIMESTAMP '2026-05-06' AS latest_at, false AS has_foreign_currency");
  world.context.today = base_day_from_civil(2027, 1, 15);
  world.context.now_us = calendar_start_of_day(world.calendar, world.context.today);
  session = world_session(&world);
  return 0;
}

static int tear_down(void **state) {
  world_clear(&world);
  return 0;
}

typedef struct {
  const char *kpis, *by, *period;
  gboolean previous, by_value;
  guint top;
} Question;

static void write_table(const Shown *shown, FILE *out) {
  g_autoptr(CliTable) table = show_table(shown);
  CliContext context = {.out = out};
  cli_table_write(table, &context, FALSE);
}

static void write_markdown(const Shown *shown, FILE *out) {
  g_autoptr(CliTable) table = show_table(shown);
  CliContext context = {.out = out};
  cli_table_write(table, &context, TRUE);
}

/* The caller frees. */
static char *shown_as(const Question *question, void (*write)(const Shown *shown, FILE *out)) {
  g_auto(GStrv) kpis = g_strsplit(question->kpis, ",", -1);
  g_auto(GStrv) by = question->by != NULL ? g_strsplit(question->by, ",", -1) : g_new0(char *, 1);
  QueryRequest request = {.kpis = (const char *const *)kpis,
                          .by = (const char *const *)by,
                          .period = question->period != NULL ? question->period : "2026",
                          .compare = question->previous ? QUERY_COMPARE_PREVIOUS : QUERY_COMPARE_NONE,
                          .rates_of = BASE_DAY_NONE};
  g_autoptr(GError) error = NULL;
  g_autoptr(QueryResult) result = query_run(&world.context, &request, &error);
  if (result == NULL) fail_msg("%s", error->message);
  g_auto(Shown) shown = {0};
  shown_init(&shown, &session, result, question->previous, question->by_value, question->top);
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  write(&shown, out);
  fclose(out);
  return text;
}

static void assert_order(const char *text, const char *const *parts) {
  const char *at = text;
  for (; *parts != NULL; parts++) {
    const char *found = strstr(at, *parts);
    if (found == NULL) fail_msg("no `%s` at its place in\n%s", *parts, text);
    at = found + strlen(*parts);
  }
}

/* --- as data --- */

/* Value: 2,290 of all = 1,000.50 + 999.50 + 250 + 40. */
static void json_is_typed(void **state) {
  g_autofree char *text = shown_as(&(Question){"value,rate", "rep"}, show_json);
  assert_has(text,
             "{\"kpi\": \"value\", \"members\": {\"rep\": \"Ana\"}, \"period\": {\"name\": \"2026\", \"start\": "
             "\"2026-01-01\", \"end\": \"2027-01-01\"}, \"value\": 2000, \"n\": 2, \"numerator\": null, "
             "\"denominator\": null, \"low\": null, \"high\": null, \"unit\": \"money\", \"flags\": []}");
  assert_has(text, "\"members\": {\"rep\": \"\\\"C\\\", the <b>|*\"}");
  assert_has(text, "\"members\": {\"rep\": null}"); /* of nobody */
  assert_has(text, "\"numerator\": 2, \"denominator\": 4");
  assert_order(text, (const char *const[]){"\"totals\"", "\"members\": {}", "\"value\": 2290, \"n\": 4", NULL});
  assert_has(text, "\"currency\": \"EUR\"");
  assert_has(text, "\"as_of\": \"2027-01-15T00:00:00Z\"");
  assert_has(text, "\"load\": 0,"); /* nothing was loaded: the records were written */
  assert_has(text, "\"loaded_at\": null");
  assert_has(text, "\"rows_left_out\": 0");
}

/* Ana: 1,000.50 in the first quarter and 999.50 in the second: 1 less; Ben has no value to compare. */
static void json_of_a_comparison(void **state) {
  g_autofree char *text = shown_as(&(Question){"value", "rep", "2026-Q2", TRUE}, show_json);
  assert_order(text,
               (const char *const[]){"\"Ana\"", "\"value\": 999.5", "\"compared\"", "\"name\": \"2026-Q1\"",
                                     "\"value\": 1000.5", "\"change\": -1,", "\"whole_period_value\": null", NULL});
  assert_order(text, (const char *const[]){"\"C\\\", the", "\"value\": 250", "\"value\": 0", "\"change\": 250,",
                                           "\"change_ratio\": null", NULL});
}

static void csv_is_quoted(void **state) {
  g_autofree char *text = shown_as(&(Question){"value", "rep"}, show_csv);
  assert_true(g_str_has_prefix(text, "kpi,rep,period,start,end,value,n,numerator,denominator,low,high,unit,flags\r\n"));
  assert_has(text, "value,Ana,2026,2026-01-01,2027-01-01,2000,2,,,,,money,\r\n");
  assert_has(text, "value,\"\"\"C\"\", the <b>|*\",2026,2026-01-01,2027-01-01,250,1,,,,,money,\r\n");
  assert_has(text, "value,,2026,2026-01-01,2027-01-01,40,1,,,,,money,\r\n");
  assert_has(text, "value,(all),2026,2026-01-01,2027-01-01,2290,4,,,,,money,\r\n");
}

static void csv_of_a_comparison(void **state) {
  g_autofree char *text = shown_as(&(Question){"value", NULL, "2026-Q2", TRUE}, show_csv);
  assert_string_equal(text,
                      "kpi,period,start,end,value,n,numerator,denominator,low,high,unit,flags,compared_period,"
                      "compared_value\r\n"
                      "value,2026-Q2,2026-04-01,2026-07-01,1289.5,3,,,,,money,,2026-Q1,1000.5\r\n");
}

/* --- as tables --- */

static void a_table(void **state) {
  g_autofree char *text = shown_as(&(Question){"value", "rep"}, write_table);
  assert_has(text, "Value");
  assert_order(text, (const char *const[]){"\"C\", the <b>|*", "Ana", "EUR 2,000", "2", "(none)", "EUR 40", "All",
                                           "EUR 2,290", "4", NULL});
}

static void markdown_is_escaped(void **state) {
  g_autofree char *text = shown_as(&(Question){"value", "rep"}, write_markdown);
  assert_has(text, "| \"C\", the \\<b>\\|\\* | EUR 250 | 1 |\n");
  assert_has(text, "| **All** | **EUR 2,290** | **4** |\n");
}

/* Rate: Ana in the first quarter 1 of 1, in the second 1 of 3: 66.7 points less. */
static void changes_of_rates_are_in_points(void **state) {
  g_autofree char *text = shown_as(&(Question){"rate", "rep", "2026-Q2", TRUE}, write_table);
  assert_order(text, (const char *const[]){"Ana", "33.3 %", "100.0 %", "-66.7 pt", NULL});
}

/* --- order --- */

static const char *const names[] = {"Ana", "Ben", "\"C\"", "(none)", "All", NULL};

/* The names in the order in which their rows come. */
static char *order_of(const Question *question) {
  g_autofree char *text = shown_as(question, write_table);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  GString *order = g_string_new(NULL);
  for (char **line = lines; *line != NULL; line++)
    for (const char *const *name = names; *name != NULL; name++)
      if (g_str_has_prefix(*line, *name)) g_string_append_printf(order, "%s%s", order->len > 0 ? " " : "", *name);
  return g_string_free(order, FALSE);
}

static void members_in_order(void **state) {
  static const struct {
    Question question;
    const char *order;
  } cases[] = {
      {{.kpis = "value", .by = "rep"}, "\"C\" Ana (none) All"},
      {{.kpis = "value", .by = "rep", .by_value = TRUE}, "Ana \"C\" (none) All"}, /* 2,000, 250, 40 */
      {{.kpis = "value", .by = "rep", .top = 2}, "Ana \"C\" All"},
      {{.kpis = "value", .by = "rep", .top = 99}, "Ana \"C\" (none) All"},
      {{.kpis = "value,lost", .by = "rep", .top = 1}, "Ana All"},                    /* by the first */
      {{.kpis = "rate", .by = "rep", .by_value = TRUE}, "\"C\" (none) Ana Ben All"}, /* 1/1, 1/1, 2/4, 0/1 */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *order = order_of(&cases[i].question);
    assert_string_equal(order, cases[i].order);
  }
}

/* Of what is better low, the lowest comes first. */
static void fewest_losses_first(void **state) {
  g_autofree char *order = order_of(&(Question){.kpis = "lost", .by = "rep", .by_value = TRUE});
  assert_string_equal(order, "Ben Ana All");
}

static void what_is_left_out_is_said(void **state) {
  Question question = {.kpis = "value", .by = "rep", .top = 1};
  g_autofree char *text = shown_as(&question, write_table);
  assert_has(text, "EUR 2,290"); /* the total is that of all */
  assert_has(text, "2 more members are not shown (--top); the totals hold them");
  g_autofree char *json = shown_as(&question, show_json);
  assert_has(json, "\"rows_left_out\": 2");
  assert_null(strstr(json, "\"rep\": null"));
  question.top = 2;
  g_autofree char *one = shown_as(&question, write_table);
  assert_has(one, "1 more member is not shown (--top); the totals hold it");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_is_typed),
      cmocka_unit_test(json_of_a_comparison),
      cmocka_unit_test(csv_is_quoted),
      cmocka_unit_test(csv_of_a_comparison),
      cmocka_unit_test(a_table),
      cmocka_unit_test(markdown_is_escaped),
      cmocka_unit_test(changes_of_rates_are_in_points),
      cmocka_unit_test(members_in_order),
      cmocka_unit_test(fewest_losses_first),
      cmocka_unit_test(what_is_left_out_is_said),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
