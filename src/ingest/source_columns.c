/* How the columns of a map entry are made, and rows written in place: read from the YAML and checked. */
#include "ingest/source.h"

static const char *const matches[] = {"id", "name", "email", NULL};
static const char *const units[] = {"",        "percent", "fraction", "minor", "major", "ms",
                                    "seconds", "minutes", "hours",    "days",  NULL};

typedef struct {
  char *of, *sql, *constant, *when, *otherwise, *empty, *format, *time_zone, *decimal, *source, *lookup, *equals, *take;
  int unit, match;
  const ConfNode *values;
} ColumnText;

#define COLUMN_FIELD(key, type, member, choices) \
  { key, type, G_STRUCT_OFFSET(ColumnText, member), FALSE, choices }
static const ConfField column_fields[] = {
    COLUMN_FIELD("of", CONF_TEXT, of, NULL),
    COLUMN_FIELD("sql", CONF_TEXT, sql, NULL),
    COLUMN_FIELD("constant", CONF_TEXT, constant, NULL),
    COLUMN_FIELD("when", CONF_TEXT, when, NULL),
    COLUMN_FIELD("values", CONF_NODE, values, NULL),
    COLUMN_FIELD("else", CONF_TEXT, otherwise, NULL),
    COLUMN_FIELD("default", CONF_TEXT, empty, NULL),
    COLUMN_FIELD("format", CONF_TEXT, format, NULL),
    COLUMN_FIELD("time_zone", CONF_TEXT, time_zone, NULL),
    COLUMN_FIELD("unit", CONF_ENUM, unit, units),
    COLUMN_FIELD("decimal", CONF_TEXT, decimal, NULL),
    COLUMN_FIELD("match", CONF_ENUM, match, matches),
    COLUMN_FIELD("source", CONF_TEXT, source, NULL),
    COLUMN_FIELD("lookup", CONF_TEXT, lookup, NULL),
    COLUMN_FIELD("equals", CONF_TEXT, equals, NULL),
    COLUMN_FIELD("take", CONF_TEXT, take, NULL),
};

static gboolean read_values(const ConfNode *node, SourceColumn *column, GError **error) {
  if (conf_is_null(node)) return TRUE;
  if (node->kind != CONF_MAP) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "values: must be a map, such as {Won: won, Lost: lost}");
    return FALSE;
  }
  column->value_from = g_new0(char *, node->n + 1);
  column->value_to = g_new0(char *, node->n + 1);
  for (guint i = 0; i < node->n; i++) {
    if (node->items[i]->kind != CONF_SCALAR) {
      base_error_at(error, BASE_ERROR_INPUT, node->items[i]->span, "values: \"%s\" must become one text",
                    node->keys[i]->text);
      return FALSE;
    }
    column->value_from[i] = g_strdup(node->keys[i]->text);
    column->value_to[i] = g_strdup(conf_is_null(node->items[i]) ? "" : node->items[i]->text);
  }
  return TRUE;
}

static gboolean check_unit(const SourceColumn *column, GError **error) {
  LedgerType type = column->column ? column->column->type : LEDGER_TEXT;
  gboolean fits = column->unit == SOURCE_UNIT_NONE;
  if (column->unit == SOURCE_UNIT_PERCENT || column->unit == SOURCE_UNIT_FRACTION)
    fits = type == LEDGER_SHARE || type == LEDGER_NUMBER;
  if (column->unit == SOURCE_UNIT_MINOR || column->unit == SOURCE_UNIT_MAJOR) fits = type == LEDGER_MONEY;
  if (column->unit >= SOURCE_UNIT_MS) fits = type == LEDGER_DURATION;
  if (fits) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, column->span, "%s: unit %s does not fit a column of type %s", column->target,
                units[column->unit], ledger_type_name(type));
  return FALSE;
}

static gboolean check_column(const IngestSource *source, SourceColumn *column, GError **error) {
  if (!!column->of + !!column->sql + !!column->constant != 1) {
    base_error_at(error, BASE_ERROR_INPUT, column->span, "%s: say where it comes from by one of of, sql and constant",
                  column->target);
    return FALSE;
  }
  if (column->lookup && !source_find_table(source, column->lookup)) {
    base_error_at(error, BASE_ERROR_NOT_FOUND, column->span, "%s: lookup: there is no table \"%s\" in this source",
                  column->target, column->lookup);
    return FALSE;
  }
  if (!!column->lookup != !!column->take || (column->equals && !column->lookup)) {
    base_error_at(error, BASE_ERROR_INPUT, column->span,
                  "%s: a look-up is written {of: X, lookup: TABLE, equals: ITS COLUMN, take: ITS COLUMN}",
                  column->target);
    return FALSE;
  }
  gboolean is_reference = column->column && column->column->type == LEDGER_REF;
  if ((column->match || column->source) && !is_reference) {
    base_error_at(error, BASE_ERROR_INPUT, column->span,
                  "%s: match and source are for references to another table; this is %s", column->target,
                  ledger_type_name(column->column ? column->column->type : LEDGER_TEXT));
    return FALSE;
  }
  return source_check_zone(column->time_zone, column->span, error) &&
         source_check_format(column->format, column->span, error) && check_unit(column, error);
}

static gboolean read_column(const IngestSource *source, const ConfNode *node, SourceColumn *column, GError **error) {
  if (node->kind == CONF_SCALAR) {
    column->of = g_strdup(node->text);
    return check_column(source, column, error);
  }
  ColumnText text = {0};
  if (!conf_read_map(node, column_fields, G_N_ELEMENTS(column_fields), &text, error)) return FALSE;
  column->of = text.of;
  column->sql = text.sql;
  column->constant = text.constant;
  column->when = text.when;
  column->otherwise = text.otherwise;
  column->empty = text.empty;
  column->format = text.format;
  column->time_zone = text.time_zone;
  column->unit = text.unit;
  column->match = text.match;
  column->source = text.source;
  column->lookup = text.lookup;
  column->equals = text.equals;
  column->take = text.take;
  if (column->lookup && !column->equals && column->of) column->equals = g_strdup(column->of);
  gboolean ok = source_read_decimal(text.decimal, node->span, &column->decimal, error);
  g_free(text.decimal);
  return ok && read_values(text.values, column, error) && check_column(source, column, error);
}

/* The names a map entry's columns may have: the table's own, and those that every table has. */
static gboolean find_target(const LedgerTable *table, const ConfNode *key, SourceColumn *column, GError **error) {
  column->target = key->text;
  column->span = key->span;
  column->column = ledger_table_column(table, key->text);
  if (column->column) return TRUE;
  if (g_str_equal(key->text, "id") || g_str_equal(key->text, "modified_at")) return TRUE;
  if (g_str_equal(key->text, "currency") && table->has_money) return TRUE;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < table->n_columns; i++) g_ptr_array_add(names, (gpointer)table->columns[i].name);
  g_ptr_array_add(names, (gpointer) "id");
  if (!ledger_table_column(table, "modified_at")) g_ptr_array_add(names, (gpointer) "modified_at");
  if (table->has_money) g_ptr_array_add(names, (gpointer) "currency");
  const char *nearest = base_nearest(key->text, (const char *const *)names->pdata, names->len);
  g_ptr_array_add(names, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  base_error_at(error, BASE_ERROR_NOT_FOUND, key->span, "%s has no column \"%s\"%s%s%s; it has %s", table->name,
                key->text, nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "", all);
  return FALSE;
}

gboolean source_read_columns(const IngestSource *source, SourceMap *map, const ConfNode *node, GError **error) {
  if (!node || node->kind != CONF_MAP || node->n == 0) {
    base_error_at(error, BASE_ERROR_INPUT, node ? node->span : map->span,
                  "%s: columns: must say which column of the file each column of the ledger comes from",
                  map->table->name);
    return FALSE;
  }
  map->columns = g_new0(SourceColumn, node->n);
  for (guint i = 0; i < node->n; i++) {
    if (conf_is_null(node->items[i])) continue;
    SourceColumn *column = &map->columns[map->n_columns++];
    if (!find_target(map->table, node->keys[i], column, error)) return FALSE;
    if (!read_column(source, node->items[i], column, error)) return FALSE;
  }
  return TRUE;
}

/* --- rows in place: they become a small file whose headers are the ledger's own names --- */

/* What stands in the YAML is written as YAML writes it (0.4, 2026-01-31), however the source's files are. */
static void take_yaml_forms(SourceColumn *column) {
  column->decimal = '.';
  if (column->column && column->column->type == LEDGER_INSTANT) column->format = g_strdup("ymd");
}

static gboolean add_row_columns(const IngestSource *source, SourceMap *map, const ConfNode *row, GPtrArray *names,
                                GError **error) {
  for (guint i = 0; i < row->n; i++) {
    gboolean is_known = FALSE;
    for (guint k = 0; k < names->len; k++) is_known |= g_str_equal(names->pdata[k], row->keys[i]->text);
    if (is_known) continue;
    SourceColumn column = {0};
    if (!find_target(map->table, row->keys[i], &column, error)) return FALSE;
    column.of = g_strdup(row->keys[i]->text);
    take_yaml_forms(&column);
    map->columns = g_renew(SourceColumn, map->columns, map->n_columns + 1);
    map->columns[map->n_columns++] = column;
    g_ptr_array_add(names, g_strdup(row->keys[i]->text));
  }
  return TRUE;
}

gboolean source_read_rows(const IngestSource *source, SourceMap *map, const ConfNode *node, GError **error) {
  if (node->kind != CONF_LIST) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "rows: must be a list of maps, such as \"- {id: Won, position: 5}\"");
    return FALSE;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (guint r = 0; r < node->n; r++) {
    if (node->items[r]->kind != CONF_MAP) {
      base_error_at(error, BASE_ERROR_INPUT, node->items[r]->span,
                    "rows: each must be a map, such as {id: Won, position: 5}");
      return FALSE;
    }
    if (!add_row_columns(source, map, node->items[r], names, error)) return FALSE;
  }
  SourceRows *rows = map->rows = g_new0(SourceRows, 1);
  rows->n_rows = node->n;
  rows->n_columns = names->len;
  rows->lines = g_new0(guint, node->n + 1);
  rows->cells = g_new0(char *, (gsize)node->n * names->len + 1);
  for (guint r = 0; r < node->n; r++) {
    rows->lines[r] = node->items[r]->span.line;
    for (guint c = 0; c < names->len; c++) {
      const ConfNode *cell = conf_map_get(node->items[r], names->pdata[c]);
      if (cell && cell->kind != CONF_SCALAR) {
        base_error_at(error, BASE_ERROR_INPUT, cell->span, "rows: %s must be one value", (char *)names->pdata[c]);
        return FALSE;
      }
      rows->cells[(gsize)r * names->len + c] = conf_is_null(cell) ? NULL : g_strdup(cell->text);
    }
  }
  g_ptr_array_add(names, NULL);
  rows->columns = g_strdupv((char **)names->pdata);
  return TRUE;
}

void source_column_clear(SourceColumn *column) {
  char *texts[] = {column->of,        column->sql,    column->constant, column->when,
                   column->otherwise, column->empty,  column->format,   column->time_zone,
                   column->source,    column->lookup, column->equals,   column->take};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_strfreev(column->value_from);
  g_strfreev(column->value_to);
}

void source_rows_free(SourceRows *rows) {
  if (!rows) return;
  for (gsize i = 0; i < (gsize)rows->n_rows * rows->n_columns; i++) g_free(rows->cells[i]);
  g_free(rows->cells);
  g_free(rows->lines);
  g_strfreev(rows->columns);
  g_free(rows);
}
