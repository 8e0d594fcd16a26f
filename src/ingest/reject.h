/* Rejected rows: counted, kept, shown. Private to src/ingest. */
#pragma once

#include "ingest/upsert.h"

/* FALSE with an error when more rows of a map entry are bad than the source allows. Sets what is read, rejected and
 * skipped in `counts` (one a map entry of the source). */
gboolean reject_check(Load *load, GPtrArray *entries, IngestCount *counts, GError **error);
/* Whether the load is of rows given to one of the source's tables, and not of its files. */
gboolean reject_is_of_given(const Load *load);
/* Replaces what is kept of this source. `*is_changed` when it is not what was kept before. */
gboolean reject_keep(Load *load, GPtrArray *entries, gboolean *is_changed, GError **error);
