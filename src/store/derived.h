/* The derived facts as tables; private to src/store. `store_refresh_derived` is in store.h. */
#pragma once

#include "store/store.h"

/* The text of an embedded file of src/store/sql. The caller frees. */
char *store_resource(const char *file);

/* A hash of the derived tables' columns and of how they are made. The caller frees. */
char *store_derived_digest(void);

/* Makes all derived tables anew and fills them, within the caller's transaction. */
gboolean store_derived_make(Store *store, GError **error);

/* Is a derived table made from `fact`? */
gboolean store_derived_needs(const LedgerTable *table, const char *fact);
