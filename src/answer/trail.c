/* What a number rests on, as JSON and CSV.
 *
 * A page of records is a span of ids, the same for all measures: a record keeps its id whatever else is written of it,
 * so one that counts all the while is on one page, and only there. Records of the same id (of several measures, of
 * several sources) are not torn apart. */
#include "answer/trail.h"

#include "answer/cursor.h"
#include "answer/members.h"

#include <string.h>

#define CURSOR_PARTS 2 /* "records|ID" */

/* --- how it came to be --- */

void answer_left_out(const QueryTrail *trail, AnswerLeftOut out[ANSWER_N_LEFT_OUT]) {
  out[0] = (AnswerLeftOut){"the conditions do not hold", trail->n_other};
  out[1] = (AnswerLeftOut){"no date to place it by", trail->n_undated};
  out[2] = (AnswerLeftOut){"outside the days", trail->n_outside};
  out[3] = (AnswerLeftOut){"no value", trail->n_empty};
  out[4] = (AnswerLeftOut){"no exchange rate on its day", trail->n_without_rate};
}

static void json_reasons(CliJson *json, const QueryTrail *trail) {
  AnswerLeftOut left_out[ANSWER_N_LEFT_OUT];
  answer_left_out(trail, left_out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "measure", trail->name);
  cli_json_member_text(json, "definition", trail->measure->canonical);
  cli_json_member_text(json, "fact", trail->measure->table->name);
  cli_json_member_text(json, "days", trail->when);
  cli_json_member_integer(json, "records", trail->n_rows);
  cli_json_member_integer(json, "used", trail->n_used);
  cli_json_member_array(json, "left_out");
  for (guint i = 0; i < G_N_ELEMENTS(left_out); i++) {
    if (left_out[i].n == 0) continue;
    cli_json_begin_object(json);
    cli_json_member_text(json, "why", left_out[i].why);
    cli_json_member_integer(json, "records", left_out[i].n);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

void answer_explain_json(const Session *session, const QueryResult *result, const GPtrArray *trails, FILE *out) {
  const KpiDefinition *kpi = query_result_kpi(result, 0);
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", kpi->name);
  const KpiVersion *version = query_version_in_force(kpi, query_result_period(result, 0)->start);
  g_autofree char *formula = kpi_expr_print(version->expr);
  g_autofree char *from = version == kpi->versions ? NULL : base_day_format(version->from);
  cli_json_member_text(json, "formula", formula);
  cli_json_member_text(json, "formula_from", from);
  cli_json_member_text(json, "anchor", kpi->anchor);
  cli_json_member_array(json, "measures");
  for (guint t = 0; t < trails->len; t++) json_reasons(json, g_ptr_array_index(trails, t));
  cli_json_end_array(json);
  /* How it is asked goes by what is there, also of what others alone may see. */
  cli_json_member_texts(json, "sql", session->sight == NULL ? query_result_sql(result) : NULL);
  double plan_ms, scan_ms, evaluate_ms;
  gint64 rows;
  query_result_timings(result, &plan_ms, &scan_ms, &evaluate_ms, &rows);
  cli_json_member_number(json, "plan_ms", plan_ms);
  cli_json_member_number(json, "scan_ms", scan_ms);
  cli_json_member_number(json, "evaluate_ms", evaluate_ms);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}

/* --- the records themselves --- */

char *answer_measure_name(const QueryTrail *trail) {
  return g_strdup(trail->name != NULL ? trail->name : trail->measure->canonical);
}

static void json_trail(CliJson *json, const QueryTrail *trail, const GArray *records) {
  g_autofree char *name = answer_measure_name(trail);
  cli_json_begin_object(json);
  cli_json_member_text(json, "measure", name);
  cli_json_member_text(json, "definition", trail->measure->canonical);
  cli_json_member_text(json, "fact", trail->measure->table->name);
  cli_json_member_text(json, "unit", kpi_unit_name(trail->measure->unit));
  cli_json_value(json, "total", trail->adds_up, trail->total);
  cli_json_member_array(json, "records");
  for (guint i = 0; i < records->len; i++) {
    const QueryRecord *record = &g_array_index(records, QueryRecord, i);
    g_autofree char *day = record->day == BASE_DAY_NONE ? NULL : base_day_format(record->day);
    const char *const texts[][2] = {{"id", record->id},   {"name", record->name},       {"date", day},
                                    {"rep", record->rep}, {"account", record->account}, {"stage", record->stage}};
    cli_json_begin_object(json);
    for (guint t = 0; t < G_N_ELEMENTS(texts); t++) cli_json_member_text(json, texts[t][0], texts[t][1]);
    if (record->of_days > 0) {
      cli_json_member_integer(json, "days", record->days);
      cli_json_member_integer(json, "of_days", record->of_days);
    }
    cli_json_value(json, "value", record->has_value, record->value);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

/* `lists`: which records of each trail; NULL: all. */
static void json_trails(const Session *session, const char *kpi, const GPtrArray *trails, const GPtrArray *lists,
                        const char *next, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", kpi);
  cli_json_member_array(json, "measures");
  for (guint t = 0; t < trails->len; t++) {
    const QueryTrail *trail = g_ptr_array_index(trails, t);
    json_trail(json, trail, lists ? g_ptr_array_index(lists, t) : trail->records);
  }
  cli_json_end_array(json);
  if (lists) cli_json_member_text(json, "next", next);
  answer_moment_members(json, session);
  cli_json_end_object(json);
}

void answer_records_json(const Session *session, const char *kpi, const GPtrArray *trails, FILE *out) {
  json_trails(session, kpi, trails, NULL, NULL, out);
}

/* --- page by page --- */

/* Some facts have no ids: they are those before all others. */
static const char *id_of(const QueryRecord *record) {
  return record->id ? record->id : "";
}

static gint by_id(gconstpointer a, gconstpointer b) {
  return strcmp(id_of(a), id_of(b));
}

static gint by_text(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids behind `after`, one a record, in their order. */
static GPtrArray *ids_after(const GPtrArray *trails, const char *after) {
  GPtrArray *ids = g_ptr_array_new();
  for (guint t = 0; t < trails->len; t++) {
    const GArray *records = ((const QueryTrail *)g_ptr_array_index(trails, t))->records;
    for (guint i = 0; i < records->len; i++) {
      const char *id = id_of(&g_array_index(records, QueryRecord, i));
      if (!after || strcmp(id, after) > 0) g_ptr_array_add(ids, (gpointer)id);
    }
  }
  g_ptr_array_sort(ids, by_text);
  return ids;
}

/* The last id of a page of `limit` records, NULL where all that are left are on it. Those of one id stay together, also
 * where they are more than `limit`. */
static const char *last_id(const GPtrArray *ids, guint limit) {
  if (ids->len <= limit) return NULL;
  guint n = limit;
  while (n > 0 && g_str_equal(ids->pdata[n - 1], ids->pdata[limit])) n--;
  const char *last = n > 0 ? ids->pdata[n - 1] : ids->pdata[0];
  return g_str_equal(last, ids->pdata[ids->len - 1]) ? NULL : last;
}

/* The records behind `after` up to `last`; NULL: from the first, to the last. */
static GArray *records_between(const QueryTrail *trail, const char *after, const char *last) {
  GArray *records = g_array_new(FALSE, FALSE, sizeof(QueryRecord));
  for (guint i = 0; i < trail->records->len; i++) {
    QueryRecord record = g_array_index(trail->records, QueryRecord, i);
    const char *id = id_of(&record);
    if ((!after || strcmp(id, after) > 0) && (!last || strcmp(id, last) <= 0)) g_array_append_val(records, record);
  }
  if (after || last) g_array_sort(records, by_id);
  return records;
}

/* The id behind which the page begins, in `parts` that the caller frees. */
static gboolean read_place(const char *cursor, char ***parts, GError **error) {
  *parts = cursor ? answer_cursor_read(cursor, CURSOR_PARTS, error) : NULL;
  if (!cursor) return TRUE;
  if (!*parts) return FALSE;
  if (g_str_equal((*parts)[0], "records")) return TRUE;
  answer_cursor_refuse(cursor, error);
  return FALSE;
}

gboolean answer_records_page_json(const Session *session, const char *kpi, const GPtrArray *trails,
                                  const AnswerPage *page, FILE *out, GError **error) {
  g_auto(GStrv) parts = NULL;
  if (!read_place(page->cursor, &parts, error)) return FALSE;
  const char *after = parts ? parts[1] : NULL;
  g_autoptr(GPtrArray) ids = ids_after(trails, after);
  const char *last = last_id(ids, page->limit ? page->limit : ANSWER_USUAL_RECORDS);
  g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  for (guint t = 0; t < trails->len; t++)
    g_ptr_array_add(lists, records_between(g_ptr_array_index(trails, t), after, last));
  g_autofree char *place = last ? g_strconcat("records|", last, NULL) : NULL;
  g_autofree char *next = place ? answer_cursor_make(place) : NULL;
  json_trails(session, kpi, trails, lists, next, out);
  return TRUE;
}

void answer_records_csv(const GPtrArray *trails, FILE *out) {
  static const char *const heads[] = {"measure", "id",    "name",  "date", "rep",
                                      "account", "value", "stage", "days", "of_days"};
  for (guint i = 0; i < G_N_ELEMENTS(heads); i++) cli_csv_field(out, heads[i], i == 0);
  cli_csv_end(out);
  for (guint t = 0; t < trails->len; t++) {
    const QueryTrail *trail = g_ptr_array_index(trails, t);
    g_autofree char *name = answer_measure_name(trail);
    for (guint i = 0; i < trail->records->len; i++) {
      const QueryRecord *record = &g_array_index(trail->records, QueryRecord, i);
      g_autofree char *day = record->day == BASE_DAY_NONE ? NULL : base_day_format(record->day);
      g_autofree char *days = record->of_days > 0 ? g_strdup_printf("%d", record->days) : NULL;
      g_autofree char *of_days = record->of_days > 0 ? g_strdup_printf("%d", record->of_days) : NULL;
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];
      const char *cells[] = {name,
                             record->id,
                             record->name,
                             day,
                             record->rep,
                             record->account,
                             record->has_value ? g_ascii_formatd(buffer, sizeof buffer, "%.15g", record->value) : NULL,
                             record->stage,
                             days,
                             of_days};
      for (guint c = 0; c < G_N_ELEMENTS(cells); c++) cli_csv_field(out, cells[c], c == 0);
      cli_csv_end(out);
    }
  }
}
