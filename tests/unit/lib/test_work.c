/* All else that commands do, from the library: as the command line gives it, and with numbers worked by hand. */
#include "command.h"

#include <json-glib/json-glib.h>

static int set_up(void **state) {
  DemoSummary summary;
  char *folder = simulated_make(10, 1000, 3, &summary);
  g_free(ATTAIN(folder, "load"));
  g_free(ATTAIN(folder, "target", "set", "reach 1 million revenue in November", "--for", "company", "--as", "Mia"));
  g_free(ATTAIN(folder, "objective", "set", "Grow", "--kpi", "revenue", "--as", "Mia"));
  *state = folder;
  return 0;
}

/* --- the library --- */

static AttainError why;

/* What a call gave that may set `why`. */
static char *got(char *json) {
  if (!json) fail_msg("%s", why.message);
  return json;
}

static void assert_fails(char *got, AttainError *error, AttainErrorCode code, const char *words) {
  assert_null(got);
  if (error->code != code || !strstr(error->message, words)) fail_msg("%d %s", (int)error->code, error->message);
  attain_error_clear(error);
}

static JsonObject *parse(const char *json, JsonParser **parser) {
  *parser = json_parser_new();
  if (!json_parser_load_from_data(*parser, json, -1, NULL)) fail_msg("no JSON: %s", json);
  return json_node_get_object(json_parser_get_root(*parser));
}

static const char *const revenue[] = {"revenue", NULL};
static const AttainQuestion october = {.kpis = revenue, .period = "2026-10"};

/* --- as the commands --- */

typedef char *(*Ask)(AttainWorkspace *workspace, AttainError *error);

static char *ask_explain(AttainWorkspace *workspace, AttainError *error) {
  return attain_explain(workspace, &october, error);
}
static char *ask_records(AttainWorkspace *workspace, AttainError *error) {
  return attain_records(workspace, &october, 0, error);
}
static char *ask_top(AttainWorkspace *workspace, AttainError *error) {
  const char *by[] = {"rep", NULL};
  AttainQuestion question = {.kpis = revenue, .by = by, .period = "2026-10", .by_value = true, .top = 2};
  AttainAnswer *answer = attain_ask(workspace, &question, error);
  if (!answer) return NULL;
  assert_int_equal(2, attain_answer_n_rows(answer));
  assert_true(attain_answer_row(answer, 0)->figures.value >= attain_answer_row(answer, 1)->figures.value);
  char *json = attain_answer_json(answer);
  attain_answer_free(answer);
  return json;
}
static char *ask_kpis(AttainWorkspace *workspace, AttainError *error) {
  return attain_kpis(workspace, &(AttainKpisWanted){.role = "rep", .business = "saas"}, error);
}
static char *ask_kpi(AttainWorkspace *workspace, AttainError *error) {
  return attain_kpis(workspace, &(AttainKpisWanted){.names = revenue}, error);
}
static char *ask_lint(AttainWorkspace *workspace, AttainError *error) {
  return attain_lint(workspace, (const char *const[]){"no_target", "too_many_kpis", NULL}, error);
}
static char *ask_lint_rules(AttainWorkspace *workspace, AttainError *error) {
  return attain_lint_rules();
}
static char *ask_goals(AttainWorkspace *workspace, AttainError *error) {
  return attain_choose(workspace, NULL, error);
}
static char *ask_goal(AttainWorkspace *workspace, AttainError *error) {
  return attain_choose(workspace, "we lose too many customers", error);
}
static char *ask_target(AttainWorkspace *workspace, AttainError *error) {
  return attain_targets(workspace, &(AttainTargetsWanted){.target = 1}, error);
}
static char *ask_grid(AttainWorkspace *workspace, AttainError *error) {
  return attain_target_grid(workspace, &(AttainGridQuestion){.kpi = "revenue", .period = "2026-Q4"}, error);
}
static char *ask_parts(AttainWorkspace *workspace, AttainError *error) {
  return attain_target_cascade(workspace, &(AttainHanding){.target = 1, .to = "team", .dry_run = true}, error);
}
static char *ask_reach(AttainWorkspace *workspace, AttainError *error) {
  return attain_target_suggest(workspace, "revenue", "rep:", "2026-11", error);
}

static const struct {
  Ask ask;
  const char *command[10];
  const char *until; /* where what both say ends to be the same: how long it took */
} questions[] = {
    {ask_explain, {"explain", "revenue", "--period", "2026-10"}, "\"sql\""},
    {ask_records, {"records", "revenue", "--period", "2026-10"}, NULL},
    {ask_top, {"show", "revenue", "--by", "rep", "--period", "2026-10", "--top", "2"}, NULL},
    {ask_kpis, {"kpis", "--role", "rep", "--business", "saas"}, NULL},
    {ask_kpi, {"kpis", "revenue"}, NULL},
    {attain_check, {"check"}, NULL},
    {ask_lint, {"lint", "no_target", "too_many_kpis"}, NULL},
    {ask_lint_rules, {"lint", "--rules"}, NULL},
    {ask_goals, {"choose"}, NULL},
    {ask_goal, {"choose", "--goal", "we lose too many customers"}, NULL},
    {ask_target, {"target", "show", "1"}, NULL},
    {ask_grid, {"target", "grid", "revenue", "--period", "2026-Q4"}, NULL},
    {ask_parts, {"target", "cascade", "1", "--to", "team", "--dry-run"}, NULL},
    {ask_reach, {"target", "suggest", "revenue", "--for", "rep:", "--period", "2026-11"}, NULL},
    {attain_objectives, {"objective"}, NULL},
    {attain_closed_periods, {"snapshot"}, NULL},
};

static char *said_by_command(const char *folder, const char *const *command) {
  const char *arguments[16] = {0};
  guint n = 0;
  for (; command[n]; n++) arguments[n] = command[n];
  arguments[n++] = "--format";
  arguments[n] = "json";
  return attain(folder, arguments);
}

static void as_the_commands(void **state) {
  g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
    g_ptr_array_add(said, said_by_command(*state, questions[i].command));
  AttainWorkspace *workspace = open_company(*state);
  for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
    const char *until = questions[i].until;
    char *command = g_ptr_array_index(said, i);
    char *answer = got(questions[i].ask(workspace, &why));
    if (until) *strstr(command, until) = *strstr(answer, until) = 0;
    assert_string_equal(command, answer);
    attain_free(answer);
  }
  attain_close(workspace);
}

/* --- working with targets --- */

/* The nth of the members of a grid; caller frees. */
static char *member_of(AttainWorkspace *workspace, guint n) {
  char *json = got(ask_grid(workspace, &why));
  g_autoptr(JsonParser) parser = NULL;
  char *name =
      g_strdup(json_array_get_string_element(json_object_get_array_member(parse(json, &parser), "members"), n));
  attain_free(json);
  return name;
}

/* 60 and 40 of a million, and 10 % more of it: 660,000 and 440,000. */
static void parts_are_what_was_said(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainError error = {0};
  g_autofree char *first = member_of(workspace, 0), *second = member_of(workspace, 1);
  g_autofree char *sixty = g_strconcat(first, "=60", NULL), *forty = g_strconcat(second, "=40", NULL);
  const char *shares[] = {sixty, forty, NULL};
  AttainHanding handing = {.target = 1, .to = "rep", .shares = shares, .over = "10%", .propose = true};
  assert_fails(attain_target_cascade(workspace, &handing, &error), &error, ATTAIN_ERROR_USAGE, "who says it");
  handing.author = "Mia";
  char *json = got(attain_target_cascade(workspace, &handing, &why));
  g_autoptr(JsonParser) parser = NULL;
  JsonObject *all = parse(json, &parser);
  JsonArray *parts = json_object_get_array_member(all, "parts");
  double sum = 0;
  for (guint i = 0; i < json_array_get_length(parts); i++) {
    JsonObject *part = json_array_get_object_element(parts, i);
    double amount = json_object_get_double_member(part, "amount"),
           weight = json_object_get_double_member(part, "weight");
    assert_true(amount == (weight == 60 ? 660000 : weight == 40 ? 440000 : 0));
    assert_true(json_object_get_null_member(part, "target") == (weight == 0));
    sum += amount;
  }
  assert_true(sum == 1.1e6 && json_object_get_double_member(all, "over") == 1e5);
  attain_free(json);
  const AttainHanding wrong[] = {{.target = 1, .author = "Mia"},
                                 {.target = 1, .to = "rep", .by = "luck", .author = "Mia"},
                                 {.target = 1, .to = "rep", .by = "shares", .author = "Mia"},
                                 {.target = 1, .to = "rep", .over = "a lot", .author = "Mia"}};
  static const char *const words[] = {"to whom", "not by \"luck\"", "go together", "over takes the percent"};
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
    assert_fails(attain_target_cascade(workspace, &wrong[i], &error), &error, ATTAIN_ERROR_USAGE, words[i]);
  attain_close(workspace);
}

static char *take(AttainWorkspace *workspace, const char *csv, const char *reason, bool dry_run, AttainError *error) {
  AttainGridTaking taking = {
      .bytes = csv, .n_bytes = strlen(csv), .author = "Mia", .reason = reason, .dry_run = dry_run};
  return attain_target_grid_take(workspace, &taking, error);
}

/* Out as a file and back; a preview, the wrong cells, a new one, one that changes. */
static void a_grid_goes_out_and_comes_back(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainError error = {0};
  g_autofree char *name = member_of(workspace, 0);
  g_autofree char *csv = g_strdup_printf("revenue by rep,2027-01,2027-02\n%s,1000.50,\n", name);
  g_autofree char *other = g_strdup_printf("revenue by rep,2027-01,2027-02\n%s,2000,\n", name);
  g_autofree char *wrong = g_strdup_printf("revenue by rep,2027-01,2027-02\n%s,much,-\nNobody At All,1,2\n", name);
  char *preview = got(take(workspace, csv, NULL, true, &why));
  assert_has(preview, "\"kept\": false");
  assert_has(preview, "\"amount\": 1000.5, \"before\": null, \"state\": \"new\"");
  attain_free(preview);
  assert_fails(take(workspace, wrong, NULL, false, &error), &error, ATTAIN_ERROR_INPUT, "B2");
  assert_null(take(workspace, wrong, NULL, false, &error));
  assert_has(error.message, "A3");
  attain_error_clear(&error);
  attain_free(got(take(workspace, csv, NULL, false, &why)));
  assert_fails(take(workspace, other, NULL, false, &error), &error, ATTAIN_ERROR_USAGE, "takes a reason");
  char *changed = got(take(workspace, other, "the plant opens later", false, &why));
  assert_has(changed, "\"kept\": true");
  assert_has(changed, "\"amount\": 2000, \"before\": 1000.5, \"state\": \"changed\"");
  attain_free(changed);
  g_autofree char *file = g_build_filename(*state, "grid.xlsx", NULL);
  AttainGridQuestion out = {.kpi = "revenue", .period = "2027-01", .file = file};
  attain_free(got(attain_target_grid(workspace, &out, &why)));
  AttainGridTaking back = {.file = file, .dry_run = true};
  char *same = got(attain_target_grid_take(workspace, &back, &why));
  assert_has(same, "\"amount\": 2000, \"before\": 2000, \"state\": \"same\"");
  attain_free(same);
  back.bytes = "";
  assert_fails(attain_target_grid_take(workspace, &back, &error), &error, ATTAIN_ERROR_USAGE, "one of the two");
  attain_close(workspace);
}

static void objectives_are_made_and_ended(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainError error = {0};
  AttainObjective keep = {.name = "Keep", .author = "Mia"};
  assert_fails(attain_objective_set(workspace, &keep, &error), &error, ATTAIN_ERROR_USAGE, "which KPIs tell");
  keep.kpis = (const char *const[]){"win_rate,calls", NULL};
  char *made = got(attain_objective_set(workspace, &keep, &why));
  assert_has(made, "\"kpis\": [\n    \"win_rate\",\n    \"calls\"\n  ]");
  attain_free(made);
  AttainObjective end = {.name = "keep", .author = "Mia", .end = true};
  attain_free(got(attain_objective_set(workspace, &end, &why)));
  char *all = got(attain_objectives(workspace, &why));
  assert_has(all, "\"kpis\": [\"win_rate\", \"calls\"], \"ended\": true, \"targets\": []");
  attain_free(all);
  attain_close(workspace);
}

/* --- closed periods --- */

static double reported_difference(AttainWorkspace *workspace) {
  AttainQuestion september = {.kpis = revenue, .period = "2026-09"};
  char *json = got(attain_reported(workspace, &september, 0, &why));
  g_autoptr(JsonParser) parser = NULL;
  JsonArray *rows = json_object_get_array_member(parse(json, &parser), "rows");
  double difference = json_object_get_double_member(json_array_get_object_element(rows, 0), "difference");
  attain_free(json);
  return difference;
}

static void put_won_deal(AttainWorkspace *workspace, const char *id, const char *day) {
  AttainError error = {0};
  AttainPutOptions options = {.source = "test"};
  g_autofree char *deal = g_strdup_printf(
      "{\"id\": \"%s\", \"amount\": 50000, \"currency\": \"EUR\", \"outcome\": \"won\", \"closed_at\": "
      "\"%sT10:00:00Z\"}",
      id, day);
  if (!attain_put(workspace, "opportunity", deal, &options, NULL, &error)) fail_msg("%s", error.message);
}

/* What was reported stays; a deal of 50,000 that comes later is what is different now. */
static void a_closed_period_stays(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainError error = {0};
  AttainClosing closing = {.period = "2026-09", .kpis = revenue, .note = "board"};
  char *closed = got(attain_close_period(workspace, &closing, &why));
  assert_has(closed, "\"note\": \"board\"");
  attain_free(closed);
  assert_fails(attain_close_period(workspace, &closing, &error), &error, ATTAIN_ERROR_INPUT, "closed");
  closing.period = "2026-11";
  assert_fails(attain_close_period(workspace, &closing, &error), &error, ATTAIN_ERROR_INPUT, "has not ended");
  assert_true(reported_difference(workspace) == 0);
  put_won_deal(workspace, "S-1", "2026-09-15");
  assert_true(reported_difference(workspace) == 50000);
  AttainQuestion cut = {.kpis = revenue, .period = "2026-09", .grain = "week"};
  assert_fails(attain_reported(workspace, &cut, 0, &error), &error, ATTAIN_ERROR_USAGE, "as it was kept");
  assert_fails(attain_explain(workspace, &cut, &error), &error, ATTAIN_ERROR_USAGE, "of one period");
  attain_close(workspace);
}

/* --- one commit for several answers --- */

static gpointer put_one(gpointer workspace) {
  put_won_deal(workspace, "H-1", "2026-10-20");
  return NULL;
}

static gint64 load_of(char *json) {
  g_autoptr(JsonParser) parser = NULL;
  gint64 load = json_object_get_int_member(parse(json, &parser), "load");
  attain_free(json);
  return load;
}

static gint64 load_asked(AttainWorkspace *workspace) {
  AttainAnswer *answer = attain_ask(workspace, &october, NULL);
  gint64 load = attain_answer_load(answer);
  attain_answer_free(answer);
  return load;
}

/* The writer comes when the commit is let go, whatever was asked of it meanwhile. */
static void answers_that_are_held_are_of_one_commit(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainError error = {0};
  assert_true(attain_hold(workspace, NULL));
  GThread *writer = g_thread_new("writer", put_one, workspace);
  gint64 load = load_asked(workspace);
  AttainProgress progress;
  attain_progress(workspace, &progress);
  assert_true(progress.is_busy);
  assert_string_equal("hold", progress.what);
  assert_true(load_of(got(attain_scorecard(workspace, NULL, &why))) == load);
  assert_true(load_of(got(ask_target(workspace, &why))) == load);
  assert_true(load_of(got(ask_records(workspace, &why))) == load);
  assert_false(attain_put(workspace, "opportunity", "{\"id\": \"H-2\"}", NULL, NULL, &error));
  assert_int_equal(ATTAIN_ERROR_USAGE, error.code);
  attain_error_clear(&error);
  assert_true(load_asked(workspace) == load);
  attain_release(workspace);
  g_thread_join(writer);
  assert_true(load_asked(workspace) == load + 1);
  attain_progress(workspace, &progress);
  assert_false(progress.is_busy);
  assert_false(attain_cancel(workspace));
  attain_close(workspace);
}

/* --- ending long work --- */

#define MAX_TRIES 1000

typedef struct {
  AttainWorkspace *workspace;
  gint is_over;
  gboolean was_cancelled;
} Long;

/* Checks again until a check was ended on the way. */
static gpointer check_on(gpointer data) {
  Long *work = data;
  for (guint i = 0; i < MAX_TRIES && !work->was_cancelled; i++) {
    AttainError error = {0};
    char *json = attain_lint(work->workspace, NULL, &error);
    work->was_cancelled = !json && error.code == ATTAIN_ERROR_CANCELLED;
    attain_free(json);
    attain_error_clear(&error);
  }
  g_atomic_int_set(&work->is_over, 1);
  return NULL;
}

static void long_work_is_cancelled_and_can_be_done_again(void **state) {
  Long work = {.workspace = open_company(*state)};
  GThread *thread = g_thread_new("check", check_on, &work);
  while (!g_atomic_int_get(&work.is_over)) attain_cancel(work.workspace);
  g_thread_join(thread);
  assert_true(work.was_cancelled);
  attain_free(got(ask_lint(work.workspace, &why)));
  attain_close(work.workspace);
}

/* --- who looks --- */

static void readers_are_noted_once(void **state) {
  AttainWorkspace *workspace = open_company(*state);
  AttainQuestion question = october;
  question.reader = "Bo Lund";
  for (guint i = 0; i < 2; i++) attain_answer_free(attain_ask(workspace, &question, NULL));
  g_autofree char *file = g_build_filename(*state, "data", "attain.duckdb.usage", NULL);
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(file, &text, NULL, NULL));
  const char *line = strstr(text, "revenue\tBo Lund\t2026-10-31\n");
  assert_non_null(line);
  assert_null(strstr(line + 1, "revenue\tBo Lund"));
  attain_close(workspace);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_the_commands),
      cmocka_unit_test(parts_are_what_was_said),
      cmocka_unit_test(a_grid_goes_out_and_comes_back),
      cmocka_unit_test(objectives_are_made_and_ended),
      cmocka_unit_test(a_closed_period_stays),
      cmocka_unit_test(answers_that_are_held_are_of_one_commit),
      cmocka_unit_test(long_work_is_cancelled_and_can_be_done_again),
      cmocka_unit_test(readers_are_noted_once),
  };
  return cmocka_run_group_tests(tests, set_up, remove_company);
}
