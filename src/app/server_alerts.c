/* One thread that sleeps until something is due, or until the workspace tells that something may be.
 *
 *   commit, what people say, reload ─► woken ┐
 *                                            ├─► attain_alert_tend(): judge what is due, send ─► sleep until the next
 *                  the time of what is next ─┘
 */
#include "app/server_alerts.h"

#define PAUSE_US       (60 * G_GINT64_CONSTANT(1000000))      /* after what failed */
#define LONGEST_NAP_US (10 * 60 * G_GINT64_CONSTANT(1000000)) /* the system's clock may be set meanwhile */

struct ServerAlerts {
  AttainWorkspace *workspace;
  FILE *err;
  GThread *thread;
  int is_over; /* atomic, for the library; set under `lock`, too */
  GMutex lock; /* of all below */
  GCond changed;
  gboolean is_woken;
  ServerAlertCounts counts;
};

static void wake(void *user_data) {
  ServerAlerts *alerts = user_data;
  g_mutex_lock(&alerts->lock);
  alerts->is_woken = TRUE;
  g_cond_signal(&alerts->changed);
  g_mutex_unlock(&alerts->lock);
}

static void count(ServerAlerts *alerts, const AttainAlertTending *tended) {
  g_mutex_lock(&alerts->lock);
  alerts->counts.n_sent += tended->n_sent;
  alerts->counts.n_failed += tended->n_later;
  alerts->counts.n_refused += tended->n_refused;
  alerts->counts.n_waiting = tended->n_waiting;
  g_mutex_unlock(&alerts->lock);
}

static void tell(ServerAlerts *alerts, const AttainAlertTending *tended) {
  if (tended->n_sent + tended->n_later + tended->n_refused == 0) return;
  fprintf(alerts->err, "attain: alerts: %u sent, %u to be tried again, %u refused%s%s\n", (guint)tended->n_sent,
          (guint)tended->n_later, (guint)tended->n_refused, tended->failure ? ": " : "",
          tended->failure ? tended->failure : "");
  fflush(alerts->err);
}

/* For how long there is nothing to do; negative: until woken. */
static gint64 tend(ServerAlerts *alerts) {
  AttainAlertTending tended;
  AttainError error = {0};
  if (attain_alert_tend(alerts->workspace, &alerts->is_over, &tended, &error)) {
    count(alerts, &tended);
    tell(alerts, &tended);
    attain_free(tended.failure);
    return tended.wait_us < 0 ? tended.wait_us : MIN(tended.wait_us, LONGEST_NAP_US);
  }
  if (!g_atomic_int_get(&alerts->is_over)) fprintf(alerts->err, "attain: alerts: %s\n", error.message);
  fflush(alerts->err);
  attain_error_clear(&error);
  return PAUSE_US;
}

static void nap(ServerAlerts *alerts, gint64 wait_us) {
  gint64 until_us = g_get_monotonic_time() + wait_us;
  while (!alerts->is_woken && !alerts->is_over) {
    if (wait_us < 0)
      g_cond_wait(&alerts->changed, &alerts->lock);
    else if (!g_cond_wait_until(&alerts->changed, &alerts->lock, until_us))
      break;
  }
}

static gpointer go(gpointer data) {
  ServerAlerts *alerts = data;
  g_mutex_lock(&alerts->lock);
  while (!alerts->is_over) {
    alerts->is_woken = FALSE;
    g_mutex_unlock(&alerts->lock);
    gint64 wait_us = tend(alerts);
    g_mutex_lock(&alerts->lock);
    nap(alerts, wait_us);
  }
  g_mutex_unlock(&alerts->lock);
  return NULL;
}

ServerAlerts *server_alerts_start(AttainWorkspace *workspace, FILE *err) {
  ServerAlerts *alerts = g_new0(ServerAlerts, 1);
  alerts->workspace = workspace;
  alerts->err = err;
  g_mutex_init(&alerts->lock);
  g_cond_init(&alerts->changed);
  attain_on_alerts(workspace, wake, alerts);
  alerts->thread = g_thread_new("server-alerts", go, alerts);
  return alerts;
}

void server_alerts_end(ServerAlerts *alerts) {
  if (!alerts) return;
  g_mutex_lock(&alerts->lock);
  g_atomic_int_set(&alerts->is_over, 1);
  g_cond_signal(&alerts->changed);
  g_mutex_unlock(&alerts->lock);
}

void server_alerts_free(ServerAlerts *alerts) {
  if (!alerts) return;
  g_thread_join(alerts->thread);
  attain_on_alerts(alerts->workspace, NULL, NULL);
  g_mutex_clear(&alerts->lock);
  g_cond_clear(&alerts->changed);
  g_free(alerts);
}

void server_alerts_count(ServerAlerts *alerts, ServerAlertCounts *counts) {
  g_mutex_lock(&alerts->lock);
  *counts = alerts->counts;
  g_mutex_unlock(&alerts->lock);
}
