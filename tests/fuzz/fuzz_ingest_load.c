/* A CSV of any bytes through a whole load: an error with a message, or counts that tie and rows that are all there. */
#include "fuzz.h"
#include "ingest/ingest.h"

#include <unistd.h>

static const char yaml[] =
    "source: crm\n"
    "max_rejected: 100%\n"
    "tables: {deals: deals.csv}\n"
    "map:\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns: {id: Id, owner: Owner, amount: Amount, closed_at: Closed, probability: Chance, outcome: {constant: "
    "won}}\n";

typedef struct {
  char *folder, *csv;
  LedgerSchema *schema;
  Calendar *calendar;
  IngestSource *source;
  Store *store;
} World;

static const ConfOrganisation organisation = {
    .currency = (char *)"EUR", .time_zone = (char *)"UTC", .max_rejected_share = 0.05};

static World world;

static void remove_world(void) {
  unlink(world.csv);
  rmdir(world.folder);
}

static void make_world(void) {
  CalendarConfig config = {.first_month = 1};
  world.folder = g_dir_make_tmp("attain-fuzz-XXXXXX", NULL);
  world.csv = g_build_filename(world.folder, "deals.csv", NULL);
  world.schema = ledger_schema_new(NULL, 0, NULL);
  world.calendar = calendar_new(&config, NULL);
  world.source =
      ingest_source_parse("fuzz.yaml", yaml, sizeof yaml - 1, world.folder, world.schema, &organisation, NULL);
  world.store = store_open(NULL, world.schema, STORE_CREATE, 1, NULL);
  g_assert(world.source != NULL && world.store != NULL);
  atexit(remove_world);
}

static gint64 count_deals(void) {
  g_autoptr(StoreRows) rows = store_query(world.store, "SELECT count(*) FROM opportunity", NULL, 0, 0, NULL);
  g_assert(rows != NULL);
  return store_rows_value(rows, 0, 0).integer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!world.folder) make_world();
  g_assert(g_file_set_contents(world.csv, (const char *)data, (gssize)size, NULL));
  IngestOptions options = {.now_us = G_GINT64_CONSTANT(1790000000000000)};
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestReport) report = NULL;
  gint64 before = count_deals();
  gboolean ok =
      ingest_load(world.store, world.source, world.schema, &organisation, world.calendar, &options, &report, &error);
  g_assert(ok == (error == NULL) && ok == (report != NULL));
  g_assert(error == NULL || *error->message);
  if (!ok) {
    g_assert(count_deals() == before);
    return 0;
  }
  const IngestCount *n = report->counts;
  g_assert(n->n_read == n->n_new + n->n_changed + n->n_unchanged + n->n_rejected + n->n_skipped);
  g_assert(count_deals() == before + n->n_new - n->n_closed);
  return 0;
}
