/* The texts that a map entry's columns are made from: headers, constants, expressions, look-ups, value maps,
 * conditions.
 *
 *   SELECT s._file, s._row, <text> AS r0, <text> AS r1 … FROM (staging WHERE condition) s LEFT JOIN look-up l3 …
 *
 * Expressions are the user's own SQL, over the file's headers. Each is tried by itself first, so that an error names
 * its line. */
#include "ingest/map.h"

static char *quoted_header(const ReadStage *stage, const char *name, BaseSpan span, GError **error) {
  const char *header = read_stage_header(stage, name, span, error);
  return header ? store_quote_name(header) : NULL;
}

/* The column that an expression reads and the file has not; NULL when that is not what is wrong. */
static char *missing_column(const char *message) {
  static const char before[] = "Referenced column \"";
  const char *at = strstr(message, before);
  const char *name = at ? at + strlen(before) : NULL;
  const char *end = name ? strstr(name, "\" not found") : NULL;
  return end ? g_strndup(name, (gsize)(end - name)) : NULL;
}

static gboolean try_sql(Load *load, const ReadStage *stage, const char *what, const char *expression, BaseSpan span,
                        GError **error) {
  g_autofree char *table = store_quote_name(stage->name);
  g_autoptr(GError) failed = NULL;
  g_autoptr(StoreRows) rows = load_query(load, &failed, "SELECT (%s) FROM %s LIMIT 0", expression, table);
  if (rows) return TRUE;
  g_autofree char *missing = missing_column(failed->message);
  if (missing && !read_stage_header(stage, missing, span, error)) return FALSE;
  base_error_at(error, BASE_ERROR_INPUT, span, "%s: \"%s\" is no SQL over the file's columns: %s", what, expression,
                failed->message);
  return FALSE;
}

/* The staging table has NULL for an empty text already. trim() costs ten times as much as looking for spaces. */
static char *trimmed(const char *expression, gboolean is_column) {
  if (!is_column) return g_strdup_printf("nullif(trim(%s), '')", expression);
  return g_strdup_printf("CASE WHEN starts_with(%s, ' ') OR ends_with(%s, ' ') THEN nullif(trim(%s), '') ELSE %s END",
                         expression, expression, expression, expression);
}

/* A look-up joins the other table once by its key; the first row of a key counts. */
static char *join_lookup(const SourceColumn *column, const char *of, ReadStage *const *stages,
                         const IngestSource *source, guint index, GString *joins, GError **error) {
  const ReadStage *other = NULL;
  for (guint i = 0; i < source->n_tables; i++) {
    if (g_str_equal(source->tables[i].name, column->lookup)) other = stages[i];
  }
  if (!other) return NULL;
  g_autofree char *equals = quoted_header(other, column->equals, column->span, error);
  g_autofree char *take = equals ? quoted_header(other, column->take, column->span, error) : NULL;
  if (!take) return NULL;
  g_autofree char *table = store_quote_name(other->name);
  g_string_append_printf(
      joins,
      " LEFT JOIN (SELECT lower(trim(%s)) AS _key%u, arg_min(%s, rowid) AS _take%u FROM %s WHERE %s IS NOT NULL "
      "GROUP BY 1) l%u ON l%u._key%u = lower(trim(%s))",
      equals, index, take, index, table, equals, index, index, index, of);
  return g_strdup_printf("l%u._take%u", index, index);
}

/* What is read by one cast is either not concerned by spaces around it or found to be bad, and then read with care. */
static gboolean needs_no_trimming(const MapEntry *entry, const SourceColumn *column, guint index) {
  if (!entry->parts || entry->parts->len != 1 || !map_has_id(entry) || !map_is_as_it_is(column)) return FALSE;
  const MapPart *part = entry->parts->pdata[0];
  return g_array_index(part->columns, MapColumn, index).form != MAP_ANY;
}

static char *base_text(Load *load, const MapEntry *entry, const SourceColumn *column, ReadStage *const *stages,
                       guint index, GString *joins, GError **error) {
  g_autofree char *text = NULL;
  if (column->constant) {
    text = store_quote_text(column->constant);
  } else if (column->sql) {
    if (!try_sql(load, entry->stage, column->target, column->sql, column->span, error)) return NULL;
    text = g_strdup_printf("CAST((%s) AS VARCHAR)", column->sql);
  } else {
    g_autofree char *header = quoted_header(entry->stage, column->of, column->span, error);
    if (!header) return NULL;
    text = g_strdup_printf("s.%s", header);
  }
  if (needs_no_trimming(entry, column, index)) return g_steal_pointer(&text);
  if (!column->lookup) return trimmed(text, column->of != NULL);
  g_autofree char *taken = join_lookup(column, text, stages, load->source, index, joins, error);
  return taken ? trimmed(taken, TRUE) : NULL;
}

/* values: {Won: won} and else. An empty text stays empty unless the map has an entry for it. */
static char *mapped_text(const SourceColumn *column, char *text) {
  if (!column->value_from) return text;
  g_autoptr(GString) sql = g_string_new("CASE");
  for (guint i = 0; column->value_from[i]; i++) {
    g_autofree char *stripped = g_strstrip(g_utf8_strdown(column->value_from[i], -1));
    g_autofree char *from = store_quote_text(stripped);
    g_autofree char *to = *column->value_to[i] ? store_quote_text(column->value_to[i]) : g_strdup("NULL");
    if (*stripped) {
      g_string_append_printf(sql, " WHEN lower(%s) = %s THEN %s", text, from, to);
    } else {
      g_string_append_printf(sql, " WHEN %s IS NULL THEN %s", text, to);
    }
  }
  g_string_append_printf(sql, " WHEN %s IS NULL THEN NULL", text);
  g_autofree char *otherwise = column->otherwise ? store_quote_text(column->otherwise) : g_strdup(text);
  g_string_append_printf(sql, " ELSE %s END", otherwise);
  g_free(text);
  return g_string_free(g_steal_pointer(&sql), FALSE);
}

static char *column_text(Load *load, const MapEntry *entry, const SourceColumn *column, ReadStage *const *stages,
                         guint index, GString *joins, GError **error) {
  char *text = base_text(load, entry, column, stages, index, joins, error);
  if (!text) return NULL;
  text = mapped_text(column, text);
  if (column->when) {
    if (!try_sql(load, entry->stage, column->target, column->when, column->span, error)) {
      g_free(text);
      return NULL;
    }
    char *conditional = g_strdup_printf("CASE WHEN (%s) THEN %s END", column->when, text);
    g_free(text);
    text = conditional;
  }
  if (column->empty) {
    g_autofree char *empty = store_quote_text(column->empty);
    char *filled = g_strdup_printf("coalesce(%s, %s)", text, empty);
    g_free(text);
    text = filled;
  }
  return text;
}

char *map_raw_select(Load *load, const MapEntry *entry, ReadStage *const *stages, GError **error) {
  const SourceMap *map = entry->map;
  if (map->where && !try_sql(load, entry->stage, "where", map->where, map->span, error)) return NULL;
  g_autofree char *table = store_quote_name(entry->stage->name);
  g_autoptr(GString) select = g_string_new("SELECT s._file AS _file, s._row AS _row");
  g_autoptr(GString) joins = g_string_new(NULL);
  for (guint i = 0; i < map->n_columns; i++) {
    g_autofree char *text = column_text(load, entry, &map->columns[i], stages, i, joins, error);
    if (!text) return NULL;
    g_string_append_printf(select, ", %s AS r%u", text, i);
  }
  g_autofree char *number =
      entry->stage->is_view ? g_strdup("NULL::BIGINT") : g_strdup_printf("rowid - (SELECT min(rowid) FROM %s)", table);
  const ReadStage *stage = entry->stage;
  if (stage->cursor) g_string_append(select, ", s._cursor AS _cursor");
  if (stage->cursor_from)
    g_string_append_printf(select, ", coalesce(s._cursor < %s, FALSE) AS _old", stage->cursor_from);
  g_autofree char *cursor = stage->cursor ? g_strdup_printf("%s AS _cursor, ", stage->cursor) : g_strdup("");
  g_string_append_printf(select, " FROM (SELECT *, %s %s AS _row FROM %s%s%s%s) s%s", cursor, number, table,
                         map->where ? " WHERE (" : "", map->where ? map->where : "", map->where ? ")" : "", joins->str);
  return g_string_free(g_steal_pointer(&select), FALSE);
}

char *map_text_select(Load *load, const MapEntry *entry, const SourceColumn *column, ReadStage *const *stages,
                      GError **error) {
  const SourceMap *map = entry->map;
  g_autoptr(GString) joins = g_string_new(NULL);
  g_autofree char *text = base_text(load, entry, column, stages, 0, joins, error);
  if (!text) return NULL;
  g_autofree char *table = store_quote_name(entry->stage->name);
  return g_strdup_printf("SELECT %s AS v FROM (SELECT * FROM %s%s%s%s) s%s", text, table, map->where ? " WHERE (" : "",
                         map->where ? map->where : "", map->where ? ")" : "", joins->str);
}
