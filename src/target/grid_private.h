/* What grid.c and grid_read.c share. */
#pragma once

#include "target/grid.h"

/* Without members, periods and cells. */
TargetGrid *target_grid_empty(const char *kpi, const char *dimension);
/* Whether the context may be told of the dimension's members; FORBIDDEN. */
gboolean target_grid_may_be_by(const QueryContext *context, const char *dimension, GError **error);
/* Errors: LIMIT. */
gboolean target_grid_make_cells(TargetGrid *grid, GError **error);
/* Puts each target into the cell of its member and days. */
void target_grid_place(TargetGrid *grid, const GPtrArray *targets, BaseDay today);
/* Those of the grid's KPI whose last version is of a member; caller frees the array. */
GPtrArray *target_grid_targets_of(const TargetGrid *grid, const GPtrArray *targets, guint member);
/* What a cell asks for. */
TargetVersion *target_grid_version(const TargetGrid *grid, guint member, guint period);
