/* Rejected rows: counted, kept, shown. Private to src/ingest. */
#pragma once

#include "ingest/upsert.h"

/* FALSE with an error when more rows of a map entry are bad than the source allows. Sets the entries' counts in
 * `rejected` (one a map entry, in order). */
gboolean reject_check(Load *load, GPtrArray *entries, gint64 *rejected, GError **error);
/* Replaces what is kept of this source. `*is_changed` when it is not what was kept before. */
gboolean reject_keep(Load *load, GPtrArray *entries, gboolean *is_changed, GError **error);
