/* How two organisations differ for credit: whose records count for somebody else, or in another place. Private to
 * src/query.
 *
 * A record counts for whoever had it, in the place where they were on the day. So when people, teams or memberships
 * change, only records of those whose places are others (or stand below other teams) count otherwise; of all others the
 * cells stay as they are. */
#pragma once

#include "query/org.h"

typedef struct QueryOrgDifference QueryOrgDifference;

/* Both must last as long as this. NULL: they differ so much, or in such a way (other regions), that all is to be
 * counted afresh. */
QueryOrgDifference *query_org_difference_new(QueryOrg *before, QueryOrg *after);
void query_org_difference_free(QueryOrgDifference *difference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryOrgDifference, query_org_difference_free)

/* How many people (records of persons, merged ones among them) are elsewhere. */
guint query_org_difference_n_people(const QueryOrgDifference *difference);
/* The condition that a row of `fact` was or is credited to one of them: `owner` and `key` are the expressions of its
 * owner and of its key, or of the deal that it is derived from; `moved` is the table whose owners of the past go with
 * it, or NULL. The caller frees. */
char *query_org_difference_sql(const QueryOrgDifference *difference, const LedgerTable *fact, const LedgerTable *moved,
                               const char *owner, const char *key);
