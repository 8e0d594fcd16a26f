/* Cells: partial aggregates of measures by group of members and slot of time.
 *
 *              slot 0        slot 1      …   slot n-1
 *            (-inf, b0)     [b0, b1)         [b(n-2), inf)          boundaries b: every day at which a question starts
 * or ends group 0   partial        partial          partial               one such row of cells for every column
 * (measure) of the table group 1   …
 *
 * Partials compose: sums and counts add, bitmaps of ids unite, values, durations and purchases are kept and sorted when
 * asked. A level (open pipeline) is a flow of +value where a row starts to hold and -value where it ceases; its state
 * at a boundary is the sum of all slots before it. What does not compose that way (a median of what is open, a level
 * among the rows due in a period) is kept for each instant asked, in frames instead of slots.
 *
 * A CubeTable belongs to one thread until cube_table_finish(); after it, it is read only, or one that is kept may be
 * changed by its one thread while nobody reads it. */
#pragma once

#include "base/day.h"
#include "base/text.h"
#include "stats/stats.h"

typedef enum {
  CUBE_SUM,       /* gint64 sum, and the number of rows */
  CUBE_MIN,       /* double */
  CUBE_MAX,       /* double */
  CUBE_DISTINCT,  /* set of guint32 ids */
  CUBE_VALUES,    /* doubles, for quantiles */
  CUBE_DURATIONS, /* StatsDuration, for Kaplan-Meier */
  CUBE_PURCHASES, /* StatsPurchase, for the value of customers */
} CubeKind;

typedef struct {
  CubeKind kind;
  guint n_cells;        /* slots, or frames, of one group */
  gboolean framed;      /* cells are frames: not summed over time */
  gboolean with_moment; /* SUM: also the sum of value * day, for the average of a level over days */
  gboolean counts;      /* SUM: every value added is its number of rows */
} CubeColumnSpec;

typedef struct CubeTable CubeTable;

/* `n_members`: members in a group's tuple (0 = one group only). `max_groups`: beyond it cube_table_group() fails. */
CubeTable *cube_table_new(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups);
/* The same, for very many groups with few filled cells each. Columns of another kind than SUM and DISTINCT make it an
 * ordinary one. */
CubeTable *cube_table_new_sparse(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups);
/* Where spans that are asked often begin and end: cells in ascending order, the first of them 0. */
typedef struct CubeBlocks CubeBlocks;
CubeBlocks *cube_blocks_new(guint n_cells, const guint *starts, guint n_starts);
void cube_blocks_free(CubeBlocks *blocks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CubeBlocks, cube_blocks_free)
/* Cells that go on changing after they are finished. `sparse`: very many groups with few filled cells, as above.
 * `blocks`: of the columns that have so many cells and are not framed; or NULL. */
CubeTable *cube_table_new_kept(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups,
                               gboolean sparse, CubeBlocks *blocks);
/* What is added to it is only written down, to be applied to kept tables. */
CubeTable *cube_table_new_log(guint n_members, const CubeColumnSpec *columns, guint n_columns, gint64 max_groups);
/* A log for the columns of another table. */
CubeTable *cube_table_new_log_of(const CubeTable *table);
/* Of a kept table. */
CubeTable *cube_table_copy(const CubeTable *table);
void cube_table_free(CubeTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CubeTable, cube_table_free)

/* The group of a tuple of member ids, made when new. -1 when there are max_groups already. Kept tables and logs count a
 * row of it each time it is asked for. */
gint32 cube_table_group(CubeTable *table, const gint64 *members);
/* The group of a tuple, or -1 when there is none. */
gint32 cube_table_find(const CubeTable *table, const gint64 *members);
/* Whether all rows of a kept table's group have gone again. */
gboolean cube_table_is_deserted(const CubeTable *table, gint32 group);
gint32 cube_table_n_groups(const CubeTable *table);
guint cube_table_n_members(const CubeTable *table);
const gint64 *cube_table_members(const CubeTable *table, gint32 group);
/* Gives every member of tuple position `member` the id that `map` holds for it (ids below n_map; others stay). Only
 * before finish. */
void cube_table_remap(CubeTable *table, guint member, const gint64 *map, gsize n_map);

/* --- filling; `cell` is a slot or frame, group and cell must exist --- */
void cube_add_sum(CubeTable *table, guint column, gint32 group, guint cell, gint64 value, gint64 rows);
/* One column of many rows at once: for each i with groups[i], cells[i] >= 0. `rows`: how many each counts for, 1 or -1.
 * `values` NULL: as many each. */
void cube_add_sums(CubeTable *table, guint column, gsize n, const gint32 *groups, const gint32 *cells,
                   const gint64 *values, gint rows);
void cube_add_moment(CubeTable *table, guint column, gint32 group, guint cell, gint64 value, gint64 rows, BaseDay day);
void cube_add_number(CubeTable *table, guint column, gint32 group, guint cell, double value); /* MIN, MAX, VALUES */
void cube_add_id(CubeTable *table, guint column, gint32 group, guint cell, guint32 id);
void cube_add_duration(CubeTable *table, guint column, gint32 group, guint cell, StatsDuration duration);
void cube_add_purchase(CubeTable *table, guint column, gint32 group, guint cell, StatsPurchase purchase);
/* Whether several threads may add to it at once, each to columns of its own, in groups that are there. */
gboolean cube_table_fills_apart(const CubeTable *table);
/* TRUE when a sum left the range of 64 bits: nothing of the table may then be used. */
gboolean cube_table_overflowed(const CubeTable *table);

/* Tells a table that is kept that most of its rows have come: what takes memory only while it is filled is given back.
 * More can be added. */
void cube_table_settle(CubeTable *table);
/* Merges groups whose kept members are equal: `keep` holds the positions kept, in order. The result is unfinished. */
CubeTable *cube_table_roll_up(CubeTable *table, const guint *keep, guint n_keep);
/* Turns slot sums into running sums, so that any span of slots is two look-ups. */
void cube_table_finish(CubeTable *table);

/* --- changing a kept table, after finish --- */
typedef struct {
  guint32 number;      /* of the change: later ones have larger numbers; not 0 */
  gboolean taken_away; /* else added */
  const guint *keep;   /* where the table's members stand in the log's tuples; NULL: they are the first */
} CubeChange;
/* Adds all that was logged, or takes it away. FALSE, with the table spoilt, when there are too many groups or something
 * is taken away that was never added. A table without columns only notes which groups changed. */
gboolean cube_table_apply(CubeTable *table, const CubeTable *log, const CubeChange *change);
/* The number of the last change of a group; 0 = none since it was filled. */
guint32 cube_table_changed(const CubeTable *table, gint32 group);
/* Goes up when a change makes a group, takes its last row or gives it a first one again. */
guint cube_table_n_regrouped(const CubeTable *table);
/* Gives the ids (below n_map) logged for a column the number that `map` holds for them. */
void cube_table_remap_ids(CubeTable *log, guint column, const guint32 *map, gsize n_map);

/* --- reading, after finish: slots [from, to) of a group, or frame `from` with to = from + 1. group -1 = nothing --- */
typedef struct {
  gint64 sum;
  gint64 rows;
} CubeSum;
CubeSum cube_read_sum(const CubeTable *table, guint column, gint32 group, guint from, guint to);
/* The same of many groups. */
void cube_read_sums(const CubeTable *table, guint column, const gint32 *groups, guint n, guint from, guint to,
                    CubeSum *sums);
/* Sum of value * day over the slots. */
CubeSum cube_read_moment(const CubeTable *table, guint column, gint32 group, guint from, guint to);
gboolean cube_read_extreme(const CubeTable *table, guint column, gint32 group, guint from, guint to, double *value,
                           gint64 *rows);
gint64 cube_read_distinct(const CubeTable *table, guint column, gint32 group, guint from, guint to);
/* Appends to `values` (of double). */
void cube_read_values(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *values);
/* Appends to `durations` (of StatsDuration). */
void cube_read_durations(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *durations);
/* Appends to `purchases` (of StatsPurchase). */
void cube_read_purchases(const CubeTable *table, guint column, gint32 group, guint from, guint to, GArray *purchases);

/* What is found in the items of a kept table's cells may be remembered there: one finding for each column, group and
 * span, until one of the items changes. Readers may do so at the same time. */
typedef struct {
  gboolean has_value;
  double value;
  gint64 n;
  StatsInterval interval;
} CubeFinding;
gboolean cube_recall(const CubeTable *table, guint column, gint32 group, guint from, guint to, CubeFinding *finding);
/* The same of many groups; `has` tells of which there is one. */
void cube_recall_all(const CubeTable *table, guint column, const gint32 *groups, guint n, guint from, guint to,
                     CubeFinding *findings, gboolean *has);
void cube_remember(const CubeTable *table, guint column, gint32 group, guint from, guint to,
                   const CubeFinding *finding);

/* What is found by going through all groups of sparse kept tables that begin with the same members may be remembered
 * likewise, until anything of these groups changes. Readers may do so at the same time. */
typedef struct {
  const CubeTable *const *tables; /* all that are gone through */
  guint n_tables;
  const gint64 *members;
  guint n_members; /* that are the same */
} CubeHead;
/* `asked`: what was looked for, and how. FALSE: it is not known, or something changed since. */
gboolean cube_recall_head(const CubeHead *head, GBytes *asked, gpointer found, gsize size);
void cube_remember_head(const CubeHead *head, GBytes *asked, gconstpointer found, gsize size);

/* --- sparse tables: the additions themselves, after finish --- */
#define CUBE_MOMENT 0x8000u /* in `column`: an addition to the sums of value * day */
typedef struct {
  guint16 column; /* | CUBE_MOMENT */
  guint16 cell;
  gint32 rows;
  gint64 value; /* DISTINCT: the id */
} CubeEntry;
/* What was added to a group, in the order of the rows; NULL when the table is not sparse. */
const CubeEntry *cube_table_entries(const CubeTable *table, gint32 group, gsize *n);
gboolean cube_table_is_sparse(const CubeTable *table);
static inline CubeSum cube_entries_sum(const CubeEntry *entries, gsize n, guint column, guint from, guint to) {
  CubeSum sum = {0, 0};
  for (gsize i = 0; i < n; i++) {
    if (entries[i].column != column || entries[i].cell < from || entries[i].cell >= to) continue;
    sum.sum += entries[i].value;
    sum.rows += entries[i].rows;
  }
  return sum;
}
/* Appends the ids (gint64) of a DISTINCT column's cells [from, to). */
void cube_entries_ids(const CubeEntry *entries, gsize n, guint column, guint from, guint to, GArray *ids);
/* How many different ids there are; sorts them. */
gint64 cube_ids_distinct(GArray *ids);
gsize cube_table_bytes(const CubeTable *table);
/* Of a finished kept table: cells of a group, column and day in which something lies; of a sparse one: its entries. */
gsize cube_table_n_filled(const CubeTable *table);
