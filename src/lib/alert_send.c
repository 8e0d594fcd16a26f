/* Each message is begun for LEASE_US: no other thread or command tries it while it is under way, and if this process is
 * killed, the next one that has the database knows that nobody is sending any more. */
#include "lib/alert_send.h"

#define LEASE_US (3 * G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)

G_STATIC_ASSERT(LEASE_US > 2 * SEND_MAX_SECONDS * (gint64)G_USEC_PER_SEC);

void lib_sending_clear(LibSending *sending) {
  lib_meaning_release(sending->meaning);
  g_clear_pointer(&sending->rules, g_ptr_array_unref);
  g_clear_pointer(&sending->due, g_ptr_array_unref);
  alert_delivery_clear(&sending->delivery);
}

gboolean lib_step(AttainWorkspace *workspace, const char *name, LibStep step, gpointer data, AttainError *error) {
  GError *cause = NULL;
  if (workspace->core->is_read_only)
    return lib_fail_with(error, ATTAIN_ERROR_USAGE, "the workspace was opened to be read only");
  lib_follow_clock(workspace);
  if (!lib_begin_writing(workspace, error)) return FALSE;
  lib_mend(workspace);
  lib_doing(workspace, name);
  Session session = lib_session(workspace);
  gboolean ok = step(workspace, &session, data, &cause);
  if (!ok) lib_own_up(workspace, &cause);
  lib_change_state(workspace);
  lib_end_writing(workspace);
  return ok || lib_fail(error, cause);
}

gboolean lib_sending_take(AttainWorkspace *workspace, const Session *session, GPtrArray *rules, LibSending *sending,
                          GError **error) {
  LibCore *core = workspace->core;
  sending->due = alert_outbox_due(session->store, session->now_us, !core->has_sent, &sending->delivery, error);
  if (!sending->due) return FALSE;
  core->has_sent = TRUE;
  sending->meaning = lib_meaning_hold(core->meaning);
  sending->rules = g_ptr_array_ref(rules);
  sending->sender = (Sender){
      .organisation = session->organisation, .rules = rules, .folder = session->folder, .now_us = session->now_us};
  return TRUE;
}

/* --- one message --- */

typedef struct {
  const AlertMessage *message;
  AlertDelivery *delivery;
  AlertReply reply;
  gboolean is_ours;
} Attempt;

static gboolean begin(AttainWorkspace *workspace, const Session *session, gpointer data, GError **error) {
  Attempt *attempt = data;
  return alert_outbox_begin(session->store, attempt->message, session->now_us, session->now_us + LEASE_US,
                            &attempt->is_ours, error);
}

static gboolean end(AttainWorkspace *workspace, const Session *session, gpointer data, GError **error) {
  Attempt *attempt = data;
  return alert_outbox_end(session->store, attempt->message, &attempt->reply, session->now_us, attempt->delivery, error);
}

static gboolean send_one(AttainWorkspace *workspace, LibSending *sending, const AlertMessage *message,
                         AttainError *error) {
  Attempt attempt = {.message = message, .delivery = &sending->delivery};
  if (!lib_step(workspace, "alert_send", begin, &attempt, error)) return FALSE;
  if (!attempt.is_ours) return TRUE;
  attempt.reply = send_message(message, &sending->sender);
  gboolean ok = lib_step(workspace, "alert_send", end, &attempt, error);
  g_free(attempt.reply.words);
  return ok;
}

gboolean lib_sending_send(AttainWorkspace *workspace, LibSending *sending, const int *is_over, AttainError *error) {
  AttainWorkspace everybody = {.core = workspace->core};
  for (guint i = 0; i < sending->due->len && !(is_over && g_atomic_int_get(is_over)); i++)
    if (!send_one(&everybody, sending, g_ptr_array_index(sending->due, i), error)) return FALSE;
  return TRUE;
}
