/* A table as the writer knows it: its columns as the database has them, and the statements that change it. */
#include "ingest/put_private.h"
#include "ingest/writer_private.h"

#include <string.h>

/* --- names --- */

char *writer_member_name(const char *source, const char *id) {
  return g_strconcat(source, "\x1f", id, NULL);
}

guint64 writer_key(const char *source, const char *id) {
  g_autofree char *name = writer_member_name(source, id);
  return store_text_hash(name, strlen(name));
}

/* --- a table as the database has it --- */

void writer_table_free(WriterTable *table) {
  if (!table) return;
  g_strfreev(table->names);
  g_free(table->fields);
  g_free(table->days);
  store_given_free(table->rows);
  store_given_free(table->old_rows);
  store_given_free(table->keys);
  store_given_free(table->fresh);
  store_given_free(table->past);
  g_free(table->insert);
  g_free(table->keep_old);
  for (guint i = 0; i < 2; i++) {
    g_free(table->fetch[i]);
    g_free(table->take_out[i]);
  }
  writer_set_free(table->there);
  writer_recent_free(table->recent);
  writer_set_free(table->went);
  if (table->referrers) g_ptr_array_unref(table->referrers);
  if (table->members) g_hash_table_unref(table->members);
  g_free(table);
}

static int field_named(const WriterTable *table, const char *name) {
  for (guint i = 0; i < table->n_fields; i++) {
    if (g_str_equal(table->names[i], name)) return (int)i;
  }
  return -1;
}

static void find_fields(WriterTable *table) {
  table->key = field_named(table, "key");
  table->from_source = field_named(table, "from_source");
  table->id = field_named(table, "id");
  table->recorded_at = field_named(table, "recorded_at");
  table->load = field_named(table, "load");
  table->known = field_named(table, "known");
  table->currency = table->table->has_money ? field_named(table, "currency") : -1;
  table->fields = g_new0(int, table->table->n_columns);
  table->days = g_new0(int, table->table->n_columns);
  for (guint c = 0; c < table->table->n_columns; c++) {
    const LedgerColumn *column = &table->table->columns[c];
    g_autofree char *day = g_strconcat(column->name, "_day", NULL);
    table->fields[c] = field_named(table, column->name);
    table->days[c] = column->type == LEDGER_INSTANT ? field_named(table, day) : -1;
  }
}

int writer_field(const WriterTable *table, const char *column) {
  return table->fields[ledger_table_column(table->table, column) - table->table->columns];
}

int writer_day(const WriterTable *table, const char *column) {
  return table->days[ledger_table_column(table->table, column) - table->table->columns];
}

static char *names_of(const WriterTable *table) {
  GString *names = g_string_new(NULL);
  for (guint i = 0; i < table->n_fields; i++) {
    g_autofree char *name = store_quote_name(table->names[i]);
    g_string_append_printf(names, "%s%s", i ? ", " : "", name);
  }
  return g_string_free(names, FALSE);
}

static void write_statements(WriterTable *table) {
  g_autofree char *names = names_of(table);
  g_autofree char *name = store_quote_name(table->table->name);
  g_autofree char *history_name = g_strconcat(table->table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(history_name);
  table->insert = g_strdup_printf("INSERT INTO %s (%s) SELECT %s FROM given_rows(%u)", name, names, names,
                                  store_given_number(table->rows));
  table->keep_old = g_strdup_printf(
      "INSERT INTO %s (%s, superseded_at, superseded_by) SELECT %s, superseded_at, superseded_by FROM given_rows(%u)",
      history, names, names, store_given_number(table->old_rows));
}

/* Rows are mostly in the order of some day, and keys, being hashes, in none: the database passes over the blocks of
 * rows that have other days than those asked for. A limit that is never reached makes it look in one thread: a second
 * one takes longer to be woken than the few blocks take to be read. */
void writer_find_by(WriterTable *table, int zone) {
  g_autofree char *names = names_of(table);
  g_autofree char *name = store_quote_name(table->table->name);
  g_autofree char *day = store_quote_name(table->names[MAX(zone, 0)]);
  guint keys = store_given_number(table->keys);
  g_autofree char *dated = g_strdup_printf("(key, %s) IN (SELECT key, day FROM given_rows(%u))", day, keys);
  g_autofree char *by_key = g_strdup_printf("key IN (SELECT key FROM given_rows(%u))", keys);
  table->zone = zone;
  for (guint i = 0; i < 2; i++) {
    g_free(table->fetch[i]);
    g_free(table->take_out[i]);
    table->fetch[i] = g_strdup_printf("SELECT %s FROM %s WHERE %s LIMIT %d", names, name, i ? dated : by_key, G_MAXINT);
    table->take_out[i] = g_strdup_printf("DELETE FROM %s WHERE %s", name, i ? dated : by_key);
  }
}

static WriterTable *read_table(IngestWriter *writer, const LedgerTable *of, GError **error) {
  StoreValue name = {.type = STORE_TEXT, .text = of->name};
  g_autoptr(StoreRows) rows =
      store_query(writer->store,
                  "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() AND "
                  "schema_name = 'main' AND table_name = ? ORDER BY column_index",
                  &name, 1, 0, error);
  if (!rows) return NULL;
  WriterTable *table = g_new0(WriterTable, 1);
  guint n = (guint)store_rows_count(rows);
  table->table = of;
  table->n_fields = n;
  table->names = g_new0(char *, (gsize)n + 1);
  g_autofree const char **names = g_new0(const char *, (gsize)n + 2), **types = g_new0(const char *, (gsize)n + 2);
  for (guint i = 0; i < n; i++) {
    names[i] = table->names[i] = g_strdup(store_rows_value(rows, i, 0).text);
    types[i] = store_rows_value(rows, i, 1).text;
  }
  find_fields(table);
  names[n] = "superseded_at";
  types[n] = "TIMESTAMP";
  names[n + 1] = "superseded_by";
  types[n + 1] = "INTEGER";
  table->rows = store_given_new(writer->store, names, types, n);
  table->old_rows = store_given_new(writer->store, names, types, n + 2);
  table->fresh = store_given_new(writer->store, names, types, n);
  table->past = store_given_new(writer->store, names, types, n);
  table->keys = store_given_new(writer->store, (const char *const[]){"key", "day"},
                                (const char *const[]){types[table->key], "DATE"}, 2);
  table->recent = writer_recent_new(n);
  write_statements(table);
  writer_find_by(table, -1);
  return table;
}

WriterTable *writer_table(IngestWriter *writer, const LedgerTable *of, GError **error) {
  for (guint i = 0; i < ledger_schema_n_tables(writer->schema); i++) {
    if (ledger_schema_table(writer->schema, i) != of) continue;
    if (!writer->tables[i]) writer->tables[i] = read_table(writer, of, error);
    if (writer->tables[i]) writer->tables[i]->index = i;
    return writer->tables[i];
  }
  g_return_val_if_reached(NULL);
}
