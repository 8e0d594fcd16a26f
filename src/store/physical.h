/* The ledger's schema as tables of the database; private to src/store. */
#pragma once

#include "store/store.h"

/* A hash of all tables and columns that `schema` asks for, without derived ones. The caller frees. */
char *store_physical_digest(const LedgerSchema *schema);

/* CREATE TABLE for one derived table of `schema`. The caller frees. */
char *store_physical_create_derived(const LedgerSchema *schema, const LedgerTable *table);

/* The statements that bring the database to what `schema` asks for: missing tables made, missing columns added, in
 * history too. Empty when nothing is missing. Errors: INPUT when a column has another type than the schema says. */
char *store_physical_changes(Store *store, const LedgerSchema *schema, GError **error);
