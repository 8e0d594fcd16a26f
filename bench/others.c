/* Loading, definitions and start-up. */
#include "bench/bench.h"

#include <glib/gstdio.h>
#include <stdio.h>

/* --- loading a CSV against DuckDB's plain CREATE TABLE AS --- */

static const char source[] =
    "source: crm\n"
    "folder: ..\n"
    "tables:\n"
    "  deals: {file: deals.csv}\n"
    "map:\n"
    "  - {to: account, from: deals, columns: {id: account, name: account}}\n"
    "  - {to: person, from: deals, columns: {id: owner, name: owner}}\n"
    "  - to: opportunity\n"
    "    from: deals\n"
    "    columns:\n"
    "      id: id\n"
    "      name: name\n"
    "      account: account\n"
    "      owner: owner\n"
    "      stage: stage\n"
    "      amount: amount\n"
    "      created_at: created_at\n"
    "      closed_at: closed_at\n"
    "      expected_close: expected_close\n"
    "      probability: {of: probability, unit: percent}\n"
    "      source: source\n"
    "      outcome: {of: stage, values: {Won: won, Lost: lost}, else: open}\n";

static gboolean write_csv(const Bench *bench, const char *csv, GError **error) {
  if (g_file_test(csv, G_FILE_TEST_EXISTS)) return TRUE;
  g_autoptr(Session) session = bench_open(bench, error);
  g_autofree char *quoted = store_quote_text(csv);
  g_autofree char *sql = g_strdup_printf(
      "COPY (SELECT o.id, o.name, a.name AS account, p.name AS owner, o.stage, printf('%%.2f', o.amount / 100) AS "
      "amount, "
      "o.created_at_day AS created_at, o.closed_at_day AS closed_at, o.expected_close_day AS expected_close, (100 * "
      "o.probability)::INTEGER AS probability, "
      "o.source FROM opportunity o LEFT JOIN account a ON a.key = o.account LEFT JOIN person p ON p.key = o.owner "
      "LIMIT %" G_GINT64_FORMAT ") TO %s (HEADER)",
      MAX(bench->deals * 2 / 5, 1000), quoted);
  return session != NULL && store_run(session->store, sql, NULL, 0, NULL, error);
}

static gboolean fresh_workspace(const char *folder, GError **error) {
  g_autofree char *sources = g_build_filename(folder, "sources", NULL);
  g_autofree char *database = g_build_filename(folder, "attain.duckdb", NULL);
  g_autofree char *settings = g_build_filename(folder, "attain.yaml", NULL);
  g_autofree char *crm = g_build_filename(sources, "crm.yaml", NULL);
  g_mkdir_with_parents(sources, 0777);
  g_remove(database);
  return g_file_set_contents(settings, "name: Loaded\ncurrency: EUR\ntime_zone: UTC\ndatabase: attain.duckdb\n", -1,
                             error) &&
         g_file_set_contents(crm, source, -1, error);
}

gboolean bench_loading(const Bench *bench, GError **error) {
  printf("\nloading a CSV of %" G_GINT64_FORMAT " deals\n", MAX(bench->deals * 2 / 5, 1000));
  g_autofree char *made = bench_workspace(bench);
  g_autofree char *csv = g_build_filename(made, "deals.csv", NULL);
  g_autofree char *workspace = g_build_filename(made, "loaded", NULL);
  g_autofree char *plain = g_build_filename(made, "plain.duckdb", NULL);
  if (!write_csv(bench, csv, error)) return FALSE;
  g_auto(Timing) attain = {0}, sql = {0};
  Process loaded = {0}, copied = {0};
  gboolean ok = TRUE;
  for (guint round = 0; ok && round < MIN(bench->rounds, 3); round++) {
    g_remove(plain);
    const char *load[] = {bench->program, "-C", workspace, "load", NULL},
               *copy[] = {bench->self, "read-csv", csv, plain, NULL};
    ok = fresh_workspace(workspace, error) && process_run(load, &loaded, error) && process_run(copy, &copied, error);
    timing_add(&attain, loaded.seconds);
    timing_add(&sql, copied.seconds);
  }
  if (ok) {
    printf(
        "  attain load least %.2f s, median %.2f s, peak %.0f MB; CREATE TABLE AS least %.2f s, median %.2f s, peak "
        "%.0f MB\n",
        timing_least(&attain), timing_median(&attain), loaded.peak_mb, timing_least(&sql), timing_median(&sql),
        copied.peak_mb);
    bench_ratio("load", "attain load / CREATE TABLE AS SELECT * FROM read_csv",
                timing_median(&attain) / timing_median(&sql), 2, FALSE);
  }
  return ok;
}

/* --- definitions --- */

/* What the build did once: libyaml over the texts. */
static gboolean read_yaml(const GArray *sources, GError **error) {
  for (guint i = 0; i < sources->len; i++) {
    const KpiSource *one = &g_array_index(sources, KpiSource, i);
    g_autoptr(ConfDocument) document = conf_document_parse(one->file, one->text, one->length, error);
    if (document == NULL) return FALSE;
  }
  return TRUE;
}

gboolean bench_definitions(const Bench *bench, GError **error) {
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, error);
  if (schema == NULL) return FALSE;
  g_auto(Timing) whole = {0}, yaml = {0};
  guint n_kpis = 0;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < 200; i++) {
    double started = seconds_now();
    g_autoptr(GArray) sources = session_built_in_definitions(error);
    g_autoptr(GPtrArray) problems = NULL;
    g_autoptr(KpiCatalogue) catalogue =
        sources != NULL
            ? kpi_catalogue_new(schema, (const KpiSource *)(gpointer)sources->data, sources->len, &problems, error)
            : NULL;
    timing_add(&whole, seconds_now() - started);
    ok = catalogue != NULL;
    if (ok) n_kpis = kpi_catalogue_n_kpis(catalogue);
  }
  g_autoptr(GArray) texts = ok ? session_built_in_definitions(error) : NULL;
  for (guint i = 0; ok && i < 20; i++) {
    double started = seconds_now();
    ok = texts != NULL && read_yaml(texts, error);
    timing_add(&yaml, seconds_now() - started);
  }
  if (ok) {
    printf(
        "\ndefinitions: %u KPIs of %u files compiled in %.2f ms (least; median %.2f ms); their YAML, which the build "
        "reads once, would take %.2f ms\n",
        n_kpis, texts->len, timing_least(&whole) * 1000, timing_median(&whole) * 1000, timing_least(&yaml) * 1000);
    bench_ratio("catalogue_ms", "the whole catalogue, ms", timing_median(&whole) * 1000, 1, FALSE);
  }
  return ok;
}

/* --- start-up --- */

gboolean bench_start(const Bench *bench, GError **error) {
  g_autofree char *folder = g_build_filename(bench->folder, "demo", NULL);
  g_autofree char *settings = g_build_filename(folder, "attain.yaml", NULL);
  Process used;
  const char *make[] = {bench->program, "demo", folder, "--people", "60", "--deals", "40000", NULL};
  if (!g_file_test(settings, G_FILE_TEST_EXISTS) && !process_run(make, &used, error)) return FALSE;
  const char *show[] = {bench->program, "-C", folder, "show", "win_rate", NULL},
             *version[] = {bench->program, "--version", NULL};
  g_auto(Timing) shown = {0}, nothing = {0};
  gboolean ok = TRUE;
  double peak_mb = 0;
  for (guint i = 0; ok && i < 20; i++) {
    ok = process_run(show, &used, error);
    timing_add(&shown, used.seconds);
    peak_mb = used.peak_mb;
    ok = ok && process_run(version, &used, error);
    timing_add(&nothing, used.seconds);
  }
  if (ok) {
    printf(
        "\nstart-up: attain show win_rate on the demo, the whole process, 20 times: least %.1f ms, median %.1f ms, "
        "peak %.0f MB"
        " (attain --version: %.1f ms)\n",
        timing_least(&shown) * 1000, timing_median(&shown) * 1000, peak_mb, timing_median(&nothing) * 1000);
    bench_ratio("start_demo_ms", "attain show win_rate, ms", timing_median(&shown) * 1000, 50, FALSE);
  }
  return ok;
}
