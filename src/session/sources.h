/* The sources of a workspace: files of sources/, read and checked. */
#pragma once

#include "ingest/ingest.h"
#include "session/session.h"

typedef struct {
  char *path;
  char *name;           /* of the source; the file's own when it could not be read */
  IngestSource *source; /* NULL: not readable, see `error` */
  GError *error;
} SessionSource;

/* All of them, by file name; files with nothing in them are passed over. Two of one name: the later one has an error.
 * The caller frees with g_ptr_array_unref (elements are freed with it). */
GPtrArray *session_sources(const Session *session);
/* Those of `sources` (which own them) that are named, or all of them; NULL-terminated names. NOT_FOUND for a name that
 * none has, with the nearest, and where there is no source at all. */
GPtrArray *session_choose_sources(const Session *session, const GPtrArray *sources, const char *const *names,
                                  GError **error);
