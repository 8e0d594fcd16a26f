/* Increments by a cursor.
 *
 * A position is the greatest value of the column that was ever read, kept in attain_meta (name cursor:SOURCE:TABLE) in
 * the transaction of its rows: either both are there or neither. Rows at the position are read again, for more of them
 * may have come since; those that came before change nothing. Values are numbers, or times of ISO 8601, compared as
 * such; a row without a value is always read. */
#include "ingest/cursor.h"

#include "ingest/memory.h"

static char *number_sql(const char *header) {
  return g_strdup_printf("TRY_CAST(trim(%s) AS DECIMAL(38, 6))", header);
}

static char *time_sql(const char *header) {
  return g_strdup_printf(
      "CAST(CASE WHEN attain_has_offset(trim(%s)) THEN attain_with_offset(trim(%s)) ELSE attain_iso(trim(%s)) END AS "
      "DECIMAL(38, 6))",
      header, header, header);
}

static char *name_of(const Load *load, const SourceTable *table) {
  g_autofree char *plain = g_strdup_printf("cursor:%s:%s", load->source->name, table->name);
  return store_quote_text(plain);
}

/* "number 42.000000" or "time 1790000000000000.000000", or NULL. */
static char *position_of(Load *load, const SourceTable *table, GError **error) {
  g_autofree char *name = name_of(load, table);
  g_autoptr(StoreRows) rows = load_query(load, error, "SELECT value FROM attain_meta WHERE name = %s", name);
  if (!rows) return NULL;
  StoreValue value = store_rows_count(rows) ? store_rows_value(rows, 0, 0) : (StoreValue){0};
  return g_strdup(value.type == STORE_TEXT ? value.text : "");
}

static gboolean fail_neither(const SourceTable *table, const char *example, GError **error) {
  base_error_at(error, BASE_ERROR_INPUT, table->span,
                "cursor: %s has \"%s\", which is neither a number nor a time such as 2026-03-31T09:30:00Z: name a "
                "column that rises with every change",
                table->cursor, example);
  return FALSE;
}

gboolean cursor_find(Load *load, ReadStage *stage, guint index, GError **error) {
  const SourceTable *table = stage->table;
  if (!table || !table->cursor || stage->headers->len == 0) return TRUE;
  const char *found = read_stage_header(stage, table->cursor, table->span, error);
  if (!found) return FALSE;
  g_autofree char *header = store_quote_name(found);
  g_autofree char *number = number_sql(header);
  g_autofree char *time = time_sql(header);
  g_autofree char *name = store_quote_name(stage->name);
  g_autofree char *position = position_of(load, table, error);
  if (!position) return FALSE;
  g_autoptr(StoreRows) rows = load_query(
      load, error,
      "SELECT count(*) FILTER (trim(v) <> ''), count(n), count(t), CAST(max(n) AS VARCHAR), CAST(max(t) AS VARCHAR), "
      "min(v) FILTER (trim(v) <> '' AND n IS NULL AND t IS NULL) FROM (SELECT %s AS v, %s AS n, %s AS t FROM %s)",
      header, number, time, name);
  if (!rows) return FALSE;
  gint64 n = store_rows_value(rows, 0, 0).integer;
  gboolean is_number = store_rows_value(rows, 0, 1).integer == n;
  if (!is_number && store_rows_value(rows, 0, 2).integer < n) {
    StoreValue example = store_rows_value(rows, 0, 5);
    return fail_neither(table, example.type == STORE_TEXT ? example.text : "numbers and times", error);
  }
  const char *kind = is_number ? "number " : "time ";
  stage->cursor = g_strdup(is_number ? number : time);
  StoreValue most = store_rows_value(rows, 0, is_number ? 3 : 4);
  if (n > 0) stage->cursor_to = g_strconcat(kind, most.text, NULL);
  if (load->options->full || n == 0 || !g_str_has_prefix(position, kind)) return TRUE;
  stage->cursor_from = g_strdup(position + strlen(kind));
  load->plan->is_cut[index] = TRUE;
  return TRUE;
}

static gboolean keep_one(Load *load, const ReadStage *stage, gboolean *is_changed, GError **error) {
  g_autofree char *name = name_of(load, stage->table);
  g_autofree char *to = store_quote_text(stage->cursor_to);
  gint64 n = 0;
  /* Further than what is there, or of another kind. */
  if (!load_count(
          load, &n, error,
          "SELECT count(*) FROM attain_meta WHERE name = %s AND split_part(value, ' ', 1) = split_part(%s, ' ', "
          "1) AND CAST(split_part(value, ' ', 2) AS DECIMAL(38, 6)) >= CAST(split_part(%s, ' ', 2) AS "
          "DECIMAL(38, 6))",
          name, to, to))
    return FALSE;
  if (n > 0) return TRUE;
  *is_changed = TRUE;
  return load_run(load, NULL, error, "DELETE FROM attain_meta WHERE name = %s", name) &&
         load_run(load, NULL, error, "INSERT INTO attain_meta VALUES (%s, %s)", name, to);
}

gboolean cursor_keep(Load *load, ReadStage *const *stages, gboolean *is_changed, GError **error) {
  for (guint t = 0; t < load->source->n_tables; t++) {
    if (stages[t] && stages[t]->cursor_to && !keep_one(load, stages[t], is_changed, error)) return FALSE;
  }
  return TRUE;
}
