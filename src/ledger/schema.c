/* The ledger's schema: the built-in tables and what a workspace adds to them.
 *
 * A workspace may add columns to a built-in fact or dimension, and facts of its own; it may not change what is there,
 * so that every built-in formula keeps its meaning. The built-in tables are shared as they are; a table that is added
 * to gets a copy of its columns. All extras are added before references are checked, so that two new facts may refer to
 * each other. */
#include "ledger/schema.h"

#include "base/text.h"
#include "ledger/tables.h"

#define NAME_MAX_CHARACTERS 63
#define MAX_COLUMNS         500 /* of one table */
#define MAX_TABLES          200

struct LedgerSchema {
  GArray *tables;      /* LedgerTable */
  GStringChunk *texts; /* names of extras */
  GPtrArray *columns;  /* arrays of LedgerColumn made here */
};

/* Columns that every loaded table has beside its own. */
static const char *const bookkeeping[] = {"key",      "from_source",   "id",           "recorded_at", "load", "known",
                                          "currency", "superseded_at", "superseded_by"};

/* Tables of the store's own; names ending in _history belong to the store as well. */
static const char *const store_tables[] = {"load",     "load_count",   "rejected",       "ledger_stat",
                                           "snapshot", "snapshot_kpi", "snapshot_value", "derived_touched"};

static gboolean is_among(const char *name, const char *const *names, gsize n) {
  for (gsize i = 0; i < n; i++) {
    if (g_str_equal(name, names[i])) return TRUE;
  }
  return FALSE;
}

static gboolean is_name(const char *name) {
  if (!name || !g_ascii_islower(name[0])) return FALSE;
  gsize length = strlen(name);
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_islower(name[i]) && !g_ascii_isdigit(name[i]) && name[i] != '_') return FALSE;
  }
  return length <= NAME_MAX_CHARACTERS;
}

static gboolean check_name(const char *what, const char *name, GError **error) {
  if (is_name(name)) return TRUE;
  g_set_error(
      error, BASE_ERROR, BASE_ERROR_INPUT,
      "\"%s\" cannot be the name of a %s: write small letters, digits and _, starting with a letter, %d at most",
      name ? name : "", what, NAME_MAX_CHARACTERS);
  return FALSE;
}

static LedgerTable *find_table(const LedgerSchema *schema, const char *name) {
  for (guint i = 0; i < schema->tables->len; i++) {
    LedgerTable *table = &g_array_index(schema->tables, LedgerTable, i);
    if (g_str_equal(table->name, name)) return table;
  }
  return NULL;
}

static LedgerTable *add_fact(LedgerSchema *schema, const char *name, GError **error) {
  if (!check_name("fact", name, error)) return NULL;
  if (is_among(name, store_tables, G_N_ELEMENTS(store_tables)) || g_str_has_suffix(name, "_history") ||
      g_str_has_prefix(name, "attain_")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "the name \"%s\" is taken by a table that Attain keeps for itself: choose another", name);
    return NULL;
  }
  if (schema->tables->len >= MAX_TABLES) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "more than %d tables (cap: facts of a workspace)", MAX_TABLES);
    return NULL;
  }
  LedgerTable table = {
      .name = g_string_chunk_insert(schema->texts, name), .kind = LEDGER_FACT, .about = "a fact of this workspace"};
  g_array_append_val(schema->tables, table);
  return find_table(schema, name);
}

/* The day of an instant stands beside it as NAME_day, which no other column may be called. */
static gboolean clashes_with_day(const LedgerTable *table, const LedgerExtraColumn *extra) {
  for (guint i = 0; i < table->n_columns; i++) {
    g_autofree char *day = g_strconcat(table->columns[i].name, "_day", NULL);
    if (table->columns[i].type == LEDGER_INSTANT && g_str_equal(day, extra->name)) return TRUE;
  }
  g_autofree char *day = g_strconcat(extra->name, "_day", NULL);
  return extra->type == LEDGER_INSTANT && ledger_table_column(table, day);
}

static gboolean check_extra(const LedgerTable *table, const LedgerExtraColumn *extra, GError **error) {
  if (!check_name("column", extra->name, error)) return FALSE;
  if (table->kind == LEDGER_DERIVED) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
                "%s is made from other facts and takes no columns of its own: add \"%s\" to one of: %s", table->name,
                extra->name, table->needs);
    return FALSE;
  }
  if (is_among(extra->name, bookkeeping, G_N_ELEMENTS(bookkeeping)) || ledger_table_column(table, extra->name) ||
      clashes_with_day(table, extra)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s already has a column %s: choose another name", table->name,
                extra->name);
    return FALSE;
  }
  if (extra->type == LEDGER_MONEY && ledger_table_column(table, "currency")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s cannot hold money: its column currency means something else",
                table->name);
    return FALSE;
  }
  if ((extra->flags & LEDGER_OWNED) && ledger_table_owner(table)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s already says who is credited, in its column %s", table->name,
                ledger_table_owner(table)->name);
    return FALSE;
  }
  if (table->n_columns >= MAX_COLUMNS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "%s has more than %d columns (cap: columns of a table)",
                table->name, MAX_COLUMNS);
    return FALSE;
  }
  return TRUE;
}

static gboolean add_column(LedgerSchema *schema, const LedgerExtraColumn *extra, GError **error) {
  LedgerTable *table = extra->table ? find_table(schema, extra->table) : NULL;
  if (!table && !(table = add_fact(schema, extra->table, error))) return FALSE;
  if (!check_extra(table, extra, error)) return FALSE;

  LedgerColumn *columns = g_new(LedgerColumn, table->n_columns + 1);
  g_ptr_array_add(schema->columns, columns);
  if (table->n_columns > 0) memcpy(columns, table->columns, table->n_columns * sizeof *columns);
  columns[table->n_columns] = (LedgerColumn){
      .name = g_string_chunk_insert(schema->texts, extra->name),
      .type = extra->type,
      .ref = extra->type == LEDGER_REF && extra->ref ? g_string_chunk_insert(schema->texts, extra->ref) : NULL,
      .flags = extra->flags,
      .about = g_string_chunk_insert(schema->texts, extra->about ? extra->about : ""),
  };
  table->columns = columns;
  table->n_columns++;
  table->has_money |= extra->type == LEDGER_MONEY;
  return TRUE;
}

static gboolean check_reference(const LedgerSchema *schema, const LedgerExtraColumn *extra, GError **error) {
  if (extra->type != LEDGER_REF) return TRUE;
  const LedgerTable *target = extra->ref ? find_table(schema, extra->ref) : NULL;
  if (!target || target->kind == LEDGER_DERIVED) {
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < schema->tables->len; i++) {
      const LedgerTable *table = ledger_schema_table(schema, i);
      if (table->kind != LEDGER_DERIVED) g_ptr_array_add(names, (gpointer)table->name);
    }
    const char *nearest = extra->ref ? base_nearest(extra->ref, (const char *const *)names->pdata, names->len) : NULL;
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s.%s refers to \"%s\", which is no table of the ledger%s%s%s",
                extra->table, extra->name, extra->ref ? extra->ref : "", nearest ? ": did you mean " : "",
                nearest ? nearest : "", nearest ? "?" : "");
    return FALSE;
  }
  if ((extra->flags & LEDGER_OWNED) && !g_str_equal(extra->ref, "person")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s.%s cannot be credited: only a person can", extra->table,
                extra->name);
    return FALSE;
  }
  return TRUE;
}

LedgerSchema *ledger_schema_new(const LedgerExtraColumn *extra, gsize n_extra, GError **error) {
  g_autoptr(LedgerSchema) schema = g_new0(LedgerSchema, 1);
  schema->tables = g_array_new(FALSE, FALSE, sizeof(LedgerTable));
  schema->texts = g_string_chunk_new(1024);
  schema->columns = g_ptr_array_new_with_free_func(g_free);
  guint n_tables;
  const LedgerTable *builtin = ledger_builtin_tables(&n_tables);
  g_array_append_vals(schema->tables, builtin, n_tables);
  for (gsize i = 0; i < n_extra; i++) {
    if (!add_column(schema, &extra[i], error)) return NULL;
  }
  for (gsize i = 0; i < n_extra; i++) {
    if (!check_reference(schema, &extra[i], error)) return NULL;
  }
  return g_steal_pointer(&schema);
}

void ledger_schema_free(LedgerSchema *schema) {
  if (!schema) return;
  g_array_unref(schema->tables);
  g_string_chunk_free(schema->texts);
  g_ptr_array_unref(schema->columns);
  g_free(schema);
}

guint ledger_schema_n_tables(const LedgerSchema *schema) {
  return schema->tables->len;
}

const LedgerTable *ledger_schema_table(const LedgerSchema *schema, guint index) {
  g_return_val_if_fail(index < schema->tables->len, NULL);
  return &g_array_index(schema->tables, LedgerTable, index);
}

const LedgerTable *ledger_schema_find(const LedgerSchema *schema, const char *table) {
  return table ? find_table(schema, table) : NULL;
}

const LedgerColumn *ledger_table_column(const LedgerTable *table, const char *column) {
  for (guint i = 0; i < table->n_columns; i++) {
    if (g_str_equal(table->columns[i].name, column)) return &table->columns[i];
  }
  return NULL;
}

const LedgerColumn *ledger_table_owner(const LedgerTable *table) {
  for (guint i = 0; i < table->n_columns; i++) {
    if (table->columns[i].flags & LEDGER_OWNED) return &table->columns[i];
  }
  return NULL;
}

gboolean ledger_column_credits(const LedgerTable *table, const LedgerColumn *column) {
  if (column->type != LEDGER_REF || !g_str_equal(column->ref, "person")) return FALSE;
  return (column->flags & LEDGER_OWNED) || !ledger_table_owner(table);
}

const char *ledger_type_name(LedgerType type) {
  static const char *const names[] = {"text",  "reference", "money",    "count",    "number",
                                      "share", "instant",   "duration", "yes or no"};
  g_return_val_if_fail(type < G_N_ELEMENTS(names), "unknown");
  return names[type];
}
