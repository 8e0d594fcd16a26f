/* Changes of users, sessions and tokens, at the desk (desk.c): not in the writer's turn. Private to src/lib. */
#pragma once

#include "lib/reader.h"

/* Writes through `desk` and nothing else, and waits for no turn. It may be called again, when the database was lost. */
typedef gboolean (*LibChange)(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data,
                              GError **error);
/* Permits the function of this name, then makes the change. Errors also: USAGE where it is only read. */
gboolean lib_change_people(AttainWorkspace *workspace, const char *name, LibChange change, gpointer data,
                           AttainError *error);
/* What every way of signing in ends with: a session, noted with `how` (or NULL). Its secret, for the caller to free. */
char *lib_begin_session(AttainWorkspace *workspace, LibPeople *people, Store *desk, const User *user,
                        const char *address, const char *how, GError **error);
/* A notice for the user by mail, where they have an address and the policy does not say otherwise. */
gboolean lib_tell_user(AttainWorkspace *workspace, const LibPeople *people, Store *desk, const User *user,
                       const char *what, GError **error);
/* Argon2id for as many at once as the machine may have memory for. Any thread, outside the turn. */
char *lib_hash_password(LibPeople *people, const char *password, GError **error);
gboolean lib_check_password(LibPeople *people, const char *hash, const char *password, gboolean *is_weak);
