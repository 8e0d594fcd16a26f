/* A record as far as a system told of it: values by header, each with the time at which it became so. Private to
 * src/lib. */
#pragma once

#include "ingest/take.h"

#define LIB_NEVER_US G_MININT64

typedef struct {
  const char *from, *id, *id_column; /* borrowed */
  GHashTable *values;                /* header -> its own: lib_known_text() */
  gint64 removed_us;                 /* LIB_NEVER_US: it is there */
  gboolean is_changed;               /* by this call */
} LibKnown;

/* Nothing is known of it yet. */
LibKnown *lib_known_new(const char *from, const char *id, const char *id_column);
void lib_known_free(gpointer known);
/* What lib_known_write() gave, also where the mapping wrote its headers otherwise then. What is no such text is
 * nothing.
 */
void lib_known_read(LibKnown *known, const IngestTakeNames *names, const char *text);
/* Free it. */
char *lib_known_write(const LibKnown *known);

/* `header`: as the mapping writes it, or `id_column`. FALSE: something newer is known of it. */
gboolean lib_known_set(LibKnown *known, const char *header, const char *text, gint64 at_us);
/* Whether anything is known that became so later. */
gboolean lib_known_is_newer(const LibKnown *known, gint64 at_us);
static inline gboolean lib_known_is_there(const LibKnown *known) {
  return known->removed_us == LIB_NEVER_US;
}
/* In order; ends with NULL. Free the array. */
char **lib_known_headers(const LibKnown *known);
/* NULL: empty, or not known. */
char *lib_known_text(const LibKnown *known, const char *header);
/* The same for all records whose rows have the same columns, and no others. Free it. */
char *lib_known_shape(const LibKnown *known);
