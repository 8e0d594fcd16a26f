/* The workspace around the simulated company: the same options make the same bytes, the mappings fit the files, and
 * what cannot be done is told. */
#include "../unit.h"
#include "base/fault.h"
#include "base/text.h"
#include "conf/conf.h"
#include "simulated.h"
#include "table.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- the same bytes --- */

static char *digest_of(const char *folder, const char *name) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *text = NULL;
  gsize length;
  assert_true(g_file_get_contents(path, &text, &length, NULL));
  return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
}

/* How many of a workspace's files differ in another. */
static guint n_differences(const char *a, const char *b) {
  g_autofree char *exports = g_build_filename(a, "exports", NULL);
  g_autoptr(GDir) dir = g_dir_open(exports, 0, NULL);
  guint n = 0, n_files = 0;
  for (const char *name; (name = g_dir_read_name(dir)) != NULL; n_files++) {
    g_autofree char *path = g_build_filename("exports", name, NULL);
    g_autofree char *x = digest_of(a, path);
    g_autofree char *y = digest_of(b, path);
    n += strcmp(x, y) != 0;
  }
  assert_int_equal(n_files, 23);
  g_autofree char *x = digest_of(a, "truth.json");
  g_autofree char *y = digest_of(b, "truth.json");
  return n + (strcmp(x, y) != 0);
}

static void the_same_seed_makes_the_same_bytes(void **state) {
  char *one = simulated_make(12, 1000, 1, NULL);
  char *same = simulated_make(12, 1000, 1, NULL);
  char *other = simulated_make(12, 1000, 2, NULL);
  assert_int_equal(n_differences(one, same), 0);
  /* products and territories are no matter of chance */
  assert_true(n_differences(one, other) >= 20);
  simulated_remove(one);
  simulated_remove(same);
  simulated_remove(other);
}

/* Whatever the machine, the compiler and its options: these digests change only when the simulator is changed on
 * purpose. */
static void the_bytes_are_those_of_every_machine(void **state) {
  char *folder = simulated_make(12, 1000, 1, NULL);
  g_autofree char *deals = digest_of(folder, "exports/opportunities.csv");
  g_autofree char *activities = digest_of(folder, "exports/activities.csv");
  g_autofree char *truth = digest_of(folder, "truth.json");
  assert_string_equal(deals, "6da117f4bf82ea915a7e418062388164cca174b9ad8fac8c5a86e755250dbec0");
  assert_string_equal(activities, "5ced3fd364cec492a3eb7c279d184ce24c150d667fa0e6f3dde1a8fabf649650");
  assert_string_equal(truth, "0680bd9a5f9d8087ecef7808e9b8d6d81b5629afae21c6e06b68a48de4269f45");
  simulated_remove(folder);
}

/* --- sizes --- */

static void small_and_wide_companies_are_made(void **state) {
  static const guint people[] = {10, 11, 27, 39, 40, 500, 2000};
  for (guint i = 0; i < G_N_ELEMENTS(people); i++) {
    DemoSummary summary;
    char *folder = simulated_make(people[i], 1000, 3, &summary);
    assert_int_equal(summary.people, people[i]);
    assert_int_equal(summary.won + summary.lost + summary.abandoned + summary.open, 1000);
    assert_true(summary.won > 100 && summary.open > 10);
    simulated_remove(folder);
  }
}

static void a_history_may_end_on_any_day(void **state) {
  static const char *const days[] = {"2024-02-29", "2025-12-31", "2026-01-01", "2026-03-15", "1980-01-01"};
  for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
    DemoOptions options = {.people = 10, .deals = 1000, .seed = 1};
    DemoSummary summary;
    g_autofree char *folder = g_dir_make_tmp("attain-demo-XXXXXX", NULL);
    assert_true(base_day_parse_iso(days[i], &options.until));
    assert_true(demo_make(folder, &options, &summary, NULL));
    assert_int_equal(summary.from, base_day_add_months(options.until + 1, -36));
    simulated_remove_tree(folder);
  }
}

/* --- the mappings --- */

/* The header of the file that a table of the source names. */
static Table *table_of(const char *folder, const ConfNode *root, const char *name) {
  const ConfNode *table = conf_map_get(conf_map_get(root, "tables"), name);
  if (table == NULL) fail_msg("no table %s", name);
  return table_read(folder, conf_map_get(table, "file")->text);
}

static void assert_map_fits(const char *folder, const ConfNode *root, const ConfNode *map, const LedgerSchema *schema) {
  const char *to = conf_map_get(map, "to")->text;
  const LedgerTable *ledger = ledger_schema_find(schema, to);
  assert_non_null(ledger);
  const ConfNode *columns = conf_map_get(map, "columns");
  if (columns == NULL) return;
  g_autoptr(Table) table = table_of(folder, root, conf_map_get(map, "from")->text);
  assert_true(table_n(table) > 0);
  for (guint i = 0; i < columns->n; i++) {
    const char *target = columns->keys[i]->text;
    gboolean common = strcmp(target, "id") == 0 || strcmp(target, "currency") == 0;
    if (!common && ledger_table_column(ledger, target) == NULL) fail_msg("%s has no column %s", to, target);
    const ConfNode *item = columns->items[i];
    const ConfNode *of = item->kind == CONF_MAP ? conf_map_get(item, "of") : item;
    if (of != NULL && !table_has(table, of->text)) fail_msg("%s: no header \"%s\"", to, of->text);
  }
}

static void mappings_fit_the_files_and_the_ledger(void **state) {
  static const char *const sources[] = {"crm", "marketing", "orders", "people", "support"};
  char *folder = simulated_make(30, 2000, 1, NULL);
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, NULL);
  for (guint s = 0; s < G_N_ELEMENTS(sources); s++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("%s/sources/%s.yaml", folder, sources[s]);
    g_autoptr(ConfDocument) document = conf_document_load(path, &error);
    if (document == NULL) fail_msg("%s", error->message);
    const ConfNode *root = conf_document_root(document);
    const ConfNode *maps = conf_map_get(root, "map");
    for (guint i = 0; i < maps->n; i++) assert_map_fits(folder, root, maps->items[i], schema);
  }
  simulated_remove(folder);
}

static void the_organisation_can_be_read(void **state) {
  char *folder = simulated_make(10, 1000, 1, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(ConfOrganisation) organisation = conf_organisation_load(folder, &error);
  if (organisation == NULL) fail_msg("%s", error->message);
  assert_string_equal(organisation->name, "Nordwind Telematics");
  assert_string_equal(organisation->currency, "EUR");
  assert_string_equal(organisation->time_zone, "Europe/Berlin");
  simulated_remove(folder);
}

/* --- what cannot be done --- */

static void assert_refused(DemoOptions options, const char *part) {
  g_autoptr(GError) error = NULL;
  g_autofree char *parent = g_dir_make_tmp("attain-demo-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename(parent, "company", NULL);
  assert_false(demo_make(folder, &options, NULL, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  if (strstr(error->message, part) == NULL) fail_msg("%s", error->message);
  assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
  simulated_remove_tree(parent);
}

static void impossible_sizes_are_refused(void **state) {
  BaseDay until = base_day_from_civil(2026, 10, 31);
  assert_refused((DemoOptions){.people = 9, .deals = 1000, .until = until}, "10 to 2000 people, not 9");
  assert_refused((DemoOptions){.people = 2001, .deals = 1000, .until = until}, "not 2001");
  assert_refused((DemoOptions){.people = 10, .deals = 999, .until = until}, "1000 to 20000000 deals, not 999");
  assert_refused((DemoOptions){.people = 10, .deals = 20000001, .until = until}, "not 20000001");
  assert_refused((DemoOptions){.people = 10, .deals = 1000, .until = base_day_from_civil(1979, 12, 31)}, "1980");
}

static void a_folder_with_something_in_it_is_left_alone(void **state) {
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("attain-demo-XXXXXX", NULL);
  g_autofree char *file = g_build_filename(folder, "notes.txt", NULL);
  assert_true(g_file_set_contents(file, "mine", -1, NULL));
  DemoOptions options = {.people = 10, .deals = 1000, .until = base_day_from_civil(2026, 10, 31)};
  assert_false(demo_make(folder, &options, NULL, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  assert_non_null(strstr(error->message, "not empty"));
  g_autofree char *exports = g_build_filename(folder, "exports", NULL);
  assert_false(g_file_test(exports, G_FILE_TEST_EXISTS));
  simulated_remove_tree(folder);
}

/* Each of the 23 files fails to open in turn, and each flush to be written: always an error, and nothing is leaked. */
static void every_failing_file_is_told(void **state) {
  static const char *const points[] = {"demo_open", "demo_write"};
  for (guint p = 0; p < G_N_ELEMENTS(points); p++) {
    for (guint n = 1; n <= 23; n++) {
      g_autoptr(GError) error = NULL;
      g_autofree char *folder = g_dir_make_tmp("attain-demo-XXXXXX", NULL);
      DemoOptions options = {.people = 10, .deals = 1000, .until = base_day_from_civil(2026, 10, 31)};
      base_fault_arm(points[p], n);
      gboolean ok = demo_make(folder, &options, NULL, &error);
      base_fault_disarm();
      assert_false(ok);
      assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_IO));
      simulated_remove_tree(folder);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_seed_makes_the_same_bytes),
      cmocka_unit_test(the_bytes_are_those_of_every_machine),
      cmocka_unit_test(small_and_wide_companies_are_made),
      cmocka_unit_test(a_history_may_end_on_any_day),
      cmocka_unit_test(mappings_fit_the_files_and_the_ledger),
      cmocka_unit_test(the_organisation_can_be_read),
      cmocka_unit_test(impossible_sizes_are_refused),
      cmocka_unit_test(a_folder_with_something_in_it_is_left_alone),
      cmocka_unit_test(every_failing_file_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
