/* A workspace's own columns and facts, checked against the built-in ledger.
 *
 * The ledger refuses a taken name too, but without a place in a file; so names are checked here first. A dimension is a
 * column of an existing table (`of: account`); a fact brings its columns along. */
#include "conf/own_columns.h"

static const char *const type_words[] = {"text",  "reference", "money",    "count",  "number",
                                         "share", "time",      "duration", "yes_no", NULL};
G_STATIC_ASSERT(LEDGER_BOOL == 8); /* type_words are in the order of LedgerType */

typedef struct {
  char *of, *to, *about;
  int type;
  gboolean required, planned, credited;
} ColumnSection;

static const ConfField column_fields[] = {
    {"type", CONF_ENUM, G_STRUCT_OFFSET(ColumnSection, type), FALSE, type_words},
    {"to", CONF_TEXT, G_STRUCT_OFFSET(ColumnSection, to)},
    {"about", CONF_TEXT, G_STRUCT_OFFSET(ColumnSection, about)},
    {"required", CONF_BOOL, G_STRUCT_OFFSET(ColumnSection, required)},
    {"planned", CONF_BOOL, G_STRUCT_OFFSET(ColumnSection, planned)},
    {"credited", CONF_BOOL, G_STRUCT_OFFSET(ColumnSection, credited)},
    {"of", CONF_TEXT, G_STRUCT_OFFSET(ColumnSection, of), TRUE}, /* dimensions only: last, so that facts leave it out */
};
#define N_DIMENSION_FIELDS   G_N_ELEMENTS(column_fields)
#define N_FACT_COLUMN_FIELDS (G_N_ELEMENTS(column_fields) - 1)

typedef struct {
  const LedgerSchema *built_in;
  const ConfNode *facts;
  GArray *columns; /* LedgerExtraColumn */
} Reader;

static gboolean check_name(const ConfNode *key, GError **error) {
  gsize length = strlen(key->text);
  gboolean ok = length >= 1 && length <= 63 && g_ascii_islower(*key->text) &&
                strspn(key->text, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
  if (!ok)
    base_error_at(error, BASE_ERROR_INPUT, key->span,
                  "\"%s\" is no name: use small letters, digits and _, starting with a letter, 63 at most", key->text);
  return ok;
}

static gboolean is_table(const Reader *reader, const char *table) {
  return ledger_schema_find(reader->built_in, table) || conf_map_get(reader->facts, table);
}

static gboolean check_table(const Reader *reader, const ConfNode *place, const char *table, GError **error) {
  if (is_table(reader, table)) return TRUE;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < ledger_schema_n_tables(reader->built_in); i++)
    g_ptr_array_add(names, (gpointer)ledger_schema_table(reader->built_in, i)->name);
  for (guint i = 0; reader->facts && i < reader->facts->n; i++)
    g_ptr_array_add(names, (gpointer)reader->facts->keys[i]->text);
  const char *nearest = base_nearest(table, (const char *const *)names->pdata, names->len);
  base_error_at(error, BASE_ERROR_INPUT, place->span, "there is no table \"%s\"%s%s%s", table,
                nearest ? ": did you mean \"" : ": such as account, person or opportunity", nearest ? nearest : "",
                nearest ? "\"?" : "");
  return FALSE;
}

static gboolean check_reference(const Reader *reader, const ConfNode *node, const ColumnSection *section,
                                GError **error) {
  if (section->type != LEDGER_REF) {
    const char *only = section->to ? "to" : section->credited ? "credited" : NULL;
    if (!only) return TRUE;
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, only)->span, "\"%s\" is for `type: reference` only",
                  only);
    return FALSE;
  }
  if (!section->to) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "a reference needs the table it refers to: add `to: person` or the like");
    return FALSE;
  }
  if (section->credited && strcmp(section->to, "person") != 0) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "credited")->span,
                  "only a reference `to: person` can be credited");
    return FALSE;
  }
  return check_table(reader, conf_map_get(node, "to"), section->to, error);
}

static gboolean add_column(Reader *reader, const ConfNode *key, const ConfNode *node, const char *table,
                           const ColumnSection *section, GError **error) {
  if (!check_reference(reader, node, section, error)) return FALSE;
  if (section->planned && section->type != LEDGER_INSTANT) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(node, "planned")->span, "\"planned\" is for `type: time` only");
    return FALSE;
  }
  const LedgerTable *existing = ledger_schema_find(reader->built_in, table);
  if (existing && ledger_table_column(existing, key->text)) {
    base_error_at(error, BASE_ERROR_INPUT, key->span, "%s already has a column \"%s\": choose another name", table,
                  key->text);
    return FALSE;
  }
  guint flags = (section->required ? LEDGER_REQUIRED : 0) | (section->planned ? LEDGER_PLAN : 0) |
                (section->credited ? LEDGER_OWNED : 0);
  LedgerExtraColumn column = {.table = g_strdup(table),
                              .name = g_strdup(key->text),
                              .type = (LedgerType)section->type,
                              .ref = section->type == LEDGER_REF ? g_strdup(section->to) : NULL,
                              .flags = flags,
                              .about = g_strdup(section->about ? section->about : key->text)};
  g_array_append_val(reader->columns, column);
  return TRUE;
}

static gboolean need_map(const ConfNode *node, const char *what, GError **error) {
  if (node->kind == CONF_MAP && node->n > 0) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, node->span, "%s is expected here", what);
  return FALSE;
}

static gboolean read_dimension(Reader *reader, const ConfNode *key, const ConfNode *node, GError **error) {
  ColumnSection section = {0};
  if (!check_name(key, error) || !conf_read_map(node, column_fields, N_DIMENSION_FIELDS, &section, error)) return FALSE;
  gboolean ok = check_table(reader, conf_map_get(node, "of"), section.of, error) &&
                add_column(reader, key, node, section.of, &section, error);
  conf_free_fields(column_fields, N_DIMENSION_FIELDS, &section);
  return ok;
}

static gboolean read_fact_column(Reader *reader, const char *fact, const ConfNode *key, const ConfNode *node,
                                 GError **error) {
  ColumnSection section = {0};
  if (!check_name(key, error)) return FALSE;
  if (!conf_is_null(node) && !conf_read_map(node, column_fields, N_FACT_COLUMN_FIELDS, &section, error)) return FALSE;
  gboolean ok = add_column(reader, key, node, fact, &section, error);
  conf_free_fields(column_fields, N_FACT_COLUMN_FIELDS, &section);
  return ok;
}

typedef struct {
  char *about;
  const ConfNode *columns;
} FactSection;

static gboolean read_fact(Reader *reader, const ConfNode *key, const ConfNode *node, GError **error) {
  static const ConfField fields[] = {
      {"columns", CONF_NODE, G_STRUCT_OFFSET(FactSection, columns), TRUE},
      {"about", CONF_TEXT, G_STRUCT_OFFSET(FactSection, about)},
  };
  FactSection section = {0};
  if (!check_name(key, error)) return FALSE;
  if (ledger_schema_find(reader->built_in, key->text)) {
    base_error_at(error, BASE_ERROR_INPUT, key->span,
                  "\"%s\" is a fact already: add columns to it under `dimensions:`, with `of: %s`", key->text,
                  key->text);
    return FALSE;
  }
  if (!conf_read_map(node, fields, G_N_ELEMENTS(fields), &section, error)) return FALSE;
  conf_free_fields(fields, G_N_ELEMENTS(fields), &section);
  if (!need_map(section.columns, "a map of columns, such as `at: {type: time}`,", error)) return FALSE;
  for (guint i = 0; i < section.columns->n; i++)
    if (!read_fact_column(reader, key->text, section.columns->keys[i], section.columns->items[i], error)) return FALSE;
  return TRUE;
}

static gboolean read_both(Reader *reader, const ConfNode *dimensions, GError **error) {
  if (reader->facts && !need_map(reader->facts, "a map of facts, each with its columns,", error)) return FALSE;
  if (dimensions && !need_map(dimensions, "a map of columns, such as `size: {of: account, type: text}`,", error))
    return FALSE;
  for (guint i = 0; reader->facts && i < reader->facts->n; i++)
    if (!read_fact(reader, reader->facts->keys[i], reader->facts->items[i], error)) return FALSE;
  for (guint i = 0; dimensions && i < dimensions->n; i++)
    if (!read_dimension(reader, dimensions->keys[i], dimensions->items[i], error)) return FALSE;
  return TRUE;
}

gboolean conf_read_own_columns(const ConfNode *dimensions, const ConfNode *facts, LedgerExtraColumn **extra,
                               gsize *n_extra, GError **error) {
  if (!dimensions && !facts) return TRUE;
  g_autoptr(LedgerSchema) built_in = ledger_schema_new(NULL, 0, error);
  if (!built_in) return FALSE;
  Reader reader = {
      .built_in = built_in, .facts = facts, .columns = g_array_new(FALSE, FALSE, sizeof(LedgerExtraColumn))};
  gboolean ok = read_both(&reader, dimensions, error);
  gsize n = reader.columns->len;
  LedgerExtraColumn *columns = (LedgerExtraColumn *)(gpointer)g_array_free(reader.columns, FALSE);
  if (!ok) {
    conf_free_own_columns(columns, n);
    return FALSE;
  }
  *extra = columns;
  *n_extra = n;
  return TRUE;
}

void conf_free_own_columns(LedgerExtraColumn *extra, gsize n_extra) {
  for (gsize i = 0; i < n_extra; i++) {
    g_free((gpointer)extra[i].table);
    g_free((gpointer)extra[i].name);
    g_free((gpointer)extra[i].ref);
    g_free((gpointer)extra[i].about);
  }
  g_free(extra);
}
