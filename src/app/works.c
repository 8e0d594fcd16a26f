/* Pieces of work: a table by number and a queue by age. A piece is held by the table, by the thread that does it, and
 * by whoever looks at it. One more thread tells watchers how far what runs has come. */
#include "app/works.h"

#include <string.h>

#define N_THREADS 2                        /* at work; the database takes one writer at a time anyhow */
#define TELL_US   (G_TIME_SPAN_SECOND / 2) /* between two words of how far it is */

typedef enum { WAITING, RUNNING, CANCELLING, DONE, FAILED, CANCELLED } State;
static const char *const state_names[] = {"waiting", "running", "cancelling", "done", "failed", "cancelled"};

struct Work {
  gatomicrefcount n_holders;
  Works *works;
  gint64 number;
  char *user, *sight, *what;
  guint64 erasures; /* attain_erasures() when it began; of the lock */
  guint needs;      /* of AttainMay */
  HttpWork *request;
  AttainWorkspace *as; /* the work's; NULL once it has run */
  State state;         /* of the lock, as all below */
  guint n_enders;      /* who are at works_cancel() */
  gint64 asked_us, began_us, ended_us;
  GPtrArray *streams; /* HttpStream that watch */
};

struct Works {
  GThreadPool *pool;
  GThread *teller;
  GMutex lock; /* of all below */
  GCond changed;
  GHashTable *pieces; /* &number -> Work */
  GQueue ended;       /* Work, the oldest first */
  gint64 last;
  gsize bytes; /* of answers kept */
  guint n_open;
  gboolean is_stopping;
};

static gboolean is_over(const Work *work) {
  return work->state >= DONE;
}

void works_release(Work *work) {
  if (!work || !g_atomic_ref_count_dec(&work->n_holders)) return;
  http_work_free(work->request);
  g_ptr_array_unref(work->streams);
  g_free(work->user);
  g_free(work->sight);
  g_free(work->what);
  g_free(work);
}

static Work *hold(Work *work) {
  g_atomic_ref_count_inc(&work->n_holders);
  return work;
}

/* --- what is told --- */

static char *instant_of(gint64 at_us) {
  g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
  return g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ");
}

/* "null" where it is not known. The lock is held. */
static void write_share(const Work *work, char share[G_ASCII_DTOSTR_BUF_SIZE]) {
  AttainProgress progress = {.share = -1};
  if ((work->state == RUNNING || work->state == CANCELLING) && work->as) attain_progress(work->as, &progress);
  g_strlcpy(share, "null", G_ASCII_DTOSTR_BUF_SIZE);
  if (work->state == DONE) g_strlcpy(share, "1", G_ASCII_DTOSTR_BUF_SIZE);
  if (progress.is_own && progress.share >= 0) g_ascii_formatd(share, G_ASCII_DTOSTR_BUF_SIZE, "%.3f", progress.share);
}

/* On one line, for events, too. The lock is held. */
static char *write_piece(const Work *work) {
  char share[G_ASCII_DTOSTR_BUF_SIZE], seconds[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *asked = instant_of(work->asked_us);
  gint64 until_us = is_over(work) ? work->ended_us : g_get_monotonic_time();
  gboolean is_answered = work->state == DONE || work->state == FAILED;
  g_autofree char *answer =
      is_answered ? g_strdup_printf("\"/api/v1/work/%" G_GINT64_FORMAT "/answer\"", work->number) : g_strdup("null");
  g_autofree char *status = is_answered ? g_strdup_printf("%u", http_work_status(work->request)) : g_strdup("null");
  write_share(work, share);
  g_ascii_formatd(seconds, sizeof seconds, "%.3f",
                  work->began_us ? (double)(until_us - work->began_us) / G_USEC_PER_SEC : 0);
  return g_strdup_printf("{\"work\": %" G_GINT64_FORMAT
                         ", \"what\": \"%s\", \"state\": \"%s\", \"asked_at\": \"%s\", "
                         "\"share\": %s, \"seconds\": %s, \"status\": %s, \"answer\": %s}\n",
                         work->number, work->what, state_names[work->state], asked, share, seconds, status, answer);
}

char *works_write(Works *works, Work *work) {
  g_mutex_lock(&works->lock);
  char *text = write_piece(work);
  g_mutex_unlock(&works->lock);
  return text;
}

static GBytes *event_of(const Work *work) {
  g_autofree char *piece = write_piece(work);
  char *event = g_strdup_printf("event: %s\ndata: %s\n\n", is_over(work) ? "end" : "progress", g_strchomp(piece));
  return g_bytes_new_take(event, strlen(event));
}

/* The lock is held. */
static void tell(Work *work) {
  if (work->streams->len == 0) return;
  g_autoptr(GBytes) event = event_of(work);
  for (guint i = 0; i < work->streams->len; i++) {
    http_stream_write(work->streams->pdata[i], event);
    if (is_over(work)) http_stream_close(work->streams->pdata[i]);
  }
}

/* The lock is held. */
static void enter_state(Work *work, State state) {
  work->state = state;
  tell(work);
  g_cond_broadcast(&work->works->changed);
}

/* How far what runs has come, while somebody watches. */
static gpointer tell_on(gpointer data) {
  Works *works = data;
  g_mutex_lock(&works->lock);
  while (!works->is_stopping) {
    gint64 at_us = g_get_monotonic_time() + TELL_US;
    gboolean is_time = FALSE;
    while (!works->is_stopping && !is_time)
      is_time = works->n_open == 0 ? (g_cond_wait(&works->changed, &works->lock), FALSE)
                                   : !g_cond_wait_until(&works->changed, &works->lock, at_us);
    GHashTableIter iter;
    gpointer work;
    g_hash_table_iter_init(&iter, works->pieces);
    while (g_hash_table_iter_next(&iter, NULL, &work))
      if (((Work *)work)->state == RUNNING) tell(work);
  }
  g_mutex_unlock(&works->lock);
  return NULL;
}

/* --- what is kept --- */

/* The lock is held. */
static void forget(Work *work) {
  Works *works = work->works;
  if (!g_hash_table_contains(works->pieces, &work->number)) return;
  works->bytes -= http_work_bytes(work->request);
  g_queue_remove(&works->ended, work);
  g_hash_table_remove(works->pieces, &work->number);
}

/* What was answered before somebody was erased may name them; what erasing answers names nobody. The lock is held. */
static gboolean may_name_erased(const Work *work, const AttainWorkspace *workspace) {
  return is_over(work) && !g_str_equal(work->what, "POST /api/v1/erase") &&
         work->erasures != attain_erasures(workspace);
}

/* The lock is held. */
static void tidy(Works *works) {
  gint64 since_us = g_get_monotonic_time() - (gint64)WORKS_KEPT_S * G_USEC_PER_SEC;
  Work *oldest = g_queue_peek_head(&works->ended);
  while (oldest &&
         (works->ended.length > WORKS_KEPT || works->bytes > WORKS_MAX_BYTES || oldest->ended_us < since_us)) {
    forget(oldest);
    oldest = g_queue_peek_head(&works->ended);
  }
}

/* --- doing it --- */

static State outcome_of(const Work *work, gboolean was_ended) {
  guint status = http_work_status(work->request);
  if (was_ended && (status == 0 || status == 409)) return CANCELLED;
  return status < 400 ? DONE : FAILED;
}

/* The lock is held. */
static void end(Work *work) {
  Works *works = work->works;
  gboolean was_ended = work->state == CANCELLING;
  work->as = NULL;
  work->ended_us = g_get_monotonic_time();
  works->n_open--;
  works->bytes += http_work_bytes(work->request);
  g_queue_push_tail(&works->ended, work);
  enter_state(work, outcome_of(work, was_ended));
  tidy(works);
}

static void do_work(gpointer data, gpointer user_data) {
  Work *work = data;
  Works *works = user_data;
  g_mutex_lock(&works->lock);
  gboolean is_to_run = work->state == WAITING;
  if (is_to_run) {
    work->began_us = g_get_monotonic_time();
    work->erasures = attain_erasures(work->as);
    enter_state(work, RUNNING);
  }
  g_mutex_unlock(&works->lock);
  if (is_to_run) http_work_run(work->request);
  g_mutex_lock(&works->lock);
  while (work->n_enders > 0) g_cond_wait(&works->changed, &works->lock); /* they use its handle */
  end(work);
  g_mutex_unlock(&works->lock);
  http_work_end(work->request);
  works_release(work);
}

static guint count_open(const Works *works, const char *user) {
  guint n = 0;
  GHashTableIter iter;
  gpointer data;
  g_hash_table_iter_init(&iter, works->pieces);
  while (g_hash_table_iter_next(&iter, NULL, &data)) {
    const Work *work = data;
    n += !is_over(work) && g_str_equal(work->user, user);
  }
  return n;
}

static Work *new_work(Works *works, HttpExchange *exchange) {
  const Caller *caller = server_caller(exchange);
  const HttpRoute *route = http_route(exchange);
  Work *work = g_new0(Work, 1);
  g_atomic_ref_count_init(&work->n_holders);
  work->works = works;
  work->number = ++works->last;
  work->user = g_strdup(caller->user);
  work->sight = g_strdup(attain_sight(caller->as));
  work->what = g_strdup_printf("%s %s", route->method, route->path);
  work->needs = route->permission;
  work->as = caller->as;
  work->asked_us = g_get_real_time();
  work->streams = g_ptr_array_new_with_free_func((GDestroyNotify)http_stream_unref);
  work->request = http_work_new(exchange);
  return work;
}

gint64 works_take(Works *works, HttpExchange *exchange) {
  const Caller *caller = server_caller(exchange);
  gint64 number = 0;
  g_mutex_lock(&works->lock);
  if (!works->is_stopping && count_open(works, caller->user) < WORKS_OF_USER) {
    Work *work = new_work(works, exchange);
    number = work->number;
    works->n_open++;
    g_hash_table_insert(works->pieces, &work->number, work);
    g_thread_pool_push(works->pool, hold(work), NULL);
    g_cond_broadcast(&works->changed);
  }
  g_mutex_unlock(&works->lock);
  return number;
}

/* --- who looks at it --- */

static gboolean may_see(const Work *work, const Caller *caller) {
  return caller->as && g_str_equal(work->user, caller->user) && g_str_equal(work->sight, attain_sight(caller->as)) &&
         (work->needs & ~attain_may(caller->as)) == 0;
}

Work *works_find(Works *works, gint64 number, const HttpExchange *exchange) {
  g_mutex_lock(&works->lock);
  tidy(works);
  Work *work = g_hash_table_lookup(works->pieces, &number);
  if (work && may_name_erased(work, server_caller(exchange)->workspace)) {
    forget(work);
    work = NULL;
  }
  work = work && may_see(work, server_caller(exchange)) ? hold(work) : NULL;
  g_mutex_unlock(&works->lock);
  return work;
}

gboolean works_has_ended(Works *works, Work *work) {
  g_mutex_lock(&works->lock);
  gboolean has_ended = is_over(work);
  g_mutex_unlock(&works->lock);
  return has_ended;
}

const HttpWork *works_answer(const Work *work) {
  return http_work_status(work->request) && work->state != CANCELLED ? work->request : NULL;
}

/* The lock is held, and let go meanwhile. */
static void stop(Work *work) {
  Works *works = work->works;
  gboolean has_begun = work->state == RUNNING;
  enter_state(work, CANCELLING);
  if (!has_begun) return; /* whose turn it is finds it so */
  work->n_enders++;
  g_mutex_unlock(&works->lock);
  attain_stop(work->as);
  g_mutex_lock(&works->lock);
  work->n_enders--;
  g_cond_broadcast(&works->changed);
}

void works_cancel(Works *works, Work *work) {
  g_mutex_lock(&works->lock);
  if (is_over(work))
    forget(work);
  else if (work->state != CANCELLING)
    stop(work);
  g_mutex_unlock(&works->lock);
}

/* --- watching --- */

static void stop_watching(HttpStream *stream, gpointer data) {
  Work *work = data;
  g_mutex_lock(&work->works->lock);
  g_ptr_array_remove_fast(work->streams, stream);
  g_mutex_unlock(&work->works->lock);
  works_release(work);
}

void works_watch(Works *works, Work *work, HttpExchange *exchange) {
  HttpStream *stream = http_stream_open(exchange, "text/event-stream", stop_watching, work);
  if (!stream) return;
  hold(work);
  g_mutex_lock(&works->lock);
  g_ptr_array_add(work->streams, stream);
  g_autoptr(GBytes) event = event_of(work);
  http_stream_write(stream, event);
  if (is_over(work)) http_stream_close(stream);
  g_mutex_unlock(&works->lock);
}

/* --- beginning and end --- */

Works *works_new(void) {
  Works *works = g_new0(Works, 1);
  g_mutex_init(&works->lock);
  g_cond_init(&works->changed);
  g_queue_init(&works->ended);
  works->pieces = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)works_release);
  works->pool = g_thread_pool_new(do_work, works, N_THREADS, FALSE, NULL);
  works->teller = g_thread_new("work-tell", tell_on, works);
  return works;
}

/* The first that may still be ended; NULL: none. The lock is held. */
static Work *find_open(const Works *works) {
  GHashTableIter iter;
  gpointer data;
  g_hash_table_iter_init(&iter, works->pieces);
  while (g_hash_table_iter_next(&iter, NULL, &data))
    if (((Work *)data)->state < CANCELLING) return data;
  return NULL;
}

void works_stop(Works *works) {
  g_mutex_lock(&works->lock);
  works->is_stopping = TRUE;
  g_cond_broadcast(&works->changed);
  for (Work *work = find_open(works); work; work = find_open(works)) {
    hold(work);
    stop(work);
    g_mutex_unlock(&works->lock);
    works_release(work);
    g_mutex_lock(&works->lock);
  }
  while (works->n_open > 0) g_cond_wait(&works->changed, &works->lock);
  g_mutex_unlock(&works->lock);
}

void works_free(Works *works) {
  if (!works) return;
  works_stop(works);
  g_thread_pool_free(works->pool, FALSE, TRUE);
  g_thread_join(works->teller);
  g_hash_table_unref(works->pieces);
  g_mutex_clear(&works->lock);
  g_cond_clear(&works->changed);
  g_free(works);
}
