/* Alerts inside another program: a put that concerns a rule is judged in its own commit; what that has to tell is sent
 * when the program says so, once. */
#include "../demo/simulated.h"
#include "attain/attain.h"
#include "unit.h"

#include <string.h>

#define NOW "2026-11-20T12:00"

/* 2 of 4 deals of October were won; a command writes what it is told to a file of the workspace. */
static const char attain_yaml[] =
    "name: Test\ncurrency: EUR\nalerts:\n  channels:\n    log: {command: [sh, -c, \"cat >> told.jsonl\"]}\n";
static const char rules_yaml[] =
    "rules:\n  low: {kpi: win_rate, period: last-month, below: 60%, to: log}\n"
    "  calls: {kpi: calls, period: last-month, below: 1, to: log}\n";

static char *folder;

static void write_file(const char *name, const char *text) {
  g_autofree char *path = g_build_filename(folder, name, NULL), *parent = g_path_get_dirname(path);
  assert_int_equal(0, g_mkdir_with_parents(parent, 0700));
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

static int set_up(void **state) {
  folder = g_dir_make_tmp("attain-lib-alerts-XXXXXX", NULL);
  write_file("attain.yaml", attain_yaml);
  write_file("alerts/a.yaml", rules_yaml);
  return 0;
}

static int tear_down(void **state) {
  simulated_remove(folder);
  return 0;
}

static AttainWorkspace *open_workspace(void) {
  AttainError error = {0};
  AttainOptions options = {.now = NOW, .alerts = true};
  AttainWorkspace *workspace = attain_open(folder, &options, &error);
  if (!workspace) fail_msg("%s", error.message);
  return workspace;
}

static void put(AttainWorkspace *workspace, const char *id, const char *outcome) {
  AttainError error = {0};
  g_autofree char *record = g_strdup_printf(
      "{\"id\": \"%s\", \"created_at\": \"2026-10-01\", \"closed_at\": "
      "\"2026-10-10\", \"outcome\": \"%s\", \"amount\": 100}",
      id, outcome);
  if (!attain_put(workspace, "opportunity", record, NULL, NULL, &error)) fail_msg("%s", error.message);
}

static guint count(const char *text, const char *part) {
  guint n = 0;
  for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) n++;
  return n;
}

static void expect_run(AttainWorkspace *workspace, const char *wanted) {
  AttainError error = {0};
  char *text = attain_alert_run(workspace, &error);
  if (!text) fail_msg("%s", error.message);
  if (!strstr(text, wanted)) fail_msg("says: %s\n  not: %s", text, wanted);
  attain_free(text);
}

static char *told(void) {
  g_autofree char *path = g_build_filename(folder, "told.jsonl", NULL);
  char *text = NULL;
  return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("");
}

static void a_put_is_judged_in_its_commit(void **state) {
  AttainWorkspace *workspace = open_workspace();
  put(workspace, "1", "won");
  put(workspace, "2", "won");
  put(workspace, "3", "lost");
  expect_run(workspace, "\"sent\": 0"); /* 67 %; of calls nothing is known */
  put(workspace, "4", "lost");          /* 50 %: fires here, and not in the run */
  expect_run(workspace, "\"events\": [],\n  \"unjudged\": [],\n  \"sent\": 1");
  put(workspace, "5", "won"); /* 60 % again */
  expect_run(workspace, "\"sent\": 1");
  expect_run(workspace, "\"sent\": 0");
  g_autofree char *all = told();
  assert_int_equal(1, count(all, "\"rule\": \"low\", \"name\": \"Low\", \"state\": \"firing\""));
  assert_int_equal(1, count(all, "\"rule\": \"low\", \"name\": \"Low\", \"state\": \"recovered\""));
  attain_close(workspace);
}

static void on_change(const AttainChange *change, void *user_data) {
  AttainError error = {0};
  assert_null(attain_alert_run(user_data, &error));
  assert_int_equal(ATTAIN_ERROR_USAGE, error.code);
  attain_error_clear(&error);
}

static void not_from_a_callback_nor_read_only(void **state) {
  AttainWorkspace *workspace = open_workspace();
  attain_subscribe(workspace, on_change, workspace);
  put(workspace, "6", "lost");
  attain_close(workspace);
  AttainError error = {0};
  AttainOptions reading = {.now = NOW, .read_only = true, .alerts = true};
  workspace = attain_open(folder, &reading, &error);
  assert_non_null(workspace);
  assert_null(attain_alert_run(workspace, &error));
  assert_int_equal(ATTAIN_ERROR_USAGE, error.code);
  attain_error_clear(&error);
  attain_close(workspace);
}

/* --- what people say --- */

static void expect(char *text, const char *wanted) {
  assert_non_null(text);
  if (!strstr(text, wanted)) fail_msg("says: %s\n  not: %s", text, wanted);
  attain_free(text);
}

static void expect_failure(char *text, AttainError *error, AttainErrorCode code, const char *words) {
  assert_null(text);
  if (error->code != code || !strstr(error->message, words)) fail_msg("%d %s", (int)error->code, error->message);
  attain_error_clear(error);
}

/* 3 of 7 were won, which fires; who sees to it is in the state, and what was said in the history. */
static void what_is_said_of_alerts_is_kept(void **state) {
  AttainWorkspace *workspace = open_workspace();
  AttainError error = {0};
  put(workspace, "7", "lost");
  expect(attain_alert_judge(workspace, &error), "\"rule\": \"low\"");
  expect(attain_alerts(workspace, &error), "\"state\": \"firing\"");
  expect(attain_alert_send(workspace, &error), "\"refused\": 0");
  expect(attain_alert_outbox(workspace, false, &error), "\"messages\": []");
  expect(attain_alert_outbox(workspace, true, &error), "\"state\": \"sent\"");
  AttainAlertSaying saying = {.act = "acknowledge", .rule = "low", .who = "company", .author = "Mia", .reason = "mine"};
  expect(attain_alert_say(workspace, &saying, &error), "\"author\": \"Mia\"");
  expect(attain_alerts(workspace, &error), "\"acknowledged_by\": \"Mia\"");
  saying.act = "snooze";
  expect_failure(attain_alert_say(workspace, &saying, &error), &error, ATTAIN_ERROR_USAGE, "until when");
  saying.length = "3 days";
  expect(attain_alert_say(workspace, &saying, &error), "\"until\": \"2026-11-23T12:00:00Z\"");
  saying.until = "2026-11-25";
  expect_failure(attain_alert_say(workspace, &saying, &error), &error, ATTAIN_ERROR_USAGE, "until when");
  saying.act = "shout";
  expect_failure(attain_alert_say(workspace, &saying, &error), &error, ATTAIN_ERROR_USAGE, "snooze, wake or");
  AttainAlertSaying unknown = {.act = "wake", .rule = "lo", .author = "Mia"};
  expect_failure(attain_alert_say(workspace, &unknown, &error), &error, ATTAIN_ERROR_NOT_FOUND, "no rule \"lo\"");
  expect(attain_alert_history(workspace, "low", &error), "\"words\": \"mine\"");
  expect(attain_alert_history(workspace, "calls", &error), "\"events\": []");
  assert_false(attain_alert_again(workspace, 999, &error));
  assert_int_equal(ATTAIN_ERROR_NOT_FOUND, error.code);
  attain_error_clear(&error);
  attain_close(workspace);
}

static const char wrong_yaml[] = "rules:\n  x: {kpi: win_rat, below: 1%, period: last-month, to: log}\n";

static void a_wrong_rule_stops_no_other(void **state) {
  AttainWorkspace *workspace = open_workspace();
  AttainError error = {0};
  put(workspace, "8", "won");
  write_file("alerts/b.yaml", wrong_yaml);
  expect_run(workspace, "b.yaml:2:12");
  expect(attain_alert_history(workspace, "low", &error), "\"act\": \"snooze\"");
  AttainAlertSaying awake = {.act = "wake", .rule = "low", .author = "Mia"};
  expect_failure(attain_alert_say(workspace, &awake, &error), &error, ATTAIN_ERROR_INPUT, "b.yaml:2:12");
  attain_close(workspace);
}

static void wrong_rules_are_told_when_it_opens(void **state) {
  write_file("alerts/b.yaml", wrong_yaml);
  AttainError error = {0};
  AttainOptions options = {.now = NOW, .alerts = true};
  assert_null(attain_open(folder, &options, &error));
  assert_int_equal(ATTAIN_ERROR_INPUT, error.code);
  assert_non_null(strstr(error.message, "b.yaml:2:12"));
  attain_error_clear(&error);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_put_is_judged_in_its_commit),      cmocka_unit_test(not_from_a_callback_nor_read_only),
      cmocka_unit_test(what_is_said_of_alerts_is_kept),     cmocka_unit_test(a_wrong_rule_stops_no_other),
      cmocka_unit_test(wrong_rules_are_told_when_it_opens),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
