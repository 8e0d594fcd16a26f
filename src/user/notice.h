/* What a user is still to be told of how they sign in: kept in the database until it was sent, so that a process that
 * is killed forgets none. Who it goes to is looked up when it is sent.
 *
 * All take a store at the desk. Errors: those of the database. */
#pragma once

#include "store/store.h"

#define USER_MAX_DUE 100 /* notices at once */

typedef struct {
  char *id;         /* unique in the world, the same through all attempts */
  char *user;       /* whom, by what they sign in with */
  char *what;       /* "your password was changed" */
  gint64 at_us;     /* when that was */
  guint n_attempts; /* that failed */
} UserNotice;

/* To be sent at once. */
gboolean user_notice_add(Store *store, gint64 user_number, const char *what, gint64 at_us, GError **error);
/* UserNotice, the oldest first, USER_MAX_DUE at most; g_ptr_array_unref(). */
GPtrArray *user_notice_due(Store *store, gint64 now_us, GError **error);
/* It was sent, or never will be. */
gboolean user_notice_end(Store *store, const char *id, GError **error);
/* An attempt failed: not again before `next_us`. */
gboolean user_notice_put_off(Store *store, const char *id, gint64 next_us, GError **error);
/* When the next may be tried; G_MAXINT64: none waits. */
gboolean user_notice_next(Store *store, gint64 *next_us, GError **error);
