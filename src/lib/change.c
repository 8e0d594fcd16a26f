/* Putting, removing and loading: one writer at a time, each commit told to the cells and then to the subscribers. */
#include "ingest/put.h"
#include "lib/workspace.h"
#include "session/sources.h"

#define NO_FILE_SOURCE "put"

typedef struct {
  AttainReport report; /* what the caller sees */
  GArray *rejected;    /* AttainRejected */
  GStringChunk *texts;
} Report;

/* --- reports --- */

static Report *new_report(void) {
  Report *report = g_new0(Report, 1);
  report->rejected = g_array_new(FALSE, FALSE, sizeof(AttainRejected));
  report->texts = g_string_chunk_new(256);
  return report;
}

void attain_report_free(AttainReport *report) {
  if (!report) return;
  Report *whole = (Report *)(gpointer)report;
  g_array_unref(whole->rejected);
  g_string_chunk_free(whole->texts);
  g_free(whole);
}

/* Hands it over, or frees it where nobody wants it. */
static void give_report(Report *report, AttainReport **wanted) {
  report->report.rejected = report->rejected->len ? (const AttainRejected *)(gpointer)report->rejected->data : NULL;
  if (wanted)
    *wanted = &report->report;
  else
    attain_report_free(&report->report);
}

static void take_put(Report *report, const IngestPutReport *put) {
  report->report = (AttainReport){.load = put->load,
                                  .n_new = put->n_new,
                                  .n_changed = put->n_changed,
                                  .n_unchanged = put->n_unchanged,
                                  .n_removed = put->n_removed,
                                  .n_rejected = put->rejected->len};
  for (guint i = 0; i < put->rejected->len; i++) {
    const IngestPutRejected *from = &g_array_index(put->rejected, IngestPutRejected, i);
    AttainRejected rejected = {.record = from->record,
                               .id = from->id ? g_string_chunk_insert(report->texts, from->id) : NULL,
                               .reason = g_string_chunk_insert(report->texts, from->reason)};
    g_array_append_val(report->rejected, rejected);
  }
}

/* --- one change --- */

static gboolean check_writable(const AttainWorkspace *workspace, AttainError *error) {
  if (!workspace->core->is_read_only) return TRUE;
  return lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
}

/* What a function did between query_live_before() and here becomes the next answers. */
static gboolean publish_commit(AttainWorkspace *workspace, gint64 load, GError **error) {
  g_autoptr(GError) failed = NULL;
  if (lib_publish(workspace, &failed) || load == 0) return TRUE;
  if (lib_mend(workspace) && lib_publish(workspace, NULL)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO,
              "the records are written, but the answers could not take them; they will with the next change: %s",
              failed->message);
  return FALSE;
}

/* After a change that failed: answers go on from what the database has. A change may be in it although the database
 * failed after it, and is then told like any other. Always FALSE. */
static gboolean settle_failed(AttainWorkspace *workspace, const char *source, const char *const *tables, gsize n_tables,
                              GError **error) {
  gint64 before = query_live_load(workspace->core->live);
  gboolean is_mended = lib_mend(workspace);
  gboolean is_published = lib_publish(workspace, NULL);
  gint64 load = query_live_load(workspace->core->live);
  if (!is_mended || !is_published || load == before) return FALSE;
  g_prefix_error(error, "the records are written and in the answers; what came after them failed: ");
  lib_tell_subscribers(
      workspace,
      &(AttainChange){.load = load, .source = source, .n_tables = n_tables, .tables = n_tables ? tables : NULL});
  return FALSE;
}

/* Whose ids they are, where the caller does not say. Free it. */
static char *find_source(const AttainWorkspace *workspace, const char *given, GError **error) {
  if (given && *given) return g_strdup(given);
  g_autoptr(GPtrArray) sources = session_sources(workspace->core->session);
  if (sources->len == 0) return g_strdup(NO_FILE_SOURCE);
  if (sources->len == 1) return g_strdup(((const SessionSource *)g_ptr_array_index(sources, 0))->name);
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < sources->len; i++)
    g_string_append_printf(names, "%s%s", i ? ", " : "", ((const SessionSource *)g_ptr_array_index(sources, i))->name);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
              "say whose ids the records have: the workspace has the sources %s; a name of your own will do, too",
              names->str);
  return NULL;
}

typedef gboolean (*Change)(const IngestPut *put, const char *table, gconstpointer what, IngestPutReport **report,
                           GError **error);

static gboolean put_records(const IngestPut *put, const char *table, gconstpointer what, IngestPutReport **report,
                            GError **error) {
  return ingest_put(put, table, what, report, error);
}

static gboolean remove_ids(const IngestPut *put, const char *table, gconstpointer what, IngestPutReport **report,
                           GError **error) {
  return ingest_remove(put, table, what, report, error);
}

static gboolean open_writer(AttainWorkspace *workspace, GError **error) {
  const Session *session = workspace->core->session;
  if (!workspace->core->put)
    workspace->core->put =
        ingest_writer_new(session->store, session->schema, session->organisation, session->calendar, error);
  return workspace->core->put != NULL;
}

static gboolean change_and_tell(AttainWorkspace *workspace, Change change, const char *table, gconstpointer what,
                                const AttainPutOptions *options, AttainReport **report, GError **error) {
  const Session *session = workspace->core->session;
  g_autofree char *source = find_source(workspace, options->source, error);
  if (!source || !lib_begin_change(workspace, error)) return FALSE;
  if (!open_writer(workspace, error)) return settle_failed(workspace, source, &table, 1, error);
  IngestPut put = {.store = session->store,
                   .schema = session->schema,
                   .organisation = session->organisation,
                   .calendar = session->calendar,
                   .now_us = lib_now(workspace),
                   .source = source,
                   .references = options->references,
                   .writer = workspace->core->put,
                   .is_whole = options->all_or_nothing};
  g_autoptr(IngestPutReport) done = NULL;
  gboolean ok = change(&put, table, what, &done, error);
  if (!ok) return settle_failed(workspace, source, &table, 1, error);
  gint64 load = done->load;
  query_live_tell(workspace->core->live, done->written);
  if (!publish_commit(workspace, load, error)) return FALSE;
  Report *made = new_report();
  take_put(made, done);
  if (load > 0)
    lib_tell_subscribers(workspace, &(AttainChange){.load = load, .source = source, .n_tables = 1, .tables = &table});
  give_report(made, report);
  return TRUE;
}

static bool change(AttainWorkspace *workspace, Change what_is_done, const char *table, gconstpointer what,
                   const AttainPutOptions *options, AttainReport **report, AttainError *error) {
  static const AttainPutOptions defaults = {0};
  GError *cause = NULL;
  if (!check_writable(workspace, error)) return false;
  if (!table || !what) return lib_fail_with(error, ATTAIN_ERROR_USAGE, "say which table, and which records");
  if (!lib_begin_writing(workspace, error)) return false;
  gboolean ok = change_and_tell(workspace, what_is_done, table, what, options ? options : &defaults, report, &cause);
  if (ok) store_tidy(workspace->core->session->store);
  lib_end_writing(workspace);
  return ok || lib_fail(error, cause);
}

bool attain_put(AttainWorkspace *workspace, const char *table, const char *records, const AttainPutOptions *options,
                AttainReport **report, AttainError *error) {
  return change(workspace, put_records, table, records, options, report, error);
}

bool attain_remove(AttainWorkspace *workspace, const char *table, const char *const *ids,
                   const AttainPutOptions *options, AttainReport **report, AttainError *error) {
  return change(workspace, remove_ids, table, ids, options, report, error);
}

/* --- loading --- */

static void add_counts(AttainReport *sum, const IngestReport *load) {
  if (load->load) sum->load = load->load;
  for (gsize i = 0; i < load->n_counts; i++) {
    sum->n_new += load->counts[i].n_new;
    sum->n_changed += load->counts[i].n_changed;
    sum->n_unchanged += load->counts[i].n_unchanged;
    sum->n_removed += load->counts[i].n_closed;
    sum->n_rejected += load->counts[i].n_rejected;
  }
}

static void tell_load(AttainWorkspace *workspace, const char *source, const IngestReport *load) {
  g_autoptr(GPtrArray) tables = g_ptr_array_new();
  for (gsize i = 0; i < load->n_counts; i++) {
    const IngestCount *count = &load->counts[i];
    if (count->n_new + count->n_changed + count->n_closed == 0) continue;
    if (!g_ptr_array_find(tables, count->table, NULL)) g_ptr_array_add(tables, (gpointer)count->table);
  }
  AttainChange change = {
      .load = load->load, .source = source, .n_tables = tables->len, .tables = (const char *const *)tables->pdata};
  lib_tell_subscribers(workspace, &change);
}

static gboolean load_one(AttainWorkspace *workspace, const SessionSource *source, AttainReport *sum, GError **error) {
  const Session *session = workspace->core->session;
  if (!source->source) {
    if (error) *error = g_error_copy(source->error);
    return FALSE;
  }
  if (!lib_begin_change(workspace, error)) return FALSE;
  IngestOptions options = {.now_us = lib_now(workspace)};
  g_autoptr(IngestReport) report = NULL;
  gboolean ok = ingest_load(session->store, source->source, session->schema, session->organisation, session->calendar,
                            &options, &report, error);
  if (!ok) return settle_failed(workspace, source->name, NULL, 0, error);
  if (!publish_commit(workspace, report->load, error)) return FALSE;
  add_counts(sum, report);
  if (report->load) tell_load(workspace, source->name, report);
  return TRUE;
}

/* The first failure's kind, and what is wrong with each. */
static void add_failure(GError **error, const char *source, GError *cause) {
  if (!*error) {
    *error = g_error_new(cause->domain, cause->code, "%s: %s", source, cause->message);
  } else {
    char *message = g_strdup_printf("%s\n%s: %s", (*error)->message, source, cause->message);
    g_free((*error)->message);
    (*error)->message = message;
  }
  g_error_free(cause);
}

static gboolean load_sources(AttainWorkspace *workspace, const char *name, AttainReport *sum, GError **error) {
  const char *const names[] = {name, NULL};
  g_autoptr(GPtrArray) sources = session_sources(workspace->core->session);
  g_autoptr(GPtrArray) chosen = session_choose_sources(workspace->core->session, sources, names, error);
  if (!chosen) return FALSE;
  for (guint i = 0; i < chosen->len; i++) {
    const SessionSource *source = g_ptr_array_index(chosen, i);
    GError *cause = NULL;
    if (!load_one(workspace, source, sum, &cause)) add_failure(error, source->name, cause);
  }
  return *error == NULL;
}

bool attain_load(AttainWorkspace *workspace, const char *source, AttainReport **report, AttainError *error) {
  GError *cause = NULL;
  if (!check_writable(workspace, error) || !lib_begin_writing(workspace, error)) return false;
  lib_doing(workspace, "load");
  Report *made = new_report();
  gboolean ok = load_sources(workspace, source, &made->report, &cause);
  if (ok) store_tidy(workspace->core->session->store);
  lib_own_up(workspace, &cause);
  lib_end_writing(workspace);
  give_report(made, report);
  return ok || lib_fail(error, cause);
}
