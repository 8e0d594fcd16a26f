/* Between feed.c, which has threads and streams, and feed_event.c, which has none. */
#pragma once

#include "app/feed.h"

/* One commit. */
typedef struct {
  gint64 load;
  char *at; /* an instant */
  char *source;
  char **tables;
  gboolean is_for_all; /* it is not known whose records changed */
  GArray *people;      /* gint32 */
} FeedChange;
FeedChange *feed_change_new(const AttainChange *change, gint64 now_us);
void feed_change_free(gpointer change);
/* People, teams or memberships changed: who sees what may be other. */
gboolean feed_change_is_of_organisation(const FeedChange *change);

/* Changes of some milliseconds as one event, for whoever sees `seen`; NULL: none of it is for them. */
GBytes *feed_event_write(const GPtrArray *changes, const AttainSeen *seen);
/* "ready" tells a new reader where they are, "reset" one who comes back that they have to ask for everything anew. */
GBytes *feed_event_state(const char *name, gint64 load);
