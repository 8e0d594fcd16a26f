/* Who holds a handle: a user, what they may and see. Private to src/lib.
 *
 *   session, token ─► user ─► policy ─► what they may
 *                       └──► organisation ─► sight ─► every question, listing and check of the handle
 *
 * What a function needs stands in one table (permit.c); what is not in it is refused. */
#pragma once

#include "access/people.h"
#include "lib/workspace.h"
#include "user/audit.h"
#include "user/throttle.h"

struct LibReader {
  User *user;
  guint may;         /* of AttainMay */
  QuerySight *sight; /* NULL: everything */
  char *key;         /* of the sight */
  char *session;     /* the secret of the session they came with; NULL: none */
  char *token;       /* the name of the token they came with; NULL: none */
  gint is_stopped;   /* atomic: by attain_stop() */
};

struct LibPeople {
  UserBook *book;
  AccessPolicy *policy; /* as it was when it was read first */
  UserThrottle *throttle;
  GMutex mutex;               /* of all below */
  AccessPeople *organisation; /* NULL: to be read */
  guint64 n_organisations;    /* how often it was to be read anew */
  GHashTable *sights;         /* user and right -> LibSight, of the organisation and users as they are */
  guint64 book_version;       /* of the users in it */
  guint n_hashing;            /* passwords being hashed */
  GHashTable *boards;         /* who asks for which board on which day -> its JSON; of policy and people as they are */
  GHashTable *making;         /* boards that somebody makes, as texts */
  GCond made;                 /* one of them was, or could not be */
  GCond hashed;
};

/* Reads users and policy when they are first needed. NULL with `error`. */
LibPeople *lib_people(AttainWorkspace *workspace, AttainError *error);
void lib_people_free(LibPeople *people);
/* The policy file with the secret that it names. Errors: INPUT, NOT_FOUND where there is no such secret. */
AccessPolicy *lib_read_policy(const char *folder, GError **error);
/* People, teams or memberships changed: what everybody sees is found out anew. Any thread. */
void lib_organisation_changed(AttainWorkspace *workspace);
/* People's mutex is held and the organisation there, until lib_let_organisation(). FALSE with `error`. */
gboolean lib_hold_organisation(AttainWorkspace *workspace, LibPeople *people, AttainError *error);
void lib_let_organisation(LibPeople *people);
/* What a user sees; `sees_all` as access_sight() has it. FALSE with `error`; the caller frees the sight. */
gboolean lib_find_sight(AttainWorkspace *workspace, LibPeople *people, const User *user, gboolean sees_all,
                        QuerySight **sight, AttainError *error);

/* --- desk.c --- */

/* Before anybody else has the workspace. */
gboolean lib_open_desk(LibCore *core, GError **error);
/* The store of users and the audit log, until lib_leave_desk(): waits for who is there, never for the writer's turn.
 * Only where the workspace is written to. */
Store *lib_take_desk(AttainWorkspace *workspace);
void lib_leave_desk(AttainWorkspace *workspace);

/* --- permit.c --- */

/* Whether the handle may call the function of this name (without attain_). Errors: FORBIDDEN. */
gboolean lib_permit(const AttainWorkspace *workspace, const char *function, AttainError *error);
/* The table, for the test that holds it to the headers. */
gboolean lib_permit_knows(const char *function);
/* FORBIDDEN unless the handle has all of these bits. */
gboolean lib_need_may(const AttainWorkspace *workspace, guint may, AttainError *error);
static inline gboolean lib_sees_all(const AttainWorkspace *workspace) {
  return !workspace->reader || !workspace->reader->sight;
}
/* Whose words they are: the handle's user; of the operator who they say they are. */
const char *lib_author(const AttainWorkspace *workspace, const char *given);

/* --- audit.c --- */

/* Notes what the handle's user or the operator did, where the workspace is written to; `about` may be NULL. In a turn
 * or out of one, but not at the desk. What cannot be noted is not: the database fails whatever else is done then, too.
 */
void lib_note(AttainWorkspace *workspace, const char *address, const char *what, const char *about);
/* The same of somebody by name, at the desk. */
gboolean lib_note_of(AttainWorkspace *workspace, Store *desk, const char *who, const char *address, const char *what,
                     const char *about, GError **error);
/* "ana@example.com", or "operator:ana", the operator's name on the machine. The caller frees. */
char *lib_who(const AttainWorkspace *workspace);
