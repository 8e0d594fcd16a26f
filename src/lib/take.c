/* What systems tell of their records, as it happens: put in order, kept, and made ledger rows by the source's mapping.
 *
 *   told ─► seen before? ─► what is known of the record, each value with its time ─► newer values take the place of
 * older ─► rows of all that is known ─► ingest_take() ─► commit ─► told to readers ─► kept
 *
 * A system tells only what changed, late, twice, or in another order. Each value counts by when it became so in the
 * system, so that any order of the same words leaves the same record; a deletion undoes what is older and is undone by
 * what is newer. What is known is kept after the records are written: killed between, the system tells once more, and
 * the same follows. */
#include "lib/take.h"

#include "cli/cli.h"
#include "lib/change.h"
#include "lib/known.h"
#include "lib/reader.h"
#include "lib/tally.h"
#include "session/sources.h"

#include <string.h>

#define MAX_TOLD        10000 /* in one call */
#define MAX_VALUE_BYTES 65536 /* of what is kept of a record */
#define MAX_EVENT_BYTES 200
#define FIRST_US        0                                     /* 1970 */
#define END_US          G_GINT64_CONSTANT(253402300800000000) /* the year 10000 */

typedef struct {
  AttainWorkspace *workspace;
  const IngestSource *source;
  const char *webhook; /* or NULL */
  GPtrArray *records;  /* LibKnown */
  GHashTable *names;   /* of the source's tables -> IngestTakeNames */
  GHashTable *by_name; /* from, 0x1f, id -> LibKnown */
  GPtrArray *events;   /* char *: new ones */
  GHashTable *unknown; /* char *: headers that the mapping does not name */
  LibLeft *left;
  gint64 load, n_accepted, n_rejected, n_removed, n_seen, n_older, n_waiting;
} Taking;

/* --- what is known --- */

/* What the mapping of a table names. */
static const IngestTakeNames *names_of(Taking *taking, const char *from) {
  IngestTakeNames *names = g_hash_table_lookup(taking->names, from);
  if (names) return names;
  names = ingest_take_names_new(taking->source, from);
  g_hash_table_insert(taking->names, g_strdup(from), names);
  return names;
}

static gboolean read_known(Taking *taking, LibKnown *known, GError **error) {
  const StoreValue values[] = {{.type = STORE_TEXT, .text = ingest_source_name(taking->source)},
                               {.type = STORE_TEXT, .text = known->from},
                               {.type = STORE_TEXT, .text = known->id}};
  g_autoptr(StoreRows) rows =
      store_query(taking->workspace->core->session->store,
                  "SELECT told, removed_at FROM attain_told_record WHERE source = ? AND from_name = ? AND id = ?",
                  values, 3, 0, error);
  if (!rows) return FALSE;
  if (store_rows_count(rows) == 0) return TRUE;
  const StoreValue *row = store_rows_row(rows, 0);
  lib_known_read(known, names_of(taking, known->from), row[0].text);
  if (row[1].type == STORE_INSTANT) known->removed_us = row[1].integer;
  return TRUE;
}

static LibKnown *find_known(Taking *taking, const AttainTold *told, GError **error) {
  g_autofree char *name = g_strdup_printf("%s\x1f%s", told->table, told->id);
  LibKnown *known = g_hash_table_lookup(taking->by_name, name);
  if (known) return known;
  known = lib_known_new(told->table, told->id, told->id_column);
  g_ptr_array_add(taking->records, known);
  if (!read_known(taking, known, error)) return NULL;
  g_hash_table_insert(taking->by_name, g_steal_pointer(&name), known);
  return known;
}

/* --- what is told --- */

static void take_removal(Taking *taking, LibKnown *known, gint64 at_us) {
  if (known->removed_us >= at_us || lib_known_is_newer(known, at_us)) {
    taking->n_older++;
    return;
  }
  known->removed_us = at_us;
  known->is_changed = TRUE;
}

/* FALSE: the mapping does not name it. */
static gboolean take_value(Taking *taking, LibKnown *known, const AttainTold *told, size_t i, gint64 at_us,
                           gboolean *is_any) {
  const char *column = told->columns[i], *text = told->values[i];
  if (ingest_take_is_same(column, known->id_column)) return TRUE; /* the id is said apart, however it is written here */
  const char *named = ingest_take_names_find(names_of(taking, told->table), column);
  if (!named) {
    g_hash_table_add(taking->unknown, (gpointer)column);
    return FALSE;
  }
  if (text && strlen(text) > MAX_VALUE_BYTES) {
    lib_left_long(taking->left, told->table, told->id, column, MAX_VALUE_BYTES);
    taking->n_rejected++;
    return TRUE;
  }
  *is_any |= lib_known_set(known, named, text, at_us);
  return TRUE;
}

static void take_values(Taking *taking, LibKnown *known, const AttainTold *told, gint64 at_us) {
  g_autoptr(GPtrArray) unnamed = g_ptr_array_new();
  gboolean is_any = FALSE;
  size_t n_others = 0; /* beside the id */
  for (size_t i = 0; i < told->n_values; i++) {
    n_others += !ingest_take_is_same(told->columns[i], known->id_column);
    if (!take_value(taking, known, told, i, at_us, &is_any)) g_ptr_array_add(unnamed, (gpointer)told->columns[i]);
  }
  if (n_others > 0 && unnamed->len >= n_others) {
    lib_left_properties(taking->left, told->table, told->id, unnamed);
    taking->n_rejected++;
  }
  gboolean is_back = lib_known_set(known, known->id_column, told->id, at_us);
  if (is_back && known->removed_us != LIB_NEVER_US) known->removed_us = LIB_NEVER_US;
  if (is_any || is_back)
    known->is_changed = TRUE;
  else
    taking->n_older++;
}

/* An event's number, or a digest of one that is long; NULL: it has none. Free it. */
static char *event_of(const AttainTold *told) {
  if (!told->event || strlen(told->event) <= MAX_EVENT_BYTES) return g_strdup(told->event);
  return g_compute_checksum_for_string(G_CHECKSUM_SHA256, told->event, -1);
}

static gboolean is_seen(Taking *taking, const char *event, gboolean *seen, GError **error) {
  const StoreValue values[] = {{.type = STORE_TEXT, .text = ingest_source_name(taking->source)},
                               {.type = STORE_TEXT, .text = event}};
  *seen = FALSE;
  for (guint i = 0; event && i < taking->events->len && !*seen; i++)
    *seen = g_str_equal(taking->events->pdata[i], event);
  if (!event || *seen) return TRUE;
  g_autoptr(StoreRows) rows =
      store_query(taking->workspace->core->session->store,
                  "SELECT 1 FROM attain_told_event WHERE source = ? AND event = ? LIMIT 1", values, 2, 0, error);
  if (!rows) return FALSE;
  *seen = store_rows_count(rows) > 0;
  return TRUE;
}

static gboolean take_told(Taking *taking, const AttainTold *told, GError **error) {
  gboolean seen = FALSE;
  g_autofree char *event = event_of(told);
  gboolean is_left = !lib_left_lets(taking->left, told);
  taking->n_rejected += is_left;
  if (is_left) return TRUE;
  if (!is_seen(taking, event, &seen, error)) return FALSE;
  taking->n_seen += seen;
  if (seen) return TRUE;
  LibKnown *known = find_known(taking, told, error);
  if (!known) return FALSE;
  if (event) g_ptr_array_add(taking->events, g_steal_pointer(&event));
  gint64 at_us = told->at_us ? told->at_us : lib_now(taking->workspace);
  if (told->is_removed)
    take_removal(taking, known, at_us);
  else
    take_values(taking, known, told, at_us);
  return TRUE;
}

/* --- as rows --- */

static gboolean finish_change(Taking *taking, gint64 load, const char *const *tables, gsize n_tables, GError **error) {
  if (!lib_publish_commit(taking->workspace, load, error)) return FALSE;
  if (load == 0) return TRUE;
  taking->load = load;
  lib_tell_subscribers(taking->workspace, &(AttainChange){.load = load,
                                                          .source = ingest_source_name(taking->source),
                                                          .n_tables = n_tables,
                                                          .tables = n_tables ? tables : NULL});
  return TRUE;
}

/* For the audit log. */
static void count_change(const Taking *taking, const char *table, const AttainReport *report) {
  g_autofree char *name = taking->webhook ? g_strdup_printf("webhook:%s", taking->webhook) : lib_who(taking->workspace);
  lib_count_report(taking->workspace, name, taking->webhook ? "webhook" : "told", ingest_source_name(taking->source),
                   table, report);
}

static void add_counts(Taking *taking, const IngestReport *report, GPtrArray *tables) {
  for (gsize i = 0; i < report->n_counts; i++) {
    const IngestCount *count = &report->counts[i];
    const AttainReport changed = {
        .load = report->load, .n_new = count->n_new, .n_changed = count->n_changed, .n_removed = count->n_closed};
    count_change(taking, count->table, &changed);
    taking->n_rejected += count->n_rejected;
    if (count->n_new + count->n_changed > 0 && !g_ptr_array_find(tables, count->table, NULL))
      g_ptr_array_add(tables, (gpointer)count->table);
  }
}

/* Records of which the same headers are known. */
static gboolean put_alike(Taking *taking, const GPtrArray *alike, char **headers, GError **error) {
  AttainWorkspace *workspace = taking->workspace;
  const Session *session = workspace->core->session;
  const LibKnown *first = alike->pdata[0];
  guint n = g_strv_length(headers), n_waiting = 0;
  g_autofree char **cells = g_new0(char *, (gsize)alike->len *n + 1);
  for (guint r = 0; r < alike->len; r++)
    for (guint c = 0; c < n; c++) cells[(gsize)r * n + c] = lib_known_text(alike->pdata[r], headers[c]);
  const IngestTake take = {.store = session->store,
                           .source = taking->source,
                           .schema = session->schema,
                           .organisation = session->organisation,
                           .calendar = session->calendar,
                           .now_us = lib_now(workspace),
                           .from = first->from,
                           .id = first->id_column,
                           .headers = headers,
                           .cells = cells,
                           .n_rows = alike->len};
  g_autoptr(IngestReport) report = NULL;
  if (!lib_begin_change(workspace, error)) return FALSE;
  if (!ingest_take(&take, &report, &n_waiting, error))
    return lib_settle_failed(workspace, ingest_source_name(taking->source), error);
  g_autoptr(GPtrArray) tables = g_ptr_array_new();
  add_counts(taking, report, tables);
  taking->n_waiting += n_waiting;
  taking->n_accepted += alike->len;
  return finish_change(taking, report->load, (const char *const *)tables->pdata, tables->len, error);
}

static gboolean put_records(Taking *taking, GError **error) {
  g_autoptr(GHashTable) groups =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr(GPtrArray) order = g_ptr_array_new();
  for (guint i = 0; i < taking->records->len; i++) {
    LibKnown *known = taking->records->pdata[i];
    if (!known->is_changed || !lib_known_is_there(known)) continue;
    char *name = lib_known_shape(known);
    GPtrArray *alike = g_hash_table_lookup(groups, name);
    if (!alike) {
      alike = g_ptr_array_new();
      g_ptr_array_add(order, alike);
      g_hash_table_insert(groups, g_steal_pointer(&name), alike);
    }
    g_ptr_array_add(alike, known);
    g_free(name);
  }
  for (guint i = 0; i < order->len; i++) {
    const GPtrArray *alike = order->pdata[i];
    g_autofree char **headers = lib_known_headers(alike->pdata[0]);
    if (!put_alike(taking, alike, headers, error)) return FALSE;
  }
  return TRUE;
}

/* --- deletions --- */

static gboolean remove_from(Taking *taking, const char *table, const LibKnown *known, GError **error) {
  AttainWorkspace *workspace = taking->workspace;
  const Session *session = workspace->core->session;
  const char *ids[] = {known->id, NULL};
  const IngestPut put = {.store = session->store,
                         .schema = session->schema,
                         .organisation = session->organisation,
                         .calendar = session->calendar,
                         .now_us = lib_now(workspace),
                         .source = ingest_source_name(taking->source)};
  g_autoptr(IngestPutReport) report = NULL;
  if (!lib_begin_change(workspace, error)) return FALSE;
  if (!ingest_remove(&put, table, ids, &report, error))
    return lib_settle_failed(workspace, ingest_source_name(taking->source), error);
  count_change(taking, table, &(AttainReport){.load = report->load, .n_removed = report->n_removed});
  taking->n_removed += report->n_removed;
  return finish_change(taking, report->load, &table, 1, error);
}

static gboolean remove_records(Taking *taking, GError **error) {
  for (guint i = 0; i < taking->records->len; i++) {
    const LibKnown *known = taking->records->pdata[i];
    if (!known->is_changed || lib_known_is_there(known)) continue;
    g_autoptr(GPtrArray) facts = ingest_take_facts(taking->source, known->from, known->id_column);
    for (guint f = 0; f < facts->len; f++)
      if (!remove_from(taking, facts->pdata[f], known, error)) return FALSE;
  }
  return TRUE;
}

/* --- keeping what was told --- */

static void append_record(const Taking *taking, const LibKnown *known, GString *gone, GString *rows) {
  g_autofree char *source = store_quote_text(ingest_source_name(taking->source));
  g_autofree char *from = store_quote_text(known->from);
  g_autofree char *id = store_quote_text(known->id);
  g_autofree char *values = lib_known_write(known);
  g_autofree char *told = store_quote_text(values);
  g_autofree char *removed = lib_known_is_there(known)
                                 ? g_strdup("NULL")
                                 : g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", known->removed_us);
  g_string_append_printf(gone, "%s(source = %s AND from_name = %s AND id = %s)", gone->len ? " OR " : "", source, from,
                         id);
  g_string_append_printf(rows, "%s(%s, %s, %s, %s, %s)", rows->len ? ", " : "", source, from, id, told, removed);
}

static gboolean keep_events(Taking *taking, Store *store, GError **error) {
  gint64 now_us = lib_now(taking->workspace);
  g_autofree char *source = store_quote_text(ingest_source_name(taking->source));
  g_autoptr(GString) rows = g_string_new(NULL);
  for (guint i = 0; i < taking->events->len; i++) {
    g_autofree char *event = store_quote_text(taking->events->pdata[i]);
    g_string_append_printf(rows, "%s(%s, %s, make_timestamp(%" G_GINT64_FORMAT "))", i ? ", " : "", source, event,
                           now_us);
  }
  if (rows->len == 0) return TRUE;
  g_string_prepend(rows, "INSERT INTO attain_told_event (source, event, told_at) VALUES ");
  return store_run(store, rows->str, NULL, 0, NULL, error);
}

static gboolean keep_told(Taking *taking, GError **error) {
  Store *store = taking->workspace->core->session->store;
  g_autoptr(GString) gone = g_string_new(NULL), rows = g_string_new(NULL);
  for (guint i = 0; i < taking->records->len; i++) {
    const LibKnown *known = taking->records->pdata[i];
    if (known->is_changed) append_record(taking, known, gone, rows);
  }
  g_string_prepend(gone, "DELETE FROM attain_told_record WHERE ");
  g_string_prepend(rows, "INSERT INTO attain_told_record (source, from_name, id, told, removed_at) VALUES ");
  gboolean is_any = !g_str_has_suffix(rows->str, "VALUES ");
  if (!store_begin(store, error)) return FALSE;
  gboolean ok =
      (!is_any ||
       (store_run(store, gone->str, NULL, 0, NULL, error) && store_run(store, rows->str, NULL, 0, NULL, error))) &&
      keep_events(taking, store, error) && lib_forget_told(store, lib_now(taking->workspace), LIB_MAX_TOLD, error);
  if (ok) return store_commit(store, error);
  store_rollback(store);
  return FALSE;
}

/* --- the whole --- */

static gboolean keep_left(Taking *taking, GError **error) {
  gint64 load = 0;
  if (!lib_left_keep(taking->left, taking->workspace, &load, error))
    return lib_settle_failed(taking->workspace, ingest_source_name(taking->source), error);
  return finish_change(taking, load, NULL, 0, error);
}

static gboolean take_all(Taking *taking, const AttainTold *told, size_t n_told, GError **error) {
  for (size_t i = 0; i < n_told; i++)
    if (!take_told(taking, &told[i], error)) return FALSE;
  return put_records(taking, error) && remove_records(taking, error) && keep_left(taking, error) &&
         keep_told(taking, error);
}

static char *write_taken(const Taking *taking) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  g_assert(out); /* fails only without memory, as does all of GLib */
  g_autofree const char **unknown = (const char **)g_hash_table_get_keys_as_array(taking->unknown, NULL);
  CliJson *json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_integer(json, "load", taking->load);
  cli_json_member_integer(json, "n_accepted", taking->n_accepted);
  cli_json_member_integer(json, "n_removed", taking->n_removed);
  cli_json_member_integer(json, "n_rejected", taking->n_rejected);
  cli_json_member_integer(json, "n_waiting", taking->n_waiting);
  cli_json_member_integer(json, "n_seen", taking->n_seen);
  cli_json_member_integer(json, "n_older", taking->n_older);
  cli_json_member_texts(json, "not_mapped", unknown);
  cli_json_end_object(json);
  cli_json_free(json);
  fclose(out);
  return text;
}

/* --- what may be told --- */

static gboolean is_text(const char *text) {
  return text && g_utf8_validate(text, -1, NULL);
}

static gboolean is_text_or_none(const char *text) {
  return !text || is_text(text);
}

static const char *wrong_with(const AttainTold *told) {
  if (!(told->table || told->object) || !told->id || !told->id_column || !*told->id_column) return "it has no id";
  if (told->at_us < FIRST_US || told->at_us >= END_US) return "its time is not within the years 1970 to 9999";
  gboolean is_whole = is_text_or_none(told->table) && is_text_or_none(told->object) && is_text(told->id) &&
                      is_text(told->id_column) && is_text_or_none(told->event) && is_text_or_none(told->wrong);
  for (size_t i = 0; i < told->n_values && is_whole; i++)
    is_whole = is_text(told->columns[i]) && is_text_or_none(told->values[i]);
  return is_whole ? NULL : "a name or value in it is no text in UTF-8";
}

static gboolean check_told(const AttainTelling *telling, GError **error) {
  if (telling->n_told > MAX_TOLD) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "more than %d records in one call (MAX_TOLD): tell them in several", MAX_TOLD);
    return FALSE;
  }
  for (size_t i = 0; i < telling->n_told; i++) {
    const char *wrong = wrong_with(&telling->told[i]);
    if (wrong) g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "record %" G_GSIZE_FORMAT ": %s", i, wrong);
    if (wrong) return FALSE;
  }
  return TRUE;
}

/* --- the whole of a call --- */

static char *take_from(AttainWorkspace *workspace, const AttainTelling *telling, GError **error) {
  const char *const names[] = {telling->source, NULL};
  g_autoptr(GPtrArray) sources = session_sources(workspace->core->session);
  g_autoptr(GPtrArray) chosen = session_choose_sources(workspace->core->session, sources, names, error);
  if (!chosen || !check_told(telling, error)) return NULL;
  const SessionSource *source = chosen->pdata[0];
  if (!source->source) {
    g_propagate_error(error, g_error_copy(source->error));
    return NULL;
  }
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(lib_known_free),
                       events = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) unknown = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) of_tables =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)ingest_take_names_free);
  g_autoptr(LibLeft) left = lib_left_new(source->source);
  Taking taking = {.workspace = workspace,
                   .source = source->source,
                   .webhook = telling->webhook,
                   .records = records,
                   .names = of_tables,
                   .by_name = by_name,
                   .events = events,
                   .unknown = unknown,
                   .left = left};
  return take_all(&taking, telling->told, telling->n_told, error) ? write_taken(&taking) : NULL;
}

char *attain_take(AttainWorkspace *workspace, const AttainTelling *telling, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, "take", error)) return NULL;
  if (workspace->core->is_read_only || !telling || !telling->source) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE,
                  workspace->core->is_read_only ? "the workspace was opened to be read only" : "say which source");
    return NULL;
  }
  if (!lib_begin_writing(workspace, error)) return NULL;
  lib_doing(workspace, "take");
  lib_mend(workspace);
  char *taken = take_from(workspace, telling, &cause);
  if (taken) store_tidy(workspace->core->session->store);
  lib_own_up(workspace, &cause);
  lib_end_writing(workspace);
  if (!taken) lib_fail(error, cause);
  return taken;
}
