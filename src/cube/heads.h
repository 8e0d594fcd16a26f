/* What is found by going through all groups of sparse kept tables whose first members are the same (all accounts of a
 * rep), remembered until one of these groups changes. Private to src/cube; used through cube/cells.h.
 *
 * A table knows the number of the last change of each such head. What was found is kept with the number of the last
 * change that was in it; it holds for a table in which nothing of the head changed since. So the copies of a table
 * (the two sides of kept cells) share one memory: changes have the same numbers in all of them. */
#pragma once

#include "cube/cells.h"

typedef struct CubeHeads CubeHeads; /* which heads of a table changed when */
CubeHeads *cube_heads_new(guint n_members);
CubeHeads *cube_heads_copy(const CubeHeads *heads);
void cube_heads_free(CubeHeads *heads);
/* Notes a change of all heads of a group. */
void cube_heads_change(CubeHeads *heads, const gint64 *members, guint32 number);
/* Notes that the table has been brought up to a change. */
void cube_heads_reach(CubeHeads *heads, guint32 number);
guint32 cube_heads_reached(const CubeHeads *heads);
/* The last change of the head that is the first `n_keep` of the members; 0 = none. */
guint32 cube_heads_changed(const CubeHeads *heads, const gint64 *members, guint n_keep);

typedef struct CubeRecall CubeRecall; /* what was found; shared by copies */
CubeRecall *cube_recall_new(void);
CubeRecall *cube_recall_hold(CubeRecall *recall);
void cube_recall_free(CubeRecall *recall);
gsize cube_recall_bytes(CubeRecall *recall);
