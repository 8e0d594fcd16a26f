/* A workspace opened for one command: its organisation, schema, calendar, definitions, database and clock, made in that
 * order and only as far as the command needs. */
#pragma once

#include "base/stop.h"
#include "conf/conf.h"
#include "ingest/ingest.h"
#include "kpi/kpi.h"
#include "query/sight.h"
#include "store/store.h"

typedef enum {
  SESSION_DATABASE = 1 << 0,    /* open the database, to read */
  SESSION_WRITE = 1 << 1,       /* … to write; made when there is none */
  SESSION_DEFINITIONS = 1 << 2, /* the catalogue and the workspace's own definitions */
  SESSION_ANYWHERE =
      1 << 3, /* where there is no workspace, the built-in ledger and definitions will do; folder is then NULL */
} SessionNeeds;

typedef struct Session Session;

/* A process that has the workspace's database open and runs a command for somebody else: the session asks it for the
 * database instead of opening the file, which one process has at a time. */
typedef struct {
  const char *here; /* the current folder of whom it is for, absolute */
  /* A store for SESSION_DATABASE or SESSION_WRITE (then nobody else writes until it is closed); errors: BUSY, VERSION,
   * IO. */
  Store *(*open)(gpointer user_data, const Session *session, guint needs, GError **error);
  void (*close)(gpointer user_data, Store *store);
  /* A load was committed through the store. */
  void (*loaded)(gpointer user_data, const char *source, const IngestReport *report);
  gpointer user_data;
} SessionHost;

struct Session {
  const SessionHost *host; /* NULL: the process is the command's own */
  char *folder;            /* of the workspace, absolute */
  gint64 now_us;           /* the clock: --now, or the time at which the command began */
  BaseDay today;           /* the local day of now_us */
  gboolean now_given;      /* --now or --as-of was given */
  gboolean as_of_given;
  gint64 as_of_us; /* --as-of: the store has the versions believed then, and the clock stands no later */
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  KpiCatalogue *catalogue; /* NULL unless asked for */
  Store *store;            /* NULL unless asked for */
  const QuerySight *sight; /* what who asks may see, of whoever made the session; NULL: everything */
  BaseStop stop;           /* when whoever asks no longer waits for the answer */
};

/* `folder` is in the workspace: the nearest attain.yaml, in it or above it, counts. Errors: NOT_FOUND where there is
 * none; INPUT of attain.yaml and definitions (the first problem, and how many more); those of the database. */
Session *session_open(const char *folder, const char *now, guint needs, GError **error);
/* The same with the records as they were believed at `as_of` (a date: its end; NULL: now), to read. */
Session *session_open_as_of(const char *folder, const char *now, const char *as_of, guint needs, GError **error);
/* The same of a process that may have the database open already; `host` outlives the session, NULL: it has not. */
Session *session_open_at(const SessionHost *host, const char *folder, const char *now, const char *as_of, guint needs,
                         GError **error);
/* The folder with the nearest attain.yaml, in `folder` or above it; NULL where there is none. The caller frees. */
char *session_find_workspace(const char *folder);
void session_free(Session *session);
/* Makes `past` the session as of `as_of` (a date: its end), beside the open database of `session`, which outlives it
 * and is not used by another thread until session_leave_past(). Errors: USAGE of the time, which `name` calls for; IO.
 */
gboolean session_go_back(const Session *session, const char *name, const char *as_of, Session *past, GError **error);
void session_leave_past(Session *past);
/* The catalogue as KpiSource, in the order of its files. */
GArray *session_built_in_definitions(GError **error);
/* The catalogue and the workspace's definitions, with all problems found, as kpi_catalogue_new() tells them. */
gboolean session_load_definitions(Session *session, GPtrArray **problems, GError **error);
/* Opens the database as SESSION_DATABASE or SESSION_WRITE ask. NOT_FOUND when there is none to read. */
gboolean session_open_database(Session *session, guint needs, GError **error);
/* Gives the database back before the session ends; NULL is nothing. */
void session_close_database(Session *session);
/* Tells whoever has the database open of what was loaded. */
void session_tell_load(const Session *session, const char *source, const IngestReport *report);
/* Files NAME.yaml and NAME.yml of a folder of the workspace, by name; none when there is no such folder. Paths by which
 * this process can open them, as the user would write them: from the current folder where they lie in it, else
 * absolute. */
char **session_files(const Session *session, const char *subfolder);
/* The folders of a workspace that hold files of people's own; ends with NULL. */
extern const char *const session_folders[];
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)
