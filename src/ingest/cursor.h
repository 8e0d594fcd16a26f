/* Cursors: the column of a source's table that tells how far it was read. Private to src/ingest. */
#pragma once

#include "ingest/read.h"

/* Finds the cursor's values in a staging table and where the last load came to; sets stage->cursor and, unless all rows
 * are wanted, stage->cursor_from. Nothing for tables without a cursor. Errors: INPUT for a column that is not there or
 * holds neither numbers nor times. */
gboolean cursor_find(Load *load, ReadStage *stage, guint index, GError **error);
/* Inside the transaction that writes the rows: how far they came. `*is_changed` when that is further than before. */
gboolean cursor_keep(Load *load, ReadStage *const *stages, gboolean *is_changed, GError **error);
