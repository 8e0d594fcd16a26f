/* attain load --follow: a source is loaded whenever its files have become something new.
 *
 *   watch ─► a source is ready ─► open the database to write ─► load it, one transaction ─► next one ready? ─► close
 *
 * The database is open only while there is something to load: DuckDB gives it to one writing process, or to readers.
 * While somebody else has it, it is waited for; the files stay as they are, so nothing is lost by that. Signals are
 * taken from a descriptor between loads, never within one: what a load began it ends.
 *
 * Nothing of where it stands is kept outside the database. Killed and started again, it loads every source once more,
 * which changes nothing that was loaded before. When attain.yaml or a source's mapping is edited, all of it is read
 * again. */
#include "app/follow.h"

#include "app/alerting.h"
#include "app/opening.h"
#include "ingest/watch.h"
#include "session/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SHORT_WAIT_MS  2
#define LONG_WAIT_MS   20
#define BUSY_SAID_US   (2 * G_USEC_PER_SEC)
#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS  60000

typedef struct {
  IngestMemory *memory;
  char *said; /* the error that was told last, or NULL */
  int retry_ms;
  int number; /* in the watch */
} Followed;

typedef struct {
  CliContext *context;
  const char *const *names;
  gboolean full, as_json;
  int stop_fd;
  Session *session;
  GPtrArray *sources; /* SessionSource, owned */
  GPtrArray *chosen;  /* of these */
  Followed *followed; /* one for each chosen */
  IngestWatch *watch;
  gboolean has_said_busy;
} Follow;

/* --- what is told --- */

static char *clock_of(const Session *session, gint64 at_us) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(session->organisation->time_zone);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
  return g_date_time_format(local ? local : utc, "%Y-%m-%d %H:%M:%S");
}

static IngestCount sum_of(const IngestReport *report) {
  IngestCount sum = {0};
  for (gsize i = 0; i < report->n_counts; i++) {
    sum.n_new += report->counts[i].n_new;
    sum.n_changed += report->counts[i].n_changed;
    sum.n_closed += report->counts[i].n_closed;
    sum.n_rejected += report->counts[i].n_rejected;
  }
  return sum;
}

static void say_json(const Follow *follow, const char *source, gint64 at_us, const IngestReport *report,
                     const char *message) {
  static const char *const names[] = {"new", "changed", "closed", "rejected"};
  IngestCount sum = report ? sum_of(report) : (IngestCount){0};
  const gint64 counts[] = {sum.n_new, sum.n_changed, sum.n_closed, sum.n_rejected};
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
  g_autofree char *at = g_date_time_format(utc, "%Y-%m-%dT%H:%M:%SZ");
  g_autoptr(CliJson) json = cli_json_line_new(follow->context->out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "at", at);
  cli_json_member_text(json, "source", source);
  cli_json_value(json, "load", report && report->load, report ? (double)report->load : 0);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) cli_json_member_integer(json, names[i], counts[i]);
  cli_json_member_number(json, "seconds", report ? report->seconds : 0);
  cli_json_member_text(json, "error", message);
  cli_json_end_object(json);
}

static void say_batch(const Follow *follow, const char *source, gint64 at_us, const IngestReport *report) {
  if (follow->as_json) {
    say_json(follow, source, at_us, report, NULL);
    fflush(follow->context->out);
    return;
  }
  g_autofree char *at = clock_of(follow->session, at_us);
  IngestCount sum = sum_of(report);
  fprintf(follow->context->out, "%s  %s: ", at, source);
  if (report->load)
    fprintf(follow->context->out,
            "%" G_GINT64_FORMAT " new, %" G_GINT64_FORMAT " changed, %" G_GINT64_FORMAT " closed, %" G_GINT64_FORMAT
            " rejected, %.2f s\n",
            sum.n_new, sum.n_changed, sum.n_closed, sum.n_rejected, report->seconds);
  else
    fprintf(follow->context->out, "nothing has changed, %.2f s\n", report->seconds);
  fflush(follow->context->out);
}

/* Said once, until it is another error or none. */
static void say_error(Follow *follow, Followed *followed, const char *source, const char *message) {
  if (g_strcmp0(followed->said, message) == 0) return;
  g_free(followed->said);
  followed->said = g_strdup(message);
  if (follow->as_json) {
    say_json(follow, source, g_get_real_time(), NULL, message);
    fflush(follow->context->out);
  }
  fprintf(follow->context->err, "attain: %s was not loaded, nothing of it has changed; it is tried again: %s\n", source,
          message);
  fflush(follow->context->err);
}

/* --- the workspace, read and read again --- */

static void forget(Follow *follow) {
  for (guint i = 0; follow->chosen && i < follow->chosen->len; i++) {
    ingest_memory_free(follow->followed[i].memory);
    g_free(follow->followed[i].said);
  }
  g_clear_pointer(&follow->followed, g_free);
  g_clear_pointer(&follow->watch, ingest_watch_free);
  g_clear_pointer(&follow->chosen, g_ptr_array_unref);
  g_clear_pointer(&follow->sources, g_ptr_array_unref);
  g_clear_pointer(&follow->session, session_free);
}

/* The watched folders of the workspace come first, so that an edit while it is read is seen. */
static gboolean read_workspace(Follow *follow, GError **error) {
  follow->session = app_open(follow->context, 0, error);
  if (!follow->session) return FALSE;
  follow->watch = ingest_watch_new(FALSE);
  g_autofree char *mappings = g_build_filename(follow->session->folder, "sources", NULL);
  ingest_watch_add_folder(follow->watch, follow->session->folder, "attain.yaml");
  ingest_watch_add_folder(follow->watch, mappings, "*.y*ml");
  follow->sources = session_sources(follow->session);
  follow->chosen = session_choose_sources(follow->session, follow->sources, follow->names, error);
  if (!follow->chosen) return FALSE;
  follow->followed = g_new0(Followed, follow->chosen->len);
  for (guint i = 0; i < follow->chosen->len; i++) {
    const SessionSource *source = follow->chosen->pdata[i];
    follow->followed[i] = (Followed){.memory = ingest_memory_new(), .number = -1};
    if (source->source) follow->followed[i].number = (int)ingest_watch_add_source(follow->watch, source->source);
  }
  return TRUE;
}

static void say_unreadable(Follow *follow) {
  for (guint i = 0; i < follow->chosen->len; i++) {
    const SessionSource *source = follow->chosen->pdata[i];
    if (!source->source) say_error(follow, &follow->followed[i], source->name, source->error->message);
  }
}

/* --- loading --- */

static gboolean is_stopped(const Follow *follow, int wait_ms) {
  GPollFD fd = {.fd = follow->stop_fd, .events = G_IO_IN};
  return g_poll(&fd, 1, wait_ms) > 0;
}

/* Does another process hold the file? Asked without taking it, which is so cheap that a gap between two readers is not
 * missed. Nothing of ours is open then: closing the file again would give up its lock. */
static gboolean is_held(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return FALSE;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  gboolean held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(fd);
  return held;
}

/* A report takes a moment; only who holds the database longer is worth a word. */
static void say_busy(Follow *follow, gint64 since, const char *message) {
  if (follow->has_said_busy || g_get_monotonic_time() - since < BUSY_SAID_US) return;
  follow->has_said_busy = TRUE;
  fprintf(follow->context->err, "attain: waiting: %s\n", message);
  fflush(follow->context->err);
}

/* FALSE without an error: told to stop. */
static gboolean open_database(Follow *follow, GError **error) {
  gint64 since = g_get_monotonic_time();
  const char *path = follow->session->organisation->database;
  g_autofree char *message = g_strdup_printf("the database %s is in use by another process", path);
  while (!is_stopped(follow, 0)) {
    g_autoptr(GError) failed = NULL;
    gboolean held = !follow->context->host && is_held(path);
    if (!held && session_open_database(follow->session, SESSION_DATABASE | SESSION_WRITE, &failed)) {
      follow->has_said_busy = FALSE;
      return TRUE;
    }
    if (failed && !g_error_matches(failed, BASE_ERROR, BASE_ERROR_BUSY)) {
      g_propagate_error(error, g_steal_pointer(&failed));
      return FALSE;
    }
    say_busy(follow, since, failed ? failed->message : message);
    if (is_stopped(follow, follow->has_said_busy ? LONG_WAIT_MS : SHORT_WAIT_MS)) return FALSE;
  }
  return FALSE;
}

static guint find_followed(const Follow *follow, int number) {
  guint i = 0;
  while (i < follow->chosen->len && follow->followed[i].number != number) i++;
  return i;
}

static void try_again(Follow *follow, guint i, const GError *error) {
  Followed *followed = &follow->followed[i];
  const SessionSource *source = follow->chosen->pdata[i];
  say_error(follow, followed, source->name, error->message);
  followed->retry_ms = followed->retry_ms ? MIN(followed->retry_ms * 2, LAST_RETRY_MS) : FIRST_RETRY_MS;
  ingest_watch_again(follow->watch, (guint)followed->number, followed->retry_ms);
}

static void load_one(Follow *follow, guint i, AlertingChanges *changes) {
  Session *session = follow->session;
  Followed *followed = &follow->followed[i];
  const SessionSource *source = follow->chosen->pdata[i];
  if (!session->now_given) session->now_us = g_get_real_time();
  session->today = calendar_day_of(session->calendar, session->now_us);
  IngestOptions options = {.now_us = session->now_us, .full = follow->full, .memory = followed->memory};
  g_autoptr(IngestReport) report = NULL;
  g_autoptr(GError) failed = NULL;
  if (!ingest_load(session->store, source->source, session->schema, session->organisation, session->calendar, &options,
                   &report, &failed)) {
    try_again(follow, i, failed);
    return;
  }
  followed->retry_ms = 0;
  g_clear_pointer(&followed->said, g_free);
  session_tell_load(session, source->name, report);
  say_batch(follow, source->name, g_get_real_time(), report);
  alerting_changes_add(changes, report);
}

/* All that is ready, then the database is given back. Returns the number in the watch of what ended it: of the
 * workspace's own files, or -1. */
static int load_ready(Follow *follow, int number) {
  g_autoptr(GError) failed = NULL;
  guint i = find_followed(follow, number);
  if (!open_database(follow, &failed)) {
    if (failed) try_again(follow, i, failed);
    return -1;
  }
  g_autoptr(AlertingChanges) changes = alerting_changes_new();
  guint n_loaded = 0;
  while (i < follow->chosen->len) {
    load_one(follow, i, changes);
    number = ++n_loaded < follow->chosen->len ? ingest_watch_wait(follow->watch, follow->stop_fd, 0) : -1;
    i = number < 0 ? follow->chosen->len : find_followed(follow, number);
  }
  alerting_after_load(follow->session, changes, follow->context->err);
  fflush(follow->context->err);
  g_clear_pointer(&follow->session->catalogue, kpi_catalogue_free); /* it may be edited before the next */
  session_close_database(follow->session);
  return number;
}

/* What is wrong with an edited workspace is said, and its files are looked at again when they change. */
static gboolean read_again(Follow *follow) {
  Followed whole = {0};
  gboolean ok = FALSE, is_over = FALSE;
  for (int wait_ms = 0; !ok && !is_over; wait_ms = FIRST_RETRY_MS) {
    is_over = is_stopped(follow, wait_ms);
    g_autoptr(GError) failed = NULL;
    forget(follow);
    ok = !is_over && read_workspace(follow, &failed);
    if (failed) say_error(follow, &whole, "the workspace", failed->message);
  }
  g_free(whole.said);
  return ok;
}

static void follow_all(Follow *follow) {
  say_unreadable(follow);
  while (TRUE) {
    int number = ingest_watch_wait(follow->watch, follow->stop_fd, -1);
    if (number >= 0 && find_followed(follow, number) < follow->chosen->len) number = load_ready(follow, number);
    if (number == INGEST_WATCH_STOPPED) return;
    if (number < 0 || find_followed(follow, number) < follow->chosen->len) continue;
    if (!read_again(follow)) return;
    say_unreadable(follow);
  }
}

/* Blocked before the database makes its threads, so that none of them is interrupted. */
static int block_signals(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return -1;
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int app_follow(CliContext *context, const char *const *names, gboolean full, gboolean as_json, GError **error) {
  Follow follow = {.context = context, .names = names, .full = full, .as_json = as_json, .stop_fd = context->stop_fd};
  if (!context->host) follow.stop_fd = block_signals();
  if (follow.stop_fd < 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "signals cannot be waited for: %s", g_strerror(errno));
    return -1;
  }
  gboolean ok = read_workspace(&follow, error);
  if (ok) follow_all(&follow);
  forget(&follow);
  if (!context->host) close(follow.stop_fd);
  return ok ? 0 : -1;
}
