/* A question about one member of some dimensions, read from cells of all members. Private to src/query.
 *
 *   asked                    revenue by product, of what is Ana's          the answer's dimensions: product
 *   cells                    by rep and product                           the board's: rep (the limit), product
 *
 *   the answer's total   ◄── the board's group (Ana)
 *   its row of a product ◄── the board's group (Ana, the product)
 *
 * A board by rep first has a group for each rep, which holds exactly what a scan for that rep counts, and a group for
 * each of theirs by what follows. So nothing is counted anew: the levels of the answer are chosen from the board's. */
#pragma once

#include "query/board.h"

#define LIMIT_MOST 3

typedef struct BoardLimit {
  guint n; /* the board's first dimensions */
  gint64 members[LIMIT_MOST];
  guint n_dims; /* of the answer */
  Dim dims[BOARD_MAX_DIMS];
  guint at[BOARD_MAX_DIMS]; /* which of the board's dimensions it is */
} BoardLimit;

/* The level of the board of which the answer's first `n_keep` dimensions are chosen. */
guint limit_level(const BoardLimit *limit, guint n_keep);
/* The members of a group of the answer as the board has them; `of` has room for limit_level(). */
void limit_members(const BoardLimit *limit, guint n_keep, const gint64 *members, gint64 *of);
/* The levels (EvalLevel) of the answer, with a reference to the board's cells. Free with g_ptr_array_unref(). */
GPtrArray *limit_levels(const BoardLimit *limit, const Evaluator *board);
