/* Records that a put refused, kept in the table `rejected` as the rows of files are: with the reason, the source, the
 * record's text, its place in the call, and the load, which says when.
 *
 *   refused again, otherwise     takes the place of what was kept of the id
 *   put again and taken          is kept no more
 *   the source is loaded whole   nothing of it is kept (reject.c)
 *
 * Both ways of a put come here, for the fast one leaves what was refused before to the long one. */
#include "ingest/load.h"
#include "ingest/put_private.h"

#define MAX_KEPT 10000 /* of a source: the last ones */

/* What is kept of the table and the source. */
static char *kept_sql(const PutCall *call) {
  g_autofree char *source = store_quote_text(call->given->source);
  g_autofree char *table = store_quote_text(call->table->name);
  return g_strdup_printf("source = %s AND table_name = %s AND from_name = '" PUT_FROM "'", source, table);
}

/* attain_given (r, id, reason, record): the records of the call; reason NULL: taken. */
static gboolean read_given(Load *load, const PutCall *call, const IngestPutReport *report, GError **error) {
  g_autoptr(GString) refused = g_string_new("(NULL::BIGINT, NULL::VARCHAR)");
  for (guint i = 0; i < report->rejected->len; i++) {
    const IngestPutRejected *rejected = &g_array_index(report->rejected, IngestPutRejected, i);
    g_autofree char *reason = store_quote_text(rejected->reason);
    g_string_append_printf(refused, ", (%u, %s)", rejected->record, reason);
  }
  g_autofree char *json = store_quote_text(call->json);
  load_temporary(load, "attain_given");
  return load_run(
      load, NULL, error,
      "CREATE OR REPLACE TEMP TABLE attain_given AS SELECT g.r, g.o ->> 'id' AS id, v.reason, CAST(json(g.o) AS "
      "VARCHAR) AS "
      "record FROM (SELECT unnest(l) AS o, generate_subscripts(l, 1) - 1 AS r FROM (SELECT CASE json_type(j) WHEN "
      "'ARRAY' THEN CAST(j AS JSON[]) ELSE [j] END AS l FROM (SELECT CAST(%s AS JSON) AS j))) g LEFT JOIN (VALUES %s) "
      "v(r, reason) ON v.r = g.r",
      json, refused->str);
}

/* Is something refused that is not kept so already, or taken that was refused before? */
static gboolean find_change(Load *load, const char *kept, const char *settled, gboolean *is_changed, GError **error) {
  gint64 n = 0;
  if (!load_count(
          load, &n, error,
          "SELECT (SELECT count(*) FROM (SELECT reason, record FROM attain_given WHERE reason IS NOT NULL "
          "EXCEPT SELECT reason, row_json FROM rejected WHERE %s)) + (SELECT count(*) FROM rejected WHERE %s "
          "AND (row_json ->> 'id') IN (SELECT id FROM attain_given WHERE %s) AND (row_json ->> 'id') NOT IN (SELECT "
          "id FROM attain_given WHERE reason IS NOT NULL AND id IS NOT NULL))",
          kept, kept, settled))
    return FALSE;
  *is_changed = n > 0;
  return TRUE;
}

static gboolean replace(Load *load, const PutCall *call, const char *kept, const char *settled, GError **error) {
  g_autofree char *source = store_quote_text(call->given->source);
  g_autofree char *table = store_quote_text(call->table->name);
  return load_run(load, NULL, error,
                  "DELETE FROM rejected WHERE %s AND ((row_json ->> 'id') IN (SELECT id FROM attain_given WHERE %s) OR "
                  "row_json IN (SELECT record FROM attain_given WHERE reason IS NOT NULL))",
                  kept, settled) &&
         load_run(load, NULL, error,
                  "INSERT INTO rejected (\"load\", source, table_name, from_name, file, line, reason, row_json) SELECT "
                  "%d, %s, %s, '" PUT_FROM "', '" PUT_FROM
                  "', r + 1, reason, record FROM attain_given WHERE reason IS NOT NULL ORDER BY r",
                  load->number, source, table) &&
         load_run(load, NULL, error,
                  "DELETE FROM rejected WHERE source = %s AND from_name = '" PUT_FROM
                  "' AND rowid IN (SELECT rowid FROM rejected WHERE source = %s AND from_name = '" PUT_FROM
                  "' ORDER BY \"load\" DESC, rowid DESC OFFSET %d)",
                  source, source, MAX_KEPT);
}

gboolean put_keep_refused(Load *load, const PutCall *call, const IngestPutReport *report, gboolean *is_changed,
                          GError **error) {
  g_autofree char *kept = kept_sql(call);
  gboolean is_refused = report->rejected->len > 0, is_none_taken = is_refused && call->given->is_whole;
  const char *settled = is_none_taken ? "reason IS NOT NULL AND id IS NOT NULL" : "id IS NOT NULL";
  gint64 n_kept = 0;
  *is_changed = FALSE;
  if (!load_count(load, &n_kept, error, "SELECT count(*) FROM rejected WHERE %s", kept)) return FALSE;
  if (!is_refused && n_kept == 0) return TRUE;
  return read_given(load, call, report, error) && find_change(load, kept, settled, is_changed, error) &&
         (!*is_changed || replace(load, call, kept, settled, error));
}
