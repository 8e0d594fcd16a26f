/* A table of cells from inside, private to src/cube: its groups (groups.c), filling (cells.c), rolling up (roll_up.c)
 * and reading (read.c).
 *
 * Cells lie in one of four ways:
 *   cells    for each column one array indexed by group * n_cells + cell: what one question asks
 *   sparse   the additions themselves: very many groups of few filled cells (sparse.c)
 *   kept     blocks of cells (months of days) made when needed, which go on changing after they are finished: sums
 *            (kept.c) and items (items.c)
 *   log      the additions in the order made, to be applied to others                                     */
#pragma once

#include "cube/blocks.h"
#include "cube/heads.h"
#include "cube/items.h"
#include "cube/kept.h"
#include "cube/memory.h"
#include "cube/sparse.h"

#include <roaring/roaring.h>

#define CUBE_DENSE_IDS 65536

typedef struct {
  gint64 sum;
  gint64 rows;
} SumCell;

typedef struct {
  gint64 sum;
  gint64 rows;
} MomentCell;

typedef struct {
  double value;
  gint64 rows; /* 0: no value yet */
} ExtremeCell;

/* One call of cube_add_…() */
typedef struct {
  gint32 group;
  guint16 column;
  guint8 is_moment;
  guint32 cell;
  gint64 value, rows; /* SUM */
  CubeItem item;      /* other kinds */
} CubeAddition;

typedef struct {
  CubeColumnSpec spec;
  gsize cell_size;
  guint8 *cells;                 /* SumCell, ExtremeCell, roaring_bitmap_t *, GArray * */
  MomentCell *moments;           /* with_moment */
  CubeKept *kept, *kept_moments; /* kept tables: of SUM */
  CubeItems *items;              /* … and of other kinds */
  CubeMemory *memory;
} Column;

struct CubeTable {
  guint n_members;
  guint n_columns;
  Column *columns;
  gint64 max_groups;
  gint32 n_groups;
  gint32 capacity;
  gint64 *members; /* n_groups * n_members */
  gint32 *index;   /* open addressing: group + 1, 0 = free */
  guint32 index_mask;
  gint32 *dense;      /* one member only: group + 1 of small ids */
  gint32 *touches;    /* kept tables and logs: by group, how many rows came less those that went */
  guint32 *changed;   /* kept tables: by group, the number of its last change */
  guint n_regrouped;  /* groups that came, or lost or regained all rows, by changes */
  CubeSparse *sparse; /* instead of cells, or NULL */
  GArray *log;        /* CubeAddition, instead of cells, or NULL */
  CubeBlocks *blocks; /* kept tables: as given, or NULL */
  CubeHeads *heads;   /* sparse kept tables: what changed when … */
  CubeRecall *recall; /* … and what was found */
  gboolean is_kept;
  gint overflowed; /* atomic while columns are filled apart */
  gboolean finished;
};

static inline gsize cube_cell_at(const Column *column, gint32 group, guint cell) {
  return (gsize)group * column->spec.n_cells + cell;
}

static inline SumCell *cube_sum_cell(Column *column, gint32 group, guint cell) {
  return (SumCell *)column->cells + cube_cell_at(column, group, cell);
}

/* Whether cells are arrays by group. */
static inline gboolean cube_has_cells(const CubeTable *table) {
  return table->sparse == NULL && table->log == NULL && !table->is_kept;
}

/* The group of a tuple, made when new, without counting a row of it. */
gint32 cube_table_make_group(CubeTable *table, const gint64 *members);
/* Of the kinds that keep every value, in a GArray; 0 of the others. */
guint cube_element_size(CubeKind kind);
GArray *cube_array_cell(GArray **at, gsize element_size);
void cube_extreme_add(ExtremeCell *at, CubeKind kind, double value, gint64 rows);
void cube_table_set_overflowed(CubeTable *table);
/* Does something for each column of a kept table, of a large one in several threads (threads.c). */
void cube_each_column(const CubeTable *table, void (*work)(gpointer data, guint column), gpointer data);
/* A table of the same columns and form. */
CubeTable *cube_table_new_like(const CubeTable *table, guint n_members);
