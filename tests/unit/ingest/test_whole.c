/* A load happens or it does not: killed in the middle, or failing at any of its statements, it leaves the ledger as it
 * was. The order of a file's rows and columns is of no meaning, nor where it is cut to be read by several threads. */
#include "base/fault.h"
#include "ingest/ingest.h"
#include "unit.h"

#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char yaml[] =
    "source: crm\n"
    "tables: {deals: deals.csv, people: people.csv}\n"
    "map:\n"
    "  - {to: person, from: people, columns: {id: Id, name: Name}}\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns: {id: Id, owner: Owner, account: Account, amount: Amount, closed_at: Closed, outcome: {constant: "
    "won}}\n";

static const char people[] = "Id,Name\n1,Ana\n2,Bo\n";

static const char *const headers[] = {"Id", "Owner", "Account", "Amount", "Closed"};
static const char *const deals[][5] = {{"D1", "1", "Acme", "10", "2026-01-31"},
                                       {"D2", "2", "Beta", "20.50", "2026-02-28"},
                                       {"D3", "3", "Acme", "1000", "2026-03-13"},
                                       {"D4", "2", "", "7", "2026-03-14"}};

typedef struct {
  char *folder, *database;
  ConfOrganisation organisation;
  LedgerSchema *schema;
  Calendar *calendar;
} Workspace;

static void put_file(const Workspace *workspace, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(workspace->folder, name, NULL);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* The deals in the order of `rows`, their columns in the order of `columns`. */
static void put_deals(const Workspace *workspace, const guint *rows, const guint *columns) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint c = 0; c < 5; c++) g_string_append_printf(text, "%s%s", c ? "," : "", headers[columns[c]]);
  for (guint r = 0; r < 4; r++) {
    for (guint c = 0; c < 5; c++) g_string_append_printf(text, "%s%s", c ? "," : "\n", deals[rows[r]][columns[c]]);
  }
  put_file(workspace, "deals.csv", text->str);
}

static const guint as_written[] = {0, 1, 2, 3, 4};

static int set_up(void **state) {
  Workspace *workspace = g_new0(Workspace, 1);
  workspace->folder = g_dir_make_tmp("attain-test-XXXXXX", NULL);
  workspace->database = g_build_filename(workspace->folder, "test.duckdb", NULL);
  workspace->organisation =
      (ConfOrganisation){.currency = (char *)"EUR", .time_zone = (char *)"UTC", .max_rejected_share = 0.05};
  workspace->schema = ledger_schema_new(NULL, 0, NULL);
  CalendarConfig config = {.first_month = 1};
  workspace->calendar = calendar_new(&config, NULL);
  put_file(workspace, "people.csv", people);
  put_deals(workspace, as_written, as_written);
  *state = workspace;
  return workspace->calendar ? 0 : 1;
}

static int tear_down(void **state) {
  Workspace *workspace = *state;
  GDir *dir = g_dir_open(workspace->folder, 0, NULL);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
    g_autofree char *path = g_build_filename(workspace->folder, name, NULL);
    g_unlink(path);
  }
  g_dir_close(dir);
  g_rmdir(workspace->folder);
  calendar_free(workspace->calendar);
  ledger_schema_free(workspace->schema);
  g_free(workspace->folder);
  g_free(workspace->database);
  g_free(workspace);
  return 0;
}

static Store *open_store(const Workspace *workspace, const char *path) {
  g_autoptr(GError) error = NULL;
  Store *store = store_open(path, workspace->schema, STORE_CREATE, 1, &error);
  if (!store) fail_msg("%s", error->message);
  return store;
}

static gboolean load(const Workspace *workspace, Store *store, IngestProgress progress, GError **error) {
  g_autofree char *file = g_build_filename(workspace->folder, "sources", "crm.yaml", NULL);
  g_autoptr(IngestSource) source = ingest_source_parse(file, yaml, sizeof yaml - 1, workspace->folder,
                                                       workspace->schema, &workspace->organisation, error);
  if (!source) return FALSE;
  IngestOptions options = {.now_us = G_GINT64_CONSTANT(1790000000000000), .progress = progress};
  g_autoptr(IngestReport) report = NULL;
  return ingest_load(store, source, workspace->schema, &workspace->organisation, workspace->calendar, &options, &report,
                     error);
}

static gint64 count(Store *store, const char *table) {
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM \"%s\"", table);
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, NULL);
  assert_non_null(rows);
  return store_rows_value(rows, 0, 0).integer;
}

static void die_while_writing(const char *what, double share, gpointer user_data) {
  if (strstr(what, "writing opportunity")) _exit(9);
}

static void test_killed(void **state) {
  Workspace *workspace = *state;
  store_close(open_store(workspace, workspace->database));
  pid_t child = fork();
  if (child == 0) {
    Store *store = open_store(workspace, workspace->database);
    load(workspace, store, die_while_writing, NULL);
    _exit(0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(WEXITSTATUS(status), 9);
  Store *store = open_store(workspace, workspace->database);
  assert_int_equal(count(store, "person"), 0);
  assert_int_equal(count(store, "opportunity"), 0);
  assert_int_equal(count(store, "load"), 0);
  assert_true(load(workspace, store, NULL, NULL));
  assert_int_equal(count(store, "person"), 3);
  assert_int_equal(count(store, "opportunity"), 4);
  store_close(store);
}

/* Every fifth statement of a load fails in turn; then one load without failure does all. */
static void test_failing(void **state) {
  Workspace *workspace = *state;
  Store *store = open_store(workspace, NULL);
  gboolean is_done = FALSE;
  for (guint nth = 1; !is_done && nth < 1000; nth += 5) {
    g_autoptr(GError) error = NULL;
    base_fault_arm("store.run", nth);
    gboolean ok = load(workspace, store, NULL, &error);
    is_done = ok;
    base_fault_disarm();
    assert_true(ok == (error == NULL));
    if (!ok) assert_int_equal(count(store, "opportunity") + count(store, "person") + count(store, "load"), 0);
  }
  assert_true(is_done);
  assert_int_equal(count(store, "opportunity"), 4);
  assert_int_equal(count(store, "load"), 1);
  store_close(store);
}

static char *ledger_text(Store *store) {
  GString *text = g_string_new(NULL);
  static const char *const queries[] = {"SELECT CAST(p AS VARCHAR) FROM person p ORDER BY key",
                                        "SELECT CAST(a AS VARCHAR) FROM account a ORDER BY key",
                                        "SELECT CAST(o AS VARCHAR) FROM opportunity o ORDER BY id"};
  for (gsize q = 0; q < G_N_ELEMENTS(queries); q++) {
    g_autoptr(StoreRows) rows = store_query(store, queries[q], NULL, 0, 0, NULL);
    assert_non_null(rows);
    for (gsize r = 0; r < store_rows_count(rows); r++)
      g_string_append_printf(text, "%s\n", store_rows_value(rows, r, 0).text);
  }
  return g_string_free(text, FALSE);
}

static void test_order(void **state) {
  Workspace *workspace = *state;
  static const guint other_rows[][4] = {{3, 2, 1, 0}, {1, 3, 0, 2}};
  static const guint other_columns[][5] = {{4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
  Store *store = open_store(workspace, NULL);
  assert_true(load(workspace, store, NULL, NULL));
  g_autofree char *expected = ledger_text(store);
  for (guint i = 0; i < G_N_ELEMENTS(other_rows); i++) {
    put_deals(workspace, other_rows[i], other_columns[i]);
    Store *fresh = open_store(workspace, NULL);
    assert_true(load(workspace, fresh, NULL, NULL));
    g_autofree char *found = ledger_text(fresh);
    assert_string_equal(found, expected);
    store_close(fresh);
    assert_true(load(workspace, store, NULL, NULL));
    g_autofree char *again = ledger_text(store);
    assert_string_equal(again, expected);
    assert_int_equal(count(store, "load"), 1);
  }
  store_close(store);
}

/* --- files that are read in pieces of 1 MiB --- */

#define N_DEALS    6000
#define LINE       "D9,1,\"\"Beta\"\",7,2026-03-14\n" /* as it stands between quotes */
#define LINE_CHARS ((gint64)sizeof("D9,1,\"Beta\",7,2026-03-14\n") - 1)

/* Deals 0, 1, … of as many euros. Their accounts are named in lines that look like deals, `n_lines` of them; in the
 * 100th deal `n_long`. */
static void put_deals_of_many_lines(const Workspace *workspace, guint n_lines, guint n_long) {
  g_autoptr(GString) text = g_string_new("Id,Owner,Account,Amount,Closed\n");
  for (guint deal = 0; deal < N_DEALS; deal++) {
    g_string_append_printf(text, "D%u,1,\"", deal);
    for (guint line = 0; line < (deal == 100 ? n_long : n_lines); line++) g_string_append(text, LINE);
    g_string_append_printf(text, "A\",%u,2026-01-31\n", deal);
  }
  put_file(workspace, "deals.csv", text->str);
}

/* All deals are found; 0 + 1 + … + (n - 1) = n (n - 1) / 2; and the longest name has all its lines and an A. */
static void check_deals_of_many_lines(const Workspace *workspace, guint n_lines, guint n_long) {
  g_autoptr(Store) store = store_open(NULL, workspace->schema, STORE_CREATE, 3, NULL);
  put_deals_of_many_lines(workspace, n_lines, n_long);
  assert_non_null(store);
  assert_true(load(workspace, store, NULL, NULL));
  g_autoptr(StoreRows) deals_found = store_query(
      store, "SELECT count(*), CAST(sum(amount) AS BIGINT), count(account) FROM opportunity", NULL, 0, 0, NULL);
  g_autoptr(StoreRows) accounts =
      store_query(store, "SELECT min(length(name)), max(length(name)) FROM account", NULL, 0, 0, NULL);
  assert_true(deals_found && accounts);
  assert_int_equal(store_rows_value(deals_found, 0, 0).integer, N_DEALS);
  assert_int_equal(store_rows_value(deals_found, 0, 1).integer, (gint64)N_DEALS * (N_DEALS - 1) / 2 * 100);
  assert_int_equal(store_rows_value(deals_found, 0, 2).integer, N_DEALS);
  assert_int_equal(store_rows_value(accounts, 0, 0).integer, n_lines * LINE_CHARS + 1);
  assert_int_equal(store_rows_value(accounts, 0, 1).integer, n_long * LINE_CHARS + 1);
}

static void test_pieces(void **state) {
  check_deals_of_many_lines(*state, 20, 1000);
}

/* A deal of 2 MiB is longer than a piece. */
static void test_long_record(void **state) {
  check_deals_of_many_lines(*state, 20, 80000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_killed, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(test_failing, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(test_pieces, set_up, tear_down),
                                     cmocka_unit_test_setup_teardown(test_long_record, set_up, tear_down)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
