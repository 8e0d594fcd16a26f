/* One thread that sleeps until the quiet hour of the company's time zone. It looks at the clock from time to time: the
 * system's may be set, and the time zone be edited, meanwhile. */
#include "app/server_tidy.h"

#define PAUSE_US       (60 * G_USEC_PER_SEC)      /* after what failed */
#define LONGEST_NAP_US (10 * 60 * G_USEC_PER_SEC) /* as the alerts' */

struct ServerTidy {
  AttainWorkspace *workspace;
  FILE *err;
  GThread *thread;
  int is_over; /* atomic, for the library; set under `lock`, too */
  GMutex lock;
  GCond changed;
  int64_t due_us; /* the library's */
};

/* For how long there is nothing to do; negative: until the end. */
static gint64 look(ServerTidy *tidy) {
  AttainTidyDay day;
  AttainError error = {0};
  gboolean ok = attain_tidy_daily(tidy->workspace, &tidy->is_over, &tidy->due_us, &day, &error);
  if (ok && day.n_gone > 0)
    fprintf(tidy->err, "attain: %" G_GUINT64_FORMAT " rows older than the policy keeps them are gone\n",
            (guint64)day.n_gone);
  if (!ok && !g_atomic_int_get(&tidy->is_over)) fprintf(tidy->err, "attain: tidying: %s\n", error.message);
  fflush(tidy->err);
  attain_error_clear(&error);
  if (!ok) return PAUSE_US;
  return day.wait_us < 0 ? day.wait_us : MIN(day.wait_us, LONGEST_NAP_US);
}

static void nap(ServerTidy *tidy, gint64 wait_us) {
  gint64 until_us = g_get_monotonic_time() + wait_us;
  while (!tidy->is_over) {
    if (wait_us < 0)
      g_cond_wait(&tidy->changed, &tidy->lock);
    else if (!g_cond_wait_until(&tidy->changed, &tidy->lock, until_us))
      break;
  }
}

static gpointer go(gpointer data) {
  ServerTidy *tidy = data;
  g_mutex_lock(&tidy->lock);
  while (!tidy->is_over) {
    g_mutex_unlock(&tidy->lock);
    gint64 wait_us = look(tidy);
    g_mutex_lock(&tidy->lock);
    nap(tidy, wait_us);
  }
  g_mutex_unlock(&tidy->lock);
  return NULL;
}

ServerTidy *server_tidy_start(AttainWorkspace *workspace, FILE *err) {
  ServerTidy *tidy = g_new0(ServerTidy, 1);
  tidy->workspace = workspace;
  tidy->err = err;
  g_mutex_init(&tidy->lock);
  g_cond_init(&tidy->changed);
  tidy->thread = g_thread_new("server-tidy", go, tidy);
  return tidy;
}

void server_tidy_end(ServerTidy *tidy) {
  if (!tidy) return;
  g_mutex_lock(&tidy->lock);
  g_atomic_int_set(&tidy->is_over, 1);
  g_cond_signal(&tidy->changed);
  g_mutex_unlock(&tidy->lock);
}

void server_tidy_free(ServerTidy *tidy) {
  if (!tidy) return;
  g_thread_join(tidy->thread);
  g_mutex_clear(&tidy->lock);
  g_cond_clear(&tidy->changed);
  g_free(tidy);
}
