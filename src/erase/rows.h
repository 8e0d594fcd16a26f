/* Texts of the database without somebody's names. Private to src/erase. */
#pragma once

#include "erase/erase.h"

/* Takes the names out of every text of every table but those that the caller sees to by itself, and keeps a digest of
 * each value of the ledger that named them. `secret`: of the digests. Adds to erased->counts. */
gboolean erase_rows(Store *store, const LedgerSchema *schema, Erased *erased, const char *secret, GError **error);
/* Runs a statement; `n`: rows that it changed, or NULL. */
gboolean erase_sql(Store *store, gint64 *n, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);
void erase_count(Erased *erased, const char *table, const char *column, gint64 n_rows);
