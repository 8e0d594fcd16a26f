/* The library as another program has it: the header, the shared library, a workspace made by `attain demo`. Expected
 * numbers are what `attain show` prints of the same workspace, and what was put added to them by hand. */
#include "../demo/simulated.h"
#include "attain/attain.h"
#include "command.h"

#include <json-glib/json-glib.h>

#define MONTH     "2026-10"
#define N_READERS 4
#define N_PUTS    5

typedef struct {
  char *folder;
  char *team_json, *month_json, *past_json; /* what the command line says */
} Company;

static int set_up(void **state) {
  Company *company = g_new0(Company, 1);
  DemoSummary summary;
  company->folder = simulated_make(10, 1000, 3, &summary);
  g_free(ATTAIN(company->folder, "load"));
  company->team_json = ATTAIN(company->folder, "show", "win_rate", "revenue", "--by", "team", "--period", "2026-Q3",
                              "--compare", "previous", "--format", "json");
  company->month_json = ATTAIN(company->folder, "show", "pipeline_waterfall", "--period", "2026-07..2026-09", "--grain",
                               "month", "--format", "json");
  company->past_json =
      ATTAIN(company->folder, "show", "won_deals", "--period", "2026", "--as-of", "2026-10-31", "--format", "json");
  *state = company;
  return 0;
}

static int tear_down(void **state) {
  Company *company = *state;
  g_free(company->team_json);
  g_free(company->month_json);
  g_free(company->past_json);
  simulated_remove(company->folder);
  g_free(company);
  return 0;
}

/* --- the library --- */

static AttainWorkspace *open_workspace(const Company *company, const AttainOptions *options) {
  AttainError error = {0};
  AttainOptions standing = {.now = NOW};
  AttainWorkspace *workspace = attain_open(company->folder, options ? options : &standing, &error);
  if (!workspace) fail_msg("%s", error.message);
  return workspace;
}

static AttainAnswer *ask(AttainWorkspace *workspace, const AttainQuestion *question) {
  AttainError error = {0};
  AttainAnswer *answer = attain_ask(workspace, question, &error);
  if (!answer) fail_msg("%s", error.message);
  return answer;
}

static AttainFigures figures_of(AttainWorkspace *workspace, const char *kpi, int64_t *load) {
  const char *kpis[] = {kpi, NULL};
  AttainQuestion question = {.kpis = kpis, .period = MONTH};
  AttainAnswer *answer = ask(workspace, &question);
  assert_int_equal(attain_answer_n_rows(answer), 1);
  AttainFigures figures = attain_answer_row(answer, 0)->figures;
  if (load) *load = attain_answer_load(answer);
  attain_answer_free(answer);
  return figures;
}

static AttainReport *put(AttainWorkspace *workspace, const char *records) {
  AttainError error = {0};
  AttainReport *report = NULL;
  AttainPutOptions options = {.source = "test"};
  if (!attain_put(workspace, "opportunity", records, &options, &report, &error)) fail_msg("%s", error.message);
  return report;
}

static char *won_deal(const char *id, double amount) {
  return g_strdup_printf(
      "{\"id\": \"%s\", \"name\": \"Caf\\u00e9 \\\"%s\\\"\", \"amount\": %g, \"currency\": \"EUR\", "
      "\"outcome\": \"won\", \"closed_at\": \"2026-10-20T10:00:00Z\"}",
      id, id, amount);
}

static void expect_error(AttainError *error, AttainErrorCode code, const char *words) {
  assert_int_equal(error->code, code);
  assert_non_null(error->message);
  if (!strstr(error->message, words)) fail_msg("\"%s\" does not say \"%s\"", error->message, words);
  attain_error_clear(error);
  assert_int_equal(error->code, ATTAIN_ERROR_NONE);
}

/* --- asking --- */

static void answers_are_those_of_show(void **state) {
  const Company *company = *state;
  AttainWorkspace *workspace = open_workspace(company, NULL);
  const char *kpis[] = {"win_rate", "revenue", NULL}, *by[] = {"team", NULL}, *view[] = {"pipeline_waterfall", NULL};
  AttainQuestion teams = {.kpis = kpis, .by = by, .period = "2026-Q3", .compare = "previous"};
  AttainQuestion months = {.kpis = view, .period = "2026-07..2026-09", .grain = "month"};
  AttainAnswer *answer = ask(workspace, &teams);
  char *json = attain_answer_json(answer);
  assert_string_equal(json, company->team_json);
  attain_free(json);
  attain_answer_free(answer);
  answer = ask(workspace, &months);
  json = attain_answer_json(answer);
  assert_string_equal(json, company->month_json);
  attain_free(json);
  attain_answer_free(answer);
  attain_close(workspace);
}

static void same_number(JsonObject *object, const char *name, gboolean has, double value) {
  assert_int_equal(!json_object_get_null_member(object, name), has);
  if (has) assert_true(json_object_get_double_member(object, name) == value);
}

static void same_row(JsonObject *expected, const AttainRow *row, const char *dimension) {
  JsonObject *members = json_object_get_object_member(expected, "members");
  JsonObject *compared = json_object_get_object_member(expected, "compared");
  assert_string_equal(row->kpi, json_object_get_string_member(expected, "kpi"));
  assert_string_equal(row->unit, json_object_get_string_member(expected, "unit"));
  assert_int_equal(row->n_members, json_object_get_size(members));
  if (row->n_members)
    assert_int_equal(g_strcmp0(row->members[0], json_object_get_string_member(members, dimension)), 0);
  JsonObject *period = json_object_get_object_member(expected, "period");
  assert_string_equal(row->period.name, json_object_get_string_member(period, "name"));
  assert_string_equal(row->period.start, json_object_get_string_member(period, "start"));
  assert_string_equal(row->period.end, json_object_get_string_member(period, "end"));
  same_number(expected, "value", row->figures.has_value, row->figures.value);
  same_number(expected, "numerator", row->figures.has_parts, row->figures.numerator);
  same_number(expected, "low", row->figures.has_interval, row->figures.low);
  assert_int_equal(row->figures.n, json_object_get_int_member(expected, "n"));
  assert_true(row->has_compared);
  same_number(compared, "value", row->compared.has_value, row->compared.value);
  same_number(compared, "whole_period_value", row->has_whole_period, row->whole_period_value);
}

static void rows_are_those_of_the_json(void **state) {
  const Company *company = *state;
  AttainWorkspace *workspace = open_workspace(company, NULL);
  const char *kpis[] = {"win_rate", "revenue", NULL}, *by[] = {"team", NULL};
  AttainQuestion question = {.kpis = kpis, .by = by, .period = "2026-Q3", .compare = "previous"};
  AttainAnswer *answer = ask(workspace, &question);
  g_autoptr(JsonParser) parser = json_parser_new();
  assert_true(json_parser_load_from_data(parser, company->team_json, -1, NULL));
  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  JsonArray *rows = json_object_get_array_member(root, "rows"), *totals = json_object_get_array_member(root, "totals");
  assert_int_equal(attain_answer_n_rows(answer), json_array_get_length(rows));
  assert_int_equal(attain_answer_n_totals(answer), json_array_get_length(totals));
  assert_true(json_array_get_length(rows) > 2);
  for (guint i = 0; i < json_array_get_length(rows); i++)
    same_row(json_array_get_object_element(rows, i), attain_answer_row(answer, i), "team");
  for (guint i = 0; i < json_array_get_length(totals); i++)
    same_row(json_array_get_object_element(totals, i), attain_answer_total(answer, i), "team");
  assert_null(attain_answer_row(answer, json_array_get_length(rows)));
  assert_string_equal(attain_answer_dimensions(answer)[0], "team");
  assert_null(attain_answer_dimensions(answer)[1]);
  assert_string_equal(attain_answer_currency(answer), json_object_get_string_member(root, "currency"));
  assert_string_equal(attain_answer_as_of(answer), json_object_get_string_member(root, "as_of"));
  assert_int_equal(attain_answer_load(answer), json_object_get_int_member(root, "load"));
  assert_string_equal(attain_answer_loaded_at(answer), json_object_get_string_member(root, "loaded_at"));
  attain_answer_free(answer);
  attain_close(workspace);
}

static void the_past_is_asked_of_a_workspace_of_then(void **state) {
  const Company *company = *state;
  AttainOptions options = {.now = NOW, .as_of = "2026-10-31"};
  AttainWorkspace *workspace = open_workspace(company, &options);
  const char *kpis[] = {"won_deals", NULL};
  AttainQuestion question = {.kpis = kpis, .period = "2026"};
  AttainAnswer *answer = ask(workspace, &question);
  assert_true(attain_answer_row(answer, 0)->figures.value > 0);
  char *json = attain_answer_json(answer);
  assert_string_equal(json, company->past_json);
  attain_free(json);
  attain_answer_free(answer);
  AttainError error = {0};
  assert_false(attain_put(workspace, "opportunity", "{}", NULL, NULL, &error));
  expect_error(&error, ATTAIN_ERROR_USAGE, "read only");
  attain_close(workspace);
}

/* --- putting, removing, being told --- */

typedef struct {
  AttainWorkspace *workspace;
  guint n_told;
  int64_t load;
  char table[32];
  double revenue; /* asked within the callback */
  AttainErrorCode put_within;
  uint64_t itself; /* ends its own subscription when it is told */
} Told;

static void on_change(const AttainChange *change, void *user_data) {
  Told *told = user_data;
  AttainError error = {0};
  told->n_told++;
  told->load = change->load;
  g_strlcpy(told->table, change->n_tables ? change->tables[0] : "", sizeof told->table);
  told->revenue = figures_of(told->workspace, "revenue", NULL).value;
  assert_false(attain_put(told->workspace, "opportunity", "{\"id\": \"X\"}", NULL, NULL, &error));
  told->put_within = error.code;
  attain_error_clear(&error);
  if (told->itself) attain_unsubscribe(told->workspace, told->itself);
}

static void a_deal_put_is_in_the_next_answer_and_removed_it_is_not(void **state) {
  AttainWorkspace *workspace = open_workspace(*state, NULL);
  int64_t load_before, load_after;
  AttainFigures deals = figures_of(workspace, "won_deals", &load_before),
                revenue = figures_of(workspace, "revenue", NULL);
  assert_true(deals.has_value && deals.value > 0);
  Told told = {.workspace = workspace}, once = {.workspace = workspace};
  uint64_t subscription = attain_subscribe(workspace, on_change, &told);
  once.itself = attain_subscribe(workspace, on_change, &once);

  g_autofree char *deal = won_deal("T-1", 1000);
  AttainReport *report = put(workspace, deal);
  assert_int_equal(report->n_new, 1);
  assert_int_equal(report->n_rejected, 0);
  assert_int_equal(report->load, load_before + 1);
  attain_report_free(report);
  assert_true(figures_of(workspace, "won_deals", &load_after).value == deals.value + 1);
  assert_int_equal(load_after, load_before + 1);
  assert_true(figures_of(workspace, "revenue", NULL).value == revenue.value + 1000);
  assert_int_equal(told.n_told, 1);
  assert_int_equal(told.load, load_after);
  assert_string_equal(told.table, "opportunity");
  assert_true(told.revenue == revenue.value + 1000);
  assert_int_equal(told.put_within, ATTAIN_ERROR_USAGE);

  report = put(workspace, deal); /* the same again changes nothing, and nobody is told */
  assert_int_equal(report->n_unchanged, 1);
  assert_int_equal(report->load, 0);
  attain_report_free(report);
  assert_int_equal(told.n_told, 1);

  report = put(workspace, "{\"id\": \"T-1\", \"amount\": 1500.25}"); /* the other columns stay */
  assert_int_equal(report->n_changed, 1);
  attain_report_free(report);
  assert_true(figures_of(workspace, "revenue", NULL).value == revenue.value + 1500.25);
  assert_int_equal(told.n_told, 2);
  assert_int_equal(once.n_told, 1);

  attain_unsubscribe(workspace, subscription);
  const char *ids[] = {"T-1", "T-0", NULL};
  AttainError error = {0};
  AttainPutOptions options = {.source = "test"};
  if (!attain_remove(workspace, "opportunity", ids, &options, &report, &error)) fail_msg("%s", error.message);
  assert_int_equal(report->n_removed, 1);
  assert_int_equal(report->n_rejected, 1);
  assert_string_equal(report->rejected[0].id, "T-0");
  attain_report_free(report);
  assert_true(figures_of(workspace, "won_deals", NULL).value == deals.value);
  assert_true(figures_of(workspace, "revenue", NULL).value == revenue.value);
  assert_int_equal(told.n_told, 2);
  attain_close(workspace);
}

static void what_is_put_is_there_when_it_is_opened_again(void **state) {
  AttainWorkspace *workspace = open_workspace(*state, NULL);
  double before = figures_of(workspace, "revenue", NULL).value;
  g_autofree char *deal = won_deal("T-9", 700);
  attain_report_free(put(workspace, deal));
  attain_close(workspace);
  AttainOptions options = {.read_only = true, .now = NOW};
  workspace = open_workspace(*state, &options);
  assert_true(figures_of(workspace, "revenue", NULL).value == before + 700);
  attain_close(workspace);
}

/* --- bad records --- */

static void expect_reason(const AttainReport *report, size_t i, size_t record, const char *words) {
  assert_true(i < (size_t)report->n_rejected);
  assert_int_equal(report->rejected[i].record, record);
  if (!strstr(report->rejected[i].reason, words))
    fail_msg("\"%s\" does not say \"%s\"", report->rejected[i].reason, words);
}

static void a_bad_record_is_kept_out_with_its_reason(void **state) {
  AttainWorkspace *workspace = open_workspace(*state, NULL);
  const char records[] =
      "[{\"id\": \"B-0\", \"amount\": \"ten\", \"closed_at\": \"2026-10-20\", \"outcome\": \"won\"},"
      " {\"id\": \"B-1\", \"amount\": 10, \"closed_at\": \"soon\", \"outcome\": \"won\"},"
      " {\"id\": \"B-2\", \"amount\": 20, \"closed_at\": \"2026-10-20\", \"outcome\": \"won\"},"
      " {\"id\": \"B-2\", \"amount\": 30, \"closed_at\": \"2026-10-20\", \"outcome\": \"won\"},"
      " {\"id\": \"B-4\", \"amount\": 40},"
      " {\"id\": \"\", \"amount\": 50, \"closed_at\": \"2026-10-20\", \"outcome\": \"won\"},"
      " {\"id\": \"B-6\", \"amount\": [60], \"closed_at\": \"2026-10-20\", \"outcome\": \"won\"}, 7, {}]";
  double before = figures_of(workspace, "revenue", NULL).value;
  AttainReport *report = NULL;
  AttainError error = {0};
  AttainPutOptions whole = {.source = "test", .all_or_nothing = true};
  assert_true(attain_put(workspace, "opportunity", records, &whole, &report, &error));
  assert_int_equal(report->load, 0);
  assert_int_equal(report->n_rejected, 8);
  attain_report_free(report);
  assert_true(figures_of(workspace, "revenue", NULL).value == before);

  report = put(workspace, records);
  assert_int_equal(report->n_new, 1);
  assert_int_equal(report->n_rejected, 8);
  expect_reason(report, 0, 0, "amount: \"ten\"");
  expect_reason(report, 1, 1, "closed_at: \"soon\"");
  expect_reason(report, 2, 3, "B-2 is already in an earlier record");
  expect_reason(report, 3, 4, "is not given");
  expect_reason(report, 4, 5, "id: is empty");
  expect_reason(report, 5, 6, "amount: must be one value");
  expect_reason(report, 6, 7, "no object");
  expect_reason(report, 7, 8, "is not given");
  assert_string_equal(report->rejected[0].id, "B-0");
  attain_report_free(report);
  assert_true(figures_of(workspace, "revenue", NULL).value == before + 20);
  attain_close(workspace);
}

static void wrong_calls_are_errors_and_change_nothing(void **state) {
  const Company *company = *state;
  AttainError error = {0};
  assert_null(attain_open("/nowhere/at/all", NULL, &error));
  expect_error(&error, ATTAIN_ERROR_NOT_FOUND, "attain.yaml");
  assert_null(attain_open(company->folder, &(AttainOptions){.now = "some day"}, &error));
  expect_error(&error, ATTAIN_ERROR_USAGE, "some day");

  AttainWorkspace *workspace = open_workspace(company, NULL);
  int64_t before, after;
  figures_of(workspace, "won_deals", &before);
  const char *unknown[] = {"won_deels", NULL}, *kpis[] = {"won_deals", NULL}, *ids[] = {"x", NULL};
  assert_null(attain_ask(workspace, &(AttainQuestion){.kpis = unknown}, &error));
  expect_error(&error, ATTAIN_ERROR_NOT_FOUND, "won_deals");
  assert_null(attain_ask(workspace, &(AttainQuestion){0}, &error));
  expect_error(&error, ATTAIN_ERROR_USAGE, "names a KPI");
  assert_null(attain_ask(workspace, &(AttainQuestion){.kpis = kpis, .grain = "fortnight"}, &error));
  expect_error(&error, ATTAIN_ERROR_USAGE, "grain takes");
  assert_null(attain_ask(workspace, &(AttainQuestion){.kpis = kpis, .period = "2026-Q9"}, NULL));
  assert_false(attain_put(workspace, "oportunity", "{}", &(AttainPutOptions){.source = "t"}, NULL, &error));
  expect_error(&error, ATTAIN_ERROR_NOT_FOUND, "did you mean \"opportunity\"");
  assert_false(attain_put(workspace, "opportunity", "{\"id\": 1, \"amout\": 2}", &(AttainPutOptions){.source = "t"},
                          NULL, &error));
  expect_error(&error, ATTAIN_ERROR_NOT_FOUND, "did you mean \"amount\"");
  assert_false(attain_put(workspace, "opportunity", "{\"id\": ", &(AttainPutOptions){.source = "t"}, NULL, &error));
  expect_error(&error, ATTAIN_ERROR_INPUT, "no JSON");
  assert_false(
      attain_put(workspace, "opportunity", "{\"name\": \"n\"}", &(AttainPutOptions){.source = "t"}, NULL, &error));
  expect_error(&error, ATTAIN_ERROR_INPUT, "needs an id");
  assert_false(attain_put(workspace, "opportunity", "{\"id\": 1}", NULL, NULL, &error));
  expect_error(&error, ATTAIN_ERROR_USAGE, "say whose ids");
  assert_false(attain_remove(workspace, "person", ids, &(AttainPutOptions){.source = "t"}, NULL, &error));
  expect_error(&error, ATTAIN_ERROR_INPUT, "person");
  assert_false(attain_load(workspace, "crmm", NULL, &error));
  expect_error(&error, ATTAIN_ERROR_NOT_FOUND, "did you mean \"crm\"");
  figures_of(workspace, "won_deals", &after);
  assert_int_equal(before, after);
  attain_close(workspace);
}

static void loading_the_same_files_changes_nothing(void **state) {
  AttainWorkspace *workspace = open_workspace(*state, NULL);
  Told told = {.workspace = workspace};
  attain_subscribe(workspace, on_change, &told);
  AttainError error = {0};
  AttainReport *report = NULL;
  if (!attain_load(workspace, "crm", &report, &error)) fail_msg("%s", error.message);
  assert_int_equal(report->n_new + report->n_changed, 0);
  assert_true(report->n_unchanged > 1000);
  assert_int_equal(report->load, 0);
  assert_int_equal(told.n_told, 0);
  attain_report_free(report);
  attain_close(workspace);
}

static void the_clock_can_be_moved(void **state) {
  AttainWorkspace *workspace = open_workspace(*state, NULL);
  AttainError error = {0};
  const char *kpis[] = {"won_deals", NULL};
  assert_true(attain_set_now(workspace, "2026-09-10T08:00", &error));
  AttainAnswer *answer = ask(workspace, &(AttainQuestion){.kpis = kpis, .period = "this-month"});
  assert_string_equal(attain_answer_row(answer, 0)->period.name, "2026-09");
  assert_true(attain_answer_row(answer, 0)->figures.flags & ATTAIN_RUNNING);
  assert_string_equal(attain_flag_name(ATTAIN_RUNNING), "running");
  attain_answer_free(answer);
  assert_false(attain_set_now(workspace, "some day", &error));
  expect_error(&error, ATTAIN_ERROR_INPUT, "some day");
  attain_close(workspace);
}

/* --- memory --- */

static const char *const many_kpis[] = {"won_deals",  "revenue",          "win_rate",   "sales_cycle", "created_deals",
                                        "open_deals", "median_deal_size", "activities", "calls",       "new_customers",
                                        NULL};

static AttainAnswer *ask_many(AttainWorkspace *workspace) {
  const char *by[] = {"rep", "account", "source", "product", NULL};
  return ask(workspace, &(AttainQuestion){.kpis = many_kpis, .by = by, .period = "2026-01..2026-09", .grain = "month"});
}

static gboolean is_from_records(const AttainAnswer *answer) {
  for (const char *const *note = attain_answer_notes(answer); *note; note++)
    if (strstr(*note, "answered from the records") && strstr(*note, "max_cells_mb")) return TRUE;
  return FALSE;
}

/* The cap of attain.yaml, and of who opens the workspace, which comes before it; the numbers are the same. */
static void cells_have_a_cap(void **state) {
  const Company *company = *state;
  g_autofree char *path = g_build_filename(company->folder, "attain.yaml", NULL), *was = NULL;
  assert_true(g_file_get_contents(path, &was, NULL, NULL));
  g_auto(GStrv) parts = g_strsplit(was, "limits:\n", 2);
  assert_int_equal(g_strv_length(parts), 2);
  g_autofree char *capped = g_strconcat(parts[0], "limits:\n  max_cells_mb: 1\n", parts[1], NULL);
  assert_true(g_file_set_contents(path, capped, -1, NULL));
  AttainOptions as_it_says = {.now = NOW, .read_only = true};
  AttainOptions enough = {.now = NOW, .read_only = true, .max_cells_bytes = 1 << 30};
  AttainWorkspace *small = open_workspace(company, &as_it_says);
  AttainWorkspace *large = open_workspace(company, &enough);
  AttainMemory memory;
  assert_true(attain_memory(small, &memory, NULL));
  assert_int_equal(memory.max_cells_bytes, 1 << 20);
  assert_true(attain_memory(large, &memory, NULL));
  assert_int_equal(memory.max_cells_bytes, 1 << 30);
  AttainAnswer *records = ask_many(small), *cells = ask_many(large);
  assert_true(is_from_records(records));
  assert_false(is_from_records(cells));
  assert_true(attain_memory(large, &memory, NULL));
  assert_true(memory.cells_bytes > 1 << 20 && memory.n_cells > 0);
  assert_int_equal(attain_answer_n_rows(records), attain_answer_n_rows(cells));
  for (size_t i = 0; i < attain_answer_n_rows(cells); i++) {
    AttainFigures a = attain_answer_row(records, i)->figures, b = attain_answer_row(cells, i)->figures;
    assert_true(a.has_value == b.has_value && (!a.has_value || a.value == b.value) && a.n == b.n);
  }
  attain_answer_free(records);
  attain_answer_free(cells);
  attain_close(small);
  attain_close(large);
  assert_true(g_file_set_contents(path, was, -1, NULL));
}

#define N_CHANGING 50

/* The same deals with other amounts. */
static void change_many(AttainWorkspace *workspace, guint round) {
  g_autoptr(GString) records = g_string_new("[");
  for (guint i = 0; i < N_CHANGING; i++) {
    g_autofree char *id = g_strdup_printf("M-%u", i), *deal = won_deal(id, 1000 + (round * 7 + i) % 500);
    g_string_append_printf(records, "%s%s", i > 0 ? ", " : "", deal);
  }
  g_string_append_c(records, ']');
  AttainReport *report = put(workspace, records->str);
  assert_int_equal(report->n_rejected, 0);
  attain_report_free(report);
}

static AttainMemory memory_after(AttainWorkspace *workspace, guint first, guint last) {
  AttainMemory memory;
  for (guint round = first; round < last; round++) {
    change_many(workspace, round);
    attain_answer_free(ask_many(workspace));
  }
  assert_true(attain_memory(workspace, &memory, NULL));
  print_message("%u updates: %" G_GUINT64_FORMAT " bytes of cells, %" G_GUINT64_FORMAT " of keys, %" G_GUINT64_FORMAT
                " of the database\n",
                last * N_CHANGING, memory.cells_bytes, memory.put_bytes, memory.database_bytes);
  return memory;
}

/* Records that change again and again take no more memory for it. ATTAIN_TEST_PUTS says how often. */
static void updates_take_no_more_memory(void **state) {
  AttainWorkspace *workspace = open_workspace(*state, NULL);
  const char *given = g_getenv("ATTAIN_TEST_PUTS");
  guint n = given ? (guint)g_ascii_strtoull(given, NULL, 10) : 30;
  memory_after(workspace, 0, 4); /* everything has been needed once */
  AttainMemory half = memory_after(workspace, 4, 4 + n / 2), whole = memory_after(workspace, 4 + n / 2, 4 + n);
  assert_int_equal(whole.n_cells, half.n_cells);
  assert_true(whole.cells_bytes <= half.cells_bytes + half.cells_bytes / 50);
  assert_int_equal(whole.put_bytes, half.put_bytes);
  attain_close(workspace);
}

/* --- threads --- */

typedef struct {
  AttainWorkspace *workspace;
  gint is_over;
  double revenue;
} Race;

/* Of the two deals, one has what the other lacks to 3,000: each answer is of one commit. Its number never falls. */
static gpointer read_on(gpointer data) {
  Race *race = data;
  int64_t load = 0, last = 0;
  guint n_wrong = 0, n_asked = 0;
  do {
    double revenue = figures_of(race->workspace, "revenue", &load).value;
    n_wrong += revenue != race->revenue + 3000 || load < last;
    last = load;
    n_asked++;
  } while (!g_atomic_int_get(&race->is_over));
  return GUINT_TO_POINTER(n_asked ? n_wrong : 1);
}

static void put_pair(AttainWorkspace *workspace, double first) {
  g_autofree char *a = won_deal("R-1", first), *b = won_deal("R-2", 3000 - first);
  g_autofree char *both = g_strdup_printf("[%s, %s]", a, b);
  AttainReport *report = put(workspace, both);
  assert_int_equal(report->n_rejected, 0);
  attain_report_free(report);
}

static void readers_never_see_half_a_put(void **state) {
  Race race = {.workspace = open_workspace(*state, NULL)};
  race.revenue = figures_of(race.workspace, "revenue", NULL).value;
  put_pair(race.workspace, 0);
  GThread *readers[N_READERS];
  for (guint i = 0; i < N_READERS; i++) readers[i] = g_thread_new("reader", read_on, &race);
  for (guint i = 1; i <= N_PUTS; i++) put_pair(race.workspace, 100.0 * i);
  g_atomic_int_set(&race.is_over, 1);
  guint n_wrong = 0;
  for (guint i = 0; i < N_READERS; i++) n_wrong += GPOINTER_TO_UINT(g_thread_join(readers[i]));
  assert_int_equal(n_wrong, 0);
  attain_close(race.workspace);
}

static gpointer put_on(gpointer data) {
  Race *race = data;
  static gint number;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *id = g_strdup_printf("W-%d", g_atomic_int_add(&number, 1));
    g_autofree char *deal = won_deal(id, 1);
    attain_report_free(put(race->workspace, deal));
  }
  return NULL;
}

static void writers_of_many_threads_take_turns(void **state) {
  Race race = {.workspace = open_workspace(*state, NULL)};
  double before = figures_of(race.workspace, "won_deals", NULL).value;
  GThread *writers[3];
  for (guint i = 0; i < G_N_ELEMENTS(writers); i++) writers[i] = g_thread_new("writer", put_on, &race);
  for (guint i = 0; i < G_N_ELEMENTS(writers); i++) g_thread_join(writers[i]);
  assert_true(figures_of(race.workspace, "won_deals", NULL).value == before + 6);
  attain_close(race.workspace);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_are_those_of_show),
      cmocka_unit_test(rows_are_those_of_the_json),
      cmocka_unit_test(the_past_is_asked_of_a_workspace_of_then),
      cmocka_unit_test(a_deal_put_is_in_the_next_answer_and_removed_it_is_not),
      cmocka_unit_test(what_is_put_is_there_when_it_is_opened_again),
      cmocka_unit_test(a_bad_record_is_kept_out_with_its_reason),
      cmocka_unit_test(wrong_calls_are_errors_and_change_nothing),
      cmocka_unit_test(loading_the_same_files_changes_nothing),
      cmocka_unit_test(the_clock_can_be_moved),
      cmocka_unit_test(cells_have_a_cap),
      cmocka_unit_test(updates_take_no_more_memory),
      cmocka_unit_test(readers_never_see_half_a_put),
      cmocka_unit_test(writers_of_many_threads_take_turns),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
