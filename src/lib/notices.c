/* Telling users by mail of changes to how they sign in, whoever made them (NIST SP 800-63B, 6.1.2.3; OWASP ASVS 2.2.3).
 *
 *   a change at the desk ─► notice in the database ─► desk: what is due │ no lock: sent │ desk: ended, or put off
 *
 * Who gets one has a mail address as their name, and the company a mail server. Nothing secret is in a notice. */
#include "alert/outbox.h"
#include "attain/people.h"
#include "lib/people_change.h"
#include "send/send.h"
#include "user/notice.h"

gboolean lib_tell_user(AttainWorkspace *workspace, const LibPeople *people, Store *desk, const User *user,
                       const char *what, GError **error) {
  LibCore *core = workspace->core;
  if (people->policy->has_no_notices || !conf_is_mail_address(user->name)) return TRUE;
  if (!user_notice_add(desk, user->number, what, lib_now(workspace), error)) return FALSE;
  if (core->notice_callback) core->notice_callback(core->notice_user_data);
  return TRUE;
}

void attain_on_notices(AttainWorkspace *workspace, AttainAlertCallback callback, void *user_data) {
  if (!lib_permit(workspace, "on_notices", NULL)) return;
  lib_take_desk(workspace);
  workspace->core->notice_callback = callback;
  workspace->core->notice_user_data = user_data;
  lib_leave_desk(workspace);
}

/* --- sending --- */

typedef struct {
  GPtrArray *due;      /* UserNotice */
  LibMeaning *meaning; /* held: what the sender points into */
  Sender sender;
  AttainNoticesTending done;
} Tending;

static void tending_clear(Tending *tending) {
  g_clear_pointer(&tending->due, g_ptr_array_unref);
  lib_meaning_release(tending->meaning);
  g_free(tending->done.failure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tending, tending_clear)

static void look(AttainWorkspace *workspace, Tending *tending) {
  lib_enter(workspace);
  const Session *session = workspace->core->session;
  tending->meaning = lib_meaning_hold(workspace->core->meaning);
  tending->sender =
      (Sender){.organisation = session->organisation, .folder = session->folder, .now_us = lib_now(workspace)};
  lib_leave(workspace);
}

static gboolean find_due(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  Tending *tending = data;
  g_clear_pointer(&tending->due, g_ptr_array_unref);
  tending->due = user_notice_due(desk, tending->sender.now_us, error);
  return tending->due != NULL;
}

typedef struct {
  const UserNotice *notice;
  const AlertReply *reply;
  gint64 now_us;
} Attempt;

/* Nobody is told: the audit log says so. */
static gboolean lose(AttainWorkspace *workspace, Store *desk, const Attempt *attempt, GError **error) {
  g_autofree char *about =
      g_strdup_printf("%s: %s: %s", attempt->notice->user, attempt->notice->what, attempt->reply->words);
  return user_notice_end(desk, attempt->notice->id, error) &&
         lib_note_of(workspace, desk, "server", NULL, "notice not sent", about, error);
}

static gboolean is_lost(const Attempt *attempt) {
  return attempt->reply->answer == ALERT_NEVER || attempt->notice->n_attempts + 1 >= ALERT_MAX_ATTEMPTS;
}

static gboolean end_attempt(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  const Attempt *attempt = data;
  if (attempt->reply->answer == ALERT_TAKEN) return user_notice_end(desk, attempt->notice->id, error);
  if (is_lost(attempt)) return lose(workspace, desk, attempt, error);
  gint64 pause_us = MAX(alert_outbox_pause_us(attempt->notice->n_attempts + 1), attempt->reply->wait_us);
  return user_notice_put_off(desk, attempt->notice->id, attempt->now_us + pause_us, error);
}

static void count(AttainNoticesTending *done, const Attempt *attempt) {
  if (attempt->reply->answer == ALERT_TAKEN)
    done->n_sent++;
  else if (is_lost(attempt))
    done->n_refused++;
  else
    done->n_later++;
  if (attempt->reply->answer != ALERT_TAKEN && !done->failure)
    done->failure = g_strdup_printf("%s: %s", attempt->notice->user, attempt->reply->words);
}

/* An erased user has no address any more. */
static AlertReply reply_to(const Tending *tending, const UserNotice *notice) {
  if (!conf_is_mail_address(notice->user))
    return (AlertReply){.answer = ALERT_NEVER, .words = g_strdup("the user has no mail address any more")};
  return send_notice(&(SendNotice){notice->id, notice->user, notice->what, notice->at_us}, &tending->sender);
}

/* Without a mail server nobody is told, then or later. */
static gboolean send_one(AttainWorkspace *workspace, Tending *tending, const UserNotice *notice, AttainError *error) {
  gboolean has_server = tending->sender.organisation->alerts.mail.server != NULL;
  AlertReply reply = has_server ? reply_to(tending, notice) : (AlertReply){.answer = ALERT_TAKEN};
  const Attempt attempt = {notice, &reply, tending->sender.now_us};
  gboolean ok = lib_change_people(workspace, "notices_tend", end_attempt, (gpointer)&attempt, error);
  if (ok && has_server) count(&tending->done, &attempt);
  g_free(reply.words);
  return ok;
}

static gboolean look_ahead(AttainWorkspace *workspace, LibPeople *people, Store *desk, gpointer data, GError **error) {
  Tending *tending = data;
  gint64 next_us = 0, now_us = lib_now(workspace);
  if (!user_notice_next(desk, &next_us, error)) return FALSE;
  gboolean stands_still = __atomic_load_n(&workspace->core->clock_us, __ATOMIC_ACQUIRE) >= 0;
  gboolean is_never = next_us == G_MAXINT64 || (stands_still && next_us > now_us);
  tending->done.wait_us = is_never ? -1 : MAX(next_us - now_us, 0);
  return TRUE;
}

bool attain_notices_tend(AttainWorkspace *workspace, const int *is_over, AttainNoticesTending *tended,
                         AttainError *error) {
  g_auto(Tending) tending = {0};
  if (!lib_permit(workspace, "notices_tend", error)) return false;
  look(workspace, &tending);
  if (!lib_change_people(workspace, "notices_tend", find_due, &tending, error)) return false;
  for (guint i = 0; i < tending.due->len && !(is_over && g_atomic_int_get(is_over)); i++)
    if (!send_one(workspace, &tending, g_ptr_array_index(tending.due, i), error)) return false;
  if (!lib_change_people(workspace, "notices_tend", look_ahead, &tending, error)) return false;
  *tended = tending.done;
  tending.done.failure = NULL;
  return true;
}
