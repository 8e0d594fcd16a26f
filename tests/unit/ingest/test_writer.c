/* The fast way leaves what the long way leaves: after each of a random sequence of puts and removals (new records,
 * changed ones, unchanged ones, ids of people nobody described, deals that come after what refers to them, dates at the
 * edge of what there is, values to reject) the ledger that a writer wrote equals one that ingest_put() wrote, in every
 * column of every table, derived facts, statistics and loads included. */
#include "base/fault.h"
#include "ingest/writer.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 3
#define STEPS  30

typedef struct {
  GRand *random;
  LedgerSchema *schema;
  Calendar *calendar;
  ConfOrganisation organisation;
  Store *fast, *plain;
  IngestWriter *writer;
  gint64 now_us;
  gboolean is_whole; /* puts are all or nothing */
  guint n_taken, n_left;
} World;

static gint32 up_to(const World *world, gint32 n) {
  return g_rand_int_range(world->random, 0, n);
}

static gboolean one_in(const World *world, gint32 n) {
  return up_to(world, n) == 0;
}

/* --- comparing --- */

static void append_table(Store *store, const char *name, const char *columns, GString *text) {
  g_autofree char *sql =
      g_strdup_printf("SELECT CAST(t AS VARCHAR) FROM (SELECT %s FROM \"%s\") t ORDER BY 1", columns, name);
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 0, &error);
  if (!rows) fail_msg("%s", error->message);
  g_string_append_printf(text, "%s\n", name);
  for (gsize r = 0; r < store_rows_count(rows); r++)
    g_string_append_printf(text, "  %s\n", store_rows_value(rows, r, 0).text);
}

static char *contents(const World *world, Store *store) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < ledger_schema_n_tables(world->schema); i++) {
    const LedgerTable *table = ledger_schema_table(world->schema, i);
    append_table(store, table->name, "*", text);
    if (table->kind == LEDGER_DERIVED) continue;
    g_autofree char *history = g_strconcat(table->name, "_history", NULL);
    append_table(store, history, "*", text);
  }
  append_table(store, "ledger_stat", "*", text);
  append_table(store, "load", "*", text);
  append_table(store, "load_count", "*", text);
  append_table(store, "rejected", "*", text);
  return g_string_free(text, FALSE);
}

static void compare(const World *world, const char *after) {
  g_autofree char *one = contents(world, world->fast);
  g_autofree char *other = contents(world, world->plain);
  if (strcmp(one, other) == 0) return;
  g_auto(GStrv) a = g_strsplit(one, "\n", -1);
  g_auto(GStrv) b = g_strsplit(other, "\n", -1);
  const char *table = "";
  for (guint i = 0; a[i] && b[i]; i++) {
    if (a[i][0] != ' ') table = a[i];
    if (strcmp(a[i], b[i]) == 0) continue;
    g_printerr("after %s\n%s\nfast  %s\nplain %s\n", after, table, a[i], b[i]);
    fail();
  }
  fail_msg("after %s: one has more rows", after);
}

/* --- writing both --- */

static IngestPut put_into(const World *world, Store *store) {
  return (IngestPut){.store = store,
                     .schema = world->schema,
                     .organisation = &world->organisation,
                     .calendar = world->calendar,
                     .now_us = world->now_us,
                     .is_whole = world->is_whole,
                     .source = "crm"};
}

static void count(World *world, gboolean is_taken) {
  world->n_taken += is_taken;
  world->n_left += !is_taken;
}

static void put(World *world, const char *table, const char *json) {
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestPutReport) fast = NULL;
  g_autoptr(IngestPutReport) plain = NULL;
  IngestPut to = put_into(world, world->fast), to_plain = put_into(world, world->plain);
  gboolean is_taken = FALSE;
  world->now_us += G_USEC_PER_SEC;
  if (!ingest_writer_put(world->writer, &to, table, json, &fast, &is_taken, &error)) fail_msg("%s", error->message);
  count(world, is_taken);
  to.writer = world->writer;
  if (!is_taken && !ingest_put(&to, table, json, &fast, &error)) fail_msg("%s: %s", json, error->message);
  if (!ingest_put(&to_plain, table, json, &plain, &error)) fail_msg("%s: %s", json, error->message);
  g_autofree char *what = g_strdup_printf("%s %s", table, json);
  compare(world, what);
  assert_int_equal(fast->load, plain->load);
  assert_int_equal(fast->n_new, plain->n_new);
  assert_int_equal(fast->n_changed, plain->n_changed);
  assert_int_equal(fast->n_unchanged, plain->n_unchanged);
}

static void remove_one(World *world, const char *table, const char *id) {
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestPutReport) fast = NULL;
  g_autoptr(IngestPutReport) plain = NULL;
  IngestPut to = put_into(world, world->fast), to_plain = put_into(world, world->plain);
  const char *ids[] = {id, NULL};
  gboolean is_taken = FALSE;
  world->now_us += G_USEC_PER_SEC;
  if (!ingest_writer_remove(world->writer, &to, table, ids, &fast, &is_taken, &error)) fail_msg("%s", error->message);
  count(world, is_taken);
  if (!is_taken && !ingest_remove(&to, table, ids, &fast, &error)) fail_msg("%s", error->message);
  if (!ingest_remove(&to_plain, table, ids, &plain, &error)) fail_msg("%s", error->message);
  g_autofree char *what = g_strdup_printf("removing %s %s", table, id);
  compare(world, what);
}

/* --- records --- */

typedef struct {
  const char *name;
  const char *const *values;
} Column;

#define VALUES(...)       \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }
#define DAYS                                                                                                         \
  VALUES("null", "\"2026-01-05\"", "\"2026-03-29\"", "\"2026-02-11T09:30:00Z\"", "\"2026-06-30\"", "\"2026-10-25\"", \
         "\"2026-03-28T23:30:00Z\"", "\"2025-12-31T23:30:00.25Z\"", "\"2026-09-01T08:00:00Z\"")

static const char *any(const World *world, const char *const *values) {
  return values[up_to(world, (gint32)g_strv_length((char **)(gpointer)values))];
}

/* `n` records of the columns that always come and some of the others. */
static char *records(const World *world, char prefix, gint32 n_ids, const Column *always, const Column *others) {
  GString *json = g_string_new("[");
  const Column *columns[32];
  guint n_columns = 0;
  for (const Column *column = always; column->name; column++) columns[n_columns++] = column;
  for (const Column *column = others; column->name; column++) {
    if (one_in(world, 2)) columns[n_columns++] = column;
  }
  gint32 n = 1 + up_to(world, 3), first = up_to(world, n_ids), step = one_in(world, 30) ? 0 : 1;
  for (gint32 r = 0; r < n; r++) {
    g_string_append_printf(json, "%s{\"id\": \"%c%d\"", r ? ", " : "", prefix, first + r * step);
    for (guint c = 0; c < n_columns; c++)
      g_string_append_printf(json, ", \"%s\": %s", columns[c]->name, any(world, columns[c]->values));
    g_string_append_c(json, '}');
  }
  g_string_append_c(json, ']');
  return g_string_free(json, FALSE);
}

#define DEALS  VALUES("\"D1\"", "\"D2\"", "\"D3\"", "\"D4\"", "\"D5\"", "\"D6\"", "\"D7\"", "\"D8\"", "\"D20\"", "null")
#define PEOPLE VALUES("\"P1\"", "\"P2\"", "\"P3\"", "\"Quinn\"", "\"Zoë\"", "\"Abel\"", "null")

static void put_deals(World *world) {
  const Column always[] = {{0}};
  const Column others[] = {
      {"currency", VALUES("\"EUR\"", "\"EUR\"", "\"USD\"", "\"JPY\"", "null")},
      {"stage", VALUES("\"Talks\"", "\"Quote\"", "\"Closed Won\"", "\"lost deal\"", "\"Signed\"", "null")},
      {"outcome", VALUES("\"open\"", "\"open\"", "\"won\"", "\"lost\"", "null")},
      {"amount", VALUES("100", "12.5", "\"99.90\"", "0", "null", "-3")},
      {"created_at", DAYS},
      {"closed_at", DAYS},
      {"expected_close", DAYS},
      {"owner", PEOPLE},
      {"account", VALUES("\"A1\"", "\"A2\"", "\"New account of a deal\"", "null")},
      {"pipeline", VALUES("\"Main\"", "null")},
      {"probability", VALUES("0.5", "0.25", "1", "null")},
      {"forecast_category", VALUES("\"commit\"", "\"pipeline\"", "null")},
      {"modified_at", DAYS},
      {0}};
  g_autofree char *json = records(world, 'D', 9, always, others);
  put(world, "opportunity", json);
}

static void put_changes(World *world) {
  const Column always[] = {{"opportunity", VALUES("\"D1\"", "\"D2\"", "\"D3\"", "\"D21\"")},
                           {"at", VALUES("\"2026-02-03\"", "\"2026-04-05T10:00:00Z\"", "\"2026-05-06\"")},
                           {"currency", VALUES("\"EUR\"", "\"USD\"")},
                           {0}};
  const Column others[] = {{"stage", VALUES("\"Talks\"", "\"Quote\"", "\"Signed\"", "null")},
                           {"amount", VALUES("10", "20", "null")},
                           {"expected_close", DAYS},
                           {"by", PEOPLE},
                           {0}};
  g_autofree char *json = records(world, 'C', 8, always, others);
  put(world, "stage_change", json);
}

static void put_activities(World *world) {
  const Column always[] = {{"kind", VALUES("\"call\"", "\"email\"")}, {0}};
  const Column others[] = {{"opportunity", DEALS},
                           {"owner", PEOPLE},
                           {"done_at", DAYS},
                           {"scheduled_at", DAYS},
                           {"duration", VALUES("60", "null")},
                           {"outcome", VALUES("\"held\"", "\"cancelled\"", "null")},
                           {0}};
  g_autofree char *json = records(world, 'N', 12, always, others);
  put(world, "activity", json);
}

static void put_sales(World *world) {
  const Column always[] = {{"at", VALUES("\"2026-02-03\"", "\"2026-11-05T10:00:00Z\"", "\"2024-05-06\"")},
                           {"currency", VALUES("\"EUR\"", "\"EUR\"", "\"USD\"")},
                           {0}};
  const Column others[] = {
      {"net_amount", VALUES("10.25", "\"7\"", "null", "\"1234.5\"", one_in(world, 9) ? "\"many\"" : "-1")},
      {"quantity", VALUES("1.5", "2", "null")},
      {"opportunity", DEALS},
      {"owner", PEOPLE},
      {"document", VALUES("\"R\\u00e9gie \\\"12\\\"\"", "7", "null")},
      {0}};
  g_autofree char *json = records(world, 'S', 6, always, others);
  put(world, "sale", json);
}

static void step(World *world) {
  static const char *const tables[] = {"opportunity", "stage_change", "activity", "sale"};
  static const char letters[] = "DCNS";
  gint32 which = up_to(world, 14);
  if (which < 5) {
    put_deals(world);
  } else if (which < 7) {
    put_changes(world);
  } else if (which < 10) {
    put_activities(world);
  } else if (which < 12) {
    put_sales(world);
  } else if (which < 13) {
    guint table = (guint)up_to(world, 4);
    g_autofree char *id = g_strdup_printf("%c%d", letters[table], up_to(world, 8));
    remove_one(world, tables[table], id);
  } else {
    static const Column none[] = {{0}};
    const Column columns[] = {{"name", VALUES("\"Ann\"", "\"Bo\"")}, {0}};
    g_autofree char *json = records(world, 'P', 4, columns, none);
    put(world, "person", json);
  }
}

static void begin(World *world, const char *zone) {
  CalendarConfig config = {.first_month = 1, .time_zone = zone};
  world->calendar = calendar_new(&config, NULL);
  world->organisation = (ConfOrganisation){.currency = (char *)"EUR", .time_zone = (char *)zone};
  world->fast = store_open(NULL, world->schema, STORE_CREATE, 1, NULL);
  world->plain = store_open(NULL, world->schema, STORE_CREATE, 1, NULL);
  world->now_us = G_GINT64_CONSTANT(1790000000000000);
  g_autoptr(GError) error = NULL;
  world->writer = ingest_writer_new(world->fast, world->schema, &world->organisation, world->calendar, &error);
  if (!world->writer) fail_msg("%s", error->message);
}

static void end(World *world) {
  ingest_writer_free(world->writer);
  store_close(world->fast);
  store_close(world->plain);
  calendar_free(world->calendar);
}

static void put_stages(World *world) {
  put(world, "stage",
      "[{\"id\": \"1\", \"name\": \"Talks\", \"pipeline\": \"Main\", \"position\": 1, \"outcome\": \"open\"},"
      "{\"id\": \"2\", \"name\": \"Quote\", \"pipeline\": \"Main\", \"position\": 2, \"outcome\": \"open\"},"
      "{\"id\": \"3\", \"name\": \"Signed\", \"pipeline\": \"Main\", \"position\": 3, \"outcome\": \"won\"}]");
}

static void test_random(void **state) {
  static const char *const zones[] = {"Europe/Berlin", "UTC", "America/New_York"};
  const char *seed = g_getenv("ATTAIN_SEED");
  guint32 number = seed ? (guint32)g_ascii_strtoull(seed, NULL, 10) : 20261122;
  print_message("seed %u (ATTAIN_SEED)\n", number);
  World world = {.random = g_rand_new_with_seed(number), .schema = ledger_schema_new(NULL, 0, NULL)};
  for (guint round = 0; round < ROUNDS; round++) {
    begin(&world, zones[round % G_N_ELEMENTS(zones)]);
    put_stages(&world);
    put_deals(&world);
    for (guint i = 0; i < STEPS; i++) step(&world);
    end(&world);
  }
  print_message("%u taken, %u left to the long way\n", world.n_taken, world.n_left);
  assert_true(world.n_taken > 2 * world.n_left); /* or nothing was tested */
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

/* --- what is remembered of records that were put lately --- */

/* What the writer cannot do leaves nothing behind, in its memory neither. */
static void fail_to_put(World *world, const char *table, const char *json) {
  IngestPut to = put_into(world, world->fast);
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestPutReport) report = NULL;
  gboolean is_taken = FALSE;
  base_fault_arm("ingest.write", 1);
  assert_false(ingest_writer_put(world->writer, &to, table, json, &report, &is_taken, &error));
  base_fault_disarm();
  world->now_us += G_USEC_PER_SEC; /* or the next change would be the one that failed */
  compare(world, "a put that failed");
}

#define DEAL(more) "{\"id\": \"D1\", \"currency\": \"EUR\", " more "}"
#define CALL(more) "{\"id\": \"N1\", \"opportunity\": \"D1\", \"kind\": \"call\", " more "}"

/* A deal that changes again and again, and between it all that its derived rows follow from. */
static void test_again(void **state) {
  World world = {.random = g_rand_new_with_seed(1), .schema = ledger_schema_new(NULL, 0, NULL)};
  begin(&world, "Europe/Berlin");
  put_stages(&world);
  world.n_left = 0;
  put(&world, "opportunity", DEAL("\"created_at\": \"2026-02-01\", \"stage\": \"Talks\", \"amount\": 1"));
  put(&world, "opportunity", DEAL("\"amount\": 2, \"expected_close\": \"2026-05-01\""));
  put(&world, "activity", CALL("\"done_at\": \"2026-02-11T09:30:00Z\""));
  put(&world, "opportunity", DEAL("\"amount\": 3, \"expected_close\": \"2026-06-01\""));
  fail_to_put(&world, "opportunity", DEAL("\"amount\": 4, \"stage\": \"Quote\""));
  put(&world, "opportunity", DEAL("\"amount\": 5, \"stage\": \"Quote\""));
  put(&world, "opportunity", DEAL("\"amount\": 5, \"stage\": \"Talks\""));
  put(&world, "activity", CALL("\"done_at\": null, \"scheduled_at\": \"2026-12-11\""));
  put(&world, "opportunity", DEAL("\"stage\": \"Quote\", \"amount\": 6"));
  put(&world, "stage_change",
      "{\"id\": \"C1\", \"opportunity\": \"D1\", \"at\": \"2026-02-03\", \"stage\": \"Quote\", \"amount\": 9, "
      "\"currency\": \"EUR\"}");
  put(&world, "opportunity", DEAL("\"amount\": 7"));
  remove_one(&world, "stage_change", "C1");
  put(&world, "opportunity", DEAL("\"amount\": 8"));
  put(&world, "activity", CALL("\"done_at\": \"2026-03-11\", \"scheduled_at\": null"));
  put(&world, "opportunity", DEAL("\"stage\": \"Signed\", \"closed_at\": \"2026-03-01\""));
  put(&world, "opportunity", DEAL("\"amount\": 9"));
  put(&world, "opportunity", DEAL("\"stage\": \"Talks\", \"closed_at\": null"));
  put(&world, "opportunity", DEAL("\"amount\": 10, \"created_at\": \"2026-01-01\""));
  remove_one(&world, "activity", "N1");
  put(&world, "opportunity", DEAL("\"amount\": 11"));
  remove_one(&world, "opportunity", "D1");
  put(&world, "opportunity", DEAL("\"created_at\": \"2026-02-02\", \"stage\": \"Talks\", \"amount\": 12"));
  put(&world, "opportunity", DEAL("\"amount\": 13"));
  assert_int_equal(world.n_left, 0);
  end(&world);
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

/* A deal of February, of which an amount is told in September and then a stage: it was in its first stage until then,
 * and what it was worth in between is known too. */
static void test_told_by_parts(void **state) {
  World world = {.random = g_rand_new_with_seed(1), .schema = ledger_schema_new(NULL, 0, NULL)};
  begin(&world, "UTC");
  put_stages(&world);
  put(&world, "opportunity", DEAL("\"created_at\": \"2026-02-01\", \"stage\": \"Talks\", \"amount\": 1"));
  put(&world, "opportunity", DEAL("\"amount\": 2"));
  put(&world, "opportunity", DEAL("\"stage\": \"Quote\""));
  static const char *const asked[][2] = {{"SELECT string_agg(stage || ' ' || entered_at_day || ' ' || "
                                          "coalesce(CAST(left_at_day AS VARCHAR), 'open'), ', ' "
                                          "ORDER BY position) FROM stage_stay WHERE NOT skipped",
                                          "Talks 2026-02-01 2026-09-21, Quote 2026-09-21 open"},
                                         {"SELECT string_agg(at_day || ' ' || coalesce(stage, 'as before') || ' ' || "
                                          "coalesce(amount // 100, 0), ', ' ORDER "
                                          "BY \"at\") FROM stage_change",
                                          "2026-02-01 Talks 1, 2026-09-21 as before 2, 2026-09-21 Quote 0"}};
  for (guint i = 0; i < G_N_ELEMENTS(asked); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreRows) rows = store_query(world.fast, asked[i][0], NULL, 0, 1, &error);
    if (!rows) fail_msg("%s", error->message);
    assert_string_equal(store_rows_value(rows, 0, 0).text, asked[i][1]);
  }
  end(&world);
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

#define MANY 5000 /* more than are remembered */

/* Rows that are remembered no more, or never were for their length, are read. */
static void test_many(void **state) {
  World world = {.random = g_rand_new_with_seed(1), .schema = ledger_schema_new(NULL, 0, NULL)};
  g_autoptr(GString) json = g_string_new("[");
  g_autofree char *text = g_strnfill(9000, 'x');
  begin(&world, "UTC");
  put_stages(&world);
  world.n_left = 0;
  for (guint i = 0; i < MANY; i++)
    g_string_append_printf(json, "%s{\"id\": \"S%u\", \"at\": \"2026-02-03\", \"document\": \"%s\"}", i ? ", " : "", i,
                           i == MANY - 1 ? text : "7");
  g_string_append_c(json, ']');
  put(&world, "sale", json->str);
  g_string_printf(json,
                  "[{\"id\": \"S0\", \"at\": \"2026-02-04\"}, {\"id\": \"S%u\", \"at\": \"2026-02-05\"}, "
                  "{\"id\": \"S%u\", \"at\": \"2026-02-06\"}]",
                  MANY - 1, MANY - 2);
  put(&world, "sale", json->str);
  put(&world, "sale", json->str);
  assert_int_equal(world.n_left, 0);
  gsize bytes = ingest_writer_bytes(world.writer);
  assert_in_range(bytes, MANY, 8 << 20);
  end(&world);
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

/* --- a deal whose currency is not named again --- */

static void expect_amount(Store *store, const char *id, const char *expected) {
  g_autofree char *sql = g_strdup_printf("SELECT currency || ' ' || amount FROM opportunity WHERE id = '%s'", id);
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, 1, NULL);
  assert_string_equal(store_rows_value(rows, 0, 0).text, expected);
}

/* By hand: 120 dollars are 12000 cents, 1500 yen have no cents, and a new deal is in the organisation's euros. */
static void test_keeps_currency(void **state) {
  World world = {.random = g_rand_new_with_seed(1), .schema = ledger_schema_new(NULL, 0, NULL)};
  begin(&world, "UTC");
  put_stages(&world);
  put(&world, "opportunity",
      "[{\"id\": \"D1\", \"currency\": \"USD\", \"amount\": 100}, {\"id\": \"D2\", \"currency\": \"JPY\", "
      "\"amount\": 1000}, {\"id\": \"D3\", \"currency\": \"EUR\", \"amount\": 5}]");
  put(&world, "opportunity",
      "[{\"id\": \"D1\", \"amount\": 120}, {\"id\": \"D2\", \"amount\": 1500}, {\"id\": \"D3\", \"amount\": 7}, "
      "{\"id\": \"D4\", \"amount\": 9}]");
  Store *const stores[] = {world.fast, world.plain};
  for (gsize i = 0; i < G_N_ELEMENTS(stores); i++) {
    expect_amount(stores[i], "D1", "USD 12000");
    expect_amount(stores[i], "D2", "JPY 1500");
    expect_amount(stores[i], "D3", "EUR 700");
    expect_amount(stores[i], "D4", "EUR 900");
  }
  end(&world);
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

/* --- what was refused --- */

/* `expected`: load, place, reason and record of each that is kept, in both. */
static void expect_refused(const World *world, const char *expected) {
  Store *const stores[] = {world->fast, world->plain};
  for (gsize i = 0; i < G_N_ELEMENTS(stores); i++) {
    g_autoptr(StoreRows) rows =
        store_query(stores[i],
                    "SELECT coalesce(string_agg(concat_ws(' ', \"load\", table_name, line, reason, row_json), '\n' "
                    "ORDER BY rowid), '') FROM rejected WHERE source = 'crm' AND from_name = 'records'",
                    NULL, 0, 1, NULL);
    assert_string_equal(store_rows_value(rows, 0, 0).text, expected);
  }
}

static void expect_loads(const World *world, const char *expected) {
  Store *const stores[] = {world->fast, world->plain};
  for (gsize i = 0; i < G_N_ELEMENTS(stores); i++) {
    g_autoptr(StoreRows) rows = store_query(stores[i],
                                            "SELECT string_agg(concat(\"load\", ':', n_new, '+', n_rejected), ' ' "
                                            "ORDER BY \"load\") FROM \"load\" WHERE \"load\" > 1",
                                            NULL, 0, 1, NULL);
    assert_string_equal(store_rows_value(rows, 0, 0).text, expected);
  }
}

#define BAD_SALE  "{\"id\": \"S1\", \"at\": \"2026-02-03\", \"net_amount\": \"many\"}"
#define BAD_SALE2 "{\"id\": \"S1\", \"at\": \"2026-02-04\", \"net_amount\": \"more\"}"

/* Kept with its load and text; once, however often it comes; what is refused later of the id takes its place; gone when
 * the id is taken, by the fast way's next put too. Load 1 has the stages. */
static void test_keeps_refused(void **state) {
  World world = {.random = g_rand_new_with_seed(1), .schema = ledger_schema_new(NULL, 0, NULL)};
  begin(&world, "UTC");
  put_stages(&world);
  put(&world, "sale", "[" BAD_SALE ", {\"id\": \"S2\", \"at\": \"2026-02-03\", \"net_amount\": \"5\"}]");
  const char *bad = "net_amount: \"many\" is no amount";
  g_autofree char *first =
      g_strdup_printf("2 sale 1 %s {\"id\":\"S1\",\"at\":\"2026-02-03\",\"net_amount\":\"many\"}", bad);
  expect_refused(&world, first);
  expect_loads(&world, "2:1+1");
  put(&world, "sale", BAD_SALE);
  expect_refused(&world, first);
  expect_loads(&world, "2:1+1");
  put(&world, "sale", BAD_SALE2);
  expect_refused(&world,
                 "3 sale 1 net_amount: \"more\" is no amount "
                 "{\"id\":\"S1\",\"at\":\"2026-02-04\",\"net_amount\":\"more\"}");
  expect_loads(&world, "2:1+1 3:0+1");
  put(&world, "sale", "{\"id\": \"S3\", \"at\": \"2026-02-03\", \"net_amount\": 6}");
  put(&world, "sale", "{\"id\": \"S1\", \"at\": \"2026-02-04\", \"net_amount\": 7}");
  expect_refused(&world, "");
  expect_loads(&world, "2:1+1 3:0+1 4:1+0 5:1+0");
  end(&world);
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

/* Of a call that is taken whole or not at all only what was bad is kept, and what was taken before stays as it is. A
 * record without an id goes by its text. */
static void test_keeps_refused_of_all_or_none(void **state) {
  World world = {.random = g_rand_new_with_seed(1), .schema = ledger_schema_new(NULL, 0, NULL), .is_whole = TRUE};
  begin(&world, "UTC");
  put_stages(&world);
  put(&world, "sale", "[{\"id\": \"S2\", \"at\": \"2026-02-03\"}, {\"id\": \"\", \"at\": \"2026-02-03\"}]");
  expect_refused(&world, "2 sale 2 id: is empty {\"id\":\"\",\"at\":\"2026-02-03\"}");
  put(&world, "sale", "[{\"id\": \"S2\", \"at\": \"2026-02-03\"}, {\"id\": \"\", \"at\": \"2026-02-03\"}]");
  expect_loads(&world, "2:0+1");
  end(&world);
  g_rand_free(world.random);
  ledger_schema_free(world.schema);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_keeps_refused),  cmocka_unit_test(test_keeps_refused_of_all_or_none),
      cmocka_unit_test(test_keeps_currency), cmocka_unit_test(test_again),
      cmocka_unit_test(test_told_by_parts),  cmocka_unit_test(test_many),
      cmocka_unit_test(test_random)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
