/* A workspace opened for one command.
 *
 *   folder ─► attain.yaml ─► schema ─► calendar ─► clock ─► definitions ─► database
 *
 * each step only with what the ones before it gave; a database that is only read is opened while the definitions are
 * being read. The built-in definitions are in the program as resources, under /attain/catalogue; the workspace's own
 * come after them, by name, so that they may redefine what is built in. */
#include "session/session.h"

#include "catalogue_resources.h"

#include <gio/gio.h>

#define CATALOGUE    "/attain/catalogue"
#define NO_WORKSPACE "name: none\ncurrency: EUR\n"

char *session_find_workspace(const char *folder) {
  g_autofree char *at = g_canonicalize_filename(folder, NULL);
  for (;;) {
    g_autofree char *file = g_build_filename(at, "attain.yaml", NULL);
    if (g_file_test(file, G_FILE_TEST_EXISTS)) return g_steal_pointer(&at);
    char *parent = g_path_get_dirname(at);
    gboolean top = strcmp(parent, at) == 0;
    g_free(at);
    at = parent;
    if (top) return NULL;
  }
}

static int compare_texts(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A path as the user would write it: from the current folder when it lies in it. The file is opened by it, so it stays
 * absolute for who is in another folder than this process. */
static char *shown_path(const Session *session, const char *path) {
  g_autofree char *here = g_get_current_dir();
  if (session->host && !g_str_equal(session->host->here, here)) return g_strdup(path);
  gsize length = strlen(here);
  gboolean below = strncmp(path, here, length) == 0 && path[length] == '/';
  return g_strdup(below ? path + length + 1 : path);
}

const char *const session_folders[] = {"kpis", "sources", "alerts", "goals", "webhooks", NULL};

char **session_files(const Session *session, const char *subfolder) {
  g_autofree char *folder = session->folder ? g_build_filename(session->folder, subfolder, NULL) : NULL;
  g_autoptr(GDir) dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  g_autofree char *shown = folder ? shown_path(session, folder) : NULL;
  for (const char *name; dir && (name = g_dir_read_name(dir));)
    if (*name != '.' && (g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml")))
      g_ptr_array_add(paths, g_build_filename(shown, name, NULL));
  g_ptr_array_sort(paths, compare_texts);
  g_ptr_array_add(paths, NULL);
  return (char **)g_ptr_array_steal(paths, NULL);
}

/* --- definitions --- */

/* Those of the workspace own their text; the built-in ones' is part of the program. */
static void free_source(gpointer data) {
  KpiSource *source = data;
  g_free((gpointer)source->file);
  if (!source->built_in) g_free((gpointer)source->text);
}

/* The bytes stay where they are when the reference to them is given back. */
static gconstpointer find_built_in(const char *name, const char *suffix, gsize *length, GError **error) {
  g_autofree char *path = g_strconcat(CATALOGUE "/", name, suffix, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(attain_catalogue_get_resource(), path, 0, error);
  return bytes ? g_bytes_get_data(bytes, length) : NULL;
}

GArray *session_built_in_definitions(GError **error) {
  g_autoptr(GArray) sources = g_array_new(FALSE, TRUE, sizeof(KpiSource));
  g_array_set_clear_func(sources, free_source);
  g_auto(GStrv) names = g_resource_enumerate_children(attain_catalogue_get_resource(), CATALOGUE, 0, error);
  if (!names) return NULL;
  qsort(names, g_strv_length(names), sizeof *names, compare_texts);
  for (guint i = 0; names[i]; i++) {
    if (!g_str_has_suffix(names[i], ".yaml")) continue;
    KpiSource source = {.file = g_strconcat("catalogue/", names[i], NULL), .built_in = TRUE};
    source.text = find_built_in(names[i], "", &source.length, error);
    names[i][strlen(names[i]) - strlen(".yaml")] = '\0';
    if (source.text) source.packed = find_built_in(names[i], ".packed", &source.packed_length, error);
    g_array_append_val(sources, source);
    if (!source.packed) return NULL;
  }
  return g_steal_pointer(&sources);
}

static gboolean add_own(const Session *session, GArray *sources, GError **error) {
  g_auto(GStrv) paths = session_files(session, "kpis");
  for (guint i = 0; paths[i]; i++) {
    g_autoptr(GError) cause = NULL;
    KpiSource source = {0};
    char *text;
    if (!g_file_get_contents(paths[i], &text, &source.length, &cause)) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", cause->message);
      return FALSE;
    }
    source.file = g_strdup(paths[i]);
    source.text = text;
    g_array_append_val(sources, source);
  }
  return TRUE;
}

gboolean session_load_definitions(Session *session, GPtrArray **problems, GError **error) {
  g_autoptr(GArray) sources = session_built_in_definitions(error);
  if (!sources || !add_own(session, sources, error)) return FALSE;
  session->catalogue =
      kpi_catalogue_new(session->schema, (const KpiSource *)(gpointer)sources->data, sources->len, problems, error);
  return session->catalogue != NULL;
}

static gboolean load_definitions(Session *session, GError **error) {
  g_autoptr(GPtrArray) problems = NULL;
  if (session_load_definitions(session, &problems, error)) return TRUE;
  guint n = problems ? problems->len : 0;
  if (n > 1 && error && *error) {
    char *message = g_strdup_printf("%s\n(and %u more: `attain check` lists them all)", (*error)->message, n - 1);
    g_free((*error)->message);
    (*error)->message = message;
  }
  return FALSE;
}

/* --- database --- */

static gboolean make_parent(const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_mkdir_with_parents(folder, 0777) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the folder %s cannot be made: %s", folder, g_strerror(errno));
  return FALSE;
}

gboolean session_open_database(Session *session, guint needs, GError **error) {
  const char *path = session->organisation->database;
  gboolean write = needs & SESSION_WRITE;
  if (!write && !g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND,
                "nothing is loaded yet: `attain load` reads the records of the sources");
    return FALSE;
  }
  if (session->host) {
    session->store = session->host->open(session->host->user_data, session, needs, error);
    return session->store != NULL;
  }
  if (write && !make_parent(path, error)) return FALSE;
  session->store = session->as_of_given && !write
                       ? store_open_as_of(path, session->schema, session->as_of_us, 0, error)
                       : store_open(path, session->schema, write ? STORE_CREATE : STORE_READ_ONLY, 0, error);
  return session->store != NULL;
}

void session_close_database(Session *session) {
  if (session->host && session->store)
    session->host->close(session->host->user_data, session->store);
  else
    store_close(session->store);
  session->store = NULL;
}

void session_tell_load(const Session *session, const char *source, const IngestReport *report) {
  if (session->host) session->host->loaded(session->host->user_data, source, report);
}

/* --- a session --- */

static gboolean read_instant(const Session *session, const char *option, const char *text, gint64 *instant_us,
                             GError **error) {
  g_autoptr(GError) cause = NULL;
  if (!text || calendar_parse_instant(session->calendar, text, instant_us, &cause)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s: %s", option, cause->message);
  return FALSE;
}

/* Nothing that happened after what was believed was written down can have been known. */
static gboolean set_clock(Session *session, const char *now, const char *as_of, GError **error) {
  session->now_us = g_get_real_time();
  session->now_given = now || as_of;
  session->as_of_given = as_of != NULL;
  if (!read_instant(session, "--now", now, &session->now_us, error) ||
      !read_instant(session, "--as-of", as_of, &session->as_of_us, error))
    return FALSE;
  if (as_of) session->now_us = MIN(session->now_us, session->as_of_us);
  session->today = calendar_day_of(session->calendar, session->now_us);
  return TRUE;
}

gboolean session_go_back(const Session *session, const char *name, const char *as_of, Session *past, GError **error) {
  *past = *session;
  past->store = NULL;
  past->now_given = past->as_of_given = TRUE;
  if (!read_instant(past, name, as_of, &past->as_of_us, error)) return FALSE;
  past->now_us = MIN(past->now_us, past->as_of_us);
  past->today = calendar_day_of(past->calendar, past->now_us);
  past->store = store_connect_as_of(session->store, session->schema, past->as_of_us, error);
  return past->store != NULL;
}

void session_leave_past(Session *past) {
  g_clear_pointer(&past->store, store_close);
}

/* What attain.yaml and the definitions mean, for which the database is not needed. */
static gboolean read_meaning(Session *session, const char *now, const char *as_of, guint needs, GError **error) {
  session->calendar = calendar_new(&session->organisation->calendar, error);
  if (!session->calendar) {
    g_prefix_error(error, "%s/attain.yaml: ", session->folder);
    return FALSE;
  }
  return set_clock(session, now, as_of, error) && (!(needs & SESSION_DEFINITIONS) || load_definitions(session, error));
}

typedef struct {
  Session *session;
  const char *now;
  guint needs;
  GError *error;
} Reading;

static gpointer read_in_thread(gpointer data) {
  Reading *reading = data;
  read_meaning(reading->session, reading->now, NULL, reading->needs, &reading->error);
  return NULL;
}

/* Most commands only read the database, and opening it takes longer than all the rest: the rest is done meanwhile. What
 * is wrong with it is told first, as when one came after the other. */
static gboolean read_and_open(Session *session, const char *now, guint needs, GError **error) {
  Reading reading = {.session = session, .now = now, .needs = needs};
  g_autoptr(GError) cause = NULL;
  GThread *thread = g_thread_try_new("definitions", read_in_thread, &reading, NULL);
  if (!thread) read_in_thread(&reading);
  session_open_database(session, needs, &cause);
  if (thread) g_thread_join(thread);
  if (reading.error) {
    g_propagate_error(error, reading.error);
    return FALSE;
  }
  if (cause) g_propagate_error(error, g_steal_pointer(&cause));
  return session->store != NULL;
}

static gboolean open_parts(Session *session, const char *now, const char *as_of, guint needs, GError **error) {
  session->organisation = session->folder
                              ? conf_organisation_load(session->folder, error)
                              : conf_organisation_parse(NULL, NO_WORKSPACE, strlen(NO_WORKSPACE), ".", error);
  if (!session->organisation) return FALSE;
  const ConfOrganisation *organisation = session->organisation;
  session->schema = ledger_schema_new(organisation->extra, organisation->n_extra, error);
  if (!session->schema) {
    g_prefix_error(error, "%s/attain.yaml: ", session->folder);
    return FALSE;
  }
  gboolean only_read = (needs & SESSION_DATABASE) && !(needs & SESSION_WRITE);
  if (only_read && !as_of) return read_and_open(session, now, needs, error);
  return read_meaning(session, now, as_of, needs, error) &&
         (!(needs & SESSION_WRITE || only_read) || session_open_database(session, needs, error));
}

Session *session_open_at(const SessionHost *host, const char *folder, const char *now, const char *as_of, guint needs,
                         GError **error) {
  g_autoptr(Session) session = g_new0(Session, 1);
  g_autofree char *whole = g_canonicalize_filename(folder, host ? host->here : NULL);
  session->host = host;
  session->folder = session_find_workspace(whole);
  if (!session->folder && !(needs & SESSION_ANYWHERE)) session->folder = g_steal_pointer(&whole);
  return open_parts(session, now, as_of, needs, error) ? g_steal_pointer(&session) : NULL;
}

Session *session_open_as_of(const char *folder, const char *now, const char *as_of, guint needs, GError **error) {
  return session_open_at(NULL, folder, now, as_of, needs, error);
}

Session *session_open(const char *folder, const char *now, guint needs, GError **error) {
  return session_open_as_of(folder, now, NULL, needs, error);
}

void session_free(Session *session) {
  if (!session) return;
  session_close_database(session);
  g_clear_pointer(&session->catalogue, kpi_catalogue_free);
  g_clear_pointer(&session->calendar, calendar_free);
  g_clear_pointer(&session->schema, ledger_schema_free);
  g_clear_pointer(&session->organisation, conf_organisation_free);
  g_free(session->folder);
  g_free(session);
}
