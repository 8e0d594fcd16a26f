/* The data: the ledger's own tables, filled by SQL (bench/sql/make.sql), so that making 5 million deals and 20 million
 * activities takes minutes and comes out alike every time. */
#include "bench/bench.h"

#include <glib/gstdio.h>
#include <stdio.h>

char *bench_workspace(const Bench *bench) {
  g_autofree char *name = g_strdup_printf("%s/deals-%" G_GINT64_FORMAT, bench->folder, bench->deals);
  return bench->people == BENCH_PEOPLE ? g_steal_pointer(&name)
                                       : g_strdup_printf("%s-people-%" G_GINT64_FORMAT, name, bench->people);
}

char *bench_read(const Bench *bench, const char *file, GError **error) {
  g_autofree char *path = g_build_filename(bench->sql_folder, file, NULL);
  char *text;
  return g_file_get_contents(path, &text, NULL, error) ? text : NULL;
}

Session *bench_open(const Bench *bench, GError **error) {
  g_autofree char *folder = bench_workspace(bench);
  return session_open(folder, BENCH_NOW, SESSION_DATABASE | SESSION_DEFINITIONS, error);
}

QueryContext bench_context(const Session *session) {
  return (QueryContext){session->store,        session->schema, session->calendar, session->catalogue,
                        session->organisation, session->now_us, session->today,    session->now_given};
}

/* What the loader notes of each table after a load. */
static gboolean note_what_is_there(Session *session, const LedgerTable *table, GError **error) {
  g_autoptr(GString) days = g_string_new(NULL);
  g_autoptr(GString) latest = g_string_new(NULL);
  for (guint i = 0; i < table->n_columns; i++) {
    const LedgerColumn *column = &table->columns[i];
    if (column->type != LEDGER_INSTANT || (column->flags & LEDGER_PLAN)) continue;
    g_string_append_printf(days, "%s@(\"%s_day\")", days->len > 0 ? ", " : "", column->name);
    g_string_append_printf(latest, "%smax(\"%s\")", latest->len > 0 ? ", " : "", column->name);
  }
  g_auto(GStrv) parts = g_strsplit(days->str, "@", -1);
  g_autofree char *least = g_strjoinv("min", parts);
  g_autofree char *most = g_strjoinv("max", parts);
  g_autofree char *sql =
      days->len == 0
          ? g_strdup_printf("INSERT INTO ledger_stat SELECT '%s', count(*), NULL, NULL, NULL, FALSE FROM \"%s\"",
                            table->name, table->name)
          : g_strdup_printf(
                "INSERT INTO ledger_stat SELECT '%s', count(*), least(%s), greatest(%s), greatest(%s), FALSE FROM "
                "\"%s\"",
                table->name, least, most, latest->str, table->name);
  return store_run(session->store, sql, NULL, 0, NULL, error);
}

static char *with_number(char *text, const char *name, gint64 number) {
  g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
  g_auto(GStrv) parts = g_strsplit(text, name, -1);
  g_free(text);
  return g_strjoinv(digits, parts);
}

static gboolean fill(const Bench *bench, Session *session, GError **error) {
  g_autofree char *sql = bench_read(bench, "make.sql", error);
  if (sql == NULL) return FALSE;
  sql = with_number(with_number(sql, "{deals}", bench->deals), "{people}", bench->people);
  if (!store_run(session->store, sql, NULL, 0, NULL, error)) return FALSE;
  for (guint t = 0; t < ledger_schema_n_tables(session->schema); t++) {
    const LedgerTable *table = ledger_schema_table(session->schema, t);
    if (table->kind != LEDGER_DERIVED && !note_what_is_there(session, table, error)) return FALSE;
  }
  return store_begin(session->store, error) && store_refresh_derived(session->store, NULL, -1, error) &&
         store_commit(session->store, error);
}

/* Data made by an earlier version is brought up to date by opening it to write. */
static gboolean migrate(const char *folder, GError **error) {
  g_autoptr(GError) cause = NULL;
  g_autoptr(Session) read = session_open(folder, BENCH_NOW, SESSION_DATABASE, &cause);
  if (read != NULL) return TRUE;
  if (!g_error_matches(cause, BASE_ERROR, BASE_ERROR_VERSION)) {
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
  }
  printf("bringing %s up to date …\n", folder);
  fflush(stdout);
  g_autoptr(Session) written = session_open(folder, BENCH_NOW, SESSION_WRITE, error);
  return written != NULL;
}

gboolean bench_make(const Bench *bench, GError **error) {
  g_autofree char *folder = bench_workspace(bench);
  g_autofree char *done = g_build_filename(folder, "complete", NULL);
  if (g_file_test(done, G_FILE_TEST_EXISTS)) return migrate(folder, error);
  g_autofree char *settings = g_build_filename(folder, "attain.yaml", NULL);
  g_autofree char *database = g_build_filename(folder, "data", "attain.duckdb", NULL);
  if (g_mkdir_with_parents(folder, 0777) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "cannot make the folder %s", folder);
    return FALSE;
  }
  g_remove(database);
  if (!g_file_set_contents(settings, "name: Measured\ncurrency: EUR\ntime_zone: UTC\ndatabase: data/attain.duckdb\n",
                           -1, error))
    return FALSE;
  printf("making %" G_GINT64_FORMAT " deals and %" G_GINT64_FORMAT " activities in %s …\n", bench->deals,
         bench->deals * 4, folder);
  fflush(stdout);
  g_autoptr(Session) session = session_open(folder, BENCH_NOW, SESSION_WRITE, error);
  if (session == NULL || !fill(bench, session, error)) return FALSE;
  return g_file_set_contents(done, BENCH_NOW "\n", -1, error);
}
