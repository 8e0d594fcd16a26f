/* Sources: sources/NAME.yaml read into an IngestSource and checked against the ledger's schema.
 *
 * Everything that can be wrong without looking at the data is told here, with its place: an unknown table, column, file
 * name or option, two ways of making one column, a look-up without its parts. What needs the files (a header that is
 * gone) is told when they are read. */
#include "ingest/source.h"

#include <glib/gstdio.h>

#define SOURCE_MAX_TABLES 1000
#define SOURCE_MAX_MAPS   1000

static const char *const extracts[] = {"full", "increment", NULL};

/* --- the top --- */

typedef struct {
  char *source, *folder, *time_zone, *date_format, *decimal, *currency;
  double max_rejected;
  const ConfNode *tables, *map;
} Top;

static const ConfField top_fields[] = {
    {"source", CONF_TEXT, G_STRUCT_OFFSET(Top, source), FALSE, NULL},
    {"folder", CONF_TEXT, G_STRUCT_OFFSET(Top, folder), FALSE, NULL},
    {"time_zone", CONF_TEXT, G_STRUCT_OFFSET(Top, time_zone), FALSE, NULL},
    {"date_format", CONF_TEXT, G_STRUCT_OFFSET(Top, date_format), FALSE, NULL},
    {"decimal", CONF_TEXT, G_STRUCT_OFFSET(Top, decimal), FALSE, NULL},
    {"currency", CONF_TEXT, G_STRUCT_OFFSET(Top, currency), FALSE, NULL},
    {"max_rejected", CONF_SHARE, G_STRUCT_OFFSET(Top, max_rejected), FALSE, NULL},
    {"tables", CONF_NODE, G_STRUCT_OFFSET(Top, tables), FALSE, NULL},
    {"map", CONF_NODE, G_STRUCT_OFFSET(Top, map), TRUE, NULL},
};

gboolean source_read_decimal(const char *text, BaseSpan span, int *decimal, GError **error) {
  *decimal = 0;
  if (!text) return TRUE;
  if (strlen(text) == 1 && strchr(".,", text[0])) {
    *decimal = text[0];
    return TRUE;
  }
  base_error_at(error, BASE_ERROR_INPUT, span, "decimal: \"%s\" is no decimal sign; write \".\" or \",\"", text);
  return FALSE;
}

gboolean source_check_zone(const char *zone, BaseSpan span, GError **error) {
  if (!zone) return TRUE;
  g_autoptr(GTimeZone) found = g_time_zone_new_identifier(zone);
  if (found) return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, span,
                "time_zone: \"%s\" is no time zone; write a name such as Europe/Berlin or UTC", zone);
  return FALSE;
}

/* Of a key's value; of the map where it is absent. */
static BaseSpan span_of(const ConfNode *map, const char *key) {
  const ConfNode *value = conf_map_get(map, key);
  return value ? value->span : map->span;
}

/* ymd, dmy, mdy or a pattern with %. */
gboolean source_check_format(const char *format, BaseSpan span, GError **error) {
  static const char *const orders[] = {"ymd", "dmy", "mdy", "epoch"};
  if (!format || strchr(format, '%')) return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
    if (g_str_equal(format, orders[i])) return TRUE;
  }
  base_error_at(error, BASE_ERROR_INPUT, span,
                "\"%s\" is no date format; write ymd, dmy, mdy, epoch or a pattern such as \"%%d.%%m.%%Y %%H:%%M\"",
                format);
  return FALSE;
}

/* --- tables --- */

typedef struct {
  char **file;
  int extract;
  const ConfNode *csv, *json;
  char *currency, *cursor;
} TableText;

static const ConfField table_fields[] = {
    {"file", CONF_TEXTS, G_STRUCT_OFFSET(TableText, file), TRUE, NULL},
    {"extract", CONF_ENUM, G_STRUCT_OFFSET(TableText, extract), FALSE, extracts},
    {"csv", CONF_NODE, G_STRUCT_OFFSET(TableText, csv), FALSE, NULL},
    {"json", CONF_NODE, G_STRUCT_OFFSET(TableText, json), FALSE, NULL},
    {"currency", CONF_TEXT, G_STRUCT_OFFSET(TableText, currency), FALSE, NULL},
    {"cursor", CONF_TEXT, G_STRUCT_OFFSET(TableText, cursor), FALSE, NULL},
};

static const ConfField csv_fields[] = {
    {"delimiter", CONF_TEXT, G_STRUCT_OFFSET(SourceCsv, delimiter), FALSE, NULL},
    {"quote", CONF_TEXT, G_STRUCT_OFFSET(SourceCsv, quote), FALSE, NULL},
    {"encoding", CONF_TEXT, G_STRUCT_OFFSET(SourceCsv, encoding), FALSE, NULL},
    {"skip", CONF_INT, G_STRUCT_OFFSET(SourceCsv, skip), FALSE, NULL},
};

typedef struct {
  char *rows;
} JsonText;

static const ConfField json_fields[] = {{"rows", CONF_TEXT, G_STRUCT_OFFSET(JsonText, rows), FALSE, NULL}};

static gboolean read_csv_options(const ConfNode *node, SourceCsv *csv, GError **error) {
  *csv = (SourceCsv){.skip = -1};
  if (!node) return TRUE;
  SourceCsv read = {.skip = -1};
  if (!conf_read_map(node, csv_fields, G_N_ELEMENTS(csv_fields), &read, error)) return FALSE;
  if (!conf_map_get(node, "skip")) read.skip = -1;
  *csv = read;
  if (read.delimiter && g_str_equal(read.delimiter, "\\t")) {
    g_free(csv->delimiter);
    csv->delimiter = g_strdup("\t");
  }
  if (csv->delimiter && strlen(csv->delimiter) != 1) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "csv: delimiter must be one character");
    return FALSE;
  }
  if (csv->quote && strlen(csv->quote) > 1) {
    base_error_at(error, BASE_ERROR_INPUT, node->span, "csv: quote must be one character, or empty for none");
    return FALSE;
  }
  return TRUE;
}

/* `deals: file.csv` is short for `deals: {file: file.csv}`. */
static gboolean read_table(const ConfNode *key, const ConfNode *node, SourceTable *table, GError **error) {
  table->name = key->text;
  table->span = key->span;
  table->csv.skip = -1;
  if (node->kind == CONF_SCALAR && !conf_is_null(node)) {
    table->files = g_strsplit(node->text, "\n", 1);
    return TRUE;
  }
  TableText text = {0};
  if (!conf_read_map(node, table_fields, G_N_ELEMENTS(table_fields), &text, error)) return FALSE;
  table->files = text.file;
  table->extract = text.extract;
  table->currency = text.currency;
  table->cursor = text.cursor;
  if (!read_csv_options(text.csv, &table->csv, error)) return FALSE;
  if (text.json) {
    JsonText json = {0};
    if (!conf_read_map(text.json, json_fields, G_N_ELEMENTS(json_fields), &json, error)) return FALSE;
    table->json_rows = json.rows;
  }
  return TRUE;
}

static gboolean read_tables(IngestSource *source, const ConfNode *node, GError **error) {
  if (conf_is_null(node)) return TRUE;
  if (node->kind != CONF_MAP || node->n > SOURCE_MAX_TABLES) {
    base_error_at(error, BASE_ERROR_INPUT, node->span,
                  "tables: must be a map of at most %d names to files, such as \"deals: {file: deals.csv}\"",
                  SOURCE_MAX_TABLES);
    return FALSE;
  }
  source->tables = g_new0(SourceTable, node->n);
  for (guint i = 0; i < node->n; i++) {
    source->n_tables = i + 1;
    if (!read_table(node->keys[i], node->items[i], &source->tables[i], error)) return FALSE;
  }
  return TRUE;
}

SourceTable *source_find_table(const IngestSource *source, const char *name) {
  for (guint i = 0; i < source->n_tables; i++) {
    if (g_str_equal(source->tables[i].name, name)) return &source->tables[i];
  }
  return NULL;
}

/* --- map entries --- */

typedef struct {
  char *to, *from, *where;
  const ConfNode *columns, *rows;
} MapText;

static const ConfField map_fields[] = {
    {"to", CONF_TEXT, G_STRUCT_OFFSET(MapText, to), TRUE, NULL},
    {"from", CONF_TEXT, G_STRUCT_OFFSET(MapText, from), FALSE, NULL},
    {"where", CONF_TEXT, G_STRUCT_OFFSET(MapText, where), FALSE, NULL},
    {"columns", CONF_NODE, G_STRUCT_OFFSET(MapText, columns), FALSE, NULL},
    {"rows", CONF_NODE, G_STRUCT_OFFSET(MapText, rows), FALSE, NULL},
};

static gboolean find_ledger_table(const LedgerSchema *schema, const char *name, BaseSpan span,
                                  const LedgerTable **table, GError **error) {
  *table = ledger_schema_find(schema, name);
  if (*table && (*table)->kind != LEDGER_DERIVED) return TRUE;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *each = ledger_schema_table(schema, i);
    if (each->kind != LEDGER_DERIVED) g_ptr_array_add(names, (gpointer)each->name);
  }
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_ptr_array_add(names, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
  base_error_at(error, BASE_ERROR_NOT_FOUND, span, "to: %s \"%s\"%s%s%s; there are %s",
                *table ? "nothing can be loaded into" : "there is no table", name, nearest ? "; did you mean " : "",
                nearest ? nearest : "", nearest ? "?" : "", all);
  return FALSE;
}

static gboolean find_from(const IngestSource *source, const MapText *text, BaseSpan span, SourceTable **from,
                          GError **error) {
  *from = text->from ? source_find_table(source, text->from) : NULL;
  if (*from) return TRUE;
  if (!text->from) {
    base_error_at(error, BASE_ERROR_INPUT, span,
                  "%s: say which of the tables its rows come from (from:), or write rows:", text->to);
    return FALSE;
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < source->n_tables; i++) g_ptr_array_add(names, (gpointer)source->tables[i].name);
  const char *nearest = base_nearest(text->from, (const char *const *)names->pdata, names->len);
  base_error_at(error, BASE_ERROR_NOT_FOUND, span, "from: there is no \"%s\" under tables:%s%s%s", text->from,
                nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
  return FALSE;
}

/* A column that every row must have, and that nothing makes. */
static gboolean check_required(const SourceMap *map, GError **error) {
  for (guint i = 0; i < map->table->n_columns; i++) {
    const LedgerColumn *column = &map->table->columns[i];
    if (!(column->flags & LEDGER_REQUIRED) || source_map_column(map, column->name)) continue;
    base_error_at(error, BASE_ERROR_INPUT, map->span, "%s needs %s (%s): say which column of the file it comes from",
                  map->table->name, column->name, column->about);
    return FALSE;
  }
  if (map->table->kind != LEDGER_DIMENSION || source_map_column(map, "id") || source_map_column(map, "name"))
    return TRUE;
  base_error_at(error, BASE_ERROR_INPUT, map->span, "%s needs an id or a name", map->table->name);
  return FALSE;
}

static gboolean read_map_checked(IngestSource *source, const LedgerSchema *schema, const ConfNode *node,
                                 const MapText *text, SourceMap *map, GError **error) {
  map->span = node->span;
  if (!find_ledger_table(schema, text->to, node->span, &map->table, error)) return FALSE;
  if (text->rows) {
    if (text->from || text->columns || text->where) {
      base_error_at(error, BASE_ERROR_INPUT, node->span, "%s: rows: stands alone, without from, columns and where",
                    text->to);
      return FALSE;
    }
    return source_read_rows(source, map, text->rows, error) && check_required(map, error);
  }
  return find_from(source, text, node->span, &map->from, error) &&
         source_read_columns(source, map, text->columns, error) && check_required(map, error);
}

static gboolean read_map(IngestSource *source, const LedgerSchema *schema, const ConfNode *node, SourceMap *map,
                         GError **error) {
  MapText text = {0};
  if (!conf_read_map(node, map_fields, G_N_ELEMENTS(map_fields), &text, error)) return FALSE;
  map->where = g_strdup(text.where);
  gboolean ok = read_map_checked(source, schema, node, &text, map, error);
  conf_free_fields(map_fields, G_N_ELEMENTS(map_fields), &text);
  return ok;
}

static gboolean read_maps(IngestSource *source, const LedgerSchema *schema, const ConfNode *node, GError **error) {
  if (conf_is_null(node) || node->kind != CONF_LIST || node->n > SOURCE_MAX_MAPS) {
    base_error_at(
        error, BASE_ERROR_INPUT, node->span,
        "map: must be a list of at most %d entries, such as \"- {to: opportunity, from: deals, columns: {id: Id}}\"",
        SOURCE_MAX_MAPS);
    return FALSE;
  }
  source->maps = g_new0(SourceMap, node->n);
  for (guint i = 0; i < node->n; i++) {
    source->n_maps = i + 1;
    if (!read_map(source, schema, node->items[i], &source->maps[i], error)) return FALSE;
  }
  return TRUE;
}

/* --- the whole --- */

static char *absolute_folder(const char *folder, const char *workspace) {
  if (!folder) return g_strdup(workspace ? workspace : ".");
  return g_canonicalize_filename(folder, workspace);
}

static char *name_of_file(const char *file) {
  g_autofree char *base = g_path_get_basename(file ? file : "source");
  char *dot = strrchr(base, '.');
  if (dot && dot != base) *dot = '\0';
  return g_strdup(base);
}

static gboolean take_top(IngestSource *source, const ConfNode *root, const Top *top, const char *file,
                         const char *workspace, const ConfOrganisation *organisation, GError **error) {
  source->name = top->source ? g_strdup(top->source) : name_of_file(file);
  source->folder = absolute_folder(top->folder, workspace);
  source->time_zone = g_strdup(top->time_zone ? top->time_zone : organisation->time_zone);
  source->date_format = g_strdup(top->date_format);
  source->currency = g_strdup(top->currency ? top->currency : organisation->currency);
  source->max_is_given = conf_map_get(root, "max_rejected") != NULL;
  source->max_rejected = source->max_is_given ? top->max_rejected : organisation->max_rejected_share;
  if (top->currency && !base_currency_is_valid(top->currency)) {
    base_error_at(error, BASE_ERROR_INPUT, conf_map_get(root, "currency")->span,
                  "currency: \"%s\" is no currency; write three capital letters, such as EUR", top->currency);
    return FALSE;
  }
  return source_read_decimal(top->decimal, root->span, &source->decimal, error) &&
         source_check_zone(top->time_zone, span_of(root, "time_zone"), error) &&
         source_check_format(top->date_format, span_of(root, "date_format"), error);
}

static gboolean read_source(IngestSource *source, const ConfNode *root, const char *file, const char *workspace,
                            const LedgerSchema *schema, const ConfOrganisation *organisation, GError **error) {
  if (!root) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: is empty; a source needs tables: and map:", file);
    return FALSE;
  }
  Top top = {0};
  if (!conf_read_map(root, top_fields, G_N_ELEMENTS(top_fields), &top, error)) return FALSE;
  gboolean ok = take_top(source, root, &top, file, workspace, organisation, error) &&
                read_tables(source, top.tables, error) && read_maps(source, schema, top.map, error);
  conf_free_fields(top_fields, G_N_ELEMENTS(top_fields), &top);
  return ok;
}

IngestSource *ingest_source_parse(const char *file, const char *text, gsize length, const char *workspace,
                                  const LedgerSchema *schema, const ConfOrganisation *organisation, GError **error) {
  ConfDocument *document = conf_document_parse(file, text, length, error);
  if (!document) return NULL;
  IngestSource *source = g_new0(IngestSource, 1);
  source->document = document;
  source->file = g_strdup(file);
  if (read_source(source, conf_document_root(document), file, workspace, schema, organisation, error)) return source;
  ingest_source_free(source);
  return NULL;
}

IngestSource *ingest_source_load(const char *path, const LedgerSchema *schema, const ConfOrganisation *organisation,
                                 GError **error) {
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr(GError) failed = NULL;
  if (!g_file_get_contents(path, &text, &length, &failed)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s: cannot be read: %s", path, failed->message);
    return NULL;
  }
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  g_autofree char *sources = g_path_get_dirname(absolute);
  g_autofree char *workspace = g_path_get_dirname(sources);
  return ingest_source_parse(path, text, length, workspace, schema, organisation, error);
}

const char *ingest_source_name(const IngestSource *source) {
  return source->name;
}

const char *ingest_source_folder(const IngestSource *source) {
  return source->folder;
}

const SourceColumn *source_map_column(const SourceMap *map, const char *target) {
  for (guint i = 0; i < map->n_columns; i++) {
    if (g_str_equal(map->columns[i].target, target)) return &map->columns[i];
  }
  return NULL;
}

static void clear_table(SourceTable *table) {
  g_strfreev(table->files);
  g_free(table->currency);
  g_free(table->cursor);
  g_free(table->json_rows);
  g_free(table->csv.delimiter);
  g_free(table->csv.quote);
  g_free(table->csv.encoding);
}

void ingest_source_free(IngestSource *source) {
  if (!source) return;
  for (guint i = 0; i < source->n_tables; i++) clear_table(&source->tables[i]);
  for (guint i = 0; i < source->n_maps; i++) {
    SourceMap *map = &source->maps[i];
    for (guint k = 0; k < map->n_columns; k++) source_column_clear(&map->columns[k]);
    g_free(map->columns);
    g_free(map->where);
    source_rows_free(map->rows);
  }
  g_free(source->tables);
  g_free(source->maps);
  char *texts[] = {source->name,        source->folder,   source->time_zone,
                   source->date_format, source->currency, source->file};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  conf_document_free(source->document);
  g_free(source);
}
