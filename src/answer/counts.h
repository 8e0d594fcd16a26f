/* How many rows each table of the ledger has: what a KPI needs is there, or is to be loaded. */
#pragma once

#include "session/session.h"

/* Table name -> gint64 *, for all loaded tables; rows that are only referred to are not counted. */
GHashTable *answer_row_counts(Store *store, const LedgerSchema *schema, GError **error);
gint64 answer_row_count(GHashTable *counts, const char *table); /* 0 for NULL counts or an unknown table */
