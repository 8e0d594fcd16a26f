/* What the writer knows of the ledger without asking: which keys are there, what the members of dimensions are called,
 * which deals have a history, and what ledger_stat says. Each is read by one scan when it is first needed, and follows
 * every put from there on. What others write (a load in the same process, the long way of a put) shows by the store's
 * commits; then all of it is read again as it is needed. */
#include "ingest/put_private.h"
#include "ingest/writer_private.h"

#include <string.h>

/* --- keys --- */

static gboolean add_keys(const StoreChunk *chunk, gpointer user_data, GError **error G_GNUC_UNUSED) {
  const guint64 *keys = chunk->data[0], *valid = chunk->valid[1];
  const gint32 *days = chunk->data[1];
  for (gsize i = 0; i < chunk->n_rows; i++) {
    gboolean is_null = valid && !(valid[i / 64] >> (i % 64) & 1);
    writer_set_add(user_data, keys[i], is_null ? BASE_DAY_NONE : days[i]);
  }
  return TRUE;
}

/* `sql` gives keys and days. */
static WriterSet *read_keys(IngestWriter *writer, WriterDays days, const char *sql, GError **error) {
  static const StoreColumnType types[] = {STORE_COLUMN_UINT64, STORE_COLUMN_INT32};
  StoreScan scan = {.sql = sql, .types = types, .n_columns = 2};
  WriterSet *set = writer_set_new(days);
  if (store_scan(writer->store, &scan, add_keys, set, NULL, NULL, error)) return set;
  writer_set_free(set);
  return NULL;
}

/* The day that most rows have; of deals that of their creation, which derived rows have too. `*zone` -1: there is none.
 */
static gboolean choose_zone(IngestWriter *writer, const WriterTable *table, const char *name, int *zone,
                            GError **error) {
  g_autoptr(GString) sql = g_string_new("SELECT 0");
  g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(int));
  for (guint c = 0; c < table->table->n_columns; c++) {
    const LedgerColumn *column = &table->table->columns[c];
    if (column->type != LEDGER_INSTANT || (column->flags & LEDGER_PLAN) || table->days[c] < 0) continue;
    g_autofree char *day = store_quote_name(table->names[table->days[c]]);
    g_string_append_printf(sql, ", count(%s)", day);
    g_array_append_val(fields, table->days[c]);
  }
  *zone = fields->len ? g_array_index(fields, int, 0) : -1;
  if (fields->len <= 1 || g_str_equal(table->table->name, "opportunity")) return TRUE;
  g_string_append_printf(sql, " FROM %s", name);
  g_autoptr(StoreRows) rows = store_query(writer->store, sql->str, NULL, 0, 1, error);
  if (!rows) return FALSE;
  gint64 most = 0;
  for (guint i = 0; i < fields->len; i++) {
    gint64 n = store_rows_value(rows, 0, i + 1).integer;
    if (n <= most) continue;
    most = n;
    *zone = g_array_index(fields, int, i);
  }
  return TRUE;
}

gboolean writer_know_keys(IngestWriter *writer, WriterTable *table, GError **error) {
  if (table->there) return TRUE;
  g_autofree char *name = store_quote_name(table->table->name);
  int zone;
  if (!choose_zone(writer, table, name, &zone, error)) return FALSE;
  writer_find_by(table, zone);
  g_autofree char *day = zone >= 0 ? store_quote_name(table->names[zone]) : g_strdup("NULL::DATE");
  g_autofree char *sql = g_strdup_printf("SELECT key, %s FROM %s", day, name);
  table->there = read_keys(writer, zone >= 0 ? WRITER_DAY : WRITER_NO_DAYS, sql, error);
  return table->there != NULL;
}

gboolean writer_know_went(IngestWriter *writer, WriterTable *table, GError **error) {
  if (table->went || !ledger_table_owner(table->table)) return TRUE;
  g_autofree char *name = store_quote_name(table->table->name);
  g_autofree char *history_name = g_strconcat(table->table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(history_name);
  g_autofree char *sql =
      g_strdup_printf("SELECT DISTINCT key, NULL::DATE FROM %s WHERE key NOT IN (SELECT key FROM %s)", history, name);
  table->went = read_keys(writer, WRITER_NO_DAYS, sql, error);
  return table->went != NULL;
}

/* --- who refers to records --- */

typedef struct {
  const LedgerTable *from;
  WriterSet *keys; /* that it refers to; NULL: those are in the writer's with_changes or with_activities */
} WriterReferrer;

static void free_referrer(gpointer data) {
  WriterReferrer *referrer = data;
  writer_set_free(referrer->keys);
  g_free(referrer);
}

static gboolean refers_to(const LedgerColumn *column, const LedgerTable *to) {
  return column->type == LEDGER_REF && g_str_equal(column->ref, to->name);
}

/* What a fact refers to of a table, as SELECTs of keys and days; NULL when nothing. */
static char *references_sql(const LedgerTable *from, const LedgerTable *to) {
  g_autoptr(GString) sql = g_string_new(NULL);
  g_autofree char *name = store_quote_name(from->name);
  for (guint c = 0; c < from->n_columns; c++) {
    if (!refers_to(&from->columns[c], to)) continue;
    g_autofree char *column = store_quote_name(from->columns[c].name);
    g_string_append_printf(sql, "%sSELECT %s, NULL::DATE FROM %s WHERE %s IS NOT NULL", sql->len ? " UNION ALL " : "",
                           column, name, column);
  }
  return sql->len ? g_string_free(g_steal_pointer(&sql), FALSE) : NULL;
}

static WriterSet *deals_of(const IngestWriter *writer, const LedgerTable *from) {
  return g_str_equal(from->name, "stage_change") ? writer->with_changes : writer->with_activities;
}

static gboolean is_of_deals(const LedgerTable *from, const LedgerTable *to) {
  return g_str_equal(to->name, "opportunity") &&
         (g_str_equal(from->name, "stage_change") || g_str_equal(from->name, "activity"));
}

gboolean writer_know_referrers(IngestWriter *writer, WriterTable *table, GError **error) {
  if (table->referrers) return TRUE;
  g_autoptr(GPtrArray) referrers = g_ptr_array_new_with_free_func(free_referrer);
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    const LedgerTable *from = ledger_schema_table(writer->schema, i);
    g_autofree char *sql = from->kind == LEDGER_FACT ? references_sql(from, table->table) : NULL;
    if (!sql) continue;
    WriterReferrer *referrer = g_new0(WriterReferrer, 1);
    referrer->from = from;
    g_ptr_array_add(referrers, referrer);
    if (is_of_deals(from, table->table)) continue;
    referrer->keys = read_keys(writer, WRITER_NO_DAYS, sql, error);
    if (!referrer->keys) return FALSE;
  }
  table->referrers = g_steal_pointer(&referrers);
  return TRUE;
}

void writer_find_referrers(const IngestWriter *writer, const WriterTable *table, guint64 key, GPtrArray *referrers) {
  for (guint i = 0; i < table->referrers->len; i++) {
    const WriterReferrer *referrer = table->referrers->pdata[i];
    const WriterSet *keys = referrer->keys ? referrer->keys : deals_of(writer, referrer->from);
    if ((!keys || writer_set_has(keys, key)) && !g_ptr_array_find(referrers, referrer->from, NULL))
      g_ptr_array_add(referrers, (gpointer)referrer->from);
  }
}

void writer_learn_references(IngestWriter *writer, const WriterTable *table, const StoreValue *row) {
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    const WriterTable *to = writer->tables[i];
    for (guint r = 0; to && to->referrers && r < to->referrers->len; r++) {
      const WriterReferrer *referrer = to->referrers->pdata[r];
      if (referrer->from != table->table || !referrer->keys) continue;
      for (guint c = 0; c < table->table->n_columns; c++) {
        StoreValue value = row[table->fields[c]];
        if (refers_to(&table->table->columns[c], to->table) && value.type != STORE_NULL)
          writer_set_add(referrer->keys, (guint64)value.integer, BASE_DAY_NONE);
      }
    }
  }
}

gint32 writer_zone_day(const WriterTable *table, const StoreValue *row) {
  return table->zone >= 0 && row[table->zone].type == STORE_DAY ? (gint32)row[table->zone].integer : BASE_DAY_NONE;
}

gboolean writer_know_deals(IngestWriter *writer, GError **error) {
  if (!writer->with_changes)
    writer->with_changes = read_keys(
        writer, WRITER_DAYS, "SELECT opportunity, at_day FROM stage_change WHERE opportunity IS NOT NULL", error);
  if (writer->with_changes && !writer->with_activities)
    writer->with_activities = read_keys(
        writer, WRITER_NO_DAYS, "SELECT opportunity, NULL::DATE FROM activity WHERE opportunity IS NOT NULL", error);
  return writer->with_changes && writer->with_activities;
}

gboolean writer_know_members(IngestWriter *writer, WriterTable *table, GError **error) {
  if (table->members) return TRUE;
  gboolean has_merged = ledger_table_column(table->table, "merged_into") != NULL;
  g_autofree char *name = store_quote_name(table->table->name);
  g_autofree char *sql = g_strdup_printf("SELECT from_source, id, key, %s FROM %s",
                                         has_merged ? "coalesce(merged_into, key)" : "key", name);
  g_autoptr(StoreRows) rows = store_query(writer->store, sql, NULL, 0, G_MAXINT32, error);
  if (!rows) return FALSE;
  table->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  table->last_key = 0;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    StoreValue source = store_rows_value(rows, r, 0), id = store_rows_value(rows, r, 1);
    WriterMember member = {.key = (gint32)store_rows_value(rows, r, 2).integer,
                           .survivor = (gint32)store_rows_value(rows, r, 3).integer};
    table->last_key = MAX(table->last_key, member.key);
    if (source.type == STORE_TEXT && id.type == STORE_TEXT)
      g_hash_table_insert(table->members, writer_member_name(source.text, id.text), g_memdup2(&member, sizeof member));
  }
  return TRUE;
}

/* --- what was refused --- */

static char *refused_name(const char *table, const char *source, const char *id) {
  return g_strjoin("\x1f", table, source, id, NULL);
}

gboolean writer_know_refused(IngestWriter *writer, GError **error) {
  if (writer->refused) return TRUE;
  g_autoptr(StoreRows) rows = store_query(
      writer->store, "SELECT table_name, source, row_json ->> 'id' FROM rejected WHERE from_name = '" PUT_FROM "'",
      NULL, 0, G_MAXINT32, error);
  if (!rows) return FALSE;
  writer->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const StoreValue *row = store_rows_row(rows, r);
    if (row[2].type == STORE_TEXT)
      g_hash_table_add(writer->refused, refused_name(row[0].text, row[1].text, row[2].text));
  }
  return TRUE;
}

gboolean writer_know_erased(IngestWriter *writer, GError **error) {
  if (!writer->erased) writer->erased = ingest_erased_read(writer->store, error);
  return writer->erased != NULL;
}

gboolean writer_was_refused(const IngestWriter *writer, const LedgerTable *table, const char *source, const char *id) {
  if (g_hash_table_size(writer->refused) == 0) return FALSE;
  g_autofree char *name = refused_name(table->name, source, id);
  return g_hash_table_contains(writer->refused, name);
}

void ingest_writer_pass(IngestWriter *writer, gint64 load) {
  g_clear_pointer(&writer->refused, g_hash_table_unref);
  if (!writer->is_read || writer->load + 1 != load || writer->n_commits + 1 != store_n_commits(writer->store)) return;
  writer->load = load;
  writer->n_commits++;
}

/* --- what others wrote --- */

/* Rows may be others than they were, whoever wrote and whatever. */
static void forget_recent(IngestWriter *writer) {
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    WriterTable *table = writer->tables[i];
    if (!table) continue;
    writer_recent_free(table->recent);
    table->recent = writer_recent_new(table->n_fields);
  }
}

static gboolean read_stats(IngestWriter *writer, GError **error) {
  g_autoptr(StoreRows) rows = store_query(writer->store,
                                          "SELECT table_name, n_rows, first_day, last_day, latest_at, "
                                          "coalesce(has_foreign_currency, FALSE) FROM ledger_stat",
                                          NULL, 0, 0, error);
  if (!rows) return FALSE;
  memset(writer->stats, 0, ledger_schema_n_tables(writer->schema) * sizeof *writer->stats);
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    WriterStat *stat = &writer->stats[i];
    stat->span = (StoreSpan){.first_day = BASE_DAY_NONE, .last_day = BASE_DAY_NONE, .latest_us = G_MININT64};
    for (gsize r = 0; r < store_rows_count(rows); r++) {
      if (!g_str_equal(store_rows_value(rows, r, 0).text, ledger_schema_table(writer->schema, i)->name)) continue;
      StoreValue first = store_rows_value(rows, r, 2), last = store_rows_value(rows, r, 3),
                 latest = store_rows_value(rows, r, 4);
      stat->is_there = TRUE;
      stat->span.n = store_rows_value(rows, r, 1).integer;
      if (first.type == STORE_DAY) stat->span.first_day = (gint32)first.integer;
      if (last.type == STORE_DAY) stat->span.last_day = (gint32)last.integer;
      if (latest.type == STORE_INSTANT) stat->span.latest_us = latest.integer;
      stat->has_foreign = store_rows_value(rows, r, 5).integer != 0;
    }
  }
  return TRUE;
}

static gboolean read_load(IngestWriter *writer, gint64 *load, GError **error) {
  g_autoptr(StoreRows) rows =
      store_query_kept(writer->store, "SELECT coalesce(max(\"load\"), 0) FROM \"load\"", NULL, 0, 1, error);
  if (rows) *load = store_rows_value(rows, 0, 0).integer;
  return rows != NULL;
}

void writer_forget(IngestWriter *writer) {
  g_clear_pointer(&writer->with_changes, writer_set_free);
  g_clear_pointer(&writer->with_activities, writer_set_free);
  g_clear_pointer(&writer->stages, writer_stages_free);
  g_clear_pointer(&writer->refused, g_hash_table_unref);
  g_clear_pointer(&writer->erased, ingest_erased_free);
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    WriterTable *table = writer->tables[i];
    if (!table) continue;
    g_clear_pointer(&table->there, writer_set_free);
    g_clear_pointer(&table->went, writer_set_free);
    g_clear_pointer(&table->referrers, g_ptr_array_unref);
    g_clear_pointer(&table->members, g_hash_table_unref);
  }
  forget_recent(writer);
  store_forget_deals(writer->store);
  writer->is_read = FALSE;
}

gboolean writer_catch_up(IngestWriter *writer, GError **error) {
  guint64 n_commits = store_n_commits(writer->store);
  if (writer->is_read && writer->n_commits == n_commits) return TRUE;
  gint64 load = 0;
  store_forget_deals(writer->store); /* who wrote may have made tables anew */
  forget_recent(writer);
  g_clear_pointer(&writer->stages, writer_stages_free);
  g_clear_pointer(&writer->refused, g_hash_table_unref);
  if (!read_load(writer, &load, error)) return FALSE;
  if (!writer->is_read || load != writer->load) {
    writer_forget(writer);
    if (!read_stats(writer, error)) return FALSE;
  }
  writer->load = load;
  writer->n_commits = n_commits;
  writer->is_read = TRUE;
  return TRUE;
}

/* --- opening and closing --- */

IngestWriter *ingest_writer_new(Store *store, const LedgerSchema *schema, const ConfOrganisation *organisation,
                                const Calendar *calendar, GError **error) {
  if (!store_check_text_hash(store, error)) return NULL;
  IngestWriter *writer = g_new0(IngestWriter, 1);
  writer->store = store;
  writer->schema = schema;
  writer->organisation = organisation;
  writer->calendar = calendar;
  guint n = ledger_schema_n_tables(schema);
  writer->tables = g_new0(WriterTable *, n);
  writer->stats = g_new0(WriterStat, n);
  writer->written.members = g_array_new(FALSE, FALSE, sizeof(StoreWrittenMember));
  writer->written.referrers = g_ptr_array_new();
  writer->written.stats = g_array_new(FALSE, FALSE, sizeof(StoreWrittenStat));
  writer->people = g_array_new(FALSE, FALSE, sizeof(gint32));
  writer->touched =
      store_given_new(store, (const char *const[]){"key", "deal_day"}, (const char *const[]){"UBIGINT", "DATE"}, 2);
  writer->changed_on =
      store_given_new(store, (const char *const[]){"key", "day"}, (const char *const[]){"UBIGINT", "DATE"}, 2);
  writer->stat_rows = store_given_new(
      store,
      (const char *const[]){"table_name", "n_rows", "first_day", "last_day", "latest_at", "has_foreign_currency"},
      (const char *const[]){"VARCHAR", "BIGINT", "DATE", "DATE", "TIMESTAMP", "BOOLEAN"}, 6);
  static const char *const names[] = {"opportunity", "done_at", "done_at_day", "planned_at", "planned_at_day"};
  static const char *const types[] = {"UBIGINT", "TIMESTAMP", "DATE", "TIMESTAMP", "DATE"};
  writer->came = store_given_new(store, names, types, G_N_ELEMENTS(names));
  writer->went = store_given_new(store, names, types, G_N_ELEMENTS(names));
  writer->load_rows = store_given_new(store,
                                      (const char *const[]){"load", "source", "table_name", "at", "n_read", "n_new",
                                                            "n_changed", "n_unchanged", "n_closed"},
                                      (const char *const[]){"INTEGER", "VARCHAR", "VARCHAR", "TIMESTAMP", "BIGINT",
                                                            "BIGINT", "BIGINT", "BIGINT", "BIGINT"},
                                      9);
  return writer;
}

void ingest_writer_free(IngestWriter *writer) {
  if (!writer) return;
  writer_forget_last(writer);
  g_array_unref(writer->written.members);
  g_array_unref(writer->written.stats);
  g_array_unref(writer->people);
  g_ptr_array_unref(writer->written.referrers);
  writer_forget(writer);
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) writer_table_free(writer->tables[i]);
  store_given_free(writer->touched);
  store_given_free(writer->stat_rows);
  store_given_free(writer->load_rows);
  store_given_free(writer->changed_on);
  store_given_free(writer->came);
  store_given_free(writer->went);
  g_free(writer->tables);
  g_free(writer->stats);
  g_free(writer);
}

gsize ingest_writer_bytes(const IngestWriter *writer) {
  gsize bytes = sizeof *writer + writer_set_bytes(writer->with_changes) + writer_set_bytes(writer->with_activities);
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    const WriterTable *table = writer->tables[i];
    if (!table) continue;
    bytes += sizeof *table + writer_set_bytes(table->there) + writer_set_bytes(table->went) +
             writer_recent_bytes(table->recent);
    for (guint r = 0; table->referrers && r < table->referrers->len; r++)
      bytes += writer_set_bytes(((const WriterReferrer *)table->referrers->pdata[r])->keys);
    if (!table->members) continue;
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, table->members);
    while (g_hash_table_iter_next(&iter, &name, NULL)) bytes += strlen(name) + sizeof(WriterMember) + 64;
  }
  return bytes;
}
