/* Watching the files of sources: which source has something new that is quiet and whole.
 *
 * The system's word (inotify) wakes at once; besides it the files are looked at every second, for network shares,
 * symbolic links and whatever else sends no word. A source is given out when its files are not what they were when it
 * was given out last. Private to src/ingest and whoever follows sources. */
#pragma once

#include "ingest/ingest.h"

typedef struct IngestWatch IngestWatch;

/* `only_look`: without the system's word. Errors: none; a system without inotify is only looked at. */
IngestWatch *ingest_watch_new(gboolean only_look);
void ingest_watch_free(IngestWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IngestWatch, ingest_watch_free)

/* The files of a source; it must live as long as the watch. Returns its number, from 0. */
guint ingest_watch_add_source(IngestWatch *watch, const IngestSource *source);
/* The files of one folder that match a pattern, which count as known: only what happens from now on is told. */
guint ingest_watch_add_folder(IngestWatch *watch, const char *folder, const char *pattern);

#define INGEST_WATCH_TIMEOUT (-1)
#define INGEST_WATCH_STOPPED (-2)

/* Waits until a source is ready and returns its number, or INGEST_WATCH_TIMEOUT after `timeout_ms` (-1: never), or
 * INGEST_WATCH_STOPPED when `stop_fd` (-1: none) can be read. What is given out counts as taken; what its files become
 * while they are read makes it ready again. */
int ingest_watch_wait(IngestWatch *watch, int stop_fd, int timeout_ms);
/* What was taken could not be used: it is ready again after `delay_ms`, or earlier when its files change. */
void ingest_watch_again(IngestWatch *watch, guint number, int delay_ms);
