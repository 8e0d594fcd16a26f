/* Bringing a database to this program's version; private to src/store. */
#pragma once

#include "store/store.h"

/* Checks the version of the database and, unless it was opened read-only, migrates it and adds what `schema` has and it
 * lacks, all in one transaction. Errors: VERSION, NOT_FOUND (nothing loaded yet), IO (not a database of Attain). */
gboolean store_migrate(Store *store, const LedgerSchema *schema, GError **error);
