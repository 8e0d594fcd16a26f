/* What a workspace does, seen from other threads, and ending it.
 *
 * A statement of the database is interrupted; what comes between two statements takes no notice, so it is interrupted
 * again until the turn has ended. What goes through kept cells looks at flags (base/stop.h): the turn's, and the
 * handle's where nobody waits for it at all. */
#include "lib/reader.h"

#include <gio/gio.h>

#define AGAIN_US 2000

void lib_watch_begin(AttainWorkspace *workspace, const LibReader *holder) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->what = "write";
  workspace->core->began_us = g_get_monotonic_time();
  workspace->core->n_turns++;
  g_atomic_int_set(&workspace->core->is_cancelled, FALSE);
  workspace->core->is_sealed = workspace->core->is_written = FALSE;
  workspace->core->holder = holder;
  g_mutex_unlock(&workspace->core->watching);
}

void lib_watch_end(AttainWorkspace *workspace) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->what = NULL;
  g_cond_broadcast(&workspace->core->ended);
  g_mutex_unlock(&workspace->core->watching);
}

void lib_watch_own(AttainWorkspace *workspace, const AttainWorkspace *handle) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->holder = handle->reader;
  g_mutex_unlock(&workspace->core->watching);
}

void lib_doing(AttainWorkspace *workspace, const char *what) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->what = what;
  g_mutex_unlock(&workspace->core->watching);
}

static gboolean fail_cancelled(GError **cause) {
  g_set_error(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED, "it was cancelled");
  return FALSE;
}

void lib_own_up(AttainWorkspace *workspace, GError **cause) {
  g_mutex_lock(&workspace->core->watching);
  gboolean is_cancelled = workspace->core->is_cancelled && !workspace->core->is_written;
  g_mutex_unlock(&workspace->core->watching);
  if (!is_cancelled || !*cause) return;
  g_clear_error(cause);
  fail_cancelled(cause);
}

gboolean lib_seal(AttainWorkspace *workspace, GError **cause) {
  g_mutex_lock(&workspace->core->watching);
  gboolean is_cancelled = workspace->core->is_cancelled;
  workspace->core->is_sealed = !is_cancelled;
  g_mutex_unlock(&workspace->core->watching);
  return is_cancelled ? fail_cancelled(cause) : TRUE;
}

void lib_own_written(AttainWorkspace *workspace) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->is_written = TRUE;
  g_mutex_unlock(&workspace->core->watching);
}

void lib_loading(AttainWorkspace *workspace, const IngestSource *source) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->loading = source;
  g_mutex_unlock(&workspace->core->watching);
}

gboolean lib_check_goes_on(const AttainWorkspace *workspace, GError **cause) {
  if (!workspace->reader || !g_atomic_int_get(&workspace->reader->is_stopped)) return TRUE;
  return fail_cancelled(cause);
}

void attain_progress(AttainWorkspace *workspace, AttainProgress *progress) {
  g_mutex_lock(&workspace->core->watching);
  *progress = (AttainProgress){.is_busy = workspace->core->what != NULL, .what = workspace->core->what, .share = -1};
  progress->is_own = progress->is_busy && workspace->core->holder == workspace->reader;
  if (progress->is_busy) {
    progress->share = store_progress(workspace->core->session->store);
    progress->seconds = (double)(g_get_monotonic_time() - workspace->core->began_us) / G_USEC_PER_SEC;
  }
  g_mutex_unlock(&workspace->core->watching);
}

BaseStop lib_stop(const AttainWorkspace *workspace) {
  gboolean has_turn = g_atomic_pointer_get(&workspace->core->writer) == g_thread_self();
  return (BaseStop){.flags = {workspace->reader ? &workspace->reader->is_stopped : NULL,
                              has_turn ? &workspace->core->is_cancelled : NULL}};
}

/* A commit that is held is its holder's to let go of: only where nobody waits for its answers they are cut short. */
static gboolean is_cancellable(const AttainWorkspace *workspace, gboolean of_holder) {
  return workspace->core->what && !workspace->core->is_sealed &&
         (of_holder || !g_str_equal(workspace->core->what, LIB_HOLDING));
}

/* Ends the turn that is under way. `watching` is held. */
static void end_turn(AttainWorkspace *workspace, gboolean of_holder) {
  guint64 turn = workspace->core->n_turns;
  while (workspace->core->n_turns == turn && is_cancellable(workspace, of_holder)) {
    g_atomic_int_set(&workspace->core->is_cancelled, TRUE);
    store_interrupt(workspace->core->session->store);
    if (workspace->core->asked) query_live_interrupt(workspace->core->asked, &workspace->core->is_cancelled);
    if (workspace->core->loading) ingest_let_go(workspace->core->loading);
    g_cond_wait_until(&workspace->core->ended, &workspace->core->watching, g_get_monotonic_time() + AGAIN_US);
  }
}

/* Ends what is counted for the handle outside a turn. */
static void end_asking(AttainWorkspace *handle) {
  lib_enter(handle);
  g_mutex_lock(&handle->core->watching);
  while (query_live_interrupt(handle->core->live, &handle->reader->is_stopped))
    g_cond_wait_until(&handle->core->ended, &handle->core->watching, g_get_monotonic_time() + AGAIN_US);
  g_mutex_unlock(&handle->core->watching);
  lib_leave(handle);
}

bool attain_cancel(AttainWorkspace *workspace) {
  if (!lib_permit(workspace, "cancel", NULL)) return false;
  if (g_atomic_pointer_get(&workspace->core->writer) == g_thread_self()) return false;
  g_mutex_lock(&workspace->core->watching);
  gboolean is_busy = is_cancellable(workspace, FALSE);
  end_turn(workspace, FALSE);
  g_mutex_unlock(&workspace->core->watching);
  return is_busy;
}

void attain_stop(AttainWorkspace *handle) {
  if (!handle->reader) return;
  g_atomic_int_set(&handle->reader->is_stopped, TRUE);
  if (g_atomic_pointer_get(&handle->core->writer) == g_thread_self()) return;
  g_mutex_lock(&handle->core->watching);
  if (handle->core->holder == handle->reader) end_turn(handle, TRUE);
  g_mutex_unlock(&handle->core->watching);
  end_asking(handle);
}
