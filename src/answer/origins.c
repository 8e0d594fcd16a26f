/* Sources, loads and rejected rows.
 *
 * Pages go by what an entry is, not by its place: behind a cursor come the entries that are greater, whatever was
 * written or cleared away meanwhile. Loads go by their number. A rejected row has none; it goes by its load, file and
 * line, then by a digest of all of it, and the nth of those that are alike in everything. */
#include "answer/origins.h"

#include "answer/cursor.h"
#include "answer/members.h"
#include "session/sources.h"

#include <string.h>

#define CURSOR_PARTS 5

/* The parts of a cursor, the first of them a number. */
static char **read_cursor(const char *cursor, guint n, gint64 *first, GError **error) {
  g_auto(GStrv) parts = answer_cursor_read(cursor, n, error);
  if (!parts) return NULL;
  if (g_ascii_string_to_signed(parts[0], 10, 0, G_MAXINT64, first, NULL)) return g_steal_pointer(&parts);
  answer_cursor_refuse(cursor, error);
  return NULL;
}

static guint rows_of(const AnswerPage *page) {
  return page->limit ? page->limit : ANSWER_USUAL_PAGE;
}

static StoreValue text_value(const char *text) {
  return text ? (StoreValue){.type = STORE_TEXT, .text = text} : (StoreValue){.type = STORE_NULL};
}

static StoreValue number_value(gint64 number) {
  return (StoreValue){.type = STORE_INT, .integer = number};
}

static void instant_member(CliJson *json, const char *key, StoreValue value) {
  g_autofree char *text = value.type == STORE_NULL ? NULL : answer_instant(value.integer);
  cli_json_member_text(json, key, text);
}

static void count_member(CliJson *json, const char *key, StoreValue value) {
  cli_json_key(json, key);
  if (value.type == STORE_NULL)
    cli_json_null(json);
  else
    cli_json_integer(json, value.integer);
}

/* --- loads --- */

static void json_load(CliJson *json, const StoreRows *rows, gsize row) {
  static const char *const counts[] = {"read", "new", "changed", "unchanged", "rejected", "skipped", "closed"};
  StoreValue seconds = store_rows_value(rows, row, 3);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "load", store_rows_value(rows, row, 0).integer);
  cli_json_member_text(json, "source", store_rows_value(rows, row, 1).text);
  instant_member(json, "at", store_rows_value(rows, row, 2));
  cli_json_value(json, "seconds", seconds.type != STORE_NULL, seconds.number);
  for (guint i = 0; i < G_N_ELEMENTS(counts); i++) count_member(json, counts[i], store_rows_value(rows, row, 4 + i));
  cli_json_end_object(json);
}

gboolean answer_loads_json(const Session *session, const AnswerPage *page, FILE *out, GError **error) {
  gint64 after = -1;
  g_auto(GStrv) parts = page->cursor ? read_cursor(page->cursor, 1, &after, error) : NULL;
  if (page->cursor && !parts) return FALSE;
  guint limit = rows_of(page);
  const StoreValue values[] = {number_value(after), text_value(page->source), text_value(page->source),
                               number_value((gint64)limit + 1)};
  g_autoptr(StoreRows) rows =
      store_query(session->store,
                  "SELECT \"load\", source, \"at\", seconds, n_read, n_new, n_changed, n_unchanged, n_rejected, "
                  "n_skipped, n_closed FROM \"load\" WHERE \"load\" > ? AND (CAST(? AS VARCHAR) IS NULL OR source = ?) "
                  "ORDER BY \"load\" LIMIT ?",
                  values, G_N_ELEMENTS(values), 0, error);
  if (!rows) return FALSE;
  gsize n = MIN(store_rows_count(rows), limit);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "loads");
  for (gsize row = 0; row < n; row++) json_load(json, rows, row);
  cli_json_end_array(json);
  g_autofree char *last = store_rows_count(rows) > n
                              ? g_strdup_printf("%" G_GINT64_FORMAT, store_rows_value(rows, n - 1, 0).integer)
                              : NULL;
  g_autofree char *next = last ? answer_cursor_make(last) : NULL;
  cli_json_member_text(json, "next", next);
  cli_json_end_object(json);
  return TRUE;
}

/* --- rejected rows --- */

static void json_rejected(CliJson *json, const StoreRows *rows, gsize row) {
  static const char *const texts[] = {"source", "table", "from", "file"};
  cli_json_begin_object(json);
  cli_json_member_integer(json, "load", store_rows_value(rows, row, 0).integer);
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    StoreValue value = store_rows_value(rows, row, 1 + i);
    cli_json_member_text(json, texts[i], value.type == STORE_NULL ? NULL : value.text);
  }
  count_member(json, "line", store_rows_value(rows, row, 5));
  cli_json_member_text(json, "reason", store_rows_value(rows, row, 6).text);
  StoreValue whole = store_rows_value(rows, row, 7);
  cli_json_member_text(json, "row", whole.type == STORE_NULL ? NULL : whole.text);
  cli_json_end_object(json);
}

static const char rejected_sql[] =
    "SELECT \"load\", source, table_name, from_name, file, line, reason, row_json, digest, nth FROM ("
    "SELECT *, row_number() OVER (PARTITION BY \"load\", digest) AS nth FROM ("
    "SELECT *, md5(concat_ws(chr(31), source, table_name, from_name, coalesce(file, ''), coalesce(line, 0), reason, "
    "coalesce(row_json, ''))) AS digest FROM rejected WHERE CAST(? AS VARCHAR) IS NULL OR source = ?)) "
    "WHERE (\"load\", coalesce(file, ''), coalesce(line, 0), digest, nth) > (?, ?, ?, ?, ?) "
    "ORDER BY \"load\", coalesce(file, ''), coalesce(line, 0), digest, nth LIMIT ?";

/* "load|line|digest|nth|file" of a row. */
static char *rejected_cursor(const StoreRows *rows, gsize row) {
  StoreValue file = store_rows_value(rows, row, 4), line = store_rows_value(rows, row, 5);
  g_autofree char *text = g_strdup_printf(
      "%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%s|%" G_GINT64_FORMAT "|%s", store_rows_value(rows, row, 0).integer,
      line.type == STORE_NULL ? 0 : line.integer, store_rows_value(rows, row, 8).text,
      store_rows_value(rows, row, 9).integer, file.type == STORE_NULL ? "" : file.text);
  return answer_cursor_make(text);
}

gboolean answer_rejected_json(const Session *session, const AnswerPage *page, FILE *out, GError **error) {
  gint64 load = -1;
  g_auto(GStrv) after = page->cursor ? read_cursor(page->cursor, CURSOR_PARTS, &load, error) : NULL;
  if (page->cursor && !after) return FALSE;
  guint limit = rows_of(page);
  const StoreValue values[] = {text_value(page->source),
                               text_value(page->source),
                               number_value(load),
                               text_value(after ? after[4] : ""),
                               number_value(after ? g_ascii_strtoll(after[1], NULL, 10) : 0),
                               text_value(after ? after[2] : ""),
                               number_value(after ? g_ascii_strtoll(after[3], NULL, 10) : 0),
                               number_value((gint64)limit + 1)};
  g_autoptr(StoreRows) rows = store_query(session->store, rejected_sql, values, G_N_ELEMENTS(values), 0, error);
  if (!rows) return FALSE;
  gsize n = MIN(store_rows_count(rows), limit);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "rejected");
  for (gsize row = 0; row < n; row++) json_rejected(json, rows, row);
  cli_json_end_array(json);
  g_autofree char *next = store_rows_count(rows) > n ? rejected_cursor(rows, n - 1) : NULL;
  cli_json_member_text(json, "next", next);
  cli_json_end_object(json);
  return TRUE;
}

/* --- sources --- */

/* `file` and `wrong` NULL: only programs put records of it. `row` of `loads`, or -1: nothing was loaded yet. Without
 * `counts` it is told when its last load was, and nothing else of that. */
static void json_source(CliJson *json, const char *name, const char *file, const char *wrong, const StoreRows *loads,
                        gssize row, gboolean counts) {
  StoreValue none = {.type = STORE_NULL};
  gboolean is_told = row >= 0 && counts;
  cli_json_begin_object(json);
  cli_json_member_text(json, "source", name);
  cli_json_member_text(json, "file", file);
  cli_json_member_text(json, "error", wrong);
  count_member(json, "load", is_told ? store_rows_value(loads, (gsize)row, 1) : none);
  instant_member(json, "at", row < 0 ? none : store_rows_value(loads, (gsize)row, 2));
  count_member(json, "read", is_told ? store_rows_value(loads, (gsize)row, 3) : none);
  count_member(json, "rejected", is_told ? store_rows_value(loads, (gsize)row, 4) : none);
  cli_json_end_object(json);
}

static gssize find_load(const StoreRows *loads, const char *source) {
  for (gsize row = 0; row < store_rows_count(loads); row++)
    if (g_strcmp0(store_rows_value(loads, row, 0).text, source) == 0) return (gssize)row;
  return -1;
}

gboolean answer_sources_json(const Session *session, gboolean whole, FILE *out, GError **error) {
  g_autoptr(StoreRows) loads = store_query(
      session->store,
      "SELECT source, max(\"load\"), arg_max(\"at\", \"load\"), arg_max(n_read, \"load\"), "
      "(SELECT count(*) FROM rejected WHERE rejected.source = \"load\".source) FROM \"load\" GROUP BY source "
      "ORDER BY source",
      NULL, 0, 0, error);
  if (!loads) return FALSE;
  g_autoptr(GPtrArray) sources = session_sources(session);
  g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "sources");
  for (guint i = 0; i < sources->len; i++) {
    const SessionSource *source = sources->pdata[i];
    g_autofree char *file = g_path_get_basename(source->path);
    json_source(json, source->name, whole ? file : NULL, whole && source->error ? source->error->message : NULL, loads,
                find_load(loads, source->name), whole);
    g_hash_table_add(told, source->name);
  }
  for (gsize row = 0; row < store_rows_count(loads); row++) {
    const char *name = store_rows_value(loads, row, 0).text;
    if (!g_hash_table_contains(told, name)) json_source(json, name, NULL, NULL, loads, (gssize)row, whole);
  }
  cli_json_end_array(json);
  g_autofree char *as_of = answer_instant(session->now_us);
  cli_json_member_text(json, "as_of", as_of);
  cli_json_end_object(json);
  return TRUE;
}
