/* Putting, removing and loading: one writer at a time, each commit told to the cells and then to the subscribers. */
#include "lib/change.h"

#include "lib/reader.h"
#include "lib/tally.h"
#include "session/sources.h"

#define NO_FILE_SOURCE "put"

/* --- one change --- */

static gboolean check_writable(const AttainWorkspace *workspace, AttainError *error) {
  if (!workspace->core->is_read_only) return TRUE;
  return lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
}

/* What a function did between query_live_before() and here becomes the next answers. */
gboolean lib_publish_commit(AttainWorkspace *workspace, gint64 load, GError **error) {
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
  lib_own_written(workspace);
  g_prefix_error(error, "the records are written and in the answers; what came after them failed: ");
  lib_tell_subscribers(
      workspace,
      &(AttainChange){.load = load, .source = source, .n_tables = n_tables, .tables = n_tables ? tables : NULL});
  return FALSE;
}

gboolean lib_settle_failed(AttainWorkspace *workspace, const char *source, GError **error) {
  return settle_failed(workspace, source, NULL, 0, error);
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

static gboolean open_writer(AttainWorkspace *workspace, GError **error) {
  const Session *session = workspace->core->session;
  if (!workspace->core->put)
    workspace->core->put =
        ingest_writer_new(session->store, session->schema, session->organisation, session->calendar, error);
  return workspace->core->put != NULL;
}

/* --- reports --- */

static LibReport *report_of(const IngestPutReport *put) {
  LibReport *report = lib_report_new();
  report->report = (AttainReport){.load = put->load,
                                  .n_new = put->n_new,
                                  .n_changed = put->n_changed,
                                  .n_unchanged = put->n_unchanged,
                                  .n_removed = put->n_removed,
                                  .n_rejected = put->rejected->len};
  for (guint i = 0; i < put->rejected->len; i++) {
    const IngestPutRejected *from = &g_array_index(put->rejected, IngestPutRejected, i);
    lib_report_reject(report, from->record, from->id, from->reason);
  }
  return report;
}

/* Of several calls in one put, in which no record was kept out: to each what became of its own records. */
static void share_out(const IngestPutReport *put, LibCall *const *calls, guint n_calls) {
  guint at = 0;
  for (guint i = 0; i < n_calls; i++) {
    LibReport *report = lib_report_new();
    report->report.load = put->load;
    for (guint r = 0; r < calls[i]->peek.n_records; r++, at++) {
      report->report.n_new += put->became[at] == INGEST_NEW;
      report->report.n_changed += put->became[at] == INGEST_CHANGED;
      report->report.n_unchanged += put->became[at] == INGEST_UNCHANGED;
    }
    if (report->report.n_new + report->report.n_changed == 0) report->report.load = 0;
    calls[i]->report = report;
  }
}

/* --- one commit --- */

typedef struct {
  AttainWorkspace *workspace;
  LibCall *const *calls;
  guint n_calls;
  gboolean is_kept; /* what belongs to keys is in the commit */
} Commit;

static void make_reports(const Commit *commit, const IngestPutReport *put) {
  for (guint i = 0; i < commit->n_calls; i++) g_clear_pointer(&commit->calls[i]->report, lib_report_free);
  if (commit->n_calls == 1)
    commit->calls[0]->report = report_of(put);
  else
    share_out(put, commit->calls, commit->n_calls);
}

/* An IngestBeside. */
static gboolean keep_keys(Store *store, const IngestPutReport *put, gpointer data, GError **error) {
  Commit *commit = data;
  if (!lib_seal(commit->workspace, error)) return FALSE;
  make_reports(commit, put);
  commit->is_kept = lib_keys_keep(commit->workspace, commit->calls, commit->n_calls, error);
  return commit->is_kept;
}

static IngestPut put_of(Commit *commit) {
  const LibCore *core = commit->workspace->core;
  const LibCall *call = commit->calls[0];
  return (IngestPut){.store = core->session->store,
                     .schema = core->session->schema,
                     .organisation = core->session->organisation,
                     .calendar = core->session->calendar,
                     .now_us = lib_now(commit->workspace),
                     .source = call->source,
                     .references = call->options->references,
                     .writer = core->put,
                     .is_whole = call->options->all_or_nothing,
                     .beside = keep_keys,
                     .beside_data = commit};
}

static void tell_put(AttainWorkspace *workspace, const LibCall *call, const IngestPutReport *put) {
  AttainChange change = {.load = put->load, .source = call->source, .n_tables = 1, .tables = &call->table};
  const StoreWritten *written = put->written;
  AttainTouched touched = {0};
  if (written && written->people) {
    touched.n_people = written->people->len;
    touched.people = (const int32_t *)(gpointer)written->people->data;
    change.touched = &touched;
  }
  lib_tell_subscribers(workspace, &change);
}

static void count_calls(const Commit *commit) {
  for (guint i = 0; i < commit->n_calls; i++) {
    const LibCall *call = commit->calls[i];
    g_autofree char *who = lib_who(call->caller);
    lib_count_report(call->caller, who, call->records ? "put" : "removed", call->source, call->table,
                     &call->report->report);
  }
}

/* What is in the database although it failed after the commit is counted, too. Always FALSE. */
static gboolean settle(const Commit *commit, GError **error) {
  AttainWorkspace *workspace = commit->workspace;
  const LibCall *first = commit->calls[0];
  gint64 before = query_live_load(workspace->core->live);
  settle_failed(workspace, first->source, &first->table, 1, error);
  if (commit->is_kept && query_live_load(workspace->core->live) != before) count_calls(commit);
  return FALSE;
}

/* What was put becomes the next answers, and is told. Where nothing was written the keys still are. */
static gboolean finish(Commit *commit, const IngestPutReport *put, GError **error) {
  AttainWorkspace *workspace = commit->workspace;
  make_reports(commit, put);
  if (!commit->is_kept && !lib_keys_keep(workspace, commit->calls, commit->n_calls, error)) return FALSE;
  lib_keys_learn(workspace, commit->calls, commit->n_calls);
  count_calls(commit);
  query_live_tell(workspace->core->live, put->written);
  if (!lib_publish_commit(workspace, put->load, error)) return FALSE;
  if (put->load > 0) tell_put(workspace, commit->calls[0], put);
  return TRUE;
}

/* FALSE: a failure, of all calls. `*is_taken` FALSE: nothing was done; each is to be done by itself. */
static gboolean put_joined(Commit *commit, gboolean *is_taken, GError **error) {
  AttainWorkspace *workspace = commit->workspace;
  const LibCall *first = commit->calls[0];
  g_autoptr(GPtrArray) records = g_ptr_array_new();
  for (guint i = 0; i < commit->n_calls; i++) g_ptr_array_add(records, (gpointer)commit->calls[i]->records);
  g_ptr_array_add(records, NULL);
  g_autofree char *joined = ingest_put_join((const char *const *)records->pdata);
  *is_taken = FALSE;
  if (!lib_begin_change(workspace, error)) return FALSE;
  if (!open_writer(workspace, error)) return settle(commit, error);
  IngestPut put = put_of(commit);
  g_autoptr(IngestPutReport) done = NULL;
  if (!ingest_writer_put(workspace->core->put, &put, first->table, joined, &done, is_taken, error))
    return settle(commit, error);
  return !*is_taken || finish(commit, done, error);
}

static gboolean change_one(Commit *commit, GError **error) {
  AttainWorkspace *workspace = commit->workspace;
  const LibCall *call = commit->calls[0];
  if (!lib_begin_change(workspace, error)) return FALSE;
  if (!open_writer(workspace, error)) return settle(commit, error);
  IngestPut put = put_of(commit);
  g_autoptr(IngestPutReport) done = NULL;
  gboolean ok = call->records ? ingest_put(&put, call->table, call->records, &done, error)
                              : ingest_remove(&put, call->table, call->ids, &done, error);
  return ok ? finish(commit, done, error) : settle(commit, error);
}

static void fail_call(LibCall *call, const GError *cause) {
  g_clear_pointer(&call->report, lib_report_free);
  call->cause = g_error_copy(cause);
}

/* TRUE: they are done, or have failed. */
static gboolean change_joined(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls) {
  g_autoptr(GError) cause = NULL;
  gboolean is_taken = FALSE;
  if (n_calls < 2) return FALSE;
  if (put_joined(&(Commit){workspace, calls, n_calls, FALSE}, &is_taken, &cause)) return is_taken;
  lib_own_up(workspace, &cause);
  for (guint i = 0; i < n_calls; i++) fail_call(calls[i], cause);
  return TRUE;
}

/* Those that were not answered before. */
static GPtrArray *find_new(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls) {
  GPtrArray *fresh = g_ptr_array_new();
  for (guint i = 0; i < n_calls; i++) {
    if (lib_check_goes_on(calls[i]->caller, &calls[i]->cause) &&
        lib_key_find(workspace, calls[i], &calls[i]->report, &calls[i]->cause) && !calls[i]->report)
      g_ptr_array_add(fresh, calls[i]);
  }
  return fresh;
}

void lib_change(AttainWorkspace *workspace, LibCall *const *calls, guint n_calls) {
  g_autoptr(GPtrArray) fresh = find_new(workspace, calls, n_calls);
  if (fresh->len == 0) return;
  if (!change_joined(workspace, (LibCall *const *)fresh->pdata, fresh->len)) {
    for (guint i = 0; i < fresh->len; i++) {
      g_autoptr(GError) cause = NULL;
      LibCall *const *call = (LibCall *const *)fresh->pdata + i;
      if (change_one(&(Commit){workspace, call, 1, FALSE}, &cause)) continue;
      lib_own_up(workspace, &cause);
      fail_call(*call, cause);
    }
  }
  store_tidy(workspace->core->session->store);
}

/* --- a caller --- */

static gboolean set_key(LibCall *call, GError **error) {
  const char *key = call->options->key;
  if (!key) return TRUE;
  if (!*key || strlen(key) > LIB_MAX_KEY_BYTES) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a key has 1 to %d bytes: a number or UUID of the call's own",
                LIB_MAX_KEY_BYTES);
    return FALSE;
  }
  call->name = lib_key_name(key);
  call->digest = lib_key_digest(call);
  return TRUE;
}

static bool change(AttainWorkspace *workspace, const char *name, LibCall *call, AttainReport **report,
                   AttainError *error) {
  static const AttainPutOptions defaults = {0};
  GError *cause = NULL;
  if (!lib_permit(workspace, name, error) || !check_writable(workspace, error)) return false;
  if (!call->table || !(call->records || call->ids))
    return lib_fail_with(error, ATTAIN_ERROR_USAGE, "say which table, and which records");
  if (!call->options) call->options = &defaults;
  lib_enter(workspace);
  call->source = find_source(workspace, call->options->source, &cause);
  lib_leave(workspace);
  gboolean is_asked = call->source && set_key(call, &cause);
  if (is_asked && !lib_group_call(workspace, call, error)) is_asked = FALSE;
  LibReport *made = g_steal_pointer(&call->report);
  if (!cause) cause = call->cause;
  g_free(call->source);
  g_free(call->name);
  g_free(call->digest);
  if (made) lib_report_give(made, report);
  return made || (cause && lib_fail(error, cause));
}

bool attain_put(AttainWorkspace *workspace, const char *table, const char *records, const AttainPutOptions *options,
                AttainReport **report, AttainError *error) {
  LibCall call = {.caller = workspace, .table = table, .records = records, .options = options};
  return change(workspace, "put", &call, report, error);
}

bool attain_remove(AttainWorkspace *workspace, const char *table, const char *const *ids,
                   const AttainPutOptions *options, AttainReport **report, AttainError *error) {
  LibCall call = {.caller = workspace, .table = table, .ids = ids, .options = options};
  return change(workspace, "remove", &call, report, error);
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

/* One entry a load, with counts; which records they are stands in the ledger. */
static void note_load(AttainWorkspace *workspace, const char *source, const IngestReport *load) {
  IngestCount sum = {0};
  for (gsize i = 0; i < load->n_counts; i++) ingest_count_add(&sum, &load->counts[i]);
  g_autofree char *about = g_strdup_printf("%s, load %" G_GINT64_FORMAT ": %" G_GINT64_FORMAT " new, %" G_GINT64_FORMAT
                                           " changed, %" G_GINT64_FORMAT " gone, %" G_GINT64_FORMAT " rejected",
                                           source, load->load, sum.n_new, sum.n_changed, sum.n_closed, sum.n_rejected);
  lib_note(workspace, NULL, "loaded", about);
}

void lib_tell_load(AttainWorkspace *workspace, const char *source, const IngestReport *load) {
  note_load(workspace, source, load);
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
  lib_loading(workspace, source->source);
  gboolean ok = ingest_load(session->store, source->source, session->schema, session->organisation, session->calendar,
                            &options, &report, error);
  lib_loading(workspace, NULL);
  if (!ok) return settle_failed(workspace, source->name, NULL, 0, error);
  if (!lib_publish_commit(workspace, report->load, error)) return FALSE;
  add_counts(sum, report);
  if (report->load) lib_tell_load(workspace, source->name, report);
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
  if (!lib_permit(workspace, "load", error) || !check_writable(workspace, error) ||
      !lib_begin_writing(workspace, error))
    return false;
  lib_doing(workspace, "load");
  LibReport *made = lib_report_new();
  gboolean ok = load_sources(workspace, source, &made->report, &cause);
  if (ok) store_tidy(workspace->core->session->store);
  lib_own_up(workspace, &cause);
  lib_end_writing(workspace);
  lib_report_give(made, report);
  return ok || lib_fail(error, cause);
}
