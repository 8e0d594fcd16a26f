/* Places in the user's text, and help with what was probably meant. */
#pragma once

#include <glib.h>

/* A place in a file: 1-based line and column (column in characters), length in characters; line 0 = unknown. */
typedef struct {
  const char *file; /* interned (g_intern_string) or NULL */
  guint line;
  guint column;
  guint length;
} BaseSpan;

#define BASE_ERROR (base_error_quark())
GQuark base_error_quark(void);
typedef enum {
  BASE_ERROR_INPUT,     /* the user's text, file or request is wrong: fix it and try again */
  BASE_ERROR_NOT_FOUND, /* a name that does not exist */
  BASE_ERROR_LIMIT,     /* a cap was reached; the message names the cap */
  BASE_ERROR_BUSY,      /* someone else holds the database */
  BASE_ERROR_VERSION,   /* a database of a newer version */
  BASE_ERROR_IO,        /* disk, file or database failure */
  BASE_ERROR_USAGE,     /* wrong use of the command line: exit code 2 */
  BASE_ERROR_FORBIDDEN, /* it is there, but not for who asks */
} BaseErrorCode;

/* Sets `error` to "file:line:column: message" (what is known of the place). */
void base_error_at(GError **error, BaseErrorCode code, BaseSpan span, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Damerau-Levenshtein (optimal string alignment) distance in characters, case-insensitive. */
guint base_edit_distance(const char *a, const char *b);
/* The candidate nearest to `word`, or NULL when none is near enough (more than a third of its length away). Not owned.
 */
const char *base_nearest(const char *word, const char *const *candidates, gsize n_candidates);
/* A sentence about a number: `#` becomes the number with separators of thousands, {one|many} the part that fits it:
 * "# {row was|rows were} rejected" gives "1 row was rejected", "1,200 rows were rejected". The caller frees. */
char *base_count_words(gint64 n, const char *text);
