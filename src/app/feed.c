/* The feed's thread, its readers, and what it remembers of events.
 *
 * A writer's callback only puts its change into `waiting`; the thread makes events of what waits, at most one every
 * EVERY_MS, so that a thousand commits a second are some forty events. Before an event it asks again who its readers
 * are where a session was ended or a user locked since; with each heartbeat, too, for sessions end by time.
 *
 * When the workspace's files were read anew, readers are asked for again at once, and told to ask for everything anew:
 * whom they see, boards and definitions may be other without a commit.
 *
 * Where what waits moves somebody, it asks before it tells. What waited when it began to ask is told by what each
 * reader saw before and sees now; what has come meanwhile waits for the next event, and is looked through then.
 *
 * After a restart the ring is empty; what somebody missed before it is read from the ledger when they come back.
 *
 * `lock` is never held while the library is asked: the thread asks with copies of what it needs. */
#include "app/feed_private.h"

#define EVERY_MS     25
#define HEARTBEAT_MS 25000
#define MAX_KEPT     2000    /* commits in the ring */
#define MAX_PEOPLE   1000000 /* and people in all of them, 4 bytes each */

typedef struct {
  guint64 number;
  HttpStream *stream; /* NULL in a copy */
  char *session, *token;
  FeedView *view;
  FeedView *before;   /* what they saw when the last event was told, where that is not known to be the same */
  gboolean has_moved; /* what they see has become other since; `before` NULL: from what is not known */
} Reader;

struct Feed {
  FeedSettings settings;
  GThread *thread;
  GMutex lock; /* of all below */
  GCond changed;
  GPtrArray *readers; /* Reader */
  GPtrArray *waiting; /* FeedChange: told by writers, and no event yet */
  guint n_met;        /* of them that were looked through for people who moved */
  GPtrArray *kept;    /* FeedChange: the last events', in order */
  guint64 n_kept_people;
  gint64 beat_load;  /* the last that was told at the last heartbeat */
  guint64 n_asked;   /* how often it was asked who the readers are */
  guint64 n_ended;   /* attain_n_ended() when it was; the thread's own */
  gint64 kept_after; /* all commits after this one are kept, or waiting */
  guint64 subscription, last_reader;
  gint32 last_person; /* the largest key of a person that was told of */
  gboolean is_stale, is_ending;
  gboolean is_reset;  /* readers are to hear that answers may be other */
  gint64 reset_until; /* the load after which they heard that last; -1: never */
};

/* --- readers, as they are kept --- */

static void reader_free(gpointer data) {
  Reader *reader = data;
  if (reader->stream) http_stream_unref(reader->stream);
  feed_view_release(reader->view);
  feed_view_release(reader->before);
  g_free(reader->session);
  g_free(reader->token);
  g_free(reader);
}

/* --- telling --- */

/* Free them. */
static GBytes *write_event(const Reader *reader, const GPtrArray *changes) {
  const AttainSeen *before = reader->before ? reader->before->seen : NULL;
  GBytes *bytes = feed_event_write(changes, reader->has_moved ? changes->len : 0, before, reader->view->seen);
  return bytes ? bytes : g_bytes_new_static("", 0);
}

/* The same bytes for all who saw and see the same. */
static GBytes *bytes_for(const Reader *reader, const GPtrArray *changes, GHashTable *by_views) {
  if (!reader->has_moved) {
    if (!reader->view->bytes) reader->view->bytes = write_event(reader, changes);
    return reader->view->bytes;
  }
  g_autofree char *name = g_strdup_printf("%p %p", (void *)reader->before, (void *)reader->view);
  GBytes *bytes = g_hash_table_lookup(by_views, name);
  if (bytes) return bytes;
  bytes = write_event(reader, changes);
  g_hash_table_insert(by_views, g_steal_pointer(&name), bytes);
  return bytes;
}

/* The lock is held. */
static void tell_readers(Feed *feed, const GPtrArray *changes) {
  g_autoptr(GHashTable) by_views =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < feed->readers->len; i++) {
    const Reader *reader = feed->readers->pdata[i];
    GBytes *bytes = bytes_for(reader, changes, by_views);
    if (g_bytes_get_size(bytes) > 0) http_stream_write(reader->stream, bytes);
  }
  for (guint i = 0; i < feed->readers->len; i++) {
    Reader *reader = feed->readers->pdata[i];
    g_clear_pointer(&reader->view->bytes, g_bytes_unref);
    g_clear_pointer(&reader->before, feed_view_release);
    reader->has_moved = FALSE;
  }
}

/* People come to be by being named in a record. The lock is held. */
static gboolean names_somebody_new(Feed *feed, const FeedChange *change) {
  gint32 last = feed->last_person;
  for (guint i = 0; i < change->touched->len; i++) {
    const GArray *people = g_array_index(change->touched, FeedTouched, i).people; /* the largest is the last */
    if (people->len > 0) feed->last_person = MAX(feed->last_person, g_array_index(people, gint32, people->len - 1));
  }
  return feed->last_person > last;
}

/* Looks through what has come to wait: whether it may have changed what readers see. The lock is held. */
static void meet_waiting(Feed *feed) {
  for (; feed->n_met < feed->waiting->len; feed->n_met++) {
    const FeedChange *change = feed->waiting->pdata[feed->n_met];
    feed->is_stale |= names_somebody_new(feed, change) || feed_change_is_of_organisation(change);
  }
}

/* The oldest are forgotten when there are too many. The lock is held. */
static void keep(Feed *feed, FeedChange *change) {
  g_ptr_array_add(feed->kept, change);
  feed->n_kept_people += change->n_people;
}

static void forget_oldest(Feed *feed) {
  guint n_over = feed->kept->len > MAX_KEPT ? feed->kept->len - MAX_KEPT : 0, n = 0;
  while (n < feed->kept->len && (n < n_over || feed->n_kept_people > MAX_PEOPLE)) {
    const FeedChange *change = feed->kept->pdata[n++];
    feed->n_kept_people -= change->n_people;
    feed->kept_after = change->load;
  }
  if (n > 0) g_ptr_array_remove_range(feed->kept, 0, n);
}

/* The first `n` of what waits become one event, and are kept. The lock is held. */
static void tell_waiting(Feed *feed, guint n) {
  if (n == 0) return;
  g_autoptr(GPtrArray) changes = g_ptr_array_new();
  for (guint i = 0; i < n; i++) g_ptr_array_add(changes, feed->waiting->pdata[i]);
  tell_readers(feed, changes);
  for (guint i = 0; i < n; i++) keep(feed, g_ptr_array_steal_index(feed->waiting, 0));
  feed->n_met -= n;
  forget_oldest(feed);
}

/* The number up to which readers have been told: what waits comes after. The lock is held. */
static gint64 load_told(const Feed *feed) {
  if (feed->kept->len == 0) return feed->kept_after;
  return ((const FeedChange *)feed->kept->pdata[feed->kept->len - 1])->load;
}

/* What was told since the last heartbeat, of which something may be for later. The lock is held. */
static GPtrArray *told_since_beat(Feed *feed) {
  GPtrArray *changes = g_ptr_array_new();
  for (guint i = 0; i < feed->kept->len; i++) {
    FeedChange *change = feed->kept->pdata[i];
    if (change->load > feed->beat_load) g_ptr_array_add(changes, change);
  }
  feed->beat_load = load_told(feed);
  return changes;
}

/* The lock is held. */
static void beat(Feed *feed) {
  g_autoptr(GPtrArray) changes = told_since_beat(feed);
  g_autoptr(GBytes) nothing = g_bytes_new_static(":\n\n", 3);
  for (guint i = 0; i < feed->readers->len; i++) {
    const Reader *reader = feed->readers->pdata[i];
    g_autoptr(GBytes) later = feed_event_write_later(changes, reader->view->seen);
    http_stream_write(reader->stream, later ? later : nothing);
  }
}

/* All have to ask for everything anew, and so what they saw before is of no more use; but what waits and moves people
 * is told by it. The lock is held. */
static void reset_readers(Feed *feed) {
  feed->reset_until = load_told(feed);
  g_autoptr(GBytes) reset = feed_event_state("reset", feed->reset_until);
  gboolean is_moving = feed_changes_count_moving(feed->waiting) > 0;
  for (guint i = 0; i < feed->readers->len; i++) {
    Reader *reader = feed->readers->pdata[i];
    http_stream_write(reader->stream, reset);
    if (is_moving) continue;
    g_clear_pointer(&reader->before, feed_view_release);
    reader->has_moved = FALSE;
  }
}

/* --- asking again who they are --- */

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
  feed->n_asked++;
  g_mutex_unlock(&feed->lock);
  return copies;
}

/* What the reader saw is kept until the next event was told. */
static void take_view(Reader *reader, FeedView *view) {
  if (!reader->has_moved && !feed_seen_is_same(reader->view->seen, view->seen)) {
    reader->before = g_steal_pointer(&reader->view);
    reader->has_moved = TRUE;
  }
  feed_view_release(reader->view);
  reader->view = view;
}

/* Readers may have come or gone meanwhile. */
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
    take_view(reader, g_steal_pointer(&copy->view));
  }
  g_mutex_unlock(&feed->lock);
}

/* Without the lock. FALSE: there is nobody to ask now. */
static gboolean ask_again(Feed *feed) {
  AttainWorkspace *workspace = feed->settings.hold(feed->settings.app);
  if (!workspace) return FALSE;
  feed->n_ended = attain_n_ended(workspace);
  g_autoptr(GPtrArray) copies = copy_readers(feed);
  g_autoptr(GHashTable) views = feed_views_new();
  for (guint i = 0; i < copies->len; i++) {
    Reader *copy = copies->pdata[i];
    copy->view = feed_view_find(workspace, copy->session, copy->token, views);
  }
  take_views(feed, copies);
  feed->settings.let_go(feed->settings.app, workspace);
  return TRUE;
}

/* Whether a reader may be one no more. The lock is held, but not while it is asked. */
static gboolean may_have_ended(Feed *feed) {
  g_mutex_unlock(&feed->lock);
  AttainWorkspace *workspace = feed->settings.hold(feed->settings.app);
  gboolean may_have = workspace && attain_n_ended(workspace) != feed->n_ended;
  if (workspace) feed->settings.let_go(feed->settings.app, workspace);
  g_mutex_lock(&feed->lock);
  return may_have;
}

/* --- the thread --- */

/* Until there is something to tell, the feed ends, or it is time for a heartbeat: FALSE. The lock is held. */
static gboolean wait_for_change(Feed *feed, gint64 until_us) {
  while (!feed->is_ending && feed->waiting->len == 0 && !feed->is_reset)
    if (!g_cond_wait_until(&feed->changed, &feed->lock, until_us)) return FALSE;
  return TRUE;
}

/* What waits now is told, after it was asked anew where that is due. The lock is held, but not while it is asked. */
static void tell_what_waits(Feed *feed, gboolean asks) {
  meet_waiting(feed);
  guint n = feed->waiting->len; /* what comes while it is asked may move people again: it is for the next event */
  gboolean resets = feed->is_reset;
  if (!feed->is_stale && !asks && !resets && !may_have_ended(feed)) {
    tell_waiting(feed, n);
    return;
  }
  feed->is_reset = FALSE;
  g_mutex_unlock(&feed->lock);
  gboolean is_asked = ask_again(feed);
  g_mutex_lock(&feed->lock);
  if (is_asked) tell_waiting(feed, n);
  if (is_asked && resets) reset_readers(feed);
  feed->is_reset |= resets && !is_asked;
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
    gint64 next_us = g_get_monotonic_time() + EVERY_MS * 1000;
    tell_what_waits(feed, !is_change);
    while (!feed->is_ending && g_cond_wait_until(&feed->changed, &feed->lock, next_us)) continue;
  }
  g_mutex_unlock(&feed->lock);
  return NULL;
}

/* In the writer's thread: short. */
static void on_change(const AttainChange *change, void *data) {
  Feed *feed = data;
  FeedChange *told = feed_change_new(change, change->at_us ? change->at_us : g_get_real_time());
  g_mutex_lock(&feed->lock);
  g_ptr_array_add(feed->waiting, told);
  g_cond_signal(&feed->changed);
  g_mutex_unlock(&feed->lock);
}

Feed *feed_new(const FeedSettings *settings) {
  Feed *feed = g_new0(Feed, 1);
  feed->settings = *settings;
  feed->reset_until = -1;
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
  if (feed->kept->len == 0 && feed->waiting->len == 0)
    feed->kept_after = feed->beat_load = attain_load_number(workspace);
  feed->is_stale = TRUE;
  g_mutex_unlock(&feed->lock);
}

void feed_reset(Feed *feed) {
  g_mutex_lock(&feed->lock);
  feed->is_reset = TRUE;
  g_cond_signal(&feed->changed);
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

/* What they missed, and where they are; `after` of another database, or from before files were read anew, is as one too
 * far back. The lock is held. */
static void welcome(Feed *feed, const Reader *reader, gint64 after, gint64 load) {
  if (after >= 0 && (after < feed->kept_after || after <= feed->reset_until || after > load)) {
    g_autoptr(GBytes) reset = feed_event_state("reset", load);
    http_stream_write(reader->stream, reset);
    return;
  }
  g_autoptr(GPtrArray) missed = g_ptr_array_new();
  for (guint i = 0; after >= 0 && i < feed->kept->len; i++) {
    FeedChange *change = feed->kept->pdata[i];
    if (change->load > after) g_ptr_array_add(missed, change);
  }
  guint n_between = reader->has_moved ? missed->len : feed_changes_count_moving(missed);
  g_autoptr(GBytes) told = feed_event_write_missed(missed, n_between, reader->view->seen);
  if (told) http_stream_write(reader->stream, told);
  g_autoptr(GBytes) ready = feed_event_state("ready", load);
  http_stream_write(reader->stream, ready);
}

/* --- from before the server started --- */

static void on_missed(const AttainChange *change, void *data) {
  g_ptr_array_add(data, feed_change_new(change, change->at_us));
}

/* Puts what was read from the ledger before what is kept, unless somebody else did meanwhile. The lock is held. */
static void put_before(Feed *feed, GPtrArray *missed, gint64 after, gint64 until) {
  if (feed->kept_after != until) return;
  for (guint i = 0; i < missed->len; i++) feed->n_kept_people += ((const FeedChange *)missed->pdata[i])->n_people;
  g_ptr_array_extend_and_steal(missed, g_steal_pointer(&feed->kept));
  feed->kept = missed;
  feed->kept_after = after;
  forget_oldest(feed);
}

/* The commits after `after` of which nothing is kept, where they are not too many: they become part of the ring. What
 * cannot be read is as what is too far back. */
static void read_missed(Feed *feed, gint64 after) {
  g_mutex_lock(&feed->lock);
  gint64 until = feed->kept_after;
  gboolean fits = after >= 0 && after < until && until - after <= MAX_KEPT - (gint64)feed->kept->len;
  g_mutex_unlock(&feed->lock);
  AttainWorkspace *workspace = fits ? feed->settings.hold(feed->settings.app) : NULL;
  if (!workspace) return;
  AttainError error = {0};
  g_autoptr(GPtrArray) missed = g_ptr_array_new_with_free_func(feed_change_free);
  if (attain_commits(workspace, after, until, on_missed, missed, &error)) {
    g_mutex_lock(&feed->lock);
    put_before(feed, g_ptr_array_ref(missed), after, until);
    g_mutex_unlock(&feed->lock);
  }
  attain_error_clear(&error);
  feed->settings.let_go(feed->settings.app, workspace);
}

/* --- opening --- */

/* The same bytes for all of one sight. The lock is held. */
static void share_view(const Feed *feed, Reader *reader) {
  for (guint i = 0; i < feed->readers->len && !feed->is_stale; i++) {
    FeedView *other = ((const Reader *)feed->readers->pdata[i])->view;
    if (!g_str_equal(other->key, reader->view->key)) continue;
    feed_view_release(reader->view);
    reader->view = feed_view_hold(other);
    return;
  }
}

/* Until nobody was asked for anew between the look and here, so that whatever moves people, or ends a reader, is either
 * in the view or still to come. NULL: they may read no more. The lock is held on success. */
static FeedView *find_view_now(Feed *feed, AttainWorkspace *workspace, const FeedReader *who) {
  g_mutex_lock(&feed->lock);
  for (;;) {
    guint64 n_asked = feed->n_asked;
    g_mutex_unlock(&feed->lock);
    g_autoptr(GHashTable) views = feed_views_new();
    FeedView *view = feed_view_find(workspace, who->session, who->token, views);
    if (!view) return NULL;
    g_mutex_lock(&feed->lock);
    if (n_asked == feed->n_asked) return view;
    feed_view_release(view);
  }
}

static FeedView *view_now(Feed *feed, const FeedReader *who) {
  AttainWorkspace *workspace = feed->settings.hold(feed->settings.app);
  FeedView *view = workspace ? find_view_now(feed, workspace, who) : NULL;
  if (workspace) feed->settings.let_go(feed->settings.app, workspace);
  return view;
}

/* What waits and moves people is in the view, too: from what it has moved them is not known. The lock is held. */
static Reader *reader_new(Feed *feed, HttpStream *stream, const FeedReader *who, FeedView *view) {
  Reader *reader = g_new0(Reader, 1);
  *reader = (Reader){.number = ++feed->last_reader,
                     .stream = stream,
                     .session = g_strdup(who->session),
                     .token = g_strdup(who->token),
                     .view = view,
                     .has_moved = feed_changes_count_moving(feed->waiting) > 0};
  share_view(feed, reader);
  return reader;
}

void feed_open(Feed *feed, HttpExchange *exchange, const FeedReader *who, gint64 after) {
  read_missed(feed, after);
  FeedView *view = view_now(feed, who);
  if (!view) {
    http_problem(exchange, 403, "forbidden", "It is not for you", "who you are is not known any more: sign in again");
    return;
  }
  HttpStream *stream = http_stream_open(exchange, "text/event-stream", on_closed, feed);
  if (stream) {
    Reader *reader = reader_new(feed, stream, who, view);
    welcome(feed, reader, after, load_told(feed));
    g_ptr_array_add(feed->readers, reader);
  } else {
    feed_view_release(view);
  }
  g_mutex_unlock(&feed->lock);
}
