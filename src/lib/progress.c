/* What a workspace does, seen from other threads, and ending it.
 *
 * A statement of the database is interrupted; what comes between two statements takes no notice, so it is interrupted
 * again until the turn has ended. */
#include "lib/workspace.h"

#include <gio/gio.h>

#define AGAIN_US 2000

void lib_watch_begin(AttainWorkspace *workspace) {
  g_mutex_lock(&workspace->watching);
  workspace->what = "write";
  workspace->began_us = g_get_monotonic_time();
  workspace->n_turns++;
  workspace->is_cancelled = FALSE;
  g_mutex_unlock(&workspace->watching);
}

void lib_watch_end(AttainWorkspace *workspace) {
  g_mutex_lock(&workspace->watching);
  workspace->what = NULL;
  g_cond_broadcast(&workspace->ended);
  g_mutex_unlock(&workspace->watching);
}

void lib_doing(AttainWorkspace *workspace, const char *what) {
  g_mutex_lock(&workspace->watching);
  workspace->what = what;
  g_mutex_unlock(&workspace->watching);
}

void lib_own_up(AttainWorkspace *workspace, GError **cause) {
  g_mutex_lock(&workspace->watching);
  gboolean is_cancelled = workspace->is_cancelled;
  g_mutex_unlock(&workspace->watching);
  if (!is_cancelled || !*cause) return;
  g_clear_error(cause);
  g_set_error(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED, "it was cancelled");
}

void attain_progress(AttainWorkspace *workspace, AttainProgress *progress) {
  g_mutex_lock(&workspace->watching);
  *progress = (AttainProgress){.is_busy = workspace->what != NULL, .what = workspace->what, .share = -1};
  if (progress->is_busy) {
    progress->share = store_progress(workspace->session->store);
    progress->seconds = (double)(g_get_monotonic_time() - workspace->began_us) / G_USEC_PER_SEC;
  }
  g_mutex_unlock(&workspace->watching);
}

static gboolean is_cancellable(const AttainWorkspace *workspace) {
  return workspace->what && !g_str_equal(workspace->what, LIB_HOLDING);
}

bool attain_cancel(AttainWorkspace *workspace) {
  if (g_atomic_pointer_get(&workspace->writer) == g_thread_self()) return false;
  g_mutex_lock(&workspace->watching);
  guint64 turn = workspace->n_turns;
  gboolean is_busy = is_cancellable(workspace);
  while (workspace->n_turns == turn && is_cancellable(workspace)) {
    workspace->is_cancelled = TRUE;
    store_interrupt(workspace->session->store);
    g_cond_wait_until(&workspace->ended, &workspace->watching, g_get_monotonic_time() + AGAIN_US);
  }
  g_mutex_unlock(&workspace->watching);
  return is_busy;
}
