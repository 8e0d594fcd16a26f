/* Who reads events, and whose records they see: asked of the library, without the feed's lock. */
#include "app/feed_private.h"
#include "attain/people.h"

FeedView *feed_view_hold(FeedView *view) {
  g_atomic_ref_count_inc(&view->n_holders);
  return view;
}

void feed_view_release(FeedView *view) {
  if (!view || !g_atomic_ref_count_dec(&view->n_holders)) return;
  attain_seen_free(view->seen);
  g_free(view->key);
  g_free(view);
}

/* As `as` sees now. */
static FeedView *view_new(AttainWorkspace *as, AttainError *error) {
  AttainSeen *seen = attain_seen(as, error);
  if (!seen) return NULL;
  FeedView *view = g_new0(FeedView, 1);
  g_atomic_ref_count_init(&view->n_holders);
  view->key = g_strdup(attain_sight(as));
  view->seen = seen;
  return view;
}

static void free_view(gpointer view) {
  feed_view_release(view);
}

GHashTable *feed_views_new(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_view);
}

/* The handle of who opened a stream, as they are now; NULL: they may no more. Leave it unless it is the workspace. */
static AttainWorkspace *enter(AttainWorkspace *workspace, const char *session, const char *token) {
  AttainError error = {0};
  AttainWorkspace *as = session ? attain_as_session(workspace, session, &error)
                        : token ? attain_as_token(workspace, token, &error)
                                : workspace;
  if (as && !(attain_may(as) & ATTAIN_MAY_READ)) {
    if (as != workspace) attain_leave(as);
    as = NULL;
  }
  attain_error_clear(&error);
  return as;
}

static FeedView *view_of(AttainWorkspace *as, GHashTable *views) {
  AttainError error = {0};
  FeedView *view = g_hash_table_lookup(views, attain_sight(as));
  if (!view) {
    view = view_new(as, &error);
    if (view) g_hash_table_insert(views, view->key, view);
  }
  attain_error_clear(&error);
  return view ? feed_view_hold(view) : NULL;
}

FeedView *feed_view_find(AttainWorkspace *workspace, const char *session, const char *token, GHashTable *views) {
  AttainWorkspace *as = enter(workspace, session, token);
  if (!as) return NULL;
  FeedView *view = view_of(as, views);
  if (as != workspace) attain_leave(as);
  return view;
}
