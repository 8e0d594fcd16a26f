/* ledger_stat after a put: how many rows each table has, and of which days.
 *
 * It follows from the days of what went and came. Where the first or last day may have gone with a row and nothing that
 * came reaches it, that table is counted. */
#include "ingest/writer_private.h"

#include <string.h>

/* --- the days of rows --- */

static const StoreSpan no_span = {.first_day = BASE_DAY_NONE, .last_day = BASE_DAY_NONE, .latest_us = G_MININT64};

static void widen_day(StoreSpan *span, gint32 day) {
  if (day == BASE_DAY_NONE) return;
  if (span->first_day == BASE_DAY_NONE || day < span->first_day) span->first_day = day;
  span->last_day = MAX(span->last_day, day);
}

static void add_row(const WriterPut *put, const WriterTable *table, const StoreValue *row, StoreSpan *span,
                    gboolean *has_foreign) {
  span->n++;
  for (guint c = 0; c < table->table->n_columns; c++) {
    const LedgerColumn *column = &table->table->columns[c];
    if (column->type != LEDGER_INSTANT || (column->flags & LEDGER_PLAN)) continue;
    if (row[table->days[c]].type == STORE_DAY) widen_day(span, (gint32)row[table->days[c]].integer);
    if (row[table->fields[c]].type == STORE_INSTANT)
      span->latest_us = MAX(span->latest_us, row[table->fields[c]].integer);
  }
  if (table->currency >= 0 && row[table->currency].type == STORE_TEXT)
    *has_foreign |= !g_str_equal(row[table->currency].text, put->put->organisation->currency);
}

void writer_count_rows(const WriterPut *put, const WriterTable *table, const StoreGiven *rows, StoreSpan *span,
                       gboolean *has_foreign) {
  for (gsize r = 0; r < store_given_count(rows); r++) add_row(put, table, store_given_row(rows, r), span, has_foreign);
}

/* --- what a put changes --- */

WriterChange *writer_change_of(WriterWriting *writing, const LedgerTable *table) {
  for (guint i = 0; i < ledger_schema_n_tables(writing->put->writer->schema); i++) {
    if (ledger_schema_table(writing->put->writer->schema, i) != table) continue;
    WriterChange *change = &writing->changes[writing->n++];
    *change = (WriterChange){.table = i, .gone = no_span, .come = no_span, .is_derived = table->kind == LEDGER_DERIVED};
    return change;
  }
  g_return_val_if_reached(NULL);
}

void writer_count_derived(WriterWriting *writing, const StoreDerivedChange *derived) {
  WriterChange *change = NULL;
  for (guint k = 0; k < writing->n; k++) {
    if (ledger_schema_table(writing->put->writer->schema, writing->changes[k].table) == derived->table)
      change = &writing->changes[k];
  }
  if (!change) change = writer_change_of(writing, derived->table);
  change->gone.n += derived->gone.n;
  change->come.n += derived->come.n;
  widen_day(&change->gone, derived->gone.first_day);
  widen_day(&change->gone, derived->gone.last_day);
  widen_day(&change->come, derived->come.first_day);
  widen_day(&change->come, derived->come.last_day);
  change->gone.latest_us = MAX(change->gone.latest_us, derived->gone.latest_us);
  change->come.latest_us = MAX(change->come.latest_us, derived->come.latest_us);
}

/* --- ledger_stat --- */

static gboolean count_again(WriterWriting *writing, const LedgerTable *table, WriterStat *stat, GError **error) {
  g_autofree char *span = store_stat_columns(table);
  g_autofree char *currency = store_quote_text(writing->put->put->organisation->currency);
  g_autofree char *foreign =
      table->has_money ? g_strdup_printf("coalesce(bool_or(currency <> %s), FALSE)", currency) : g_strdup("FALSE");
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *sql = g_strdup_printf("SELECT count(*), %s, %s FROM %s", span, foreign, name);
  g_autoptr(StoreRows) rows = store_query_kept(writing->put->writer->store, sql, NULL, 0, 1, error);
  if (!rows) return FALSE;
  StoreValue first = store_rows_value(rows, 0, 1), last = store_rows_value(rows, 0, 2),
             latest = store_rows_value(rows, 0, 3);
  stat->span = no_span;
  stat->span.n = store_rows_value(rows, 0, 0).integer;
  if (first.type == STORE_DAY) stat->span.first_day = (gint32)first.integer;
  if (last.type == STORE_DAY) stat->span.last_day = (gint32)last.integer;
  if (latest.type == STORE_INSTANT) stat->span.latest_us = latest.integer;
  stat->has_foreign = store_rows_value(rows, 0, 4).integer != 0;
  return TRUE;
}

/* Did what went stand at an edge that nothing that came reaches? */
static gboolean is_edge_lost(const WriterChange *change, const WriterStat *old) {
  const StoreSpan *gone = &change->gone, *come = &change->come;
  gboolean first = gone->first_day != BASE_DAY_NONE && gone->first_day <= old->span.first_day &&
                   (come->first_day == BASE_DAY_NONE || come->first_day > old->span.first_day);
  gboolean last =
      gone->last_day != BASE_DAY_NONE && gone->last_day >= old->span.last_day && come->last_day < old->span.last_day;
  gboolean latest =
      gone->latest_us != G_MININT64 && gone->latest_us >= old->span.latest_us && come->latest_us < old->span.latest_us;
  return first || last || latest ||
         (!change->is_derived && old->has_foreign && change->foreign_gone && !change->foreign_came);
}

static gboolean has_foreign_needs(const WriterWriting *writing, const LedgerTable *derived) {
  const LedgerSchema *schema = writing->put->writer->schema;
  g_auto(GStrv) names = g_strsplit(derived->needs, " ", -1);
  gboolean has = FALSE;
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    if (g_strv_contains((const char *const *)names, ledger_schema_table(schema, i)->name))
      has |= writing->stats[i].has_foreign;
  }
  return has;
}

static gboolean refresh_stat(WriterWriting *writing, const WriterChange *change, GError **error) {
  const LedgerTable *table = ledger_schema_table(writing->put->writer->schema, change->table);
  WriterStat *stat = &writing->stats[change->table];
  gboolean is_lost = is_edge_lost(change, stat);
  stat->is_there = TRUE;
  stat->span.n += change->come.n - change->gone.n;
  widen_day(&stat->span, change->come.first_day);
  widen_day(&stat->span, change->come.last_day);
  stat->span.latest_us = MAX(stat->span.latest_us, change->come.latest_us);
  stat->has_foreign |= change->foreign_came;
  if (is_lost && !count_again(writing, table, stat, error)) return FALSE;
  if (change->is_derived) stat->has_foreign = has_foreign_needs(writing, table);
  return TRUE;
}

static StoreValue day_value(gint32 day) {
  return day == BASE_DAY_NONE ? (StoreValue){0} : (StoreValue){.type = STORE_DAY, .integer = day};
}

/* What ledger_stat has of a table, and whether a put leaves it as it was. */
typedef struct {
  const char *column;
  gboolean (*is_same)(const WriterStat *was, const WriterStat *is);
} StatColumn;

static gboolean same_n(const WriterStat *was, const WriterStat *is) {
  return was->span.n == is->span.n;
}
static gboolean same_first(const WriterStat *was, const WriterStat *is) {
  return was->span.first_day == is->span.first_day;
}
static gboolean same_last(const WriterStat *was, const WriterStat *is) {
  return was->span.last_day == is->span.last_day;
}
static gboolean same_latest(const WriterStat *was, const WriterStat *is) {
  return was->span.latest_us == is->span.latest_us;
}
static gboolean same_foreign(const WriterStat *was, const WriterStat *is) {
  return was->has_foreign == is->has_foreign;
}

static const StatColumn stat_columns[] = {{"n_rows", same_n},
                                          {"first_day", same_first},
                                          {"last_day", same_last},
                                          {"latest_at", same_latest},
                                          {"has_foreign_currency", same_foreign}};
#define ALL_STAT_COLUMNS ((1U << G_N_ELEMENTS(stat_columns)) - 1)

/* As bits. */
static guint changed_columns(const WriterStat *was, const WriterStat *is) {
  guint changed = 0;
  for (gsize c = 0; c < G_N_ELEMENTS(stat_columns); c++) changed |= stat_columns[c].is_same(was, is) ? 0 : 1U << c;
  return was->is_there ? changed : ALL_STAT_COLUMNS;
}

/* stat_rows into ledger_stat: one statement, where it has a row of each of the tables already. Each column costs as
 * much as finding the rows does, so those that no table has another value in are left. */
static gboolean put_stats(const IngestWriter *writer, gboolean are_there, guint columns, GError **error) {
  guint rows = store_given_number(writer->stat_rows);
  g_autoptr(GString) set = g_string_new(NULL);
  for (gsize c = 0; c < G_N_ELEMENTS(stat_columns); c++) {
    const char *name = stat_columns[c].column;
    if (columns >> c & 1) g_string_append_printf(set, "%s%s = given.%s", set->len ? ", " : "", name, name);
  }
  g_autofree char *change = g_strdup_printf(
      "UPDATE ledger_stat SET %s FROM given_rows(%u) given WHERE ledger_stat.table_name = given.table_name", set->str,
      rows);
  if (are_there) return store_run_kept(writer->store, change, NULL, 0, NULL, error);
  g_autofree char *out =
      g_strdup_printf("DELETE FROM ledger_stat WHERE table_name IN (SELECT table_name FROM given_rows(%u))", rows);
  g_autofree char *in = g_strdup_printf(
      "INSERT INTO ledger_stat (table_name, n_rows, first_day, last_day, latest_at, has_foreign_currency) SELECT "
      "table_name, n_rows, first_day, last_day, latest_at, has_foreign_currency FROM given_rows(%u)",
      rows);
  return store_run_kept(writer->store, out, NULL, 0, NULL, error) &&
         store_run_kept(writer->store, in, NULL, 0, NULL, error);
}

static void add_stat(IngestWriter *writer, guint table, const WriterStat *stat) {
  StoreValue latest = {0};
  if (stat->span.latest_us != G_MININT64) latest = (StoreValue){.type = STORE_INSTANT, .integer = stat->span.latest_us};
  store_given_add(writer->stat_rows,
                  (const StoreValue[]){{.type = STORE_TEXT, .text = ledger_schema_table(writer->schema, table)->name},
                                       {.type = STORE_INT, .integer = stat->span.n},
                                       day_value(stat->span.first_day),
                                       day_value(stat->span.last_day),
                                       latest,
                                       {.type = STORE_BOOL, .integer = stat->has_foreign}});
}

gboolean writer_write_stats(WriterWriting *writing, GError **error) {
  IngestWriter *writer = writing->put->writer;
  gboolean are_there = TRUE;
  guint columns = 0;
  store_given_clear(writer->stat_rows);
  for (guint i = 0; i < writing->n; i++) {
    const WriterChange *change = &writing->changes[i];
    const WriterStat *was = &writer->stats[change->table], *is = &writing->stats[change->table];
    are_there &= was->is_there;
    if (!refresh_stat(writing, change, error)) return FALSE;
    guint changed = changed_columns(was, is);
    if (changed) add_stat(writer, change->table, is);
    columns |= changed;
  }
  return columns == 0 || put_stats(writer, are_there, columns, error);
}
