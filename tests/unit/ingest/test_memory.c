/* Reading only what came gives what reading everything gives: after each of a random sequence of changes to files
 * (lines appended, files replaced, new beside the others, gone, an id that comes again, a value that is none, a date
 * that decides the column, a share above 1), the ledger that was loaded with a memory equals one that was loaded
 * without, in every column of every row, rejected ones too. */
#include "ingest/ingest.h"
#include "unit.h"

#include <glib/gstdio.h>

#define ROUNDS 2
#define STEPS  12

static const char yaml[] =
    "source: crm\n"
    "max_rejected: 100%\n"
    "tables: {deals: \"deals-*.csv\", accounts: accounts.csv, notes: notes.ndjson}\n"
    "map:\n"
    "  - to: account\n"
    "    from: accounts\n"
    "    columns: {id: Id, name: Name, region: Region}\n"
    "  - to: account\n"
    "    from: deals\n"
    "    columns: {id: Account, industry: Industry}\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns:\n"
    "      id: Id\n"
    "      account: Account\n"
    "      amount: Amount\n"
    "      created_at: Created\n"
    "      probability: Share\n"
    "      stage: Stage\n"
    "      outcome: {of: Stage, values: {Won: won, Lost: lost}, else: open}\n"
    "  - to: activity\n"
    "    from: notes\n"
    "    columns: {id: id, kind: kind, done_at: at, opportunity: deal}\n";

static const char *const queries[] = {
    "SELECT * FROM opportunity ORDER BY id",
    "SELECT * FROM opportunity_history ORDER BY id, superseded_at",
    "SELECT * FROM account ORDER BY key",
    "SELECT * FROM activity ORDER BY id",
    "SELECT * FROM silence ORDER BY opportunity, since",
    "SELECT * FROM stage_change ORDER BY id",
    "SELECT * FROM ledger_stat ORDER BY table_name",
    "SELECT table_name, from_name, file, line, reason, row_json FROM rejected ORDER BY ALL",
    "SELECT * FROM attain_meta WHERE name LIKE 'unlisted:%'",
};

static const char *const names[] = {"deals-1.csv", "deals-2.csv", "deals-0.csv", "accounts.csv", "notes.ndjson"};

typedef struct {
  char *folder;
  GRand *random;
  guint n_ids;
} World;

static gboolean one_in(const World *world, gint32 n) {
  return g_rand_int_range(world->random, 0, n) == 0;
}

static const char *one_of(const World *world, const char *const *texts, gint32 n) {
  return texts[g_rand_int_range(world->random, 0, n)];
}

static void append_row(World *world, GString *text, const char *name) {
  static const char *const amounts[] = {"12.50", "7", "1.234", "99.9"}, *const shares[] = {"0.5", "0.25", "", "1"};
  static const char *const stages[] = {"Won", "Lost", "Talks", ""};
  gint32 id = one_in(world, 8) && world->n_ids ? g_rand_int_range(world->random, 0, (gint32)world->n_ids)
                                               : (gint32)world->n_ids++;
  gint32 account = g_rand_int_range(world->random, 0, 6);
  if (g_str_equal(name, "accounts.csv")) {
    g_string_append_printf(text, "A%u,Name %u,%s\n", id, id, one_in(world, 2) ? "North" : "");
  } else if (g_str_equal(name, "notes.ndjson")) {
    g_string_append_printf(
        text, "{\"id\": \"N%u\", \"kind\": \"call\", \"at\": \"2026-03-0%uT10:00:00Z\", \"deal\": \"D%u\"}\n", id,
        1 + account, id);
  } else {
    g_string_append_printf(text, "D%u,A%u,%s,%s,%02u/%02u/2026,%s,%s\n", id, account,
                           one_in(world, 3) ? ""
                           : account % 2    ? "Food"
                                            : "Steel",
                           one_in(world, 12)   ? "1.234,50"
                           : one_in(world, 12) ? "many"
                                               : one_of(world, amounts, 4),
                           one_in(world, 10) ? 20 : 1 + account, 1 + account,
                           one_in(world, 15) ? "35" : one_of(world, shares, 4),
                           one_in(world, 10) ? "Parked" : one_of(world, stages, 4));
  }
}

static const char *header_of(const char *name) {
  if (g_str_equal(name, "accounts.csv")) return "Id,Name,Region\nA0,First,North\n";
  if (g_str_equal(name, "notes.ndjson"))
    return "{\"id\": \"N\", \"kind\": \"call\", \"at\": \"2026-03-01T10:00:00Z\", \"deal\": \"D\"}\n";
  return "Id,Account,Industry,Amount,Created,Share,Stage\n";
}

static void write_new(World *world, const char *name) {
  g_autofree char *path = g_build_filename(world->folder, name, NULL);
  g_autoptr(GString) text = g_string_new(header_of(name));
  for (gint32 n = g_rand_int_range(world->random, 2, 6); n > 0; n--) append_row(world, text, name);
  assert_true(g_file_set_contents(path, text->str, -1, NULL));
}

static void append_to(World *world, const char *name) {
  g_autofree char *path = g_build_filename(world->folder, name, NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    write_new(world, name);
    return;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  for (gint32 n = g_rand_int_range(world->random, 1, 4); n > 0; n--) append_row(world, text, name);
  FILE *file = g_fopen(path, "a");
  assert_non_null(file);
  fputs(text->str, file);
  fclose(file);
}

/* In its place, of the same length: only the bytes tell. */
static void edit(World *world, const char *name) {
  g_autofree char *path = g_build_filename(world->folder, name, NULL);
  FILE *file = g_fopen(path, "r+");
  if (!file) return;
  g_autofree char *text = NULL;
  assert_true(g_file_get_contents(path, &text, NULL, NULL));
  char *at = strstr(text, "Won");
  if (at) {
    fseek(file, at - text, SEEK_SET);
    fputs("Los", file);
  }
  fclose(file);
}

static void change(World *world) {
  const char *name = names[g_rand_int_range(world->random, 0, G_N_ELEMENTS(names))];
  switch (g_rand_int_range(world->random, 0, 10)) {
    case 0:
      write_new(world, name);
      break;
    case 1:
      edit(world, name);
      break;
    case 2: {
      g_autofree char *path = g_build_filename(world->folder, "deals-0.csv", NULL);
      g_unlink(path);
      break;
    }
    default:
      append_to(world, name);
  }
}

static char *contents(Store *store) {
  GString *text = g_string_new(NULL);
  for (gsize q = 0; q < G_N_ELEMENTS(queries); q++) {
    g_autofree char *sql = g_strdup_printf("SELECT CAST(t AS VARCHAR) FROM (%s) t", queries[q]);
    g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, NULL);
    assert_non_null(rows);
    g_string_append_printf(text, "%s\n", queries[q]);
    for (gsize r = 0; r < store_rows_count(rows); r++)
      g_string_append_printf(text, "  %s\n", store_rows_value(rows, r, 0).text);
  }
  return g_string_free(text, FALSE);
}

static void run_round(World *world, const LedgerSchema *schema, const Calendar *calendar, guint *n_partial) {
  ConfOrganisation organisation = {.currency = (char *)"EUR", .time_zone = (char *)"UTC", .max_rejected_share = 0.05};
  g_autoptr(Store) with = store_open(NULL, schema, STORE_CREATE, 1, NULL);
  g_autoptr(Store) without = store_open(NULL, schema, STORE_CREATE, 1, NULL);
  g_autoptr(IngestSource) source =
      ingest_source_parse("crm.yaml", yaml, sizeof yaml - 1, world->folder, schema, &organisation, NULL);
  g_autoptr(IngestMemory) memory = ingest_memory_new();
  assert_non_null(source);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) write_new(world, names[i]);
  for (guint step = 0; step < STEPS; step++) {
    if (step) change(world);
    IngestOptions options = {.now_us = G_GINT64_CONSTANT(1790000000000000) + step * G_USEC_PER_SEC};
    g_autoptr(IngestReport) all = NULL;
    g_autoptr(IngestReport) new = NULL;
    g_autoptr(GError) error = NULL;
    if (!ingest_load(without, source, schema, &organisation, calendar, &options, &all, &error))
      fail_msg("%s", error->message);
    options.memory = memory;
    if (!ingest_load(with, source, schema, &organisation, calendar, &options, &new, &error))
      fail_msg("%s", error->message);
    for (gsize c = 0; c < new->n_counts; c++) *n_partial += new->counts[c].n_read < all->counts[c].n_read;
    g_autofree char *one = contents(with);
    g_autofree char *other = contents(without);
    assert_string_equal(one, other);
  }
}

static void test_memory(void **state) {
  World world = {.folder = g_dir_make_tmp("attain-test-XXXXXX", NULL), .random = g_rand_new_with_seed(20261122)};
  LedgerSchema *schema = ledger_schema_new(NULL, 0, NULL);
  CalendarConfig config = {.first_month = 1};
  Calendar *calendar = calendar_new(&config, NULL);
  guint n_partial = 0;
  for (int i = 0; i < ROUNDS; i++) run_round(&world, schema, calendar, &n_partial);
  assert_true(n_partial > ROUNDS * STEPS); /* or nothing was tested */
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(world.folder, names[i], NULL);
    g_unlink(path);
  }
  g_rmdir(world.folder);
  g_free(world.folder);
  g_rand_free(world.random);
  calendar_free(calendar);
  ledger_schema_free(schema);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
