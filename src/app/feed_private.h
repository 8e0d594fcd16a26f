/* Between feed.c, which has threads and streams, feed_view.c, which asks who sees what, and feed_event.c, which writes
 * events. */
#pragma once

#include "app/feed.h"

/* Whose records of a table a commit changed. */
typedef struct {
  char *table;
  gboolean is_everybodys;
  GArray *people; /* gint32, in order */
} FeedTouched;

/* One commit. */
typedef struct {
  gint64 load;
  char *at; /* an instant */
  char *source;
  gboolean is_unknown; /* it is not known whose records changed */
  GArray *touched;     /* FeedTouched, a table each */
  guint n_people;      /* in all of them */
} FeedChange;
FeedChange *feed_change_new(const AttainChange *change, gint64 now_us);
void feed_change_free(gpointer change);
/* People, teams or memberships changed: who sees what may be other. */
gboolean feed_change_is_of_organisation(const FeedChange *change);
/* How many of these FeedChange, from the first, end with one of that kind. */
guint feed_changes_count_moving(const GPtrArray *changes);

/* The same people, names and teams. */
gboolean feed_seen_is_same(const AttainSeen *a, const AttainSeen *b);
/* Changes of some milliseconds as one event; NULL: none of it is for them. The first `n_between` of them were made
 * while what the reader sees changed from `before` (NULL: it is not known any more) to `now`, the others since. */
GBytes *feed_event_write(const GPtrArray *changes, guint n_between, const AttainSeen *before, const AttainSeen *now);
/* The same for who comes back, and of whom it is not known what they saw before. */
GBytes *feed_event_write_missed(const GPtrArray *changes, guint n_between, const AttainSeen *now);
/* What was not told at once of changes that were: that there was something; NULL: nothing. */
GBytes *feed_event_write_later(const GPtrArray *changes, const AttainSeen *now);
/* "ready" tells a new reader where they are, "reset" one who comes back that they have to ask for everything anew. */
GBytes *feed_event_state(const char *name, gint64 load);

/* --- feed_view.c --- */

/* Whose records a sight shows, shared by all who have that sight. Any thread may hold and release it. */
typedef struct {
  gatomicrefcount n_holders;
  char *key; /* the sight */
  AttainSeen *seen;
  GBytes *bytes; /* of the event being told: the feed's thread's own */
} FeedView;
FeedView *feed_view_hold(FeedView *view);
/* NULL is nothing. */
void feed_view_release(FeedView *view);

/* Views that were found in one round of asking, by their sight. */
GHashTable *feed_views_new(void);
/* What who opened a stream with `session` or `token` (both NULL: the operator) sees now; to be released. NULL: they may
 * no more, or it could not be asked. */
FeedView *feed_view_find(AttainWorkspace *workspace, const char *session, const char *token, GHashTable *views);
