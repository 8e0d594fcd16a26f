/* Scorecards and targets from the library: as the command line gives them, and moved by what is put. */
#include "command.h"

#include <json-glib/json-glib.h>

static int set_up(void **state) {
  DemoSummary summary;
  char *folder = simulated_make(10, 1000, 3, &summary);
  g_free(ATTAIN(folder, "load"));
  g_free(ATTAIN(folder, "target", "set", "reach 1 million revenue in October", "--for", "company"));
  *state = folder;
  return 0;
}

/* --- the library --- */

static char *scorecard(AttainWorkspace *workspace, const AttainScorecardQuestion *question) {
  AttainError error = {0};
  char *json = attain_scorecard(workspace, question, &error);
  if (!json) fail_msg("%s", error.message);
  return json;
}

static void as_the_command(void **state) {
  const char *by[] = {"team,rep", NULL}, *weights[] = {"revenue=3", NULL}, *kpis[] = {"win_rate", "calls", NULL};
  g_autofree char *said = ATTAIN(*state, "scorecard", "--by", "team,rep", "--period", "2026-10", "--kpi", "win_rate",
                                 "--kpi", "calls", "--weight", "revenue=3", "--format", "json");
  AttainWorkspace *workspace = open_company(*state);
  AttainScorecardQuestion question = {.by = by, .period = "2026-10", .kpis = kpis, .weights = weights};
  char *json = scorecard(workspace, &question);
  assert_string_equal(said, json);
  attain_free(json);
  attain_close(workspace);
}

/* Of the first row's cell of revenue: what is there, and of the target. */
static void read_revenue(const char *json, double *value, double *attainment, gint64 *load) {
  g_autoptr(JsonParser) parser = json_parser_new();
  assert_true(json_parser_load_from_data(parser, json, -1, NULL));
  JsonObject *all = json_node_get_object(json_parser_get_root(parser));
  JsonObject *row = json_array_get_object_element(json_object_get_array_member(all, "rows"), 0);
  JsonArray *cells = json_object_get_array_member(row, "cells");
  *load = json_object_get_int_member(all, "load");
  for (guint i = 0; i < json_array_get_length(cells); i++) {
    JsonObject *cell = json_array_get_object_element(cells, i);
    if (!g_str_equal(json_object_get_string_member(cell, "kpi"), "revenue")) continue;
    *value = json_object_get_double_member(cell, "value");
    *attainment = json_object_get_double_member(json_object_get_object_member(cell, "target"), "attainment");
  }
}

static const char *const revenue[] = {"revenue", NULL};
static const AttainScorecardQuestion of_revenue = {.kpis = revenue, .period = "2026-10"};

typedef struct {
  AttainWorkspace *workspace;
  double value, attainment;
  gint64 load, told;
} Heard;

static void on_change(const AttainChange *change, void *user_data) {
  Heard *heard = user_data;
  char *json = scorecard(heard->workspace, &of_revenue);
  read_revenue(json, &heard->value, &heard->attainment, &heard->load);
  heard->told = change->load;
  attain_free(json);
}

/* A won deal of 50,000 is 0.05 of a million more, for who asks in the callback and for who asks afterwards. */
static void a_record_moves_attainment(void **state) {
  Heard heard = {.workspace = open_company(*state)};
  double value = 0, attainment = 0, later, share;
  gint64 load = 0;
  char *json = scorecard(heard.workspace, &of_revenue);
  read_revenue(json, &value, &attainment, &load);
  attain_free(json);
  attain_subscribe(heard.workspace, on_change, &heard);
  AttainPutOptions options = {.source = "test"};
  AttainError error = {0};
  if (!attain_put(heard.workspace, "opportunity",
                  "{\"id\": \"X-1\", \"amount\": 50000, \"currency\": \"EUR\", \"outcome\": \"won\", "
                  "\"closed_at\": \"2026-10-20T10:00:00Z\"}",
                  &options, NULL, &error))
    fail_msg("%s", error.message);
  assert_true(heard.told == load + 1 && heard.load == heard.told);
  assert_true(ABS(heard.value - value - 50000) < 1e-6);
  assert_true(ABS(heard.attainment - attainment - 0.05) < 1e-9);
  json = scorecard(heard.workspace, &of_revenue);
  read_revenue(json, &later, &share, &load);
  assert_true(later == heard.value && share == heard.attainment && load == heard.told);
  attain_free(json);
  attain_close(heard.workspace);
}

static void wrong_questions(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  const char *weights[] = {"revenue", NULL};
  const AttainScorecardQuestion wrong[] = {{.who = "Nobody At All"}, {.role = "chef"}, {.weights = weights}};
  static const struct {
    AttainErrorCode code;
    const char *words;
  } expected[] = {{ATTAIN_ERROR_NOT_FOUND, "nobody is called"},
                  {ATTAIN_ERROR_USAGE, "no KPI is in the set of 'chef'"},
                  {ATTAIN_ERROR_USAGE, "weight takes a KPI and a number from 0"}};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    AttainError error = {0};
    assert_null(attain_scorecard(workspace, &wrong[i], &error));
    assert_int_equal(expected[i].code, error.code);
    if (!strstr(error.message, expected[i].words)) fail_msg("%s", error.message);
    attain_error_clear(&error);
  }
  attain_close(workspace);
}

/* --- targets --- */

static char *targets(AttainWorkspace *workspace, const AttainTargetsWanted *wanted) {
  AttainError error = {0};
  char *json = attain_targets(workspace, wanted, &error);
  if (!json) fail_msg("%s", error.message);
  return json;
}

static void targets_as_the_command(void **state) {
  g_autofree char *said = ATTAIN(*state, "target", "--for", "company", "--all", "--format", "json");
  AttainWorkspace *workspace = open_company(*state);
  AttainTargetsWanted wanted = {.who = "company", .all = true};
  char *json = targets(workspace, &wanted);
  assert_string_equal(said, json);
  attain_free(json);
  AttainError error = {0};
  AttainTargetsWanted nobody = {.who = "rep:Nobody At All"};
  assert_null(attain_targets(workspace, &nobody, &error));
  assert_int_equal(ATTAIN_ERROR_NOT_FOUND, error.code);
  attain_error_clear(&error);
  attain_close(workspace);
}

static void read_target(const char *json, double *actual, double *probability) {
  g_autoptr(JsonParser) parser = json_parser_new();
  assert_true(json_parser_load_from_data(parser, json, -1, NULL));
  JsonObject *all = json_node_get_object(json_parser_get_root(parser));
  JsonObject *first = json_array_get_object_element(json_object_get_array_member(all, "targets"), 0);
  *actual = json_object_get_double_member(first, "actual");
  *probability = json_object_get_double_member(first, "probability");
}

/* Ten million more than there was is more than any target of a million asks. */
static void a_record_makes_the_target(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainTargetsWanted wanted = {.kpi = "revenue"};
  AttainPutOptions options = {.source = "test"};
  AttainError error = {0};
  double before, actual, probability;
  char *json = targets(workspace, &wanted);
  read_target(json, &before, &probability);
  attain_free(json);
  if (!attain_put(workspace, "opportunity",
                  "{\"id\": \"X-2\", \"amount\": 10000000, \"currency\": \"EUR\", \"outcome\": \"won\", "
                  "\"closed_at\": \"2026-10-21T10:00:00Z\"}",
                  &options, NULL, &error))
    fail_msg("%s", error.message);
  json = targets(workspace, &wanted);
  read_target(json, &actual, &probability);
  attain_free(json);
  assert_true(ABS(actual - before - 1e7) < 1e-6);
  assert_true(probability > 0.9);
  attain_close(workspace);
}

static char *say(AttainWorkspace *workspace, const AttainTargetSaying *saying) {
  AttainError error = {0};
  char *json = attain_target_say(workspace, saying, &error);
  if (!json) fail_msg("%s", error.message);
  return json;
}

static void assert_said(AttainWorkspace *workspace, const AttainTargetSaying *saying, const char *words) {
  char *json = say(workspace, saying);
  assert_has(json, words);
  attain_free(json);
}

/* Proposed, countered, accepted; the author of a proposal does not accept it. */
static void agreeing_on_targets(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainTargetSaying propose = {.act = "propose",
                                .sentence = "40 won deals next quarter",
                                .who = "company",
                                .author = "Mia",
                                .reason = "as in spring"};
  AttainTargetSaying dry = propose;
  dry.dry_run = true;
  assert_said(workspace, &dry, "\"canonical\": \"Bring won deals of the company to 40 in 2027-Q1\"");
  char *json = say(workspace, &propose);
  assert_has(json, "\"state\": \"open\"");
  const char *number = strstr(json, "\"target\": ");
  assert_non_null(number);
  int64_t target = g_ascii_strtoll(number + strlen("\"target\": "), NULL, 10);
  attain_free(json);
  AttainTargetSaying counter = {
      .act = "counter", .target = target, .sentence = "reach 30", .author = "Bo", .reason = "two of us leave"};
  assert_said(workspace, &counter, "\"amount\": 30");
  AttainError error = {0};
  AttainTargetSaying accept = {.act = "accept", .target = target, .author = "Bo"};
  assert_null(attain_target_say(workspace, &accept, &error));
  assert_int_equal(ATTAIN_ERROR_INPUT, error.code);
  attain_error_clear(&error);
  accept.author = "Mia";
  assert_said(workspace, &accept, "\"state\": \"agreed\"");
  const AttainTargetSaying wrong[] = {{.act = "shout", .author = "Mia"},
                                      {.act = "set", .sentence = "40 won deals", .target = 3, .author = "Mia"},
                                      {.act = "accept", .target = target, .sentence = "yes", .author = "Mia"},
                                      {.act = "set", .sentence = "40 won deals next quarter"}};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    assert_null(attain_target_say(workspace, &wrong[i], &error));
    assert_int_equal(ATTAIN_ERROR_USAGE, error.code);
    attain_error_clear(&error);
  }
  AttainTargetSaying vague = {.act = "set", .sentence = "increase sales", .author = "Mia"};
  assert_null(attain_target_say(workspace, &vague, &error));
  assert_has(error.message, "What would make it one");
  attain_error_clear(&error);
  attain_close(workspace);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_the_command),
      cmocka_unit_test(a_record_moves_attainment),
      cmocka_unit_test(wrong_questions),
      cmocka_unit_test(targets_as_the_command),
      cmocka_unit_test(a_record_makes_the_target),
      cmocka_unit_test(agreeing_on_targets),
  };
  return cmocka_run_group_tests(tests, set_up, remove_company);
}
