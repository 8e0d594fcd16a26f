/* Answers that nobody waits for. */
#include "base/stop.h"

#include "base/fault.h"

#include <gio/gio.h>

gboolean base_is_stopped(const BaseStop *stop) {
  for (guint i = 0; stop != NULL && i < G_N_ELEMENTS(stop->flags); i++) {
    if (stop->flags[i] == NULL) continue;
    if (base_fault("stop")) g_atomic_int_set(stop->flags[i], TRUE);
    if (g_atomic_int_get(stop->flags[i])) return TRUE;
  }
  return FALSE;
}

gboolean base_check_goes_on(const BaseStop *stop, GError **error) {
  if (!base_is_stopped(stop)) return TRUE;
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "it was cancelled");
  return FALSE;
}
