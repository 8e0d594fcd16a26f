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
} TargetCapacity;

/* The members of `dimension` (rep, team, manager, region) that have carriers in [start, end), by name, of those that
 * belong to `within_dimension`'s member `within` (NULL: of all). Caller frees the array. Errors: of the database; USAGE
 * for another dimension. */
GArray *target_capacity(const QueryContext *context, const char *dimension, const char *within_dimension,
                        const char *within, BaseDay start, BaseDay end, GError **error);
