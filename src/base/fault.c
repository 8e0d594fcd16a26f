/* Fault points. The counter is the one switch: 0 is unarmed, n > 0 fails at the nth pass from here, and it is set to 0
 * by the pass that fails, so that clean-up after a failure runs undisturbed. The environment is read once, at the first
 * pass. */
#include "base/fault.h"

#include <signal.h>

static gint state = -1; /* -1 environment not read yet; 0 unarmed; 1 armed */
static GMutex lock;
static char *armed_point;
static guint passes_left;
static gboolean kills;

static void arm_locked(const char *point, guint nth) {
  g_free(armed_point);
  armed_point = g_strdup(point);
  passes_left = nth;
  g_atomic_int_set(&state, nth > 0 ? 1 : 0);
}

static void disarm_locked(void) {
  g_clear_pointer(&armed_point, g_free);
  passes_left = 0;
  kills = FALSE;
  g_atomic_int_set(&state, 0);
}

/* name:n or name:n:kill; anything else arms nothing. */
static void read_environment_locked(void) {
  g_auto(GStrv) parts = g_strsplit(g_getenv("ATTAIN_FAULT") ? g_getenv("ATTAIN_FAULT") : "", ":", -1);
  guint n_parts = g_strv_length(parts);
  gboolean has_action = n_parts == 3 && strcmp(parts[2], "kill") == 0;
  guint64 nth = 0;
  if ((n_parts != 2 && !has_action) || !g_ascii_string_to_unsigned(parts[1], 10, 1, G_MAXUINT, &nth, NULL)) {
    disarm_locked();
    return;
  }
  arm_locked(parts[0], (guint)nth);
  kills = has_action;
}

static gboolean pass_locked(const char *point) {
  if (state < 0) read_environment_locked();
  if (state == 0 || (strcmp(armed_point, "*") != 0 && strcmp(armed_point, point) != 0) || --passes_left > 0)
    return FALSE;
  if (kills) raise(SIGKILL);
  disarm_locked();
  return TRUE;
}

gboolean base_fault(const char *point) {
  if (G_LIKELY(g_atomic_int_get(&state) == 0)) return FALSE;
  g_mutex_lock(&lock);
  gboolean fails = pass_locked(point);
  g_mutex_unlock(&lock);
  return fails;
}

void base_fault_arm(const char *point, guint nth) {
  g_mutex_lock(&lock);
  arm_locked(point, nth);
  g_mutex_unlock(&lock);
}

void base_fault_disarm(void) {
  g_mutex_lock(&lock);
  disarm_locked();
  g_mutex_unlock(&lock);
}
