/* The writer's turn, held for an answer: what is kept beside the facts (targets, alerts, who there is) is read from the
 * database, which is the writer's. */
#include "answer/answer.h"
#include "lib/formats.h"
#include "lib/reader.h"

gboolean lib_take_turn(AttainWorkspace *workspace, AttainError *error) {
  gboolean has_turn = g_atomic_pointer_get(&workspace->core->writer) == g_thread_self();
  if (has_turn) {
    workspace->core->turns++;
    return TRUE;
  }
  lib_follow_clock(workspace);
  if (!lib_begin_writing(workspace, error)) return FALSE;
  lib_mend(workspace);
  return TRUE;
}

void lib_give_turn(AttainWorkspace *workspace) {
  if (workspace->core->turns > 0)
    workspace->core->turns--;
  else
    lib_end_writing(workspace);
}

Session lib_session(const AttainWorkspace *workspace) {
  Session session = *workspace->core->session;
  session.now_us = __atomic_load_n(&workspace->core->moved_us, __ATOMIC_ACQUIRE);
  session.today = calendar_day_of(session.calendar, session.now_us);
  session.sight = workspace->reader ? workspace->reader->sight : NULL;
  return session;
}

/* So that who ends the turn finds what it waits for. */
static void note_asked(const AttainWorkspace *workspace, QueryLive *live) {
  g_mutex_lock(&workspace->core->watching);
  workspace->core->asked = live;
  g_mutex_unlock(&workspace->core->watching);
}

QueryResult *lib_ask_cells(gpointer asker, const QueryRequest *request, GError **error) {
  const AttainWorkspace *workspace = asker;
  Session session = lib_session(workspace);
  BaseStop stop = lib_stop(workspace);
  gboolean has_turn = stop.flags[1] != NULL;
  if (has_turn) note_asked(workspace, workspace->core->live);
  QueryResult *result = query_live_ask_until(workspace->core->live, session.sight, request, &stop, error);
  if (has_turn) note_asked(workspace, NULL);
  return result;
}

/* --- documents --- */

/* What failed on the way leaves no half a document. */
static char *write_document(AttainWorkspace *workspace, LibAnswer answer, gconstpointer what, size_t *n_bytes,
                            GError **cause) {
  LibText text;
  lib_text_init(&text);
  Session session = lib_session(workspace);
  session.stop = lib_stop(workspace);
  char *written = lib_text_end(&text, answer(workspace, &session, what, text.out, cause), n_bytes);
  if (!written) lib_own_up(workspace, cause);
  return written;
}

char *lib_answer_bytes(AttainWorkspace *workspace, const char *name, LibAnswer answer, gconstpointer what,
                       size_t *n_bytes, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, name, error) || !lib_take_turn(workspace, error)) return NULL;
  if (workspace->core->turns == 0) lib_doing(workspace, name);
  char *text = write_document(workspace, answer, what, n_bytes, &cause);
  lib_give_turn(workspace);
  if (!text) lib_fail(error, cause);
  return text;
}

char *lib_answer(AttainWorkspace *workspace, const char *name, LibAnswer answer, gconstpointer what,
                 AttainError *error) {
  size_t length;
  return lib_answer_bytes(workspace, name, answer, what, &length, error);
}

char *lib_say(AttainWorkspace *workspace, const char *name, LibAnswer answer, gconstpointer what, AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, name, error)) return NULL;
  if (workspace->core->is_read_only) {
    lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
    return NULL;
  }
  lib_follow_clock(workspace);
  if (!lib_begin_writing(workspace, error)) return NULL;
  lib_mend(workspace);
  lib_doing(workspace, name);
  size_t length;
  char *text = write_document(workspace, answer, what, &length, &cause);
  lib_change_state(workspace);
  if (text && workspace->reader) lib_note(workspace, NULL, name, NULL);
  lib_end_writing(workspace);
  if (!text) lib_fail(error, cause);
  return text;
}

/* --- several answers of one commit --- */

bool attain_hold(AttainWorkspace *workspace, AttainError *error) {
  if (!lib_permit(workspace, "hold", error) || !lib_take_turn(workspace, error)) return false;
  if (workspace->core->turns == 0) lib_doing(workspace, LIB_HOLDING);
  return true;
}

void attain_release(AttainWorkspace *workspace) {
  if (g_atomic_pointer_get(&workspace->core->writer) == g_thread_self()) lib_give_turn(workspace);
}
