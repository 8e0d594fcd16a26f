/* The ledger's schema as tables of the database (docs/ledger.md describes the form).
 *
 * The database is compared with the schema, column by column, and only ever added to: a column that attain.yaml no
 * longer names keeps its data. There are no indexes or primary keys: they would make loading several times slower, and
 * that a key is unique is the loader's work anyway. */
#include "store/physical.h"

#include "store/private.h"

typedef struct {
  char *name;
  const char *type;
} Field;

static void field_clear(gpointer field) {
  g_free(((Field *)field)->name);
}

static void add_field(GArray *fields, const char *name, const char *type) {
  Field field = {.name = g_strdup(name), .type = type};
  g_array_append_val(fields, field);
}

static const char *key_type(const LedgerTable *table) {
  return table && table->kind == LEDGER_DIMENSION ? "INTEGER" : "UBIGINT";
}

char *store_amount_of(const LedgerTable *table) {
  g_autoptr(GString) amounts = g_string_new("coalesce(NULL");
  for (guint i = 0; i < table->n_columns; i++) {
    if (table->columns[i].type != LEDGER_MONEY) continue;
    g_autofree char *name = store_quote_name(table->columns[i].name);
    g_string_append_printf(amounts, ", %s", name);
  }
  return g_strconcat(amounts->str, ")", NULL);
}

const char *store_column_type(const LedgerSchema *schema, const LedgerColumn *column) {
  switch (column->type) {
    case LEDGER_TEXT:
      return "VARCHAR";
    case LEDGER_REF:
      return key_type(ledger_schema_find(schema, column->ref));
    case LEDGER_MONEY:
    case LEDGER_COUNT:
    case LEDGER_DURATION:
      return "BIGINT";
    case LEDGER_NUMBER:
    case LEDGER_SHARE:
      return "DOUBLE";
    case LEDGER_INSTANT:
      return "TIMESTAMP";
    case LEDGER_BOOL:
      return "BOOLEAN";
  }
  g_return_val_if_reached("VARCHAR");
}

static GArray *table_fields(const LedgerSchema *schema, const LedgerTable *table, gboolean history) {
  GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));
  g_array_set_clear_func(fields, field_clear);
  add_field(fields, "key", key_type(table));
  if (table->kind != LEDGER_DERIVED) {
    add_field(fields, "from_source", "VARCHAR");
    add_field(fields, "id", "VARCHAR");
    add_field(fields, "recorded_at", "TIMESTAMP");
    add_field(fields, "load", "INTEGER");
  }
  if (table->kind == LEDGER_DIMENSION) add_field(fields, "known", "BOOLEAN");
  if (table->has_money) add_field(fields, "currency", "VARCHAR");
  for (guint i = 0; i < table->n_columns; i++) {
    const LedgerColumn *column = &table->columns[i];
    add_field(fields, column->name, store_column_type(schema, column));
    if (column->type != LEDGER_INSTANT) continue;
    g_autofree char *day = g_strconcat(column->name, "_day", NULL);
    add_field(fields, day, "DATE");
  }
  if (history) {
    add_field(fields, "superseded_at", "TIMESTAMP");
    add_field(fields, "superseded_by", "INTEGER");
  }
  return fields;
}

/* Texts that are others in every row: the database would look in every block of them for what repeats, which takes as
 * long as all the rest of writing them, for a fortieth less of space. They are read as fast either way. */
static gboolean is_unique_text(const Field *field) {
  return g_str_equal(field->type, "VARCHAR") && (g_str_equal(field->name, "id") || g_str_equal(field->name, "name"));
}

static void append_create(GString *sql, const char *table, const GArray *fields, gboolean says_how_to_compress) {
  g_autofree char *quoted = store_quote_name(table);
  g_string_append_printf(sql, "CREATE TABLE %s (", quoted);
  for (guint i = 0; i < fields->len; i++) {
    const Field *field = &g_array_index(fields, Field, i);
    g_autofree char *name = store_quote_name(field->name);
    g_string_append_printf(sql, "%s%s %s%s", i ? ", " : "", name, field->type,
                           says_how_to_compress && is_unique_text(field) ? " USING COMPRESSION zstd" : "");
  }
  g_string_append(sql, ");\n");
}

/* "table\ncolumn" -> type, and "table" -> "" for the table itself. */
static GHashTable *existing_columns(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = store_query(store,
                                          "SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() c "
                                          "JOIN duckdb_tables() t USING (table_oid, schema_oid, database_oid) "
                                          "WHERE c.database_name = current_database() AND c.schema_name = 'main'",
                                          NULL, 0, 0, error);
  if (!rows) return NULL;
  GHashTable *existing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize row = 0; row < store_rows_count(rows); row++) {
    const char *table = store_rows_value(rows, row, 0).text;
    g_hash_table_insert(existing, g_strdup(table), g_strdup(""));
    g_hash_table_insert(existing, g_strconcat(table, "\n", store_rows_value(rows, row, 1).text, NULL),
                        g_strdup(store_rows_value(rows, row, 2).text));
  }
  return existing;
}

static gboolean append_missing(GString *sql, GHashTable *existing, const char *table, const GArray *fields,
                               GError **error) {
  for (guint i = 0; i < fields->len; i++) {
    const Field *field = &g_array_index(fields, Field, i);
    g_autofree char *key = g_strconcat(table, "\n", field->name, NULL);
    const char *type = g_hash_table_lookup(existing, key);
    if (!type) {
      g_autofree char *quoted = store_quote_name(table);
      g_autofree char *name = store_quote_name(field->name);
      g_string_append_printf(sql, "ALTER TABLE %s ADD COLUMN %s %s;\n", quoted, name, field->type);
    } else if (!g_str_equal(type, field->type)) {
      g_set_error(
          error, BASE_ERROR, BASE_ERROR_INPUT,
          "%s.%s is %s in the database and would now be %s: give the column another name, or load into a new database",
          table, field->name, type, field->type);
      return FALSE;
    }
  }
  return TRUE;
}

char *store_physical_changes(Store *store, const LedgerSchema *schema, GError **error) {
  g_autoptr(GHashTable) existing = existing_columns(store, error);
  if (!existing) return NULL;
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < ledger_schema_n_tables(schema) * 2; i++) {
    const LedgerTable *table = ledger_schema_table(schema, i / 2);
    if (table->kind == LEDGER_DERIVED) continue;
    gboolean history = i % 2 == 1;
    g_autofree char *name = g_strconcat(table->name, history ? "_history" : "", NULL);
    g_autoptr(GArray) fields = table_fields(schema, table, history);
    if (!g_hash_table_contains(existing, name)) {
      append_create(sql, name, fields, TRUE);
    } else if (!append_missing(sql, existing, name, fields, error)) {
      return NULL;
    }
  }
  return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* A derived row's key is its deal's, so it is not kept a second time: writing it is a tenth of writing the table.
 *
 * deal_day, on which the deal was created, is there to find a deal's rows again: they are written deal by deal, and so
 * mostly in this order, while the deals' keys are in none. Where the database knows of a block of rows that all have
 * other days, it passes it over. */
char *store_physical_create_derived(const LedgerSchema *schema, const LedgerTable *table) {
  GString *sql = g_string_new(NULL);
  g_autoptr(GArray) fields = table_fields(schema, table, FALSE);
  g_array_index(fields, Field, 0).type = "UBIGINT GENERATED ALWAYS AS (opportunity) VIRTUAL";
  add_field(fields, "deal_day", "DATE");
  append_create(sql, table->name, fields, FALSE);
  return g_string_free(sql, FALSE);
}

/* Of what is kept, not of how it is compressed. */
char *store_physical_digest(const LedgerSchema *schema) {
  g_autoptr(GString) sql = g_string_new(NULL);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    if (table->kind == LEDGER_DERIVED) continue;
    g_autoptr(GArray) fields = table_fields(schema, table, FALSE);
    append_create(sql, table->name, fields, FALSE);
  }
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, sql->str, (gssize)sql->len);
}
