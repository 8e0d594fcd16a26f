/* What people can carry of a target: their working days in a span, less what they were not there for.
 *
 * Of a person's working days from being hired until leaving count:
 *   absent    not at all, or only the share that is left (table `absence`)
 *   ramping   rising evenly from nothing on the day of hiring to all on `ramped_at`
 *   elsewhere not at all: a team has of each person the days of their membership in it
 * so that who joins, leaves or moves in mid-period has a part. Carriers are who carry a quota or are reps; where nobody
 * is marked as such, who ever owned a deal. */
#pragma once

#include "query/query.h"

typedef struct {
  char *name;          /* of the member: a person, team, region … */
  double days;         /* of capacity */
  double working_days; /* without ramping and absence */
  guint n_people;
  char *above;      /* of target_capacity_each(): the member of the group; NULL: in none */
  gboolean carries; /* FALSE: carries no quota, and has a target all the same */
} TargetCapacity;

/* The members of `dimension` (rep, team, manager, region) that have carriers in [start, end), by name, of those that
 * belong to `within_dimension`'s member `within` (NULL: of all). Caller frees the array. Errors: of the database; USAGE
 * for another dimension. */
GArray *target_capacity(const QueryContext *context, const char *dimension, const char *within_dimension,
                        const char *within, BaseDay start, BaseDay end, GError **error);
/* The same of all members of `within_dimension` ("company": the one there is) at once: a row for each member and group
 * that it is in on some of the days, NULL for those days on which it is in none. Whoever has a target is among them. */
GArray *target_capacity_each(const QueryContext *context, const char *dimension, const char *within_dimension,
                             BaseDay start, BaseDay end, GError **error);
/* How far down a dimension is, from the company (0) to the people in it; -1 where people are not counted by it. Errors:
 * of the database. */
gboolean target_capacity_depth(const QueryContext *context, const char *dimension, int *depth, GError **error);
