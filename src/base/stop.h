/* When nobody waits for an answer any more: flags that another thread sets while the answer is made. What goes through
 * many rows, cells or groups looks at them once for each block of some thousands, which costs two loads. */
#pragma once

#include <glib.h>

/* Flags that were set stay set as long as the answer is made. NULL: there is none. */
typedef struct {
  gint *flags[2]; /* atomic; not owned */
} BaseStop;

/* `stop` may be NULL. The fault point "stop" sets the first of the flags. */
gboolean base_is_stopped(const BaseStop *stop);
/* Errors: G_IO_ERROR_CANCELLED. */
gboolean base_check_goes_on(const BaseStop *stop, GError **error);
