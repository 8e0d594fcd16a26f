/* The sums of a block's cells, in as many bytes as they need. Private to src/cube.
 *
 *   filled   …0000 0010 0100 0001    which cells have values: here cells 0, 6 and 9
 *   sums     s0 s6 s9                1, 2, 4 or 8 bytes each, or none where every value is its number of rows
 *   rows     r0 r6 r9                likewise; none where no rows are counted
 *
 * While a column is filled every cell has values, so that adding is an index and an addition; what no longer fits makes
 * the block wider. Once settled only those that are not nothing have. */
#pragma once

#include "cube/arena.h"
#include "cube/blocks.h"

typedef struct {
  guint32 filled;
  guint8 n; /* values: as many as bits of `filled` */
  guint8 sum_bytes, row_bytes;
} CubePacked;

/* In how many bytes the values of a new block are; 0 = there are none. */
typedef struct {
  guint8 sum_bytes, row_bytes;
} CubePackedForm;

/* The wider of both come first, so that each lies as its type must. */
static inline void *cube_packed_sums(const CubePacked *packed) {
  return (guint8 *)(gpointer)(packed + 1) +
         (packed->row_bytes > packed->sum_bytes ? (gsize)packed->n * packed->row_bytes : 0);
}
static inline void *cube_packed_rows(const CubePacked *packed) {
  return (guint8 *)(gpointer)(packed + 1) +
         (packed->row_bytes > packed->sum_bytes ? 0 : (gsize)packed->n * packed->sum_bytes);
}
gsize cube_packed_size(const CubePacked *packed);

/* All of `n_cells` have values, which are nothing. */
CubePacked *cube_packed_new(CubeArena *arena, const CubePackedForm *form, guint n_cells);
/* Adds to one cell; a block that has to be larger is another one, and the old one is given back. FALSE when a sum left
 * 64 bits. */
gboolean cube_packed_add(CubeArena *arena, CubePacked **packed, guint at, gint64 value, gint64 rows);
/* The same values, those that are nothing left out, in as few bytes as they need. NULL when nothing is left. */
CubePacked *cube_packed_settle(CubeArena *arena, const CubePacked *packed);
/* Adds all of a block to wide ones: sums and rows by cell (NULL where there are none). FALSE on overflow. */
gboolean cube_packed_add_to(const CubePacked *packed, gint64 *sums, gint64 *rows);
/* What the first cells before `at` come to. Without sums, they are the rows. */
CubeSum cube_packed_before(const CubePacked *packed, guint at);
/* Goes on with a running sum over all cells; FALSE when it leaves 64 bits at one of them. */
gboolean cube_packed_run(const CubePacked *packed, CubeSum *run);
/* One cell. */
CubeSum cube_packed_at(const CubePacked *packed, guint at);
guint cube_packed_n_filled(const CubePacked *packed);
