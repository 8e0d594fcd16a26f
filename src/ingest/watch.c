/* Watching files.
 *
 *   inotify ─► events of a folder ─► which files are open for writing, and when each changed last
 *   every second, and after events ─► list and stat ─► the same, for what sends no events
 *
 * When is a file whole? One that was closed by its writer, or moved into place, is. One that grew since it was taken
 * and ends with the end of a line is, too, even while a writer holds it: a log. A file that is new or was begun again
 * and is still held open is only taken after a long silence: a full extract that is half there would close the records
 * that it lacks. What nobody tells of (a network share) must have been silent for a while. */
#include "ingest/watch.h"

#include "ingest/read.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LOOK_EVERY_US (1 * G_USEC_PER_SEC)
#define LOOK_SHARE    50                       /* looking takes no more than one part of this many of the time */
#define SETTLE_US     (20 * 1000)              /* after a writer has closed the file */
#define GROWN_US      (100 * 1000)             /* a file that only grew, to the end of a line */
#define UNTOLD_US     (3 * G_USEC_PER_SEC / 2) /* what no event told of */
#define HELD_US       (10 * G_USEC_PER_SEC)    /* new or begun again, still held open by its writer */
#define AT_MOST_US    (1 * G_USEC_PER_SEC)     /* a file closed again and again is not waited for longer */

#define EVENTS (IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

typedef struct {
  guint64 device, inode;
  gint64 size, changed_us, n_events;
} Print; /* what a file was when looked at */

typedef struct {
  Print now, taken;
  gboolean was_taken, is_held, is_told, is_here;
  gint64 n_events;   /* that told of a change */
  gint64 changed_at; /* monotonic */
} File;

typedef struct {
  const IngestSource *source; /* or NULL: a folder and a pattern */
  char *folder, *pattern;
  GHashTable *files;    /* char * -> File */
  gboolean is_missing;  /* a file that the source names is not there */
  gboolean was_missing; /* when it was taken */
  gint64 missing_since;
  gboolean is_wanted;   /* to be given out whatever its files are */
  gint64 not_before;    /* monotonic */
  gint64 changed_first; /* when the oldest change that is not taken was seen; 0: none */
} Subject;

struct IngestWatch {
  int fd;              /* inotify, -1: none */
  GPtrArray *subjects; /* Subject */
  GHashTable *folders; /* watch descriptor -> char * */
  gint64 look_at;      /* monotonic: when to look next */
};

static void free_subject(gpointer data) {
  Subject *subject = data;
  g_free(subject->folder);
  g_free(subject->pattern);
  g_hash_table_unref(subject->files);
  g_free(subject);
}

IngestWatch *ingest_watch_new(gboolean only_look) {
  IngestWatch *watch = g_new0(IngestWatch, 1);
  watch->fd = only_look ? -1 : inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  watch->subjects = g_ptr_array_new_with_free_func(free_subject);
  watch->folders = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  return watch;
}

void ingest_watch_free(IngestWatch *watch) {
  if (!watch) return;
  if (watch->fd >= 0) close(watch->fd);
  g_ptr_array_unref(watch->subjects);
  g_hash_table_unref(watch->folders);
  g_free(watch);
}

/* --- looking --- */

static Print print_of(const GStatBuf *status, gint64 n_events) {
  return (Print){.device = (guint64)status->st_dev,
                 .inode = (guint64)status->st_ino,
                 .size = (gint64)status->st_size,
                 .changed_us = (gint64)status->st_mtim.tv_sec * G_USEC_PER_SEC + status->st_mtim.tv_nsec / 1000,
                 .n_events = n_events};
}

static gboolean is_same(const Print *a, const Print *b) {
  return a->device == b->device && a->inode == b->inode && a->size == b->size && a->changed_us == b->changed_us &&
         a->n_events == b->n_events;
}

static File *file_of(Subject *subject, const char *path) {
  File *file = g_hash_table_lookup(subject->files, path);
  if (file) return file;
  file = g_new0(File, 1);
  g_hash_table_insert(subject->files, g_strdup(path), file);
  return file;
}

static void look_at_file(Subject *subject, const char *path, gint64 now) {
  GStatBuf status;
  File *file = file_of(subject, path);
  gboolean is_here = g_stat(path, &status) == 0;
  Print print = is_here ? print_of(&status, file->n_events) : (Print){0};
  if (is_here != file->is_here || (is_here && !is_same(&print, &file->now))) file->changed_at = now;
  file->now = print;
  file->is_here = is_here;
}

static void add_path(GPtrArray *paths, const char *folder, const char *pattern) {
  GDir *dir = g_dir_open(folder, 0, NULL);
  if (!dir) return;
  for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
    if (*name != '.' && g_pattern_match_simple(pattern, name))
      g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
  }
  g_dir_close(dir);
}

static GPtrArray *paths_of(Subject *subject, gboolean *is_missing) {
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
  *is_missing = FALSE;
  if (!subject->source) add_path(paths, subject->folder, subject->pattern);
  for (guint t = 0; subject->source && t < subject->source->n_tables; t++) {
    g_autoptr(GPtrArray) found = read_find_files(subject->source, &subject->source->tables[t], NULL);
    *is_missing |= !found;
    for (guint i = 0; found && i < found->len; i++) g_ptr_array_add(paths, g_strdup(found->pdata[i]));
  }
  return paths;
}

static void look_at(Subject *subject) {
  gint64 now = g_get_monotonic_time();
  gboolean is_missing;
  g_autoptr(GPtrArray) paths = paths_of(subject, &is_missing);
  g_autoptr(GHashTable) listed = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < paths->len; i++) {
    g_hash_table_add(listed, paths->pdata[i]);
    look_at_file(subject, paths->pdata[i], now);
  }
  GHashTableIter iter;
  gpointer path, data;
  g_hash_table_iter_init(&iter, subject->files);
  while (g_hash_table_iter_next(&iter, &path, &data)) {
    File *file = data;
    if (g_hash_table_contains(listed, path)) continue;
    if (file->is_here) file->changed_at = now;
    file->is_here = FALSE;
    if (!file->was_taken) g_hash_table_iter_remove(&iter);
  }
  if (is_missing && !subject->is_missing) subject->missing_since = now;
  subject->is_missing = is_missing;
}

/* --- the system's word --- */

static void watch_folder(IngestWatch *watch, const char *folder) {
  int number = inotify_add_watch(watch->fd, folder, EVENTS);
  if (number >= 0) g_hash_table_replace(watch->folders, GINT_TO_POINTER(number), g_strdup(folder));
}

/* A folder that was not there, or was made again, is found at the next look. */
static void watch_folders(IngestWatch *watch, const Subject *subject) {
  if (watch->fd < 0) return;
  if (!subject->source) {
    watch_folder(watch, subject->folder);
    return;
  }
  for (guint t = 0; t < subject->source->n_tables; t++) {
    for (char **written = subject->source->tables[t].files; written && *written; written++) {
      g_autofree char *path = g_canonicalize_filename(*written, subject->source->folder);
      g_autofree char *parent = g_path_get_dirname(path);
      watch_folder(watch, g_file_test(path, G_FILE_TEST_IS_DIR) ? path : parent);
    }
  }
}

typedef struct {
  char *folder, *path;
  guint32 mask;
} Event;

static void clear_event(gpointer data) {
  Event *event = data;
  g_free(event->folder);
  g_free(event->path);
}

static void take_event(Subject *subject, const Event *event, gint64 now) {
  File *file = g_hash_table_lookup(subject->files, event->path);
  if (!file) return;
  file->now.n_events = ++file->n_events;
  file->changed_at = now;
  file->is_told = TRUE;
  if (event->mask & (IN_CREATE | IN_MODIFY)) file->is_held = TRUE;
  if (event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM)) file->is_held = FALSE;
}

static gboolean touches(const Subject *subject, const char *folder, const char *path) {
  if (!subject->source) return g_str_equal(folder, subject->folder);
  if (g_hash_table_contains(subject->files, path)) return TRUE;
  for (guint t = 0; t < subject->source->n_tables; t++) {
    for (char **written = subject->source->tables[t].files; written && *written; written++) {
      g_autofree char *named = g_canonicalize_filename(*written, subject->source->folder);
      gsize n = strlen(folder);
      if (g_str_has_prefix(named, folder) && (named[n] == '/' || !named[n])) return TRUE;
    }
  }
  return FALSE;
}

static void append_events(const IngestWatch *watch, GArray *events, const char *buffer, gsize n) {
  for (gsize at = 0; at < n;) {
    const struct inotify_event *told = (const struct inotify_event *)(const void *)(buffer + at);
    at += sizeof *told + told->len;
    const char *folder = g_hash_table_lookup(watch->folders, GINT_TO_POINTER(told->wd));
    if (!folder || told->len == 0) continue;
    Event event = {.folder = g_strdup(folder), .path = g_build_filename(folder, told->name, NULL), .mask = told->mask};
    g_array_append_val(events, event);
  }
}

/* All that was told, then one look at the files: these are as new as the last word, or newer. Words that were lost are
 * made up for by the look of every second. */
static void read_events(IngestWatch *watch) {
  _Alignas(struct inotify_event) char buffer[1 << 14];
  g_autoptr(GArray) events = g_array_new(FALSE, FALSE, sizeof(Event));
  g_array_set_clear_func(events, clear_event);
  for (gssize n = read(watch->fd, buffer, sizeof buffer); n > 0; n = read(watch->fd, buffer, sizeof buffer))
    append_events(watch, events, buffer, (gsize)n);
  gint64 now = g_get_monotonic_time();
  for (guint i = 0; events->len > 0 && i < watch->subjects->len; i++) {
    Subject *subject = watch->subjects->pdata[i];
    gboolean is_touched = FALSE;
    for (guint e = 0; e < events->len && !is_touched; e++) {
      const Event *event = &g_array_index(events, Event, e);
      is_touched = touches(subject, event->folder, event->path);
    }
    if (!is_touched) continue;
    look_at(subject);
    for (guint e = 0; e < events->len; e++) take_event(subject, &g_array_index(events, Event, e), now);
  }
}

/* --- ready --- */

/* The last bytes of a file say whether a writer has come to an end: a line's, a document's. */
static gboolean ends_well(const char *path, gint64 size) {
  const char *suffix = read_suffix(path);
  if (size == 0 || g_str_has_suffix(path, ".gz")) return TRUE;
  char end[4] = {0};
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return TRUE;
  gsize n = (gsize)MIN(size, (gint64)sizeof end);
  gboolean is_read = pread(fd, end, n, size - (gint64)n) == (gssize)n;
  close(fd);
  if (!is_read) return FALSE;
  if (g_str_equal(suffix, ".parquet")) return n == 4 && memcmp(end, "PAR1", 4) == 0;
  char last = end[n - 1];
  if (g_str_equal(suffix, ".json")) return last == ']' || last == '}' || g_ascii_isspace(last);
  return last == '\n' || last == '\r' || last == '\0';
}

static gboolean is_changed(const File *file) {
  return file->is_here != file->was_taken || (file->is_here && !is_same(&file->now, &file->taken));
}

/* How long a changed file must have been silent. */
static gint64 silence_of(const char *path, const File *file) {
  if (!file->is_here) return file->is_told ? AT_MOST_US : UNTOLD_US;
  gboolean has_grown = file->was_taken && file->now.inode == file->taken.inode &&
                       file->now.device == file->taken.device && file->now.size >= file->taken.size;
  gboolean is_well = ends_well(path, file->now.size);
  if (file->is_told && !file->is_held) return is_well ? SETTLE_US : UNTOLD_US;
  if (file->is_held && file->is_told) return has_grown && is_well ? GROWN_US : HELD_US;
  return UNTOLD_US;
}

/* What was there before the watch began was written some time ago, or else is waited for. */
static gint64 age_of(const File *file, gint64 now) {
  gint64 age = now - file->changed_at;
  if (file->was_taken || file->is_told) return age;
  return MAX(age, g_get_real_time() - file->now.changed_us);
}

/* Microseconds until the subject may be given out; -1: nothing has changed. */
static gint64 wait_of(Subject *subject, gint64 now) {
  gint64 wait = subject->is_wanted ? MAX(subject->not_before - now, 0) : -1, waits_for = 0;
  gboolean any = FALSE, all_closed = TRUE;
  GHashTableIter iter;
  gpointer path, data;
  g_hash_table_iter_init(&iter, subject->files);
  while (g_hash_table_iter_next(&iter, &path, &data)) {
    const File *file = data;
    if (!is_changed(file)) continue;
    any = TRUE;
    all_closed &= file->is_told && !file->is_held && file->is_here;
    waits_for = MAX(waits_for, silence_of(path, file) - age_of(file, now));
  }
  if (subject->is_missing != subject->was_missing) {
    any = TRUE;
    waits_for = MAX(waits_for, UNTOLD_US - (now - subject->missing_since));
  }
  if (!any) {
    subject->changed_first = 0;
    return wait;
  }
  if (!subject->changed_first) subject->changed_first = now;
  if (all_closed && now - subject->changed_first > AT_MOST_US) return 0;
  return MAX(waits_for, 0);
}

static void take(Subject *subject) {
  GHashTableIter iter;
  gpointer data;
  g_hash_table_iter_init(&iter, subject->files);
  while (g_hash_table_iter_next(&iter, NULL, &data)) {
    File *file = data;
    file->taken = file->now;
    file->was_taken = file->is_here;
    file->is_told &= file->is_held;
  }
  subject->was_missing = subject->is_missing;
  subject->is_wanted = FALSE;
  subject->changed_first = 0;
}

/* --- the interface --- */

static guint add(IngestWatch *watch, Subject *subject) {
  subject->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add(watch->subjects, subject);
  watch_folders(watch, subject);
  look_at(subject);
  return watch->subjects->len - 1;
}

guint ingest_watch_add_source(IngestWatch *watch, const IngestSource *source) {
  Subject *subject = g_new0(Subject, 1);
  subject->source = source;
  subject->is_wanted = TRUE; /* also one that makes all its rows itself */
  return add(watch, subject);
}

guint ingest_watch_add_folder(IngestWatch *watch, const char *folder, const char *pattern) {
  Subject *subject = g_new0(Subject, 1);
  subject->folder = g_canonicalize_filename(folder, NULL);
  subject->pattern = g_strdup(pattern);
  guint number = add(watch, subject);
  take(subject);
  return number;
}

static void look_at_all(IngestWatch *watch, gint64 now) {
  if (now < watch->look_at) return;
  for (guint i = 0; i < watch->subjects->len; i++) {
    watch_folders(watch, watch->subjects->pdata[i]);
    look_at(watch->subjects->pdata[i]);
  }
  gint64 took = g_get_monotonic_time() - now;
  watch->look_at = now + MAX(LOOK_EVERY_US, took * LOOK_SHARE);
}

static int next_ready(IngestWatch *watch, gint64 now, gint64 *wait) {
  *wait = watch->look_at - now;
  for (guint i = 0; i < watch->subjects->len; i++) {
    Subject *subject = watch->subjects->pdata[i];
    gint64 its = wait_of(subject, now);
    if (its == 0) {
      take(subject);
      return (int)i;
    }
    if (its > 0) *wait = MIN(*wait, its);
  }
  return -1;
}

int ingest_watch_wait(IngestWatch *watch, int stop_fd, int timeout_ms) {
  gint64 until = timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time() + (gint64)timeout_ms * 1000;
  struct pollfd fds[] = {{.fd = stop_fd, .events = POLLIN}, {.fd = watch->fd, .events = POLLIN}};
  while (TRUE) {
    gint64 now = g_get_monotonic_time(), wait;
    if (watch->fd >= 0) read_events(watch);
    look_at_all(watch, now);
    int ready = next_ready(watch, g_get_monotonic_time(), &wait);
    if (poll(fds, 1, 0) > 0) return INGEST_WATCH_STOPPED;
    if (ready >= 0) return ready;
    if (now >= until) return INGEST_WATCH_TIMEOUT;
    wait = CLAMP(MIN(wait, until - now), 0, LOOK_EVERY_US * 60);
    poll(fds, G_N_ELEMENTS(fds), (int)((wait + 999) / 1000));
  }
}

void ingest_watch_again(IngestWatch *watch, guint number, int delay_ms) {
  Subject *subject = watch->subjects->pdata[number];
  subject->is_wanted = TRUE;
  subject->not_before = g_get_monotonic_time() + (gint64)delay_ms * 1000;
}
