/* The workspace's files as they are now, over the database that is open.
 *
 *   attain.yaml, kpis/ ─► meaning: schema, calendar, definitions, cells of the answers ─► changes places with the old
 *   alerts/, policy    ─► rules and rights, read anew each time
 *
 * All of it is made beside what there is; then the two change places, under the writer's turn and between questions.
 * Answers that were given hold the meaning they were given by, and it goes with the last of them. Where attain.yaml and
 * the definitions are byte for byte what they were, the cells stay. */
#include "lib/reader.h"
#include "session/alerts.h"

#include <string.h>

struct LibMeaning {
  gint references; /* atomic: of the core while it is the one in use, of each answer */
  LibCore *core;
  Session *session;
  QueryLive *live;
};

/* --- meanings --- */

LibMeaning *lib_meaning_new(LibCore *core, Session *session, QueryLive *live) {
  LibMeaning *meaning = g_new(LibMeaning, 1);
  *meaning = (LibMeaning){1, core, session, live};
  return meaning;
}

LibMeaning *lib_meaning_hold(LibMeaning *meaning) {
  g_atomic_int_inc(&meaning->references);
  return meaning;
}

/* Its connections go while nobody opens the database again. */
void lib_meaning_release(LibMeaning *meaning) {
  if (!meaning || !g_atomic_int_dec_and_test(&meaning->references)) return;
  g_rw_lock_reader_lock(&meaning->core->reading);
  query_live_free(meaning->live);
  g_rw_lock_reader_unlock(&meaning->core->reading);
  session_free(meaning->session);
  g_free(meaning);
}

/* Whoever waits to change it goes before those who come later. */
void lib_enter(const AttainWorkspace *workspace) {
  g_mutex_lock(&workspace->core->entering);
  g_rw_lock_reader_lock(&workspace->core->asking);
  g_mutex_unlock(&workspace->core->entering);
}

void lib_leave(const AttainWorkspace *workspace) {
  g_rw_lock_reader_unlock(&workspace->core->asking);
}

static void add_file(GChecksum *checksum, const char *path) {
  g_autofree char *text = NULL;
  gsize length = 0;
  gboolean is_read = g_file_get_contents(path, &text, &length, NULL);
  g_autofree char *head = g_strdup_printf("%s %d %zu\n", path, is_read, length);
  g_checksum_update(checksum, (const guint8 *)head, (gssize)strlen(head));
  g_checksum_update(checksum, (const guint8 *)text, (gssize)length);
}

char *lib_meaning_digest(const char *folder) {
  g_autofree char *whole = session_find_workspace(folder);
  if (!whole) return NULL;
  g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
  const Session where = {.folder = whole};
  g_autofree char *settings = g_build_filename(whole, "attain.yaml", NULL);
  g_auto(GStrv) definitions = session_files(&where, "kpis");
  add_file(checksum, settings);
  for (char **path = definitions; *path; path++) add_file(checksum, *path);
  return g_strdup(g_checksum_get_string(checksum));
}

/* --- what is read anew --- */

typedef struct {
  char *digest;
  gboolean is_same; /* as what is in use */
  Session *session;
  QueryLive *live;
  GPtrArray *alert_rules; /* NULL: none are judged */
  AccessPolicy *policy;   /* NULL: nobody has signed in yet */
} Anew;

static void anew_clear(Anew *anew) {
  g_free(anew->digest);
  query_live_free(anew->live);
  if (anew->session) anew->session->store = NULL; /* the writer's */
  session_free(anew->session);
  g_clear_pointer(&anew->alert_rules, g_ptr_array_unref);
  g_clear_pointer(&anew->policy, access_policy_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Anew, anew_clear)

static gboolean check_database(const Session *old, const Session *session, GError **error) {
  if (g_str_equal(old->organisation->database, session->organisation->database)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
              "%s/attain.yaml names another database, %s, and %s is open: open the workspace again for that",
              session->folder, session->organisation->database, old->organisation->database);
  return FALSE;
}

/* In the turn: nothing that is in use is changed by it. */
static gboolean read_anew(AttainWorkspace *workspace, Anew *anew, GError **error) {
  LibCore *core = workspace->core;
  if (core->session->as_of_given) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "the workspace was opened as of the past: open it again");
    return FALSE;
  }
  anew->digest = lib_meaning_digest(core->session->folder);
  anew->is_same = g_strcmp0(anew->digest, core->digest) == 0;
  if (!anew->is_same) {
    anew->session = session_open(core->session->folder, NULL, SESSION_DEFINITIONS, error);
    if (!anew->session || !check_database(core->session, anew->session, error)) return FALSE;
    anew->session->now_given = core->session->now_given;
  }
  const Session *session = anew->is_same ? core->session : anew->session;
  if (core->alert_rules && !(anew->alert_rules = session_need_alert_rules(session, error))) return FALSE;
  if (g_atomic_pointer_get(&core->people) && !(anew->policy = lib_read_policy(session->folder, error))) return FALSE;
  return TRUE;
}

/* The database is given what the new schema has and it lacks; what reads by the old one does not see it. */
static gboolean make_live(AttainWorkspace *workspace, Anew *anew, GError **error) {
  LibCore *core = workspace->core;
  Session *session = anew->session;
  if (!lib_begin_change(workspace, error)) return FALSE;
  gboolean fits = store_fit(core->session->store, session->schema, core->is_read_only, error);
  if (!lib_publish(workspace, fits ? error : NULL) || !fits) return FALSE;
  session->store = core->session->store;
  session->now_us = __atomic_load_n(&core->moved_us, __ATOMIC_ACQUIRE);
  session->today = calendar_day_of(session->calendar, session->now_us);
  QueryContext context = answer_context(session);
  anew->live = query_live_new(&context, (gsize)MIN(core->max_cells_bytes, G_MAXSIZE), error);
  return anew->live != NULL;
}

/* --- changing places --- */

static void take_meaning(LibCore *core, Anew *anew) {
  LibMeaning *old = core->meaning;
  g_clear_pointer(&core->put, ingest_writer_free);
  g_mutex_lock(&core->entering);
  g_rw_lock_writer_lock(&core->asking);
  g_mutex_lock(&core->watching);
  core->session->store = NULL;
  core->session = g_steal_pointer(&anew->session);
  core->live = g_steal_pointer(&anew->live);
  core->meaning = lib_meaning_new(core, core->session, core->live);
  g_free(core->digest);
  core->digest = g_steal_pointer(&anew->digest);
  g_mutex_unlock(&core->watching);
  g_rw_lock_writer_unlock(&core->asking);
  g_mutex_unlock(&core->entering);
  lib_meaning_release(old);
}

/* Whoever looks at the policy now may look at the old one to the end. */
static void take_policy(AttainWorkspace *workspace, Anew *anew) {
  LibPeople *people = g_atomic_pointer_get(&workspace->core->people);
  if (!people || !anew->policy) return;
  g_ptr_array_add(workspace->core->policies, people->policy);
  g_atomic_pointer_set(&people->policy, g_steal_pointer(&anew->policy));
  lib_organisation_changed(workspace);
}

static void take(AttainWorkspace *workspace, Anew *anew) {
  LibCore *core = workspace->core;
  if (!anew->is_same) take_meaning(core, anew);
  if (core->alert_rules) {
    lib_forget_alerts(workspace);
    core->alert_rules = g_steal_pointer(&anew->alert_rules);
    lib_wake_alerts(workspace);
  }
  take_policy(workspace, anew);
  lib_change_state(workspace);
}

bool attain_reload(AttainWorkspace *workspace, AttainError *error) {
  GError *cause = NULL;
  g_auto(Anew) anew = {0};
  if (!lib_permit(workspace, "reload", error)) return false;
  if (!lib_begin_writing(workspace, error)) return false;
  lib_mend(workspace);
  lib_doing(workspace, "reload");
  gboolean ok = read_anew(workspace, &anew, &cause) && (anew.is_same || make_live(workspace, &anew, &cause));
  if (ok) take(workspace, &anew);
  lib_end_writing(workspace);
  return ok || lib_fail(error, cause);
}
