/* The derived facts that follow from a put: which deals it touched, and what is known of them without a look.
 *
 *   a new deal, nothing refers to it   its rows are made from its own row
 *   a deal that changed                its old rows go by its key and the day it was created; its changes are read by
 *                                      its key and the days it changed on; its silences tell of its activities
 *   … that opened again, or began      its activities are read too: what was done outside of the time it was open is
 *     on another day                   in no silence
 *   activities                         the silences of their deals, less what went, and what came; none where neither
 *                                      the deal nor when it was done or is planned is another
 *
 * Each is one call for all such deals of the put. */
#include "ingest/writer_private.h"

#include <string.h>

/* A deal that changed over more days has its changes read by its key alone. */
#define MAX_DAYS 4000
/* Of an activity: its deal, when it was done, until when it is planned, with their days. */
#define SILENT_VALUES 5

typedef enum { FRESH, GONE, TOLD, OTHER, N_KINDS } Kind;

static StoreValue day_value(gint32 day) {
  return day == BASE_DAY_NONE ? (StoreValue){0} : (StoreValue){.type = STORE_DAY, .integer = day};
}

static gboolean refresh(WriterPut *put, const StoreDeals *deals, GArray *derived, GError **error) {
  StoreDerivedChange changes[STORE_MAX_DERIVED];
  guint n = 0;
  if (!store_refresh_deals(put->writer->store, put->writer->schema, deals, changes, &n, error)) return FALSE;
  g_array_append_vals(derived, changes, n);
  return TRUE;
}

/* --- what is known of a deal --- */

static void touch(WriterPut *put, StoreDeals *deals, guint64 key, StoreValue deal_day) {
  const IngestWriter *writer = put->writer;
  store_given_add(deals->touched, (const StoreValue[]){{.type = STORE_INT, .integer = (gint64)key}, deal_day});
  deals->is_dated &= deal_day.type == STORE_DAY;
  deals->has_activities |= writer_set_has(writer->with_activities, key);
  if (!writer_set_has(writer->with_changes, key)) return;
  gint32 first = 0, last = 0;
  deals->has_changes = TRUE;
  if (!writer_set_days(writer->with_changes, key, &first, &last) || last - first > MAX_DAYS) deals->changes = NULL;
  for (gint32 day = first; deals->changes && day <= last; day++)
    store_given_add(deals->changes, (const StoreValue[]){{.type = STORE_INT, .integer = (gint64)key}, day_value(day)});
}

/* The changes that this put brings. */
static void add_changes(const WriterTable *changes, StoreDeals *deals) {
  int deal = writer_field(changes, "opportunity"), day = writer_day(changes, "at");
  for (gsize r = 0; r < store_given_count(changes->rows); r++) {
    const StoreValue *row = store_given_row(changes->rows, r);
    if (row[deal].type == STORE_NULL) continue;
    deals->has_changes = TRUE;
    if (row[day].type != STORE_DAY) deals->changes = NULL;
    if (deals->changes) store_given_add(deals->changes, (const StoreValue[]){row[deal], row[day]});
  }
}

static StoreDeals no_deals(const WriterPut *put, const char *const *changed) {
  IngestWriter *writer = put->writer;
  store_given_clear(writer->touched);
  store_given_clear(writer->changed_on);
  return (StoreDeals){.changed_tables = changed,
                      .touched = writer->touched,
                      .changes = writer->changed_on,
                      .is_dated = TRUE,
                      .has_rows = TRUE};
}

/* --- deals --- */

static gint64 end_of(const WriterTable *table, const StoreValue *row) {
  StoreValue outcome = row[writer_field(table, "outcome")], closed = row[writer_field(table, "closed_at")];
  gboolean is_open = outcome.type == STORE_TEXT && g_str_equal(outcome.text, "open");
  return is_open || closed.type != STORE_INSTANT ? G_MAXINT64 : closed.integer;
}

/* Silences tell what was done from the creation to the close. */
static gboolean is_told(const WriterTable *table, const WriterRow *row) {
  int created = writer_field(table, "created_at");
  StoreValue before = row->before[created], now = row->values[created];
  return before.type == STORE_INSTANT && now.type == STORE_INSTANT && before.integer == now.integer &&
         (end_of(table, row->before) == G_MAXINT64 || end_of(table, row->values) <= end_of(table, row->before));
}

static Kind kind_of(const WriterPut *put, const WriterRow *row) {
  const IngestWriter *writer = put->writer;
  if (!row->values) return GONE;
  if (row->before) return is_told(put->table, row) ? TOLD : OTHER;
  return writer_set_has(writer->with_changes, row->key) || writer_set_has(writer->with_activities, row->key) ? OTHER
                                                                                                             : FRESH;
}

/* All of them by their rows in memory, so none is looked for. */
static gboolean derive_kind(WriterPut *put, const char *const *changed, Kind kind, GArray *derived, GError **error) {
  WriterTable *table = put->table;
  int created = writer_day(table, "created_at");
  StoreDeals deals = no_deals(put, changed);
  deals.known = table->fresh;
  deals.before = kind == TOLD || kind == OTHER ? table->past : NULL;
  store_given_clear(table->fresh);
  store_given_clear(table->past);
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!row->is_changed || kind_of(put, row) != kind) continue;
    if (row->values) store_given_add(table->fresh, row->values);
    if (row->before) store_given_add(table->past, row->before);
    if (kind != FRESH) touch(put, &deals, row->key, (row->before ? row->before : row->values)[created]);
  }
  deals.has_rows = kind != FRESH;
  deals.has_silences = kind == TOLD;
  if (kind == GONE) deals.has_changes = deals.has_activities = FALSE;
  if (store_given_count(table->fresh) + store_given_count(deals.touched) == 0) return TRUE;
  if (put->inferred->len && (kind == TOLD || kind == OTHER)) {
    WriterTable *changes = writer_table(put->writer, ledger_schema_find(put->writer->schema, "stage_change"), error);
    if (!changes) return FALSE;
    deals.told = changes->rows;
  }
  return refresh(put, &deals, derived, error);
}

static gboolean derive_deals(WriterPut *put, GArray *derived, GError **error) {
  const char *changed[] = {"opportunity", "stage_change", NULL};
  if (!writer_know_deals(put->writer, error)) return FALSE;
  for (Kind kind = FRESH; kind < N_KINDS; kind++) {
    if (!derive_kind(put, changed, kind, derived, error)) return FALSE;
  }
  return TRUE;
}

/* --- what refers to deals --- */

typedef struct {
  WriterPut *put;
  const WriterTable *deals;
  StoreDeals touched;
  GHashTable *seen;
} Referring;

static gboolean refer_to(Referring *referring, WriterPut *put, const char *const *changed, GError **error) {
  WriterTable *deals = writer_table(put->writer, ledger_schema_find(put->writer->schema, "opportunity"), error);
  if (!deals || !writer_know_keys(put->writer, deals, error) || !writer_know_deals(put->writer, error)) return FALSE;
  *referring = (Referring){.put = put,
                           .deals = deals,
                           .touched = no_deals(put, changed),
                           .seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
  return TRUE;
}

/* A deal that is not there has no derived rows, and gets none. */
static void touch_deal_of(Referring *referring, const StoreValue *row) {
  int field = writer_field(referring->put->table, "opportunity");
  if (!row || row[field].type == STORE_NULL) return;
  guint64 key = (guint64)row[field].integer;
  gint32 day = BASE_DAY_NONE;
  if (!writer_set_has(referring->deals->there, key) || !g_hash_table_add(referring->seen, g_memdup2(&key, sizeof key)))
    return;
  if (!writer_set_days(referring->deals->there, key, &day, &day)) day = BASE_DAY_NONE;
  touch(referring->put, &referring->touched, key, day_value(day));
}

/* The deal that a changed row refers to, and that it referred to before. */
static void touch_deals_of(Referring *referring, const WriterRow *row) {
  touch_deal_of(referring, row->values);
  touch_deal_of(referring, row->before);
}

static gboolean derive_changes(WriterPut *put, GArray *derived, GError **error) {
  const char *changed[] = {"stage_change", NULL};
  Referring referring;
  if (!refer_to(&referring, put, changed, error)) return FALSE;
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (row->is_changed) touch_deals_of(&referring, row);
  }
  g_hash_table_unref(referring.seen);
  add_changes(put->table, &referring.touched);
  return refresh(put, &referring.touched, derived, error); /* of no deals too: an amount may be the first foreign one */
}

/* What of an activity makes silences. */
static void read_activity(const WriterTable *table, const StoreValue *row, StoreValue values[SILENT_VALUES]) {
  int deal = writer_field(table, "opportunity"), done = writer_field(table, "done_at");
  StoreValue outcome = row[writer_field(table, "outcome")];
  memset(values, 0, SILENT_VALUES * sizeof *values);
  values[0] = row[deal];
  values[1] = row[done];
  values[2] = row[writer_day(table, "done_at")];
  gboolean is_off =
      outcome.type == STORE_TEXT && (g_str_equal(outcome.text, "cancelled") || g_str_equal(outcome.text, "no_show"));
  if (row[done].type == STORE_NULL && !is_off) {
    values[3] = row[writer_field(table, "scheduled_at")];
    values[4] = row[writer_day(table, "scheduled_at")];
  }
}

static void add_activity(const WriterTable *table, const StoreValue *row, StoreGiven *to) {
  StoreValue values[SILENT_VALUES];
  read_activity(table, row, values);
  if (values[0].type != STORE_NULL) store_given_add(to, values);
}

/* Of an activity that changes in nothing of that, no silence is another. */
static gboolean is_as_silent(const WriterTable *table, const WriterRow *row) {
  StoreValue before[SILENT_VALUES], now[SILENT_VALUES];
  if (!row->before || !row->values) return FALSE;
  read_activity(table, row->before, before);
  read_activity(table, row->values, now);
  for (guint i = 0; i < SILENT_VALUES; i++) {
    if (before[i].type != now[i].type || (now[i].type != STORE_NULL && before[i].integer != now[i].integer))
      return FALSE;
  }
  return TRUE;
}

static gboolean derive_silences(WriterPut *put, GArray *derived, GError **error) {
  IngestWriter *writer = put->writer;
  Referring referring;
  if (!refer_to(&referring, put, NULL, error)) return FALSE;
  store_given_clear(writer->came);
  store_given_clear(writer->went);
  for (guint r = 0; r < put->rows->len; r++) {
    const WriterRow *row = &g_array_index(put->rows, WriterRow, r);
    if (!row->is_changed || is_as_silent(put->table, row)) continue;
    if (row->values) add_activity(put->table, row->values, writer->came);
    if (row->before) add_activity(put->table, row->before, writer->went);
    touch_deals_of(&referring, row);
  }
  g_hash_table_unref(referring.seen);
  if (store_given_count(writer->touched) == 0) return TRUE;
  StoreActivities activities = {
      .touched = writer->touched, .is_dated = referring.touched.is_dated, .came = writer->came, .went = writer->went};
  StoreDerivedChange silences;
  if (!store_refresh_silences(writer->store, writer->schema, &activities, &silences, error)) return FALSE;
  g_array_append_val(derived, silences);
  return TRUE;
}

gboolean writer_derive(WriterPut *put, GArray *derived, GError **error) {
  const char *name = put->of->name;
  if (g_str_equal(name, "opportunity")) return derive_deals(put, derived, error);
  if (g_str_equal(name, "stage_change")) return derive_changes(put, derived, error);
  return !g_str_equal(name, "activity") || derive_silences(put, derived, error);
}
