/* Deals: their outcome and dates made to agree, and the changes of stage that two versions tell together. The same
 * rules are in upsert_deal.c and upsert_infer.c, as SQL over whole tables. */
#include "ingest/writer_private.h"

#include <string.h>

/* --- fields --- */

static int field_of(const WriterPut *put, const char *name) {
  return writer_field(put->table, name);
}

static int day_of(const WriterPut *put, const char *name) {
  return writer_day(put->table, name);
}

static gboolean says(const WriterPut *put, const char *name) {
  return put->is_mapped[field_of(put, name)];
}

/* --- outcome --- */

/* What the stages of a source tell, by name and id in small letters; read once, until others write. */
struct WriterStages {
  char *source;
  StoreRows *rows; /* what, pipeline, outcome; by key */
  GRegex *won, *lost;
};
typedef WriterStages Stages;

void writer_stages_free(WriterStages *stages) {
  if (!stages) return;
  g_clear_pointer(&stages->rows, store_rows_free);
  g_clear_pointer(&stages->won, g_regex_unref);
  g_clear_pointer(&stages->lost, g_regex_unref);
  g_free(stages->source);
  g_free(stages);
}

static const Stages *read_stages(const WriterPut *put, GError **error) {
  IngestWriter *writer = put->writer;
  if (writer->stages && g_str_equal(writer->stages->source, put->put->source)) return writer->stages;
  g_clear_pointer(&writer->stages, writer_stages_free);
  StoreValue source = {.type = STORE_TEXT, .text = put->put->source};
  g_autoptr(StoreRows) rows = store_query_kept(
      put->writer->store,
      "SELECT what, lower(pipeline), outcome FROM (SELECT lower(name) AS what, * FROM stage UNION ALL SELECT lower(id) "
      "AS what, * FROM stage) WHERE known AND from_source = ? AND outcome IS NOT NULL ORDER BY key",
      &source, 1, 0, error);
  if (!rows) return NULL;
  Stages *stages = writer->stages = g_new0(Stages, 1);
  stages->source = g_strdup(source.text);
  stages->rows = g_steal_pointer(&rows);
  stages->won = g_regex_new("\\b(closed[ _-]?)?won\\b|^closedwon", G_REGEX_OPTIMIZE, 0, NULL);
  stages->lost = g_regex_new("\\b(closed[ _-]?)?lost\\b|^closedlost", G_REGEX_OPTIMIZE, 0, NULL);
  return stages;
}

static gboolean is_text(const StoreRows *rows, gsize row, guint column, const char *text) {
  StoreValue value = store_rows_value(rows, row, column);
  return value.type == STORE_TEXT ? text && g_str_equal(value.text, text) : text == NULL;
}

static const char *outcome_listed(const Stages *stages, const char *stage, const char *pipeline) {
  for (gsize r = 0; r < store_rows_count(stages->rows); r++) {
    if (is_text(stages->rows, r, 0, stage) && is_text(stages->rows, r, 1, pipeline))
      return store_rows_value(stages->rows, r, 2).text;
  }
  return NULL;
}

/* Without pipelines any stage of the name tells; NULL in `*outcome` when none does. FALSE: they differ. */
static gboolean outcome_anywhere(const Stages *stages, const char *stage, const char **outcome) {
  *outcome = NULL;
  for (gsize r = 0; r < store_rows_count(stages->rows); r++) {
    if (!is_text(stages->rows, r, 0, stage)) continue;
    const char *other = store_rows_value(stages->rows, r, 2).text;
    if (*outcome && !g_str_equal(*outcome, other)) return FALSE;
    *outcome = other;
  }
  return TRUE;
}

static char *lower(StoreValue value) {
  return value.type == STORE_TEXT ? g_utf8_strdown(value.text, -1) : NULL;
}

static gboolean set_by_stage(WriterPut *put, const Stages *stages, WriterRow *row) {
  g_autofree char *stage = lower(row->values[field_of(put, "stage")]);
  const char *outcome = NULL;
  if (stage && says(put, "pipeline")) {
    g_autofree char *pipeline = lower(row->values[field_of(put, "pipeline")]);
    if (pipeline) outcome = outcome_listed(stages, stage, pipeline);
    if (!outcome) outcome = outcome_listed(stages, stage, NULL);
  } else if (stage && !outcome_anywhere(stages, stage, &outcome)) {
    return FALSE;
  }
  if (!outcome && stage)
    outcome = g_regex_match(stages->won, stage, 0, NULL)    ? "won"
              : g_regex_match(stages->lost, stage, 0, NULL) ? "lost"
                                                            : NULL;
  row->values[field_of(put, "outcome")] =
      (StoreValue){.type = STORE_TEXT, .text = g_string_chunk_insert_const(put->texts, outcome ? outcome : "open")};
  return TRUE;
}

static gboolean set_told(const WriterPut *put, WriterRow *row) {
  static const char *const outcomes[] = {"open", "won", "lost", "abandoned", NULL};
  StoreValue *outcome = &row->values[field_of(put, "outcome")];
  if (outcome->type == STORE_NULL) *outcome = (StoreValue){.type = STORE_TEXT, .text = "open"};
  return g_strv_contains(outcomes, outcome->text);
}

/* --- dates: one that is told of an open deal is when it is expected --- */

static void set_dates(const WriterPut *put, WriterRow *row) {
  gboolean is_open = g_str_equal(row->values[field_of(put, "outcome")].text, "open");
  StoreValue *closed = &row->values[field_of(put, "closed_at")], *closed_day = &row->values[day_of(put, "closed_at")];
  StoreValue *expected = &row->values[field_of(put, "expected_close")],
             *expected_day = &row->values[day_of(put, "expected_close")];
  const StoreValue none = {.type = STORE_NULL};
  if (!says(put, "expected_close")) *expected = *expected_day = none;
  if (!is_open) return;
  if (expected->type == STORE_NULL) *expected = *closed;
  if (expected_day->type == STORE_NULL) *expected_day = *closed_day;
  *closed = *closed_day = none;
}

gboolean writer_deal(WriterPut *put, GError **error) {
  gboolean has_outcome = says(put, "outcome"), has_stage = says(put, "stage");
  if (!has_outcome && !has_stage) return TRUE;
  const Stages *stages = has_outcome ? NULL : read_stages(put, error);
  if (!has_outcome && !stages) return FALSE;
  for (guint r = 0; r < put->rows->len; r++) {
    WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!(has_outcome ? set_told(put, row) : set_by_stage(put, stages, row))) return FALSE;
    if (says(put, "closed_at")) set_dates(put, row);
  }
  put->is_mapped[field_of(put, "outcome")] = TRUE;
  if (!says(put, "closed_at")) return TRUE;
  put->is_mapped[field_of(put, "expected_close")] = TRUE;
  put->is_mapped[day_of(put, "expected_close")] = TRUE;
  return TRUE;
}

/* --- changes of stage --- */

static const char *const watched[] = {"stage", "amount", "probability", "expected_close", "forecast_category"};

static gboolean is_same(const StoreValue *a, const StoreValue *b) {
  if (a->type != b->type) return FALSE;
  if (a->type == STORE_NULL) return TRUE;
  if (a->type == STORE_TEXT) return g_str_equal(a->text, b->text);
  return a->type == STORE_DOUBLE ? a->number >= b->number && a->number <= b->number : a->integer == b->integer;
}

typedef struct {
  WriterPut *put;
  WriterTable *changes;
  StoreValue *values;
} Inferring;

static void set(Inferring *to, const char *name, StoreValue value) {
  to->values[writer_field(to->changes, name)] = value;
}

/* One change at `moment`, which tells what a version has of the watched columns: all of the one before, of a new one
 * those that the put says. */
static void add_change(Inferring *to, const WriterRow *row, const StoreValue *told, gint64 moment, gint64 known_at,
                       StoreValue currency, StoreValue owner) {
  WriterPut *put = to->put;
  const WriterTable *changes = to->changes;
  g_autofree char *name = g_strdup_printf("inferred:%s:%" G_GINT64_FORMAT, row->id, moment);
  const char *id = g_string_chunk_insert(put->texts, name);
  to->values = g_new0(StoreValue, changes->n_fields);
  to->values[changes->key] = (StoreValue){.type = STORE_INT, .integer = (gint64)writer_key(put->put->source, id)};
  to->values[changes->from_source] = (StoreValue){.type = STORE_TEXT, .text = put->source};
  to->values[changes->id] = (StoreValue){.type = STORE_TEXT, .text = id};
  to->values[changes->recorded_at] = (StoreValue){.type = STORE_INSTANT, .integer = known_at};
  to->values[changes->load] = (StoreValue){.type = STORE_INT, .integer = put->number};
  to->values[changes->currency] = currency;
  set(to, "opportunity", (StoreValue){.type = STORE_INT, .integer = (gint64)row->key});
  set(to, "at", (StoreValue){.type = STORE_INSTANT, .integer = moment});
  set(to, "by", owner);
  set(to, "inferred", (StoreValue){.type = STORE_BOOL, .integer = TRUE});
  to->values[writer_day(changes, "at")] =
      (StoreValue){.type = STORE_DAY, .integer = calendar_day_of(put->put->calendar, moment)};
  gboolean is_first = told == row->before;
  for (gsize i = 0; i < G_N_ELEMENTS(watched); i++) {
    if (is_first || says(put, watched[i])) set(to, watched[i], told[field_of(put, watched[i])]);
  }
  if (is_first || says(put, "expected_close"))
    to->values[writer_day(changes, "expected_close")] = told[day_of(put, "expected_close")];
  store_given_add(changes->rows, to->values);
  g_free(to->values);
}

static gboolean differs(const WriterPut *put, const WriterRow *row) {
  for (gsize i = 0; i < G_N_ELEMENTS(watched); i++) {
    int field = field_of(put, watched[i]);
    if (put->is_mapped[field] && !is_same(&row->values[field], &row->before[field])) return TRUE;
  }
  return FALSE;
}

/* The first change of a deal is preceded by what it was since it was made. */
static void infer_row(Inferring *to, const WriterRow *row) {
  const WriterPut *put = to->put;
  const StoreValue *before = row->before;
  if (!row->is_changed || !before || !differs(put, row)) return;
  if (!writer_set_has(put->writer->with_changes, row->key)) {
    gint64 recorded = before[put->table->recorded_at].integer;
    StoreValue created = before[field_of(put, "created_at")];
    add_change(to, row, before, created.type == STORE_INSTANT ? created.integer : recorded, recorded,
               before[put->table->currency], before[field_of(put, "owner")]);
  }
  gint64 at = row->values[put->table->recorded_at].integer;
  add_change(to, row, row->values, at, at, row->values[put->table->currency], row->values[field_of(put, "owner")]);
  g_array_append_val(to->put->inferred, row->key);
}

gboolean writer_infer(WriterPut *put, WriterTable **changes, GError **error) {
  *changes = writer_table(put->writer, ledger_schema_find(put->writer->schema, "stage_change"), error);
  if (!*changes || !writer_know_deals(put->writer, error)) return FALSE;
  store_given_clear((*changes)->rows);
  Inferring to = {.put = put, .changes = *changes};
  for (guint r = 0; r < put->rows->len; r++) infer_row(&to, &g_array_index(put->rows, WriterRow, r));
  return TRUE;
}
