/* The feed's thread, its readers, and what it remembers of events.
 *
 * A writer's callback only puts its change into `waiting`; the thread makes events of what waits, at most one every
 * EVERY_MS, so that a thousand commits a second are some forty events. Between two events it sends heartbeats, and asks
 * again who its readers are: a session that ended, a user who was locked, somebody who changed teams.
 *
 * `lock` is never held while the library is asked: the thread asks with copies of what it needs. */
#include "app/feed_private.h"
#include "attain/people.h"

#define EVERY_MS     25
#define HEARTBEAT_MS 25000
#define MAX_KEPT     2000 /* commits in the ring */

/* Whose records a sight shows, shared by all who have that sight. */
typedef struct {
  gatomicrefcount n_holders;
  char *key;
  AttainSeen *seen;
  GBytes *bytes; /* of the event being told: the thread's own */
} View;

typedef struct {
  guint64 number;
  HttpStream *stream; /* NULL in a copy */
  char *session, *token;
  View *view;
} Reader;

struct Feed {
  FeedSettings settings;
  GThread *thread;
  GMutex lock; /* of all below */
  GCond changed;
  GPtrArray *readers; /* Reader */
  GPtrArray *waiting; /* FeedChange: told by writers, and no event yet */
  GPtrArray *kept;    /* FeedChange: the last events', in order */
  gint64 kept_after;  /* all commits after this one are kept, or waiting */
  guint64 subscription, last_reader;
  gint32 last_person; /* the largest key of a person that was told of */
  gboolean is_stale, is_ending;
};

/* --- views --- */

static View *view_hold(View *view) {
  g_atomic_ref_count_inc(&view->n_holders);
  return view;
}

static void view_release(View *view) {
  if (!view || !g_atomic_ref_count_dec(&view->n_holders)) return;
  attain_seen_free(view->seen);
  g_free(view->key);
  g_free(view);
}

static View *view_new(AttainWorkspace *as, AttainError *error) {
  AttainSeen *seen = attain_seen(as, error);
  if (!seen) return NULL;
  View *view = g_new0(View, 1);
  g_atomic_ref_count_init(&view->n_holders);
  view->key = g_strdup(attain_sight(as));
  view->seen = seen;
  return view;
}

static void reader_free(gpointer data) {
  Reader *reader = data;
  if (reader->stream) http_stream_unref(reader->stream);
  view_release(reader->view);
  g_free(reader->session);
  g_free(reader->token);
  g_free(reader);
}

/* --- telling --- */

/* The lock is held. */
static void tell_readers(Feed *feed, const GPtrArray *changes) {
  for (guint i = 0; i < feed->readers->len; i++) {
    const Reader *reader = feed->readers->pdata[i];
    View *view = reader->view;
    if (!view->bytes) {
      view->bytes = feed_event_write(changes, view->seen);
      if (!view->bytes) view->bytes = g_bytes_new_static("", 0);
    }
    if (g_bytes_get_size(view->bytes) > 0) http_stream_write(reader->stream, view->bytes);
  }
  for (guint i = 0; i < feed->readers->len; i++)
    g_clear_pointer(&((const Reader *)feed->readers->pdata[i])->view->bytes, g_bytes_unref);
}

/* People come to be by being named in a record. The lock is held. */
static gboolean names_somebody_new(Feed *feed, const FeedChange *change) {
  gint32 last = feed->last_person;
  for (guint i = 0; i < change->people->len; i++)
    feed->last_person = MAX(feed->last_person, g_array_index(change->people, gint32, i));
  return feed->last_person > last;
}

/* What waits becomes one event, and is kept. The lock is held. */
static void tell_waiting(Feed *feed) {
  if (feed->waiting->len == 0) return;
  tell_readers(feed, feed->waiting);
  for (guint i = 0; i < feed->waiting->len; i++) {
    const FeedChange *change = feed->waiting->pdata[i];
    feed->is_stale |= feed_change_is_of_organisation(change) || names_somebody_new(feed, change);
  }
  g_ptr_array_extend_and_steal(feed->kept, g_steal_pointer(&feed->waiting));
  feed->waiting = g_ptr_array_new_with_free_func(feed_change_free);
  if (feed->kept->len <= MAX_KEPT) return;
  guint n_over = feed->kept->len - MAX_KEPT;
  feed->kept_after = ((const FeedChange *)feed->kept->pdata[n_over - 1])->load;
  g_ptr_array_remove_range(feed->kept, 0, n_over);
}

/* The lock is held. */
static void beat(Feed *feed) {
  g_autoptr(GBytes) bytes = g_bytes_new_static(":\n\n", 3);
  for (guint i = 0; i < feed->readers->len; i++)
    http_stream_write(((const Reader *)feed->readers->pdata[i])->stream, bytes);
}

/* --- asking again who they are --- */

/* The handle of who opened a stream, as they are now; NULL: they may no more. Leave it unless it is the workspace. */
static AttainWorkspace *enter(AttainWorkspace *workspace, const Reader *reader) {
  AttainError error = {0};
  AttainWorkspace *as = reader->session ? attain_as_session(workspace, reader->session, &error)
                        : reader->token ? attain_as_token(workspace, reader->token, &error)
                                        : workspace;
  if (as && !(attain_may(as) & ATTAIN_MAY_READ)) {
    if (as != workspace) attain_leave(as);
    as = NULL;
  }
  attain_error_clear(&error);
  return as;
}

/* `views`: those found in this round, by sight. NULL: they see nothing that could be asked for. */
static View *find_view(AttainWorkspace *as, GHashTable *views) {
  AttainError error = {0};
  View *view = g_hash_table_lookup(views, attain_sight(as));
  if (!view) {
    view = view_new(as, &error);
    if (view) g_hash_table_insert(views, view->key, view);
  }
  attain_error_clear(&error);
  return view ? view_hold(view) : NULL;
}

static void free_view(gpointer view) {
  view_release(view);
}

static GPtrArray *copy_readers(Feed *feed) {
  GPtrArray *copies = g_ptr_array_new_with_free_func(reader_free);
  g_mutex_lock(&feed->lock);
  for (guint i = 0; i < feed->readers->len; i++) {
    const Reader *reader = feed->readers->pdata[i];
    Reader *copy = g_new0(Reader, 1);
    *copy = (Reader){.number = reader->number, .session = g_strdup(reader->session), .token = g_strdup(reader->token)};
    g_ptr_array_add(copies, copy);
  }
  feed->is_stale = FALSE;
  g_mutex_unlock(&feed->lock);
  return copies;
}

/* Copies and readers are in the same order, but for readers who came or went meanwhile. */
static void take_views(Feed *feed, const GPtrArray *copies) {
  g_autoptr(GHashTable) by_number = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint i = 0; i < copies->len; i++)
    g_hash_table_insert(by_number, &((Reader *)copies->pdata[i])->number, copies->pdata[i]);
  g_mutex_lock(&feed->lock);
  for (guint i = 0; i < feed->readers->len; i++) {
    Reader *reader = feed->readers->pdata[i], *copy = g_hash_table_lookup(by_number, &reader->number);
    if (!copy) continue;
    if (!copy->view) {
      http_stream_close(reader->stream);
      continue;
    }
    view_release(reader->view);
    reader->view = g_steal_pointer(&copy->view);
  }
  g_mutex_unlock(&feed->lock);
}

/* Without the lock. */
static void ask_again(Feed *feed) {
  AttainWorkspace *workspace = feed->settings.hold(feed->settings.app);
  if (!workspace) return;
  g_autoptr(GPtrArray) copies = copy_readers(feed);
  g_autoptr(GHashTable) views = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_view);
  for (guint i = 0; i < copies->len; i++) {
    Reader *copy = copies->pdata[i];
    AttainWorkspace *as = enter(workspace, copy);
    if (as) copy->view = find_view(as, views);
    if (as && as != workspace) attain_leave(as);
  }
  take_views(feed, copies);
  feed->settings.let_go(feed->settings.app, workspace);
}

/* --- the thread --- */

/* Until something waits, the feed ends, or it is time for a heartbeat: FALSE. The lock is held. */
static gboolean wait_for_change(Feed *feed, gint64 until_us) {
  while (!feed->is_ending && feed->waiting->len == 0)
    if (!g_cond_wait_until(&feed->changed, &feed->lock, until_us)) return FALSE;
  return TRUE;
}

static gpointer run(gpointer data) {
  Feed *feed = data;
  gint64 beat_us = g_get_monotonic_time() + HEARTBEAT_MS * 1000;
  g_mutex_lock(&feed->lock);
  while (!feed->is_ending) {
    gboolean is_change = wait_for_change(feed, beat_us) && g_get_monotonic_time() < beat_us;
    if (!is_change) {
      beat(feed);
      beat_us = g_get_monotonic_time() + HEARTBEAT_MS * 1000;
    }
    tell_waiting(feed);
    gboolean asks = feed->is_stale || !is_change;
    gint64 next_us = g_get_monotonic_time() + EVERY_MS * 1000;
    g_mutex_unlock(&feed->lock);
    if (asks) ask_again(feed);
    g_mutex_lock(&feed->lock);
    while (!feed->is_ending && g_cond_wait_until(&feed->changed, &feed->lock, next_us)) continue;
  }
  g_mutex_unlock(&feed->lock);
  return NULL;
}

/* In the writer's thread: short. */
static void on_change(const AttainChange *change, void *data) {
  Feed *feed = data;
  FeedChange *told = feed_change_new(change, g_get_real_time());
  g_mutex_lock(&feed->lock);
  g_ptr_array_add(feed->waiting, told);
  g_cond_signal(&feed->changed);
  g_mutex_unlock(&feed->lock);
}

Feed *feed_new(const FeedSettings *settings) {
  Feed *feed = g_new0(Feed, 1);
  feed->settings = *settings;
  g_mutex_init(&feed->lock);
  g_cond_init(&feed->changed);
  feed->readers = g_ptr_array_new_with_free_func(reader_free);
  feed->waiting = g_ptr_array_new_with_free_func(feed_change_free);
  feed->kept = g_ptr_array_new_with_free_func(feed_change_free);
  feed->thread = g_thread_new("feed", run, feed);
  return feed;
}

void feed_free(Feed *feed) {
  if (!feed) return;
  g_mutex_lock(&feed->lock);
  feed->is_ending = TRUE;
  g_cond_broadcast(&feed->changed);
  g_mutex_unlock(&feed->lock);
  g_thread_join(feed->thread);
  g_ptr_array_unref(feed->readers);
  g_ptr_array_unref(feed->waiting);
  g_ptr_array_unref(feed->kept);
  g_mutex_clear(&feed->lock);
  g_cond_clear(&feed->changed);
  g_free(feed);
}

void feed_follow(Feed *feed, AttainWorkspace *workspace) {
  feed->subscription = attain_subscribe(workspace, on_change, feed);
  g_mutex_lock(&feed->lock);
  if (feed->kept->len == 0 && feed->waiting->len == 0) feed->kept_after = attain_load_number(workspace);
  feed->is_stale = TRUE;
  g_mutex_unlock(&feed->lock);
}

void feed_unfollow(Feed *feed, AttainWorkspace *workspace) {
  attain_unsubscribe(workspace, feed->subscription);
}

/* --- readers --- */

static void on_closed(HttpStream *stream, gpointer data) {
  Feed *feed = data;
  g_mutex_lock(&feed->lock);
  for (guint i = 0; i < feed->readers->len; i++) {
    if (((const Reader *)feed->readers->pdata[i])->stream != stream) continue;
    g_ptr_array_remove_index_fast(feed->readers, i);
    break;
  }
  g_mutex_unlock(&feed->lock);
}

/* What they missed, and where they are; `after` of another database is as one too far back. The lock is held. */
static void welcome(Feed *feed, const Reader *reader, gint64 after, gint64 load) {
  if (after >= 0 && (after < feed->kept_after || after > load)) {
    g_autoptr(GBytes) reset = feed_event_state("reset", load);
    http_stream_write(reader->stream, reset);
    return;
  }
  g_autoptr(GPtrArray) missed = g_ptr_array_new();
  for (guint i = 0; after >= 0 && i < feed->kept->len; i++) {
    FeedChange *change = feed->kept->pdata[i];
    if (change->load > after) g_ptr_array_add(missed, change);
  }
  g_autoptr(GBytes) told = missed->len > 0 ? feed_event_write(missed, reader->view->seen) : NULL;
  if (told) http_stream_write(reader->stream, told);
  g_autoptr(GBytes) ready = feed_event_state("ready", load);
  http_stream_write(reader->stream, ready);
}

/* The number up to which this reader has been told when it is welcomed: what waits comes after. The lock is held. */
static gint64 load_told(const Feed *feed) {
  if (feed->kept->len == 0) return feed->kept_after;
  return ((const FeedChange *)feed->kept->pdata[feed->kept->len - 1])->load;
}

void feed_open(Feed *feed, HttpExchange *exchange, AttainWorkspace *as, const FeedReader *who, gint64 after) {
  AttainError error = {0};
  View *view = view_new(as, &error);
  HttpStream *stream = view ? http_stream_open(exchange, "text/event-stream", on_closed, feed) : NULL;
  if (!view) {
    http_problem(exchange, 500, "failed", "It could not be done", "%s", error.message);
    attain_error_clear(&error);
  }
  if (!stream) {
    view_release(view);
    return;
  }
  Reader *reader = g_new0(Reader, 1);
  *reader = (Reader){0, stream, g_strdup(who->session), g_strdup(who->token), view};
  g_mutex_lock(&feed->lock);
  for (guint i = 0; i < feed->readers->len; i++) { /* the same bytes for all of one sight */
    View *other = ((const Reader *)feed->readers->pdata[i])->view;
    if (!g_str_equal(other->key, view->key) || feed->is_stale) continue;
    reader->view = view_hold(other);
    view_release(view);
    break;
  }
  reader->number = ++feed->last_reader;
  welcome(feed, reader, after, load_told(feed));
  g_ptr_array_add(feed->readers, reader);
  g_mutex_unlock(&feed->lock);
}
