/* Whose records a sight shows, for whoever is told of changes: people by their keys, not rows. */
#pragma once

#include "query/context.h"
#include "query/sight.h"

typedef struct {
  gint32 person;     /* a key, merged ones beside those they were merged into */
  char *name, *team; /* as they are now; team: NULL where there is none */
  gboolean is_now;   /* in the place that they have today; else only in places that they had, or will have */
} QuerySightPerson;

/* Everybody some of whose records the sight may show, in any of the places that they had; in the order of their keys.
 * NULL shows everybody's. Free it with g_array_unref(). Errors: IO. */
GArray *query_sight_people(const QuerySight *sight, const QueryContext *context, GError **error);
