/* After a commit of a put: what it tells of the change, and what the writer knows from there on. */
#include "ingest/writer_private.h"

#include <string.h>

#define MAX_TOLD 2000 /* rows of a put of which it is told whom they name */

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

/* Before writer_learn(), which knows no more who had gone. */
void writer_tell(const WriterWriting *writing) {
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

void writer_learn(const WriterWriting *writing) {
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
