/* Proposals for small exports, each held against the decisions written beside it.
 *
 * A line of NAME.expect is one of: `key = value` for a line at the top of the proposal, `table.column = value` for a
 * line of that table's entry, either with ~ for "contains"; `says ~`, `text ~` and `table ~` look anywhere, `silent ~`
 * must be nowhere, `table.rows ~` is among rows in place. */
#include "../unit.h"
#include "ingest/ingest.h"

static const char *data_folder;

/* The entry of `table`, from its "- to:" to the next one. All entries of the table, when there are several. */
static char *entries_of(const char *yaml, const char *table) {
  GString *found = g_string_new(NULL);
  g_auto(GStrv) parts = g_strsplit(yaml, "  - to: ", -1);
  for (guint i = 1; parts[0] && parts[i]; i++) {
    gsize n = strlen(table);
    if (g_str_has_prefix(parts[i], table) && strchr(" \n", parts[i][n])) g_string_append(found, parts[i]);
  }
  return g_string_free(found, FALSE);
}

static gboolean has_line(const char *text, const char *key, const char *value, gboolean exact) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autofree char *start = g_strdup_printf("%s: ", key);
  for (guint i = 0; lines[i]; i++) {
    char *line = g_strstrip(lines[i]);
    if (!g_str_has_prefix(line, start)) continue;
    const char *rest = line + strlen(start);
    if (!exact && strstr(rest, value)) return TRUE;
    char *comment = strstr(line, "  # ");
    if (comment) *comment = 0;
    if (exact && g_str_equal(rest, value)) return TRUE;
  }
  return FALSE;
}

static gboolean is_met(const IngestProposal *proposal, const char *key, const char *value, gboolean exact) {
  const char *anywhere[] = {"says", "text", "table", NULL};
  if (g_str_equal(key, "system")) return g_strcmp0(proposal->system, value) == 0;
  if (g_strv_contains(anywhere, key)) return strstr(proposal->yaml, value) != NULL;
  if (g_str_equal(key, "silent")) return !strstr(proposal->yaml, value);
  const char *dot = strchr(key, '.');
  if (!dot) return has_line(proposal->yaml, key, value, exact);
  g_autofree char *table = g_strndup(key, (gsize)(dot - key));
  g_autofree char *entries = entries_of(proposal->yaml, table);
  return g_str_equal(dot + 1, "rows") ? strstr(entries, value) != NULL : has_line(entries, dot + 1, value, exact);
}

static void hold_against(const IngestProposal *proposal, const char *name) {
  g_autofree char *file = g_strdup_printf("%s/%s.expect", data_folder, name);
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(file, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  guint wrong = 0;
  for (guint i = 0; lines[i]; i++) {
    char *space = strchr(lines[i], ' ');
    if (!space || lines[i][0] == '#') continue;
    g_autofree char *key = g_strndup(lines[i], (gsize)(space - lines[i]));
    if (is_met(proposal, key, space + 3, space[1] == '=')) continue;
    wrong++;
    print_error("%s.expect:%u: not proposed: %s\n", name, i + 1, lines[i]);
  }
  if (wrong) print_error("%s\n", proposal->yaml);
  assert_int_equal(wrong, 0);
}

static char *find_input(const char *name) {
  static const char *const endings[] = {"", ".csv", ".txt", ".json", ".ndjson"};
  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    char *path = g_strdup_printf("%s/%s%s", data_folder, name, endings[i]);
    if (g_file_test(path, G_FILE_TEST_EXISTS)) return path;
    g_free(path);
  }
  return NULL;
}

static IngestProposal *propose(const char *path, GError **error) {
  g_autoptr(Store) store = store_open(NULL, NULL, STORE_CREATE, 1, error);
  g_autoptr(LedgerSchema) schema = store ? ledger_schema_new(NULL, 0, error) : NULL;
  return schema ? ingest_propose(store, path, schema, error) : NULL;
}

static void test_case(void **state) {
  const char *name = *state;
  g_autofree char *path = find_input(name);
  assert_non_null(path);
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestProposal) proposal = propose(path, &error);
  if (!proposal) print_error("%s: %s\n", name, error->message);
  assert_non_null(proposal);
  hold_against(proposal, name);
  g_autoptr(ConfDocument) document =
      conf_document_parse("proposed.yaml", proposal->yaml, strlen(proposal->yaml), &error);
  if (!document) print_error("%s\n%s\n", error->message, proposal->yaml);
  assert_non_null(document);
}

static void test_nothing_there(void **state) {
  g_autoptr(GError) error = NULL;
  assert_null(propose("/no/such/folder", &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
}

int main(int argc, char **argv) {
  data_folder = argc > 1 ? argv[1] : "data";
  g_autoptr(GDir) dir = g_dir_open(data_folder, 0, NULL);
  if (!dir) return 1;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
    if (g_str_has_suffix(name, ".expect")) g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".expect")));
  g_autofree struct CMUnitTest *tests = g_new0(struct CMUnitTest, names->len + 1);
  for (guint i = 0; i < names->len; i++)
    tests[i] = (struct CMUnitTest){.name = names->pdata[i], .test_func = test_case, .initial_state = names->pdata[i]};
  tests[names->len] = (struct CMUnitTest){.name = "nothing there", .test_func = test_nothing_there};
  return _cmocka_run_group_tests("ingest_propose", tests, names->len + 1, NULL, NULL);
}
