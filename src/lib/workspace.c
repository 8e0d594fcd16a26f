/* Opening, closing, the clock, errors. */
#include "lib/workspace.h"

#include "answer/answer.h"
#include "lib/reader.h"
#include "lib/tally.h"
#include "store/reopen.h"

#include <gio/gio.h>

#define CLOCK_STEP_US (60 * G_USEC_PER_SEC)

const char *attain_version(void) {
  return ATTAIN_VERSION;
}

void attain_free(void *text) {
  g_free(text);
}

/* --- errors --- */

void attain_error_clear(AttainError *error) {
  if (!error) return;
  g_free(error->message);
  *error = (AttainError){0};
}

static AttainErrorCode code_of(const GError *cause) {
  if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) return ATTAIN_ERROR_CANCELLED;
  static const AttainErrorCode codes[] = {
      [BASE_ERROR_INPUT] = ATTAIN_ERROR_INPUT,     [BASE_ERROR_NOT_FOUND] = ATTAIN_ERROR_NOT_FOUND,
      [BASE_ERROR_LIMIT] = ATTAIN_ERROR_LIMIT,     [BASE_ERROR_BUSY] = ATTAIN_ERROR_BUSY,
      [BASE_ERROR_VERSION] = ATTAIN_ERROR_VERSION, [BASE_ERROR_IO] = ATTAIN_ERROR_IO,
      [BASE_ERROR_USAGE] = ATTAIN_ERROR_USAGE,     [BASE_ERROR_FORBIDDEN] = ATTAIN_ERROR_FORBIDDEN,
  };
  gboolean is_known = cause && cause->domain == BASE_ERROR && (gsize)cause->code < G_N_ELEMENTS(codes);
  return is_known ? codes[cause->code] : ATTAIN_ERROR_IO;
}

gboolean lib_fail(AttainError *error, GError *cause) {
  if (error) *error = (AttainError){code_of(cause), g_strdup(cause ? cause->message : "it could not be done")};
  g_clear_error(&cause);
  return FALSE;
}

gboolean lib_fail_with(AttainError *error, AttainErrorCode code, const char *format, ...) {
  if (!error) return FALSE;
  va_list args;
  va_start(args, format);
  *error = (AttainError){code, g_strdup_vprintf(format, args)};
  va_end(args);
  return FALSE;
}

/* --- opening --- */

static Session *open_session(const char *folder, const AttainOptions *options, GError **error) {
  gboolean only_read = options->read_only || options->as_of;
  guint needs = SESSION_DEFINITIONS | (only_read ? SESSION_DATABASE : SESSION_DATABASE | SESSION_WRITE);
  return session_open_as_of(folder, options->now, options->as_of, needs, error);
}

AttainWorkspace *attain_open(const char *folder, const AttainOptions *options, AttainError *error) {
  static const AttainOptions defaults = {0};
  GError *cause = NULL;
  if (!options) options = &defaults;
  g_autofree char *digest = folder ? lib_meaning_digest(folder) : NULL;
  Session *session = folder ? open_session(folder, options, &cause) : NULL;
  if (!session) {
    if (!folder) lib_fail_with(error, ATTAIN_ERROR_USAGE, "a workspace is opened by its folder");
    if (folder) lib_fail(error, cause);
    return NULL;
  }
  QueryContext context = answer_context(session);
  guint64 max_bytes = options->max_cells_bytes ? options->max_cells_bytes : session->organisation->max_cells_bytes;
  QueryLive *live = query_live_new(&context, (gsize)MIN(max_bytes, G_MAXSIZE), &cause);
  if (!live) {
    lib_fail(error, cause);
    session_free(session);
    return NULL;
  }
  AttainWorkspace *workspace = g_new0(AttainWorkspace, 1);
  workspace->core = g_new0(LibCore, 1);
  workspace->core->session = session;
  workspace->core->live = live;
  workspace->core->meaning = lib_meaning_new(workspace->core, session, live);
  workspace->core->digest = g_steal_pointer(&digest);
  workspace->core->policies = g_ptr_array_new_with_free_func((GDestroyNotify)access_policy_free);
  g_mutex_init(&workspace->core->entering);
  g_rw_lock_init(&workspace->core->asking);
  workspace->core->max_cells_bytes = max_bytes;
  workspace->core->is_read_only = options->read_only || options->as_of;
  workspace->core->clock_us = session->now_given ? session->now_us : -1;
  workspace->core->moved_us = session->now_us;
  lib_change_state(workspace);
  workspace->core->subscriptions = g_array_new(FALSE, FALSE, sizeof(Subscription));
  workspace->core->noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init(&workspace->core->writing);
  g_mutex_init(&workspace->core->queueing);
  g_queue_init(&workspace->core->queue);
  g_mutex_init(&workspace->core->desking);
  workspace->core->tally = lib_tally_new(workspace->core);
  g_rw_lock_init(&workspace->core->reading);
  g_mutex_init(&workspace->core->watching);
  g_cond_init(&workspace->core->ended);
  gboolean ok = lib_open_desk(workspace->core, &cause);
  if (ok && options->alerts && !workspace->core->is_read_only) ok = lib_read_alerts(workspace, &cause);
  if (!ok) {
    lib_fail(error, cause);
    attain_close(workspace);
    return NULL;
  }
  return workspace;
}

static void settle_people(AttainWorkspace *workspace) {
  LibPeople *people = workspace->core->people;
  if (people && !workspace->core->is_read_only)
    user_book_settle(people->book, workspace->core->desk, &people->policy->limits, lib_now(workspace), NULL);
}

void attain_close(AttainWorkspace *workspace) {
  if (!workspace) return;
  if (workspace->reader) {
    attain_leave(workspace);
    return;
  }
  lib_tally_stop(workspace->core->tally);
  if (workspace->core->desk) lib_write_tally(workspace);
  settle_people(workspace);
  lib_people_free(workspace->core->people);
  store_close(workspace->core->desk);
  lib_forget_alerts(workspace);
  ingest_writer_free(workspace->core->put);
  lib_keys_free(workspace->core->keys);
  lib_meaning_release(workspace->core->meaning);
  g_ptr_array_unref(workspace->core->policies);
  g_free(workspace->core->digest);
  g_mutex_clear(&workspace->core->entering);
  g_rw_lock_clear(&workspace->core->asking);
  g_array_unref(workspace->core->subscriptions);
  g_hash_table_unref(workspace->core->noted);
  g_mutex_clear(&workspace->core->writing);
  g_mutex_clear(&workspace->core->queueing);
  g_mutex_clear(&workspace->core->desking);
  lib_tally_free(workspace->core->tally);
  g_rw_lock_clear(&workspace->core->reading);
  g_mutex_clear(&workspace->core->watching);
  g_cond_clear(&workspace->core->ended);
  g_free(workspace->core);
  g_free(workspace);
}

/* --- writing --- */

gboolean lib_check_no_turn(const AttainWorkspace *workspace, AttainError *error) {
  if (g_atomic_pointer_get(&workspace->core->writer) != g_thread_self()) return TRUE;
  return lib_fail_with(error, ATTAIN_ERROR_USAGE,
                       "within a callback, and while attain_hold() holds a commit, nothing can be changed: that commit "
                       "is not over yet");
}

static gboolean begin(AttainWorkspace *workspace, const LibReader *holder, AttainError *error) {
  if (!lib_check_no_turn(workspace, error)) return FALSE;
  g_mutex_lock(&workspace->core->writing);
  g_atomic_pointer_set(&workspace->core->writer, g_thread_self());
  lib_watch_begin(workspace, holder);
  return TRUE;
}

gboolean lib_begin_shared(AttainWorkspace *workspace, AttainError *error) {
  return begin(workspace, NULL, error);
}

gboolean lib_begin_writing(AttainWorkspace *workspace, AttainError *error) {
  GError *cause = NULL;
  if (!begin(workspace, workspace->reader, error)) return FALSE;
  if (lib_check_goes_on(workspace, &cause)) return TRUE;
  lib_end_writing(workspace);
  return lib_fail(error, cause);
}

void lib_end_writing(AttainWorkspace *workspace) {
  lib_watch_end(workspace);
  g_atomic_pointer_set(&workspace->core->writer, NULL);
  g_mutex_unlock(&workspace->core->writing);
}

/* A database that refuses everything after a failure is opened again; what it had committed is in the next answers. */
gboolean lib_mend(AttainWorkspace *workspace) {
  Store *store = workspace->core->session->store;
  if (workspace->core->is_read_only || !store_is_lost(store)) return FALSE;
  g_clear_pointer(&workspace->core->put, ingest_writer_free);
  g_clear_pointer(&workspace->core->keys, lib_keys_free);
  g_rw_lock_writer_lock(&workspace->core->reading);
  g_mutex_lock(&workspace->core->watching);
  gboolean is_open = query_live_reopen(workspace->core->live, store, NULL);
  g_mutex_unlock(&workspace->core->watching);
  g_rw_lock_writer_unlock(&workspace->core->reading);
  return is_open;
}

gboolean lib_begin_change(AttainWorkspace *workspace, GError **error) {
  if (query_live_before(workspace->core->live, NULL)) return TRUE;
  lib_mend(workspace);
  return query_live_before(workspace->core->live, error);
}

/* --- memory --- */

bool attain_memory(AttainWorkspace *workspace, AttainMemory *memory, AttainError *error) {
  GError *cause = NULL;
  gint64 database_bytes = 0;
  if (!lib_permit(workspace, "memory", error) || !lib_begin_writing(workspace, error)) return false;
  gboolean ok = store_memory_bytes(workspace->core->session->store, &database_bytes, &cause);
  if (ok)
    *memory = (AttainMemory){.n_cells = query_live_n_cells(workspace->core->live),
                             .cells_bytes = query_live_state(workspace->core->live).bytes,
                             .max_cells_bytes = workspace->core->max_cells_bytes,
                             .put_bytes = workspace->core->put ? ingest_writer_bytes(workspace->core->put) : 0,
                             .database_bytes = (guint64)database_bytes};
  lib_end_writing(workspace);
  return ok || lib_fail(error, cause);
}

/* --- the clock --- */

static gint64 clock_of(const AttainWorkspace *workspace) {
  return __atomic_load_n(&workspace->core->clock_us, __ATOMIC_ACQUIRE);
}

gint64 lib_now(const AttainWorkspace *workspace) {
  gint64 clock_us = clock_of(workspace);
  return clock_us >= 0 ? clock_us : g_get_real_time();
}

gboolean lib_publish(AttainWorkspace *workspace, GError **error) {
  gint64 now_us = lib_now(workspace);
  if (!query_live_after(workspace->core->live, now_us, error)) return FALSE;
  __atomic_store_n(&workspace->core->moved_us, now_us, __ATOMIC_RELEASE);
  lib_change_state(workspace);
  return TRUE;
}

/* Of all workspaces of the program, so that one that is opened anew has no number of the old one's. */
void lib_change_state(AttainWorkspace *workspace) {
  static guint64 last;
  guint64 state = __atomic_add_fetch(&last, 1, __ATOMIC_ACQ_REL);
  __atomic_store_n(&workspace->core->state, state, __ATOMIC_RELEASE);
}

uint64_t attain_state(AttainWorkspace *workspace) {
  lib_follow_clock(workspace);
  return __atomic_load_n(&workspace->core->state, __ATOMIC_ACQUIRE);
}

/* A writer moves the clock himself: nobody waits for him to do so. What cannot be done now is done at the next
 * question. */
void lib_follow_clock(AttainWorkspace *workspace) {
  if (clock_of(workspace) >= 0 || g_atomic_pointer_get(&workspace->core->writer) == g_thread_self()) return;
  gint64 moved_us = __atomic_load_n(&workspace->core->moved_us, __ATOMIC_ACQUIRE), now_us = g_get_real_time();
  lib_enter(workspace);
  const Calendar *calendar = workspace->core->session->calendar;
  gboolean is_same_day = calendar_day_of(calendar, moved_us) == calendar_day_of(calendar, now_us);
  lib_leave(workspace);
  if (is_same_day && now_us - moved_us < CLOCK_STEP_US) return;
  if (!g_mutex_trylock(&workspace->core->writing)) return;
  if (clock_of(workspace) < 0 && query_live_before(workspace->core->live, NULL)) lib_publish(workspace, NULL);
  g_mutex_unlock(&workspace->core->writing);
}

static gboolean move_clock(AttainWorkspace *workspace, const char *now, GError **error) {
  gint64 now_us = -1;
  if (now && !calendar_parse_instant(workspace->core->session->calendar, now, &now_us, error)) return FALSE;
  if (!lib_begin_change(workspace, error)) return FALSE;
  __atomic_store_n(&workspace->core->clock_us, now_us, __ATOMIC_RELEASE);
  return lib_publish(workspace, error);
}

bool attain_set_now(AttainWorkspace *workspace, const char *now, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, "set_now", error) || !lib_begin_writing(workspace, error)) return false;
  gboolean ok = move_clock(workspace, now, &cause);
  if (ok) lib_wake_alerts(workspace);
  lib_end_writing(workspace);
  return ok || lib_fail(error, cause);
}
