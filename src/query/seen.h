/* What a sight decides, for src/query and whoever lists the organisation: whether a credited row is visible, and whom
 * its reader may be told of. */
#pragma once

#include "query/dims.h"

/* Whether what is credited to a person (a survivor) in a place is visible. NULL sees everything; else nobody's rows are
 * not. */
gboolean query_sight_sees(const QuerySight *sight, const QueryOrg *org, gint32 person, QueryPlace place);
typedef enum {
  QUERY_SHARE_EMPTY, /* nobody is of the member on these days */
  QUERY_SHARE_NONE,
  QUERY_SHARE_SOME,
  QUERY_SHARE_ALL,
} QueryShare;
/* How much of the days [start, end) of people who are of a member is visible: a number of the member is told whole only
 * of all of it. `dim` is by person. NULL sees all. */
QueryShare query_sight_share(const QuerySight *sight, const QueryOrg *org, const Dim *dim, gint64 member, BaseDay start,
                             BaseDay end);
/* The dimension, and its member, of which the group by that dimension is all that is visible; FALSE: there is no such
 * one. */
gboolean query_sight_group(const QuerySight *sight, const QueryContext *context, const QueryOrg *org, Dim *dim,
                           gint64 *member);
/* The members (gint64 *) of a dimension by person that credited rows can have where they are visible, whether there are
 * such rows or not, and the teams that are the reader's today, were they empty: only their names may be told to the
 * reader. */
GHashTable *query_sight_members(const QuerySight *sight, const QueryOrg *org, const Dim *dim);
