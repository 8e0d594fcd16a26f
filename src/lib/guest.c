/* A guest's reading connection is one of many; while any is open the database is not opened again after a failure
 * (LibCore.reading). A guest who writes has the writer's own store, whose memories know of what went through it. */
#include "lib/guest.h"

#include "lib/workspace.h"

#include <glib/gstdio.h>

struct LibGuest {
  AttainWorkspace *workspace;
  char *here;
  SessionHost host;
  gboolean writes;  /* has the turn */
  gint64 load;      /* the last one when it took it */
  GMutex ending;    /* of both below */
  Store *store;     /* what it has; NULL: nothing */
  gboolean is_over; /* lib_guest_end() */
};

static gboolean is_same_file(const char *a, const char *b) {
  GStatBuf first, second;
  return g_strcmp0(a, b) == 0 || (g_stat(a, &first) == 0 && g_stat(b, &second) == 0 && first.st_dev == second.st_dev &&
                                  first.st_ino == second.st_ino);
}

static gboolean check_file(const LibGuest *guest, const Session *session, GError **error) {
  const char *own = guest->workspace->core->session->organisation->database;
  if (is_same_file(own, session->organisation->database)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_BUSY,
              "the server has the database %s open, and attain.yaml names %s by now: start the server anew", own,
              session->organisation->database);
  return FALSE;
}

/* FALSE: nobody wants it any more. */
static gboolean take(LibGuest *guest, Store *store, GError **error) {
  g_mutex_lock(&guest->ending);
  gboolean is_wanted = !guest->is_over;
  if (is_wanted) guest->store = store;
  g_mutex_unlock(&guest->ending);
  if (!is_wanted) g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "whom the command was for has gone");
  return is_wanted;
}

static void leave(LibGuest *guest) {
  g_mutex_lock(&guest->ending);
  guest->store = NULL;
  g_mutex_unlock(&guest->ending);
}

/* --- reading --- */

/* A transaction sees what was committed when it first looked. */
gboolean lib_stand_still(Store *store, GError **error) {
  g_autoptr(StoreRows) rows = NULL;
  if (!store_begin(store, error)) return FALSE;
  rows = store_query(store, "SELECT max(load) FROM load", NULL, 0, 0, error);
  return rows != NULL;
}

static Store *connect(Store *owner, const Session *session, GError **error) {
  g_autoptr(Store) store = store_connect(owner, error);
  if (!store || !store_fit(store, session->schema, TRUE, error)) return NULL;
  if (session->as_of_given) {
    g_clear_pointer(&store, store_close);
    store = store_connect_as_of(owner, session->schema, session->as_of_us, error);
  }
  return store && lib_stand_still(store, error) ? g_steal_pointer(&store) : NULL;
}

static Store *open_to_read(LibGuest *guest, const Session *session, GError **error) {
  LibCore *core = guest->workspace->core;
  g_rw_lock_reader_lock(&core->reading);
  g_autoptr(Store) store = connect(core->session->store, session, error);
  if (store && take(guest, store, error)) return g_steal_pointer(&store);
  g_clear_pointer(&store, store_close);
  g_rw_lock_reader_unlock(&core->reading);
  return NULL;
}

/* --- writing --- */

/* Of an error of the library's. */
static void pass_on(AttainError *error, GError **to) {
  g_set_error_literal(to, BASE_ERROR, BASE_ERROR_BUSY, error->message);
  attain_error_clear(error);
}

static gboolean begin_change(LibGuest *guest, const Session *session, GError **error) {
  AttainWorkspace *workspace = guest->workspace;
  Store *store = workspace->core->session->store;
  lib_mend(workspace);
  lib_doing(workspace, "command");
  if (!lib_begin_change(workspace, error)) return FALSE;
  guest->load = query_live_load(workspace->core->live);
  if (store_fit(store, session->schema, FALSE, error) && take(guest, store, error)) return TRUE;
  lib_publish(workspace, NULL);
  return FALSE;
}

static Store *open_to_write(LibGuest *guest, const Session *session, GError **error) {
  AttainWorkspace *workspace = guest->workspace;
  AttainError refused = {0};
  if (workspace->core->is_read_only) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_BUSY, "the server only reads the workspace, and this command changes it");
    return NULL;
  }
  if (!lib_begin_writing(workspace, &refused)) {
    pass_on(&refused, error);
    return NULL;
  }
  guest->writes = begin_change(guest, session, error);
  if (guest->writes) return workspace->core->session->store;
  lib_end_writing(workspace);
  return NULL;
}

/* What it did is in the answers; targets and alerts are read anew by whoever keeps them. */
static void end_writing(LibGuest *guest) {
  AttainWorkspace *workspace = guest->workspace;
  store_rollback(workspace->core->session->store);
  lib_forget_alert_book(workspace);
  if (!lib_publish(workspace, NULL) && lib_mend(workspace)) lib_publish(workspace, NULL);
  store_tidy(workspace->core->session->store);
  guest->writes = FALSE;
  lib_end_writing(workspace);
}

/* --- the session's host --- */

static Store *open_for(gpointer data, const Session *session, guint needs, GError **error) {
  LibGuest *guest = data;
  if (!check_file(guest, session, error)) return NULL;
  return needs & SESSION_WRITE ? open_to_write(guest, session, error) : open_to_read(guest, session, error);
}

static void close_of(gpointer data, Store *store) {
  LibGuest *guest = data;
  leave(guest);
  if (guest->writes) {
    end_writing(guest);
    return;
  }
  store_close(store);
  g_rw_lock_reader_unlock(&guest->workspace->core->reading);
}

/* As after attain_load(). The next change begins at once: the command may not be over. */
static void tell(gpointer data, const char *source, const IngestReport *report) {
  LibGuest *guest = data;
  if (!guest->writes || !report || !report->load) return;
  if (lib_publish(guest->workspace, NULL)) lib_tell_load(guest->workspace, source, report);
  lib_begin_change(guest->workspace, NULL);
}

LibGuest *lib_guest_new(AttainWorkspace *workspace, const char *here) {
  LibGuest *guest = g_new0(LibGuest, 1);
  guest->workspace = workspace;
  guest->here = g_strdup(here);
  guest->host = (SessionHost){guest->here, open_for, close_of, tell, guest};
  g_mutex_init(&guest->ending);
  return guest;
}

void lib_guest_free(LibGuest *guest) {
  if (!guest) return;
  g_mutex_clear(&guest->ending);
  g_free(guest->here);
  g_free(guest);
}

const SessionHost *lib_guest_host(const LibGuest *guest) {
  return &guest->host;
}

void lib_guest_end(LibGuest *guest) {
  g_mutex_lock(&guest->ending);
  guest->is_over = TRUE;
  if (guest->store) store_interrupt(guest->store);
  g_mutex_unlock(&guest->ending);
}

AttainWorkspace *lib_host_workspace(const SessionHost *host, const char *folder) {
  const LibGuest *guest = host ? host->user_data : NULL;
  g_autofree char *found = guest ? session_find_workspace(folder) : NULL;
  return found && is_same_file(found, guest->workspace->core->session->folder) ? guest->workspace : NULL;
}
