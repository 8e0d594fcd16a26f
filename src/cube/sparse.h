/* Cells of very many groups of which each has few: one entry for each addition, private to src/cube.
 *
 *   while filling   (group, column, cell, value, rows) … in the order of the rows
 *   after finish    the same, ordered by group; first[g] .. first[g + 1] are a group's, until it changes: then it has
 *                   entries of its own                                                                            */
#pragma once

#include "cube/cells.h"

#define CUBE_SPARSE_MAX_CELLS G_MAXUINT16

typedef struct CubeSparse CubeSparse;

CubeSparse *cube_sparse_new(void);
void cube_sparse_free(CubeSparse *sparse);
CubeSparse *cube_sparse_copy(const CubeSparse *sparse);
/* `moment`: into the sums of value * day that a column has beside its cells. */
void cube_sparse_add(CubeSparse *sparse, guint column, gboolean moment, gint32 group, guint cell, gint64 value,
                     gint64 rows);
/* Adds all of `from`, whose group g < n_groups becomes map[g]. */
void cube_sparse_merge(CubeSparse *sparse, const CubeSparse *from, gint32 n_groups, const gint32 *map);
/* Orders the entries. FALSE when the sums of a group could leave 64 bits. */
gboolean cube_sparse_finish(CubeSparse *sparse, gint32 n_groups);
/* After finish: one addition more, or one taken away (FALSE when there is none such). The group must exist in it. */
gboolean cube_sparse_change(CubeSparse *sparse, gint32 group, const CubeEntry *entry, gboolean taken_away);
/* Room for new groups, after finish. */
void cube_sparse_grow(CubeSparse *sparse, gint32 n_groups);
CubeSum cube_sparse_sum(const CubeSparse *sparse, guint column, gboolean moment, gint32 group, guint from, guint to);
gint64 cube_sparse_distinct(const CubeSparse *sparse, guint column, gint32 group, guint from, guint to);
gsize cube_sparse_bytes(const CubeSparse *sparse);
/* After finish. */
const CubeEntry *cube_sparse_entries(const CubeSparse *sparse, gint32 group, gsize *n);
