/* One thread that sleeps until a user's sign-in was changed, or a mail that could not be sent is due again. */
#include "app/server_notices.h"

#define PAUSE_US       (60 * G_USEC_PER_SEC)      /* after what failed */
#define LONGEST_NAP_US (10 * 60 * G_USEC_PER_SEC) /* the system's clock may be set meanwhile */

struct ServerNotices {
  AttainWorkspace *workspace;
  FILE *err;
  GThread *thread;
  int is_over; /* atomic, for the library; set under `lock`, too */
  GMutex lock;
  GCond changed;
  gboolean is_woken;
};

/* At the desk: nothing of the library may be called. */
static void wake(void *user_data) {
  ServerNotices *notices = user_data;
  g_mutex_lock(&notices->lock);
  notices->is_woken = TRUE;
  g_cond_signal(&notices->changed);
  g_mutex_unlock(&notices->lock);
}

static void tell(ServerNotices *notices, const AttainNoticesTending *tended) {
  if (tended->n_sent + tended->n_later + tended->n_refused == 0) return;
  fprintf(notices->err, "attain: notices: %u sent, %u to be tried again, %u refused%s%s\n", (guint)tended->n_sent,
          (guint)tended->n_later, (guint)tended->n_refused, tended->failure ? ": " : "",
          tended->failure ? tended->failure : "");
  fflush(notices->err);
}

/* For how long there is nothing to do; negative: until woken. */
static gint64 tend(ServerNotices *notices) {
  AttainNoticesTending tended;
  AttainError error = {0};
  if (attain_notices_tend(notices->workspace, &notices->is_over, &tended, &error)) {
    tell(notices, &tended);
    attain_free(tended.failure);
    return tended.wait_us < 0 ? tended.wait_us : MIN(tended.wait_us, LONGEST_NAP_US);
  }
  if (!g_atomic_int_get(&notices->is_over)) fprintf(notices->err, "attain: notices: %s\n", error.message);
  fflush(notices->err);
  attain_error_clear(&error);
  return PAUSE_US;
}

static void nap(ServerNotices *notices, gint64 wait_us) {
  gint64 until_us = g_get_monotonic_time() + wait_us;
  while (!notices->is_woken && !notices->is_over) {
    if (wait_us < 0)
      g_cond_wait(&notices->changed, &notices->lock);
    else if (!g_cond_wait_until(&notices->changed, &notices->lock, until_us))
      break;
  }
}

static gpointer go(gpointer data) {
  ServerNotices *notices = data;
  g_mutex_lock(&notices->lock);
  while (!notices->is_over) {
    notices->is_woken = FALSE;
    g_mutex_unlock(&notices->lock);
    gint64 wait_us = tend(notices);
    g_mutex_lock(&notices->lock);
    nap(notices, wait_us);
  }
  g_mutex_unlock(&notices->lock);
  return NULL;
}

ServerNotices *server_notices_start(AttainWorkspace *workspace, FILE *err) {
  ServerNotices *notices = g_new0(ServerNotices, 1);
  notices->workspace = workspace;
  notices->err = err;
  g_mutex_init(&notices->lock);
  g_cond_init(&notices->changed);
  attain_on_notices(workspace, wake, notices);
  notices->thread = g_thread_new("server-notices", go, notices);
  return notices;
}

void server_notices_end(ServerNotices *notices) {
  if (!notices) return;
  g_mutex_lock(&notices->lock);
  g_atomic_int_set(&notices->is_over, 1);
  g_cond_signal(&notices->changed);
  g_mutex_unlock(&notices->lock);
}

void server_notices_free(ServerNotices *notices) {
  if (!notices) return;
  g_thread_join(notices->thread);
  attain_on_notices(notices->workspace, NULL, NULL);
  g_mutex_clear(&notices->lock);
  g_cond_clear(&notices->changed);
  g_free(notices);
}
