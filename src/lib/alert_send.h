/* Sending what is due without keeping anybody from the database. Private to src/lib.
 *
 *   turn: what is due is read │ turn: begun │ no turn: sent │ turn: what came of it │ turn: begun │ … */
#pragma once

#include "lib/workspace.h"
#include "send/send.h"

typedef struct {
  LibMeaning *meaning; /* held: what the sender points into */
  GPtrArray *rules;    /* AlertRule, held */
  GPtrArray *due;      /* AlertMessage */
  Sender sender;
  AlertDelivery delivery;
} LibSending;

void lib_sending_clear(LibSending *sending);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LibSending, lib_sending_clear)

/* In the turn: what is due by the session's clock. Errors: those of the database. */
gboolean lib_sending_take(AttainWorkspace *workspace, const Session *session, GPtrArray *rules, LibSending *sending,
                          GError **error);
/* Outside the turn: sends it, and counts. `is_over` (atomic, not 0) ends it between two messages; NULL: nothing does.
 * Errors: those of the database. */
gboolean lib_sending_send(AttainWorkspace *workspace, LibSending *sending, const int *is_over, AttainError *error);

/* A turn of what writes beside the ledger, for a function of several turns, which lib_permit() has let pass. */
typedef gboolean (*LibStep)(AttainWorkspace *workspace, const Session *session, gpointer data, GError **error);
gboolean lib_step(AttainWorkspace *workspace, const char *name, LibStep step, gpointer data, AttainError *error);
