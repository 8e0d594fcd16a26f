/* A database that is lost to a process which has it open, and there again. */
#pragma once

#include "store/store.h"

/* Whether nothing can be asked of the database any more, whatever failed before. */
gboolean store_is_lost(Store *store);

/* Closes the database and opens it again, with all connections to it: what was committed is there, what was not is
 * gone. The Stores stay what they are; statements that were prepared and rows that were given are no more. Nobody may
 * use any of them meanwhile. Where it fails, all calls do until another call succeeds. Not for a database in memory. */
gboolean store_reopen(Store *store, GError **error);

/* Writes the database anew beside its file: what the next store_reopen() opens in its place, without a byte of what was
 * deleted or replaced. Nobody may write between the two. Errors: IO. */
gboolean store_make_successor(Store *store, GError **error);

/* What the database library holds in memory, for all connections. */
gboolean store_memory_bytes(Store *store, gint64 *bytes, GError **error);
