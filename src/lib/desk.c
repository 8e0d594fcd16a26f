/* The desk: a connection of its own, through which users, sessions, tokens and the audit log are written, so that
 * nobody who signs in or out waits for a long load.
 *
 *   who loads ─► writing ─► the writer's store ──┐
 *                                                ├─► one database: its transactions touch none of each other's rows
 *   who signs in ─► desking ─► the desk's store ─┘
 *
 * Nothing but the desk writes those tables; their rows are then never in the way of a load, nor entries of the audit
 * log out of order. Who is at the desk waits for no turn; who has the turn may go to the desk. */
#include "lib/people_change.h"
#include "store/reopen.h"

gboolean lib_open_desk(LibCore *core, GError **error) {
  if (!core->is_read_only) core->desk = store_connect(core->session->store, error);
  return core->is_read_only || core->desk;
}

Store *lib_take_desk(AttainWorkspace *workspace) {
  LibCore *core = workspace->core;
  g_mutex_lock(&core->desking);
  g_rw_lock_reader_lock(&core->reading);
  return core->desk;
}

void lib_leave_desk(AttainWorkspace *workspace) {
  g_rw_lock_reader_unlock(&workspace->core->reading);
  g_mutex_unlock(&workspace->core->desking);
}

static gboolean try_change(AttainWorkspace *workspace, LibPeople *people, LibChange change, gpointer data,
                           gboolean *is_lost, GError **error) {
  Store *desk = lib_take_desk(workspace);
  gboolean ok = change(workspace, people, desk, data, error);
  *is_lost = !ok && store_is_lost(desk);
  lib_leave_desk(workspace);
  return ok;
}

/* Whether a database that was lost is there again. */
static gboolean mend(AttainWorkspace *workspace) {
  if (!lib_begin_writing(workspace, NULL)) return FALSE;
  gboolean is_mended = lib_mend(workspace);
  lib_end_writing(workspace);
  return is_mended;
}

gboolean lib_change_people(AttainWorkspace *workspace, const char *name, LibChange change, gpointer data,
                           AttainError *error) {
  LibPeople *people = lib_permit(workspace, name, error) ? lib_people(workspace, error) : NULL;
  if (!people) return FALSE;
  if (workspace->core->is_read_only)
    return lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
  GError *cause = NULL;
  gboolean is_lost = FALSE;
  if (try_change(workspace, people, change, data, &is_lost, &cause)) return TRUE;
  if (is_lost && mend(workspace)) {
    g_clear_error(&cause);
    if (try_change(workspace, people, change, data, &is_lost, &cause)) return TRUE;
  }
  return lib_fail(error, cause);
}
