/* Grids of targets and what is handed down, for a handle that does not see everything. Private to src/lib. */
#pragma once

#include "lib/reader.h"
#include "target/cascade.h"
#include "target/grid.h"

typedef struct LibTargetSight LibTargetSight;

/* In the turn, as all of this; workspace and session must outlive it. */
LibTargetSight *lib_target_sight_new(AttainWorkspace *workspace, const Session *session, GError **error);
void lib_target_sight_free(LibTargetSight *sight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LibTargetSight, lib_target_sight_free)

/* Takes the rows out of a grid that are of nobody the handle's user leads, nor their own, in any of its periods. */
gboolean lib_target_sight_limit(LibTargetSight *sight, TargetGrid *grid, GError **error);
/* Whether they may set and adjust what is in a grid; `sight` is a LibTargetSight. Errors: FORBIDDEN. */
gboolean lib_target_sight_may_take(gpointer sight, const TargetGrid *grid, GError **error);
/* Whether they may set (or propose) the parts of a target, and see all who carry it. Errors: FORBIDDEN. */
gboolean lib_target_sight_may_set_parts(gpointer sight, const TargetStanding *parent, const char *dimension,
                                        const TargetCascade *cascade, GError **error);
gboolean lib_target_sight_may_propose_parts(gpointer sight, const TargetStanding *parent, const char *dimension,
                                            const TargetCascade *cascade, GError **error);
