/* A workspace opened for a command: which folder counts, what is told of what is wrong in it, the clock, the database,
 * and which of its sources are meant. The workspace is made here:
 *
 *   co/attain.yaml      Berlin
 *   co/deep/er          a folder within
 *   co/kpis, sources    as each test has them */
#include "session/session.h"
#include "session/sources.h"
#include "unit.h"

#include <glib/gstdio.h>

static char *root;

static char *path_of(const char *name) {
  return g_build_filename(root, name, NULL);
}

static void write_file(const char *name, const char *text) {
  g_autofree char *path = path_of(name), *folder = g_path_get_dirname(path);
  assert_int_equal(0, g_mkdir_with_parents(folder, 0700));
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_all(const char *path) {
  GDir *dir = g_dir_open(path, 0, NULL);
  for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    remove_all(inner);
  }
  if (dir) g_dir_close(dir);
  g_remove(path);
}

static int set_up(void **state) {
  root = g_dir_make_tmp("attain-session-XXXXXX", NULL);
  write_file("co/attain.yaml", "name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\n");
  write_file("co/deep/er/note.txt", "");
  return 0;
}

static int tear_down(void **state) {
  remove_all(root);
  g_free(root);
  return 0;
}

static Session *open_at(const char *folder, const char *now, const char *as_of, guint needs) {
  g_autofree char *path = path_of(folder);
  g_autoptr(GError) error = NULL;
  Session *session = session_open_as_of(path, now, as_of, needs, &error);
  if (!session) fail_msg("%s: %s", folder, error->message);
  return session;
}

static void assert_refused(const char *folder, const char *now, guint needs, int code, const char *part) {
  g_autofree char *path = path_of(folder);
  g_autoptr(GError) error = NULL;
  g_autoptr(Session) session = session_open(path, now, needs, &error);
  assert_null(session);
  if (!g_error_matches(error, BASE_ERROR, code)) fail_msg("another code, %d: %s", error->code, error->message);
  assert_has(error->message, part);
}

/* --- which folder --- */

static void the_nearest_attain_yaml_counts(void **state) {
  static const char *const within[] = {"co", "co/deep", "co/deep/er", "co/not/there/yet"};
  g_autofree char *co = path_of("co");
  for (guint i = 0; i < G_N_ELEMENTS(within); i++) {
    g_autoptr(Session) session = open_at(within[i], NULL, NULL, 0);
    assert_string_equal(co, session->folder);
    assert_string_equal("Test", session->organisation->name);
    assert_null(session->store);
    assert_null(session->catalogue);
  }
}

static void a_workspace_in_a_workspace(void **state) {
  write_file("co/deep/attain.yaml", "name: Inner\ncurrency: USD\n");
  g_autoptr(Session) inner = open_at("co/deep/er", NULL, NULL, 0);
  assert_string_equal("Inner", inner->organisation->name);
  g_autofree char *path = path_of("co/deep/attain.yaml");
  g_unlink(path);
  g_autoptr(Session) outer = open_at("co/deep/er", NULL, NULL, 0);
  assert_string_equal("Test", outer->organisation->name);
}

/* Definitions can be looked at anywhere: the built-in ledger and catalogue do. */
static void outside_of_any_workspace(void **state) {
  assert_refused("", NULL, 0, BASE_ERROR_NOT_FOUND, "attain.yaml");
  g_autoptr(Session) session = open_at("", NULL, NULL, SESSION_ANYWHERE | SESSION_DEFINITIONS);
  assert_null(session->folder);
  assert_string_equal("EUR", session->organisation->currency);
  assert_non_null(kpi_catalogue_find(session->catalogue, "win_rate", NULL));
  g_auto(GStrv) files = session_files(session, "sources");
  assert_int_equal(0, g_strv_length(files));
}

/* --- what is wrong in it --- */

static void mistakes_of_attain_yaml(void **state) {
  static const struct {
    const char *text, *part;
  } wrong[] = {
      {"", "attain.yaml"},
      {"name: Test\ncurrency: Euro\n", "attain.yaml:2:11"},
      {"name: Test\ncurrency: EUR\ntime_zone: Europe/Berln\n", "attain.yaml:3:12"},
      {"name: Test\ncurrency: EUR\ncurency: EUR\n", "currency"},
      {"name: [Test\n", "attain.yaml"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
    write_file("bad/attain.yaml", wrong[i].text);
    assert_refused("bad", NULL, 0, BASE_ERROR_INPUT, wrong[i].part);
  }
  g_autofree char *bad = path_of("bad");
  remove_all(bad);
}

/* Of several mistakes in definitions the first is told, and how many more there are. */
static void mistakes_of_definitions(void **state) {
  write_file("co/kpis/own.yaml", "kpis:\n  a: {formula: count(oportunity on closed_at)}\n");
  assert_refused("co", NULL, SESSION_DEFINITIONS, BASE_ERROR_INPUT,
                 "own.yaml:2:22: count() starts with its fact, and 'oportunity' is none; did you mean 'opportunity'?");
  write_file("co/kpis/own.yaml",
             "kpis:\n  a: {formula: count(oportunity on closed_at)}\n  b: {formula: won_dels}\n  c: {formula: 1 +}\n");
  assert_refused("co", NULL, SESSION_DEFINITIONS, BASE_ERROR_INPUT, "(and 2 more: `attain check` lists them all)");
  g_autoptr(Session) without = open_at("co", NULL, NULL, 0);
  GPtrArray *problems = NULL;
  g_autoptr(GError) error = NULL;
  assert_false(session_load_definitions(without, &problems, &error));
  assert_int_equal(3, problems->len);
  g_ptr_array_unref(problems);
  write_file("co/kpis/own.yaml", "kpis:\n  mine: {formula: count(opportunity on closed_at)}\n");
  g_autoptr(Session) session = open_at("co", NULL, NULL, SESSION_DEFINITIONS);
  assert_non_null(kpi_catalogue_find(session->catalogue, "mine", NULL));
  assert_non_null(kpi_catalogue_find(session->catalogue, "win_rate", NULL));
}

/* A KPI of one's own in place of a built-in one of that name. */
static void own_definitions_go_before(void **state) {
  write_file("co/kpis/own.yaml", "kpis:\n  win_rate: {name: Ours, formula: count(opportunity on closed_at)}\n");
  g_autoptr(Session) session = open_at("co", NULL, NULL, SESSION_DEFINITIONS);
  assert_string_equal("Ours", kpi_catalogue_find(session->catalogue, "win_rate", NULL)->title);
  write_file("co/kpis/own.yaml", "");
}

/* --- the clock --- */

/* A time without an offset is of Berlin, two hours before UTC in summer and one in winter; a day means its end. */
static void the_clock(void **state) {
  static const struct {
    const char *now, *utc;
    int month, day; /* the local day, of 2026 */
  } cases[] = {
      {"2026-07-01 12:00", "2026-07-01T10:00:00Z", 7, 1},     {"2026-01-01 12:00", "2026-01-01T11:00:00Z", 1, 1},
      {"2026-07-01T23:30:00Z", "2026-07-01T23:30:00Z", 7, 2}, {"2026-07-01 00:30", "2026-06-30T22:30:00Z", 7, 1},
      {"2026-03-29 03:00", "2026-03-29T01:00:00Z", 3, 29},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Session) session = open_at("co", cases[i].now, NULL, 0);
    g_autoptr(GDateTime) utc = g_date_time_new_from_iso8601(cases[i].utc, NULL);
    assert_true(session->now_given && !session->as_of_given);
    if (session->now_us != g_date_time_to_unix(utc) * G_USEC_PER_SEC) fail_msg("%s", cases[i].now);
    assert_int_equal(base_day_from_civil(2026, cases[i].month, cases[i].day), session->today);
  }
  g_autoptr(Session) day = open_at("co", "2026-07-01", NULL, 0);
  assert_int_equal(base_day_from_civil(2026, 7, 1), day->today);
  assert_refused("co", "tomorrowish", 0, BASE_ERROR_USAGE, "--now: ");
  gint64 before = g_get_real_time();
  g_autoptr(Session) real = open_at("co", NULL, NULL, 0);
  assert_false(real->now_given);
  assert_true(real->now_us >= before && real->now_us <= g_get_real_time());
}

/* Whoever believed something on a day knew nothing of the days after it. */
static void the_clock_stands_no_later_than_what_was_believed(void **state) {
  g_autoptr(Session) write = open_at("co", NULL, NULL, SESSION_WRITE);
  g_clear_pointer(&write->store, store_close);
  g_autoptr(Session) early = open_at("co", "2026-07-01 12:00", "2026-03-31 12:00", SESSION_DATABASE);
  assert_true(early->as_of_given && early->now_us == early->as_of_us);
  assert_int_equal(base_day_from_civil(2026, 3, 31), early->today);
  g_autoptr(Session) late = open_at("co", "2026-02-01 12:00", "2026-03-31 12:00", 0);
  assert_true(late->now_us < late->as_of_us);
  assert_int_equal(base_day_from_civil(2026, 2, 1), late->today);
  g_autofree char *path = path_of("co");
  g_autoptr(GError) error = NULL;
  assert_null(session_open_as_of(path, NULL, "the other day", 0, &error));
  assert_has(error->message, "--as-of: ");
}

/* --- the database --- */

static void the_database(void **state) {
  write_file("new/attain.yaml", "name: New\ncurrency: EUR\n");
  assert_refused("new", NULL, SESSION_DATABASE, BASE_ERROR_NOT_FOUND, "`attain load` reads the records");
  g_autoptr(Session) write = open_at("new", NULL, NULL, SESSION_WRITE);
  assert_non_null(write->store);
  assert_true(g_file_test(write->organisation->database, G_FILE_TEST_EXISTS));
  g_clear_pointer(&write->store, store_close);
  g_autoptr(Session) read = open_at("new", NULL, NULL, SESSION_DATABASE | SESSION_DEFINITIONS);
  assert_non_null(read->store);
  assert_non_null(read->catalogue);
}

/* What is wrong with definitions is told before that nothing is loaded. */
static void what_is_told_first(void **state) {
  write_file("both/attain.yaml", "name: Both\ncurrency: EUR\n");
  write_file("both/kpis/own.yaml", "kpis:\n  a: {formula: count(oportunity on closed_at)}\n");
  assert_refused("both", NULL, SESSION_DATABASE | SESSION_DEFINITIONS, BASE_ERROR_INPUT, "oportunity");
}

/* --- sources --- */

static const char deals_yaml[] =
    "source: %s\ntables: {deals: deals.csv}\n"
    "map: [{to: opportunity, from: deals, columns: {id: Id}}]\n";

static void write_source(const char *file, const char *name) {
  g_autofree char *text = g_strdup_printf(deals_yaml, name);
  write_file(file, text);
}

/* "crm ok, erp: …" of each source, by file name. */
static char *told_of(const GPtrArray *sources) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < sources->len; i++) {
    const SessionSource *source = g_ptr_array_index(sources, i);
    assert_true((source->source == NULL) == (source->error != NULL));
    g_string_append_printf(text, "%s%s%s", i ? ", " : "", source->name, source->source ? "" : " wrong");
  }
  return g_string_free(text, FALSE);
}

static void assert_chosen(const Session *session, const GPtrArray *sources, const char *names, const char *expected) {
  g_auto(GStrv) list = g_strsplit(names, " ", -1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) chosen = session_choose_sources(
      session, sources, (const char *const *)(*names ? list : list + g_strv_length(list)), &error);
  if (!chosen) {
    assert_has(error->message, expected);
    return;
  }
  g_autofree char *told = told_of(chosen);
  assert_string_equal(expected, told);
}

/* One that is wrong keeps none of the others; comments alone are a source yet to be written; hidden files are none. */
static void sources_by_file_name(void **state) {
  write_source("co/sources/b.yaml", "crm");
  write_source("co/sources/a.yml", "erp");
  write_source("co/sources/d.yaml", "crm");
  write_source("co/sources/.hidden.yaml", "hidden");
  write_file("co/sources/c.yaml", "source: [\n");
  write_file("co/sources/e.yaml", "# to be written\n");
  write_file("co/sources/notes.txt", "no source\n");
  g_autoptr(Session) session = open_at("co", NULL, NULL, 0);
  g_autoptr(GPtrArray) sources = session_sources(session);
  g_autofree char *told = told_of(sources);
  assert_string_equal("erp, crm, c wrong, crm wrong", told);
  const SessionSource *twice = g_ptr_array_index(sources, 3);
  assert_has(twice->error->message, "its name, \"crm\", is that of ");
  assert_has(twice->error->message, "b.yaml too: give each `source:` its own");
  assert_chosen(session, sources, "", "erp, crm, c wrong, crm wrong");
  assert_chosen(session, sources, "crm", "crm");
  assert_chosen(session, sources, "crm erp crm", "crm, erp");
  assert_chosen(session, sources, "crn", "there is no source \"crn\": did you mean \"crm\"?");
  assert_chosen(session, sources, "warehouse", "there is no source \"warehouse\": this workspace has erp, crm, c, crm");
  assert_chosen(session, sources, "erp nobody", "there is no source \"nobody\"");
}

static void no_source_at_all(void **state) {
  write_file("none/attain.yaml", "name: None\ncurrency: EUR\n");
  g_autoptr(Session) session = open_at("none", NULL, NULL, 0);
  g_autoptr(GPtrArray) sources = session_sources(session);
  assert_int_equal(0, sources->len);
  assert_chosen(session, sources, "", "has no source yet: write one in sources/");
  assert_chosen(session, sources, "crm", "this workspace has none");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_nearest_attain_yaml_counts),
      cmocka_unit_test(a_workspace_in_a_workspace),
      cmocka_unit_test(outside_of_any_workspace),
      cmocka_unit_test(mistakes_of_attain_yaml),
      cmocka_unit_test(mistakes_of_definitions),
      cmocka_unit_test(own_definitions_go_before),
      cmocka_unit_test(the_clock),
      cmocka_unit_test(the_clock_stands_no_later_than_what_was_believed),
      cmocka_unit_test(the_database),
      cmocka_unit_test(what_is_told_first),
      cmocka_unit_test(sources_by_file_name),
      cmocka_unit_test(no_source_at_all),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
