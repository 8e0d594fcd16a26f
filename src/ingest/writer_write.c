/* Writing a put: one transaction, one statement for each table it touches, whatever the number of records.
 *
 *   members only referred to ─► changes concluded ─► old versions to the history, out of the table ─► new versions
 *     ─► derived facts of the deals touched ─► ledger_stat ─► load, load_count ─► commit ─► what the writer knows
 *
 * ledger_stat follows from the days of what went and came. Where the first or last day may have gone with a row and
 * nothing that came reaches it, that table is counted. */
#include "base/fault.h"
#include "ingest/writer_private.h"

#include <string.h>

#define MAX_STATS 64
#define MAX_TOLD  2000 /* rows of a put of which it is told whom they name */

/* --- the days of rows --- */

static const StoreSpan no_span = {.first_day = BASE_DAY_NONE, .last_day = BASE_DAY_NONE, .latest_us = G_MININT64};

static void widen_day(StoreSpan *span, gint32 day) {
  if (day == BASE_DAY_NONE) return;
  if (span->first_day == BASE_DAY_NONE || day < span->first_day) span->first_day = day;
  span->last_day = MAX(span->last_day, day);
}

typedef struct {
  guint table; /* in the schema */
  StoreSpan gone, come;
  gboolean foreign_gone, foreign_came, is_derived;
} StatChange;

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

static void add_rows(const WriterPut *put, const WriterTable *table, const StoreGiven *rows, StoreSpan *span,
                     gboolean *has_foreign) {
  for (gsize r = 0; r < store_given_count(rows); r++) add_row(put, table, store_given_row(rows, r), span, has_foreign);
}

/* --- ledger_stat --- */

typedef struct {
  WriterPut *put;
  WriterStat *stats; /* as they will be */
  StatChange changes[MAX_STATS];
  guint n;
} Writing;

static StatChange *change_of(Writing *writing, const LedgerTable *table) {
  for (guint i = 0; i < ledger_schema_n_tables(writing->put->writer->schema); i++) {
    if (ledger_schema_table(writing->put->writer->schema, i) != table) continue;
    StatChange *change = &writing->changes[writing->n++];
    *change = (StatChange){.table = i, .gone = no_span, .come = no_span, .is_derived = table->kind == LEDGER_DERIVED};
    return change;
  }
  g_return_val_if_reached(NULL);
}

static gboolean count_again(Writing *writing, const LedgerTable *table, WriterStat *stat, GError **error) {
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
static gboolean is_edge_lost(const StatChange *change, const WriterStat *old) {
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

static gboolean has_foreign_needs(const Writing *writing, const LedgerTable *derived) {
  const LedgerSchema *schema = writing->put->writer->schema;
  g_auto(GStrv) names = g_strsplit(derived->needs, " ", -1);
  gboolean has = FALSE;
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    if (g_strv_contains((const char *const *)names, ledger_schema_table(schema, i)->name))
      has |= writing->stats[i].has_foreign;
  }
  return has;
}

static gboolean refresh_stat(Writing *writing, const StatChange *change, GError **error) {
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

static gboolean write_stats(Writing *writing, GError **error) {
  IngestWriter *writer = writing->put->writer;
  gboolean are_there = TRUE;
  guint columns = 0;
  store_given_clear(writer->stat_rows);
  for (guint i = 0; i < writing->n; i++) {
    const StatChange *change = &writing->changes[i];
    const WriterStat *was = &writer->stats[change->table], *is = &writing->stats[change->table];
    are_there &= was->is_there;
    if (!refresh_stat(writing, change, error)) return FALSE;
    guint changed = changed_columns(was, is);
    if (changed) add_stat(writer, change->table, is);
    columns |= changed;
  }
  return columns == 0 || put_stats(writer, are_there, columns, error);
}

/* --- members of dimensions that are only referred to --- */

/* new_members are in the order of their tables and ids. */
static gboolean write_members(Writing *writing, GError **error) {
  WriterPut *put = writing->put;
  for (guint i = 0; i < put->new_members->len;) {
    WriterTable *table = ((const WriterNewMember *)put->new_members->pdata[i])->table;
    g_autofree StoreValue *row = g_new0(StoreValue, table->n_fields);
    int name = writer_field(table, "name");
    StatChange *change = change_of(writing, table->table);
    store_given_clear(table->rows);
    for (; i < put->new_members->len; i++) {
      const WriterNewMember *member = put->new_members->pdata[i];
      if (member->table != table) break;
      row[table->key] = (StoreValue){.type = STORE_INT, .integer = member->key};
      row[table->from_source] = (StoreValue){.type = STORE_TEXT, .text = member->source};
      row[table->id] = row[name] = (StoreValue){.type = STORE_TEXT, .text = member->id};
      row[table->recorded_at] = (StoreValue){.type = STORE_INSTANT, .integer = put->put->now_us};
      row[table->load] = (StoreValue){.type = STORE_INT, .integer = put->number};
      row[table->known] = (StoreValue){.type = STORE_BOOL, .integer = FALSE};
      store_given_add(table->rows, row);
      change->come.n++;
    }
    if (!store_run_kept(put->writer->store, table->insert, NULL, 0, NULL, error)) return FALSE;
  }
  return TRUE;
}

/* --- the records' own table --- */

static gboolean write_versions(Writing *writing, GError **error) {
  WriterPut *put = writing->put;
  WriterTable *table = put->table;
  StatChange *change = change_of(writing, put->of);
  g_autofree StoreValue *old = g_new0(StoreValue, table->n_fields + 2);
  store_given_clear(table->rows);
  store_given_clear(table->old_rows);
  store_given_clear(table->keys);
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!row->is_changed) continue;
    if (row->values) store_given_add(table->rows, row->values);
    if (!row->before) continue;
    memcpy(old, row->before, table->n_fields * sizeof *old);
    old[table->n_fields] = row->values ? row->values[table->recorded_at]
                                       : (StoreValue){.type = STORE_INSTANT, .integer = put->put->now_us};
    old[table->n_fields + 1] = (StoreValue){.type = STORE_INT, .integer = put->number};
    store_given_add(table->old_rows, old);
    store_given_add(table->keys,
                    (const StoreValue[]){old[table->key], table->zone >= 0 ? old[table->zone] : (StoreValue){0}});
  }
  add_rows(put, table, table->old_rows, &change->gone, &change->foreign_gone);
  add_rows(put, table, table->rows, &change->come, &change->foreign_came);
  Store *store = put->writer->store;
  return (store_given_count(table->old_rows) == 0 ||
          (store_run_kept(store, table->keep_old, NULL, 0, NULL, error) &&
           store_run_kept(store, table->take_out[put->is_dated], NULL, 0, NULL, error))) &&
         (store_given_count(table->rows) == 0 || store_run_kept(store, table->insert, NULL, 0, NULL, error));
}

static gboolean write_inferred(Writing *writing, GError **error) {
  WriterPut *put = writing->put;
  WriterTable *changes;
  if (!g_str_equal(put->of->name, "opportunity") || put->n_before == 0) return TRUE;
  if (!writer_infer(put, &changes, error) || !writer_know_went(put->writer, changes, error)) return FALSE;
  if (store_given_count(changes->rows) == 0) return TRUE;
  StatChange *change = change_of(writing, changes->table);
  add_rows(put, changes, changes->rows, &change->come, &change->foreign_came);
  return store_run_kept(put->writer->store, changes->insert, NULL, 0, NULL, error);
}

/* --- derived facts --- */

static void add_derived(Writing *writing, const StoreDerivedChange *derived) {
  StatChange *change = NULL;
  for (guint k = 0; k < writing->n; k++) {
    if (ledger_schema_table(writing->put->writer->schema, writing->changes[k].table) == derived->table)
      change = &writing->changes[k];
  }
  if (!change) change = change_of(writing, derived->table);
  change->gone.n += derived->gone.n;
  change->come.n += derived->come.n;
  widen_day(&change->gone, derived->gone.first_day);
  widen_day(&change->gone, derived->gone.last_day);
  widen_day(&change->come, derived->come.first_day);
  widen_day(&change->come, derived->come.last_day);
  change->gone.latest_us = MAX(change->gone.latest_us, derived->gone.latest_us);
  change->come.latest_us = MAX(change->come.latest_us, derived->come.latest_us);
}

static gboolean write_derived(Writing *writing, GError **error) {
  g_autoptr(GArray) derived = g_array_new(FALSE, FALSE, sizeof(StoreDerivedChange));
  if (!writer_derive(writing->put, derived, error)) return FALSE;
  for (guint i = 0; i < derived->len; i++) add_derived(writing, &g_array_index(derived, StoreDerivedChange, i));
  return TRUE;
}

/* --- the load --- */

static gboolean write_load(const WriterPut *put, GError **error) {
  const IngestPutReport *report = put->report;
  IngestWriter *writer = put->writer;
  const StoreValue row[] = {
      {.type = STORE_INT, .integer = put->number},       {.type = STORE_TEXT, .text = put->put->source},
      {.type = STORE_TEXT, .text = put->of->name},       {.type = STORE_INSTANT, .integer = put->put->now_us},
      {.type = STORE_INT, .integer = put->rows->len},    {.type = STORE_INT, .integer = report->n_new},
      {.type = STORE_INT, .integer = report->n_changed}, {.type = STORE_INT, .integer = report->n_unchanged},
      {.type = STORE_INT, .integer = report->n_removed}};
  store_given_clear(writer->load_rows);
  store_given_add(writer->load_rows, row);
  guint number = store_given_number(writer->load_rows);
  g_autofree char *count = g_strdup_printf(
      "INSERT INTO load_count SELECT \"load\", table_name, 'records', n_read, n_new, n_changed, n_unchanged, 0, 0, "
      "n_closed FROM given_rows(%u)",
      number);
  g_autofree char *load = g_strdup_printf(
      "INSERT INTO \"load\" SELECT \"load\", source, \"at\", 0, n_read, n_new, n_changed, n_unchanged, 0, 0, n_closed "
      "FROM given_rows(%u)",
      number);
  return store_run_kept(writer->store, count, NULL, 0, NULL, error) &&
         store_run_kept(writer->store, load, NULL, 0, NULL, error);
}

/* --- what it tells --- */

/* The table of the changes that this put concluded, or NULL. */
static WriterTable *changes_of(const WriterPut *put) {
  const LedgerTable *changes = ledger_schema_find(put->writer->schema, "stage_change");
  return put->inferred->len ? writer_table(put->writer, changes, NULL) : NULL;
}

/* Whoever keeps credit of the past goes by the versions there were. */
static gboolean has_moved(const WriterPut *put) {
  const LedgerColumn *owner = ledger_table_owner(put->of);
  int field = owner ? writer_field(put->table, owner->name) : -1;
  for (guint r = 0; owner && r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!row->is_changed || !row->values) continue;
    const StoreValue *now = &row->values[field], *before = row->before ? &row->before[field] : NULL;
    if (before ? before->type != now->type || (now->type != STORE_NULL && before->integer != now->integer)
               : writer_set_has(put->table->went, row->key))
      return TRUE;
  }
  const WriterTable *changes = changes_of(put);
  for (gsize r = 0; changes && changes->went && r < store_given_count(changes->rows); r++)
    if (writer_set_has(changes->went, (guint64)store_given_row(changes->rows, r)[changes->key].integer)) return TRUE;
  return FALSE;
}

static StoreWrittenRows written_rows(const WriterTable *table, const StoreGiven *gone) {
  return (StoreWrittenRows){
      .table = table->table,
      .gone = gone,
      .come = table->rows,
      .key = (guint)table->key,
      .deal = ledger_table_column(table->table, "opportunity") ? writer_field(table, "opportunity") : -1};
}

static void add_person(GArray *people, StoreValue person) {
  if (person.type != STORE_INT) return;
  gint32 key = (gint32)person.integer;
  for (guint i = 0; i < people->len; i++) {
    if (g_array_index(people, gint32, i) == key) return;
  }
  g_array_append_val(people, key);
}

/* Of a put of many it is not worth knowing, and of facts that name nobody (what becomes of a deal through its lines,
 * say) it is not known. */
static GArray *find_people(const WriterPut *put) {
  GArray *people = put->writer->people;
  g_array_set_size(people, 0);
  gboolean is_known = FALSE;
  for (guint c = 0; c < put->of->n_columns && put->rows->len <= MAX_TOLD; c++) {
    const LedgerColumn *column = &put->of->columns[c];
    if (!ledger_column_credits(put->of, column)) continue;
    is_known = TRUE;
    for (guint r = 0; r < put->rows->len; r++) {
      const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
      if (!row->is_changed) continue;
      if (row->before) add_person(people, row->before[put->table->fields[c]]);
      if (row->values) add_person(people, row->values[put->table->fields[c]]);
    }
  }
  return is_known ? people : NULL;
}

/* Before learn(), which knows no more who had gone. */
static void tell(const Writing *writing) {
  const WriterPut *put = writing->put;
  IngestWriter *writer = put->writer;
  StoreWritten *written = &writer->written;
  written->load = put->number;
  written->at_us = put->put->now_us;
  written->n_rows = 0;
  written->rows[written->n_rows++] = written_rows(put->table, put->table->old_rows);
  const WriterTable *changes = changes_of(put);
  if (changes) written->rows[written->n_rows++] = written_rows(changes, NULL);
  g_ptr_array_set_size(written->referrers, 0);
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (row->is_changed) writer_find_referrers(writer, put->table, row->key, written->referrers);
  }
  g_array_set_size(written->members, 0);
  for (guint i = 0; i < put->new_members->len; i++) {
    const WriterNewMember *new = put->new_members->pdata[i];
    StoreWrittenMember member = {.table = new->table->table, .key = new->key};
    g_array_append_val(written->members, member);
  }
  g_array_set_size(written->stats, 0);
  for (guint i = 0; i < writing->n; i++) {
    guint table = writing->changes[i].table;
    StoreWrittenStat stat = {.table = ledger_schema_table(writer->schema, table),
                             .span = writing->stats[table].span,
                             .has_foreign_currency = writing->stats[table].has_foreign};
    g_array_append_val(written->stats, stat);
  }
  written->has_moved = has_moved(put);
  written->people = find_people(put);
  put->report->written = written;
}

/* --- what the writer knows from here on --- */

/* A deal that may have lost its last change is to be looked at again: the first change that is concluded of a deal
 * tells what it was before. That one may have lost its last activity costs a look, no more. */
static void learn_changes(IngestWriter *writer, const WriterPut *put) {
  int deal = writer_field(put->table, "opportunity"), day = writer_day(put->table, "at");
  for (guint r = 0; writer->with_changes && r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    const StoreValue *before = row->is_changed ? row->before : NULL, *now = row->is_changed ? row->values : NULL;
    if (before && before[deal].type != STORE_NULL && (!now || now[deal].integer != before[deal].integer))
      g_clear_pointer(&writer->with_changes, writer_set_free);
    else if (now && now[deal].type != STORE_NULL)
      writer_set_add(writer->with_changes, (guint64)now[deal].integer,
                     now[day].type == STORE_DAY ? (gint32)now[day].integer : BASE_DAY_NONE);
  }
}

static void learn_activities(IngestWriter *writer, const WriterPut *put) {
  int deal = writer_field(put->table, "opportunity");
  for (guint r = 0; writer->with_activities && r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (row->is_changed && row->values && row->values[deal].type != STORE_NULL)
      writer_set_add(writer->with_activities, (guint64)row->values[deal].integer, BASE_DAY_NONE);
  }
}

static void learn_inferred(IngestWriter *writer, const WriterPut *put) {
  const WriterTable *changes = changes_of(put);
  for (gsize r = 0; changes && r < store_given_count(changes->rows); r++) {
    const StoreValue *row = store_given_row(changes->rows, r);
    gint32 day = (gint32)row[writer_day(changes, "at")].integer;
    writer_set_add(writer->with_changes, (guint64)row[writer_field(changes, "opportunity")].integer, day);
    if (changes->there) writer_set_add(changes->there, (guint64)row[changes->key].integer, day);
    writer_learn_references(writer, changes, row);
  }
}

static void learn(const Writing *writing) {
  const WriterPut *put = writing->put;
  IngestWriter *writer = put->writer;
  writer->load = put->number;
  writer->n_commits = store_n_commits(writer->store);
  memcpy(writer->stats, writing->stats, ledger_schema_n_tables(writer->schema) * sizeof *writer->stats);
  for (guint i = 0; i < put->new_members->len; i++) {
    const WriterNewMember *new = put->new_members->pdata[i];
    WriterMember member = {.key = new->key, .survivor = new->key};
    g_hash_table_insert(new->table->members, writer_member_name(new->source, new->id),
                        g_memdup2(&member, sizeof member));
    new->table->last_key = MAX(new->table->last_key, new->key);
  }
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!row->values)
      writer_set_remove(put->table->there, row->key);
    else if (row->is_changed)
      writer_set_add(put->table->there, row->key, writer_zone_day(put->table, row->values));
    if (!row->values)
      writer_recent_remove(put->table->recent, row->key);
    else if (row->is_changed)
      writer_recent_keep(put->table->recent, row->key, row->values);
    if (row->is_changed && row->values) writer_learn_references(writer, put->table, row->values);
    if (put->table->went && !row->values)
      writer_set_add(put->table->went, row->key, BASE_DAY_NONE);
    else if (put->table->went && !row->before)
      writer_set_remove(put->table->went, row->key);
  }
  if (g_str_equal(put->of->name, "stage_change")) learn_changes(writer, put);
  if (g_str_equal(put->of->name, "activity")) learn_activities(writer, put);
  learn_inferred(writer, put);
}

static gboolean write_all(Writing *writing, GError **error) {
  if (!write_members(writing, error) || !write_inferred(writing, error) || !write_versions(writing, error) ||
      !write_derived(writing, error) || !write_stats(writing, error))
    return FALSE;
  if (base_fault("ingest.write")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "fault injected into ingest.write");
    return FALSE;
  }
  return write_load(writing->put, error);
}

static gboolean write_beside(const WriterPut *put, GError **error) {
  const IngestPut *given = put->put;
  return !given->beside || given->beside(given->store, put->report, given->beside_data, error);
}

gboolean writer_write(WriterPut *put, GError **error) {
  IngestWriter *writer = put->writer;
  Writing writing = {.put = put};
  put->number = writer->load + 1;
  g_autofree WriterStat *stats =
      g_memdup2(writer->stats, ledger_schema_n_tables(writer->schema) * sizeof *writer->stats);
  writing.stats = stats;
  if (!writer_know_went(writer, put->table, error) || !writer_know_referrers(writer, put->table, error)) return FALSE;
  if (!store_begin(writer->store, error)) return FALSE;
  put->report->load = put->number;
  if (!write_all(&writing, error) || !write_beside(put, error)) {
    store_rollback(writer->store);
    return FALSE;
  }
  if (!store_commit(writer->store, error)) {
    writer_forget(writer);
    return FALSE;
  }
  tell(&writing);
  learn(&writing);
  return TRUE;
}
