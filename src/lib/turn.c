/* The writer's turn, held for an answer: what is kept beside the facts (targets, who there is) is read from the
 * database, which is the writer's. */
#include "lib/workspace.h"

gboolean lib_take_turn(AttainWorkspace *workspace, AttainError *error) {
  gboolean has_turn = g_atomic_pointer_get(&workspace->writer) == g_thread_self();
  if (has_turn) {
    workspace->turns++;
    return TRUE;
  }
  lib_follow_clock(workspace);
  if (!lib_begin_writing(workspace, error)) return FALSE;
  lib_mend(workspace);
  return TRUE;
}

void lib_give_turn(AttainWorkspace *workspace) {
  if (workspace->turns > 0)
    workspace->turns--;
  else
    lib_end_writing(workspace);
}

Session lib_session(const AttainWorkspace *workspace) {
  Session session = *workspace->session;
  session.now_us = __atomic_load_n(&workspace->moved_us, __ATOMIC_ACQUIRE);
  session.today = calendar_day_of(session.calendar, session.now_us);
  return session;
}

QueryResult *lib_ask_cells(gpointer live, const QueryRequest *request, GError **error) {
  return query_live_ask(live, request, error);
}
