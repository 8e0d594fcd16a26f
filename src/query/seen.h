/* What a sight decides, private to src/query: whether a credited row is visible, and whom its reader may be told of. */
#pragma once

#include "query/dims.h"

/* Whether what is credited to a person (a survivor) in a place is visible. NULL sees everything; else nobody's rows are
 * not. */
gboolean query_sight_sees(const QuerySight *sight, const QueryOrg *org, gint32 person, QueryPlace place);
/* The members (gint64 *) of a dimension by person that credited rows can have where they are visible, whether there are
 * such rows or not: only their names may be told to the reader. */
GHashTable *query_sight_members(const QuerySight *sight, const QueryOrg *org, const Dim *dim);
