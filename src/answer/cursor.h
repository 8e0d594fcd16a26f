/* Cursors of long lists: from where the page before ended, as text that addresses take. */
#pragma once

#include <glib.h>

/* Of parts with a bar between; the caller frees. */
char *answer_cursor_make(const char *text);
/* The `n` parts, the last with all that is left, bars too. Errors: INPUT for what was not made so. */
char **answer_cursor_read(const char *cursor, guint n, GError **error);
/* Errors: INPUT, always: `cursor` is none of this list. */
void answer_cursor_refuse(const char *cursor, GError **error);
