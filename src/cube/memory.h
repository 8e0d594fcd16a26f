/* What was found in the items of kept cells, remembered until one of them changes: a median or a number of different
 * ids costs a walk over all items of its span, while hardly any of them change between two questions. Private to
 * src/cube.
 *
 * Readers of one table remember at the same time, so it has a lock of its own; forgetting is the one writer's. */
#pragma once

#include "cube/cells.h"

typedef struct CubeMemory CubeMemory;

CubeMemory *cube_memory_new(void);
void cube_memory_free(CubeMemory *memory);
/* What was found of each group in a span; `has` tells of which. */
void cube_memory_find(CubeMemory *memory, const gint32 *groups, guint n, guint from, guint to, CubeFinding *findings,
                      gboolean *has);
void cube_memory_keep(CubeMemory *memory, gint32 group, guint from, guint to, const CubeFinding *finding);
/* Forgets what was found in spans that a cell lies in. */
void cube_memory_forget(CubeMemory *memory, gint32 group, guint cell);
gsize cube_memory_bytes(CubeMemory *memory);
