/* Commands of somebody else within a process that has the workspace open: what a command's session asks for is given to
 * it of the open database. For the program; other programs do not see it.
 *
 *   attain show ─► reads: a connection of its own, which stands still at one commit while others write
 *   attain load ─► writes: the writer's store, and its turn, from opening to closing; what it committed is in the
 *                  answers, and subscribers are told, before it is over */
#pragma once

#include "attain/attain.h"
#include "session/session.h"

typedef struct LibGuest LibGuest;

/* Of one thread. `here`: the current folder of whom the command is for. `workspace` is the operator's, and outlives it.
 */
LibGuest *lib_guest_new(AttainWorkspace *workspace, const char *here);
/* Its sessions are closed before. */
void lib_guest_free(LibGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibGuest, lib_guest_free)
/* For session_open_at(); of the guest. */
const SessionHost *lib_guest_host(const LibGuest *guest);
/* The workspace that is open in the process of a command's host; NULL: `host` is, or it is not the one that `folder` is
 * in. */
AttainWorkspace *lib_host_workspace(const SessionHost *host, const char *folder);
/* Whom the command is for has gone: the running statement ends, and those after it do not begin. Any thread. */
void lib_guest_end(LibGuest *guest);
/* Begins a transaction in which a reading connection sees one commit, until it is closed. Errors: IO. */
gboolean lib_stand_still(Store *store, GError **error);
