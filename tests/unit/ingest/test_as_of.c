/* The ledger as it was believed: after each of several loads of a random company the database is put aside, and when
 * all loads are done what was believed at the time of each must be what was put aside, row by row and in every table,
 * the derived facts and the counts of rows included. */
#include "ingest/ingest.h"
#include "unit.h"

#include <glib/gstdio.h>

#define N_LOADS 7
#define N_DEALS 60
#define DAY_US  G_GINT64_CONSTANT(86400000000)

static const char yaml[] =
    "source: crm\n"
    "tables: {deals: deals.csv, people: people.csv, calls: {file: calls.csv, extract: increment}}\n"
    "map:\n"
    "  - {to: person, from: people, columns: {id: Id, name: Name, team: Team}}\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns: {id: Id, owner: Owner, account: Account, amount: Amount, stage: Stage, created_at: Created,\n"
    "      expected_close: Due, closed_at: Closed, outcome: {of: Stage, values: {Won: won, Lost: lost}, else: "
    "open}}\n"
    "  - {to: activity, from: calls, columns: {id: Id, owner: Owner, opportunity: Deal, done_at: Day,\n"
    "      kind: {constant: call}}}\n";

typedef struct {
  gboolean there;
  int owner, account, amount, stage, due;
} Deal;

typedef struct {
  char *folder;
  ConfOrganisation organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  Deal deals[N_DEALS];
  int team_of[4];
} Company;

static const char *const stages[] = {"Talk", "Offer", "Close", "Won", "Lost"};

static void put_file(const Company *company, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(company->folder, name, NULL);
  assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Deals appear, move, change hands and disappear; people change teams. */
static void live_a_day(Company *company, GRand *random) {
  for (int d = 0; d < N_DEALS; d++) {
    Deal *deal = &company->deals[d];
    int what = g_rand_int_range(random, 0, 10);
    if (!deal->there && what < 3)
      *deal =
          (Deal){TRUE, g_rand_int_range(random, 0, 4), g_rand_int_range(random, 0, 9), g_rand_int_range(random, 1, 900),
                 0,    g_rand_int_range(random, 1, 28)};
    else if (what < 4)
      deal->stage = g_rand_int_range(random, 0, 5);
    else if (what == 4)
      deal->owner = g_rand_int_range(random, 0, 4);
    else if (what == 5)
      deal->due = g_rand_int_range(random, 1, 28);
    else if (what == 6 && g_rand_boolean(random))
      deal->there = FALSE;
  }
  company->team_of[g_rand_int_range(random, 0, 4)] = g_rand_int_range(random, 0, 3);
}

static void put_files(const Company *company, GRand *random, int day) {
  g_autoptr(GString) deals = g_string_new("Id,Owner,Account,Amount,Stage,Created,Due,Closed\n");
  for (int d = 0; d < N_DEALS; d++) {
    const Deal *deal = &company->deals[d];
    if (!deal->there) continue;
    g_autofree char *closed = deal->stage >= 3 ? g_strdup_printf("2026-03-%02d", 1 + d % 7) : g_strdup("");
    g_string_append_printf(deals, "D%d,%d,Firm %d,%d,%s,2026-02-%02d,2026-04-%02d,%s\n", d, deal->owner, deal->account,
                           deal->amount, stages[deal->stage], 1 + d % 28, deal->due, closed);
  }
  put_file(company, "deals.csv", deals->str);
  g_autoptr(GString) people = g_string_new("Id,Name,Team\n");
  for (int p = 0; p < 3; p++) /* the fourth is only named by deals */
    g_string_append_printf(people, "%d,Person %d,Team %d\n", p, p, company->team_of[p]);
  put_file(company, "people.csv", people->str);
  g_autoptr(GString) calls = g_string_new("Id,Owner,Deal,Day\n");
  for (int c = 0; c < 5; c++)
    g_string_append_printf(calls, "C%d-%d,%d,D%d,2026-03-%02d\n", day, c, c % 4, g_rand_int_range(random, 0, N_DEALS),
                           day + 1);
  put_file(company, "calls.csv", calls->str);
}

static gint64 time_of(int day) {
  return G_GINT64_CONSTANT(1772452800000000) + day * DAY_US; /* 2026-03-02 12:00 */
}

static char *path_of(const Company *company, const char *name) {
  return g_build_filename(company->folder, name, NULL);
}

static void load(const Company *company, int day) {
  g_autoptr(GError) error = NULL;
  g_autofree char *database = path_of(company, "all.duckdb"), *file = path_of(company, "sources/crm.yaml");
  g_autoptr(Store) store = store_open(database, company->schema, STORE_CREATE, 1, &error);
  g_autoptr(IngestSource) source = store == NULL ? NULL
                                                 : ingest_source_parse(file, yaml, sizeof yaml - 1, company->folder,
                                                                       company->schema, &company->organisation, &error);
  IngestOptions options = {.now_us = time_of(day)};
  g_autoptr(IngestReport) report = NULL;
  if (!source || !ingest_load(store, source, company->schema, &company->organisation, company->calendar, &options,
                              &report, &error))
    fail_msg("%s", error->message);
}

static void put_aside(const Company *company, int day) {
  g_autofree char *database = path_of(company, "all.duckdb"), *name = g_strdup_printf("%d.duckdb", day);
  g_autofree char *copy = path_of(company, name);
  char *bytes;
  gsize size;
  assert_true(g_file_get_contents(database, &bytes, &size, NULL));
  assert_true(g_file_set_contents(copy, bytes, (gssize)size, NULL));
  g_free(bytes);
}

static gint64 count(Store *store, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gint64 count(Store *store, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *sql = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, &error);
  if (rows == NULL) fail_msg("%s\n%s", error->message, sql);
  return store_rows_value(rows, 0, 0).integer;
}

/* What a deal was before its first change seen is written down as a change only when that one is seen: it says what the
 * deal itself said. */
static void assert_same(Store *store, const char *table, int day) {
  if (g_str_equal(table, "stage_change")) return;
  gint64 lost = count(store, "SELECT count(*) FROM (FROM aside.\"%s\" EXCEPT ALL FROM \"%s\")", table, table);
  gint64 made_up = count(store, "SELECT count(*) FROM (FROM \"%s\" EXCEPT ALL FROM aside.\"%s\")", table, table);
  if (lost + made_up > 0)
    fail_msg("%s after load %d: %d rows are missing, %d are too many", table, day, (int)lost, (int)made_up);
}

static void compare(const Company *company, int day) {
  g_autoptr(GError) error = NULL;
  g_autofree char *database = path_of(company, "all.duckdb"), *name = g_strdup_printf("%d.duckdb", day);
  g_autofree char *aside = path_of(company, name);
  g_autoptr(Store) store = store_open_as_of(database, company->schema, time_of(day), 1, &error);
  if (!store) fail_msg("%s", error->message);
  g_autofree char *attach = g_strdup_printf("ATTACH '%s' AS aside (READ_ONLY)", aside);
  assert_true(store_run(store, attach, NULL, 0, NULL, NULL));
  for (guint i = 0; i < ledger_schema_n_tables(company->schema); i++) {
    const LedgerTable *table = ledger_schema_table(company->schema, i);
    assert_same(store, table->name, day);
    if (table->kind == LEDGER_DERIVED) continue;
    g_autofree char *history = g_strconcat(table->name, "_history", NULL);
    assert_same(store, history, day);
  }
  assert_int_equal(count(store,
                         "SELECT count(*) FROM (FROM aside.ledger_stat WHERE n_rows > 0 AND table_name <> "
                         "'stage_change' EXCEPT ALL FROM ledger_stat)"),
                   0);
  assert_true(count(store, "SELECT count(*) FROM opportunity") > 0);
  assert_true(count(store, "SELECT count(*) FROM stage_stay") > 0);
}

static Company *company_new(void) {
  Company *company = g_new0(Company, 1);
  company->folder = g_dir_make_tmp("attain-test-XXXXXX", NULL);
  company->organisation =
      (ConfOrganisation){.currency = (char *)"EUR", .time_zone = (char *)"UTC", .max_rejected_share = 0.05};
  company->schema = ledger_schema_new(NULL, 0, NULL);
  CalendarConfig config = {.first_month = 1};
  company->calendar = calendar_new(&config, NULL);
  return company;
}

static void company_free(Company *company) {
  g_autoptr(GDir) dir = g_dir_open(company->folder, 0, NULL);
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
    g_autofree char *path = path_of(company, name);
    g_unlink(path);
  }
  g_rmdir(company->folder);
  calendar_free(company->calendar);
  ledger_schema_free(company->schema);
  g_free(company->folder);
  g_free(company);
}

static void what_was_believed_is_what_was_there(void **state) {
  const char *given = g_getenv("ATTAIN_SEED");
  guint32 seed = given != NULL ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  print_message("ATTAIN_SEED=%u\n", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  Company *company = company_new();
  for (int day = 0; day < N_LOADS; day++) {
    live_a_day(company, random);
    put_files(company, random, day);
    load(company, day);
    put_aside(company, day);
  }
  for (int day = 0; day < N_LOADS; day++) compare(company, day);
  company_free(company);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_believed_is_what_was_there)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
