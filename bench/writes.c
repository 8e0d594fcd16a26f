/* One record accepted, durable and in the answers, against a bare commit of one row on the same file; and how many a
 * second are held while people ask.
 *
 *   writer: JSON ─► before ─► put ─► after ─► every next answer has it        the cells of the scorecard follow
 *   reader: the scorecard of one person, again and again
 *
 * All on a copy of the database. In the end the whole scorecard has to be what SQL says of the ledger. */
#include "bench/bench.h"
#include "ingest/put.h"
#include "ingest/writer.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>

#define SINGLE_COMMITS  100
#define KIND_ROUNDS     3
#define HELD_PER_SECOND 1000
#define MAX_AT_ONCE     1000
#define READER_PAUSE_US 2000
#define READER_PERSON   "Person 0001"

typedef struct {
  const Bench *bench;
  char *folder;
  Session *session;
  QueryLive *live;
  IngestWriter *writer;
  Store *bare;
  GPtrArray *kpis;
  gboolean only_changes;              /* what is put is there already */
  StoreRows *open_deals, *activities; /* ids of some */
  gint64 n_put;                       /* records so far */
  gint64 n_bare, n_new, n_sales, n_deals_changed, n_activities_changed;
  Timing put, after; /* parts of accepting one */
} Writes;

static void remove_copy(const char *folder) {
  const char *const files[] = {"attain.yaml", "data/attain.duckdb", "data/attain.duckdb.wal", "data", ""};
  for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename(folder, files[i], NULL);
    g_remove(path);
  }
}

static void writes_clear(Writes *writes) {
  query_live_free(writes->live);
  ingest_writer_free(writes->writer);
  store_rows_free(writes->open_deals);
  store_rows_free(writes->activities);
  store_close(writes->bare);
  session_free(writes->session);
  if (writes->kpis != NULL) g_ptr_array_unref(writes->kpis);
  timing_clear(&writes->put);
  timing_clear(&writes->after);
  if (writes->folder != NULL) remove_copy(writes->folder);
  g_free(writes->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Writes, writes_clear)

/* --- the copy --- */

static gboolean copy_file(const char *from, const char *to, const char *name, GError **error) {
  g_autofree char *source = g_build_filename(from, name, NULL), *target = g_build_filename(to, name, NULL);
  g_autoptr(GFile) one = g_file_new_for_path(source), other = g_file_new_for_path(target);
  return g_file_copy(one, other, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error);
}

static gboolean copy_workspace(Writes *writes, GError **error) {
  g_autofree char *workspace = bench_workspace(writes->bench);
  writes->folder = g_build_filename(workspace, "written", NULL);
  g_autofree char *data = g_build_filename(writes->folder, "data", NULL);
  remove_copy(writes->folder);
  if (g_mkdir_with_parents(data, 0777) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot make the folder %s", data);
    return FALSE;
  }
  return copy_file(workspace, writes->folder, "attain.yaml", error) &&
         copy_file(workspace, writes->folder, "data/attain.duckdb", error);
}

/* The ids of some records, which get the keys that the loader gives: those of the data made are hashes of something
 * else, and a put would not find them. */
static gboolean choose_some(Writes *writes, GError **error) {
  static const char *const columns[][2] = {{"opportunity", "key"},
                                           {"stage_change", "opportunity"},
                                           {"activity", "opportunity"},
                                           {"lead", "opportunity"},
                                           {"stage_stay", "opportunity"},
                                           {"silence", "opportunity"},
                                           {"forecast_state", "opportunity"},
                                           {"close_date_move", "opportunity"}};
  Store *store = writes->session->store;
  if (!store_run(store,
                 "CREATE TEMP TABLE chosen AS SELECT id, key AS old, hash(from_source || chr(31) || id) AS new FROM "
                 "opportunity WHERE outcome = 'open' ORDER BY hash(id) LIMIT 20000; CREATE TEMP TABLE done AS SELECT "
                 "id, key AS old, hash(from_source || chr(31) || id) AS new FROM activity ORDER BY hash(key) LIMIT "
                 "20000; UPDATE activity SET key = done.new FROM done WHERE key = done.old",
                 NULL, 0, NULL, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    g_autofree char *sql = g_strdup_printf("UPDATE %s SET %s = chosen.new FROM chosen WHERE %s = chosen.old",
                                           columns[i][0], columns[i][1], columns[i][1]);
    if (!store_run(store, sql, NULL, 0, NULL, error)) return FALSE;
  }
  writes->open_deals = store_query(store, "SELECT id FROM chosen ORDER BY new", NULL, 0, 0, error);
  if (writes->open_deals != NULL)
    writes->activities = store_query(store, "SELECT id FROM done ORDER BY new", NULL, 0, 0, error);
  return writes->activities != NULL && store_run(store, "CHECKPOINT", NULL, 0, NULL, error);
}

static gboolean open_to_write(Writes *writes, GError **error) {
  if (!copy_workspace(writes, error)) return FALSE;
  writes->session = session_open(writes->folder, BENCH_NOW, SESSION_WRITE | SESSION_DEFINITIONS, error);
  if (writes->session == NULL || !choose_some(writes, error)) return FALSE;
  const Session *session = writes->session;
  writes->writer = ingest_writer_new(session->store, session->schema, session->organisation, session->calendar, error);
  if (writes->writer != NULL) writes->bare = store_connect(session->store, error);
  return writes->bare != NULL &&
         store_run(writes->bare, "CREATE TABLE bench_bare AS SELECT * FROM opportunity LIMIT 0", NULL, 0, NULL, error);
}

static gboolean open_cells(Writes *writes, GError **error) {
  QueryContext context = bench_context(writes->session);
  writes->live = query_live_new(&context, BENCH_MAX_CELLS, error);
  if (writes->live != NULL) writes->kpis = scorecard_kpis(writes->bench, writes->session, error);
  if (writes->kpis == NULL) return FALSE;
  g_autoptr(QueryResult) all = scorecard_ask(writes->live, writes->kpis, NULL, error);
  g_autoptr(QueryResult) one = all == NULL ? NULL : scorecard_ask(writes->live, writes->kpis, READER_PERSON, error);
  return one != NULL;
}

/* --- one record --- */

static void append_deal(const Writes *writes, GString *json, char prefix, gint64 deal, const char *outcome) {
  g_string_append_printf(json,
                         "%s{\"id\": \"%c%" G_GINT64_FORMAT "\", \"name\": \"Written %" G_GINT64_FORMAT
                         "\", \"owner\": \"P%" G_GINT64_FORMAT "\", \"account\": \"A%" G_GINT64_FORMAT
                         "\", \"currency\": \"EUR\", \"amount\": %" G_GINT64_FORMAT
                         ", \"type\": \"new\", \"source\": \"web\", \"created_at\": \"2026-09-%02dT08:00:00Z\", "
                         "\"expected_close\": \"2026-12-15\", \"stage\": \"%s\", \"outcome\": \"%s\", \"closed_at\": "
                         "\"2026-10-28T10:00:00Z\"}",
                         json->len > 1 ? ", " : "", prefix, deal, deal, 1 + deal % writes->bench->people,
                         1 + deal % 900, 1000 + deal % 5000, (int)(1 + deal % 20),
                         g_str_equal(outcome, "lost") ? "Lost" : "Won", outcome);
}

/* Lost deals that are new, each followed by the news that an earlier one was won after all. */
static void append_record(Writes *writes, GString *json) {
  gint64 n = writes->n_put++, deal = n % 2 == 0 || n < 2 * MAX_AT_ONCE ? n : n - 2 * MAX_AT_ONCE - 1;
  append_deal(writes, json, 'W', deal, deal == n ? "lost" : "won");
}

static void append_new(Writes *writes, GString *json) {
  append_deal(writes, json, 'X', writes->n_new++, "lost");
}

/* A record, or all that are due, from JSON until every next answer has them. */
static gboolean accept(Writes *writes, const char *table, const char *json, gint64 n_records, GError **error) {
  const Session *session = writes->session;
  IngestPut put = {.store = session->store,
                   .schema = session->schema,
                   .organisation = session->organisation,
                   .calendar = session->calendar,
                   .now_us = session->now_us,
                   .source = "bench",
                   .references = "bench",
                   .writer = writes->writer};
  g_autoptr(IngestPutReport) report = NULL;
  if (writes->live != NULL && !query_live_before(writes->live, error)) return FALSE;
  double started = seconds_now();
  if (!ingest_put(&put, table, json, &report, error)) {
    if (writes->live != NULL) query_live_after(writes->live, session->now_us, NULL);
    return FALSE;
  }
  timing_add(&writes->put, seconds_now() - started);
  started = seconds_now();
  if (writes->live != NULL) query_live_tell(writes->live, report->written);
  if (writes->live != NULL && !query_live_after(writes->live, session->now_us, error)) return FALSE;
  timing_add(&writes->after, seconds_now() - started);
  gboolean is_in = writes->live == NULL || query_live_load(writes->live) == report->load;
  gint64 n_in = writes->only_changes ? report->n_changed : report->n_new + report->n_changed;
  if (n_in == n_records && is_in) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "of %" G_GINT64_FORMAT " records put %" G_GINT64_FORMAT " are in: %s", n_records,
              report->n_new + report->n_changed,
              report->rejected->len > 0 ? g_array_index(report->rejected, IngestPutRejected, 0).reason : "no reason");
  return FALSE;
}

static gboolean commit_bare(const Writes *writes, gint64 n, GError **error) {
  g_autofree char *sql = g_strdup_printf(
      "INSERT INTO bench_bare (key, from_source, id, recorded_at, load, name, owner, account, currency, amount, type, "
      "source, created_at, created_at_day, expected_close, expected_close_day, stage, outcome) VALUES "
      "(%" G_GINT64_FORMAT ", 'bench', 'B%" G_GINT64_FORMAT
      "', TIMESTAMP '2026-11-21', 2, 'Bare', 1, 1, 'EUR', 100000, 'new', 'web', "
      "TIMESTAMP '2026-10-01', DATE '2026-10-01', TIMESTAMP '2026-12-15', DATE '2026-12-15', 'Propose', 'open')",
      n, n);
  return store_run(writes->bare, sql, NULL, 0, NULL, error);
}

/* --- what a program writes, one by one and by the thousand --- */

static const char *id_of(const StoreRows *rows, gint64 n) {
  return store_rows_value(rows, (gsize)n % store_rows_count(rows), 0).text;
}

static void append_sale(Writes *writes, GString *json) {
  gint64 n = writes->n_sales++;
  g_string_append_printf(json,
                         "%s{\"id\": \"WS%" G_GINT64_FORMAT
                         "\", \"at\": \"2026-11-%02d\", \"document\": \"WN%" G_GINT64_FORMAT
                         "\", \"account\": \"A%" G_GINT64_FORMAT "\", \"owner\": \"P%" G_GINT64_FORMAT
                         "\", \"currency\": \"EUR\", \"quantity\": 2, \"net_amount\": %" G_GINT64_FORMAT ".50}",
                         json->len > 1 ? ", " : "", n, (int)(1 + n % 20), n / 2, 1 + n % 900,
                         1 + n % writes->bench->people, 100 + n % 3000);
}

/* An open deal goes on: another amount and close; every second time around it is won. */
static void append_change(Writes *writes, GString *json) {
  gint64 n = writes->n_deals_changed++;
  g_string_append_printf(json, "%s{\"id\": \"%s\", \"currency\": \"EUR\", \"amount\": %" G_GINT64_FORMAT ".25, ",
                         json->len > 1 ? ", " : "", id_of(writes->open_deals, n), 2000 + n);
  if (n % 2 == 0)
    g_string_append_printf(json, "\"stage\": \"Negotiate\", \"closed_at\": null, \"expected_close\": \"2026-12-%02d\"}",
                           (int)(1 + n % 28));
  else
    g_string_append_printf(
        json, "\"stage\": \"Won\", \"closed_at\": \"2026-11-20T10:%02d:00Z\", \"expected_close\": \"2026-12-15\"}",
        (int)(n % 60));
}

static void append_activity(Writes *writes, GString *json) {
  gint64 n = writes->n_activities_changed++;
  g_string_append_printf(json, "%s{\"id\": \"%s\", \"kind\": \"call\", \"duration\": %" G_GINT64_FORMAT "}",
                         json->len > 1 ? ", " : "", id_of(writes->activities, n), 100000 + n);
}

typedef struct {
  const char *name, *what, *table;
  void (*append)(Writes *, GString *);
  gboolean is_change;
} Kind;

static const Kind kinds[] = {{"new_deal", "a new deal", "opportunity", append_new, FALSE},
                             {"new_sale", "a new sale", "sale", append_sale, FALSE},
                             {"changed_deal", "a changed deal", "opportunity", append_change, TRUE},
                             {"changed_activity", "a changed activity", "activity", append_activity, TRUE}};

static gboolean put_some(Writes *writes, const Kind *kind, guint n, GError **error) {
  g_autoptr(GString) json = g_string_new(n > 1 ? "[" : NULL);
  for (guint i = 0; i < n; i++) kind->append(writes, json);
  if (n > 1) g_string_append_c(json, ']');
  return accept(writes, kind->table, json->str, n, error);
}

typedef struct {
  Cost put, bare;
} Turns;

static void turns_clear(Turns *turns) {
  cost_clear(&turns->put);
  cost_clear(&turns->bare);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Turns, turns_clear)

static gboolean take_turns(Writes *writes, const Kind *kind, Turns *turns, GError **error) {
  for (guint i = 0; i < SINGLE_COMMITS; i++) {
    cost_begin(&turns->put);
    if (!put_some(writes, kind, 1, error)) return FALSE;
    cost_end(&turns->put);
    cost_begin(&turns->bare);
    if (!commit_bare(writes, writes->n_bare++, error)) return FALSE;
    cost_end(&turns->bare);
  }
  return TRUE;
}

static void tell_kind(const Kind *kind, const Turns *turns, const Timing *ratios, const Timing *many) {
  g_autofree char *key = g_strconcat("put_", kind->name, NULL);
  const Cost *put = &turns->put, *bare = &turns->bare;
  printf(
      "  %s: median %.2f ms (least %.2f, 99th percentile %.2f), of it CPU %.2f; a bare commit %.2f ms (least %.2f, "
      "99th percentile %.2f), CPU %.2f; ratio %.2f to %.2f in %d rounds; %d at once: %.0f a second\n",
      kind->what, timing_median(&put->wall) * 1e3, timing_least(&put->wall) * 1e3,
      timing_quantile(&put->wall, 0.99) * 1e3, timing_median(&put->cpu) * 1e3, timing_median(&bare->wall) * 1e3,
      timing_least(&bare->wall) * 1e3, timing_quantile(&bare->wall, 0.99) * 1e3, timing_median(&bare->cpu) * 1e3,
      timing_least(ratios), timing_quantile(ratios, 1), KIND_ROUNDS, MAX_AT_ONCE, MAX_AT_ONCE / timing_median(many));
  bench_ratio(key, kind->what, timing_median(&put->wall) / timing_median(&bare->wall), 3, FALSE);
  fflush(stdout);
}

/* Writing alone, in turns with the bare commit, in rounds. No cells are kept yet. */
static gboolean measure_kind(Writes *writes, const Kind *kind, GError **error) {
  g_auto(Turns) all = {0};
  g_auto(Timing) ratios = {0};
  writes->only_changes = kind->is_change;
  if (!put_some(writes, kind, 1, error)) return FALSE; /* reads what it needs to know */
  for (guint round = 0; round < KIND_ROUNDS; round++) {
    g_auto(Turns) turns = {0};
    if (!take_turns(writes, kind, &turns, error)) return FALSE;
    timing_add(&ratios, timing_median(&turns.put.wall) / timing_median(&turns.bare.wall));
    if (!take_turns(writes, kind, &all, error)) return FALSE;
  }
  timing_clear(&writes->put);
  for (guint i = 0; i < KIND_ROUNDS; i++) {
    if (!put_some(writes, kind, MAX_AT_ONCE, error)) return FALSE;
  }
  tell_kind(kind, &all, &ratios, &writes->put);
  return TRUE;
}

static gboolean measure_kinds(Writes *writes, GError **error) {
  for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++) {
    if (!measure_kind(writes, &kinds[k], error)) return FALSE;
  }
  writes->only_changes = FALSE;
  timing_clear(&writes->put);
  timing_clear(&writes->after);
  return TRUE;
}

/* Some that later ones correct. */
static gboolean put_first(Writes *writes, GError **error) {
  for (guint i = 0; i < 2; i++) {
    g_autoptr(GString) json = g_string_new("[");
    for (guint r = 0; r < MAX_AT_ONCE; r++) append_record(writes, json);
    g_string_append_c(json, ']');
    if (!accept(writes, "opportunity", json->str, MAX_AT_ONCE, error)) return FALSE;
  }
  timing_clear(&writes->put);
  timing_clear(&writes->after);
  return TRUE;
}

static gboolean compare_commits(Writes *writes, GError **error) {
  g_auto(Timing) attain = {0}, bare = {0}, asked = {0};
  for (gint64 i = 0; i < SINGLE_COMMITS; i++) {
    g_autoptr(GString) json = g_string_new(NULL);
    append_record(writes, json);
    double started = seconds_now();
    if (!accept(writes, "opportunity", json->str, 1, error)) return FALSE;
    timing_add(&attain, seconds_now() - started);
    started = seconds_now();
    if (!commit_bare(writes, writes->n_bare++, error)) return FALSE;
    timing_add(&bare, seconds_now() - started);
    started = seconds_now();
    g_autoptr(QueryResult) all = scorecard_ask(writes->live, writes->kpis, NULL, error);
    if (all == NULL) return FALSE;
    timing_add(&asked, seconds_now() - started);
  }
  printf(
      "  a record accepted, durable and in the answers: least %.2f ms, median %.2f ms, 99th percentile %.2f ms; a bare "
      "commit of one row: least %.2f ms, median %.2f ms\n",
      timing_least(&attain) * 1e3, timing_median(&attain) * 1e3, timing_quantile(&attain, 0.99) * 1e3,
      timing_least(&bare) * 1e3, timing_median(&bare) * 1e3);
  printf("    of it writing median %.2f ms, the cells' following median %.2f ms\n", timing_median(&writes->put) * 1e3,
         timing_median(&writes->after) * 1e3);
  printf("  the scorecard of everybody after each: median %.1f ms\n", timing_median(&asked) * 1e3);
  bench_figure("scorecard_after_change_ms", timing_median(&asked) * 1e3, "ms");
  bench_figure("record_put_ms", timing_median(&writes->put) * 1e3, "ms");
  bench_figure("record_cells_ms", timing_median(&writes->after) * 1e3, "ms");
  bench_figure("record_ms", timing_median(&attain) * 1e3, "ms");
  bench_figure("bare_commit_ms", timing_median(&bare) * 1e3, "ms");
  bench_ratio("record", "a record in the answers / a bare commit", timing_median(&attain) / timing_median(&bare), 3,
              FALSE);
  return TRUE;
}

/* --- held while people ask --- */

typedef struct {
  Writes *writes;
  Timing waited; /* seconds of each question */
  gboolean stop; /* atomic */
  GError *error;
} Reader;

static gpointer read_on(gpointer data) {
  Reader *reader = data;
  while (!g_atomic_int_get(&reader->stop) && reader->error == NULL) {
    double started = seconds_now();
    g_autoptr(QueryResult) result =
        scorecard_ask(reader->writes->live, reader->writes->kpis, READER_PERSON, &reader->error);
    timing_add(&reader->waited, seconds_now() - started);
    g_usleep(READER_PAUSE_US);
  }
  return NULL;
}

/* Readers ask while `during` goes on, or for some seconds. */
static gboolean ask_during(Writes *writes, gboolean (*during)(Writes *, GError **), Timing *waited, GError **error) {
  guint n_readers = MAX(g_get_num_processors(), 2) - 1;
  g_autofree Reader *readers = g_new0(Reader, n_readers);
  g_autofree GThread **threads = g_new0(GThread *, n_readers);
  for (guint r = 0; r < n_readers; r++) {
    readers[r].writes = writes;
    threads[r] = g_thread_new("reader", read_on, &readers[r]);
  }
  gboolean ok = during(writes, error);
  for (guint r = 0; r < n_readers; r++) g_atomic_int_set(&readers[r].stop, TRUE);
  for (guint r = 0; r < n_readers; r++) {
    g_thread_join(threads[r]);
    for (guint i = 0; readers[r].waited.seconds != NULL && i < readers[r].waited.seconds->len; i++)
      timing_add(waited, g_array_index(readers[r].waited.seconds, double, i));
    timing_clear(&readers[r].waited);
    if (readers[r].error == NULL) continue;
    if (ok) g_propagate_error(error, g_steal_pointer(&readers[r].error));
    g_clear_error(&readers[r].error);
    ok = FALSE;
  }
  return ok;
}

static gboolean wait_quietly(Writes *writes, GError **error) {
  g_usleep((gulong)MAX(writes->bench->seconds / 4, 2) * G_USEC_PER_SEC);
  return TRUE;
}

/* Records come due at an even rate; those that are, up to a cap, go in by one commit. */
static gboolean hold(Writes *writes, GError **error) {
  g_auto(Timing) accepted = {0};
  double started = seconds_now(), now = started;
  gint64 n_done = 0, n_commits = 0, n_due;
  for (; (now = seconds_now()) - started < writes->bench->seconds;) {
    n_due = (gint64)((now - started) * HELD_PER_SECOND) - n_done;
    if (n_due == 0) {
      g_usleep(500);
      continue;
    }
    n_due = MIN(n_due, MAX_AT_ONCE);
    g_autoptr(GString) json = g_string_new("[");
    for (gint64 i = 0; i < n_due; i++) append_record(writes, json);
    g_string_append_c(json, ']');
    if (!accept(writes, "opportunity", json->str, n_due, error)) return FALSE;
    /* The oldest of them waited longest. */
    timing_add(&accepted, seconds_now() - (started + (double)n_done / HELD_PER_SECOND));
    n_done += n_due;
    n_commits++;
  }
  double rate = (double)n_done / (seconds_now() - started);
  printf(
      "  %d a second asked for during %u s: %.0f a second held, %.1f a commit; from due until in the answers median "
      "%.1f ms, 99th percentile %.1f ms\n",
      HELD_PER_SECOND, writes->bench->seconds, rate, (double)n_done / (double)MAX(n_commits, 1),
      timing_median(&accepted) * 1e3, timing_quantile(&accepted, 0.99) * 1e3);
  bench_figure("held_accept_p99_ms", timing_quantile(&accepted, 0.99) * 1e3, "ms");
  bench_ratio("held_per_second", "records a second held", rate, HELD_PER_SECOND * 0.99, TRUE);
  return TRUE;
}

static gboolean hold_while_asked(Writes *writes, GError **error) {
  g_auto(Timing) quiet = {0}, busy = {0};
  if (!ask_during(writes, wait_quietly, &quiet, error) || !ask_during(writes, hold, &busy, error)) return FALSE;
  double quiet_us = timing_quantile(&quiet, 0.99) * 1e6, busy_us = timing_quantile(&busy, 0.99) * 1e6;
  printf(
      "  a reader's scorecard of one person: quiet median %.0f us, 99th percentile %.0f us; meanwhile median %.0f us, "
      "99th percentile %.0f us\n",
      timing_median(&quiet) * 1e6, quiet_us, timing_median(&busy) * 1e6, busy_us);
  bench_figure("reader_quiet_p99_us", quiet_us, "us");
  bench_figure("reader_held_p99_us", busy_us, "us");
  bench_ratio("reader_p99", "readers' 99th percentile meanwhile / quiet", busy_us / quiet_us, 2, FALSE);
  return TRUE;
}

/* --- in the end --- */

static gboolean verify_in_the_end(Writes *writes, GError **error) {
  Store *store = writes->session->store;
  if (!handwritten_prepare(store, 2, error)) return FALSE;
  g_autoptr(GPtrArray) queries = handwritten_read(writes->bench, writes->session, "scorecard.sql", error);
  g_autoptr(QueryResult) result = queries == NULL ? NULL : scorecard_ask(writes->live, writes->kpis, NULL, error);
  guint n_equal = 0;
  for (guint q = 0; result != NULL && q < queries->len; q++) {
    const Handwritten *query = g_ptr_array_index(queries, q);
    g_autoptr(StoreRows) rows = store_query(store, query->sql, NULL, 0, HANDWRITTEN_MAX_ROWS, error);
    if (rows == NULL) return FALSE;
    for (guint k = 0; query->kpis[k] != NULL; k++)
      if (!handwritten_verify(result, query->kpis[k], rows, 2 + k, &n_equal, error)) return FALSE;
  }
  if (result == NULL) return FALSE;
  QueryLiveState state = query_live_state(writes->live);
  printf("  after %" G_GINT64_FORMAT " records in %" G_GINT64_FORMAT " changes that were followed and %" G_GINT64_FORMAT
         " that were counted afresh, all %u values are what SQL says\n",
         writes->n_put, state.n_follows, state.n_resets, n_equal);
  return TRUE;
}

gboolean bench_writes(const Bench *bench, GError **error) {
  printf("\nrecords written while people ask\n");
  g_auto(Writes) writes = {.bench = bench};
  return open_to_write(&writes, error) && measure_kinds(&writes, error) && open_cells(&writes, error) &&
         put_first(&writes, error) && compare_commits(&writes, error) && hold_while_asked(&writes, error) &&
         verify_in_the_end(&writes, error);
}
