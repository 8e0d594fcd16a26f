/* What changed in the ledger between two commits: the keys of all records that came, went or became another version.
 * Private to src/query.
 *
 * A number changes only by rows that a changed record is in: its own, those that refer to it (an activity of a deal),
 * those derived from it (a deal's stays in stages). A scan of just these rows, once as they were and once as they are,
 * is what cells lose and gain. */
#pragma once

#include "query/plan.h"
#include "query/sql.h"

/* Compared with what the loads up to `load` had left. Errors: as of the store. */
QueryChanges *query_changes_find(const QueryContext *context, gint64 load, GError **error);
/* The same from what the one load since then wrote; its rows are read while the changes are in use. */
QueryChanges *query_changes_told(const QueryContext *context, const StoreWritten *written);
void query_changes_free(QueryChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryChanges, query_changes_free)

/* Too much, or of a kind (rates, stages, merged records) that every cell may rest on: to be counted afresh. */
gboolean query_changes_are_everywhere(const QueryChanges *changes);
gboolean query_changes_are_none(const QueryChanges *changes);
/* Whether deals or other records changed hands, or are shared in another way: the organisation is to be read again. */
gboolean query_changes_of_credit(const QueryChanges *changes);
/* Whether people, teams or who was where and when are others: whose records are credited otherwise follows from the
 * organisation as it was and as it is (src/query/org_differ.h). */
gboolean query_changes_of_organisation(const QueryChanges *changes);
gboolean query_changes_has(const QueryChanges *changes, const char *table);
/* Makes the keys that are too many for a condition known to a connection, for the SQL below. */
gboolean query_changes_tell(const QueryChanges *changes, Store *store, GError **error);
/* Whether a SELECT can read anything that changed: a record that came is not in the ledger before, one that went not in
 * the one after. */
gboolean query_changes_reach(const QueryChanges *changes, const SqlSelect *select, ChangesSide side);
/* All rows of a SELECT that changed, where they are in memory; NULL when they are to be looked for. */
const StoreGiven *query_changes_rows(const QueryChanges *changes, const SqlSelect *select, ChangesSide side);
/* The condition that a row of a SELECT is, or refers to, something changed. The caller frees. */
char *query_changes_sql(const QueryChanges *changes, const SqlSelect *select, ChangesSide side);
