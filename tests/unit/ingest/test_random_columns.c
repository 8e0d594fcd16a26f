/* Whatever way a number or a time is written, the ledger has what was written: random amounts in the forms of many
 * exports, and random instants in many zones. What must be is the number that was written down, and what GLib's time
 * zones make of a time. The seed is printed; ATTAIN_SEED gives it. */
#include "scratch.h"

#define N_ROWS 150

typedef struct {
  Scratch scratch;
  GRand *random;
  guint n_loads;
} Bench;

static int set_up(void **state) {
  static const char text[] = "name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\n";
  const char *given = g_getenv("ATTAIN_SEED");
  guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  print_message("ATTAIN_SEED=%u\n", seed);
  Bench *bench = g_new0(Bench, 1);
  bench->random = g_rand_new_with_seed(seed);
  bench->scratch = scratch_open(text);
  *state = bench;
  return 0;
}

static int tear_down(void **state) {
  Bench *bench = *state;
  scratch_close(&bench->scratch);
  g_rand_free(bench->random);
  g_free(bench);
  return 0;
}

/* What the texts become as `columns` of `table`, in their order; none may be rejected. */
static StoreRows *load(Bench *bench, const GPtrArray *texts, const char *table, const char *mapping,
                       const char *columns) {
  g_autoptr(GString) csv = g_string_new("\"Id\",\"V\"\n");
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf(csv, "\"%06u\",\"%s\"\n", i, (const char *)texts->pdata[i]);
  g_autofree char *path = scratch_path(&bench->scratch);
  assert_true(g_file_set_contents(path, csv->str, -1, NULL));
  g_autofree char *yaml =
      g_strdup_printf("{source: s%u, tables: {rows: rows.csv}, map: [{to: %s, from: rows, columns: {id: Id, %s}}]}\n",
                      ++bench->n_loads, table, mapping);
  g_autoptr(GError) error = NULL;
  g_autoptr(IngestSource) source = ingest_source_parse("s.yaml", yaml, strlen(yaml), bench->scratch.folder,
                                                       bench->scratch.schema, bench->scratch.organisation, &error);
  IngestOptions options = {.now_us = (gint64)base_day_from_civil(2040, 1, 1) * G_TIME_SPAN_DAY};
  g_autoptr(IngestReport) report = NULL;
  if (!source || !ingest_load(bench->scratch.store, source, bench->scratch.schema, bench->scratch.organisation,
                              bench->scratch.calendar, &options, &report, &error))
    fail_msg("%s\n%s", error->message, yaml);
  g_autofree char *sql =
      g_strdup_printf("SELECT %s FROM %s WHERE from_source = 's%u' ORDER BY id", columns, table, bench->n_loads);
  StoreRows *rows = store_query(bench->scratch.store, sql, NULL, 0, 0, &error);
  if (!rows) fail_msg("%s", error->message);
  assert_int_equal(texts->len, store_rows_count(rows));
  return rows;
}

/* --- amounts --- */

/* How an export writes amounts. Two digits behind the sign say which sign it is. */
typedef struct {
  const char *name, *decimal, *thousands, *before, *behind;
  gboolean by_two;           /* India: groups of two before the last three */
  const char *minus, *close; /* of a negative amount, before and behind the digits */
} Style;

static const Style styles[] = {
    {"programs", ".", "", "", "", FALSE, "-", ""},
    {"Britain", ".", ",", "", "", FALSE, "-", ""},
    {"Britain with its sign", ".", ",", "£", "", FALSE, "-", ""},
    {"accountants", ".", ",", "", "", FALSE, "(", ")"},
    {"old ledgers", ".", ",", "", "", FALSE, "", "-"},
    {"Germany", ",", ".", "", "", FALSE, "-", ""},
    {"Germany with its sign", ",", ".", "", " €", FALSE, "-", ""},
    {"Austria", ",", ".", "€ ", "", FALSE, "-", ""},
    {"France", ",", " ", "", "", FALSE, "-", ""},
    {"France, narrow", ",", "\xe2\x80\xaf", "", " €", FALSE, "-", ""},
    {"Switzerland", ".", "'", "", "", FALSE, "-", ""},
    {"India", ".", ",", "₹", "", TRUE, "-", ""},
    {"with a code", ".", ",", "", " USD", FALSE, "-", ""},
};

static char *write_amount(const Style *style, gint64 minor) {
  g_autofree char *whole = g_strdup_printf("%" G_GINT64_FORMAT, ABS(minor) / 100);
  gsize n = strlen(whole);
  GString *text = g_string_new(minor < 0 ? style->minus : "");
  g_string_append(text, style->before);
  for (gsize i = 0; i < n; i++) {
    gsize left = n - i;
    gboolean ends_group = style->by_two ? left == 3 || (left > 3 && left % 2 == 1) : left % 3 == 0;
    if (i > 0 && ends_group) g_string_append(text, style->thousands);
    g_string_append_c(text, whole[i]);
  }
  g_string_append_printf(text, "%s%02d%s%s", style->decimal, (int)(ABS(minor) % 100), minor < 0 ? style->close : "",
                         style->behind);
  return g_string_free(text, FALSE);
}

/* As many of few digits as of many. */
static gint64 random_minor(GRand *random) {
  gint64 size = 1;
  for (int digits = g_rand_int_range(random, 1, 14); digits > 0; digits--) size *= 10;
  gint64 minor = (gint64)(g_rand_double(random) * (double)size);
  return g_rand_int_range(random, 0, 4) == 0 ? -minor : minor;
}

/* Half of the styles in each run; which ones, the seed says. */
static void an_amount_is_what_was_written(void **state) {
  Bench *bench = *state;
  for (gsize s = (gsize)g_rand_int_range(bench->random, 0, 2); s < G_N_ELEMENTS(styles); s += 2) {
    gint64 expected[N_ROWS];
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < N_ROWS; i++) {
      expected[i] = random_minor(bench->random);
      g_ptr_array_add(texts, write_amount(&styles[s], expected[i]));
    }
    g_autoptr(StoreRows) rows = load(bench, texts, "opportunity", "amount: V, outcome: {constant: open}", "amount");
    for (guint i = 0; i < N_ROWS; i++) {
      gint64 found = store_rows_value(rows, i, 0).integer;
      if (found != expected[i])
        fail_msg("%s: %s becomes %" G_GINT64_FORMAT, styles[s].name, (const char *)texts->pdata[i], found);
    }
  }
}

/* A column's form is decided by all of its values, and so by none of their places. */
static void the_order_of_rows_changes_nothing(void **state) {
  Bench *bench = *state;
  gint64 sums[2] = {0, 0};
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < N_ROWS; i++) {
    gint64 minor = random_minor(bench->random);
    /* Whole thousands without digits behind the sign: which sign it is, only the other rows say. */
    g_ptr_array_add(texts, i % 3 == 0 ? g_strdup_printf("%d.000", g_rand_int_range(bench->random, 1, 999))
                                      : write_amount(&styles[5], minor));
  }
  for (guint round = 0; round < 2; round++) {
    g_autoptr(StoreRows) rows = load(bench, texts, "opportunity", "amount: V, outcome: {constant: open}", "amount");
    for (guint i = 0; i < N_ROWS; i++) sums[round] += store_rows_value(rows, i, 0).integer;
    for (guint i = texts->len - 1; i > 0; i--) {
      guint other = (guint)g_rand_int_range(bench->random, 0, (gint32)i + 1);
      gpointer text = texts->pdata[i];
      texts->pdata[i] = texts->pdata[other];
      texts->pdata[other] = text;
    }
  }
  assert_true(sums[0] == sums[1]);
}

/* --- times --- */

static const char *const zones[] = {"Europe/Berlin",       "America/New_York", "America/St_Johns",  "Asia/Kolkata",
                                    "Australia/Lord_Howe", "Pacific/Auckland", "America/Sao_Paulo", "UTC"};

/* A second from 1990 to 2036 whose local time is neither skipped nor repeated in `zone`. */
static GDateTime *random_local(GRand *random, GTimeZone *zone) {
  for (;;) {
    gint64 second = g_rand_int_range(random, 631152000, 2114380800);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(second);
    g_autoptr(GDateTime) before = g_date_time_add_hours(utc, -2), after = g_date_time_add_hours(utc, 2);
    g_autoptr(GDateTime) local_before = g_date_time_to_timezone(before, zone);
    g_autoptr(GDateTime) local_after = g_date_time_to_timezone(after, zone);
    if (g_date_time_get_utc_offset(local_before) == g_date_time_get_utc_offset(local_after))
      return g_date_time_to_timezone(utc, zone);
  }
}

static BaseDay day_in(GTimeZone *zone, gint64 us) {
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
  return base_day_from_civil(g_date_time_get_year(local), g_date_time_get_month(local),
                             g_date_time_get_day_of_month(local));
}

/* Half of the zones in each run. */
static void a_time_is_the_one_of_its_zone(void **state) {
  static const struct {
    const char *format, *order;
  } forms[] = {{"%Y-%m-%d %H:%M:%S", "ymd"}, {"%d.%m.%Y %H:%M:%S", "dmy"}, {"%m/%d/%Y %I:%M:%S %p", "mdy"}};
  Bench *bench = *state;
  g_autoptr(GTimeZone) home = g_time_zone_new_identifier("Europe/Berlin");
  for (gsize z = (gsize)g_rand_int_range(bench->random, 0, 2); z < G_N_ELEMENTS(zones); z += 2) {
    gint64 expected[N_ROWS];
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zones[z]);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    gsize f = z % G_N_ELEMENTS(forms);
    for (guint i = 0; i < N_ROWS; i++) {
      g_autoptr(GDateTime) local = random_local(bench->random, zone);
      expected[i] = g_date_time_to_unix(local) * G_USEC_PER_SEC;
      g_ptr_array_add(texts, g_date_time_format(local, forms[f].format));
    }
    g_autofree char *mapping = g_strdup_printf("done_at: {of: V, time_zone: %s, format: %s}", zones[z], forms[f].order);
    g_autoptr(StoreRows) rows = load(bench, texts, "activity", mapping, "done_at, done_at_day");
    for (guint i = 0; i < N_ROWS; i++) {
      gint64 off = store_rows_value(rows, i, 0).integer - expected[i];
      if (off != 0) fail_msg("%s: %s is %" G_GINT64_FORMAT " us off", zones[z], (const char *)texts->pdata[i], off);
      assert_int_equal(day_in(home, expected[i]), store_rows_value(rows, i, 1).integer);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_amount_is_what_was_written),
      cmocka_unit_test(the_order_of_rows_changes_nothing),
      cmocka_unit_test(a_time_is_the_one_of_its_zone),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
