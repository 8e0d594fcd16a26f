/* The past, asked of a workspace that is open to write: numbers as they were believed, what restated them, and when a
 * rule would have fired. */
#include "../demo/simulated.h"
#include "attain/attain.h"
#include "unit.h"

#include <json-glib/json-glib.h>

/* Decided in November, as each was put:
 *   on the 4th  A won on the 2nd · B won, C lost on the 3rd
 *   on the 6th  D lost on the 3rd · E lost on the 4th
 *   on the 9th  F won on the 4th
 * So 2 of 3 were won as believed on the 5th, 3 of 6 on the 12th. Of the last seven whole days, below 50 %, judged at
 * the end of each day: 4th, 5th: A B C, 2 of 3 · 6th: A B C D E, 2 of 5 · 9th: with F, 3 of 6 · 10th: without A, 2 of 5
 * · 11th: E F, 1 of 2. */
static const struct {
  const char *now, *id, *closed_at, *outcome;
} deals[] = {
    {"2026-11-04T09:00", "A", "2026-11-02", "won"},  {"2026-11-04T09:00", "B", "2026-11-03", "won"},
    {"2026-11-04T09:00", "C", "2026-11-03", "lost"}, {"2026-11-06T09:00", "D", "2026-11-03", "lost"},
    {"2026-11-06T09:00", "E", "2026-11-04", "lost"}, {"2026-11-09T09:00", "F", "2026-11-04", "won"},
};

#define NOW "2026-11-12T10:00"

static const char *const win_rate[] = {"win_rate", NULL};
static const AttainQuestion november = {.kpis = win_rate, .period = "2026-11"};
static const AttainQuestion believed = {.kpis = win_rate, .period = "2026-11", .as_of = "2026-11-05"};

static char *folder;
static AttainError why;

static void write_file(const char *name, const char *text) {
  g_autofree char *path = g_build_filename(folder, name, NULL), *parent = g_path_get_dirname(path);
  assert_int_equal(0, g_mkdir_with_parents(parent, 0700));
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put(AttainWorkspace *workspace, const char *id, const char *closed_at, const char *outcome) {
  g_autofree char *record = g_strdup_printf(
      "{\"id\": \"%s\", \"created_at\": \"2026-10-01\", \"closed_at\": \"%s\", \"outcome\": \"%s\", \"amount\": 100}",
      id, closed_at, outcome);
  if (!attain_put(workspace, "opportunity", record, NULL, NULL, &why)) fail_msg("%s", why.message);
}

static AttainWorkspace *open_workspace(bool read_only) {
  AttainOptions options = {.now = NOW, .read_only = read_only};
  AttainWorkspace *workspace = attain_open(folder, &options, &why);
  if (!workspace) fail_msg("%s", why.message);
  return workspace;
}

static int set_up(void **state) {
  folder = g_dir_make_tmp("attain-lib-past-XXXXXX", NULL);
  write_file("attain.yaml", "name: Test\ncurrency: EUR\nalerts: {channels: {log: {command: [cat]}}}\n");
  write_file("alerts/a.yaml", "rules:\n  low: {kpi: win_rate, period: last-7-days, below: 50%, to: log}\n");
  AttainWorkspace *workspace = open_workspace(false);
  for (gsize i = 0; i < G_N_ELEMENTS(deals); i++) {
    assert_true(attain_set_now(workspace, deals[i].now, &why));
    put(workspace, deals[i].id, deals[i].closed_at, deals[i].outcome);
  }
  attain_close(workspace);
  return 0;
}

static int tear_down(void **state) {
  simulated_remove(folder);
  return 0;
}

static JsonParser *parse(char *json) {
  if (!json) fail_msg("%s", why.message);
  JsonParser *parser = json_parser_new();
  if (!json_parser_load_from_data(parser, json, -1, NULL)) fail_msg("no JSON: %s", json);
  attain_free(json);
  return parser;
}

static JsonObject *root(JsonParser *parser) {
  return json_node_get_object(json_parser_get_root(parser));
}

static void assert_fails(char *got, AttainErrorCode code, const char *words) {
  assert_null(got);
  if (why.code != code || !strstr(why.message, words)) fail_msg("%d %s", (int)why.code, why.message);
  attain_error_clear(&why);
}

static void assert_win_rate(AttainWorkspace *workspace, const AttainQuestion *question, double won, double decided) {
  AttainAnswer *answer = attain_ask(workspace, question, &why);
  if (!answer) fail_msg("%s", why.message);
  assert_int_equal(1, attain_answer_n_rows(answer));
  const AttainFigures *figures = &attain_answer_row(answer, 0)->figures;
  assert_float_equal(won, figures->numerator, 0);
  assert_float_equal(decided, figures->denominator, 0);
  attain_answer_free(answer);
}

static void numbers_are_as_they_were_believed(void **state) {
  for (int read_only = 0; read_only < 2; read_only++) {
    AttainWorkspace *workspace = open_workspace(read_only);
    assert_win_rate(workspace, &believed, 2, 3);
    assert_win_rate(workspace, &november, 3, 6);
    assert_win_rate(workspace, &(AttainQuestion){.kpis = win_rate, .period = "2026-11", .as_of = "2026-11-08"}, 2, 5);
    attain_close(workspace);
  }
}

static void an_answer_says_by_what_it_was_believed(void **state) {
  AttainWorkspace *workspace = open_workspace(false);
  AttainAnswer *answer = attain_ask(workspace, &believed, &why);
  assert_string_equal("2026-11-05T23:59:59Z", attain_answer_as_of(answer));
  assert_int_equal(3, attain_answer_load(answer)); /* each put was a load */
  g_autoptr(JsonParser) parser = parse(attain_answer_json(answer));
  assert_string_equal("2026-11-05T23:59:59Z", json_object_get_string_member(root(parser), "as_of"));
  attain_answer_free(answer);
  attain_close(workspace);
}

static void records_and_formulas_are_of_then(void **state) {
  AttainWorkspace *workspace = open_workspace(false);
  AttainQuestion question = {
      .kpis = (const char *const[]){"lost_deals", NULL}, .period = "2026-11", .as_of = "2026-11-05"};
  g_autoptr(JsonParser) parser = parse(attain_records(workspace, &question, 0, &why));
  JsonObject *measure = json_array_get_object_element(json_object_get_array_member(root(parser), "measures"), 0);
  JsonArray *records = json_object_get_array_member(measure, "records");
  assert_int_equal(1, json_array_get_length(records));
  assert_string_equal("C", json_object_get_string_member(json_array_get_object_element(records, 0), "id"));
  char *explained = attain_explain(workspace, &question, &why);
  assert_non_null(explained);
  assert_non_null(strstr(explained, "\"used\": 1,"));
  attain_free(explained);
  attain_close(workspace);
}

static void what_restated_a_number_is_listed(void **state) {
  AttainWorkspace *workspace = open_workspace(false);
  AttainQuestion lost = {.kpis = (const char *const[]){"lost_deals", NULL}, .period = "2026-11"};
  g_autoptr(JsonParser) parser = parse(attain_changes(workspace, &lost, "2026-11-05", &why));
  JsonObject *kpi = json_array_get_object_element(json_object_get_array_member(root(parser), "kpis"), 0);
  assert_int_equal(1, json_object_get_int_member(kpi, "then"));
  assert_int_equal(3, json_object_get_int_member(kpi, "now"));
  JsonObject *measure = json_array_get_object_element(json_object_get_array_member(kpi, "measures"), 0);
  JsonArray *records = json_object_get_array_member(measure, "records");
  assert_int_equal(2, json_array_get_length(records));
  for (guint i = 0; i < 2; i++)
    assert_string_equal("new", json_object_get_string_member(json_array_get_object_element(records, i), "what"));
  attain_close(workspace);
}

static void a_rule_is_held_against_what_was_known(void **state) {
  static const struct {
    const char *act, *day;
    double value;
  } wanted[] = {{"fire", "2026-11-06", 0.4},
                {"recover", "2026-11-09", 0.5},
                {"fire", "2026-11-10", 0.4},
                {"recover", "2026-11-11", 0.5}};
  AttainWorkspace *workspace = open_workspace(false);
  AttainAlertTest test = {.rule = "low", .since = "2026-11-01"};
  g_autoptr(JsonParser) parser = parse(attain_alert_test(workspace, &test, &why));
  JsonArray *events = json_object_get_array_member(root(parser), "events");
  assert_int_equal(G_N_ELEMENTS(wanted), json_array_get_length(events));
  for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
    JsonObject *event = json_array_get_object_element(events, i);
    assert_string_equal(wanted[i].act, json_object_get_string_member(event, "act"));
    assert_true(g_str_has_prefix(json_object_get_string_member(event, "at"), wanted[i].day));
    assert_float_equal(wanted[i].value, json_object_get_double_member(event, "value"), 1e-12);
  }
  attain_close(workspace);
}

/* By what is known now: 2nd, 3rd: A B and, from the 3rd's end on, C D, 2 of 4 · 5th to 9th: all six, 3 of 6. */
static void a_rule_is_judged_in_hindsight(void **state) {
  AttainWorkspace *workspace = open_workspace(false);
  AttainAlertTest test = {.rule = "low", .since = "2026-11-01", .in_hindsight = true};
  g_autoptr(JsonParser) parser = parse(attain_alert_test(workspace, &test, &why));
  JsonArray *events = json_object_get_array_member(root(parser), "events");
  assert_int_equal(2, json_array_get_length(events));
  assert_true(
      g_str_has_prefix(json_object_get_string_member(json_array_get_object_element(events, 0), "at"), "2026-11-10"));
  attain_close(workspace);
}

static void the_present_goes_on_beside_it(void **state) {
  AttainWorkspace *workspace = open_workspace(false);
  assert_win_rate(workspace, &believed, 2, 3);
  put(workspace, "G", "2026-11-11", "won");
  assert_win_rate(workspace, &november, 4, 7);
  assert_win_rate(workspace, &believed, 2, 3);
  attain_close(workspace);
}

static void what_cannot_be_asked_is_said(void **state) {
  AttainWorkspace *workspace = open_workspace(false);
  AttainQuestion never = {.kpis = win_rate, .period = "2026-11", .as_of = "never"};
  assert_fails((char *)attain_ask(workspace, &never, &why), ATTAIN_ERROR_USAGE, "as_of");
  assert_fails(attain_changes(workspace, &november, "never", &why), ATTAIN_ERROR_USAGE, "since");
  assert_fails(attain_changes(workspace, &november, NULL, &why), ATTAIN_ERROR_USAGE, "since when");
  assert_fails(attain_changes(workspace, &believed, "2026-11-05", &why), ATTAIN_ERROR_USAGE, "without `as_of`");
  assert_fails(attain_alert_test(workspace, &(AttainAlertTest){.rule = "lo"}, &why), ATTAIN_ERROR_NOT_FOUND,
               "no rule \"lo\"");
  assert_fails(attain_alert_test(workspace, &(AttainAlertTest){0}, &why), ATTAIN_ERROR_USAGE, "which rule");
  assert_fails(attain_alert_test(workspace, &(AttainAlertTest){.rule = "low", .since = "2026-12-01"}, &why),
               ATTAIN_ERROR_USAGE, "since");
  attain_close(workspace);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_as_they_were_believed),     cmocka_unit_test(an_answer_says_by_what_it_was_believed),
      cmocka_unit_test(records_and_formulas_are_of_then),      cmocka_unit_test(what_restated_a_number_is_listed),
      cmocka_unit_test(a_rule_is_held_against_what_was_known), cmocka_unit_test(a_rule_is_judged_in_hindsight),
      cmocka_unit_test(what_cannot_be_asked_is_said),          cmocka_unit_test(the_present_goes_on_beside_it),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
